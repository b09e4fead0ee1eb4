"""Deterministic CBOR of a small subset: the byte form of all that is hashed or signed in CBOR.

The subset is what our formats need and no more: integers from −2^64 to 2^64−1, byte strings, text
strings, arrays, maps whose keys are integers or text, true, false and null. No tags, floats, other simple
values or indefinite lengths. The encoding is the core deterministic one of RFC 8949 §4.2.1: shortest
heads, definite lengths, map keys in bytewise order of their encoded form.

Reading is in three steps, because the library is a codec and not a validator (it takes non-minimal
integers, trailing bytes, tags and NaN, and writing a deeply nested value ends the process): a scan over
the heads that checks every limit before anything is allocated; the library's decoding; the library's
encoding of the result, compared byte for byte.
"""

from __future__ import annotations

from typing import Any, Final

import cbor2

from lotchain.errors import Malformed

MAX_DEPTH: Final = 16
"""Containers inside containers that any of our formats may have."""

MAX_ITEMS: Final = 100_000
"""Data items, map keys included, that one CBOR item may hold unless its reader says otherwise."""

_INT_END: Final = 1 << 64
_SMALLEST: Final = {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}
"""The smallest argument that needs a head argument of so many bytes; a smaller one is not minimal."""

_BREAK: Final = 0xFF


def encode(value: Any) -> bytes:
    """The deterministic CBOR of a value of the subset.

    Exact types only: an enum member, a named tuple or a bytearray is refused rather than guessed. Lists
    and tuples give the same bytes.

    Args:
        value: int, bytes, str, bool, None, list, tuple, or dict with int and str keys, to a depth of 16.

    Returns:
        The bytes (RFC 8949 §4.2.1).

    Raises:
        Malformed: `cbor-malformed` for a type, key or integer outside the subset or text that is not Unicode;
            `too-deep` for more than 16 containers inside each other.

    """
    holds_maps = _check_encodable(value)
    try:
        return cbor2.dumps(_in_key_order(value) if holds_maps else value)
    except (cbor2.CBOREncodeError, ValueError) as fault:
        raise Malformed("cbor-malformed", "a value cannot be written as CBOR", found=str(fault)) from None


def decode(
    data: bytes,
    *,
    max_bytes: int,
    max_depth: int = MAX_DEPTH,
    max_items: int = MAX_ITEMS,
    what: str = "CBOR item",
) -> Any:
    """The value of one deterministic CBOR item that fills `data` exactly.

    Args:
        data: the bytes as received.
        max_bytes: the largest size that the format allows; checked first.
        max_depth: containers inside each other; at most 255.
        max_items: data items in all, counting each element, key and value.
        what: how messages call it ("closing record").

    Returns:
        int, bytes, str, bool, None, list, or dict with int and str keys.

    Raises:
        Malformed: `too-large` (bytes, items, or a declared length beyond every limit), `too-deep`,
            `cbor-malformed` (truncated, trailing bytes, reserved heads, tags, floats, invalid UTF-8,
            foreign map keys), `cbor-not-canonical` (longer heads than needed, indefinite lengths, map
            keys out of order), `duplicate-key`.

    """
    if len(data) > max_bytes:
        raise Malformed("too-large", f"{what} is too large", expected=f"at most {max_bytes} bytes", found=len(data))
    ordered = _scan(data, max_depth, max_items, what)
    try:
        value = cbor2.loads(data)
        again = cbor2.dumps(value)  # keys come out as they came in, and the scan has seen that they ascend
    except (cbor2.CBORError, ValueError) as fault:
        raise Malformed(
            "cbor-malformed", f"{what} is not valid CBOR", expected="valid CBOR with text in UTF-8", found=str(fault)
        ) from None
    if len(again) < len(data):
        raise Malformed("duplicate-key", f"a map in {what} holds a key twice", expected="each key once")
    if not ordered:
        raise Malformed(
            "cbor-not-canonical",
            f"map keys in {what} are out of order",
            expected="bytewise order of the encoded keys (RFC 8949 §4.2.1)",
        )
    if again != data:
        raise Malformed("cbor-not-canonical", f"{what} is not in its one form", expected="RFC 8949 §4.2.1")
    return value


def _scan(data: bytes, max_depth: int, max_items: int, what: str) -> bool:
    """Walk the heads and hold every limit; whether the keys of every map strictly ascend, bytewise.

    Majors stand as numbers here, since this loop is most of the cost of reading a small item: 0 and 1
    integers, 2 bytes, 3 text, 4 array, 5 map, 6 tag, 7 simple values and floats (RFC 8949 §3.1).
    """
    end = len(data)
    pos = 0
    budget = max_items - 1
    ordered = True
    left = 1  # items still to come in the innermost container, keys and values counted singly
    last_key: bytes | None = None  # the encoded key before, in a map; None in an array
    outer: list[tuple[int, bytes | None]] = []
    while True:
        if pos >= end:
            raise _truncated(what)
        start = pos
        head = data[pos]
        pos += 1
        major, argument = head >> 5, head & 31
        if argument > 23:
            if argument == 24 and major < 6 and pos < end and data[pos] > 23:  # by far the most: hashes, short texts
                argument, pos = data[pos], pos + 1
            else:
                argument, pos = _wide_argument(data, start, what)
        at_key = last_key is not None and not left & 1
        if at_key and major not in (0, 1, 3):
            raise _foreign_key(head, what)
        left -= 1
        if major > 3:
            if major > 5:
                if not 0xF4 <= head <= 0xF6:  # false, true, null
                    raise _foreign_head(head, what)
            else:
                count = argument if major == 4 else 2 * argument
                budget -= count
                _check_container(count, budget, len(outer) >= max_depth, end - pos, what)
                outer.append((left, last_key))
                left = count
                last_key = None if major == 4 else b""
        elif major > 1:
            pos += argument
            if pos > end:
                raise _length_fault(argument, end, what)
        if at_key:
            key = data[start:pos]
            if last_key is not None and key <= last_key:
                ordered = False
            last_key = key
        while not left:
            if not outer:
                if pos != end:
                    raise Malformed(
                        "cbor-malformed",
                        f"bytes follow the end of {what}",
                        expected="nothing after the item",
                        found=data[pos : pos + 16].hex(),
                    )
                return ordered
            left, last_key = outer.pop()


