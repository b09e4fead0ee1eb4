"""Threat row 59, Merkle second preimages and wrong-size proofs: prefixes 0x00 and 0x01, exact lengths, index below size.

The row's 184 failing vectors of others are not beside this repository: the project's own (specs/vectors/tree.json) and
every single change of every proof of small trees stand for them. Size and index come from the signed checkpoint alone.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from tests.changing import replace
from tests.threats.surroundings import Small, reworked, shared, told

from lotchain.core.checkpoints import parse_checkpoint_text
from lotchain.core.notes import parse_note
from lotchain.core.tree import (
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from lotchain.verify.bundle import decode_bundle

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).resolve().parents[2] / "specs" / "vectors" / "tree.json").read_text()
)["cases"]
LEAVES = [leaf_hash(bytes([n])) for n in range(9)]
FLIP = bytes([1]) + bytes(31)


def node(level: int, index: int) -> bytes:
    width = 1 << level
    return root_of(LEAVES[index * width : (index + 1) * width])


def flipped(value: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(value, FLIP, strict=True))


def changes(path: list[bytes]) -> list[list[bytes]]:
    """Every single change: a member left out, put in, doubled, flipped, cut or swapped with the next one."""
    places = range(len(path))
    found = [path[:n] + path[n + 1 :] for n in places]
    found += [[*path[:n], bytes(32), *path[n:]] for n in range(len(path) + 1)]
    found += [[*path[:n], path[n], *path[n:]] for n in places]
    found += [[*path[:n], flipped(path[n]), *path[n + 1 :]] for n in places]
    found += [[*path[:n], path[n][:31], *path[n + 1 :]] for n in places]
    found += [[*path[:n], path[n + 1], path[n], *path[n + 2 :]] for n in places if n + 1 < len(path)]
    return [*found, [*path, *([bytes(32)] * 64)]]


def test_every_single_change_of_every_inclusion_proof() -> None:
    tried = 0
    for size in range(1, 10):
        root = root_of(LEAVES[:size])
        for index in range(size):
            path = inclusion_path(index, size, node)
            assert verify_inclusion(LEAVES[index], index, size, path, root)
            for wrong in changes(path):
                tried += 1
                assert not verify_inclusion(LEAVES[index], index, size, wrong, root), (size, index, wrong)
            for other in range(-1, size + 2):
                if other != index:
                    assert not verify_inclusion(LEAVES[index], other, size, path, root), (size, index, other)
            assert not verify_inclusion(flipped(LEAVES[index]), index, size, path, root)
            assert not verify_inclusion(LEAVES[index], index, size, path, flipped(root))
    assert tried > 482


def test_every_single_change_of_every_consistency_proof() -> None:
    for new in range(1, 10):
        root = root_of(LEAVES[:new])
        for old in range(1, new + 1):
            path, old_root = consistency_path(old, new, node), root_of(LEAVES[:old])
            assert verify_consistency(old, old_root, new, root, path)
            for wrong in changes(path):
                assert not verify_consistency(old, old_root, new, root, wrong), (old, new, wrong)
            assert not verify_consistency(old, flipped(old_root), new, root, path)
            assert not verify_consistency(old, old_root, new, flipped(root), path)
            assert not verify_consistency(0, old_root, new, root, path)
            assert not verify_consistency(new + 1, old_root, new, root, path)


@pytest.mark.parametrize("case", [c for c in VECTORS if not c["valid"] and c["kind"] in ("inclusion", "consistency")],
                         ids=lambda case: case["name"])  # fmt: skip
def test_the_projects_failing_vectors(case: dict[str, Any]) -> None:
    path = [bytes.fromhex(member) for member in case["path"]]
    if case["kind"] == "inclusion":
        leaf, root = bytes.fromhex(case["leaf_hash"]), bytes.fromhex(case["root"])
        assert not verify_inclusion(leaf, case["index"], case["size"], path, root)
    else:
        old, new = bytes.fromhex(case["old_root"]), bytes.fromhex(case["new_root"])
        assert not verify_consistency(case["old_size"], old, case["new_size"], new, path)


def test_an_inner_node_is_no_entry() -> None:
    """Its 64 bytes, with or without the prefix, hash to another leaf: no entry has an inner node's hash."""
    left, right = LEAVES[0], LEAVES[1]
    inner = node_hash(left, right)
    for entry in (left + right, b"\x01" + left + right, b"\x00" + left + right, inner):
        assert leaf_hash(entry) != inner
    root = root_of(LEAVES[:4])
    upper = [node_hash(LEAVES[2], LEAVES[3])]
    # The arithmetic alone would take it, were a leaf hash taken on trust: so it is computed from the entry in hand.
    assert verify_inclusion(inner, 0, 2, upper, root)
    assert not verify_inclusion(leaf_hash(left + right), 0, 2, upper, root)
    assert not verify_inclusion(leaf_hash(b"\x01" + left + right), 0, 2, upper, root)


