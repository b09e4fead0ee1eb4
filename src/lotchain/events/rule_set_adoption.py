"""Rule-set adoption: an authority says which rules and lists are the law of its country, by digest."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody import adoptions, territory
from lotchain.custody import charter as charters
from lotchain.custody.authority import NOT_AUTHORITY
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Finding, refusal
from lotchain.events.event import Event
from lotchain.events.fields import CasNumber, Digest, Documents, HideableText, InstantText, Reference, instant_of

ADOPTION_SCOPE = refusal(
    "adoption-scope",
    "an authority adopts rule sets for its own country: its own law, the Union's where it is a member, the Convention",
    "have the country whose law it is adopt it",
)
ADOPTED_ALREADY = refusal(
    "adopted-already",
    "this is the set that the country adopted last",
    "adopt another edition, or nothing",
)
ADOPTIONS_MANY = refusal(
    "adoptions-many", "the country has adopted as many sets as a charter keeps", "begin a new ledger"
)


class RuleSetAdoption(Event):
    """From its place in the log on, what happens in that country is judged by these rules."""

    TITLE: ClassVar[str] = "Rule set adopted"
    CODES = (ADOPTION_SCOPE, ADOPTED_ALREADY, ADOPTIONS_MANY, NOT_AUTHORITY)

    type: Literal["rule-set-adoption/1"] = Field(
        "rule-set-adoption/1", title="Type", description="event type and version"
    )
    jurisdiction: Literal["UN", "US", "EU", "MX", "CA", "CN", "IN"] = Field(
        title="Jurisdiction", description="whose rules: the country's own, the Union's (EU), the Convention's (UN)"
    )
    edition: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] = Field(
        title="Edition", description="the day of the document's status, as it says itself"
    )
    document: Digest = Field(title="Document", description="SHA-256 of the adopted document's bytes")
    in_force_from: InstantText = Field(title="In force from", description="since when it is the law, inclusive")
    lists_complete: bool = Field(
        False, title="Lists complete", description="a substance that the document does not name is not listed"
    )
    notice_demanded: Annotated[tuple[CasNumber | Literal["*"], ...], Field(max_length=200)] | None = Field(
        None,
        title="Notice demanded",
        description="substances of whose export to it the country asks to be told in advance (article 12(10)(a) of "
        "the 1988 Convention); * for all; absent: not said",
    )
    reference: Reference | None = Field(None, title="Reference", description="number of the decision")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The charter: every statement after it is judged by what stands there."""
        return (charters.SUBJECT,)

    def documents_kept(self) -> tuple[str, ...]:
        """The adopted document, which is kept beside the log."""
        return (self.document,)

    def judge(self, subject: str, case: Case) -> Effect:
        """One more adoption for the issuer's country."""
        charter = case.standing(subject)
        country = charters.country_of_authority(charter, case.issuer)
        if country is None:
            return Effect({}, (case.finding(NOT_AUTHORITY, subject, found=case.issuer),))
        fault = self._fault(case, charter, country)
        if fault is not None:
            return Effect({}, (fault,))
        after = adoptions.adopt(
            charter,
            self.jurisdiction,
            country,
            digest=self.document,
            edition=self.edition,
            since=instant_of(self.in_force_from),
            complete=self.lists_complete,
            notice=None if self.notice_demanded is None else sorted(set(self.notice_demanded)),
            by=case.statement,
            at=case.time,
        )
        return Effect({subject: after})

    def _fault(self, case: Case, charter: State, country: str) -> Finding | None:
        if not territory.may_adopt(country, self.jurisdiction):
            expected = " or ".join(territory.laws_of(country))
            return case.finding(ADOPTION_SCOPE, charters.SUBJECT, expected=expected, found=self.jurisdiction)
        before = adoptions.adopted(charter, self.jurisdiction, country)
        if len(before) >= adoptions.MAX_ADOPTIONS:
            return case.finding(ADOPTIONS_MANY, charters.SUBJECT, expected=f"at most {adoptions.MAX_ADOPTIONS}")
        notice = None if self.notice_demanded is None else tuple(sorted(set(self.notice_demanded)))
        said = (self.document, instant_of(self.in_force_from), self.lists_complete, notice)
        if before and (before[-1].digest, before[-1].since, before[-1].complete, before[-1].notice) == said:
            return case.finding(ADOPTED_ALREADY, charters.SUBJECT, found=self.document)
        return None

    def sentence(self) -> str:
        """Which rules, from when."""
        return f"The {self.jurisdiction} rule set of {self.edition} is adopted, in force from {self.in_force_from}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """The document, and what else is said with it."""
        rows = [("Document", f"SHA-256 {self.document}")]
        if self.lists_complete:
            rows.append(("Lists", "complete: a substance that they do not name is not listed"))
        if self.notice_demanded is not None:
            rows.append(("Notice before export demanded for", ", ".join(self.notice_demanded) or "no substance"))
        return tuple(rows)
