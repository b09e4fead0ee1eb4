"""Endorsement: one more signature behind a statement, where the protocol asks for several.

Of the charter, of accessions and of lists of log keys by founding authorities (effect at the k-th); of a conflict's
resolution by a second officer of the same authority; of a correction by the other party of the transfer; of seizures,
orders of custody, destructions and records of reactions by whoever signs them second; and, for a revoked key, of a
statement that it had honestly signed, by another key of its party or by its authority.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.custody import authority, log_keys, proposals, second_signatures
from lotchain.custody import charter as charters
from lotchain.custody.case import Case, Effect, State, bracket
from lotchain.custody.findings import Finding, refusal
from lotchain.custody.following import HOLD_CODES
from lotchain.custody.keys import endorse
from lotchain.events.event import Event
from lotchain.events.fields import StatementId, SubjectId

PROPOSAL_UNKNOWN = refusal(
    "proposal-unknown",
    "nothing under this id waits for an endorsement on this subject, or not yet",
    "submit the proposal first, then this again",
    retryable=True,
)
NOT_ROOT = refusal(
    "not-founding-authority",
    "only a founding authority proposes or endorses an act of the charter",
    "have one of the charter's founding authorities sign",
)
ENDORSED_TWICE = refusal(
    "endorsed-twice",
    "this party stands behind it already: distinct ones count",
    "have another one sign",
)
KEY_UNKNOWN = refusal(
    "key-unknown", "the key is not on this ledger, or not yet", "submit its enrolment first", retryable=True
)
KEY_SELF_ENDORSEMENT = refusal(
    "key-self-endorsement",
    "a key does not stand behind its own statements: whoever has stolen it could do so before the loss is known",
    "sign with another key of the party, or have its authority sign",
)


class Endorsement(Event):
    """One party stands behind a named statement."""

    TITLE: ClassVar[str] = "Endorsement"
    CODES = (
        PROPOSAL_UNKNOWN,
        NOT_ROOT,
        ENDORSED_TWICE,
        KEY_UNKNOWN,
        KEY_SELF_ENDORSEMENT,
        *proposals.CODES,
        *second_signatures.CODES,
        *HOLD_CODES,
        *authority.CODES,
    )

    type: Literal["endorsement/1"] = Field("endorsement/1", title="Type", description="event type and version")
    subject: SubjectId = Field(title="Subject", description="charter, the lot of the proposal, or the revoked key")
    endorses: StatementId = Field(title="Endorses", description="id of the statement")

    def subjects(self) -> tuple[str, ...]:
        """The subject on which the statement waits."""
        return (self.subject,)

    def names_endorsed(self) -> tuple[str, ...]:
        """The statement that it stands behind."""
        return (self.endorses,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Count the endorsement; at the threshold the proposal takes effect."""
        if subject == charters.SUBJECT:
            return self._judge_charter(case)
        state = case.state(subject)
        if subject.startswith("key:"):
            return self._judge_key(case, subject, state)
        if not subject.startswith("lot:") or state is None or self.endorses not in state["pending"]:
            return Effect({}, (case.finding(PROPOSAL_UNKNOWN, subject, found=self.endorses),))
        bound = bracket(case, state["bound"])[0]
        if state["pending"][self.endorses]["kind"] in second_signatures.KINDS:
            return second_signatures.endorse(case, subject, state, self.endorses, bound)
        return proposals.endorse(case, subject, state, self.endorses, bound)

    def _judge_charter(self, case: Case) -> Effect:
        charter = case.standing(charters.SUBJECT)
        if not charters.is_root(charter, case.issuer):
            return Effect({}, (case.finding(NOT_ROOT, charters.SUBJECT, found=case.issuer),))
        if self.endorses == case.audience.rpartition("#")[2]:
            if case.issuer in charter["endorsed"]:
                return Effect({}, (case.finding(ENDORSED_TWICE, charters.SUBJECT, found=case.issuer),))
            return Effect({charters.SUBJECT: charters.endorse_charter(charter, case.issuer)})
        keys = log_keys.waiting(charter, self.endorses)
        entry = keys or charter["pending"].get(self.endorses)
        if entry is None:
            return Effect({}, (case.finding(PROPOSAL_UNKNOWN, charters.SUBJECT, found=self.endorses),))
        if case.issuer in entry["endorsed"]:
            return Effect({}, (case.finding(ENDORSED_TWICE, charters.SUBJECT, found=case.issuer),))
        if keys is not None:
            return Effect({charters.SUBJECT: log_keys.endorse(charter, self.endorses, case.issuer, case.time)})
        return Effect({charters.SUBJECT: charters.endorse_accession(charter, self.endorses, case.issuer)})

    def _judge_key(self, case: Case, subject: str, state: State | None) -> Effect:
        fault: Finding | None = None
        if state is None:
            fault = case.finding(KEY_UNKNOWN, subject)
        elif case.key == subject:
            fault = case.finding(KEY_SELF_ENDORSEMENT, subject)
        elif case.issuer != state["party"]:
            fault = authority.over_party(case, state["party"])
        if fault is not None or state is None:
            return Effect({}, (fault,) if fault is not None else ())
        return Effect({subject: endorse(state, self.endorses)})

    def sentence(self) -> str:
        """What is endorsed."""
        return f"Stands behind statement {self.endorses[:12]}… on {self.subject}."
