"""Reports as JSON and CSV, and what a text becomes in a cell that a spreadsheet reads.

The JSON is the report itself, text for text. In cells nothing steers a terminal, changes the direction of what stands
beside it, is cut in silence, or is read as a formula. Byte for byte: `specs/formats/reports.md`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from typing import Any, Final

from lotchain.core.codepoints import is_refused
from lotchain.core.instants import format_instant
from lotchain.returns.table import DECIMAL, FORMAT, INTEGER, UNDETERMINED, Cell, Column, Row, Table

CAVEAT: Final = (
    "Made from a ledger's own log, every statement judged anew. It is no verdict: whoever doubts a figure asks for the "
    "bundle of the lot. The ledger holds no addresses; what the document asks for and the ledger does not know is "
    "undetermined."
)
MAX_CELL: Final = 32_000
"""UTF-16 code units of the longest text in a CSV or XLSX cell; spreadsheets lose what is beyond 32,767."""
SOURCES, LEDGER = "sources", "ledger"
"""The two columns that end every row of a CSV or XLSX."""
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_SIGNS: Final = "=+@＝＋－＠-"
_RISKY: Final = re.compile(rf"(^|[;|])(?=[\s\"]*[{_SIGNS}])")


def printable(text: str) -> str:
    """A text of which everything can be seen: what cannot is written as its code point, `[U+202E]`.

    Controls (line breaks, tabs), marks of direction and other format characters, surrogates, private and unassigned
    code points: those that texts on the ledger may not hold (`core.codepoints`).
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(f"[U+{ord(char):04X}]" if is_refused(ord(char)) else char for char in text)


def fitted(text: str) -> str:
    """A printable text that fits a cell; one that is cut says so, and bears the SHA-256 of the whole in UTF-8."""
    if _units(text) <= MAX_CELL:
        return text
    mark = f" [cut: {len(text)} characters, sha256:{hashlib.sha256(text.encode('utf-8')).hexdigest()}]"
    room, kept = MAX_CELL - len(mark), []
    for char in text:
        room -= _units(char)
        if room < 0:
            break
        kept.append(char)
    return "".join(kept) + mark


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text) + sum(ord(char) > 0xFFFF for char in text)


def risky(text: str) -> bool:
    """Whether a spreadsheet might read the text, or what follows a `;` or `|` in it, as a formula."""
    return _RISKY.search(text) is not None


def guarded(text: str) -> str:
    """A text as a CSV field's content.

    An apostrophe stands before what could begin a formula: at the start, and after each `;` or `|`, which some
    programs take for separators. One more stands before a text that begins with an apostrophe, or is the word
    `undetermined` itself.
    """
    own = text == UNDETERMINED or text.startswith("'")
    return f"'{text}" if own else _RISKY.sub(r"\1'", text)


def number(column: Column, value: str) -> str:
    """A number as it stands.

    Raises:
        ValueError: it is none: a fault of the row's maker, never of the input.

    """
    if _NUMBER.fullmatch(value) is None:
        raise ValueError(f"{column.key} holds no number")
    return value


def is_number(column: Column) -> bool:
    """Whether the column holds numbers."""
    return column.type in (DECIMAL, INTEGER)


def places(indexes: Iterable[int]) -> str:
    """Log indexes as one text, runs of three or more shortened: `#4 #7..#9`."""
    runs: list[list[int]] = []
    for index in sorted(indexes):
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    parts = []
    for first, last in runs:
        if last - first >= 2:
            parts.append(f"#{first}..#{last}")
        else:
            parts += [f"#{index}" for index in range(first, last + 1)]
    return " ".join(parts)


def as_csv(table: Table) -> bytes:
    """RFC 4180 in UTF-8 without a mark: a line of keys, then the rows; texts quoted, numbers and empty fields bare."""
    lines = [",".join(_quoted(key) for key in (*(column.key for column in table.columns), SOURCES, LEDGER))]
    for row in table.rows:
        fields = [_field(column, row.cells[column.key]) for column in table.columns]
        fields += [_text_field(places(row.sources)), _text_field(table.log.name)]
        lines.append(",".join(fields))
    return ("\r\n".join(lines) + "\r\n").encode("utf-8")


def _field(column: Column, cell: Cell) -> str:
    if cell.undetermined:
        return _quoted(UNDETERMINED)
    if cell.value is None:
        return ""
    return number(column, cell.value) if is_number(column) else _text_field(cell.value)


def _text_field(text: str) -> str:
    return _quoted(fitted(guarded(printable(text)))) if text else ""


def _quoted(text: str) -> str:
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def as_json(table: Table) -> bytes:
    """The whole report: one JSON document in ASCII."""
    return (json.dumps(document(table), indent=1, ensure_ascii=True) + "\n").encode("ascii")


def document(table: Table) -> dict[str, Any]:
    """The report as JSON members."""
    return {
        "format": FORMAT,
        "kind": table.kind,
        "title": table.title,
        "caveat": CAVEAT,
        "log": {**table.log._asdict(), "time": format_instant(table.log.time)},
        "asked": dict(table.asked),
        "columns": [column._asdict() for column in table.columns],
        "rows": [_row(row) for row in table.rows],
        "undetermined": list(table.missing()),
        "notes": [{**note._asdict(), "columns": list(note.columns)} for note in table.notes],
        "faults": list(table.faults),
        "statements": {str(index): table.statements[index] for index in sorted(table.statements)},
    }


def _row(row: Row) -> dict[str, Any]:
    return {"cells": {key: _cell(cell) for key, cell in row.cells.items()}, "sources": list(row.sources)}


def _cell(cell: Cell) -> dict[str, Any] | None:
    if cell.undetermined:
        return {UNDETERMINED: cell.how, "sources": list(cell.sources)}
    if cell.value is None:
        return None
    told: dict[str, Any] = {"value": cell.value, "sources": list(cell.sources)}
    return {**told, "how": cell.how} if cell.how else told
