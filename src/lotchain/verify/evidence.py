"""Evidence (`.lotevidence`): one deterministic CBOR file that proves misbehaviour to whoever trusts the keys.

What is read here is whole and strict, and nothing of it is verified: `evidence_check` does that under a trust policy.
An array whose last element is the SHA-256 of every byte before it: a check against corruption, not a signature. Byte
for byte, and why each kind is a proof: `specs/formats/evidence.md`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from lotchain.core import cbor, ids
from lotchain.core.heads import Head, HeadProof
from lotchain.core.statements import MAX_ENTRY
from lotchain.core.tree import MAX_PATH
from lotchain.core.tree_prefix import MAX_PREFIX_PATH
from lotchain.errors import Malformed
from lotchain.verify.bundle import Leaf

FORMAT: Final = "lotchain-evidence/1"
MAX_EVIDENCE: Final = 16_000_000
MAX_LEAVES: Final = 20_000
MAX_SUBJECTS: Final = 20_000
MAX_NOTE: Final = 200_000
MAX_HEAD_PATH: Final = 256
MAX_KEYS: Final = 16
MAX_KEY: Final = 200
_MEMBERS: Final = 5

SPLIT_VIEW: Final = "split-view"
FORK: Final = "fork"
FORK_NODE: Final = "fork-node"
ROLLED_BACK: Final = "rolled-back"
WITNESS_ROLLED_BACK: Final = "witness-rolled-back"
ENTRY_MALFORMED: Final = "entry-malformed"
CLOSING_WRONG: Final = "closing-wrong"
TIME_BACK: Final = "time-back"
STATEMENT_TWICE: Final = "statement-twice"
JUDGED: Final = "judged"
REPLAYED: Final = "replayed"
DOUBLE_DEALING: Final = "double-dealing"


class Tree(NamedTuple):
    """A signed checkpoint's note, and entries of the log with their inclusion paths under it, rising by index."""

    note: bytes
    leaves: tuple[Leaf, ...] = ()


class Prefix(NamedTuple):
    """What the larger of two trees begins with: see `lotchain.core.tree_prefix`."""

    path: tuple[bytes, ...]


class Nodes(NamedTuple):
    """One node's place, and what each of two trees holds there: hash and path."""

    level: int
    number: int
    first: tuple[bytes, tuple[bytes, ...]]
    second: tuple[bytes, tuple[bytes, ...]]


class SubjectShown(NamedTuple):
    """A subject in a heads map: its state's bytes where it is there, and its proof."""

    subject: str
    state: bytes | None
    proof: HeadProof


class Judged(NamedTuple):
    """What the judge needs for one batch.

    Args:
        start: index of the batch's first statement.
        seen: (size, prefix path) of each checkpoint that its statements name as seen, rising by size.
        subjects: under the heads root of the closing record before the batch, ordered by name.

    """

    start: int
    seen: tuple[tuple[int, tuple[bytes, ...]], ...]
    subjects: tuple[SubjectShown, ...]


class Entries(NamedTuple):
    """Every entry under a checkpoint, from the first."""

    entries: tuple[bytes, ...]


class Act(NamedTuple):
    """A signed statement, and, where it is an offer, the acceptance that made it count."""

    raw: bytes
    reply: bytes | None = None


class Acts(NamedTuple):
    """Two acts of one issuer on one lot that exclude each other.

    Args:
        lot: which lot.
        first: one act.
        second: the other.
        prev: the statement that both follow; None where both bring the lot forth.
        keys: COSE keys of whoever signed, by which the signatures verify; ordered, each once.
        subjects: the signers' keys and parties as a ledger knows them, proved in the heads map of the checkpoint beside
            them; empty where no ledger is asked whose the keys are.

    """

    lot: str
    first: Act
    second: Act
    prev: bytes | None
    keys: tuple[bytes, ...]
    subjects: tuple[SubjectShown, ...] = ()


Body = Prefix | Nodes | Judged | Entries | Acts | None


class Evidence(NamedTuple):
    """What a file holds, as read.

    Args:
        kind: one of the names above.
        trees: the checkpoints that it speaks of, and entries under them.
        body: what its kind has beside; None where there is nothing.

    """

    kind: str
    trees: tuple[Tree, ...]
    body: Body = None


def encode_evidence(evidence: Evidence) -> bytes:
    """The file's bytes."""
    trees = [[tree.note, [[leaf.index, leaf.raw, list(leaf.path)] for leaf in tree.leaves]] for tree in evidence.trees]
    unsealed = cbor.encode([FORMAT, evidence.kind, trees, _body(evidence.body), bytes(32)])[:-32]
    return unsealed + hashlib.sha256(unsealed).digest()


def _body(body: Body) -> list[Any]:
    match body:
        case None:
            return []
        case Prefix(path):
            return [list(path)]
        case Nodes(level, number, first, second):
            return [level, number, [first[0], list(first[1])], [second[0], list(second[1])]]
        case Judged(start, seen, subjects):
            return [start, [[size, list(path)] for size, path in seen], [_subject(shown) for shown in subjects]]
        case Entries(entries):
            return [list(entries)]
        case Acts(lot, first, second, prev, keys, subjects):
            return [lot, list(first), list(second), prev, list(keys), [_subject(shown) for shown in subjects]]


