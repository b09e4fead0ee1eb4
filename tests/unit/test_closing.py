"""The closing record: one spelling, every field in range, nothing but Malformed for whatever is fed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.vectors_build import tree_heads

from lotchain.core.closing import FORMAT, MAX_BYTES, MAX_TIME, ClosingRecord, is_closing, parse_closing
from lotchain.core.tree import MAX_SIZE, leaf_hash
from lotchain.errors import Malformed

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors"
CASES = json.loads((VECTORS / "closing.json").read_text(encoding="ascii"))["cases"]
RECORD = ClosingRecord(1_764_000_000_000, 0, 3, "1", bytes(range(32)))


def test_the_vectors_are_what_their_script_makes() -> None:
    assert (VECTORS / "closing.json").read_text(encoding="ascii") == tree_heads.files()["closing.json"]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vector(case: dict) -> None:  # type: ignore[type-arg]
    entry = bytes.fromhex(case["entry"])
    if case["valid"]:
        record = parse_closing(entry)
        shown = {name: getattr(record, name) for name in ("time", "start", "end", "judge")}
        assert shown | {"heads_root": record.heads_root.hex()} == case["fields"]
        assert record.encode() == entry
        assert is_closing(entry)
    else:
        with pytest.raises(Malformed) as caught:
            parse_closing(entry)
        assert caught.value.code == case["code"]


def test_a_statement_is_not_taken_for_a_closing_record() -> None:
    assert not is_closing(b"\xd2\x84" + RECORD.encode())
    assert not is_closing(b"\xd2")
    assert not is_closing(b"\x84" + RECORD.encode())  # an untagged COSE message


def test_a_later_version_is_known_as_a_closing_record() -> None:
    assert is_closing(b"\x87\x72lotchain/closing/2")
    assert not is_closing(b"\x87\x72lotchain/opening/1")


@pytest.mark.parametrize(
    "wrong",
    [
        {"time": -1},
        {"time": MAX_TIME + 1},
        {"time": True},
        {"time": 1.0},
        {"start": 3},
        {"start": -1},
        {"start": True, "end": 2},
        {"end": MAX_SIZE},
        {"judge": ""},
        {"judge": "1 "},
        {"judge": 1},
        {"judge": "é"},
        {"heads_root": bytes(31)},
        {"heads_root": bytes(33)},
        {"heads_root": bytearray(32)},
        {"heads_root": "0" * 32},
    ],
)
def test_no_record_is_made_that_could_not_be_read(wrong: dict) -> None:  # type: ignore[type-arg]
    fields = {"time": 5, "start": 0, "end": 3, "judge": "1", "heads_root": bytes(32)} | wrong
    with pytest.raises(Malformed) as caught:
        ClosingRecord(**fields)
    assert caught.value.code == "closing-malformed"
    assert caught.value.field in wrong or caught.value.field == "end"


@settings(max_examples=200)
@given(
    st.integers(0, MAX_TIME),
    st.integers(0, MAX_SIZE - 2),
    st.integers(1, 10**6),
    st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._/+-]{0,63}\Z"),
    st.binary(min_size=32, max_size=32),
)
def test_what_is_written_is_read_back(time: int, start: int, more: int, judge: str, root: bytes) -> None:
    record = ClosingRecord(time, start, min(start + more, MAX_SIZE - 1), judge, root)
    entry = record.encode()
    assert parse_closing(entry) == record
    assert is_closing(entry)
    assert len(entry) <= MAX_BYTES


@settings(max_examples=300)
@given(st.binary(max_size=120), st.integers(0, 70))
@example(b"", 0)
@example(b"\xff" * 40, 20)
def test_nothing_but_malformed_escapes(noise: bytes, at: int) -> None:
    good = RECORD.encode()
    for data in (noise, good[:at] + noise, good[:at] + noise + good[at + len(noise) :], good[:20] + noise):
        try:
            assert parse_closing(data).encode() == data
        except Malformed as fault:
            assert fault.code in {"closing-malformed", "version-unsupported"}
        is_closing(data)


def test_every_changed_byte_is_refused_or_another_record() -> None:
    good = RECORD.encode()
    seen = set()
    for at in range(len(good)):
        for value in range(256):
            data = good[:at] + bytes([value]) + good[at + 1 :]
            try:
                record = parse_closing(data)
            except Malformed:
                continue
            assert record.encode() == data
            seen.add(record)
    assert len(seen) > 32 * 255  # every value of the root's bytes is another root, and none is RECORD twice


def test_format_names_its_version() -> None:
    assert RECORD.encode()[2:20] == FORMAT.encode()


def test_the_example_of_the_page() -> None:
    page = (VECTORS.parent / "formats" / "closing-record.md").read_text(encoding="utf-8")
    assert leaf_hash(RECORD.encode()).hex() in page
    block = page.split("```")[-2]
    digits = "".join(word for line in block.splitlines() for word in re.split(r"  +(?=\S)", line.strip())[0].split())
    assert bytes.fromhex(digits) == RECORD.encode()
