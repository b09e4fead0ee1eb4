"""Enrolment of a key for a party, with proof of possession: one key, one party, for ever."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.core.ids import key_subject
from lotchain.core.keys import check_possession, parse_public_key
from lotchain.custody import authority
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import refusal
from lotchain.custody.keys import new_key
from lotchain.events.event import Event
from lotchain.events.fields import CoseKey, Hex, PartyId, ShortText

KEY_IN_USE = refusal(
    "key-in-use",
    "the key is enrolled already: one key, one party, for ever, revoked or not",
    "make a new key",
)
POSSESSION = refusal(
    "possession",
    "the proof of possession does not verify: whoever enrols a key must hold it",
    "sign the possession message (specs/formats/keys.md) with the new key itself",
)
PARTY_UNKNOWN = refusal(
    "party-unknown",
    "the party is not on this ledger, or not yet",
    "have its national authority grant its licence first, then submit this again",
    retryable=True,
)


class KeyEnrolment(Event):
    """A new key of a party, signed by another valid key of the party or by its national authority."""

    TITLE: ClassVar[str] = "Key enrolment"
    CODES = (KEY_IN_USE, POSSESSION, PARTY_UNKNOWN, *authority.CODES)

    type: Literal["key-enrolment/1"] = Field("key-enrolment/1", title="Type", description="event type and version")
    party: PartyId = Field(title="Party", description="whose key it becomes, for ever")
    key: CoseKey = Field(title="Key", description="COSE key, deterministic CBOR, hexadecimal")
    possession: Hex = Field(title="Proof of possession", description="signature by the new key, hexadecimal")
    holder: ShortText = Field(title="Holder", description="the role or device that holds the key; no person's name")

    @property
    def key_subject(self) -> str:
        """`key:<thumbprint>`."""
        return key_subject(parse_public_key(bytes.fromhex(self.key)).thumbprint)

    def subjects(self) -> tuple[str, ...]:
        """The key."""
        return (self.key_subject,)

    def reads(self, subject: str) -> tuple[str, ...]:
        """The party."""
        return (self.party,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Enrol the key, when it is new, its holder is known and its possession proved."""
        if case.state(subject) is not None:
            return Effect({}, (case.finding(KEY_IN_USE, subject),))
        if case.state(self.party) is None:
            return Effect({}, (case.finding(PARTY_UNKNOWN, subject, found=self.party),))
        if case.issuer != self.party:
            fault = authority.over_party(case, self.party)
            if fault is not None:
                return Effect({}, (fault,))
        key = parse_public_key(bytes.fromhex(self.key))
        if not check_possession(key, bytes.fromhex(self.possession), case.audience, self.party):
            return Effect({}, (case.finding(POSSESSION, subject, expected=f"signature by {subject}"),))
        return Effect({subject: new_key(self.party, self.key, self.holder, case.time)})

    def sentence(self) -> str:
        """Whose key, held by what."""
        return f"{self.party} enrols a key held by {self.holder}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """The key's name."""
        return (("Key", self.key_subject),)
