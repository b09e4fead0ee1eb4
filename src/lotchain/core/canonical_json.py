"""Canonical JSON: the one byte form of every event, state and rule set that is signed or hashed.

The form is RFC 8785 (JCS) with two restrictions that remove its only hard parts: object keys are ASCII,
so that sorting by UTF-16 units and sorting by bytes agree; numbers are integers within ±(2^53−1), so that
no float is ever printed. Quantities are decimal strings (`lotchain.core.quantities`), not numbers.

Reading is: limits, decode, re-encode, compare. A repeated key, white space, another key order, another
escape or a number written otherwise cannot survive the comparison; only when it fails does a slower
reading look for the cause.
"""

from __future__ import annotations

import json
from typing import Any, Final

import orjson

from lotchain.errors import Malformed

MAX_DEPTH: Final = 16
"""Objects and arrays inside each other."""

MAX_SAFE_INTEGER: Final = (1 << 53) - 1
"""The largest integer that every JSON reader holds exactly (RFC 8785 §3.2.2.3, RFC 7493 §2.2)."""

_OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_NOT_BRACKETS: Final = bytes(b for b in range(256) if b not in b"[]{}")


def encode(value: Any) -> bytes:
    """The canonical JSON text of a value, in UTF-8, without a final newline.

    Exact types only, so that an enum, a date or a UUID cannot slip in under a form that nobody decided.
    Lists and tuples give the same bytes.

    Args:
        value: dict with ASCII str keys, list, tuple, str, int within ±(2^53−1), bool or None, to a depth
        of 16.

    Returns:
        The bytes (RFC 8785, restricted as the module says).

    Raises:
        Malformed: `json-float` for a float; `json-malformed` for another type, a key that is not ASCII
            text, an integer out of range or text that is not Unicode; `too-deep`.

    """
    _check_encodable(value)
    try:
        return orjson.dumps(value, option=_OPTIONS)
    except orjson.JSONEncodeError as fault:
        raise Malformed("json-malformed", "a value cannot be written as JSON", found=str(fault)) from None


def decode(
    data: bytes,
    *,
    max_bytes: int = 65_535,
    max_depth: int = MAX_DEPTH,
    max_items: int = 10_000,
    what: str = "JSON text",
) -> Any:
    """The value of a canonical JSON text that fills `data` exactly.

    Args:
        data: the bytes as received.
        max_bytes: the largest size that the format allows; checked first.
        max_depth: objects and arrays inside each other; at most 255.
        max_items: one more than the commas outside strings may be.
        what: how messages call it ("event").

    Returns:
        dict, list, str, int, bool or None.

    Raises:
        Malformed: `too-large`, `too-deep`, `json-malformed` (not JSON, not UTF-8, lone surrogates,
            integers beyond ±(2^53−1), keys that are not ASCII), `json-float` (any number with a fraction
            or exponent, NaN, Infinity), `duplicate-key` (at any depth, also when the two are escaped
            differently), `json-not-canonical` (white space, key order, escapes, `-0`).

    """
    if len(data) > max_bytes:
        raise Malformed("too-large", f"{what} is too large", expected=f"at most {max_bytes} bytes", found=len(data))
    # Counting brackets and commas over everything, strings included, can only count too many: so a text that
    # passes here needs no closer look, and almost all do.
    if data.count(b"[") + data.count(b"{") > max_depth or data.count(b",") >= max_items:
        _check_limits(data, max_depth, max_items, what)
    try:
        value = orjson.loads(data)
        again = orjson.dumps(value, option=_OPTIONS)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        raise _cause(data, what, "json-malformed", "is not JSON that we accept") from None
    if again != data:
        raise _cause(data, what, "json-not-canonical", "is not in canonical form (RFC 8785)")
    if _holds_float(value):
        raise _float_fault(what)
    if not data.isascii():
        _check_keys(value, what)
    return value


