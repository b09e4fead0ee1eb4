"""A ledger's store in one SQLite file, with the standard library's driver and our own SQL.

WAL with `synchronous=FULL`: after an append has returned, neither a crash nor a power cut loses it. Several
processes may read the file; one at a time writes, under a lock file beside it. Other programs should open it
with `mode=ro`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import RLock
from typing import Any

from lotchain.errors import StoreError
from lotchain.ledger.ports import Batch, BatchRow, Publication, StoredHead, SubjectRow
from lotchain.storage import opening, refusals, writes
from lotchain.storage.connection import Stillness, store_error, translated
from lotchain.storage.ranges import LARGEST, first_beyond, fitting
from lotchain.storage.shape import require_publication_shape, require_shape

_CHUNK = 256
"""Rows fetched at a time by the iterating reads, so that no read stays open while the caller works."""

_WHOLE = ("BEGIN IMMEDIATE", "COMMIT", ("ROLLBACK",))
_PART = ("SAVEPOINT part", "RELEASE part", ("ROLLBACK TO part", "RELEASE part"))

_SUBJECT = "name, state, length, chain"
_BATCH = "start_index, end_index, time_ms, root"
_COUNTED = (
    "entries", "statements", "subjects", "histories", "batches",
    "tree_tiles", "tree_nodes", "map_tiles", "map_leaves", "openings",
)  # fmt: skip


class SqliteStore:
    """The store port over one SQLite file; make one with `create` or `open`.

    Safe for several threads (they take turns). After a failed commit the connection is closed and a new one
    opened before anything else is done: once fsync has failed, what the old one believes of the disk is not
    to be trusted. Codes beyond the port's: `store-missing`, `store-exists`, `store-format`,
    `version-unsupported`, `store-busy` (try again), `store-closed`, and `outcome-unknown` (the commit failed,
    and what it wrote may stand all the same: read the head again).
    """

    def __init__(self, path: Path, *, read_only: bool, timeout: float) -> None:
        self._path = path
        self._read_only = read_only
        self._timeout = timeout
        self._mutex = RLock()
        self._closed = False
        self._still: Stillness | None = None
        self._connection: sqlite3.Connection | None = None
        self._lock = None if read_only else opening.writer_lock(path, timeout)

    @classmethod
    def create(cls, path: Path | str, *, timeout: float = 5.0) -> SqliteStore:
        """A new, empty store at a path where nothing is; it appears whole or not at all.

        Raises `store-exists` when the file is there, or the write-ahead log of one that was.
        """
        path = Path(path)
        opening.create_file(path, timeout)
        return cls.open(path, timeout=timeout)

    @classmethod
    def open(cls, path: Path | str, read_only: bool = False, *, timeout: float = 5.0) -> SqliteStore:
        """The store at a path; an older schema is brought up first, unless it is opened read-only.

        With `read_only` the ledger is only read, so that an auditor can look at what only its owner may write
        (SQLite may leave an empty -wal and a -shm beside it, where it may). `timeout`: seconds to wait for
        another writer.

        Raises `StoreError`: `store-missing` (never a new empty ledger instead), `store-format`,
        `store-corrupt`, `version-unsupported`, `store-read-only`, `store-busy`, `store-io`.
        """
        path = Path(path)
        opening.require_file(path)
        store = cls(path, read_only=read_only, timeout=timeout)
        try:
            store._live()
        except BaseException:
            store.close()
            raise
        return store

    # Connection

    def _live(self) -> sqlite3.Connection:
        """The connection, opened anew where there is none."""
        with self._mutex:
            if self._closed:
                raise refusals.closed()
            if self._connection is None:
                if self._lock is None:
                    self._connection, self._still = opening.for_reading(self._path, self._timeout)
                else:
                    with self._lock:
                        self._connection = opening.for_writing(self._path, self._timeout)
            return self._connection

    def close(self) -> None:
        """See `Store.close`."""
        with self._mutex:
            self._closed = True
            self._drop()
            if self._lock is not None:
                self._lock.close()
                self._lock = None

    def _drop(self) -> None:
        """Close the connection, whatever it says; the last one of a file checkpoints, so under the lock."""
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with contextlib.suppress(sqlite3.Error):
            if self._lock is None:
                connection.close()
                return
            try:
                with self._lock:
                    connection.close()
            except StoreError:
                connection.close()

    # Reading and writing

    def _rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        with self._mutex:
            try:
                rows = self._live().execute(sql, parameters).fetchall()
            except sqlite3.Error as error:
                raise store_error(error, self._path) from error
            if self._still is not None:
                self._still.require()
            return rows

    def _one(self, sql: str, parameters: Sequence[object] = ()) -> Any:
        rows = self._rows(sql, parameters)
        return rows[0] if rows else None

    def _blob(self, sql: str, *parameters: object) -> bytes | None:
        rows: list[tuple[bytes]] = self._rows(sql, parameters)
        return rows[0][0] if rows else None

    def _write(self, work: Callable[[sqlite3.Connection], None], stands: Callable[[], bool], what: str) -> None:
        """Run `work` in one transaction; after a failed commit, `stands` tells whether it is stored."""
        with self._transaction(stands, what) as connection:
            work(connection)

    @contextlib.contextmanager
    def _transaction(self, stands: Callable[[], bool], what: str) -> Iterator[sqlite3.Connection]:
        """A transaction of its own, or, inside `together`, a part of that one which is undone by itself."""
        with self._mutex:
            connection = self._live()
            if self._lock is None:
                raise StoreError("store-read-only", f"{self._path.name} was opened read-only")
            with self._lock:
                begin, end, undo = _PART if connection.in_transaction else _WHOLE
                try:
                    connection.execute(begin)
                    yield connection
                except BaseException as error:
                    self._roll_back(connection, undo)
                    if isinstance(error, sqlite3.Error):
                        raise store_error(error, self._path) from error
                    raise
                try:
                    connection.execute(end)
                except sqlite3.Error as error:
                    self._drop()
                    raise self._after_failed_commit(error, stands, what) from error

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """See `Store.together`."""
        ends: list[StoredHead | None] = []
        with self._transaction(lambda: self.head() == ends[0], "the group of batches"):
            yield
            ends.append(self.head())

    def _roll_back(self, connection: sqlite3.Connection, undo: Sequence[str]) -> None:
        try:
            for step in undo if connection.in_transaction else ():
                connection.execute(step)
        except sqlite3.Error:
            self._drop()

    def _after_failed_commit(self, error: sqlite3.Error, stands: Callable[[], bool], what: str) -> StoreError:
        failed = store_error(error, self._path)
        try:
            stored = stands()
        except StoreError as second:
            return StoreError(
                "outcome-unknown",
                f"{failed.what}; the commit failed, and whether {what} is stored cannot be read",
                found=f"{failed.found}; then {second.code}",
                remedy="read the head again when the store answers; submitting the same again is safe",
            )
        if stored:
            return StoreError(
                "outcome-unknown",
                f"{failed.what}; the commit failed, yet {what} is stored",
                found=failed.found,
                remedy="look at the disk, then read the head again; submitting the same again is safe",
            )
        return StoreError(
            failed.code,
            f"{failed.what}; {what} was not stored",
            found=failed.found,
            remedy=failed.remedy,
        )

    # The log's ends

    def head(self) -> StoredHead | None:
        """See `Store.head`."""
        row = self._one("SELECT size, note, frontier FROM head")
        return StoredHead(*row) if row else None

    def published(self) -> tuple[int, bytes] | None:
        """See `Store.published`."""
        row: tuple[int, bytes] | None = self._one("SELECT size, note FROM published")
        return row

    def append(self, batch: Batch) -> None:
        """See `Store.append`."""
        require_shape(batch)
        self._write(
            lambda connection: writes.append(connection, batch),
            lambda: self.head() == batch.head,
            "the batch",
        )

    def publish(self, publication: Publication, note_only: bool = False) -> None:
        """See `Store.publish`."""
        require_publication_shape(publication)
        self._write(
            lambda connection: writes.publish(connection, publication, note_only),
            lambda: self.published() == (publication.size, publication.note),
            "the publication",
        )

    # The log

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        """See `Store.entries`. Fetched 256 at a time."""
        for first in range(max(start, 0), min(stop, LARGEST), _CHUNK):
            rows = self._rows(
                "SELECT bytes FROM entries WHERE log_index >= ? AND log_index < ? ORDER BY log_index",
                (first, min(first + _CHUNK, stop)),
            )
            yield from (entry for (entry,) in rows)
            if not rows:
                return

    def index_of(self, statement_id: bytes) -> int | None:
        """See `Store.index_of`."""
        rows: list[tuple[int]] = self._rows("SELECT log_index FROM statements WHERE id = ?", (statement_id,))
        return rows[0][0] if rows else None

    def indexes_of(self, statement_ids: Sequence[bytes]) -> dict[bytes, int]:
        """See `Store.indexes_of`."""
        found: dict[bytes, int] = {}
        for first in range(0, len(statement_ids), _CHUNK):
            asked = statement_ids[first : first + _CHUNK]
            marks = ",".join("?" * len(asked))
            found.update(self._rows(f"SELECT id, log_index FROM statements WHERE id IN ({marks})", asked))  # noqa: S608
        return found

    def batch_of(self, index: int) -> BatchRow | None:
        """See `Store.batch_of`."""
        if not 0 <= index <= LARGEST:
            return None
        row = self._one(
            f"SELECT {_BATCH} FROM batches WHERE end_index >= ? ORDER BY end_index LIMIT 1",  # noqa: S608
            (index,),
        )
        return BatchRow(*row) if row else None

    def batch_ending(self, size: int) -> BatchRow | None:
        """See `Store.batch_ending`."""
        row = self.batch_of(size - 1)
        return row if row and row.end == size - 1 else None

    def batches(self) -> Iterator[BatchRow]:
        """See `Store.batches`. Fetched 256 at a time."""
        last = -1
        while rows := self._rows(
            f"SELECT {_BATCH} FROM batches WHERE end_index > ? ORDER BY end_index LIMIT {_CHUNK}",  # noqa: S608
            (last,),
        ):
            yield from (BatchRow(*row) for row in rows)
            last = rows[-1][1]

    def tile(self, n: int) -> bytes | None:
        """See `Store.tile`."""
        return self._blob("SELECT hashes FROM tree_tiles WHERE n = ?", fitting(n))

    def node(self, level: int, index: int) -> bytes | None:
        """See `Store.node`."""
        return self._blob(
            "SELECT hash FROM tree_nodes WHERE level = ? AND position = ?", fitting(level), fitting(index)
        )

    # Subjects

    def subject(self, name: str) -> SubjectRow | None:
        """See `Store.subject`."""
        row = self._one("SELECT state, length, chain FROM subjects WHERE name = ?", (name,))
        return SubjectRow(*row) if row else None

    def subjects(self) -> Iterator[tuple[str, SubjectRow]]:
        """See `Store.subjects`. Fetched 256 at a time."""
        # An empty name sorts first, so the first comparison takes it in and the later ones do not.
        last, compare = "", ">="
        while rows := self._rows(
            f"SELECT {_SUBJECT} FROM subjects WHERE name {compare} ? ORDER BY name LIMIT {_CHUNK}",  # noqa: S608
            (last,),
        ):
            yield from ((row[0], SubjectRow(*row[1:])) for row in rows)
            last, compare = rows[-1][0], ">"

    def subjects_named(self, prefix: str) -> list[str]:
        """See `Store.subjects_named`."""
        beyond = first_beyond(prefix)
        if beyond is None:
            rows = self._rows("SELECT name FROM subjects WHERE name >= ? ORDER BY name", (prefix,))
        else:
            rows = self._rows("SELECT name FROM subjects WHERE name >= ? AND name < ? ORDER BY name", (prefix, beyond))
        return [name for (name,) in rows]

    def changed_since(self, size: int) -> list[tuple[str, SubjectRow]]:
        """See `Store.changed_since`."""
        rows = self._rows(
            f"SELECT {_SUBJECT} FROM subjects WHERE changed_at >= ? ORDER BY name",  # noqa: S608
            (fitting(size),),
        )
        return [(row[0], SubjectRow(*row[1:])) for row in rows]

    def history(self, name: str) -> list[int]:
        """See `Store.history`."""
        rows = self._rows(
            "SELECT log_index FROM histories WHERE subject = (SELECT number FROM subjects WHERE name = ?) "
            "ORDER BY position",
            (name,),
        )
        return [index for (index,) in rows]

    # The published map, and what is kept beside the log

    def map_tile(self, bits: int, prefix: bytes) -> bytes | None:
        """See `Store.map_tile`."""
        return self._blob("SELECT tile FROM map_tiles WHERE bits = ? AND prefix = ?", fitting(bits), prefix)

    def map_leaves(self, key_from: bytes, key_to: bytes) -> list[tuple[bytes, bytes]]:
        """See `Store.map_leaves`."""
        return self._rows("SELECT key, leaf FROM map_leaves WHERE key BETWEEN ? AND ? ORDER BY key", (key_from, key_to))

    def opening(self, digest: bytes) -> bytes | None:
        """See `Store.opening`."""
        return self._blob("SELECT opening FROM openings WHERE digest = ?", digest)

    def keep_opening(self, digest: bytes, opening: bytes) -> None:
        """See `Store.keep_opening`."""
        self._write(lambda to: writes.keep(to, digest, opening), lambda: bool(self.opening(digest)), "the opening")

    def erase_opening(self, digest: bytes) -> bool:
        """See `Store.erase_opening`. Its bytes are overwritten in the file, and the write-ahead log is
        emptied.

        Where a reader holds the write-ahead log just then, the bytes leave it at a later checkpoint.
        """
        if self.opening(digest) is None:
            return False
        self._write(lambda to: writes.erase(to, digest), lambda: self.opening(digest) is None, "the erasure")
        self._checkpoint()
        return True

    def row_counts(self) -> dict[str, int]:
        """See `Store.row_counts`."""
        counts = ", ".join(f"(SELECT count(*) FROM {table})" for table in _COUNTED)  # noqa: S608
        return dict(zip(_COUNTED, self._one(f"SELECT {counts}"), strict=True))

    def _checkpoint(self) -> None:
        """Empty the write-ahead log into the file, as far as readers allow."""
        with self._mutex, translated(self._path):
            connection = self._live()
            if self._lock is not None:
                with self._lock:
                    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
