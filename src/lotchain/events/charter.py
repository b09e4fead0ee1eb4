"""The charter: leaf 0, by which founding authorities open a ledger; in force when k of them stand behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, Field

from lotchain.core.ids import country_of, key_subject
from lotchain.core.keys import check_possession, parse_public_key
from lotchain.custody import charter as charters
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import refusal
from lotchain.custody.keys import new_key
from lotchain.custody.parties import new_party
from lotchain.events.event import Event
from lotchain.events.fields import STRICT, CoseKey, CountryCode, Hex, PartyId, ShortText

CHARTER_EXISTS = refusal(
    "charter-exists", "a ledger has one charter, its first leaf", "open another ledger for another charter"
)
CHARTER_ORIGIN = refusal(
    "charter-origin", "the charter names another log than the one it is signed for", "name the log's own origin"
)
CHARTER_ROOTS = refusal(
    "charter-roots",
    "the founding authorities are not distinct, or a country is not its authority's",
    "name each country, party, organisation and key once; a party's id begins with its country",
)
CHARTER_THRESHOLD = refusal(
    "charter-threshold",
    "the threshold is not between 1 and the number of founding authorities",
    "choose k of n",
)
POSSESSION = refusal(
    "possession",
    "the proof of possession does not verify: whoever enrols a key must hold it",
    "sign the possession message (specs/formats/keys.md) with the new key itself",
)


class Root(BaseModel):
    """One founding authority."""

    model_config = STRICT
    country: CountryCode = Field(title="Country", description="ISO 3166-1 alpha-2")
    party: PartyId = Field(title="Authority", description="the competent national authority's party id")
    organisation: ShortText = Field(title="Organisation", description="its name; two parties are two organisations")
    key: CoseKey = Field(title="Key", description="COSE key, deterministic CBOR, hexadecimal")
    possession: Hex = Field(title="Proof of possession", description="signature by that key, hexadecimal")

    @property
    def key_subject(self) -> str:
        """`key:<thumbprint>` of the founding key."""
        return key_subject(parse_public_key(bytes.fromhex(self.key)).thumbprint)


class Charter(Event):
    """Founding authorities, one key each, and how many of them an act of the charter needs."""

    TITLE: ClassVar[str] = "Charter"
    CODES = (CHARTER_EXISTS, CHARTER_ORIGIN, CHARTER_ROOTS, CHARTER_THRESHOLD, POSSESSION)

    type: Literal["charter/1"] = Field("charter/1", title="Type", description="event type and version")
    origin: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9./-]{0,99}$")] = Field(
        title="Origin", description="the log's name in every checkpoint"
    )
    threshold: Annotated[int, Field(ge=1, le=50)] = Field(
        title="Threshold", description="founding authorities needed for the charter and for each accession"
    )
    roots: Annotated[tuple[Root, ...], Field(min_length=1, max_length=50)] = Field(
        title="Founding authorities", description="each with its country and first key"
    )

    def subjects(self) -> tuple[str, ...]:
        """The charter, and each founding authority's party and key."""
        roots = [name for root in self.roots for name in (root.party, root.key_subject)]
        return (charters.SUBJECT, *dict.fromkeys(roots))

    def founding_keys(self) -> Mapping[str, str]:
        """The founding keys: the charter is signed by one of them."""
        return {root.key_subject: root.key for root in self.roots}

    def judge(self, subject: str, case: Case) -> Effect:
        """Create the charter, a founding authority, or its key."""
        if case.state(subject) is not None:
            return Effect({}, (case.finding(CHARTER_EXISTS, subject),))
        if subject == charters.SUBJECT:
            return self._judge_charter(case)
        root = next(root for root in self.roots if subject in (root.party, root.key_subject))
        if subject == root.party:
            return Effect({subject: new_party(root.party, root.organisation, "authority")})
        key = parse_public_key(bytes.fromhex(root.key))
        if not check_possession(key, bytes.fromhex(root.possession), self.origin, root.party):
            return Effect({}, (case.finding(POSSESSION, subject, found=root.party),))
        return Effect({subject: new_key(root.party, root.key, "founding key", case.time)})

    def _judge_charter(self, case: Case) -> Effect:
        if self.origin != case.audience:
            found = case.finding(CHARTER_ORIGIN, charters.SUBJECT, expected=case.audience, found=self.origin)
            return Effect({}, (found,))
        if self.threshold > len(self.roots):
            return Effect({}, (case.finding(CHARTER_THRESHOLD, charters.SUBJECT, found=self.threshold),))
        columns = [
            [root.country for root in self.roots],
            [root.party for root in self.roots],
            [root.organisation for root in self.roots],
            [root.key_subject for root in self.roots],
        ]
        distinct = all(len(set(column)) == len(self.roots) for column in columns)
        if not distinct or any(country_of(root.party) != root.country for root in self.roots):
            return Effect({}, (case.finding(CHARTER_ROOTS, charters.SUBJECT),))
        signer = next(root for root in self.roots if root.key_subject == case.key)
        if signer.party != case.issuer:
            return Effect(
                {}, (case.finding(CHARTER_ROOTS, charters.SUBJECT, expected=signer.party, found=case.issuer),)
            )
        roots = {root.country: root.party for root in self.roots}
        return Effect({charters.SUBJECT: charters.new_charter(self.origin, self.threshold, roots, case.issuer)})

    def sentence(self) -> str:
        """Who opens which ledger."""
        countries = ", ".join(root.country for root in self.roots)
        return f"The authorities of {countries} open the ledger {self.origin}; {self.threshold} of them bind it."
