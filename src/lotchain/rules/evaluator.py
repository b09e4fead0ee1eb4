"""The evaluator: rules asked on facts, three-valued, total, and without any knowledge of what they mean.

Kleene's logic: what is not known is neither true nor false, and stays so unless the rest decides. Knowing less can turn
an answer into *undetermined* and never into another one; that is a property test over all rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from lotchain.rules import deadlines
from lotchain.rules.facts import ABSENT, UNKNOWN, Interval, Missing, Value, shown_value
from lotchain.rules.rule import Condition, Gives, NotExamined, Rule, RuleEffect, RuleSet
from lotchain.rules.verdict import COUNTING, Outcome, RuleResult, SetResult, Trace, Truth

Facts = Mapping[str, Value]
"""Facts by name; one that is not there is unknown."""

Kleene = bool | None
"""True, False, or None for unknown."""

Test = Callable[[Facts], Kleene]
"""A condition made ready for asking."""

OCCURRED_AT: Final = "occurred_at"
"""The fact that says when the event happened, by which a rule is in force or not."""

_GIVES: Final[dict[Kleene, Gives]] = {True: Gives.HOLDS, False: Gives.FAILS, None: Gives.UNKNOWN}
_TRUTHS: Final[dict[Kleene, Truth]] = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}
_COUNTED: Final = (Outcome.BREACH, Outcome.UNDETERMINED, Outcome.COMPLIANT)
_OUTCOMES: Final = {
    Gives.HOLDS: Outcome.COMPLIANT,
    Gives.UNKNOWN: Outcome.UNDETERMINED,
    Gives.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A rule made ready for asking: its conditions as functions, so that asking walks no data."""

    rule: Rule
    dated: bool
    applies: Test
    requires: Test
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventTable:
    """The rules asked at one event type, in the order of the set.

    Most rules of a set begin alike (whose law, which class of substance), and most do not apply: so each condition
    that several of them share is asked once.

    Attributes:
        conditions: all that must be so for rules to apply, each once.
        rules: each with the places of its own among `conditions`; it applies when all of these are so.

    """

    conditions: tuple[Test, ...]
    rules: tuple[tuple[Prepared, tuple[int, ...]], ...]


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


def _table(listed: Iterable[Prepared]) -> EventTable:
    places: dict[Condition, int] = {}
    rules = []
    for prepared in listed:
        applies = prepared.rule.applies
        parts = applies.parts if applies.op == "all" else (applies,)
        rules.append((prepared, tuple(places.setdefault(part, len(places)) for part in parts)))
    return EventTable(tuple(_test(part) for part in places), tuple(rules))


def prepare_rule(rule: Rule) -> Prepared:
    """One rule made ready."""
    dated = rule.in_force_from is not None or rule.in_force_until is not None
    asks = tuple(dict.fromkeys((OCCURRED_AT, *rule.facts()))) if dated else rule.facts()
    return Prepared(rule, dated, _test(rule.applies), _test(rule.requires), asks)


def ask_set(ready: PreparedSet, event: str, facts: Facts) -> SetResult:
    """A jurisdiction's set at one event.

    Args:
        ready: the set in force for this event.
        event: the event's type, without version.
        facts: what the caller knows; wrong types are the caller's fault and count as unknown.

    Returns:
        The outcome, the results of the rules that are not out of question, what it covers and does not examine.

    """
    results = ask_event(ready, event, facts)
    outcomes = {result.outcome for result in results}
    outcome = next((word for word in _COUNTED if word in outcomes), Outcome.NOT_APPLICABLE)
    covers = tuple(result.rule.id for result in results if result.outcome is not Outcome.NOTE)
    return SetResult(ready.rules.jurisdiction, ready.rules.digest, outcome, tuple(results), covers, ready.not_examined)


def ask_event(ready: PreparedSet, event: str, facts: Facts) -> list[RuleResult]:
    """The results alone of `ask_set`: for whoever judges many events."""
    table = ready.by_event.get(event)
    if table is None:
        return []
    results: list[RuleResult] = []
    values: list[Kleene | Missing] = [UNKNOWN] * len(table.conditions)  # UNKNOWN: not asked yet; unknown is None
    for prepared, parts in table.rules:
        applies: Kleene = True
        for place in parts:
            value = values[place]
            if isinstance(value, Missing):
                value = values[place] = table.conditions[place](facts)
            if value is False:
                applies = False
                break
            if value is None:
                applies = None
        if applies is False:
            continue
        in_force = _in_force(prepared.rule, facts) if prepared.dated else True
        if in_force is not False:
            results.append(_result(prepared, in_force, applies, facts))
    return results


def ask_rule(rule: Rule, facts: Facts) -> RuleResult:
    """One rule on one set of facts. Never raises."""
    return ask_prepared(prepare_rule(rule), facts)


def ask_prepared(prepared: Prepared, facts: Facts) -> RuleResult:
    """The same for a rule that was made ready before."""
    in_force = _in_force(prepared.rule, facts) if prepared.dated else True
    applies = None if in_force is False else prepared.applies(facts)
    if in_force is False or applies is False:
        reason = "not-in-force" if in_force is False else "not-applicable"
        return RuleResult(prepared.rule, Outcome.NOT_APPLICABLE, Gives.NOT_APPLICABLE, (), (), reason)
    return _result(prepared, in_force, applies, facts)


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


