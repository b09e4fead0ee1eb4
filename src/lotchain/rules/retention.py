"""Retention: which records must be kept, and through which day, by jurisdiction, from dated data.

A period runs in calendar years, counted from the day of the transaction or from the end of the calendar year in which
it took place, by the calendar of the place. Every period is a least one ("not less than"), so wherever something is
not known the later day is taken. What nobody has verified (K) is told as a note and never as the answer.
Pure: the moment is an argument. Format of the data and the rules of counting: `specs/formats/retention.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

import orjson

from lotchain.core.instants import MAX_INSTANT_MS
from lotchain.errors import Malformed
from lotchain.rules.substance_files import choice, each, lay_out, members

FORMAT: Final = "lotchain-retention/1"
JURISDICTIONS: Final = ("UN", "US", "EU", "MX", "CA", "CN", "IN")
MAX_BYTES: Final = 100_000
MAX_YEARS: Final = 100

FROM_TRANSACTION: Final = "transaction"
FROM_YEAR_END: Final = "end-of-calendar-year"
NOT_STATED: Final = "not-stated"
CONFIDENCE: Final = {
    "V": "read in its source",
    "P": "read in part",
    "K": "known only from memory: a note, not to be taken as law",
}

_LAST_OFFSET: Final = 14 * 60
_DAY_MS: Final = 86_400_000
_EPOCH: Final = date(1970, 1, 1).toordinal()
_FILE: Final = {"format": str, "jurisdiction": str, "edition": str, "note": str, "periods": list}
_PERIOD: Final = {
    "id": str,
    "obligation": str,
    "keep": str,
    "citation": str,
    "years": int,
    "counted_from": str,
    "confidence": str,
    "source": str,
    "remarks": str,
}


class Period(NamedTuple):
    """One duty to keep records.

    Attributes:
        id: short name, unique in its jurisdiction.
        obligation: the row of the obligations list that it rests on.
        keep: what must be kept.
        citation: where the law says so.
        years: how many calendar years at least; 0 where the number is not known.
        counted_from: `transaction`, `end-of-calendar-year`, or `not-stated` where no source read says.
        confidence: V, P or K.
        source: what was read.
        remarks: what else a reader must know.

    """

    id: str
    obligation: str
    keep: str
    citation: str
    years: int
    counted_from: str
    confidence: str
    source: str
    remarks: str


class RetentionSet(NamedTuple):
    """One jurisdiction's periods, with the day of their status and what was not read."""

    jurisdiction: str
    edition: str
    note: str
    periods: tuple[Period, ...]


class Kept(NamedTuple):
    """One period applied to one transaction.

    Attributes:
        period: the duty.
        through: the last day on which the records must still be there; None where the number of years is not known.
        if_from_transaction: the last day if counted from the transaction, where no source says from when; else None.

    """

    period: Period
    through: date | None
    if_from_transaction: date | None


def event_day(at_ms: int, offset_minutes: int | None) -> date:
    """The calendar day of a transaction at its place; the latest day that it was anywhere (UTC+14:00) without one.

    Args:
        at_ms: the instant, ms since 1970.
        offset_minutes: the place's minutes east of UTC, or None where it is not known.

    Raises:
        Malformed: `retention-range`, outside the years 1970 to 9999.

    """
    shift = _LAST_OFFSET if offset_minutes is None else offset_minutes
    day = (at_ms + shift * 60_000) // _DAY_MS + _EPOCH
    if not 0 <= at_ms <= MAX_INSTANT_MS or day > date.max.toordinal():
        raise _range_fault(str(at_ms))
    return date.fromordinal(day)


