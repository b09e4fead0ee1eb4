"""Every Wycheproof case for our two algorithms through our own verify, every expected answer asserted.

One difference, and its exact size: P-256 signatures with s in the upper half are valid to Wycheproof and refused here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lotchain.core.keys import ED25519, ES256, P256_ORDER, PublicKey, parse_public_key

FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "vectors" / "wycheproof" / "testvectors_v1"

HIGH_S = [
    64, 66, 67, 68, 71, 77, 78, 80, 81, 85, 86, 87, 94, 95, 96, 100, 102, 104, 105, 107, 110, 111, 114, 115, 117, 118,
    138, 139, 140, 141, 142, 171, 172, 175, 176, 177, 180, 183, 189, 190, 191, 192, 195, 196, 197, 199, 200, 204, 210,
    211, 216, 217, 226, 227, 229, 233, 234, 237, 240, 242, 243, 244, 246, 248, 249, 250, 252, 253, 257, 262,
]  # fmt: skip


def groups(name: str) -> list[dict[str, Any]]:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the Wycheproof file {name} is not beside the repository")
    found: list[dict[str, Any]] = json.loads(path.read_text())["testGroups"]
    return found


def test_ed25519() -> None:
    seen = invalid = 0
    wrong = []
    for group in groups("ed25519_test.json"):
        key = PublicKey(ED25519, bytes.fromhex(group["publicKey"]["pk"]))
        assert parse_public_key(key.cose) == key
        for case in group["tests"]:
            seen += 1
            invalid += case["result"] == "invalid"
            holds = key.verify(bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"]))
            if holds is not (case["result"] == "valid"):
                wrong.append((case["tcId"], case["result"], case["comment"]))
    assert (seen, invalid) == (151, 63)
    assert wrong == []


def test_p256() -> None:
    seen = invalid = 0
    different = []
    for group in groups("ecdsa_secp256r1_sha256_p1363_test.json"):
        point = bytes.fromhex(group["publicKey"]["uncompressed"])
        assert point[0] == 4
        key = PublicKey(ES256, point[1:])
        assert parse_public_key(key.cose) == key
        for case in group["tests"]:
            seen += 1
            invalid += case["result"] == "invalid"
            signature, message = bytes.fromhex(case["sig"]), bytes.fromhex(case["msg"])
            holds = key.verify(signature, message)
            if holds is not (case["result"] == "valid"):
                different.append(case["tcId"])
                s = int.from_bytes(signature[32:], "big")
                assert case["result"] == "valid", case["comment"]
                assert len(signature) == 64
                assert s > P256_ORDER // 2
                low = signature[:32] + (P256_ORDER - s).to_bytes(32, "big")
                assert key.verify(low, message), "refused for the high s and nothing else"
    assert (seen, invalid) == (262, 89)
    assert len(HIGH_S) == 70
    assert different == HIGH_S
