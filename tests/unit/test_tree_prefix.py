"""What a larger tree says about its own beginning: every pair of sizes, every node, and all that must not pass."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotchain.core.tree import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    root_of,
    subtree_root,
    verify_consistency,
    verify_inclusion,
)
from lotchain.core.tree_prefix import KnownTree, node_path, prefix_path, prefix_roots, verify_node, whole_nodes
from lotchain.errors import UsageError

MOST = 40
LEAVES = [leaf_hash(bytes([n])) for n in range(MOST)]
OTHER = [leaf_hash(b"other" + bytes([n])) for n in range(MOST)]


def tree(leaves: list[bytes]):
    def node(level: int, index: int) -> bytes:
        return root_of(leaves[index << level : (index + 1) << level])

    return node


def ranges(leaves: list[bytes]):
    return lambda start, end: root_of(leaves[start:end])


def test_every_prefix_leads_to_both_roots() -> None:
    for new in range(2, MOST):
        for old in range(1, new):
            path = prefix_path(old, new, ranges(LEAVES))
            assert path is not None
            assert prefix_roots(old, new, path) == (root_of(LEAVES[:old]), root_of(LEAVES[:new]))
            consistency = consistency_path(old, new, tree(LEAVES))
            assert path == ([root_of(LEAVES[:old])] if old & (old - 1) == 0 else []) + consistency
            assert verify_consistency(old, root_of(LEAVES[:old]), new, root_of(LEAVES[:new]), consistency)


def test_a_forked_prefix_is_shown_and_never_the_signed_one() -> None:
    """Under the larger tree's own root nobody can make the prefix look like another one."""
    for new in range(2, 24):
        for old in range(1, new):
            forked = [*LEAVES[: old - 1], *OTHER[old - 1 : new]]
            path = prefix_path(old, new, ranges(forked))
            assert path is not None
            roots = prefix_roots(old, new, path)
            assert roots == (root_of(forked[:old]), root_of(forked[:new]))
            assert roots[0] != root_of(LEAVES[:old])


@pytest.mark.parametrize("change", ["drop", "add", "flip", "swap"])
def test_a_changed_path_leads_to_another_new_root(change: str) -> None:
    for new in range(3, 24):
        for old in range(1, new):
            path = prefix_path(old, new, ranges(LEAVES))
            assert path is not None
            for place in range(len(path)):
                changed = list(path)
                if change == "drop":
                    del changed[place]
                elif change == "add":
                    changed.insert(place, bytes(32))
                elif change == "flip":
                    changed[place] = bytes([changed[place][0] ^ 1]) + changed[place][1:]
                else:
                    changed[0], changed[place] = changed[place], changed[0]
                    if changed == path:
                        continue
                found = prefix_roots(old, new, changed)
                assert found is None or found[1] != root_of(LEAVES[:new])


def test_what_is_no_prefix_path() -> None:
    path = prefix_path(3, 7, ranges(LEAVES))
    assert path is not None
    for old, new in ((0, 7), (7, 7), (8, 7), (-1, 7), (3, 2**62 + 1)):
        assert prefix_roots(old, new, path) is None
    assert prefix_roots(3, 7, []) is None
    assert prefix_roots(3, 7, [*path[:-1], path[-1][:31]]) is None
    assert prefix_roots(3, 7, [bytes(32)] * 65) is None
    for old, new in ((0, 7), (7, 7), (8, 7)):
        with pytest.raises(UsageError):
            prefix_path(old, new, ranges(LEAVES))
    assert prefix_path(3, 7, lambda start, end: None) is None


def test_every_whole_node_is_proved_at_its_own_place_alone() -> None:
    for size in range(1, 20):
        root = root_of(LEAVES[:size])
        for level in range(6):
            for index in range((size >> level) + 1):
                if (index + 1) << level > size:
                    with pytest.raises(UsageError):
                        node_path(level, index, size, ranges(LEAVES))
                    continue
                digest = root_of(LEAVES[index << level : (index + 1) << level])
                path = node_path(level, index, size, ranges(LEAVES))
                assert path is not None
                assert verify_node(digest, level, index, size, path, root)
                if not level:
                    assert path == inclusion_path(index, size, tree(LEAVES))
                    assert verify_inclusion(digest, index, size, path, root)
                for other_level in range(6):
                    for other in range(size + 1):
                        if (other_level, other) != (level, index):
                            assert not verify_node(digest, other_level, other, size, path, root)


def test_what_is_no_node() -> None:
    root = root_of(LEAVES[:6])
    path = node_path(1, 1, 6, ranges(LEAVES))
    assert path is not None
    digest = root_of(LEAVES[2:4])
    assert verify_node(digest, 1, 1, 6, path, root)
    assert not verify_node(digest, 1, 1, 6, path, root[:31])
    assert not verify_node(digest[:31], 1, 1, 6, path, root)
    assert not verify_node(digest, 1, 1, 6, [*path, bytes(32)], root)
    assert not verify_node(digest, 1, 1, 6, path[:-1], root)
    assert not verify_node(digest, 1, -1, 6, path, root)
    assert not verify_node(digest, -1, 1, 6, path, root)
    assert not verify_node(digest, 1, 1, 6, [bytes(32)] * 64, root)
    assert node_path(1, 1, 6, lambda start, end: None) is None


@given(st.integers(2, MOST - 1), st.data())
def test_what_inclusion_paths_show_is_true(size: int, data: st.DataObject) -> None:
    known = KnownTree(size, root_of(LEAVES[:size]))
    for index in data.draw(st.lists(st.integers(0, size - 1), max_size=6)):
        known.learn(LEAVES[index], index, inclusion_path(index, size, tree(LEAVES)))
    for (start, end), digest in known.ranges.items():
        assert digest == root_of(LEAVES[start:end])
    for (level, index), digest in whole_nodes(known).items():
        assert digest == subtree_root(index << level, (index + 1) << level, tree(LEAVES))
        path = node_path(level, index, size, known.subtree)
        assert path is not None, "a node on a path, or beside it, has its own path"
        assert verify_node(digest, level, index, size, path, known.ranges[0, size])
    old = data.draw(st.integers(1, size - 1))
    path = prefix_path(old, size, known.subtree)
    if path is not None:
        assert prefix_roots(old, size, path) == (root_of(LEAVES[:old]), root_of(LEAVES[:size]))


def test_all_paths_together_show_everything() -> None:
    for size in range(2, 20):
        known = KnownTree(size, root_of(LEAVES[:size]))
        for index in range(size):
            known.learn(LEAVES[index], index, inclusion_path(index, size, tree(LEAVES)))
        for old in range(1, size):
            assert prefix_path(old, size, known.subtree) == prefix_path(old, size, ranges(LEAVES))


def test_a_monstrous_size_costs_nothing() -> None:
    known = KnownTree(2**62, sha256(b"").digest())
    assert prefix_path(2**61 + 12345, 2**62, known.subtree) is None
    assert known.subtree(0, 2**61) is None
