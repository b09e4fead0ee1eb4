"""Threat row 43, a CSV formula: a text that a spreadsheet would calculate when somebody opens a report.

Every text cell is guarded, whatever separator the program takes; numbers stand by the column's type, and a negative one
stays a number. JSON, for machines, keeps the text as it was signed.
"""

from __future__ import annotations

import csv
import io
import json

import pytest

from lotchain.returns.table import DECIMAL, TEXT, Column, Log, Table, known, row
from lotchain.returns.writing import as_csv, as_json

LOG = Log("ledger.example/lots", "cd" * 32, 9, "ab" * 32, 1_790_000_000_123)
COLUMNS = (Column("text", "Text", TEXT, "O", "", "any"), Column("number", "Number", DECIMAL, "M", "K", "any"))
FORMULAS = (
    '=HYPERLINK("http://x.example")',
    "@SUM(1)",
    "\t=1",
    "-2+3",
    "+1",
    "\r=1",
    "\n=1",
    "＝1",
    "－2",
    "＋1",
    "＠x",
)


def reported(text: str, number: str = "-0.5") -> Table:
    """A report of one row."""
    cells = row(COLUMNS, {"text": known(text, (3,)), "number": known(number)}, years=(2026,))
    return Table("form-d", "Title", COLUMNS, (cells,), (), (), LOG, {}, {3: f"{3:064x}"})


def cells(text: str) -> list[str]:
    """The row's cells as a reader of CSV has them."""
    return list(csv.reader(io.StringIO(as_csv(reported(text)).decode("utf-8"), newline=""), strict=True))[1]


@pytest.mark.parametrize("text", [*FORMULAS, *(f" {text}" for text in FORMULAS), *(f'"{text}' for text in FORMULAS)])
def test_a_text_is_never_calculated(text: str) -> None:
    first = cells(text)[0].lstrip(' "')
    # A control character is written out, so that the text begins with a bracket.
    assert first.startswith(("'", "[U+00")), f"{text!r} became {first!r}"


def test_a_negative_number_is_a_number_and_an_ordinary_text_is_left_alone() -> None:
    assert cells("Handelshaus Ω = 3")[:2] == ["Handelshaus Ω = 3", "-0.5"]


@pytest.mark.parametrize("text", FORMULAS)
def test_machines_get_what_was_signed(text: str) -> None:
    assert json.loads(as_json(reported(text)))["rows"][0]["cells"]["text"]["value"] == text