def _wide_argument(data: bytes, start: int, what: str) -> tuple[int, int]:
    """The argument in the 1, 2, 4 or 8 bytes after the head at `start`, and the position after them."""
    head = data[start]
    size = head & 31
    if size > 27 or head >> 5 >= 6:
        raise _foreign_head(head, what)
    width = 1 << (size - 24)
    pos = start + 1 + width
    if pos > len(data):
        raise _truncated(what)
    argument = int.from_bytes(data[start + 1 : pos], "big")
    if argument < _SMALLEST[width]:
        raise Malformed(
            "cbor-not-canonical",
            f"a number or length in {what} is written longer than needed",
            expected="the shortest form (RFC 8949 §4.2.1)",
            found=data[start:pos].hex(),
        )
    return argument, pos


def _check_container(count: int, budget: int, full: bool, remaining: int, what: str) -> None:
    """Refuse an array or map by what its head claims, before anything is allocated for it."""
    if budget < 0:
        raise Malformed("too-large", f"{what} holds too many items", expected="fewer items", found=count)
    if full:
        raise Malformed("too-deep", f"{what} is nested too deeply", expected="fewer containers inside each other")
    if count > remaining:  # every item takes a byte at least
        raise _truncated(what)


def _foreign_key(head: int, what: str) -> Malformed:
    return Malformed(
        "cbor-malformed",
        f"a map key in {what} is neither an integer nor text",
        expected="integer or text keys",
        found=f"{head:02x}",
    )


def _truncated(what: str) -> Malformed:
    return Malformed("cbor-malformed", f"{what} ends too early", expected="a complete CBOR item")


def _length_fault(length: int, size: int, what: str) -> Malformed:
    """A string longer than what is left: a lie about the whole, or a cut end."""
    if length > size:
        return Malformed(
            "too-large",
            f"a string in {what} claims to be longer than the whole",
            expected=f"at most {size} bytes",
            found=length,
        )
    return _truncated(what)


def _foreign_head(head: int, what: str) -> Malformed:
    """A head that the subset does not have, named after what it would begin."""
    major, argument = head >> 5, head & 31
    if argument == 31 and 2 <= major <= 5:
        return Malformed(
            "cbor-not-canonical",
            f"a length in {what} is indefinite",
            expected="definite lengths (RFC 8949 §4.2.1)",
            found=f"{head:02x}",
        )
    if major == 6 and argument < 28:
        name = "a tag"
    elif head == _BREAK:
        name = "a break code outside an indefinite item"
    elif major == 7 and 25 <= argument <= 27:
        name = "a floating-point number"
    elif major == 7 and argument <= 24:
        name = "undefined or another simple value"
    else:
        name = "a reserved head"
    return Malformed(
        "cbor-malformed",
        f"{what} holds {name}",
        expected="integers, byte strings, text, arrays, maps, true, false and null only",
        found=f"{head:02x}",
    )


def _in_key_order(value: Any) -> Any:
    """The same value with every map in bytewise order of its encoded keys.

    The library's own canonical mode puts shorter keys first (the order of RFC 7049, RFC 8949 §4.2.3), which differs:
    100 before -1 here, after it there.
    """
    kind = type(value)
    if kind is dict:
        return {key: _in_key_order(value[key]) for key in sorted(value, key=_key_rank)}
    if kind is list or kind is tuple:
        return [_in_key_order(item) for item in value]
    return value


def _key_rank(key: int | str) -> tuple[int, int, bytes]:
    """What orders keys as their encodings do: major type, then argument, then text."""
    if isinstance(key, str):
        text = key.encode("utf-8")
        return 3, len(text), text
    return (0, key, b"") if key >= 0 else (1, -1 - key, b"")


def _check_encodable(value: Any) -> bool:
    """Refuse what the subset lacks, level by level: the library would write it, or crash on its depth.

    Returns whether the value holds a map.
    """
    level = [value]
    depth = 0
    holds_maps = False
    while level:
        inner: list[Any] = []
        containers = False
        for item in level:
            kind = type(item)
            if kind is bytes or kind is str or kind is bool or item is None:
                continue
            if kind is int:
                _check_integer(item)
            elif kind is list or kind is tuple:
                containers = True
                inner += item
            elif kind is dict:
                containers = holds_maps = True
                for key in item:
                    if type(key) is int:
                        _check_integer(key)
                    elif type(key) is not str:
                        raise Malformed(
                            "cbor-malformed", "a map key must be an integer or text", found=type(key).__name__
                        )
                inner += item.values()
            else:
                raise Malformed("cbor-malformed", "this type has no place in our CBOR", found=kind.__name__)
        depth += containers
        if depth > MAX_DEPTH:
            raise Malformed("too-deep", "a value is nested too deeply", expected=f"at most {MAX_DEPTH} levels")
        level = inner
    return holds_maps


def _check_integer(number: int) -> None:
    if not -_INT_END <= number < _INT_END:
        raise Malformed("cbor-malformed", "an integer does not fit CBOR's 64 bits", expected="−2^64 to 2^64−1")
