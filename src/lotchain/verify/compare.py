"""Comparing two checkpoints of one log: the same, one the beginning of the other, or both impossible at once.

Whoever holds an old bundle or checkpoint compares it with what is shown today; a rewritten, dropped, inserted or moved
entry, a second view and a restored backup are all found by that. A wrong state, map or time is not: for it somebody has
to replay the log, which is what auditors do. Pure: what lies in folders and on servers comes in as a `View`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from lotchain.core.checkpoints import Checkpoint, parse_checkpoint_text
from lotchain.core.closing import parse_closing
from lotchain.core.instants import format_instant
from lotchain.core.notes import parse_note
from lotchain.core.tree import leaf_hash, verify_consistency
from lotchain.core.tree_prefix import KnownTree, Subtree, node_path, prefix_path, prefix_roots, whole_nodes
from lotchain.errors import Malformed
from lotchain.verify import evidence as kinds
from lotchain.verify.bundle import Bundle, Leaf
from lotchain.verify.evidence import Evidence, Nodes, Prefix, Tree
from lotchain.verify.evidence_signed import Signed, open_signed, second
from lotchain.verify.policy import Policy
from lotchain.verify.proofs import check_entries

SAME, EXTENDS, EXCLUSIVE, CANNOT_TELL = "SAME", "EXTENDS", "CANNOT BOTH BE TRUE", "CANNOT BE TOLD"
EXIT_CODES: Final = {SAME: 0, EXTENDS: 0, EXCLUSIVE: 1, CANNOT_TELL: 3}


class View(NamedTuple):
    """One side of a comparison.

    Args:
        label: what it is, for people.
        notes: signed checkpoints of the log that it shows, rising by size, at least one.
        subtree: hashes of the tree of the checkpoint given; None for one that is not known.
        prefix: a prefix path that is at hand besides, from the first size to the tree of the checkpoint given.
        closings: closing records with their inclusion paths under the checkpoint given.
        known: what proofs have shown of the tree, where that is all there is.

    """

    label: str
    notes: tuple[bytes, ...]
    subtree: Callable[[Checkpoint], Subtree] = lambda _: lambda start, end: None
    prefix: Callable[[int, Checkpoint], Sequence[bytes] | None] = lambda old, _: None
    closings: Callable[[Checkpoint], Iterable[Leaf]] = lambda _: ()
    known: KnownTree | None = None


class Comparison(NamedTuple):
    """What two checkpoints say together.

    Args:
        word: SAME, EXTENDS, CANNOT BOTH BE TRUE or CANNOT BE TOLD.
        what: a sentence, without its full stop.
        facts: label and value.
        beside: what else was found: a witness that went back, which excludes no tree.
        evidence: of the worst that was found; None where nothing was.

    """

    word: str
    what: str
    facts: tuple[tuple[str, str], ...]
    beside: tuple[str, ...] = ()
    evidence: Evidence | None = None

    @property
    def exit_code(self) -> int:
        """0 for what is consistent, 1 for what cannot both be true, 3 for what cannot be told."""
        return EXIT_CODES[self.word]

    def as_json(self) -> dict[str, Any]:
        """The answer for machines."""
        return {
            "format": "lotchain-comparison/1",
            "word": self.word,
            "what": self.what,
            "facts": [list(pair) for pair in self.facts],
            "beside": list(self.beside),
            "evidence": None if self.evidence is None else self.evidence.kind,
        }


class _Side(NamedTuple):
    """A view under the one checkpoint of it that is compared."""

    name: str
    view: View
    signed: Signed
    note: bytes

    @property
    def tree(self) -> Checkpoint:
        return self.signed.checkpoint

    def subtree(self) -> Subtree:
        return self.view.subtree(self.tree)


def note_view(label: str, note: bytes) -> View:
    """A signed checkpoint, and nothing of its tree."""
    return View(label, (note,))


def bundle_view(label: str, bundle: Bundle) -> View:
    """A bundle: its checkpoint, and what its proofs show of the tree.

    Raises:
        Malformed: `inclusion-invalid`, `consistency-invalid`, and the codes of notes and checkpoints.

    """
    checkpoint = parse_checkpoint_text(parse_note(bundle.note).text)
    check_entries(bundle, checkpoint)
    known = KnownTree(checkpoint.size, checkpoint.root)
    for leaf in (*bundle.statements, *bundle.closings):
        known.learn(leaf_hash(leaf.raw), leaf.index, leaf.path)
    paths: dict[int, tuple[bytes, ...]] = {}
    for proof in bundle.seen:
        if not verify_consistency(proof.size, proof.root, checkpoint.size, checkpoint.root, proof.path):
            raise Malformed("consistency-invalid", "a seen checkpoint is not a prefix of this log", found=proof.size)
        begins = (proof.root,) if proof.size & (proof.size - 1) == 0 else ()
        paths[proof.size] = (*begins, *proof.path)
    return View(
        label,
        (bundle.note,),
        subtree=lambda _: known.subtree,
        prefix=lambda old, _: paths.get(old),
        closings=lambda _: bundle.closings,
        known=known,
    )


def compare(one: View, other: View, policy: Policy) -> Comparison:
    """Compare two views of the policy's log.

    Args:
        one: called A in the answer.
        other: called B.
        policy: whose keys must have signed both.

    Raises:
        Malformed: a note that cannot be read or is not signed by the log (`checkpoint-signature`,
            `checkpoint-origin`, …); `tree-differs`, where a view's hashes do not lead to its own checkpoint.

    """
    a, b = _sides(one, other, policy)
    smaller, larger = (a, b) if a.tree.size <= b.tree.size else (b, a)
    facts = tuple(fact for side in (a, b) for fact in _facts(side))
    witness = _witness_rolled_back(smaller, larger)
    beside = tuple(said for said, _ in witness)
    found = _exclusive(smaller, larger)
    if found is not None:
        what, evidence = found
        return Comparison(EXCLUSIVE, what, facts, beside, evidence)
    rest = witness[0][1] if witness else None
    if a.tree == b.tree:
        return Comparison(SAME, f"both are the tree of {a.tree.size} entries", facts, beside, rest)
    if smaller.tree.size == 0 or _prefix_root(smaller, larger) == smaller.tree.root:
        what = f"{larger.name} begins with all {smaller.tree.size} entries of {smaller.name}, and has more"
        return Comparison(EXTENDS, f"{larger.name} extends {smaller.name}: {what}", facts, beside, rest)
    what = (
        f"whether the {larger.tree.size} entries of {larger.name} begin with the {smaller.tree.size} of "
        f"{smaller.name} cannot be told from these alone: give the ledger's folder, its tiles or its address for "
        f"{larger.name}"
    )
    return Comparison(CANNOT_TELL, what, facts, beside, rest)


def _sides(one: View, other: View, policy: Policy) -> tuple[_Side, _Side]:
    """Of each view the checkpoint that tells most: the smallest that is no smaller than the other's, else the largest.

    A published checkpoint bears the witnesses' word, a newer one may be needed to cover the other side.
    """
    sizes = [[parse_checkpoint_text(parse_note(note).text).size for note in view.notes] for view in (one, other)]
    places = [
        next((n for n, size in enumerate(mine) if size >= theirs[0]), len(mine) - 1)
        for mine, theirs in (sizes, sizes[::-1])
    ]
    a, b = (
        _Side(name, view, open_signed(policy, view.notes[place]), view.notes[place])
        for name, view, place in zip("AB", (one, other), places, strict=True)
    )
    return a, b


def _exclusive(smaller: _Side, larger: _Side) -> tuple[str, Evidence] | None:
    """Why both cannot be true, and the evidence of it."""
    if smaller.tree.size == larger.tree.size:
        if smaller.tree.root == larger.tree.root:
            return None
        what = f"the log signed two different trees of {smaller.tree.size} entries"
        return what, _evidence(kinds.SPLIT_VIEW, smaller, larger)
    root = _prefix_root(smaller, larger)
    if root is not None and root != smaller.tree.root:
        what = f"{larger.name} does not begin with {smaller.name}: its first {smaller.tree.size} entries are others"
        path = _prefix(smaller, larger)
        return what, Evidence(kinds.FORK, (Tree(smaller.note), Tree(larger.note)), Prefix(tuple(path or ())))
    return (None if root is not None else _node_differs(smaller, larger)) or _time_differs(smaller, larger)


def _prefix(smaller: _Side, larger: _Side) -> Sequence[bytes] | None:
    old, new = smaller.tree.size, larger.tree
    if not 0 < old < new.size:
        return None
    return larger.view.prefix(old, new) or prefix_path(old, new.size, larger.subtree())


def _prefix_root(smaller: _Side, larger: _Side) -> bytes | None:
    """The root that the larger tree has at the smaller one's size; None where it cannot be told."""
    path = _prefix(smaller, larger)
    if path is None:
        return None
    roots = prefix_roots(smaller.tree.size, larger.tree.size, path)
    if roots is None or roots[1] != larger.tree.root:
        raise Malformed(
            "tree-differs",
            f"the hashes of {larger.view.label} do not lead to its own checkpoint",
            expected=larger.tree.root.hex(),
            found="another root" if roots is None else roots[1].hex(),
            remedy="keep both, and read the log from another place",
        )
    return roots[0]


