"""Threat row 53, points not on the curve, infinity, compressed junk, wrong lengths: `key-format`, on import.

Wycheproof's files beside this repository hold signatures, all under sound keys; its InvalidEncoding and EdgeCase
ideas for keys are built here, and the key vectors of specs/vectors are fed to enrolment, one and all.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.threats.surroundings import ORIGIN, Small, shared

from lotchain.core import cbor
from lotchain.core.keys import ES256, PublicKey, parse_public_key
from lotchain.core.notes import VerifierKey
from lotchain.errors import Malformed
from lotchain.signing import SoftwareSigner

P = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
GOOD = SoftwareSigner(ES256, bytes(31) + b"\x05").public.raw
X, Y = int.from_bytes(GOOD[:32], "big"), int.from_bytes(GOOD[32:], "big")
VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "keys.json"
BAD_KEYS: list[dict[str, Any]] = [
    case
    for case in json.loads(VECTORS.read_text())["cases"]
    if case["kind"] == "key" and not case["valid"] and "cose" in case
]


def b32(value: int) -> bytes:
    return value.to_bytes(32, "big")


POINTS = {
    "infinity as zeros": bytes(64),
    "x zero": bytes(32) + b32(Y),
    "y zero": b32(X) + bytes(32),
    "y off by one": b32(X) + b32((Y + 1) % P),
    "x off by one": b32((X + 1) % P) + b32(Y),
    "swapped": b32(Y) + b32(X),
    "x is p": b32(P) + b32(Y),
    "y is p": b32(X) + b32(P),
    "all ones": b"\xff" * 64,
    "y + p" if Y + P < 2**256 else "y of another curve": b32((Y + P) % 2**256) + b32(Y),
    "on the twist": b32(1) + b32(1),
}


def enrol(small: Small, cose: bytes) -> bytes:
    event = {
        "type": "key-enrolment/1", "occurred_at": small.now(), "party": "party:CN-MAKER", "holder": "office",
        "key": cose.hex(), "possession": "00" * 64,
    }  # fmt: skip
    return small.sign_event(event, "cn", subject="key:" + "11" * 32)


def refused_everywhere(cose: bytes, code: str = "key-format") -> None:
    """By the reader of keys, by an enrolment, and by a charter."""
    small = shared()
    with pytest.raises(Malformed) as caught:
        parse_public_key(cose)
    assert (caught.value.code, caught.value.field) == (code, "key")
    assert caught.value.expected
    small.malformed(enrol(small, cose), code, "key")
    root = {
        "country": "CN", "party": "party:CN-NMPA", "organisation": "N", "key": cose.hex(), "possession": "00" * 64,
    }  # fmt: skip
    charter = {"type": "charter/1", "occurred_at": small.now(), "origin": ORIGIN, "threshold": 1, "roots": [root]}
    small.malformed(small.sign_event(charter, "cn", subject="charter", audience=ORIGIN), code, "roots[0].key")


@pytest.mark.parametrize("name", POINTS)
def test_points_that_are_none(name: str) -> None:
    raw = POINTS[name]
    with pytest.raises(Malformed) as caught:
        PublicKey(ES256, raw)
    assert caught.value.code == "key-format"
    refused_everywhere(cbor.encode({1: 2, -1: 1, -2: raw[:32], -3: raw[32:]}))


@pytest.mark.parametrize(
    "members",
    [
        {1: 2, -1: 1, -2: b32(X), -3: True},
        {1: 2, -1: 1, -2: b32(X), -3: False},
        {1: 2, -1: 1, -2: b32(X)},
        {1: 2, -1: 1, -3: b32(Y)},
        {1: 2, -1: 1, -2: b"\x02" + b32(X), -3: b32(Y)},
        {1: 2, -1: 1, -2: b"\x04" + GOOD},
        {1: 2, -1: 1, -2: b32(X)[1:], -3: b32(Y)},
        {1: 2, -1: 1, -2: b"\x00" + b32(X), -3: b32(Y)},
        {1: 2, -1: 1, -2: b"", -3: b""},
        {1: 2, -1: 1, -2: b32(X), -3: b32(Y), -4: bytes(32)},
        {1: 2, 3: -7, -1: 1, -2: b32(X), -3: b32(Y)},
        {1: 2, 2: b"kid", -1: 1, -2: b32(X), -3: b32(Y)},
        {1: 2, -1: 1, -2: b32(X).hex(), -3: b32(Y).hex()},
        {1: 1, -1: 6, -2: bytes(31)},
        {1: 1, -1: 6, -2: bytes(33)},
        {1: 1, -1: 6, -2: b""},
        {1: 1, -1: 6},
        {1: 1, -1: 6, -2: b32(X), -4: bytes(32)},
        {1: 1, -1: 6, -2: b"\x02" + bytes(31)},
        {1: 1, -1: 6, -2: (2).to_bytes(32, "little")},
    ],
    ids=str,
)
def test_layouts_that_are_none(members: dict[int, object]) -> None:
    """Compressed points, wrong lengths, members beside the required ones (a private part among them)."""
    refused_everywhere(cbor.encode(members))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xa0"[:0],
        b"\x04" + GOOD,
        b"\x02" + GOOD[:32],
        GOOD,
        bytes(32),
        b"\xff" * 75,
        b"-----BEGIN PUBLIC KEY-----",
    ],
    ids=lambda raw: raw[:8].hex() or "empty",
)
def test_junk(raw: bytes) -> None:
    small = shared()
    with pytest.raises(Malformed) as caught:
        parse_public_key(raw)
    assert caught.value.code == "key-format"
    small.malformed(enrol(small, raw), "key-format" if raw else "field-format", "key")


@pytest.mark.parametrize("case", BAD_KEYS, ids=lambda case: case["name"])
def test_the_key_vectors_through_enrolment(case: dict[str, Any]) -> None:
    small = shared()
    cose = bytes.fromhex(case["cose"])
    if not cose or len(cose) > 4_096:
        return
    small.refused(enrol(small, cose), case["code"])


@pytest.mark.parametrize("text", ["", "a", "A3" * 20, "a3 01", "0xa301", "zz", "a3" * 4_097], ids=lambda text: text[:8])
def test_hex_that_is_none(text: str) -> None:
    small = shared()
    event = {
        "type": "key-enrolment/1", "occurred_at": small.now(), "party": "party:CN-MAKER", "holder": "office",
        "key": text, "possession": "00" * 64,
    }  # fmt: skip
    small.malformed(small.sign_event(event, "cn", subject="key:" + "11" * 32), "field-format", "key")


@pytest.mark.parametrize("length", [0, 1, 31, 33, 64, 1_311, 1_313])
def test_keys_of_logs_and_witnesses(length: int) -> None:
    for kind in (1, 4, 6):
        with pytest.raises(Malformed) as caught:
            VerifierKey("w.example", kind, bytes(length))
        assert caught.value.code == "vkey-format"
    with pytest.raises(Malformed) as caught:
        VerifierKey("w.example", 1, b"\x02" + bytes(31))
    assert caught.value.code == "vkey-format"
