"""A log's own signatures on its checkpoints, checked twice: the root before signing, the signature after.

The private keys stay behind the `Signer` port; what is signed is made here of the core's parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

from lotchain.core import canonical_json
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.cosignatures import encode_cosignature, mldsa_message, verify_cosignature
from lotchain.core.keys import ED25519
from lotchain.core.notes import ED25519_NOTE, MLDSA44_COSIGNATURE, Note, NoteSignature, VerifierKey, parse_note
from lotchain.core.tree import Frontier
from lotchain.custody import log_keys
from lotchain.custody.charter import SUBJECT as CHARTER
from lotchain.errors import SigningError, StoreError, UsageError
from lotchain.ledger.ports import MLDSASigner, Signer, Store


class LogSigners(NamedTuple):
    """The keys that a log signs with: one of each type, and while it changes them those that retire, too.

    Args:
        signers: Ed25519 keys, the present one first.
        mldsa: ML-DSA-44 keys, likewise; empty where the log has none.
        former: keys that sign no more, but did: they are known again, and nothing else.

    """

    signers: tuple[Signer, ...]
    mldsa: tuple[MLDSASigner, ...] = ()
    former: tuple[VerifierKey, ...] = ()

    def after(self, signer: Signer, mldsa: MLDSASigner | None) -> LogSigners:
        """These, after the log's present keys."""
        return LogSigners((signer, *self.signers), (mldsa, *self.mldsa) if mldsa else self.mldsa, self.former)

    def present(self, origin: str) -> tuple[VerifierKey, ...]:
        """The keys that sign now: Ed25519 first, of each type the present one before those that retire."""
        first = tuple(log_key(origin, signer) for signer in self.signers)
        return first + tuple(mldsa_log_key(origin, signer) for signer in self.mldsa)

    def ever(self, origin: str) -> tuple[VerifierKey, ...]:
        """The Ed25519 keys of now and before: who signed the newest checkpoint is one of them."""
        known = (*self.present(origin), *self.former)
        return tuple(key for key in known if key.kind == ED25519_NOTE)

    def sign(self, checkpoint: Checkpoint) -> bytes:
        """The checkpoint's note under every Ed25519 key; the same checkpoint gives the same bytes."""
        lines = (_signed(checkpoint, signer) for signer in self.signers)
        return Note(checkpoint.text(), tuple(lines)).encode()

    def complete(self, note: bytes, checkpoint: Checkpoint, time_s: int) -> bytes:
        """The note with the lines of every present key, as a published one bears them; the note itself where it does.

        Args:
            note: by any of the log's keys, cosigned or not.
            checkpoint: what it says.
            time_s: what a new ML-DSA-44 signature states, seconds since 1970.

        Raises:
            SigningError: `signature-wrong`, and those of the signers.

        """
        parsed = parse_note(note)
        missing = [signer for signer in self.signers if log_key(checkpoint.origin, signer).line_in(parsed) is None]
        lines = tuple(_signed(checkpoint, signer) for signer in missing)
        note = Note(parsed.text, (*lines, *parsed.signatures)).encode() if lines else note
        for second in self.mldsa:
            if mldsa_log_key(checkpoint.origin, second).line_in(parsed) is None:
                note = add_mldsa(note, checkpoint, second, time_s)
        return note


def listed_keys(store: Store) -> tuple[str, ...]:
    """Digests of the log keys that the founding authorities have listed; none at all where they never listed any."""
    row = store.subject(CHARTER)
    return log_keys.listed(canonical_json.decode(row.state, what="state")) if row is not None else ()


def is_listed(digests: Iterable[str], note: bytes, keys: Iterable[VerifierKey]) -> bool:
    """Whether a note bears the line of a listed Ed25519 key of the log; so, too, where none was ever listed."""
    listed, parsed = set(digests), parse_note(note)
    return not listed or any(key.digest in listed and key.line_in(parsed) is not None for key in keys)


def require_listed(store: Store, note: bytes, keys: Sequence[VerifierKey]) -> None:
    """Refuse to publish under keys that the founding authorities have not listed.

    Args:
        store: the ledger's.
        note: what would be published, its lines verified.
        keys: the log's own Ed25519 keys.

    Raises:
        SigningError: `log-key-not-listed`.

    """
    if not is_listed(listed_keys(store), note, keys):
        raise SigningError(
            "log-key-not-listed",
            "the founding authorities have listed other keys for this log: nothing is published under this one",
            expected="a key that `ledger status` shows as listed",
            found=", ".join(f"key id {key.key_id.hex()}" for key in keys),
            remedy="begin with the listed key (`ledger rotate-key`), or have the authorities list this one",
        )


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
    return Note(checkpoint.text(), (_signed(checkpoint, signer),)).encode()


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


def _signed(checkpoint: Checkpoint, signer: Signer) -> NoteSignature:
    """The log's line on its checkpoint, verified before it is let out."""
    key = log_key(checkpoint.origin, signer)
    message = checkpoint.text().encode("utf-8")
    blob = signer.sign(message)
    if not key.verify(blob, message):
        raise _wrong_signature()
    return NoteSignature(key.name, key.key_id, blob)


def _wrong_signature() -> SigningError:
    return SigningError(
        "signature-wrong",
        "the signer gave a signature that does not verify; it was not let out",
        remedy="check the signer and this machine before signing again",
    )
