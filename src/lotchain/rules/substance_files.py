"""The files of `specs/substances` as values: strict, laid out one way, and every word checked before it is believed.

A file is JSON in UTF-8: keys sorted, two spaces a level, one member a line, a newline at the end, so that two editions
differ only where the data does. Format: `specs/formats/substances.md`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

import orjson

from lotchain.core.text import check_text
from lotchain.errors import Malformed

FORMAT: Final = "lotchain-substances/1"
MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 10
MAX_TEXT: Final = 600
_LAYOUT: Final = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE

T = TypeVar("T")
Object = Mapping[str, Any]


def lay_out(value: Any) -> bytes:
    """The one byte form of a file's value."""
    return orjson.dumps(value, option=_LAYOUT)


def read_file(data: bytes, part: str, name: str) -> dict[str, Any]:
    """A file's object, once it is laid out as it must be and says that it is this part of this format.

    Args:
        data: the file's bytes.
        part: which part it must be: `elements`, `sources`, `substances`, `listings`.
        name: the file, for messages.

    Raises:
        Malformed: `too-large`, `too-deep`, `json-malformed`, `duplicate-key`, `layout`, `format-unknown`.

    """
    if len(data) > MAX_BYTES:
        raise Malformed("too-large", "the file is too large", expected=f"at most {MAX_BYTES} bytes", field=name)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Malformed("json-malformed", "the file is not JSON in UTF-8", field=name) from None
    if _too_deep(value):
        raise Malformed("too-deep", "the file is nested too deeply", expected=f"{MAX_DEPTH} levels", field=name)
    if lay_out(value) != data:
        raise _layout_fault(data, name)
    if not isinstance(value, dict) or value.get("format") != FORMAT or value.get("part") != part:
        raise Malformed("format-unknown", "the file is not of this format", expected=f"{FORMAT}, {part}", field=name)
    return value


def members(value: Any, known: Mapping[str, type], where: str) -> dict[str, Any]:
    """An object with exactly these members of these types.

    Raises:
        Malformed: `member-missing`, `member-unknown`, `member-type`.

    """
    if not isinstance(value, dict):
        raise Malformed("member-type", "an object is expected here", found=type(value).__name__, field=where)
    for name in known:
        if name not in value:
            raise Malformed("member-missing", "a member is missing", expected=name, field=where)
    for name, given in value.items():
        if name not in known:
            raise Malformed("member-unknown", "nobody knows this member", found=name, field=where)
        if type(given) is not known[name] and not (given is None and known[name] is dict):
            raise Malformed(
                "member-type", "a member is of another type", expected=known[name].__name__,
                found=type(given).__name__, field=f"{where}.{name}",
            )  # fmt: skip
        if isinstance(given, str) and given:
            check_text(given, field=f"{where}.{name}", max_chars=MAX_TEXT)
    return value


def each(value: list[Any], where: str, read: Callable[[Any, str], T]) -> tuple[T, ...]:
    """Every item of an array, read; the message names the item by its number."""
    return tuple(read(item, f"{where}[{number}]") for number, item in enumerate(value))


def words(value: list[Any], where: str) -> tuple[str, ...]:
    """An array of texts, none empty, none twice.

    Raises:
        Malformed: `member-type`, `item-twice`, and those of `check_text`.

    """
    for number, item in enumerate(value):
        if not isinstance(item, str):
            raise Malformed("member-type", "a text is expected here", found=item, field=f"{where}[{number}]")
        check_text(item, field=f"{where}[{number}]", max_chars=MAX_TEXT)
    if len(set(value)) != len(value):
        raise Malformed("item-twice", "an array holds a text twice", field=where)
    return tuple(value)


def choice(value: str, allowed: tuple[str, ...], where: str) -> str:
    """One of a closed list of words.

    Raises:
        Malformed: `word-unknown`.

    """
    if value not in allowed:
        raise Malformed("word-unknown", "nobody knows this word", expected=", ".join(allowed), found=value, field=where)
    return value


def _too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True


def _layout_fault(data: bytes, name: str) -> Malformed:
    """A key that stands twice, where that is the cause; else the layout as such."""
    twice: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> None:
        keys = [key for key, _ in found]
        twice.extend(key for key in set(keys) if keys.count(key) > 1)

    try:
        json.loads(data, object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return Malformed("json-malformed", "the file holds a number that nobody reads exactly", field=name)
    if twice:
        return Malformed("duplicate-key", "an object holds a key twice", found=min(twice), field=name)
    return Malformed(
        "layout", "the file is not laid out as it must be", field=name,
        expected="sorted keys, two spaces a level, a newline at the end",
        remedy="write its value with sorted keys and an indent of two spaces",
    )  # fmt: skip
