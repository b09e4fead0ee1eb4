"""Step 7 of the judge: adopted rule sets asked on real events, over the one judge."""

from __future__ import annotations

import pytest
from tests.unit.world import CN, DAY, HOUR, MX, PARTIES, World, kg

from lotchain.custody.findings import Weight
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.consignment import Consignment
from lotchain.events.consumption import Consumption
from lotchain.events.filing import Filing
from lotchain.events.loss import Loss
from lotchain.events.registration import Registration
from lotchain.events.rule_set_adoption import RuleSetAdoption
from lotchain.verify.conclude import Treaty, conclude

RESERVED = "b2" * 32


def adopted(*pairs: tuple[str, str]) -> World:
    """A world in which authorities have adopted sets: (jurisdiction, who)."""
    world = World()
    for jurisdiction, who in pairs:
        world.adopt(jurisdiction, who)
    world.advance()
    return world


def mexico() -> World:
    return adopted(("UN", "mx"), ("MX", "mx"), ("UN", "cn"), ("CN", "cn"))


def use(world: World, lot: str, quantity: float = 1, **fields: object) -> str:
    world.advance()
    values: dict[str, object] = {
        "lot": lot, "prev": world.last(lot), "quantity": kg(quantity), "purpose": "synthesis",
        "occurred_at": world.now(), "seen": world.newest(), **fields,
    }  # fmt: skip
    return world.accept(Consumption(**values), "user-a")  # type: ignore[arg-type]


def at_user(world: World) -> str:
    """A lot of acetic anhydride at the Mexican user, without any border on the ledger."""
    world.accept(
        Registration(
            lot="lot:MX-USERA/AA", substance="108-24-7", name="acetic anhydride", quantity=kg(500), origin="entered",
            place=MX, occurred_at=world.now(), seen=world.newest(),
        ), "user-a",
    )  # fmt: skip
    return "lot:MX-USERA/AA"


def concluded(world: World, as_of: int | None = None) -> dict[str, list[Weight]]:
    """Weights by code at the end."""
    treaty = Treaty(world.books, tuple(world.asked), tuple(world.duties))
    found: dict[str, list[Weight]] = {}
    for finding in conclude(world.states, (), world.time if as_of is None else as_of, treaty):
        found.setdefault(finding.code, []).append(finding.kind.weight)
    return found


def register_activity(world: World, lot: str, statement: str, *, who: str = "mx", hours: int = 1) -> None:
    world.advance(hours * HOUR)
    world.accept(
        Filing(
            about=lot, statement=statement, kind="activity-registration", country="MX", filed_at=world.now(),
            occurred_at=world.now(), seen=world.newest(),
        ), who,
    )  # fmt: skip


def test_without_an_adopted_set_nothing_is_asked() -> None:
    world = World()
    at_user(world)
    assert not world.asked and not world.duties


def test_only_a_countrys_own_authority_adopts() -> None:
    world = World()
    document = RESERVED
    for jurisdiction, who in (("US", "cn"), ("MX", "cn"), ("EU", "mx"), ("CN", "mx")):
        event = RuleSetAdoption(
            jurisdiction=jurisdiction, edition="2026-11-24", document=document, in_force_from="2026-01-01T00:00:00Z",
            occurred_at=world.now(),
        )  # fmt: skip
        assert world.refuse(event, who) == {"adoption-scope"}
    handler = RuleSetAdoption(
        jurisdiction="CN", edition="2026-11-24", document=document, in_force_from="2026-01-01T00:00:00Z",
        occurred_at=world.now(),
    )  # fmt: skip
    assert world.refuse(handler, "maker") == {"not-authority"}


def test_the_same_set_is_not_adopted_twice_in_a_row() -> None:
    world = adopted(("MX", "mx"))
    last = world.states["charter"]["rule_sets"]["MX"]["MX"][-1]
    event = RuleSetAdoption(
        jurisdiction="MX", edition=last["edition"], document=last["digest"], in_force_from="1970-01-01T00:00:00Z",
        lists_complete=True, occurred_at=world.now(),
    )  # fmt: skip
    assert world.refuse(event, "mx") == {"adopted-already"}


def test_a_duty_is_a_note_while_there_is_time_and_a_breach_afterwards() -> None:
    world = mexico()
    lot = at_user(world)
    use(world, lot)
    assert concluded(world, world.time + 23 * HOUR)["mx-01-sisus"] == [Weight.NOTE, Weight.NOTE]
    late = concluded(world, world.time + 3 * DAY)
    assert set(late["mx-01-sisus"]) <= {Weight.HOLD, Weight.FAIL} and Weight.NOTE not in late["mx-01-sisus"]


def test_a_duty_that_was_done_in_time_says_nothing_and_one_done_late_is_broken() -> None:
    world = mexico()
    lot = at_user(world)
    made = world.last(lot)
    register_activity(world, lot, made)
    assert "mx-01-sisus" not in concluded(world, world.time + 30 * DAY)
    used = use(world, lot)
    register_activity(world, lot, used, hours=26)
    assert concluded(world, world.time + 30 * DAY).get("mx-01-sisus") is not None


