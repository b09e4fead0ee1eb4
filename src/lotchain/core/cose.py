"""COSE_Sign1 (RFC 9052 §4.2, §4.4) in general: any header, external data, attached or detached payload.

Statements are read by `core.statements`, which allows one layout only; this module is what lies beneath
that layout, for messages of other shapes, and for the COSE working group's own test cases. Strict where
COSE is lax: deterministic CBOR only, no trailing bytes, no label twice, nothing critical that is not
understood.
"""

from __future__ import annotations

from typing import NamedTuple

from lotchain.core import cbor
from lotchain.core.keys import ED25519, ES256, PublicKey
from lotchain.errors import Malformed

MAX_ENTRY = 65_535
"""Bytes of a log entry, which is what any signed message here must fit (C2SP tlog-tiles, entry bundles)."""

LABEL_ALG = 1
LABEL_CRIT = 2
_TAG_SIGN1 = 0xD2
_ARRAY_OF_FOUR = 0x84
_SIGNATURE1 = b"\x84\x6aSignature1"


class Sign1(NamedTuple):
    """A COSE_Sign1 as it was read; nothing in it has been verified.

    Args:
        protected_bytes: the protected header's bytes as they stand in the message.
        protected: the map in these bytes; empty for no bytes.
        unprotected: the unprotected header, which no signature covers.
        payload: the content, or None where it is detached.
        signature: of whatever length; the key decides.

    """

    protected_bytes: bytes
    protected: dict[object, object]
    unprotected: dict[object, object]
    payload: bytes | None
    signature: bytes


def byte_string(value: bytes) -> bytes:
    """`value` as a deterministic CBOR byte string (RFC 8949 §3.1, major type 2)."""
    return _head(0x40, len(value)) + value


def text_string(value: str) -> bytes:
    """`value` as a deterministic CBOR text string (major type 3)."""
    data = value.encode("utf-8")
    return _head(0x60, len(data)) + data


def unsigned(value: int) -> bytes:
    """`value`, 0 to 2^64-1, as a deterministic CBOR unsigned integer (major type 0)."""
    return _head(0x00, value)


def sig_structure(protected: bytes, payload: bytes, external_aad: bytes = b"") -> bytes:
    """The bytes that are signed: `["Signature1", protected, external_aad, payload]` (RFC 9052 §4.4).

    Args:
        protected: the protected header's bytes; a map without members counts as no bytes (RFC 9052 §3).
        payload: the content, whether attached or not.
        external_aad: data that both sides know and the message does not carry.

    """
    if protected == b"\xa0":
        protected = b""
    return _SIGNATURE1 + byte_string(protected) + byte_string(external_aad) + byte_string(payload)


def parse_sign1(raw: bytes, *, max_bytes: int = MAX_ENTRY, tagged: bool = True) -> Sign1:
    """Read a COSE_Sign1 message.

    Args:
        raw: the whole message and nothing after it.
        max_bytes: refused beyond, before anything is read.
        tagged: whether CBOR tag 18 stands in front (COSE_Sign1_Tagged) or must be absent (COSE_Sign1).

    Raises:
        Malformed: `too-large`, `cose-malformed`, `header-unknown` (a critical label: none is understood
            here).

    """
    if not isinstance(raw, bytes):
        raise _malformed("a message is a byte string", found=type(raw).__name__)
    if len(raw) > max_bytes:
        raise Malformed(
            "too-large",
            "a signed message is too large",
            expected=f"at most {max_bytes} bytes",
            found=len(raw),
        )
    body = raw
    if tagged:
        if not raw.startswith(bytes([_TAG_SIGN1])):
            raise _malformed("a signed message starts with CBOR tag 18", expected="d2", found=raw[:1].hex())
        body = raw[1:]
    if not body.startswith(bytes([_ARRAY_OF_FOUR])):
        raise _malformed("a signed message is an array of four", expected="84", found=body[:1].hex())
    try:
        parts = cbor.decode(body, max_bytes=max_bytes, max_depth=8, max_items=256, what="a signed message")
    except Malformed as fault:
        raise _malformed("a signed message is not deterministic CBOR", found=str(fault)) from None
    if not isinstance(parts, list) or len(parts) != 4:
        raise _malformed("a signed message is an array of four")
    protected_bytes, unprotected, payload, signature = parts
    if not isinstance(protected_bytes, bytes):
        raise _malformed("the protected header is a byte string", field="protected")
    if not isinstance(unprotected, dict):
        raise _malformed("the unprotected header is a map", field="unprotected")
    if payload is not None and not isinstance(payload, bytes):
        raise _malformed("the payload is a byte string, or null where it is detached", field="payload")
    if not isinstance(signature, bytes):
        raise _malformed("the signature is a byte string", field="signature")
    protected = _protected_map(protected_bytes)
    _check_labels(protected, unprotected)
    return Sign1(protected_bytes, protected, unprotected, payload, signature)


