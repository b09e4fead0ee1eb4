"""Acceptance: the receiver's one reply to an offer, counting what it accepts, refuses and misses, line by line."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.custody import receiving, transfer
from lotchain.custody.case import Case, Effect
from lotchain.custody.following import HOLD_CODES, REPLY_CODES, check_reply
from lotchain.events.event import Event
from lotchain.events.fields import (
    STRICT,
    Amount,
    Documents,
    HideableText,
    LotId,
    Place,
    Seals,
    Serials,
    StatementId,
)

Outcome = Literal[
    "full",
    "short",
    "over",
    "damaged",
    "wrong-goods",
    "seal-broken",
    "left-in-tank",
    "document-mismatch",
    "mixed",
]


class AcceptanceLine(BaseModel):
    """What was found of one lot. Absent amounts are nothing."""

    model_config = STRICT
    lot: LotId = Field(title="Lot", description="as offered")
    outcome: Outcome = Field(title="Outcome", description="full, short, over, damaged, wrong-goods, …")
    accepted: Amount | None = Field(
        None, title="Accepted", description="net, as measured by the receiver; absent: nothing of this lot"
    )
    refused: Amount | None = Field(None, title="Refused", description="stays with the giver as a rest lot")
    missing: Amount | None = Field(None, title="Missing", description="offered and not there")
    over: Amount | None = Field(None, title="Over", description="there and not offered")
    packages_refused: Serials = Field((), title="Packages refused", description="serials")
    packages_missing: Serials = Field((), title="Packages missing", description="serials")
    seals_found: Seals | None = Field(
        None, title="Seals found", description="seals on the lot as the receiver reads them"
    )

    def count(self) -> transfer.Count:
        """The line as integers; mixed kinds of unit make it `mixed`, which no lot is."""
        parts = [part for part in (self.accepted, self.refused, self.missing, self.over) if part is not None]
        kinds = {part.kind for part in parts}
        return transfer.Count(
            accepted=0 if self.accepted is None else self.accepted.amount,
            refused=0 if self.refused is None else self.refused.amount,
            missing=0 if self.missing is None else self.missing.amount,
            over=0 if self.over is None else self.over.amount,
            kind=kinds.pop() if len(kinds) == 1 else "mixed",
            packages_refused=self.packages_refused,
            packages_missing=self.packages_missing,
            seals_found=self.seals_found,
        )


class Acceptance(Event):
    """The receiver takes custody of what it accepts."""

    TITLE: ClassVar[str] = "Acceptance"
    CODES = (*HOLD_CODES, *REPLY_CODES, *receiving.CODES)

    type: Literal["acceptance/1"] = Field("acceptance/1", title="Type", description="event type and version")
    answers: StatementId = Field(title="Answers", description="the hand-over's id")
    lines: Annotated[tuple[AcceptanceLine, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lines", description="every lot of the offer, one line each"
    )
    place: Place = Field(title="Place", description="where it is accepted")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(line.lot for line in self.lines))

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
        """Custody passes with what is accepted; what is refused becomes a rest lot of the giver."""
        fault = check_reply(case, subject, self.answers)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        line = next(line for line in self.lines if line.lot == subject)
        if self.answers in state["withdrawn"]:
            return transfer.late_reply(case, subject, state, self.answers, accepts=line.accepted is not None)
        place = {"code": self.place.code, "offset": self.place.offset}
        return receiving.take_over(case, subject, [line.lot for line in self.lines], line.count(), place)

    def sentence(self) -> str:
        """What was accepted, where."""
        total = "; ".join(f"{line.lot} {line.accepted or 'nothing'} ({line.outcome})" for line in self.lines)
        return f"Accepted at {self.place.code}: {total}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Refused, missing and over amounts, serials and seals."""
        rows: list[tuple[str, str]] = []
        for line in self.lines:
            for label, amount in (("Refused", line.refused), ("Missing", line.missing), ("Over", line.over)):
                if amount is not None:
                    rows.append((f"{label} of {line.lot}", str(amount)))
            if line.packages_missing:
                rows.append((f"Packages missing of {line.lot}", ", ".join(line.packages_missing)))
            if line.seals_found is not None:
                rows.append((f"Seals found on {line.lot}", ", ".join(line.seals_found) or "none"))
        return tuple(rows)
