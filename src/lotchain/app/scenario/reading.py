"""Members of a scenario's or a twist's file, each of its kind: nothing is passed over, nothing guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from lotchain.core.instants import parse_instant
from lotchain.errors import Malformed, shown
from lotchain.intake.json_text import read_json

MAX_FILE: Final = 1_000_000
MAX_DEPTH: Final = 16
MAX_ITEMS: Final = 50_000


def read_file(data: bytes, wanted: str) -> Any:
    """The content of a file that says it is of the format `wanted`.

    Raises:
        Malformed: `too-large`, `too-deep`, `json-malformed`, `duplicate-key`, `version-unsupported`.

    """
    value = read_json(data, max_bytes=MAX_FILE, max_depth=MAX_DEPTH, max_items=MAX_ITEMS, what="scenario")
    found = value.get("format") if isinstance(value, dict) else None
    if found != wanted:
        raise Malformed("version-unsupported", "not a scenario of this version", expected=wanted, found=shown(found))
    return value


class Checked:
    """An object whose members are just those that are expected; each asked for by its kind.

    Args:
        value: what was read.
        field: where it stands, for messages.
        required: names of members that must be there, separated by spaces.
        optional: names of those that may be.

    Raises:
        Malformed: `scenario-format`, here and from every method.

    """

    def __init__(self, value: Any, field: str, *, required: str = "", optional: str = "") -> None:
        if type(value) is not dict:
            raise Malformed("scenario-format", "this is no object", found=shown(value), field=field)
        wanted, allowed = set(required.split()), {*required.split(), *optional.split()}
        if missing := sorted(wanted - set(value)):
            raise Malformed("scenario-format", "a member is missing", expected=missing[0], field=field)
        if strange := sorted(set(value) - allowed):
            raise Malformed("scenario-format", "a member is not known here", found=strange[0], field=field)
        self._value: dict[str, Any] = value
        self._field = field

    def names(self) -> tuple[str, ...]:
        """The members that are there."""
        return tuple(self._value)

    def text(self, name: str, default: str | None = None) -> str:
        """A text that is not empty; `default` where the member is absent."""
        if name not in self._value and default is not None:
            return default
        value = self._value[name]
        if type(value) is not str or not value:
            raise self._fault(name, "a text")
        return value

    def one_of(self, name: str, words: tuple[str, ...]) -> str:
        """One of a closed list of words."""
        if self._value[name] not in words:
            raise self._fault(name, " or ".join(words))
        return str(self._value[name])

    def count(self, name: str) -> int:
        """An integer above zero."""
        value = self._value[name]
        if type(value) is not int or value < 1:
            raise self._fault(name, "an integer above zero")
        return value

    def instant(self, name: str) -> int:
        """An instant, ms."""
        return parse_instant(self.text(name), field=f"{self._field}.{name}")

    def list_of(self, name: str) -> list[Any]:
        """A list; empty where the member is absent."""
        value = self._value.get(name, [])
        if type(value) is not list:
            raise self._fault(name, "a list")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty where the member is absent."""
        values = self.list_of(name)
        if not all(type(value) is str and value for value in values):
            raise self._fault(name, "a list of texts")
        return tuple(values)

    def mapping(self, name: str) -> dict[str, Any]:
        """An object; empty where the member is absent."""
        value = self._value.get(name, {})
        if type(value) is not dict:
            raise self._fault(name, "an object")
        return value

    def objects(self, name: str) -> Iterator[tuple[str, Any]]:
        """The members of an object that has any."""
        if not self.mapping(name):
            raise self._fault(name, "an object with members")
        return iter(self.mapping(name).items())

    def _fault(self, name: str, expected: str) -> Malformed:
        found = shown(self._value.get(name))
        where = f"{self._field}.{name}"
        return Malformed(
            "scenario-format", "a member is of the wrong kind", expected=expected, found=found, field=where
        )
