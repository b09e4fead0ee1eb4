"""The RFC 9162 tree: known answers, every proof of every small tree, and what must not verify."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors_build import tree_heads

from lotchain.core import tile_paths, tree
from lotchain.core.tile_paths import Tile
from lotchain.core.tree import Frontier, verify_consistency, verify_inclusion
from lotchain.errors import Malformed, UsageError

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "specs" / "vectors"
REFERENCE = ROOT / ".." / "shared" / "vectors" / "ct-merkle" / "roots.json"
CASES = json.loads((VECTORS / "tree.json").read_text(encoding="ascii"))["cases"]

N = 70
LEAVES = [tree.leaf_hash(f"L{i}".encode()) for i in range(N)]
NODES: dict[tuple[int, int], bytes] = {}
ROOTS = [tree.EMPTY_ROOT]
_frontier = Frontier()
for _leaf in LEAVES:
    NODES.update({(level, index): digest for level, index, digest in _frontier.append(_leaf)})
    ROOTS.append(_frontier.root())


def node(level: int, index: int) -> bytes:
    return NODES[level, index]


def test_the_vectors_are_what_their_script_makes() -> None:
    assert (VECTORS / "tree.json").read_text(encoding="ascii") == tree_heads.files()["tree.json"]


def hashes(members: list[str]) -> list[bytes]:
    return [bytes.fromhex(member) for member in members]


@pytest.mark.parametrize("case", CASES, ids=[f"{case['kind']}: {case['name']}" for case in CASES])
def test_vector(case: dict) -> None:  # type: ignore[type-arg]
    kind, valid = case["kind"], case["valid"]
    if kind == "root":
        root = tree.root_of([tree.leaf_hash(entry) for entry in hashes(case["entries"])])
        assert (root.hex() == case["root"]) is valid
    elif kind == "inclusion":
        leaf, root = hashes([case["leaf_hash"], case["root"]])
        assert verify_inclusion(leaf, case["index"], case["size"], hashes(case["path"]), root) is valid
    elif kind == "consistency":
        old_root, new_root = hashes([case["old_root"], case["new_root"]])
        path = hashes(case["path"])
        assert verify_consistency(case["old_size"], old_root, case["new_size"], new_root, path) is valid
    elif kind == "frontier":
        data = bytes.fromhex(case["bytes"])
        if valid:
            frontier = Frontier.from_bytes(data)
            assert (frontier.size, frontier.root().hex(), frontier.to_bytes()) == (case["size"], case["root"], data)
        else:
            _refused(case["code"], Frontier.from_bytes, data)
    else:
        assert kind == "tile-path"
        if valid:
            assert tile_paths.parse_tile_path(case["path"]) == Tile(case["level"], case["n"], case["width"])
            assert tile_paths.tile_path(case["level"], case["n"], case["width"]) == case["path"]
        else:
            _refused(case["code"], tile_paths.parse_tile_path, case["path"])


def _refused(code: str, parse, data) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Malformed) as caught:
        parse(data)
    assert caught.value.code == code


def test_agrees_with_the_certificate_transparency_roots() -> None:
    if not REFERENCE.exists():
        pytest.skip("the certificate-transparency reference roots are not here")
    reference = json.loads(REFERENCE.read_text())
    leaves = [tree.leaf_hash(entry) for entry in hashes(reference["leaves"])]
    for size, root in enumerate(reference["roots_by_size"]):
        assert tree.root_of(leaves[:size]).hex() == root


def test_known_answers() -> None:
    assert LEAVES[0].hex() == "12403899e10d73557e1d37c2d1c3dc1686a9512034479aa25d06f1d80fc46069"
    assert ROOTS[7].hex() == "9a01afc3a2f698368e6143b81124c362459916ce16f62ca7b96933fc862735ed"

    def short(path: list[bytes]) -> list[str]:
        return [member.hex()[:8] for member in path]

    assert short(tree.inclusion_path(3, 7, node)) == ["b20a512a", "926054f2", "4a162f4d"]
    assert short(tree.inclusion_path(6, 7, node)) == ["96c531d5", "11170c8d"]
    assert short(tree.consistency_path(3, 7, node)) == ["b20a512a", "5c610e9f", "926054f2", "4a162f4d"]
    assert short(tree.consistency_path(4, 7, node)) == ["4a162f4d"]


def test_every_inclusion_path_and_nothing_else() -> None:
    accepted = offered = 0
    for size in range(1, N + 1):
        assert ROOTS[size] == tree.root_of(LEAVES[:size]) == tree.subtree_root(0, size, node)
        for index in range(size):
            path = tree.inclusion_path(index, size, node)
            for other in range(-1, size + 1):
                offered += 1
                verdict = verify_inclusion(LEAVES[index], other, size, path, ROOTS[size])
                assert verdict is (other == index)
                accepted += verdict
            for wrong in (path[1:], path[:-1], [*path, ROOTS[size]], [LEAVES[index], *path]):
                assert wrong == path or not verify_inclusion(LEAVES[index], index, size, wrong, ROOTS[size])
            assert not verify_inclusion(LEAVES[(index + 1) % N], index, size, path, ROOTS[size])
            assert not verify_inclusion(LEAVES[index], index, size, path, ROOTS[size - 1])
    assert (accepted, offered) == (2485, 121765)


def test_every_consistency_path_and_nothing_else() -> None:
    for new in range(1, N + 1):
        for old in range(1, new + 1):
            path = tree.consistency_path(old, new, node)
            assert verify_consistency(old, ROOTS[old], new, ROOTS[new], path)
            for wrong in (path[1:], path[:-1], [*path, ROOTS[new]], [ROOTS[old], *path]):
                assert wrong == path or not verify_consistency(old, ROOTS[old], new, ROOTS[new], wrong)
            for other in {old - 1, old + 1} - {0}:
                assert not verify_consistency(other, ROOTS[old], new, ROOTS[new], path)
                assert not verify_consistency(old, ROOTS[other % N], new, ROOTS[new], path)
            assert not verify_consistency(0, tree.EMPTY_ROOT, new, ROOTS[new], path)
            assert old == new or not verify_consistency(new, ROOTS[new], old, ROOTS[old], path)
            assert old == new or not verify_consistency(old, ROOTS[old], new, ROOTS[new], [])


def test_every_changed_bit_of_a_path_counts() -> None:
    path = tree.inclusion_path(11, 21, node)
    steps = tree.consistency_path(11, 21, node)
    for at in range(len(path) * 256):
        assert not verify_inclusion(LEAVES[11], 11, 21, _flip(path, at), ROOTS[21])
    for at in range(len(steps) * 256):
        assert not verify_consistency(11, ROOTS[11], 21, ROOTS[21], _flip(steps, at))


def _flip(path: list[bytes], at: int) -> list[bytes]:
    changed = list(path)
    which, bit = divmod(at, 256)
    number = int.from_bytes(changed[which], "big") ^ 1 << bit
    changed[which] = number.to_bytes(32, "big")
    return changed


def test_a_root_does_not_bind_its_size() -> None:
    """Why sizes come from signed checkpoints alone: this is a property of RFC 9162, not a fault of ours."""
    path = tree.inclusion_path(2, 3, node)
    assert verify_inclusion(LEAVES[2], 2, 3, path, ROOTS[3])
    assert verify_inclusion(LEAVES[2], 1, 2, path, ROOTS[3])


def test_duplicated_last_leaves_change_the_root() -> None:
    for size in range(1, N):
        assert tree.root_of([*LEAVES[:size], LEAVES[size - 1]]) != ROOTS[size]


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (7, 7), (0, tree.MAX_SIZE + 1)])
def test_no_path_is_made_for_an_entry_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(UsageError):
        tree.inclusion_path(index, size, node)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 5), (6, 5), (-1, 5), (1, tree.MAX_SIZE + 1)])
def test_no_path_is_made_between_impossible_sizes(old: int, new: int) -> None:
    with pytest.raises(UsageError):
        tree.consistency_path(old, new, node)


@pytest.mark.parametrize(("start", "end"), [(0, 0), (3, 2), (1, 3), (2, 5), (-4, 0), (4, 9)])
def test_unaligned_ranges_are_no_subtrees(start: int, end: int) -> None:
    with pytest.raises(UsageError):
        tree.subtree_root(start, end, node)


def test_the_longest_paths_stay_within_the_limit() -> None:
    def same(level: int, index: int) -> bytes:
        return bytes(32)

    largest = tree.MAX_SIZE
    for index in (0, 1, largest // 2, largest - 1):
        assert len(tree.inclusion_path(index, largest, same)) <= tree.MAX_PATH
    for size in (largest, largest - 1):
        for old in (1, 3, largest // 2 + 1, largest - 2):
            assert len(tree.consistency_path(old, size, same)) <= tree.MAX_PATH


def test_appending_gives_every_node_once() -> None:
    frontier, seen = Frontier(), {}
    for leaf in LEAVES[:64]:
        for level, index, digest in frontier.append(leaf):
            assert (level, index) not in seen
            seen[level, index] = digest
    assert len(seen) == 2 * 64 - 1
    assert all(digest == tree.root_of(LEAVES[i << lv : (i + 1) << lv]) for (lv, i), digest in seen.items())


def test_a_copied_frontier_goes_its_own_way() -> None:
    frontier = Frontier()
    frontier.append(LEAVES[0])
    trial = frontier.copy()
    trial.append(LEAVES[1])
    assert (frontier.size, frontier.root()) == (1, ROOTS[1])
    assert trial != frontier
    assert trial.root() == ROOTS[2]


@pytest.mark.parametrize(("size", "peaks"), [(1, []), (0, [LEAVES[0]]), (3, LEAVES[:1]), (1, [b"x"]), (-1, LEAVES[:1])])
def test_a_frontier_must_fit_its_size(size: int, peaks: list[bytes]) -> None:
    with pytest.raises(UsageError):
        Frontier(size, peaks)


def test_a_frontier_takes_hashes_only() -> None:
    frontier = Frontier()
    for wrong in (b"", b"L0", bytes(31), bytes(33)):
        with pytest.raises(UsageError):
            frontier.append(wrong)
    assert frontier.size == 0


def test_a_full_tree_takes_no_more() -> None:
    with pytest.raises(UsageError):
        Frontier(tree.MAX_SIZE, [bytes(32)]).append(LEAVES[0])


@given(st.integers(0, N))
def test_a_frontier_is_read_back(size: int) -> None:
    frontier = Frontier()
    for leaf in LEAVES[:size]:
        frontier.append(leaf)
    assert Frontier.from_bytes(frontier.to_bytes()) == frontier


@settings(max_examples=300)
@given(st.binary(max_size=110))
def test_nothing_but_malformed_escapes_a_frontier(noise: bytes) -> None:
    for data in (noise, b"\x01" + noise, b"\x01" + bytes(7) + noise):
        try:
            assert Frontier.from_bytes(data).to_bytes() == data
        except Malformed as fault:
            assert fault.code in {"frontier-malformed", "version-unsupported"}


@settings(max_examples=300)
@given(
    st.binary(max_size=40),
    st.integers(-(2**70), 2**70),
    st.integers(-(2**70), 2**70),
    st.lists(st.binary(max_size=40) | st.just(bytes(32)), max_size=70),
    st.binary(max_size=40) | st.just(bytes(32)),
)
def test_verifying_never_raises_and_noise_never_verifies(
    leaf: bytes, index: int, size: int, path: list[bytes], root: bytes
) -> None:
    assert verify_inclusion(leaf, index, size, path, root) is (
        leaf == root and not path and (index, size) == (0, 1) and len(leaf) == 32
    )
    assert not verify_consistency(index, leaf, size, root, path) or (index == size and leaf == root)


# --- tiles -----------------------------------------------------------------------------------------------------


def test_the_tiles_of_known_sizes() -> None:
    assert tile_paths.tiles_at(0) == []
    assert tile_paths.tiles_at(256) == [Tile(0, 0), Tile(1, 0, 1)]
    assert tile_paths.tiles_at(70000) == [Tile(0, 272), Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]
    assert (tile_paths.full_tiles(0, 70000), tile_paths.partial_width(0, 70000)) == (273, 112)
    assert (tile_paths.full_tiles(0, 255), tile_paths.partial_width(0, 255)) == (0, 255)
    assert len({tile.level for tile in tile_paths.tiles_at(tree.MAX_SIZE)}) == 8


def test_every_node_is_found_in_its_tile() -> None:
    count = 256 * 6
    leaves = [tree.leaf_hash(bytes([i & 255, i >> 8])) for i in range(count)]
    frontier, nodes = Frontier(), {}
    for leaf in leaves:
        nodes.update({(level, index): digest for level, index, digest in frontier.append(leaf)})
    tiles = {(0, n): leaves[256 * n : 256 * n + 256] for n in range(6)}
    tiles[1, 0] = [tree.root_of(tiles[0, n]) for n in range(6)]
    for (level, index), digest in nodes.items():
        tile_level, n, first, width = tile_paths.tile_of_node(level, index)
        held = tiles[tile_level, n][first : first + width]
        assert len(held) == width
        assert tree.root_of(held) == digest


@pytest.mark.parametrize(
    ("level", "n", "width"), [(-1, 0, None), (64, 0, None), (0, -1, None), (0, 2**62 + 1, None), (0, 0, 0), (0, 0, 257)]
)
def test_no_path_for_a_tile_that_cannot_be(level: int, n: int, width: int | None) -> None:
    with pytest.raises(UsageError):
        tile_paths.tile_path(level, n, width)


@given(st.none() | st.integers(0, 63), st.integers(0, tree.MAX_SIZE), st.integers(1, 256))
def test_tile_paths_are_read_back(level: int | None, n: int, width: int) -> None:
    assert tile_paths.parse_tile_path(tile_paths.tile_path(level, n, width)) == Tile(level, n, width)


@given(st.text(max_size=30) | st.from_regex(r"tile/(entries|[0-9]{1,3})/x?[0-9]{1,4}(/[0-9x]{3,4})?(\.p/[0-9]{0,4})?"))
def test_nothing_but_malformed_escapes_a_tile_path(path: str) -> None:
    try:
        tile = tile_paths.parse_tile_path(path)
    except Malformed as fault:
        assert fault.code == "tile-path-malformed"
    else:
        assert tile_paths.tile_path(tile.level, tile.number, tile.width) == path


def test_the_example_of_the_page() -> None:
    page = (VECTORS.parent / "formats" / "tree.md").read_text(encoding="utf-8")
    example = page[page.index("## Example") :]
    frontier = Frontier()
    for leaf in LEAVES[:7]:
        frontier.append(leaf)
    told = [LEAVES[0], ROOTS[3], ROOTS[7], *tree.inclusion_path(3, 7, node), *tree.consistency_path(3, 7, node)]
    told += frontier.peaks
    assert re.findall(r"[0-9a-f]{64}", example) == [digest.hex() for digest in told]