def truth(condition: Condition, facts: Facts) -> Kleene:
    """A condition's value: True, False, or None where what is known does not decide it."""
    return _test(condition)(facts)


def trace(condition: Condition, facts: Facts) -> Trace:
    """The same as `truth`, with the value of every part: for explaining."""
    parts = tuple(trace(part, facts) for part in condition.parts)
    return Trace(_words(condition, facts), _TRUTHS[truth(condition, facts)], parts)


def _outcome(rule: Rule, gives: Gives) -> Outcome:
    if rule.effect is RuleEffect.NOTE or rule.basis not in COUNTING:
        return Outcome.NOTE
    if gives is Gives.FAILS:
        return Outcome.BREACH if rule.effect is RuleEffect.BREACH else Outcome.UNDETERMINED
    return _OUTCOMES[gives]


def _reason(gives: Gives, missing: Iterable[str], used: Iterable[str], facts: Facts) -> str:
    if gives is not Gives.UNKNOWN:
        return gives.value
    if tuple(missing):
        return "facts-missing"
    if any(isinstance(facts[name], Interval) for name in used):
        return "time-not-bracketed"
    return "nothing-to-compare"


def _in_force(rule: Rule, facts: Facts) -> Kleene:
    if rule.in_force_from is None and rule.in_force_until is None:
        return True
    at = facts.get(OCCURRED_AT, UNKNOWN)
    if not isinstance(at, Interval):
        return None
    first = at.lower if rule.in_force_from is None else rule.in_force_from
    beyond = at.upper + 1 if rule.in_force_until is None else rule.in_force_until
    if at.lower >= first and at.upper < beyond:
        return True
    return False if at.upper < first or at.lower >= beyond else None


def _result(prepared: Prepared, in_force: Kleene, applies: Kleene, facts: Facts) -> RuleResult:
    """The result of a rule that is not out of question."""
    rule = prepared.rule
    holds = prepared.requires(facts) if applies else None
    # A rule that holds passes on either side of its first or last day; only a failing one needs to know the side.
    if in_force is None and not (holds is True and isinstance(facts.get(OCCURRED_AT), Interval)):
        holds = None
    gives = _GIVES[holds]
    missing = tuple([name for name in prepared.asks if facts.get(name, UNKNOWN) is UNKNOWN])
    used = tuple([name for name in prepared.asks if name not in missing]) if missing else prepared.asks
    return RuleResult(rule, _outcome(rule, gives), gives, used, missing, _reason(gives, missing, used, facts))


def _test(condition: Condition) -> Test:
    """A condition as a function of the facts."""
    op, fact, other, literal, number = condition.op, condition.fact, condition.other, condition.value, condition.number
    if op in _BRANCHES:
        return _BRANCHES[op](tuple(_test(part) for part in condition.parts))
    if op == "present":
        return lambda facts: _PRESENT.get(facts.get(fact, UNKNOWN), True)
    if not other and op == "contains":
        return lambda facts: literal in value if isinstance(value := facts.get(fact, UNKNOWN), frozenset) else None
    if not other and op == "equals":
        kind = type(literal)
        return lambda facts: value == literal if type(value := facts.get(fact, UNKNOWN)) is kind else None
    leaf = _LEAVES[op]

    def against_literal(facts: Facts) -> Kleene:
        value = facts.get(fact, UNKNOWN)
        return None if value is UNKNOWN or value is ABSENT else leaf(value, literal, number)

    def against_fact(facts: Facts) -> Kleene:
        value, against = facts.get(fact, UNKNOWN), facts.get(other, UNKNOWN)
        if value is UNKNOWN or value is ABSENT or against is UNKNOWN or against is ABSENT:
            return None  # nothing to compare: neither a yes nor a no
        return leaf(value, against, number)

    return against_fact if other else against_literal


def _all(parts: tuple[Test, ...]) -> Test:
    def test(facts: Facts) -> Kleene:
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
    def test(facts: Facts) -> Kleene:
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

    def test(facts: Facts) -> Kleene:
        value = part(facts)
        return None if value is None else not value

    return test


def _applies_when(parts: tuple[Test, ...]) -> Test:
    """Stricter than implication: where it is open whether the duty applies, a kept one does not settle it."""
    when, then = parts

    def test(facts: Facts) -> Kleene:
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


def _words(condition: Condition, facts: Facts) -> str:
    """A condition as people read it, with the values that it met."""
    if not condition.fact:
        return condition.op
    told = f"{condition.fact} [{shown_value(facts.get(condition.fact, UNKNOWN))}]"
    if condition.op == "present":
        return f"{told} present"
    if condition.other:
        against = f"{condition.other} [{shown_value(facts.get(condition.other, UNKNOWN))}]"
    else:
        against = shown_value(condition.value) if condition.value is not None else ""
    verb, _, unit = condition.op.partition("-")
    if verb in ("within", "days"):
        unit = "days" if verb == "days" else unit
        return f"{told} {verb if verb == 'within' else 'at least'} {condition.number} {unit} " + (
            f"{'of' if verb == 'within' else 'before'} {against}"
        )
    return f"{told} {condition.op} {against}"
