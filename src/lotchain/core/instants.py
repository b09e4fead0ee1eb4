"""Instants, offsets and dates: one spelling each, milliseconds since 1970-01-01T00:00:00Z inside.

An instant on the ledger is `YYYY-MM-DDThh:mm:ss[.fff]Z` and nothing else: the profile of RFC 3339 that
leaves no choice of zone, case, separator or precision. Where something happened gives the local offset,
which is shown beside the instant and never changes it. Nothing here reads a clock. Byte for byte:
`specs/formats/instants.md`.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from lotchain.errors import Malformed

MAX_INSTANT_MS: Final = 253_402_300_799_999
"""9999-12-31T23:59:59.999Z."""

_DAY_MS: Final = 86_400_000
_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_LAST_DAY: Final = date.max.toordinal() - _EPOCH_DAY

_INSTANT: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{3}))?Z"
)
_DATE: Final = r"([0-9]{4})-([0-9]{2})-([0-9]{2})"
_OFFSET: Final = re.compile(r"([+-])([0-9]{2}):([0-5][0-9])")


def parse_instant(text: str, *, field: str) -> int:
    """An instant in milliseconds since 1970-01-01T00:00:00Z.

    Years 1970 to 9999 of the proleptic Gregorian calendar. No leap second and no 24:00, since neither has
    a place on this scale; a fraction is three digits and not `.000`, so that each instant has one
    spelling.

    Args:
        text: the text as received.
        field: the field that holds it, for the message.

    Raises:
        Malformed: `time-format`.

    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise _time_fault(text, field)
    year, month, day, hour, minute, second, fraction = match.groups()
    if fraction == "000" or year < "1970":
        raise _time_fault(text, field)
    try:
        days = date(int(year), int(month), int(day)).toordinal() - _EPOCH_DAY
    except ValueError:
        raise _time_fault(text, field) from None
    seconds = days * 86_400 + int(hour) * 3_600 + int(minute) * 60 + int(second)
    return seconds * 1_000 + (int(fraction) if fraction else 0)


def format_instant(ms: int) -> str:
    """The one spelling of an instant given in milliseconds since 1970; a fraction only where it is not zero.

    Raises:
        Malformed: `time-format` outside the years 1970 to 9999.

    """
    if not 0 <= ms <= MAX_INSTANT_MS:
        raise _time_fault(str(ms), "")
    days, rest = divmod(ms, _DAY_MS)
    seconds, fraction = divmod(rest, 1_000)
    clock = f"{seconds // 3_600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    tail = f".{fraction:03}Z" if fraction else "Z"
    return f"{_calendar_day(days)}T{clock}{tail}"


def parse_offset(text: str, field: str = "") -> int:
    """A local offset from UTC in minutes, from `+08:00`, `-06:00`, `+00:00`.

    `-00:00` is refused: in RFC 3339 §4.3 it means that the offset is not known, and a place has one.

    Raises:
        Malformed: `offset-format`, also outside −12:00 to +14:00.

    """
    match = _OFFSET.fullmatch(text)
    if match is not None and text != "-00:00":
        minutes = int(match[2]) * 60 + int(match[3])
        minutes = -minutes if match[1] == "-" else minutes
        if -12 * 60 <= minutes <= 14 * 60:
            return minutes
    raise Malformed(
        "offset-format",
        "this is not a local offset",
        expected="+hh:mm or -hh:mm between -12:00 and +14:00",
        found=text,
        field=field,
    )


def format_local(ms: int, offset_minutes: int) -> str:
    """An instant for people, as the clocks at its place showed it: `2026-11-30 09:15 (UTC-06:00)`.

    Seconds are dropped, not rounded, so a deadline never looks later than it is. Not for reading back.

    Args:
        ms: milliseconds since 1970, years 1970 to 9999.
        offset_minutes: minutes east of UTC, −720 to 840.

    Raises:
        Malformed: `time-format` or `offset-format` outside these ranges.

    """
    if not 0 <= ms <= MAX_INSTANT_MS:
        raise _time_fault(str(ms), "")
    if not -12 * 60 <= offset_minutes <= 14 * 60:
        raise Malformed("offset-format", "an offset is out of range", expected="-720 to 840 minutes")
    days, minutes = divmod(ms // 60_000 + offset_minutes, 24 * 60)
    sign = "-" if offset_minutes < 0 else "+"
    east = abs(offset_minutes)
    clock = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{_calendar_day(days)} {clock} (UTC{sign}{east // 60:02}:{east % 60:02})"


def parse_date(text: str, field: str = "") -> int:
    """A calendar date `YYYY-MM-DD` as the instant at which it begins in UTC, in milliseconds since 1970.

    Years 1900 to 9999: rules and conventions are older than the ledger, so the result may be negative.
    The unit is that of instants, so that a date in force and an instant compare.

    Raises:
        Malformed: `date-format`.

    """
    match = re.fullmatch(_DATE, text)
    if match is not None and text >= "1900":
        try:
            return (date(int(match[1]), int(match[2]), int(match[3])).toordinal() - _EPOCH_DAY) * _DAY_MS
        except ValueError:
            pass
    raise Malformed(
        "date-format",
        "this is not a date",
        expected="YYYY-MM-DD, years 1900 to 9999",
        found=text,
        field=field,
    )


def _calendar_day(days: int) -> str:
    """`YYYY-MM-DD` of a day counted from 1970-01-01; the one day after 9999 that an offset can reach, too."""
    if days > _LAST_DAY:
        return "10000-01-01"
    return date.fromordinal(days + _EPOCH_DAY).isoformat()


def _time_fault(text: str, field: str) -> Malformed:
    return Malformed(
        "time-format",
        "this is not an instant in UTC",
        expected="YYYY-MM-DDThh:mm:ssZ, with .fff only where it is not zero, years 1970 to 9999",
        found=text,
        field=field,
    )
