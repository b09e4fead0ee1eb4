"""Rule sets that are wrong: each fault has a code, and says where it stands."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotchain.app.rules import shipped_vocabulary
from lotchain.errors import Malformed
from lotchain.rules.checking import check_rules
from lotchain.rules.loading import parse_rules, read_rules
from lotchain.rules.vocabulary import parse_facts, parse_vocabulary

RULE: dict[str, Any] = {
    "id": "us-99-example", "obligations": ["US-99"], "title": "an example", "citation": "none", "basis": "V",
    "source": "this test", "in_force_from": "2026-01-01", "in_force_until": None, "events": ["loss"],
    "applies": {"op": "contains", "fact": "place_regimes", "value": "US"},
    "requires": {"op": "all", "of": [
        {"op": "equals", "fact": "loss_reported", "value": True},
        {"op": "within-days", "fact": "loss_reported_at", "other": "loss_aware_at", "days": 15},
    ]},
    "effect": "breach", "message": "it is not so", "remedy": "make it so",
    "cases": [
        {"name": "holds", "gives": "holds", "facts": {
            "occurred_at": "2026-11-01T00:00:00Z", "place_regimes": ["US"], "loss_reported": True,
            "loss_reported_at": "2026-11-02T00:00:00Z", "loss_aware_at": "2026-11-01T00:00:00Z",
        }},
        {"name": "fails", "gives": "fails", "facts": {
            "occurred_at": "2026-11-01T00:00:00Z", "place_regimes": ["US"], "loss_reported": False,
        }},
    ],
}  # fmt: skip
SET: dict[str, Any] = {
    "format": "lotchain-rules/1", "jurisdiction": "US", "edition": "2026-11-24", "title": "examples", "note": "none",
    "rules": [RULE], "not_examined": [],
}  # fmt: skip


def changed(change: Callable[[dict[str, Any], dict[str, Any]], Any]) -> bytes:
    """The sound set with one change to it or to its rule."""
    value = copy.deepcopy(SET)
    change(value, value["rules"][0])
    return json.dumps(value).encode()


def faults_of(data: bytes) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in check_rules(data, shipped_vocabulary())[1]]


def test_the_example_is_sound() -> None:
    found, faults = check_rules(json.dumps(SET).encode(), shipped_vocabulary())
    assert found is not None and faults == () and list(found.by_event) == ["loss"]


def _put(*path: Any, value: Any) -> Callable[[Any, Any], None]:
    def change(_: Any, rule: Any) -> None:
        inner = rule
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value

    return change


LEAF = {"op": "equals", "fact": "loss_reported", "value": True}
NESTED: dict[str, Any] = LEAF
for _ in range(5):
    NESTED = {"op": "not", "of": NESTED}
R = "rules[0]"
WRONG: list[tuple[str, Callable[[Any, Any], Any], str, str]] = [
    ("a misspelt fact", _put("requires", "of", 0, "fact", value="loss_reportet"), "rule-fact", f"{R}.requires.of[0].fact"),
    ("a misspelt other fact", _put("requires", "of", 1, "other", value="los_aware_at"), "rule-fact", f"{R}.requires.of[1].other"),
    ("an unknown operator", _put("requires", "of", 0, "op", value="matches"), "rule-operator", f"{R}.requires.of[0].op"),
    ("a rule without a source", lambda _, rule: rule.pop("source"), "rule-source", f"{R}.source"),
    ("an empty source", _put("source", value=""), "rule-source", f"{R}.source"),
    ("a null source", _put("source", value=None), "rule-source", f"{R}.source"),
    ("no remedy", lambda _, rule: rule.pop("remedy"), "rule-members", R),
    ("an unknown member", _put("weight", value=1), "rule-members", R),
    ("a rule that is text", lambda one, _: one.update(rules=["x"]), "rule-members", R),
    ("memory that breaks", _put("basis", value="K"), "rule-basis", f"{R}.effect"),
    ("an unknown basis", _put("basis", value="X"), "rule-word", f"{R}.basis"),
    ("an unknown effect", _put("effect", value="fail"), "rule-word", f"{R}.effect"),
    ("an effect that is a list", _put("effect", value=[]), "rule-word", f"{R}.effect"),
    ("another set's id", _put("id", value="eu-99-example"), "rule-id", f"{R}.id"),
    ("an id in capitals", _put("id", value="us-99-EXAMPLE"), "rule-id", f"{R}.id"),
    ("no obligation", _put("obligations", value=[]), "rule-obligation", f"{R}.obligations"),
    ("an obligation in words", _put("obligations", value=["article 12"]), "rule-obligation", f"{R}.obligations"),
    ("an unknown event", _put("events", value=["losses"]), "rule-event", f"{R}.events"),
    ("an event with a version", _put("events", value=["loss/1"]), "rule-event", f"{R}.events"),
    ("an event twice", _put("events", value=["loss", "loss"]), "rule-event", f"{R}.events"),
    ("no event", _put("events", value=[]), "rule-event", f"{R}.events"),
    ("an event that is a number", _put("events", value=[[1]]), "rule-event", f"{R}.events"),
    ("an event that offers no such fact", _put("events", value=["arrival"]), "rule-fact-not-offered", f"{R}.events"),
    ("a date that is none", _put("in_force_from", value="2026-13-01"), "date-format", f"{R}.in_force_from"),
    ("a date that is a number", _put("in_force_from", value=2026), "text-length", f"{R}.in_force_from"),
    ("an end before the beginning", _put("in_force_until", value="2025-01-01"), "rule-dates", f"{R}.in_force_until"),
    ("a condition that is text", _put("applies", value="true"), "rule-condition", f"{R}.applies"),
    ("no condition", _put("applies", value=None), "rule-condition", f"{R}.applies"),
    ("an operator that is a list", _put("applies", value={"op": ["all"]}), "rule-condition", f"{R}.applies"),
    ("an empty all", _put("applies", value={"op": "all", "of": []}), "rule-condition", f"{R}.applies.of"),
    ("too many parts", _put("applies", value={"op": "any", "of": [LEAF] * 21}), "rule-condition", f"{R}.applies.of"),
    ("nested too deeply", _put("applies", value=NESTED), "rule-depth", f"{R}.applies.of.of.of.of.of"),
    ("a member too many", _put("applies", value={**LEAF, "unit": "kg"}), "rule-condition", f"{R}.applies"),
    ("a member too few", _put("applies", value={"op": "equals", "fact": "loss_reported"}), "rule-condition", f"{R}.applies"),
    ("a value and another fact", _put("applies", value={"op": "at-most", "fact": "loss_quantity", "value": 1, "other": "loss_ceiling"}), "rule-condition", f"{R}.applies"),
    ("a value of the wrong type", _put("requires", "of", 0, "value", value="yes"), "fact-value", f"{R}.requires.of[0].value"),
    ("compared with nothing", _put("requires", "of", 0, "value", value=None), "fact-value", f"{R}.requires.of[0]"),
    ("a misspelt code", _put("applies", "value", value="USA"), "fact-value", f"{R}.applies.value[0]"),
    ("a code outside its vocabulary", _put("applies", value={"op": "in", "fact": "loss_kind", "values": ["lost"]}), "fact-value", f"{R}.applies.values[0]"),
    ("values out of order", _put("applies", value={"op": "in", "fact": "loss_kind", "values": ["unknown", "stolen"]}), "fact-value", f"{R}.applies.values"),
    ("no values", _put("applies", value={"op": "in", "fact": "loss_kind", "values": []}), "fact-value", f"{R}.applies.values"),
    ("an order among flags", _put("applies", value={"op": "at-least", "fact": "loss_reported", "value": True}), "rule-type", f"{R}.applies.fact"),
    ("a set that is equal", _put("applies", value={"op": "equals", "fact": "place_regimes", "value": "US"}), "rule-type", f"{R}.applies.fact"),
    ("a mass and an instant", _put("applies", value={"op": "at-most", "fact": "loss_quantity", "other": "loss_aware_at"}), "rule-type", f"{R}.applies.other"),
    ("a volume for a mass", _put("applies", value={"op": "at-most", "fact": "loss_quantity", "value": {"value": "1", "unit": "LTR"}}), "fact-value", f"{R}.applies.value"),
    ("an unknown unit", _put("applies", value={"op": "at-most", "fact": "loss_quantity", "value": {"value": "1", "unit": "LBR"}}), "unit-unknown", f"{R}.applies.value"),
    ("in a flag", _put("applies", value={"op": "in", "fact": "loss_kind", "other": "loss_reported"}), "rule-type", f"{R}.applies.other"),
    ("a span below nothing", _put("requires", "of", 1, "days", value=-1), "rule-type", f"{R}.requires.of[1]"),
    ("a span in text", _put("requires", "of", 1, "days", value="15"), "rule-type", f"{R}.requires.of[1]"),
    ("a span without end", _put("requires", "of", 1, "days", value=10**9), "rule-type", f"{R}.requires.of[1]"),
    ("one case", lambda _, rule: rule["cases"].pop(), "rule-case", f"{R}.cases"),
    ("a case that is text", _put("cases", 0, value="holds"), "rule-case", f"{R}.cases[0]"),
    ("a case that gives nonsense", _put("cases", 0, "gives", value="yes"), "rule-word", f"{R}.cases[0].gives"),
    ("a case with a misspelt fact", _put("cases", 0, "facts", "los_kind", value="stolen"), "rule-fact", f"{R}.cases[0].facts.los_kind"),
    ("a case with a wrong value", _put("cases", 0, "facts", "loss_reported", value=1), "fact-value", f"{R}.cases[0].facts.loss_reported"),
    ("a case with a local time", _put("cases", 0, "facts", "loss_aware_at", value="2026-11-01T00:00:00+01:00"), "time-format", f"{R}.cases[0].facts.loss_aware_at"),
    ("a case whose interval ends before it begins", _put("cases", 0, "facts", "loss_aware_at", value={"from": "2026-11-02T00:00:00Z", "to": "2026-11-01T00:00:00Z"}), "fact-value", f"{R}.cases[0].facts.loss_aware_at"),
    ("a case that comes out otherwise", _put("cases", 0, "facts", "loss_reported", value=False), "rule-case-wrong", f"{R}.cases[0]"),
    ("no case that fails", _put("cases", 1, value={**RULE["cases"][0], "name": "again"}), "rule-case-missing", f"{R}.cases"),
    ("a case with a fact never asked", _put("cases", 1, "facts", "loss_kind", value="stolen"), "rule-case-fact", f"{R}.cases[1].facts"),
    ("two rules of one id", lambda one, rule: one["rules"].append(rule), "rule-duplicate", "rules[1].id"),
    ("text that hides something", _put("message", value="not so\u202e"), "text-chars", f"{R}.message"),
    ("a message without end", _put("message", value="x" * 401), "text-length", f"{R}.message"),
    ("another jurisdiction", lambda one, _: one.update(jurisdiction="XX"), "rules-format", "jurisdiction"),
    ("a jurisdiction that is a list", lambda one, _: one.update(jurisdiction=[]), "rules-format", "jurisdiction"),
    ("another version", lambda one, _: one.update(format="lotchain-rules/2"), "version-unsupported", "format"),
    ("another format", lambda one, _: one.update(format="lotchain-state/1"), "rules-format", "format"),
    ("no format", lambda one, _: one.pop("format"), "rules-format", "format"),
    ("a member of the file missing", lambda one, _: one.pop("note"), "rules-format", ""),
    ("rules that are no list", lambda one, _: one.update(rules={}), "rules-format", "rules"),
    ("too many rules", lambda one, rule: one.update(rules=[rule] * 301), "rules-format", "rules"),
    ("an edition that is no date", lambda one, _: one.update(edition="autumn"), "date-format", "edition"),
    ("an obligation not examined without a reason", lambda one, _: one.update(not_examined=[{"obligation": "US-03"}]), "rules-format", "not_examined[0]"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "code", "field"), WRONG, ids=[row[0] for row in WRONG])
def test_what_is_wrong_is_told_with_its_place(name: str, change: Any, code: str, field: str) -> None:
    assert (code, field) in faults_of(changed(change))


def test_every_fault_is_told_not_the_first_one() -> None:
    def change(_: Any, rule: Any) -> None:
        rule["source"] = ""
        rule["requires"]["of"][0]["fact"] = "loss_reportet"
        rule["requires"]["of"][1]["op"] = "matches"
        rule["events"] = ["losses"]

    codes = [code for code, _ in faults_of(changed(change))]
    assert sorted(codes) == ["rule-event", "rule-fact", "rule-operator", "rule-source"]


def test_a_case_that_does_not_need_its_fact_proves_nothing() -> None:
    def change(_: Any, rule: Any) -> None:
        rule["requires"]["op"] = "any"
        rule["cases"][1]["facts"] |= {
            "loss_aware_at": "2026-01-01T00:00:00Z",
            "loss_reported_at": "2026-11-02T00:00:00Z",
        }

    assert {code for code, _ in faults_of(changed(change))} == {"rule-case-idle"}


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        (b"", "json-malformed", "line 1, column 1"),
        (b'{"format":\n "lotchain-rules/1",}', "json-malformed", "line 2, column 21"),
        (b"\xff", "json-malformed", ""),
        (b'{"a":1,"a":2}', "duplicate-key", ""),
        (b'{"a":1.5}', "json-float", ""),
        (b'{"a":NaN}', "json-float", ""),
        (b'{"a":' + b"9" * 5000 + b"}", "json-malformed", ""),
        (b"[" * 100_000, "json-malformed", ""),
        (b"[" * 20 + b"]" * 20, "too-deep", ""),
        (b" " * 1_000_001, "too-large", ""),
        (b"[]", "rules-format", "format"),
        (b'{"format":1}', "rules-format", "format"),
        (b'{"\xc3\xa9":1}', "json-malformed", ""),
        (b'{"format":"\\ud800"}', "json-malformed", ""),
    ],
)
def test_files_that_cannot_be_read(data: bytes, code: str, field: str) -> None:
    found, faults = read_rules(data, shipped_vocabulary())
    assert found is None and [(fault.code, fault.field if field else "") for fault in faults] == [(code, field)]
    with pytest.raises(Malformed, match=code):
        parse_rules(data, shipped_vocabulary())


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text(max_size=6) | st.sampled_from(["all", "US", "V", "loss", "breach"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*RULE, "op", "of", "fact", "value", "name", "facts"]), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([*RULE]), JUNK)
def test_nothing_but_faults_comes_of_junk_in_a_rule(member: str, junk: Any) -> None:
    found, _ = check_rules(changed(lambda _, rule: rule.update({member: junk})), shipped_vocabulary())
    assert found is not None


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([*SET]), JUNK)
def test_nothing_but_faults_comes_of_junk_in_a_set(member: str, junk: Any) -> None:
    check_rules(changed(lambda one, _: one.update({member: junk})), shipped_vocabulary())


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(shipped_vocabulary().facts)), JUNK, max_size=2))
def test_facts_that_are_junk_are_malformed_and_nothing_else(junk: dict[str, Any]) -> None:
    try:
        parse_facts(json.dumps(junk).encode(), shipped_vocabulary())
    except Malformed as fault:
        assert fault.code


FACT = {"type": "mass", "unit": "µg", "events": ["loss"], "meaning": "what is gone"}


@pytest.mark.parametrize(
    "change",
    [
        {"type": "weight"}, {"unit": "kg"}, {"events": []}, {"events": ["theft"]}, {"events": ["loss", "loss"]}, {"meaning": ""},
        {"codes": ["x"]}, {"type": "code", "unit": "", "codes": ["b", "a"]}, {"more": 1}, {"type": None}, {"events": [[]]},
    ],
)  # fmt: skip
def test_a_fact_declared_wrongly_is_refused(change: dict[str, Any]) -> None:
    def declared(fact: dict[str, Any]) -> bytes:
        return json.dumps({"format": "lotchain-facts/1", "events": ["loss"], "facts": {"gone": fact}}).encode()

    assert parse_vocabulary(declared(FACT)).facts["gone"].unit == "µg"
    with pytest.raises(Malformed):
        parse_vocabulary(declared(FACT | change))
