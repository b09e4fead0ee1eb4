"""The Merkle tree of RFC 9162 over SHA-256: roots, the frontier, proofs.

Pure arithmetic over hashes. Whoever stores the hashes hands in `node(level, index)`, the hash of the perfect
subtree over the leaves [index * 2**level, (index + 1) * 2**level); nothing here asks where it comes from.

The size of a tree is *not* bound by its root: a genuine path for (size 3, index 2) also verifies as (size 2,
index 1). So every size and index given to a verifying function must come from a signed checkpoint.

Sources: RFC 9162 section 2.1 (tree, proofs and their verification), C2SP tlog-tiles (tiles of height 8).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import sha256

from lotchain.errors import Malformed, UsageError

HASH_SIZE = 32
MAX_SIZE = 2**62
"""Entries of the largest tree that is read or made: indexes fit a signed 64-bit column, paths 63 hashes."""
MAX_PATH = 63
"""Hashes in the longest inclusion or consistency path that is looked at."""
EMPTY_ROOT = sha256(b"").digest()
"""The root of the tree without entries (RFC 9162 section 2.1.1)."""
TILE_HEIGHT = 8
TILE_WIDTH = 256
"""Hashes in a full tile, entries in a full entry bundle (C2SP tlog-tiles)."""

Node = Callable[[int, int], bytes]
"""`node(level, index)`: the hash of the perfect subtree over `2**level` leaves from `index * 2**level` on."""
CompletedNode = tuple[int, int, bytes]
"""(level, index, hash) of a perfect subtree, level 0 being a leaf."""


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry): the hash under which an entry stands in the tree (RFC 9162 section 2.1.1)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right): the hash of an inner node over two child hashes of 32 bytes each."""
    return sha256(b"\x01" + left + right).digest()


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes, in order; `EMPTY_ROOT` over none.

    Pairing neighbours level by level, an odd last node moving up unchanged, gives the same tree as the
    recursive definition of RFC 9162, which splits at the largest power of two below the size.
    """
    if not leaf_hashes:
        return EMPTY_ROOT
    level = list(leaf_hashes)
    while len(level) > 1:
        above = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


class Frontier:
    """The right edge of a growing tree: its size, and the roots of the perfect subtrees it consists of.

    It is all that appending needs: at most 62 hashes whatever the tree's size. `size` is the number of
    entries; `peaks` holds one 32-byte root for each set bit of `size`, the widest subtree first.
    """

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if not 0 <= size <= MAX_SIZE or len(peaks) != size.bit_count():
            raise UsageError("frontier", "the number of subtree roots does not fit the size", found=size)
        if any(len(peak) != HASH_SIZE for peak in peaks):
            raise UsageError("frontier", "a subtree root is not 32 bytes long")
        self.size = size
        self.peaks = list(peaks)

    def append(self, leaf: bytes) -> list[CompletedNode]:
        """Add one leaf hash; return the nodes it completes, the leaf first, as (level, index, hash).

        The returned nodes never change again, so a store may keep them as they come.

        Raises:
            UsageError: the hash is not 32 bytes long, or the tree is full.

        """
        if len(leaf) != HASH_SIZE:
            raise UsageError("leaf-hash", "a leaf hash is 32 bytes long", found=len(leaf))
        if self.size >= MAX_SIZE:
            raise UsageError("tree-full", "the tree holds as many entries as it can", found=self.size)
        level, index, current = 0, self.size, leaf
        completed = [(level, index, current)]
        while index & 1:
            current = node_hash(self.peaks.pop(), current)
            level, index = level + 1, index >> 1
            completed.append((level, index, current))
        self.peaks.append(current)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root of the tree as it stands; `EMPTY_ROOT` when it holds nothing."""
        return _fold(self.peaks) if self.peaks else EMPTY_ROOT

    def copy(self) -> Frontier:
        """An independent frontier at the same place, to try a batch on."""
        return Frontier(self.size, self.peaks)

    def to_bytes(self) -> bytes:
        """0x01 (version), the size as eight bytes big-endian, then the peaks, the widest subtree first."""
        return b"\x01" + self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> Frontier:
        """Read what `to_bytes` wrote.

        Raises:
            Malformed: frontier-malformed (length, size), version-unsupported (first byte).

        """
        if len(data) < 9:
            raise Malformed("frontier-malformed", "a frontier is at least 9 bytes long", found=len(data))
        if data[0] != 1:
            raise Malformed("version-unsupported", "unknown frontier version", expected="1", found=data[0])
        size = int.from_bytes(data[1:9], "big")
        wanted = 9 + HASH_SIZE * size.bit_count()
        if size > MAX_SIZE or len(data) != wanted:
            raise Malformed(
                "frontier-malformed",
                "a frontier holds one hash for each set bit of its size",
                expected=f"{wanted} bytes for size {size}, which is at most {MAX_SIZE}",
                found=f"{len(data)} bytes",
            )
        return cls(size, [data[i : i + HASH_SIZE] for i in range(9, wanted, HASH_SIZE)])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Frontier):
            return NotImplemented
        return self.size == other.size and self.peaks == other.peaks

    __hash__ = None  # type: ignore[assignment]  # it changes as the tree grows


