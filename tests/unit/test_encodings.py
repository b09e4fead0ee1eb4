"""Base64, hexadecimal and decimal text: one spelling each."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotchain.core.encodings import b64decode, b64encode, hex_decode, parse_uint, sha256_hex
from lotchain.errors import Malformed

any_text = st.text(max_size=60) | st.text("0123456789abcdefABCDEF+/=-_ ", max_size=70)


@given(st.binary(max_size=200))
def test_base64_round_trip(data: bytes) -> None:
    assert b64encode(data) == base64.b64encode(data).decode()
    assert b64decode(b64encode(data)) == data


@given(any_text)
def test_any_text_is_base64_in_its_one_spelling_or_refused(text: str) -> None:
    try:
        data = b64decode(text)
    except Malformed as fault:
        assert fault.code == "base64-format"
    else:
        assert b64encode(data) == text


@pytest.mark.parametrize(
    "text",
    [
        "A",
        "AA",
        "AAA",
        "AAAAA",
        "AA=",
        "AAA=A",
        "AAB=",
        "AB==",
        "A===",
        "====",
        "=",
        "AAAA=",
        "AAAA====",
        "AA==AA==",
        "AAAA\n",
        " AAAA",
        "AA AA",
        "AA-_",
        "AA\x00A",
        "é",
        "ＡＡＡＡ",
        "AAAA,",
        "data:AAAA",
    ],
)
def test_bad_base64(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        b64decode(text, "signature")
    assert caught.value.code == "base64-format"
    assert "signature" in caught.value.what


def test_base64_length_is_checked_first() -> None:
    assert b64decode("AAAA", max_chars=4) == bytes(3)
    with pytest.raises(Malformed, match="at most 3"):
        b64decode("AAAA", max_chars=3)


@given(st.binary(max_size=64))
def test_hex_round_trip(data: bytes) -> None:
    assert hex_decode(data.hex()) == data
    assert hex_decode(data.hex(), len(data), "bytes") == data


@given(any_text)
def test_any_text_is_hex_in_its_one_spelling_or_refused(text: str) -> None:
    try:
        data = hex_decode(text)
    except Malformed as fault:
        assert fault.code == "hex-format"
    else:
        assert data.hex() == text


@pytest.mark.parametrize("text", ["0", "000", "0A", "AB", "0x", "0g", " 0", "0 ", "00\n", "00 00", "０0", "-1"])
def test_bad_hex(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        hex_decode(text)
    assert caught.value.code == "hex-format"


@pytest.mark.parametrize("text", ["", "00", "000000"])
def test_hex_of_another_length(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        hex_decode(text, 2)
    assert caught.value.code == "hex-format"


@given(st.binary(min_size=32, max_size=32))
def test_a_hash_reads_back(digest: bytes) -> None:
    assert sha256_hex(digest.hex()) == digest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00" * 16,
        "00" * 31,
        "00" * 33,
        "00" * 64,
        "0A" * 32,
        "0g" * 32,
        "00" * 32 + "\n",
        " " + "00" * 32,
        "md5:" + "00" * 16,
        "sha256:" + "00" * 32,
        "md5:" + "0" * 60,
        "0x" + "00" * 31,
        "０" * 64,
    ],
)
def test_a_cut_or_foreign_hash(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        sha256_hex(text)
    assert caught.value.code == "hash-format"


@given(st.integers(0, 2**63 - 1))
def test_a_number_reads_back(number: int) -> None:
    assert parse_uint(str(number)) == number


@given(any_text | st.text("0123456789 +-_.", max_size=25))
def test_any_text_is_a_number_in_its_one_spelling_or_refused(text: str) -> None:
    try:
        number = parse_uint(text)
    except Malformed as fault:
        assert fault.code == "number-format"
    else:
        assert str(number) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "-0",
        "+1",
        "00",
        "01",
        "1_0",
        " 7",
        "7\n",
        "7 ",
        "1.0",
        "1e3",
        "0x1",
        "٧",
        "７",
        "²",
        "true",
        "9223372036854775808",
        "1" * 5000,
    ],
)
def test_bad_numbers(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_uint(text)
    assert caught.value.code == "number-format"


def test_the_largest_number_allowed_is_allowed() -> None:
    assert parse_uint("7", max_value=7) == 7
    assert parse_uint(str(2**64), max_value=2**64) == 2**64
    with pytest.raises(Malformed):
        parse_uint("8", max_value=7)
