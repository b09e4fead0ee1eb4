"""Replay: the bundle's statements through the one judge, in log order, as far as they touch the closure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from lotchain.core import canonical_json
from lotchain.core.heads import INITIAL_CHAIN, Head, extend_chain
from lotchain.core.ids import key_subject, kind_of
from lotchain.custody.case import Cited, State
from lotchain.custody.findings import Finding
from lotchain.custody.treaty_records import Asked, Duty, TreatyBooks
from lotchain.events.event import Event
from lotchain.events.reading import Reading
from lotchain.verify.bundle import Leaf
from lotchain.verify.conclude import Signed
from lotchain.verify.judge import Context, judge
from lotchain.verify.proofs import Dates, refused


class Replay:
    """The closure after the last statement: states, heads, findings, who signed what on which subject."""

    def __init__(self, states: dict[str, State | None], born: dict[str, int] | None = None) -> None:
        self.states = states
        self.lengths: dict[str, int] = {}
        self.chains: dict[str, bytes] = {}
        self.born: dict[str, int] = {} if born is None else born
        self.findings: list[tuple[int, Finding]] = []
        self.by_statement: dict[str, tuple[Finding, ...]] = {}
        self.signed: list[tuple[int, Signed]] = []
        self.closed_at: dict[str, int] = {}
        self.signed_after: dict[str, int | None] = {}
        self.touched: dict[int, tuple[str, ...]] = {}
        """by log index: the subjects of the closure that the statement changed or was to change"""
        self.index_of: dict[str, int] = {}
        self.asked: list[Asked] = []
        self.duties: list[Duty] = []
        self.unasked: list[tuple[int, str]] = []
        """(log index, lot): statements on lots that were entered before any rule set was adopted"""

    def head(self, subject: str) -> Head | None:
        """The subject's commitment as replayed, None for an absent one."""
        state = self.states[subject]
        if state is None:
            return None
        digest = hashlib.sha256(canonical_json.encode(state)).digest()
        return Head(self.lengths[subject], self.chains[subject], digest)


def signed_after(event: Event, seen: int | None, bounds: Mapping[str, int | None]) -> int | None:
    """The moment (ms) after which a statement was signed: protocol, "Time".

    Args:
        event: what it states.
        seen: closing time of the checkpoint that it names, None where it names none of this log.
        bounds: the same moment of statements before it, by hex id: it was signed after those that it names.

    """
    known = [bound for name in event.cites() if (bound := bounds.get(name)) is not None]
    return max([*known, *([seen] if seen is not None else [])], default=None)


class CitedHere(Mapping[str, Cited]):
    """The bundle's own statements by hex id, as far as they stand before the one that is judged."""

    def __init__(self, leaves: Mapping[str, Leaf], before: int) -> None:
        self._leaves = leaves
        self._before = before

    def __getitem__(self, name: str) -> Cited:
        leaf = self._leaves[name]
        if leaf.index >= self._before:
            raise KeyError(name)
        return Cited(leaf.raw, leaf.index)

    def __iter__(self) -> Iterator[str]:
        return (name for name, leaf in self._leaves.items() if leaf.index < self._before)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def replay(
    readings: Iterable[tuple[Leaf, Reading]],
    closure: Iterable[str],
    dates: Dates,
    *,
    origin: str,
    charter: str,
    books: TreatyBooks | None = None,
) -> Replay:
    """Judge every statement of the closure's histories.

    Raises:
        Malformed: `bundle-incomplete` when the judge asks for a subject that is not there, `bundle-extra` when a
            statement touches nothing that the proof examines.
    """
    pairs = list(readings)
    leaves = {reading.statement.hex_id: leaf for leaf, reading in pairs}
    if len(leaves) != len(pairs):
        raise refused("statement-twice", "one statement stands at two places of the log")
    names = tuple(closure)
    done = Replay(states=dict.fromkeys(names))
    for leaf, reading in pairs:
        _step(done, leaf, reading, leaves, dates, (origin, charter, books))
    return done


def _step(
    done: Replay,
    leaf: Leaf,
    reading: Reading,
    leaves: Mapping[str, Leaf],
    dates: Dates,
    log: tuple[str, str, TreatyBooks | None],
) -> None:
    event, statement = reading.event, reading.statement
    touched = [name for name in event.subjects() if name in done.states]
    if not touched:
        raise refused("bundle-extra", "a statement touches nothing that the proof examines", f"entry {leaf.index}")
    closing = dates.closing_of(leaf.index)
    seen = None
    if event.seen is not None:
        seen = dates.seen_at(event.seen.size, bytes.fromhex(event.seen.root), leaf.index)
    origin, charter, books = log
    context = Context(
        origin=origin,
        charter="" if leaf.index == 0 else charter,
        time=closing.time,
        seen=seen,
        cited=CitedHere(leaves, leaf.index),
        books=books,
        load=done.states.get,
    )
    try:
        judgement = judge(reading, done.states, context, only=touched)
    except LookupError as fault:
        raise refused("bundle-incomplete", "the bundle lacks a subject that its statements need", fault) from None
    changed = [name for name in judgement.states if name in done.states]
    hex_id = statement.hex_id
    done.by_statement[hex_id] = judgement.findings
    done.closed_at[hex_id] = closing.time
    after = signed_after(event, seen, done.signed_after)
    done.signed_after[hex_id] = None if after is None else min(after, closing.time)
    done.index_of[hex_id] = leaf.index
    done.touched[leaf.index] = tuple(dict.fromkeys((*touched, *changed)))
    done.findings += [(leaf.index, finding) for finding in judgement.findings]
    done.asked += judgement.asked
    done.duties += judgement.duties
    if not judgement.asked:
        done.unasked += [(leaf.index, name) for name in changed if kind_of(name) == "lot"]
    for name in changed:
        done.born.setdefault(name, leaf.index)
        done.states[name] = judgement.states[name]
        done.lengths[name] = done.lengths.get(name, 0) + 1
        done.chains[name] = extend_chain(done.chains.get(name, INITIAL_CHAIN), statement.id)
        # Of every kind of subject: a stolen key that enrols another one must surface, too.
        done.signed.append((leaf.index, Signed(hex_id, name, key_subject(statement.kid), closing.time)))
