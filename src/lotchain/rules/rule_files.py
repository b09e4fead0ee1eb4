"""What every file of the rules has in common: JSON in any layout but without doubt, a format named first, plain text.

Any layout is read, since people write these files; the digest is that of the canonical form, so that layout changes
nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final, NoReturn, TypeVar

from lotchain.core import canonical_json
from lotchain.core.text import check_text
from lotchain.errors import Malformed
from lotchain.rules.conditions import Tell

MAX_FILE: Final = 1_000_000
"""Bytes of one file."""

Word = TypeVar("Word", bound=StrEnum)
"""One of a closed list of words."""


def read_json(data: bytes, what: str) -> tuple[Any, bytes]:
    """The value of a JSON file in any layout, and its canonical bytes."""
    if len(data) > MAX_FILE:
        raise Malformed("too-large", f"the {what} is too large", expected=f"at most {MAX_FILE} bytes", found=len(data))
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float
        )
    except json.JSONDecodeError as fault:
        place = f"line {fault.lineno}, column {fault.colno}"
        raise Malformed("json-malformed", f"the {what} is not JSON", found=fault.msg, field=place) from None
    except (ValueError, RecursionError):
        raise Malformed("json-malformed", f"the {what} is not JSON in UTF-8") from None
    return value, canonical_json.encode(value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Malformed("duplicate-key", "an object holds a key twice", expected="each key once", found=twice)
    return found


def _no_float(text: str) -> NoReturn:
    raise Malformed("json-float", "a number is not whole", expected="integers; quantities are text", found=text)


def check_head(value: Any, wanted: str, members: frozenset[str], kind: str) -> None:
    """The file says this format and has these members. Raises `Malformed`: `<kind>-format`, `version-unsupported`."""
    if type(value) is not dict or type(value.get("format")) is not str:
        raise Malformed(f"{kind}-format", "this file does not say its format", expected=wanted, field="format")
    name, _, version = value["format"].partition("/")
    if value["format"] != wanted:
        code = "version-unsupported" if name == wanted.partition("/")[0] and version else f"{kind}-format"
        raise Malformed(code, "this format is not read here", expected=wanted, found=value["format"], field="format")
    if set(value) != members:
        raise Malformed(
            f"{kind}-format", "these are not the members of the file", expected=", ".join(sorted(members)),
            found=", ".join(sorted(value)),
        )  # fmt: skip


def text_of(given: Mapping[str, Any], name: str, most: int, field: str = "") -> str:
    """A member that is plain text of at most so many characters. Raises `Malformed` (`text-…`)."""
    at = f"{field}.{name}" if field else name
    if type(given[name]) is not str:
        raise Malformed("text-length", "this must be text", expected=f"1 to {most} characters", field=at)
    return check_text(given[name], field=at, max_chars=most)


def told_text(given: Mapping[str, Any], name: str, most: int, field: str, tell: Tell) -> str:
    """The same, its fault told instead of raised; empty text stands for what could not be read."""
    if name == "source" and not given.get(name):
        return ""  # told already, under its own code
    try:
        return text_of(given, name, most, field)
    except Malformed as fault:
        tell(fault)
        return ""


def guarded(read: Callable[[], object], faults: list[Malformed]) -> None:
    """Run a check whose fault joins the list."""
    try:
        read()
    except Malformed as fault:
        faults.append(fault)


def word_of(kind: type[Word], given: Any, field: str, tell: Tell) -> Word | None:
    """A word of a closed list, or None, told as `rule-word`."""
    found = next((word for word in kind if word.value == given), None) if type(given) is str else None
    if found is None:
        tell(Malformed("rule-word", "no such word here", expected=", ".join(kind), found=given, field=field))
    return found


class Counting:
    """Hands faults on and counts them, so that later checks know whether earlier ones passed."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.count = 0

    def __call__(self, fault: Malformed) -> None:
        """Count one, and hand it on."""
        self.count += 1
        self.tell(fault)
