"""A closed batch as the fold computes it, before anything of it is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lotchain.core.closing import ClosingRecord
from lotchain.core.tree import TILE_HEIGHT, TILE_WIDTH, CompletedNode, Frontier, leaf_hash
from lotchain.ledger.ports import Batch, BatchRow, StoredHead, SubjectRow


@dataclass(frozen=True, slots=True)
class Sealed:
    """A closed batch, computed and not yet stored: everything that it adds to the log and beside it."""

    record: ClosingRecord
    entries: Sequence[bytes]
    statement_ids: Sequence[bytes]
    subjects: Mapping[str, SubjectRow]
    histories: Sequence[tuple[str, int, int]]
    tiles: Sequence[tuple[int, bytes]]
    nodes: Sequence[tuple[int, int, bytes]]
    frontier: Frontier
    root: bytes

    @property
    def size(self) -> int:
        """The log's size with this batch."""
        return self.record.end + 1

    def batch(self, note: bytes, openings: Mapping[bytes, bytes] | None = None) -> Batch:
        """What a store writes, under the checkpoint note given."""
        record = self.record
        return Batch(
            expected_size=record.start,
            entries=self.entries,
            statement_ids=self.statement_ids,
            subjects=self.subjects,
            histories=self.histories,
            tiles=self.tiles,
            nodes=self.nodes,
            row=BatchRow(record.start, record.end, record.time, self.root),
            head=StoredHead(self.size, note, self.frontier.to_bytes()),
            openings=openings or {},
        )


def extend_tree(
    frontier: Frontier, tail: Sequence[bytes], entries: Sequence[bytes]
) -> tuple[Frontier, list[bytes], list[tuple[int, bytes]], list[CompletedNode]]:
    """The tree with more entries: its frontier, the leaf hashes of its partial tile, and what became complete.

    Args:
        frontier: the tree before; left as it is.
        tail: the leaf hashes of its partial tile of level 0, at most 255.
        entries: what is added.

    Returns:
        The new frontier, the new tail, the tiles (n, 256 leaf hashes) and the nodes of level 8 and above that these
        entries completed.

    """
    frontier, hashes = frontier.copy(), list(tail)
    tiles: list[tuple[int, bytes]] = []
    nodes: list[CompletedNode] = []
    for raw in entries:
        hashed = leaf_hash(raw)
        nodes += [node for node in frontier.append(hashed) if node[0] >= TILE_HEIGHT]
        hashes.append(hashed)
        if len(hashes) == TILE_WIDTH:
            tiles.append((frontier.size // TILE_WIDTH - 1, b"".join(hashes)))
            hashes.clear()
    return frontier, hashes, tiles, nodes
