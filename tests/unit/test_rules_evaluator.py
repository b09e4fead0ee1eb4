"""The evaluator: Kleene's tables, every operator over values, absences and brackets of time, and dated rules."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from lotchain.app.rules import rule_set, shipped_vocabulary
from lotchain.core.instants import parse_instant
from lotchain.errors import Malformed
from lotchain.rules import deadlines
from lotchain.rules.conditions import read_condition
from lotchain.rules.evaluator import ask_rule, ask_set, trace, truth
from lotchain.rules.facts import ABSENT, UNKNOWN, Interval, Value, shown_value
from lotchain.rules.prepared import prepare
from lotchain.rules.rule import Condition, Gives
from lotchain.rules.verdict import Outcome, Truth
from lotchain.rules.vocabulary import parse_facts

KLEENE = (True, False, None)
FLAGS = ("loss_unusual", "loss_reported")


def condition(value: dict[str, Any]) -> Condition:
    faults: list[Malformed] = []
    found = read_condition(value, shipped_vocabulary(), "here", faults.append)
    assert faults == []
    return found


def yes(fact: str) -> dict[str, Any]:
    return {"op": "equals", "fact": fact, "value": True}


def facts(**given: Any) -> dict[str, Value]:
    return parse_facts(json.dumps(given).encode(), shipped_vocabulary())


def flags(*values: bool | None) -> dict[str, Value]:
    return {name: UNKNOWN if value is None else value for name, value in zip(FLAGS, values, strict=False)}


def at(text: str, to: str | None = None, offset: int | None = None) -> Interval:
    return Interval(parse_instant(text, field=""), parse_instant(to or text, field=""), offset)


@pytest.mark.parametrize(("one", "other"), list(itertools.product(KLEENE, KLEENE)))
def test_kleenes_tables(one: bool | None, other: bool | None) -> None:
    both = condition({"op": "all", "of": [yes(FLAGS[0]), yes(FLAGS[1])]})
    either = condition({"op": "any", "of": [yes(FLAGS[0]), yes(FLAGS[1])]})
    order = {False: 0, None: 1, True: 2}
    back = {rank: value for value, rank in order.items()}
    assert truth(both, flags(one, other)) is back[min(order[one], order[other])]
    assert truth(either, flags(one, other)) is back[max(order[one], order[other])]


@pytest.mark.parametrize(("value", "negated"), [(True, False), (False, True), (None, None)])
def test_not_leaves_the_unknown_unknown(value: bool | None, negated: bool | None) -> None:
    assert truth(condition({"op": "not", "of": yes(FLAGS[0])}), flags(value)) is negated


@pytest.mark.parametrize(
    ("when", "then", "found"),
    [
        (True, True, True), (True, False, False), (True, None, None), (False, False, True), (False, None, True),
        (None, True, None), (None, False, None), (None, None, None),
    ],
)  # fmt: skip
def test_applies_when_stays_open_where_it_is_open_whether_it_applies(
    when: bool | None, then: bool | None, found: bool | None
) -> None:
    asked = condition({"op": "applies-when", "when": yes(FLAGS[0]), "then": yes(FLAGS[1])})
    assert truth(asked, flags(when, then)) is found


KG = {"value": "1", "unit": "KGM"}
LEAVES: list[tuple[dict[str, Any], dict[str, Any], bool | None]] = [
    ({"op": "equals", "fact": "loss_kind", "value": "stolen"}, {"loss_kind": "stolen"}, True),
    ({"op": "equals", "fact": "loss_kind", "value": "stolen"}, {"loss_kind": "leaked"}, False),
    ({"op": "equals", "fact": "loss_kind", "value": "stolen"}, {"loss_kind": None}, None),
    ({"op": "in", "fact": "loss_kind", "values": ["leaked", "stolen"]}, {"loss_kind": "stolen"}, True),
    ({"op": "in", "fact": "loss_kind", "values": ["leaked", "stolen"]}, {"loss_kind": "unknown"}, False),
    ({"op": "in", "fact": "loss_kind", "values": ["leaked", "stolen"]}, {}, None),
    ({"op": "contains", "fact": "place_regimes", "value": "US"}, {"place_regimes": ["UN", "US"]}, True),
    ({"op": "contains", "fact": "place_regimes", "value": "US"}, {"place_regimes": []}, False),
    ({"op": "contains", "fact": "place_regimes", "value": "US"}, {"place_regimes": None}, None),
    ({"op": "at-most", "fact": "loss_quantity", "value": KG}, {"loss_quantity": 10**9}, True),
    ({"op": "at-most", "fact": "loss_quantity", "value": KG}, {"loss_quantity": 10**9 + 1}, False),
    ({"op": "at-least", "fact": "loss_quantity", "value": KG}, {"loss_quantity": 10**9}, True),
    ({"op": "at-least", "fact": "loss_quantity", "value": KG}, {"loss_quantity": 10**9 - 1}, False),
    ({"op": "at-most", "fact": "loss_quantity", "other": "loss_ceiling"}, {"loss_quantity": 5, "loss_ceiling": 5}, True),
    ({"op": "at-most", "fact": "loss_quantity", "other": "loss_ceiling"}, {"loss_quantity": 5, "loss_ceiling": None}, None),
    ({"op": "at-most", "fact": "loss_quantity", "other": "loss_ceiling"}, {"loss_quantity": 5}, None),
    ({"op": "same", "fact": "importer", "other": "pen_importer"}, {"importer": "party:MX-1", "pen_importer": "party:MX-1"}, True),
    ({"op": "same", "fact": "importer", "other": "pen_importer"}, {"importer": "party:MX-1", "pen_importer": "party:mx-1"}, False),
    ({"op": "present", "fact": "loss_kind"}, {"loss_kind": "stolen"}, True),
    ({"op": "present", "fact": "loss_kind"}, {"loss_kind": None}, False),
    ({"op": "present", "fact": "loss_kind"}, {}, None),
    ({"op": "before", "fact": "pen_sent_at", "value": "2026-11-01"}, {"pen_sent_at": "2026-10-31T23:59:59.999Z"}, True),
    ({"op": "before", "fact": "pen_sent_at", "value": "2026-11-01"}, {"pen_sent_at": "2026-11-01T00:00:00Z"}, False),
    ({"op": "before", "fact": "pen_sent_at", "value": "2026-11-01"},
     {"pen_sent_at": {"from": "2026-10-31T00:00:00Z", "to": "2026-11-01T00:00:00Z"}}, None),
    ({"op": "after", "fact": "pen_sent_at", "other": "exported_at"},
     {"pen_sent_at": "2026-11-02T00:00:00Z", "exported_at": "2026-11-01T00:00:00Z"}, True),
    ({"op": "after", "fact": "pen_sent_at", "other": "exported_at"},
     {"pen_sent_at": "2026-11-01T00:00:00Z", "exported_at": "2026-11-01T00:00:00Z"}, False),
    ({"op": "after", "fact": "pen_sent_at", "other": "exported_at"},
     {"pen_sent_at": "2026-11-02T00:00:00Z", "exported_at": {"from": "2026-11-01T00:00:00Z"}}, None),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "given", "found"), LEAVES)
def test_comparisons(asked: dict[str, Any], given: dict[str, Any], found: bool | None) -> None:
    assert truth(condition(asked), facts(**given)) is found


AWARE = "2026-11-02T08:00:00Z"
SPANS: list[tuple[str, str | None, int | None, dict[str, int], bool | None]] = [
    ("2026-11-05T08:00:00Z", None, None, {"hours": 72}, True),
    ("2026-11-05T08:00:00.001Z", None, None, {"hours": 72}, False),
    ("2026-11-05T07:00:00Z", "2026-11-05T09:00:00Z", None, {"hours": 72}, None),
    ("2026-11-17T08:00:00Z", None, None, {"days": 15}, True),
    ("2026-11-17T09:00:00Z", None, None, {"days": 15}, None),
    ("2026-11-18T08:00:00Z", None, None, {"days": 15}, False),
    ("2026-11-17T23:59:59Z", None, 0, {"days": 15}, True),
    ("2026-11-18T00:00:00Z", None, 0, {"days": 15}, False),
    ("2026-11-18T05:59:59Z", None, -360, {"days": 15}, True),
    ("2026-11-18T06:00:00Z", None, -360, {"days": 15}, False),
    ("2026-11-01T00:00:00Z", None, None, {"days": 15}, True),  # reported before anybody knew: not late
    ("2026-10-18T08:00:00Z", None, None, {"days": -15}, True),
    ("2026-10-18T09:00:00Z", None, None, {"days": -15}, None),
    ("2026-10-18T09:00:00Z", None, 0, {"days": -15}, True),
    ("2026-10-19T09:00:00Z", None, 0, {"days": -15}, False),
    ("2026-10-21T09:00:00Z", None, None, {"days": -15}, False),
    ("2027-05-02T08:00:00Z", None, None, {"months": 6}, True),
    ("2027-05-03T09:00:00Z", None, None, {"months": 6}, False),
]


@pytest.mark.parametrize(("text", "to", "offset", "span", "found"), SPANS)
def test_spans_of_time(text: str, to: str | None, offset: int | None, span: dict[str, int], found: bool | None) -> None:
    assert deadlines.within(at(text, to), at(AWARE, offset=offset), **span) is found


def test_months_end_with_their_last_day() -> None:
    start = at("2026-08-31T12:00:00Z", offset=0)
    assert deadlines.within(at("2027-02-28T23:59:59Z"), start, months=6) is True
    assert deadlines.within(at("2027-03-01T00:00:00Z"), start, months=6) is False


def test_spans_reach_the_end_of_the_calendar_without_falling_over() -> None:
    end = Interval(253_402_300_799_999, 253_402_300_799_999)
    for span in ({"hours": 3_660}, {"days": 3_660}, {"months": 3_660}, {"days": -3_660}):
        assert deadlines.within(end, end, **span) in (True, False, None)
        assert deadlines.within(at("1970-01-01T00:00:00Z"), at("1970-01-01T00:00:00Z"), **span) in (True, False, None)


def test_what_has_not_happened_yet_is_open_until_it_is_overdue() -> None:
    open_ = Interval(parse_instant("2026-11-10T00:00:00Z", field=""), 253_402_300_799_999)
    late = Interval(parse_instant("2026-11-19T00:00:00Z", field=""), 253_402_300_799_999)
    assert deadlines.within(open_, at(AWARE), days=15) is None
    assert deadlines.within(late, at(AWARE), days=15) is False


def test_values_of_a_wrong_type_count_as_unknown() -> None:
    for asked, given, _ in LEAVES:
        if asked["op"] == "present":
            continue
        wrong: dict[str, Value] = dict.fromkeys(
            [*given, *(asked.get(name, "x") for name in ("fact", "other"))], at(AWARE)
        )
        if asked["op"] not in ("before", "after"):
            assert truth(condition(asked), wrong) in (None, True, False)  # total: nothing is raised


SUSPICION = rule_set("CA").rules["ca-04-suspicion"]  # in force from 2026-06-15


def asked(occurred: Value, reported: str) -> tuple[Gives, str]:
    given = dict(SUSPICION.cases[0].facts) | {
        "occurred_at": occurred, "suspicion_aware_at": at(AWARE), "suspicion_reported_at": at(reported),
    }  # fmt: skip
    result = ask_rule(SUSPICION, given)
    return result.gives, result.reason


BEFORE, AFTER = at("2026-06-14T23:59:59Z"), at("2026-06-15T00:00:00Z")
ACROSS = Interval(BEFORE.lower, AFTER.upper)


@pytest.mark.parametrize(
    ("occurred", "reported", "gives", "reason"),
    [
        (BEFORE, "2026-11-09T00:00:00Z", Gives.NOT_APPLICABLE, "not-in-force"),
        (AFTER, "2026-11-09T00:00:00Z", Gives.FAILS, "fails"),
        (AFTER, "2026-11-03T00:00:00Z", Gives.HOLDS, "holds"),
        (ACROSS, "2026-11-03T00:00:00Z", Gives.HOLDS, "holds"),
        (ACROSS, "2026-11-09T00:00:00Z", Gives.UNKNOWN, "time-not-bracketed"),
        (UNKNOWN, "2026-11-03T00:00:00Z", Gives.UNKNOWN, "facts-missing"),
    ],
)
def test_a_dated_rule(occurred: Value, reported: str, gives: Gives, reason: str) -> None:
    assert asked(occurred, reported) == (gives, reason)


def test_an_unknown_applicability_is_undetermined_although_the_duty_was_kept() -> None:
    rule = rule_set("UN").rules["un-07-notice"]
    given = {name: value for name, value in rule.cases[0].facts.items() if name != "pen_demanded"}
    result = ask_rule(rule, given)
    assert (result.outcome, result.missing, result.reason) == (Outcome.UNDETERMINED, ("pen_demanded",), "facts-missing")
    assert "pen_sent_at" in result.used


def test_a_set_is_a_breach_before_it_is_undetermined_before_it_is_compliant() -> None:
    ready = prepare(rule_set("UN"))
    rules = rule_set("UN").rules
    kept = {
        name: value
        for name in ("un-07-notice", "un-07-same", "un-incb-reply")
        for name, value in rules[name].cases[0].facts.items()
    }
    kept |= {"seals_applied": True, "seals_intact": True}
    good = ask_set(ready, "arrival", kept)
    assert (good.outcome, set(good.covers)) == (Outcome.COMPLIANT, {"un-07-notice", "un-07-same", "un-incb-reply"})
    assert {gap.obligation for gap in good.not_examined} >= {"UN-06", "UN-15", "INCB-03"}
    assert ask_set(ready, "arrival", kept | {"pen_state": "sent"}).outcome is Outcome.UNDETERMINED
    assert ask_set(ready, "arrival", kept | {"pen_state": "none", "pen_sent_at": ABSENT}).outcome is Outcome.BREACH
    assert ask_set(ready, "arrival", {**kept, "export_regimes": frozenset()}).outcome is Outcome.NOT_APPLICABLE
    assert ask_set(ready, "arrival", {}).outcome is Outcome.UNDETERMINED
    assert ask_set(ready, "charter", kept).results == ()


def test_what_is_only_remembered_never_counts() -> None:
    ready = prepare(rule_set("IN"))
    note = rule_set("IN").rules["in-02-note"]
    found = ask_set(ready, "hand-over", note.cases[1].facts)
    assert [result.outcome for result in found.results if result.rule.id == "in-02-note"] == [Outcome.NOTE]
    assert "in-02-note" not in found.covers and found.outcome is not Outcome.BREACH


def test_a_trace_shows_every_condition_with_its_value() -> None:
    rule = rule_set("UN").rules["un-07-notice"]
    shown = trace(rule.requires, facts(pen_state="none", pen_sent_at=None))
    assert shown.truth is Truth.FALSE
    assert [part.truth for part in shown.parts] == [Truth.FALSE, Truth.FALSE, Truth.UNKNOWN]
    assert shown.parts[0].parts[0].text == "pen_state [none] in {cancelled, none}"
    assert shown.parts[2].text == "pen_sent_at [absent] before exported_at [unknown]"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (UNKNOWN, "unknown"), (ABSENT, "absent"), (True, "yes"), (25, "25"), (frozenset({"b", "a"}), "{a, b}"),
        (at(AWARE), AWARE), (Interval(0, 253_402_300_799_999), "not before 1970-01-01T00:00:00Z"),
        (at(AWARE, "2026-11-02T09:00:00Z"), f"{AWARE} to 2026-11-02T09:00:00Z"),
    ],
)  # fmt: skip
def test_values_for_people(value: Value, text: str) -> None:
    assert shown_value(value) == text
