"""Deadlines on brackets of time: is one moment not later than another plus so many hours, days or months?

Three values: yes over both whole brackets, no over both whole brackets, or not told. Days and months are calendar ones,
as laws count them: the day of the beginning does not count, and the last day counts to its end at the place. Where the
place's offset is not known, what depends on it stays open.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Final

from lotchain.core.instants import MAX_INSTANT_MS
from lotchain.rules.facts import Interval

HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000
_EPOCH: Final = date(1970, 1, 1).toordinal()
_LAST_DAY: Final = date.max.toordinal() - _EPOCH


def before(one: Interval, other: Interval) -> bool | None:
    """Whether one moment lies strictly before another; None where the brackets do not tell."""
    if one.upper < other.lower:
        return True
    return False if one.lower >= other.upper else None


def within(one: Interval, start: Interval, *, hours: int = 0, days: int = 0, months: int = 0) -> bool | None:
    """Whether `one` lies not later than `start` plus a span; None where the brackets, or the calendar, do not tell.

    Args:
        one: the moment asked about.
        start: where counting begins.
        hours: exact hours; no calendar.
        days: calendar days; negative ones count back: `days=-15` is *at least 15 days before*.
        months: calendar months; a day that the month lacks becomes its last one.

    """
    if start.offset_minutes is None:
        start = Interval(start.lower, start.upper, one.offset_minutes)
    sure, last = last_moments(start, hours=hours, days=days, months=months)
    if one.upper <= sure:
        return True
    return False if one.lower > last else None


def last_moments(start: Interval, *, hours: int = 0, days: int = 0, months: int = 0) -> tuple[int, int]:
    """Between which two moments (ms) the last one lies that is within a span of `start`.

    Up to the first of them everything is in time; after the second, nothing is. They differ where the beginning is a
    bracket, or days are counted at a place whose offset is not known.
    """
    if hours:
        return start.lower + hours * HOUR_MS, start.upper + hours * HOUR_MS
    return (
        _deadline(start.lower, days, months, start.offset_minutes, latest=False),
        _deadline(start.upper, days, months, start.offset_minutes, latest=True),
    )


def _deadline(start: int, days: int, months: int, offset: int | None, *, latest: bool) -> int:
    """The last moment in time: at the known place, or the earliest or latest that it can be at any place.

    Without an offset, a moment no later than the same time of day on the last day is in time everywhere, and one a
    whole day later nowhere.
    """
    shift = (offset or 0) * 60_000
    day, rest = divmod(start + shift, DAY_MS)
    day = _months_on(day, months) + days
    if offset is not None:
        return min((day + 1) * DAY_MS - 1 - shift, MAX_INSTANT_MS)
    return min(day * DAY_MS + rest + (DAY_MS - 1 if latest else 0), MAX_INSTANT_MS)


def _months_on(day: int, months: int) -> int:
    """A day, counted from 1970, so many months later."""
    if months == 0 or not 0 <= day <= _LAST_DAY:
        return day
    began = date.fromordinal(day + _EPOCH)
    year, month = divmod(began.year * 12 + began.month - 1 + months, 12)
    if year > date.max.year:
        return _LAST_DAY
    last = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(began.day, last)).toordinal() - _EPOCH
