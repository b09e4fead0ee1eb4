"""An auditing witness: cosigns a checkpoint only after replaying, by itself, every statement under it.

A plain witness says that a log only grew. This one says besides that the judge accepts every statement, that every
state and the heads map follow from them, and that no batch was dated back while it watched: what makes a bundle's
completeness *attested*. Sources: C2SP tlog-cosignature, tlog-witness; protocol, "Time" and "Ledger".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice

from lotchain.core.checkpoints import Checkpoint, open_checkpoint_by
from lotchain.core.notes import ED25519_NOTE, Note, NoteSignature, VerifierKey
from lotchain.errors import Malformed
from lotchain.ledger.ports import Clock, LogReplica, LogSource, MLDSASigner, Objection, Signer
from lotchain.witness.cosigners import Cosigner, cosign, ed25519_cosigner, mldsa_cosigner
from lotchain.witness.remembering import Memory, Remembered

PrefixRoot = Callable[[int], bytes]
"""`prefix_root(n)`: the root over the first n entries of the checkpoint that a source has shown last."""

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
        more_log_keys: while the log changes its keys, the others: any one of each type must have signed.
        retiring: while the witness changes its keys, the old ones, which cosign, too.

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
        more_log_keys: Sequence[VerifierKey] = (),
        retiring: Sequence[Cosigner] = (),
    ) -> None:
        own = [ed25519_cosigner(name, signer), *([mldsa_cosigner(name, mldsa)] if mldsa is not None else [])]
        self.key = own[0].key
        self.mldsa_key = own[1].key if mldsa is not None else None
        self._cosigners = (*own, *retiring)
        self._replica = replica
        self._memory = memory
        self._log_keys = (log_key, *filter(None, (log_mldsa_key,)), *more_log_keys)
        self._clock = clock

    @property
    def keys(self) -> tuple[VerifierKey, ...]:
        """The keys that cosign, each with a line: the present ones first, then those that retire."""
        return tuple(cosigner.key for cosigner in self._cosigners)

    def look(
        self, source: LogSource, *, catching_up: bool = False, prefix_root: PrefixRoot | None = None
    ) -> Cosigned | Declined:
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
            prefix_root: for a source that binds every entry to the signed root before it gives it: what the log
                begins with. Entries are then read once; else all of them are hashed before any is looked at.

        Raises:
            StoreError: the source cannot be read, or those of the witness's own store and memory.
            SigningError: the witness's key cannot be used.

        """
        note = source.published()
        if note is None:
            return _declined(b"", "witness-nothing-published", "the log has published no checkpoint")
        try:
            checkpoint, parsed = open_checkpoint_by(note, self._log_keys)
        except Malformed as fault:
            return _declined(note, fault.code, fault.what, expected=fault.expected, found=fault.found)
        remembered = self._memory.read()
        now = self._clock.now()
        against = self._against_memory(checkpoint, remembered, now)
        if not against:
            watched = None if catching_up else remembered
            against = self._replay(source, checkpoint, note, watched, now, prefix_root)
        if not against and remembered is not None:
            against = self._against_copy(remembered)
        against = against or self._against_keys(parsed)
        if against:
            return Declined(against, note)
        self._replica.settle(checkpoint.size, note)
        self._memory.write(Remembered(checkpoint.origin, checkpoint.size, checkpoint.root, now // 1000, now))
        return Cosigned(checkpoint, cosign(self._cosigners, checkpoint, now // 1000), now // 1000)

    def _against_memory(self, checkpoint: Checkpoint, remembered: Remembered | None, now: int) -> tuple[Objection, ...]:
        """What speaks against it before anything is read: it goes back, or contradicts what was cosigned."""
        if remembered is None:
            # A memory that is gone is no leave to go back: the copy may hold what was cosigned.
            held = self._replica.size
            if checkpoint.size >= held:
                return ()
            return _objection(
                "witness-rolled-back",
                "the log has published an older checkpoint than this witness's own copy holds",
                f"size {held} or more",
                f"size {checkpoint.size}",
            )
        if remembered.origin != checkpoint.origin:
            return _objection(
                "witness-origin", "this witness cosigns another log", remembered.origin, checkpoint.origin
            )
        if checkpoint.size < remembered.size:
            known = self._replica.root_of(checkpoint.size)
            if known is not None and known != checkpoint.root:
                return _objection(
                    "witness-split-view",
                    "the log has signed another tree than the one that was cosigned begins with",
                    known.hex(),
                    checkpoint.root.hex(),
                )
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
        self,
        source: LogSource,
        checkpoint: Checkpoint,
        note: bytes,
        watched: Remembered | None,
        now: int,
        prefix_root: PrefixRoot | None,
    ) -> tuple[Objection, ...]:
        """Take what is new up to the checkpoint, once it is known to belong to that tree."""
        start, size = self._replica.size, checkpoint.size
        if start < size:
            if prefix_root is None:
                read = islice(source.entries(start, size), size - start)
                begins = self._replica.root_with(read) == (size, checkpoint.root)
            else:
                begins = not start or prefix_root(start) == self._replica.root_of(start)
            if not begins:
                return _objection(
                    "witness-inconsistent",
                    "the published checkpoint is not that of a log that begins with what this witness has",
                    f"root {checkpoint.root.hex()} at size {size}",
                    "entries that lead elsewhere, or too few",
                )

            def admit(index: int, time: int) -> Objection | None:
                return _against_time(index, time, watched, now)

            coming = islice(source.entries(start, size), size - start)
            against = self._replica.follow(coming, admit, size=size, note=note)
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

    def _against_keys(self, note: Note) -> tuple[Objection, ...]:
        """Where the founding authorities have listed the log's keys, one of them must have signed."""
        listed = self._replica.listed_keys()
        signed = [key for key in self._log_keys if key.kind == ED25519_NOTE and key.line_in(note) is not None]
        if not listed or any(key.digest in listed for key in signed):
            return ()
        return _objection(
            "witness-log-key",
            "the published checkpoint is signed by no key that the founding authorities have listed",
            f"one of {len(listed)} listed keys",
            ", ".join(f"key id {key.key_id.hex()}" for key in signed),
        )

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


def _objection(code: str, what: str, expected: str, found: str) -> tuple[Objection, ...]:
    return (Objection(code, what, None, expected, found),)


def _declined(note: bytes, code: str, what: str, *, expected: str = "", found: str = "") -> Declined:
    return Declined((Objection(code, what, None, expected, found),), note)
