"""What the ledger itself leaves open: offers, notifications, holds, proposals, disputes, ends of licences and permits."""

from __future__ import annotations

import pytest
from tests.unit.due_world import ANTHRANILIC, DueWorld, utc
from tests.unit.world import CN, DAY, HOUR, PARTIES, kg
from tests.vectors_build.event_transfers import consigned

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.authorisation_grant import AuthorisationGrant
from lotchain.events.discrepancy_answer import DiscrepancyAnswer
from lotchain.events.endorsement import Endorsement
from lotchain.events.hold import Hold
from lotchain.events.licence_change import LicenceChange
from lotchain.events.permit_terms import PermitTerms
from lotchain.events.pre_export_notification import PreExportNotification
from lotchain.events.pre_export_reply import PreExportReply
from lotchain.events.release import Release
from lotchain.events.seizure import Seizure
from lotchain.events.split import Child, Split
from lotchain.events.withdrawal import Withdrawal

OFFER, REPLY = "ledger-offer", "ledger-notification-reply"


@pytest.fixture
def world() -> DueWorld:
    return DueWorld()


def offered(world: DueWorld, *local: str) -> tuple[str, list[str], int]:
    lots = [world.make(each, 100) for each in local or ("A",)]
    return world.offer("maker", "carrier", *lots), lots, world.time + 2 * DAY


def test_an_offer_on_both_sides_of_its_deadline(world: DueWorld) -> None:
    offer, lots, deadline = offered(world, "A", "B")
    (item,) = world.items(OFFER)
    assert (item.status, item.subjects, item.statement) == ("due", tuple(sorted(lots)), offer)
    assert (item.owes, item.towards, item.basis, item.offset) == (PARTIES["carrier"], PARTIES["maker"], "L", 480)
    assert world.status(OFFER, within=DAY) == "open"
    assert world.status(OFFER, deadline) == "due"
    assert world.status(OFFER, deadline + 1) == "overdue" and world.report(deadline + 1).late
    assert not item.deadline.law


@pytest.mark.parametrize(("after", "said", "status"), [(0, 0, ""), (1, 0, "undetermined"), (1, 1, "met-late")], ids=str)
def test_a_reply_around_the_deadline(world: DueWorld, after: int, said: int, status: str) -> None:
    """Entered `after` ms after it, said to be signed `said` ms after it."""
    offer, lots, deadline = offered(world)
    world.time = deadline + after
    line = AcceptanceLine(lot=lots[0], outcome="full", accepted=kg(100))
    event = Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=utc(deadline + said))
    reply = world.accept(event, "carrier")
    assert world.status(OFFER) == status
    if status:
        (item,) = world.items(OFFER)
        assert item.done_by == reply and not world.report().late


def test_a_withdrawal_ends_an_offer_and_is_no_late_reply(world: DueWorld) -> None:
    offer, lots, deadline = offered(world)
    world.time = deadline + HOUR
    event = Withdrawal(withdraws=offer, lots=tuple(lots), occurred_at=world.now())
    world.accept(event, "maker")
    assert world.items(OFFER) == ()


def terms(world: DueWorld, **changes: object) -> PermitTerms:
    values = {
        "number": "T 1", "substances": (ANTHRANILIC,), "quantity": kg(100), "basis": "salt",
        "valid_from": world.now(), "valid_until": world.later(30 * DAY), "use": "multiple", **changes,
    }  # fmt: skip
    return PermitTerms(**values)  # type: ignore[arg-type]


def notified(world: DueWorld, by: str = "cn", **changes: object) -> tuple[str, str]:
    """A notification to Mexico; the permit, and its statement."""
    party = world.party(by)
    permit = f"permit:{party[6:]}/N1"
    values = {
        "permit": permit, "holder": PARTIES["maker"], "importing": "MX", "terms": terms(world),
        "reply_by": world.later(5 * DAY), "occurred_at": world.now(), **changes,
    }  # fmt: skip
    return permit, world.accept(PreExportNotification(**values), by)  # type: ignore[arg-type]


def test_a_notification_is_replied_to_by_its_day(world: DueWorld) -> None:
    permit, sent = notified(world)
    due = world.time + 5 * DAY
    (item,) = world.items(REPLY)
    assert (item.status, item.owes, item.towards) == ("due", PARTIES["mx"], PARTIES["cn"])
    assert (world.status(REPLY, due), world.status(REPLY, due + 1)) == ("due", "overdue")
    received = PreExportReply(permit=permit, answers=sent, reply="received", occurred_at=world.now())
    world.accept(received, "mx")
    assert world.status(REPLY, due + 1) == "overdue", "that it arrived is no reply"
    world.time = due + 1
    late = PreExportReply(permit=permit, answers=sent, reply="no-objection", occurred_at=world.now())
    world.accept(late, "mx")
    assert world.status(REPLY) == "met-late"


def test_no_day_named_no_item(world: DueWorld) -> None:
    notified(world, reply_by=None)
    assert world.items(REPLY) == ()


