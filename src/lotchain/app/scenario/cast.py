"""The cast of a scenario and its keys: derived from the scenario's name, so that playing it twice gives the same bytes.

Such keys are worth nothing outside a demonstration: anybody can derive them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from lotchain.app.adopting import adopted_document, adoption, digest_of
from lotchain.app.scenario.script import Script
from lotchain.core import canonical_json
from lotchain.core.instants import format_instant
from lotchain.core.statements import audience_of
from lotchain.events.reading import read_entry, read_event
from lotchain.signing import SoftwareSigner, proof_of_possession, sign_statement


class Cast:
    """Signers by member name (and key name), and the statements that open the ledger."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self.documents: dict[bytes, bytes] = {}
        """What is handed over with the opening statements: adopted documents by digest."""
        self.parties = {member.name: member.party for member in (*script.authorities, *script.parties)}

    def signer(self, name: str, key: str = "") -> SoftwareSigner:
        """The signer of a member's key."""
        seed = f"lotchain scenario {self._script.name}: key {key or 'first'} of {name}"
        return SoftwareSigner.from_seed(hashlib.sha256(seed.encode()).digest())

    def sign(self, by: str, event: Mapping[str, Any], *, at: int, charter: bytes | None, key: str = "") -> bytes:
        """One statement: the event as canonical JSON, checked like any other, signed by the member's key."""
        payload = canonical_json.encode(dict(event))
        model = read_event(payload)
        return sign_statement(
            self.signer(by, key),
            issuer=self.parties[by],
            subject=model.subjects()[0],
            audience=audience_of(self._script.origin, charter),
            signed_at=at // 1000,
            payload=payload,
        )

    def charter(self, at: int) -> bytes:
        """The charter, signed by the first authority."""
        origin = self._script.origin
        roots = []
        for member in self._script.authorities:
            signer = self.signer(member.name)
            roots.append(
                {
                    "country": member.country,
                    "party": member.party,
                    "organisation": member.organisation,
                    "key": signer.public.cose.hex(),
                    "possession": proof_of_possession(signer, charter=origin, party=member.party).hex(),
                }
            )
        event = {
            "type": "charter/1",
            "occurred_at": format_instant(at),
            "origin": origin,
            "threshold": self._script.threshold,
            "roots": roots,
        }
        return self.sign(self._script.authorities[0].name, event, at=at, charter=None)

    def openers(self, charter: bytes, at: int) -> list[bytes]:
        """What follows the charter: endorsements up to the threshold, licences, first keys, rule sets."""
        when = format_instant(at)
        first, *others = self._script.authorities
        statements = [
            self.sign(
                member.name,
                {"type": "endorsement/1", "occurred_at": when, "subject": "charter", "endorses": charter.hex()},
                at=at,
                charter=charter,
            )
            for member in others[: self._script.threshold - 1]
        ]
        authority_of = {member.country: member.name for member in (first, *others)}
        for member in self._script.parties:
            authority = authority_of[member.party.partition(":")[2][:2]]
            grant = {
                "type": "licence-grant/1",
                "occurred_at": when,
                "party": member.party,
                "organisation": member.organisation,
                **(member.licence or {}),
            }
            statements.append(self.sign(authority, grant, at=at, charter=charter))
            statements.append(self.enrolment(member.name, "", by=authority, at=at, charter=charter))
        return statements + self._adoptions(charter, at)

    def _adoptions(self, charter: bytes, at: int) -> list[bytes]:
        """The rule sets that the authorities adopt at the opening; their documents are kept in `documents`."""
        statements = []
        for row in self._script.rule_sets:
            document = adopted_document(row.jurisdiction)
            self.documents[bytes.fromhex(digest_of(document))] = document
            event = adoption(document, in_force_from=row.since, complete=row.complete, notice=row.notice)
            event["occurred_at"] = format_instant(at)
            statements.append(self.sign(row.by, event, at=at, charter=charter))
        return statements

    def documents_of(self, packet: Iterable[bytes]) -> dict[bytes, bytes]:
        """The documents to hand over with these statements: those that they adopt."""
        named = {bytes.fromhex(digest) for raw in packet for digest in read_entry(raw).event.documents_kept()}
        return {digest: document for digest, document in self.documents.items() if digest in named}

    def enrolment(self, name: str, key: str, *, by: str, at: int, charter: bytes) -> bytes:
        """The enrolment of a member's key, signed by `by`."""
        signer = self.signer(name, key)
        party = self.parties[name]
        anchor = audience_of(self._script.origin, charter)
        event = {
            "type": "key-enrolment/1",
            "occurred_at": format_instant(at),
            "party": party,
            "key": signer.public.cose.hex(),
            "possession": proof_of_possession(signer, charter=anchor, party=party).hex(),
            "holder": key or "office",
        }
        return self.sign(by, event, at=at, charter=charter)
