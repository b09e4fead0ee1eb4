"""The high-water mark: the furthest that this ledger has ever signed, in a small file outside the database.

A database that was restored from yesterday's copy, or whose write-ahead log was cut off, looks perfectly
sound. The mark shows it. The file is text, so that it can be read and compared by hand:

    lotchain-mark/v1
    <origin>
    <size>
    <root, base64>
    <SHA-256 of the four lines above, hexadecimal>

A damaged mark accuses nobody of a roll-back: it is `mark-corrupt`, and never silently begun anew. It guards
against accidents and lazy fraud; who can write both files can wind both back, and then only the witnesses
remember.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import re
from pathlib import Path
from threading import RLock

from lotchain.errors import StoreError
from lotchain.ledger.ports import Mark
from lotchain.storage.lock import WriterLock

_FIRST_LINE = "lotchain-mark/v1"
_LONGEST = 4096
_LARGEST_SIZE = 2**63 - 1
_LOCK_SECONDS = 5.0

_HELP = (
    "compare the ledger's newest checkpoint with a witness, a backup or a bundle; "
    "if it is the furthest of them, remove this file: the next append writes it anew"
)


class FileHighWaterMark:
    """The mark in a file; replaced by rename, so that a crash leaves the old one or the new one."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._mutex = RLock()

    def read(self) -> Mark | None:
        """See `HighWaterMark.read`. Raises `mark-corrupt`, or `mark-io` where it cannot be read."""
        try:
            with self._path.open("rb") as file:
                data = file.read(_LONGEST + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._io("read", error) from error
        return _parsed(data, self._path)

    def write(self, mark: Mark, *, sync: bool) -> None:
        """See `HighWaterMark.write`.

        Raises `StoreError` `mark-backwards` (a smaller size), `mark-conflict` (another root at the same size,
        or another ledger's origin), `mark-corrupt` (the one there is damaged), `store-busy` or `mark-io`; the
        file is then untouched.
        """
        data = _encoded(mark)
        with self._mutex:
            try:
                lock = WriterLock(self._path.with_name(self._path.name + "-lock"), _LOCK_SECONDS)
                with contextlib.closing(lock), lock:
                    _require_forward(self.read(), mark)
                    self._replace(data, sync)
            except OSError as error:
                raise self._io("written", error) from error

    def _replace(self, data: bytes, sync: bool) -> None:
        unfinished = self._path.with_name(self._path.name + "-new")
        with unfinished.open("wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        unfinished.replace(self._path)
        if sync:
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def _io(self, done: str, error: OSError) -> StoreError:
        return StoreError("mark-io", f"the high-water mark {self._path} cannot be {done}: {error.strerror}")


class MemoryHighWaterMark:
    """The mark of a ledger in memory, with the same refusals."""

    def __init__(self) -> None:
        self._mark: Mark | None = None
        self._mutex = RLock()

    def read(self) -> Mark | None:
        """See `HighWaterMark.read`."""
        return self._mark

    def write(self, mark: Mark, *, sync: bool) -> None:
        """See `HighWaterMark.write`; `sync` makes no difference here."""
        _encoded(mark)
        with self._mutex:
            _require_forward(self._mark, mark)
            self._mark = mark


def _require_forward(old: Mark | None, new: Mark) -> None:
    if old is None:
        return
    if old.origin != new.origin:
        raise StoreError(
            "mark-conflict",
            "the high-water mark is another ledger's",
            expected=f"origin {old.origin}",
            found=new.origin,
        )
    if new.size < old.size:
        raise StoreError(
            "mark-backwards",
            "this ledger has signed further already; the mark never goes back",
            expected=f"size {old.size} or more",
            found=f"size {new.size}",
            remedy="see whether the database was rolled back, or another process appended meanwhile",
        )
    if new.size == old.size and new.root != old.root:
        raise StoreError(
            "mark-conflict",
            f"this ledger has signed another root at size {old.size}",
            expected=old.root.hex(),
            found=new.root.hex(),
            remedy="do not sign: two histories of one ledger exist",
        )


def _encoded(mark: Mark) -> bytes:
    if len(mark.root) != 32 or not 0 <= mark.size <= _LARGEST_SIZE or not _is_origin(mark.origin):
        raise StoreError("mark-format", "this cannot stand in a high-water mark", found=repr(mark))
    root = base64.b64encode(mark.root).decode("ascii")
    body = f"{_FIRST_LINE}\n{mark.origin}\n{mark.size}\n{root}\n".encode()
    return body + _seal(body)


def _seal(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode("ascii") + b"\n"


def _is_origin(origin: str) -> bool:
    return 0 < len(origin) <= 1000 and origin.isprintable()


def _parsed(data: bytes, path: Path) -> Mark:
    """The mark in a file's bytes: read leniently, encoded again, and compared byte for byte."""
    first = data.split(b"\n", 1)[0]
    other_version = re.fullmatch(rb"lotchain-mark/v[0-9]{1,4}", first) and first != _FIRST_LINE.encode()
    if other_version and data[-65:] == _seal(data[:-65]):
        raise StoreError(
            "version-unsupported",
            f"the high-water mark {path} was written by another lotchain",
            expected=_FIRST_LINE,
            found=first.decode("ascii", "replace"),
        )
    try:
        _, origin, size, root, _, _ = data.decode("utf-8").split("\n")
        mark = Mark(origin, int(size), base64.b64decode(root, validate=True))
        if _encoded(mark) == data:
            return mark
    except (ValueError, StoreError):  # UnicodeDecodeError and binascii.Error are ValueErrors
        pass
    raise StoreError(
        "mark-corrupt",
        f"the high-water mark {path} is damaged",
        expected="five lines, the last of them the SHA-256 of the others",
        found=f"{len(data)} bytes beginning {data[:16]!r}",
        remedy=_HELP,
    )
