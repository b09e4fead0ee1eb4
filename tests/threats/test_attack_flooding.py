"""A party that once had a lot floods it with reports, until no bundle would hold its history."""

from __future__ import annotations

from tests.threats.surroundings import Small
from tests.unit.world import CN, kg

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.arrival import Arrival
from lotchain.events.discrepancy_answer import DiscrepancyAnswer
from lotchain.events.seal_checked import CheckedLot, SealChecked


def test_a_past_custodian_reports_so_often_and_no_more() -> None:
    small = Small()
    lot = small.make("G-1", 10)
    small.move("maker", "carrier", lot)
    small.move("carrier", "importer", lot, receives_as="consignee")
    for n in range(32):
        small.advance(1000)
        check = SealChecked(lines=(CheckedLot(lot=lot, seals_found=()),), place=CN, occurred_at=small.now())
        small.accept(Arrival(lots=(lot,), place=CN, occurred_at=small.now()) if n % 2 else check, "carrier")
    small.advance(1000)
    once_more = Arrival(lots=(lot,), place=CN, occurred_at=small.now())
    small.refused(small.sign(once_more, "carrier"), "reports-many")
    small.accept(once_more, "importer")
    small.accept(once_more, "cn")
    small.accept(once_more, "maker")
    assert small.verdict(small.bundle(lot)).word == "CLEAR"


def test_a_receiver_that_never_answers_does_not_either() -> None:
    small = Small()
    lot = small.make("G-1", 10)
    small.offer("maker", "carrier", lot)
    for _ in range(32):
        small.advance(1000)
        small.accept(Arrival(lots=(lot,), place=CN, occurred_at=small.now()), "carrier")
    small.advance(1000)
    small.refused(small.sign(Arrival(lots=(lot,), place=CN, occurred_at=small.now()), "carrier"), "reports-many")


def test_nor_a_giver_that_explains_an_old_difference_again_and_again() -> None:
    small = Small()
    lot = small.make("G-1", 10)
    offer = small.offer("maker", "carrier", lot)
    line = AcceptanceLine(lot=lot, outcome="short", accepted=kg(9), missing=kg(1))
    reply = small.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=small.now()), "carrier")
    for _ in range(32):
        small.advance(1000)
        answer = DiscrepancyAnswer(lot=lot, reply=reply, explanation="spilled", occurred_at=small.now())
        small.accept(answer, "maker")
    small.advance(1000)
    answer = DiscrepancyAnswer(lot=lot, reply=reply, explanation="spilled", occurred_at=small.now())
    small.refused(small.sign(answer, "maker"), "reports-many")
    small.accept(answer, "cn")
    assert small.verdict(small.bundle(lot)).answers.quantity == "difference closed by report"
