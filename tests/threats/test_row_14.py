"""Threat row 14, back-dating: what is claimed to be old is recorded as late, and never moves to where it claims to be.

The row proposes to refuse (TIME_TOO_OLD) or to log with LATE_ENTRY; the protocol wins: a refused truth would be hidden,
so every time that can be read is recorded, `late-entry` stands beside it, and the order is the log's.
"""

from __future__ import annotations

import pytest
from tests.threats.surroundings import DAY_MS, Small

from lotchain.verify.judge import LATE_MS


@pytest.mark.parametrize(
    ("back", "late"),
    [(0, False), (LATE_MS, False), (LATE_MS + 1, True), (10 * DAY_MS, True), (1_700_000_000_000, True)],
)
def test_a_late_entry_is_recorded_and_says_so(back: int, late: bool) -> None:
    small = Small()
    raw = small.sign_event(small.registration(occurred_at=small.later(-back)))
    receipt = small.taken(raw)
    assert ("late-entry" in {finding.code for finding in receipt.findings}) is late
    assert receipt.time == small.time, "the ledger's own time stands beside the claimed one"
    assert small.ledger.reader.entry(receipt.index) == raw


def test_the_order_is_that_of_the_log() -> None:
    """A loss claimed to have happened before its lot was made follows it all the same."""
    small = Small()
    lot = small.make("T-1", 500)
    small.advance(3 * DAY_MS)
    loss = {"type": "loss/1", "lot": lot, "prev": small.last(lot), "quantity": {"value": "1", "unit": "KGM"}}
    place = {"code": "CNTZU", "offset": "+08:00"}
    loss |= {"kind": "leaked", "occurred_at": small.later(-10 * DAY_MS), "place": place}
    receipt = small.taken(small.sign_event(loss, subject=lot))
    assert "late-entry" in {finding.code for finding in receipt.findings}
    verdict = small.verdict(small.bundle(lot))
    assert [step.card.title for step in verdict.steps] == ["Registration", "Loss or theft"]
    assert verdict.steps[0].occurred_at > verdict.steps[1].occurred_at
    assert verdict.steps[0].entered_at < verdict.steps[1].entered_at
    assert "late-entry" in {finding.code for finding in verdict.findings}


def test_a_signature_cannot_be_older_than_the_checkpoint_that_it_names() -> None:
    """Naming the newest checkpoint gives the lie away: it is said to be signed before that existed."""
    small = Small()
    small.make("M-1", 1)
    small.advance(DAY_MS)
    small.make("M-2", 1)
    event = small.registration(seen=small.seen())
    receipt = small.taken(small.sign_event(event, signed_at=small.time // 1000 - 3_600))
    assert "signed-before-seen" in {finding.code for finding in receipt.findings}
