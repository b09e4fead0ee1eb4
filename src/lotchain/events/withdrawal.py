"""Withdrawal: the offeror takes an unanswered offer back, once its deadline has passed."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody import lots
from lotchain.custody.case import Case, Effect, bracket
from lotchain.custody.following import WITHDRAWAL_CODES, check_withdrawal
from lotchain.events.event import Event
from lotchain.events.fields import HideableText, LotId, StatementId


class Withdrawal(Event):
    """An offer ends without a transfer: what was in transit is held by the offeror again."""

    TITLE: ClassVar[str] = "Withdrawal of an offer"
    CODES = WITHDRAWAL_CODES

    type: Literal["withdrawal/1"] = Field("withdrawal/1", title="Type", description="event type and version")
    withdraws: StatementId = Field(title="Withdraws", description="the hand-over's id")
    lots: Annotated[tuple[LotId, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lots", description="lots of the offer that are taken back"
    )
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lots."""
        return tuple(dict.fromkeys(self.lots))

    def cites(self) -> tuple[str, ...]:
        """The offer."""
        return (self.withdraws,)

    def follows(self, subject: str) -> str:
        """The offer: a withdrawal is an act on it."""
        return self.withdraws if subject in self.lots else ""

    def judge(self, subject: str, case: Case) -> Effect:
        """Close the offer; a later acceptance of it is recorded and leaves the lot undetermined."""
        fault = check_withdrawal(case, subject, self.withdraws)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        after = lots.closed_offer(state, "withdrawal", case.statement)
        after = lots.acted(after, case.statement, bracket(case, state["bound"])[0])
        if lots.present(after) == 0:
            # All of it had been reported lost on the way, and no reply will say otherwise.
            after = lots.ended(after, "lost", case.statement)
        return Effect({subject: after})

    def sentence(self) -> str:
        """Which offer, of what."""
        return f"Offer {self.withdraws[:12]}… withdrawn: {', '.join(self.subjects())}."
