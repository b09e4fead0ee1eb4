"""Retention: both ways of counting, their edges, the data's form, and what an answer may not hide."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journeys.stage import Result, Stage
from tests.vectors_build.retention import FILE, PERIOD, build, laid_out

from lotchain.app.retention import answer, retention_set
from lotchain.core.instants import MAX_INSTANT_MS, parse_instant
from lotchain.errors import Malformed
from lotchain.rules.retention import (
    CONFIDENCE,
    JURISDICTIONS,
    Period,
    event_day,
    kept_through,
    longest,
    read_retention,
    undetermined,
    years_after,
)

SPECS = Path(__file__).resolve().parents[2] / "specs"
VECTORS = json.loads((SPECS / "vectors" / "retention.json").read_text(encoding="utf-8"))
OBLIGATIONS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reference" / "obligations.md"
FROM_DAY, FROM_YEAR, UNSAID = "transaction", "end-of-calendar-year", "not-stated"


def period(**members: Any) -> Period:
    return Period(**(PERIOD | members))


def at(text: str) -> int:
    return parse_instant(text, field="")


def test_vectors_are_what_the_builder_makes() -> None:
    assert build() == VECTORS
    invalid = sum(not case["valid"] for case in VECTORS["cases"])
    assert invalid > len(VECTORS["cases"]) / 2


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["name"])
def test_vector(case: dict[str, Any]) -> None:
    def run() -> None:
        if "file" in case:
            read_retention(case["file"].encode("utf-8"), "f")
            return
        day = event_day(at(case["event_at"]), case["offset"])
        kept = kept_through(period(years=case["years"], counted_from=case["counted_from"]), day)
        through, other = kept.through, kept.if_from_transaction
        assert (through and through.isoformat()) == case["through"]
        assert (other and other.isoformat()) == case["if_from_transaction"]

    if case["valid"]:
        run()
        return
    with pytest.raises(Malformed) as caught:
        run()
    assert caught.value.code == case["code"]


@given(st.binary(max_size=300) | st.sampled_from([b"[" * 5000, b'{"a":' * 3000, b"\xff", b"null", b""]))
@settings(max_examples=200)
def test_nothing_but_malformed_escapes(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_retention(data, "f")


@given(st.integers(0, 400), st.sampled_from(sorted(PERIOD)), st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=2), max_leaves=3))  # fmt: skip
@settings(max_examples=200)
def test_an_edited_period_is_read_whole_or_refused(cut: int, member: str, value: Any) -> None:
    data = laid_out({**FILE, "periods": [{**PERIOD, member: value}]}).encode("utf-8", "replace")
    for candidate in (data, data[:cut]):
        try:
            got = read_retention(candidate, "f")
        except Malformed:
            continue
        assert getattr(got.periods[0], member) == value


def test_too_large_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(Malformed, match="too-large"):
        read_retention(b" " * 100_001, "f")


@given(st.dates(date(1970, 1, 1), date(9000, 1, 1)), st.integers(1, 100))
def test_a_period_is_never_shorter_than_its_years(day: date, years: int) -> None:
    """Whoever counts in 28 Februaries or 1 Marches, in days of the year or whole years, is met."""
    through = years_after(day, years)
    assert (through.year, through >= date(day.year + years, day.month, min(day.day, 28))) == (day.year + years, True)
    assert (through - day).days >= years * 365
    from_year = kept_through(period(years=years, counted_from=FROM_YEAR), day).through
    assert from_year is not None and from_year >= through
    assert (from_year.month, from_year.day) == (12, 31)


@given(st.integers(0, at("9000-01-01T00:00:00Z")), st.integers(-720, 840))
def test_without_an_offset_the_day_is_the_latest_one(moment: int, offset: int) -> None:
    assert event_day(moment, None) >= event_day(moment, offset)


@pytest.mark.parametrize("moment", [-1, MAX_INSTANT_MS + 1])
def test_moments_out_of_range_are_refused(moment: int) -> None:
    with pytest.raises(Malformed, match="retention-range"):
        event_day(moment, 0)


def test_a_k_period_never_makes_the_answer() -> None:
    day = date(2026, 10, 6)
    known = kept_through(period(), day)
    memory = kept_through(period(years=90, confidence="K"), day)
    assert longest([known, memory]) == date(2028, 10, 6)
    assert longest([memory]) is None and longest([]) is None
    assert undetermined([memory]) and not undetermined([known])
    assert undetermined([kept_through(period(counted_from=UNSAID), day)])
    assert undetermined([kept_through(period(years=0), day)])


def test_the_shipped_files_are_sound_and_one_a_jurisdiction() -> None:
    assert {path.stem for path in (SPECS / "retention").glob("*.json")} == {name.lower() for name in JURISDICTIONS}
    for name in JURISDICTIONS:
        assert retention_set(name).jurisdiction == name


def test_the_shipped_periods_say_no_more_than_their_rows() -> None:
    """Confidence is that of the row; years stand in it; MX and IN assert no number."""
    if not OBLIGATIONS.is_file():
        pytest.skip(f"no obligations list at {OBLIGATIONS}")
    rows = {
        cells[1].strip(): cells
        for cells in (line.split("|") for line in OBLIGATIONS.read_text(encoding="utf-8").splitlines())
        if len(cells) > 7
    }
    for name in JURISDICTIONS:
        for item in retention_set(name).periods:
            cells = rows[item.obligation]
            basis = cells[-2].strip().replace("*", "")
            assert basis.startswith(item.confidence), (item.id, basis)
            told = " ".join(cells).replace("*", "")
            assert (f"{item.years} years" in told) is (item.years > 0), (item.id, told)
            assert (item.counted_from == FROM_YEAR) is (
                "end of the calendar year" in told or "from end of year" in told
            )
            assert (item.counted_from == FROM_DAY) is ("from transaction" in told)
    assert retention_set("MX").periods == () and retention_set("IN").periods[0].years == 0


def test_answers_set_what_was_read_apart_from_notes() -> None:
    eu = answer(at("2026-10-06T15:00:00Z"), 120, ["EU"])
    assert (eu["keep_through"], eu["notes_through"], eu["open"]) == (None, "2029-12-31", True)
    assert eu["periods"] == [] and {item["confidence"] for item in eu["notes"]} == {"K"}
    us = answer(at("2026-10-06T15:00:00Z"), -300, ["US"])
    assert us["jurisdictions"] == ["UN", "US"] and us["keep_through"] == "2028-12-31"
    assert [item["keep_through"] for item in us["periods"]] == ["2028-10-06", "2028-12-31"]
    assert answer(0, 0, ["MX"])["nothing_known"] == ["MX"]


def run(tmp_path: Path, *more: str, code: int = 0) -> Result:
    return Stage(tmp_path).run("retention", *more, code=code)


def test_the_command_says_what_is_open(tmp_path: Path) -> None:
    told = run(tmp_path, "--event-at", "2026-12-31T23:30:00Z", "--offset", "-05:00", "--jurisdiction", "us").out
    assert told.startswith("Keep through 2028-12-31 at least (UN, US)\n")
    assert "V (read in its source)" in told and "Notes, not verified" in told
    told = run(tmp_path, "--event-at", "2026-10-06T17:00:00+02:00", "--jurisdiction", "EU").out
    assert told.startswith("Undetermined:") and "through 2029-12-31, as notes that nobody verified" in told
    assert all(word in told for word in ("Transaction of 2026-10-06", CONFIDENCE["K"][:20]))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("--event-at", "2026-10-06", "--jurisdiction", "EU"), "time-format"),
        (("--event-at", "2026-10-06T17:00:00Z"), "usage"),
        (("--event-at", "2026-10-06T17:00:00Z", "--jurisdiction", "FR"), "usage"),
        (("--event-at", "2026-10-06T17:00:00Z", "--offset", "+25:00", "--jurisdiction", "EU"), "offset-format"),
        (("--event-at", "2026-10-06T17:00:00+02:00", "--offset", "+01:00", "--jurisdiction", "EU"), "offset-twice"),
        (("--event-at", "9999-06-06T17:00:00Z", "--jurisdiction", "US"), "retention-range"),
    ],
)
def test_the_command_refuses(tmp_path: Path, more: tuple[str, ...], code: str) -> None:
    assert run(tmp_path, *more, "--json", code=2).json["error"]["code"] == code
