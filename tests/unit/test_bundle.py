"""The bundle's file format: one encoding, limits before parsing, nothing but `Malformed`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.changing import replace
from tests.vectors_build.bundle_bench import Bench

from lotchain.core import cbor
from lotchain.errors import Malformed, UsageError
from lotchain.ledger.bundles import make_bundle
from lotchain.verify import bundle as bundles
from lotchain.verify.bundle import FORMAT, MAX_BUNDLE, Bundle, decode_bundle, encode_bundle


@lru_cache(maxsize=1)
def good() -> bytes:
    bench = Bench()
    lot = bench.world.make("A", 100, seen=bench.seen())
    bench.feed()
    bench.world.move("maker", "carrier", lot)
    return encode_bundle(bench.bundle(lot))


def body() -> list[Any]:
    """The good bundle's CBOR, as lists that a test may change."""
    value = cbor.decode(good(), max_bytes=MAX_BUNDLE, max_depth=8, max_items=1_000_000, what="bundle")
    assert isinstance(value, list)
    return value


def sealed(value: Any) -> bytes:
    """The value as CBOR under a right digest."""
    unsealed = cbor.encode(value)[:-32]
    return unsealed + hashlib.sha256(unsealed).digest()


def code_of(data: bytes) -> str:
    with pytest.raises(Malformed) as caught:
        decode_bundle(data)
    return caught.value.code


def test_one_encoding() -> None:
    bundle = decode_bundle(good())
    assert encode_bundle(bundle) == good()
    assert sealed(body()) == good()
    assert len(bundle.statements) > 5
    assert bundle.seen


def test_a_hash_that_proofs_share_is_stored_once() -> None:
    hashes = body()[3]
    assert len(set(hashes)) == len(hashes)
    bundle = decode_bundle(good())
    paths = [leaf.path for leaf in (*bundle.statements, *bundle.closings)]
    paths += [proof.path for proof in bundle.seen] + [proof.siblings for proof in bundle.subjects]
    used = [value for path in paths for value in path]
    assert hashes == list(dict.fromkeys(used))
    assert len(used) > len(hashes) * 3 // 2


@pytest.mark.parametrize("size", [0, 1, 31, 32, 63])
def test_short_files(size: int) -> None:
    assert code_of(good()[:size]) == "bundle-digest"


def test_every_cut_is_seen() -> None:
    for size in range(0, len(good()), 97):
        assert code_of(good()[:size]) == "bundle-digest"


def test_too_large_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MAX_BUNDLE", 100)
    monkeypatch.setattr(cbor, "decode", lambda *_, **__: pytest.fail("parsed before its size was looked at"))
    monkeypatch.setattr(hashlib, "sha256", lambda *_: pytest.fail("hashed before its size was looked at"))
    assert code_of(bytes(101)) == "too-large"


def test_the_digest_before_anything_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cbor, "decode", lambda *_, **__: pytest.fail("parsed before the digest was compared"))
    assert code_of(good()[:-1] + b"\x00") == "bundle-digest"


def test_trailing_bytes() -> None:
    assert code_of(good() + b"\x00") == "bundle-digest"
    longer = good() + b"\x00"
    assert code_of(longer + hashlib.sha256(longer).digest()).startswith("cbor-")


@pytest.mark.parametrize(
    "value", [[], 5, {}, [5], ["other/1"], ["lotchain-bundle"], [None], "lotchain-bundle/1"], ids=str
)
def test_another_file(value: Any) -> None:
    item = [*value, bytes(60), bytes(32)] if isinstance(value, list) else [value, bytes(60), bytes(32)]
    assert code_of(sealed(item)) == "bundle-format"


@pytest.mark.parametrize(
    "version", ["lotchain-bundle/2", "lotchain-bundle/0", "lotchain-bundle/1 ", "lotchain-bundle/"]
)
def test_another_version_is_told_apart(version: str) -> None:
    assert code_of(sealed([version, bytes(60), bytes(32)])) == "version-unsupported"


Change = Callable[[list[Any]], Any]


def _set(*path: int) -> Callable[[Any], Change]:
    def with_value(value: Any) -> Change:
        def change(body: list[Any]) -> None:
            target: Any = body
            for step in path[:-1]:
                target = target[step]
            target[path[-1]] = value

        return change

    return with_value


