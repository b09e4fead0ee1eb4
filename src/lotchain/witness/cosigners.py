"""A witness's keys at work: cosignature lines on a checkpoint, each verified before it leaves.

A witness has an Ed25519 key, an ML-DSA-44 key or both, and while it changes them the old ones, too: one name, one line
a key (C2SP tlog-cosignature). Whether the checkpoint may be cosigned at all was decided before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.cosignatures import cosigned_message_ed25519, encode_cosignature, mldsa_message, verify_cosignature
from lotchain.core.notes import ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, NoteSignature, VerifierKey
from lotchain.errors import SigningError
from lotchain.ledger.ports import MLDSASigner, Signer


class Cosigner(NamedTuple):
    """One key of a witness: its public half under the witness's name, and what signs with the private one."""

    key: VerifierKey
    sign: Callable[[bytes], bytes]


def ed25519_cosigner(name: str, signer: Signer) -> Cosigner:
    """An Ed25519 key. Use it under this name only: what it signs does not say the name. Raises `Malformed`."""
    return Cosigner(VerifierKey(name, ED25519_COSIGNATURE, signer.public.raw), signer.sign)


def mldsa_cosigner(name: str, signer: MLDSASigner) -> Cosigner:
    """An ML-DSA-44 key. Raises `Malformed` `vkey-format`, for a name that cannot be one."""
    return Cosigner(VerifierKey(name, MLDSA44_COSIGNATURE, signer.public_raw), signer.sign)


def cosign(cosigners: Iterable[Cosigner], checkpoint: Checkpoint, time_s: int) -> tuple[NoteSignature, ...]:
    """One line a key, in their order.

    Args:
        cosigners: the witness's keys.
        checkpoint: what was found to be right.
        time_s: what the lines state, seconds since 1970; never 0.

    Raises:
        SigningError: `signature-wrong`, when a signer gave what does not verify (a fault of the machine, which could
            give the key away if it went out); and those of the signers.

    """
    text = checkpoint.text()
    return tuple(_line(cosigner, checkpoint, text, time_s) for cosigner in cosigners)


def _line(cosigner: Cosigner, checkpoint: Checkpoint, text: str, time_s: int) -> NoteSignature:
    key = cosigner.key
    if key.kind == ED25519_COSIGNATURE:
        message = cosigned_message_ed25519(text, time_s)
    else:
        message = mldsa_message(key.name, time_s, checkpoint.origin, 0, checkpoint.size, checkpoint.root)
    line = NoteSignature(key.name, key.key_id, encode_cosignature(time_s, cosigner.sign(message)))
    if verify_cosignature(key, line, checkpoint, text) != time_s or not time_s:
        raise SigningError(
            "signature-wrong",
            "the signer gave a signature that does not verify; it was not let out",
            remedy="check the signer and this machine before signing again",
        )
    return line
