"""A log that its operator keeps as it likes: any entries, any closing records, any heads roots, validly signed.

log = OwnLog(signer)
log.batch(time, statements)                       # as an honest ledger would
log.batch(time, statements, forced=True)          # what the judge refuses stands on the log all the same
log.batch(time, statements, closing=lambda r: r._replace(time=0).encode())
note = log.publish()
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.show.stage import WITNESS_KEYS, cosigned, key_from, policy_for
from tests.unit.world import ORIGIN

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.closing import ClosingRecord
from lotchain.errors import Malformed
from lotchain.events.reading import read_entry
from lotchain.ledger.checkpointing import log_key, sign_checkpoint
from lotchain.ledger.fold import Fold
from lotchain.ledger.ports import Publication
from lotchain.ledger.reader import Reader
from lotchain.ledger.replica import StoreSource
from lotchain.ledger.sealed import Sealed
from lotchain.signing import SoftwareSigner
from lotchain.storage.memory import MemoryStore
from lotchain.verify.policy import Policy

LOG = key_from("a log of its own")
LOG_KEY = log_key(ORIGIN, LOG)
WITNESSES = tuple(WITNESS_KEYS)

Closing = Callable[[ClosingRecord, Sealed], bytes]
"""(the honest closing record, the batch) → the bytes that stand there"""


class OwnLog:
    """One log in memory, its map honest beside whatever its closing records say."""

    def __init__(self, signer: SoftwareSigner = LOG, origin: str = ORIGIN, store: Any = None) -> None:
        self.signer = signer
        self.origin = origin
        self.store = MemoryStore() if store is None else store
        self.fold = Fold(self.store, origin)
        self.sealed: Sealed | None = None

    @property
    def size(self) -> int:
        return self.fold.size

    @property
    def charter(self) -> bytes:
        return bytes.fromhex(self.fold.charter)

    @property
    def source(self) -> StoreSource:
        return StoreSource(self.store)

    @property
    def reader(self) -> Reader:
        return Reader(self.store)

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        return self.store.entries(start, stop)

    def raw(self, index: int) -> bytes:
        return next(self.entries(index, index + 1))

    def policy(self) -> Policy:
        """Trust in this log's key, its charter, and both witnesses as auditors."""
        return policy_for(log_key(self.origin, self.signer), self.charter)

    def batch(
        self, time: int, statements: Iterable[bytes], *, forced: bool = False, closing: Closing | None = None
    ) -> list[bytes]:
        """One batch of what the judge accepts, or of everything; what stands on the log of it."""
        self.fold.open(time)
        taken = []
        for raw in statements:
            if self._offer(raw, forced):
                taken.append(raw)
        if not taken:
            self.fold.abandon()
            return []
        if closing is not None:
            # The record's place in the tree is fixed by its bytes, so the batch is closed twice: once to know it.
            sealed = self.fold.close()
            bytes_there = closing(sealed.record, sealed)
            self.fold.abandon()
            self.fold.open(time)
            for raw in taken:
                self._offer(raw, forced)
            sealed = self.fold.close(bytes_there)
        else:
            sealed = self.fold.close()
        note = sign_checkpoint(Checkpoint(self.origin, sealed.size, sealed.root), self.signer)
        self.store.append(sealed.batch(note))
        self.fold.commit()
        self.sealed = sealed
        return taken

    def _offer(self, raw: bytes, forced: bool) -> bool:
        try:
            reading = read_entry(raw)
        except Malformed:
            if forced:
                self.fold.take_unjudged(raw, hashlib.sha256(b"no statement" + raw).digest())
            return forced
        if self.fold.place_of(reading.statement.id) is not None:
            if forced:
                self.fold.take_unjudged(raw, hashlib.sha256(b"once more" + raw).digest())
            return forced
        if self.fold.offer(raw, reading=reading).index is not None:
            return True
        if forced:
            self.fold.take_unjudged(raw, reading.statement.id)
        return forced

    def publish(self, *, cosigned_at: int | None = None) -> bytes:
        """Publish the newest checkpoint; with both witnesses' cosignatures of that second, if it is given."""
        checkpoint = Checkpoint(self.origin, self.size, self.fold.root)
        note = sign_checkpoint(checkpoint, self.signer)
        if cosigned_at is not None:
            note = cosigned(note, checkpoint, cosigned_at)
        writes = self.fold.flush()
        self.store.publish(Publication(self.size, note, writes.tiles, writes.leaves))
        self.fold.flushed()
        return note
