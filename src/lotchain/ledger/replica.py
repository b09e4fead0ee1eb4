"""A copy of somebody else's log, replayed: every statement judged, every state and the heads map recomputed.

It is what makes a witness an *auditing* one. The copy lives in an ordinary store, so it can be read, audited, served
and even taken over as a ledger's backup. Sources: protocol, "Ledger".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lotchain.core.tree import leaf_hash
from lotchain.errors import LotchainError, StoreError
from lotchain.ledger.checkpointing import listed_keys
from lotchain.ledger.faults import Fault
from lotchain.ledger.fold import Fold
from lotchain.ledger.ports import Admit, Objection, Publication, Store
from lotchain.ledger.reader import Reader
from lotchain.ledger.signature_checks import SignatureChecks
from lotchain.ledger.walk import LoggedBatch, logged_batches, walk_batch

GROUP = 2_000
"""Entries after which batches are written, together: a durable commit costs the same for one as for many."""
UNSETTLED = 100_000
"""Changes of subjects after which the heads map goes to the store although no checkpoint stands there."""


class Replica:
    """The port `LogReplica` over a store of one's own.

    Batches are judged one by one and written in groups; a process that is killed goes on from the last whole group.

    Args:
        store: empty, or what an earlier run left.
        origin: the log's name.
        group: entries after which what was judged is written.

    Raises:
        StoreError: those of the store; `store-corrupt`, when the copy contradicts itself.

    """

    def __init__(self, store: Store, origin: str, *, group: int = GROUP) -> None:
        self._store = store
        self._origin = origin
        self._group = group
        self._checks = SignatureChecks()
        self._fold: Fold | None = Fold(store, origin, only_states=True)
        self._unsettled = 0

    @property
    def size(self) -> int:
        """Entries in the copy."""
        return self._standing().size

    @property
    def time(self) -> int:
        """The newest batch's time, ms; 0 for an empty copy."""
        return self._standing().time

    def _standing(self) -> Fold:
        """The fold at the store's end; begun anew where a write has failed."""
        if self._fold is None:
            self._fold = Fold(self._store, self._origin, only_states=True)
        return self._fold

    def root_at(self, size: int) -> bytes | None:
        """See `LogReplica.root_at`."""
        row = self._store.batch_ending(size)
        return row.root if row is not None else None

    def root_of(self, size: int) -> bytes | None:
        """See `LogReplica.root_of`."""
        return Reader(self._store).root(size) if size <= self.size else None

    def root_with(self, entries: Iterable[bytes]) -> tuple[int, bytes]:
        """See `LogReplica.root_with`."""
        frontier = self._standing().frontier()
        for raw in entries:
            frontier.append(leaf_hash(raw))
        return frontier.size, frontier.root()

    def follow(
        self, entries: Iterable[bytes], admit: Admit, *, size: int = 0, note: bytes = b""
    ) -> tuple[Objection, ...]:
        """See `LogReplica.follow`."""
        coming = _UpToFault(entries)
        batches = logged_batches(coming, self.size)
        while (first := next(batches, None)) is not None and coming.fault is None:
            objections = self._take_group(first, batches, coming, admit, (size, note))
            if objections:
                return objections
            if self._unsettled > UNSETTLED and self.size != size:
                self._publish(b"")
        if coming.fault is not None:
            raise coming.fault
        return ()

    def _take_group(
        self,
        first: LoggedBatch,
        batches: Iterator[LoggedBatch],
        coming: _UpToFault,
        admit: Admit,
        end: tuple[int, bytes],
    ) -> tuple[Objection, ...]:
        """Judge batches and write those that are sound, up to the group's measure or the first that is not."""
        fold, limit = self._standing(), first.start + self._group
        logged: LoggedBatch | None = first
        try:
            with self._store.together():
                while logged is not None and coming.fault is None:
                    objections = self._take(fold, logged, admit, end)
                    if objections or fold.size >= limit:
                        return objections
                    logged = next(batches, None)
        except BaseException:
            self._fold = None  # it stands where the store does not
            raise
        return ()

    def _take(self, fold: Fold, logged: LoggedBatch, admit: Admit, end: tuple[int, bytes]) -> tuple[Objection, ...]:
        """One batch. Whether a statement stands on the log already is asked only once something is wrong with it."""
        try:
            if not self._taken(fold, logged, admit, end, surely_new=True):
                return ()
        except StoreError as fault:
            if fault.code != "statement-exists":
                raise
        return self._taken(fold, logged, admit, end, surely_new=False)

    def _taken(
        self, fold: Fold, logged: LoggedBatch, admit: Admit, end: tuple[int, bytes], *, surely_new: bool
    ) -> tuple[Objection, ...]:
        try:
            walked = walk_batch(fold, logged, surely_new=surely_new, checks=self._checks)
            objections = tuple(_objection(found) for found in walked.faults)
            if walked.sealed is not None and not objections:
                record = walked.sealed.record
                against = admit(record.end, record.time)
                objections = (against,) if against is not None else ()
            if objections or walked.sealed is None:
                return objections
            self._store.append(walked.sealed.batch(end[1] if walked.sealed.size == end[0] else b""))
            self._unsettled += len(walked.sealed.subjects)
            fold.commit()
        finally:
            fold.abandon()
        return ()

    def listed_keys(self) -> tuple[str, ...]:
        """See `LogReplica.listed_keys`."""
        return listed_keys(self._store)

    def settle(self, size: int, note: bytes) -> None:
        """See `LogReplica.settle`. A copy that has run ahead of the checkpoint only keeps its map pending."""
        fold = self._standing()
        if size != fold.size:
            return
        published = self._store.published()
        if published is not None and published[0] == size:
            if published[1] != note:
                self._store.publish(Publication(size, note, (), ()), note_only=True)
            return
        self._publish(note)

    def _publish(self, note: bytes) -> None:
        """Bring the stored heads map to the copy's end; without a note it only spares memory, and nothing is shown."""
        fold = self._standing()
        writes = fold.flush()
        self._store.publish(Publication(fold.size, note, writes.tiles, writes.leaves))
        fold.flushed()
        self._unsettled = 0

    def close(self) -> None:
        """Release thread and store."""
        self._checks.close()
        self._store.close()


class _UpToFault:
    """Entries up to where their source fails: what came before it is whole, and shall not be lost with it."""

    def __init__(self, entries: Iterable[bytes]) -> None:
        self._entries = iter(entries)
        self.fault: LotchainError | None = None

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._entries)
        except LotchainError as error:
            self.fault = error
            raise StopIteration from None


class StoreSource:
    """The port `LogSource` over a ledger's store at hand, opened read-only where it is another's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def published(self) -> bytes | None:
        """See `LogSource.published`."""
        found = self._store.published()
        return found[1] if found is not None and found[1] else None

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """See `LogSource.entries`."""
        return self._store.entries(start, stop)


def _objection(found: Fault) -> Objection:
    finding = found.finding
    return Objection(finding.code, finding.kind.sentence, found.index, finding.expected, finding.found)
