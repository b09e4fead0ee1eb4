"""Makes specs/vectors/evidence.json: `python -m tests.vectors_build.evidence` from the root of the project.

Keys of log, witnesses and parties come from fixed seeds, so that the same bytes come out every time. Each case is a
file (base64), the policy under which it is checked, and what it proves. A file that others only differ from by a few
bytes is a base; those give `edits`, each `[offset in the base, bytes to remove, base64 to insert]`, in rising order.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

from tests.changing import replace
from tests.show.lies import map_root
from tests.show.own_log import LOG_KEY, OwnLog
from tests.show.stage import WITNESS_KEYS, key_from
from tests.unit.world import CN, HOUR, ORIGIN, World, kg

from lotchain.core import cbor
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.encodings import b64encode
from lotchain.core.heads import Head
from lotchain.core.tree import inclusion_path
from lotchain.core.tree_prefix import prefix_path
from lotchain.errors import Malformed
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.conflict import Conflict
from lotchain.events.fields import Seen
from lotchain.events.key_revocation import KeyRevocation
from lotchain.events.loss import Loss
from lotchain.events.reading import read_entry
from lotchain.events.registration import Registration
from lotchain.ledger import faults
from lotchain.ledger.accusing import LogTree, accuse, show_batch
from lotchain.ledger.checkpointing import add_line, sign_checkpoint
from lotchain.signing import SoftwareSigner
from lotchain.signing.notes import cosign_ed25519
from lotchain.verify import evidence as kinds
from lotchain.verify.bundle import Leaf
from lotchain.verify.evidence import (
    Act,
    Acts,
    Entries,
    Evidence,
    Nodes,
    Prefix,
    SubjectShown,
    Tree,
    decode_evidence,
    encode_evidence,
)  # fmt: skip
from lotchain.verify.evidence_acts import subjects_read
from lotchain.verify.evidence_check import check_evidence
from lotchain.verify.policy import Policy, format_policy

PATH = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "evidence.json"
Case = dict[str, Any]
CN_WITNESS, MX_WITNESS = WITNESS_KEYS
LOT = "lot:CN-MAKER/L-0"


class Story:
    """Some batches of an honest ledger, and who may sign more."""

    def __init__(self) -> None:
        self.world = World()
        founding = [cited.raw for cited in self.world.log.values()]
        self.batches = [(self.world.time, founding[:1]), (self.world.time, founding[1:])]
        for number in range(3):
            self.world.advance()
            self.world.make(f"L-{number}", 100 + number)
            if number == 2:
                self.world.move("maker", "carrier", LOT)
            self.close()

    def close(self) -> list[bytes]:
        """What was signed since stands in one batch."""
        known = sum(len(statements) for _, statements in self.batches)
        fresh = [cited.raw for cited in list(self.world.log.values())[known:]]
        self.batches.append((self.world.time, fresh))
        return fresh

    def registration(self, name: str, quantity: int = 5) -> bytes:
        """A registration by the maker, signed and nowhere entered."""
        event = Registration(
            lot=f"lot:CN-MAKER/{name}", substance="79099-07-3", name="1-boc-4-piperidone", quantity=kg(quantity),
            origin="made", place=CN, occurred_at=self.world.now(),
        )  # fmt: skip
        return self.world.sign(event, "maker")

    def loss(self, quantity: float, lot: str = LOT, who: str = "carrier", **fields: Any) -> bytes:
        """A loss after the lot's last act, signed and nowhere entered."""
        values = {"lot": lot, "prev": self.world.last(lot), "quantity": kg(quantity), "kind": "leaked", "place": CN,
                  "occurred_at": self.world.now(), **fields}  # fmt: skip
        return self.world.sign(Loss(**values), who)


@cache
def story() -> Story:
    """The one that all cases share."""
    return Story()


def log_of(batches: Iterable[tuple[int, list[bytes]]]) -> OwnLog:
    """An honest log of these."""
    log = OwnLog()
    for time, statements in batches:
        log.batch(time, statements)
    return log


