"""Destruction: the custodian destroys what it holds, or a part of it, before a witness of another organisation.

It is a proposal: the witness that it names, another handler or an authority, endorses it, and then it takes effect.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.custody import parties, proposals, route, second_signatures, transfer
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import Finding, refusal
from lotchain.custody.following import ACT_CODES, check_act
from lotchain.custody.removal import PACKAGES_HOLD, QUANTITY_NOT_HELD, take_out
from lotchain.events.event import Event
from lotchain.events.fields import (
    Amount,
    Documents,
    HideableText,
    LotId,
    PartyId,
    Place,
    Reference,
    Serials,
    StatementId,
    Word,
)

WITNESS_UNKNOWN = refusal(
    "witness-unknown",
    "the witness is not on this ledger, or not yet",
    "have its national authority grant its licence first, then submit this again",
    retryable=True,
)
WITNESS_OWN = refusal(
    "witness-own",
    "the witness is the custodian itself, or of its organisation",
    "have an authority or another organisation witness the destruction",
)


class Destruction(Event):
    """A quantity is destroyed before a witness, waiting for the witness's signature."""

    TITLE: ClassVar[str] = "Destruction"
    CODES = (
        WITNESS_UNKNOWN, WITNESS_OWN, QUANTITY_NOT_HELD, PACKAGES_HOLD, transfer.UNIT_KIND, transfer.PACKAGE_UNKNOWN,
        *ACT_CODES, *route.CODES,
    )  # fmt: skip

    type: Literal["destruction/1"] = Field("destruction/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="of which something is destroyed")
    prev: StatementId = Field(title="Previous", description="the lot's last act or reply")
    quantity: Amount = Field(title="Quantity", description="net, what is destroyed")
    packages: Serials = Field((), title="Packages", description="serials of packages destroyed with their content")
    method: Word = Field(title="Method", description="incineration, neutralisation, …")
    witness: PartyId = Field(title="Witness", description="another organisation, or an authority, that was there")
    place: Place = Field(title="Place", description="where")
    reference: Reference | None = Field(None, title="Reference", description="number of the record of destruction")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def reads(self, subject: str) -> tuple[str, ...]:
        """The witness: another organisation than the custodian's."""
        return (self.witness,)

    def cites(self) -> tuple[str, ...]:
        """What it follows."""
        return (self.prev,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Propose the destruction; nothing is posted before the witness signs."""
        fault = check_act(case, subject, self.prev) or self._witness_fault(case) or take_out(
            case, subject, case.standing(subject), self.quantity.amount, self.quantity.kind, self.packages
        )  # fmt: skip
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        entry = second_signatures.destruction(case, self.prev, self.quantity.amount, self.packages, self.witness)
        found = route.check(case, subject, state, self.place.code)
        return Effect({subject: proposals.propose(state, case.statement, entry)}, found)

    def _witness_fault(self, case: Case) -> Finding | None:
        witness = case.state(self.witness)
        if witness is None:
            return case.finding(WITNESS_UNKNOWN, self.lot, found=self.witness)
        if self.witness == case.issuer or parties.same_organisation(case.state(case.issuer), witness):
            return case.finding(WITNESS_OWN, self.lot, found=self.witness)
        return None

    def sentence(self) -> str:
        """How much, how, before whom."""
        return f"{self.quantity} of {self.lot} destroyed at {self.place.code} ({self.method}) before {self.witness}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Serials and the record."""
        rows = [("Packages", ", ".join(self.packages))] if self.packages else []
        if self.reference is not None:
            rows.append(("Record", self.reference))
        return tuple(rows)
