"""Threat row 33, bundles truncated, reordered, spliced, or with members repeated.

A bundle is one CBOR item, no archive (the protocol wins): BUNDLE_INCOMPLETE, ORDER, DUPLICATE and TRAILING_DATA are here
`bundle-digest` where the digest at its end was not made anew, and where it was: `bundle-format` (order, repetition),
`cbor-malformed` (truncated, trailing), and for what is left out or put in `bundle-incomplete`, `bundle-extra`,
`head-mismatch`, `closing-missing`, `inclusion-invalid`, `charter-mismatch`.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.changing import replace
from tests.threats.surroundings import Small, body_of, reseal, reworked, sealed, told

from lotchain.errors import Malformed
from lotchain.verify.bundle import Leaf, decode_bundle

CUT = [1, 2, 31, 32, 33, 64, 100, 1_000]
UNREADABLE = {"cbor-malformed", "cbor-not-canonical", "too-large", "too-deep", "duplicate-key", "bundle-format"}
"""A cut end leaves the new digest's bytes where an item should stand: what they look like is chance."""
LEFT_OUT = {
    "bundle-incomplete", "bundle-extra", "head-mismatch", "closing-missing", "charter-mismatch", "key-not-enrolled",
    "bundle-format", "lot-absent",
}  # fmt: skip


@pytest.mark.parametrize("count", CUT)
def test_cut_at_the_end(count: int) -> None:
    small, _, bundle = told()
    assert small.caught(bundle[:-count]) == "bundle-digest"
    assert small.caught(reseal(bundle[: -32 - count])) in UNREADABLE


def test_cut_anywhere_and_sealed_anew() -> None:
    small, _, bundle = told()
    for end in range(0, len(bundle) - 32, 97):
        code = small.caught(reseal(bundle[:end]))
        assert code in UNREADABLE | {"bundle-digest"}, end
        assert small.caught(bundle[:end]) == "bundle-digest", end


def test_one_bit_anywhere() -> None:
    small, _, bundle = told()
    for place in range(0, len(bundle), 61):
        flipped = bytearray(bundle)
        flipped[place] ^= 1 << place % 8
        assert small.caught(bytes(flipped)) == "bundle-digest", place


def test_one_bit_anywhere_and_sealed_anew() -> None:
    """Refused; or, where a witness's line is now a stranger's, on the operator's word. Never clear again."""
    small, _, bundle = told()
    for place in range(0, len(bundle) - 32, 41):
        flipped = bytearray(bundle[:-32])
        flipped[place] ^= 1 << place % 8
        try:
            verdict = small.verdict(reseal(bytes(flipped)))
        except Malformed:
            continue
        if not verdict.refused:
            assert b"audit-" in bytes(flipped[place - 200 : place + 60]), place
            assert verdict.answers.completeness == "operator's word"
            assert verdict.answers.chain == "undetermined"
        assert verdict.word != "CLEAR", place


@pytest.mark.parametrize("extra", [b"\x00", b"\xf6", b"\x80", bytes(32), b"\n"])
def test_trailing_bytes(extra: bytes) -> None:
    small, _, bundle = told()
    assert small.caught(bundle + extra) == "bundle-digest"
    assert small.caught(reseal(bundle + extra)) == "cbor-malformed"
    assert small.caught(reseal(bundle[:-32] + extra)) in UNREADABLE


def test_two_bundles_in_one_file() -> None:
    small, _, bundle = told()
    assert small.caught(bundle + bundle) == "bundle-digest"
    assert small.caught(reseal(bundle + bundle)) == "cbor-malformed"


def leaves(name: str) -> tuple[Leaf, ...]:
    members: tuple[Leaf, ...] = getattr(decode_bundle(told()[2]), name)
    return members


