"""Rules made ready for asking: their conditions as functions, the rules of an event type in one table.

Whoever judges many events makes a set ready once; asking it is the business of `lotchain.rules.evaluator`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from lotchain.rules import deadlines
from lotchain.rules.facts import ABSENT, UNKNOWN, Interval, Value
from lotchain.rules.rule import Condition, NotExamined, Rule, RuleEffect, RuleSet
from lotchain.rules.verdict import COUNTING, Outcome

Kleene = bool | None
"""True, False, or None for unknown."""

OCCURRED_AT: Final = "occurred_at"
"""The fact that says when the event happened, by which a rule is in force or not."""


class Told(dict[str, Value]):
    """Facts by name; one that is not there is unknown. A subclass may work them out when they are asked for."""

    __slots__ = ()

    def __missing__(self, name: str) -> Value:
        return UNKNOWN


Test = Callable[[Told], Kleene]
"""A condition made ready for asking."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A rule made ready for asking, so that asking walks no data.

    Attributes:
        rule: the rule.
        dated: whether it begins or ends on a day.
        applies: whether it concerns an event.
        requires: what must then be so.
        asks: the facts that it asks.
        outcomes: what it means that `requires` is so, is not so, or is not known.

    """

    rule: Rule
    dated: bool
    applies: Test
    requires: Test
    asks: tuple[str, ...]
    outcomes: Mapping[Kleene, Outcome]


Entry = tuple[Prepared, tuple[int, ...]]
"""A rule, and the places of its further conditions in its table."""


@dataclass(frozen=True, slots=True)
class EventTable:
    """The rules asked at one event type.

    The rules of a set begin alike (whose law, whose border, which class of substance), and most do not apply: so they
    are grouped by how they begin, and each further condition that they share is asked once.

    Attributes:
        conditions: further conditions, each once.
        groups: a first condition, and the rules that begin with it; a rule applies when all its conditions are so.

    """

    conditions: tuple[Test, ...]
    groups: tuple[tuple[Test, tuple[Entry, ...]], ...]


@dataclass(frozen=True, slots=True)
class PreparedSet:
    """A rule set made ready for asking, once; afterwards it is a value like any other.

    Attributes:
        rules: the set.
        by_id: its rules, ready.
        by_event: its rules by event type.
        not_examined: what it does not check, rules known only from memory among it.

    """

    rules: RuleSet
    by_id: Mapping[str, Prepared]
    by_event: Mapping[str, EventTable]
    not_examined: tuple[NotExamined, ...]


def prepare(rules: RuleSet) -> PreparedSet:
    """A set made ready: whoever judges many events does this once."""
    by_id = {rule.id: prepare_rule(rule) for rule in rules.rules.values()}
    by_event = {event: _table([by_id[rule.id] for rule in listed]) for event, listed in rules.by_event.items()}
    return PreparedSet(rules, by_id, by_event, not_examined(rules))


def asking_only(ready: PreparedSet, wanted: Callable[[Prepared], bool]) -> PreparedSet:
    """The same set, whose tables hold only the rules that are wanted."""
    by_event = {}
    for event, listed in ready.rules.by_event.items():
        entries = [ready.by_id[rule.id] for rule in listed if wanted(ready.by_id[rule.id])]
        if entries:
            by_event[event] = _table(entries)
    return PreparedSet(ready.rules, ready.by_id, by_event, ready.not_examined)


def can_be(condition: Condition, known: Callable[[str], bool]) -> tuple[bool, bool]:
    """Whether a condition can ever be true, and whether it can ever be false, where only some facts are ever known."""
    if not condition.parts:
        sure = all(known(name) for name in condition.facts())
        return sure, sure
    true, false = zip(*(can_be(part, known) for part in condition.parts), strict=True)
    if condition.op == "all":
        return all(true), any(false)
    if condition.op == "any":
        return any(true), all(false)
    if condition.op == "not":
        return false[0], true[0]
    return false[0] or all(true), true[0] and false[1]  # applies-when: when, then


def prepare_rule(rule: Rule) -> Prepared:
    """One rule made ready."""
    dated = rule.in_force_from is not None or rule.in_force_until is not None
    asks = tuple(dict.fromkeys((OCCURRED_AT, *rule.facts()))) if dated else rule.facts()
    return Prepared(rule, dated, test_of(rule.applies), test_of(rule.requires), asks, _outcomes(rule))


def not_examined(rules: RuleSet) -> tuple[NotExamined, ...]:
    """What a set does not check: what it lists, and every rule that is known only from memory."""
    remembered = tuple(
        NotExamined(
            ", ".join(rule.obligations), rule.citation, rule.title, rule.basis,
            "known only from memory: shown as a note, never as compliant or breach",
        )
        for rule in rules.rules.values()
        if rule.basis not in COUNTING
    )  # fmt: skip
    return rules.not_examined + remembered


def _table(listed: Iterable[Prepared]) -> EventTable:
    places: dict[Condition, int] = {}
    groups: dict[Condition, list[Entry]] = {}
    for prepared in listed:
        applies = prepared.rule.applies
        first, *further = applies.parts if applies.op == "all" else (applies,)
        groups.setdefault(first, []).append((prepared, tuple(places.setdefault(part, len(places)) for part in further)))
    return EventTable(
        tuple(test_of(part) for part in places),
        tuple((test_of(first), tuple(entries)) for first, entries in groups.items()),
    )


def _outcomes(rule: Rule) -> dict[Kleene, Outcome]:
    if rule.effect is RuleEffect.NOTE or rule.basis not in COUNTING:
        return dict.fromkeys((True, False, None), Outcome.NOTE)
    broken = Outcome.BREACH if rule.effect is RuleEffect.BREACH else Outcome.UNDETERMINED
    return {True: Outcome.COMPLIANT, False: broken, None: Outcome.UNDETERMINED}


def test_of(condition: Condition) -> Test:
    """A condition as a function of the facts: Kleene's logic, so that what is not known decides nothing."""
    op, fact, other, literal, number = condition.op, condition.fact, condition.other, condition.value, condition.number
    if op in _BRANCHES:
        return _BRANCHES[op](tuple(test_of(part) for part in condition.parts))
    if op == "present":
        return lambda facts: _PRESENT.get(facts[fact], True)
    if not other and op == "contains":
        return lambda facts: literal in value if isinstance(value := facts[fact], frozenset) else None
    if not other and op == "equals":
        kind = type(literal)
        return lambda facts: value == literal if type(value := facts[fact]) is kind else None
    leaf = _LEAVES[op]

    def against_literal(facts: Told) -> Kleene:
        value = facts[fact]
        return None if value is UNKNOWN or value is ABSENT else leaf(value, literal, number)

    def against_fact(facts: Told) -> Kleene:
        value, against = facts[fact], facts[other]
        if value is UNKNOWN or value is ABSENT or against is UNKNOWN or against is ABSENT:
            return None  # nothing to compare: neither a yes nor a no
        return leaf(value, against, number)

    return against_fact if other else against_literal


