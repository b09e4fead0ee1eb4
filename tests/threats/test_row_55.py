"""Threat row 55, enrolment without possession: the new key itself signs for this ledger and this party, or `possession`."""

from __future__ import annotations

from typing import Any

import pytest
from tests.threats.surroundings import ORIGIN, Small, shared

from lotchain.core.keys import possession_message
from lotchain.core.statements import parse_statement
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Refused
from lotchain.signing import SoftwareSigner, proof_of_possession
from lotchain.storage.highwater import MemoryHighWaterMark
from lotchain.storage.memory import MemoryStore

NEW = SoftwareSigner.from_seed(b"the key of somebody else".ljust(32, b"."))
THIEF = SoftwareSigner.from_seed(b"whoever wants it".ljust(32, b"."))
MAKER = "party:CN-MAKER"


def enrolment(small: Small, proof: bytes, key: SoftwareSigner = NEW, party: str = MAKER) -> bytes:
    event = {
        "type": "key-enrolment/1",
        "occurred_at": small.now(),
        "party": party,
        "key": key.public.cose.hex(),
        "possession": proof.hex(),
        "holder": "office",
    }
    return small.sign_event(event, "cn", subject=key.public.subject)


def proofs(small: Small) -> dict[str, bytes]:
    """What somebody may try who does not hold the key, or holds a proof that was meant for something else."""
    audience, cose = small.audience, NEW.public.cose
    good = possession_message(audience, MAKER, cose)
    return {
        "signed by the thief": THIEF.sign(good),
        "signed by the authority": small.signers["cn"].sign(good),
        "for another party": proof_of_possession(NEW, charter=audience, party="party:CN-MAKER2"),
        "for another ledger": proof_of_possession(NEW, charter=ORIGIN + "#" + "22" * 32, party=MAKER),
        "for a charter": proof_of_possession(NEW, charter=ORIGIN, party=MAKER),
        "for another key": NEW.sign(possession_message(audience, MAKER, THIEF.public.cose)),
        "over another tag": NEW.sign(good.replace(b"possession/1", b"possession/2")),
        "over the party alone": NEW.sign(MAKER.encode()),
        "over the key alone": NEW.sign(cose),
        "zeros": bytes(64),
        "short": THIEF.sign(good)[:63],
        "long": NEW.sign(good) + b"\x00",
        "R and S swapped": NEW.sign(good)[32:] + NEW.sign(good)[:32],
        "one byte": b"\x00",
    }


@pytest.mark.parametrize("name", proofs(shared()))
def test_no_proof(name: str) -> None:
    small = shared()
    small.refused(enrolment(small, proofs(small)[name]), "possession")


def test_a_statement_of_the_key_is_no_proof() -> None:
    """What its honest holder signed for another purpose, pasted in."""
    small = shared()
    signed = parse_statement(small.sign_event(small.registration(), signer=NEW))
    small.refused(enrolment(small, signed.signature), "possession")


def test_an_enrolment_seen_on_the_way_is_worth_nothing_to_another() -> None:
    """A watcher copies key and proof out of a genuine enrolment that has not arrived, and enrols them for itself."""
    small = Small()
    genuine = enrolment(small, proof_of_possession(NEW, charter=small.audience, party=MAKER))
    stolen = enrolment(small, proof_of_possession(NEW, charter=small.audience, party=MAKER), party="party:CN-MAKER2")
    small.refused(stolen, "possession")
    assert small.taken(genuine).index


def test_a_foreign_authority_does_not_enrol_either() -> None:
    small = shared()
    proof = proof_of_possession(NEW, charter=small.audience, party=MAKER)
    event: dict[str, Any] = {
        "type": "key-enrolment/1", "occurred_at": small.now(), "party": MAKER, "holder": "office",
        "key": NEW.public.cose.hex(), "possession": proof.hex(),
    }  # fmt: skip
    for who, code in (("mx", "authority-scope"), ("maker2", "not-authority"), ("importer", "not-authority")):
        small.refused(small.sign_event(event, who, subject=NEW.public.subject), code)


def test_a_charter_whose_roots_do_not_hold_their_keys() -> None:
    small = shared()
    good = proof_of_possession(small.signers["cn"], charter=ORIGIN, party="party:CN-NMPA")
    for proof in (bytes(64), good[::-1], proof_of_possession(small.signers["cn"], charter=ORIGIN, party=MAKER)):
        root = {
            "country": "CN", "party": "party:CN-NMPA", "organisation": "N",
            "key": small.signers["cn"].public.cose.hex(), "possession": proof.hex(),
        }  # fmt: skip
        event = {"type": "charter/1", "occurred_at": small.now(), "origin": ORIGIN, "threshold": 1, "roots": [root]}
        store = MemoryStore()
        ledger = Ledger.open(
            store, MemoryHighWaterMark(), origin=ORIGIN, signer=small.log_signer, clock=small.ledger._clock
        )
        (answer,) = ledger.submit([small.sign_event(event, "cn", subject="charter", audience=ORIGIN)])
        assert isinstance(answer, Refused)
        assert [finding.code for finding in answer.reasons] == ["possession"]
        assert store.head() is None
