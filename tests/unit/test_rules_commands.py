"""`lotchain rules …`, as typed: what is listed, how a rule is explained, where a hand-made file is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lotchain.cli.entry import main
from lotchain.rules.rule import JURISDICTIONS

RULES = Path(__file__).resolve().parents[2] / "specs" / "rules"


def run(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[int, str, str]:
    code = main(["rules", *args])
    told = capsys.readouterr()
    return code, told.out, told.err


def made(folder: Path, change: Any) -> str:
    """Mexico's rules with a change by hand, as a file."""
    value = json.loads((RULES / "mx.json").read_bytes())
    change(value)
    path = folder / "mine.json"
    path.write_text(json.dumps(value, indent=2), encoding="utf-8")
    return str(path)


def test_the_overview_names_every_set_its_confidence_and_its_digest(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show")
    assert code == 0 and all(f"{name}  " in out for name in JURISDICTIONS)
    assert "not examined" in out and " K)" in out
    value = json.loads(run(capsys, "show", "--json")[1])
    assert [len(one["digest"]) for one in value["sets"]] == [64] * len(JURISDICTIONS)


def test_a_set_lists_its_rules_and_what_is_not_examined(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show", "us", "--event", "loss")
    assert code == 0 and "us-08-loss  [P, breach]  loss" in out and "us-07" not in out
    assert "US-03 [V]" in out and "known only from memory" in out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("show", "XX"), "usage"), (("show", "US", "--event", "theft"), "event-unknown"), (("explain", "us-77"), "rule-unknown"),
        (("explain", "zz-77"), "rule-unknown"), (("explain", ""), "rule-unknown"), (("check", "missing.json"), "input-missing"),
        (("explain", "us-08-loss", "--facts", "missing.json"), "input-missing"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told(capsys: pytest.CaptureFixture[str], args: tuple[str, ...], code: str) -> None:
    status, _, err = run(capsys, *args)
    assert status == 2 and f"lotchain: {code}:" in err


def test_a_rule_is_explained_as_a_tree_with_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stated = tmp_path / "facts.json"
    stated.write_text(
        '{"export_regimes": ["CN", "UN"], "substance_class:UN": ["table-i"], "pen_demanded": true,'
        ' "exported_at": "2026-11-10T08:00:00Z", "pen_state": "none", "pen_sent_at": null}'
    )
    code, out, _ = run(capsys, "explain", "un-07-notice", "--facts", str(stated))
    assert code == 0
    assert "yes export_regimes [{CN, UN}] contains UN" in out
    assert "NO  pen_sent_at [absent] present" in out
    assert "?   pen_sent_at [absent] before exported_at [2026-11-10T08:00:00Z]" in out
    assert "breach (fails)" in out and "article 12(10)(a)" in out and "V: read in its source" in out
    value = json.loads(run(capsys, "explain", "un-07-notice", "--facts", str(stated), "--json")[1])
    assert value["result"]["outcome"] == "breach" and value["requires"]["value"] == "false"


def test_a_rule_is_explained_without_facts_by_what_it_asks(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "explain", "mx-04-merma")
    assert code == 0 and "loss_ceiling" in out and "merma máxima" in out and "?   any" in out


def test_missing_facts_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stated = tmp_path / "facts.json"
    stated.write_text('{"place_regimes": ["MX"], "substance_class:MX": ["precursor-quimico"]}')
    out = run(capsys, "explain", "mx-04-merma", "--facts", str(stated))[1]
    assert "undetermined (facts-missing)" in out and "loss_quantity, loss_ceiling, loss_reported" in out


@pytest.mark.parametrize(
    ("text", "code"),
    [('{"loss_quantty": 1}', "rule-fact"), ('{"loss_quantity": "1 kg"}', "fact-value"), ("[1]", "facts-format"), ("{", "json-malformed")],
)  # fmt: skip
def test_facts_that_are_wrong_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: str
) -> None:
    stated = tmp_path / "facts.json"
    stated.write_text(text)
    status, _, err = run(capsys, "explain", "mx-04-merma", "--facts", str(stated))
    assert status == 2 and code in err


@pytest.mark.parametrize("name", JURISDICTIONS)
def test_check_passes_what_ships(capsys: pytest.CaptureFixture[str], name: str) -> None:
    code, out, _ = run(capsys, "check", str(RULES / f"{name.lower()}.json"))
    assert code == 0 and out.startswith("sound: ")


def test_check_says_what_is_wrong_and_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def change(value: Any) -> None:
        value["rules"][0]["requires"]["of"][1]["other"] = "ocurred_at"
        value["rules"][1]["requires"]["of"][0]["op"] = "less-than"
        del value["rules"][1]["source"]

    code, out, _ = run(capsys, "check", made(tmp_path, change))
    assert code == 1 and out.rstrip().endswith("not sound: 3 faults")
    assert "rules[0].requires.of[1].other: rule-fact: this fact is not declared" in out and "ocurred_at" in out
    assert "rules[1].requires.of[0].op: rule-operator: this operator does not exist" in out and "within-hours" in out
    assert "rules[1].source: rule-source: this rule has no source" in out


def test_check_runs_the_cases(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def change(value: Any) -> None:
        value["rules"][0]["requires"]["of"][1]["hours"] = 48

    code, out, _ = run(capsys, "check", made(tmp_path, change), "--json")
    told = json.loads(out)
    assert code == 1 and told["sound"] is False
    assert [(fault["code"], fault["field"]) for fault in told["faults"]] == [("rule-case-wrong", "rules[0].cases[1]")]


def test_a_rule_of_an_own_file_is_explained(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mine = made(tmp_path, lambda value: value["rules"][0].update(id="mx-88-mine"))
    assert run(capsys, "explain", "mx-88-mine", "--rules", mine)[0] == 0
    assert run(capsys, "explain", "mx-88-mine")[0] == 2
