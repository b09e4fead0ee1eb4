"""Attacks on step 7: on the documents that authorities adopt, on what proofs carry of them, on filings and their times.

What can be gained by each is at most an answer that is open. Nothing here turns a treaty answer into compliant.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from tests.agreement.adopting import edition
from tests.property.lives import Life, answer, import_to_the_states
from tests.threats.surroundings import ORIGIN, Small, reworked
from tests.unit.test_adopted import worst
from tests.unit.test_treaty import register_activity, use
from tests.unit.world import CN, DAY, HOUR, MX, World, kg, read_event_of

from lotchain.app.adopting import adopted_document, adoption, digest_of
from lotchain.core.hidden import placeholder
from lotchain.custody.findings import Answer, Weight
from lotchain.errors import Malformed, UsageError
from lotchain.events.fields import Hidden
from lotchain.events.filing import Filing
from lotchain.events.loss import Loss
from lotchain.events.registration import Registration
from lotchain.ledger.audit import audit
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Receipt, Refused
from lotchain.storage.memory import MemoryStore
from lotchain.verify.verdict import Verdict

SUBSTANCE = "123-62-6"
"""Propionic anhydride: of those that Mexico's list is known to name."""


def ledger(*pairs: tuple[str, str]) -> Small:
    """A real ledger on which sets were adopted: (jurisdiction, by whom)."""
    small = Small()
    for jurisdiction, who in pairs:
        small.adopt(jurisdiction, who)
    small.advance()
    return small


def mexican() -> Small:
    return ledger(("UN", "mx"), ("MX", "mx"), ("UN", "cn"))


def user_lot(world: World, local: str = "PA") -> str:
    """A lot at the Mexican user."""
    lot = f"lot:MX-USERA/{local}"
    world.accept(
        Registration(
            lot=lot, substance=SUBSTANCE, name="propionic anhydride", quantity=kg(500), origin="entered", place=MX,
            occurred_at=world.now(), seen=world.newest(),
        ), "user-a",
    )  # fmt: skip
    return lot


def later(small: Small, days: int = 3) -> None:
    """Time passes, and something is entered, so that the ledger's time does, too."""
    small.advance(days * DAY)
    small.make(f"LATER-{small.time}", 1)


def said(small: Small, lot: str) -> Verdict:
    return small.verdict(small.bundle(lot), treaty_required=True, max_age_ms=100 * DAY)


def weights(verdict: Verdict) -> dict[str, Weight]:
    """What weighs on the treaty answer."""
    return {f.code: f.kind.weight for f in verdict.findings if f.kind.answer is Answer.TREATY and f.kind.weight}


def adopt(world: World, who: str, document: bytes, **said: Any) -> str:
    """An authority adopts any bytes under any name; what is said of them is what the MX set says, if nothing else is."""
    world.documents[digest_of(document)] = document
    event = adoption(adopted_document("MX"), in_force_from="1970-01-01T00:00:00Z", complete=True, notice=None)
    return world.accept(
        read_event_of({**event, "document": digest_of(document), "occurred_at": world.now(), **said}), who
    )


# Documents


def test_an_honest_lot_is_compliant_to_begin_with() -> None:
    small = mexican()
    lot = user_lot(small)
    register_activity(small, lot, small.last(lot))
    later(small)
    verdict = said(small, lot)
    assert verdict.answers.treaty.startswith("compliant with MX 2026-11-24, UN 2026-11-24: 1 rule held")
    assert weights(verdict) == {}


@pytest.mark.parametrize("document", [
    adopted_document("UN"), adopted_document("CN"), edition("MX", 1),
], ids=["of another jurisdiction", "of another country", "of another edition"])  # fmt: skip
def test_a_document_under_a_false_name_is_never_asked(document: bytes) -> None:
    small = ledger(("UN", "mx"), ("UN", "cn"))
    adopt(small, "mx", document)
    small.advance()
    lot = user_lot(small)
    register_activity(small, lot, small.last(lot))
    verdict = said(small, lot)
    assert verdict.answers.treaty == "undetermined"
    assert weights(verdict) == {"rule-set-unreadable": Weight.HOLD}


