"""Text that people wrote: vectors, the frozen table, and nothing but Malformed from any text."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vectors_build import codecs

from lotchain.core import codepoints
from lotchain.core.text import MAX_MARKS, check_text
from lotchain.errors import Malformed

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "text.json"
CASES = json.loads(VECTORS.read_text("ascii"))["cases"]
INVISIBLE_LETTERS_AND_MARKS = {0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180F, 0x3164, 0xFFA0}
INVISIBLE_LETTERS_AND_MARKS |= {*range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}

any_characters = st.text(st.characters(), max_size=20)
tricky = st.text("ae\u0301\u0323\u200b\u202e \n\u00e9\u212b\u1100\u1161\ud800\x00\u3164", max_size=8)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_vector(case: dict[str, Any]) -> None:
    text = "".join(chr(int(point, 16)) for point in case["code_points"].split())
    if case["valid"]:
        assert check_text(text, field="name", max_chars=100, max_bytes=250, multiline=case["multiline"]) == text
        return
    with pytest.raises(Malformed) as caught:
        check_text(text, field="name", max_chars=100, max_bytes=250, multiline=case["multiline"])
    assert (caught.value.code, caught.value.field) == (case["code"], "name"), case["comment"]
    assert str(caught.value).isprintable()


def test_the_vectors_are_those_of_their_script() -> None:
    assert VECTORS.read_text("ascii") == codecs.render("text")
    assert sum(not c["valid"] for c in CASES) > sum(c["valid"] for c in CASES)


@given(any_characters | tricky, st.booleans())
def test_any_text_is_clean_or_refused(text: str, multiline: bool) -> None:
    try:
        assert check_text(text, field="", max_chars=15, max_bytes=40, multiline=multiline) == text
    except Malformed as fault:
        assert fault.code in ("text-length", "text-chars", "text-not-nfc")
        return
    assert unicodedata.normalize("NFC", text) == text
    assert text == text.strip()
    assert 0 < len(text) <= 15
    assert len(text.encode()) <= 40
    categories = [unicodedata.category(c) for c in text if c != "\n"]
    assert not {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} & set(categories)
    assert multiline or "\n" not in text


@given(st.text(st.characters(max_codepoint=127), min_size=1, max_size=10))
def test_the_short_way_for_ascii_decides_as_the_long_one(text: str) -> None:
    def verdict(value: str) -> str:
        try:
            check_text(value, field="", max_chars=20)
        except Malformed as fault:
            return fault.code
        return ""

    # A letter outside ASCII in the middle forces the long way and changes nothing else.
    longer = text[0] + "\u5317" + text[1:] if len(text) > 1 else text + "\u5317" + text
    assert verdict(text) == verdict(longer)


def test_marks_up_to_the_limit() -> None:
    marks = "\u0323\u0324\u0325\u032d"
    assert len(marks) == MAX_MARKS
    assert check_text("q" + marks + "q" + marks, field="", max_chars=20)


def test_limits_are_those_that_are_given() -> None:
    assert check_text("\u5317\u4eac", field="", max_chars=2, max_bytes=6)
    assert check_text("ab", field="", max_chars=2, max_bytes=2)
    for text, chars, size in (("\u5317\u4eac", 1, 6), ("\u5317\u4eac", 2, 5), ("ab", 2, 1), ("ab", 1, None)):
        with pytest.raises(Malformed) as caught:
            check_text(text, field="", max_chars=chars, max_bytes=size)
        assert caught.value.code == "text-length"


def test_the_table_is_that_of_its_unicode_version() -> None:
    if unicodedata.unidata_version != codepoints.UNICODE_VERSION:
        pytest.skip(f"this Python has Unicode {unicodedata.unidata_version}, the table {codepoints.UNICODE_VERSION}")
    refused = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    for point in range(0x110000):
        expected = unicodedata.category(chr(point)) in refused or point in INVISIBLE_LETTERS_AND_MARKS
        assert codepoints.is_refused(point) == expected, f"U+{point:04X}"


def test_nothing_that_a_newer_python_calls_unassigned_is_allowed() -> None:
    allowed = (p for p in range(0x110000) if not codepoints.is_refused(p))
    assert all(unicodedata.category(chr(p)) != "Cn" for p in allowed)