def _node_differs(smaller: _Side, larger: _Side) -> tuple[str, Evidence] | None:
    """A place that both trees have, and in which they differ: the lowest and first of those that proofs show."""
    places: set[tuple[int, int]] = set()
    for side in (smaller, larger):
        if side.view.known is not None:
            places.update(whole_nodes(side.view.known))
    for level, number in sorted(places):
        begin, end = number << level, (number + 1) << level
        if end > smaller.tree.size:
            continue
        first, second_ = smaller.subtree()(begin, end), larger.subtree()(begin, end)
        if first is None or second_ is None or first == second_:
            continue
        paths = [node_path(level, number, side.tree.size, side.subtree()) for side in (smaller, larger)]
        if paths[0] is None or paths[1] is None:
            continue
        where = f"entry {begin}" if end - begin == 1 else f"the entries {begin} to {end - 1}"
        nodes = Nodes(level, number, (first, tuple(paths[0])), (second_, tuple(paths[1])))
        trees = (Tree(smaller.note), Tree(larger.note))
        return f"A and B differ in {where}, which both have", Evidence(kinds.FORK_NODE, trees, nodes)
    return None


def _time_differs(smaller: _Side, larger: _Side) -> tuple[str, Evidence] | None:
    """A batch that stands earlier in one tree and is dated later than a batch of the other."""
    for one, other in ((smaller, larger), (larger, smaller)):
        earliest = _earliest_from(other)
        for leaf, time in _closed(one):
            place = bisect_left(earliest, leaf.index, key=lambda item: item[0])
            if place == len(earliest) or time <= earliest[place][1]:
                continue
            _, then, late = earliest[place]
            what = (
                f"in {one.name} the batch that ends at entry {leaf.index} was closed at {format_instant(time)}, in "
                f"{other.name} the one that ends at entry {late.index} already at {format_instant(then)}: a log was "
                "rolled back, or its time was"
            )
            return what, Evidence(kinds.ROLLED_BACK, (Tree(one.note, (leaf,)), Tree(other.note, (late,))))
    return None


