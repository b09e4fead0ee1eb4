"""The heads map: against its definition, all proofs against all subjects, and a store that lies."""

from __future__ import annotations

import contextlib
import json
import random
import re
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors_build import tree_heads

from lotchain.core import heads, heads_trie
from lotchain.core.heads import EMPTY_MAP_ROOT, Head, HeadProof, root_by_definition, subject_key
from lotchain.core.heads_tiles import Tile
from lotchain.core.heads_trie import HeadsMap, HeadWrites, MemoryHeadStore
from lotchain.errors import Malformed, StoreError, UsageError

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors"
CASES = json.loads((VECTORS / "heads-map.json").read_text(encoding="ascii"))["cases"]


def head_of(shown: dict) -> Head:  # type: ignore[type-arg]
    return Head(shown["length"], bytes.fromhex(shown["chain"]), bytes.fromhex(shown["state_hash"]))


def test_the_vectors_are_what_their_script_makes() -> None:
    assert (VECTORS / "heads-map.json").read_text(encoding="ascii") == tree_heads.files()["heads-map.json"]


@pytest.mark.parametrize("case", CASES, ids=[f"{case['kind']}: {case['name']}" for case in CASES])
def test_vector(case: dict) -> None:  # type: ignore[type-arg]
    kind = case["kind"]
    if kind == "chain":
        chain, statement_id = bytes.fromhex(case["chain"]), bytes.fromhex(case["statement_id"])
        if case["valid"]:
            assert heads.extend_chain(chain, statement_id).hex() == case["result"]
        else:
            with pytest.raises(UsageError) as caught:
                heads.extend_chain(chain, statement_id)
            assert caught.value.code == case["code"]
    elif kind == "root":
        members = {subject_key(shown["subject"]): head_of(shown) for shown in case["heads"]}
        assert root_by_definition(members).hex() == case["root"]
        made = HeadsMap(MemoryHeadStore())
        made.update(members.items())
        assert made.root().hex() == case["root"]
    else:
        root, siblings = bytes.fromhex(case["root"]), [bytes.fromhex(sibling) for sibling in case["siblings"]]
        if kind == "presence":
            verdict = heads.verify_presence(root, case["subject"], head_of(case["head"]), siblings)
        else:
            assert kind == "absence"
            other = case["other"] and (bytes.fromhex(case["other"]["key"]), head_of(case["other"]))
            verdict = heads.verify_absence(root, case["subject"], siblings, other)
        assert verdict is case["valid"]


# --- proofs, all against all -------------------------------------------------------------------------------------

PRESENT = [f"lot:NL-00000001/{i:04d}" for i in range(200)]
ABSENT = [f"lot:DE-HRB900/{i:04d}" for i in range(200)]
MEMBERS = {
    name: Head(1 + i % 7, sha256(b"c%d" % i).digest(), sha256(b"s%d" % i).digest()) for i, name in enumerate(PRESENT)
}


@pytest.fixture(scope="module")
def full() -> HeadsMap:
    made = HeadsMap(MemoryHeadStore())
    made.update((subject_key(name), head) for name, head in MEMBERS.items())
    return made


def test_every_subject_has_one_proof_and_it_is_true(full: HeadsMap) -> None:
    root = full.root()
    assert root == root_by_definition({subject_key(name): head for name, head in MEMBERS.items()})
    ends = {"empty": 0, "other": 0}
    for name in PRESENT:
        proof = full.prove(subject_key(name))
        assert proof.head == MEMBERS[name]
        assert proof.other is None
        assert heads.verify_presence(root, name, MEMBERS[name], proof.siblings)
    for name in ABSENT:
        proof = full.prove(subject_key(name))
        assert proof.head is None
        assert heads.verify_absence(root, name, proof.siblings, proof.other)
        ends["other" if proof.other else "empty"] += 1
    assert min(ends.values()) > 40  # both ways to be absent are tried


def test_finding_is_proving_without_the_proof(full: HeadsMap) -> None:
    names = [*MEMBERS, *(f"lot:nobody-{n}" for n in range(500))]
    assert [full.find(heads.subject_key(name)) for name in names] == [
        full.prove(heads.subject_key(name)).head for name in names
    ]
    with pytest.raises(UsageError, match="subject-key"):
        full.find(b"short")


