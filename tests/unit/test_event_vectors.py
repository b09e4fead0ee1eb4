"""The vectors of every event type, run through the judge as another implementation would run them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from tests.vectors_build.event_pages import SPECS, state_page
from tests.vectors_build.events import BOOKS, DIRECTORY

from lotchain.core import canonical_json
from lotchain.core.ids import key_subject
from lotchain.custody.case import Cited, State
from lotchain.errors import Malformed
from lotchain.events.reading import read_entry, read_event
from lotchain.events.registry import EVENT_TYPES
from lotchain.verify.judge import Context, Judgement, judge

TYPES = sorted(EVENT_TYPES)
KEYED = {"pending", "licences", "holds", "withdrawn", "differences", "conflicts", "doubts", "settled", "permits"}
KEYED |= {"filings", "customs", "alerts", "watched", "marks"}
"""Members of states that are maps from ids or numbers to records."""


def load(type_name: str) -> list[dict[str, Any]]:
    return list(json.loads((DIRECTORY / f"{type_name.replace('/', '-')}.json").read_text(encoding="utf-8"))["cases"])


def named(wanted: Iterable[bool], *, judged: bool) -> list[Any]:
    wanted = tuple(wanted)
    return [
        pytest.param(case, id=f"{type_name} {case['name']}")
        for type_name in TYPES
        for case in load(type_name)
        if case["valid"] in wanted and ("statement" in case) is judged
    ]


def run(case: dict[str, Any], states: dict[str, State | None], only: Iterable[str] | None = None) -> Judgement:
    cited = {name: Cited(bytes.fromhex(each["statement"]), each["index"]) for name, each in case["cited"].items()}
    context = Context(case["origin"], case["charter"], case["time"], case["seen"], cited)
    return judge(read_entry(bytes.fromhex(case["statement"])), states, context, only)


@pytest.mark.parametrize("type_name", TYPES)
def test_the_files_are_what_the_builder_makes(type_name: str) -> None:
    book = BOOKS[type_name]()
    assert book.path.read_text(encoding="utf-8") == book.text(), "run python -m tests.vectors_build.events"


@pytest.mark.parametrize("case", named((False,), judged=False))
def test_what_is_no_event_is_refused_before_it_is_judged(case: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as caught:
        read_event(canonical_json.encode(case["payload"]))
    assert (caught.value.code, caught.value.field) == (case["code"], case["field"])


@pytest.mark.parametrize("case", named((True, False), judged=True))
def test_the_judge_finds_just_this(case: dict[str, Any]) -> None:
    reading = read_entry(bytes.fromhex(case["statement"]))
    assert reading.statement.hex_id == case["id"] and reading.statement.issuer == case["issuer"]
    assert reading.statement.payload == canonical_json.encode(case["payload"])
    judgement = run(case, case["before"])
    found = [{"code": finding.code, "subject": finding.subject} for finding in judgement.findings]
    assert found == case["expect"]["findings"]
    assert canonical_json.encode(dict(judgement.states)) == canonical_json.encode(case["expect"]["after"])
    assert bool(judgement.refused) is not case["valid"]
    if not case["valid"]:
        assert case["code"] in {finding.code for finding in judgement.refused}
        assert case["expect"]["after"] == {}


@pytest.mark.parametrize("case", named((True,), judged=True))
def test_what_was_taken_balances(case: dict[str, Any]) -> None:
    for name, state in case["expect"]["after"].items():
        assert state["kind"] == name.partition(":")[0]
        if state["kind"] == "lot":
            assert sum(state["accounts"].values()) == 0
            assert min(state["accounts"].get("held", 0), state["accounts"].get("in-transit", 0)) >= 0


def test_the_page_on_states_names_every_member() -> None:
    """specs/formats/state.md is all that another implementation has to lay states out from."""
    text = (SPECS / "formats" / "state.md").read_text(encoding="utf-8")
    assert text == state_page(), "run python -m tests.vectors_build.event_pages"
    sections = {part.partition("\n")[0]: part for part in text.split("\n## ")}
    seen: dict[str, set[str]] = {}
    for case in named((True,), judged=True):
        for state in case.values[0]["expect"]["after"].values():
            seen.setdefault(state["kind"], set()).update(words_of(state))
    assert (
        set(seen) == {"charter", "party", "key", "consignment", "lot", "permit", "watch"} == set(sections) & set(seen)
    )
    for kind, words in seen.items():
        missing = {word for word in words if f"`{word}`" not in sections[kind]}
        assert not missing, f"state.md, {kind}: {sorted(missing)}"


def words_of(state: dict[str, Any]) -> set[str]:
    """Names of members at every depth, where they are names and not ids, countries, numbers or serials."""
    names = set(state)
    for member, value in state.items():
        if member in (
            "roots",
            "authorities",
            "packages",
            "gone",
            "reports",
            "labels",
            "written",
            "rule_sets",
            "settled",
        ):
            continue
        entries = value.values() if member in KEYED else [value]
        for entry in entries if isinstance(value, dict) else ():
            names |= set(entry)
    return names


@pytest.mark.parametrize("case", named((True,), judged=True))
def test_effects_are_per_subject(case: dict[str, Any]) -> None:
    """A bundle that examines one subject alone, and what its judgement reads, comes to the same state."""
    reading = read_entry(bytes.fromhex(case["statement"]))
    event, statement = reading.event, reading.statement
    for subject in event.subjects():
        names = ["charter", statement.issuer, key_subject(statement.kid), subject, *event.reads(subject)]
        judgement = run(case, {name: case["before"].get(name) for name in names}, only=[subject])
        assert not judgement.refused
        assert judgement.states[subject] == case["expect"]["after"][subject]


@pytest.mark.parametrize("case", named((True,), judged=True))
def test_cards_are_short_sentences(case: dict[str, Any]) -> None:
    card = read_entry(bytes.fromhex(case["statement"])).event.card()
    assert card.sentence.endswith(".") and card.title
    assert all(label and value and "\n" not in value for label, value in card.lines)


@pytest.mark.parametrize("case", [case.values[0] for case in named((True,), judged=True)][::5])
def test_a_changed_bit_of_the_statement_is_never_taken(case: dict[str, Any]) -> None:
    raw = bytearray.fromhex(case["statement"])
    for at in (len(raw) - 1, len(raw) // 2, len(raw) - 70):
        changed = bytes(raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :])
        try:
            judgement = run({**case, "statement": changed.hex()}, dict(case["before"]))
        except (Malformed, LookupError):
            continue
        assert judgement.refused
