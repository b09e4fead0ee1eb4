"""Base64, hexadecimal and decimal text, each with one spelling for one value.

The standard library reads more than one spelling (`int` takes `1_0`, ` 7` and Arabic digits, `b64decode`
takes non-zero trailing bits), and two readers that disagree about a text disagree about what was signed.
So every reader here decodes, re-encodes and compares.
"""

from __future__ import annotations

import binascii
import re
from typing import Final

from lotchain.errors import Malformed

_HEX: Final = re.compile(r"(?:[0-9a-f]{2})*")
_SHA256_HEX: Final = re.compile(r"[0-9a-f]{64}")
_UINT: Final = re.compile(r"0|[1-9][0-9]{0,39}")


def b64encode(data: bytes) -> str:
    """Base64 in the standard alphabet, padded, without line breaks (RFC 4648 §4)."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def b64decode(text: str, what: str = "base64 text", max_chars: int = 131_072) -> bytes:
    """The bytes of padded standard base64 (RFC 4648 §4): no white space, no URL alphabet, trailing bits zero.

    Args:
        text: the text as received.
        what: how messages call it.
        max_chars: the longest text allowed, checked first.

    Raises:
        Malformed: `base64-format`.

    """
    if len(text) > max_chars:
        raise _base64_fault(what, f"at most {max_chars} characters", str(len(text)))
    try:
        data = binascii.a2b_base64(text)
    except ValueError:
        raise _base64_fault(what, "base64 (RFC 4648 §4)", text) from None
    if b64encode(data) != text:
        raise _base64_fault(what, "base64 (RFC 4648 §4) in its one spelling", text)
    return data


def hex_decode(text: str, length: int | None = None, what: str = "hexadecimal text") -> bytes:
    """The bytes of lower-case hexadecimal, two digits a byte.

    Args:
        text: the text as received; its length bounds the work, so the caller bounds that.
        length: how many bytes it must give, or None for any number.
        what: how messages call it.

    Raises:
        Malformed: `hex-format`.

    """
    if length is not None and len(text) != 2 * length:
        raise Malformed("hex-format", f"{what} has the wrong length", expected=f"{2 * length} digits", found=len(text))
    if _HEX.fullmatch(text) is None:
        raise Malformed(
            "hex-format",
            f"{what} is not lower-case hexadecimal",
            expected="pairs of the digits 0 to 9 and a to f",
            found=text,
        )
    return bytes.fromhex(text)


def sha256_hex(text: str, what: str = "hash") -> bytes:
    """The 32 bytes of a SHA-256 written as 64 lower-case hexadecimal digits, with no prefix and never cut.

    There is one hash function; a text that names another (`md5:…`) or is shorter is refused as such.

    Raises:
        Malformed: `hash-format`.

    """
    if _SHA256_HEX.fullmatch(text) is None:
        raise Malformed(
            "hash-format", f"{what} is not a SHA-256", expected="64 lower-case hexadecimal digits", found=text
        )
    return bytes.fromhex(text)


def parse_uint(text: str, what: str = "number", max_value: int = 2**63 - 1) -> int:
    """A whole number from 0 in ASCII digits: no sign, no leading zero, no separators.

    Args:
        text: the text as received.
        what: how messages call it.
        max_value: the largest value allowed, below 10^40.

    Raises:
        Malformed: `number-format`.

    """
    if _UINT.fullmatch(text) is None:
        raise Malformed(
            "number-format",
            f"{what} is not a plain decimal number",
            expected="ASCII digits without sign or leading zero",
            found=text,
        )
    value = int(text)
    if value > max_value:
        raise Malformed("number-format", f"{what} is too large", expected=f"at most {max_value}", found=text)
    return value


def _base64_fault(what: str, expected: str, found: str) -> Malformed:
    return Malformed("base64-format", f"{what} is not proper base64", expected=expected, found=found)
