"""Logs of any size for tests of tiles: entries of a few bytes, a real tree over them, a checkpoint signed and published.

Only the log is real; there is no charter, no statement and no heads map, so nothing but tiles can be asked of it.
"""

from __future__ import annotations

from tests.unit.ledgers import LOG_SIGNER
from tests.unit.world import ORIGIN

from lotchain.core.checkpoints import Checkpoint
from lotchain.core.tree import Frontier, leaf_hash
from lotchain.ledger.checkpointing import log_key, sign_checkpoint
from lotchain.ledger.ports import Batch, BatchRow, Publication, Store, StoredHead
from lotchain.storage.memory import MemoryStore

LOG_KEY = log_key(ORIGIN, LOG_SIGNER)


def entry(index: int, word: str = "entry") -> bytes:
    """Entry `index`: its number in words of varying length, never twice the same."""
    return f"{word} {index} ".encode() + b"." * (index % 7)


class SyntheticLog:
    """One log in a store, grown and published to given sizes; another `word` makes another log."""

    def __init__(self, store: Store | None = None, word: str = "entry") -> None:
        self.word = word
        self.store: Store = store if store is not None else MemoryStore()
        self.frontier = Frontier()
        self.leaves: list[bytes] = []

    def grow(self, size: int, *, publish: bool = True) -> bytes:
        """Append one batch up to `size` entries; publish it; the note."""
        start, end = self.frontier.size, size - 1
        nodes = []
        for index in range(start, size):
            self.leaves.append(leaf_hash(entry(index, self.word)))
            nodes += [node for node in self.frontier.append(self.leaves[-1]) if node[0] >= 8]
        checkpoint = Checkpoint(ORIGIN, size, self.frontier.root())
        note = sign_checkpoint(checkpoint, LOG_SIGNER)
        self.store.append(
            Batch(
                expected_size=start,
                entries=[entry(index, self.word) for index in range(start, size)],
                statement_ids=[leaf_hash(b"id" + entry(index, self.word)) for index in range(start, end)],
                subjects={},
                histories=[],
                tiles=[(n, b"".join(self.leaves[256 * n : 256 * n + 256])) for n in range(start // 256, size // 256)],
                nodes=nodes,
                row=BatchRow(start, end, 1_800_000_000_000 + start, checkpoint.root),
                head=StoredHead(size, note, self.frontier.to_bytes()),
            )
        )
        if publish:
            self.store.publish(Publication(size, note, (), ()))
        return note
