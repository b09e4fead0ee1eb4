"""Witnessed acceptance: an authority signs for a receiver that has no valid key, so that goods do not hang in the air.

The authority of the country that registered the receiver was there, or sent somebody; custody passes to the receiver
as by its own acceptance. What is not taken is counted as missing: who refuses a part signs with a key of its own.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.custody import authority, receiving, transfer
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import Answer, note
from lotchain.custody.following import HOLD_CODES, REPLY_CODES, check_reply
from lotchain.events.event import Event
from lotchain.events.fields import (
    STRICT,
    Amount,
    Documents,
    HideableText,
    LotId,
    PartyId,
    Place,
    Seals,
    Serials,
    StatementId,
)

ACCEPTED_FOR = note(
    Answer.CHAIN,
    "accepted-by-authority",
    "an authority accepted the lot for a receiver that has no valid key",
    "read why, and have the receiver enrol a key",
)


class WitnessedLot(BaseModel):
    """What was found of one lot. Absent amounts are nothing."""

    model_config = STRICT
    lot: LotId = Field(title="Lot", description="as offered")
    accepted: Amount | None = Field(None, title="Accepted", description="net, as measured; absent: nothing of this lot")
    missing: Amount | None = Field(None, title="Missing", description="offered and not there")
    over: Amount | None = Field(None, title="Over", description="there and not offered")
    packages_missing: Serials = Field((), title="Packages missing", description="serials")
    seals_found: Seals | None = Field(None, title="Seals found", description="seals on the lot as read")

    def count(self) -> transfer.Count:
        """The line as integers; mixed kinds of unit make it `mixed`, which no lot is."""
        parts = [part for part in (self.accepted, self.missing, self.over) if part is not None]
        kinds = {part.kind for part in parts}
        return transfer.Count(
            accepted=0 if self.accepted is None else self.accepted.amount,
            refused=0,
            missing=0 if self.missing is None else self.missing.amount,
            over=0 if self.over is None else self.over.amount,
            kind=kinds.pop() if len(kinds) == 1 else "mixed",
            packages_missing=self.packages_missing,
            seals_found=self.seals_found,
        )


class WitnessedAcceptance(Event):
    """Custody passes to a receiver that cannot sign."""

    TITLE: ClassVar[str] = "Witnessed acceptance"
    CODES = (
        ACCEPTED_FOR, *authority.CODES, *HOLD_CODES, *REPLY_CODES,
        *(code for code in receiving.CODES if code is not transfer.REST_NAMES),
    )  # fmt: skip

    type: Literal["witnessed-acceptance/1"] = Field(
        "witnessed-acceptance/1", title="Type", description="event type and version"
    )
    answers: StatementId = Field(title="Answers", description="the hand-over's id")
    receiver: PartyId = Field(title="Receiver", description="to whom the lots were offered")
    lines: Annotated[tuple[WitnessedLot, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lines", description="every lot of the offer, one line each"
    )
    reason: Literal["key-lost", "key-revoked", "no-key-yet", "out-of-order"] = Field(
        title="Reason", description="why the receiver does not sign"
    )
    place: Place = Field(title="Place", description="where it is accepted")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(line.lot for line in self.lines))

    def reads(self, subject: str) -> tuple[str, ...]:
        """The receiver, for its licences."""
        return (self.receiver,)

    def cites(self) -> tuple[str, ...]:
        """The offer."""
        return (self.answers,)

    def replies_to(self) -> str:
        """The offer."""
        return self.answers

    def accepts(self, subject: str) -> bool:
        """Whether the lot's line accepts something."""
        return any(line.lot == subject and line.accepted is not None for line in self.lines)

    def judge(self, subject: str, case: Case) -> Effect:
        """As the receiver's own acceptance, by the authority that registered it."""
        theirs = case._replace(issuer=self.receiver)
        fault = authority.over_party(case, self.receiver) or check_reply(theirs, subject, self.answers)
        if fault is not None:
            return Effect({}, (fault._replace(subject=subject),))
        state = case.standing(subject)
        line = next(line for line in self.lines if line.lot == subject)
        told = case.finding(ACCEPTED_FOR, subject, found=f"{self.receiver}: {self.reason}")
        if self.answers in state["withdrawn"]:
            late = transfer.late_reply(theirs, subject, state, self.answers, accepts=line.accepted is not None)
            return Effect(late.states, (*late.findings, told))
        place = {"code": self.place.code, "offset": self.place.offset}
        effect = receiving.take_over(theirs, subject, [line.lot for line in self.lines], line.count(), place)
        return effect if not effect.states else effect._replace(findings=(*effect.findings, told))

    def sentence(self) -> str:
        """What was accepted for whom, where."""
        total = "; ".join(f"{line.lot} {line.accepted or 'nothing'}" for line in self.lines)
        return f"Accepted for {self.receiver} ({self.reason}) at {self.place.code}: {total}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Missing and over amounts, serials and seals."""
        rows: list[tuple[str, str]] = []
        for line in self.lines:
            for label, amount in (("Missing", line.missing), ("Over", line.over)):
                if amount is not None:
                    rows.append((f"{label} of {line.lot}", str(amount)))
            if line.packages_missing:
                rows.append((f"Packages missing of {line.lot}", ", ".join(line.packages_missing)))
            if line.seals_found is not None:
                rows.append((f"Seals found on {line.lot}", ", ".join(line.seals_found) or "none"))
        return tuple(rows)
