"""Instants, offsets and dates: vectors, one spelling each, and nothing but Malformed from any text."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vectors_build import codecs

from lotchain.core.instants import (
    MAX_INSTANT_MS,
    format_instant,
    format_local,
    parse_date,
    parse_instant,
    parse_offset,
)
from lotchain.errors import Malformed

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "instants.json"
CASES = json.loads(VECTORS.read_text("ascii"))["cases"]

instants = st.integers(0, MAX_INSTANT_MS)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
near_misses = st.builds(
    lambda text, position, piece: text[:position] + piece + text[position + len(piece) :],
    instants.map(format_instant),
    st.integers(0, 24),
    st.sampled_from(["9", "0", "00", "-", " ", "z", ".000", "+00:00", "٣", "", "\n"]),
)


def code_of(call: Callable[..., Any], *args: Any, **more: Any) -> str:
    with pytest.raises(Malformed) as caught:
        call(*args, **more)
    return caught.value.code


def test_the_vectors_are_those_of_their_script() -> None:
    assert VECTORS.read_text("ascii") == codecs.render("instants")
    assert sum(not c["valid"] for c in CASES) > sum(c["valid"] for c in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_vector(case: dict[str, Any]) -> None:
    if "local" in case:
        assert format_local(parse_instant(case["instant"], field=""), case["minutes"]) == case["local"]
    elif "offset" in case:
        if case["valid"]:
            assert parse_offset(case["offset"], "place") == case["minutes"]
        else:
            assert code_of(parse_offset, case["offset"]) == case["code"]
    elif "date" in case:
        if case["valid"]:
            assert parse_date(case["date"], "from") == case["ms"]
        else:
            assert code_of(parse_date, case["date"]) == case["code"]
    elif case["valid"]:
        assert parse_instant(case["instant"], field="") == case["ms"]
        assert format_instant(case["ms"]) == case["instant"]
    else:
        assert code_of(parse_instant, case["instant"], field="") == case["code"], case["comment"]


@given(instants)
def test_what_is_written_reads_back_and_agrees_with_the_standard_library(ms: int) -> None:
    text = format_instant(ms)
    assert parse_instant(text, field="") == ms
    assert datetime.fromisoformat(text) == EPOCH + timedelta(milliseconds=ms)


@given(near_misses | st.text(max_size=30))
def test_any_text_is_an_instant_in_its_one_spelling_or_refused(text: str) -> None:
    try:
        ms = parse_instant(text, field="")
    except Malformed as fault:
        assert fault.code == "time-format"
    else:
        assert format_instant(ms) == text


@given(instants, instants)
def test_without_fractions_text_order_is_time_order(one: int, other: int) -> None:
    one, other = one // 1000 * 1000, other // 1000 * 1000
    assert (format_instant(one) < format_instant(other)) == (one < other)


@pytest.mark.parametrize("ms", [-1, MAX_INSTANT_MS + 1, 10**30])
def test_instants_out_of_range_have_no_text(ms: int) -> None:
    assert code_of(format_instant, ms) == "time-format"
    assert code_of(format_local, ms, 0) == "time-format"


@given(st.integers(-720, 840))
def test_every_offset_in_range_reads_back(minutes: int) -> None:
    sign = "-" if minutes < 0 else "+"
    assert parse_offset(f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}") == minutes


@given(st.text("+-0123456789:Z ", max_size=8) | st.text(max_size=8))
def test_any_text_is_an_offset_or_refused(text: str) -> None:
    try:
        minutes = parse_offset(text)
    except Malformed as fault:
        assert fault.code == "offset-format"
    else:
        assert -720 <= minutes <= 840


@given(st.dates(datetime(1900, 1, 1).date()))
def test_every_date_reads_as_its_first_instant(day: Any) -> None:
    assert EPOCH + timedelta(milliseconds=parse_date(day.isoformat())) == datetime(
        day.year, day.month, day.day, tzinfo=UTC
    )


@given(st.text("0123456789-", max_size=11) | st.text(max_size=12))
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        parse_date(text)
    except Malformed as fault:
        assert fault.code == "date-format"


@given(instants, st.integers(-720, 840))
def test_local_time_is_the_instant_shifted_and_cut_to_minutes(ms: int, minutes: int) -> None:
    shown = format_local(ms, minutes)
    if shown.startswith("10000"):
        return
    local = EPOCH + timedelta(milliseconds=ms // 60_000 * 60_000, minutes=minutes)
    assert shown.startswith(local.isoformat(" ", "minutes")[:16] + " (UTC")


@pytest.mark.parametrize("minutes", [-721, 841])
def test_local_offsets_out_of_range(minutes: int) -> None:
    assert code_of(format_local, 0, minutes) == "offset-format"


def test_faults_name_the_field() -> None:
    with pytest.raises(Malformed) as caught:
        parse_instant("now", field="occurred_at")
    assert caught.value.field == "occurred_at"
