"""A copy of somebody else's log, replayed: every statement judged, every state and the heads map recomputed.

It is what makes a witness an *auditing* one. The copy lives in an ordinary store, so it can be read, audited and
even taken over as a ledger's backup. Sources: protocol, "Ledger".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lotchain.core.tree import leaf_hash
from lotchain.ledger.faults import Fault
from lotchain.ledger.fold import Fold
from lotchain.ledger.ports import Admit, Objection, Publication, Store
from lotchain.ledger.walk import logged_batches, walk_batch


class Replica:
    """The port `LogReplica` over a store of one's own.

    Args:
        store: empty, or what an earlier run left.
        origin: the log's name.

    Raises:
        StoreError: those of the store; `store-corrupt`, when the copy contradicts itself.

    """

    def __init__(self, store: Store, origin: str) -> None:
        self._store = store
        self._fold = Fold(store, origin)

    @property
    def size(self) -> int:
        """Entries in the copy."""
        return self._fold.size

    def root_at(self, size: int) -> bytes | None:
        """See `LogReplica.root_at`."""
        row = self._store.batch_ending(size)
        return row.root if row is not None else None

    def root_with(self, entries: Iterable[bytes]) -> tuple[int, bytes]:
        """See `LogReplica.root_with`."""
        frontier = self._fold.frontier()
        for raw in entries:
            frontier.append(leaf_hash(raw))
        return frontier.size, frontier.root()

    def follow(self, entries: Iterable[bytes], admit: Admit) -> tuple[Objection, ...]:
        """See `LogReplica.follow`."""
        for logged in logged_batches(entries, self._fold.size):
            try:
                walked = walk_batch(self._fold, logged)
                objections = tuple(_objection(found) for found in walked.faults)
                if walked.sealed is not None and not objections:
                    record = walked.sealed.record
                    against = admit(record.end, record.time)
                    objections = (against,) if against is not None else ()
                if objections or walked.sealed is None:
                    return objections
                self._store.append(walked.sealed.batch(b""))
                self._fold.commit()
            finally:
                self._fold.abandon()
        return ()

    def settle(self, size: int, note: bytes) -> None:
        """See `LogReplica.settle`. A copy that has run ahead of the checkpoint only keeps its map pending."""
        if size != self._fold.size:
            return
        if self._fold.published_size == size:
            self._store.publish(Publication(size, note, (), ()), note_only=True)
            return
        writes = self._fold.flush()
        self._store.publish(Publication(size, note, writes.tiles, writes.leaves))
        self._fold.flushed()

    def close(self) -> None:
        """Release the store."""
        self._store.close()


class StoreSource:
    """The port `LogSource` over a ledger's store at hand, opened read-only where it is another's."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def published(self) -> bytes | None:
        """See `LogSource.published`."""
        found = self._store.published()
        return found[1] if found is not None else None

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """See `LogSource.entries`."""
        return self._store.entries(start, stop)


def _objection(found: Fault) -> Objection:
    finding = found.finding
    return Objection(finding.code, finding.kind.sentence, found.index, finding.expected, finding.found)
