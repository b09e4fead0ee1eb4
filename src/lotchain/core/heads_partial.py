"""A heads map of which only some paths are known: enough to change those subjects and compute the new root.

Whoever holds proofs of the subjects that a batch touches, under the map's root before it, can work out the root after
it without the rest of the map. Every unknown subtree stays the hash that the proofs name: a subject never leaves the
map, and a new one hangs where its proof of absence ends. The hashing is that of `lotchain.core.heads`.
"""

from __future__ import annotations

from collections.abc import Sequence

from lotchain.core.heads import (
    EMPTY_MAP_ROOT,
    EMPTY_SUBTREE,
    Head,
    HeadProof,
    bit,
    inner_hash,
    leaf_hash,
    subject_key,
    verify_absence,
    verify_presence,
)
from lotchain.errors import Malformed, UsageError


class _Leaf:
    __slots__ = ("digest", "key")

    def __init__(self, key: bytes, head: Head) -> None:
        self.key = key
        self.digest = leaf_hash(key, head.to_bytes())


class _Inner:
    __slots__ = ("sides",)

    def __init__(self, sides: list[_Node]) -> None:
        self.sides = sides


_Node = bytes | _Leaf | _Inner
"""A hash of which no more is known (`EMPTY_SUBTREE` for an empty side), a leaf, or an inner node."""


class PartialMap:
    """The known part of a map.

    Args:
        root: the map's root, from a closing record; `EMPTY_MAP_ROOT` for the map before the first batch.

    """

    def __init__(self, root: bytes) -> None:
        self._before = root
        self._top: _Node = EMPTY_SUBTREE if root == EMPTY_MAP_ROOT else root
        self._shown: dict[str, Head | None] = {}

    def show(self, subject: str, proof: HeadProof) -> None:
        """Learn where a subject's path ends, from a proof under the root with which this map was begun.

        Call it for every subject before the first `put`.

        Raises:
            Malformed: `heads-proof`, when it is no proof of this subject under this root.

        """
        if proof.head is not None:
            holds = proof.other is None and verify_presence(self._before, subject, proof.head, proof.siblings)
        else:
            holds = verify_absence(self._before, subject, proof.siblings, proof.other)
        if not holds:
            raise Malformed(
                "heads-proof", "a subject is not proved in the heads map before", expected=subject, field="subjects"
            )
        key = subject_key(subject)
        end: _Node = EMPTY_SUBTREE
        if proof.head is not None:
            end = _Leaf(key, proof.head)
        elif proof.other is not None:
            end = _Leaf(*proof.other)
        self._top = _grafted(self._top, key, 0, proof.siblings, end)
        self._shown[subject] = proof.head

    def head(self, subject: str) -> Head | None:
        """The subject's newest head, None for one that the map does not hold.

        Raises:
            UsageError: `subject-not-shown`, for a subject of which nothing is known.

        """
        if subject not in self._shown:
            raise UsageError("subject-not-shown", "nothing is known of this subject in the map", found=subject)
        return self._shown[subject]

    def put(self, subject: str, head: Head) -> None:
        """Set the head of a subject that was shown.

        Raises:
            UsageError: `subject-not-shown`, `head-range`.

        """
        self.head(subject)
        self._top = _put(self._top, _Leaf(subject_key(subject), head), 0)
        self._shown[subject] = head

    def root(self) -> bytes:
        """The map's root as it stands now."""
        digest = _digest(self._top)
        return EMPTY_MAP_ROOT if digest == EMPTY_SUBTREE else digest


def _grafted(node: _Node, key: bytes, depth: int, siblings: Sequence[bytes], end: _Node) -> _Node:
    """The node with the path of a key opened down to its end. Proofs under one root agree on what they share."""
    if depth == len(siblings):
        return end if isinstance(node, bytes) else node
    side = bit(key, depth)
    # Both sides of an opaque node are known now: the path goes on into one, the proof names the other.
    inner = node if isinstance(node, _Inner) else _Inner([siblings[depth], siblings[depth]])
    inner.sides[side] = _grafted(inner.sides[side], key, depth + 1, siblings, end)
    return inner


def _put(node: _Node, leaf: _Leaf, depth: int) -> _Node:
    if isinstance(node, _Inner):
        side = bit(leaf.key, depth)
        node.sides[side] = _put(node.sides[side], leaf, depth + 1)
        return node
    if isinstance(node, bytes):  # an empty side: nothing else can stand at the end of a path that was shown
        return leaf
    if node.key == leaf.key:
        return leaf
    sides: list[_Node] = [EMPTY_SUBTREE, EMPTY_SUBTREE]
    side = bit(leaf.key, depth)
    if bit(node.key, depth) == side:
        sides[side] = _put(node, leaf, depth + 1)
    else:
        sides[side], sides[1 - side] = leaf, node
    return _Inner(sides)


def _digest(node: _Node) -> bytes:
    if isinstance(node, bytes):
        return node
    if isinstance(node, _Leaf):
        return node.digest
    return inner_hash(_digest(node.sides[0]), _digest(node.sides[1]))
