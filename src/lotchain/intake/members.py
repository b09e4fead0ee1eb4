"""One object of somebody else's JSON, read member by member: each wrong type is refused with the path of the field.

Members that nobody asks for are passed over, and `null` is the same as absent: the format is not ours to tighten.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NoReturn

from lotchain.core.instants import MAX_INSTANT_MS
from lotchain.errors import Malformed, shown

_INSTANT: Final = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?:Z|([+-])([0-9]{2}):?([0-9]{2}))"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Members:
    """An object at a path of the file."""

    __slots__ = ("_members", "path")

    def __init__(self, members: Mapping[str, Any], path: str = "") -> None:
        self._members = members
        self.path = path

    def at(self, name: str) -> str:
        """The path of a member."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """Whether the member is there and not null."""
        return self._members.get(name) is not None

    def text(self, name: str, *, max_chars: int) -> str:
        """A text as written, "" when absent."""
        value = self._members.get(name)
        if value is None:
            return ""
        if not isinstance(value, str):
            self._refuse_type(name, "text", value)
        if len(value) > max_chars:
            self._refuse(name, "this text is too long", f"at most {max_chars} characters", f"{len(value)}")
        return value

    def flag(self, name: str) -> bool | None:
        """A boolean, None when absent."""
        value = self._members.get(name)
        if value is not None and not isinstance(value, bool):
            self._refuse_type(name, "true or false", value)
        return value

    def required_flag(self, name: str) -> bool:
        """A boolean that the format requires."""
        value = self.flag(name)
        if value is None:
            self._refuse_missing(name, "true or false")
        return value

    def number(self, name: str) -> Decimal | None:
        """A number of zero or more, exact; None when absent."""
        value = self._members.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self._refuse_type(name, "a number", value)
        if value < 0:
            self._refuse(name, "this number is below zero", "zero or more", str(value))
        return Decimal(value)

    def whole(self, name: str, *, least: int, most: int) -> int | None:
        """A whole number in a range (`2` and `2.0` alike), None when absent."""
        value = self.number(name)
        if value is None:
            return None
        if value != int(value) or not least <= value <= most:
            self._refuse(name, "this is no whole number in range", f"{least} to {most}", str(value))
        return int(value)

    def required_whole(self, name: str, *, least: int, most: int) -> int:
        """A whole number that the format requires."""
        value = self.whole(name, least=least, most=most)
        if value is None:
            self._refuse_missing(name, f"{least} to {most}")
        return value

    def instant(self, name: str) -> int | None:
        """An ISO 8601 date and time with its offset, in ms since 1970 (finer digits are dropped); None when absent."""
        value = self._members.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            self._refuse_type(name, "a date and time", value)
        match = _INSTANT.fullmatch(value)
        ms = None if match is None else _instant_ms(match)
        if ms is None:
            self._refuse(
                name,
                "this is no date and time",
                "YYYY-MM-DDThh:mm:ss with an offset, years 1970 to 9999",
                shown(value),
            )
        return ms

    def inner(self, name: str) -> Members | None:
        """An object, None when absent."""
        value = self._members.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._refuse_type(name, "an object", value)
        return Members(value, self.at(name))

    def inners(self, name: str, *, most: int) -> Iterator[Members]:
        """The objects of a list; none when absent."""
        for i, value in enumerate(self._list(name, most)):
            if not isinstance(value, dict):
                self._refuse_type(f"{name}[{i}]", "an object", value)
            yield Members(value, self.at(f"{name}[{i}]"))

    def texts(self, name: str, *, most: int, max_chars: int) -> tuple[str, ...]:
        """The texts of a list; none when absent."""
        found = []
        for i, value in enumerate(self._list(name, most)):
            if not isinstance(value, str):
                self._refuse_type(f"{name}[{i}]", "text", value)
            if len(value) > max_chars:
                self._refuse(
                    f"{name}[{i}]", "this text is too long", f"at most {max_chars} characters", str(len(value))
                )
            found.append(value)
        return tuple(found)

    def _list(self, name: str, most: int) -> list[Any]:
        value = self._members.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            self._refuse_type(name, "a list", value)
        if len(value) > most:
            raise Malformed(
                "too-many", "a list is too long", expected=f"at most {most}", found=len(value), field=self.at(name)
            )
        return value

    def _refuse_type(self, name: str, expected: str, value: object) -> NoReturn:
        kind = {dict: "an object", list: "a list", str: "text", bool: "true or false"}.get(type(value), "a number")
        raise Malformed(
            "emanifest-field-type", "this field has another type", expected=expected, found=kind, field=self.at(name)
        )

    def _refuse_missing(self, name: str, expected: str) -> NoReturn:
        raise Malformed(
            "emanifest-field-missing", "a field that EPA's schema requires is not there", expected=expected,
            field=self.at(name),
        )  # fmt: skip

    def _refuse(self, name: str, what: str, expected: str, found: str) -> NoReturn:
        raise Malformed("emanifest-field-value", what, expected=expected, found=found, field=self.at(name))


def _instant_ms(match: re.Match[str]) -> int | None:
    """Milliseconds since 1970 of a date, time and offset; None where there is no such moment in 1970 to 9999."""
    year, month, day, hour, minute, second, fraction, sign, east_hours, east_minutes = match.groups()
    try:
        local = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except ValueError:
        return None
    ms = (local - _EPOCH) // timedelta(milliseconds=1) + int((fraction or "0").ljust(3, "0")[:3])
    if sign is not None:
        if int(east_hours) > 14 or int(east_minutes) > 59:
            return None
        minutes = int(east_hours) * 60 + int(east_minutes)
        ms += (minutes if sign == "-" else -minutes) * 60_000
    return ms if 0 <= ms <= MAX_INSTANT_MS else None
