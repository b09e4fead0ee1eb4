"""The evaluator: rules asked on facts, three-valued, total, and without any knowledge of what they mean.

Kleene's logic: what is not known is neither true nor false, and stays so unless the rest decides. Knowing less can turn
an answer into *undetermined* and never into another one; that is a property test over all rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from lotchain.rules.facts import UNKNOWN, Interval, Value, shown_value
from lotchain.rules.prepared import OCCURRED_AT, Kleene, Prepared, PreparedSet, Told, prepare_rule, test_of
from lotchain.rules.rule import Condition, Gives, Rule
from lotchain.rules.verdict import Outcome, RuleResult, SetResult, Trace, Truth

Facts = Mapping[str, Value]
"""Facts by name; one that is not there is unknown."""

GIVES: Final[Mapping[Kleene, Gives]] = {True: Gives.HOLDS, False: Gives.FAILS, None: Gives.UNKNOWN}
_TRUTHS: Final[dict[Kleene, Truth]] = {True: Truth.TRUE, False: Truth.FALSE, None: Truth.UNKNOWN}
_COUNTED: Final = (Outcome.BREACH, Outcome.UNDETERMINED, Outcome.COMPLIANT)


def ask_set(ready: PreparedSet, event: str, facts: Facts) -> SetResult:
    """A jurisdiction's set at one event.

    Args:
        ready: the set in force for this event.
        event: the event's type, without version.
        facts: what the caller knows; wrong types are the caller's fault and count as unknown.

    Returns:
        The outcome, the results of the rules that are not out of question, what it covers and does not examine.

    """
    known = _told(facts)
    answers = {prepared.rule.id: (prepared, holds) for prepared, holds in ask_event(ready, event, known)}
    listed = [answers[rule.id] for rule in ready.rules.by_event.get(event, ()) if rule.id in answers]
    results = tuple(result_of(prepared, holds, known) for prepared, holds in listed)
    outcomes = {result.outcome for result in results}
    outcome = next((word for word in _COUNTED if word in outcomes), Outcome.NOT_APPLICABLE)
    covers = tuple(result.rule.id for result in results if result.outcome is not Outcome.NOTE)
    return SetResult(ready.rules.jurisdiction, ready.rules.digest, outcome, results, covers, ready.not_examined)


def ask_event(ready: PreparedSet, event: str, facts: Told) -> list[tuple[Prepared, Kleene]]:
    """The rules of `ask_set` that are not out of question, each with whether what it requires is so; in no order."""
    table = ready.by_event.get(event)
    if table is None:
        return []
    found: list[tuple[Prepared, Kleene]] = []
    values: list[object] = [UNKNOWN] * len(table.conditions)  # UNKNOWN: not asked yet; what is not known is None
    for first, entries in table.groups:
        begins = first(facts)
        if begins is False:
            continue
        for prepared, parts in entries:
            applies: Kleene = begins
            for place in parts:
                value = values[place]
                if value is UNKNOWN:
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
                found.append((prepared, _holds(prepared, in_force, applies, facts)))
    return found


def ask_rule(rule: Rule, facts: Facts) -> RuleResult:
    """One rule on one set of facts. Never raises."""
    return ask_prepared(prepare_rule(rule), facts)


def ask_prepared(prepared: Prepared, facts: Facts) -> RuleResult:
    """The same for a rule that was made ready before."""
    known = _told(facts)
    in_force = _in_force(prepared.rule, known) if prepared.dated else True
    applies = None if in_force is False else prepared.applies(known)
    if in_force is False or applies is False:
        reason = "not-in-force" if in_force is False else "not-applicable"
        return RuleResult(prepared.rule, Outcome.NOT_APPLICABLE, Gives.NOT_APPLICABLE, (), (), reason)
    return result_of(prepared, _holds(prepared, in_force, applies, known), known)


def result_of(prepared: Prepared, holds: Kleene, facts: Told) -> RuleResult:
    """The result of a rule that is not out of question, by whether what it requires is so."""
    gives = GIVES[holds]
    missing = tuple([name for name in prepared.asks if facts[name] is UNKNOWN])
    used = tuple([name for name in prepared.asks if name not in missing]) if missing else prepared.asks
    reason = _reason(gives, missing, used, facts)
    return RuleResult(prepared.rule, prepared.outcomes[holds], gives, used, missing, reason)


def truth(condition: Condition, facts: Facts) -> Kleene:
    """A condition's value: True, False, or None where what is known does not decide it."""
    return test_of(condition)(_told(facts))


def trace(condition: Condition, facts: Facts) -> Trace:
    """The same as `truth`, with the value of every part: for explaining."""
    parts = tuple(trace(part, facts) for part in condition.parts)
    return Trace(_words(condition, facts), _TRUTHS[truth(condition, facts)], parts)


def _told(facts: Facts) -> Told:
    return facts if isinstance(facts, Told) else Told(facts)


def _holds(prepared: Prepared, in_force: Kleene, applies: Kleene, facts: Told) -> Kleene:
    holds = prepared.requires(facts) if applies else None
    # A rule that holds passes on either side of its first or last day; only a failing one needs to know the side.
    if in_force is None and not (holds is True and isinstance(facts[OCCURRED_AT], Interval)):
        return None
    return holds


def _reason(gives: Gives, missing: Iterable[str], used: Iterable[str], facts: Told) -> str:
    if gives is not Gives.UNKNOWN:
        return gives.value
    if tuple(missing):
        return "facts-missing"
    if any(isinstance(facts[name], Interval) for name in used):
        return "time-not-bracketed"
    return "nothing-to-compare"


def _in_force(rule: Rule, facts: Told) -> Kleene:
    at = facts[OCCURRED_AT]
    if not isinstance(at, Interval):
        return None
    first = at.lower if rule.in_force_from is None else rule.in_force_from
    beyond = at.upper + 1 if rule.in_force_until is None else rule.in_force_until
    if at.lower >= first and at.upper < beyond:
        return True
    return False if at.upper < first or at.lower >= beyond else None


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
