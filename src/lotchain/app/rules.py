"""Treaty rules as doors use them: the sets that ship, a file checked, a rule explained on stated facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from lotchain.assets import asset
from lotchain.errors import UsageError
from lotchain.rules.checking import check_rules
from lotchain.rules.evaluator import ask_rule, trace
from lotchain.rules.facts import Vocabulary
from lotchain.rules.loading import parse_rules
from lotchain.rules.prepared import not_examined
from lotchain.rules.rule import JURISDICTIONS, Rule, RuleSet
from lotchain.rules.rule_files import MAX_FILE
from lotchain.rules.verdict import Outcome, RuleResult, Trace
from lotchain.rules.vocabulary import parse_facts, parse_vocabulary

__all__ = [
    "JURISDICTIONS", "MAX_FILE", "Checked", "Explained", "Trace", "check_file", "explain_rule", "rule_set", "set_card",
    "shipped_vocabulary",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a file: its faults as JSON members, and what it holds where it could be read."""

    faults: tuple[dict[str, str], ...]
    card: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Explained:
    """A rule, and how it came out: `result`, `applies` and `requires` say so when facts were given."""

    card: dict[str, Any]
    asks: tuple[tuple[str, str], ...]
    applies: Trace
    requires: Trace
    result: dict[str, Any] | None


@cache
def shipped_vocabulary() -> Vocabulary:
    """The declared facts and event types that ship with the program."""
    return parse_vocabulary(asset("specs", "rules/facts.json"))


@cache
def rule_set(jurisdiction: str) -> RuleSet:
    """A jurisdiction's set as it ships. Raises `UsageError`: `jurisdiction-unknown`."""
    if jurisdiction not in JURISDICTIONS:
        raise UsageError(
            "jurisdiction-unknown", "there is no rule set of this jurisdiction", expected=", ".join(JURISDICTIONS),
            found=jurisdiction,
        )  # fmt: skip
    return parse_rules(asset("specs", f"rules/{jurisdiction.lower()}.json"), shipped_vocabulary())


def set_card(rules: RuleSet, events: Iterable[str] = ()) -> dict[str, Any]:
    """A set as JSON members: its digest, rules (those asked at `events`, when any are named) and what it leaves out.

    Raises `UsageError`: `event-unknown`.
    """
    wanted = set(events)
    unknown = wanted - shipped_vocabulary().events
    if unknown:
        expected = ", ".join(sorted(shipped_vocabulary().events))
        raise UsageError("event-unknown", "no such event type", expected=expected, found=", ".join(sorted(unknown)))
    listed = [rule for rule in rules.rules.values() if not wanted or wanted & set(rule.events)]
    return {
        "jurisdiction": rules.jurisdiction,
        "edition": rules.edition,
        "title": rules.title,
        "note": rules.note,
        "digest": rules.digest,
        "rules": [_rule_card(rule) for rule in listed],
        "not_examined": [
            {
                "obligation": gap.obligation, "citation": gap.citation, "demand": gap.demand, "basis": gap.basis.value,
                "reason": gap.reason,
            }
            for gap in not_examined(rules)
        ],
    }  # fmt: skip


def check_file(data: bytes) -> Checked:
    """A rule set's file checked as the build checks ours: read, type-checked, its cases run."""
    found, faults = check_rules(data, shipped_vocabulary())
    card = None
    if found is not None and not faults:
        card = {"jurisdiction": found.jurisdiction, "rules": len(found.rules), "digest": found.digest} | {
            "cases": sum(len(rule.cases) for rule in found.rules.values())
        }
    return Checked(tuple(fault.as_json() for fault in faults), card)


def explain_rule(rule_id: str, facts: bytes | None, rules: bytes | None = None) -> Explained:
    """A rule with each condition's value on facts that somebody states.

    Args:
        rule_id: its id, in the sets that ship or in `rules`.
        facts: a JSON object of names and values; None: nothing is known.
        rules: another set's file.

    Raises:
        UsageError: `rule-unknown`.
        Malformed: the codes of rules and facts.

    """
    rule = _find(rule_id, rules)
    vocabulary = shipped_vocabulary()
    stated = {} if facts is None else parse_facts(facts, vocabulary)
    result = None if facts is None else _result_card(ask_rule(rule, stated))
    asks = tuple((name, f"{vocabulary.facts[name].type}: {vocabulary.facts[name].meaning}") for name in rule.facts())
    return Explained(_rule_card(rule), asks, trace(rule.applies, stated), trace(rule.requires, stated), result)


def _find(rule_id: str, rules: bytes | None) -> Rule:
    if rules is not None:
        sets = [parse_rules(rules, shipped_vocabulary())]
    else:
        mine = rule_id[:2].upper()
        sets = [rule_set(mine)] if mine in JURISDICTIONS else []
    for one in sets:
        if rule_id in one.rules:
            return one.rules[rule_id]
    raise UsageError(
        "rule-unknown", "there is no rule of this id", found=rule_id, remedy="see lotchain rules show JURISDICTION"
    )


def _rule_card(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "citation": rule.citation,
        "obligations": list(rule.obligations),
        "basis": rule.basis.value,
        "source": rule.source,
        "events": list(rule.events),
        "effect": rule.effect.value,
        "message": rule.message,
        "remedy": rule.remedy,
    }


def _result_card(result: RuleResult) -> dict[str, Any]:
    card: dict[str, Any] = {
        "outcome": result.outcome.value,
        "gives": result.gives.value,
        "reason": result.reason,
        "used": list(result.used),
        "missing": list(result.missing),
    }
    if result.outcome in (Outcome.BREACH, Outcome.UNDETERMINED):
        card["message"] = result.rule.message
    return card
