"""One SQLite connection as lotchain wants it: its settings read back, and its errors in our own codes."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lotchain.errors import StoreError
from lotchain.storage import refusals

_SETTINGS = (
    ("synchronous", "FULL", 2),  # under WAL, NORMAL loses acknowledged rows in a power cut
    ("recursive_triggers", "ON", 1),
    ("foreign_keys", "ON", 1),
    ("secure_delete", "ON", 1),  # an erased opening is overwritten, not only unlinked
    ("trusted_schema", "OFF", 0),  # an auditor opens files that others made
)

_CODES = {
    sqlite3.SQLITE_FULL: ("store-full", "the disk is full", "make room, then try again"),
    sqlite3.SQLITE_READONLY: ("store-read-only", "the store cannot be written", "open it read-only"),
    sqlite3.SQLITE_IOERR: ("store-io", "the disk failed", "look at the disk before trying again"),
    sqlite3.SQLITE_BUSY: ("store-busy", "another process holds the store", "try again"),
    sqlite3.SQLITE_LOCKED: ("store-busy", "another process holds the store", "try again"),
    sqlite3.SQLITE_PROTOCOL: ("store-busy", "another process holds the store", "try again"),
    sqlite3.SQLITE_CORRUPT: ("store-corrupt", "the file is damaged", "restore it from a backup"),
    sqlite3.SQLITE_NOTADB: ("store-corrupt", "this is not an SQLite file", "restore it from a backup"),
    sqlite3.SQLITE_CANTOPEN: ("store-io", "the file cannot be opened", "see who may read and write there"),
}


def store_error(error: sqlite3.Error, path: Path) -> StoreError:
    """An SQLite error as a `StoreError` with one of our codes; an unknown one is `store-io`."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code & 0xFF == sqlite3.SQLITE_CONSTRAINT:
        if refusals.is_written_once(str(error)):
            return refusals.written_once(str(error))
        # The engine compared the head first, so a broken constraint means that the tables disagree with it.
        return StoreError(
            "store-corrupt",
            f"the tables of {path.name} contradict each other or the batch; nothing was written",
            found=str(error),
            remedy="audit this ledger",
        )
    known = _CODES.get(code & 0xFF, ("store-io", "SQLite failed", ""))
    parent = path.parent
    if code & 0xFF == sqlite3.SQLITE_CANTOPEN and parent.is_dir() and not os.access(parent, os.W_OK):
        known = _CODES[sqlite3.SQLITE_READONLY]
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return StoreError(known[0], f"{path.name}: {known[1]}", found=f"{name}: {error}", remedy=known[2])


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Let no SQLite error out but as a `StoreError`."""
    try:
        yield
    except sqlite3.Error as error:
        raise store_error(error, path) from error


def connect(path: Path, query: str, timeout: float) -> sqlite3.Connection:
    """A connection with our settings, in explicit-transaction mode; `query` is SQLite's URI query.

    Raises `store-io` when a setting does not read back as it was set, and SQLite's own errors as they are.
    """
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{query}",
        uri=True,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _settle(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _settle(connection: sqlite3.Connection, path: Path) -> None:
    for name, value, number in _SETTINGS:
        connection.execute(f"PRAGMA {name} = {value}").fetchall()
        found = connection.execute(f"PRAGMA {name}").fetchall()
        if found != [(number,)]:
            raise StoreError(
                "store-io",
                f"{path.name}: SQLite did not take {name} = {value}; without it the store keeps no promise",
                expected=str(number),
                found=str(found),
            )


def require_wal(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `store-io` unless the file is, or can be put, in WAL mode (some network drives cannot)."""
    found = connection.execute("PRAGMA journal_mode = WAL").fetchall()[0][0]
    if found != "wal":
        raise StoreError(
            "store-io",
            f"{path.name}: SQLite cannot keep a write-ahead log here",
            expected="journal mode wal",
            found=str(found),
            remedy="put the ledger on a local disk",
        )


@dataclass(frozen=True, slots=True)
class Stillness:
    """What a file read without any lock looked like at opening, to notice a writer afterwards."""

    path: Path
    mtime_ns: int
    size: int

    @classmethod
    def of(cls, path: Path) -> Stillness:
        """The file as it stands now. Raises `store-io` where that cannot be seen."""
        try:
            status = path.stat()
        except OSError as error:
            raise unreadable(path, error) from error
        return cls(path, status.st_mtime_ns, status.st_size)

    def require(self) -> None:
        """Raise `store-busy` when the file changed since, or a write-ahead log appeared beside it."""
        if Stillness.of(self.path) != self or has_wal(self.path):
            raise StoreError(
                "store-busy",
                f"{self.path.name} was written while it was being read without a lock",
                remedy="open it again",
            )


def unreadable(path: Path, error: OSError) -> StoreError:
    """`store-io`: the operating system does not let us see the file."""
    return StoreError(
        "store-io",
        f"{path.name} cannot be read: {error.strerror}",
        remedy="see who may read the file and its folder",
    )


def has_wal(path: Path) -> bool:
    """Whether a write-ahead log with content stands beside a file."""
    wal = beside(path, "-wal")
    return wal.exists() and wal.stat().st_size > 0


def beside(path: Path, ending: str) -> Path:
    """A companion file's path: the whole file name with `ending` appended."""
    return path.with_name(path.name + ending)
