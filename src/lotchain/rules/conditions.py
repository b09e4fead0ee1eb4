"""Conditions from JSON: the closed list of operators, each type-checked against the declared facts.

Every fault is told with its place, and all of them, so that whoever writes rules by hand corrects them in one go.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lotchain.core.instants import parse_date, parse_instant
from lotchain.errors import Malformed
from lotchain.rules.facts import NUMBERS, SYMBOLS, Fact, FactType, Interval, Value, Vocabulary, read_value
from lotchain.rules.rule import Condition

MAX_CONDITION_DEPTH: Final = 5
"""Conditions inside each other, the outermost counted."""

MAX_PARTS: Final = 20
"""Conditions in one `all` or `any`; values in one `in`."""

MAX_NUMBER: Final = 3_660
"""The longest span: days, hours or months."""

OPERATORS: Final[dict[str, frozenset[str]]] = {
    "all": frozenset({"of"}),
    "any": frozenset({"of"}),
    "not": frozenset({"of"}),
    "applies-when": frozenset({"when", "then"}),
    "present": frozenset({"fact"}),
    "equals": frozenset({"fact", "value"}),
    "same": frozenset({"fact", "other"}),
    "in": frozenset({"fact", "values", "other"}),
    "contains": frozenset({"fact", "value"}),
    "at-most": frozenset({"fact", "value", "other"}),
    "at-least": frozenset({"fact", "value", "other"}),
    "before": frozenset({"fact", "value", "other"}),
    "after": frozenset({"fact", "value", "other"}),
    "within-hours": frozenset({"fact", "other", "hours"}),
    "within-days": frozenset({"fact", "other", "days"}),
    "within-months": frozenset({"fact", "other", "months"}),
    "days-before": frozenset({"fact", "other", "days"}),
}
"""Each operator and the members that it may have beside `op`; of `value`, `values` and `other` it has one."""

_TYPES: Final[dict[str, frozenset[FactType]]] = {
    "present": frozenset(FactType),
    "equals": NUMBERS | SYMBOLS | {FactType.BOOL},
    "same": NUMBERS | SYMBOLS | {FactType.BOOL},
    "in": SYMBOLS,
    "contains": frozenset({FactType.CODES}),
    "at-most": NUMBERS,
    "at-least": NUMBERS,
    "before": frozenset({FactType.INSTANT}),
    "after": frozenset({FactType.INSTANT}),
    "within-hours": frozenset({FactType.INSTANT}),
    "within-days": frozenset({FactType.INSTANT}),
    "within-months": frozenset({FactType.INSTANT}),
    "days-before": frozenset({FactType.INSTANT}),
}
_AGAINST: Final = frozenset({"value", "values", "other"})
_SPANS: Final = ("hours", "days", "months")

Tell = Callable[[Malformed], None]
"""Takes a fault; reading goes on with the rest."""

NOTHING: Final = Condition("all")
"""What stands for a condition that could not be read; never leaves this room's loading."""


def read_condition(given: Any, vocabulary: Vocabulary, field: str, tell: Tell, depth: int = 1) -> Condition:
    """A condition from its JSON form; each fault goes to `tell`, with its place.

    Findings: `rule-condition`, `rule-operator`, `rule-fact`, `rule-type`, `rule-depth`, `fact-value`.
    """
    if type(given) is not dict or type(given.get("op")) is not str:
        tell(_fault("rule-condition", "this is no condition", 'an object with "op"', given, field))
        return NOTHING
    op = given["op"]
    if op not in OPERATORS:
        expected = f"one of {', '.join(OPERATORS)}"
        tell(_fault("rule-operator", "this operator does not exist", expected, op, f"{field}.op"))
        return NOTHING
    if depth > MAX_CONDITION_DEPTH:
        tell(
            _fault("rule-depth", "conditions are nested too deeply", f"at most {MAX_CONDITION_DEPTH} levels", "", field)
        )
        return NOTHING
    members = set(given) - {"op"}
    wanted = OPERATORS[op] - _AGAINST
    if not wanted <= members <= OPERATORS[op] or (OPERATORS[op] & _AGAINST and len(members & _AGAINST) != 1):
        tell(
            _fault(
                "rule-condition", f"these are not the members of {op}", _members(op), ", ".join(sorted(members)), field
            )
        )
        return NOTHING
    if op in _TYPES:
        return _read_leaf(given, vocabulary, field, tell)
    if op == "applies-when":
        inner = [(given["when"], f"{field}.when"), (given["then"], f"{field}.then")]
    elif op == "not":
        inner = [(given["of"], f"{field}.of")]
    elif type(given["of"]) is list and 1 <= len(given["of"]) <= MAX_PARTS:
        inner = [(part, f"{field}.of[{place}]") for place, part in enumerate(given["of"])]
    else:
        tell(_fault("rule-condition", f"{op} needs its conditions", f"a list of 1 to {MAX_PARTS}", "", f"{field}.of"))
        return NOTHING
    return Condition(op, parts=tuple(read_condition(part, vocabulary, at, tell, depth + 1) for part, at in inner))


