"""Dates as well as they are known: a day, a month, a year, a span of these, or only its end.

Law begins on a day. What a source says of that day may be less: "November 2019", "1992". Such a date is kept as what
it is, earliest and latest possible day, and a question about a day in between has no answer.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from lotchain.errors import Malformed

_POINT: Final = re.compile(r"([12][0-9]{3})(?:-(0[1-9]|1[0-2])(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True)
class Span:
    """When something began, as well as it is known.

    Attributes:
        text: as the data states it.
        earliest: the first day on which it may have begun; None where nothing is known of it.
        latest: the last such day: from then on it had certainly begun.

    """

    text: str
    earliest: date | None
    latest: date

    def begun(self, on: date) -> bool | None:
        """Whether it had begun on a day; None: it cannot be said."""
        if on >= self.latest:
            return True
        if self.earliest is not None and on < self.earliest:
            return False
        return None


def in_force(start: Span | None, until: date | None, on: date) -> bool | None:
    """Whether what began within `start` (None: it always was) and ended on `until` was in force on a day.

    None: its beginning is not known well enough to say.
    """
    if until is not None and on >= until:
        return False
    return True if start is None else start.begun(on)


def parse_span(text: str, field: str) -> Span:
    """`2019-03-19`, `2019-11`, `1992`, `1992/1993`, `../2026-10` (begun at the latest when that was over).

    A month or year stands for every day in it.

    Raises:
        Malformed: `span-format`.

    """
    first, slash, last = text.partition("/")
    if len(text) > 21:
        raise _fault(text, field)
    earliest = None if slash and first == ".." else _point(first, text, field)[0]
    latest = _point(last if slash else first, text, field)[1]
    if slash and earliest is not None and earliest > latest:
        raise _fault(text, field)
    return Span(text, earliest, latest)


def _point(part: str, text: str, field: str) -> tuple[date, date]:
    """First and last day of a day, month or year."""
    match = _POINT.fullmatch(part)
    if match is None:
        raise _fault(text, field)
    year, month, day = int(match[1]), int(match[2] or 0), int(match[3] or 0)
    if not month:
        return date(year, 1, 1), date(year, 12, 31)
    if match[3] is None:
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    try:
        return date(year, month, day), date(year, month, day)
    except ValueError:
        raise _fault(text, field) from None


def _fault(text: str, field: str) -> Malformed:
    return Malformed(
        "span-format", "this is not a date or a span of dates", field=field, found=text,
        expected="YYYY, YYYY-MM, YYYY-MM-DD, or two of them joined by /, the first maybe ..",
    )  # fmt: skip
