"""Rule sets that are wrong: each fault has a code, and says where it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors_build import rules as build
from tests.vectors_build.rules import RULE, SET, changed

from lotchain.app.rules import shipped_vocabulary
from lotchain.errors import Malformed
from lotchain.rules.checking import check_rules
from lotchain.rules.loading import parse_rules, read_rules
from lotchain.rules.vocabulary import parse_facts, parse_vocabulary


def faults_of(data: bytes) -> list[tuple[str, str]]:
    return [(fault.code, fault.field) for fault in check_rules(data, shipped_vocabulary())[1]]


def test_the_example_is_sound() -> None:
    found, faults = check_rules(json.dumps(SET).encode(), shipped_vocabulary())
    assert found is not None and faults == () and list(found.by_event) == ["loss"]


def test_the_vectors_are_those_that_the_script_makes() -> None:
    assert build.PATH.read_text(encoding="utf-8") == build.document(), "run: python -m tests.vectors_build.rules"


@pytest.mark.parametrize("case", json.loads(build.PATH.read_bytes())["cases"], ids=lambda case: case["name"])
def test_what_is_wrong_is_told_with_its_place(case: dict[str, Any]) -> None:
    faults = faults_of(case["text"].encode())
    assert ((case["code"], case["field"]) in faults) if not case["valid"] else faults == []


def test_too_many_rules_are_not_read() -> None:
    assert faults_of(changed(lambda one, rule: one.update(rules=[rule] * 301))) == [("rules-format", "rules")]


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
