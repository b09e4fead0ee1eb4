"""Readers for several requests at once: each a connection of its own, opened read-only, used by one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition

from lotchain.errors import StoreError
from lotchain.ledger.reader import Reader

_WAIT_S = 10.0


class Readers:
    """At most `most` readers, opened when first needed and kept.

    Args:
        open_reader: opens one over the ledger, read-only.
        most: how many may be open at once.

    """

    def __init__(self, open_reader: Callable[[], Reader], most: int = 4) -> None:
        self._open = open_reader
        self._free: list[Reader] = []
        self._room = most
        self._closed = False
        self._changed = Condition()

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """One for the caller alone. One that failed is closed, so that the next request opens the store anew.

        Raises:
            StoreError: `store-busy`, when all stay in use; `store-closed`; those of opening the store.

        """
        reader = self._take()
        try:
            yield reader
        except StoreError:
            self._give(None)
            reader.close()
            raise
        except BaseException:
            self._give(reader)
            raise
        self._give(reader)

    def _take(self) -> Reader:
        with self._changed:
            if not self._changed.wait_for(lambda: self._closed or self._free or self._room, _WAIT_S):
                raise StoreError("store-busy", "too many requests read the ledger at once", remedy="try again")
            if self._closed:
                raise StoreError("store-closed", "the service is shutting down")
            if self._free:
                return self._free.pop()
            self._room -= 1
        try:
            return self._open()
        except BaseException:
            self._give(None)
            raise

    def _give(self, reader: Reader | None) -> None:
        with self._changed:
            if reader is None:
                self._room += 1
            elif self._closed:
                reader.close()
            else:
                self._free.append(reader)
            self._changed.notify()

    def close(self) -> None:
        """Close those that are free now, and the others when they are given back. Closing twice does nothing."""
        with self._changed:
            self._closed = True
            free, self._free = self._free, []
            self._changed.notify_all()
        for reader in free:
            reader.close()
