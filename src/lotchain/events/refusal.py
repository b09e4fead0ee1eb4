"""Refusal: the receiver's one reply to an offer of which it takes nothing; the lots stay with the giver."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.custody import route, seals, transfer
from lotchain.custody.case import Case, Effect, bracket
from lotchain.custody.following import REPLY_CODES, check_reply
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

Reason = Literal[
    "damaged",
    "wrong-goods",
    "seal-broken",
    "document-mismatch",
    "not-ordered",
    "left-in-tank",
    "on-hold",
    "other",
]


class RefusalLine(BaseModel):
    """What was there of one refused lot. What is missing is stated; the rest is refused."""

    model_config = STRICT
    lot: LotId = Field(title="Lot", description="as offered")
    reason: Reason = Field(title="Reason", description="why it is refused")
    refused: Amount | None = Field(
        None, title="Refused", description="net; stays with the giver; absent: nothing of this lot is there"
    )
    missing: Amount | None = Field(None, title="Missing", description="offered and not there")
    packages_missing: Serials = Field((), title="Packages missing", description="serials")
    seals_found: Seals | None = Field(None, title="Seals found", description="seals as the receiver reads them")

    def count(self) -> transfer.Count:
        """The line as integers: nothing accepted."""
        kinds = {part.kind for part in (self.refused, self.missing) if part is not None}
        return transfer.Count(
            accepted=0,
            refused=0 if self.refused is None else self.refused.amount,
            missing=0 if self.missing is None else self.missing.amount,
            over=0,
            kind=kinds.pop() if len(kinds) == 1 else "mixed",
            packages_missing=self.packages_missing,
            seals_found=self.seals_found,
        )


class Refusal(Event):
    """The receiver takes nothing: custody never left the giver."""

    TITLE: ClassVar[str] = "Refusal"
    CODES = (
        transfer.LINES_DIFFER, transfer.UNIT_KIND, transfer.REPLY_UNBALANCED, transfer.PACKAGE_UNKNOWN,
        *REPLY_CODES, *seals.CODES, *route.CODES,
    )  # fmt: skip

    type: Literal["refusal/1"] = Field("refusal/1", title="Type", description="event type and version")
    answers: StatementId = Field(title="Answers", description="the hand-over's id")
    lines: Annotated[tuple[RefusalLine, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lines", description="every lot of the offer, one line each"
    )
    place: Place = Field(title="Place", description="where it is refused")
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

    def judge(self, subject: str, case: Case) -> Effect:
        """What was offered is held by the giver again, less what is missing."""
        fault = check_reply(case, subject, self.answers)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        if self.answers in state["withdrawn"]:
            return transfer.late_reply(case, subject, state, self.answers, accepts=False)
        names = [line.lot for line in self.lines]
        count = transfer.as_read(state, next(line for line in self.lines if line.lot == subject).count())
        fault = transfer.check_lines(case, subject, names) or transfer.check_count(case, subject, state, count)
        if fault is not None:
            return Effect({}, (fault,))
        place = {"code": self.place.code, "offset": self.place.offset}
        return transfer.reply(case, subject, state, count, place, bracket(case, state["bound"])[0])

    def sentence(self) -> str:
        """What was refused and why."""
        total = "; ".join(f"{line.lot} {line.refused or 'nothing'} ({line.reason})" for line in self.lines)
        return f"Refused at {self.place.code}: {total}."
