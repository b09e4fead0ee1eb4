"""Signing notes: a log's checkpoints and a witness's cosignatures.

Everything that is signed is read back first, so that no key of a log or witness ever signs what no verifier would
accept, or what could be taken for another kind of message.
"""

from __future__ import annotations

from lotchain.core.checkpoints import Checkpoint, parse_checkpoint_text
from lotchain.core.cosignatures import (
    COSIGNATURE_HEAD,
    cosigned_message_ed25519,
    encode_cosignature,
    mldsa_message,
)
from lotchain.core.keys import ED25519
from lotchain.core.notes import (
    ED25519_COSIGNATURE,
    ED25519_NOTE,
    MLDSA44_COSIGNATURE,
    Note,
    NoteSignature,
    VerifierKey,
    check_text,
    parse_note,
)
from lotchain.errors import SigningError, UsageError
from lotchain.signing.mldsa import MLDSA44Signer
from lotchain.signing.signer import Signer


def sign_note(text: str, name: str, signer: Signer) -> NoteSignature:
    """A log's Ed25519 signature (type 1) over a note's text.

    Args:
        text: the text with its last newline.
        name: the key name; a checkpoint's origin.
        signer: an Ed25519 signer.

    Raises:
        Malformed: `note-format`, `vkey-format` (the name).
        SigningError: `alg-not-allowed`; `note-not-signable` for a text that reads as a witness's message.

    """
    check_text(text)
    if text.startswith(COSIGNATURE_HEAD):
        raise SigningError("note-not-signable", "this text reads as a cosignature's message", found=text)
    key = _ed25519_key(name, ED25519_NOTE, signer)
    return NoteSignature(name, key.key_id, signer.sign(text.encode("utf-8")))


def cosign_ed25519(checkpoint_text: str, name: str, signer: Signer, timestamp_s: int) -> NoteSignature:
    """A witness's Ed25519 cosignature (type 4) on a checkpoint.

    Args:
        checkpoint_text: the checkpoint's text with its last newline.
        name: the witness's key name. It is not part of what is signed: use one key under one name only.
        signer: an Ed25519 signer.
        timestamp_s: seconds since 1970-01-01T00:00:00Z, by the witness's clock.

    Raises:
        Malformed: `checkpoint-format`, `checkpoint-extension`, `vkey-format` (the name).
        SigningError: `alg-not-allowed`.
        UsageError: `cosignature-time`.

    """
    parse_checkpoint_text(checkpoint_text)
    key = _ed25519_key(name, ED25519_COSIGNATURE, signer)
    signature = signer.sign(cosigned_message_ed25519(checkpoint_text, _stated(timestamp_s)))
    return NoteSignature(name, key.key_id, encode_cosignature(timestamp_s, signature))


def sign_checkpoint_mldsa(
    checkpoint: Checkpoint, name: str, mldsa_signer: MLDSA44Signer, timestamp_s: int
) -> NoteSignature:
    """A log's own ML-DSA-44 signature (type 6) on its checkpoint.

    Args:
        checkpoint: what is signed.
        name: the log's key name, which must be the checkpoint's origin.
        mldsa_signer: the log's ML-DSA-44 signer.
        timestamp_s: seconds since 1970-01-01T00:00:00Z; 0 states no time.

    Raises:
        UsageError: `checkpoint-origin` when the names differ; `cosignature-time`.

    """
    if name != checkpoint.origin:
        raise UsageError(
            "checkpoint-origin",
            "a log signs its own checkpoints only",
            expected=checkpoint.origin,
            found=name,
        )
    return _sign_mldsa(checkpoint, name, mldsa_signer, timestamp_s)


def cosign_mldsa(checkpoint: Checkpoint, name: str, mldsa_signer: MLDSA44Signer, timestamp_s: int) -> NoteSignature:
    """A witness's ML-DSA-44 cosignature (type 6) on a checkpoint.

    Args:
        checkpoint: what is cosigned.
        name: the witness's key name, which is part of what is signed.
        mldsa_signer: the witness's ML-DSA-44 signer.
        timestamp_s: seconds since 1970-01-01T00:00:00Z, by the witness's clock.

    Raises:
        Malformed: `vkey-format` (the name).
        UsageError: `cosignature-time`.

    """
    return _sign_mldsa(checkpoint, name, mldsa_signer, _stated(timestamp_s))


def add_signature(note: bytes, sig: NoteSignature) -> bytes:
    """A note with one more signature line, or with a newer one in place of the same key's earlier line.

    A witness cosigns an unchanged checkpoint anew from time to time; a note holds one line a key.

    Raises:
        Malformed: what `lotchain.core.notes.parse_note` raises, for the note given or the one made.

    """
    parsed = parse_note(note)
    others = tuple(s for s in parsed.signatures if (s.name, s.key_id) != (sig.name, sig.key_id))
    made = Note(parsed.text, (*others, sig)).encode()
    parse_note(made)  # its limits hold for what is written, too
    return made


def _ed25519_key(name: str, kind: int, signer: Signer) -> VerifierKey:
    if signer.public.algorithm != ED25519:
        raise SigningError(
            "alg-not-allowed",
            "notes are signed by Ed25519 keys",
            expected="ed25519",
            found=signer.public.algorithm_name,
        )
    return VerifierKey(name, kind, signer.public.raw)


def _stated(timestamp_s: int) -> int:
    """A witness's time: never 0, which would state none, and would not be counted."""
    if timestamp_s == 0:
        raise UsageError("cosignature-time", "a witness states the time at which it cosigns", found="0")
    return timestamp_s


def _sign_mldsa(checkpoint: Checkpoint, name: str, mldsa_signer: MLDSA44Signer, timestamp_s: int) -> NoteSignature:
    key = VerifierKey(name, MLDSA44_COSIGNATURE, mldsa_signer.public_raw)
    message = mldsa_message(name, timestamp_s, checkpoint.origin, 0, checkpoint.size, checkpoint.root)
    return NoteSignature(name, key.key_id, encode_cosignature(timestamp_s, mldsa_signer.sign(message)))
