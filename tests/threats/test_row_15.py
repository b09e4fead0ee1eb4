"""Threat row 15, post-dating and clock skew: a claimed time ahead of the ledger's is recorded and marked.

The row proposes R TIME_IN_FUTURE; the protocol wins: it is recorded with the finding `time-in-future`, since a wrong
clock undoes nothing that happened. Five minutes are skew.
"""

from __future__ import annotations

import pytest
from tests.threats.surroundings import Small

MINUTE = 60_000


@pytest.mark.parametrize(
    ("ahead", "marked"), [(4 * MINUTE, False), (5 * MINUTE, False), (5 * MINUTE + 1, True), (6 * MINUTE, True)]
)
def test_an_event_ahead_of_the_ledger(ahead: int, marked: bool) -> None:
    small = Small()
    receipt = small.taken(small.sign_event(small.registration(occurred_at=small.later(ahead))))
    assert ("time-in-future" in {finding.code for finding in receipt.findings}) is marked
    assert receipt.time == small.time


@pytest.mark.parametrize(("ahead", "marked"), [(240, False), (300, False), (301, True), (10**9, True)])
def test_a_signature_ahead_of_the_ledger(ahead: int, marked: bool) -> None:
    small = Small()
    receipt = small.taken(small.sign_event(small.registration(), signed_at=small.time // 1000 + ahead))
    assert ("time-in-future" in {finding.code for finding in receipt.findings}) is marked


def test_post_dating_wins_nothing() -> None:
    """An offer said to be of next year, with a deadline after it, gives the giver no second chance now."""
    small = Small()
    lot = small.make("T-1", 5)
    year = 365 * 24 * 60 * MINUTE
    offer = small.hand_over(
        "maker", "carrier", lot, occurred_at=small.later(year), deadline=small.later(year + 1), seen=small.seen()
    )
    second = small.sign(small.hand_over("maker", "importer", lot), "maker")
    assert "time-in-future" in {finding.code for finding in small.submit(offer, "maker").findings}
    small.refused(second, "prev-stale")
    small.refused(small.sign(small.hand_over("maker", "importer", lot, lines=offer.lines), "maker"), "prev-stale")
