"""Signed notes: a text, and lines under it that say which key signed it (C2SP signed-note v1.0.0).

A note that was read is whole and strict, but nobody has vouched for it: `VerifierKey` finds a key's line, and
`lotchain.core.checkpoints` and `lotchain.core.cosignatures` verify it. A key id is a hint to find the key by and
proves nothing. Byte for byte: `specs/formats/note.md`.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final, NamedTuple, Self

from lotchain.core.encodings import b64decode, b64encode
from lotchain.core.keys import ED25519, PublicKey
from lotchain.errors import Malformed

ED25519_NOTE: Final = 1
"""Signature type of an Ed25519 signature over the note's text: a log's own signature."""
ED25519_COSIGNATURE: Final = 4
"""Signature type of a timestamped Ed25519 cosignature: a witness's."""
MLDSA44_COSIGNATURE: Final = 6
"""Signature type of a timestamped ML-DSA-44 cosignature: a witness's, or the log's own second signature."""

PUBLIC_BYTES: Final = {ED25519_NOTE: 32, ED25519_COSIGNATURE: 32, MLDSA44_COSIGNATURE: 1_312}
"""Signature types that are read here, each with the length of its public keys."""

MLDSA44_SIGNATURE_BYTES: Final = 2_420

MAX_NAME: Final = 255
"""Bytes of the longest key name: the ML-DSA-44 message counts a name's bytes in one byte."""
MAX_NOTE: Final = 200_000
MAX_SIGNATURES: Final = 64
KEY_ID_BYTES: Final = 4

_DASH: Final = "\u2014 "
_BLANK_LINE: Final = "\n\n"


class _NoteSignature(NamedTuple):
    name: str
    key_id: bytes
    blob: bytes


class NoteSignature(_NoteSignature):
    """One signature line.

    Args:
        name: the key name; not empty, no white space, no plus sign, at most 255 bytes.
        key_id: 4 bytes, made from name, type and public key by `key_id`.
        blob: what follows the key id, laid out by the signature type; never empty.

    Raises:
        Malformed: `note-signature`.

    """

    __slots__ = ()

    def __new__(cls, name: str, key_id: bytes, blob: bytes) -> Self:
        """Make it and check it: see the class."""
        self = super().__new__(cls, name, key_id, blob)
        fault = name_fault(self.name)
        if fault:
            raise _signature_fault(f"a signature's key name {fault}", found=self.name)
        if len(self.key_id) != KEY_ID_BYTES or not self.blob:
            raise _signature_fault(
                "a signature is too short",
                expected="4 bytes of key id, then at least one more",
                found=f"{len(self.key_id) + len(self.blob)} bytes",
            )
        return self

    def line(self) -> str:
        """The line as it stands in a note, its newline included."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.blob)}\n"


class _Note(NamedTuple):
    text: str
    signatures: tuple[NoteSignature, ...]


class Note(_Note):
    """A text and its signature lines, in their order.

    Args:
        text: ends with a newline, which belongs to it; may hold empty lines, but no other control characters.
        signatures: at least one, no two under one name and key id.

    Raises:
        Malformed: `note-format` (the text, or no signature), `note-signature` (two under one name and key id).

    """

    __slots__ = ()

    def __new__(cls, text: str, signatures: tuple[NoteSignature, ...]) -> Self:
        """Make it and check it: see the class."""
        self = super().__new__(cls, text, signatures)
        check_text(self.text)
        if not self.signatures:
            raise _note_fault("a note has no signature", expected="at least one signature line")
        seen: set[tuple[str, bytes]] = set()
        for number, signature in enumerate(self.signatures):
            known_as = (signature.name, signature.key_id)
            if known_as in seen:
                raise _signature_fault(
                    "a note holds two signatures under one name and key id",
                    expected="one line a key",
                    found=f"{signature.name} {signature.key_id.hex()}",
                    field=f"signatures[{number}]",
                )
            seen.add(known_as)
        return self

    def encode(self) -> bytes:
        """The note's bytes: text, an empty line, the signature lines."""
        return (self.text + "\n" + "".join(signature.line() for signature in self.signatures)).encode("utf-8")


class _VerifierKey(NamedTuple):
    name: str
    kind: int
    public: bytes


