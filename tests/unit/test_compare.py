"""Two checkpoints of one log: the same, one the beginning of the other, never both true, or not to be told."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.show.own_log import LOG_KEY, OwnLog
from tests.show.stage import key_from
from tests.unit.world import HOUR, ORIGIN
from tests.vectors_build.evidence import CN_WITNESS, LOT, Story, both, log_of, note_of

from lotchain.app.views import compare_checkpoints, viewed
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.tile_paths import Tile, tile_path
from lotchain.core.tile_tree import TileMissing, TileTree
from lotchain.core.tiles import edge_tiles, join_hashes
from lotchain.core.tree import TILE_WIDTH, root_of
from lotchain.errors import Malformed, UsageError
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.checkpointing import sign_checkpoint
from lotchain.verify import evidence as kinds
from lotchain.verify.bundle import decode_bundle
from lotchain.verify.compare import (
    CANNOT_TELL,
    EXCLUSIVE,
    EXTENDS,
    SAME,
    Comparison,
    View,
    bundle_view,
    compare,
    note_view,
)  # fmt: skip
from lotchain.verify.evidence import encode_evidence
from lotchain.verify.evidence_check import check_evidence
from lotchain.verify.evidence_signed import PROVED


@pytest.fixture(scope="module")
def told() -> Story:
    return Story()


@pytest.fixture(scope="module")
def honest(told: Story) -> OwnLog:
    return log_of(told.batches)


def grown(told: Story, cut: int, more: int, *, time: int | None = None) -> OwnLog:
    """The first batches, then others."""
    log = log_of(told.batches[:cut])
    for number in range(more):
        log.batch(told.batches[-1][0] if time is None else time, [told.registration(f"G-{number}")])
    return log


def tiles(log: OwnLog, folder: Path, note: bytes | None = None) -> str:
    """The log as a folder of tiles; they are small enough to be all at the edge."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "checkpoint").write_bytes(note_of(log) if note is None else note)
    for tile in edge_tiles(log.size):
        path = folder / tile_path(*tile)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(join_hashes([log.reader.node(8 * (tile.level or 0), n) for n in range(tile.width)]))
    return str(folder)


