"""What a larger tree says about its own beginning: proofs of a prefix, and of a single node.

A consistency path that fails proves nothing: anybody can write a wrong one. A *prefix path* does prove something. It
leads to the root that the larger tree's signer signed, and so shows what that tree's first `old` entries are; where
the same signer signed another root for that size, the two cannot both be true. It needs the hashes of the larger tree
alone. A *node path* is an inclusion path of a whole perfect subtree.

Sizes and roots come from signed checkpoints, as everywhere (`lotchain.core.tree`). Byte for byte:
`specs/formats/evidence.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from lotchain.core.tree import HASH_SIZE, MAX_PATH, MAX_SIZE, node_hash, roots_along
from lotchain.errors import UsageError

Subtree = Callable[[int, int], bytes | None]
"""`subtree(start, end)`: the root over the leaves [start, end), a subtree of the tree; None where it is not known."""

MAX_PREFIX_PATH = MAX_PATH + 1
"""Hashes in the longest prefix path: one more than a consistency path, since it always names where it begins."""


def prefix_path(old: int, new: int, subtree: Subtree) -> list[bytes] | None:
    """The path that shows what the first `old` entries of the tree of `new` entries are; None where one is not known.

    It is the consistency path of RFC 9162 section 2.1.4.1, before which always stands the widest perfect subtree that
    ends at `old` (the RFC leaves it out where it is the whole old tree).

    Raises:
        UsageError: not 0 < old < new <= `MAX_SIZE`.

    """
    if not 0 < old < new <= MAX_SIZE:
        raise UsageError("size-range", "no prefix path between these sizes", found=f"{old}, {new}")
    begin = old - (old & -old)
    ranges = []
    start, end = 0, new
    while end - start > 1 and (start, end) != (begin, old):
        middle = _middle(start, end)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    ranges.append((begin, old))
    return _known(reversed(ranges), subtree)


def prefix_roots(old: int, new: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The roots that a prefix path leads to: of the first `old` entries, and of all `new`; None for what is no path.

    The second is to be compared with a signed root; then the first is that tree's own prefix. Whatever is wrong gives
    None, never an exception.
    """
    if not 0 < old < new <= MAX_SIZE or not 1 <= len(path) <= MAX_PREFIX_PATH:
        return None
    if any(len(member) != HASH_SIZE for member in path):
        return None
    return roots_along(old, new, path)


def node_path(level: int, index: int, size: int, subtree: Subtree) -> list[bytes] | None:
    """The path that proves a perfect subtree in the tree of `size` entries, its sibling first; None where not known.

    Args:
        level: the subtree's height: it stands over 2**level leaves.
        index: its number at that level: it begins at leaf index * 2**level.
        size: entries in the tree.
        subtree: gives the hashes beside the way.

    Raises:
        UsageError: the tree holds no such whole subtree.

    """
    if not _is_whole(level, index, size):
        raise UsageError("node-range", "no such subtree in a tree of this size", found=f"{level}/{index} of {size}")
    begin, stop = index << level, (index + 1) << level
    ranges = []
    start, end = 0, size
    while (start, end) != (begin, stop):
        middle = _middle(start, end)
        if begin < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return _known(reversed(ranges), subtree)


def verify_node(digest: bytes, level: int, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether `path` proves that the tree (size, root) holds this hash as its node (level, index).

    The algorithm of RFC 9162 section 2.1.3.2, begun at that level. Whatever is wrong gives False.
    """
    if not _is_whole(level, index, size) or len(path) > MAX_PATH:
        return False
    if any(len(member) != HASH_SIZE for member in (digest, root, *path)):
        return False
    at, last, current = index, (size - 1) >> level, digest
    for sibling in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            current = node_hash(sibling, current)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            current = node_hash(current, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and current == root


class KnownTree:
    """The hashes of one tree that verified paths have shown, each under the range of leaves that it stands for.

    For whoever holds proofs and no log: what two bundles' proofs show may be enough to tell whether their trees agree.

    Args:
        size: entries in the tree, from a signed checkpoint.
        root: its root, likewise.

    """

    def __init__(self, size: int, root: bytes) -> None:
        self.size = size
        self.ranges: dict[tuple[int, int], bytes] = {(0, size): root}
        """(first leaf, leaf after the last) → hash"""

    def learn(self, leaf: bytes, index: int, path: Sequence[bytes]) -> None:
        """Take the hashes of an inclusion path, which the caller has verified under this tree's size and root."""
        ranges = []
        start, end = 0, self.size
        while end - start > 1:
            middle = _middle(start, end)
            ranges.append((middle, end) if index < middle else (start, middle))
            start, end = (start, middle) if index < middle else (middle, end)
        current = leaf
        self.ranges[start, end] = current
        for beside, sibling in zip(reversed(ranges), path, strict=True):
            self.ranges[beside] = sibling
            left = beside[0] < start
            current = node_hash(sibling, current) if left else node_hash(current, sibling)
            start, end = min(start, beside[0]), max(end, beside[1])
            self.ranges[start, end] = current

    def subtree(self, start: int, end: int) -> bytes | None:
        """The root over the leaves [start, end), where what was learned shows it."""
        known = self.ranges.get((start, end))
        if known is not None or end - start < 2:
            return known
        middle = _middle(start, end)
        left = self.subtree(start, middle)
        right = self.subtree(middle, end) if left is not None else None
        return None if left is None or right is None else node_hash(left, right)


def whole_nodes(known: KnownTree) -> dict[tuple[int, int], bytes]:
    """The perfect subtrees among what is known: (level, index) → hash. They stand in every longer tree, too."""
    found = {}
    for (start, end), digest in known.ranges.items():
        width = end - start
        if width & (width - 1) == 0 and start % width == 0:
            level = width.bit_length() - 1
            found[level, start >> level] = digest
    return found


def _is_whole(level: int, index: int, size: int) -> bool:
    return 0 <= level <= MAX_PATH and index >= 0 and (index + 1) << level <= size <= MAX_SIZE


def _middle(start: int, end: int) -> int:
    """Where the tree over these leaves is split: at the largest power of two below their number."""
    return start + (1 << ((end - start - 1).bit_length() - 1))


def _known(ranges: Iterable[tuple[int, int]], subtree: Subtree) -> list[bytes] | None:
    path = []
    for start, end in ranges:
        digest = subtree(start, end)
        if digest is None:
            return None
        path.append(digest)
    return path
