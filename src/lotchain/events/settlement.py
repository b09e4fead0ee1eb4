"""Settlement: an authority settles a breach that is its own country's matter; the finding stays listed, as a note."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody import authority, territory
from lotchain.custody import charter as charters
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, note, refusal
from lotchain.custody.following import LOT_UNKNOWN
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, LotId, Reference, StatementId, Word
from lotchain.events.reading import read_entry

BREACH_UNKNOWN = refusal(
    "breach-unknown",
    "the statement with the breach is not on this ledger, or not yet",
    "submit the statement first, then this again",
    retryable=True,
)
BREACH_ELSEWHERE = refusal(
    "breach-elsewhere",
    "that statement is none about this lot",
    "name the lot on which the breach is listed",
)
SETTLED_ALREADY = refusal(
    "settled-already",
    "this breach has been settled",
    "a breach is settled once; read the settlement",
)
SETTLED = note(
    Answer.TREATY,
    "breach-settled",
    "the authority whose rule it was settled a breach",
    "read the settlement",
)
OF_THE_PARTY = ("licence-none", "licence-not-in-force", "licence-undetermined", "used-in-keeping")
RuleId = Annotated[str, Field(pattern=r"^(un|us|eu|mx|ca|cn|in)(-[a-z0-9]{1,20}){1,8}$")]
SettledCode = (
    Literal["licence-none", "licence-not-in-force", "licence-undetermined", "used-in-keeping", "border-unexplained"]
    | RuleId
)


class Settlement(Event):
    """An authority's last word about a breach of its own rule."""

    TITLE: ClassVar[str] = "Settlement of a breach"
    CODES = (BREACH_UNKNOWN, BREACH_ELSEWHERE, SETTLED_ALREADY, SETTLED, LOT_UNKNOWN, *authority.CODES)

    type: Literal["settlement/1"] = Field("settlement/1", title="Type", description="event type and version")
    lot: LotId = Field(title="Lot", description="on which the breach is listed")
    statement: StatementId = Field(title="Statement", description="id of the statement with the breach")
    code: SettledCode = Field(
        title="Code", description="the finding that is settled: of a licence, a border, a rule's id"
    )
    outcome: Word = Field(title="Outcome", description="fined, warned, licensed-since, error-of-the-authority, …")
    reference: Reference | None = Field(None, title="Reference", description="number of the decision")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot."""
        return (self.lot,)

    def cites(self) -> tuple[str, ...]:
        """The statement with the breach."""
        return (self.statement,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Remember the settlement: what is concluded from the finding weighs it as a note."""
        state = case.state(subject)
        if state is None:
            return Effect({}, (case.finding(LOT_UNKNOWN, subject),))
        fault = self._fault(case, state)
        if fault is not None:
            return Effect({}, (fault,))
        settled = state.get("settled", {})
        entry = {**settled.get(self.statement, {}), self.code: case.statement}
        after = {**state, "settled": {**settled, self.statement: entry}}
        return Effect({subject: after}, (case.finding(SETTLED, subject, found=f"{self.code}: {self.outcome}"),))

    def _fault(self, case: Case, state: State) -> Finding | None:
        cited = case.cited.get(self.statement)
        if cited is None:
            return case.finding(BREACH_UNKNOWN, self.lot, found=self.statement)
        reading = read_entry(cited.raw)
        if self.lot not in (*reading.event.subjects(), *reading.event.creates()):
            return case.finding(BREACH_ELSEWHERE, self.lot, found=reading.event.type)
        if self.code in OF_THE_PARTY:
            # Whose doing it was: at an offer the receiver's, else the signer's. Only that party's authority settles.
            fault = authority.over_party(case, reading.event.offered_to() or reading.statement.issuer)
        else:
            fault = self._over_rule(case, state)
        if fault is not None:
            return fault
        if self.code in state.get("settled", {}).get(self.statement, {}):
            return case.finding(SETTLED_ALREADY, self.lot, found=self.code)
        return None

    def _over_rule(self, case: Case, state: State) -> Finding | None:
        """Whose rule it was: a country's own, the Union's by a member, the Convention's by the State that it binds."""
        country = charters.country_of_authority(case.state(charters.SUBJECT), case.issuer)
        law = self.code[:2].upper()
        if country is None:
            return case.finding(authority.NOT_AUTHORITY, self.lot, found=case.issuer)
        if self.code == "border-unexplained":
            return authority.over_lot(case, self.lot, state)
        if law == territory.CONVENTION:
            return authority.over_convention(case, self.lot, state, self.code)
        if not territory.may_adopt(country, law):
            return case.finding(authority.AUTHORITY_SCOPE, self.lot, expected=law, found=country)
        return None

    def sentence(self) -> str:
        """What is settled, how."""
        return f"Breach {self.code} of statement {self.statement[:12]}… on {self.lot} settled: {self.outcome}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """The decision."""
        return (("Decision", self.reference),) if self.reference is not None else ()