def test_an_inner_node_in_a_bundle_or_submitted() -> None:
    small, _, bundle = told()
    read = decode_bundle(bundle)
    hashes = [leaf_hash(raw) for raw in small.store.entries(0, small.ledger.size)]
    for n, leaf in enumerate(read.statements[:6]):
        for left, right in pairwise(hashes[:4]):
            lie = replace(leaf, raw=left + right, path=leaf.path[1:])
            changed = (*read.statements[:n], lie, *read.statements[n + 1 :])
            assert small.caught(reworked(bundle, statements=changed)) == "inclusion-invalid"
    for raw in (hashes[0] + hashes[1], b"\x01" + hashes[0] + hashes[1], b"\x00" + read.statements[0].raw):
        shared().malformed(raw, "statement-malformed")


def test_every_proof_of_a_bundle_changed() -> None:
    small, _, bundle = told()
    read = decode_bundle(bundle)
    for name in ("statements", "closings"):
        leaves = getattr(read, name)
        for n, leaf in enumerate(leaves):
            for wrong in (
                leaf.path[:-1],
                leaf.path[1:],
                (*leaf.path, bytes(32)),
                (flipped(leaf.path[0]), *leaf.path[1:]),
            ):
                changed = (*leaves[:n], replace(leaf, path=wrong), *leaves[n + 1 :])
                assert small.caught(reworked(bundle, **{name: changed})) == "inclusion-invalid"
    for n, proof in enumerate(read.subjects):
        wrong_siblings = ((*proof.siblings, bytes(32)), proof.siblings[1:], proof.siblings[:-1])
        for siblings in wrong_siblings:
            if siblings != proof.siblings:
                changed_subjects = (*read.subjects[:n], replace(proof, siblings=siblings), *read.subjects[n + 1 :])
                assert small.caught(reworked(bundle, subjects=changed_subjects)) == "head-mismatch"
    (seen,) = read.seen
    for path in (seen.path[1:], seen.path[:-1], (*seen.path, bytes(32))):
        assert small.caught(reworked(bundle, seen=(replace(seen, path=path),))) == "consistency-invalid"


def test_an_index_beyond_the_size() -> None:
    small, _, bundle = told()
    read = decode_bundle(bundle)
    size = parse_checkpoint_text(parse_note(read.note).text).size
    last = read.statements[-1]
    for index in (size, size + 1, 2**62 - 1):
        changed = (*read.statements[:-1], replace(last, index=index))
        assert small.caught(reworked(bundle, statements=changed)) == "inclusion-invalid"


def test_a_proof_of_another_size() -> None:
    """Genuine, and of yesterday's tree: the paths of one size do not serve another."""
    small = Small()
    lot = small.make("T-1", 5)
    old = decode_bundle(small.bundle(lot))
    for n in range(5):
        small.make(f"T-{n + 2}", 1)
    new = decode_bundle(small.bundle(lot))
    assert old.note != new.note
    code = small.caught(reworked(small.bundle(lot), statements=old.statements, closings=old.closings))
    assert code == "inclusion-invalid"
