"""Every scenario and every twist, played through a ledger in memory: words, answers, codes, refusals, permits.

In a folder, with witnesses that replay, the scenarios themselves are played in tests/unit/test_demo.py.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest
from tests.show.stage import play, scenario, stage_of, until

from lotchain.app.scenario.library import all_names, scenario_names, script
from lotchain.app.scenario.play import Outcome, Played, WentWrong
from lotchain.cli.entry import main

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


@lru_cache(maxsize=64)
def played(name: str) -> Played:
    stage = stage_of(script(name))
    return stage.player.play()


def outcome(name: str, check: str) -> Outcome:
    (found,) = [o for o in played(name).outcomes if o.check.name == check]
    return found


@pytest.mark.parametrize("name", all_names())
def test_what_must_come_of_it(name: str) -> None:
    told = played(name)
    assert {o.check.name: (o.differences, o.verdict.word, dict(o.verdict.answers.rows())) for o in told.outcomes
            if not o.as_expected} == {}  # fmt: skip
    assert [m for m in told.met if not m.as_expected] == []
    assert told.outcomes, "a scenario without a verdict shows nothing"


@pytest.mark.parametrize("name", all_names())
def test_a_fail_or_hold_says_why(name: str) -> None:
    """And CLEAR has no finding that weighs."""
    assert script(name).treaty == "required"
    for o in played(name).outcomes:
        worst = {f.kind.weight.name for f in o.verdict.findings}
        if o.verdict.word == "CLEAR":
            assert worst <= {"NOTE"}, o.check.name
        else:
            assert o.check.codes, f"{o.check.name}: no code is expected"


@pytest.mark.parametrize("name", [name for name in all_names() if name not in scenario_names()])
def test_a_twist_is_other_than_its_scenario(name: str) -> None:
    """Its verdicts, or what was refused, are not all those of the scenario itself."""

    def told(which: str) -> set[tuple[str, str, tuple[str, ...]]]:
        verdicts = {
            (o.check.lot, o.verdict.word, tuple(f.code for f in o.verdict.findings)) for o in played(which).outcomes
        }
        return verdicts | {(m.kind, m.subject, (m.found,)) for m in played(which).met}

    assert told(name) != told(name.partition("--")[0])


def test_the_list_names_them_all_and_so_does_the_page() -> None:
    assert len(scenario_names()) == 6
    page = (FIXTURES / "README.md").read_text(encoding="utf-8")
    missing = [name for name in all_names() if f"`{name}`" not in page]
    assert missing == [], "fixtures/README.md holds a table of every scenario and twist"


def test_the_command_lists_scenarios_and_twists(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--list"]) == 0
    out = capsys.readouterr().out
    for name in all_names():
        assert f"{name} " in out


def test_the_command_plays_a_twist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", str(tmp_path / "demo"), "--scenario", "piperidone--nineteen-called-500"]) == 0
    out = capsys.readouterr().out
    assert "reply-contradicts-itself" in out
    assert "accepted is the figure of the papers" in out


# What the six are about, figure by figure


def test_the_difference_of_scenario_one_is_one_drum() -> None:
    state = outcome("piperidone", "open-difference").verdict.state
    assert state is not None
    (difference,) = state["differences"].values()
    assert difference["amount"] == 25 * 10**9
    assert state["gone"] == {"0013": "missing"}


def test_the_tank_balances_to_the_hundred_grams() -> None:
    accounts = outcome("acetic-anhydride", "delivered").verdict.as_json()["accounts"]
    state = outcome("acetic-anhydride", "delivered").verdict.state
    assert state is not None
    assert accounts["held"].startswith("21548.5")
    assert accounts["transferred"].startswith("41.0")
    assert accounts["sampled"].startswith("0.5")
    assert sorted(d["amount"] for d in state["differences"].values()) == [10 * 10**9, 10 * 10**9], (
        "the scale's and the receiver's figure each stay their own"
    )


def test_base_and_salt() -> None:
    found = next(
        f for f in outcome("pseudoephedrine", "quota-exceeded").verdict.findings if f.code == "permit-overdrawn"
    )
    assert "800" in found.expected
    assert "819.2" in found.found


def test_588_kilograms_are_unexplained() -> None:
    state = outcome("paracetamol--low-yield", "unexplained").verdict.state
    assert state is not None
    (difference,) = state["differences"].values()
    assert round(difference["amount"] / 10**9, 1) == 588.0


def test_nothing_is_both_delivered_and_returned() -> None:
    refused = outcome("refused-delivery", "refused-all").verdict.state
    assert refused is not None
    assert refused["custodian"] == "party:NL-ROAD-88"
    assert refused["delivered"] is False


def test_stolen_serials_stay_with_the_lot() -> None:
    state = outcome("theft", "rest-delivered").verdict.state
    assert state is not None
    assert {serial for serial, why in state["gone"].items() if why == "stolen"} == {f"{i:04}" for i in range(7, 13)}
    assert state["accounts"]["lost"] == 1020 * 10**9
    assert state["accounts"]["held"] == 3060 * 10**9


# That a check can fail


def test_a_check_that_is_not_met_is_told() -> None:
    content = scenario("theft")
    for part in content["steps"]:
        if part["as"] == "theft-alert":
            part["alerts"].update(codes=["t05-losses-one-carrier"], without=["t05-theft-reported"])
        if part["as"] == "rest-delivered":
            part["verdict"].update(
                word="FAIL", codes=["seal-changed"], without=["theft-reported"],
                answers={"chain": "broken", "goods": "not compared"}, examined=["lot:US-HOU-410/OTHER"],
            )  # fmt: skip
    content["steps"] += [
        {"at": "2026-11-20T00:00:00Z", "as": "a", "due": {"items": {"us-08-loss": "overdue"}, "why": "w"}},
        {"at": "2026-11-20T00:00:00Z", "as": "b",
         "permit": {"permit": "permit:US-CNA-01/1", "status": "in-force", "why": "w"}},
    ]  # fmt: skip
    told = play(content).played
    (wrong,) = [o for o in told.outcomes if not o.as_expected]
    assert wrong.differences == (
        "CLEAR, not FAIL", "no seal-changed", "theft-reported", "chain is unbroken, not broken",
        "lot:US-HOU-410/OTHER not examined",
    )  # fmt: skip
    assert {(m.kind, m.expected, m.found) for m in told.met if not m.as_expected} == {
        ("alerts", "t05-losses-one-carrier", "t05-theft-reported"),
        ("due", "us-08-loss overdue", "none of them"),
        ("permit", "in-force, nothing drawn", "no such permit"),
    }


@pytest.mark.parametrize("refused", ["not-receiver", ""])
def test_a_ledger_that_answers_otherwise_is_told(refused: str) -> None:
    """Accepted where a refusal is expected; refused where none is."""
    content = until(scenario("theft"), "on-truck")
    step = content["steps"][-1]
    if refused:
        step["refused"] = refused
    else:
        content["steps"].append({**step, "as": "again", "at": "2026-11-01T14:00:00Z"})
    with pytest.raises(WentWrong) as caught:
        play(content)
    assert caught.value.code == "scenario-differs"
