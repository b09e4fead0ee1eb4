"""Reading ahead: while one chunk is worked on, a thread fetches the next, so that a line costs no time of its own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable

_MOST = 2
_LOOK_S = 0.1


def read_ahead(chunks: Iterable[list[bytes]], most: int = _MOST) -> Generator[list[bytes], None, None]:
    """The chunks in order, read by a thread at most `most` ahead of whoever takes them.

    What reading raises is raised where the chunk would have come. Closing the generator ends the thread, once the chunk
    that it is reading has come or failed; until then `chunks` is the thread's alone.
    """
    coming: queue.Queue[list[bytes] | BaseException | None] = queue.Queue(most)
    ended = threading.Event()

    def put(item: list[bytes] | BaseException | None) -> None:
        while not ended.is_set():
            try:
                coming.put(item, timeout=_LOOK_S)
                return
            except queue.Full:
                continue

    def work() -> None:
        try:
            for chunk in chunks:
                put(chunk)
                if ended.is_set():
                    return
            put(None)
        except BaseException as fault:
            put(fault)

    worker = threading.Thread(target=work, name="reading ahead", daemon=True)
    worker.start()
    try:
        while (came := coming.get()) is not None:
            if isinstance(came, BaseException):
                raise came
            yield came
    finally:
        ended.set()
        worker.join()
