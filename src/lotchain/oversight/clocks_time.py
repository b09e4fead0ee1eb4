"""Moments of a clock: between which two it runs out, and what may be said of it at a moment.

A beginning is an interval where nothing proves it to the moment; a day is one of the place's calendar. So the last
moment in time is an interval, too, and what falls into it is undetermined. Working days are Monday to Friday: no
holidays are known here, so that such a span ends at the computed moment or at a later one that nobody here can tell.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from lotchain.core.instants import MAX_INSTANT_MS
from lotchain.rules.deadline_data import DAYS, HOURS, WORKING_DAYS
from lotchain.rules.deadlines import DAY_MS, HOUR_MS, last_moments, within
from lotchain.rules.facts import Interval

_EPOCH: Final = date(1970, 1, 1).toordinal()
_FRIDAY: Final = 4
_EVERYWHERE: Final = (-12 * 60, 0, 14 * 60)
"""Offsets (minutes) that bound those of all places."""


class Window(NamedTuple):
    """Between which two moments (ms) something runs out, or may begin; `latest` None: nobody here can tell."""

    earliest: int
    latest: int | None


def runs_out(start: Interval, unit: str, length: int) -> Window:
    """The last moment that is within a span of `start`: sure up to the first, too late after the second.

    Args:
        start: where counting begins, with the place's offset where it is known.
        unit: `hours`, `days`, `working-days`.
        length: so many.

    """
    if unit == WORKING_DAYS:
        return Window(_working_days(start, length), None)
    counted = {HOURS: {"hours": length}, DAYS: {"days": length}}[unit]
    earliest, latest = last_moments(start, **counted)
    return Window(min(earliest, MAX_INSTANT_MS), min(latest, MAX_INSTANT_MS))


def may_begin(start: Interval, length: int) -> Window:
    """The first moment that is at least so many calendar days after `start`: too early before the first of the two."""
    if start.offset_minutes is None:
        # As `within` counts back where no offset is known: nowhere a whole day earlier, everywhere at that time of day.
        earliest, latest = start.lower + length * DAY_MS - DAY_MS + 1, start.upper + length * DAY_MS
    else:
        shift = start.offset_minutes * 60_000
        earliest, latest = (
            ((moment + shift) // DAY_MS + length) * DAY_MS - shift for moment in (start.lower, start.upper)
        )
    return Window(min(earliest, MAX_INSTANT_MS), min(latest, MAX_INSTANT_MS))


def in_time(done: Interval, window: Window) -> bool | None:
    """Whether something was done by the last moment; None where the intervals do not tell."""
    if done.upper <= window.earliest:
        return True
    return False if window.latest is not None and done.lower > window.latest else None


def late_enough(done: Interval, start: Interval, length: int) -> bool | None:
    """Whether something was done at least so many calendar days after `start`, by the calendar of where it was done."""
    return within(start, done, days=-length)


def local_day(moment: int, offset_minutes: int | None) -> date:
    """The calendar day of a moment (ms) at an offset; by UTC where none is known."""
    day = (moment + (offset_minutes or 0) * 60_000) // DAY_MS + _EPOCH
    return date.fromordinal(min(max(day, 1), date.max.toordinal()))


def _working_days(start: Interval, length: int) -> int:
    """The end of the last working day, no holidays counted; without an offset, the earliest such end anywhere."""
    offsets = _EVERYWHERE if start.offset_minutes is None else (start.offset_minutes,)
    return min(_working_days_at(start.lower, length, offset) for offset in offsets)


def _working_days_at(moment: int, length: int, offset: int) -> int:
    shift = offset * 60_000
    day = (moment + shift) // DAY_MS
    left = length
    while left and day < MAX_INSTANT_MS // DAY_MS:
        day += 1
        left -= date.fromordinal(day + _EPOCH).weekday() <= _FRIDAY
    return min((day + 1) * DAY_MS - 1 - shift, MAX_INSTANT_MS)


__all__ = ["HOUR_MS", "Window", "in_time", "late_enough", "local_day", "may_begin", "runs_out"]
