"""Threat row 50, algorithm downgrade and confusion: the enrolled key's type fixes the algorithm, nothing is negotiated.

An algorithm that is not used here is `alg-not-allowed`. An allowed one that is not the key's own cannot verify: that is
`bad-signature`, since the key alone decides and the header can only agree. One in the unprotected header is
`unsigned-data`.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest
from tests.threats.surroundings import Small, shared

from lotchain.core import cbor
from lotchain.core.cose import parse_sign1, verify_sign1
from lotchain.core.keys import PublicKey, parse_public_key
from lotchain.core.statements import CONTENT_TYPE, assemble, parse_statement, sig_structure
from lotchain.errors import Malformed
from lotchain.signing import SoftwareSigner, new_signer, proof_of_possession, sign_statement

FOREIGN = {
    "none": 0,
    "none as text": "none",
    "null": None,
    "HS256": 5,
    "HS256/64": 4,
    "HS512": 7,
    "RS256": -257,
    "RS1": -65535,
    "PS256": -37,
    "ES256K": -47,
    "ES384": -35,
    "ES512": -36,
    "Ed25519 of RFC 9864": -19,
    "ESP256 of RFC 9864": -9,
    "Ed448": -53,
    "ML-DSA-44, reserved": -48,
    "EdDSA as text": "EdDSA",
    "as bytes": b"\x27",
    "as a list": [-8],
    "true": True,
    "2^63": 2**63,
}


def header(small: Small, algorithm: object, **rest: Any) -> bytes:
    claims = {1: small.party("maker"), 2: "lot:CN-MAKER/T-1", 3: small.audience, 6: small.time // 1000}
    members = {1: algorithm, 3: CONTENT_TYPE, 4: small.signers["maker"].public.thumbprint, 15: claims, **rest}
    return cbor.encode({label: value for label, value in members.items() if value is not ...})


def good_payload(small: Small) -> bytes:
    return parse_statement(small.sign_event(small.registration())).payload


@pytest.mark.parametrize("name", FOREIGN)
def test_algorithms_that_are_not_used_here(name: str) -> None:
    small = shared()
    protected = header(small, FOREIGN[name])
    payload = good_payload(small)
    for signature in (small.signers["maker"].sign(sig_structure(protected, payload)), bytes(64)):
        fault = small.malformed(assemble(protected, payload, signature), "alg-not-allowed", "alg")
        assert "-8" in fault.expected


def test_no_algorithm() -> None:
    small = shared()
    protected = header(small, ...)
    small.malformed(assemble(protected, good_payload(small), bytes(64)), "alg-not-allowed", "alg")
    small.malformed(assemble(b"", good_payload(small), bytes(64)), "alg-not-allowed", "alg")


@pytest.mark.parametrize("algorithm", [4, 5])
def test_the_public_key_as_an_hmac_secret(algorithm: int) -> None:
    """The classic: what verifies with the public key as the secret. Also under a name that is allowed."""
    small = shared()
    public, payload = small.signers["maker"].public, good_payload(small)
    for named in (algorithm, -8, -7):
        protected = header(small, named)
        for secret in (public.raw, public.cose, public.thumbprint):
            mac = hmac.new(secret, sig_structure(protected, payload), hashlib.sha512).digest()
            raw = assemble(protected, payload, mac)
            if named == algorithm:
                small.malformed(raw, "alg-not-allowed", "alg")
            else:
                small.refused(raw, "bad-signature")


def test_an_allowed_algorithm_that_is_not_the_keys() -> None:
    small = Small()
    payload = good_payload(small)
    protected = header(small, -7)
    signature = small.signers["maker"].sign(sig_structure(protected, payload))
    small.refused(assemble(protected, payload, signature), "bad-signature")
    second = new_signer("es256")
    small.enrol("maker", second)
    raw = small.sign_payload(payload, signer=second)
    assert parse_statement(raw).algorithm == -7
    swapped = raw.replace(b"\xa4\x01\x26", b"\xa4\x01\x27", 1)
    assert parse_statement(swapped).algorithm == -8
    small.refused(swapped, "bad-signature")
    resigned = assemble(parse_statement(swapped).protected, payload, second.sign(parse_statement(swapped).signed))
    small.refused(resigned, "bad-signature")
    small.taken(raw)


def test_another_key_of_the_allowed_kind_under_the_enrolled_ones_name() -> None:
    small = shared()
    payload, protected = good_payload(small), header(small, -8)
    thief = SoftwareSigner.from_seed(bytes(31) + b"\x09")
    small.refused(assemble(protected, payload, thief.sign(sig_structure(protected, payload))), "bad-signature")
    raw = sign_statement(
        thief,
        issuer=small.party("maker"),
        subject="lot:CN-MAKER/T-1",
        audience=small.audience,
        signed_at=1,
        payload=payload,
    )
    small.refused(raw, "key-not-enrolled")


@pytest.mark.parametrize(
    ("unprotected", "code"),
    [
        ({1: -8}, "statement-malformed"),  # stands in both headers: RFC 9052 §3 has no such message
        ({1: 0}, "statement-malformed"),
        ({4: b"x"}, "statement-malformed"),
        ({2: [1]}, "header-unknown"),
        ({7: 1}, "unsigned-data"),
    ],
)
def test_members_of_the_unprotected_header(unprotected: dict[int, object], code: str) -> None:
    small = shared()
    good = parse_statement(small.sign_event(small.registration()))
    raw = b"\xd2" + cbor.encode([good.protected, unprotected, good.payload, good.signature])
    with pytest.raises(Malformed) as caught:
        parse_statement(raw)
    assert caught.value.code == code
    small.refused(raw, code)


def test_an_algorithm_in_the_unprotected_header_only() -> None:
    small = shared()
    good = parse_statement(small.sign_event(small.registration()))
    raw = b"\xd2" + cbor.encode([header(small, ...), {1: -8}, good.payload, good.signature])
    small.malformed(raw, "unsigned-data", "unprotected")


def test_the_general_reader_takes_the_keys_algorithm_only() -> None:
    signer = SoftwareSigner.from_seed(bytes(32))
    for named in (-7, 5, 0, -257):
        protected = cbor.encode({1: named})
        raw = b"\xd2" + cbor.encode([protected, {}, b"x", signer.sign(sig_structure(protected, b"x"))])
        with pytest.raises(Malformed) as caught:
            verify_sign1(parse_sign1(raw), signer.public)
        assert caught.value.code == "alg-not-allowed"


@pytest.mark.parametrize(
    "key",
    [
        {1: 4, -1: b"secret"},
        {1: 3, -1: bytes(256), -2: b"\x01\x00\x01"},
        {1: 2, -1: 8, -2: bytes(32), -3: bytes(32)},
        {1: 2, -1: 2, -2: bytes(48), -3: bytes(48)},
        {1: 1, -1: 4, -2: bytes(32)},
        {1: 1, -1: 7, -2: bytes(57)},
        {1: 7, 3: -48, -1: bytes(1312)},
        {1: 0},
        {},
    ],
    ids=["symmetric", "RSA", "secp256k1", "P-384", "X25519", "Ed448", "ML-DSA", "reserved", "none"],
)
def test_no_other_kind_of_key_is_enrolled(key: dict[int, object]) -> None:
    small = shared()
    encoded = cbor.encode(key)
    with pytest.raises(Malformed) as caught:
        parse_public_key(encoded)
    assert (caught.value.code, caught.value.field) == ("alg-not-allowed", "key")
    event = {"type": "key-enrolment/1", "occurred_at": small.now(), "party": "party:CN-MAKER", "holder": "office"}
    event |= {"key": encoded.hex(), "possession": "00" * 64}
    small.refused(small.sign_event(event, "cn", subject="key:" + "11" * 32), "alg-not-allowed")


@pytest.mark.parametrize("number", [0, 5, -257, -47, -48, True, None, "EdDSA"])
def test_no_public_key_of_another_algorithm_can_be_made(number: Any) -> None:
    with pytest.raises(Malformed) as caught:
        PublicKey(number, bytes(32))
    assert caught.value.code == "alg-not-allowed"


def test_a_possession_proof_has_no_algorithm_to_choose_either() -> None:
    """It is checked by the key it is for: another kind's 64 bytes prove nothing."""
    small = shared()
    new, other = SoftwareSigner.from_seed(bytes(31) + b"\x05"), new_signer("es256")
    event = {"type": "key-enrolment/1", "occurred_at": small.now(), "party": "party:CN-MAKER", "holder": "office"}
    proof = proof_of_possession(other, charter=small.audience, party="party:CN-MAKER")
    event |= {"key": new.public.cose.hex(), "possession": proof.hex()}
    small.refused(small.sign_event(event, "cn", subject=new.public.subject), "possession")
