"""Revocation of a key, by another valid key of its party or by the party's authority."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.core.instants import format_instant
from lotchain.custody import authority
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import Finding, refusal
from lotchain.custody.keys import revoke
from lotchain.events.event import Event
from lotchain.events.fields import HideableText, InstantText, KeySubject, Word, instant_of

KEY_UNKNOWN = refusal(
    "key-unknown", "the key is not on this ledger, or not yet", "submit its enrolment first", retryable=True
)
KEY_SELF_REVOCATION = refusal(
    "key-self-revocation",
    "a key does not revoke itself: whoever has stolen it could undo what is known of the loss",
    "sign with another key of the party, or have its authority sign",
)
COMPROMISED_LATER = refusal(
    "compromised-in-future",
    "the key is said to be compromised from a moment that has not come",
    "state the last moment at which the key was surely in its holder's hands",
)


class KeyRevocation(Event):
    """A key that signs nothing more from this point of the log on."""

    TITLE: ClassVar[str] = "Key revoked"
    CODES = (KEY_UNKNOWN, KEY_SELF_REVOCATION, COMPROMISED_LATER, *authority.CODES)

    type: Literal["key-revocation/1"] = Field("key-revocation/1", title="Type", description="event type and version")
    key: KeySubject = Field(title="Key", description="key:<thumbprint>")
    reason: Word = Field(title="Reason", description="lost, stolen, compromised, superseded, holder-left, …")
    compromised_since: InstantText | None = Field(
        None,
        title="Compromised since",
        description="what the key signed and the ledger took since then is in doubt; absent: nothing is",
    )
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The key."""
        return (self.key,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Revoke the key; a second revocation moves the moment of compromise earlier only (but see `keys.revoke`)."""
        fault = self._fault(case)
        if fault is not None:
            return Effect({}, (fault,))
        since = None if self.compromised_since is None else instant_of(self.compromised_since)
        return Effect({subject: revoke(case.standing(subject), self.reason, case.issuer, since)})

    def _fault(self, case: Case) -> Finding | None:
        state = case.state(self.key)
        if state is None:
            return case.finding(KEY_UNKNOWN, self.key)
        if case.key == self.key:
            return case.finding(KEY_SELF_REVOCATION, self.key)
        if case.issuer != state["party"]:
            fault = authority.over_party(case, state["party"])
            if fault is not None:
                return fault
        if self.compromised_since is not None and instant_of(self.compromised_since) > case.time:
            return case.finding(
                COMPROMISED_LATER,
                self.key,
                expected=f"not after {format_instant(case.time)}",
                found=self.compromised_since,
            )
        return None

    def sentence(self) -> str:
        """Which key and why."""
        return f"Key {self.key[4:16]}… revoked ({self.reason})."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Since when it is in doubt."""
        return () if self.compromised_since is None else (("Compromised since", self.compromised_since),)
