"""Hidden fields: text whose digest is signed and logged, and whose plain value can still be forgotten.

A field that its event declares hideable holds either plain text or `{"hidden": "<64 hex digits>"}`. The
digest binds the field's place, a random salt and the text; the three together are its *opening*, which
travels beside the statement for those who may read it, and can be destroyed where the log cannot. Byte for
byte: `specs/formats/hidden-fields.md`.
"""

from __future__ import annotations

import re
from hashlib import sha256
from hmac import compare_digest
from typing import NamedTuple, Self

from lotchain.core.text import check_text
from lotchain.errors import Malformed

TAG = b"lotchain/hidden/1\n"
SALT_BYTES = 16
MAX_FIELD = 200
"""Characters of a field's path."""
MAX_VALUE = 4_096
"""Bytes of a hidden text in UTF-8; what the text may hold is said in `core.text`."""

_FIELD = r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*|\[(?:0|[1-9][0-9]{0,3})\])*"
_HEX_DIGEST = r"[0-9a-f]{64}"


class _Opening(NamedTuple):
    field: str
    salt: bytes
    value: str


class Opening(_Opening):
    """What turns one digest back into text. Its salt and text never show in a repr.

    Args:
        field: the field's path in the payload, `consignee.name` or `lines[2].price`.
        salt: 16 bytes, drawn afresh for each field of each statement: without it short texts could be
            guessed.
        value: the text.

    Raises:
        Malformed: `hidden-format`.

    """

    __slots__ = ()

    def __new__(cls, field: str, salt: bytes, value: str) -> Self:
        """Check it and make it: see the class."""
        _check(field, salt, value)
        return super().__new__(cls, field, salt, value)

    def __repr__(self) -> str:
        return f"Opening(field={self.field!r})"

    @property
    def digest(self) -> bytes:
        """The 32 bytes that the payload holds in place of the text."""
        return _digest(self.field, self.salt, self.value)

    def encode(self) -> list[object]:
        """`[field, salt, value]`, as it stands in a bundle's CBOR."""
        return [self.field, self.salt, self.value]

    @classmethod
    def parse(cls, item: object) -> Opening:
        """The opening in a decoded CBOR item; the opposite of `encode`.

        Raises:
            Malformed: `hidden-format`.

        """
        if not isinstance(item, list) or len(item) != 3:
            raise _malformed("an opening is a list of field, salt and text")
        return cls(item[0], item[1], item[2])


def digest(field: str, salt: bytes, value: str) -> bytes:
    """The digest of a hidden text: SHA-256 over tag, field, salt and text, each of stated length; 32 bytes.

    `"lotchain/hidden/1" || 0a || u16(len field) || field || salt || u32(len text) || text`, lengths in bytes,
    big-endian.

    Raises:
        Malformed: `hidden-format`.

    """
    _check(field, salt, value)
    return _digest(field, salt, value)


def opens(digest: bytes, opening: Opening) -> bool:
    """Whether `opening` is what was hidden behind `digest`."""
    return isinstance(digest, bytes) and compare_digest(digest, opening.digest)


def placeholder(digest: bytes) -> dict[str, str]:
    """What stands in the payload instead of the text: `{"hidden": "<digest in hex>"}`."""
    if len(digest) != 32:
        raise _malformed("a digest has 32 bytes")
    return {"hidden": digest.hex()}


def hidden_digest(member: object, *, field: str = "") -> bytes | None:
    """The digest in a decoded payload member, or None where the member is plain text.

    Args:
        member: what JSON holds there.
        field: where it stands, for the message.

    Raises:
        Malformed: `hidden-format` for anything that is neither text nor exactly `{"hidden": 64 lower-case
            hex}`.

    """
    if isinstance(member, str):
        return None
    if isinstance(member, dict) and len(member) == 1:
        text = member.get("hidden")
        if isinstance(text, str) and re.fullmatch(_HEX_DIGEST, text):
            return bytes.fromhex(text)
    raise Malformed(
        "hidden-format",
        "a hideable field is neither text nor a digest",
        expected='text, or {"hidden": 64 lower-case hex digits}',
        found=type(member).__name__,
        field=field,
    )


def _digest(field: str, salt: bytes, value: str) -> bytes:
    name = field.encode("ascii")
    text = value.encode("utf-8")
    return sha256(TAG + len(name).to_bytes(2, "big") + name + salt + len(text).to_bytes(4, "big") + text).digest()


def _check(field: object, salt: object, value: object) -> None:
    """Messages here never hold salt or text."""
    if not isinstance(field, str) or len(field) > MAX_FIELD or not re.fullmatch(_FIELD, field):
        raise Malformed(
            "hidden-format",
            "this is not the path of a field",
            expected="names of a-z, 0-9 and _ joined by dots, indices in brackets, at most 200 characters",
            found=field if isinstance(field, str) else type(field).__name__,
        )
    if not isinstance(salt, bytes) or len(salt) != SALT_BYTES:
        raise _malformed("a salt has 16 bytes", field)
    if not isinstance(value, str):
        raise _malformed("a hidden value is text", field)
    try:
        check_text(value, field=field, max_chars=MAX_VALUE, max_bytes=MAX_VALUE, multiline=True)
    except Malformed as fault:
        raise _malformed(f"a hidden text may not stand here: {fault.what}", field) from None


def _malformed(what: str, field: str = "") -> Malformed:
    return Malformed("hidden-format", what, field=field)