class VerifierKey(_VerifierKey):
    """A public key that verifies note signatures, with the name and the one signature type that it is for.

    Args:
        name: as in `NoteSignature`.
        kind: `ED25519_NOTE` (1), `ED25519_COSIGNATURE` (4) or `MLDSA44_COSIGNATURE` (6).
        public: 32 bytes of Ed25519, 1312 bytes of ML-DSA-44 (FIPS 204 pkEncode).

    Raises:
        Malformed: `vkey-format`; `key-weak` for an Ed25519 key that is not canonical or not of full order.

    """

    __slots__ = ()

    def __new__(cls, name: str, kind: int, public: bytes) -> Self:
        """Make it and check it: see the class."""
        self = super().__new__(cls, name, kind, public)
        fault = name_fault(self.name)
        if fault:
            raise _vkey_fault(f"its name {fault}", found=self.name)
        size = PUBLIC_BYTES.get(self.kind)
        if size is None:
            raise _vkey_fault("its signature type is not used here", expected="1, 4 or 6", found=self.kind)
        if len(self.public) != size:
            raise _vkey_fault(
                "its public key has the wrong length", expected=f"{size} bytes", found=f"{len(self.public)} bytes"
            )
        if size == 32:
            self._ed25519()
        return self

    def _ed25519(self) -> PublicKey:
        try:
            return PublicKey(ED25519, self.public)
        except Malformed as fault:
            if fault.code == "key-weak":
                raise
            raise _vkey_fault("its public key is not a point of the curve", found=self.public.hex()) from None

    @property
    def key_id(self) -> bytes:
        """The 4 bytes by which a signature line points to this key."""
        return key_id(self.name, self.kind, self.public)

    @property
    def digest(self) -> str:
        """SHA-256 over the key's text, hexadecimal: what names it where four bytes are too few."""
        return sha256(self.encode().encode("utf-8")).hexdigest()

    def encode(self) -> str:
        """The key as text: `name+<key id in hex>+<base64 of type byte and public key>`."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(bytes((self.kind,)) + self.public)}"

    def made(self, signature: NoteSignature) -> bool:
        """Whether a signature line claims to be this key's: it bears its name and its key id. Proves nothing."""
        return signature.name == self.name and signature.key_id == self.key_id

    def line_in(self, note: Note) -> NoteSignature | None:
        """The line in `note` that claims to be this key's, or None; there are never two."""
        mine = (self.name, self.key_id)
        return next((s for s in note.signatures if (s.name, s.key_id) == mine), None)

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` (64 or 2420 bytes) is this key's over `message`.

        Ed25519 by the one rule of `lotchain.core.keys`; ML-DSA-44 pure, with an empty context (FIPS 204 §5.3).

        Raises:
            Malformed: `mldsa-unavailable`, where the installed cryptography library lacks ML-DSA-44.

        """
        if self.kind == MLDSA44_COSIGNATURE:
            return _verify_mldsa44(self.public, signature, message)
        return self._ed25519().verify(signature, message)


def key_id(name: str, type_byte: int, public: bytes) -> bytes:
    """SHA-256(name || 0x0A || type byte || public key), its first 4 bytes (C2SP signed-note, Signatures)."""
    return sha256(name.encode("utf-8") + b"\n" + bytes((type_byte,)) + public).digest()[:KEY_ID_BYTES]


def parse_note(data: bytes, *, max_bytes: int = MAX_NOTE, max_signatures: int = MAX_SIGNATURES) -> Note:
    """Read a signed note; nothing about its signatures is verified.

    Args:
        data: the whole note.
        max_bytes: longer notes are refused unread.
        max_signatures: notes with more signature lines are refused; C2SP asks for at least 16.

    Raises:
        Malformed: `note-format` (size, UTF-8, control characters, no signature lines), `note-signature` (a line
            that is not laid out as one, base64 that is not canonical, two lines under one name and key id).

    """
    if len(data) > max_bytes:
        raise _note_fault("a note is too long", expected=f"at most {max_bytes} bytes", found=f"{len(data)} bytes")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise _note_fault("a note is not UTF-8", found=f"byte {fault.start}") from None
    head, blank, tail = whole.rpartition(_BLANK_LINE)
    if not blank:
        raise _note_fault("a note has no empty line between its text and its signatures")
    if not tail.endswith("\n"):
        raise _note_fault("a note does not end with a signature line and a newline", found=tail[-60:])
    lines = tail[:-1].split("\n")
    if len(lines) > max_signatures:
        raise _note_fault("a note has too many signatures", expected=f"at most {max_signatures}", found=f"{len(lines)}")
    return Note(head + "\n", tuple(_parse_line(line, number) for number, line in enumerate(lines)))


def parse_vkey(text: str) -> VerifierKey:
    """Read a verifier key as C2SP signed-note writes it: `name+key id+base64`.

    Raises:
        Malformed: `vkey-format` (layout, a key id that is not the key's, an unknown type, a wrong length, base64 or
            hex that is not canonical), `key-weak`.

    """
    parts = text.split("+", 2)  # base64 itself may hold plus signs
    if len(parts) != 3:
        raise _vkey_fault("it has not three parts", expected="name+key id+base64", found=text)
    name, claimed, encoded = parts
    try:
        material = b64decode(encoded)
    except Malformed:
        raise _vkey_fault("its last part is not canonical base64", found=encoded) from None
    if not material:
        raise _vkey_fault("its last part is empty")
    key = VerifierKey(name, material[0], material[1:])
    if claimed != key.key_id.hex():
        raise _vkey_fault("its key id is not that of name and key", expected=key.key_id.hex(), found=claimed)
    return key


def parse_signature_line(line: str) -> NoteSignature:
    """Read one signature line without its newline, as a witness answers with it (C2SP tlog-witness).

    Raises:
        Malformed: `note-signature`.

    """
    if not line.startswith(_DASH):
        raise _signature_fault("a signature line does not begin with a dash and a space", found=line)
    name, _, encoded = line[len(_DASH) :].partition(" ")
    try:
        raw = b64decode(encoded)
    except Malformed:
        raise _signature_fault("a signature is not canonical base64", found=encoded) from None
    return NoteSignature(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])


def check_text(text: str) -> None:
    """Refuse what cannot be a note's text.

    Raises:
        Malformed: `note-format`.

    """
    if not text.endswith("\n"):
        raise _note_fault("a note's text does not end with a newline", found=text[-60:])
    control = next((c for c in text if c < " " and c != "\n"), None)
    if control is not None:
        raise _note_fault("a note holds a control character", expected="newlines only", found=repr(control))
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise _note_fault("a note's text is not Unicode text that UTF-8 can hold") from None


def name_fault(name: str) -> str:
    """What is wrong with a key name, as the end of a sentence; empty where nothing is."""
    if not name:
        return "is empty"
    if "+" in name or any(c.isspace() or c < " " for c in name):
        return "holds white space, a control character or a plus sign"
    try:
        size = len(name.encode("utf-8"))
    except UnicodeEncodeError:
        return "cannot be written in UTF-8"
    return f"is longer than {MAX_NAME} bytes" if size > MAX_NAME else ""


def _verify_mldsa44(public: bytes, signature: bytes, message: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm  # noqa: PLC0415 - heavy, rarely needed
    from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey  # noqa: PLC0415

    if len(signature) != MLDSA44_SIGNATURE_BYTES:
        return False
    try:
        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm:
        raise Malformed(
            "mldsa-unavailable",
            "an ML-DSA-44 signature cannot be verified on this machine",
            remedy="install cryptography 50 or later from its own wheels",
        ) from None
    return True


def _parse_line(line: str, number: int) -> NoteSignature:
    try:
        return parse_signature_line(line)
    except Malformed as fault:
        raise fault.within(f"signatures[{number}]") from None


def _note_fault(what: str, *, expected: str = "", found: object = "") -> Malformed:
    return Malformed("note-format", what, expected=expected, found=found)


def _signature_fault(what: str, *, expected: str = "", found: object = "", field: str = "") -> Malformed:
    return Malformed("note-signature", what, expected=expected, found=found, field=field)


def _vkey_fault(why: str, *, expected: str = "", found: object = "") -> Malformed:
    return Malformed("vkey-format", f"a verifier key cannot be read: {why}", expected=expected, found=found)