def _fold(roots: Sequence[bytes]) -> bytes:
    """Join adjoining perfect subtrees, the widest first, into the root over them all."""
    result = roots[-1]
    for left in reversed(roots[:-1]):
        result = node_hash(left, result)
    return result


def _split(count: int) -> int:
    """The largest power of two below `count` (count >= 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def subtree_root(start: int, end: int, node: Node) -> bytes:
    """The root over the leaves [start, end), `start` being a multiple of the power of two >= end - start.

    Every subtree that a proof names is of this kind, and so is a whole tree: `subtree_root(0, size, node)`.

    Raises:
        UsageError: the range is empty or not so aligned.

    """
    count = end - start
    if count < 1 or start < 0 or start & ((1 << (count - 1).bit_length()) - 1):
        raise UsageError("subtree-range", "not a subtree of the tree", found=f"[{start}, {end})")
    roots = []
    at = start
    for level in range(count.bit_length() - 1, -1, -1):
        if count >> level & 1:
            roots.append(node(level, at >> level))
            at += 1 << level
    return _fold(roots)


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """The path that proves entry `index` in the tree of `size` entries, the leaf's sibling first.

    Source: RFC 9162 section 2.1.3.1.

    Raises:
        UsageError: `index` is not in [0, size), or `size` is over `MAX_SIZE`.

    """
    if not 0 <= index < size <= MAX_SIZE:
        raise UsageError("index-range", "no such entry in a tree of this size", found=f"{index} of {size}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(subtree_root(middle, end, node))
            end = middle
        else:
            path.append(subtree_root(start, middle, node))
            start = middle
    path.reverse()
    return path


def consistency_path(old: int, new: int, node: Node) -> list[bytes]:
    """The path that proves the tree of `new` entries to begin with the tree of `old` entries.

    For equal sizes it is empty. Never for `old` 0: nothing can be proved from the empty tree.

    Source: RFC 9162 section 2.1.4.1.

    Raises:
        UsageError: not 0 < old <= new <= `MAX_SIZE`.

    """
    if not 0 < old <= new <= MAX_SIZE:
        raise UsageError("size-range", "no consistency path between these sizes", found=f"{old}, {new}")
    path = []
    start, end = 0, new
    while end != old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(subtree_root(middle, end, node))
            end = middle
        else:
            path.append(subtree_root(start, middle, node))
            start = middle
    if start > 0:  # else the old root itself stands in the new tree, and the verifier has it
        path.append(subtree_root(start, end, node))
    path.reverse()
    return path


def _are_hashes(hashes: Sequence[bytes]) -> bool:
    """Whether these can be a path: at most 63 members of 32 bytes. Asked before any of them is hashed."""
    return len(hashes) <= MAX_PATH and all(len(member) == HASH_SIZE for member in hashes)


def included_root(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that `path` leads to from this leaf hash at `index` of `size`, or None (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size <= MAX_SIZE or not _are_hashes(path) or not _are_hashes((leaf,)):
        return None
    at, last, current = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if at & 1 or at == last:
            current = node_hash(sibling, current)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        at, last = at >> 1, last >> 1
    return current if last == 0 else None


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that the entry with this leaf hash stands at `index` of the tree (size, root).

    `size` and `root` must come from a signed checkpoint, and `leaf` must be computed from the entry in hand.
    Whatever is wrong gives False, never an exception. Source: RFC 9162 section 2.1.3.2.
    """
    return included_root(leaf, index, size, path) == root


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]) -> bool:
    """Whether `path` proves that the tree (new_size, new_root) begins with the tree (old_size, old_root).

    Equal sizes need equal roots and an empty path. From the empty tree nothing is proved, so `old_size` 0 is
    False: a caller who starts from nothing has nothing to compare. Whatever is wrong gives False, never an
    exception. Source: RFC 9162 section 2.1.4.2.
    """
    if not 0 < old_size <= new_size <= MAX_SIZE:
        return False
    if not _are_hashes(path) or not _are_hashes((old_root, new_root)):
        return False
    if old_size == new_size:
        return not path and old_root == new_root
    if not path:
        return False
    hashes = list(path)
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)
    return roots_along(old_size, new_size, hashes) == (old_root, new_root)


def roots_along(old: int, new: int, hashes: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots of the first `old` and of all `new` entries that a path leads to; None where its length is wrong.

    The walk of RFC 9162 section 2.1.4.2, for 0 < old < new; `hashes` begins with the widest perfect subtree that ends
    at `old`. Sizes and lengths are the caller's to check.
    """
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old_root = new_root = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return None
        if at & 1 or at == last:
            old_root = node_hash(sibling, old_root)
            new_root = node_hash(sibling, new_root)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new_root = node_hash(new_root, sibling)
        at, last = at >> 1, last >> 1
    return (old_root, new_root) if last == 0 else None
