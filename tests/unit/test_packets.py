"""Packets: statements in order and openings, in just one encoding; whatever bytes come, only `Malformed` escapes."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vectors_build import packet as build

from lotchain.core.hidden import Opening
from lotchain.core.packets import Packet, decode_packet, encode_packet, is_packet, opening_item
from lotchain.errors import Malformed

VECTORS = json.loads(build.PATH.read_text())
CASES: list[dict[str, Any]] = VECTORS["cases"]
PAGE = Path(__file__).resolve().parents[2] / "specs" / "formats" / "packet.md"


def test_the_vectors_are_those_that_the_script_makes() -> None:
    assert build.build() == VECTORS


def test_case_names_differ_and_bad_cases_outnumber_good_ones() -> None:
    assert max(Counter(case["name"] for case in CASES).values()) == 1
    valid = [case["valid"] for case in CASES]
    assert valid.count(False) > 4 * valid.count(True)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
def test_vectors(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["packet"])
    if not case["valid"]:
        with pytest.raises(Malformed) as fault:
            decode_packet(data)
        assert fault.value.code == case["code"]
        return
    packet = decode_packet(data)
    assert (len(packet.statements), len(packet.openings)) == (case["statements"], case["openings"])
    assert encode_packet(packet) == data and is_packet(data)


def test_openings_are_put_in_order_and_once() -> None:
    items = [opening_item(Opening("means", bytes(16), text)) for text in ("a", "b", "c")]
    made = encode_packet(Packet((b"x",), (*reversed(items), items[0])))
    assert decode_packet(made) == Packet((b"x",), tuple(sorted(items)))


def test_other_versions_are_told_from_other_files() -> None:
    assert is_packet(b"\x83\x72lotchain-packet/10") and not is_packet(b"\xd2\x84") and not is_packet(b"")


@given(st.binary(max_size=200))
def test_any_bytes_read_or_are_malformed(data: bytes) -> None:
    with suppress(Malformed):
        assert encode_packet(decode_packet(data)) == data


@given(st.sampled_from([case["packet"] for case in CASES if case["valid"]]), st.data())
def test_a_changed_byte_is_seen_or_reads_as_another_packet(packet: str, data: st.DataObject) -> None:
    raw = bytearray.fromhex(packet)
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with suppress(Malformed):
        assert encode_packet(decode_packet(bytes(raw))) == bytes(raw)


def test_the_pages_example_is_the_vector() -> None:
    shown = "".join("".join(line.split()[: line.split().index("#")] if "#" in line else line.split())
                    for line in PAGE.read_text().split("## Worked example")[1].splitlines()
                    if line.startswith("    "))  # fmt: skip
    assert shown == next(case["packet"] for case in CASES if case["name"] == "openings alone")
