"""A log's own signatures on its checkpoints, checked twice: the root before signing, the signature after.

The private keys stay behind the `Signer` port; what is signed is made here of the core's parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.cosignatures import encode_cosignature, mldsa_message, verify_cosignature
from lotchain.core.keys import ED25519
from lotchain.core.notes import ED25519_NOTE, MLDSA44_COSIGNATURE, Note, NoteSignature, VerifierKey, parse_note
from lotchain.core.tree import Frontier
from lotchain.errors import SigningError, StoreError, UsageError
from lotchain.ledger.ports import MLDSASigner, Signer


def log_key(origin: str, signer: Signer) -> VerifierKey:
    """The key under which a log's checkpoints verify: its name is the origin.

    Raises:
        SigningError: `alg-not-allowed`, for another key than Ed25519.
        Malformed: `vkey-format`, for an origin that is no key name.

    """
    if signer.public.algorithm != ED25519:
        raise SigningError(
            "alg-not-allowed",
            "a log signs its checkpoints with an Ed25519 key",
            expected="ed25519",
            found=signer.public.algorithm_name,
        )
    return VerifierKey(origin, ED25519_NOTE, signer.public.raw)


def mldsa_log_key(origin: str, signer: MLDSASigner) -> VerifierKey:
    """The log's second key, under which its published checkpoints verify, too."""
    return VerifierKey(origin, MLDSA44_COSIGNATURE, signer.public_raw)


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """The checkpoint's note under the log's Ed25519 signature; the same checkpoint gives the same bytes.

    Raises:
        SigningError: `signature-wrong`; the signer gave what does not verify (a fault of the machine, which could
            give the key away if it went out); and those of the signer.

    """
    key = log_key(checkpoint.origin, signer)
    text = checkpoint.text()
    blob = signer.sign(text.encode("utf-8"))
    if not key.verify(blob, text.encode("utf-8")):
        raise _wrong_signature()
    return Note(text, (NoteSignature(key.name, key.key_id, blob),)).encode()


def add_mldsa(note: bytes, checkpoint: Checkpoint, signer: MLDSASigner, time_s: int) -> bytes:
    """The note with the log's ML-DSA-44 signature, made at `time_s` (seconds since 1970), as its last line.

    Raises:
        SigningError: `signature-wrong`, and those of the signer.

    """
    key = mldsa_log_key(checkpoint.origin, signer)
    message = mldsa_message(key.name, time_s, checkpoint.origin, 0, checkpoint.size, checkpoint.root)
    signature = NoteSignature(key.name, key.key_id, encode_cosignature(time_s, signer.sign(message)))
    parsed = parse_note(note)
    if verify_cosignature(key, signature, checkpoint, parsed.text) is None:
        raise _wrong_signature()
    return Note(parsed.text, (*parsed.signatures, signature)).encode()


def add_line(note: bytes, checkpoint: Checkpoint, key: VerifierKey, signature: NoteSignature) -> bytes:
    """The note with a witness's cosignature, in place of an older one by the same key.

    Raises:
        UsageError: `cosignature-invalid`, when it is not a cosignature by `key` on this checkpoint or states no
            time; `cosignature-older`, when the note holds a newer one.

    """
    parsed = parse_note(note)
    time_s = verify_cosignature(key, signature, checkpoint, parsed.text)
    if not time_s:
        raise UsageError(
            "cosignature-invalid",
            "this is not that witness's cosignature on the published checkpoint",
            expected=f"a cosignature by {key.name} on size {checkpoint.size}",
            found=signature.name,
            remedy="let the witness cosign the checkpoint that is published now",
        )
    standing = key.line_in(parsed)
    known = verify_cosignature(key, standing, checkpoint, parsed.text) if standing else None
    if known is not None and known > time_s:
        raise UsageError("cosignature-older", "the note holds a newer one", expected=str(known), found=time_s)
    others = tuple(line for line in parsed.signatures if not key.made(line))
    made = Note(parsed.text, (*others, signature)).encode()
    parse_note(made)  # the limits of a note hold for what is written, too
    return made


def require_root(previous: bytes | None, entries: Sequence[bytes], root: bytes) -> None:
    """Compute a batch's root a second time, from the frontier as stored and the bytes to be stored.

    A bit that flipped in memory between judging and signing would otherwise be signed for ever.

    Args:
        previous: the stored frontier before the batch; None for an empty log.
        entries: the batch's entries, closing record included.
        root: what the fold computed.

    Raises:
        StoreError: `root-differs`; nothing is signed then.

    """
    again = Frontier() if previous is None else Frontier.from_bytes(previous)
    for raw in entries:
        again.append(sha256(b"\x00" + raw).digest())
    if again.root() != root:
        raise StoreError(
            "root-differs",
            "the batch's root, computed twice, differs; nothing was signed or stored",
            expected=root.hex(),
            found=again.root().hex(),
            remedy="check this machine's memory, then open the ledger again and audit it",
        )


def _wrong_signature() -> SigningError:
    return SigningError(
        "signature-wrong",
        "the signer gave a signature that does not verify; it was not let out",
        remedy="check the signer and this machine before signing again",
    )