def test_presence_and_absence_never_pass_for_each_other(full: HeadsMap) -> None:
    root = full.root()
    keys = {name: subject_key(name) for name in PRESENT + ABSENT}
    proofs = {name: full.prove(key) for name, key in keys.items()}
    tried = accepted = 0
    for name in PRESENT:
        siblings, head = proofs[name].siblings, MEMBERS[name]
        for claimed in PRESENT + ABSENT:
            if claimed != name:  # somebody else's presence proof, with its head or one's own
                accepted += heads.verify_presence(root, claimed, head, siblings)
                accepted += heads.verify_presence(root, claimed, MEMBERS.get(claimed, head), siblings)
                tried += 2
            if claimed in MEMBERS:  # the same as absence of a present subject
                accepted += heads.verify_absence(root, claimed, siblings, (keys[name], head))
                accepted += heads.verify_absence(root, claimed, siblings, None)
                tried += 2
    for name in ABSENT:
        siblings, other = proofs[name].siblings, proofs[name].other
        for claimed in PRESENT:
            accepted += heads.verify_absence(root, claimed, siblings, other)
            accepted += heads.verify_absence(root, claimed, siblings, None)
            accepted += heads.verify_absence(root, claimed, proofs[claimed].siblings, other)
            accepted += heads.verify_presence(root, name, MEMBERS[claimed], siblings)
            accepted += heads.verify_presence(root, name, MEMBERS[claimed], proofs[claimed].siblings)
            tried += 5
        if other is not None:
            accepted += heads.verify_presence(root, name, other[1], siblings)
            tried += 1
    for name in PRESENT:  # an absence proof that shows the other leaf is that leaf's presence proof, and only its
        own = (keys[name], MEMBERS[name])
        accepted += heads.verify_absence(root, name, proofs[name].siblings, own)
        tried += 1
    assert tried > 439_800
    assert accepted == 0, f"{accepted} false accepts in {tried}"


def test_stale_heads_do_not_verify(full: HeadsMap) -> None:
    name = PRESENT[7]
    proof = full.prove(subject_key(name))
    old = MEMBERS[name]
    newer = HeadsMap(MemoryHeadStore())
    newer.update((subject_key(other), head) for other, head in MEMBERS.items())
    newer.update([(subject_key(name), Head(old.length + 1, old.state_hash, old.chain))])
    assert not heads.verify_presence(newer.root(), name, old, newer.prove(subject_key(name)).siblings)
    assert not heads.verify_presence(newer.root(), name, old, proof.siblings)


def test_every_changed_bit_of_a_proof_counts(full: HeadsMap) -> None:
    root = full.root()
    for name in (PRESENT[3], ABSENT[3], ABSENT[4]):
        proof = full.prove(subject_key(name))
        for at in range(len(proof.siblings) * 256):
            which, bit = divmod(at, 256)
            changed = list(proof.siblings)
            changed[which] = (int.from_bytes(changed[which], "big") ^ 1 << bit).to_bytes(32, "big")
            assert not _verifies(root, name, HeadProof(tuple(changed), proof.head, proof.other))


def _verifies(root: bytes, subject: str, proof: HeadProof) -> bool:
    if proof.head is not None:
        return heads.verify_presence(root, subject, proof.head, proof.siblings)
    return heads.verify_absence(root, subject, proof.siblings, proof.other)


@pytest.mark.parametrize("length", [-1, 0, 2**63, 2**64, 2**80])
def test_an_impossible_head_is_false_and_not_an_exception(full: HeadsMap, length: int) -> None:
    root, name = full.root(), PRESENT[0]
    proof = full.prove(subject_key(name))
    assert not heads.verify_presence(root, name, Head(length, bytes(32), bytes(32)), proof.siblings)
    assert not heads.verify_absence(root, name, proof.siblings, (bytes(32), Head(length, bytes(32), bytes(32))))
    with pytest.raises(UsageError):
        Head(length, bytes(32), bytes(32)).to_bytes()