def _closed(side: _Side) -> list[tuple[Leaf, int]]:
    """The closing records that a side shows, each at its own place, with their times."""
    records = [(leaf, parse_closing(leaf.raw)) for leaf in side.view.closings(side.tree)]
    return [(leaf, record.time) for leaf, record in records if record.end == leaf.index]


def _earliest_from(side: _Side) -> list[tuple[int, int, Leaf]]:
    """For each closing record, rising by index: (index, the earliest time of it and those after, whose that is)."""
    found: list[tuple[int, int, Leaf]] = []
    for leaf, time in reversed(_closed(side)):
        least = (time, leaf) if not found or time <= found[-1][1] else found[-1][1:]
        found.append((leaf.index, *least))
    return found[::-1]


def _witness_rolled_back(smaller: _Side, larger: _Side) -> list[tuple[str, Evidence]]:
    if smaller.tree.size == larger.tree.size:
        return []
    found = []
    for name, times in smaller.signed.times.items():
        before = larger.signed.times.get(name)
        if before is not None and max(times) > min(before):
            said = (
                f"the witness {name} cosigned {larger.tree.size} entries at {second(min(before))}, and only "
                f"{smaller.tree.size} at {second(max(times))}"
            )
            found.append((said, _evidence(kinds.WITNESS_ROLLED_BACK, smaller, larger)))
    return found


def _evidence(kind: str, smaller: _Side, larger: _Side) -> Evidence:
    return Evidence(kind, (Tree(smaller.note), Tree(larger.note)))


def _facts(side: _Side) -> list[tuple[str, str]]:
    cosigned = ", ".join(f"{name} at {second(times[-1])}" for name, times in side.signed.times.items())
    return [
        (side.name, side.view.label),
        (f"{side.name}, tree", side.signed.said()),
        (f"{side.name}, cosigned by", cosigned or "nobody of the policy"),
    ]