def _swap(*path: int) -> Change:
    def change(body: list[Any]) -> None:
        target: Any = body
        for step in path:
            target = target[step]
        target[0], target[1] = target[1], target[0]

    return change


def _double(*path: int) -> Change:
    def change(body: list[Any]) -> None:
        target: Any = body
        for step in path:
            target = target[step]
        target.insert(0, target[0])

    return change


def _reorder(body: list[Any]) -> None:
    body[3][0], body[3][1] = body[3][1], body[3][0]
    other = {0: 1, 1: 0}
    for path in [row[2] for row in (*body[4][0], *body[4][1], *body[5])] + [row[1] for row in body[6]]:
        path[:] = [other.get(place, place) for place in path]


def _digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


STATEMENTS, CLOSINGS, SEEN, SUBJECTS, EXTRAS = (4, 0), (4, 1), (5,), (6,), (7,)
CHANGES: dict[str, Change] = {
    "a member more": lambda b: b.insert(8, 0),
    "a member less": lambda b: b.pop(5),
    "lot a number": _set(1)(5),
    "note a text": _set(2)("note"),
    "note too long": _set(2)(bytes(bundles.MAX_NOTE + 1)),
    "hashes a number": _set(3)(5),
    "a hash too short": _set(3, 0)(bytes(31)),
    "a hash a text": _set(3, 0)("x" * 32),
    "a hash beside": lambda b: b[3].append(bytes(32)),
    "a hash twice": _double(3),
    "hashes in another order, places adjusted": _reorder,
    "entries of one list": lambda b: b[4].pop(),
    "entries of three lists": lambda b: b[4].append([]),
    "statements a map": _set(4, 0)({}),
    "two statements swapped": _swap(*STATEMENTS),
    "a statement twice": _double(*STATEMENTS),
    "an index negative": _set(*STATEMENTS, 0, 0)(-1),
    "an index a boolean": _set(*STATEMENTS, 0, 0)(False),
    "an index of 2^62": _set(*STATEMENTS, -1, 0)(2**62),
    "an entry a text": _set(*STATEMENTS, 0, 1)("x"),
    "an entry too long": _set(*STATEMENTS, 0, 1)(bytes(65_536)),
    "an entry of two members": lambda b: b[4][0][0].pop(),
    "a path too long": lambda b: b[4][0][0].__setitem__(2, [0] * 200),
    "a place outside": lambda b: b[4][0][0][2].__setitem__(0, len(b[3])),
    "a place negative": lambda b: b[4][0][0][2].__setitem__(0, -1),
    "a place a boolean": lambda b: b[4][0][0][2].__setitem__(0, True),
    "two closing records swapped": _swap(*CLOSINGS),
    "a closing record twice": _double(*CLOSINGS),
    "a seen proof twice": _double(*SEEN),
    "a seen size of 0": _set(*SEEN, 0, 0)(0),
    "a seen root too long": _set(*SEEN, 0, 1)(bytes(33)),
    "two subjects swapped": _swap(*SUBJECTS),
    "a subject twice": _double(*SUBJECTS),
    "a subject a number": _set(*SUBJECTS, 0, 0)(5),
    "siblings too many": _set(*SUBJECTS, 0, 1)([0] * 257),
    "the other leaf of three": _set(*SUBJECTS, 0, 2)([bytes(32), 1, bytes(32)]),
    "the other leaf of length 0": _set(*SUBJECTS, 0, 2)([bytes(32), 0, bytes(32), bytes(32)]),
    "the other leaf's key short": _set(*SUBJECTS, 0, 2)([bytes(31), 1, bytes(32), bytes(32)]),
    "the other leaf false": _set(*SUBJECTS, 0, 2)(False),
    "extras of one list": lambda b: b[7].pop(),
    "an opening of one": lambda b: b[7][0].append([bytes(32)]),
    "an opening a text": lambda b: b[7][0].append([bytes(32), "x"]),
    "openings out of order": lambda b: b[7][0].extend([[b"\x01" * 32, b""], [bytes(32), b""]]),
    "an opening twice": lambda b: b[7][0].extend([[bytes(32), b""], [bytes(32), b""]]),
    "an empty rule set": lambda b: b[7][1].append(b""),
    "a rule set twice": lambda b: b[7][1].extend([b"x", b"x"]),
    "rule sets out of order": lambda b: b[7][1].extend(sorted([b"x", b"y"], key=_digest, reverse=True)),
    "a rule set a text": lambda b: b[7][1].append("x"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_layouts_that_are_refused(name: str) -> None:
    value = body()
    CHANGES[name](value)
    assert code_of(sealed(value)) == "bundle-format"


@pytest.mark.parametrize(
    ("lot", "code"),
    [
        ("party:CN-MAKER", "id-kind"),
        ("lot:CN-MAKER/", "id-format"),
        ("lot:CN-MAKER/A\n", "id-chars"),
        ("", "id-kind"),
    ],
)
def test_the_lot_is_a_lot(lot: str, code: str) -> None:
    value = body()
    value[1] = lot
    assert code_of(sealed(value)) == code


def test_a_subject_is_an_id() -> None:
    value = body()
    value[6][0][0] = "a nobody"
    assert code_of(sealed(value)) == "id-chars"


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"\x89", b"\x99\x00\x09"), (b"\x89", b"\x9f"), (b"\x71lotchain-bundle/1", b"\x78\x11lotchain-bundle/1")],
    ids=["long head", "indefinite", "long text head"],
)
def test_one_spelling_of_cbor(old: bytes, new: bytes) -> None:
    changed = good()[:-32].replace(old, new, 1)
    assert code_of(changed + hashlib.sha256(changed).digest()).startswith("cbor-")


