"""An auditing witness: cosigns a checkpoint only after replaying, by itself, every statement under it.

A plain witness says that a log only grew. This one says besides that the judge accepts every statement, that every
state and the heads map follow from them, and that no batch was dated back while it watched: what makes a bundle's
completeness *attested*. Sources: C2SP tlog-cosignature, tlog-witness; protocol, "Time" and "Ledger".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lotchain.core.checkpoints import Checkpoint, open_checkpoint
from lotchain.core.cosignatures import (
    cosigned_message_ed25519,
    encode_cosignature,
    mldsa_message,
    verify_cosignature,
)
from lotchain.core.notes import ED25519_COSIGNATURE, MLDSA44_COSIGNATURE, NoteSignature, VerifierKey
from lotchain.errors import Malformed, SigningError
from lotchain.ledger.ports import Clock, LogReplica, LogSource, MLDSASigner, Objection, Signer
from lotchain.witness.remembering import Memory, Remembered

SKEW_MS = 5 * 60_000
"""How far a batch's time may be off this witness's clock, ms: protocol, "Time"."""


@dataclass(frozen=True, slots=True)
class Cosigned:
    """The checkpoint is sound, and here is the witness's word for it.

    `lines` are its signature lines, Ed25519 first; `time_s` is what they state, seconds since 1970.
    """

    checkpoint: Checkpoint
    lines: tuple[NoteSignature, ...]
    time_s: int


@dataclass(frozen=True, slots=True)
class Declined:
    """The checkpoint was not cosigned. `note` is what the log had published: keep it, it may be evidence."""

    objections: tuple[Objection, ...]
    note: bytes

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the objections."""
        return tuple(objection.code for objection in self.objections)


