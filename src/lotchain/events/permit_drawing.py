"""Drawing: a consignment uses a permit, or a part of it; what was drawn stays with both."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.custody import permits
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, refusal
from lotchain.events.event import Event
from lotchain.events.fields import (
    STRICT,
    Amount,
    CasNumber,
    ConsignmentId,
    Density,
    Documents,
    HideableText,
    LotId,
    PermitId,
)
from lotchain.events.permit_terms import PermitAsFound, ratio_of

PERMIT_STATE_DIFFERS = refusal(
    "permit-state-differs",
    "the permit is not as the drawing says that it found it",
    "read the permit again, and sign a new drawing on its present state",
)
DRAWING_NOT_ENTITLED = refusal(
    "drawing-not-entitled",
    "only a party to the consignment draws on a permit for it",
    "have its declarer, exporter, importer or a final consignee sign",
)
DRAWING_ARITHMETIC = refusal(
    "drawing-arithmetic",
    "the quantity drawn is not what the goods come to in the permit's unit and basis",
    "goods by the permit's factor and density, rounded up to a whole microgram or nanolitre; a density of your own "
    "only where the permit declares none and it is needed",
    answer=Answer.QUANTITY,
)
DRAWINGS_TOO_MANY = refusal(
    "drawings-too-many",
    "the consignment has drawn on permits as often as it can",
    "declare another consignment for what is left",
)
DRAWING_LOTS = refusal(
    "drawing-lots",
    "the goods are not the sum of lots of the consignment, each named once",
    "name the consignment's lots that the goods are of, and how much of each, in the unit of the goods",
    answer=Answer.QUANTITY,
)
MAX_DRAWINGS = 64
"""Drawings of one consignment: what all its lots' bundles hold."""


class DrawnLot(BaseModel):
    """How much of the goods is one lot's."""

    model_config = STRICT
    lot: LotId = Field(title="Lot", description="of the consignment, as declared")
    goods: Amount = Field(title="Goods", description="net quantity of it for which is drawn")


