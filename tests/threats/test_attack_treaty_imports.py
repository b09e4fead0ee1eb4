"""Goods come as far as the customs of the place of entry, and whoever brought them there does with them as it likes."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from tests.threats.treaty_life import CN, MX, Way
from tests.unit.world import PARTIES, SUBSTANCE, kg

from lotchain.app.adopting import adopted_document, digest_of
from lotchain.core import canonical_json
from lotchain.custody.findings import Weight
from lotchain.events.consignment import Consignment
from lotchain.events.consumption import Consumption
from lotchain.events.rule_set_adoption import RuleSetAdoption
from lotchain.rules.facts import ABSENT, UNKNOWN, Interval
from lotchain.treaty import facts_filings

RULE = "mx-04-merma"
"""An id that the shipped set has, too."""


def imports_need_a_permit() -> bytes:
    """A Mexican edition with one rule, as India's: whoever imports has an authorisation when customs let the goods in."""
    shipped: Any = canonical_json.decode(adopted_document("IN"))
    rule = next(rule for rule in shipped["rules"] if rule["id"] == "in-01-import")
    names = {"occurred_at", "import_regimes", "import_released_at", "import_authorisation", "substance_class:IN"}
    document = {
        **shipped,
        "jurisdiction": "MX",
        "not_examined": [],
        "rules": [{**rule, "id": RULE, "obligations": ["MX-01"]}],
        "facts": {name: fact for name, fact in shipped["facts"].items() if name in names},
        "substances": {SUBSTANCE: {"base": SUBSTANCE, "factor": [1, 1], "classes": [[0, ["schedule-c"]]]}},
        "thresholds": {},
    }
    text = canonical_json.encode(document).decode().replace("substance_class:IN", "substance_class:MX")
    return canonical_json.encode(canonical_json.decode(text.replace('"value":"IN"', '"value":"MX"').encode()))


def arrived(giver: str = "maker") -> tuple[Way, str]:
    """A lot at the place of entry, brought there by whoever sent it, or by a carrier."""
    way = Way()
    document = imports_need_a_permit()
    way.documents[digest_of(document)] = document
    edition: Any = canonical_json.decode(document)
    way.accept(
        RuleSetAdoption(
            jurisdiction="MX", edition=edition["edition"], document=digest_of(document), lists_complete=True,
            in_force_from="1970-01-01T00:00:00Z", occurred_at=way.now(),
        ), "mx",
    )  # fmt: skip
    way.advance()
    lot = way.lot_of()
    way.consign(lot, final=(PARTIES["user-a"],))
    if giver == "carrier":
        way.taken("maker", "carrier", lot, CN)
    assert RULE not in way.arrived(lot, giver)
    return way, lot


def test_who_takes_it_over_is_asked() -> None:
    way, lot = arrived("carrier")
    assert way.taken("carrier", "importer", lot, MX, "consignee")[RULE] is Weight.HOLD


@pytest.mark.parametrize("giver", ["maker", "carrier"])
def test_another_consignment_from_the_place_of_entry_is_asked_about_the_import(giver: str) -> None:
    way, lot = arrived(giver)
    event = Consignment(
        consignment=f"consignment:{way.party(giver)[6:]}/C2", exporter=PARTIES["maker"], importer=PARTIES["importer"],
        final=(PARTIES["user-a"],), route=("MXZLO", "MXGDL"), lots=(lot,), mode="road", occurred_at=way.now(),
        seen=way.newest(),
    )  # fmt: skip
    assert way.told(event, giver)[RULE] is Weight.HOLD


def test_what_is_used_at_the_place_of_entry_is_asked_about_the_import() -> None:
    way, lot = arrived()
    used = Consumption(lot=lot, prev=way.last(lot), quantity=kg(1), purpose="synthesis", occurred_at=way.now(),
                       seen=way.newest())  # fmt: skip
    assert way.told(used, "maker")[RULE] is Weight.HOLD


def test_a_buyer_abroad_that_is_no_final_consignee_takes_nothing_over_at_home() -> None:
    way = Way()
    lot = way.lot_of()
    way.consign(lot, final=(PARTIES["user-a"],))
    assert way.taken("maker", "importer", lot, CN, "consignee")["border-unexplained"] is Weight.HOLD


# United States declarations: no authority of theirs is on the test's ledger, so the facts are asked directly.


def row(kind: str, by: str, upper: int, *, acknowledged: bool = False, **said: Any) -> dict[str, Any]:
    return {
        "kind": kind, "country": "US", "by": by, "filed": upper, "upper": upper, "acknowledged": acknowledged,
        "transferee": None, "form": "", "waiver": False, "transaction_id": "", "quantity": None, "basis": "base",
        "quantity_kind": "mass", **said,
    }  # fmt: skip


def scene(*rows: dict[str, Any], lot: tuple[dict[str, Any], ...] = ()) -> Any:
    """As far as the facts ask: a consignment with these filings, offered by its exporter to a customer."""
    offer = {"by": "party:US-EXP", "to": "party:CA-BUYER", "as": "consignee"}
    about = {
        "filings": {f"{i}": each for i, each in enumerate(lot)}, "offer": offer, "held_as": "maker",
        "custodian": "party:US-EXP", "custodians": ["party:US-EXP"],
    }  # fmt: skip
    return SimpleNamespace(
        filings=lambda kind, country: [r for r in rows if r["kind"] == kind and r["country"] == country],
        consignment={"by": "party:US-EXP", "exporter": "party:US-EXP", "importer": "party:CA-BUYER"},
        about=about, offset=0, kind="acceptance",
    )  # fmt: skip


MINE = row("declaration", "party:US-EXP", 10, form="486")


def test_a_consignee_among_many_and_another_state_spoil_nobodys_declaration() -> None:
    for other in ("party:CA-OTHER", "party:CA-AUTHORITY"):
        early = row("declaration", other, 5, form="486A", waiver=True)
        later = row("declaration-amendment", other, 20, transferee="party:CA-OTHER")
        found = scene(early, MINE, later)
        assert (facts_filings.form(found), facts_filings.waiver_claimed(found)) == ("486", False)
        assert facts_filings.amended_at(found) is ABSENT


def test_a_handlers_word_does_not_change_what_the_authority_acknowledged() -> None:
    held = row("declaration", "party:US-DEA", 10, acknowledged=True, transferee="party:CA-BUYER")
    same = row("declaration-amendment", "party:US-EXP", 20, transferee="party:CA-BUYER")
    other = row("declaration-amendment", "party:US-EXP", 20, transferee="party:CA-NEW")
    assert facts_filings.declared_transferee(scene(held, same)) == "party:CA-BUYER"
    assert facts_filings.declared_transferee(scene(held, other)) is UNKNOWN
    again = row("declaration-amendment", "party:US-DEA", 30, acknowledged=True, transferee="party:CA-NEW")
    assert facts_filings.declared_transferee(scene(held, other, again)) == "party:CA-NEW"


def test_a_warning_is_about_the_customer_and_by_who_knows() -> None:
    def warned(by: str, transferee: str, *, acknowledged: bool = False) -> Any:
        told = row("customer-warning", by, 7, acknowledged=acknowledged, transferee=transferee)
        return facts_filings.customer_warned_at(scene(lot=(told,)))

    assert warned("party:US-RIVAL", "party:CA-BUYER") is ABSENT
    assert warned("party:US-EXP", "party:CA-ELSE") is ABSENT
    assert warned("party:US-DEA", "party:CA-BUYER", acknowledged=True) == Interval(7, 7, 0)
    assert warned("party:US-EXP", "party:CA-BUYER") == Interval(7, 7, 0)