def _subject(shown: SubjectShown) -> list[Any]:
    head, other = shown.proof.head, shown.proof.other
    standing = None if head is None else [head.length, head.chain, shown.state]
    beside = None if other is None else [other[0], *other[1]]
    return [shown.subject, standing, list(shown.proof.siblings), beside]


def decode_evidence(data: bytes) -> Evidence:
    """Read evidence strictly.

    Raises:
        Malformed: `too-large`, `evidence-digest`, `evidence-format`, `version-unsupported`, and the codes of CBOR and
            ids.

    """
    if len(data) > MAX_EVIDENCE:
        raise Malformed("too-large", "evidence too large", expected=f"at most {MAX_EVIDENCE} bytes", found=len(data))
    if len(data) < 64 or hashlib.sha256(data[:-32]).digest() != data[-32:]:
        raise Malformed(
            "evidence-digest",
            "the file is no whole evidence: its last 32 bytes are not the digest of the others",
            expected="a .lotevidence file as it was made",
            remedy="copy or download it again; if it stays so, ask for another copy",
        )
    body = cbor.decode(data, max_bytes=MAX_EVIDENCE, max_depth=8, max_items=1_000_000, what="evidence")
    evidence = _read(body)
    if encode_evidence(evidence) != data:
        raise _bad("evidence", "lists in order, nothing beside")
    return evidence


def _read(body: Any) -> Evidence:
    if not isinstance(body, list) or not body or not isinstance(body[0], str):
        raise _bad("format", FORMAT)
    if body[0] != FORMAT:
        if body[0].startswith("lotchain-evidence/"):
            raise Malformed(
                "version-unsupported", "evidence of another version", expected=FORMAT, found=body[0], field="format"
            )
        raise _bad("format", FORMAT, body[0])
    _, kind, trees, rest, _ = _row(body, "evidence", _MEMBERS)
    shape = KINDS.get(kind) if isinstance(kind, str) else None
    if shape is None:
        raise _bad("kind", ", ".join(KINDS), kind)
    shown = tuple(_tree(item, f"trees[{n}]") for n, item in enumerate(_list(trees, "trees", 2)))
    if len(shown) not in shape.trees:
        raise _bad("trees", f"{' or '.join(map(str, shape.trees))} of them", len(shown))
    for n, tree in enumerate(shown):
        least, most = shape.leaves
        if not least <= len(tree.leaves) <= most:
            raise _bad(f"trees[{n}].leaves", f"{least} to {most} of them", len(tree.leaves))
    return Evidence(kind, shown, shape.body(_list(rest, "body", 8)))


def _tree(value: Any, where: str) -> Tree:
    note, leaves = _row(value, where, 2)
    shown: list[Leaf] = []
    for n, item in enumerate(_list(leaves, f"{where}.leaves", MAX_LEAVES)):
        place = f"{where}.leaves[{n}]"
        index, raw, path = _row(item, place, 3)
        if shown and (type(index) is not int or index <= shown[-1].index):
            raise _bad(place, "log order, each entry once", index)
        shown.append(Leaf(_index(index, place), _entry(raw, place), _path(path, place, MAX_PATH)))
    return Tree(_bytes(note, f"{where}.note", MAX_NOTE), tuple(shown))


def _nothing(rest: list[Any]) -> None:
    _row(rest, "body", 0)


def _prefix(rest: list[Any]) -> Prefix:
    (path,) = _row(rest, "body", 1)
    return Prefix(_path(path, "path", MAX_PREFIX_PATH))


def _nodes(rest: list[Any]) -> Nodes:
    level, index, first, second = _row(rest, "body", 4)
    if type(level) is not int or not 0 <= level < MAX_PATH:
        raise _bad("level", f"0 to {MAX_PATH - 1}", level)
    return Nodes(level, _index(index, "index"), _node(first, "first"), _node(second, "second"))


def _node(value: Any, where: str) -> tuple[bytes, tuple[bytes, ...]]:
    digest, path = _row(value, where, 2)
    return _hash(digest, where), _path(path, where, MAX_PATH)


def _judged(rest: list[Any]) -> Judged:
    start, seen, subjects = _row(rest, "body", 3)
    named: list[tuple[int, tuple[bytes, ...]]] = []
    for n, item in enumerate(_list(seen, "seen", MAX_LEAVES)):
        size, path = _row(item, f"seen[{n}]", 2)
        if type(size) is not int or size < 1 or (named and size <= named[-1][0]):
            raise _bad(f"seen[{n}]", "ordered by size, each once", size)
        named.append((_index(size, f"seen[{n}]"), _path(path, f"seen[{n}]", MAX_PREFIX_PATH)))
    return Judged(_index(start, "start"), tuple(named), _subjects(subjects))


def _entries(rest: list[Any]) -> Entries:
    (entries,) = _row(rest, "body", 1)
    listed = _list(entries, "entries", 200_000)
    return Entries(tuple(_entry(raw, f"entries[{n}]") for n, raw in enumerate(listed)))