def _read_leaf(given: dict[str, Any], vocabulary: Vocabulary, field: str, tell: Tell) -> Condition:
    op = given["op"]
    fact = _known_fact(given["fact"], vocabulary, f"{field}.fact", tell)
    other = _known_fact(given["other"], vocabulary, f"{field}.other", tell) if "other" in given else None
    if fact is None or ("other" in given and other is None):
        return NOTHING
    if fact.type not in _TYPES[op]:
        expected = f"a fact of type {' or '.join(sorted(_TYPES[op]))}"
        tell(_fault("rule-type", f"{op} cannot ask {fact.name}", expected, f"{fact.type} fact", f"{field}.fact"))
        return NOTHING
    if other is not None and other.type is not (FactType.CODES if op == "in" else fact.type):
        expected = f"a fact of type {'codes' if op == 'in' else fact.type.value}"
        tell(_fault("rule-type", f"{op} cannot compare these two", expected, f"{other.type} fact", f"{field}.other"))
        return NOTHING
    number = next((given[span] for span in _SPANS if span in given), 0)
    if type(number) is not int or not 0 <= number <= MAX_NUMBER:
        tell(_fault("rule-type", "this is no span of time", f"a whole number to {MAX_NUMBER}", number, field))
        return NOTHING
    try:
        value = _read_literal(given, fact, field)
    except Malformed as fault:
        tell(fault)
        return NOTHING
    return Condition(op, fact.name, other.name if other else "", value, number)


def _read_literal(given: dict[str, Any], fact: Fact, field: str) -> Value | None:
    """The literal of a comparison, of the fact's own type."""
    if "values" in given:
        several = Fact(fact.name, FactType.CODES, fact.events, fact.meaning, fact.codes)
        single = Fact(fact.name, fact.type, fact.events, fact.meaning, fact.codes)
        found = read_value(several, given["values"], field=f"{field}.values")
        if not isinstance(found, frozenset) or not 1 <= len(found) <= MAX_PARTS:
            raise _fault("fact-value", "in needs its values", f"a list of 1 to {MAX_PARTS}", "", f"{field}.values")
        for code in found:
            read_value(single, code, field=f"{field}.values")
        return found
    if "value" not in given:
        return None
    literal = given["value"]
    if literal is None:
        raise _fault("fact-value", "a rule compares with a value", "a value; ask `present` for its absence", "", field)
    if fact.type is FactType.CODES:
        found = read_value(fact, [literal], field=f"{field}.value")
        return next(iter(found)) if isinstance(found, frozenset) else None
    if fact.type is FactType.INSTANT:
        moment = _moment(literal, f"{field}.value")
        return Interval(moment, moment)
    return read_value(fact, literal, field=f"{field}.value")


def _moment(literal: Any, field: str) -> int:
    if type(literal) is not str:
        raise _fault("fact-value", "this is no moment", "a date or an instant in text", literal, field)
    return parse_date(literal, field) if len(literal) == len("2026-11-24") else parse_instant(literal, field=field)


def _known_fact(name: Any, vocabulary: Vocabulary, field: str, tell: Tell) -> Fact | None:
    found = vocabulary.facts.get(name) if type(name) is str else None
    if found is None:
        tell(_fault("rule-fact", "this fact is not declared", "a name of specs/rules/facts.json", name, field))
    return found


def _members(op: str) -> str:
    rest = sorted(OPERATORS[op] - _AGAINST)
    either = sorted(OPERATORS[op] & _AGAINST)
    return ", ".join(rest) + (f" and {'one of ' if len(either) > 1 else ''}{', '.join(either)}" if either else "")


def _fault(code: str, what: str, expected: str, found: Any, field: str) -> Malformed:
    return Malformed(code, what, expected=expected, found=found, field=field)
