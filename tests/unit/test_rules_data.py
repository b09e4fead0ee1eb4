"""The rules that ship: each rule's cases run, every obligation is a rule or listed, nothing stands without a source."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lotchain.app.rules import rule_set, shipped_vocabulary
from lotchain.rules.checking import check_rules
from lotchain.rules.conditions import OPERATORS
from lotchain.rules.evaluator import ask_rule
from lotchain.rules.facts import FactType
from lotchain.rules.prepared import not_examined
from lotchain.rules.rule import JURISDICTIONS, Basis, Gives, Rule, RuleCase, RuleEffect
from lotchain.rules.verdict import Outcome

RULES = Path(__file__).resolve().parents[2] / "specs" / "rules"
SCHEMA = Path(__file__).resolve().parents[2] / "specs" / "schemas" / "data" / "rules-1.json"
OBLIGATIONS = Path(__file__).resolve().parents[2] / ".." / "shared" / "reference" / "obligations.md"
ALL = [rule for name in JURISDICTIONS for rule in rule_set(name).rules.values()]
CASES = [(rule, case) for rule in ALL for case in rule.cases]
LAST_ROW = {
    "UN": {"UN": 21, "INCB": 4}, "US": {"US": 19}, "EU": {"EU": 18}, "MX": {"MX": 4}, "CA": {"CA": 8}, "CN": {"CN": 5},
    "IN": {"IND": 2},
}  # fmt: skip


@pytest.mark.parametrize("name", JURISDICTIONS)
def test_a_set_that_ships_is_sound(name: str) -> None:
    found, faults = check_rules((RULES / f"{name.lower()}.json").read_bytes(), shipped_vocabulary())
    assert [str(fault) for fault in faults] == []
    assert found is not None and found.jurisdiction == name and found.rules


def test_every_file_of_the_folder_is_a_set_or_the_facts() -> None:
    assert {path.stem for path in RULES.glob("*")} == {name.lower() for name in JURISDICTIONS} | {"facts"}


@pytest.mark.parametrize(("rule", "case"), CASES, ids=lambda part: getattr(part, "id", getattr(part, "name", "")))
def test_a_case_comes_out_as_it_says(rule: Rule, case: RuleCase) -> None:
    result = ask_rule(rule, case.facts)
    assert result.gives is case.gives, (result.reason, result.missing)
    if rule.effect is RuleEffect.NOTE and case.gives is not Gives.NOT_APPLICABLE:
        assert result.outcome is Outcome.NOTE
    elif case.gives is Gives.HOLDS:
        assert result.outcome is Outcome.COMPLIANT
    elif case.gives is Gives.FAILS:
        assert result.outcome.value == rule.effect.value


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.id)
def test_every_rule_can_hold_and_can_fail_and_says_its_source(rule: Rule) -> None:
    assert {Gives.HOLDS, Gives.FAILS} <= {case.gives for case in rule.cases}
    assert rule.source and rule.citation and rule.message and rule.remedy and rule.obligations
    assert rule.basis is not Basis.MEMORY or rule.effect is RuleEffect.NOTE


def test_ids_are_unique_over_all_sets() -> None:
    assert len({rule.id for rule in ALL}) == len(ALL)


@pytest.mark.parametrize("name", JURISDICTIONS)
def test_every_obligation_is_a_rule_or_listed_as_not_examined(name: str) -> None:
    rules = rule_set(name)
    told = {row for rule in rules.rules.values() for row in rule.obligations}
    told |= {row for gap in not_examined(rules) for row in gap.obligation.split(", ")}
    wanted = {f"{prefix}-{number:02}" for prefix, last in LAST_ROW[name].items() for number in range(1, last + 1)}
    assert told == wanted


@pytest.mark.parametrize("name", JURISDICTIONS)
def test_what_is_known_only_from_memory_is_listed_as_not_examined(name: str) -> None:
    rules = rule_set(name)
    remembered = {rule.title for rule in rules.rules.values() if rule.basis is Basis.MEMORY}
    assert remembered <= {gap.demand for gap in not_examined(rules)}


def test_no_rule_claims_more_confidence_than_its_obligation() -> None:
    """Compared with the list that the rules were written from, where it is at hand."""
    if not OBLIGATIONS.is_file():
        pytest.skip("the list of obligations is not beside this checkout")
    marks: dict[str, str] = {}
    for line in OBLIGATIONS.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) >= 6 and re.fullmatch(r"[A-Z]{2,4}-[0-9]{2}", cells[0]):
            mark = re.search(r"\b([VPK]|low)\b", cells[-1])
            marks[cells[0]] = mark[1] if mark else ""
    order = {"V": 3, "P": 2, "K": 1, "low": 1}
    assert len(marks) == sum(sum(last.values()) for last in LAST_ROW.values())
    for rule in ALL:
        for row in rule.obligations:
            # One row is marked P as a whole, and V for the part that this rule states.
            mark = "V" if rule.id == "eu-11-simplified" else marks[row]
            assert order[rule.basis.value] <= order[mark], (rule.id, row, mark)
    for name in JURISDICTIONS:
        for gap in rule_set(name).not_examined:
            assert order[gap.basis.value] <= order[marks[gap.obligation]], (gap.obligation, marks[gap.obligation])


def test_every_declared_fact_is_asked_by_some_rule() -> None:
    asked = {name for rule in ALL for name in rule.facts()} | {"occurred_at"}
    assert set(shipped_vocabulary().facts) == asked


def test_every_event_that_offers_a_fact_is_an_event_type() -> None:
    vocabulary = shipped_vocabulary()
    assert all(fact.events <= vocabulary.events for fact in vocabulary.facts.values())


def test_digests_do_not_depend_on_layout() -> None:
    data = (RULES / "mx.json").read_bytes()
    again = json.dumps(json.loads(data), indent=7, ensure_ascii=True, sort_keys=True).encode()
    assert check_rules(again, shipped_vocabulary())[0] is not None
    first, second = check_rules(data, shipped_vocabulary())[0], check_rules(again, shipped_vocabulary())[0]
    assert first is not None and second is not None and first.digest == second.digest


def test_the_schema_names_the_same_words_as_the_code() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    rule = schema["$defs"]["rule"]
    assert set(schema["properties"]["jurisdiction"]["enum"]) == set(JURISDICTIONS)
    assert {word.value for word in RuleEffect} == set(rule["properties"]["effect"]["enum"])
    assert {word.value for word in Gives} == set(schema["$defs"]["case"]["properties"]["gives"]["enum"])
    operators = {
        form["properties"]["op"]["const"]: set(form["properties"]) - {"op"}
        for form in schema["$defs"]["condition"]["oneOf"]
    }
    assert operators == {name: set(members) for name, members in OPERATORS.items()}
    every = [json.loads((RULES / f"{name.lower()}.json").read_bytes()) for name in JURISDICTIONS]
    assert all(set(given) == set(rule["required"]) for one in every for given in one["rules"])
    assert all(set(one) == set(schema["required"]) for one in every)


def test_units_follow_types() -> None:
    units = {fact.type: fact.unit for fact in shipped_vocabulary().facts.values()}
    assert units[FactType.MASS] == "µg" and units[FactType.INSTANT] == "ms" and units[FactType.BOOL] == ""


def test_the_worked_example_of_the_page_is_true() -> None:
    page = (RULES.parent / "formats" / "rules.md").read_text(encoding="utf-8")
    example = page.split("```")[1].strip()
    found, faults = check_rules(example.encode(), shipped_vocabulary())
    assert found is not None and faults == () and f"    {found.digest}\n" in page
    assert len(example) == 934 and example.encode().hex().startswith("7b2265646974696f6e22")
    assert all(f"`{name}`" in page for name in OPERATORS)
