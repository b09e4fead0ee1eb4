"""Threat row 51, small-order and non-canonical keys and R: refused where a key is enrolled, and in every verifier.

Such a key lets anybody sign and its holder deny. KEY_WEAK is `key-weak`. The row's 914 cases of CCTV are not beside this
repository: what they exercise (each low-order A, non-canonical A, low-order R, mixed order) is built here.
"""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl.bindings import crypto_core_ed25519_add, crypto_core_ed25519_sub
from tests.changing import replace
from tests.threats.surroundings import ORIGIN, Small, shared

from lotchain.core.encodings import b64encode
from lotchain.core.keys import ED25519, PublicKey, parse_public_key
from lotchain.core.notes import VerifierKey, key_id, parse_vkey
from lotchain.core.statements import parse_statement
from lotchain.errors import Malformed
from lotchain.ledger.bundles import make_bundle
from lotchain.signing import SoftwareSigner
from lotchain.verify.bundle import decode_bundle, encode_bundle
from lotchain.verify.policy import parse_policy

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
EIGHTH = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
OTHER_EIGHTH = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"


def signed(text: str) -> str:
    """The encoding with the sign bit set."""
    raw = bytearray.fromhex(text)
    raw[31] |= 0x80
    return raw.hex()


def y(value: int) -> str:
    return value.to_bytes(32, "little").hex()


LOW_ORDER = [
    y(1), y(0), signed(y(0)), y(P - 1), EIGHTH, signed(EIGHTH), OTHER_EIGHTH, signed(OTHER_EIGHTH),
    signed(y(1)), signed(y(P - 1)), y(P), signed(y(P)), y(P + 1), signed(y(P + 1)),
]  # fmt: skip
NOT_CANONICAL = [y(P + n) for n in range(2, 19)] + [signed(y(P + n)) for n in range(2, 19)]
HONEST = SoftwareSigner.from_seed(b"honest".ljust(32, b"."))
MIXED = [
    crypto_core_ed25519_add(HONEST.public.raw, bytes.fromhex(point)).hex()
    for point in (EIGHTH, OTHER_EIGHTH, y(P - 1), y(0))
]
WEAK = LOW_ORDER + NOT_CANONICAL + MIXED


def cose(raw: str) -> str:
    return "a301012006215820" + raw


def test_there_are_the_fourteen_encodings() -> None:
    assert len(set(LOW_ORDER)) == 14


@pytest.mark.parametrize("raw", WEAK, ids=lambda raw: raw[:6] + raw[-4:])
def test_never_a_public_key(raw: str) -> None:
    with pytest.raises(Malformed) as caught:
        PublicKey(ED25519, bytes.fromhex(raw))
    assert caught.value.code == "key-weak"
    assert caught.value.expected
    with pytest.raises(Malformed) as caught:
        parse_public_key(bytes.fromhex(cose(raw)))
    assert (caught.value.code, caught.value.field) == ("key-weak", "key")


def enrolment(small: Small, raw: str, possession: str) -> dict[str, Any]:
    return {
        "type": "key-enrolment/1",
        "occurred_at": small.now(),
        "party": "party:CN-MAKER",
        "key": cose(raw),
        "possession": possession,
        "holder": "office",
    }


@pytest.mark.parametrize("raw", WEAK, ids=lambda raw: raw[:6] + raw[-4:])
def test_never_enrolled(raw: str) -> None:
    """With the proof that anyone can make for the identity: R the identity, S zero."""
    small = shared()
    forged = y(1) + "00" * 32
    small.malformed(
        small.sign_event(enrolment(small, raw, forged), "cn", subject="key:" + "11" * 32), "key-weak", "key"
    )


@pytest.mark.parametrize("raw", WEAK, ids=lambda raw: raw[:6] + raw[-4:])
def test_never_in_a_charter_an_accession_a_policy_or_a_note(raw: str) -> None:
    small = shared()
    root = {"country": "CN", "party": "party:CN-NMPA", "organisation": "N", "key": cose(raw), "possession": "00" * 64}
    charter = {"type": "charter/1", "occurred_at": small.now(), "origin": ORIGIN, "threshold": 1, "roots": [root]}
    small.malformed(small.sign_event(charter, "cn", subject="charter", audience=ORIGIN), "key-weak", "roots[0].key")
    for kind in (1, 4):
        with pytest.raises(Malformed) as caught:
            VerifierKey("w.example", kind, bytes.fromhex(raw))
        assert caught.value.code == "key-weak"
    name = "w.example"
    text = name + "+" + key_id(name, 4, bytes.fromhex(raw)).hex() + "+" + b64encode(b"\x04" + bytes.fromhex(raw))
    with pytest.raises(Malformed) as caught:
        parse_vkey(text)
    assert caught.value.code == "key-weak"
    with pytest.raises(Malformed) as caught:
        parse_policy(f"lotchain-policy/v1\nwitness W1 {text}\n".encode())
    assert caught.value.code == "key-weak"
    assert "line 2" in caught.value.field


