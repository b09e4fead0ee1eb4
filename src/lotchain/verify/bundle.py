"""The bundle (`.lotproof`): one deterministic CBOR file that proves one lot's history without a network.

An array whose last element is the SHA-256 of every byte before it: a check against corruption, not a signature.
A hash that several proofs share is stored once, in the order of first use, so that one bundle has one encoding.
Byte for byte: `specs/formats/bundle.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from lotchain.core import cbor, ids
from lotchain.core.statements import MAX_ENTRY
from lotchain.core.tree import MAX_PATH
from lotchain.errors import Malformed

FORMAT = "lotchain-bundle/1"
MAX_BUNDLE = 16_000_000
MAX_STATEMENTS = 20_000
MAX_SUBJECTS = 20_000
MAX_NOTE = 200_000
MAX_HEAD_PATH = 256
MAX_RULE_SETS = 200
MAX_RULE_SET = 400_000
_MEMBERS = 9


@dataclass(frozen=True, slots=True)
class Leaf:
    """An entry of the log with its inclusion proof under the bundle's checkpoint."""

    index: int
    raw: bytes
    path: tuple[bytes, ...]


class SeenProof(NamedTuple):
    """That a checkpoint which a statement names is a prefix of the bundle's: a consistency proof."""

    size: int
    root: bytes
    path: tuple[bytes, ...]


class SubjectProof(NamedTuple):
    """Where a subject stands in the heads map: siblings, and the other leaf that proves an absence."""

    subject: str
    siblings: tuple[bytes, ...]
    other: tuple[bytes, int, bytes, bytes] | None = None
    """(key, length, chain, state hash) of the leaf that stands where an absent subject would"""


class Bundle(NamedTuple):
    """What a bundle holds, as read: nothing of it is verified yet.

    Statements and closing records are in log order, subjects ordered by name, seen proofs by size. `openings` maps
    the digest of a hidden field to its encoded opening.
    """

    lot: str
    note: bytes
    statements: tuple[Leaf, ...]
    closings: tuple[Leaf, ...]
    seen: tuple[SeenProof, ...]
    subjects: tuple[SubjectProof, ...]
    openings: tuple[tuple[bytes, bytes], ...] = ()
    rule_sets: tuple[bytes, ...] = ()


class _Pool:
    """Hashes in the order of first use."""

    def __init__(self) -> None:
        self.hashes: list[bytes] = []
        self._places: dict[bytes, int] = {}

    def refer(self, hashes: Iterable[bytes]) -> list[int]:
        places = []
        for value in hashes:
            place = self._places.get(value)
            if place is None:
                place = self._places[value] = len(self.hashes)
                self.hashes.append(value)
            places.append(place)
        return places


def encode_bundle(bundle: Bundle) -> bytes:
    """The file's bytes."""
    pool = _Pool()
    statements = [[leaf.index, leaf.raw, pool.refer(leaf.path)] for leaf in bundle.statements]
    closings = [[leaf.index, leaf.raw, pool.refer(leaf.path)] for leaf in bundle.closings]
    seen = [[proof.size, proof.root, pool.refer(proof.path)] for proof in bundle.seen]
    subjects = [
        [proof.subject, pool.refer(proof.siblings), list(proof.other) if proof.other else None]
        for proof in bundle.subjects
    ]
    body = [
        FORMAT,
        bundle.lot,
        bundle.note,
        pool.hashes,
        [statements, closings],
        seen,
        subjects,
        [[list(pair) for pair in bundle.openings], list(bundle.rule_sets)],
        bytes(32),
    ]
    unsealed = cbor.encode(body)[:-32]
    return unsealed + hashlib.sha256(unsealed).digest()


