"""Whether a batch or a publication is well formed, asked by every engine before it writes anything.

A misshapen batch is a fault of the program, not of the disk, so it raises `UsageError` `batch-shape` and
never a `StoreError`.
"""

from __future__ import annotations

from collections.abc import Iterator

from lotchain.errors import UsageError
from lotchain.ledger.ports import Batch, Publication

TILE_BYTES = 256 * 32
"""A full tile of level 0: 256 leaf hashes of 32 bytes (C2SP tlog-tiles)."""

LOWEST_NODE_LEVEL = 8
"""Below it a perfect subtree lies inside one tile and is recomputed from it."""


def require_shape(batch: Batch) -> None:
    """Raise `UsageError` `batch-shape` unless the batch's numbers agree with each other.

    The last entry is the closing record, which has no statement id; so there is one id fewer than entries.
    """
    for wrong in _faults(batch):
        raise UsageError("batch-shape", wrong, remedy="this is a fault in the program: report it")


def _faults(batch: Batch) -> Iterator[str]:
    row = batch.row
    if not batch.entries:
        yield "a batch holds at least its closing record"
    if row.start != batch.expected_size:
        yield f"the batch starts at {row.start}, the expected size is {batch.expected_size}"
    if row.end != row.start + len(batch.entries) - 1:
        yield f"{len(batch.entries)} entries from {row.start} do not end at {row.end}"
    if batch.head.size != row.end + 1:
        yield f"the head's size is {batch.head.size}, the last entry is {row.end}"
    if len(batch.statement_ids) != len(batch.entries) - 1:
        yield f"{len(batch.statement_ids)} statement ids for {len(batch.entries)} entries"
    for name, _, index in batch.histories:
        if name not in batch.subjects:
            yield f"the history of {name} grows, but its row is not in the batch"
        if not row.start <= index < row.end:
            yield f"the history of {name} names index {index}, outside the batch's statements"
    for n, tile in batch.tiles:
        if len(tile) != TILE_BYTES or not 0 <= n < batch.head.size // 256:
            yield f"tile {n} of {len(tile)} bytes is not a full tile of this log"
    for level, index, digest in batch.nodes:
        if level < LOWEST_NODE_LEVEL or len(digest) != 32 or not 0 <= index < batch.head.size >> level:
            yield f"node {level}/{index} of {len(digest)} bytes is not a perfect subtree of this log"


def require_publication_shape(publication: Publication) -> None:
    """Raise `UsageError` `publication-shape` for a size below 1: an empty log has no checkpoint."""
    if publication.size < 1:
        raise UsageError("publication-shape", "an empty log has nothing to publish", found=str(publication.size))
