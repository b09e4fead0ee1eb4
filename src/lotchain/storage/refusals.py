"""The refusals that every engine gives in the same words, so that callers and tests can compare them."""

from __future__ import annotations

from lotchain.errors import StoreError


def head_moved(expected: int, found: int) -> StoreError:
    """`head-moved`: somebody else appended first; nothing was written."""
    return StoreError(
        "head-moved",
        "the log is not where this batch begins; nothing was written",
        expected=f"size {expected}",
        found=f"size {found}",
        remedy="read the head again and judge the statements anew",
    )


def publication_older(size: int, published: int) -> StoreError:
    """`publication-older`: a publication never goes back."""
    return StoreError(
        "publication-older",
        "a newer checkpoint is published already; nothing was written",
        expected=f"size {published} or more",
        found=f"size {size}",
    )


def publication_ahead(size: int, limit: int) -> StoreError:
    """`publication-ahead`: the log, or for a bare note the published map, does not reach that far."""
    return StoreError(
        "publication-ahead",
        "the store does not hold what this checkpoint speaks of; nothing was written",
        expected=f"size {limit} or less",
        found=f"size {size}",
    )


_WRITTEN_ONCE = {
    "statement-exists": "a statement with this id is stored already, or twice in this batch",
    "history-moved": "a subject's history does not continue at the position that the batch names",
    "tile-exists": "this tile of the tree is stored already",
    "node-exists": "this node of the tree is stored already",
}


def written_once(code: str) -> StoreError:
    """One of `statement-exists`, `history-moved`, `tile-exists`, `node-exists`."""
    return StoreError(code, f"{_WRITTEN_ONCE[code]}; nothing was written")


def is_written_once(code: str) -> bool:
    """Whether a code is one that `written_once` gives."""
    return code in _WRITTEN_ONCE


def closed() -> StoreError:
    """`store-closed`: the store was closed before this call."""
    return StoreError("store-closed", "this store was closed", remedy="open it again")
