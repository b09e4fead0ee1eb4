"""Hand-over: the custodian offers whole lots to another organisation; its reply completes the transfer."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.core.instants import format_instant
from lotchain.custody import doubts, licensing, parties, route, seals, transfer
from lotchain.custody.case import Case, Effect, bracket
from lotchain.custody.findings import Answer, Finding, note, refusal
from lotchain.custody.following import ACT_CODES, HOLD_CODES, check_act, on_hold
from lotchain.events.event import Event
from lotchain.events.fields import (
    STRICT,
    Amount,
    Documents,
    HideableText,
    InstantText,
    LotId,
    PartyId,
    Place,
    Seals,
    Serials,
    StatementId,
    Word,
    instant_of,
)

SAME_PARTY = refusal(
    "same-party",
    "giver and receiver are one organisation: a transfer needs two",
    "move goods inside one organisation without a hand-over, or name the real receiver",
)
RECEIVER_UNKNOWN = refusal(
    "receiver-unknown",
    "the receiver is not on this ledger, or not yet",
    "have the receiver's authority grant its licence first, then submit this again",
    retryable=True,
)
DEADLINE_PAST = refusal(
    "deadline-before-offer", "the deadline is not after the hand-over", "give the receiver time to answer"
)
DEADLINE_FAR = note(
    Answer.CHAIN,
    "deadline-far",
    "the deadline lies further off than any journey takes: it is read as 180 days after the offer was entered",
    "state until when an answer is really expected",
)
MAX_ANSWER_MS = 180 * 24 * 3_600_000
"""The longest that an offer may wait before it is overdue: a slow sea voyage with time in a warehouse, three times."""
LOT_TWICE = refusal("lot-twice", "a lot stands in two lines", "one line a lot")


class HandOverLine(BaseModel):
    """One whole lot that is handed over."""

    model_config = STRICT
    lot: LotId = Field(title="Lot", description="handed over as a whole")
    prev: StatementId = Field(title="Previous", description="the lot's last act or reply")
    quantity: Amount = Field(title="Quantity", description="net")
    packages: Serials | None = Field(None, title="Packages", description="serials, when the giver lists them")
    seals: Seals | None = Field(None, title="Seals", description="seals on the lot as the giver reads them")


class HandOver(Event):
    """An offer of whole lots to another organisation, open until its reply or its withdrawal."""

    TITLE: ClassVar[str] = "Hand-over"
    OFFERS: ClassVar[bool] = True
    CODES = (
        SAME_PARTY, RECEIVER_UNKNOWN, DEADLINE_PAST, DEADLINE_FAR, LOT_TWICE, *HOLD_CODES,
        *ACT_CODES, *transfer.OFFER_CODES, seals.SEAL_CHANGED, seals.SEAL_MISREAD, *route.CODES, *licensing.CODES,
    )  # fmt: skip

    type: Literal["hand-over/1"] = Field("hand-over/1", title="Type", description="event type and version")
    to: PartyId = Field(title="To", description="the receiver")
    receives_as: Literal["carrier", "warehouse", "consignee"] = Field(
        title="Receives as", description="carrier, warehouse or consignee"
    )
    lines: Annotated[tuple[HandOverLine, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lines", description="the lots, one line each"
    )
    place: Place = Field(title="Place", description="where it is handed over")
    deadline: InstantText = Field(title="Deadline", description="until when the receiver answers")
    mode: Word = Field(title="Mode", description="road, rail, sea, air, inland-water, pipeline, none")
    means: HideableText | None = Field(None, title="Means", description="vehicle, vessel or container; may be hidden")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(line.lot for line in self.lines))

    def reads(self, subject: str) -> tuple[str, ...]:
        """The receiver."""
        return (self.to,)

    def cites(self) -> tuple[str, ...]:
        """What each line follows."""
        return tuple(line.prev for line in self.lines)

    def follows(self, subject: str) -> str:
        """What the lot's line follows."""
        return next((line.prev for line in self.lines if line.lot == subject), "")

    def offered_to(self) -> str:
        """The receiver."""
        return self.to

    def judge(self, subject: str, case: Case) -> Effect:
        """Offer the lot: what is held becomes in transit, custody stays with the giver until the reply."""
        line = next(line for line in self.lines if line.lot == subject)
        fault = self._fault(case, line)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        interval = bracket(case, state["bound"])
        findings = [*on_hold(case, subject, state), *route.check(case, subject, state, self.place.code)]
        if line.seals is not None:
            read = seals.compare(case, subject, state, line.seals, followed=state["bound"])
            findings += read
            state = doubts.after_reading(case, state, read)
        if line.packages is not None and set(line.packages) != set(state["packages"]):
            unknown = ", ".join(sorted(set(line.packages) ^ set(state["packages"])))
            return Effect({}, (case.finding(transfer.PACKAGE_UNKNOWN, subject, found=unknown),))
        receiver = case.state(self.to)
        findings += licensing.check(
            case,
            subject,
            self.to,
            receiver,
            licensing.RECEIVING[self.receives_as],
            state["substance"],
            interval,
        )
        deadline, latest = instant_of(self.deadline), case.time + MAX_ANSWER_MS
        if deadline > latest:
            far = case.finding(
                DEADLINE_FAR, subject, expected=f"{format_instant(latest)} at the latest", found=self.deadline
            )
            findings.append(far)
        after = transfer.offer(
            state,
            statement=case.statement,
            bound=interval[0],
            to=self.to,
            receives_as=self.receives_as,
            deadline=min(deadline, latest),
            digest=transfer.lots_digest(self.subjects()),
        )
        place = {"code": self.place.code, "offset": self.place.offset}
        return Effect({subject: {**after, "place": place}}, tuple(findings))

    def _fault(self, case: Case, line: HandOverLine) -> Finding | None:
        subject = line.lot
        if len(self.subjects()) != len(self.lines):
            return case.finding(LOT_TWICE, subject)
        fault = check_act(case, subject, line.prev)
        if fault is not None:
            return fault
        receiver = case.state(self.to)
        if receiver is None:
            return case.finding(RECEIVER_UNKNOWN, subject, found=self.to)
        if self.to == case.issuer or parties.same_organisation(case.state(case.issuer), receiver):
            return case.finding(SAME_PARTY, subject, found=self.to)
        if instant_of(self.deadline) <= self.occurred:
            return case.finding(DEADLINE_PAST, subject, expected=f"after {self.occurred_at}", found=self.deadline)
        state = case.standing(subject)
        return transfer.whole_quantity(case, subject, state, line.quantity.amount, line.quantity.kind)

    def sentence(self) -> str:
        """To whom, how, where."""
        total = "; ".join(f"{line.lot} {line.quantity}" for line in self.lines)
        return f"Handed over to {self.to} as {self.receives_as} at {self.place.code} by {self.mode}: {total}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Deadline and seals."""
        lines = [("Answer until", self.deadline)]
        lines += [(f"Seals on {line.lot}", ", ".join(line.seals)) for line in self.lines if line.seals]
        return tuple(lines)
