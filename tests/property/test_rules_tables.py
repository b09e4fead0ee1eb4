"""A set asked by its tables, where shared conditions are asked once, says what its rules say one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.test_rules_unknown import values

from lotchain.app.rules import rule_set
from lotchain.rules.evaluator import ask_rule, ask_set
from lotchain.rules.facts import Value
from lotchain.rules.prepared import prepare
from lotchain.rules.rule import JURISDICTIONS, Rule
from lotchain.rules.verdict import Outcome

SETS = {name: rule_set(name) for name in JURISDICTIONS}
READY = {name: prepare(found) for name, found in SETS.items()}


@st.composite
def facts_of_an_event(draw: st.DrawFn, name: str) -> tuple[str, tuple[Rule, ...], dict[str, Value]]:
    """An event type of the set, its rules, and facts: a case of one of them, and others at random."""
    event = draw(st.sampled_from(sorted(SETS[name].by_event)))
    rules = SETS[name].by_event[event]
    told: dict[str, Value] = dict(draw(st.sampled_from(draw(st.sampled_from(rules)).cases)).facts)
    asked = sorted({fact for rule in rules for fact in ("occurred_at", *rule.facts())})
    for fact in sorted(draw(st.sets(st.sampled_from(asked)))):
        told[fact] = draw(values(fact))
    return event, rules, told


@pytest.mark.parametrize("name", sorted(JURISDICTIONS))
@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_tables_say_what_the_rules_say(name: str, data: st.DataObject) -> None:
    event, rules, told = data.draw(facts_of_an_event(name))
    alone = [ask_rule(rule, told) for rule in rules]
    assert list(ask_set(READY[name], event, told).results) == [
        result for result in alone if result.reason not in ("not-in-force", "not-applicable")
    ]
    assert all(result.outcome is Outcome.NOT_APPLICABLE for result in alone if result.reason == "not-in-force")
