"""What a plain witness must never forget, one file a log: the latest checkpoint that it cosigned.

    lotchain-cosigned/v1
    <origin>
    <SHA-256 of the lines above and the note below, hexadecimal>
    <the note, with the log's and the witness's lines; nothing where none was cosigned yet>

A file is replaced by rename, and synced before a cosignature leaves the house. Beginning a log writes its file; one
that is missing later is a fault and never a fresh start, since a witness that forgets cosigns a second tree.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import RLock

from lotchain.errors import StoreError
from lotchain.storage.lock import WriterLock

_FIRST_LINE = b"lotchain-cosigned/v1\n"
_LONGEST = 300_000
_LOCK_SECONDS = 5.0
_HELP = "do not begin anew: bring back the newest copy, or retire this witness's key"


class CosignedFiles:
    """The port `witness.growing.CosignedNotes` over a folder. Safe for threads and for processes."""

    def __init__(self, folder: Path | str) -> None:
        self._folder = Path(folder)
        self._mutex = RLock()

    def path_of(self, origin: str) -> Path:
        """The log's file: its name is the SHA-256 of the origin."""
        return self._folder / f"{sha256(origin.encode('utf-8')).hexdigest()}.cosigned"

    def begin(self, origin: str) -> None:
        """Make the file of a log that is to be watched; one that is there already is left as it is.

        Raises:
            StoreError: `store-full`, `store-read-only`, `store-io`, `store-busy`.

        """
        with self._alone(origin) as path:
            if not path.exists():
                self._replace(path, _encoded(origin, b""))

    def read(self, origin: str) -> bytes:
        """See `CosignedNotes.read`."""
        path = self.path_of(origin)
        try:
            with path.open("rb") as file:
                data = file.read(_LONGEST + 1)
        except FileNotFoundError:
            raise _forgotten(path, "is missing, although the log was begun") from None
        except OSError as fault:
            raise _of_system(path, "read", fault) from fault
        _, stated, _, note = (*data.split(b"\n", 3), b"", b"", b"")[:4]
        if stated != origin.encode("utf-8") or len(data) > _LONGEST or _encoded(origin, note) != data:
            raise _forgotten(path, "is damaged, or of another version")
        return note

    def exchange(self, origin: str, expected: bytes, note: bytes) -> bool:
        """See `CosignedNotes.exchange`."""
        with self._alone(origin) as path:
            if self.read(origin) != expected:
                return False
            self._replace(path, _encoded(origin, note))
            return True

    @contextmanager
    def _alone(self, origin: str) -> Iterator[Path]:
        """Nobody else reads and replaces the log's file meanwhile."""
        path = self.path_of(origin)
        with self._mutex:
            try:
                lock = WriterLock(path.with_suffix(".lock"), _LOCK_SECONDS)
            except OSError as fault:
                raise _of_system(path, "locked", fault) from fault
            with contextlib.closing(lock), lock:
                yield path

    def _replace(self, path: Path, data: bytes) -> None:
        """On the disk when this returns. After a failed sync the old or the new note stands; none was promised."""
        unfinished = path.with_suffix(".new")
        try:
            with unfinished.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
            handle = os.open(path.parent, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as fault:
            raise _of_system(path, "written", fault) from fault


def _encoded(origin: str, note: bytes) -> bytes:
    head = _FIRST_LINE + origin.encode("utf-8") + b"\n"
    return head + sha256(head + note).hexdigest().encode("ascii") + b"\n" + note


def _forgotten(path: Path, what: str) -> StoreError:
    return StoreError("witness-memory", f"the witness's memory {path} {what}", remedy=_HELP)


def _of_system(path: Path, done: str, fault: OSError) -> StoreError:
    codes = dict.fromkeys((errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)), "store-full")
    codes |= dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), "store-read-only")
    code = codes.get(fault.errno or 0, "store-io")
    return StoreError(code, f"the witness's memory {path} cannot be {done}: {fault.strerror}; nothing was cosigned")