class PermitDrawing(Event):
    """A consignment draws on a permit: which goods, how much of them, and what that is in the permit's own unit."""

    TITLE: ClassVar[str] = "Permit drawn on"
    CODES = (
        PERMIT_STATE_DIFFERS, DRAWING_NOT_ENTITLED, DRAWING_ARITHMETIC, DRAWING_LOTS, DRAWINGS_TOO_MANY,
        permits.PERMIT_UNKNOWN, permits.CONSIGNMENT_UNKNOWN, *permits.DRAWING_CODES,
    )  # fmt: skip

    type: Literal["permit-drawing/1"] = Field("permit-drawing/1", title="Type", description="event type and version")
    consignment: ConsignmentId = Field(title="Consignment", description="that draws")
    permit: PermitId = Field(title="Permit", description="that is drawn on")
    found: PermitAsFound = Field(title="Found", description="the permit as it stands on the ledger")
    substance: CasNumber = Field(title="Substance", description="CAS number of the goods")
    goods: Amount = Field(title="Goods", description="net quantity of the goods as they stand")
    drawn: Amount = Field(title="Drawn", description="the same in the permit's own unit and basis")
    density: Density | None = Field(
        None, title="Density", description="kg/L of the goods, where it is needed and the permit declares none"
    )
    lots: Annotated[tuple[DrawnLot, ...], Field(min_length=1, max_length=50)] | None = Field(
        None, title="Lots", description="of which the goods are; absent: not said, which suffices for a single lot"
    )
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The consignment and the permit."""
        return (self.consignment, self.permit)

    def judge(self, subject: str, case: Case) -> Effect:
        """The permit's balance, if the permit is as stated; the consignment's record of it, by what is stated."""
        if subject == self.permit:
            return self._judge_permit(case)
        state = case.state(subject)
        if state is None:
            return Effect({}, (case.finding(permits.CONSIGNMENT_UNKNOWN, subject),))
        found = self.found.as_state()
        fault = self._fault(case, state, found)
        if fault is not None:
            return Effect({}, (fault,))
        findings = list(permits.compare(case, subject, state, found, self.substance))
        counts = permits.may_draw(case.issuer, self.found.sort, self.found.holder, found["terms"])
        total = found["drawn"] + (self.drawn.amount if counts else 0)
        findings += permits.overdrawn(case, subject, found["terms"], total)
        if not counts:
            # It is no permit of this consignment's: nothing that stands there later may rest on it.
            return Effect({subject: permits.counted(state)}, tuple(findings))
        after = permits.with_drawing(
            state, self.permit, found, goods=self.substance, amount=self.drawn.amount, total=total, at=case.time,
            lots=self._by_lot(),
        )  # fmt: skip
        return Effect({subject: after}, tuple(findings))

    def _judge_permit(self, case: Case) -> Effect:
        state = case.state(self.permit)
        if state is None:
            return Effect({}, (case.finding(permits.PERMIT_UNKNOWN, self.permit),))
        found = self.found.as_state()
        other = permits.first_difference(state, found, found)
        if other:
            return Effect({}, (case.finding(PERMIT_STATE_DIFFERS, self.permit, expected=other, found=found[other]),))
        if not permits.may_draw(case.issuer, state["sort"], state["holder"], state["terms"]):
            return Effect({self.permit: state})
        return Effect({self.permit: permits.drawn_on(state, self.consignment, self.drawn.amount)})

    def _fault(self, case: Case, state: State, found: State) -> Finding | None:
        parties = (state["by"], state["exporter"], state["importer"], *state["final"])
        if case.issuer not in parties:
            expected = " or ".join(dict.fromkeys(parties))
            return case.finding(DRAWING_NOT_ENTITLED, self.consignment, expected=expected, found=case.issuer)
        if state.get("drawings", 0) >= MAX_DRAWINGS:
            return case.finding(DRAWINGS_TOO_MANY, self.consignment, expected=f"at most {MAX_DRAWINGS}")
        terms = found["terms"]
        kind = terms["quantity_kind"]
        before = self.found.drawn
        same = self.drawn.kind == kind and (before is None or before.kind == kind)
        amount = permits.in_permit_units(self.goods.amount, self.goods.kind, terms, ratio_of(self.density))
        if not same or amount != self.drawn.amount or not permits.fits(found["drawn"] + self.drawn.amount):
            wanted = "no such conversion" if amount is None else f"{amount} µg or nL of {kind}"
            return case.finding(DRAWING_ARITHMETIC, self.consignment, expected=wanted, found=self.drawn.amount)
        return self._fault_of_lots(case, state)

    def _fault_of_lots(self, case: Case, state: State) -> Finding | None:
        if self.lots is None:
            return None
        names = [part.lot for part in self.lots]
        foreign = [name for name in names if name not in state["lots"]]
        if foreign or len(set(names)) != len(names):
            expected = "lots of the consignment, each once"
            return case.finding(DRAWING_LOTS, self.consignment, expected=expected, found=", ".join(foreign or names))
        total = sum(part.goods.amount for part in self.lots)
        if {part.goods.kind for part in self.lots} != {self.goods.kind} or total != self.goods.amount:
            return case.finding(DRAWING_LOTS, self.consignment, expected=f"{self.goods.amount} µg or nL", found=total)
        by_lot = permits.drawn_by_lot(state, self.permit, self._by_lot())
        if not all(permits.fits(amount) for kinds in by_lot.values() for amount in kinds.values()):
            return case.finding(DRAWING_LOTS, self.consignment, expected="at most 9,000 t or 9,000 m³ of one lot")
        return None

    def _by_lot(self) -> tuple[tuple[str, str, int], ...]:
        return tuple((part.lot, part.goods.kind, part.goods.amount) for part in self.lots or ())

    def sentence(self) -> str:
        """What was drawn on which permit."""
        return f"{self.consignment} draws {self.drawn} {self.found.terms.basis} on {self.permit} ({self.found.sort})."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Goods, and the permit as it was."""
        before = str(self.found.drawn) if self.found.drawn is not None else "nothing"
        return (
            ("Goods", f"{self.goods} of {self.substance}"),
            *((part.lot, str(part.goods)) for part in self.lots or ()),
            ("Permit", f"{self.found.status}, given by {self.found.by} to {self.found.holder}"),
            ("Drawn before", before),
            *self.found.terms.lines(),
        )
