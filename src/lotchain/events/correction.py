"""Correction: the custodian restates a quantity that was stated wrongly, by a new balanced event.

Nothing is edited. Where the lot came from another party, that party signs too (an endorsement), and until then the
correction has no effect.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.core.quantities import format_amount
from lotchain.custody import lots, proposals, transfer
from lotchain.custody.case import Case, Effect, State, bracket
from lotchain.custody.findings import Answer, Finding, note, refusal
from lotchain.custody.following import ACT_CODES, check_act
from lotchain.events.event import Event
from lotchain.events.fields import Amount, Documents, HideableText, LotId, StatementId, Word

CORRECTION_EMPTY = refusal(
    "correction-empty",
    "the correction changes nothing",
    "state the quantity as it stands and as it is meant to be",
    answer=Answer.QUANTITY,
)
CORRECTION_PROPOSED = note(
    Answer.QUANTITY,
    "correction-proposed",
    "a correction waits for the party from whom the lot was received",
    "have that party endorse it, if it agrees",
)


class Correction(Event):
    """A quantity as it was stated, and as it is stated now."""

    TITLE: ClassVar[str] = "Correction"
    CODES = (
        CORRECTION_EMPTY, CORRECTION_PROPOSED, proposals.CORRECTED, proposals.CORRECTION_OVERDRAWN,
        transfer.UNIT_KIND, transfer.QUANTITY_MISMATCH, *ACT_CODES,
    )  # fmt: skip

    type: Literal["correction/1"] = Field("correction/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="whose quantity is restated")
    prev: StatementId = Field(title="Previous", description="the lot's last act or reply")
    was: Amount = Field(title="Was", description="the whole quantity as the ledger has it")
    becomes: Amount = Field(title="Becomes", description="the whole quantity as it is stated now")
    reason: Word = Field(title="Reason", description="weighing-error, typing-error, unit-error, count-error, …")
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
        """Correct at once where no other party is concerned; else propose it to the one that is."""
        fault = check_act(case, subject, self.prev) or self._fault(case, case.standing(subject))
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        change = self.becomes.amount - self.was.amount
        effect = proposals.correct(case, subject, state, change)
        if not effect.states:
            return effect
        giver, findings = state["giver"], effect.findings
        after = effect.states[subject]
        if giver is not None:
            entry = proposals.correction(case, change, giver)
            after = proposals.propose(state, case.statement, entry)
            shown = format_amount(change, state["quantity_kind"])
            findings = (case.finding(CORRECTION_PROPOSED, subject, expected=f"an endorsement by {giver}", found=shown),)
        return Effect({subject: lots.acted(after, case.statement, bracket(case, state["bound"])[0])}, findings)

    def _fault(self, case: Case, state: State) -> Finding | None:
        if self.becomes.kind != state["quantity_kind"]:
            return case.finding(transfer.UNIT_KIND, self.lot, expected=state["quantity_kind"], found=self.becomes.kind)
        fault = transfer.whole_quantity(case, self.lot, state, self.was.amount, self.was.kind)
        if fault is None and self.becomes.amount == self.was.amount:
            fault = case.finding(CORRECTION_EMPTY, self.lot, found=str(self.becomes))
        return fault

    def sentence(self) -> str:
        """From what to what, why."""
        return f"{self.lot} restated from {self.was} to {self.becomes}: {self.reason}."
