"""Deadlines as data: the form, the shipped files and what they rest on; and the moments of a span."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors_build.deadlines import DEADLINE, FILE, build, laid_out

from lotchain.app.deadlines import deadline_set, deadline_sets
from lotchain.app.substances import load_substances
from lotchain.core.instants import parse_instant
from lotchain.errors import Malformed
from lotchain.oversight.clocks_time import in_time, late_enough, local_day, may_begin, runs_out
from lotchain.rules.deadline_data import (
    CONFIDENCE,
    JURISDICTIONS,
    LAW_ENDS,
    LAW_STARTS,
    OWN_STARTS,
    WORKING_DAYS,
    Deadline,
    read_deadlines,
)
from lotchain.rules.deadlines import DAY_MS
from lotchain.rules.facts import Interval

SPECS = Path(__file__).resolve().parents[2] / "specs"
VECTORS = json.loads((SPECS / "vectors" / "deadlines.json").read_text(encoding="utf-8"))
OBLIGATIONS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reference" / "obligations.md"
WORDS = {"hours": "{} h", "days": "{} calendar days", "working-days": "{} working days"}


def ms(text: str) -> int:
    return parse_instant(text, field="")


def test_vectors_are_what_the_builder_makes() -> None:
    assert build() == VECTORS
    invalid = sum(not case["valid"] for case in VECTORS["cases"])
    assert invalid > len(VECTORS["cases"]) / 2


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_vector(case: dict[str, Any]) -> None:
    if "file" in case:
        data = case["file"].encode("utf-8")
        if case["valid"]:
            read_deadlines(data, "f")
            return
        with pytest.raises(Malformed) as caught:
            read_deadlines(data, "f")
        assert caught.value.code == case["code"]
        return
    start = Interval(ms(case["from"]), ms(case["to"]), case["offset"])
    by = case["sense"] == "by"
    window = runs_out(start, case["unit"], case["length"]) if by else may_begin(start, case["length"])
    assert window.earliest == ms(case["earliest"])
    assert window.latest == (None if case["latest"] is None else ms(case["latest"]))


@given(st.binary(max_size=300) | st.sampled_from([b"[" * 5000, b'{"a":' * 3000, b"\xff", b"null", b""]))
@settings(max_examples=200)
def test_nothing_but_malformed_escapes(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_deadlines(data, "f")


@given(st.integers(0, 900), st.sampled_from(sorted(DEADLINE)), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=2), max_leaves=3))  # fmt: skip
@settings(max_examples=300)
def test_an_edited_deadline_is_read_whole_or_refused(cut: int, member: str, value: Any) -> None:
    data = laid_out({**FILE, "deadlines": [{**DEADLINE, member: value}]}).encode("utf-8", "replace")
    for candidate in (data, data[:cut]):
        try:
            got = read_deadlines(candidate, "f")
        except Malformed:
            continue
        assert len(got.deadlines) == 1


def test_too_large_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Malformed, match="too-large"):
        read_deadlines(b" " * 200_001, "f")


# The shipped files


def shipped() -> list[Deadline]:
    return [item for each in deadline_sets() for item in each.deadlines]


def test_the_shipped_files_are_sound_and_one_a_jurisdiction() -> None:
    assert {path.stem for path in (SPECS / "deadlines").glob("*.json")} == {name.lower() for name in JURISDICTIONS}
    assert [each.jurisdiction for each in deadline_sets()] == list(JURISDICTIONS)
    ids = [item.id for item in shipped()]
    assert len(set(ids)) == len(ids)


def test_every_word_is_used_and_every_own_beginning_has_its_deadline() -> None:
    """A word that no file uses is a clock that nobody can start."""
    laws = [item for item in shipped() if item.law]
    assert {word for item in laws for word in item.starts} == set(LAW_STARTS)
    assert {word for item in laws for word in item.ends} == set(LAW_ENDS)
    assert sorted(word for item in shipped() if not item.law for word in item.starts) == sorted(OWN_STARTS)
    assert {item.confidence for item in shipped()} == set(CONFIDENCE)


def test_the_classes_are_those_of_the_lists() -> None:
    """A class that no list has would never start a clock, and nobody would see it."""
    known = {
        (register.jurisdiction, listing.kind)
        for register in load_substances().registers
        for listings in register.listings.values()
        for listing in listings
    }
    for item in shipped():
        for name in item.classes:
            assert (item.jurisdiction, name) in known, (item.id, name)


def test_the_shipped_deadlines_say_no_more_than_their_rows() -> None:
    """Confidence is that of the row or weaker; a number stands in the row, in its own unit."""
    if not OBLIGATIONS.is_file():
        pytest.skip(f"no obligations list at {OBLIGATIONS}")
    rows = {
        cells[1].strip(): cells
        for cells in (line.split("|") for line in OBLIGATIONS.read_text(encoding="utf-8").splitlines())
        if len(cells) > 7
    }
    for item in shipped():
        if not item.law:
            continue
        cells = rows[item.obligation]
        basis = cells[-2].strip().replace("*", "")[0]
        assert "VPK".index(basis) <= "VPK".index(item.confidence), (item.id, basis)
        told = " ".join(cells).replace("*", "")
        if item.length:
            number = str(item.length)
            assert any(f"{number} {unit}" in told for unit in ("h", "hours", "days", "calendar", "working", "/")) or (
                f"{number}-day" in told or f"{number} h" in told
            ), (item.id, told)
    for each in deadline_sets():
        for entry in each.not_watched:
            assert entry.obligation in rows, entry


def test_what_is_law_only_since_a_day_is_asked_from_then_on() -> None:
    (item,) = [item for item in deadline_set("CA").deadlines if item.id == "ca-04-suspicion"]
    assert item.in_force(date(2026, 6, 14)) is False and item.in_force(date(2026, 6, 15)) is True


def test_the_worked_example_is_a_file() -> None:
    page = (SPECS / "formats" / "deadlines.md").read_text(encoding="utf-8")
    shown = bytes.fromhex(page.split("```")[-2].replace("\n", ""))
    assert read_deadlines(shown, "in.json").jurisdiction == "IN"
    assert f"watched, {len(shown)} bytes" in page


# Moments

MOMENTS = st.integers(0, ms("2900-01-01T00:00:00Z"))
OFFSETS = st.none() | st.integers(-720, 840)


@given(MOMENTS, st.integers(0, 40 * DAY_MS), OFFSETS, st.integers(1, 60), st.sampled_from(["hours", "days"]))
def test_what_is_done_in_time_is_in_time_at_every_place(
    lower: int, width: int, offset: int | None, length: int, unit: str
) -> None:
    window = runs_out(Interval(lower, lower + width, offset), unit, length)
    assert window.latest is not None and lower < window.earliest <= window.latest
    assert in_time(Interval(window.earliest, window.earliest), window) is True
    assert in_time(Interval(window.latest + 1, window.latest + 1), window) is False
    if window.earliest < window.latest:
        assert in_time(Interval(window.earliest, window.earliest + 1), window) is None


@given(MOMENTS, OFFSETS, st.integers(1, 60))
def test_without_an_offset_it_runs_out_nowhere_earlier_and_nowhere_later(
    moment: int, offset: int | None, length: int
) -> None:
    known = runs_out(Interval(moment, moment, offset), "days", length)
    open_one = runs_out(Interval(moment, moment), "days", length)
    assert open_one.latest is not None and known.latest is not None
    assert open_one.earliest <= known.earliest and known.latest <= open_one.latest


@given(MOMENTS, st.integers(-720, 840), st.integers(1, 60))
def test_the_first_permitted_moment_is_permitted_and_the_one_before_is_not(
    moment: int, offset: int, length: int
) -> None:
    start = Interval(moment, moment, offset)
    first = may_begin(start, length).earliest
    assert late_enough(Interval(first, first, offset), start, length) is True
    assert late_enough(Interval(first - 1, first - 1, offset), start, length) is False
    assert (local_day(first, offset) - local_day(moment, offset)).days == length


@given(MOMENTS, st.integers(-720, 840), st.integers(1, 60))
def test_working_days_end_on_one_and_are_no_fewer_than_asked(moment: int, offset: int, length: int) -> None:
    window = runs_out(Interval(moment, moment, offset), WORKING_DAYS, length)
    last = local_day(window.earliest, offset)
    began = local_day(moment, offset)
    assert window.latest is None and last.weekday() < 5
    counted = sum(date.fromordinal(day).weekday() < 5 for day in range(began.toordinal() + 1, last.toordinal() + 1))
    assert counted == length
    assert in_time(Interval(window.earliest + 1, window.earliest + 1), window) is None, "holidays are not known"
