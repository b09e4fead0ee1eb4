"""The reports that there are, and the one way to make any of them from a log's judged statements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from lotchain.errors import Malformed, UsageError
from lotchain.oversight.observed import Observed
from lotchain.returns import balance, declaration_486, end_use, form_d, pics_draft, pre_export
from lotchain.returns.choices import CONSIGNMENT, COUNTRY, LOT, PERMIT, YEAR, Choices
from lotchain.returns.chronicle import Chronicle, Opened
from lotchain.returns.incidents import Incidents
from lotchain.returns.parcels import Parcels
from lotchain.returns.permits import Permits
from lotchain.returns.table import Column, Log, Note, Row, Table, basis_notes
from lotchain.rules.lookup import Substances

PRE_EXPORT, FORM_D, END_USE = "pre-export-notification", "form-d", "end-use-declaration"
DEA_486, BALANCE, PICS = "dea-486", "annual-balance", "pics-draft"
_FACTORS: Final = Note(
    ("base_quantity", "factor"), "",
    "Base figures are net weight times the factor of the column beside; the declared purity is not multiplied in.",
)  # fmt: skip


class Kind(NamedTuple):
    """One kind of report.

    Attributes:
        title: for people.
        says: one line: what a row is.
        document: what it is for.
        columns: in order.
        choices: by what its rows are chosen.
        notes: on it, beside those on the basis of its columns.

    """

    title: str
    says: str
    document: str
    columns: tuple[Column, ...]
    choices: tuple[str, ...]
    notes: tuple[Note, ...]


KINDS: Final = {
    PRE_EXPORT: Kind(
        "Pre-export notifications", "a row a notification, or a consignment abroad that none covers",
        "INCB PEN Online; 1988 Convention, article 12(10)(a)", pre_export.COLUMNS,
        (YEAR, LOT, CONSIGNMENT, PERMIT, COUNTRY),
        (_FACTORS, Note(("status",), "", "No reply is never a yes.")),
    ),
    FORM_D: Kind(
        "Form D rows", "a row a seizure, theft, unexplained loss, suspected diversion or stopped shipment",
        "INCB Form D; 1988 Convention, article 12(12)", form_d.COLUMNS, (YEAR, LOT, CONSIGNMENT, PERMIT, COUNTRY),
        (
            _FACTORS,
            Note(("quantity", "base_quantity"), "K", "Whether Form D counts the salt or the base was not checked."),
            Note((), "K", "Due on 30 June of the following year: compare with the INCB's own notice."),
        ),
    ),
    END_USE: Kind(
        "End-use declarations", "a row a declaration, with what was drawn on it and used up since",
        "EU 273/2004, Annex III; Canada, section 8", end_use.COLUMNS, (YEAR, LOT, CONSIGNMENT, PERMIT, COUNTRY),
        (_FACTORS, Note(("consumed",), "", "By the dates that the acts themselves state; lots are not traced to it.")),
    ),
    DEA_486: Kind(
        "DEA Form 486/486A data", "a row a substance of a consignment into or out of the US",
        "21 CFR 1313.12 to 1313.27", declaration_486.COLUMNS, (YEAR, LOT, CONSIGNMENT, PERMIT, COUNTRY),
        (
            _FACTORS,
            Note(("left_at", "released_at", "arrived_at", "transferees"), "V", "Due 30 days after release."),
        ),
    ),
    BALANCE: Kind(
        "Annual balance by substance and holder", "a row a year, holder, substance and basis, checked to zero",
        "no form: what a holder's and an authority's yearly returns are compared with", balance.COLUMNS,
        (YEAR, COUNTRY),
        (
            Note(
                ("opening", *balance.IN, *balance.OUT, balance.DIFFERENCES, "closing"), "",
                "opening + made + received + entered - shipped - consumed - sampled - lost - destroyed - seized + "
                "differences = closing. Rows of base whose factor is computed are rounded to 9 decimals, figure by "
                "figure; the check is made before rounding.",
            ),
        ),
    ),
    PICS: Kind(
        "PICS incident drafts", "a row an incident: the same as in form-d",
        "INCB PICS; a draft for an authority, never posted", pics_draft.COLUMNS,
        (YEAR, LOT, CONSIGNMENT, PERMIT, COUNTRY),
        (_FACTORS, Note((), "", "A draft. Nothing was sent to anybody: PICS is for authorities alone.")),
    ),
}  # fmt: skip


def kind_of_report(name: str) -> Kind:
    """A kind by its name. Raises `Malformed` `report-kind`."""
    found = KINDS.get(name)
    if found is None:
        raise Malformed("report-kind", "there is no such report", expected=", ".join(KINDS), found=name, field="kind")
    return found


class Maker:
    """Makes one report, fed with a log's statements in order.

    Args:
        name: of `KINDS`.
        substances: the data on substances.
        opened: what hidden fields say.

    Raises:
        Malformed: `report-kind`.

    """

    def __init__(self, name: str, substances: Substances, opened: Opened) -> None:
        self._name = name
        self._kind = kind_of_report(name)
        self._chronicle = Chronicle(substances, opened)
        self._parcels = Parcels(self._chronicle)
        self._permits = Permits(self._chronicle)
        self._incidents = Incidents(self._chronicle, self._parcels)
        self._uses = end_use.Uses(self._chronicle)
        self._balance = balance.Balance(self._chronicle)

    def take(self, told: Observed) -> None:
        """One more statement of the log."""
        if self._name == BALANCE:
            self._balance.take(told)
        else:
            self._parcels.take(told)
            self._permits.take(told)
            self._incidents.take(told)
            self._uses.take(told)
        self._chronicle.take(told)

    def table(self, log: Log, choices: Choices) -> Table:
        """The report on everything that was taken.

        Args:
            log: what it was; its time is that of the newest batch.
            choices: which rows.

        Raises:
            UsageError: `subject-unknown`, for a lot, consignment or permit that the log does not hold.

        """
        for subject in choices.subjects():
            if subject not in self._chronicle.states:
                raise UsageError(
                    "subject-unknown", "the ledger holds nothing of this name", found=subject,
                    remedy="check the id; a report of nothing would look like one without incidents",
                )  # fmt: skip
        rows = tuple(each for each in self._rows(log) if choices.takes(each))
        named = {index for each in rows for index in each.sources}
        return Table(
            kind=self._name,
            title=self._kind.title,
            columns=self._kind.columns,
            rows=rows,
            notes=(*self._kind.notes, *basis_notes(self._kind.columns), *_remembered(rows)),
            faults=tuple(self._balance.faults),
            log=log,
            asked=choices.told(),
            statements={index: self._chronicle.ids[index] for index in sorted(named)},
        )

    def _rows(self, log: Log) -> tuple[Row, ...]:
        chronicle, parcels, permits = self._chronicle, self._parcels, self._permits
        if self._name == BALANCE:
            return self._balance.rows(log)
        if self._name == PRE_EXPORT:
            return pre_export.rows(chronicle, parcels, permits)
        if self._name == END_USE:
            return end_use.rows(chronicle, parcels, permits, self._uses)
        if self._name == DEA_486:
            return declaration_486.rows(chronicle, parcels, permits)
        made = form_d.rows if self._name == FORM_D else pics_draft.rows
        return made(chronicle, self._incidents)


def make(
    name: str, statements: Iterable[Observed], log: Log, choices: Choices, *, substances: Substances, opened: Opened
) -> Table:
    """One report from a whole log. Raises as `Maker`."""
    maker = Maker(name, substances, opened)
    for told in statements:
        maker.take(told)
    return maker.table(log, choices)


def _remembered(rows: Iterable[Row]) -> tuple[Note, ...]:
    """Factors that rest on what is known from memory alone: each is named."""
    found = {
        f"{row.cells['cas'].value or ''}: {row.cells['factor_origin'].value}"
        for row in rows
        if (row.cells["factor_origin"].value or "").endswith("(K: from memory, not verified)")
    }
    return tuple(Note(("factor",), "K", text) for text in sorted(found))
