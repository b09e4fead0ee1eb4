"""Reading scenarios and twists: nothing is passed over, and an edit that meets nothing is an error."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotchain.app.scenario.library import all_names, script
from lotchain.app.scenario.script import (
    AlertsCheck,
    Check,
    DueCheck,
    Enrolment,
    PermitCheck,
    Script,
    Step,
    read_script,
    resolve,
)
from lotchain.app.scenario.twist import base_of, read_twist
from lotchain.errors import Malformed, UsageError

FOLDER = Path(__file__).resolve().parents[2] / "fixtures" / "scenarios"
BASE = (FOLDER / "theft.json").read_bytes()
CONTENT: dict[str, Any] = orjson.loads(BASE)
PARACETAMOL: dict[str, Any] = orjson.loads((FOLDER / "paracetamol.json").read_bytes())


def code_of(read: Callable[[], Script]) -> str:
    with pytest.raises(Malformed) as caught:
        read()
    return caught.value.code


def part(content: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(p for p in content["steps"] if p["as"] == name)
    return found


# Scenarios


def test_the_parts_of_a_scenario() -> None:
    read = read_script(orjson.dumps(PARACETAMOL))
    kinds = {type(p) for p in read.steps}
    assert kinds == {Step, Enrolment, Check, PermitCheck}
    reaction = next(p for p in read.steps if p.name == "reaction-signed")
    assert isinstance(reaction, Step)
    assert reaction.key == "qualified-person"


def broken(change: Callable[[dict[str, Any]], object], of: dict[str, Any] = CONTENT) -> bytes:
    content = copy.deepcopy(of)
    change(content)
    return orjson.dumps(content)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda c: c.update(comment="more"), "scenario-format"),
        (lambda c: c.pop("about"), "scenario-format"),
        (lambda c: c.update(title=""), "scenario-format"),
        (lambda c: c.update(threshold="2"), "scenario-format"),
        (lambda c: c.update(threshold=0), "scenario-format"),
        (lambda c: c.update(threshold=True), "scenario-format"),
        (lambda c: c.update(treaty="perhaps"), "scenario-format"),
        (lambda c: c.update(steps={}), "scenario-format"),
        (lambda c: c.update(parties={}), "scenario-format"),
        (lambda c: c.update(parties=[]), "scenario-format"),
        (lambda c: c["parties"]["maker"].pop("licence"), "scenario-format"),
        (lambda c: c["parties"]["maker"].update(licence="US-M"), "scenario-format"),
        (lambda c: c["authorities"]["us"].update(licence={}), "scenario-format"),
        (lambda c: c.update(rule_sets={}), "scenario-format"),
        (lambda c: c["rule_sets"][0].update(edition="2026-11-24"), "scenario-format"),
        (lambda c: c["rule_sets"][0].pop("from"), "scenario-format"),
        (lambda c: c["rule_sets"][0].update({"from": "2026-01-01"}), "time-format"),
        (lambda c: c["rule_sets"][0].update(complete=True), "scenario-format"),
        (lambda c: c["rule_sets"][0].update(notice="*"), "scenario-format"),
        (lambda c: c["steps"].append("and then"), "scenario-format"),
        (lambda c: c["steps"].append({"at": "2026-12-01T00:00:00Z", "as": "nothing"}), "scenario-format"),
        (lambda c: part(c, "accepted").update(note="x"), "scenario-format"),
        (lambda c: part(c, "accepted").update(offline_since="stolen"), "scenario-format"),
        (lambda c: part(c, "accepted").update(permit={}), "scenario-format"),
        (lambda c: part(c, "accepted").pop("as"), "scenario-format"),
        (lambda c: part(c, "accepted").update({"as": "stolen"}), "scenario-format"),
        (lambda c: part(c, "accepted").update(at="2026-11-01T00:00:00Z"), "scenario-format"),
        (lambda c: part(c, "accepted").update(at="yesterday"), "time-format"),
        (lambda c: part(c, "accepted").update(by="nobody"), "scenario-cast"),
        (lambda c: part(c, "rest-delivered")["verdict"].update(word="PASS"), "scenario-format"),
        (lambda c: part(c, "rest-delivered")["verdict"].pop("why"), "scenario-format"),
        (lambda c: part(c, "rest-delivered")["verdict"].update(codes="theft-reported"), "scenario-format"),
        (lambda c: part(c, "rest-delivered")["verdict"].update(codes=[1]), "scenario-format"),
        (lambda c: part(c, "rest-delivered")["verdict"].update(answers={"custody": "unbroken"}), "scenario-format"),
        (lambda c: part(c, "rest-delivered")["verdict"].update(answers={"chain": 1}), "scenario-format"),
        (lambda c: c.update(format="lotchain-scenario/1"), "version-unsupported"),
        (lambda c: c.update(format=2), "version-unsupported"),
    ],
)
def test_a_scenario_that_is_none(change: Callable[[dict[str, Any]], object], code: str) -> None:
    assert code_of(lambda: read_script(broken(change))) == code


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda c: part(c, "second-key")["enrol"].update(member="nobody"), "scenario-cast"),
        (lambda c: part(c, "second-key")["enrol"].update(holder="x"), "scenario-format"),
        (lambda c: part(c, "second-key").update(enrol="user"), "scenario-format"),
        (lambda c: part(c, "import-debited")["permit"].update(drawn="21600 kg"), "scenario-format"),
        (lambda c: part(c, "import-debited")["permit"]["drawn"].update(value="21,600"), "quantity-format"),
        (lambda c: part(c, "import-debited")["permit"]["drawn"].update(unit="LBR"), "unit-unknown"),
        (lambda c: part(c, "import-debited")["permit"].pop("status"), "scenario-format"),
    ],
)
def test_a_key_or_a_permit_that_is_none(change: Callable[[dict[str, Any]], object], code: str) -> None:
    assert code_of(lambda: read_script(broken(change, PARACETAMOL))) == code


LATE = "theft--reported-after-17-days"


def test_alerts_and_dues() -> None:
    kinds = {type(p) for name in (LATE, "theft--third-theft") for p in script(name).steps}
    assert {AlertsCheck, DueCheck} <= kinds
    due = next(p for p in script(LATE).steps if p.name == "due-overdue")
    assert isinstance(due, DueCheck)
    assert due.items == {"us-08-loss": "overdue"}


ALERTS = {"at": "2027-12-01T00:00:00Z", "as": "last", "alerts": {"codes": [], "why": "w"}}
DUE = {"at": "2027-12-01T00:00:00Z", "as": "last", "due": {"items": {"us-08-loss": "overdue"}, "why": "w"}}


@pytest.mark.parametrize(
    "part_",
    [
        {**ALERTS, "by": "us"},
        {**ALERTS, "alerts": {"codes": [], "why": ""}},
        {**ALERTS, "alerts": {"codes": []}},
        {**ALERTS, "alerts": {"codes": [], "lots": [], "why": "w"}},
        {**ALERTS, "alerts": ["t05-theft-reported"]},
        {**ALERTS, **DUE},
        {**DUE, "due": {"items": [], "why": "w"}},
        {**DUE, "due": {"items": {"us-08-loss": ["overdue"]}, "why": "w"}},
        {**DUE, "due": {"items": {"us-08-loss": ""}, "why": "w"}},
        {**DUE, "due": {"items": {}, "without": "us-08-loss", "why": "w"}},
        {**DUE, "due": {"why": "w"}},
    ],
    ids=str,
)
def test_a_look_at_the_whole_log_that_is_none(part_: dict[str, Any]) -> None:
    for fine in (ALERTS, DUE):
        read_script(broken(lambda c, fine=fine: c["steps"].append(fine)))  # type: ignore[misc]
    assert code_of(lambda: read_script(broken(lambda c: c["steps"].append(part_)))) == "scenario-format"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json-malformed"),
        (b"[]", "version-unsupported"),
        (b'"lotchain-scenario/2"', "version-unsupported"),
        (b'{"format":"lotchain-scenario/2"}', "scenario-format"),
        (BASE.replace(b'"name": "theft"', b'"name": "theft", "name": "theft"'), "duplicate-key"),
        (b"[" * 17 + b"]" * 17, "too-deep"),
        (b" " * 1_000_001, "too-large"),
    ],
)
def test_a_file_that_is_none(data: bytes, code: str) -> None:
    assert code_of(lambda: read_script(data)) == code


@given(st.binary(max_size=200))
def test_nothing_else_escapes(data: bytes) -> None:
    for read in (lambda: read_script(data), lambda: read_twist(data, BASE)):
        with pytest.raises(Malformed):
            read()


def test_references() -> None:
    def found(permit: str) -> dict[str, str]:
        return {"of": permit}

    value = {"prev": "@one", "to": "@@maker", "found": {"as-found": "permit:CN-1/2"}, "list": ["@one", 3]}
    assert resolve(value, {"one": "ab"}, {"maker": "party:CN-1"}, found) == {
        "prev": "ab", "to": "party:CN-1", "found": {"of": "permit:CN-1/2"}, "list": ["ab", 3],
    }  # fmt: skip
    for wrong in ("@two", "@@one", "@", "@@"):
        with pytest.raises(Malformed) as caught:
            resolve([wrong], {"one": "ab"}, {"maker": "party:CN-1"}, found)
        assert caught.value.code == "scenario-cast"


# Twists


def twist(*edits: Any, **more: Any) -> Script:
    content = {
        "format": "lotchain-scenario-twist/1", "base": "theft", "twist": "t", "title": "a title", "about": "a matter",
        "edits": list(edits), **more,
    }  # fmt: skip
    return read_twist(orjson.dumps(content), BASE)


def named(read: Script) -> list[str]:
    return [p.name for p in read.steps]


ALL = [p["as"] for p in CONTENT["steps"]]
FINE = {"remove": ["seal-cut"], "why": "w"}
NEW = {"at": "2026-12-01T00:00:00Z", "by": "carrier", "as": "new", "event": {"type": "arrival/1"}}


def test_edits() -> None:
    end = twist({"end-after": "stolen", "parts": [NEW], "why": "w"})
    assert named(end) == [*ALL[: ALL.index("stolen") + 1], "new"]
    assert end.name == "theft--t"
    assert end.edits == ("w",)
    assert end.lies == {}
    removed = twist({"remove": ["seal-cut", "new-seal"], "why": "w"})
    assert named(removed) == [name for name in ALL if name not in ("seal-cut", "new-seal")]
    inserted = twist({"insert-after": ALL[-1], "parts": [NEW], "why": "w"})
    assert named(inserted) == [*ALL, "new"]
    replaced = twist({"replace": "stolen", "with": {**part(CONTENT, "stolen"), "by": "maker"}, "why": "w"})
    assert named(replaced) == ALL
    assert next(p for p in replaced.steps if p.name == "stolen").by == "maker"  # type: ignore[union-attr]
    assert twist(FINE, treaty="not-demanded").treaty == "not-demanded"
    assert twist(FINE, rule_sets=[]).rule_sets == ()


def test_a_change_by_pointers() -> None:
    read = twist({
        "change": "stolen", "set": {"/event/quantity/value": "850.000"}, "add": {"/event/remarks": "a/b~c"},
        "drop": ["/event/packages/5"], "why": "w",
    })  # fmt: skip
    event = next(p for p in read.steps if p.name == "stolen").event  # type: ignore[union-attr]
    assert event["quantity"]["value"] == "850.000"
    assert event["remarks"] == "a/b~c"
    assert event["packages"] == [f"{i:04}" for i in range(7, 12)]
    assert part(CONTENT, "stolen")["event"]["quantity"]["value"] == "1020.000", "the base is as it was"


@pytest.mark.parametrize(
    "edit",
    [
        "remove everything",
        {},
        {"why": "w"},
        {"remove": ["stolen"], "end-after": "stolen", "why": "w"},
        {"delete": ["stolen"], "why": "w"},
        {"remove": ["nothing"], "why": "w"},
        {"remove": [], "why": "w"},
        {"remove": ["stolen", "stolen"], "why": "w"},
        {"insert-after": "nothing", "parts": [NEW], "why": "w"},
        {"insert-after": "stolen", "parts": [], "why": "w"},
        {"end-after": "nothing", "why": "w"},
        {"end-after": ALL[-1], "why": "w"},
        {"replace": "nothing", "with": {**NEW, "as": "nothing"}, "why": "w"},
        {"replace": "stolen", "with": NEW, "why": "w"},
        {"replace": "stolen", "with": part(CONTENT, "stolen"), "why": "w"},
        {"change": "nothing", "set": {"/by": "maker"}, "why": "w"},
        {"change": "stolen", "why": "w"},
        {"change": "stolen", "set": {"/by": "carrier"}, "why": "w"},
        {"change": "stolen", "set": {"/as": "taken"}, "why": "w"},
        {"change": "stolen", "set": {"/event/nothing": 1}, "why": "w"},
        {"change": "stolen", "set": {"event": 1}, "why": "w"},
        {"change": "stolen", "set": {"": {}}, "why": "w"},
        {"change": "stolen", "set": {"/event/packages/6": "0013"}, "why": "w"},
        {"change": "stolen", "set": {"/event/packages/00": "0013"}, "why": "w"},
        {"change": "stolen", "set": {"/event/packages/-": "0013"}, "why": "w"},
        {"change": "stolen", "set": {"/event/kind/0": "x"}, "why": "w"},
        {"change": "stolen", "add": {"/event/kind": "leaked"}, "why": "w"},
        {"change": "stolen", "add": {"/event/packages/7": "0013"}, "why": "w"},
        {"change": "stolen", "add": {"/event/none/at": 1}, "why": "w"},
        {"change": "stolen", "drop": ["/event/none"], "why": "w"},
        {"change": "stolen", "drop": ["/event/packages/6"], "why": "w"},
        {"change": "stolen", "add": {"/event/x": 1}, "drop": ["/event/x"], "why": "w"},
    ],
    ids=str,
)
def test_an_edit_that_meets_nothing(edit: Any) -> None:
    assert code_of(lambda: twist(edit)) == "twist-edit"


@pytest.mark.parametrize(
    ("edit", "code"),
    [
        ({"remove": ["stolen"]}, "scenario-format"),
        ({"remove": ["stolen"], "why": ""}, "scenario-format"),
        ({"remove": "stolen", "why": "w"}, "scenario-format"),
        ({"remove": ["stolen"], "why": "w", "parts": []}, "scenario-format"),
        ({"insert-after": "stolen", "parts": [part(CONTENT, "accepted")], "why": "w"}, "scenario-format"),
        ({"insert-after": "stolen", "parts": [NEW], "why": "w"}, "scenario-format"),
        ({"insert-after": ALL[-1], "parts": [{**NEW, "by": "nobody"}], "why": "w"}, "scenario-cast"),
        ({"change": "stolen", "drop": ["/by"], "why": "w"}, "scenario-format"),
        ({"change": "stolen", "set": {"/by": "nobody"}, "why": "w"}, "scenario-cast"),
    ],
    ids=str,
)
def test_what_comes_out_is_read_as_a_scenario(edit: Any, code: str) -> None:
    assert code_of(lambda: twist(edit)) == code


def test_the_twist_itself() -> None:
    assert code_of(twist) == "twist-edit"
    assert code_of(lambda: twist(FINE, base="piperidone")) == "twist-edit"
    assert code_of(lambda: twist(FINE, treaty="required")) == "twist-edit"
    assert code_of(lambda: twist(FINE, rule_sets=CONTENT["rule_sets"])) == "twist-edit"
    assert code_of(lambda: twist(FINE, treaty="perhaps")) == "scenario-format"
    assert code_of(lambda: twist(FINE, steps=[])) == "scenario-format"
    assert code_of(lambda: twist(FINE, format="lotchain-scenario-twist/2")) == "version-unsupported"
    assert code_of(lambda: read_twist(BASE, BASE)) == "version-unsupported"


# What ships


@pytest.mark.parametrize("name", all_names())
def test_what_ships_is_named_as_its_file(name: str) -> None:
    read = script(name)
    assert read.name == name
    assert bool(read.edits) == bool(base_of(name))


@pytest.mark.parametrize("name", ["none", "theft--none", "none--loss-told-late", "--", "../scenarios/theft", ""])
def test_a_name_that_is_none(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        script(name)
    assert caught.value.code == "asset-unknown"
