"""Makes specs/vectors/rules.json: `python -m tests.vectors_build.rules` from the root of the project.

One sound rule set, and what is wrong with it after one change each.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

PATH = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "rules.json"
Case = dict[str, object]
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
    ("an edition that is no date", lambda one, _: one.update(edition="autumn"), "date-format", "edition"),
    ("an obligation not examined without a reason", lambda one, _: one.update(not_examined=[{"obligation": "US-03"}]), "rules-format", "not_examined[0]"),
]  # fmt: skip


def cases() -> list[Case]:
    """The sound set in two layouts, and every wrong one."""
    found: list[Case] = [
        {"name": "a sound set", "comment": "one rule, two cases", "valid": True, "text": json.dumps(SET)},
        {
            "name": "the same in another layout", "comment": "layout and order change no digest", "valid": True,
            "text": json.dumps(SET, indent=1, sort_keys=True),
        },
    ]  # fmt: skip
    for name, change, code, field in WRONG:
        case: Case = {"name": name, "comment": "one change to the sound set", "valid": False, "code": code}
        found.append(case | {"field": field, "text": changed(change).decode()})
    return found


def document() -> str:
    """The whole file."""
    made = {
        "format": "rules", "version": 1, "source": "python -m tests.vectors_build.rules", "cases": cases(),
    }  # fmt: skip
    return json.dumps(made, indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    PATH.write_text(document(), encoding="utf-8")
