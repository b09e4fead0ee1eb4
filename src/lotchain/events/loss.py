"""Loss: the custodian reports that a quantity is gone, stolen or destroyed, also while the lot is offered.

A loss on an open offer follows the offer, and the receiver's reply still answers the offer: such a loss does not move
the lot's last act. So that the same loss is not counted twice, it states what was reported on the offer before it.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.core.quantities import format_amount
from lotchain.custody import lots, route, transfer
from lotchain.custody.case import Case, Effect, State, bracket
from lotchain.custody.findings import Answer, Finding, note, refusal
from lotchain.custody.following import (
    LOT_ENDED,
    LOT_UNKNOWN,
    NOT_CUSTODIAN,
    PREV_STALE,
    PREV_UNKNOWN,
    check_act,
)
from lotchain.custody.removal import PACKAGES_HOLD, QUANTITY_NOT_HELD, take_out
from lotchain.events.event import Event
from lotchain.events.fields import Amount, Documents, HideableText, LotId, Place, Reference, Serials, StatementId

LOSS_REPEATED = refusal(
    "loss-repeated",
    "another loss was reported on this offer since: this one would be counted twice, or was signed without knowing it",
    "state what was reported on the offer before this loss, and sign again",
)
LOSS_REPORTED = note(
    Answer.QUANTITY, "loss-reported", "the custodian reported a loss", "ask for the report and the investigation"
)
THEFT_REPORTED = note(
    Answer.QUANTITY,
    "theft-reported",
    "the custodian reported a theft",
    "ask for the police report, and look out for the serials",
)


class Loss(Event):
    """A quantity is gone, and its custodian says so."""

    TITLE: ClassVar[str] = "Loss or theft"
    CODES = (
        QUANTITY_NOT_HELD, PACKAGES_HOLD, LOSS_REPEATED, LOSS_REPORTED, THEFT_REPORTED, transfer.UNIT_KIND,
        transfer.PACKAGE_UNKNOWN, LOT_UNKNOWN, LOT_ENDED, NOT_CUSTODIAN, PREV_UNKNOWN, PREV_STALE,
        *route.INCIDENT_CODES,
    )  # fmt: skip

    type: Literal["loss/1"] = Field("loss/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="of which something is gone")
    prev: StatementId = Field(title="Previous", description="the lot's last act or reply; on an open offer, the offer")
    quantity: Amount = Field(title="Quantity", description="net, what is gone")
    kind: Literal["stolen", "destroyed", "leaked", "spoiled", "unknown"] = Field(
        title="Kind", description="stolen, destroyed by accident, leaked, spoiled or unknown"
    )
    packages: Serials = Field((), title="Packages", description="serials of packages that are gone as a whole")
    reported_before: Amount | None = Field(
        None, title="Reported before", description="on an open offer: what was reported lost since the offer already"
    )
    place: Place = Field(title="Place", description="where it was noticed")
    reference: Reference | None = Field(None, title="Reference", description="number of the police or incident report")
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
        """Post the loss; a lot of which nothing is left ends, unless a reply is still to come."""
        fault = check_act(case, subject, self.prev, on_open_offer=True) or self._fault(case, case.standing(subject))
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        gone = min(self.quantity.amount, lots.present(state))
        source = "held" if state["offer"] is None else "in-transit"
        after = lots.post(state, {source: -gone, "lost": gone})
        after = lots.without_packages(after, self.packages, self.kind)
        after = lots.at_place(after, self.place.code, self.place.offset)
        if state["offer"] is not None:
            after = {**after, "offer": {**after["offer"], "lost": after["offer"]["lost"] + gone}}
        else:
            after = lots.acted(after, case.statement, bracket(case, state["bound"])[0])
            if lots.present(after) == 0:
                after = lots.ended(after, "lost", case.statement)
        reported = THEFT_REPORTED if self.kind == "stolen" else LOSS_REPORTED
        found = f"{format_amount(gone, state['quantity_kind'])} {self.kind}"
        findings = (
            *route.check_incident(case, subject, state, self.place.code),
            case.finding(reported, subject, found=found),
        )
        return Effect({subject: after}, findings)

    def _fault(self, case: Case, state: State) -> Finding | None:
        known = 0 if state["offer"] is None else int(state["offer"]["lost"])
        stated = self.reported_before
        if (0 if stated is None else stated.amount) != known or (stated and stated.kind != state["quantity_kind"]):
            wanted = format_amount(known, state["quantity_kind"])
            return case.finding(LOSS_REPEATED, self.lot, expected=wanted, found=stated or "nothing")
        return take_out(case, self.lot, state, self.quantity.amount, self.quantity.kind, self.packages)

    def sentence(self) -> str:
        """How much, how."""
        word = {"unknown": "gone, cause unknown"}.get(self.kind, self.kind)
        return f"{self.quantity} of {self.lot} {word}, noticed at {self.place.code}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Serials and the report."""
        rows = [("Packages", ", ".join(self.packages))] if self.packages else []
        if self.reference is not None:
            rows.append(("Report", self.reference))
        return tuple(rows)