@settings(max_examples=300)
@given(
    st.binary(max_size=40) | st.just(EMPTY_MAP_ROOT),
    st.text(st.characters(), max_size=8),
    st.lists(st.binary(max_size=40) | st.just(bytes(32)), max_size=300),
    st.none() | st.tuples(st.binary(max_size=40), st.builds(Head, st.integers(), st.binary(), st.binary())),
)
def test_verifying_never_raises(root: bytes, name: str, siblings: list[bytes], other) -> None:  # type: ignore[no-untyped-def]
    writable = all(not 0xD800 <= ord(letter) <= 0xDFFF for letter in name)  # a lone surrogate is no subject's name
    empty = writable and root == EMPTY_MAP_ROOT and not siblings and other is None
    assert heads.verify_absence(root, name, siblings, other) is empty
    assert not heads.verify_presence(root, name, other[1] if other else Head(1, root, root), siblings)


def test_a_name_that_is_no_text_is_false() -> None:
    assert not heads.verify_absence(EMPTY_MAP_ROOT, "lot:\ud800", (), None)
    assert not heads.verify_presence(EMPTY_MAP_ROOT, "lot:\ud800", Head(1, bytes(32), bytes(32)), ())
    with pytest.raises(UsageError):
        subject_key("lot:\ud800")


@settings(max_examples=200)
@given(st.binary(max_size=80) | st.binary(min_size=72, max_size=72))
def test_a_head_is_read_strictly(data: bytes) -> None:
    try:
        assert Head.from_bytes(data).to_bytes() == data
    except Malformed as fault:
        assert fault.code == "head-malformed"
        assert len(data) != 72 or not 1 <= int.from_bytes(data[:8], "big") < 2**63


# --- the map over a store ----------------------------------------------------------------------------------------


def some_head(draw: random.Random) -> Head:
    return Head(draw.randrange(1, 1000), draw.randbytes(32), draw.randbytes(32))


def key_pool(draw: random.Random) -> list[bytes]:
    """Keys at random, and clusters that share up to 248 bits, which no hash would give but a test can."""
    base = draw.randbytes(32)
    pool = [draw.randbytes(32) for _ in range(150)]
    pool += [base[:same] + draw.randbytes(32 - same) for same in (1, 2, 4, 10, 20, 31) for _ in range(12)]
    return list(dict.fromkeys(pool))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32))
def test_the_map_equals_its_definition(seed: int) -> None:
    draw = random.Random(seed)
    pool, store = key_pool(draw), MemoryHeadStore()
    model: dict[bytes, Head] = {}
    made = HeadsMap(store)
    for _ in range(25):
        changes = {key: some_head(draw) for key in draw.sample(pool, draw.randrange(20))}
        snapshot, before = made.snapshot(), made.root()
        made.update(changes.items())
        if draw.random() < 0.3:
            made.restore(snapshot)
            made.restore(snapshot)
            assert made.root() == before
        else:
            model.update(changes)
        assert made.root() == root_by_definition(model)
        assert len(made) == len(model)
        step = draw.random()
        if step < 0.3:
            made = _published(made, store, model, draw, pool)
        for key in draw.sample(pool, 8):
            _check_proof(made, model, key)


def _published(
    made: HeadsMap, store: MemoryHeadStore, model: dict[bytes, Head], draw: random.Random, pool: list[bytes]
) -> HeadsMap:
    """Flush; now and then fail to write, or go on before it is written, or start again from the store."""
    writes = made.flush()
    if draw.random() < 0.3:
        writes = made.flush()  # the first attempt failed
    root = made.root()
    late = {}
    if draw.random() < 0.4:
        late = {key: some_head(draw) for key in draw.sample(pool, 5)}
        snapshot = made.snapshot()
        made.update(late.items())
    store.write(writes)
    made.written()
    stored = HeadsMap(store)
    assert stored.root() == root  # the published map, while the other moves on
    for key in draw.sample(pool, 5):
        _check_proof(stored, model, key)
    if late and draw.random() < 0.5:
        made.restore(snapshot)
        assert made.root() == root
        late = {}
    model.update(late)
    if not late:
        assert made.root() == root
        if draw.random() < 0.5:
            return stored
    return made


