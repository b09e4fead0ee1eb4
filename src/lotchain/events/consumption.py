"""Consumption: the custodian uses up what it holds, or a part of it, for a stated purpose."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.custody import licensing, lots, transfer
from lotchain.custody.case import Case, Effect, bracket
from lotchain.custody.following import ACT_CODES, HOLD_CODES, check_act, on_hold
from lotchain.custody.removal import USE_CODES, in_keeping, in_order, take_out
from lotchain.events.event import Event
from lotchain.events.fields import Amount, Documents, HideableText, LotId, Reference, Serials, StatementId, Word

USING = ("use", "manufacture")
"""What a licence must allow of a party that uses a substance up: either of these."""


class Consumption(Event):
    """A quantity is used up where it is held."""

    TITLE: ClassVar[str] = "Consumption"
    CODES = (
        *USE_CODES, *HOLD_CODES, transfer.UNIT_KIND, transfer.PACKAGE_UNKNOWN,
        *ACT_CODES, *licensing.CODES,
    )  # fmt: skip

    type: Literal["consumption/1"] = Field("consumption/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="of which something is used up")
    prev: StatementId = Field(title="Previous", description="the lot's last act or reply")
    quantity: Amount = Field(title="Quantity", description="net, what is used up")
    purpose: Word = Field(title="Purpose", description="synthesis, analysis, cleaning, formulation, …")
    packages: Serials = Field((), title="Packages", description="serials of packages emptied")
    reference: Reference | None = Field(None, title="Reference", description="batch record or order number")
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
        """Post what is used up; a lot of which nothing is left ends."""
        fault = check_act(case, subject, self.prev) or take_out(
            case, subject, case.standing(subject), self.quantity.amount, self.quantity.kind, self.packages
        )
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        interval = bracket(case, state["bound"])
        used = min(self.quantity.amount, lots.held(state))
        after = lots.post(state, {"held": -used, "consumed": used})
        after = lots.acted(lots.without_packages(after, self.packages, "emptied"), case.statement, interval[0])
        if lots.held(after) == 0:
            after = lots.ended(after, "consumed", case.statement)
        user = case.state(case.issuer)
        licences = licensing.check(case, subject, case.issuer, user, USING, state["substance"], interval)
        told = (*in_order(case, subject, self.prev, self.occurred), *in_keeping(case, subject, state))
        return Effect({subject: after}, (*on_hold(case, subject, state), *licences, *told))

    def sentence(self) -> str:
        """How much, for what."""
        return f"{self.quantity} of {self.lot} used up for {self.purpose}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Packages and reference."""
        rows = [("Packages emptied", ", ".join(self.packages))] if self.packages else []
        if self.reference is not None:
            rows.append(("Reference", self.reference))
        return tuple(rows)
