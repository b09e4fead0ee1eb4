"""Adopted documents: strict in, whatever bytes come; one encoding; bounded in what they cost."""

from __future__ import annotations

import copy
import json
import time
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lotchain.app.adopting import adopted_document
from lotchain.core import canonical_json
from lotchain.errors import Malformed
from lotchain.rules.adopted import MAX_ADOPTED, Listed, Period, digest_of, read_adopted
from lotchain.rules.evaluator import ask_set
from lotchain.rules.facts import UNKNOWN
from lotchain.rules.loading import MAX_RULES
from lotchain.rules.rule import JURISDICTIONS

FAST = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def members(name: str = "MX") -> dict[str, Any]:
    """A document's members, to be changed."""
    found: dict[str, Any] = json.loads(adopted_document(name))
    return found


def encoded(value: Any) -> bytes:
    return canonical_json.encode(value)


def code(data: bytes) -> str:
    """The code under which a document is refused."""
    with pytest.raises(Malformed) as caught:
        read_adopted(data)
    return caught.value.code


@lru_cache(maxsize=1)
def small() -> bytes:
    """The shortest document that can be read: one rule, one substance."""
    value = members()
    value["rules"], value["not_examined"] = value["rules"][:1], []
    value["substances"] = {"123-62-6": value["substances"]["123-62-6"]}
    return encoded(value)


@pytest.mark.parametrize("name", sorted(JURISDICTIONS))
def test_what_ships_is_read_and_has_one_encoding(name: str) -> None:
    data = adopted_document(name)
    found = read_adopted(data)
    assert (found.jurisdiction, found.digest) == (name, digest_of(data))
    assert encoded(json.loads(data)) == data
    assert code(data + b"\n") and code(json.dumps(json.loads(data), indent=1).encode())


# What is no document


def change(**changes: Any) -> bytes:
    return encoded({**members(), **changes})


@pytest.mark.parametrize(("data", "expected"), [
    (b"", "json-malformed"), (b"[]", "adopted-format"), (b"null", "adopted-format"), (b"{}", "adopted-format"),
    (b"\xff" * 40, "json-malformed"), (b" " * (MAX_ADOPTED + 1), "too-large"), (b"[" * 200_000, "too-deep"),
    (change(format="lotchain-adopted-rules/2"), "version-unsupported"),
    (change(format="lotchain-rules/1"), "adopted-format"), (change(more=1), "adopted-format"),
    (change(jurisdiction="XX"), "rules-format"), (change(jurisdiction=[]), "rules-format"),
    (change(edition="2026-13-01"), "date-format"), (change(edition=20261124), "text-length"),
    (change(rules={}), "rules-format"), (change(rules=[1]), "rule-members"),
    (change(not_examined=[{}]), "rules-format"), (change(facts={}), "adopted-format"),
    (change(facts=[]), "adopted-format"), (change(facts={"a": 1}), "adopted-format"),
    (change(facts={"a": {"type": "bool", "events": [1]}}), "adopted-format"),
    (change(facts={"a": {"type": "float", "events": []}}), "adopted-format"),
    (change(substances=[]), "adopted-format"), (change(substances={"1-1-1": {}}), "cas-format"),
    (change(substances={"108-24-7": {"base": "108-24-7", "factor": None}}), "adopted-format"),
    (change(thresholds={"108-24-7": -1}), "adopted-format"), (change(thresholds={"108-24-7": True}), "adopted-format"),
    (change(thresholds={"108-24-8": 1}), "cas-check-digit"),
])  # fmt: skip
def test_what_is_no_document(data: bytes, expected: str) -> None:
    assert code(data) == expected