def _check_proof(made: HeadsMap, model: dict[bytes, Head], key: bytes) -> None:
    proof = made.prove(key)
    assert proof.head == model.get(key)
    depth, root = len(proof.siblings), made.root()
    if not model:
        assert proof == HeadProof((), None, None)
        return
    if proof.head is not None:
        end = heads.leaf_hash(key, proof.head.to_bytes())
    elif proof.other is not None:
        assert model[proof.other[0]] == proof.other[1]
        assert all(heads.bit(key, at) == heads.bit(proof.other[0], at) for at in range(depth))
        end = heads.leaf_hash(proof.other[0], proof.other[1].to_bytes())
    else:
        end = bytes(32)
    for at in range(depth - 1, -1, -1):
        sides = (proof.siblings[at], end) if heads.bit(key, at) else (end, proof.siblings[at])
        end = heads.inner_hash(*sides)
    assert end == root


def test_flush_gives_what_changed_and_nothing_twice() -> None:
    draw = random.Random(1)
    keys = [draw.randbytes(32) for _ in range(500)]
    store = MemoryHeadStore()
    made = HeadsMap(store)
    made.update((key, some_head(draw)) for key in keys)
    writes = made.flush()
    assert [key for key, _ in writes.leaves] == sorted(keys)
    store.write(writes)
    made.written()
    assert made.flush() == HeadWrites([], [])
    head = some_head(draw)
    made.update([(keys[0], head)])
    writes = made.flush()
    assert writes.leaves == [(keys[0], head.to_bytes())]
    assert {bits for bits, _, _ in writes.tiles} <= {0, 4, 8}
    assert all(len(prefix) == (bits + 7) // 8 for bits, prefix, _ in writes.tiles)


def test_only_the_newest_snapshot_is_restored() -> None:
    made = HeadsMap(MemoryHeadStore())
    first = made.snapshot()
    made.snapshot()
    with pytest.raises(UsageError):
        made.restore(first)
    with pytest.raises(UsageError):
        HeadsMap(MemoryHeadStore()).restore(first)


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33)])
def test_keys_are_hashes(key: bytes) -> None:
    made = HeadsMap(MemoryHeadStore())
    with pytest.raises(UsageError):
        made.update([(key, Head(1, bytes(32), bytes(32)))])
    with pytest.raises(UsageError):
        made.prove(key)
    assert made.root() == EMPTY_MAP_ROOT


def test_an_update_of_which_one_head_is_impossible_changes_nothing() -> None:
    made = HeadsMap(MemoryHeadStore())
    good, bad = Head(1, bytes(32), bytes(32)), Head(0, bytes(32), bytes(32))
    with pytest.raises(UsageError):
        made.update([(bytes(32), good), (b"\x01" * 32, bad)])
    assert made.root() == EMPTY_MAP_ROOT
    assert made.flush() == HeadWrites([], [])


def test_few_kept_nodes_give_the_same_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heads_trie, "_CLEAN_LIMIT", 3)
    test_the_map_equals_its_definition.hypothesis.inner_test(11)  # type: ignore[attr-defined]
    test_the_map_equals_its_definition.hypothesis.inner_test(12)  # type: ignore[attr-defined]


# --- a store that lies -------------------------------------------------------------------------------------------


def stored_map() -> tuple[MemoryHeadStore, list[bytes]]:
    draw = random.Random(5)
    keys = [draw.randbytes(32) for _ in range(400)]
    store = MemoryHeadStore()
    made = HeadsMap(store)
    made.update((key, some_head(draw)) for key in keys)
    store.write(made.flush())
    return store, keys


