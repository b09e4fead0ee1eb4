"""The high-water mark at work: a ledger whose store is behind what it once signed, or beside it, does not sign.

The mark is read *before* the store, and the store is written before the mark; so a mark ahead of the store can only
mean that the store went back.
"""

from __future__ import annotations

from lotchain.errors import StoreError
from lotchain.ledger.ports import HighWaterMark, Mark, Store, StoredHead

_REMEDY = (
    "do not sign with this copy: bring back the newest one, or rebuild it from a witness or a follower, "
    "and compare it with the published checkpoints"
)


def require_store_not_behind(mark: Mark | None, store: Store, head: StoredHead | None, origin: str) -> None:
    """Refuse a store that does not hold what was signed.

    Args:
        mark: as read before `head` was.
        store: the ledger's store.
        head: its end, read after the mark.
        origin: the ledger's name.

    Raises:
        StoreError: `store-missing` (an empty store, but the ledger has signed), `store-rolled-back` (a shorter log
            than was signed), `store-forked` (another log at that size, or another ledger's mark).

    """
    if mark is None:
        return
    if mark.origin != origin:
        raise StoreError(
            "store-forked",
            "the high-water mark is another ledger's",
            expected=origin,
            found=mark.origin,
            remedy="see which of store, mark and configuration was moved here from another ledger",
        )
    if mark.size == 0:
        return
    signed = f"a log of at least {mark.size} entries"
    if head is None:
        raise StoreError(
            "store-missing",
            "the store is empty, but this ledger has signed checkpoints",
            expected=signed,
            found="no entry",
            remedy=_REMEDY,
        )
    if mark.size > head.size:
        raise StoreError(
            "store-rolled-back",
            "the store ends before what this ledger has signed already",
            expected=signed,
            found=f"{head.size} entries",
            remedy=_REMEDY,
        )
    row = store.batch_ending(mark.size)
    if row is None or row.root != mark.root:
        raise StoreError(
            "store-forked",
            "the store holds another log than the one that this ledger has signed",
            expected=f"root {mark.root.hex()} at size {mark.size}",
            found=f"root {row.root.hex()}" if row else "no batch that ends there",
            remedy=_REMEDY,
        )


def advance(mark: HighWaterMark, store: Store, reached: Mark, *, sync: bool) -> None:
    """Move the mark to what was just stored.

    Another process on the same store may have moved it further meanwhile; that is no fault as long as the store
    holds what the mark says.

    Raises:
        StoreError: those of the mark.

    """
    try:
        mark.write(reached, sync=sync)
    except StoreError as fault:
        if fault.code != "mark-backwards":
            raise
        require_store_not_behind(mark.read(), store, store.head(), reached.origin)