def verify_sign1(message: Sign1, key: PublicKey, *, external_aad: bytes = b"", detached: bytes | None = None) -> bool:
    """Whether `key` signed `message`.

    The key's type alone decides how; the algorithm that the message names can only agree with it. COSE lets
    a message name it in the unprotected header: harmless here for that reason, though a statement may not.

    Raises:
        Malformed: `alg-not-allowed` (the message names no algorithm, or not the key's), `cose-malformed`
            (no payload, or two).

    """
    named = message.protected.get(LABEL_ALG, message.unprotected.get(LABEL_ALG))
    if type(named) is not int or named not in (ED25519, ES256) or named != key.algorithm:
        raise Malformed(
            "alg-not-allowed",
            "a message names another algorithm than its key's",
            expected=str(key.algorithm),
            found=repr(named),
            field="alg",
        )
    if (message.payload is None) == (detached is None):
        raise _malformed("a payload is attached or detached, not both and not neither", field="payload")
    payload = message.payload if message.payload is not None else detached
    assert payload is not None  # noqa: S101 - one of the two is there, as just checked
    return key.verify(message.signature, sig_structure(message.protected_bytes, payload, external_aad))


def _head(major: int, value: int) -> bytes:
    """A CBOR head: the major type and its argument in the shortest form (RFC 8949 §4.2.1)."""
    if value < 24:
        return bytes((major | value,))
    if value < 0x100:
        return bytes((major | 24, value))
    if value < 0x10000:
        return bytes((major | 25, value >> 8, value & 0xFF))
    if value < 0x100000000:
        return bytes((major | 26,)) + value.to_bytes(4, "big")
    return bytes((major | 27,)) + value.to_bytes(8, "big")


def _protected_map(data: bytes) -> dict[object, object]:
    if not data:
        return {}
    try:
        members = cbor.decode(data, max_bytes=MAX_ENTRY, max_depth=8, max_items=256, what="a protected header")
    except Malformed as fault:
        raise _malformed(
            "the protected header is not deterministic CBOR", found=str(fault), field="protected"
        ) from None
    if not isinstance(members, dict):
        raise _malformed("the protected header is a map", found=type(members).__name__, field="protected")
    return members


def _check_labels(protected: dict[object, object], unprotected: dict[object, object]) -> None:
    """Labels are integers or text, stand in one header only (RFC 9052 §3), and none is critical."""
    for label in (*protected, *unprotected):
        if type(label) is not int and not isinstance(label, str):
            raise _malformed("a header label is an integer or text", found=repr(label))
    twice = protected.keys() & unprotected.keys()
    if twice:
        raise _malformed("a label stands in both headers", found=", ".join(sorted(map(str, twice))))
    if LABEL_CRIT in protected or LABEL_CRIT in unprotected:
        raise Malformed(
            "header-unknown",
            "a message calls header members critical that are not known here",
            expected="nothing critical",
            found=repr(protected.get(LABEL_CRIT, unprotected.get(LABEL_CRIT))),
            field="crit",
        )


def _malformed(what: str, *, expected: str = "", found: object = "", field: str = "") -> Malformed:
    expected = expected or "a COSE_Sign1 message (RFC 9052 §4.2) in deterministic CBOR"
    return Malformed("cose-malformed", what, expected=expected, found=found, field=field)
