"""Making and opening the SQLite file: whole or not at all, of our format, with its guards, or not opened."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from pathlib import Path

from lotchain.errors import StoreError
from lotchain.storage import schema
from lotchain.storage.connection import (
    Stillness,
    beside,
    connect,
    has_wal,
    require_wal,
    translated,
    unreadable,
)
from lotchain.storage.lock import WriterLock

_CACHE_KIB = 16_384
"""Of a connection that writes: a group of batches fits, and is not spilled to the disk before its end."""


def create_file(path: Path, timeout: float) -> None:
    """An empty store at a path where nothing is. Raises `store-exists`, or what a disk gives."""
    unfinished = beside(path, f"-new-{os.getpid()}")
    try:
        for taken in (path, beside(path, "-wal"), beside(path, "-shm")):
            if taken.exists():
                raise _exists(taken)
        with translated(path):
            connection = connect(unfinished, "mode=rwc", timeout)
            try:
                require_wal(connection, path)
                schema.bring_up(connection)
            finally:
                connection.close()
        _put(unfinished, path)
    except OSError as error:
        raise StoreError("store-io", f"{path.name} cannot be created: {error.strerror}") from error
    finally:
        for rest in ("", "-wal", "-shm"):
            with contextlib.suppress(OSError):
                beside(unfinished, rest).unlink()


def _exists(path: Path) -> StoreError:
    return StoreError(
        "store-exists",
        f"{path} is there already; a store is never written over",
        remedy="choose another place, or move the file away together with its -wal and -shm",
    )


def _put(unfinished: Path, path: Path) -> None:
    """Give a finished file its name, durably, without ever replacing another."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        raise _exists(path) from None
    except OSError:  # a file system without hard links
        if path.exists():
            raise _exists(path) from None
        unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def require_file(path: Path) -> None:
    """Raise `store-missing` where no file is, and `store-io` where one cannot see whether there is."""
    try:
        there = path.is_file()
    except OSError as error:
        raise unreadable(path, error) from error
    if not there:
        raise StoreError(
            "store-missing",
            f"there is no ledger at {path}",
            remedy="restore it from a backup; a new ledger is only made when asked for",
        )


def writer_lock(path: Path, timeout: float) -> WriterLock:
    """The lock that a writing store holds while it writes. Raises `store-read-only` or `store-io`."""
    lock = beside(path, "-lock")
    try:
        return WriterLock(lock, timeout)
    except OSError as error:
        read_only = error.errno in (errno.EACCES, errno.EPERM, errno.EROFS)
        raise StoreError(
            "store-read-only" if read_only else "store-io",
            f"{lock.name} cannot be opened: {error.strerror}",
            remedy="open the store read-only, or see who may write in its folder" if read_only else "",
        ) from error


def for_writing(path: Path, timeout: float) -> sqlite3.Connection:
    """A connection that may write, on a file of our format and newest schema."""
    with translated(path):
        connection = connect(path, "mode=rw", timeout)
        try:
            version = schema.version_of(connection)
            require_wal(connection, path)
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}").fetchall()
            # SQLite opens a write-protected file silently for reading only; this asks it to mean it.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
            if version < len(schema.STEPS):
                schema.bring_up(connection)
            schema.require_guards(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def for_reading(path: Path, timeout: float) -> tuple[sqlite3.Connection, Stillness | None]:
    """A connection that cannot write to the ledger.

    In a folder where one may not write, and with no writer at work, SQLite can only read without any lock; then
    the file's looks come too, to be asked after every read.
    """
    with translated(path):
        try:
            return _checked(connect(path, "mode=ro", timeout)), None
        except sqlite3.OperationalError as error:
            # A WAL file needs its -shm file beside it, which nobody can make in another's folder.
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
                raise
        still = Stillness.of(path)
        _require_no_wal(path)
        return _checked(connect(path, "immutable=1", timeout)), still


def _checked(connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        if schema.version_of(connection) < len(schema.STEPS):
            raise StoreError(
                "version-unsupported",
                "the store has an older schema, and it is opened read-only",
                remedy="let its owner open it once with this lotchain",
            )
        schema.require_guards(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _require_no_wal(path: Path) -> None:
    if has_wal(path):
        raise StoreError(
            "store-read-only",
            f"{path.name} has a write-ahead log, and its -shm file can neither be read nor made",
            remedy="copy the file and its -wal to a folder of your own, and open the copy",
        )