def _all(parts: tuple[Test, ...]) -> Test:
    def test(facts: Told) -> Kleene:
        found: Kleene = True
        for part in parts:
            value = part(facts)
            if value is False:
                return False
            if value is None:
                found = None
        return found

    return test


def _any(parts: tuple[Test, ...]) -> Test:
    def test(facts: Told) -> Kleene:
        found: Kleene = False
        for part in parts:
            value = part(facts)
            if value is True:
                return True
            if value is None:
                found = None
        return found

    return test


def _not(parts: tuple[Test, ...]) -> Test:
    (part,) = parts

    def test(facts: Told) -> Kleene:
        value = part(facts)
        return None if value is None else not value

    return test


def _applies_when(parts: tuple[Test, ...]) -> Test:
    """Stricter than implication: where it is open whether the duty applies, a kept one does not settle it."""
    when, then = parts

    def test(facts: Told) -> Kleene:
        value = when(facts)
        if value is None:
            return None
        return then(facts) if value else True

    return test


_BRANCHES: Final[dict[str, Callable[[tuple[Test, ...]], Test]]] = {
    "all": _all, "any": _any, "not": _not, "applies-when": _applies_when,
}  # fmt: skip
_PRESENT: Final[dict[object, Kleene]] = {UNKNOWN: None, ABSENT: False}


def _same(value: object, other: object, _: int) -> Kleene:
    return value == other if type(value) is type(other) else None


def _in(value: object, other: object, _: int) -> Kleene:
    return value in other if isinstance(value, str) and isinstance(other, frozenset) else None


def _at_most(value: object, other: object, _: int) -> Kleene:
    return value <= other if isinstance(value, int) and isinstance(other, int) else None


def _at_least(value: object, other: object, _: int) -> Kleene:
    return _at_most(other, value, 0)


def _before(value: object, other: object, _: int) -> Kleene:
    return deadlines.before(value, other) if isinstance(value, Interval) and isinstance(other, Interval) else None


def _after(value: object, other: object, _: int) -> Kleene:
    return _before(other, value, 0)


def _within_hours(value: object, other: object, number: int) -> Kleene:
    both = isinstance(value, Interval) and isinstance(other, Interval)
    return deadlines.within(value, other, hours=number) if both else None  # type: ignore[arg-type]


def _within_days(value: object, other: object, number: int) -> Kleene:
    both = isinstance(value, Interval) and isinstance(other, Interval)
    return deadlines.within(value, other, days=number) if both else None  # type: ignore[arg-type]


def _within_months(value: object, other: object, number: int) -> Kleene:
    both = isinstance(value, Interval) and isinstance(other, Interval)
    return deadlines.within(value, other, months=number) if both else None  # type: ignore[arg-type]


def _days_before(value: object, other: object, number: int) -> Kleene:
    return _within_days(value, other, -number)


_LEAVES: Final[dict[str, Callable[[object, object, int], Kleene]]] = {
    "same": _same, "in": _in, "at-most": _at_most, "at-least": _at_least,
    "before": _before, "after": _after, "within-hours": _within_hours, "within-days": _within_days,
    "within-months": _within_months, "days-before": _days_before,
}  # fmt: skip