def at(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


def proved(found: Comparison, log: OwnLog) -> str:
    """The kind of the evidence, which anybody can check."""
    assert found.evidence is not None
    answer = check_evidence(encode_evidence(found.evidence), log.policy())
    assert answer.word == PROVED, answer.fault
    return answer.kind


def test_notes_alone(told: Story, honest: OwnLog) -> None:
    small, large = note_view("a", note_of(honest, 2)), note_view("b", note_of(honest))
    policy = honest.policy()
    assert compare(large, large, policy).word == SAME
    assert compare(small, large, policy).word == compare(large, small, policy).word == CANNOT_TELL
    fork = grown(told, 4, 0)
    fork.batch(told.batches[-1][0], [told.registration(f"X-{n}") for n in range(len(told.batches[-1][1]))])
    assert fork.size == honest.size
    found = compare(large, note_view("c", note_of(fork)), policy)
    assert (found.word, found.exit_code, proved(found, honest)) == (EXCLUSIVE, 1, kinds.SPLIT_VIEW)


def test_exit_codes_and_json(honest: OwnLog) -> None:
    small, large = note_view("a", note_of(honest, 2)), note_view("b", note_of(honest))
    found = compare(small, large, honest.policy())
    assert found.exit_code == 3
    told_json = found.as_json()
    assert told_json["word"] == CANNOT_TELL and told_json["evidence"] is None
    assert compare(large, large, honest.policy()).exit_code == 0


@pytest.mark.parametrize("form", ["tiles", "bundle"])
def test_a_log_that_grew(told: Story, honest: OwnLog, tmp_path: Path, form: str) -> None:
    small = at(tmp_path / "small", note_of(honest, 2))
    if form == "tiles":
        large = tiles(honest, tmp_path / "t")
    else:
        honest.publish()
        large = at(tmp_path / "lot.lotproof", make_bundle(honest.reader, LOT))
    found = compare_checkpoints(small, large, honest.policy())
    assert found.word == EXTENDS and found.what.startswith("B extends A")
    found = compare_checkpoints(large, small, honest.policy())
    assert found.word == EXTENDS and found.what.startswith("A extends B")


@pytest.mark.parametrize("more", [1, 3, 40])
def test_an_old_checkpoint_against_a_forked_log(told: Story, honest: OwnLog, tmp_path: Path, more: int) -> None:
    """The path of the larger tree is enough, whichever of the two is the true one."""
    fork = grown(told, 3, more)
    old, new = at(tmp_path / "old", note_of(honest)), tiles(fork, tmp_path / "t")
    found = compare_checkpoints(old, new, honest.policy())
    if fork.size >= honest.size:
        kind = kinds.FORK if fork.size > honest.size else kinds.SPLIT_VIEW
        assert found.word == EXCLUSIVE and proved(found, honest) == kind
    else:
        assert found.word == CANNOT_TELL
    other = compare_checkpoints(tiles(honest, tmp_path / "h"), new, honest.policy())
    assert other.word == EXCLUSIVE
    proved(other, honest)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder, and a plain web server over it on this machine."""
    (tmp_path / "www").mkdir()
    handler = partial(_Quiet, directory=str(tmp_path / "www"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield tmp_path / "www", f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nobody reads it."""


def test_an_address_that_serves_tiles(
    told: Story, honest: OwnLog, tmp_path: Path, served: tuple[Path, str]
) -> None:  # fmt: skip
    folder, address = served
    fork = grown(told, 3, 12)
    tiles(fork, folder)
    old = at(tmp_path / "old", note_of(honest))
    found = compare_checkpoints(old, address, honest.policy())
    assert found.word == EXCLUSIVE and proved(found, honest) == kinds.FORK
    assert compare_checkpoints(at(tmp_path / "small", note_of(fork, 2)), address, honest.policy()).word == EXTENDS
    (folder / "checkpoint").unlink()
    with pytest.raises(UsageError, match="compare-input"):
        compare_checkpoints(old, address, honest.policy())


def test_two_bundles(told: Story, honest: OwnLog, tmp_path: Path) -> None:
    """What their proofs show of the trees is often enough, and is never wrong."""
    fork = grown(told, 2, 12)
    bundles = []
    for log, lot in ((honest, LOT), (fork, "lot:CN-MAKER/G-1")):
        log.publish(cosigned_at=told.batches[-1][0] // 1000)
        bundles.append(bundle_view(lot, decode_bundle(make_bundle(log.reader, lot))))
    found = compare(bundles[0], bundles[1], honest.policy())
    assert found.word == EXCLUSIVE
    assert proved(found, honest) in (kinds.FORK_NODE, kinds.FORK)
    assert compare(bundles[1], bundles[0], honest.policy()).word == EXCLUSIVE


def test_a_restored_backup_that_is_shorter(told: Story, honest: OwnLog) -> None:
    """Shorter than what was signed, and dated later: the closing records tell it, where no hash can."""
    restored = grown(told, 3, 1, time=told.batches[-1][0] + 24 * HOUR)
    assert restored.size < honest.size
    views = []
    for log, lot in ((honest, "lot:CN-MAKER/L-2"), (restored, "lot:CN-MAKER/G-0")):
        log.publish()
        views.append(bundle_view(lot, decode_bundle(make_bundle(log.reader, lot))))
    blind = [view._replace(subtree=note_view("", b"").subtree, known=None) for view in views]
    for pair in (blind, blind[::-1]):
        found = compare(*pair, honest.policy())
        assert found.word == EXCLUSIVE and proved(found, honest) == kinds.ROLLED_BACK
    no_times = [view._replace(closings=lambda _: ()) for view in blind]
    assert compare(*no_times, honest.policy()).word == CANNOT_TELL


def test_a_witness_that_went_back_is_told_beside(told: Story, honest: OwnLog, tmp_path: Path) -> None:
    last = told.batches[-1][0]
    small = at(tmp_path / "small", note_of(honest, 2, times={CN_WITNESS: last // 1000 + 60}))
    large = tiles(honest, tmp_path / "t", note_of(honest, times=both(last)))
    found = compare_checkpoints(small, large, honest.policy())
    assert found.word == EXTENDS and found.exit_code == 0
    assert len(found.beside) == 1 and CN_WITNESS in found.beside[0]
    assert proved(found, honest) == kinds.WITNESS_ROLLED_BACK
    honest_small = at(tmp_path / "small2", note_of(honest, 2, times=both(last - HOUR)))
    found = compare_checkpoints(honest_small, large, honest.policy())
    assert found.beside == () and found.evidence is None


def test_the_empty_log_is_the_beginning_of_all(honest: OwnLog) -> None:
    empty = sign_checkpoint(Checkpoint(ORIGIN, 0, root_of(())), honest.signer)
    found = compare(note_view("empty", empty), note_view("b", note_of(honest)), honest.policy())
    assert found.word == EXTENDS


# What is no checkpoint of this log


def test_what_the_log_did_not_sign(honest: OwnLog, tmp_path: Path) -> None:
    mine = at(tmp_path / "mine", note_of(honest))
    row = honest.store.batch_ending(honest.size)
    assert row is not None
    tree = Checkpoint(ORIGIN, honest.size, row.root)
    for name, note, code in (
        ("stranger", sign_checkpoint(tree, key_from("stranger")), "checkpoint-signature"),
        ("other", sign_checkpoint(Checkpoint("other.example/x", 5, bytes(32)), honest.signer), "checkpoint-origin"),
        ("cut", note_of(honest)[:-9], "note-format"),
        ("text", b"hello", "note-format"),
    ):
        with pytest.raises(Malformed) as caught:
            compare_checkpoints(mine, at(tmp_path / name, note), honest.policy())
        assert caught.value.code in (code, "note-signature"), name


def test_a_broken_bundle_and_what_is_nothing(honest: OwnLog, tmp_path: Path) -> None:
    honest.publish()
    data = make_bundle(honest.reader, LOT)
    mine = at(tmp_path / "mine", note_of(honest))
    with pytest.raises(Malformed, match="bundle-digest"):
        compare_checkpoints(mine, at(tmp_path / "b", data[:-1] + b"\x00"), honest.policy())
    bundle = decode_bundle(data)
    leaf = bundle.statements[1]
    wrong = (bundle.statements[0], type(leaf)(leaf.index, leaf.raw + b"x", leaf.path), *bundle.statements[2:])
    with pytest.raises(Malformed, match="inclusion-invalid"):
        bundle_view("b", bundle._replace(statements=wrong))
    with pytest.raises(UsageError, match="input-missing"):
        compare_checkpoints(mine, str(tmp_path / "none"), honest.policy())
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="compare-input"):
        compare_checkpoints(mine, str(tmp_path / "empty"), honest.policy())
    with viewed(mine) as view:
        assert view.notes == (note_of(honest),)


def test_a_view_that_does_not_lead_to_its_own_checkpoint(told: Story, honest: OwnLog) -> None:
    """A prover's hashes are bound to its own signed root first: one that lies is refused, and nobody accused."""
    fork = grown(told, 2, 9)
    lying = View("liar", (note_of(honest),), subtree=lambda _: lambda start, end: root_of(
        [fork.reader.leaf_hash(n) for n in range(start, end)]))  # fmt: skip
    with pytest.raises(Malformed, match="tree-differs"):
        compare(note_view("a", note_of(honest, 2)), lying, honest.policy())


# Tiles


def wide(entries: int) -> tuple[Checkpoint, dict[Tile, bytes]]:
    """A tree of so many leaves and all its tiles."""
    leaves = [root_of([n.to_bytes(32, "big")]) for n in range(entries)]
    hashes, held, level = leaves, {}, 0
    while hashes:
        for number in range(0, len(hashes), TILE_WIDTH):
            part = hashes[number : number + TILE_WIDTH]
            held[Tile(level, number // TILE_WIDTH, len(part))] = join_hashes(part)
        full = len(hashes) // TILE_WIDTH
        hashes = [root_of(hashes[n * TILE_WIDTH : (n + 1) * TILE_WIDTH]) for n in range(full)]
        level += 1
    return Checkpoint(ORIGIN, entries, root_of(leaves)), held


@pytest.mark.parametrize("entries", [1, 255, 256, 257, 70_000])
def test_every_hash_of_the_tiles_is_bound_to_the_root(entries: int) -> None:
    checkpoint, held = wide(entries)
    tree = TileTree(checkpoint, held.get)
    assert tree.subtree(0, entries) == checkpoint.root
    for start, end in ((0, 1), (entries - 1, entries), (0, min(entries, 128))):
        leaves = [n.to_bytes(32, "big") for n in range(start, end)]
        assert tree.subtree(start, end) == root_of(leaves)
    for tile, data in held.items():
        changed = {**held, tile: bytes([data[0] ^ 1]) + data[1:]}
        with pytest.raises(Malformed, match="tile-differs"):
            TileTree(checkpoint, changed.get).node(
                0, min(tile.number * TILE_WIDTH, entries - 1) if not tile.level else 0
            )
        if tile.number > 2:
            break


def test_a_missing_tile_leaves_it_open(told: Story, honest: OwnLog, tmp_path: Path) -> None:
    checkpoint, held = wide(300)
    tree = TileTree(checkpoint, {tile: data for tile, data in held.items() if tile.width < TILE_WIDTH}.get)
    assert tree.subtree(0, 1) is None
    with pytest.raises(TileMissing):
        tree.node(0, 0)
    full = TileTree(Checkpoint(ORIGIN, 255, wide(255)[0].root), {Tile(0, 0): wide(256)[1][Tile(0, 0)]}.get)
    assert full.subtree(0, 255) == wide(255)[0].root, "a full tile stands for the partial one"
    folder = Path(tiles(honest, tmp_path / "t"))
    for path in folder.rglob("*.p/*"):
        path.unlink()
    small = at(tmp_path / "small", note_of(honest, 2))
    assert compare_checkpoints(small, str(folder), honest.policy()).word == CANNOT_TELL


def test_the_policy_needs_one_of_its_keys_only(honest: OwnLog) -> None:
    """While a log changes its key, a checkpoint by the old one and one by the new one are of the same log."""
    policy: Any = honest.policy()
    new = type(LOG_KEY)(ORIGIN, 1, key_from("new").public.raw)
    both_keys = type(policy)(**{**_members(policy), "log_keys": (LOG_KEY, new)})
    row = honest.store.batch_ending(2)
    assert row is not None
    by_new = sign_checkpoint(Checkpoint(ORIGIN, 2, row.root), key_from("new"))
    assert compare(note_view("a", note_of(honest, 2)), note_view("b", by_new), both_keys).word == SAME


def _members(policy: Any) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in policy.__dataclass_fields__}
