"""Checkpoints: a log's name, size and root as a signed note (C2SP tlog-checkpoint v1.0.0).

A tree's root does not bind its size, so every size and index that a proof is checked against comes from here, from
a checkpoint whose signatures hold. Ours carry no extension lines: nobody who cosigns vouches for those. Byte for
byte: `specs/formats/checkpoint.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple, Self

from lotchain.core.cosignatures import TreeHead, verify_cosignature
from lotchain.core.encodings import b64decode, b64encode, parse_uint
from lotchain.core.notes import ED25519_NOTE, MLDSA44_COSIGNATURE, Note, VerifierKey, name_fault, parse_note
from lotchain.core.tree import EMPTY_ROOT, HASH_SIZE
from lotchain.errors import Malformed, UsageError

MAX_CHECKPOINT_SIZE: Final = 2**63 - 1
"""Entries of the largest tree that a checkpoint may state."""

_KINDS: Final = {ED25519_NOTE: "Ed25519", MLDSA44_COSIGNATURE: "ML-DSA-44"}
"""Signature types of a log's own keys."""


class _Checkpoint(NamedTuple):
    origin: str
    size: int
    root: bytes


class Checkpoint(_Checkpoint):
    """A log's tree at one size.

    Args:
        origin: the log's name, fit to be a key name.
        size: entries in the tree, 0 to 2^63 - 1.
        root: 32 bytes, the RFC 9162 root over these entries.

    Raises:
        Malformed: `checkpoint-format`.

    """

    __slots__ = ()

    def __new__(cls, origin: str, size: int, root: bytes) -> Self:
        """Make it and check it: see the class."""
        self = super().__new__(cls, origin, size, root)
        fault = name_fault(self.origin)
        if fault:
            raise _fault(f"a checkpoint's origin {fault}", found=self.origin, field="origin")
        if not 0 <= self.size <= MAX_CHECKPOINT_SIZE:
            raise _fault("a checkpoint's size is out of range", expected="0 to 2^63 - 1", found=self.size, field="size")
        if len(self.root) != HASH_SIZE:
            raise _fault(
                "a checkpoint's root has the wrong length",
                expected="32 bytes",
                found=f"{len(self.root)} bytes",
                field="root",
            )
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise _fault(
                "a tree without entries has another root",
                expected="SHA-256 of nothing",
                found=self.root.hex(),
                field="root",
            )
        return self

    def text(self) -> str:
        """The note text: three lines, the last newline included."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root)}\n"


def parse_checkpoint_text(text: str) -> Checkpoint:
    """Read a checkpoint's note text; who signed it is not looked at.

    Raises:
        Malformed: `checkpoint-format`, and `checkpoint-extension` for lines after the third.

    """
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1]:
        raise _fault("a checkpoint's text has not three lines", expected="origin, size, root", found=text)
    if len(lines) > 4:
        raise Malformed(
            "checkpoint-extension",
            "a checkpoint has more than three lines",
            expected="origin, size, root",
            found=lines[3],
            remedy="a log of this kind writes no extension lines: ask its operator",
        )
    origin, size_text, root_text, _ = lines
    try:
        size = parse_uint(size_text, max_value=MAX_CHECKPOINT_SIZE)
    except Malformed:
        raise _fault(
            "a checkpoint's size is not a plain decimal number",
            expected="0 to 2^63 - 1, no sign, no leading zero",
            found=size_text,
            field="size",
        ) from None
    try:
        root = b64decode(root_text)
    except Malformed:
        raise _fault("a checkpoint's root is not canonical base64", found=root_text, field="root") from None
    return Checkpoint(origin, size, root)


def open_checkpoint(
    data: bytes, log_key: VerifierKey, *, mldsa_key: VerifierKey | None = None
) -> tuple[Checkpoint, Note]:
    """Read a signed checkpoint and verify that the log made it.

    Other lines of the note are left alone: they are the witnesses', and the trust policy weighs them.

    Args:
        data: the whole note.
        log_key: the log's Ed25519 key (type 1); its name is the origin.
        mldsa_key: the log's ML-DSA-44 key (type 6) of the same name. Where given, its signature must be there too:
            were it optional, leaving it out would undo what it is for.

    Raises:
        Malformed: `note-format`, `note-signature`, `checkpoint-format`, `checkpoint-extension`; `checkpoint-origin`
            when the checkpoint is another log's; `checkpoint-signature` when a signature is missing or wrong.
        UsageError: `log-key`, when the keys given are not of these kinds, or differ in name.

    """
    if log_key.kind != ED25519_NOTE:
        raise UsageError("log-key", "a log's first key is an Ed25519 key", expected="type 1", found=log_key.kind)
    if mldsa_key is None:
        return open_checkpoint_by(data, (log_key,))
    if mldsa_key.kind != MLDSA44_COSIGNATURE:
        raise UsageError("log-key", "a log's second key is an ML-DSA-44 key", expected="type 6", found=mldsa_key.kind)
    return open_checkpoint_by(data, (log_key, mldsa_key))


def open_checkpoint_by(data: bytes, log_keys: Sequence[VerifierKey]) -> tuple[Checkpoint, Note]:
    """Read a signed checkpoint of a log that may sign with any of several keys, as while it changes them.

    Of each type among `log_keys`, one key or more must have signed, and no line of any of them may be wrong. Whoever
    lists a key trusts it: a key that is retired is taken off the list.

    Args:
        data: the whole note.
        log_keys: keys of type 1 and, where the log signs so, of type 6; all of one name, which is the origin.

    Raises:
        Malformed: as `open_checkpoint`.
        UsageError: `log-key`, when there is none of type 1, or they differ in name or are of another type.

    """
    kinds = {key.kind for key in log_keys}
    if ED25519_NOTE not in kinds or kinds - set(_KINDS) or len({key.name for key in log_keys}) > 1:
        raise UsageError(
            "log-key",
            "a log signs with Ed25519 keys, and with ML-DSA-44 keys of the same name",
            expected="type 1, type 6, one name",
            found=", ".join(f"type {key.kind}, {key.name}" for key in log_keys),
        )
    note = parse_note(data)
    checkpoint = parse_checkpoint_text(note.text)
    if checkpoint.origin != log_keys[0].name:
        raise Malformed(
            "checkpoint-origin",
            "this checkpoint is another log's",
            expected=log_keys[0].name,
            found=checkpoint.origin,
            remedy="use the trust policy of the ledger that the checkpoint comes from",
        )
    signed = {key.kind for key in log_keys if signed_by(key, checkpoint, note)}
    for kind in sorted(kinds - signed):
        wanted = next(key for key in log_keys if key.kind == kind)
        raise _unsigned(f"the log's {_KINDS[kind]} signature is missing", wanted)
    return checkpoint, note


def signed_by(key: VerifierKey, checkpoint: TreeHead, note: Note) -> bool:
    """Whether a checkpoint's note bears the line of one of its log's keys (type 1 or 6).

    Raises:
        Malformed: `checkpoint-signature`, for a line of that key that does not verify.

    """
    line = key.line_in(note)
    if line is None:
        return False
    if key.kind == ED25519_NOTE:
        holds = key.verify(line.blob, note.text.encode("utf-8"))
    else:
        holds = verify_cosignature(key, line, checkpoint, note.text) is not None
    if not holds:
        raise _unsigned(f"the log's {_KINDS[key.kind]} signature does not verify", key)
    return True


def _fault(what: str, *, expected: str = "", found: object = "", field: str = "") -> Malformed:
    return Malformed("checkpoint-format", what, expected=expected, found=found, field=field)


def _unsigned(what: str, key: VerifierKey) -> Malformed:
    return Malformed(
        "checkpoint-signature",
        what,
        expected=f"a valid line by {key.name}, key id {key.key_id.hex()}",
        remedy="do not trust this checkpoint; fetch it anew, and ask the operator if it stays so",
    )
