"""Weighing: gross, tare and net as a scale shows them, beside what the ledger says; it moves nothing."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.custody import measured, observing, reports, route, transfer
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, note, refusal
from lotchain.custody.following import LOT_TWICE, OBSERVER_CODES, check_observer
from lotchain.events.event import Event
from lotchain.events.fields import STRICT, Amount, Documents, HideableText, LotId, Place, Reference

WEIGHING_CONTRADICTS = refusal(
    "weighing-contradicts-itself",
    "gross less tare is not net",
    "copy the figures from the weigh ticket again",
    answer=Answer.QUANTITY,
)
MASS_DIFFERS = note(
    Answer.QUANTITY,
    "mass-differs",
    "the scale shows another mass than the ledger, beyond the declared tolerance",
    "have the custodian answer and the authority close the difference by a report",
)


class WeighedLot(BaseModel):
    """One lot on the scale."""

    model_config = STRICT
    lot: LotId = Field(title="Lot", description="that was weighed")
    gross: Amount = Field(title="Gross", description="with packages, tank or vehicle")
    tare: Amount | None = Field(None, title="Tare", description="of packages, tank or vehicle; absent: none")
    net: Amount = Field(title="Net", description="gross less tare")


class Weighing(Event):
    """A scale's word about lots."""

    TITLE: ClassVar[str] = "Weighing"
    CODES = (
        WEIGHING_CONTRADICTS, MASS_DIFFERS, transfer.UNIT_KIND, LOT_TWICE, *OBSERVER_CODES, *observing.CODES,
        *reports.CODES, *route.CODES,
    )  # fmt: skip

    type: Literal["weighing/1"] = Field("weighing/1", title="Type", description="event type and version")
    lines: Annotated[tuple[WeighedLot, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lines", description="the lots, one line each"
    )
    scale: Reference = Field(title="Scale", description="the scale's number, or that of its last calibration")
    place: Place = Field(title="Place", description="where they were weighed")
    documents: Documents = Field((), title="Documents", description="weigh tickets by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(line.lot for line in self.lines))

    def judge(self, subject: str, case: Case) -> Effect:
        """Compare net with what is present; a difference stays its own figure."""
        if len(self.subjects()) != len(self.lines):
            return Effect({}, (case.finding(LOT_TWICE, subject),))
        fault = check_observer(case, subject)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        line = next(line for line in self.lines if line.lot == subject)
        fault = self._fault(case, line, state) or reports.check(case, subject, state)
        if fault is not None:
            return Effect({}, (fault,))
        after, differs = measured.against_ledger(case, subject, state, line.net.amount, MASS_DIFFERS)
        found = (*differs, *route.check(case, subject, state, self.place.code))
        place = {"code": self.place.code, "offset": self.place.offset}
        return observing.observed(case, subject, reports.counted(case, after), place, found)

    def _fault(self, case: Case, line: WeighedLot, state: State) -> Finding | None:
        for part in (line.gross, line.tare, line.net):
            if part is not None and (part.kind != "mass" or part.kind != state["quantity_kind"]):
                wanted = state["quantity_kind"]
                return case.finding(transfer.UNIT_KIND, line.lot, expected=wanted, found=part.kind)
        tare = 0 if line.tare is None else line.tare.amount
        if line.gross.amount - tare != line.net.amount:
            wanted = f"{line.gross} less {line.tare or 'nothing'}"
            return case.finding(WEIGHING_CONTRADICTS, line.lot, expected=wanted, found=line.net)
        return None

    def sentence(self) -> str:
        """What the scale showed, where."""
        total = "; ".join(f"{line.lot} {line.net} net" for line in self.lines)
        return f"Weighed at {self.place.code}: {total}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Gross, tare and scale."""
        rows = [(f"Gross of {line.lot}", str(line.gross)) for line in self.lines]
        rows += [(f"Tare of {line.lot}", str(line.tare)) for line in self.lines if line.tare is not None]
        return (*rows, ("Scale", self.scale))
