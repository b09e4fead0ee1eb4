"""Public keys: one encoding, weak ones refused, one rule for signatures, possession bound to ledger and party."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors_build import keys as build

from lotchain.core.keys import (
    ED25519,
    ES256,
    P256_ORDER,
    PublicKey,
    check_possession,
    parse_public_key,
    possession_message,
)
from lotchain.errors import Malformed
from lotchain.signing import SoftwareSigner

VECTORS = json.loads(build.PATH.read_text())
CASES: list[dict[str, Any]] = VECTORS["cases"]


def cases(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in CASES if case["kind"] == kind]


def test_the_vectors_are_those_that_the_script_makes() -> None:
    assert build.build() == VECTORS


def test_case_names_differ_and_bad_cases_outnumber_good_ones() -> None:
    assert max(Counter((case["kind"], case["name"]) for case in CASES).values()) == 1
    for kind in ("key", "signature", "possession"):
        valid = [case["valid"] for case in CASES if case["kind"] == kind]
        assert valid.count(False) > valid.count(True) > 0


@pytest.mark.parametrize("case", cases("key"))
def test_key_vectors(case: dict[str, Any]) -> None:
    cose = bytes.fromhex(case["cose"])
    if not case["valid"]:
        with pytest.raises(Malformed) as caught:
            parse_public_key(cose, field="keys[0]")
        assert caught.value.code == case["code"]
        assert caught.value.field == "keys[0]"
        return
    key = parse_public_key(cose)
    assert key.algorithm == case["algorithm"]
    assert key.raw.hex() == case["raw"]
    assert key.cose == cose
    assert key.thumbprint.hex() == case["thumbprint"]
    assert key.subject == case["subject"] == "key:" + case["thumbprint"]


@pytest.mark.parametrize("case", cases("signature"))
def test_signature_vectors(case: dict[str, Any]) -> None:
    key = parse_public_key(bytes.fromhex(case["cose"]))
    holds = key.verify(bytes.fromhex(case["signature"]), bytes.fromhex(case["message"]))
    assert holds is case["valid"]


@pytest.mark.parametrize("case", cases("possession"))
def test_possession_vectors(case: dict[str, Any]) -> None:
    key = parse_public_key(bytes.fromhex(case["cose"]))
    message = possession_message(case["anchor"], case["party"], key.cose)
    assert message.hex() == case["message"]
    signature = bytes.fromhex(case["signature"])
    assert check_possession(key, signature, case["anchor"], case["party"]) is case["valid"]


def test_thumbprints_that_others_computed() -> None:
    # The EC2 example of RFC 9679 §6; and seed 40..5f, whose thumbprint other COSE libraries computed.
    x = bytes.fromhex("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d")
    y = bytes.fromhex("1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c")
    key = PublicKey(ES256, x + y)
    assert key.thumbprint.hex() == "496bd8afadf307e5b08c64b0421bf9dc01528a344a43bda88fadd1669da253ec"
    issuer = SoftwareSigner.from_seed(bytes(range(0x40, 0x60))).public
    assert issuer.thumbprint.hex() == "8cb46c0f98440da34ad4af304431f76c7cb7462fa8fdfd5d6261dc685809220d"


def test_there_are_fourteen_small_order_encodings_and_each_really_is_one() -> None:
    encodings = [raw for _, raw in build.small_order_encodings()]
    assert len(set(encodings)) == 14
    for raw in encodings:
        point = build.decode(raw)
        for _ in range(3):
            point = build.add(point, point)
        assert point == (0, 1), "eight times it is the identity"
        with pytest.raises(Malformed) as caught:
            PublicKey(ED25519, raw)
        assert caught.value.code == "key-weak"


@pytest.mark.parametrize("above", range(19))
@pytest.mark.parametrize("sign", [0, 1])
def test_no_ordinate_at_or_above_p_is_accepted(above: int, sign: int) -> None:
    raw = (build.P + above | sign << 255).to_bytes(32, "little")
    with pytest.raises(Malformed) as caught:
        PublicKey(ED25519, raw)
    assert caught.value.code == "key-weak"


def test_every_torsion_point_spoils_a_good_key() -> None:
    honest = build.decode(build.ED.public.raw)
    spoiled = {build.encode(build.add(honest, build.decode(raw))) for _, raw in build.small_order_encodings()}
    spoiled.discard(build.ED.public.raw)
    assert len(spoiled) == 7
    for raw in spoiled:
        with pytest.raises(Malformed) as caught:
            PublicKey(ED25519, raw)
        assert caught.value.code == "key-weak"


@pytest.mark.parametrize("algorithm", [0, -19, -37, -47, -48, 5, True, None, "EdDSA"])
def test_no_other_algorithm(algorithm: Any) -> None:
    with pytest.raises(Malformed) as caught:
        PublicKey(algorithm, build.ED.public.raw)
    assert caught.value.code == "alg-not-allowed"


@pytest.mark.parametrize("raw", [b"", bytes(31), bytes(33), bytearray(32), "a" * 32, None])
def test_a_raw_key_is_bytes_of_its_length(raw: Any) -> None:
    with pytest.raises(Malformed) as caught:
        PublicKey(ED25519, raw)
    assert caught.value.code == "key-format"


@pytest.mark.parametrize("signer", [build.ED, build.EC], ids=["ed25519", "es256"])
@pytest.mark.parametrize("signature", [None, 7, "a" * 64, bytearray(64), bytes(63), bytes(10_000)])
def test_verify_answers_false_to_nonsense(signer: SoftwareSigner, signature: Any) -> None:
    assert signer.public.verify(signature, b"m") is False
    assert signer.public.verify(signer.sign(b"m"), "m") is False  # type: ignore[arg-type]


@pytest.mark.parametrize("signer", [build.ED, build.EC], ids=["ed25519", "es256"])
@pytest.mark.parametrize("bit", range(0, 512, 7))
def test_no_signature_survives_a_changed_bit(signer: SoftwareSigner, bit: int) -> None:
    signature = bytearray(signer.sign(b"m"))
    assert signer.public.verify(bytes(signature), b"m")
    signature[bit // 8] ^= 1 << bit % 8
    assert not signer.public.verify(bytes(signature), b"m")


def test_high_s_is_refused_for_that_alone() -> None:
    for n in range(20):
        message = n.to_bytes(2, "big")
        signature = build.EC.sign(message)
        s = int.from_bytes(signature[32:], "big")
        assert s <= P256_ORDER // 2
        assert build.EC.public.verify(signature, message)
        assert not build.EC.public.verify(signature[:32] + (P256_ORDER - s).to_bytes(32, "big"), message)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=100))
def test_nothing_but_malformed_leaves_the_parser(data: bytes) -> None:
    try:
        key = parse_public_key(data)
    except Malformed:
        return
    assert key.cose == data


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([build.ED.public.cose, build.EC.public.cose]), st.integers(0, 74), st.integers(1, 255))
def test_a_changed_byte_gives_another_key_or_a_refusal(cose: bytes, at: int, flip: int) -> None:
    at %= len(cose)
    changed = cose[:at] + bytes([cose[at] ^ flip]) + cose[at + 1 :]
    try:
        key = parse_public_key(changed)
    except Malformed as fault:
        assert fault.code in {"key-format", "key-weak", "alg-not-allowed"}
    else:
        assert key.cose == changed


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_possession_messages_are_unambiguous(a: str, b: str, c: str, d: str) -> None:
    same = (a, b) == (c, d)
    assert (possession_message(a, b, b"k") == possession_message(c, d, b"k")) is same


def test_the_page_shows_what_the_vectors_hold() -> None:
    page = (build.PATH.parents[1] / "formats" / "keys.md").read_text()
    bare = "".join(page.split())
    shown = [case for case in CASES if case["valid"] and case["name"] in ("ed25519", "es256")]
    for case in shown:
        if case["kind"] == "key":
            assert case["cose"] in bare
            assert case["thumbprint"] in bare
    proof = next(case for case in shown if case["kind"] == "possession")
    assert proof["signature"] in bare
    message = bare.partition("message8475")[2].partition("signature")[0].replace("3131…31(64times)", "31" * 64)
    assert "8475" + message == proof["message"]


def test_a_ledger_of_ed25519_keys_never_loads_the_heavy_library() -> None:
    # Cold start of the offline verifier: loading it takes longer than checking a hundred signatures.
    program = (
        "import sys; from lotchain.core import keys, statements, hidden\n"
        f"key = keys.parse_public_key(bytes.fromhex('{build.ED.public.cose.hex()}'))\n"
        f"assert key.verify(bytes.fromhex('{build.ED.sign(b'm').hex()}'), b'm')\n"
        "assert 'cryptography' not in sys.modules"
    )
    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=paths)
    assert run.returncode == 0, run.stderr