@pytest.mark.parametrize("listed", [
    {"base": "108-24-7", "factor": [2, 1], "classes": []}, {"base": "108-24-7", "factor": [1], "classes": []},
    {"base": "108-24-7", "factor": [True, 1], "classes": []}, {"base": "108-24-7", "factor": [1, 10**12], "classes": []},
    {"base": "108-24-7", "factor": None, "classes": [[0, "table-i"]]}, {"base": "108-24-7", "factor": None, "classes": [[0]]},
    {"base": "108-24-7", "factor": None, "classes": [[5, []], [5, []]]},
    {"base": "108-24-7", "factor": None, "classes": [[6, []], [5, []]]},
    {"base": "108-24-7", "factor": None, "classes": [["0", []]]},
    {"base": "108-24-7", "factor": None, "classes": [[0, [1]]]}, {"base": 5, "factor": None, "classes": []},
])  # fmt: skip
def test_what_is_no_listing(listed: dict[str, Any]) -> None:
    assert code(change(substances={"108-24-7": listed})) in ("adopted-format", "cas-format")


def test_a_rule_that_names_an_unknown_fact_is_refused() -> None:
    value = members()
    value["rules"][0]["requires"] = {"op": "equals", "fact": "no_such_fact", "value": True}
    assert code(encoded(value)) == "rule-fact"
    declared = copy.deepcopy(value)
    declared["facts"]["no_such_fact"] = {"type": "bool", "events": value["rules"][0]["events"]}
    found = read_adopted(encoded(declared))  # a fact that no ledger tells: such a rule is open wherever it applies
    result = ask_set(found.ready, "consumption", {"place_regimes": frozenset({"MX"})})
    assert result.results[0].missing == ("occurred_at", "substance_class:MX", "no_such_fact")


def test_rules_with_cases_are_no_adopted_rules() -> None:
    value = members()
    value["rules"][0]["cases"] = []
    assert code(encoded(value)) == "rule-members"


def test_floats_duplicate_keys_and_other_layouts_are_refused() -> None:
    data = small()
    assert code(data.replace(b'"thresholds":{}', b'"thresholds":{"108-24-7":1.5}')) == "json-float"
    assert code(data.replace(b'{"edition"', b'{"edition":"2026-11-24","edition"')) == "duplicate-key"
    assert code(data.replace(b'","', b'", "', 1)) == "json-not-canonical"


# Whatever comes


@st.composite
def bytes_changed(draw: st.DrawFn) -> bytes:
    """The small document with a few bytes replaced, cut out, doubled or put in."""
    data = bytearray(small())
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        until = min(len(data), at + draw(st.sampled_from((0, 0, 1, 1, 2, 30, 400))))
        data[at:until] = draw(st.one_of(st.binary(max_size=3), st.sampled_from(
            (b'"', b"{}", b"[]", b"null", b"-1", b"1e9", b"true", b'"\\u0000"', b"\xed\xa0\x80", b"99999999999999999999"),
        )))  # fmt: skip
    return bytes(data)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=6),
              st.sampled_from(["bool", "K", "note", "all", "108-24-7", "MX", "table-i", "2026-11-24"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)),
    max_leaves=6,
)  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place of a JSON value, the whole of it first."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for name, member in inner for place in places(member, (*path, name)))]


@lru_cache(maxsize=1)
def small_places() -> list[tuple[Any, ...]]:
    return places(json.loads(small()))