def note_of(log: OwnLog, size: int | None = None, *, times: dict[str, int] | None = None) -> bytes:
    """A checkpoint of the log at a size at which a batch ends, cosigned by these witnesses at these seconds."""
    row = log.store.batch_ending(log.size if size is None else size)
    assert row is not None
    checkpoint = Checkpoint(ORIGIN, row.end + 1, row.root)
    note = sign_checkpoint(checkpoint, log.signer)
    for name, time in (times or {}).items():
        signer, key = WITNESS_KEYS[name]
        note = add_line(note, checkpoint, key, cosign_ed25519(checkpoint.text(), name, signer, time))
    return note


def both(time: int) -> dict[str, int]:
    """Both auditors at one time, ms."""
    return dict.fromkeys(WITNESS_KEYS, time // 1000)


class Shown:
    """A log under one of its checkpoints."""

    def __init__(self, log: OwnLog, note: bytes | None = None, **more: Any) -> None:
        self.log = log
        self.note = note_of(log, **more) if note is None else note
        lines = self.note.decode().split("\n")
        self.tree = LogTree(Checkpoint(ORIGIN, int(lines[1]), base64.b64decode(lines[2])), log.entries)

    def leaf(self, index: int) -> Leaf:
        """An entry with its path."""
        return self.tree.leaf(index, self.log.raw(index))

    def evidence(self, kind: str, *indexes: int) -> Evidence:
        """Evidence of entries alone."""
        return Evidence(kind, (Tree(self.note, tuple(self.leaf(index) for index in indexes)),))

    def accused(self, code: str, index: int) -> Evidence:
        """As an audit makes it."""
        return accuse(self.note, self.log.entries, code, index)


class Book:
    """The cases as they come."""

    def __init__(self, policies: dict[str, Policy]) -> None:
        self.policies = policies
        self.bases: dict[str, bytes] = {}
        self.cases: list[Case] = []

    def add(self, name: str, comment: str, evidence: Evidence | bytes, policy: str = "plain") -> bytes:
        """One case: a file of its own."""
        data = evidence if isinstance(evidence, bytes) else encode_evidence(evidence)
        self.bases[name] = data
        self._case(name, comment, name, [], data, policy)
        return data

    def edited(self, name: str, comment: str, base: str, *edits: tuple[int, int, bytes], sealed: bool = True) -> None:
        """A base with some bytes changed; `sealed`: with the digest that a forger does not forget."""
        data = apply(self.bases[base], [[at, gone, b64encode(new)] for at, gone, new in edits])
        told = list(edits)
        if sealed:
            data = data[:-32] + hashlib.sha256(data[:-32]).digest()
            told.append((len(self.bases[base]) - 32, 32, data[-32:]))
        self._case(name, comment, base, [[at, gone, b64encode(new)] for at, gone, new in told], data, "plain")

    def _case(self, name: str, comment: str, base: str, edits: list[Any], data: bytes, policy: str) -> None:
        case: Case = {"name": name, "comment": comment, "file": base, "edits": edits, "policy": policy}
        try:
            found = check_evidence(data, self.policies[policy])
        except Malformed as fault:
            self.cases.append(case | {"valid": False, "readable": False, "code": fault.code})
            return
        case |= {"valid": found.word == "PROVED", "readable": True, "kind": found.kind, "word": found.word}
        if found.fault is not None:
            case["code"] = found.fault.code
        else:
            case["proved"] = [guilt.who for guilt in found.proved]
        self.cases.append(case)


def apply(base: bytes, edits: Iterable[list[Any]]) -> bytes:
    """The base with its edits, from the last to the first."""
    for at, gone, new in reversed(list(edits)):
        base = base[:at] + base64.b64decode(new) + base[at + gone :]
    return base


def build() -> dict[str, Any]:
    """The whole file."""
    told = story()
    honest = log_of(told.batches)
    plain = honest.policy()
    stranger = replace(plain, charter=bytes(32))
    other_key = replace(plain, log_keys=(replace(LOG_KEY, public=key_from("another log").public.raw),))
    book = Book({"plain": plain, "another charter": stranger, "another key": other_key})
    for part in (_two_trees, _times, _entries, _closings, _judged, _whole, _acts, _forms):
        part(book, told, honest)
    return {
        "format": kinds.FORMAT,
        "version": 1,
        "source": "tests/vectors_build/evidence.py",
        "policies": {name: format_policy(policy) for name, policy in book.policies.items()},
        "files": {name: b64encode(data) for name, data in book.bases.items()},
        "cases": book.cases,
    }


def _forked(told: Story, at: int) -> OwnLog:
    """The log with one statement changed in batch `at`."""
    batches = [(time, list(statements)) for time, statements in told.batches]
    batches[at] = (batches[at][0], [told.registration("FORK"), *batches[at][1][1:]])
    return log_of(batches)


def _two_trees(book: Book, told: Story, honest: OwnLog) -> None:
    last = told.batches[-1][0]
    one = note_of(honest, times=both(last))
    fork = _forked(told, 4)
    other = note_of(fork, times={CN_WITNESS: last // 1000})
    assert fork.size == honest.size
    trees = (Tree(one), Tree(other))
    book.add("split view", "two trees of one size; one witness cosigned both", Evidence(kinds.SPLIT_VIEW, trees))
    book.add("split view: one tree", "the same tree twice", Evidence(kinds.SPLIT_VIEW, (Tree(one), Tree(one))))
    small = note_of(honest, _size(told, 3))
    book.add("split view: two sizes", "sizes may differ", Evidence(kinds.SPLIT_VIEW, (Tree(small), Tree(other))))
    book.add(
        "split view: another key", "the policy knows another log", Evidence(kinds.SPLIT_VIEW, trees), "another key"
    )
    unsigned = other.replace(b"ledger.example/lots\n", b"ledger.example/lost\n", 1)
    book.add(
        "split view: another log", "the origin is another", Evidence(kinds.SPLIT_VIEW, (Tree(one), Tree(unsigned)))
    )

    early = _forked(told, 2)
    larger = Shown(early, times=both(last))
    path = tuple(prefix_path(_size(told, 3), early.size, larger.tree.subtree) or ())
    fork_trees = (Tree(small), Tree(larger.note))
    book.add("fork", "a larger tree that begins otherwise", Evidence(kinds.FORK, fork_trees, Prefix(path)))
    true = Shown(honest)
    true_path = tuple(prefix_path(_size(told, 3), honest.size, true.tree.subtree) or ())
    book.add("fork: a log that grew", "the path is the true one, and the log honest",
             Evidence(kinds.FORK, (Tree(small), Tree(true.note)), Prefix(true_path)))  # fmt: skip
    book.add("fork: a path that fails", "a proof that fails proves nothing: anybody can write one",
             Evidence(kinds.FORK, (Tree(small), Tree(true.note)), Prefix((bytes(32), *true_path[1:]))))  # fmt: skip
    book.add("fork: another log's path", "the path of the forked tree under the honest one",
             Evidence(kinds.FORK, (Tree(small), Tree(true.note)), Prefix(path)))  # fmt: skip
    book.add("fork: the wrong way round", "the larger tree first",
             Evidence(kinds.FORK, fork_trees[::-1], Prefix(path)))  # fmt: skip
    book.add("fork: no path", "nothing shows the beginning", Evidence(kinds.FORK, fork_trees, Prefix(())))

    index = _size(told, 2)
    nodes = [(shown.tree.node(0, index), tuple(inclusion_path(index, shown.tree.checkpoint.size, shown.tree.node)))
             for shown in (true, larger)]  # fmt: skip
    node_trees = (Tree(true.note), Tree(larger.note))
    book.add("fork node", "one entry, two hashes", Evidence(kinds.FORK_NODE, node_trees, Nodes(0, index, *nodes)))
    book.add("fork node: the same in both", "an entry that both have",
             Evidence(kinds.FORK_NODE, (Tree(true.note), Tree(true.note)), Nodes(0, index, nodes[0], nodes[0])))  # fmt: skip
    book.add("fork node: elsewhere", "the path is another entry's",
             Evidence(kinds.FORK_NODE, node_trees, Nodes(0, index + 1, *nodes)))  # fmt: skip
    book.add("fork node: another level", "a leaf is no node of level 1",
             Evidence(kinds.FORK_NODE, node_trees, Nodes(1, index, *nodes)))  # fmt: skip
    book.add("fork node: a made up hash", "the second path leads nowhere",
             Evidence(kinds.FORK_NODE, node_trees, Nodes(0, index, nodes[0], (bytes(32), nodes[1][1]))))  # fmt: skip


def _size(told: Story, batches: int) -> int:
    """Entries after so many batches."""
    return sum(len(statements) + 1 for _, statements in told.batches[:batches])


def _times(book: Book, told: Story, honest: OwnLog) -> None:
    last = told.batches[-1][0]
    # A backup of three batches is brought back a day later, and the log goes on from there.
    restored = log_of(told.batches[:3])
    restored.batch(last + 24 * HOUR, [told.registration("AGAIN")])
    old, new = Shown(honest, times=both(last)), Shown(restored, times=both(last + 25 * HOUR))
    late, early = new.leaf(restored.size - 1), old.leaf(honest.size - 1)
    trees = (Tree(new.note, (late,)), Tree(old.note, (early,)))
    book.add("rolled back", "an earlier entry with a later time, in another tree", Evidence(kinds.ROLLED_BACK, trees))
    book.add("rolled back: in order", "the later entry has the later time", Evidence(kinds.ROLLED_BACK, trees[::-1]))
    statement = Tree(new.note, (new.leaf(3),))
    book.add(
        "rolled back: no closing record", "a statement has no time", Evidence(kinds.ROLLED_BACK, (statement, trees[1]))
    )
    moved = replace(late, index=late.index - 1)
    book.add("rolled back: elsewhere", "the record stands at another place",
             Evidence(kinds.ROLLED_BACK, (Tree(new.note, (moved,)), trees[1])))  # fmt: skip

    small, large = note_of(honest, _size(told, 3), times=both(last + HOUR)), note_of(honest, times=both(last))
    pair = (Tree(small), Tree(large))
    book.add("witness rolled back", "the smaller tree is cosigned later", Evidence(kinds.WITNESS_ROLLED_BACK, pair))
    before = (Tree(note_of(honest, _size(told, 3), times=both(last - HOUR))), Tree(large))
    book.add(
        "witness rolled back: in order", "it cosigned a log that grew", Evidence(kinds.WITNESS_ROLLED_BACK, before)
    )
    same = (Tree(note_of(honest, _size(told, 3), times=both(last))), Tree(large))
    book.add(
        "witness rolled back: the same second", "as honest witnesses may", Evidence(kinds.WITNESS_ROLLED_BACK, same)
    )
    apart = (
        Tree(note_of(honest, _size(told, 3), times={CN_WITNESS: last // 1000 + 60})),
        Tree(note_of(honest, times={MX_WITNESS: last // 1000})),
    )
    book.add("witness rolled back: two witnesses", "each may lag", Evidence(kinds.WITNESS_ROLLED_BACK, apart))
    equal = (Tree(large), Tree(note_of(honest, times=both(last + HOUR))))
    book.add("witness rolled back: one size", "cosigned anew", Evidence(kinds.WITNESS_ROLLED_BACK, equal))

    back = log_of(told.batches)
    back.batch(last, [told.registration("BACK")], closing=lambda record, _: record._replace(time=last - 1).encode())
    shown = Shown(back, times=both(last))
    ends = (honest.size - 1, back.size - 1)
    book.add("time back", "a batch dated before the one before it", shown.evidence(kinds.TIME_BACK, *ends))
    book.add(
        "time back: in order",
        "two honest batches",
        shown.evidence(kinds.TIME_BACK, _size(told, 3) - 1, honest.size - 1),
    )
    book.add("time back: a statement", "a statement has no time", shown.evidence(kinds.TIME_BACK, 3, back.size - 1))


def _entries(book: Book, told: Story, honest: OwnLog) -> None:
    last = told.batches[-1][0]
    log = log_of(told.batches)
    log.batch(last, [told.registration("GOOD"), b"no statement at all", b""], forced=True)
    shown = Shown(log, times=both(last))
    place = honest.size
    book.add("entry malformed", "bytes that are nothing", shown.evidence(kinds.ENTRY_MALFORMED, place + 1))
    book.add("entry malformed: empty", "no bytes at all", shown.evidence(kinds.ENTRY_MALFORMED, place + 2))
    book.add("entry malformed: a statement", "in good form", shown.evidence(kinds.ENTRY_MALFORMED, place))
    book.add(
        "entry malformed: a closing record", "which is another kind's", shown.evidence(kinds.ENTRY_MALFORMED, place - 1)
    )
    tree = Tree(shown.note, (replace(shown.leaf(place + 1), raw=b"something else"),))
    book.add("entry malformed: not in the log", "bytes of whoever accuses", Evidence(kinds.ENTRY_MALFORMED, (tree,)))
    newer = told.world.sign(_Newer(told.world), "maker")  # type: ignore[arg-type]
    log = log_of(told.batches)
    log.batch(last, [newer], forced=True)
    book.add("entry malformed: a newer event", "of a version that is not known here: nobody can tell",
             Shown(log).evidence(kinds.ENTRY_MALFORMED, place))  # fmt: skip

    first = told.batches[2][1][0]
    log = log_of(told.batches)
    log.batch(last, [first], forced=True)
    shown = Shown(log, times=both(last))
    book.add("statement twice", "one id at two places", shown.evidence(kinds.STATEMENT_TWICE, _size(told, 2), place))
    book.add("statement twice: two of them", "two statements", shown.evidence(kinds.STATEMENT_TWICE, 3, place))


class _Newer:
    """An event of a later version."""

    def __init__(self, world: World) -> None:
        self._world = world

    def subjects(self) -> tuple[str, ...]:
        return ("lot:CN-MAKER/NEW",)

    def payload(self) -> bytes:
        return b'{"occurred_at":"' + self._world.now().encode() + b'","type":"registration/2"}'


def _closings(book: Book, told: Story, honest: OwnLog) -> None:
    last, place = told.batches[-1][0], honest.size
    cases: tuple[tuple[str, str, Callable[[Any, Any], bytes], tuple[int, ...]], ...] = (
        ("closing wrong: unreadable", "it says more than a record has", lambda r, _: r.encode()[:-1], (place + 1,)),
        ("closing wrong: elsewhere", "it names another place", lambda r, _: r._replace(end=r.end + 1).encode(), (place + 1,)),
        ("closing wrong: another's", "it closes the batch before it, too",
         lambda r, _: r._replace(start=r.start - 2).encode(), (place - 1, place + 1)),
    )  # fmt: skip
    for name, comment, closing, indexes in cases:
        log = log_of(told.batches)
        log.batch(last, [told.registration("C-1")], closing=closing)
        book.add(name, comment, Shown(log, times=both(last)).evidence(kinds.CLOSING_WRONG, *indexes))
    log = log_of(told.batches)
    log.batch(last, [told.registration("C-1"), told.registration("C-2")],
              closing=lambda r, _: r._replace(start=r.start + 1).encode())  # fmt: skip
    book.add("closing wrong: left out", "a statement that no record closes",
             Shown(log).evidence(kinds.CLOSING_WRONG, place, place + 2))  # fmt: skip
    log = log_of(told.batches)
    log.batch(last, [told.registration("C-1")], closing=lambda r, _: b"no record")
    book.add(
        "closing wrong: none", "the checkpoint ends without one", Shown(log).evidence(kinds.CLOSING_WRONG, place + 1)
    )
    shown = Shown(honest)
    book.add("closing wrong: in order", "an honest record", shown.evidence(kinds.CLOSING_WRONG, place - 1))
    book.add("closing wrong: a statement inside", "where no record needs to be", shown.evidence(kinds.CLOSING_WRONG, 3))
    book.add("closing wrong: in order, with its batch", "an honest record and a statement of its batch",
             shown.evidence(kinds.CLOSING_WRONG, place - 2, place - 1))  # fmt: skip
    log = log_of(told.batches)
    log.batch(last, [told.registration("C-1")], closing=lambda r, _: r.encode().replace(b"closing/1", b"closing/2"))
    book.add("closing wrong: a newer one", "of a version that is not known here",
             Shown(log).evidence(kinds.CLOSING_WRONG, place + 1))  # fmt: skip


def _judged(book: Book, told: Story, honest: OwnLog) -> None:
    last, place = told.batches[-1][0], honest.size
    log = log_of(told.batches)
    stranger = SoftwareSigner.from_seed(b"nobody".ljust(32, b"."))
    forged = told.world.sign(read_entry(told.registration("FORGED")).event, "maker", signer=stranger)
    log.batch(last, [told.registration("GOOD"), forged], forced=True)
    shown = Shown(log, times=both(last))
    refused = shown.accused(faults.ENTRY_REFUSED.code, place + 1)
    book.add("judged: refused", "a statement by a key that nobody enrolled", refused)
    book.add("judged: refused, another charter", "the policy's ledger is another", refused, "another charter")
    _cut(book, "judged: refused", refused)

    def hides(record: Any, sealed: Any) -> bytes:
        heads = {name: Head(row.length, row.chain, hashlib.sha256(row.state).digest()) for name, row in
                 {**dict(log.store.subjects()), **sealed.subjects}.items()}  # fmt: skip
        heads[LOT] = replace(heads[LOT], state_hash=bytes(32))
        return record._replace(heads_root=map_root(heads)).encode()

    moved = told.loss(3)
    for name, comment, closing in (
        ("judged: heads root", "the map commits to a state that does not follow", hides),
        ("judged: in order", "an honest batch", None),
    ):
        log = log_of(told.batches)
        log.batch(last + HOUR, [told.registration("GOOD"), moved], closing=closing)
        shown = Shown(log, times=both(last + HOUR))
        made = _judged_of(shown, place + 2)
        book.add(name, comment, made)
    log = log_of(told.batches)
    log.batch(last, [told.registration("GOOD"), moved],
              closing=lambda r, _: r._replace(judge="lotchain-judge/2", heads_root=bytes(32)).encode())  # fmt: skip
    book.add("judged: a newer judge", "nobody can tell here", _judged_of(Shown(log), place + 2))

    # Whoever cites a checkpoint of another view is refused, and that can be shown, too.
    log = log_of(told.batches)
    event = read_entry(told.registration("SEEN")).event.model_copy(
        update={"seen": Seen(size=_size(told, 2), root="ab" * 32)}
    )
    log.batch(last, [told.world.sign(event, "maker")], forced=True)
    book.add("judged: an unknown checkpoint", "it names a checkpoint that is none of this log's",
             Shown(log).accused(faults.ENTRY_REFUSED.code, place))  # fmt: skip


def _judged_of(shown: Shown, end: int) -> Evidence:
    """What an audit would make of a batch, also of an honest one."""
    made = show_batch(shown.note, shown.log.entries, end)
    assert made is not None
    return made


def _cut(book: Book, name: str, evidence: Evidence) -> None:
    """Evidence that leaves out or changes what the judge needs."""
    (tree,), body = evidence.trees, evidence.body
    assert isinstance(body, kinds.Judged)
    for number, leaf in enumerate(tree.leaves):
        leaves = (*tree.leaves[:number], *tree.leaves[number + 1 :])
        book.add(f"{name}, without entry {leaf.index}", "the judge needs it",
                 Evidence(evidence.kind, (replace(tree, leaves=leaves),), body))  # fmt: skip
    key = next(shown for shown in body.subjects if shown.subject.startswith("key:") and shown.proof.head is not None)
    rest = tuple(shown for shown in body.subjects if shown is not key)
    book.add(f"{name}, without a subject", "whose key it is, is not shown",
             Evidence(evidence.kind, evidence.trees, replace(body, subjects=rest)))  # fmt: skip
    lied = replace(key, state=(key.state or b"").replace(b'"valid"', b'"other"'))
    changed = tuple(sorted((*rest, lied), key=lambda shown: shown.subject))
    book.add(f"{name}, another state", "the map commits to another one",
             Evidence(evidence.kind, evidence.trees, replace(body, subjects=changed)))  # fmt: skip
    absent = SubjectShown(key.subject, None, replace(key.proof, head=None))
    changed = tuple(sorted((*rest, absent), key=lambda shown: shown.subject))
    book.add(f"{name}, a key denied", "the map holds it",
             Evidence(evidence.kind, evidence.trees, replace(body, subjects=changed)))  # fmt: skip
    book.add(f"{name}, begun later", "another batch's start",
             Evidence(evidence.kind, evidence.trees, replace(body, start=body.start + 1)))  # fmt: skip


def _whole(book: Book, told: Story, honest: OwnLog) -> None:
    last, place = told.batches[-1][0], honest.size
    # That the other act is not on the log is what the judge asks of a conflict: only the whole log shows that.
    conflict = Conflict(
        lot=LOT, logged=read_entry(told.batches[2][1][0]).statement.hex_id, other=b64encode(told.registration("L-9")),
        occurred_at=told.world.now(),
    )  # fmt: skip
    log = log_of(told.batches)
    log.batch(last, [told.world.sign(conflict, "maker2")], forced=True)
    shown = Shown(log, times=both(last))
    made = shown.accused(faults.ENTRY_REFUSED.code, place)
    assert made.kind == kinds.REPLAYED and isinstance(made.body, Entries)
    book.add("replayed", "a dispute that proves nothing stands on the log", made)
    book.add("replayed: in order", "an honest log",
             Evidence(kinds.REPLAYED, (Tree(note_of(honest)),), Entries(tuple(honest.entries(0, honest.size)))))  # fmt: skip
    book.add("replayed: one entry less", "not the entries under the checkpoint",
             Evidence(kinds.REPLAYED, made.trees, Entries(made.body.entries[:-1])))  # fmt: skip
    book.add("replayed: none", "no entry at all", Evidence(kinds.REPLAYED, made.trees, Entries(())))
    book.add("replayed: another charter", "the policy's ledger is another", made, "another charter")


def _acts(book: Book, told: Story, honest: OwnLog) -> None:
    world = told.world
    prev = world.log[world.last(LOT)].raw
    one, other = told.loss(3), told.loss(4)
    carrier = world.signers["carrier"].public.cose
    acts = Acts(LOT, Act(one), Act(other), prev, (carrier,))
    book.add("double dealing", "two losses after one act, on no ledger", Evidence(kinds.DOUBLE_DEALING, (), acts))
    ledger = Shown(honest, times=both(told.batches[-1][0]))
    book.add("double dealing, with the ledger", "whose the key is, is attested", _on_ledger(acts, ledger))
    unattested = Shown(honest)
    book.add("double dealing, by the operator's word", "nobody cosigned whose the key is", _on_ledger(acts, unattested))

    def bad(name: str, comment: str, **changes: Any) -> None:
        book.add(f"double dealing: {name}", comment, Evidence(kinds.DOUBLE_DEALING, (), replace(acts, **changes)))

    bad("one act", "the same statement twice", second=Act(one))
    again = told.loss(3, seen=Seen(size=5, root="ab" * 32))
    bad("signed twice", "one act, its signer having seen more meanwhile", second=Act(again))
    later = Loss(lot=LOT, prev=read_entry(one).statement.hex_id, quantity=kg(1), kind="leaked", place=CN,
                 occurred_at=world.now())  # fmt: skip
    bad("one after the other", "the second follows the first", second=Act(world.sign(later, "carrier")))
    bad("no prev", "what both follow is not shown", prev=None)
    bad("another prev", "what is shown is not what both follow", prev=told.batches[2][1][0])
    bad("no key", "nothing to verify with", keys=())
    bad("another key", "which signed neither", keys=(world.signers["maker"].public.cose,))
    bad("another lot", "neither is about it", lot="lot:CN-MAKER/L-1")
    bad("two issuers", "each signed one", second=Act(told.loss(4, who="maker")),
        keys=tuple(sorted((carrier, world.signers["maker"].public.cose))))  # fmt: skip
    bad("a changed signature", "nobody signed that", second=Act(other[:-1] + bytes([other[-1] ^ 1])))
    bad("a name", "no lot's", lot="party:CN-TRUCK")

    # Two offers, each accepted; and one that nobody accepted.
    lot = "lot:CN-MAKER/L-1"
    offers = [world.sign(world.hand_over("maker", to, lot), "maker") for to in ("carrier", "maker2")]
    replies = [_accepted(world, offer, lot, who) for offer, who in zip(offers, ("carrier", "maker2"), strict=True)]
    keys = tuple(sorted(world.signers[name].public.cose for name in ("maker", "carrier", "maker2")))
    made = world.log[world.last(lot)].raw
    pair = Acts(lot, Act(offers[0], replies[0]), Act(offers[1], replies[1]), made, keys)
    book.add("double dealing: two offers", "each accepted", Evidence(kinds.DOUBLE_DEALING, (), pair))
    book.add("double dealing: two offers, with the ledger", "four parties, one file", _on_ledger(pair, ledger))
    book.add("double dealing: one accepted", "an offer that nobody accepted moved nothing",
             Evidence(kinds.DOUBLE_DEALING, (), replace(pair, second=Act(offers[1]))))  # fmt: skip
    book.add("double dealing: another's acceptance", "the receiver did not sign it",
             Evidence(kinds.DOUBLE_DEALING, (), replace(pair, second=Act(offers[1], replies[0]))))  # fmt: skip

    # Two registrations under one name: whether they could be taken is for the ledger to say.
    name = Acts(
        "lot:CN-MAKER/TWICE", Act(told.registration("TWICE", 5)), Act(told.registration("TWICE", 6)), None, keys
    )
    book.add("double dealing: two registrations", "no ledger is shown", Evidence(kinds.DOUBLE_DEALING, (), name))
    book.add("double dealing: two registrations, with the ledger", "one name for two lots", _on_ledger(name, ledger))

    revoked = Story()
    since = KeyRevocation(key=world.signers["carrier"].public.subject, reason="lost", occurred_at=revoked.world.now())
    revoked.world.accept(since, "mx" if "MX" in world.party("carrier") else "cn")
    revoked.close()
    log = log_of(revoked.batches)
    book.add("double dealing: a revoked key", "as of that checkpoint it signs nothing any more",
             _on_ledger(acts, Shown(log, times=both(revoked.world.time))))  # fmt: skip


def _accepted(world: World, offer: bytes, lot: str, who: str) -> bytes:
    line = AcceptanceLine(lot=lot, outcome="full", accepted=world.stated(lot))
    event = Acceptance(answers=read_entry(offer).statement.hex_id, lines=(line,), place=CN, occurred_at=world.now())
    return world.sign(event, who)


def _on_ledger(acts: Acts, shown: Shown) -> Evidence:
    """The acts with what the ledger knows of whoever signed."""
    log = shown.log
    log.publish()
    under, proofs = log.reader.head_proofs(subjects_read(acts))
    assert under == shown.tree.checkpoint
    rows = {name: log.store.subject(name) for name in proofs}
    subjects = tuple(
        SubjectShown(name, None if rows[name] is None else rows[name].state, proofs[name])  # type: ignore[union-attr]
        for name in sorted(proofs)
    )
    tree = Tree(shown.note, (shown.leaf(log.size - 1),))
    return Evidence(kinds.DOUBLE_DEALING, (tree,), replace(acts, subjects=subjects, keys=()))


def _forms(book: Book, told: Story, honest: OwnLog) -> None:
    base = book.bases["split view"]
    body = cbor.decode(base, max_bytes=len(base))

    def with_members(name: str, comment: str, change: Callable[[list[Any]], None]) -> None:
        changed = cbor.decode(base, max_bytes=len(base))
        change(changed)
        unsealed = cbor.encode(changed)[:-32]
        book.add(name, comment, unsealed + hashlib.sha256(unsealed).digest())

    book.edited("form: one bit", "damaged on the way", "split view", (100, 1, bytes([base[100] ^ 1])), sealed=False)
    book.add("form: cut short", "half a file", base[: len(base) // 2])
    book.add("form: nothing", "an empty file", b"")
    book.edited("form: a note changed", "the signature no longer verifies", "split view",
                (base.index(b"ledger.example"), 1, b"L"))  # fmt: skip
    with_members("form: another version", "of a later lotchain", lambda b: b.__setitem__(0, "lotchain-evidence/2"))
    with_members("form: another file", "no evidence", lambda b: b.__setitem__(0, "lotchain-bundle/1"))
    with_members("form: an unknown kind", "no kind of these", lambda b: b.__setitem__(1, "slander"))
    with_members("form: one tree", "two are compared", lambda b: b.__setitem__(2, b[2][:1]))
    with_members("form: three trees", "two are compared", lambda b: b.__setitem__(2, [*b[2], b[2][0]]))
    with_members("form: a leaf too many", "this kind has none",
                 lambda b: b[2][0].__setitem__(1, [[0, b"x", []]]))  # fmt: skip
    with_members("form: a body too many", "this kind has none", lambda b: b.__setitem__(3, [1]))
    with_members("form: a member too many", "five are all", lambda b: b.insert(3, None))
    with_members("form: a note of text", "bytes are bytes", lambda b: b[2][0].__setitem__(0, "note"))
    assert body[0] == kinds.FORMAT
    assert decode_evidence(base).kind == kinds.SPLIT_VIEW


def text() -> str:
    """The vector file."""
    return json.dumps(build(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    PATH.write_text(text())
    print(f"{PATH}: {len(build()['cases'])} cases")
