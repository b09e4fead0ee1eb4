"""Cases run: every rule beside its own proof that it can hold, can fail, and asks for what it says.

Kept apart from loading: whoever publishes or adopts a set runs this, a verifier need not.
"""

from __future__ import annotations

from lotchain.errors import Malformed
from lotchain.rules.evaluator import ask_rule
from lotchain.rules.facts import Vocabulary
from lotchain.rules.loading import read_rules
from lotchain.rules.prepared import OCCURRED_AT
from lotchain.rules.rule import Gives, Rule, RuleCase, RuleSet


def check_rules(data: bytes, vocabulary: Vocabulary) -> tuple[RuleSet | None, tuple[Malformed, ...]]:
    """A rule set's file, read and its cases run; every fault with its place.

    Findings beside those of reading: `rule-case-missing` (no case that holds, or none that fails), `rule-case-wrong` (a
    case comes out otherwise than it says), `rule-case-idle` (a holding case states a fact without which it holds all
    the same: then it proves nothing about that fact), `rule-case-fact` (a case states a fact that the rule never asks).
    """
    found, faults = read_rules(data, vocabulary)
    if found is None or faults:
        return found, faults  # a set that was not read whole would only come out wrong for the same reasons again
    return found, check_cases(found)


def check_cases(rules: RuleSet) -> tuple[Malformed, ...]:
    """What is wrong with the cases of a sound set, in the order of the file."""
    faults: list[Malformed] = []
    for place, rule in enumerate(rules.rules.values()):
        field = f"rules[{place}].cases"
        stated = {case.gives for case in rule.cases}
        for wanted in (Gives.HOLDS, Gives.FAILS):
            if wanted not in stated:
                what = f"{rule.id} has no case that {wanted.value}"
                faults.append(Malformed("rule-case-missing", what, expected=f'one that gives "{wanted}"', field=field))
        for number, case in enumerate(rule.cases):
            faults += _check_case(rule, case, f"{field}[{number}]")
    return tuple(faults)


def _check_case(rule: Rule, case: RuleCase, field: str) -> list[Malformed]:
    dated = rule.in_force_from is not None or rule.in_force_until is not None
    asked = {*rule.facts(), *((OCCURRED_AT,) if dated else ())}
    faults = [
        Malformed("rule-case-fact", f"{rule.id} never asks this fact", found=name, field=f"{field}.facts")
        for name in case.facts
        if name not in asked
    ]
    result = ask_rule(rule, case.facts)
    if result.gives is not case.gives:
        found = f"{result.gives.value} ({result.reason}; missing: {', '.join(result.missing) or 'nothing'})"
        what = f"{rule.id}: the case “{case.name}” comes out otherwise"
        return [*faults, Malformed("rule-case-wrong", what, expected=case.gives.value, found=found, field=field)]
    if case.gives is not Gives.HOLDS:
        return faults
    for name in case.facts:
        less = {other: value for other, value in case.facts.items() if other != name}
        if ask_rule(rule, less).gives is Gives.HOLDS:
            what = f"{rule.id}: the case “{case.name}” holds without this fact"
            remedy = "leave it out of this case, or show it in another one"
            faults.append(Malformed("rule-case-idle", what, found=name, remedy=remedy, field=f"{field}.facts"))
    return faults