def _check_limits(data: bytes, max_depth: int, max_items: int, what: str) -> None:
    """Exact depth and comma count, by what stands outside strings."""
    if b"\\" in data:  # escaped quotes go first, so that every quote left opens or closes a string
        data = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    bare = b"".join(data.split(b'"')[::2])
    if bare.count(b",") >= max_items:
        raise Malformed("too-large", f"{what} holds too many items", expected=f"at most {max_items}")
    depth = 0
    for bracket in bare.translate(None, _NOT_BRACKETS):
        if bracket in b"[{":
            depth += 1
            if depth > max_depth:
                raise Malformed("too-deep", f"{what} is nested too deeply", expected=f"at most {max_depth} levels")
        else:
            depth -= 1


def _holds_float(value: Any) -> bool:
    """Whether a float stands anywhere in a decoded value. The list grows while it is read."""
    items = [value]
    for item in items:
        kind = type(item)
        if kind is str:
            continue
        if kind is dict:
            items += item.values()
        elif kind is list:
            items += item
        elif kind is float:
            return True
    return False


def _check_keys(value: Any, what: str) -> None:
    """Every key of a decoded value is ASCII; only asked where some byte of the text is not."""
    items = [value]
    for item in items:
        if type(item) is dict:
            for key in item:
                if not key.isascii():
                    raise _key_fault(what, key)
            items += item.values()
        elif type(item) is list:
            items += item


def _key_fault(what: str, key: str) -> Malformed:
    return Malformed("json-malformed", f"a key in {what} is not ASCII", expected="ASCII keys", found=key)


def _float_fault(what: str) -> Malformed:
    return Malformed(
        "json-float",
        f"{what} holds a number that is not an integer",
        expected="integers only; quantities are decimal strings",
    )


def _cause(data: bytes, what: str, code: str, sentence: str) -> Malformed:
    """Why a text failed, found by reading it again, slowly; else the given fault."""
    duplicates: list[str] = []
    floats: list[str] = []
    too_wide: list[str] = []
    foreign: list[str] = []

    def pairs(members: list[tuple[str, Any]]) -> None:
        seen: set[str] = set()
        for key, _ in members:
            if key in seen:
                duplicates.append(key)
            seen.add(key)
            if not key.isascii():
                foreign.append(key)

    def integer(digits: str) -> None:
        if len(digits) > 17 or abs(int(digits)) > MAX_SAFE_INTEGER:
            too_wide.append(digits)

    try:
        text = data.decode("utf-8")
        json.loads(
            text,
            object_pairs_hook=pairs,
            parse_float=floats.append,
            parse_int=integer,
            parse_constant=floats.append,
        )
    except (ValueError, RecursionError):
        return Malformed("json-malformed", f"{what} is not JSON in UTF-8", expected="canonical JSON (RFC 8785)")
    if duplicates:
        return Malformed(
            "duplicate-key",
            f"an object in {what} holds a key twice",
            expected="each key once",
            found=duplicates[0],
        )
    if floats:
        return _float_fault(what)
    if too_wide:
        return Malformed(
            "json-malformed",
            f"{what} holds an integer beyond ±(2^53−1)",
            expected="safe integers",
            found=too_wide[0],
        )
    if foreign:
        return _key_fault(what, foreign[0])
    return Malformed(
        code, f"{what} {sentence}", expected="canonical JSON: sorted keys, no white space, shortest escapes"
    )


def _check_encodable(value: Any) -> None:
    """Refuse what the form lacks, level by level, so that a value that contains itself ends as too deep."""
    level = [value]
    depth = 0
    while level:
        inner: list[Any] = []
        containers = False
        for item in level:
            kind = type(item)
            if kind is str or kind is bool or item is None:
                continue
            if kind is int:
                if not -MAX_SAFE_INTEGER <= item <= MAX_SAFE_INTEGER:
                    raise Malformed("json-malformed", "an integer is beyond ±(2^53−1)", expected="safe integers")
            elif kind is dict:
                containers = True
                for key in item:
                    if type(key) is not str or not key.isascii():
                        raise Malformed("json-malformed", "a key must be ASCII text", found=key)
                inner += item.values()
            elif kind is list or kind is tuple:
                containers = True
                inner += item
            elif kind is float:
                raise _float_fault("a value")
            else:
                raise Malformed("json-malformed", "this type has no place in our JSON", found=kind.__name__)
        depth += containers
        if depth > MAX_DEPTH:
            raise Malformed("too-deep", "a value is nested too deeply", expected=f"at most {MAX_DEPTH} levels")
        level = inner