def decode_bundle(data: bytes) -> Bundle:
    """Read a bundle strictly.

    Raises:
        Malformed: `too-large`, `bundle-digest`, `bundle-format`, `version-unsupported`, and the codes of CBOR and ids.
    """
    if len(data) > MAX_BUNDLE:
        raise Malformed("too-large", "bundle too large", expected=f"at most {MAX_BUNDLE} bytes", found=len(data))
    if len(data) < 64 or hashlib.sha256(data[:-32]).digest() != data[-32:]:
        raise Malformed(
            "bundle-digest",
            "the file is not a whole bundle: its last 32 bytes are not the digest of the others",
            expected="a .lotproof file as it was made",
            remedy="copy or download it again; if it stays so, ask for another copy",
        )
    body = cbor.decode(data, max_bytes=MAX_BUNDLE, max_depth=8, max_items=1_000_000, what="bundle")
    bundle = _Reader(body).bundle()
    if encode_bundle(bundle) != data:
        raise _bad("bundle", "hashes in the order of first use, lists in order, nothing beside")
    return bundle


def _bad(field: str, expected: str, found: object = "") -> Malformed:
    return Malformed(
        "bundle-format",
        "the bundle is not laid out as specs/formats/bundle.md says",
        expected=expected,
        found=found,
        remedy="ask for a bundle made by lotchain",
        field=field,
    )