def test_every_flipped_byte_in_the_store_is_seen() -> None:
    """A flip changes the root or raises: never a proof under the genuine root that is not genuine."""
    store, keys = stored_map()
    root, draw = HeadsMap(store).root(), random.Random(6)
    tiles, records = dict(store._tiles), dict(store._records)
    for kept, whole in ((store._tiles, tiles), (store._records, records)):
        for place in draw.sample(sorted(whole), min(len(whole), 60)):
            data = whole[place]
            at = draw.randrange(len(data))
            kept[place] = data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]
            with pytest.raises((StoreError, Malformed, AssertionError)) as caught:
                read = HeadsMap(store)
                assert read.root() == root
                for key in keys:
                    read.prove(key)
            if not isinstance(caught.value, AssertionError):
                assert caught.value.code in {"store-corrupt", "heads-tile-malformed", "version-unsupported"}
            kept[place] = data
    read = HeadsMap(store)
    assert all(read.prove(key).head is not None for key in keys)


def test_a_missing_tile_and_a_missing_leaf_are_seen() -> None:
    store, keys = stored_map()
    deepest = max(store._tiles)
    tile = store._tiles.pop(deepest)
    with pytest.raises(StoreError):
        for key in keys:
            HeadsMap(store).prove(key)
    store._tiles[deepest] = tile
    store._keys.remove(keys[17])
    with pytest.raises(StoreError):
        HeadsMap(store).prove(keys[17])
    root = store._tiles.pop((0, b""))
    with pytest.raises(StoreError):
        HeadsMap(store)
    store._tiles[0, b""] = root


def test_an_update_that_meets_a_lying_store_can_be_undone() -> None:
    store, keys = stored_map()
    made = HeadsMap(store)
    root, snapshot = made.root(), made.snapshot()
    del store._tiles[max(store._tiles)]
    with pytest.raises(StoreError):
        made.update((key, Head(9, bytes(32), bytes(32))) for key in keys)
    made.restore(snapshot)
    assert made.root() == root
    assert made.flush() == HeadWrites([], [])


def test_tiles_are_read_strictly() -> None:
    store, _ = stored_map()
    good = store.tile(0, b"")
    assert good is not None
    assert Tile.decode(good).encode() == good
    bad = [
        b"",
        b"\x01",
        b"\x01\x00\x00",
        b"\x02" + good[1:],
        good[:-1],
        good + b"\x00",
        good[:1] + b"\x7f\xff" + good[3:],
        good[:3] + bytes(5) + good[8:],
        b"\x01\x80\x00" + (8).to_bytes(5, "big") + bytes(32),
    ]
    for data in bad:
        with pytest.raises(Malformed) as caught:
            Tile.decode(data)
        assert caught.value.code in {"heads-tile-malformed", "version-unsupported"}


@settings(max_examples=200)
@given(st.binary(max_size=120))
def test_nothing_but_malformed_escapes_a_tile(noise: bytes) -> None:
    for data in (noise, b"\x01" + noise, b"\x01\x01\x01" + noise):
        with contextlib.suppress(Malformed):
            assert Tile.decode(data).encode() == data


def test_the_example_of_the_page() -> None:
    page = (VECTORS.parent / "formats" / "heads-map.md").read_text(encoding="utf-8")
    example = page[page.index("## Example") :]
    names = [f"lot:CO-900123456/7K3Q-0{i}" for i in (1, 2, 3)]
    members = {
        subject_key(name): Head(i + 1, bytes([0xA0 + i]) * 32, bytes([0xB0 + i]) * 32) for i, name in enumerate(names)
    }
    leaves = [heads.leaf_hash(key, head.to_bytes()) for key, head in members.items()]
    chain = heads.extend_chain(heads.INITIAL_CHAIN, b"\x11" * 32)
    told = [digest for pair in zip(members, leaves, strict=True) for digest in pair]
    told += [heads.inner_hash(leaves[0], leaves[1]), root_by_definition(members)]
    told += [chain, heads.extend_chain(chain, b"\x22" * 32)]
    assert re.findall(r"[0-9a-f]{64}", example) == [digest.hex() for digest in told]
    made = HeadsMap(MemoryHeadStore())
    made.update(members.items())
    proof = made.prove(subject_key("lot:CO-900123456/7K3Q-04"))
    assert proof.siblings == (leaves[2], leaves[0])
    assert proof.other is not None
    assert proof.other[0] == subject_key(names[1])