@pytest.mark.parametrize("name", ["statements", "closings", "seen", "subjects"])
def test_each_member_left_out(name: str) -> None:
    small, _, bundle = told()
    members = leaves(name)
    assert members
    for n in range(len(members)):
        code = small.caught(reworked(bundle, **{name: members[:n] + members[n + 1 :]}))
        assert code in LEFT_OUT | {"checkpoint-unknown"}, (name, n, code)


@pytest.mark.parametrize("name", ["statements", "closings", "subjects"])
def test_two_neighbours_swapped(name: str) -> None:
    small, _, bundle = told()
    members = list(leaves(name))
    for n in range(len(members) - 1):
        swapped = [*members[:n], members[n + 1], members[n], *members[n + 2 :]]
        assert small.caught(reworked(bundle, **{name: tuple(swapped)})) == "bundle-format", (name, n)


def test_two_statements_swapped_with_their_places() -> None:
    """Each under the other's index and proof: in order, and in the tree nowhere."""
    small, _, bundle = told()
    members = list(leaves("statements"))
    one, two = members[-2], members[-1]
    members[-2:] = [replace(one, raw=two.raw), replace(two, raw=one.raw)]
    assert small.caught(reworked(bundle, statements=tuple(members))) == "inclusion-invalid"


@pytest.mark.parametrize("name", ["statements", "closings", "seen", "subjects"])
def test_one_member_repeated(name: str) -> None:
    small, _, bundle = told()
    members = leaves(name)
    assert small.caught(reworked(bundle, **{name: (*members, members[-1])})) == "bundle-format"


def test_a_member_of_another_bundle_spliced_in() -> None:
    """Genuine, with a genuine proof, and not of this lot: a bundle proves just what its histories need."""
    small = Small()
    lot = small.make("T-1", 5)
    other = small.make("T-2", 5, who="maker2")
    ours, theirs = decode_bundle(small.bundle(lot)), decode_bundle(small.bundle(other))
    foreign = [leaf for leaf in theirs.statements if leaf.index not in {own.index for own in ours.statements}]
    assert foreign
    for leaf in foreign:
        spliced = tuple(sorted((*ours.statements, leaf), key=lambda member: member.index))
        # Without its closing record it has no date; with it, it is one statement too many.
        assert small.caught(reworked(small.bundle(lot), statements=spliced)) in LEFT_OUT
        closings = tuple(sorted({*ours.closings, *theirs.closings}, key=lambda member: member.index))
        code = small.caught(reworked(small.bundle(lot), statements=spliced, closings=closings))
        assert code in ("bundle-extra", "bundle-incomplete")
    proof = next(proof for proof in theirs.subjects if proof.subject == other)
    spliced_subjects = tuple(sorted((*ours.subjects, proof), key=lambda member: member.subject))
    assert small.caught(reworked(small.bundle(lot), subjects=spliced_subjects)) == "bundle-extra"
    assert small.caught(reworked(small.bundle(lot), lot=other)) in LEFT_OUT | {"lot-absent"}


def test_a_hash_pool_in_another_order_or_with_unused_hashes() -> None:
    """One bundle has one encoding, or a digest of it would name several files."""
    small, _, bundle = told()
    body = body_of(bundle)
    hashes = body[3]
    for pool in ([*hashes, bytes(32)], [hashes[0], *hashes], hashes[:-1]):
        changed: list[Any] = [*body[:3], pool, *body[4:]]
        assert small.caught(sealed(changed)) == "bundle-format"


@pytest.mark.parametrize("place", range(8))
def test_each_part_of_another_kind(place: int) -> None:
    small, _, bundle = told()
    for value in (None, 0, True, b"", "", [], [[]], [[], [], []], {}, {1: 2}, [None], [[None, None, None]]):
        body = body_of(bundle)
        if body[place] != value:
            body[place] = value
            assert small.caught(sealed(body)) in (
                "bundle-format", "id-format", "id-kind", "note-format", "bundle-incomplete", "closing-missing", "lot-absent",
            ), (place, value)  # fmt: skip