class _Reader:
    """Shape checks of a decoded bundle, field by field."""

    def __init__(self, body: Any) -> None:
        if not isinstance(body, list) or not body or not isinstance(body[0], str):
            raise _bad("format", FORMAT)
        if body[0] != FORMAT:
            if body[0].startswith("lotchain-bundle/"):
                raise Malformed(
                    "version-unsupported", "bundle of another version", expected=FORMAT, found=body[0], field="format"
                )
            raise _bad("format", FORMAT, body[0])
        if len(body) != _MEMBERS:
            raise _bad("bundle", f"{_MEMBERS} members", len(body))
        self.body = body
        self.hashes = self._hashes(body[3])

    def bundle(self) -> Bundle:
        lot, note = self.body[1], self.body[2]
        if not isinstance(lot, str):
            raise _bad("lot", "a lot id")
        ids.check(lot, "lot", "lot")
        if not isinstance(note, bytes) or len(note) > MAX_NOTE:
            raise _bad("note", f"a checkpoint note of at most {MAX_NOTE} bytes")
        leaves = self._list(self.body[4], "entries", 2)
        if len(leaves) != 2:
            raise _bad("entries", "statements and closing records")
        extras = self._list(self.body[7], "extras", 2)
        if len(extras) != 2:
            raise _bad("extras", "openings and rule sets")
        return Bundle(
            lot=lot,
            note=note,
            statements=self._leaves(leaves[0], "statements"),
            closings=self._leaves(leaves[1], "closings"),
            seen=self._seen(self.body[5]),
            subjects=self._subjects(self.body[6]),
            openings=self._openings(extras[0]),
            rule_sets=self._rule_sets(extras[1]),
        )

    @staticmethod
    def _list(value: Any, name: str, most: int) -> list[Any]:
        if not isinstance(value, list) or len(value) > most:
            raise _bad(name, f"a list of at most {most}")
        return value

    def _hashes(self, value: Any) -> list[bytes]:
        hashes = self._list(value, "hashes", 500_000)
        if not all(isinstance(item, bytes) and len(item) == 32 for item in hashes):
            raise _bad("hashes", "32 bytes each")
        return hashes

    def _path(self, value: Any, name: str, most: int) -> tuple[bytes, ...]:
        hashes = self.hashes
        count = len(hashes)
        path = []
        for place in self._list(value, name, most):
            if type(place) is not int or not 0 <= place < count:
                raise _bad(name, f"places in the list of {count} hashes")
            path.append(hashes[place])
        return tuple(path)

    def _leaves(self, value: Any, name: str) -> tuple[Leaf, ...]:
        leaves: list[Leaf] = []
        for i, item in enumerate(self._list(value, name, MAX_STATEMENTS)):
            where = f"{name}[{i}]"
            row = self._row(item, where, 3)
            if type(row[0]) is not int or not 0 <= row[0] < 2**62 or not isinstance(row[1], bytes):
                raise _bad(where, "index and bytes")
            if len(row[1]) > MAX_ENTRY:
                raise _bad(where, f"an entry of at most {MAX_ENTRY} bytes", len(row[1]))
            if leaves and row[0] <= leaves[-1].index:
                raise _bad(where, "log order, each entry once", row[0])
            leaves.append(Leaf(row[0], row[1], self._path(row[2], where, MAX_PATH)))
        return tuple(leaves)

    @staticmethod
    def _row(value: Any, name: str, size: int) -> list[Any]:
        if not isinstance(value, list) or len(value) != size:
            raise _bad(name, f"a list of {size}")
        return value

    def _seen(self, value: Any) -> tuple[SeenProof, ...]:
        proofs: list[SeenProof] = []
        for i, item in enumerate(self._list(value, "seen", MAX_STATEMENTS)):
            where = f"seen[{i}]"
            size, root, path = self._row(item, where, 3)
            if type(size) is not int or not 1 <= size < 2**62 or not isinstance(root, bytes) or len(root) != 32:
                raise _bad(where, "size, root and path")
            if proofs and size <= proofs[-1].size:
                raise _bad(where, "ordered by size, each once", size)
            proofs.append(SeenProof(size, root, self._path(path, where, MAX_PATH)))
        return tuple(proofs)

    def _subjects(self, value: Any) -> tuple[SubjectProof, ...]:
        proofs: list[SubjectProof] = []
        for i, item in enumerate(self._list(value, "subjects", MAX_SUBJECTS)):
            where = f"subjects[{i}]"
            subject, siblings, other = self._row(item, where, 3)
            if not isinstance(subject, str):
                raise _bad(where, "a subject's name")
            ids.check(subject, None, where)
            if proofs and subject <= proofs[-1].subject:
                raise _bad(where, "ordered by name, each once", subject)
            path = self._path(siblings, where, MAX_HEAD_PATH)
            proofs.append(SubjectProof(subject, path, self._other(other, where)))
        return tuple(proofs)

    def _other(self, value: Any, where: str) -> tuple[bytes, int, bytes, bytes] | None:
        if value is None:
            return None
        key, length, chain, state_hash = self._row(value, where, 4)
        sized = all(isinstance(item, bytes) and len(item) == 32 for item in (key, chain, state_hash))
        if not sized or type(length) is not int or not 1 <= length < 2**63:
            raise _bad(where, "key, length, chain and state hash of the other leaf")
        return (key, length, chain, state_hash)

    def _openings(self, value: Any) -> tuple[tuple[bytes, bytes], ...]:
        pairs: list[tuple[bytes, bytes]] = []
        for i, item in enumerate(self._list(value, "openings", MAX_STATEMENTS)):
            digest, opening = self._row(item, f"openings[{i}]", 2)
            if not isinstance(digest, bytes) or len(digest) != 32 or not isinstance(opening, bytes):
                raise _bad(f"openings[{i}]", "digest and opening")
            if pairs and digest <= pairs[-1][0]:
                raise _bad(f"openings[{i}]", "ordered by digest, each once")
            pairs.append((digest, opening))
        return tuple(pairs)

    def _rule_sets(self, value: Any) -> tuple[bytes, ...]:
        documents: list[bytes] = []
        digests: list[bytes] = []
        for i, item in enumerate(self._list(value, "rule sets", MAX_RULE_SETS)):
            if not isinstance(item, bytes) or not 0 < len(item) <= MAX_RULE_SET:
                raise _bad(f"rule sets[{i}]", f"1 to {MAX_RULE_SET} bytes")
            digests.append(hashlib.sha256(item).digest())
            if len(digests) > 1 and digests[-1] <= digests[-2]:
                raise _bad(f"rule sets[{i}]", "ordered by digest, each once")
            documents.append(item)
        return tuple(documents)