def test_too_many_items() -> None:
    value = [FORMAT, [0] * 1_000_001, bytes(32)]
    assert code_of(sealed(value)) == "too-large"


@pytest.mark.parametrize("depth", [60, 200_000])
def test_too_deep(depth: int) -> None:
    data = b"\x83\x71lotchain-bundle/1" + b"\x81" * depth + b"\x00\x58\x20"
    assert code_of(data + hashlib.sha256(data).digest()) == "too-deep"


@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    for file in (data, data + hashlib.sha256(data).digest()):
        with pytest.raises(Malformed):
            decode_bundle(file)


ITEMS = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text(max_size=8) | st.binary(max_size=40),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=12,
)


@given(st.integers(1, 7), ITEMS)
@settings(max_examples=200)
def test_any_member(place: int, item: Any) -> None:
    value = body()
    if value[place] == item:
        return
    value[place] = item
    try:
        data = sealed(value)
    except Malformed:
        return  # it has no CBOR of this kind
    try:
        read = decode_bundle(data)
    except Malformed:
        return
    assert encode_bundle(read) == data
    assert place in (1, 2, 5, 7), "another lot, another note or an empty list is well laid out, and no more"


@given(st.integers(0, 10_000))
@settings(max_examples=100)
def test_any_part_twice_or_gone_has_one_encoding(seed: int) -> None:
    random = Random(seed)
    bundle = decode_bundle(good())
    name = random.choice(["statements", "closings", "seen", "subjects"])
    rows = list(getattr(bundle, name))
    rows.pop(random.randrange(len(rows)))
    changed: Bundle = replace(bundle, **{name: tuple(rows)})
    assert decode_bundle(encode_bundle(changed)) == changed


def test_what_no_verifier_would_read_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench()
    lot = bench.world.make("A", 100)
    bench.feed()
    bench.rig.ledger.publish()
    assert make_bundle(bench.rig.ledger.reader, lot)
    monkeypatch.setattr(bundles, "MAX_STATEMENTS", 3)
    with pytest.raises(UsageError) as caught:
        make_bundle(bench.rig.ledger.reader, lot)
    assert caught.value.code == "bundle-limits"


def test_only_what_is_published_is_bundled() -> None:
    bench = Bench()
    with pytest.raises(UsageError) as caught:
        make_bundle(bench.rig.ledger.reader, "lot:CN-MAKER/A")
    assert caught.value.code == "nothing-published"
    bench.rig.ledger.publish()
    bench.world.make("A", 100)
    bench.feed()
    with pytest.raises(UsageError) as caught:
        make_bundle(bench.rig.ledger.reader, "lot:CN-MAKER/A")
    assert caught.value.code == "lot-not-published"
    with pytest.raises(Malformed):
        make_bundle(bench.rig.ledger.reader, "party:CN-MAKER")
