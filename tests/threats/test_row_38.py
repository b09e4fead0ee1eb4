"""Threat row 38, malformed and non-canonical CBOR: RFC 8949 §4.2.1 and our subset, or refused, wherever CBOR stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.threats.surroundings import body_of, reseal, shared, told

from lotchain.core import cbor
from lotchain.core.closing import ClosingRecord, parse_closing
from lotchain.core.packets import Packet, decode_packet, encode_packet
from lotchain.core.statements import assemble, parse_statement
from lotchain.errors import Malformed

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "cbor.json"
BAD: list[dict[str, Any]] = [
    case for case in json.loads(VECTORS.read_text("ascii"))["cases"] if not case["valid"] and "hex" in case
]
NOT_CANONICAL = [
    "1800", "1817", "190000", "1900ff", "1a00000000", "1a0000ffff", "1b0000000000000000", "1b00000000ffffffff",
    "3800", "3817", "390000", "5800", "580100", "590000", "7800", "780161", "9800", "980100", "990000", "b800",
    "5f40ff", "5f4100ff", "7f60ff", "9fff", "9f00ff", "bfff", "bf0000ff", "a20200 0100", "a2613100 0000", "a2616200 616100",
]  # fmt: skip
MALFORMED = [
    "", "18", "19", "1900", "1a000000", "1b00000000000000", "41", "4200", "61", "81", "8200", "a1", "a100", "1c", "1d",
    "1e", "1f", "3c", "3f", "5c", "7c", "9c", "bc", "dc", "fc", "fd", "fe", "ff", "f8", "f800", "f818", "f814", "f7", "e0",
    "f0", "f90000", "f97e00", "f97c00", "fa00000000", "fa7fc00000", "fb0000000000000000", "fb7ff0000000000000", "c000",
    "c11a00000000", "c24100", "d818 4100", "d9d9f700", "61ff", "61c0", "62c080", "63eda080", "64f4908080", "62c328",
    "0000", "00ff", "a1f500", "a1404100", "a1800000", "a1f600", "8080", "6041",
]  # fmt: skip


def code_of(data: str) -> str:
    with pytest.raises(Malformed) as caught:
        cbor.decode(bytes.fromhex(data), max_bytes=1_000)
    assert caught.value.expected, str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("data", NOT_CANONICAL)
def test_not_canonical(data: str) -> None:
    assert code_of(data) == "cbor-not-canonical"


@pytest.mark.parametrize("data", MALFORMED)
def test_malformed(data: str) -> None:
    assert code_of(data) in ("cbor-malformed", "too-large")


ALL = sorted({*NOT_CANONICAL, *MALFORMED, *(case["hex"] for case in BAD if len(case["hex"]) < 2_000)})


def test_there_are_more_than_the_rows_122() -> None:
    assert len(ALL) >= 122


@pytest.mark.parametrize("data", ALL, ids=lambda data: data[:24])
def test_in_no_part_of_a_statement(data: str) -> None:
    """As the protected header, the unprotected one, the payload's and the signature's place, and after the end."""
    small, item = shared(), bytes.fromhex(data)
    good = parse_statement(small.sign_event(small.registration()))
    head, rest = good.raw[: 2 + 2 + len(good.protected)], good.raw[2 + 2 + len(good.protected) :]
    assert rest[0] == 0xA0
    attacks = [
        item,
        assemble(item, good.payload, good.signature),
        head + item + rest[1:],
        head + b"\xa0" + item + good.raw[-66:],
        good.raw[:-66] + item,
        good.raw + (item or b"\x00"),
    ]
    for raw in attacks:
        assert raw != good.raw
        with pytest.raises(Malformed) as caught:
            parse_statement(raw)
        # No bytes are an empty header (RFC 9052 §3): read, and found to name no algorithm.
        assert caught.value.code in ("statement-malformed", "alg-not-allowed"), raw.hex()[:40]
        small.refused(raw, caught.value.code)


@pytest.mark.parametrize("data", ALL, ids=lambda data: data[:24])
def test_in_no_bundle_packet_or_closing_record(data: str) -> None:
    small, _, bundle = told()
    item = bytes.fromhex(data)
    body = body_of(bundle)
    for place in range(1, 8):
        marked = cbor.encode([*body[:place], "MARK", *body[place + 1 : -1], bytes(32)])[:-32]
        with pytest.raises(Malformed) as caught:
            small.verdict(reseal(marked.replace(b"dMARK", item)))
        assert caught.value.code
    packet = encode_packet(Packet((b"x",)))
    for raw in (packet + (item or b"\x00"), packet[:-1] + item if item != b"\x80" else packet[:-1]):
        with pytest.raises(Malformed):
            decode_packet(raw)
    record = ClosingRecord(1, 0, 1, "lotchain-judge/1", bytes(32)).encode()
    assert parse_closing(record)
    at = record.index(b"\x01\x00\x01")
    for raw in (record + (item or b"\x00"), record[:at] + item + record[at + 1 :]):
        if raw == record:
            continue
        with pytest.raises(Malformed) as caught:
            parse_closing(raw)
        assert caught.value.code == "closing-malformed"


def test_a_closing_record_is_not_submitted() -> None:
    """The one entry that nobody signs: only the ledger writes it."""
    small = shared()
    for index in range(small.ledger.size):
        raw = small.ledger.reader.entry(index)
        if raw[:1] == b"\x86":
            small.refused(raw, "statement-malformed")
            break
    small.refused(ClosingRecord(small.time, 0, 1, "lotchain-judge/1", bytes(32)).encode(), "statement-malformed")
