"""Consignment: the custodian declares which lots travel together, from whom to whom, and by which route."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.core.ids import creator_of
from lotchain.custody import consignments, route
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Answer, Finding, note, refusal
from lotchain.custody.following import LOT_ENDED, LOT_TWICE, LOT_UNKNOWN, NOT_CUSTODIAN
from lotchain.events.event import Event
from lotchain.events.fields import ConsignmentId, Documents, HideableText, Locode, LotId, PartyId, Word

CONSIGNMENT_NAME_FOREIGN = refusal(
    "consignment-name-foreign",
    "a new consignment is named under the party that declares it",
    "name it consignment:<your party>/<local number>",
)
CONSIGNMENT_EXISTS = refusal(
    "consignment-exists",
    "a consignment is declared once, and this one is",
    "choose an unused local number; a changed route is a new consignment",
)
ROUTE_ELSEWHERE = note(
    Answer.CHAIN,
    "route-starts-elsewhere",
    "the lot's declared place is not on the route that was declared for it",
    "name every place of the journey, its beginning too",
)


class Consignment(Event):
    """Lots under way together: who sends them, who takes them in, who is to receive them, and by which route."""

    TITLE: ClassVar[str] = "Consignment"
    CODES = (
        CONSIGNMENT_NAME_FOREIGN, CONSIGNMENT_EXISTS, *consignments.CODES, ROUTE_ELSEWHERE, route.CODE_OF_AIRPORT,
        LOT_TWICE, LOT_UNKNOWN, LOT_ENDED, NOT_CUSTODIAN,
    )  # fmt: skip

    type: Literal["consignment/1"] = Field("consignment/1", title="Type", description="event type and version")
    consignment: ConsignmentId = Field(title="Consignment", description="named under the party that declares it")
    exporter: PartyId = Field(title="Exporter", description="who sends it out of its country")
    importer: PartyId = Field(title="Importer", description="who takes it into its country")
    final: Annotated[tuple[PartyId, ...], Field(min_length=1, max_length=10)] = Field(
        title="Final consignees", description="the parties at which the lots are delivered"
    )
    route: Annotated[tuple[Locode, ...], Field(min_length=2, max_length=20)] = Field(
        title="Route", description="UN/LOCODEs in travelling order, beginning and end included"
    )
    lots: Annotated[tuple[LotId, ...], Field(min_length=1, max_length=50)] = Field(
        title="Lots", description="what travels in it, as whole lots"
    )
    mode: Word = Field(title="Mode", description="how it mainly travels: road, rail, sea, air, inland-water")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The consignment and its lots."""
        return (self.consignment, *dict.fromkeys(self.lots))

    def reads(self, subject: str) -> tuple[str, ...]:
        """The consignment: a lot's proof holds it, though a lot is judged by its own copy."""
        return (self.consignment,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Declare the consignment; each lot keeps a copy of its route and consignees."""
        if subject == self.consignment:
            return self._judge_consignment(case)
        state = case.state(subject)
        if state is None:
            return Effect({}, (case.finding(LOT_UNKNOWN, subject),))
        if state["ended"] is not None:
            return Effect({}, (case.finding(LOT_ENDED, subject, found=state["ended"]["how"]),))
        if case.issuer != state["custodian"]:
            return Effect({}, (case.finding(NOT_CUSTODIAN, subject, expected=state["custodian"], found=case.issuer),))
        after = consignments.consigned(
            state, self.consignment, by=case.issuer, importer=self.importer, final=self.final, route=self.route
        )
        return Effect({subject: after}, self._remarked(case, subject, state))

    def _judge_consignment(self, case: Case) -> Effect:
        name = self.consignment
        if creator_of(name) != case.issuer:
            fault = case.finding(CONSIGNMENT_NAME_FOREIGN, name, expected=case.issuer, found=creator_of(name))
            return Effect({}, (fault,))
        if case.state(name) is not None:
            return Effect({}, (case.finding(CONSIGNMENT_EXISTS, name),))
        if len(set(self.lots)) != len(self.lots):
            return Effect({}, (case.finding(LOT_TWICE, name),))
        state = consignments.new_consignment(
            name,
            exporter=self.exporter,
            importer=self.importer,
            final=self.final,
            route=self.route,
            lots=self.lots,
            mode=self.mode,
            by=case.issuer,
        )
        return Effect({name: state}, route.codes_of_airports(case, name, self.route, self.mode))

    def _remarked(self, case: Case, lot: str, state: State) -> tuple[Finding, ...]:
        findings = [*consignments.replaced(case, lot, state, self.consignment)]
        if not route.holds(self.route, state["place"]["code"]):
            told = " → ".join(self.route)
            findings.append(case.finding(ROUTE_ELSEWHERE, lot, expected=state["place"]["code"], found=told))
        return tuple(findings)

    def sentence(self) -> str:
        """What travels, from whom to whom, by which route."""
        final = ", ".join(self.final)
        return f"{len(self.lots)} lot(s) from {self.exporter} to {final} by {self.mode}: {' → '.join(self.route)}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Importer and lots."""
        return (("Importer", self.importer), ("Lots", ", ".join(self.lots)))