def test_fifteen_working_days_in_the_union_never_end_in_overdue(world: DueWorld) -> None:
    """Noon of Friday 9 October: the fifteenth working day is Friday the 30th, if there is no holiday."""
    world.accede("DE")
    world.until("2026-10-09T11:00:00Z")
    seller = world.party_of("DE", "SELLER")
    permit, sent = notified(world, "de", holder=seller, reply_by=None)
    (item,) = world.items("eu-11-reply")
    assert item.due is not None and item.due.latest is None and item.basis == "P"
    assert utc(item.due.earliest) == "2026-10-30T09:59:59.999Z", "where that day ends first"
    assert world.status("eu-11-reply", "2026-10-30T09:00:00Z") == "due"
    (item,) = world.items("eu-11-reply", "2026-12-30T09:00:00Z")
    assert item.status == "undetermined" and "holidays" in item.why[0]
    world.until("2026-10-29T11:00:00Z")
    world.accept(PreExportReply(permit=permit, answers=sent, reply="objected", occurred_at=world.now()), "mx")
    assert world.items("eu-11-reply") == ()


def test_a_hold_stands_until_it_is_released_and_passes_to_the_parts(world: DueWorld) -> None:
    lot = world.make("A", 100)
    placed = world.accept(Hold(lots=(lot,), reason="documents", occurred_at=world.now()), "cn")
    since = world.time
    world.advance(DAY)
    parts = tuple(
        Child(lot=f"lot:CN-MAKER/A{n}", quantity=kg(50)) for n in (1, 2)
    )  # fmt: skip
    world.accept(Split(lot=lot, prev=world.last(lot), children=parts, occurred_at=world.now()), "maker")
    (item,) = world.items("ledger-hold")
    assert (item.status, item.statement, item.owes, item.due) == ("open", placed, PARTIES["cn"], None)
    assert item.subjects == ("lot:CN-MAKER/A1", "lot:CN-MAKER/A2") and item.since.upper == since
    assert not world.report(world.time + 999 * DAY).late, "nothing says by when"
    world.accept(Release(hold=placed, lots=item.subjects, reason="in-order", occurred_at=world.now()), "cn")
    assert world.items("ledger-hold") == ()


def test_a_difference_waits_for_the_giver_then_for_the_authority(world: DueWorld) -> None:
    offer, lots, _ = offered(world)
    line = AcceptanceLine(lot=lots[0], outcome="short", accepted=kg(90), missing=kg(10))
    reply = world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")
    (item,) = world.items("ledger-difference")
    assert (item.owes, item.statement) == (PARTIES["maker"], reply)
    answer = DiscrepancyAnswer(lot=lots[0], reply=reply, explanation="spilled", occurred_at=world.now())
    world.accept(answer, "maker")
    assert world.items("ledger-difference") == ()
    (item,) = world.items("ledger-difference-closing")
    assert item.owes == PARTIES["cn"]


def test_a_proposal_waits_for_its_second_signature(world: DueWorld) -> None:
    lot = world.make("A", 100)
    proposal = world.accept(Seizure(lot=lot, reason="court-order", place=CN, occurred_at=world.now()), "cn")
    (item,) = world.items("ledger-proposal")
    assert (item.status, item.statement, item.owes, item.told) == ("open", proposal, PARTIES["cn"], "seizure")


def test_an_accession_waits_for_the_others(world: DueWorld) -> None:
    world.accede("US", endorsed=False)
    (item,) = world.items("ledger-proposal")
    assert (item.status, item.owes, item.towards, item.subjects) == (
        "open", PARTIES["mx"], "party:US-AUTH", ("charter",),
    )  # fmt: skip
    world.accept(Endorsement(subject="charter", endorses=item.statement, occurred_at=world.now()), "mx")
    assert world.items("ledger-proposal") == ()


def test_a_licence_is_told_before_it_ends_only(world: DueWorld) -> None:
    world.until("2026-10-06T00:00:00Z")
    party = world.party_of("CN", "SHORT", valid_until="2026-10-20T00:00:00Z")
    assert world.items("ledger-licence-end") == ()
    (item,) = world.items("ledger-licence-end", "2026-10-13T00:00:00Z")
    assert (item.status, item.owes, item.towards, item.subjects) == ("due", party, PARTIES["cn"], (party,))
    assert world.items("ledger-licence-end", "2026-10-12T23:59:59.999Z") == ()
    assert world.status("ledger-licence-end", "2026-10-19T23:59:59.999Z") == "due"
    assert world.items("ledger-licence-end", "2026-10-20T00:00:00Z") == ()
    change = LicenceChange(
        party=party, number="1", activities=("use",), substances=("*",), valid_from="1970-01-01T00:00:00Z",
        valid_until="2027-10-20T00:00:00Z", reason="renewal", occurred_at=world.now(),
    )  # fmt: skip
    world.accept(change, "cn")
    assert world.items("ledger-licence-end", "2026-10-13T00:00:00Z") == ()


def test_a_permit_is_told_while_something_is_left(world: DueWorld) -> None:
    permit = "permit:CN-NMPA/E1"
    grant = AuthorisationGrant(
        permit=permit, kind="export", holder=PARTIES["maker"], terms=terms(world), occurred_at=world.now()
    )
    world.accept(grant, "cn")
    end = world.time + 30 * DAY
    assert world.items("ledger-permit-end") == ()
    assert world.status("ledger-permit-end", end - 7 * DAY) == "due"
    assert world.status("ledger-permit-end", end - 1) == "due"
    assert world.items("ledger-permit-end", end) == ()


def test_what_ended_is_forgotten(world: DueWorld) -> None:
    """A ledger on which everything was answered leaves nothing behind."""
    for n in range(3):
        lot = world.make(f"A{n}", 100)
        world.move("maker", "carrier", lot)
    consigned(world, lot, who="carrier")
    assert [item for item in world.report().items if item.deadline.id != "cn-03-sale-i"] == []
    assert not world.due._own._open
