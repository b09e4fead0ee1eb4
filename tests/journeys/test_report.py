"""Report files from the command line: three forms of one report, faults told, nothing overwritten."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from tests.journeys.stage import LOT, Stage
from tests.unit.ledgers import tamper

KINDS = (
    "pre-export-notification", "form-d", "end-use-declaration", "dea-486", "annual-balance", "pics-draft",
)  # fmt: skip


@pytest.fixture
def robbed(stage: Stage) -> Stage:
    """A lot of 500 kg, of which 25 were stolen."""
    made = stage.register()
    stage.do(
        "lot", "lose", LOT, "25 kg", "--kind", "stolen", "--place", "CNTZU+08:00",
        "--reference", "POL 1", by="maker",
    )  # fmt: skip
    assert made["accepted"]
    return stage


def test_the_list_names_every_kind(stage: Stage) -> None:
    told = stage.json("report", "list")
    assert [kind["kind"] for kind in told["reports"]] == list(KINDS)
    assert all(column["means"] for kind in told["reports"] for column in kind["columns"])
    text = stage.run("report", "list").out
    assert all(f"{kind}  " in text for kind in KINDS) and "known from memory alone" in text


@pytest.mark.parametrize("kind", KINDS)
def test_three_forms_hold_the_same_rows(robbed: Stage, kind: str) -> None:
    made = {}
    for form in ("csv", "json", "xlsx"):
        told = robbed.json("report", kind, str(robbed.ledger), "--out", robbed.at(f"report.{form}"))
        made[form] = told["rows"]
        assert told["form"] == form and told["faults"] == []
    rows = list(csv.reader(io.StringIO(Path(robbed.at("report.csv")).read_text(encoding="utf-8"), newline="")))
    document = json.loads(Path(robbed.at("report.json")).read_text(encoding="ascii"))
    sheet = openpyxl.load_workbook(robbed.at("report.xlsx"))["rows"]
    assert len(set(made.values())) == 1
    assert made["csv"] == len(rows) - 1 == len(document["rows"]) == sheet.max_row - 1
    newest = robbed.status()["newest"].split(":")
    assert [str(document["log"]["size"]), document["log"]["root"]] == newest


def test_a_theft_stands_in_form_d_and_in_the_balance(robbed: Stage) -> None:
    told = robbed.run("report", "form-d", str(robbed.ledger), "--country", "CN", "--out", robbed.at("d.json"))
    assert "Form D rows, 1 row" in told.out and "method" in told.out and "from memory alone" in told.out
    cells = json.loads(Path(robbed.at("d.json")).read_text())["rows"][0]["cells"]
    assert (cells["part"]["value"], cells["quantity"]["value"], cells["reference"]["value"]) == (
        "theft", "25.000", "POL 1",
    )  # fmt: skip
    robbed.run("report", "annual-balance", str(robbed.ledger), "--out", robbed.at("b.csv"))
    (row,) = csv.DictReader(io.StringIO(Path(robbed.at("b.csv")).read_text(), newline=""))
    assert [row[key] for key in ("made", "lost", "closing", "check")] == ["500.000", "25.000", "475.000", "0.000"]
    nothing = robbed.json("report", "form-d", str(robbed.ledger), "--country", "MX", "--out", robbed.at("none.csv"))
    assert nothing["rows"] == 0


@pytest.mark.parametrize(("args", "code"), [
    (("form-d", "--out", "d.xls"), "report-form"),
    (("form-d", "--out", "d.csv", "--year", "26"), "year-format"),
    (("form-d", "--out", "d.csv", "--country", "Mexico"), "country-format"),
    (("form-d", "--out", "d.csv", "--lot", "lot:CN-MAKER/TYPO"), "subject-unknown"),
    (("form-d", "--out", "d.csv", "--lot", "lot:CN-MAKER"), "id-format"),
    (("annual-balance", "--out", "d.csv", "--lot", LOT), "usage"),
    (("form-e", "--out", "d.csv"), "usage"),
    (("form-d",), "usage"),
])  # fmt: skip
def test_faults_are_told_and_no_file_is_left(robbed: Stage, args: tuple[str, ...], code: str) -> None:
    kind, *more = args
    more = [robbed.at(word) if word.startswith("d.") else word for word in more]
    told = robbed.json("report", kind, str(robbed.ledger), *more, code=2)
    assert told["error"]["code"] == code
    assert not list(robbed.path.glob("d.*"))


def test_a_file_is_not_overwritten_and_no_ledger_is_no_report(robbed: Stage) -> None:
    Path(robbed.at("mine.csv")).write_text("mine")
    told = robbed.json("report", "form-d", str(robbed.ledger), "--out", robbed.at("mine.csv"), code=2)
    assert told["error"]["code"] == "output-exists" and Path(robbed.at("mine.csv")).read_text() == "mine"
    told = robbed.json("report", "form-d", robbed.at("nowhere"), "--out", robbed.at("d.csv"), code=2)
    assert told["error"]["code"] == "ledger-missing"


def test_a_ledger_whose_log_was_tampered_with_gives_no_report(robbed: Stage) -> None:
    """A byte of the theft's signature, changed behind the ledger's back: nothing is concluded from such a log."""
    flip = "UPDATE entries SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'ff' AS BLOB) WHERE log_index = ?"
    last = int(robbed.status()["newest"].split(":")[0]) - 2
    assert tamper(robbed.ledger / "ledger.db", flip, last) == 1
    told = robbed.json("report", "form-d", str(robbed.ledger), "--out", robbed.at("d.csv"), code=4)
    assert told["error"]["code"] == "log-unsound" and not Path(robbed.at("d.csv")).exists()
