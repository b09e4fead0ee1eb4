"""The COSE working group's own Sign1 examples: the passes hold, the fails fail for the reason that they were made for."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from lotchain.core.cose import Sign1, parse_sign1, sig_structure, verify_sign1
from lotchain.core.keys import ED25519, ES256, P256_ORDER, PublicKey
from lotchain.core.statements import parse_statement
from lotchain.errors import Malformed

FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "vectors" / "cose-wg"

HOLD = [
    "sign1-tests/sign-pass-01",  # alg in the unprotected header, the protected one an empty map
    "sign1-tests/sign-pass-02",  # external data
    "sign1-tests/sign-pass-03",  # untagged
    "ecdsa-examples/ecdsa-sig-01",
    "eddsa-examples/eddsa-sig-01",
]
NOT_SIGNED = [
    "sign1-tests/sign-fail-02",  # the payload changed
    "sign1-tests/sign-fail-06",  # a protected member added after signing
    "sign1-tests/sign-fail-07",  # a protected member removed after signing
]
WRONG_ALGORITHM = [
    "sign1-tests/sign-fail-03",  # alg -999
    "sign1-tests/sign-fail-04",  # alg "unknown"
    "ecdsa-examples/ecdsa-sig-04",  # ES512 with a P-256 key: allowed by COSE, not here
]
WRONG_TAG = ["sign1-tests/sign-fail-01"]  # tag 998
OTHER_CURVE = ["ecdsa-examples/ecdsa-sig-02", "ecdsa-examples/ecdsa-sig-03", "eddsa-examples/eddsa-sig-02"]
SEVERAL_SIGNERS = [
    *(f"ecdsa-examples/ecdsa-0{n}" for n in (1, 2, 3, 4)),
    *(f"eddsa-examples/eddsa-0{n}" for n in (1, 2)),
]  # COSE_Sign, tag 98


def load(name: str) -> dict[str, Any]:
    path = FOLDER / f"{name}.json"
    if not path.exists():
        pytest.skip(f"the COSE example {name} is not beside the repository")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def key_of(example: dict[str, Any]) -> PublicKey:
    key = example["input"]["sign0"]["key"]
    if key["kty"] == "OKP":
        return PublicKey(ED25519, bytes.fromhex(key["x_hex"]))
    x, y = (base64.urlsafe_b64decode(key[name] + "=" * (-len(key[name]) % 4)) for name in "xy")
    return PublicKey(ES256, x + y)


def raw_of(example: dict[str, Any]) -> bytes:
    return bytes.fromhex(example["output"]["cbor"])


def parse(name: str) -> tuple[Sign1, PublicKey, bytes]:
    example = load(name)
    raw = raw_of(example)
    external = bytes.fromhex(example["input"]["sign0"].get("external", ""))
    return parse_sign1(raw, tagged=raw[0] == 0xD2), key_of(example), external


def low_s(message: Sign1) -> Sign1:
    """The same message in the one form that we take; P-256 examples were made before low-S was usual."""
    s = int.from_bytes(message.signature[32:], "big")
    signature = message.signature[:32] + min(s, P256_ORDER - s).to_bytes(32, "big")
    return Sign1(message.protected_bytes, message.protected, message.unprotected, message.payload, signature)


def test_every_file_is_accounted_for() -> None:
    if not FOLDER.exists():
        pytest.skip("the COSE examples are not beside the repository")
    listed = HOLD + NOT_SIGNED + WRONG_ALGORITHM + WRONG_TAG + OTHER_CURVE + SEVERAL_SIGNERS
    assert sorted(listed) == sorted(str(path.relative_to(FOLDER).with_suffix("")) for path in FOLDER.glob("*/*.json"))


@pytest.mark.parametrize("name", HOLD)
def test_passes(name: str) -> None:
    message, key, external = parse(name)
    if key.algorithm == ES256:
        low = low_s(message)
        assert verify_sign1(message, key, external_aad=external) is (low == message), "high s is refused"
        message = low
    assert verify_sign1(message, key, external_aad=external)
    assert not verify_sign1(message, key, external_aad=external + b"x"), "external data is signed"
    assert message.payload == b"This is the content."
    to_be_signed = load(name)["intermediates"]["ToBeSign_hex"]
    assert sig_structure(message.protected_bytes, message.payload, external).hex().upper() == to_be_signed


@pytest.mark.parametrize("name", NOT_SIGNED)
def test_changed_after_signing(name: str) -> None:
    message, key, external = parse(name)
    assert not verify_sign1(low_s(message), key, external_aad=external)
    # What was signed, before the change, holds: so the change is what is caught.
    signed = bytes.fromhex(load(name)["intermediates"]["ToBeSign_hex"])
    assert key.verify(low_s(message).signature, signed)


@pytest.mark.parametrize("name", WRONG_ALGORITHM)
def test_an_algorithm_that_is_not_the_keys(name: str) -> None:
    message, key, external = parse(name)
    with pytest.raises(Malformed) as caught:
        verify_sign1(low_s(message), key, external_aad=external)
    assert caught.value.code == "alg-not-allowed"


@pytest.mark.parametrize("name", WRONG_TAG + SEVERAL_SIGNERS)
def test_another_tag(name: str) -> None:
    raw = raw_of(load(name))
    for tagged in (True, False):
        with pytest.raises(Malformed) as caught:
            parse_sign1(raw, tagged=tagged)
        assert caught.value.code == "cose-malformed"


@pytest.mark.parametrize("name", OTHER_CURVE)
def test_another_curve(name: str) -> None:
    example = load(name)
    message = parse_sign1(raw_of(example))
    own = load("ecdsa-examples/ecdsa-sig-01")
    if message.protected[1] == ED25519:  # EdDSA names no curve: here the key is what cannot be
        with pytest.raises(Malformed) as caught:
            PublicKey(ED25519, bytes.fromhex(example["input"]["sign0"]["key"]["x_hex"]))
        assert caught.value.code == "key-format"
        return
    with pytest.raises(Malformed) as caught:
        verify_sign1(message, key_of(own))
    assert caught.value.code == "alg-not-allowed"


@pytest.mark.parametrize("name", HOLD + NOT_SIGNED + WRONG_ALGORITHM + WRONG_TAG + OTHER_CURVE)
def test_none_of_them_is_a_statement(name: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_statement(raw_of(load(name)))
    assert caught.value.code in {"statement-malformed", "unsigned-data"}