def test_what_a_common_library_accepts_is_refused_here() -> None:
    """Why the check stands at the key: under the identity key this verifies any message, and here there is no such key."""
    identity, forged = bytes.fromhex(y(1)), bytes.fromhex(y(1)) + bytes(32)
    try:
        Ed25519PublicKey.from_public_bytes(identity).verify(forged, b"anything at all")
    except InvalidSignature:
        pytest.skip("this version of the library refuses it by itself")
    with pytest.raises(Malformed):
        PublicKey(ED25519, identity)


def scalar(signer: SoftwareSigner) -> int:
    digest = bytearray(hashlib.sha512(signer._secret).digest()[:32])
    digest[0] &= 248
    digest[31] = digest[31] & 127 | 64
    return int.from_bytes(digest, "little")


def signature_with(r: bytes, message: bytes) -> bytes:
    """S as the honest key's holder computes it when R adds nothing of prime order."""
    challenge = hashlib.sha512(r + HONEST.public.raw + message).digest()
    s = int.from_bytes(challenge, "little") * scalar(HONEST) % ORDER
    return r + s.to_bytes(32, "little")


@pytest.mark.parametrize("raw", LOW_ORDER, ids=lambda raw: raw[:6] + raw[-4:])
def test_a_small_order_r(raw: str) -> None:
    """With the cofactor such signatures hold, without it some do not: two verifiers would disagree. Here none holds."""
    for message in (b"", b"a", b"ab", bytes(100)):
        assert not HONEST.public.verify(signature_with(bytes.fromhex(raw), message), message)


def test_a_mixed_order_r() -> None:
    """The honest R with a low-order part added: the cofactored equation holds, ours does not."""
    message = b"x"
    honest = HONEST.sign(message)
    assert HONEST.public.verify(honest, message)
    for change in (crypto_core_ed25519_add, crypto_core_ed25519_sub):
        for point in (EIGHTH, y(P - 1), y(0)):
            r = change(honest[:32], bytes.fromhex(point))
            assert not HONEST.public.verify(r + honest[32:], message)


@pytest.mark.parametrize("raw", NOT_CANONICAL, ids=lambda raw: raw[:6] + raw[-4:])
def test_a_non_canonical_r(raw: str) -> None:
    for message in (b"", b"a"):
        assert not HONEST.public.verify(signature_with(bytes.fromhex(raw), message), message)
        assert not HONEST.public.verify(bytes.fromhex(raw) + bytes(32), message)


def test_the_verifier_does_not_trust_that_enrolment_refused() -> None:
    """An operator wrote such an enrolment into the log, its key and both witnesses' over it: reading stops there."""
    small = Small()
    lot = small.make("T-1", 5)
    small.ledger.publish()
    entries = list(small.store.entries(0, small.ledger.size))
    place = small.ledger.reader.history(small.signers["maker"].public.subject)[0]
    subject = parse_statement(entries[place]).subject
    entries[place] = small.sign_event(enrolment(small, y(1), y(1) + "00" * 32), "cn", subject=subject)
    with pytest.raises(Malformed) as caught:
        make_bundle(small.forged(entries), lot)
    assert caught.value.code == "key-weak"
    honest = decode_bundle(small.bundle(lot))
    forged = small.forged(entries)
    statements = tuple(
        replace(leaf, raw=entries[leaf.index], path=tuple(forged.inclusion(leaf.index, len(entries))))
        for leaf in honest.statements
    )
    closings = tuple(replace(leaf, path=tuple(forged.inclusion(leaf.index, len(entries)))) for leaf in honest.closings)
    lie = replace(honest, note=forged.note, statements=statements, closings=closings)
    assert small.caught(encode_bundle(lie)) == "key-weak"