def years_after(day: date, years: int) -> date:
    """The same day so many years later; after 29 February, where there is none, 1 March.

    A least period may be read as over on 28 February or on 1 March: only the later day meets both readings.

    Raises:
        Malformed: `retention-range`, past the year 9999.

    """
    year = day.year + years
    if year > date.max.year:
        raise _range_fault(f"{day.isoformat()} and {years} years")
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def kept_through(period: Period, day: date) -> Kept:
    """The last day on which the records of a transaction of that day must still be kept, through its end.

    From the transaction: its own day does not count, so the last is the same day of the year, that many years later.
    From the end of the year: 31 December, that many years after the transaction's own year. Where no source says
    from when, the later one, and the earlier beside it.

    Raises:
        Malformed: `retention-range`.

    """
    if period.years == 0:
        return Kept(period, None, None)
    from_transaction = years_after(day, period.years)
    if period.counted_from == FROM_TRANSACTION:
        return Kept(period, from_transaction, None)
    from_year_end = years_after(date(day.year, 12, 31), period.years)
    return Kept(period, from_year_end, from_transaction if period.counted_from == NOT_STATED else None)


def longest(kept: Iterable[Kept]) -> date | None:
    """The latest day of the periods that were read, at least in part (V, P); None where there is none."""
    return max((item.through for item in kept if item.through and item.period.confidence != "K"), default=None)


def undetermined(kept: Iterable[Kept]) -> bool:
    """Whether anything stays open: a period known only from memory, of unknown length, or of unstated beginning."""
    return any(
        item.through is None or item.if_from_transaction is not None or item.period.confidence == "K" for item in kept
    )


def read_retention(data: bytes, name: str) -> RetentionSet:
    """Read one jurisdiction's file strictly.

    Args:
        data: the file's bytes.
        name: the file, for messages.

    Raises:
        Malformed: `too-large`, `json-malformed`, `format-unknown`, `layout`, `jurisdiction-unknown`, `date-format`,
            `period-years`, `period-twice`, `period-without-source`, `word-unknown`, and those of `members`.

    """
    if len(data) > MAX_BYTES:
        raise Malformed("too-large", "the file is too large", expected=f"at most {MAX_BYTES} bytes", field=name)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Malformed("json-malformed", "the file is not JSON in UTF-8", field=name) from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise Malformed("format-unknown", "the file is not of this format", expected=FORMAT, field=name)
    given = members(value, _FILE, name)
    jurisdiction = given["jurisdiction"]
    if jurisdiction not in JURISDICTIONS:
        raise Malformed(
            "jurisdiction-unknown", "no such jurisdiction is known here", expected=", ".join(JURISDICTIONS),
            found=jurisdiction, field=f"{name}.jurisdiction",
        )  # fmt: skip
    _check_day(given["edition"], f"{name}.edition")
    periods = each(given["periods"], f"{name}.periods", _period)
    ids = [period.id for period in periods]
    if len(set(ids)) != len(ids):
        raise Malformed("period-twice", "an id stands twice", field=f"{name}.periods")
    if lay_out(value) != data:
        raise Malformed(
            "layout", "the file is not laid out as it must be", field=name,
            expected="sorted keys, each once, two spaces a level, a newline at the end",
        )  # fmt: skip
    return RetentionSet(jurisdiction, given["edition"], given["note"], periods)


def _period(value: Any, where: str) -> Period:
    given: Mapping[str, Any] = members(value, _PERIOD, where)
    if not 0 <= given["years"] <= MAX_YEARS:
        raise Malformed(
            "period-years", "this is no number of years", expected=f"1 to {MAX_YEARS}, or 0 where it is not known",
            found=given["years"], field=f"{where}.years",
        )  # fmt: skip
    choice(given["counted_from"], (FROM_TRANSACTION, FROM_YEAR_END, NOT_STATED), f"{where}.counted_from")
    choice(given["confidence"], tuple(CONFIDENCE), f"{where}.confidence")
    for name in ("id", "obligation", "keep"):
        if not given[name]:
            raise Malformed("member-missing", "a member says nothing", expected=name, field=where)
    if not given["source"] or not given["citation"]:
        raise Malformed("period-without-source", "a period says where it stands and what was read", field=where)
    return Period(**given)


def _check_day(text: str, field: str) -> None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise Malformed("date-format", "this is not a day", expected="YYYY-MM-DD", found=text, field=field)


def _range_fault(found: str) -> Malformed:
    return Malformed("retention-range", "a day is outside the years 1970 to 9999", found=found, field="event_at")