@st.composite
def members_changed(draw: st.DrawFn) -> bytes:
    """The small document with values at a few places exchanged for others, or left out."""
    value = json.loads(small())
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(small_places()))
        owner = value
        try:
            for name in path[:-1]:
                owner = owner[name]
            if not path:
                value = draw(JSON)
            elif draw(st.booleans()):
                owner[path[-1]] = draw(JSON)
            else:
                del owner[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    try:
        return encoded(value)
    except Malformed:
        return b"{}"


def only_malformed(data: bytes) -> None:
    try:
        found = read_adopted(data)
    except Malformed as fault:
        assert fault.code and str(fault)
        return
    for event in found.ready.by_event:
        for result in ask_set(found.ready, event, {}).results:
            assert set(result.missing) == set(result.rule.facts()) | (set(result.missing) & {"occurred_at"})


@FAST
@given(bytes_changed())
def test_nothing_but_malformed_escapes_from_changed_bytes(data: bytes) -> None:
    only_malformed(data)


@FAST
@given(members_changed())
def test_nothing_but_malformed_escapes_from_changed_members(data: bytes) -> None:
    only_malformed(data)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_nothing_but_malformed_escapes_from_any_bytes(data: bytes) -> None:
    only_malformed(data)


# What it may cost


def wide(depth: int, leaf: dict[str, Any], width: int) -> dict[str, Any]:
    """A condition of that depth: `any` of one branch and leaves, so that its size stays linear."""
    if depth == 1:
        return leaf
    return {"op": ("any", "all")[depth % 2], "of": [wide(depth - 1, leaf, width), *([leaf] * width)]}


@lru_cache(maxsize=1)
def worst() -> bytes:
    """As many rules as a set may have, each five deep and as wide as the size allows, all asked at one event."""
    leaf = {"fact": "loss_reported", "op": "equals", "value": True}
    shape = members()["rules"][0] | {"events": ["loss"], "in_force_from": None}
    value = members() | {"facts": {
        "occurred_at": {"type": "instant", "events": ["loss"]}, "loss_reported": {"type": "bool", "events": ["loss"]},
    }}  # fmt: skip
    for text in ("message", "remedy", "source", "citation", "title"):
        shape[text] = "x"
    value["rules"] = [
        {**shape, "id": f"mx-{n}", "applies": wide(5, leaf, 1), "requires": wide(5, leaf, 2)} for n in range(MAX_RULES)
    ]
    return encoded(value)


def test_three_hundred_rules_of_depth_five_stay_bounded() -> None:
    data = worst()
    assert 300_000 < len(data) <= MAX_ADOPTED
    began = time.process_time()
    found = read_adopted(data)
    read = time.process_time() - began
    assert len(found.ready.rules.rules) == MAX_RULES
    began = time.process_time()
    for _ in range(10):
        result = ask_set(found.ready, "loss", {"loss_reported": UNKNOWN})
    asked = (time.process_time() - began) / 10
    assert len(result.results) == MAX_RULES
    assert read < 5 and asked < 0.2, (read, asked)


def test_a_rule_more_or_a_level_more_is_refused() -> None:
    value = json.loads(worst())
    value["rules"].append({**value["rules"][0], "id": "mx-more"})
    assert code(encoded(value)) == "rules-format"
    value = json.loads(worst())
    value["rules"] = value["rules"][:1]
    value["rules"][0]["requires"] = {"op": "not", "of": value["rules"][0]["requires"]}
    assert code(encoded(value)) == "rule-depth"


# The lists


LISTED = Listed("1-1-1", None, (Period(100, frozenset()), Period(200, None), Period(300, frozenset({"list-i"}))))


@pytest.mark.parametrize(("lower", "upper", "expected"), [
    (100, 199, frozenset()), (150, 150, frozenset()), (99, 150, None), (150, 200, None), (200, 299, None),
    (299, 300, None), (300, 300, frozenset({"list-i"})), (300, 10**15, frozenset({"list-i"})), (0, 10**15, None),
    (0, 50, None),
])  # fmt: skip
def test_classes_over_an_interval(lower: int, upper: int, expected: frozenset[str] | None) -> None:
    assert LISTED.classes(lower, upper) == expected


@given(
    st.lists(st.integers(0, 60), unique=True, max_size=5),
    st.lists(st.sampled_from((None, frozenset(), frozenset({"a"}))), min_size=5, max_size=5),
    st.integers(0, 70), st.integers(0, 10),
)  # fmt: skip
def test_an_interval_has_classes_only_if_every_moment_has_them(
    firsts: list[int], classes: list[frozenset[str] | None], lower: int, length: int
) -> None:
    periods = tuple(Period(first, found) for first, found in zip(sorted(firsts), classes, strict=False))
    at_each = set()
    for moment in range(lower, lower + length + 1):
        begun = [period for period in periods if period.first <= moment]
        at_each.add(begun[-1].classes if begun else None)
    expected = at_each.pop() if len(at_each) == 1 else None
    assert Listed("1-1-1", None, periods).classes(lower, lower + length) == expected
