"""Report: what a paper says of a lot, as reported by whoever read it; no handler has signed any of it.

An import of somebody else's form makes nobody's signature. So a report brings forth a lot of its own, under the
reporter's name, that is ended as it begins: nobody holds it, nobody can hand it over, nothing is booked, and every
verdict on it is at most HOLD.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.core.ids import creator_of
from lotchain.custody import lots
from lotchain.custody.case import Case, Effect, bracket
from lotchain.custody.findings import Answer, Finding, hold, refusal
from lotchain.custody.following import LOT_EXISTS, check_new
from lotchain.custody.naming import LOT_NAME_FOREIGN
from lotchain.events.event import Event
from lotchain.events.fields import (
    STRICT,
    Amount,
    CasNumber,
    Document,
    HideableText,
    InstantText,
    NewLotId,
    Place,
    Reference,
    ShortText,
    Word,
)

REPORT_CONTRADICTS = refusal(
    "report-contradicts-itself",
    "a reported step has no signature and yet a time of signing, or the reverse",
    "state for each step how it was signed and when, or that it was not",
)
REPORTED_NOT_SIGNED = hold(
    Answer.CHAIN,
    "reported-not-signed",
    "this is what a paper reports, as reported by its importer: no handler has signed it",
    "have each handler sign its own events with its own key; a report never becomes a chain",
)
REPORTED_QUANTITY = hold(
    Answer.QUANTITY,
    "reported-quantity",
    "the quantity is a paper's figure: nobody who held the lot has signed for it, and nothing is booked",
    "have the handlers register and count the lot",
)
REPORTED_DOUBTS = hold(
    Answer.CHAIN,
    "reported-with-doubts",
    "the importer found that the paper cannot support what it reports",
    "read the codes in the paper's own specification, and ask the handlers",
)


class ReportedStep(BaseModel):
    """One handler in the sequence that the paper gives."""

    model_config = STRICT
    role: Word = Field(title="Role", description="generator, transporter-1, facility, … as the paper orders them")
    party: ShortText | None = Field(None, title="Party", description="id or number of the handler, as on the paper")
    signed: Literal["electronic", "paper", "no"] = Field(
        title="Signed", description="electronic, paper, or no signature on it"
    )
    signed_at: InstantText | None = Field(None, title="Signed at", description="as on the paper; absent: not signed")
    quantity: Amount | None = Field(None, title="Quantity", description="that this handler states on the paper")


class PaperCode(BaseModel):
    """One code of the paper's own lists: a discrepancy, a rejection, a waste code."""

    model_config = STRICT
    list: Word = Field(title="List", description="waste-code, management-method, discrepancy, rejection, …")
    code: Reference = Field(title="Code", description="as on the paper")
    text: HideableText | None = Field(None, title="Text", description="comment beside it; may be hidden")


class Report(Event):
    """What a paper says of one lot."""

    TITLE: ClassVar[str] = "Report"
    CODES = (
        LOT_NAME_FOREIGN, REPORT_CONTRADICTS, REPORTED_NOT_SIGNED, REPORTED_QUANTITY, REPORTED_DOUBTS, LOT_EXISTS,
    )  # fmt: skip

    type: Literal["report/1"] = Field("report/1", title="Type", description="event type and version")
    lot: NewLotId = Field(title="Lot", description="named under the reporter; never one that can be handed over")
    paper: Document = Field(title="Paper", description="what was read, by SHA-256")
    line: Annotated[int, Field(ge=1, lt=100_000)] = Field(title="Line", description="of the paper")
    name: ShortText = Field(title="Name", description="of the goods, as on the paper")
    substance: CasNumber | None = Field(None, title="Substance", description="CAS registry number, when it is stated")
    quantity: Amount | None = Field(None, title="Quantity", description="as stated, converted; absent: none stated")
    stated: ShortText | None = Field(
        None, title="Stated as", description="the paper's own figure, with the factor of conversion"
    )
    steps: Annotated[tuple[ReportedStep, ...], Field(max_length=40)] = Field(
        (), title="Steps", description="the handlers in the paper's sequence"
    )
    codes: Annotated[tuple[PaperCode, ...], Field(max_length=32)] = Field(
        (), title="Codes", description="of the paper's own lists"
    )
    doubts: Annotated[tuple[Word, ...], Field(max_length=40)] = Field(
        (), title="Doubts", description="codes of what the importer found that the paper cannot support"
    )
    place: Place = Field(title="Place", description="where the goods were, as far as the paper says")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The reported lot."""
        return (self.lot,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Bring forth a lot that nobody holds: ended as reported, nothing booked, no custodian past or present."""
        fault = self._fault(case)
        if fault is not None:
            return Effect({}, (fault,))
        state = lots.new_lot(
            self.lot,
            substance=self.substance or "",
            kind="mass" if self.quantity is None else self.quantity.kind,
            origin="reported",
            maker=case.issuer,
            custodian=case.issuer,
            place={"code": self.place.code, "offset": self.place.offset},
            statement=case.statement,
            bound=bracket(case)[0],
            tolerance=0,
            accounts={},
        )
        state = {**lots.ended(state, "reported", case.statement), "custodians": []}
        return Effect({self.lot: state}, self._findings(case))

    def _findings(self, case: Case) -> tuple[Finding, ...]:
        signed = sum(1 for step in self.steps if step.signed != "no")
        paper = self.paper.reference or f"SHA-256 {self.paper.sha256[:12]}…"
        reported = f"{signed} of {len(self.steps)} handlers signed paper {paper}, says {case.issuer}"
        found = [
            case.finding(REPORTED_NOT_SIGNED, self.lot, expected="events signed by their handlers", found=reported),
            case.finding(REPORTED_QUANTITY, self.lot, expected="a signed count", found=self.quantity or "none stated"),
        ]
        if self.doubts:
            found.append(case.finding(REPORTED_DOUBTS, self.lot, found=", ".join(self.doubts)))
        return tuple(found)

    def _fault(self, case: Case) -> Finding | None:
        if creator_of(self.lot) != case.issuer:
            return case.finding(LOT_NAME_FOREIGN, self.lot, expected=case.issuer, found=creator_of(self.lot))
        for step in self.steps:
            if (step.signed == "no") != (step.signed_at is None):
                found = f"{step.role}: {step.signed}, {step.signed_at or 'no time'}"
                return case.finding(REPORT_CONTRADICTS, self.lot, found=found)
        return check_new(case, self.lot)

    def sentence(self) -> str:
        """Who reports what of which paper, and that it is no more than that."""
        paper = f"{self.paper.kind} {self.paper.reference or self.paper.sha256[:12] + '…'}"
        quantity = self.quantity or "no quantity"
        said = f"{creator_of(self.lot)} reports what {paper} says, line {self.line}: {quantity} of {self.name}."
        return f"{said} No handler signed this."

    def details(self) -> tuple[tuple[str, str], ...]:
        """The reported steps, the paper's codes and the importer's doubts."""
        rows = [("Stated as", self.stated)] if self.stated else []
        for step in self.steps:
            signed = "not signed" if step.signed_at is None else f"{step.signed} signature of {step.signed_at}"
            quantity = f", {step.quantity}" if step.quantity is not None else ""
            rows.append((f"Reported {step.role}", f"{step.party or 'not named'}, {signed}{quantity}"))
        rows += [(f"Code ({each.list})", each.code) for each in self.codes]
        if self.doubts:
            rows.append(("Doubts", ", ".join(self.doubts)))
        return tuple(rows)
