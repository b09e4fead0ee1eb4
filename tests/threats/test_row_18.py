"""Threat row 18, leap days, leap seconds and the edges of the years: a proleptic Gregorian check, no second 60.

The row asks what a year from 29 February is: the ledger never adds years. A licence states its end itself, as an
instant, and 2029-02-29 is none.
"""

from __future__ import annotations

import pytest
from tests.threats.surroundings import Small, shared

from lotchain.core.instants import format_instant, parse_instant
from lotchain.core.statements import MAX_SIGNED_AT


@pytest.mark.parametrize(
    "text",
    [
        "2027-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2029-02-29T00:00:00Z",
        "2026-02-30T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z",
        "2026-06-30T23:59:60Z",
        "2016-12-31T23:59:60Z",
        "2026-01-01T00:60:00Z",
        "0000-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "10000-01-01T00:00:00Z",
        "-2026-01-01T00:00:00Z",
    ],
)
def test_days_that_are_not(text: str) -> None:
    small = shared()
    small.bad_event(small.registration(occurred_at=text), "time-format", "occurred_at")


@pytest.mark.parametrize(
    "text", ["2028-02-29T00:00:00Z", "2000-02-29T23:59:59Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"]
)
def test_days_that_are(text: str) -> None:
    small = Small()
    small.taken(small.sign_event(small.registration(occurred_at=text)))
    assert format_instant(parse_instant(text, field="")) == text


def test_the_edges_of_a_signing_time() -> None:
    """Claim 6 is a number of seconds: a header with one beyond year 9999, or below 1970, is refused unread."""
    small = shared()
    good = small.sign_event(small.registration(), signed_at=MAX_SIGNED_AT)
    tail = b"\x06\x1b" + MAX_SIGNED_AT.to_bytes(8, "big")
    assert good.count(tail) == 1
    for wrong in (
        b"\x06\x1b" + (MAX_SIGNED_AT + 1).to_bytes(8, "big"),
        b"\x06\x1b" + b"\xff" * 8,
        b"\x06\x3b" + MAX_SIGNED_AT.to_bytes(8, "big"),
    ):
        small.malformed(good.replace(tail, wrong), "time-format", "signed_at")
    small.malformed(good.replace(tail, b"\x06\xfb" + b"\x41" + bytes(7)), "statement-malformed", "protected")