class AuditingWitness:
    """One witness of one log. For one thread.

    Args:
        name: its key name.
        signer: its Ed25519 key, used under this name only.
        replica: its own copy of the log.
        memory: what it has cosigned; must outlive the replica.
        log_key: the log's Ed25519 key, whose name is the origin.
        clock: this witness's own clock, which is not the log's.
        mldsa: its ML-DSA-44 key, where it cosigns with one, too.
        log_mldsa_key: the log's ML-DSA-44 key, where published checkpoints must bear that signature.

    """

    def __init__(
        self,
        name: str,
        signer: Signer,
        replica: LogReplica,
        memory: Memory,
        *,
        log_key: VerifierKey,
        clock: Clock,
        mldsa: MLDSASigner | None = None,
        log_mldsa_key: VerifierKey | None = None,
    ) -> None:
        self.key = VerifierKey(name, ED25519_COSIGNATURE, signer.public.raw)
        self.mldsa_key = VerifierKey(name, MLDSA44_COSIGNATURE, mldsa.public_raw) if mldsa is not None else None
        self._signer = signer
        self._mldsa = mldsa
        self._replica = replica
        self._memory = memory
        self._log_key = log_key
        self._log_mldsa_key = log_mldsa_key
        self._clock = clock

    def look(self, source: LogSource, *, catching_up: bool = False) -> Cosigned | Declined:
        """Look at the published checkpoint, replay what is new under it, and cosign it if nothing is wrong.

        A checkpoint that was cosigned before is cosigned anew with the present time, so that a quiet log does not
        look abandoned. After an objection nothing is forgotten or taken: the same log meets the same objection.

        A batch's time may lie at most five minutes ahead of this witness's clock, and, since it was not there when
        the witness last saw the log in order, at most five minutes before that moment. So a log that is watched
        cannot date back, and a witness that was away catches up by itself.

        Args:
            source: where the log is read. Not trusted.
            catching_up: a person's decision to take batches that came late (after an outage of publication, say);
                their times are then only asked not to go back and not to lie in the future. Always so for the first
                look.

        Raises:
            StoreError: the source cannot be read, or those of the witness's own store and memory.
            SigningError: the witness's key cannot be used.

        """
        note = source.published()
        if note is None:
            return _declined(b"", "witness-nothing-published", "the log has published no checkpoint")
        try:
            checkpoint, parsed = open_checkpoint(note, self._log_key, mldsa_key=self._log_mldsa_key)
        except Malformed as fault:
            return _declined(note, fault.code, fault.what, expected=fault.expected, found=fault.found)
        remembered = self._memory.read()
        now = self._clock.now()
        against = self._against_memory(checkpoint, remembered, now)
        if not against:
            watched = None if catching_up else remembered
            against = self._replay(source, checkpoint, watched, now)
        if not against and remembered is not None:
            against = self._against_copy(remembered)
        if against:
            return Declined(against, note)
        self._replica.settle(checkpoint.size, note)
        self._memory.write(Remembered(checkpoint.origin, checkpoint.size, checkpoint.root, now // 1000, now))
        return Cosigned(checkpoint, tuple(self._lines(checkpoint, parsed.text, now // 1000)), now // 1000)

    def _against_memory(self, checkpoint: Checkpoint, remembered: Remembered | None, now: int) -> tuple[Objection, ...]:
        """What speaks against it before anything is read: it goes back, or contradicts what was cosigned."""
        if remembered is None:
            return ()
        if remembered.origin != checkpoint.origin:
            return _objection(
                "witness-origin", "this witness cosigns another log", remembered.origin, checkpoint.origin
            )
        if checkpoint.size < remembered.size:
            return _objection(
                "witness-rolled-back",
                "the log has published an older checkpoint than the one that was cosigned",
                f"size {remembered.size} or more",
                f"size {checkpoint.size}",
            )
        if checkpoint.size == remembered.size and checkpoint.root != remembered.root:
            return _objection(
                "witness-split-view",
                "the log has signed another tree of the size that was cosigned",
                remembered.root.hex(),
                checkpoint.root.hex(),
            )
        if now // 1000 < remembered.cosigned_s:
            return _objection(
                "witness-clock-back",
                "this witness's clock lies before its newest cosignature",
                f"{remembered.cosigned_s} or later",
                str(now // 1000),
            )
        return ()

    def _replay(
        self, source: LogSource, checkpoint: Checkpoint, watched: Remembered | None, now: int
    ) -> tuple[Objection, ...]:
        """Take what is new up to the checkpoint. First all of it is hashed: only then is any of it looked at."""
        start, size = self._replica.size, checkpoint.size
        if start < size:
            if self._replica.root_with(_at_most(source.entries(start, size), size - start)) != (size, checkpoint.root):
                return _objection(
                    "witness-inconsistent",
                    "the published checkpoint is not that of a log that begins with what this witness has",
                    f"root {checkpoint.root.hex()} at size {size}",
                    "entries that lead elsewhere, or too few",
                )

            def admit(index: int, time: int) -> Objection | None:
                return _against_time(index, time, watched, now)

            against = self._replica.follow(_at_most(source.entries(start, size), size - start), admit)
            if against:
                return against
        if self._replica.root_at(size) != checkpoint.root:
            return _objection(
                "witness-inconsistent",
                "the published checkpoint does not end with a batch of this log",
                f"a closing record as entry {size - 1}",
                f"size {size}",
            )
        return ()

    def _against_copy(self, remembered: Remembered) -> tuple[Objection, ...]:
        """The copy must be of the log that was cosigned: it may have been made anew from a forked one."""
        root = self._replica.root_at(remembered.size)
        if root == remembered.root:
            return ()
        return _objection(
            "witness-split-view",
            "the log does not begin with the tree that was cosigned",
            f"root {remembered.root.hex()} at size {remembered.size}",
            f"root {root.hex()}" if root is not None else "no batch that ends there",
        )

    def _lines(self, checkpoint: Checkpoint, text: str, time_s: int) -> Iterator[NoteSignature]:
        blob = self._signer.sign(cosigned_message_ed25519(text, time_s))
        yield self._checked(self.key, blob, checkpoint, text, time_s)
        if self._mldsa is not None and self.mldsa_key is not None:
            name = self.mldsa_key.name
            message = mldsa_message(name, time_s, checkpoint.origin, 0, checkpoint.size, checkpoint.root)
            yield self._checked(self.mldsa_key, self._mldsa.sign(message), checkpoint, text, time_s)

    @staticmethod
    def _checked(key: VerifierKey, blob: bytes, checkpoint: Checkpoint, text: str, time_s: int) -> NoteSignature:
        """The line, verified before it leaves: a wrong signature could give a key away."""
        line = NoteSignature(key.name, key.key_id, encode_cosignature(time_s, blob))
        if verify_cosignature(key, line, checkpoint, text) != time_s:
            raise SigningError(
                "signature-wrong",
                "the signer gave a signature that does not verify; it was not let out",
                remedy="check the signer and this machine before signing again",
            )
        return line


def _against_time(index: int, time: int, watched: Remembered | None, now: int) -> Objection | None:
    """What speaks against a batch's time; `watched` is None for who catches up."""
    if time > now + SKEW_MS:
        return Objection(
            "witness-time-ahead",
            "a batch's time lies more than five minutes ahead of this witness's clock",
            index,
            f"at most {now + SKEW_MS}",
            str(time),
        )
    # A copy that was lost and is made anew holds batches that were cosigned long ago.
    if watched is not None and index >= watched.size and time < watched.seen_ms - SKEW_MS:
        return Objection(
            "witness-time-behind",
            "a batch is dated more than five minutes before this witness last saw the log without it",
            index,
            f"at least {watched.seen_ms - SKEW_MS}",
            str(time),
        )
    return None


def _at_most(entries: Iterable[bytes], count: int) -> Iterator[bytes]:
    """No more entries than were asked for, whatever the source gives."""
    for _, raw in zip(range(count), entries, strict=False):
        yield raw


def _objection(code: str, what: str, expected: str, found: str) -> tuple[Objection, ...]:
    return (Objection(code, what, None, expected, found),)


def _declined(note: bytes, code: str, what: str, *, expected: str = "", found: str = "") -> Declined:
    return Declined((Objection(code, what, None, expected, found),), note)
