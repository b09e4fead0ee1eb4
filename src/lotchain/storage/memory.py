"""A ledger's store in memory: for tests, trials and the scratch side of an audit. Nothing outlives the
process.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Any

from lotchain.ledger.ports import Batch, BatchRow, Publication, StoredHead, SubjectRow
from lotchain.storage import refusals
from lotchain.storage.shape import require_publication_shape, require_shape


class MemoryStore:
    """The store port over dictionaries, with the same refusals as the engines on disk.

    Safe for several threads. A batch is checked whole before the first write, so that a refusal leaves
    nothing.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._closed = False
        self._head: StoredHead | None = None
        self._published: tuple[int, bytes] | None = None
        self._entries: list[bytes] = []
        self._index_of: dict[bytes, int] = {}
        self._subjects: dict[str, SubjectRow] = {}
        self._changed_at: dict[str, int] = {}
        self._histories: dict[str, list[int]] = {}
        self._batches: list[BatchRow] = []
        self._tiles: dict[int, bytes] = {}
        self._nodes: dict[tuple[int, int], bytes] = {}
        self._map_tiles: dict[tuple[int, bytes], bytes] = {}
        self._map_leaves: dict[bytes, bytes] = {}
        self._map_keys: list[bytes] | None = []
        self._openings: dict[bytes, bytes] = {}

    def head(self) -> StoredHead | None:
        """See `Store.head`."""
        self._require_open()
        return self._head

    def published(self) -> tuple[int, bytes] | None:
        """See `Store.published`."""
        self._require_open()
        return self._published

    def append(self, batch: Batch) -> None:
        """See `Store.append`."""
        require_shape(batch)
        with self._lock:
            self._require_open()
            self._refuse(batch)
            start, end = batch.row.start, batch.row.end
            self._entries.extend(batch.entries)
            self._index_of.update((name, start + n) for n, name in enumerate(batch.statement_ids))
            self._subjects.update(batch.subjects)
            self._changed_at.update(dict.fromkeys(batch.subjects, end))
            for name, _, index in batch.histories:
                self._histories.setdefault(name, []).append(index)
            self._tiles.update(batch.tiles)
            self._nodes.update(((level, index), digest) for level, index, digest in batch.nodes)
            for digest, opening in batch.openings.items():
                self._openings.setdefault(digest, opening)
            self._batches.append(batch.row)
            self._head = batch.head

    @contextmanager
    def together(self) -> Iterator[None]:
        """See `Store.together`. Takes a copy of everything before, to go back to."""
        with self._lock:
            self._require_open()
            before = {name: _copied(value) for name, value in vars(self).items() if name != "_lock"}
            try:
                yield
            except BaseException:
                vars(self).update(before)
                raise

    def _refuse(self, batch: Batch) -> None:
        size = self._head.size if self._head else 0
        if size != batch.expected_size:
            raise refusals.head_moved(batch.expected_size, size)
        new_ids = set(batch.statement_ids)
        if len(new_ids) != len(batch.statement_ids) or not new_ids.isdisjoint(self._index_of):
            raise refusals.written_once("statement-exists")
        grown: dict[str, int] = {}
        for name, position, _ in batch.histories:
            if position != grown.get(name, len(self._histories.get(name, ()))):
                raise refusals.written_once("history-moved")
            grown[name] = position + 1
        numbers = [n for n, _ in batch.tiles]
        if len(set(numbers)) != len(numbers) or not self._tiles.keys().isdisjoint(numbers):
            raise refusals.written_once("tile-exists")
        places = [(level, index) for level, index, _ in batch.nodes]
        if len(set(places)) != len(places) or not self._nodes.keys().isdisjoint(places):
            raise refusals.written_once("node-exists")

    def publish(self, publication: Publication, note_only: bool = False) -> None:
        """See `Store.publish`."""
        require_publication_shape(publication)
        with self._lock:
            self._require_open()
            published = self._published[0] if self._published else 0
            if publication.size < published:
                raise refusals.publication_older(publication.size, published)
            limit = published if note_only else (self._head.size if self._head else 0)
            if publication.size > limit:
                raise refusals.publication_ahead(publication.size, limit)
            self._published = (publication.size, publication.note)
            if note_only:
                return
            for bits, prefix, tile in publication.map_tiles:
                if tile is None:
                    self._map_tiles.pop((bits, prefix), None)
                else:
                    self._map_tiles[bits, prefix] = tile
            self._map_leaves.update(publication.map_leaves)
            self._map_keys = None

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """See `Store.entries`."""
        self._require_open()
        start = max(start, 0)
        return iter(self._entries[start : max(stop, start)])

    def index_of(self, statement_id: bytes) -> int | None:
        """See `Store.index_of`."""
        self._require_open()
        return self._index_of.get(statement_id)

    def indexes_of(self, statement_ids: Sequence[bytes]) -> dict[bytes, int]:
        """See `Store.indexes_of`."""
        self._require_open()
        known = self._index_of
        return {name: known[name] for name in statement_ids if name in known}

    def subject(self, name: str) -> SubjectRow | None:
        """See `Store.subject`."""
        self._require_open()
        return self._subjects.get(name)

    def subjects(self) -> Iterator[tuple[str, SubjectRow]]:
        """See `Store.subjects`."""
        with self._lock:
            self._require_open()
            return iter(sorted(self._subjects.items()))

    def subjects_named(self, prefix: str) -> list[str]:
        """See `Store.subjects_named`."""
        with self._lock:
            self._require_open()
            return sorted(name for name in self._subjects if name.startswith(prefix))

    def changed_since(self, size: int) -> list[tuple[str, SubjectRow]]:
        """See `Store.changed_since`."""
        with self._lock:
            self._require_open()
            return sorted((name, self._subjects[name]) for name, end in self._changed_at.items() if end >= size)

    def history(self, name: str) -> list[int]:
        """See `Store.history`."""
        self._require_open()
        return list(self._histories.get(name, ()))

    def batch_of(self, index: int) -> BatchRow | None:
        """See `Store.batch_of`."""
        self._require_open()
        place = bisect_left(self._batches, index, key=lambda row: row.end)
        return self._batches[place] if index >= 0 and place < len(self._batches) else None

    def batch_ending(self, size: int) -> BatchRow | None:
        """See `Store.batch_ending`."""
        row = self.batch_of(size - 1)
        return row if row and row.end == size - 1 else None

    def batches(self) -> Iterator[BatchRow]:
        """See `Store.batches`."""
        self._require_open()
        return iter(list(self._batches))

    def tile(self, n: int) -> bytes | None:
        """See `Store.tile`."""
        self._require_open()
        return self._tiles.get(n)

    def node(self, level: int, index: int) -> bytes | None:
        """See `Store.node`."""
        self._require_open()
        return self._nodes.get((level, index))

    def map_tile(self, bits: int, prefix: bytes) -> bytes | None:
        """See `Store.map_tile`."""
        self._require_open()
        return self._map_tiles.get((bits, prefix))

    def map_leaves(self, key_from: bytes, key_to: bytes) -> list[tuple[bytes, bytes]]:
        """See `Store.map_leaves`."""
        with self._lock:
            self._require_open()
            if self._map_keys is None:
                self._map_keys = sorted(self._map_leaves)
            first, last = bisect_left(self._map_keys, key_from), bisect_right(self._map_keys, key_to)
            return [(key, self._map_leaves[key]) for key in self._map_keys[first:last]]

    def opening(self, digest: bytes) -> bytes | None:
        """See `Store.opening`."""
        self._require_open()
        return self._openings.get(digest)

    def keep_opening(self, digest: bytes, opening: bytes) -> None:
        """See `Store.keep_opening`."""
        with self._lock:
            self._require_open()
            self._openings.setdefault(digest, opening)

    def erase_opening(self, digest: bytes) -> bool:
        """See `Store.erase_opening`."""
        with self._lock:
            self._require_open()
            return self._openings.pop(digest, None) is not None

    def row_counts(self) -> dict[str, int]:
        """See `Store.row_counts`."""
        with self._lock:
            self._require_open()
            return {
                "entries": len(self._entries),
                "statements": len(self._index_of),
                "subjects": len(self._subjects),
                "histories": sum(map(len, self._histories.values())),
                "batches": len(self._batches),
                "tree_tiles": len(self._tiles),
                "tree_nodes": len(self._nodes),
                "map_tiles": len(self._map_tiles),
                "map_leaves": len(self._map_leaves),
                "openings": len(self._openings),
            }

    def close(self) -> None:
        """See `Store.close`."""
        self._closed = True

    def _require_open(self) -> None:
        if self._closed:
            raise refusals.closed()


def _copied(value: Any) -> Any:
    """A member of the store, so that later changes of the store do not reach it."""
    if isinstance(value, dict):
        return {key: value[key].copy() if isinstance(value[key], list) else value[key] for key in value}
    return value.copy() if isinstance(value, list) else value
