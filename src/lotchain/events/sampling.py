"""Sampling: the custodian takes a sample out of what it holds; what an authority takes stands in its inspection."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.core.quantities import format_amount
from lotchain.custody import lots, transfer
from lotchain.custody.case import Case, Effect, State, bracket
from lotchain.custody.findings import Finding
from lotchain.custody.following import ACT_CODES, HOLD_CODES, check_act, on_hold
from lotchain.custody.removal import SAMPLE_TOO_LARGE
from lotchain.custody.seals import LEFT_CODES, seals_left
from lotchain.events.event import Event
from lotchain.events.fields import Amount, Documents, HideableText, LotId, Reference, Seals, StatementId, Word


class Sampling(Event):
    """A sample is taken out of a lot where it is held."""

    TITLE: ClassVar[str] = "Sampling"
    CODES = (SAMPLE_TOO_LARGE, transfer.UNIT_KIND, *LEFT_CODES, *HOLD_CODES, *ACT_CODES)

    type: Literal["sampling/1"] = Field("sampling/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="out of which the sample is taken")
    prev: StatementId = Field(title="Previous", description="the lot's last act or reply")
    quantity: Amount = Field(title="Quantity", description="net, what is taken")
    purpose: Word = Field(title="Purpose", description="release-test, retention, stability, customer-sample, …")
    seals: Seals = Field((), title="Seals", description="numbers of the seals fitted afterwards; opened ones are gone")
    reference: Reference | None = Field(None, title="Reference", description="number of the sample")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def cites(self) -> tuple[str, ...]:
        """What it follows."""
        return (self.prev,)

    def follows(self, subject: str) -> str:
        """What it follows."""
        return self.prev if subject == self.lot else ""

    def judge(self, subject: str, case: Case) -> Effect:
        """Post the sample; whoever takes all of a lot uses it up."""
        fault = check_act(case, subject, self.prev) or self._fault(case, case.standing(subject))
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        amount = self.quantity.amount
        after = lots.post({**state, "seals": sorted(set(self.seals))}, {"held": -amount, "sampled": amount})
        after = lots.acted(after, case.statement, bracket(case, state["bound"])[0])
        return Effect({subject: after}, (*on_hold(case, subject, state), *seals_left(case, subject, state)))

    def _fault(self, case: Case, state: State) -> Finding | None:
        kind = state["quantity_kind"]
        if self.quantity.kind != kind:
            return case.finding(transfer.UNIT_KIND, self.lot, expected=kind, found=self.quantity.kind)
        if self.quantity.amount >= lots.held(state):
            wanted = f"less than {format_amount(lots.held(state), kind)}"
            return case.finding(SAMPLE_TOO_LARGE, self.lot, expected=wanted, found=self.quantity)
        return None

    def sentence(self) -> str:
        """How much, for what."""
        return f"{self.quantity} of {self.lot} taken as a sample for {self.purpose}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Seals and reference."""
        rows = [("Seals fitted afterwards", ", ".join(self.seals))] if self.seals else []
        if self.reference is not None:
            rows.append(("Sample", self.reference))
        return tuple(rows)
