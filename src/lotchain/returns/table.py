"""A report as a value: columns, rows and cells; each figure with the places in the log that it was made from.

What a document makes mandatory and the ledger does not know is *undetermined*, with the reason: never left empty, never
filled by a guess. What is optional and not stated is empty. Byte for byte: `specs/formats/reports.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

FORMAT: Final = "lotchain-report/1"
UNDETERMINED: Final = "undetermined"
TEXT, DECIMAL, INTEGER, INSTANT = "text", "decimal", "integer", "instant"
NEEDS: Final = {
    "M": "mandatory on the document",
    "C": "conditional on the document",
    "O": "optional on the document",
    "D": "worked out from the ledger, on no document",
}
BASES: Final = {
    "V": "the document or its law was read",
    "P": "read in part",
    "K": "the document's fields are known from memory alone: compare with the form itself",
    "": "no field of a document",
}


class Column(NamedTuple):
    """One column.

    Attributes:
        key: its name, for machines.
        title: for people.
        type: `text`, `decimal` (exact, `-?[0-9]+(.[0-9]+)?`), `integer` or `instant` (UTC).
        need: of `NEEDS`.
        basis: of `BASES`: how well it is known that the document has this field.
        means: what stands in it.

    """

    key: str
    title: str
    type: str
    need: str
    basis: str
    means: str


class Cell(NamedTuple):
    """One figure, and where it comes from.

    Attributes:
        value: as text; None: not there.
        sources: log indexes of the statements that it was made from, ascending.
        undetermined: it should be there and is not known; `how` says why.
        how: how it was worked out, or why it is not known; empty where it stands in a statement as it is.

    """

    value: str | None
    sources: tuple[int, ...] = ()
    undetermined: bool = False
    how: str = ""


NOTHING: Final = Cell(None)
"""Optional, and not stated."""
_NOT_HELD: Final = "the ledger does not hold it"


class Row(NamedTuple):
    """One row, and what it is about: by this the rows of a report are chosen.

    Attributes:
        cells: column key → cell, every column once, in the order of the columns.
        years: calendar years that it belongs to.
        countries: ISO 3166 codes that it concerns.
        subjects: ids of lots, consignments and permits that it concerns.

    """

    cells: Mapping[str, Cell]
    years: frozenset[int]
    countries: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()

    @property
    def sources(self) -> tuple[int, ...]:
        """Log indexes of everything that the row was made from."""
        return tuple(sorted({index for cell in self.cells.values() for index in cell.sources}))


class Note(NamedTuple):
    """What to know of some columns: a basis, a caveat."""

    columns: tuple[str, ...]
    basis: str
    text: str


class Log(NamedTuple):
    """The log that a report was made from.

    Attributes:
        origin: its name.
        charter: hex id of the charter's statement.
        size: entries read, closing records included.
        root: the tree's root over them, hex.
        time: closing time of the newest batch, ms.

    """

    origin: str
    charter: str
    size: int
    root: str
    time: int

    @property
    def name(self) -> str:
        """What a log index is an index of: `origin#charter@size`."""
        return f"{self.origin}#{self.charter}@{self.size}"


class Table(NamedTuple):
    """One report.

    Attributes:
        kind: of `returns.kinds`.
        title: for people.
        columns: in order.
        rows: in order.
        notes: on columns and rows.
        faults: what does not add up, one sentence each; empty: everything does.
        log: where it comes from.
        asked: the choices that made these rows, by name.
        statements: log index → hex id, of every statement named in a row.

    """

    kind: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[Note, ...]
    faults: tuple[str, ...]
    log: Log
    asked: Mapping[str, str]
    statements: Mapping[int, str]

    def missing(self) -> tuple[str, ...]:
        """Keys of the columns in which something is undetermined, in their order."""
        return tuple(
            column.key for column in self.columns if any(row.cells[column.key].undetermined for row in self.rows)
        )


def known(value: object, sources: Iterable[int] = (), how: str = "") -> Cell:
    """A cell that holds something; an empty text is nothing."""
    text = str(value)
    return Cell(text, tuple(sorted(set(sources))), False, how) if text else NOTHING


def unknown(why: str = _NOT_HELD, sources: Iterable[int] = ()) -> Cell:
    """A cell that should hold something, and why it does not."""
    return Cell(None, tuple(sorted(set(sources))), True, why)


def listed(values: Iterable[str], sources: Iterable[int] = (), how: str = "") -> Cell:
    """Several texts in one cell, each once, joined by `; `; none: nothing."""
    return known("; ".join(dict.fromkeys(value for value in values if value)), sources, how)


def row(
    columns: Iterable[Column],
    cells: Mapping[str, Cell],
    *,
    years: Iterable[int],
    countries: Iterable[str] = (),
    subjects: Iterable[str] = (),
) -> Row:
    """A row of just these columns: a mandatory one that nothing is known of is undetermined, others are empty.

    Raises:
        KeyError: a cell without a column: a fault of the maker.

    """
    laid: dict[str, Cell] = {}
    for column in columns:
        cell = cells.get(column.key, NOTHING)
        laid[column.key] = unknown() if column.need == "M" and cell == NOTHING else cell
    for key in cells:
        if key not in laid:
            raise KeyError(key)
    return Row(laid, frozenset(years), frozenset(countries) - {""}, frozenset(subjects) - {""})


def basis_notes(columns: Iterable[Column]) -> tuple[Note, ...]:
    """One note for each basis that is less than read: which columns are known no better."""
    found: dict[str, list[str]] = {}
    for column in columns:
        if column.basis in ("P", "K"):
            found.setdefault(column.basis, []).append(column.key)
    return tuple(Note(tuple(keys), basis, BASES[basis]) for basis, keys in sorted(found.items()))
