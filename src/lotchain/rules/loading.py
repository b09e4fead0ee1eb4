"""Rule sets and the list of declared facts from their JSON, checked as a whole.

Any layout is read, since people write these files; the digest is that of the canonical form, so that layout changes
nothing. `read_rules` tells every fault with its place; `parse_rules` raises the first. Cases are run by
`lotchain.rules.checking`, not here: a verifier has no time for them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from lotchain.core.instants import parse_date
from lotchain.core.text import check_text
from lotchain.errors import Malformed
from lotchain.rules.conditions import Tell, read_condition
from lotchain.rules.facts import Vocabulary
from lotchain.rules.rule import (
    JURISDICTIONS,
    Basis,
    Gives,
    NotExamined,
    Rule,
    RuleCase,
    RuleEffect,
    RuleSet,
)
from lotchain.rules.rule_files import Counting, check_head, guarded, read_json, text_of, told_text, word_of
from lotchain.rules.vocabulary import read_values

RULES_FORMAT: Final = "lotchain-rules/1"
MAX_RULES: Final = 300
MAX_CASES: Final = 20
MAX_EVENTS: Final = 100

_SET_MEMBERS: Final = frozenset({"format", "jurisdiction", "edition", "title", "note", "rules", "not_examined"})
_RULE_MEMBERS: Final = frozenset(
    {
        "id", "obligations", "title", "citation", "basis", "source", "in_force_from", "in_force_until", "events",
        "applies", "requires", "effect", "message", "remedy", "cases",
    }
)  # fmt: skip
_ID: Final = re.compile(r"[a-z]{2}(-[a-z0-9]+){1,8}")
_OBLIGATION: Final = re.compile(r"[A-Z]{2,4}-[0-9]{2}")


def parse_rules(data: bytes, vocabulary: Vocabulary) -> RuleSet:
    """A rule set from its file. Raises `Malformed`, the first fault that `read_rules` finds."""
    found, faults = read_rules(data, vocabulary)
    if found is None or faults:
        raise faults[0]
    return found


def read_rules(data: bytes, vocabulary: Vocabulary) -> tuple[RuleSet | None, tuple[Malformed, ...]]:
    """A rule set, and every fault in its file; None where the file as a whole cannot be read.

    Args:
        data: the file: JSON in any layout, or the canonical bytes that a bundle carries.
        vocabulary: the declared facts and event types.

    Returns:
        The set (unfit for use when there are faults) and the faults, in the order of the file.

    """
    try:
        value, canonical = read_json(data, "rule set")
        check_head(value, RULES_FORMAT, _SET_MEMBERS, "rules")
    except Malformed as fault:
        return None, (fault,)
    return read_set(value, hashlib.sha256(canonical).hexdigest(), vocabulary)


def read_set(
    value: Mapping[str, Any], digest: str, vocabulary: Vocabulary, *, cased: bool = True
) -> tuple[RuleSet | None, tuple[Malformed, ...]]:
    """The same from the members of a file that was read: jurisdiction, edition, title, note, rules, not_examined.

    Args:
        value: the members.
        digest: what names the set.
        vocabulary: the declared facts and event types.
        cased: whether each rule has cases; what is adopted on a ledger has none, they ran before.

    """
    faults: list[Malformed] = []
    for name in ("rules", "not_examined"):
        if type(value[name]) is not list or len(value[name]) > MAX_RULES:
            expected = f"a list of at most {MAX_RULES}"
            return None, (Malformed("rules-format", "this is no list", expected=expected, field=name),)
    jurisdiction = value["jurisdiction"]
    if type(jurisdiction) is not str or jurisdiction not in JURISDICTIONS:
        expected = f"one of {', '.join(JURISDICTIONS)}"
        faults.append(Malformed("rules-format", "no such jurisdiction", expected=expected, field="jurisdiction"))
    guarded(lambda: parse_date(text_of(value, "edition", 10), "edition"), faults)
    for name in ("title", "note"):
        guarded(partial(text_of, value, name, 600), faults)
    rules: dict[str, Rule] = {}
    for place, given in enumerate(value["rules"]):
        rule = _read_rule(given, vocabulary, str(jurisdiction), f"rules[{place}]", faults.append, cased=cased)
        if rule is not None and rule.id in rules:
            faults.append(
                Malformed("rule-duplicate", "two rules have this id", found=rule.id, field=f"rules[{place}].id")
            )
        if rule is not None:
            rules[rule.id] = rule
    listed = tuple(
        found
        for place, given in enumerate(value["not_examined"])
        if (found := _read_not_examined(given, f"not_examined[{place}]", faults.append)) is not None
    )
    return (
        RuleSet(
            str(jurisdiction), str(value["edition"]), str(value["title"]), str(value["note"]), rules, listed, digest,
            _by_event(rules),
        ),
        tuple(faults),
    )  # fmt: skip


def _read_rule(
    given: Any, vocabulary: Vocabulary, jurisdiction: str, field: str, tell: Tell, *, cased: bool
) -> Rule | None:
    """One rule; None when it is no rule at all, else the rule, its faults told."""
    if type(given) is not dict:
        tell(Malformed("rule-members", "this is no rule", expected="an object", found=given, field=field))
        return None
    if not given.get("source"):
        remedy = "say what was read, and where; without a source nothing may be asked of anybody"
        tell(Malformed("rule-source", "this rule has no source", remedy=remedy, field=f"{field}.source"))
    names, wanted = set(given) | {"source"}, _RULE_MEMBERS if cased else _RULE_MEMBERS - {"cases"}
    if names != wanted:
        missing, foreign = sorted(wanted - names), sorted(names - wanted)
        what = f"missing: {', '.join(missing) or 'none'}; unknown: {', '.join(map(str, foreign)) or 'none'}"
        tell(Malformed("rule-members", "these are not the members of a rule", found=what, field=field))
        return None
    told = Counting(tell)
    texts = {name: told_text(given, name, most, field, told) for name, most in _TEXTS.items()}
    basis = word_of(Basis, given["basis"], f"{field}.basis", told)
    effect = word_of(RuleEffect, given["effect"], f"{field}.effect", told)
    if basis is Basis.MEMORY and effect is not RuleEffect.NOTE:
        told(
            Malformed(
                "rule-basis", "a rule known only from memory gives at most a note",
                expected="effect note, or basis V or P",
                found=f"basis K, effect {given['effect']}", field=f"{field}.effect",
            )
        )  # fmt: skip
    first, until = _dates(given, field, told)
    events = _events(given["events"], vocabulary, f"{field}.events", told)
    rule = Rule(
        texts["id"], _obligations(given["obligations"], f"{field}.obligations", told), texts["title"],
        texts["citation"], basis or Basis.MEMORY, texts["source"], first, until, events,
        read_condition(given["applies"], vocabulary, f"{field}.applies", told),
        read_condition(given["requires"], vocabulary, f"{field}.requires", told),
        effect or RuleEffect.NOTE, texts["message"], texts["remedy"],
        _cases(given["cases"], vocabulary, f"{field}.cases", told) if cased else (),
    )  # fmt: skip
    if _ID.fullmatch(rule.id) is None or not rule.id.startswith(f"{jurisdiction.lower()}-"):
        expected = f"{jurisdiction.lower()}-… in lower case, words joined by hyphens"
        told(
            Malformed(
                "rule-id", "this is no rule id of this set", expected=expected, found=rule.id, field=f"{field}.id"
            )
        )
    if not told.count:
        _check_offered(rule, vocabulary, field, told)
    return rule


_TEXTS: Final = {"id": 60, "title": 120, "citation": 200, "source": 400, "message": 400, "remedy": 400}


def _check_offered(rule: Rule, vocabulary: Vocabulary, field: str, tell: Tell) -> None:
    """Every fact asked is offered by every event at which the rule is asked, or it could never be answered there."""
    dated = rule.in_force_from is not None or rule.in_force_until is not None
    for name in (*rule.facts(), *(("occurred_at",) if dated else ())):
        fact = vocabulary.facts.get(name)
        silent = sorted(set(rule.events) - fact.events) if fact is not None else sorted(rule.events)
        if silent:
            tell(
                Malformed(
                    "rule-fact-not-offered", f"{name} is not offered by every event of this rule",
                    expected="events that offer it", found=", ".join(silent), field=f"{field}.events",
                )
            )  # fmt: skip


def _cases(given: Any, vocabulary: Vocabulary, field: str, tell: Tell) -> tuple[RuleCase, ...]:
    if type(given) is not list or not 2 <= len(given) <= MAX_CASES:
        tell(Malformed("rule-case", "a rule has cases", expected=f"a list of 2 to {MAX_CASES}", field=field))
        return ()
    found: list[RuleCase] = []
    for place, case in enumerate(given):
        at = f"{field}[{place}]"
        if type(case) is not dict or set(case) != {"name", "facts", "gives"} or type(case["facts"]) is not dict:
            tell(Malformed("rule-case", "this is no case", expected="name, facts and gives", field=at))
            continue
        gives = word_of(Gives, case["gives"], f"{at}.gives", tell)
        try:
            facts = read_values(case["facts"], vocabulary, f"{at}.facts")
            name = check_text(str(case["name"]), field=f"{at}.name", max_chars=120)
        except Malformed as fault:
            tell(fault)
            continue
        if gives is not None:
            found.append(RuleCase(name, facts, gives))
    return tuple(found)


def _read_not_examined(given: Any, field: str, tell: Tell) -> NotExamined | None:
    names = {"obligation", "citation", "demand", "basis", "reason"}
    if type(given) is not dict or set(given) != names:
        expected = ", ".join(sorted(names))
        tell(Malformed("rules-format", "this is no obligation that is not examined", expected=expected, field=field))
        return None
    texts = {name: told_text(given, name, 400, field, tell) for name in ("citation", "demand", "reason")}
    obligation = given["obligation"]
    if type(obligation) is not str or _OBLIGATION.fullmatch(obligation) is None:
        tell(Malformed("rule-obligation", "this is no obligation", expected="UN-07", field=f"{field}.obligation"))
    basis = word_of(Basis, given["basis"], f"{field}.basis", tell) or Basis.MEMORY
    return NotExamined(str(obligation), texts["citation"], texts["demand"], basis, texts["reason"])


def _dates(given: Mapping[str, Any], field: str, tell: Tell) -> tuple[int | None, int | None]:
    found: list[int | None] = []
    for name in ("in_force_from", "in_force_until"):
        try:
            found.append(
                None if given[name] is None else parse_date(text_of(given, name, 10, field), f"{field}.{name}")
            )
        except Malformed as fault:
            tell(fault)
            found.append(None)
    first, until = found
    if first is not None and until is not None and until <= first:
        tell(Malformed("rule-dates", "a rule ends before it begins", field=f"{field}.in_force_until"))
    return first, until


def _events(given: Any, vocabulary: Vocabulary, field: str, tell: Tell) -> tuple[str, ...]:
    if type(given) is not list or not 0 < len(given) <= MAX_EVENTS:
        tell(Malformed("rule-event", "a rule names its event types", expected="a list of names", field=field))
        return ()
    unknown = [name for name in given if type(name) is not str or name not in vocabulary.events]
    for name in unknown:
        tell(
            Malformed(
                "rule-event", "no such event type", expected="one of specs/rules/facts.json", found=name, field=field
            )
        )
    known = [name for name in given if name not in unknown]
    if len(set(known)) != len(known):
        tell(Malformed("rule-event", "an event type stands twice", field=field))
    return tuple(known)


def _obligations(given: Any, field: str, tell: Tell) -> tuple[str, ...]:
    sound = type(given) is list and 0 < len(given) <= MAX_CASES
    if not sound or not all(type(name) is str and _OBLIGATION.fullmatch(name) for name in given):
        tell(Malformed("rule-obligation", "these are no obligations", expected='a list such as ["UN-07"]', field=field))
        return ()
    return tuple(given)


def _by_event(rules: Mapping[str, Rule]) -> dict[str, tuple[Rule, ...]]:
    found: dict[str, list[Rule]] = {}
    for rule in rules.values():
        for event in dict.fromkeys(rule.events):
            found.setdefault(event, []).append(rule)
    return {event: tuple(listed) for event, listed in found.items()}
