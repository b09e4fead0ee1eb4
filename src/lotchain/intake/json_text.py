"""JSON that somebody else wrote: not canonical, so it is bounded before it is parsed, and read without loss.

Size, depth and item counts are limits; a repeated key is refused, since the two readings of it would be two papers;
a number keeps its decimal digits (`int` or `Decimal`, never a float); text is Unicode that can be written again.
`lotchain.core.canonical_json` is for what is signed; nothing that passes here is signed before it is written anew.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lotchain.errors import Malformed

MAX_NUMBER_CHARS: Final = 40
MAX_EXPONENT: Final = 30

_BOM: Final = b"\xef\xbb\xbf"
_NOT_BRACKETS: Final = bytes(b for b in range(256) if b not in b"[]{}")


def read_json(data: bytes, *, max_bytes: int, max_depth: int, max_items: int, what: str) -> Any:
    """The value of a JSON text (RFC 8259) in UTF-8; a byte order mark before it is passed over.

    Args:
        data: the file's bytes.
        max_bytes: checked first.
        max_depth: objects and arrays inside each other.
        max_items: one more than the commas outside strings may be.
        what: how messages call it ("manifest").

    Returns:
        dict, list, str, int, Decimal, bool or None.

    Raises:
        Malformed: `too-large`, `too-deep`, `json-malformed` (not JSON, not UTF-8, lone surrogates, NaN, Infinity,
            numbers beyond 40 characters or 30 powers of ten), `duplicate-key` at any depth.

    """
    if len(data) > max_bytes:
        raise Malformed("too-large", f"the {what} is too large", expected=f"at most {max_bytes} bytes", found=len(data))
    _check_limits(data, max_depth, max_items, what)
    try:
        text = data.removeprefix(_BOM).decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as fault:
        where = f"line {fault.lineno}, column {fault.colno}"
        raise Malformed("json-malformed", f"the {what} is not JSON", expected="JSON (RFC 8259)", found=where) from None
    except UnicodeDecodeError as fault:
        where = f"byte {fault.start}"
        raise Malformed("json-malformed", f"the {what} is not UTF-8", expected="JSON in UTF-8", found=where) from None
    except RecursionError:
        raise _too_deep(max_depth, what) from None
    _check_texts(value, what)
    return value


def _check_limits(data: bytes, max_depth: int, max_items: int, what: str) -> None:
    """Depth and comma count by what stands outside strings, before any parser sees the text."""
    if data.count(b"[") + data.count(b"{") <= max_depth and data.count(b",") < max_items:
        return
    if b"\\" in data:  # escaped quotes go first, so that every quote left opens or closes a string
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    bare = b"".join(data.split(b'"')[::2])
    if bare.count(b",") >= max_items:
        raise Malformed("too-large", f"the {what} holds too many items", expected=f"at most {max_items}")
    depth = 0
    for bracket in bare.translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > max_depth:
            raise _too_deep(max_depth, what)


def _too_deep(max_depth: int, what: str) -> Malformed:
    return Malformed("too-deep", f"the {what} is nested too deeply", expected=f"at most {max_depth} levels")


def _pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        seen: set[str] = set()
        twice = next(key for key, _ in members if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise Malformed("duplicate-key", "an object holds a key twice", expected="each key once", found=twice)
    return found


def _integer(digits: str) -> int:
    if len(digits) > MAX_NUMBER_CHARS:
        raise _number_fault(digits)
    return int(digits)


def _decimal(text: str) -> Decimal:
    if len(text) > MAX_NUMBER_CHARS:
        raise _number_fault(text)
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _number_fault(text) from None
    if abs(int(number.as_tuple().exponent)) > MAX_EXPONENT:
        raise _number_fault(text)
    return number


def _constant(name: str) -> Any:
    raise Malformed("json-malformed", "this is no JSON number", expected="a decimal number", found=name)


def _number_fault(text: str) -> Malformed:
    return Malformed(
        "json-malformed",
        "a number is too long",
        expected=f"at most {MAX_NUMBER_CHARS} characters and {MAX_EXPONENT} powers of ten",
        found=text,
    )


def _check_texts(value: Any, what: str) -> None:
    """Every text can be written in UTF-8: an escaped lone surrogate cannot. The list grows while it is read."""
    items = [value]
    for item in items:
        if type(item) is dict:
            items += item.keys()
            items += item.values()
        elif type(item) is list:
            items += item
        elif type(item) is str and not item.isascii():
            try:
                item.encode("utf-8")
            except UnicodeEncodeError:
                raise Malformed(
                    "json-malformed", f"a text of the {what} is not Unicode", expected="no lone surrogates", found=item
                ) from None
