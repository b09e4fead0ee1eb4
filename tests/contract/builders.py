"""Batches made without a ledger: random bytes as entries, hashes that only look like hashes.

What is made here keeps the arithmetic that every engine checks (sizes, indexes, lengths), and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from random import Random

from tests.changing import replace

from lotchain.ledger.ports import Batch, BatchRow, Publication, StoredHead, SubjectRow

FIRST_TIME = 1_800_000_000_000


def digest(*parts: object) -> bytes:
    """32 bytes that depend on all parts."""
    return hashlib.sha256(repr(parts).encode()).digest()


def entry(index: int, size: int = 600, seed: int = 0) -> bytes:
    """The bytes of entry `index`: random-looking, the same each time."""
    return Random(f"{seed}/{index}").randbytes(size)


def statement_id(index: int, seed: int = 0) -> bytes:
    """The id of the statement at `index`."""
    return digest("id", index, seed)


def subject_row(name: str, length: int, size: int = 200) -> SubjectRow:
    """A subject's row after `length` statements, its state about `size` bytes of JSON."""
    state = json.dumps({"of": name, "n": length, "pad": "x" * size}).encode()
    return SubjectRow(state, length, digest("chain", name, length))


class Fabricator:
    """Makes the batches of one growing log; remembers only how far it has come."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.size = 0
        self.lengths: dict[str, int] = {}

    def batch(self, changes: Sequence[Sequence[str]], **rest: Mapping[bytes, bytes]) -> Batch:
        """The next batch: one statement for each item of `changes`, which names the subjects that it changes."""
        start, end = self.size, self.size + len(changes)
        histories = []
        for index, names in enumerate(changes, start):
            for name in names:
                histories.append((name, self.lengths.get(name, 0), index))
                self.lengths[name] = self.lengths.get(name, 0) + 1
        changed = dict.fromkeys(name for names in changes for name in names)
        new_size = end + 1
        self.size = new_size
        return Batch(
            expected_size=start,
            entries=[entry(index, seed=self.seed) for index in range(start, new_size)],
            statement_ids=[statement_id(index, self.seed) for index in range(start, end)],
            subjects={name: subject_row(name, self.lengths[name]) for name in changed},
            histories=histories,
            tiles=[(n, digest("tile", n, self.seed) * 256) for n in range(start // 256, new_size // 256)],
            nodes=[
                (level, index, digest("node", level, index, self.seed))
                for level in range(8, max(8, new_size.bit_length()))
                for index in range(start >> level, new_size >> level)
            ],
            row=BatchRow(start, end, FIRST_TIME + 1000 * start, digest("root", new_size, self.seed)),
            head=StoredHead(new_size, f"checkpoint {new_size}".encode(), digest("frontier", new_size)),
            **rest,
        )


def one_batch(size: int = 0, statements: int = 1, seed: int = 0) -> Batch:
    """A single batch at `size`, changing no subject."""
    maker = Fabricator(seed)
    maker.size = size
    return maker.batch([()] * statements)


def with_ids(batch: Batch, ids: Sequence[bytes]) -> Batch:
    """The batch under other statement ids."""
    return replace(batch, statement_ids=list(ids))


def publication(
    size: int,
    note: bytes = b"",
    tiles: Sequence[tuple[int, bytes, bytes | None]] = (),
    leaves: Sequence[tuple[bytes, bytes]] = (),
) -> Publication:
    """A publication at `size`."""
    return Publication(size, note or f"published {size}".encode(), list(tiles), list(leaves))
