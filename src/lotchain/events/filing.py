"""Filing: a report, declaration or registration was filed with an authority.

What counts as filed in time is for the rules to say; this event keeps what can be relied on. The authority with which
it was filed may sign (then it is acknowledged, and its `filed_at` is the authority's word); anybody else's `filed_at`
is a claim, and proved is only that the claim stood on the ledger when the statement was entered.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.core.countries import is_country
from lotchain.custody import authority, filings, reports
from lotchain.custody.case import Case, Effect, State, ahead, bracket
from lotchain.custody.charter import SUBJECT as CHARTER
from lotchain.custody.charter import country_of_authority
from lotchain.custody.findings import Finding, refusal
from lotchain.custody.following import OBSERVER_CODES, ancestors_named, check_observer
from lotchain.custody.permits import CONSIGNMENT_UNKNOWN
from lotchain.events.event import Event
from lotchain.events.fields import (
    Amount,
    ConsignmentId,
    CountryCode,
    Documents,
    HideableText,
    InstantText,
    LotId,
    PartyId,
    Reference,
    StatementId,
    instant_of,
)
from lotchain.events.reading import read_entry

FILING_UNKNOWN = refusal(
    "filing-unknown",
    "the statement that was filed about is not on this ledger, or not yet",
    "submit that statement first, then this again",
    retryable=True,
)
FILING_ELSEWHERE = refusal(
    "filing-elsewhere",
    "the statement that was filed about is none of this lot's or consignment's",
    "name the lot or the consignment that the statement is about",
)
FILING_CONTRADICTS = refusal(
    "filing-contradicts-itself",
    "the filing states what its kind does not have, or leaves out what it rests on",
    "compare with the table of kinds in specs/events/filing-1.md",
)
FILING_AHEAD = refusal(
    "filing-ahead",
    "it is said to have been filed after this statement was entered",
    "submit it when it has been filed; set the clock",
)
FILING_NOT_ENTITLED = refusal(
    "filing-not-entitled",
    "only a party to the consignment, or an authority of its route, states a filing about it",
    "have its declarer, exporter, importer or a final consignee sign",
)
DECLARATIONS = ("declaration", "declaration-amendment", "return-declaration", "outcome-report")
"""Kinds that belong to an import or export declaration: its form, and the number that the authority gave to it."""
WAIVED = ("declaration", "declaration-amendment")


class Filing(Event):
    """A report, declaration or registration was filed with an authority."""

    TITLE: ClassVar[str] = "Filing with an authority"
    CODES = (
        FILING_UNKNOWN, FILING_ELSEWHERE, FILING_CONTRADICTS, FILING_AHEAD, FILING_NOT_ENTITLED, CONSIGNMENT_UNKNOWN,
        *filings.CODES, *reports.CODES, *OBSERVER_CODES,
    )  # fmt: skip

    type: Literal["filing/1"] = Field("filing/1", title="Type", description="event type and version")
    about: LotId | ConsignmentId = Field(title="About", description="the lot or the consignment that was filed about")
    statement: StatementId | None = Field(
        None, title="Statement", description="id of the statement that was filed about: the loss, the hand-over, …"
    )
    kind: Literal[
        "activity-registration",
        "loss-report",
        "police-report",
        "suspicion-report",
        "declaration",
        "declaration-amendment",
        "return-declaration",
        "outcome-report",
        "sale-report",
        "transit-notice",
        "customer-warning",
        "guarantee-of-use",
    ] = Field(title="Kind", description="what was filed; the table above")
    country: CountryCode = Field(title="Country", description="whose authority it was filed with, or that warned")
    filed_at: InstantText = Field(title="Filed at", description="when it reached the authority, UTC")
    number: Reference | None = Field(None, title="Number", description="of the filing, on its receipt")
    transaction_id: Reference | None = Field(
        None, title="Transaction id", description="of a declaration: the number that the authority gave on review"
    )
    form: Literal["486", "486A"] | None = Field(None, title="Form", description="of a declaration, where it has one")
    waiver: bool | None = Field(
        None, title="Waiver", description="of a declaration: whether a regular importer or customer is claimed"
    )
    quantity: Amount | None = Field(None, title="Quantity", description="that was declared or reported")
    basis: Literal["salt", "base"] | None = Field(
        None, title="Basis", description="of the amounts: as they stand (salt), or as anhydrous base (base)"
    )
    left: Amount | None = Field(None, title="Left", description="of a return declaration: what left the premises")
    released: Amount | None = Field(None, title="Released", description="of a return declaration: by customs")
    transferee: PartyId | None = Field(
        None, title="Transferee", description="who receives the goods; of a warning, the customer warned of"
    )
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The lot or the consignment."""
        return (self.about,)

    def cites(self) -> tuple[str, ...]:
        """The statement that was filed about."""
        return () if self.statement is None else (self.statement,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Remember the filing; it moves nothing, and makes nobody's paper stale."""
        fault = self._may_not(case, subject) or self._fault(case)
        if fault is not None:
            return Effect({}, (fault,))
        state = case.standing(subject)
        after = filings.filed(case, state, self._record(case))
        return Effect({subject: reports.counted(case, after) if self._on_lot else after})

    @property
    def _on_lot(self) -> bool:
        return self.about.startswith("lot:")

    def _may_not(self, case: Case, subject: str) -> Finding | None:
        if self._on_lot:
            fault = check_observer(case, subject) or reports.check(case, subject, case.standing(subject))
            return fault or filings.check(case, subject, case.standing(subject))
        state = case.state(subject)
        if state is None:
            return case.finding(CONSIGNMENT_UNKNOWN, subject)
        parties = (state["by"], state["exporter"], state["importer"], *state["final"])
        if case.issuer not in parties:
            if not authority.is_authority(case):
                expected = " or ".join(dict.fromkeys(parties))
                return case.finding(FILING_NOT_ENTITLED, subject, expected=expected, found=case.issuer)
            fault = authority.over_consignment(case, subject, state)
            if fault is not None:
                return fault
        return filings.check(case, subject, state)

    def _fault(self, case: Case) -> Finding | None:
        contradiction = self._contradiction()
        if contradiction:
            return case.finding(FILING_CONTRADICTS, self.about, found=contradiction)
        if ahead(case, instant_of(self.filed_at)):
            return case.finding(FILING_AHEAD, self.about, found=self.filed_at)
        if self.statement is None:
            return None
        cited = case.cited.get(self.statement)
        if cited is None:
            return case.finding(FILING_UNKNOWN, self.about, found=self.statement)
        # What befell a rest lot before it had its name stands in the history of the lot that it is named after.
        event = read_entry(cited.raw).event
        lots = {self.about, *(ancestors_named(self.about) if self._on_lot else ())}
        if not lots & {*event.subjects(), *event.creates()}:
            return case.finding(FILING_ELSEWHERE, self.about, found=event.type)
        return None

    def _contradiction(self) -> str:
        """What does not go together, or the empty text."""
        amounts = [each for each in (self.quantity, self.left, self.released) if each is not None]
        wrong = (
            (not is_country(self.country), f"no country {self.country}"),
            (self.form is not None and self.kind not in DECLARATIONS, f"a form of a {self.kind}"),
            (self.transaction_id is not None and self.kind not in DECLARATIONS, f"a transaction id of a {self.kind}"),
            (self.waiver is not None and self.kind not in WAIVED, f"a waiver of a {self.kind}"),
            (self.left is not None and self.kind != "return-declaration", f"what left, in a {self.kind}"),
            (self.released is not None and self.kind != "return-declaration", f"what was released, in a {self.kind}"),
            (self.basis is not None and not amounts, "a basis of no amount"),
            (len({each.kind for each in amounts}) > 1, "mass and volume"),
            (self.kind == "customer-warning" and self.transferee is None, "a warning of nobody"),
        )
        return next((text for condition, text in wrong if condition), "")

    def _record(self, case: Case) -> State:
        lower, upper = bracket(case)
        amounts = {name: getattr(self, name) for name in ("quantity", "left", "released")}
        kinds = {each.kind for each in amounts.values() if each is not None}
        return {
            "kind": self.kind,
            "country": self.country,
            "about": self.statement or "",
            "filed": instant_of(self.filed_at),
            "lower": lower,
            "upper": upper,
            "acknowledged": country_of_authority(case.state(CHARTER), case.issuer) == self.country,
            "number": self.number or "",
            "transaction_id": self.transaction_id or "",
            "form": self.form or "",
            "waiver": self.waiver is True,
            "quantity_kind": kinds.pop() if kinds else "",
            "basis": self.basis or "",
            "transferee": self.transferee,
            "by": case.issuer,
            **{name: None if each is None else each.amount for name, each in amounts.items()},
        }

    def sentence(self) -> str:
        """What was filed with whom, when, as stated."""
        number = f", number {self.number}" if self.number else ""
        kind = self.kind.replace("-", " ")
        filed = f"filed with the authority of {self.country} at {self.filed_at}{number}"
        return f"{kind.capitalize()} about {self.about}, {filed}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """What the filing states beside."""
        of = f" ({self.basis})" if self.basis else ""
        rows = (
            ("Statement", self.statement),
            ("Transaction id", self.transaction_id),
            ("Form", self.form),
            ("Waiver", {None: None, True: "claimed", False: "not claimed"}[self.waiver]),
            ("Quantity", None if self.quantity is None else f"{self.quantity}{of}"),
            ("Left the premises", None if self.left is None else f"{self.left}{of}"),
            ("Released by customs", None if self.released is None else f"{self.released}{of}"),
            ("Transferee", self.transferee),
        )
        return tuple((label, value) for label, value in rows if value is not None)
