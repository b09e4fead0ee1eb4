"""Evidence of two trees that exclude each other, and of witnesses that went back.

That a consistency proof fails proves nothing: anybody can write one that fails. Each kind here is a path that *holds*,
under a root that was signed, and leads to something that another signed root excludes.
"""

from __future__ import annotations

from collections.abc import Iterable

from lotchain.core.instants import format_instant
from lotchain.core.tree_prefix import prefix_roots, verify_node
from lotchain.verify.evidence import Evidence, Nodes, Prefix
from lotchain.verify.evidence_judged import unproved
from lotchain.verify.evidence_signed import (
    THE_REST,
    WHICH_TREE,
    Examined,
    Guilt,
    Signed,
    by_whom,
    facts_of,
    log_guilt,
    only_closing,
    open_signed,
    proved,
    require_included,
    second,
    witness_named,
)  # fmt: skip
from lotchain.verify.policy import Policy


def split_view(evidence: Evidence, policy: Policy) -> Examined:
    """Two trees of one size. Raises `Malformed` where it proves nothing."""
    one, other = _two(evidence, policy)
    if one.checkpoint.size != other.checkpoint.size or one.checkpoint.root == other.checkpoint.root:
        raise unproved("two trees of one size with different roots", "one size, two roots", one.said())
    size = one.checkpoint.size
    what = f"signed two different trees of {size} entries: no log of only appended entries has both"
    return _two_trees(evidence, policy, one, other, what)


def fork(evidence: Evidence, policy: Policy) -> Examined:
    """A larger tree that does not begin with the smaller one. Raises `Malformed` where it proves nothing."""
    one, other = _two(evidence, policy)
    assert isinstance(evidence.body, Prefix)  # noqa: S101  the reader's table gives each kind its body
    old, new = one.checkpoint, other.checkpoint
    roots = prefix_roots(old.size, new.size, evidence.body.path)
    if roots is None or roots[1] != new.root:
        raise unproved("the path does not lead to the larger tree's root", new.root.hex())
    if roots[0] == old.root:
        raise unproved("the larger tree begins with the smaller one: both can be true")
    what = (
        f"signed a tree of {old.size} entries and a tree of {new.size} that does not begin with it: entries were "
        "changed, left out, inserted or moved"
    )
    more = (("the larger tree's own beginning", f"size {old.size}, root {roots[0].hex()}"),)
    return _two_trees(evidence, policy, one, other, what, more)


def fork_node(evidence: Evidence, policy: Policy) -> Examined:
    """Two trees that differ in a place that both have. Raises `Malformed` where it proves nothing."""
    one, other = _two(evidence, policy)
    body = evidence.body
    assert isinstance(body, Nodes)  # noqa: S101
    for signed, (digest, path) in ((one, body.first), (other, body.second)):
        tree = signed.checkpoint
        if not verify_node(digest, body.level, body.number, tree.size, path, tree.root):
            raise unproved("a path does not lead to the signed root", tree.root.hex(), f"{body.level}/{body.number}")
    if body.first[0] == body.second[0]:
        raise unproved("both trees hold the same there")
    begin, end = body.number << body.level, ((body.number + 1) << body.level) - 1
    where = f"entry {begin}" if begin == end else f"the entries {begin} to {end}"
    what = f"signed two trees that differ in {where}: one was changed after it had been signed"
    more = ((f"{where}, first tree", body.first[0].hex()), (f"{where}, second tree", body.second[0].hex()))
    return _two_trees(evidence, policy, one, other, what, more)


def rolled_back(evidence: Evidence, policy: Policy) -> Examined:
    """An earlier batch with a later time, in another tree. Raises `Malformed` where it proves nothing."""
    one, other = _two(evidence, policy)
    first, second = (only_closing(tree) for tree in evidence.trees)
    if first.end > second.end or first.time <= second.time:
        raise unproved("the closing times are in order", "an earlier record with a later time", f"entry {first.end}")
    what = (
        f"closed a batch at entry {first.end} at {format_instant(first.time)} in one tree, and one at entry "
        f"{second.end} at {format_instant(second.time)} in another: either the trees part, as when a backup "
        "is restored, or its time goes back"
    )
    facts = [*facts_of("first", one), *facts_of("second", other)]
    # A plain witness sees no times; an auditor that cosigned both has seen the one or the other.
    both = [name for name in policy.auditors if name in one.times and name in other.times]
    guilty = [Guilt(name, "cosigned both, as an auditor") for name in map(witness_named, both)]
    return proved(
        evidence, (log_guilt(policy, one, other, what), *guilty), facts, (*by_whom(one, other), WHICH_TREE, THE_REST)
    )


def witness_rolled_back(evidence: Evidence, policy: Policy) -> Examined:
    """A witness that cosigned a smaller tree after a larger one. Raises `Malformed` where it proves nothing."""
    one, other = _two(evidence, policy)
    smaller, larger = (one, other) if one.checkpoint.size < other.checkpoint.size else (other, one)
    if smaller.checkpoint.size == larger.checkpoint.size:
        raise unproved("both trees have one size", "a smaller and a larger one", one.said())
    guilty = [
        Guilt(
            witness_named(name),
            f"cosigned {larger.checkpoint.size} entries at {second(min(larger.times[name]))}, and only "
            f"{smaller.checkpoint.size} of them at {second(max(smaller.times[name]))}: it forgot what it had seen, or "
            "its clock went back",
        )
        for name in policy.witnesses
        if name in smaller.times and name in larger.times and max(smaller.times[name]) > min(larger.times[name])
    ]
    if not guilty:
        raise unproved("no witness of the policy cosigned the smaller tree after the larger one")
    facts = [*facts_of("smaller", smaller), *facts_of("larger", larger)]
    return proved(evidence, guilty, facts, ("anything against the log", "that the witness meant to deceive"))


def _two(evidence: Evidence, policy: Policy) -> tuple[Signed, Signed]:
    one, other = (open_signed(policy, tree.note) for tree in evidence.trees)
    for tree, signed in zip(evidence.trees, (one, other), strict=True):
        require_included(tree.leaves, signed.checkpoint)
    return one, other


def _two_trees(
    evidence: Evidence, policy: Policy, one: Signed, other: Signed, what: str, more: Iterable[tuple[str, str]] = ()
) -> Examined:
    """Trees that exclude each other: the log's word, and that of each witness that cosigned both."""
    both = [name for name in policy.witnesses if name in one.times and name in other.times]
    guilty = [Guilt(witness_named(name), "cosigned both of these trees, which exclude each other") for name in both]
    facts = [*facts_of("first", one), *facts_of("second", other), *more]
    return proved(
        evidence, (log_guilt(policy, one, other, what), *guilty), facts, (*by_whom(one, other), WHICH_TREE, THE_REST)
    )
