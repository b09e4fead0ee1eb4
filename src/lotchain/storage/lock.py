"""A lock between processes: one writer at a time, and nobody else checkpoints meanwhile.

SQLite before 3.51.3 can damage a WAL file when two connections write or checkpoint at the same instant. Its
own locks do not prevent that, so every writing store takes this lock first. It is an advisory `flock` on an
empty file beside the store, gone with the process that held it, even one that was killed.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from types import TracebackType

from lotchain.errors import StoreError

if sys.platform != "win32":
    import fcntl

_FIRST_PAUSE = 0.0005
_LONGEST_PAUSE = 0.01


class WriterLock:
    """Held inside `with`; may be entered again by the thread that holds it.

    Entering raises `StoreError` `store-busy` when another process holds the lock for longer than `timeout`
    seconds. Not safe for several threads by itself: a store guards it with its own lock. On Windows it holds
    nothing, and SQLite's own locks stand alone.
    """

    def __init__(self, path: Path, timeout: float) -> None:
        self._timeout = timeout
        self._depth = 0
        self._name = path.name
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)

    def __enter__(self) -> WriterLock:
        if self._depth == 0:
            self._acquire()
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._depth -= 1
        if self._depth == 0 and sys.platform != "win32":
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def _acquire(self) -> None:
        if sys.platform == "win32":
            return
        deadline = time.monotonic() + self._timeout
        pause = _FIRST_PAUSE
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise StoreError(
                        "store-busy",
                        f"another process held {self._name} for {self._timeout:g} seconds; nothing was written",
                        remedy="try again; if it goes on, look for a second process on this ledger",
                    ) from None
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)

    def close(self) -> None:
        """Release the file; closing twice does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
