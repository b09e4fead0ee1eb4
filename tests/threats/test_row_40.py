"""Threat row 40, text that shows as something else: bidi, invisible and control characters, lone surrogates, floods."""

from __future__ import annotations

import json
import unicodedata

import pytest
from tests.threats.surroundings import Small, shared

from lotchain.core import canonical_json, cbor
from lotchain.core.hidden import Opening
from lotchain.core.statements import parse_statement
from lotchain.errors import Malformed
from lotchain.events.reading import read_event

INVISIBLE = [
    "\u202e", "\u202d", "\u202a", "\u2066", "\u2067", "\u2069", "\u200e", "\u200f", "\u061c", "\u200b", "\u200c", "\u200d",
    "\u2060", "\ufeff", "\u00ad", "\u034f", "\u180e", "\u115f", "\u3164", "\uffa0", "\ufe0f", "\U000e0041", "\U000e0100",
    "\x00", "\x01", "\x07", "\x08", "\t", "\n", "\r", "\x1b", "\x7f", "\x80", "\x85", "\x9b", "\u2028", "\u2029", "\ufff9",
    "\ue000", "\uf8ff", "\U0010fffd", "\ufdd0", "\uffff", "\U0010ffff", "\u0378", "\U0001fae9",
]  # fmt: skip


@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
def test_characters_that_do_not_show(character: str) -> None:
    small = shared()
    fault = small.bad_event(small.registration(name=f"ace{character}tone"), "text-chars", "name")
    assert fault.found == f"U+{ord(character):04X}"
    small.bad_event(small.registration(name=character), "text-chars", "name")


def test_a_lone_surrogate() -> None:
    """It has no bytes: as an escape it is no JSON that we read, as raw bytes no UTF-8."""
    small = shared()
    body = parse_statement(small.sign_event(small.registration())).payload
    for half in (
        b"\\ud800",
        b"\\udfff",
        b"\\ud800x",
        b"\xed\xa0\x80",
        b"\xed\xbf\xbf",
        b"\xff",
        b"\xc0\x80",
        b"\xf4\x90\x80\x80",
    ):
        small.malformed(small.sign_payload(body.replace(b"1-boc", half)), "json-malformed")
    fault = small.malformed(small.sign_payload(body.replace(b"1-boc", b"\\ud83d\\ude00")), "json-not-canonical")
    assert fault.expected
    with pytest.raises(Malformed) as caught:
        cbor.encode(["\ud800"])
    assert caught.value.code == "cbor-malformed"


@pytest.mark.parametrize("text", ["Cafe\u0301", "A\u030a", "\u212b", "\u1100\u1161", "\uf900"], ids=ascii)
def test_one_spelling(text: str) -> None:
    small = Small()
    assert unicodedata.normalize("NFC", text) != text
    fault = small.bad_event(small.registration(name=text), "text-not-nfc", "name")
    assert fault.remedy
    small.taken(small.sign_event(small.registration(name=unicodedata.normalize("NFC", text))))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a" + "\u0301" * 80, "text-length"),
        ("z" + "\u0335" * 5, "text-chars"),
        ("z" + "\u0488" * 79, "text-chars"),
        ("\u0335abc", "text-chars"),
        ("", "text-length"),
        ("a" * 81, "text-length"),
        ("é" * 81, "text-length"),
        ("\U0001f600" * 81, "text-length"),
        (" a", "text-chars"),
        ("a ", "text-chars"),
        ("a\u00a0", "text-chars"),
        ("\u3000a", "text-chars"),
        (" ", "text-chars"),
        ("x" * 15_000, "text-length"),
    ],
    ids=lambda value: ascii(value)[:24],
)
def test_floods_lengths_and_edges(text: str, code: str) -> None:
    small = shared()
    small.bad_event(small.registration(name=text), code, "name")


@pytest.mark.parametrize("field", ["name", "content", "remarks"])
def test_every_text_of_an_event(field: str) -> None:
    small = shared()
    event = small.registration(**{field: "left\u202eright"})
    small.bad_event(event, "text-chars", field)


def test_a_hidden_text_is_held_to_the_same() -> None:
    """It will be shown one day: an opening with such a text is refused, and the message does not repeat it."""
    for text in ("left\u202eright", "a\x00b", "", "Cafe\u0301"):
        with pytest.raises(Malformed) as caught:
            Opening("remarks", bytes(16), text)
        assert caught.value.code == "hidden-format"
        small = shared()
        encoded = cbor.encode(["remarks", bytes(16), text])
        before = small.everything()
        with pytest.raises(Malformed) as caught:
            small.ledger.submit([], {bytes(32): encoded})
        assert caught.value.code == "hidden-format"
        assert "left" not in str(caught.value)
        assert small.everything() == before


def test_names_of_members_are_shown_escaped_and_cut() -> None:
    small = shared()
    fault = small.malformed(small.sign_event(small.registration(**{"\x1b[2J": 1})), "field-unknown", "\\x1b[2J")
    assert "\x1b" not in str(fault)
    with pytest.raises(Malformed) as caught:
        read_event(canonical_json.encode(small.registration(**{"a" * 15_000: 1})))
    assert (caught.value.code, len(caught.value.field)) == ("field-unknown", 120)
    with pytest.raises(Malformed) as caught:
        read_event(canonical_json.encode(small.registration(**{"\r\nx": None})))
    assert (caught.value.code, caught.value.field) == ("null-field", "\\r\\nx")


def test_refusals_are_safe_to_print() -> None:
    """What was found is shown escaped: a terminal is not moved, a log line not broken."""
    small = shared()
    for text in ("\x1b[2J", "a\r\nSet-Cookie: x"):
        finding = small.refused(small.sign_event(small.registration(name=text)), "text-chars", "name")
        shown = json.dumps(finding.as_json(), ensure_ascii=False) + str(finding.kind)
        assert all(character.isprintable() for character in shown)
        finding = small.refused(small.sign_event(small.registration(**{text + "a": 1})), "field-unknown")
        assert all(character.isprintable() for character in finding.kind.sentence + finding.found)
        finding = small.refused(small.sign_event(small.registration(lot=text)), "id-chars", "lot")
        assert all(character.isprintable() for character in finding.found + finding.expected)


@pytest.mark.parametrize("text", ["1-Boc-4-哌啶酮", "Ацетон", "أسيتون", "γ-Butyrolactone", "Ácido fenilacético", "물"])
def test_honest_names_of_any_script(text: str) -> None:
    small = Small()
    small.taken(small.sign_event(small.registration(name=text)))
