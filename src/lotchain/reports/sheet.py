"""Reports as XLSX: texts typed as texts, whatever they begin with; no cell is ever a formula.

Sheets: the rows · what the columns mean · which statement each figure was made from · what the report is. The same
report gives the same bytes, with the same library. By the extra `reports` (openpyxl).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from lotchain.core.instants import format_instant
from lotchain.errors import UsageError
from lotchain.reports.extras import extra
from lotchain.returns.table import BASES, NEEDS, UNDETERMINED, Cell, Column, Table
from lotchain.returns.writing import CAVEAT, LEDGER, SOURCES, fitted, is_number, number, places, printable, risky

ROWS, COLUMNS, FIGURES, ABOUT = "rows", "columns", "sources", "about"
"""Names of the sheets."""
MAX_ROWS: Final = 1_000_000
"""Rows of one sheet; the format ends at 1,048,576."""
MAX_DIGITS: Final = 15
"""Digits that a spreadsheet keeps of a number; a longer one is written as text."""
_ESCAPE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_STAMP: Final = (1980, 1, 1, 0, 0, 0)
_WIDEST: Final = 60


def as_xlsx(table: Table) -> bytes:
    """The workbook.

    Raises:
        UsageError: `extra-missing`; `report-too-large`, for more rows than a sheet holds.

    """
    if len(table.rows) > MAX_ROWS:
        raise UsageError(
            "report-too-large", "a sheet does not hold so many rows", expected=f"at most {MAX_ROWS}",
            found=len(table.rows), remedy="choose fewer (--year, --country), or write .csv or .json",
        )  # fmt: skip
    openpyxl, lines = extra("openpyxl"), list(_rows(table))
    book = openpyxl.Workbook(write_only=True)
    _sheet(book, ROWS, (*(column.title for column in table.columns), "Sources", "Ledger"), lines, table.columns)
    _sheet(book, COLUMNS, ("Key", "Title", "Type", "Need", "Basis", "Meaning"), _columns(table))
    _sheet(book, FIGURES, ("Row", "Column", "Entry", "Statement"), _figures(table))
    _sheet(book, ABOUT, ("What", "Says"), _about(table))
    book.properties.creator = "lotchain"
    book.properties.title = printable(table.title)
    out = io.BytesIO()
    book.save(out)
    return _settled(out.getvalue(), format_instant(table.log.time // 1_000 * 1_000))


def _sheet(
    book: Any, name: str, titles: Iterable[str], lines: Iterable[Iterable[Any]], columns: Iterable[Column] = ()
) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    styles, letter = extra("openpyxl.styles"), extra("openpyxl.utils").get_column_letter
    for place, column in enumerate(columns, 1):
        sheet.column_dimensions[letter(place)].width = min(_WIDEST, max(12, len(column.title) + 2))
    heads = []
    for title in titles:
        head = _text(sheet, title)
        head.font = styles.Font(bold=True)
        heads.append(head)
    sheet.append(heads)
    for line in lines:
        sheet.append([_cell(sheet, value) for value in line])


def _rows(table: Table) -> Iterator[list[Any]]:
    for row in table.rows:
        line = [_value(column, row.cells[column.key]) for column in table.columns]
        yield [*line, places(row.sources), table.log.name]


def _value(column: Column, cell: Cell) -> Any:
    """A text, a number as Decimal, or None; a number that a spreadsheet would round stays a text."""
    if cell.undetermined:
        return UNDETERMINED
    if cell.value is None or not is_number(column):
        return cell.value
    value = number(column, cell.value)
    return Decimal(value) if len(value.strip("-").replace(".", "").lstrip("0")) <= MAX_DIGITS else value


def _columns(table: Table) -> Iterator[list[str]]:
    for column in table.columns:
        yield [column.key, column.title, column.type, NEEDS[column.need], BASES[column.basis], column.means]
    yield [SOURCES, "Sources", "text", NEEDS["D"], BASES[""], "log indexes of the statements behind the row"]
    yield [LEDGER, "Ledger", "text", NEEDS["D"], BASES[""], "origin#charter@entries: what the indexes are indexes of"]


def _figures(table: Table) -> Iterator[list[Any]]:
    """One line for each statement behind each figure; rows are counted as the sheet shows them, from 2."""
    left = MAX_ROWS
    for place, row in enumerate(table.rows, 2):
        for column in table.columns:
            for index in row.cells[column.key].sources:
                if not left:
                    yield [None, "more do not fit: the JSON form has them all", None, None]
                    return
                left -= 1
                yield [Decimal(place), column.key, Decimal(index), table.statements[index]]


def _about(table: Table) -> Iterator[tuple[str, str]]:
    yield "report", f"{table.kind}: {table.title}"
    yield "caveat", CAVEAT
    yield "ledger", table.log.name
    yield "root", table.log.root
    yield "as of", format_instant(table.log.time)
    yield from table.asked.items()
    yield UNDETERMINED, ", ".join(table.missing()) or "nothing"
    for note in table.notes:
        yield f"note {note.basis}".strip(), f"{', '.join(note.columns) or 'all columns'}: {note.text}"
    for told in table.faults:
        yield "does not add up", told


def _cell(sheet: Any, value: Any) -> Any:
    if not isinstance(value, Decimal):
        return _text(sheet, "" if value is None else value)
    cell = extra("openpyxl.cell").WriteOnlyCell(sheet, value)
    decimals = -int(value.as_tuple().exponent)
    cell.number_format = f"0.{'0' * decimals}" if decimals > 0 else "0"
    return cell


def _text(sheet: Any, text: str) -> Any:
    """A cell of type text, also where it looks like a formula, an error or a number; an empty one has no type."""
    if not text:
        return None
    shown = fitted(_ESCAPE.sub("[U+005F]", printable(text)))
    cell = extra("openpyxl.cell").WriteOnlyCell(sheet, shown)
    cell.data_type = "s"
    if risky(shown):
        cell.quotePrefix = True  # so that it stays a text when somebody edits it
    return cell


def _settled(data: bytes, moment: str) -> bytes:
    """The workbook without the clock of whoever made it: the moment that it speaks of stands in its properties."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            part = given.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + moment.encode(), part)
            made.writestr(zipfile.ZipInfo(name, _STAMP), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
