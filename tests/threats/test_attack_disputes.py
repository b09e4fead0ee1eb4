"""Disputes used as a weapon: filed without end, filed about what was never an act, or dodged by moving on."""

from __future__ import annotations

from typing import Any

from tests.threats.surroundings import Small
from tests.unit.world import MX, kg

from lotchain.core.encodings import b64encode
from lotchain.core.statements import parse_statement
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.arrival import Arrival
from lotchain.events.conflict import Conflict
from lotchain.events.consumption import Consumption
from lotchain.events.endorsement import Endorsement
from lotchain.events.resolution import Resolution


def two_offers(small: Small) -> tuple[str, bytes, Conflict]:
    """The maker's offer of a lot that stands on the ledger, another one that does not, and who may make a fuss of it."""
    lot = small.make("O-1", 10)
    paper = small.hand_over("maker", "importer", lot, receives_as="consignee")
    other = small.sign(paper, "maker")
    logged = small.offer("maker", "carrier", lot)
    small.take(logged, "carrier")
    return lot, other, Conflict(lot=lot, logged=logged, other=b64encode(other), occurred_at=small.now())


def later(small: Small, event: Conflict, **changes: Any) -> Conflict:
    small.advance(1000)
    return event.model_copy(update={"occurred_at": small.now(), **changes})


def test_an_offer_that_nobody_accepted_is_remarked_once_and_not_without_end() -> None:
    """Whoever holds such a paper could else fill the lot's history until no bundle holds it."""
    small = Small()
    lot, _, remark = two_offers(small)
    small.accept(remark, "user-b")
    small.refused(small.sign(later(small, remark), "user-b"), "conflict-exists")
    small.refused(small.sign(later(small, remark), "user-a"), "conflict-exists")
    assert small.verdict(small.bundle(lot)).word == "CLEAR"


def test_a_remark_does_not_stand_in_the_way_of_the_proof() -> None:
    small = Small()
    lot, other, remark = two_offers(small)
    small.accept(remark, "user-b")
    taken = Acceptance(
        answers=parse_statement(other).hex_id, lines=(AcceptanceLine(lot=lot, outcome="full", accepted=kg(10)),),
        place=MX, occurred_at=small.now(),
    )  # fmt: skip
    reply = b64encode(small.sign(taken, "importer"))
    proved = later(small, remark, other_reply=reply, logged_reply=small.last(lot))
    small.accept(proved, "importer")
    assert small.verdict(small.bundle(lot)).word == "HOLD"
    small.refused(small.sign(later(small, remark), "user-b"), "conflict-exists")


def test_a_registration_that_could_never_be_taken_is_no_second_act() -> None:
    """A refused paper with a slip of the pen, kept by whoever refused it, does not freeze the lot that was then made."""
    small = Small()
    slip = small.sign_event(small.registration(substance="79099-07-4"))
    small.refused(slip, "cas-check-digit")
    small.taken(small.sign_event(small.registration()))
    lot = "lot:CN-MAKER/T-1"
    frame = Conflict(lot=lot, logged=small.last(lot), other=b64encode(slip), occurred_at=small.now())
    small.refused(small.sign(frame, "carrier"), "conflict-unproven")
    other = small.sign_event(small.registration(quantity={"value": "400", "unit": "KGM"}))
    proved = frame.model_copy(update={"other": b64encode(other)})
    small.accept(proved, "carrier")
    assert small.verdict(small.bundle(lot)).word == "HOLD"


def test_a_custodian_in_dispute_does_not_outrun_the_second_officer() -> None:
    """Between proposal and second signature it says that it is elsewhere: the authority that began decides all the same."""
    small = Small()
    lot = small.make("P-1", 10)
    prev = small.last(lot)
    acts = [
        Consumption(lot=lot, prev=prev, quantity=kg(n), purpose="analysis", occurred_at=small.now()) for n in (1, 2)
    ]
    logged, other = (small.sign(act, "maker") for act in acts)
    small.taken(logged)
    frame = Conflict(lot=lot, logged=small.last(lot), other=b64encode(other), occurred_at=small.now())
    dispute = small.accept(frame, "carrier")
    decision = Resolution(lot=lot, conflict=dispute, decision="confirm", occurred_at=small.now())
    proposal = small.accept(decision, "cn")
    small.accept(Arrival(lots=(lot,), place=MX, occurred_at=small.now()), "maker")
    small.accept(Endorsement(subject=lot, endorses=proposal, occurred_at=small.now()), "cn2")
    verdict = small.verdict(small.bundle(lot))
    assert "conflict-resolved" in {finding.code for finding in verdict.findings}
    assert "conflict-open" not in {finding.code for finding in verdict.findings}
    assert small.lot(lot)["place"]["code"] == MX.code


def test_disputes_about_one_act_have_an_end() -> None:
    """A custodian that is gone signs ever new papers on its old end, and a friend files them."""
    small = Small()
    lot = small.make("Q-1", 100)
    prev = small.last(lot)
    acts = [
        Consumption(lot=lot, prev=prev, quantity=kg(n), purpose="analysis", occurred_at=small.now())
        for n in range(1, 20)
    ]
    logged, *others = (small.sign(act, "maker") for act in acts)
    small.taken(logged)
    first = small.last(lot)
    for n, other in enumerate(others):
        frame = Conflict(lot=lot, logged=first, other=b64encode(other), occurred_at=small.now())
        if n < 16:
            small.accept(frame, "carrier")
        else:
            small.refused(small.sign(frame, "carrier"), "conflict-exists")
