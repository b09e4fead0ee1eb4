"""Cosignatures: what a witness signs when it has seen a log's tree, and at what time (C2SP tlog-cosignature v1.1).

The message of each signature type begins with words of its own (`cosignature/v1`, `subtree/v1`), so that no
signature made for one purpose verifies for another. The Ed25519 message does not name the cosigner: a key belongs
to one cosigner only, which the trust policy sees to. Byte for byte: `specs/formats/cosignature.md`.
"""

from __future__ import annotations

from typing import Final, Protocol

from lotchain.core.notes import (
    ED25519_COSIGNATURE,
    MAX_NAME,
    MLDSA44_COSIGNATURE,
    MLDSA44_SIGNATURE_BYTES,
    NoteSignature,
    VerifierKey,
)
from lotchain.errors import UsageError

COSIGNATURE_HEAD: Final = "cosignature/v1\n"
"""First line of every Ed25519 cosignature's message; no note is signed whose text begins so."""
MLDSA_LABEL: Final = b"subtree/v1\n\x00"
MAX_TIMESTAMP: Final = 2**63 - 1
"""Seconds since 1970-01-01T00:00:00Z, the most that a cosignature may state."""

_TIMESTAMP_BYTES: Final = 8
_SIGNATURE_BYTES: Final = {ED25519_COSIGNATURE: 64, MLDSA44_COSIGNATURE: MLDSA44_SIGNATURE_BYTES}


class TreeHead(Protocol):
    """What is cosigned: a log's tree at one size. A `lotchain.core.checkpoints.Checkpoint` is one."""

    @property
    def origin(self) -> str:
        """The log's name."""
        ...

    @property
    def size(self) -> int:
        """Entries in the tree."""
        ...

    @property
    def root(self) -> bytes:
        """The tree's root hash, 32 bytes."""
        ...


def cosigned_message_ed25519(note_text: str, timestamp: int) -> bytes:
    """What an Ed25519 cosigner signs: two lines of its own, then the checkpoint's whole text.

    Args:
        note_text: the checkpoint's text with its last newline, without signatures.
        timestamp: seconds since 1970-01-01T00:00:00Z.

    Raises:
        UsageError: `cosignature-time`, when the timestamp is negative or above 2^63 - 1.

    """
    _check_timestamp(timestamp)
    return f"{COSIGNATURE_HEAD}time {timestamp}\n{note_text}".encode()


def mldsa_message(cosigner_name: str, timestamp: int, origin: str, start: int, end: int, root: bytes) -> bytes:
    """What an ML-DSA-44 cosigner signs: the C2SP structure `cosigned_message`.

    Args:
        cosigner_name: key name of the cosigner, 1 to 255 bytes.
        timestamp: seconds since 1970-01-01T00:00:00Z; 0 states no time, and must be 0 when `start` is not.
        origin: the log's name, 1 to 255 bytes.
        start: index of the subtree's first leaf; 0 for a checkpoint.
        end: index after its last leaf; a checkpoint's size.
        root: 32 bytes, the subtree's hash.

    Raises:
        UsageError: `cosignature-time`, `cosignature-message`.

    """
    _check_timestamp(timestamp)
    if start and timestamp:
        raise UsageError("cosignature-time", "only a whole tree is cosigned with a time", found=timestamp)
    if not 0 <= start <= end < 2**64 or len(root) != 32:
        raise UsageError(
            "cosignature-message", "this is no part of a tree", found=f"{start} to {end}, {len(root)} bytes of root"
        )
    return b"".join(
        (
            MLDSA_LABEL,
            _counted(cosigner_name),
            timestamp.to_bytes(8, "big"),
            _counted(origin),
            start.to_bytes(8, "big"),
            end.to_bytes(8, "big"),
            root,
        )
    )


def encode_cosignature(timestamp: int, signature: bytes) -> bytes:
    """A cosignature's blob: the timestamp in 8 bytes, big-endian, then the signature.

    Raises:
        UsageError: `cosignature-time`.

    """
    _check_timestamp(timestamp)
    return timestamp.to_bytes(_TIMESTAMP_BYTES, "big") + signature


def verify_cosignature(key: VerifierKey, signature: NoteSignature, checkpoint: TreeHead, note_text: str) -> int | None:
    """The time at which `key` cosigned this checkpoint, or None when the signature line is not its cosignature.

    Args:
        key: an Ed25519 cosignature key (type 4) or an ML-DSA-44 key (type 6); any other gives None.
        signature: the line that bears this key's name and id.
        checkpoint: what `note_text` says.
        note_text: the checkpoint's text with its last newline.

    Returns:
        Seconds since 1970-01-01T00:00:00Z, at most 2^63 - 1. 0 from an ML-DSA-44 key states no time at all.

    """
    size = _SIGNATURE_BYTES.get(key.kind)
    if size is None or not key.made(signature) or len(signature.blob) != _TIMESTAMP_BYTES + size:
        return None
    timestamp = int.from_bytes(signature.blob[:_TIMESTAMP_BYTES], "big")
    if timestamp > MAX_TIMESTAMP:
        return None
    if key.kind == ED25519_COSIGNATURE:
        message = cosigned_message_ed25519(note_text, timestamp)
    else:
        message = mldsa_message(key.name, timestamp, checkpoint.origin, 0, checkpoint.size, checkpoint.root)
    return timestamp if key.verify(signature.blob[_TIMESTAMP_BYTES:], message) else None


def _check_timestamp(timestamp: int) -> None:
    if not 0 <= timestamp <= MAX_TIMESTAMP:
        raise UsageError(
            "cosignature-time", "a cosignature cannot state this time", expected="0 to 2^63 - 1", found=timestamp
        )


def _counted(name: str) -> bytes:
    encoded = name.encode("utf-8")
    if not 1 <= len(encoded) <= MAX_NAME:
        raise UsageError(
            "cosignature-message", "a name does not fit the message", expected="1 to 255 bytes", found=name
        )
    return bytes((len(encoded),)) + encoded
