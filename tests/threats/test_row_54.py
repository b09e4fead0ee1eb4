"""Threat row 54, one key for two parties: a thumbprint is enrolled once, for ever, revoked or not (`key-in-use`)."""

from __future__ import annotations

from typing import Any

from tests.threats.surroundings import ORIGIN, Small, shared

from lotchain.events.key_revocation import KeyRevocation
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Refused
from lotchain.signing import SoftwareSigner, proof_of_possession
from lotchain.storage.highwater import MemoryHighWaterMark
from lotchain.storage.memory import MemoryStore


def enrolment(small: Small, who: str, signer: SoftwareSigner, **changes: Any) -> dict[str, Any]:
    """With a genuine proof of possession for that party: the holder of the key wants it twice."""
    party = small.party(who)
    proof = proof_of_possession(signer, charter=small.audience, party=party)
    return {
        "type": "key-enrolment/1",
        "occurred_at": small.now(),
        "party": party,
        "key": signer.public.cose.hex(),
        "possession": proof.hex(),
        "holder": "office",
        **changes,
    }


def test_a_key_of_another_party() -> None:
    small = shared()
    key = small.signers["maker"]
    for who, authority in (("maker2", "cn"), ("carrier", "cn"), ("importer", "mx"), ("mx", "mx")):
        raw = small.sign_event(enrolment(small, who, key), authority, subject=key.public.subject)
        small.refused(raw, "key-in-use")


def test_also_after_it_was_revoked() -> None:
    small = Small()
    key = small.signers["maker"]
    small.advance()  # the same enrolment at the same second would be the same statement
    small.accept(KeyRevocation(key=key.public.subject, reason="lost", occurred_at=small.now()), "cn")
    for who in ("maker2", "maker"):
        small.refused(small.sign_event(enrolment(small, who, key), "cn", subject=key.public.subject), "key-in-use")


def test_its_own_key_again_and_a_founding_key() -> None:
    small = shared()
    for who, signer in (("maker", small.signers["maker"]), ("maker", small.signers["cn"])):
        event = enrolment(small, who, signer, holder="another office")
        raw = small.sign_event(event, "cn", subject=signer.public.subject)
        small.refused(raw, "key-in-use")


def test_two_parties_race_for_one_key_in_one_packet() -> None:
    small = Small()
    key = SoftwareSigner.from_seed(bytes(31) + b"\x21")
    one, two = (
        small.sign_event(enrolment(small, who, key), "cn", subject=key.public.subject) for who in ("maker", "maker2")
    )
    first, second = small.answers(one, two)
    assert first.accepted
    assert isinstance(second, Refused)
    assert [finding.code for finding in second.reasons] == ["key-in-use"]
    assert small.states[key.public.subject]["party"] == "party:CN-MAKER"


def test_another_spelling_of_the_key_is_no_other_key() -> None:
    """A COSE_Key has one form: label order, lengths and a second spelling of the point are refused before."""
    small = shared()
    cose = small.signers["maker"].public.cose
    spellings = [
        b"\xa3\x20\x06\x01\x01\x21" + cose[6:],
        b"\xa3\x01\x01\x20\x06\x21\x59\x00\x20" + cose[8:],
        b"\xbf" + cose[1:] + b"\xff",
        b"\xa3\x18\x01" + cose[2:],
        cose + b"\x00",
    ]
    for spelling in spellings:
        event = enrolment(small, "maker2", small.signers["maker"], key=spelling.hex())
        raw = small.sign_event(event, "cn", subject=small.signers["maker"].public.subject)
        small.malformed(raw, "key-format", "key")


def test_two_founding_authorities_with_one_key() -> None:
    small = shared()
    signer = small.signers["cn"]
    roots = [
        {
            "country": country,
            "party": party,
            "organisation": party,
            "key": signer.public.cose.hex(),
            "possession": proof_of_possession(signer, charter=ORIGIN, party=party).hex(),
        }
        for country, party in (("CN", "party:CN-NMPA"), ("MX", "party:MX-COFEPRIS"))
    ]
    event = {"type": "charter/1", "occurred_at": small.now(), "origin": ORIGIN, "threshold": 2, "roots": roots}
    store = MemoryStore()
    ledger = Ledger.open(
        store, MemoryHighWaterMark(), origin=ORIGIN, signer=small.log_signer, clock=small.ledger._clock
    )
    (answer,) = ledger.submit([small.sign_event(event, "cn", subject="charter", audience=ORIGIN)])
    assert isinstance(answer, Refused)
    assert "charter-roots" in {finding.code for finding in answer.reasons}
    assert store.head() is None


def test_the_key_signs_for_its_one_party_only() -> None:
    small = shared()
    event = small.registration(lot="lot:CN-MAKER2/T-1")
    raw = small.sign_event(event, "maker2", signer=small.signers["maker"], subject="lot:CN-MAKER2/T-1")
    assert small.refused(raw, "key-not-enrolled").expected == "a key of party:CN-MAKER2"
