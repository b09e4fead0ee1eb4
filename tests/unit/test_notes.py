"""Signed notes and verifier keys: one reading of every byte, and nothing but Malformed for the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vectors_build import notes as build

from lotchain.core.notes import (
    MAX_NOTE,
    Note,
    NoteSignature,
    VerifierKey,
    key_id,
    parse_note,
    parse_signature_line,
    parse_vkey,
)
from lotchain.errors import Malformed, SigningError
from lotchain.signing import SoftwareSigner
from lotchain.signing.notes import add_signature, sign_note

CASES: list[dict[str, Any]] = json.loads((build.VECTORS / "notes.json").read_text())["cases"]
NOTES = [pytest.param(case, id=case["name"]) for case in CASES if "vkey" not in case]
VKEYS = [pytest.param(case, id=case["name"]) for case in CASES if "vkey" in case]
SOUND = build.note(build.LOG_LINE, build.ed_line(0)).encode()


@pytest.fixture(scope="module")
def built() -> dict[str, str]:
    return build.built()


@pytest.mark.parametrize("name", ["notes", "checkpoint", "cosignature", "policy"])
def test_the_vectors_are_those_that_the_script_makes(built: dict[str, str], name: str) -> None:
    assert (build.VECTORS / f"{name}.json").read_text(encoding="utf-8") == built[name]
    cases = json.loads(built[name])["cases"]
    assert len({case["name"] for case in cases}) == len(cases)
    assert sum(case["valid"] for case in cases) * 2 < len(cases)


@pytest.mark.parametrize("case", NOTES)
def test_note_vectors(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["note_hex"]) if "note_hex" in case else case["note"].encode()
    if not case["valid"]:
        with pytest.raises(Malformed) as caught:
            parse_note(data)
        assert caught.value.code == case["code"]
        return
    note = parse_note(data)
    assert note.encode() == data
    assert note.text == case["text"]
    read = [{"name": s.name, "key_id": s.key_id.hex(), "blob": s.blob.hex()} for s in note.signatures]
    assert read == case["signatures"]


@pytest.mark.parametrize("case", VKEYS)
def test_vkey_vectors(case: dict[str, Any]) -> None:
    if not case["valid"]:
        with pytest.raises(Malformed) as caught:
            parse_vkey(case["vkey"])
        assert caught.value.code == case["code"]
        return
    key = parse_vkey(case["vkey"])
    assert key.encode() == case["vkey"]
    assert (key.name, key.kind) == (case["name_read"], case["kind"])
    assert (key.public.hex(), key.key_id.hex()) == (case["public"], case["key_id"])


def test_the_known_answer_of_c2sp_signed_note() -> None:
    key = parse_vkey("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")
    assert key_id(key.name, 1, key.public) == bytes.fromhex("530d903a")


def test_the_log_key_of_seed_00_1f() -> None:
    key = VerifierKey("ledger.example/lots", 1, SoftwareSigner.from_seed(bytes(range(32))).public.raw)
    assert key.encode() == "ledger.example/lots+c9fa4a58+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"


def test_the_witness_line_of_c2sp_tlog_cosignature() -> None:
    signature = parse_signature_line(build.C2SP_COSIGNATURE)
    assert signature.key_id.hex() == "8d66cf3f"
    assert int.from_bytes(signature.blob[:8], "big") == 1_679_315_147
    assert len(signature.blob) == 72


def test_limits_are_looked_at_before_anything_is_read() -> None:
    with pytest.raises(Malformed, match="too long"):
        parse_note(b"\xff" * (MAX_NOTE + 1))
    assert parse_note(SOUND, max_bytes=len(SOUND), max_signatures=2).encode() == SOUND
    with pytest.raises(Malformed, match="too long"):
        parse_note(SOUND, max_bytes=len(SOUND) - 1)
    with pytest.raises(Malformed, match="too many"):
        parse_note(SOUND, max_signatures=1)


@pytest.mark.parametrize(
    ("text", "count"), [("no newline", 1), ("tab\t\n", 1), ("\ud800\n", 1), ("\r\n", 1), ("", 1), ("sound\n", 0)]
)
def test_an_unreadable_note_cannot_be_made(text: str, count: int) -> None:
    with pytest.raises(Malformed) as caught:
        Note(text, (build.LOG_LINE,) * count)
    assert caught.value.code == "note-format"


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\x00", "\ud800", "é" * 128, "a\u2028b", "a\x85b"])
def test_an_unfit_key_name_is_refused_everywhere(name: str) -> None:
    with pytest.raises(Malformed) as caught:
        NoteSignature(name, b"abcd", b"x")
    assert caught.value.code == "note-signature"
    with pytest.raises(Malformed) as caught:
        VerifierKey(name, 1, build.LOG.public.raw)
    assert caught.value.code == "vkey-format"


def test_a_key_finds_its_own_line_only() -> None:
    note = parse_note(SOUND)
    assert build.LOG_KEY.line_in(note) == build.LOG_LINE
    assert build.W_KEYS[1].line_in(note) is None
    renamed = VerifierKey("other.example", 1, build.LOG_KEY.public)
    retyped = VerifierKey(build.ORIGIN, 4, build.LOG_KEY.public)
    assert renamed.line_in(note) is None
    assert retyped.line_in(note) is None


def test_adding_a_signature_keeps_one_line_a_key() -> None:
    first = Note(build.TEXT, (build.LOG_LINE,)).encode()
    cosigned = add_signature(add_signature(first, build.ed_line(0, 1_000)), build.ed_line(1, 1_000))
    anew = add_signature(cosigned, build.ed_line(0, 2_000))
    assert anew == build.note(build.LOG_LINE, build.ed_line(1, 1_000), build.ed_line(0, 2_000)).encode()


def test_a_note_is_not_filled_beyond_what_is_read() -> None:
    full = Note("text\n", tuple(NoteSignature(f"w{i}", b"abcd", b"x") for i in range(64))).encode()
    with pytest.raises(Malformed, match="too many"):
        add_signature(full, NoteSignature("w64", b"abcd", b"x"))


def test_what_reads_as_a_cosignature_message_is_never_signed_as_a_note() -> None:
    with pytest.raises(SigningError) as caught:
        sign_note("cosignature/v1\ntime 5\n" + build.TEXT, build.ORIGIN, build.LOG)
    assert caught.value.code == "note-not-signable"


def test_a_smart_card_key_signs_no_notes() -> None:
    with pytest.raises(SigningError) as caught:
        sign_note(build.TEXT, build.ORIGIN, SoftwareSigner(-7, bytes(range(1, 33))))
    assert caught.value.code == "alg-not-allowed"


@given(st.binary(max_size=300))
def test_no_bytes_escape_the_note_parser(data: bytes) -> None:
    try:
        assert parse_note(data).encode() == data
    except Malformed as fault:
        assert fault.code in ("note-format", "note-signature")


@given(st.integers(0, len(SOUND) - 1), st.binary(max_size=4))
def test_a_damaged_note_reads_as_itself_or_not_at_all(at: int, put: bytes) -> None:
    data = SOUND[:at] + put + SOUND[at + 1 :]
    try:
        assert parse_note(data).encode() == data
    except Malformed as fault:
        assert fault.code in ("note-format", "note-signature")


@given(st.text(max_size=120) | st.from_regex(r"[a-z.]{1,9}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}", fullmatch=True))
def test_no_text_escapes_the_key_parser(text: str) -> None:
    try:
        assert parse_vkey(text).encode() == text
    except Malformed as fault:
        assert fault.code in ("vkey-format", "key-weak")


@given(st.text(alphabet=st.characters(codec=None), max_size=60))
def test_no_text_escapes_the_line_parser(text: str) -> None:
    for line in (text, f"\u2014 {text}", f"\u2014 name {text}"):
        try:
            assert parse_signature_line(line).line() == line + "\n"
        except Malformed as fault:
            assert fault.code == "note-signature"
