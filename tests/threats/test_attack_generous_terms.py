"""Terms that one party sets so wide that nothing could ever turn amber: a tolerance of everything, a deadline for ever."""

from __future__ import annotations

import pytest
from tests.threats.surroundings import Small
from tests.unit.world import CN, DAY, kg

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.withdrawal import Withdrawal


def received(small: Small, lot: str, there: int, of: int) -> None:
    offer = small.offer("maker", "carrier", lot)
    line = AcceptanceLine(lot=lot, outcome="short", accepted=kg(there), missing=kg(of - there))
    small.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=small.now()), "carrier")


@pytest.mark.parametrize(("there", "word"), [(1, "HOLD"), (94, "HOLD"), (95, "CLEAR")])
def test_no_declared_tolerance_swallows_more_than_one_part_in_twenty(there: int, word: str) -> None:
    small = Small()
    lot = small.make("T-1", 100, tolerance="100")
    received(small, lot, there, 100)
    verdict = small.verdict(small.bundle(lot))
    assert verdict.word == word
    assert "tolerance-wide" in {finding.code for finding in verdict.findings}


def test_an_offer_that_nobody_need_ever_answer_becomes_overdue_all_the_same() -> None:
    small = Small()
    lot = small.make("D-1", 100)
    offer = small.offer("maker", "carrier", lot, deadline="9999-12-31T23:59:59Z")
    assert small.verdict(small.bundle(lot)).word == "CLEAR"
    small.advance(181 * DAY)
    small.make("D-2", 1)
    verdict = small.verdict(small.bundle(lot))
    codes = {finding.code for finding in verdict.findings}
    assert verdict.word == "HOLD" and {"offer-overdue", "deadline-far"} <= codes
    small.accept(Withdrawal(withdraws=offer, lots=(lot,), occurred_at=small.now()), "maker")
