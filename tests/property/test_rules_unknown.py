"""Knowing less never improves an answer: over all rules, all their cases, and facts made at random.

A rule that holds or fails on some facts comes out the same, or unknown, when facts are taken away; it never turns from
one into the other, and never becomes inapplicable. And what a case that holds states, it needs: take any one fact
away, and *compliant* is gone.
"""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotchain.app.rules import rule_set, shipped_vocabulary
from lotchain.rules.evaluator import ask_rule, ask_set
from lotchain.rules.facts import ABSENT, UNKNOWN, Fact, FactType, Interval, Value
from lotchain.rules.prepared import prepare
from lotchain.rules.rule import JURISDICTIONS, Gives, Rule, RuleCase
from lotchain.rules.verdict import Outcome

ALL = [rule for name in JURISDICTIONS for rule in rule_set(name).rules.values()]
BY_ID = {rule.id: rule for rule in ALL}
READY = {name: prepare(rule_set(name)) for name in JURISDICTIONS}
HOLDING = [(rule, case) for rule in ALL for case in rule.cases if case.gives is Gives.HOLDS]
DAY = 86_400_000
NOW = 1_795_478_400_000  # 2026-11-24
OPEN_END = 253_402_300_799_999


@pytest.mark.parametrize(("rule", "case"), HOLDING, ids=lambda part: getattr(part, "id", getattr(part, "name", "")))
def test_without_any_one_of_its_facts_nothing_is_compliant(rule: Rule, case: RuleCase) -> None:
    assert case.facts
    for name in case.facts:
        for less in (
            {other: value for other, value in case.facts.items() if other != name},
            {**case.facts, name: UNKNOWN},
        ):
            result = ask_rule(rule, less)
            assert result.gives is Gives.UNKNOWN, (rule.id, case.name, name)
            assert result.outcome in (Outcome.UNDETERMINED, Outcome.NOTE)
            assert name in result.missing


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_who_knows_nothing_is_told_undetermined(rule: Rule) -> None:
    result = ask_rule(rule, {})
    assert result.gives is Gives.UNKNOWN and set(rule.facts()) <= set(result.missing)


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_a_known_absence_of_everything_is_never_compliant(rule: Rule) -> None:
    """Where a duty may apply, and all that it asks for is known not to be there."""
    concerned = {name: rule.cases[0].facts[name] for name in set(rule.applies.facts()) - set(rule.requires.facts())
                 if name in rule.cases[0].facts}  # fmt: skip
    nothing: dict[str, Value] = dict.fromkeys(rule.facts(), ABSENT)
    assert ask_rule(rule, nothing | concerned).gives is not Gives.HOLDS


def instants() -> st.SearchStrategy[Value]:
    moment = st.integers(-60, 60).map(lambda days: NOW + days * DAY // 2)
    bracket = st.tuples(moment, moment).map(sorted).map(lambda pair: Interval(pair[0], pair[1]))
    return st.one_of(
        moment.map(lambda ms: Interval(ms, ms)), bracket, moment.map(lambda ms: Interval(ms, OPEN_END)),
        moment.map(lambda ms: Interval(ms, ms, -360)),
    )  # fmt: skip


@cache
def values(name: str) -> st.SearchStrategy[Value]:
    """Values of a fact; made once, as making a strategy takes longer than asking a rule."""
    return _values(shipped_vocabulary().facts[name])


def _values(fact: Fact) -> st.SearchStrategy[Value]:
    match fact.type:
        case FactType.BOOL:
            known: st.SearchStrategy[Value] = st.booleans()
        case FactType.CODE:
            known = st.sampled_from(sorted(fact.codes or {"108-24-7", "party:MX-1", "MXZLO"}))
        case FactType.COUNTRY:
            known = st.sampled_from(["MX", "DE"])
        case FactType.CODES:
            codes = sorted(fact.codes)
            known = st.one_of(st.just(frozenset(codes)), st.frozensets(st.sampled_from(codes)))
        case FactType.INSTANT:
            known = instants()
        case _:
            known = st.sampled_from([0, 1, 3, 10**9, 10**12, 10**12 + 1])
    return st.one_of(known, known, known, st.just(ABSENT))


@cache
def some_of(at: int, least: int) -> st.SearchStrategy[set[str]]:
    """Names of facts that the rule at this place asks for."""
    return st.sets(st.sampled_from(names_of(ALL[at])), min_size=least)


def names_of(rule: Rule) -> tuple[str, ...]:
    return ("occurred_at", *rule.facts())


RULES = st.integers(0, len(ALL) - 1)
COINS = st.booleans()


@st.composite
def _rules_with_facts(draw: st.DrawFn) -> tuple[Rule, dict[str, Value], set[str]]:
    at = draw(RULES)
    rule = ALL[at]
    found: dict[str, Value] = {}
    if draw(COINS):
        found = dict(rule.cases[draw(RULES) % len(rule.cases)].facts)
    for name in sorted(draw(some_of(at, 0))):
        found[name] = draw(values(name))
    return rule, found, draw(some_of(at, 1))


WITH_FACTS = _rules_with_facts()
"""A rule, facts about it made from one of its cases or from nothing, and some of them to forget."""


@settings(max_examples=1_500, deadline=None)
@given(WITH_FACTS)
def test_forgetting_never_changes_an_answer_into_another(drawn: tuple[Rule, dict[str, Value], set[str]]) -> None:
    rule, found, forgotten = drawn
    more = ask_rule(rule, found)
    less = ask_rule(rule, {name: value for name, value in found.items() if name not in forgotten})
    assert less.gives in (more.gives, Gives.UNKNOWN)
    if more.outcome is not Outcome.COMPLIANT:
        assert less.outcome is not Outcome.COMPLIANT


@settings(max_examples=600, deadline=None)
@given(WITH_FACTS, st.integers(0, 40))
def test_a_wider_bracket_of_time_never_improves_an_answer(
    drawn: tuple[Rule, dict[str, Value], set[str]], days: int
) -> None:
    """All but when it happened itself: across a rule's first day, a duty that was kept passes on either side."""
    rule, found, _ = drawn
    wider = {
        name: Interval(value.lower - days * DAY, min(value.upper + days * DAY, OPEN_END), value.offset_minutes)
        if isinstance(value, Interval) and name != "occurred_at" else value
        for name, value in found.items()
    }  # fmt: skip
    assert ask_rule(rule, wider).gives in (ask_rule(rule, found).gives, Gives.UNKNOWN)


@settings(max_examples=300, deadline=None)
@given(WITH_FACTS, st.sampled_from(sorted(JURISDICTIONS)))
def test_a_set_forgets_like_its_rules(drawn: tuple[Rule, dict[str, Value], set[str]], name: str) -> None:
    rule, found, forgotten = drawn
    for event in rule.events:
        more = ask_set(READY[name], event, found)
        less = ask_set(READY[name], event, {fact: value for fact, value in found.items() if fact not in forgotten})
        if more.outcome in (Outcome.BREACH, Outcome.UNDETERMINED):
            assert less.outcome in (Outcome.BREACH, Outcome.UNDETERMINED)
        if more.outcome is Outcome.COMPLIANT:
            assert less.outcome in (Outcome.COMPLIANT, Outcome.UNDETERMINED)
        assert less.not_examined == more.not_examined
