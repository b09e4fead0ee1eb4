"""Append and publish: the ledger's writing end.

`submit` returns only when what it accepted is stored durably under a signed checkpoint: no promises. One process
should write; a second one does no harm, since every batch is a compare-and-append on the log's size.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lotchain.core.checkpoints import Checkpoint, open_checkpoint_by
from lotchain.core.closing import is_closing
from lotchain.core.notes import NoteSignature, VerifierKey
from lotchain.core.statements import audience_of
from lotchain.custody.findings import Finding
from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.events.reading import Reading, read_entry
from lotchain.ledger import checkpointing
from lotchain.ledger.checkpointing import LogSigners
from lotchain.ledger.fold import MAX_BATCH, Fold, Judged
from lotchain.ledger.mark import advance, require_store_not_behind
from lotchain.ledger.openings import DOCUMENT_MISSING, openings_of, require_openings
from lotchain.ledger.ports import (
    Clock,
    HighWaterMark,
    Mark,
    MLDSASigner,
    Publication,
    Signer,
    Store,
    StoredHead,
)
from lotchain.ledger.reader import Reader, corrupt
from lotchain.ledger.receipts import Answer, Receipt, Refused, given_again, malformed_finding
from lotchain.ledger.sealed import Sealed

_TRIES = 5
_NONE = LogSigners(())


class Ledger:
    """One ledger, open for appending. For one thread; `group.SharedLedger` serves several."""

    def __init__(
        self,
        store: Store,
        mark: HighWaterMark,
        *,
        origin: str,
        signer: Signer,
        clock: Clock,
        mldsa: MLDSASigner | None = None,
        announce: Callable[[bytes], None] | None = None,
        retiring: LogSigners = _NONE,
    ) -> None:
        self.origin = origin
        self.key = checkpointing.log_key(origin, signer)
        self.mldsa_key = checkpointing.mldsa_log_key(origin, mldsa) if mldsa is not None else None
        self.reader = Reader(store)
        self._store = store
        self._mark = mark
        self._keys = LogSigners(
            (signer, *retiring.signers), (*filter(None, (mldsa,)), *retiring.mldsa), retiring.former
        )
        self._clock = clock
        self._announce = announce
        self._fold: Fold
        self._head: StoredHead | None
        self._marked: Mark | None
        self._load()

    @classmethod
    def open(
        cls,
        store: Store,
        mark: HighWaterMark,
        *,
        origin: str,
        signer: Signer,
        clock: Clock,
        mldsa: MLDSASigner | None = None,
        announce: Callable[[bytes], None] | None = None,
        retiring: LogSigners = _NONE,
    ) -> Ledger:
        """The ledger in a store, ready to append; an empty store is a new ledger.

        Args:
            store: its home.
            mark: the high-water mark, kept apart from the store.
            origin: the log's name, which is also its key's name.
            signer: the log's Ed25519 key.
            clock: whose time the batches get.
            mldsa: the log's ML-DSA-44 key, which signs published checkpoints, too.
            announce: is given every note that is published, after the store has it.
            retiring: while the log changes its keys, the old ones, which sign beside the new ones; and those of before.

        Raises:
            StoreError: `store-missing`, `store-rolled-back`, `store-forked` (see `mark`); `store-corrupt`; those of
                the store and of the mark.
            UsageError: `log-key`, when the newest checkpoint was signed by none of these keys.
            Malformed: for an origin that cannot be one.

        """
        return cls(
            store, mark, origin=origin, signer=signer, clock=clock, mldsa=mldsa, announce=announce, retiring=retiring
        )

    def _load(self) -> None:
        """Stand at the store's end, if it may be signed on; else stay as before, and refuse again next time."""
        audience_of(self.origin, None)
        marked = self._mark.read()
        fold = self._fold_at_end()
        require_store_not_behind(marked, self._store, fold.head, self.origin)
        if fold.head is not None:
            self._require_own(fold, fold.head)
        self._fold, self._head, self._marked = fold, fold.head, marked

    def _fold_at_end(self) -> Fold:
        """A fold over the store as it stands; where another process wrote meanwhile, begun again."""
        for _ in range(_TRIES):
            ends = self._store.published(), self._store.head()
            try:
                return Fold(self._store, self.origin)
            except StoreError:
                if (self._store.published(), self._store.head()) == ends:
                    raise
        raise StoreError("store-busy", "another process writes faster than this one can read", remedy="try again")

    def _require_own(self, fold: Fold, head: StoredHead) -> None:
        """The newest checkpoint must be this log's, by a key of now or before, over just these entries."""
        try:
            checkpoint, _ = open_checkpoint_by(head.note, self._keys.ever(self.origin))
        except Malformed as fault:
            raise UsageError(
                "log-key",
                "the newest checkpoint of this store was not signed by this key for this origin",
                expected=self.key.encode(),
                found=str(fault),
                remedy="open the ledger with its own key and origin",
            ) from fault
        if (checkpoint.size, checkpoint.root) != (fold.size, fold.root):
            raise corrupt(f"the newest checkpoint is not that of the log's {fold.size} entries")

    def _moved(self) -> bool:
        """Whether another process appended or published since this one last looked."""
        published = self._store.published()
        if (published[0] if published else 0) != self._fold.published_size:
            return True
        return self._store.head() != self._head

    def _catch_up(self) -> None:
        """Before anything is judged or signed: stand at the store's end, and not behind the mark.

        The mark is looked at each time, since a copy of this store elsewhere may have signed under it, too.
        """
        marked = self._mark.read()
        if self._moved():
            self._load()
        elif marked != self._marked:
            require_store_not_behind(marked, self._store, self._head, self.origin)
            self._marked = marked

    @property
    def size(self) -> int:
        """Entries in the log, closing records included."""
        return self._fold.size

    @property
    def time(self) -> int:
        """The newest batch's time in ms since 1970; 0 for an empty ledger."""
        return self._fold.time

    def audience(self) -> str:
        """What statements for this ledger name as their audience; the origin alone until there is a charter."""
        charter = self._fold.charter
        return audience_of(self.origin, bytes.fromhex(charter) if charter else None)

    def close(self) -> None:
        """Release the store. Closing twice does nothing."""
        self._store.close()

    # Append

    def submit(self, packet: Sequence[bytes], openings: Mapping[bytes, bytes] | None = None) -> list[Answer]:
        """Judge statements in the order given and store what is accepted, in one batch, durably.

        Each is judged after the effects of those before it; a refused one takes no index, and those after it are
        judged all the same. Where nothing is accepted, nothing is written. After an exception nothing was stored,
        unless it is `outcome-unknown` or one of the mark's; submitting the same again is always safe.

        Args:
            packet: at most 1,000 statements.
            openings: digest of a hidden field → its encoded opening; those that belong to accepted statements are
                kept beside the log, the others are not kept at all.

        Returns:
            One answer a statement, in the order given.

        Raises:
            UsageError: `batch-too-large`.
            Malformed: `hidden-format`, for openings that open nothing.
            StoreError: those of store and mark, `root-differs`.
            SigningError: the log's key cannot be used, or gave a wrong signature.

        """
        if len(packet) > MAX_BATCH:
            raise UsageError(
                "batch-too-large", "too many statements at once", expected=f"at most {MAX_BATCH}", found=len(packet)
            )
        # What is kept here already was read as it came.
        require_openings({key: given for key, given in (openings or {}).items() if self._store.opening(key) != given})
        self._catch_up()
        try:
            return self._append(packet, openings or {})
        except StoreError as fault:
            # A map that another process published meanwhile also looks like a contradiction in the store.
            if fault.code not in ("head-moved", "store-corrupt") or not self._moved():
                raise
        self._load()
        return self._append(packet, openings or {})

    def _append(self, packet: Sequence[bytes], openings: Mapping[bytes, bytes]) -> list[Answer]:
        fold = self._fold
        fold.open(max(self._clock.now(), fold.time), openings)
        try:
            judged = [self._judge(raw, openings) for raw in packet]
            if not fold.pending:
                fold.abandon()
                return [self._answer(outcome, None, b"") for outcome in judged]
            sealed = fold.close()
            note = self._sign(sealed)
            accepted = [done.reading for done in judged if isinstance(done, Judged) and done.index is not None]
            self._write(sealed, note, openings_of(openings, accepted))
        except BaseException:
            fold.abandon()
            raise
        reached = Mark(self.origin, sealed.size, sealed.root)
        advance(self._mark, self._store, reached, sync=False)
        return [self._answer(outcome, sealed, note) for outcome in judged]

    def _judge(self, raw: bytes, beside: Mapping[bytes, bytes]) -> Judged | Refused | tuple[bytes, int]:
        """One statement: judged, refused unread, or (id, index) of one that is there already."""
        reading: Reading | None = None
        try:
            if is_closing(raw):
                raise Malformed(
                    "statement-malformed",
                    "a closing record is written by the ledger alone",
                    expected="a signed statement",
                    found=raw[:24].hex(),
                )
            reading = read_entry(raw)
            known = self._fold.place_of(reading.statement.id)
            if known is not None:
                return reading.statement.id, known
            missing = [name for name in reading.event.documents_kept() if not self._kept(bytes.fromhex(name), beside)]
            if missing:
                finding = Finding(DOCUMENT_MISSING, reading.statement.subject, reading.statement.hex_id, missing[0])
                return Refused((finding,), reading.statement.id)
            return self._fold.offer(raw, reading=reading)
        except Malformed as fault:
            statement = reading.statement if reading else None
            finding = malformed_finding(fault, statement.hex_id if statement else "")
            return Refused((finding,), statement.id if statement else None)

    def _kept(self, digest: bytes, beside: Mapping[bytes, bytes]) -> bool:
        return digest in beside or self._store.opening(digest) is not None

    def _sign(self, sealed: Sealed) -> bytes:
        checkpointing.require_root(self._head.frontier if self._head else None, sealed.entries, sealed.root)
        return self._keys.sign(Checkpoint(self.origin, sealed.size, sealed.root))

    def _write(self, sealed: Sealed, note: bytes, openings: Mapping[bytes, bytes]) -> None:
        """One durable, atomic append. A commit of unknown outcome is looked up, since the store may hold it."""
        batch = sealed.batch(note, openings)
        try:
            self._store.append(batch)
        except StoreError as fault:
            if fault.code != "outcome-unknown" or self._store.head() != batch.head:
                raise
        self._fold.commit()
        self._head = batch.head

    def _answer(self, outcome: Judged | Refused | tuple[bytes, int], sealed: Sealed | None, note: bytes) -> Answer:
        if isinstance(outcome, Refused):
            return outcome
        if isinstance(outcome, tuple):
            statement_id, index = outcome
            if sealed is None or index < sealed.record.start:
                return self._first(statement_id, index)
            return Receipt(statement_id, index, sealed.record.time, sealed.size, note, again=True)
        statement, findings = outcome.reading.statement, outcome.judgement.findings
        if outcome.index is None or sealed is None:
            return Refused(findings, statement.id)
        return Receipt(statement.id, outcome.index, sealed.record.time, sealed.size, note, findings)

    def _first(self, statement_id: bytes, index: int) -> Receipt:
        """The receipt that was given when the statement was first accepted."""
        newest = Checkpoint(self.origin, self._fold.size, self._fold.root)
        return given_again(statement_id, index, self._store.batch_of(index), self.reader, newest, self._keys)

    # Publish

    def candidate(self) -> tuple[Checkpoint, bytes]:
        """The newest checkpoint as it would be published, for witnesses to cosign; the mark knows it from now on.

        Where it is published already, the note has the cosignatures that it gained.

        Raises:
            UsageError: `ledger-empty`.
            SigningError: `log-key-not-listed`, when the founding authorities have listed other keys.
            StoreError, SigningError: as for `submit`.

        """
        self._catch_up()
        head = self._head
        if head is None:
            raise UsageError("ledger-empty", "an empty ledger has nothing to publish", remedy="submit its charter")
        checkpoint = Checkpoint(self.origin, head.size, self._fold.root)
        published = self._store.published()
        standing = published[1] if published is not None and published[0] == head.size else head.note
        note = self._keys.complete(standing, checkpoint, self._clock.now() // 1000)
        checkpointing.require_listed(self._store, note, self._keys.ever(self.origin))
        # Nobody may see a checkpoint that this ledger could forget having signed.
        advance(self._mark, self._store, Mark(self.origin, head.size, checkpoint.root), sync=True)
        return checkpoint, note

    def publish(self) -> bytes:
        """Publish the newest checkpoint and bring the stored heads map to it; returns its note.

        It bears the signatures of all the log's present keys. Where the newest checkpoint is published already, that
        note is given, with the cosignatures that it gained.

        Raises: as `candidate`.

        """
        _, note = self.candidate()
        return self._put(note)

    def publish_cosigned(
        self, checkpoint: Checkpoint, lines: Sequence[tuple[NoteSignature, VerifierKey]]
    ) -> bytes | None:
        """Publish a `candidate` with the cosignatures gathered for it; None when the log has moved on meanwhile.

        Raises:
            UsageError: `cosignature-invalid`, `cosignature-older`; and what `candidate` raises.

        """
        newest, note = self.candidate()
        if newest != checkpoint:
            return None
        for signature, key in lines:
            note = checkpointing.add_line(note, checkpoint, key, signature)
        return self._put(note)

    def _put(self, note: bytes) -> bytes:
        """Publish the newest checkpoint under this note, or put the note in the place of the one that is published."""
        head, published = self._head, self._store.published()
        if head is None:
            raise corrupt("the log's end is gone")
        if published is None or published[0] != head.size:
            return self._publish(head, note)
        if published[1] != note:
            self._store.publish(Publication(head.size, note, (), ()), note_only=True)
            self._tell(note)
        return note

    def _publish(self, head: StoredHead, note: bytes) -> bytes:
        writes = self._fold.flush()
        try:
            self._store.publish(Publication(head.size, note, writes.tiles, writes.leaves))
        except StoreError as fault:
            if fault.code != "outcome-unknown" or self._store.published() != (head.size, note):
                raise
        self._fold.flushed()
        self._tell(note)
        return note

    def _tell(self, note: bytes) -> None:
        if self._announce is not None:
            self._announce(note)

    def add_cosignature(self, signature: NoteSignature, key: VerifierKey) -> bytes:
        """Put a witness's cosignature on the published checkpoint, and return the note with it.

        Whose cosignatures are taken is for the caller: `key` comes from the ledger's own list of witnesses.

        Raises:
            UsageError: `nothing-published`, `cosignature-invalid`, `cosignature-older`.
            StoreError: those of the store.

        """
        checkpoint, note = self.reader.published()
        with_line = checkpointing.add_line(note, checkpoint, key, signature)
        if with_line != note:
            self._store.publish(Publication(checkpoint.size, with_line, (), ()), note_only=True)
            self._tell(with_line)
        return with_line