def _acts(rest: list[Any]) -> Acts:
    lot, first, second, prev, keys, subjects = _row(rest, "body", 6)
    if not isinstance(lot, str):
        raise _bad("lot", "a lot's id")
    ids.check(lot, "lot", "lot")
    listed = tuple(_bytes(key, f"keys[{n}]", MAX_KEY) for n, key in enumerate(_list(keys, "keys", MAX_KEYS)))
    if list(listed) != sorted(set(listed)):
        raise _bad("keys", "ordered, each once")
    before = None if prev is None else _bytes(prev, "prev", MAX_ENTRY)
    return Acts(lot, _act(first, "first"), _act(second, "second"), before, listed, _subjects(subjects))


def _act(value: Any, where: str) -> Act:
    raw, reply = _row(value, where, 2)
    return Act(_bytes(raw, where, MAX_ENTRY), None if reply is None else _bytes(reply, f"{where}.reply", MAX_ENTRY))


def _subjects(value: Any) -> tuple[SubjectShown, ...]:
    shown: list[SubjectShown] = []
    for n, item in enumerate(_list(value, "subjects", MAX_SUBJECTS)):
        where = f"subjects[{n}]"
        subject, standing, siblings, other = _row(item, where, 4)
        if not isinstance(subject, str):
            raise _bad(where, "a subject's name")
        ids.check(subject, None, where)
        if shown and subject <= shown[-1].subject:
            raise _bad(where, "ordered by name, each once", subject)
        state = head = beside = None
        if standing is not None:
            length, chain, state = _row(standing, where, 3)
            state = _bytes(state, f"{where}.state", MAX_EVIDENCE)
            head = Head(_length(length, where), _hash(chain, where), hashlib.sha256(state).digest())
        if other is not None:
            key, length, chain, state_hash = _row(other, where, 4)
            stood = Head(_length(length, where), _hash(chain, where), _hash(state_hash, where))
            beside = (_hash(key, where), stood)
        shown.append(SubjectShown(subject, state, HeadProof(_path(siblings, where, MAX_HEAD_PATH), head, beside)))
    return tuple(shown)


def _row(value: Any, where: str, size: int) -> list[Any]:
    if not isinstance(value, list) or len(value) != size:
        raise _bad(where, f"a list of {size}")
    return value


def _list(value: Any, where: str, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise _bad(where, f"a list of at most {most}")
    return value


def _bytes(value: Any, where: str, most: int) -> bytes:
    if not isinstance(value, bytes) or not 0 < len(value) <= most:
        raise _bad(where, f"1 to {most} bytes")
    return value


def _entry(value: Any, where: str) -> bytes:
    """An entry of a log, which may be empty: a log that holds such a thing is what evidence is about."""
    return _bytes(value, where, MAX_ENTRY) if value != b"" else b""


def _hash(value: Any, where: str) -> bytes:
    if not isinstance(value, bytes) or len(value) != 32:
        raise _bad(where, "a hash of 32 bytes")
    return value


def _path(value: Any, where: str, most: int) -> tuple[bytes, ...]:
    return tuple(_hash(item, where) for item in _list(value, where, most))


def _index(value: Any, where: str) -> int:
    if type(value) is not int or not 0 <= value < 2**62:
        raise _bad(where, "0 to 2^62 - 1", value)
    return value


def _length(value: Any, where: str) -> int:
    if type(value) is not int or not 1 <= value < 2**63:
        raise _bad(where, "a length of 1 to 2^63 - 1", value)
    return value


def _bad(field: str, expected: str, found: object = "") -> Malformed:
    return Malformed(
        "evidence-format",
        "the file is not laid out as specs/formats/evidence.md says",
        expected=expected,
        found=found,
        remedy="ask for evidence made by lotchain",
        field=field,
    )


class _Shape(NamedTuple):
    """How many trees a kind has, how many leaves each, and what reads its body."""

    trees: tuple[int, ...]
    leaves: tuple[int, int]
    body: Callable[[list[Any]], Body]


KINDS: Final = MappingProxyType(
    {
        SPLIT_VIEW: _Shape((2,), (0, 0), _nothing),
        FORK: _Shape((2,), (0, 0), _prefix),
        FORK_NODE: _Shape((2,), (0, 0), _nodes),
        ROLLED_BACK: _Shape((2,), (1, 1), _nothing),
        WITNESS_ROLLED_BACK: _Shape((2,), (0, 0), _nothing),
        ENTRY_MALFORMED: _Shape((1,), (1, 1), _nothing),
        CLOSING_WRONG: _Shape((1,), (1, 2), _nothing),
        TIME_BACK: _Shape((1,), (2, 2), _nothing),
        STATEMENT_TWICE: _Shape((1,), (2, 2), _nothing),
        JUDGED: _Shape((1,), (2, MAX_LEAVES), _judged),
        REPLAYED: _Shape((1,), (0, 0), _entries),
        DOUBLE_DEALING: _Shape((0, 1), (1, 1), _acts),
    }
)
"""Every kind, in the order of the specification."""
