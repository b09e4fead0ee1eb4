"""Seizure: an authority takes a lot, or a part of it, out of its custodian's hands.

It is a proposal: a second officer of the same authority, with another key, endorses it, and then it takes effect. A
part that is seized becomes a rest lot, which the authority holds; an offer that was open is closed.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.core.ids import MAX_REST_NUMBER, MAX_RESTS
from lotchain.custody import authority, lots, proposals, second_signatures, transfer
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.charter import SUBJECT as CHARTER
from lotchain.custody.charter import country_of_authority
from lotchain.custody.findings import Answer, Finding, refusal
from lotchain.custody.following import LOT_ENDED, LOT_UNKNOWN
from lotchain.custody.removal import PACKAGES_HOLD, QUANTITY_NOT_HELD, take_out
from lotchain.events.event import Event
from lotchain.events.fields import Amount, Documents, HideableText, LotId, Place, Reference, Serials, Word

PACKAGES_SEIZED_LESS = refusal(
    "packages-seized-hold-less",
    "more is seized than the seized packages hold",
    "list every package that is taken, or state what those listed hold",
    answer=Answer.QUANTITY,
)


class Seizure(Event):
    """An authority's seizure, waiting for its second officer."""

    TITLE: ClassVar[str] = "Seizure"
    CODES = (
        PACKAGES_SEIZED_LESS, QUANTITY_NOT_HELD, PACKAGES_HOLD, transfer.UNIT_KIND, transfer.PACKAGE_UNKNOWN,
        transfer.REST_NAMES, LOT_UNKNOWN, LOT_ENDED, *authority.CODES,
    )  # fmt: skip

    type: Literal["seizure/1"] = Field("seizure/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="that is seized, as a whole or in part")
    quantity: Amount | None = Field(None, title="Quantity", description="net, the part seized; absent: all of it")
    packages: Serials = Field((), title="Packages", description="of a part: serials of the packages taken")
    reason: Word = Field(title="Reason", description="court-order, suspicion, unlicensed, …")
    place: Place = Field(title="Place", description="where it is taken to; in the authority's own country")
    reference: Reference | None = Field(None, title="Reference", description="number of the case")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Propose the seizure; nothing changes before the second officer signs."""
        state = case.state(subject)
        if state is None:
            return Effect({}, (case.finding(LOT_UNKNOWN, subject),))
        fault = authority.at_last_place(case, subject, state) or self._fault(case, state)
        if fault is not None:
            return Effect({}, (fault,))
        amount = None if self.quantity is None else self.quantity.amount
        entry = second_signatures.seizure(case, amount, self.packages, self.place.code, self.place.offset)
        return Effect({subject: proposals.propose(state, case.statement, entry)})

    def _fault(self, case: Case, state: State) -> Finding | None:
        country = country_of_authority(case.state(CHARTER), case.issuer)
        if country != self.place.country:
            return case.finding(authority.AUTHORITY_SCOPE, self.lot, expected=self.place.country, found=country)
        if state["ended"] is not None:
            return case.finding(LOT_ENDED, self.lot, found=state["ended"]["how"])
        if self.quantity is None:
            return None
        part, kind = self.quantity.amount, self.quantity.kind
        fault = take_out(case, self.lot, state, part, kind, self.packages)
        if fault is not None:
            return fault
        if self.packages and part > lots.room(state, self.packages):
            return case.finding(PACKAGES_SEIZED_LESS, self.lot, found=self.quantity)
        if part < lots.present(state) and (self.lot.count("~") >= MAX_RESTS or state["rests"] >= MAX_REST_NUMBER):
            return case.finding(transfer.REST_NAMES, self.lot, expected=f"at most {MAX_RESTS} rests of rests")
        return None

    def sentence(self) -> str:
        """How much, why."""
        return f"{self.quantity or 'All'} of {self.lot} seized and taken to {self.place.code} ({self.reason})."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Serials and the case."""
        rows = [("Packages", ", ".join(self.packages))] if self.packages else []
        if self.reference is not None:
            rows.append(("Case", self.reference))
        return tuple(rows)
