"""Report files: vectors of cells, CSV and XLSX read back by other readers, no formula whatever texts are fed."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.unit.returns_story import HOSTILE, Watched, told
from tests.vectors_build import reports as builder

from lotchain.errors import LotchainError, UsageError
from lotchain.reports.sheet import as_xlsx
from lotchain.returns.choices import read_choices, read_form
from lotchain.returns.kinds import KINDS, kind_of_report
from lotchain.returns.table import DECIMAL, INTEGER, TEXT, Cell, Column, Log, Table, known, row, unknown
from lotchain.returns.weights import decimal_text
from lotchain.returns.writing import MAX_CELL, as_csv, as_json, fitted, guarded, places, printable

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors"
CASES = json.loads((VECTORS / "reports.json").read_text(encoding="utf-8"))["cases"]
LOG = Log("ledger.example/lots", "cd" * 32, 9, "ab" * 32, 1_790_000_000_123)
COLUMNS = (
    Column("text", "Text", TEXT, "O", "", "any"),
    Column("number", "Number", DECIMAL, "M", "K", "any"),
    Column("count", "Count", INTEGER, "O", "", "any"),
)
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def table(*cells: dict[str, Cell], columns: tuple[Column, ...] = COLUMNS) -> Table:
    rows = tuple(row(columns, each, years=(2026,)) for each in cells)
    statements = {index: f"{index:064x}" for each in rows for index in each.sources}
    return Table("form-d", "Title", columns, rows, (), (), LOG, {}, statements)


def texts(*values: str) -> Table:
    return table(*({"text": known(value, (3,)), "number": known("1")} for value in values))


def book(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))


@pytest.fixture(scope="module")
def story() -> Watched:
    return told()


# Vectors


@pytest.mark.parametrize("case", [case for case in CASES if "text" in case], ids=lambda case: case["name"])
def test_texts_become_what_the_vectors_say(case: dict[str, Any]) -> None:
    made = texts(case["text"])
    assert read_csv(as_csv(made))[1][0] == case["csv"]
    cell = book(as_xlsx(made))["rows"]["A2"]
    assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == (case["xlsx"], "s", case["quote_prefix"])


@pytest.mark.parametrize("case", [case for case in CASES if "amount" in case], ids=lambda case: case["name"])
def test_figures_become_what_the_vectors_say(case: dict[str, Any]) -> None:
    assert decimal_text(case["amount"]) == (case["quantity"], True)
    assert decimal_text(case["amount"] * Fraction(case["factor"])) == (case["base"], case["exact"])


@pytest.mark.parametrize("case", [case for case in CASES if not case["valid"]], ids=lambda case: case["name"])
def test_bad_requests_are_refused(case: dict[str, Any]) -> None:
    with pytest.raises(LotchainError) as caught:
        kind = kind_of_report(case["kind"])
        read_form(case["file"])
        read_choices(case["choices"], kind.choices)
    assert caught.value.code == case["code"]


def test_the_vectors_are_those_of_the_builder_and_most_are_refused() -> None:
    assert builder.build()["cases"] == CASES
    assert sum(not case["valid"] for case in CASES) > len(CASES) / 2


@pytest.mark.parametrize("name", [f"{kind}.{form}" for kind in KINDS for form in ("csv", "json")])
def test_the_whole_files_are_what_the_story_gives(story: Watched, name: str) -> None:
    kind, _, form = name.rpartition(".")
    made = story.report(kind)
    data = as_csv(made) if form == "csv" else as_json(made)
    assert data == (VECTORS / "reports" / name).read_bytes(), "run: python -m tests.vectors_build.reports"


def test_the_page_has_the_columns_of_the_code() -> None:
    page = builder.PAGE.read_text(encoding="utf-8")
    assert builder.with_columns(page) == page
    for name, kind in KINDS.items():
        assert f"| `{name}` |" in page and f"| {', '.join(kind.choices)} |" in page


# No formula


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("before", ["", " ", '"', "a; ", "a;", "a| ", ';"', "  \t"])
def test_no_text_becomes_a_formula(start: str, before: str) -> None:
    hostile = f"{before}{start}HYPERLINK(A1)"
    for line in as_csv(texts(hostile)).decode("utf-8").split("\r\n")[1:-1]:
        # As a program reads it that takes any of these for the separator, and drops quotation marks and white space.
        for separator in (",", ";", "|", "\t"):
            parts = [part.strip(' "\t') for part in line.split(separator)]
            assert not [part for part in parts if part.startswith(STARTS)], (line, separator)
    for sheet in book(as_xlsx(texts(hostile))):
        for cells in sheet.iter_rows():
            assert {cell.data_type for cell in cells if cell.value is not None} <= {"s", "n"}


@given(st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=40))
@example(["=1\x00", "\ud800=1", "_x0041__x0042_", "x"])
@settings(max_examples=25, deadline=None)
def test_any_text_stays_one_cell_and_a_text(values: list[str]) -> None:
    made = texts(*values)
    back = read_csv(as_csv(made))
    assert [len(line) for line in back] == [5] * (len(values) + 1)
    assert not [line[0] for line in back if line[0].lstrip(' "').startswith(STARTS)]
    for cells in book(as_xlsx(made))["rows"].iter_rows(min_row=2, max_col=1):
        assert cells[0].data_type == "s" and not re.search("_x[0-9A-Fa-f]{4}_", cells[0].value)
    told_ = as_json(made)
    assert told_.isascii()
    assert [each["cells"]["text"]["value"] for each in json.loads(told_)["rows"]] == values


@given(st.text(max_size=60))
@settings(max_examples=300, deadline=None)
def test_what_is_written_can_be_seen(value: str) -> None:
    shown = printable(value)
    assert shown.encode("utf-8") or not value
    assert not [char for char in shown if ord(char) < 32 or char in "\u202e\u200f\u2066\u061c\ufeff\u2028"]
    assert guarded(shown).replace("'", "") == shown.replace("'", "")


def test_the_sheets_xml_holds_no_formula(story: Watched) -> None:
    made = story.report("annual-balance")
    assert any(each.cells["holder_name"].value == HOSTILE for each in made.rows)
    with zipfile.ZipFile(io.BytesIO(as_xlsx(made))) as archive:
        for name in archive.namelist():
            part = archive.read(name)
            assert not re.search(rb"<f[ >/]", part) and b't="str"' not in part and b't="e"' not in part, name
            assert b"externalLink" not in part and b"ddeLink" not in part


# Length


def test_a_long_text_is_cut_where_it_says_so_and_whole_in_the_json() -> None:
    long = "x" * 40_000
    made = texts(long, "𝒳" * 20_000, "x" * MAX_CELL)
    for read in ([line[0] for line in read_csv(as_csv(made))[1:]],
                 [cells[0].value for cells in book(as_xlsx(made))["rows"].iter_rows(min_row=2)]):  # fmt: skip
        units = [len(text.encode("utf-16-le")) // 2 for text in read]
        assert units == [MAX_CELL, MAX_CELL - 1, MAX_CELL]  # a character of two units is not halved
        assert re.search(r" \[cut: 40000 characters, sha256:[0-9a-f]{64}\]$", read[0])
        assert "[cut: 20000 characters" in read[1] and "cut" not in read[2]
    assert json.loads(as_json(made))["rows"][0]["cells"]["text"]["value"] == long
    assert fitted("short") == "short"


# Numbers


def test_numbers_are_numbers_with_their_decimals_and_long_ones_texts() -> None:
    values = ("0.000", "-25.000", "1228.8", "0.1", "12345678901234.5", "123456789012345.6", "0.000000000819")
    made = table(*({"number": known(value, (1,)), "count": known(7)} for value in values))
    sheet = book(as_xlsx(made))["rows"]
    for place, value in enumerate(values, 2):
        cell = sheet.cell(place, 2)
        if value == "123456789012345.6":
            assert (cell.data_type, cell.value) == ("s", value)
        else:
            assert cell.data_type == "n" and Fraction(repr(cell.value)) == Fraction(value)
            assert cell.number_format == re.sub("[0-9]", "0", value.lstrip("-")).replace("00000000000000.", "0.").replace(
                "0000.", "0.").replace("00.", "0.")  # fmt: skip
    assert [line[1] for line in read_csv(as_csv(made))[1:]] == list(values)
    assert b",-25.000,7," in as_csv(made)


@pytest.mark.parametrize("value", ["1,5", "=1", "1e3", "NaN", " 1", "1.", "--1", "0x1"])
def test_what_is_no_number_is_never_written_bare(value: str) -> None:
    made = table({"number": known(value)})
    with pytest.raises(ValueError, match="number"):
        as_csv(made)
    with pytest.raises(ValueError, match="number"):
        as_xlsx(made)


# Missing


def test_missing_is_said_and_empty_is_empty() -> None:
    made = table({"text": known("undetermined"), "number": unknown("nobody weighed it", (4,))}, {})
    assert made.missing() == ("number",)
    first, second = read_csv(as_csv(made))[1:]
    assert first[:4] == ["'undetermined", "undetermined", "", "#4"] and second[:4] == ["", "undetermined", "", ""]
    told_ = json.loads(as_json(made))
    assert told_["rows"][0]["cells"]["number"] == {"undetermined": "nobody weighed it", "sources": [4]}
    assert told_["rows"][1]["cells"] == {
        "text": None, "number": {"undetermined": "the ledger does not hold it", "sources": []}, "count": None,
    }  # fmt: skip
    sheet = book(as_xlsx(made))["rows"]
    assert (sheet["A2"].value, sheet["B2"].value, sheet["C2"].value) == ("undetermined", "undetermined", None)


def test_a_row_holds_its_columns_and_no_other() -> None:
    with pytest.raises(KeyError):
        row(COLUMNS, {"other": known("x")}, years=())


# Traces


@pytest.mark.parametrize("kind", KINDS)
def test_every_figure_can_be_traced(story: Watched, kind: str) -> None:
    """Each number that somebody stated names entries of the log, and the workbook lists them one by one."""
    made = story.report(kind)
    document = json.loads(as_json(made))
    ids = {str(index): told_.reading.statement.hex_id for index, told_ in enumerate(story.told)}
    assert document["rows"] and document["statements"].items() <= ids.items()
    for each in document["rows"]:
        named = set()
        for key, cell in each["cells"].items():
            if cell is not None:
                named |= set(cell["sources"])
                column = next(column for column in made.columns if column.key == key)
                constant = key in ("factor", "year", "check", "opening", "containers_check") or "value" not in cell
                if column.type == DECIMAL and not constant and Fraction(cell["value"]):
                    assert cell["sources"], key
        assert named == set(each["sources"]) and named <= {int(index) for index in document["statements"]}
    listed = {tuple(str(cell.value) for cell in cells)
              for cells in book(as_xlsx(made))["sources"].iter_rows(min_row=2)}  # fmt: skip
    wanted = {
        (str(place), key, str(index), made.statements[index])
        for place, each in enumerate(made.rows, 2)
        for key, cell in each.cells.items()
        for index in cell.sources
    }
    assert listed == wanted


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_known_from_memory_is_marked(story: Watched, kind: str) -> None:
    made = story.report(kind)
    remembered = {column.key for column in made.columns if column.basis == "K"}
    marked = {key for note in made.notes if note.basis == "K" for key in note.columns}
    assert remembered <= marked
    about = {str(cells[0].value) for cells in book(as_xlsx(made))["about"].iter_rows()}
    assert ("note K" in about) is bool(remembered)


@pytest.mark.parametrize("kind", KINDS)
def test_a_unit_stands_beside_every_quantity(kind: str) -> None:
    keys = [column.key for column in KINDS[kind].columns]
    for column in KINDS[kind].columns:
        if column.type != DECIMAL or column.key == "factor":
            continue
        stem = column.key.removesuffix("_quantity").removesuffix("_base").removesuffix("_check")
        assert {"unit", f"{stem}_unit", "base_unit"} & set(keys), column.key
        assert stem in ("base", "quantity", "containers") or kind == "annual-balance" or f"{stem}_unit" in keys


def test_log_places_are_short() -> None:
    assert places([9, 4, 7, 8]) == "#4 #7..#9" and places([]) == "" and places([1, 2]) == "#1 #2"
    assert places(range(100_000)) == "#0..#99999"


# The workbook


def test_the_same_report_gives_the_same_bytes(story: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    first = as_xlsx(story.report("form-d"))
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert as_xlsx(story.report("form-d")) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
    properties = book(first).properties
    assert properties.created == properties.modified and properties.created.year == 2027


def test_an_empty_report_is_a_report() -> None:
    made = table()
    assert read_csv(as_csv(made)) == [["text", "number", "count", "sources", "ledger"]]
    assert [cell.value for cell in book(as_xlsx(made))["rows"][1]] == ["Text", "Number", "Count", "Sources", "Ledger"]
    assert json.loads(as_json(made))["rows"] == []


def test_without_the_extra_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(UsageError) as caught:
        as_xlsx(texts("x"))
    assert caught.value.code == "extra-missing" and "lotchain[reports]" in caught.value.remedy
    assert as_csv(texts("x")) and as_json(texts("x"))


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lotchain.reports.sheet.MAX_ROWS", 2)
    with pytest.raises(UsageError) as caught:
        as_xlsx(texts("a", "b", "c"))
    assert caught.value.code == "report-too-large"