@pytest.mark.parametrize(("who", "jurisdiction"), [("cn", "MX"), ("mx", "CN"), ("mx", "US"), ("cn", "EU")])
def test_nobody_adopts_the_law_of_another_country(who: str, jurisdiction: str) -> None:
    small = Small()
    document = adopted_document(jurisdiction)
    event = adoption(document, in_force_from="1970-01-01T00:00:00Z", complete=True, notice=None)
    small.documents[digest_of(document)] = document
    assert small.refuse(read_event_of({**event, "occurred_at": small.now()}), who) == {"adoption-scope"}


def test_a_handler_adopts_nothing() -> None:
    small = Small()
    event = adoption(adopted_document("MX"), in_force_from="1970-01-01T00:00:00Z", complete=True, notice=None)
    small.documents[digest_of(adopted_document("MX"))] = adopted_document("MX")
    assert small.refuse(read_event_of({**event, "occurred_at": small.now()}), "user-a") == {"not-authority"}


def test_a_lenient_edition_does_not_reach_back_and_says_what_it_is() -> None:
    """An authority that empties its law frees what comes, and nothing before; the verdict says how little held."""
    small = mexican()
    before = user_lot(small, "BEFORE")
    later(small)
    value = json.loads(adopted_document("MX"))
    value["rules"] = []
    adopt(small, "mx", json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    small.advance()
    after = user_lot(small, "AFTER")
    later(small)
    assert said(small, before).answers.treaty == "breach"
    assert "mx-adopted-late" in weights(said(small, before))
    assert said(small, after).answers.treaty.startswith("compliant with MX 2026-11-24, UN 2026-11-24: 0 rules held")


def test_adopting_the_old_set_again_does_not_wash_late_law_away() -> None:
    small = mexican()
    lot = user_lot(small)
    register_activity(small, lot, small.last(lot))
    for number in (1, 0):
        small.advance(DAY)
        adopt(small, "mx", edition("MX", number), edition="2026-12-01" if number else "2026-11-24")
    later(small)
    assert weights(said(small, lot)) == {"mx-adopted-late": Weight.HOLD}


# Documents held back, malformed, huge


def test_an_adoption_without_its_document_is_refused() -> None:
    small = Small()
    event = adoption(adopted_document("MX"), in_force_from="1970-01-01T00:00:00Z", complete=True, notice=None)
    raw = small.sign_event({**event, "occurred_at": small.now()}, "mx", subject="charter")
    finding = small.refused(raw, "document-missing")
    assert finding.kind.retryable
    (other,) = small.ledger.submit([raw], {bytes.fromhex(digest_of(adopted_document("CN"))): adopted_document("CN")})
    assert isinstance(other, Refused)
    document = adopted_document("MX")
    (taken,) = small.ledger.submit([raw], {bytes.fromhex(digest_of(document)): document})
    assert isinstance(taken, Receipt)


@pytest.mark.parametrize("document", [b"{}", b"\x83aaabac", b" " * 400_001, adopted_document("MX")[:-1]])
def test_a_malformed_document_is_not_taken(document: bytes) -> None:
    small = Small()
    digest = digest_of(document)
    event = adoption(adopted_document("MX"), in_force_from="1970-01-01T00:00:00Z", complete=True, notice=None)
    raw = small.sign_event({**event, "document": digest, "occurred_at": small.now()}, "mx", subject="charter")
    before = small.everything()
    with pytest.raises(Malformed):
        small.ledger.submit([raw], {bytes.fromhex(digest): document})
    assert small.everything() == before


class HoldsBack:
    """A store whose operator hands out no document of this digest."""

    def __init__(self, inner: Any, digest: str) -> None:
        self._inner, self._digest = inner, bytes.fromhex(digest)

    def opening(self, digest: bytes) -> bytes | None:
        return None if digest == self._digest else self._inner.opening(digest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_an_operator_that_holds_a_document_back_proves_nothing() -> None:
    """No bundle can be made, what is appended is undetermined, and an audit says so."""
    small = mexican()
    lot = user_lot(small)
    small.ledger.publish()
    store: Any = HoldsBack(small.store, digest_of(adopted_document("MX")))
    small.ledger = Ledger.open(store, small.mark, origin=ORIGIN, signer=small.log_signer, clock=small.ledger._clock)
    with pytest.raises(UsageError) as caught:
        small.bundle(lot)
    assert caught.value.code == "rule-set-missing"
    judgement = small.submit(
        Loss(lot=lot, prev=small.last(lot), quantity=kg(1), kind="stolen", place=MX, occurred_at=small.now()), "user-a"
    )
    assert {f.code for f in judgement.findings if f.kind.answer is Answer.TREATY and f.kind.weight} == {
        "rule-set-unreadable"
    }
    small.ledger.publish()
    assert audit(store, MemoryStore(), key=small.ledger.key).judged["rule-set-unreadable"] == 2


@pytest.mark.parametrize("document", [b"{}", b"\x00", adopted_document("MX")[:-1]])
def test_a_malformed_document_that_a_dishonest_operator_logged_leaves_it_open(document: bytes) -> None:
    """The judge reads no document; the verifier says that it cannot read it, and does not fall over it."""
    world = World()
    for jurisdiction, who in (("UN", "mx"), ("UN", "cn")):
        world.adopt(jurisdiction, who)
    adopt(world, "mx", document)
    lot = user_lot(world)
    assert [f.code for f in world.submit(
        Loss(lot=lot, prev=world.last(lot), quantity=kg(1), kind="stolen", place=MX, occurred_at=world.now(),
             seen=world.newest()), "user-a").findings if f.kind.answer is Answer.TREATY and f.kind.weight
    ] == ["rule-set-unreadable"]  # fmt: skip


def test_three_hundred_deep_rules_do_not_stop_the_ledger() -> None:
    small = ledger(("UN", "mx"), ("UN", "cn"))
    adopt(small, "mx", worst())
    small.advance()
    lot = user_lot(small)
    lost = Loss(lot=lot, prev=small.last(lot), quantity=kg(1), kind="stolen", place=MX, occurred_at=small.now())
    raw = small.sign(lost, "user-a")
    began = time.process_time()
    small.taken(raw)
    assert time.process_time() - began < 3
    began = time.process_time()
    verdict = said(small, lot)
    assert time.process_time() - began < 20
    assert verdict.word == "HOLD"


# Proofs


def test_sets_left_out_exchanged_or_added_are_refused() -> None:
    small = mexican()
    lot = user_lot(small)
    bundle = small.bundle(lot)
    un, mx = sorted((adopted_document("UN"), adopted_document("MX")), key=digest_of)
    assert small.caught(reworked(bundle, rule_sets=(un,))) == "bundle-incomplete"
    assert small.caught(reworked(bundle, rule_sets=())) == "bundle-incomplete"
    for other in (edition("MX", 1), adopted_document("US"), b"{}"):
        more = tuple(sorted((un, mx, other), key=digest_of))
        assert small.caught(reworked(bundle, rule_sets=more)) == "bundle-extra"
        for kept in (un, mx):
            exchanged = tuple(sorted((kept, other), key=digest_of))
            assert small.caught(reworked(bundle, rule_sets=exchanged)) == "bundle-incomplete"
    assert small.caught(reworked(bundle, rule_sets=(mx, un))) == "bundle-format"
    assert small.caught(reworked(bundle, rule_sets=(un, mx, b" " * 400_001))) == "bundle-format"


def test_the_digest_of_a_document_in_a_hidden_field_opens_nothing() -> None:
    """Whoever writes a document's digest where text is hidden neither shows the document there nor spoils the proof."""
    small = mexican()
    digest = bytes.fromhex(digest_of(adopted_document("MX")))
    event = Registration(
        lot="lot:MX-USERA/H", substance=SUBSTANCE, name="propionic anhydride", quantity=kg(5), origin="entered",
        place=MX, remarks=Hidden(**placeholder(digest)), occurred_at=small.now(), seen=small.newest(),
    )  # fmt: skip
    small.accept(event, "user-a")
    verdict = said(small, "lot:MX-USERA/H")
    assert not verdict.refused and verdict.openings == {}


# Filings, and their times


def filed(small: Small, lot: str, statement: str, who: str, filed_at: str) -> None:
    small.accept(
        Filing(
            about=lot, statement=statement, kind="activity-registration", country="MX", filed_at=filed_at,
            occurred_at=small.now(), seen=small.newest(),
        ), who,
    )  # fmt: skip


def test_a_handler_that_backdates_a_filing_gains_nothing() -> None:
    """Stated at any time before, also before the activity itself: what counts is when the claim was entered."""
    for stated in (1, 30, 24 * 400):
        small = mexican()
        lot = user_lot(small)
        made, early = small.last(lot), small.later(-stated * HOUR)
        later(small, 2)
        filed(small, lot, made, "user-a", early)
        later(small)
        assert weights(said(small, lot)) == {"mx-01-sisus": Weight.HOLD}


def test_the_authority_of_another_country_acknowledges_nothing() -> None:
    small = mexican()
    lot = user_lot(small)
    made, early = small.last(lot), small.now()
    later(small, 2)
    refused = small.submit(
        Filing(
            about=lot, statement=made, kind="activity-registration", country="MX", filed_at=early,
            occurred_at=small.now(), seen=small.newest(),
        ), "cn",
    )  # fmt: skip
    later(small)
    assert refused.refused or weights(said(small, lot)) == {"mx-01-sisus": Weight.HOLD}


def test_a_filing_about_another_statement_is_not_this_ones() -> None:
    small = mexican()
    lot = user_lot(small)
    register_activity(small, lot, small.last(lot))
    used = use(small, lot)
    later(small)
    assert weights(said(small, lot)) == {"mx-01-sisus": Weight.FAIL}
    assert [f.statement for f in said(small, lot).findings if f.code == "mx-01-sisus"] == [used]


def test_a_filing_is_not_stated_to_lie_ahead() -> None:
    small = mexican()
    lot = user_lot(small)
    event = Filing(
        about=lot, statement=small.last(lot), kind="activity-registration", country="MX", filed_at=small.later(HOUR),
        occurred_at=small.now(), seen=small.newest(),
    )  # fmt: skip
    assert small.refuse(event, "user-a") == {"filing-ahead"}


def _importers_own_form(life: Life, *, entered: str, filed_at: str) -> Life:
    """The declaration as only the importer tells it, with a time and a number of its own making."""
    steps = [
        step for step in life.content["steps"]
        if not (step.get("by") == "us" and step.get("event", {}).get("kind") == "declaration")
    ]  # fmt: skip
    (form,) = (step for step in steps if step.get("as") == "form-486a")
    form["at"] = entered
    form["event"] |= {"filed_at": filed_at, "transaction_id": "TID-MADE-UP"}
    return life.with_steps(sorted(steps, key=lambda step: str(step["at"])))


@pytest.mark.parametrize(("entered", "notice"), [("2026-09-18T14:00:00Z", None), ("2026-10-01T14:00:00Z", Weight.HOLD)])
def test_an_importer_that_makes_up_a_day_and_a_number_is_not_compliant(entered: str, notice: Weight | None) -> None:
    """What was entered sixteen days before the release was filed by then; what is only said to have been may not."""
    life = import_to_the_states()
    verdict = answer(_importers_own_form(life, entered=entered, filed_at="2026-08-01T00:00:00Z"))
    found = weights(verdict)
    assert verdict.answers.treaty == "undetermined"
    assert found["us-11-import-transaction"] is Weight.HOLD, "a number that its holder made up is none"
    assert found.get("us-11-import-notice") is notice


# Who has adopted what


@pytest.mark.parametrize("pairs", [(("UN", "cn"),), (("UN", "cn"), ("CN", "cn")), (("UN", "mx"), ("MX", "mx"))])
def test_law_that_only_one_of_two_countries_adopted_is_examined_for_that_one_alone(pairs: tuple[Any, ...]) -> None:
    small = ledger(*pairs)
    lot = small.make("B", 100, seen=small.newest())
    small.advance()
    offer = small.offer("maker", "importer", lot, receives_as="consignee", seen=small.newest())
    small.take(offer, "importer", MX)
    verdict = said(small, lot)
    assert verdict.answers.treaty.startswith("undetermined")
    missing = {f.expected for f in verdict.findings if f.code == "rule-set-not-adopted"}
    adopted = {f"{jurisdiction} as adopted by {who.upper()}" for jurisdiction, who in pairs}
    wanted = {f"{law} as adopted by {country}" for country in ("CN", "MX") for law in ("UN", country)}
    assert missing == wanted - adopted


def test_a_lot_of_one_country_needs_no_set_of_another() -> None:
    small = ledger(("UN", "cn"), ("CN", "cn"))
    lot = small.make("B", 100, seen=small.newest(), place=CN)
    verdict = said(small, lot)
    assert "rule-set-not-adopted" not in {f.code for f in verdict.findings}
