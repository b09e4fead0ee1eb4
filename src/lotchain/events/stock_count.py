"""Stock count: what of each lot is really there, and how what was delivered adds up: used, in stock, declared lost."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.core.quantities import format_amount
from lotchain.custody import measured, observing, route, transfer
from lotchain.custody.authority import AUTHORITY_SCOPE, is_authority, over_lot
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, note, refusal
from lotchain.custody.following import LOT_TWICE, LOT_UNKNOWN, NOT_CUSTODIAN
from lotchain.events.event import Event
from lotchain.events.fields import STRICT, Amount, Documents, HideableText, LotId, Place, Serials

RECONCILIATION_UNBALANCED = refusal(
    "reconciliation-unbalanced",
    "what was delivered is not what was used, is in stock and was lost",
    "count again; a gap that stays is a loss, and is declared as one",
    answer=Answer.QUANTITY,
)
STOCK_DIFFERS = note(
    Answer.QUANTITY,
    "stock-differs",
    "another quantity was counted than the ledger says, beyond the declared tolerance",
    "have the custodian answer and the authority close the difference by a report",
)
USE_DIFFERS = note(
    Answer.QUANTITY,
    "use-differs",
    "another use or loss is declared than the ledger's acts add up to",
    "have each use and each loss recorded as an act of its own",
)


class Reconciliation(BaseModel):
    """How the quantity of a lot adds up, in the words of who counts. Absent amounts are nothing."""

    model_config = STRICT
    delivered: Amount = Field(title="Delivered", description="what came in")
    used: Amount | None = Field(None, title="Used", description="used up, transformed, or taken as samples")
    lost: Amount | None = Field(None, title="Lost", description="declared lost, stolen or destroyed")


class CountedLot(BaseModel):
    """What is there of one lot."""

    model_config = STRICT
    lot: LotId = Field(title="Lot", description="that was counted")
    counted: Amount | None = Field(None, title="Counted", description="net, what is there; absent: nothing")
    packages: Serials = Field((), title="Packages", description="serials that are there; an empty list: not listed")
    reconciliation: Reconciliation | None = Field(
        None, title="Reconciliation", description="delivered = used + in stock + declared loss"
    )


class StockCount(Event):
    """A count of lots where they are stored."""

    TITLE: ClassVar[str] = "Stock count"
    CODES = (
        RECONCILIATION_UNBALANCED, STOCK_DIFFERS, USE_DIFFERS, transfer.UNIT_KIND, transfer.PACKAGE_UNKNOWN, LOT_TWICE,
        LOT_UNKNOWN, NOT_CUSTODIAN, AUTHORITY_SCOPE, observing.SEEN_AFTER_END, *route.CODES,
    )  # fmt: skip

    type: Literal["stock-count/1"] = Field("stock-count/1", title="Type", description="event type and version")
    lines: Annotated[tuple[CountedLot, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lines", description="the lots, one line each"
    )
    place: Place = Field(title="Place", description="where they were counted")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(line.lot for line in self.lines))

    def judge(self, subject: str, case: Case) -> Effect:
        """Compare the count with what is present; a difference stays its own figure."""
        line = next(line for line in self.lines if line.lot == subject)
        fault = self._fault(case, line)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        counted = 0 if line.counted is None else line.counted.amount
        after, differs = measured.against_ledger(case, subject, state, counted, STOCK_DIFFERS)
        findings = (*differs, *self._use(case, line, state), *route.check(case, subject, state, self.place.code))
        if state["ended"] is not None and line.counted is None:
            # Nothing counted of what has ended is in order, and no sighting of anything.
            return Effect({subject: after}, findings)
        place = {"code": self.place.code, "offset": self.place.offset}
        return observing.observed(case, subject, after, place, findings)

    def _fault(self, case: Case, line: CountedLot) -> Finding | None:
        if len(self.subjects()) != len(self.lines):
            return case.finding(LOT_TWICE, line.lot)
        state = case.state(line.lot)
        if state is None:
            return case.finding(LOT_UNKNOWN, line.lot)
        if case.issuer != state["custodian"]:
            if not is_authority(case):
                return case.finding(NOT_CUSTODIAN, line.lot, expected=state["custodian"], found=case.issuer)
            fault = over_lot(case, line.lot, state)
            if fault is not None:
                return fault
        return self._line_fault(case, line, state)

    def _line_fault(self, case: Case, line: CountedLot, state: State) -> Finding | None:
        parts = [line.counted]
        if line.reconciliation is not None:
            parts += [line.reconciliation.delivered, line.reconciliation.used, line.reconciliation.lost]
        wrong = sorted({part.kind for part in parts if part is not None} - {state["quantity_kind"]})
        if wrong:
            return case.finding(transfer.UNIT_KIND, line.lot, expected=state["quantity_kind"], found=wrong[0])
        unknown = sorted(set(line.packages) - set(state["packages"]) - set(state["gone"]))
        if unknown or len(set(line.packages)) != len(line.packages):
            wanted = "serials of this lot, each once"
            found = ", ".join(unknown or line.packages)
            return case.finding(transfer.PACKAGE_UNKNOWN, line.lot, expected=wanted, found=found)
        if line.reconciliation is None:
            return None
        sums = line.reconciliation
        total = sum(0 if part is None else part.amount for part in (sums.used, line.counted, sums.lost))
        if total != sums.delivered.amount:
            found = format_amount(total, state["quantity_kind"])
            return case.finding(RECONCILIATION_UNBALANCED, line.lot, expected=sums.delivered, found=found)
        return None

    def _use(self, case: Case, line: CountedLot, state: State) -> tuple[Finding, ...]:
        """Whether use and loss as declared are what the ledger's acts add up to."""
        if line.reconciliation is None:
            return ()
        accounts, kind = state["accounts"], state["quantity_kind"]
        found: list[Finding] = []
        for word, names, part in (
            ("used", ("consumed", "sampled"), line.reconciliation.used),
            ("lost", ("lost", "destroyed"), line.reconciliation.lost),
        ):
            booked, stated = sum(accounts.get(name, 0) for name in names), 0 if part is None else part.amount
            if booked != stated:
                wanted, told = format_amount(booked, kind), format_amount(stated, kind)
                found.append(case.finding(USE_DIFFERS, line.lot, expected=f"{wanted} {word}", found=f"{told} {word}"))
        return tuple(found)

    def sentence(self) -> str:
        """What is there, where."""
        total = "; ".join(f"{line.lot} {line.counted or 'nothing'}" for line in self.lines)
        return f"Counted at {self.place.code}: {total}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Serials and sums."""
        rows: list[tuple[str, str]] = []
        for line in self.lines:
            if line.packages:
                rows.append((f"Packages of {line.lot}", ", ".join(line.packages)))
            if line.reconciliation is not None:
                sums = line.reconciliation
                there = f"{line.counted or 'nothing'} in stock"
                parts = f"{sums.used or 'nothing'} used, {there}, {sums.lost or 'nothing'} lost"
                rows.append((f"Delivered of {line.lot}", f"{sums.delivered}: {parts}"))
        return tuple(rows)