def test_a_registration_that_only_its_handler_claims_counts_from_its_entry() -> None:
    """Entered two days later, with a time stated that would be early enough: it may have been so, it may not."""
    world = mexico()
    lot = at_user(world)
    made, early = world.last(lot), world.now()
    world.advance(2 * DAY)
    world.accept(
        Filing(
            about=lot, statement=made, kind="activity-registration", country="MX", filed_at=early,
            occurred_at=world.now(), seen=world.newest(),
        ), "user-a",
    )  # fmt: skip
    assert concluded(world)["mx-01-sisus"] == [Weight.HOLD]


def test_what_was_entered_before_a_late_adoption_is_undetermined() -> None:
    world = adopted(("UN", "mx"), ("UN", "cn"))
    at_user(world)
    assert "rule-set-not-adopted" in concluded(world)
    world.advance(DAY)
    world.adopt("MX", "mx")
    found = concluded(world)
    assert found["mx-adopted-late"] == [Weight.HOLD] and "rule-set-not-adopted" not in found


def test_a_set_that_is_not_at_hand_leaves_its_finding() -> None:
    world = mexico()
    world.documents.clear()
    world.books = type(world.books)(world.documents.get)
    judgement = world.submit(
        Registration(
            lot="lot:MX-USERA/AA", substance="108-24-7", name="acetic anhydride", quantity=kg(500), origin="entered",
            place=MX, occurred_at=world.now(), seen=world.newest(),
        ), "user-a",
    )  # fmt: skip
    assert [f.kind.weight for f in judgement.findings if f.code == "rule-set-unreadable"] == [Weight.HOLD] * 2


def test_a_document_that_is_not_what_its_adoption_says_is_not_asked() -> None:
    world = World()
    world.adopt("UN", "mx", as_of="MX")
    at_user(world)
    judged = {row.digest: row.held for row in world.asked if row.jurisdiction == "MX"}
    assert list(judged.values()) == [()]


@pytest.mark.parametrize("declared", [True, False])
def test_a_border_without_a_declared_route_is_undetermined(declared: bool) -> None:
    """Goods from China that turn up at a Mexican consignee: what the export rules ask is not known."""
    world = mexico()
    lot = world.make("B", 100, seen=world.newest())
    world.advance()
    offer = world.offer("maker", "importer", lot, receives_as="consignee", seen=world.newest())
    line = AcceptanceLine(lot=lot, outcome="full", accepted=kg(100))
    world.advance()
    place = MX if declared else CN
    judgement = world.submit(
        Acceptance(answers=offer, lines=(line,), place=place, occurred_at=world.now(), seen=world.newest()), "importer"
    )
    held = {f.code: f.kind.weight for f in judgement.findings}
    assert held["un-07-notice"] is Weight.HOLD and held["cn-04-licence"] is Weight.HOLD


ROUTES = (
    ("MXZLO", "MXGDL"),  # the country in which the goods are is left out
    ("MXZLO", "CNTZU", "MXGDL"),  # it stands in the middle, so that no border seems to be crossed
    ("CNTZU", "CNSHG"),  # the country to which they go is left out
)


@pytest.mark.parametrize("route", ROUTES)
def test_a_route_that_leaves_out_a_country_does_not_leave_out_its_rules(route: tuple[str, ...]) -> None:
    world = mexico()
    lot = world.make("B", 100, seen=world.newest())
    world.accept(
        Consignment(
            consignment="consignment:CN-MAKER/C", exporter=PARTIES["maker"], importer=PARTIES["importer"],
            final=(PARTIES["importer"],), route=route, lots=(lot,), mode="sea", occurred_at=world.now(),
            seen=world.newest(),
        ), "maker",
    )  # fmt: skip
    world.advance()
    offer = world.offer("maker", "carrier", lot, seen=world.newest())
    world.advance()
    line = AcceptanceLine(lot=lot, outcome="full", accepted=kg(100))
    taken = Acceptance(answers=offer, lines=(line,), place=MX, occurred_at=world.now(), seen=world.newest())
    found = {finding.code: finding.kind.weight for finding in world.submit(taken, "carrier").findings}
    assert found["un-07-notice"] is Weight.HOLD
    assert found["cn-04-licence"] is Weight.HOLD


def test_a_border_crossed_without_a_route_stays_on_the_lot_however_it_was_crossed() -> None:
    """A loss told from abroad moves the lot's place; what comes after happens within one country."""
    world = mexico()
    lot = world.make("B", 100, seen=world.newest())
    world.advance()
    gone = Loss(
        lot=lot, prev=world.last(lot), quantity=kg(1), kind="leaked", place=MX, occurred_at=world.now(), seen=world.newest()
    )  # fmt: skip
    found = {finding.code: finding.kind.weight for finding in world.submit(gone, "maker").findings}
    assert found["border-unexplained"] is Weight.HOLD
