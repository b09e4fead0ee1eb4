"""Accession: a founding authority proposes the national authority of one more country; k of n bring it in."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from lotchain.core.ids import country_of, key_subject
from lotchain.core.keys import check_possession, parse_public_key
from lotchain.custody import charter as charters
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import Finding, refusal
from lotchain.custody.keys import new_key
from lotchain.custody.parties import new_party
from lotchain.events.event import Event
from lotchain.events.fields import CoseKey, CountryCode, Hex, PartyId, ShortText

NOT_ROOT = refusal(
    "not-founding-authority",
    "only a founding authority proposes or endorses an act of the charter",
    "have one of the charter's founding authorities sign",
)
COUNTRY_TAKEN = refusal(
    "country-taken",
    "the country has an authority, or this founding authority stands behind a proposal that waits",
    "have the others endorse that one",
)
COUNTRY_OTHER = refusal(
    "country-other", "the authority's id does not begin with its country", "name it party:<country>-<number>"
)
PARTY_EXISTS = refusal(
    "party-exists", "the party or its key is on the ledger already", "choose an unused party id and a new key"
)
POSSESSION = refusal(
    "possession",
    "the proof of possession does not verify: whoever enrols a key must hold it",
    "sign the possession message (specs/formats/keys.md) with the new key itself",
)


class Accession(Event):
    """A country's competent national authority, with its first key; in force at the charter's threshold."""

    TITLE: ClassVar[str] = "Accession of a national authority"
    CODES = (NOT_ROOT, COUNTRY_TAKEN, COUNTRY_OTHER, PARTY_EXISTS, POSSESSION)

    type: Literal["accession/1"] = Field("accession/1", title="Type", description="event type and version")
    country: CountryCode = Field(title="Country", description="ISO 3166-1 alpha-2")
    party: PartyId = Field(title="Authority", description="the competent national authority's party id")
    organisation: ShortText = Field(title="Organisation", description="its name")
    key: CoseKey = Field(title="Key", description="its first COSE key, deterministic CBOR, hexadecimal")
    possession: Hex = Field(title="Proof of possession", description="signature by that key, hexadecimal")

    @property
    def key_subject(self) -> str:
        """`key:<thumbprint>` of the authority's first key."""
        return key_subject(parse_public_key(bytes.fromhex(self.key)).thumbprint)

    def subjects(self) -> tuple[str, ...]:
        """The charter, and the authority's party and key."""
        return (charters.SUBJECT, self.party, self.key_subject)

    def judge(self, subject: str, case: Case) -> Effect:
        """Propose the authority; its party and key are on the ledger at once, its powers only with the charter's."""
        if subject == charters.SUBJECT:
            charter = case.standing(charters.SUBJECT)
            fault = self._fault(case, charter)
            if fault is not None:
                return Effect({}, (fault,))
            after = charters.propose_accession(charter, case.statement, self.country, self.party, case.issuer)
            return Effect({subject: after})
        if case.state(subject) is not None:
            return Effect({}, (case.finding(PARTY_EXISTS, subject),))
        if subject == self.party:
            return Effect({subject: new_party(self.party, self.organisation, "authority")})
        key = parse_public_key(bytes.fromhex(self.key))
        if not check_possession(key, bytes.fromhex(self.possession), case.audience, self.party):
            return Effect({}, (case.finding(POSSESSION, subject, found=self.party),))
        return Effect({subject: new_key(self.party, self.key, "first key of the authority", case.time)})

    def _fault(self, case: Case, charter: dict[str, object]) -> Finding | None:
        if not charters.is_root(charter, case.issuer):
            return case.finding(NOT_ROOT, charters.SUBJECT, found=case.issuer)
        if charters.country_taken(charter, self.country, case.issuer):
            return case.finding(COUNTRY_TAKEN, charters.SUBJECT, found=self.country)
        if country_of(self.party) != self.country:
            return case.finding(COUNTRY_OTHER, charters.SUBJECT, expected=self.country, found=self.party)
        return None

    def sentence(self) -> str:
        """Which authority of which country."""
        return f"{self.party} ({self.organisation}) accedes as the national authority of {self.country}."
