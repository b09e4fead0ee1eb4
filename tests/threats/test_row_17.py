"""Threat row 17, time-zone tricks: one spelling of an instant, in UTC; every other is refused as `time-format`."""

from __future__ import annotations

import pytest
from tests.threats.surroundings import shared

TRICKS = [
    "2026-01-01T00:30:00+14:00",
    "2026-01-01T00:30:00-00:00",
    "2026-01-01T00:30:00+00:00",
    "2026-01-01T00:30:00z",
    "2026-01-01t00:30:00Z",
    "2026-01-01 00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:00:00",
    "2026-01-01T00:00Z",
    "2026-01-01T00:00:00.000Z",
    "2026-01-01T00:00:00.5Z",
    "2026-01-01T00:00:00,500Z",
    "2026-01-01T00:00:00.123456Z",
    "2026-01-01T00:00:00Z ",
    " 2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00Z\n",
    "2026-1-1T0:0:0Z",
    "20260101T000000Z",
    "2026-W01-4T00:00:00Z",
    "+2026-01-01T00:00:00Z",
    "٢٠٢٦-01-01T00:00:00Z",
    "2026‐01‐01T00:00:00Z",
    "now",
    "",
    "9" * 5_000,
]


@pytest.mark.parametrize("text", TRICKS, ids=lambda text: ascii(text)[:40])
def test_only_one_spelling(text: str) -> None:
    small = shared()
    fault = small.bad_event(small.registration(occurred_at=text), "time-format", "occurred_at")
    assert "YYYY-MM-DDThh:mm:ssZ" in fault.expected


@pytest.mark.parametrize("value", [1_767_225_600, True, ["2026-01-01T00:00:00Z"], {"t": 1}], ids=repr)
def test_no_number_or_list_is_a_time(value: object) -> None:
    small = shared()
    small.bad_event(small.registration(occurred_at=value), "time-format", "occurred_at")


def test_every_time_of_an_event_is_read_alike() -> None:
    small = shared()
    grant = {
        "type": "licence-grant/1",
        "occurred_at": small.now(),
        "party": "party:CN-NEW",
        "organisation": "New",
        "number": "1",
        "activities": ["use"],
        "substances": ["*"],
        "valid_from": "2026-01-01T00:00:00Z",
    }
    for field in ("valid_from", "valid_until"):
        small.bad_event({**grant, field: "2026-01-01T00:00:00+01:00"}, "time-format", field, "cn")
    offer = small.hand_over("maker", "carrier", "lot:CN-MAKER/M-1").model_dump(mode="json", exclude_none=True)
    small.bad_event({**offer, "deadline": "2026-01-02"}, "time-format", "deadline")


@pytest.mark.parametrize("offset", ["-00:00", "+14:01", "-12:01", "Z", "+8:00", "+0800", "+08:60", "+08:00 "])
def test_a_place_has_one_offset(offset: str) -> None:
    small = shared()
    place = {"code": "CNTZU", "offset": offset}
    small.bad_event(small.registration(place=place), "offset-format", "place.offset")
