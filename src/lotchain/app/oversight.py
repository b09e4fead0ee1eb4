"""The feed of oversight: a ledger's log judged again from its bytes, statement by statement.

Nothing of it is kept: what follows from a log can be rebuilt from the log at any time. Nothing is written to the
ledger, and no key is needed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from lotchain.app.auditing import IN_MEMORY
from lotchain.app.folder import Folder
from lotchain.errors import StoreError
from lotchain.ledger.faults import Fault
from lotchain.ledger.fold import Fold
from lotchain.ledger.ports import Publication, Store
from lotchain.ledger.reader import Reader
from lotchain.ledger.walk import Walked, logged_batches, walk_batch
from lotchain.oversight.observed import Observed
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore

Progress = Callable[[int, int], None]
"""(entries read, entries in the log)"""
_CHUNK = 256
_FLUSH = 50_000


class Unsound(StoreError):
    """The log is not what an honest ledger could have written: `log-unsound`; `fault` says where and why."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(
            "log-unsound",
            "the log holds what it must not, so nothing is concluded from what follows",
            found=f"{fault.code} at entry {fault.index}",
            remedy="run lotchain audit; keep the file as evidence",
        )


class Feed:
    """A log followed from its beginning; what was appended meanwhile comes with the next call.

    Args:
        reader: the ledger's.
        scratch: an empty store, for what is rebuilt.
        origin: the log's name.

    """

    def __init__(self, reader: Reader, scratch: Store, origin: str) -> None:
        self._theirs = reader
        self._ours = scratch
        self._fold = Fold(scratch, origin, documents=self._document, check_rows=False)

    @property
    def size(self) -> int:
        """Entries read so far, closing records included."""
        return self._fold.size

    @property
    def time(self) -> int:
        """Closing time (ms) of the newest batch that was read; 0 before the first."""
        return self._fold.time

    def new(self, progress: Progress | None = None) -> Iterator[Observed]:
        """What stands on the log and was not given yet, up to where the log ends now.

        Raises:
            Unsound: an entry that an honest ledger could not hold; everything before its batch was given.
            StoreError: those of the stores.

        """
        size = self._theirs.size()
        for logged in logged_batches(self._entries(self._fold.size, size), self._fold.size):
            walked = walk_batch(self._fold, logged)
            if walked.faults or walked.sealed is None:
                self._fold.abandon()
                raise Unsound(walked.faults[0])
            self._ours.append(walked.sealed.batch(b""))
            self._fold.commit()
            if self._fold.size - self._fold.published_size > _FLUSH:
                self._flush()
            if progress is not None:
                progress(self._fold.size, size)
            yield from _observed(walked, self._fold.time)

    def _entries(self, start: int, stop: int) -> Iterator[bytes]:
        for first in range(start, stop, _CHUNK):
            yield from self._theirs.entries(first, min(first + _CHUNK, stop))

    def _document(self, digest: str) -> bytes | None:
        """An adopted rule set, as the ledger keeps it beside its log."""
        return self._theirs.opening(bytes.fromhex(digest))

    def _flush(self) -> None:
        """Bring what the fold holds of the heads map into the scratch store, so that memory stays flat."""
        writes = self._fold.flush()
        self._ours.publish(Publication(self._fold.size, b"", writes.tiles, writes.leaves))
        self._fold.flushed()


def observe(path: Path | str, *, progress: Progress | None = None) -> Iterator[Observed]:
    """Every judged statement of the ledger in a folder, in log order.

    Args:
        path: the ledger's folder; it may be appended to meanwhile, which is not seen.
        progress: told now and then how far the log is read.

    Raises:
        Unsound: see `Feed.new`.
        StoreError: `ledger-missing`, those of the store.
        Malformed: those of the configuration.

    """
    folder = Folder(Path(path))
    configuration = folder.read()
    store = SqliteStore.open(folder.store, read_only=True)
    try:
        head = store.head()
        large = head is not None and head.size > IN_MEMORY
        with tempfile.TemporaryDirectory(prefix="lotchain-oversight-") as scratch_folder:
            scratch = SqliteStore.create(Path(scratch_folder) / "scratch.db") if large else MemoryStore()
            try:
                yield from Feed(Reader(store), scratch, configuration.origin).new(progress)
            finally:
                scratch.close()
    finally:
        store.close()


def _observed(walked: Walked, time: int) -> Iterator[Observed]:
    for item in walked.statements:
        if item.reading is not None:
            yield Observed(item.index, time, item.reading, item.before, item.after, item.findings)
