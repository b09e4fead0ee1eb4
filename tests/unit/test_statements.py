"""Statements: one layout to the byte, one signature rule, and no second way to write the same thing."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors_build import statements as build
from tests.vectors_build.keys import EC, ED

from lotchain.core import cose
from lotchain.core.cose import parse_sign1, sig_structure, verify_sign1
from lotchain.core.keys import parse_public_key
from lotchain.core.statements import (
    MAX_ENTRY,
    MAX_STATEMENT,
    assemble,
    audience_of,
    parse_statement,
    protected_header,
    verify_signature,
)
from lotchain.errors import Malformed
from lotchain.signing import sign_statement

VECTORS = json.loads(build.PATH.read_text())
CASES: list[dict[str, Any]] = VECTORS["cases"]
GOOD = [bytes.fromhex(case["statement"]) for case in CASES if case["valid"]]

STATED: dict[str, Any] = {
    "issuer": build.ISSUER,
    "subject": build.SUBJECT,
    "audience": build.AUDIENCE,
    "signed_at": build.SIGNED_AT,
}
HEADER: dict[str, Any] = {"algorithm": -8, "kid": ED.public.thumbprint, **STATED}


def test_the_vectors_are_those_that_the_script_makes() -> None:
    assert build.build() == VECTORS


def test_case_names_differ_and_bad_cases_outnumber_good_ones() -> None:
    assert max(Counter(case["name"] for case in CASES).values()) == 1
    valid = [case["valid"] for case in CASES]
    assert valid.count(False) > 5 * valid.count(True)


@pytest.mark.parametrize("case", [pytest.param(c, id=c["name"]) for c in CASES])
def test_vectors(case: dict[str, Any]) -> None:
    raw = bytes.fromhex(case["statement"])
    if not case["valid"] and case["code"] != "bad-signature":
        with pytest.raises(Malformed) as caught:
            parse_statement(raw)
        assert caught.value.code == case["code"]
        return
    statement = parse_statement(raw)
    key = parse_public_key(bytes.fromhex(case["key"]))
    assert verify_signature(statement, key) is case["valid"]
    if case["valid"]:
        for name in ("algorithm", "issuer", "subject", "audience", "signed_at"):
            assert getattr(statement, name) == case[name]
        assert statement.raw == raw
        assert statement.hex_id == statement.id.hex() == case["id"]
        assert sha256(statement.signed).digest() == statement.id
        assert statement.kid.hex() == case["kid"]
        assert statement.payload.decode() == case["payload"]
        assert assemble(statement.protected, statement.payload, statement.signature) == raw


@pytest.mark.parametrize("raw", GOOD)
def test_the_general_layer_agrees_on_good_statements(raw: bytes) -> None:
    statement, message = parse_statement(raw), parse_sign1(raw)
    assert message.protected_bytes == statement.protected
    assert message.payload == statement.payload
    assert message.unprotected == {}
    assert sig_structure(statement.protected, statement.payload) == statement.signed
    claims = message.protected[15]
    assert claims == {1: statement.issuer, 2: statement.subject, 3: statement.audience, 6: statement.signed_at}
    signer = ED if statement.algorithm == -8 else EC
    assert verify_sign1(message, signer.public)


def test_the_id_does_not_hang_on_the_signature() -> None:
    statement = parse_statement(GOOD[0])
    other = parse_statement(assemble(statement.protected, statement.payload, bytes(64)))
    assert other.id == statement.id
    assert other.raw != statement.raw


def test_sizes_are_limited_before_anything_is_read() -> None:
    frame = len(sign_statement(ED, payload=b'{"t":""}', **STATED)) + 2  # a longer length head
    for limit in (MAX_STATEMENT, MAX_ENTRY):
        fits = b'{"t":"' + b"x" * (limit - frame) + b'"}'
        raw = sign_statement(ED, payload=fits, **STATED)
        assert len(raw) == limit
        assert parse_statement(raw, max_bytes=limit).raw == raw
        with pytest.raises(Malformed) as caught:
            parse_statement(raw + b"\0", max_bytes=limit)
        assert caught.value.code == "too-large"
    with pytest.raises(Malformed) as caught:
        sign_statement(ED, payload=b'{"t":"' + b"x" * (MAX_ENTRY - frame + 1) + b'"}', **STATED)
    assert caught.value.code == "too-large"
    with pytest.raises(Malformed) as caught:
        parse_statement(b"\xd2" * 10_000_000)
    assert caught.value.code == "too-large"


@pytest.mark.parametrize("raw", [None, "d284", bytearray(GOOD[0]), 5, [GOOD[0]]])
def test_a_statement_is_bytes(raw: Any) -> None:
    with pytest.raises(Malformed) as caught:
        parse_statement(raw)
    assert caught.value.code == "statement-malformed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"algorithm": -19}, "alg-not-allowed"),
        ({"algorithm": None}, "alg-not-allowed"),
        ({"kid": bytes(31)}, "statement-malformed"),
        ({"kid": "k" * 32}, "statement-malformed"),
        ({"issuer": "charter"}, "id-kind"),
        ({"subject": "nothing"}, "id-kind"),
        ({"audience": "a b"}, "audience-format"),
        ({"audience": None}, "audience-format"),
        ({"signed_at": -1}, "time-format"),
        ({"signed_at": 1.0}, "time-format"),
        ({"signed_at": True}, "time-format"),
        ({"signed_at": 253_402_300_800}, "time-format"),
    ],
)
def test_no_header_is_written_that_could_not_be_read(change: dict[str, Any], code: str) -> None:
    with pytest.raises(Malformed) as caught:
        protected_header(**(HEADER | change))
    assert caught.value.code == code


def test_audiences() -> None:
    assert audience_of("ledger.example/lots", None) == "ledger.example/lots"
    assert audience_of("ledger.example/lots", b"\x11" * 32) == build.AUDIENCE
    assert len(audience_of("o" * 191, bytes(32))) == 256
    for origin, charter in [("", None), ("o" * 192, None), ("a b", None), ("a#b", None), ("é", None),
                            ("a#" + "0" * 64, None), ("ok", bytes(31)), ("ok", b"")]:  # fmt: skip
        with pytest.raises(Malformed) as caught:
            audience_of(origin, charter)
        assert caught.value.code == "audience-format"


class TestGeneralLayer:
    """What COSE_Sign1 allows and a statement does not."""

    def test_detached_payload(self) -> None:
        message = parse_sign1(build.message(payload=b"\xf6"))
        assert verify_sign1(message, ED.public, detached=build.PAYLOAD)
        assert not verify_sign1(message, ED.public, detached=build.PAYLOAD + b" ")
        for attached, detached in ((message, None), (parse_sign1(build.message()), build.PAYLOAD)):
            with pytest.raises(Malformed) as caught:
                verify_sign1(attached, ED.public, detached=detached)
            assert caught.value.code == "cose-malformed"

    def test_the_key_decides_the_algorithm(self) -> None:
        named = {b"": None, b"\xa1\x01\x01": 1, b"\xa1\x01\xf5": True, b"\xa1\x01\x26": -7, b"\xa1\x01\x27": -8}
        for signer in (ED, EC):
            for header, algorithm in named.items():
                message = parse_sign1(build.message(header, signature=cose.byte_string(signer.sign(b"other"))))
                if algorithm == signer.public.algorithm:
                    assert not verify_sign1(message, signer.public)
                    continue
                with pytest.raises(Malformed) as caught:
                    verify_sign1(message, signer.public)
                assert caught.value.code == "alg-not-allowed"

    def test_critical_labels_are_refused_wherever_they_stand(self) -> None:
        for raw in (build.message(b"\xa2\x01\x27\x02\x81\x04"), build.message(unprotected=b"\xa1\x02\x81\x04")):
            with pytest.raises(Malformed) as caught:
                parse_sign1(raw)
            assert caught.value.code == "header-unknown"

    def test_a_tag_is_there_or_not_as_said(self) -> None:
        tagged, bare = build.message(), build.message(tag=b"")
        assert parse_sign1(bare, tagged=False) == parse_sign1(tagged)
        for raw, flag in ((tagged, False), (bare, True)):
            with pytest.raises(Malformed):
                parse_sign1(raw, tagged=flag)


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200) | st.binary(max_size=200).map(lambda tail: b"\xd2\x84" + tail))
def test_nothing_but_malformed_leaves_the_parsers(data: bytes) -> None:
    for parse in (parse_statement, parse_sign1):
        with pytest.raises(Malformed):
            parse(data)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(GOOD), st.data())
def test_a_changed_statement_is_refused_or_another_one(raw: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(raw) - 1))
    cut = data.draw(st.integers(0, 3))
    put = data.draw(st.binary(max_size=3))
    changed = raw[:at] + put + raw[at + cut :]
    try:
        statement = parse_statement(changed)
    except Malformed:
        return
    again = protected_header(
        algorithm=statement.algorithm,
        kid=statement.kid,
        issuer=statement.issuer,
        subject=statement.subject,
        audience=statement.audience,
        signed_at=statement.signed_at,
    )
    assert assemble(again, statement.payload, statement.signature) == changed
    signer = ED if statement.algorithm == -8 else EC
    assert verify_signature(statement, signer.public) is (changed == raw)


def test_the_page_shows_what_the_vectors_hold() -> None:
    page = (build.PATH.parents[1] / "formats" / "statement.md").read_text()
    case = next(case for case in CASES if case["name"] == "ed25519")
    example = page.partition("The message, 310 bytes:")[2].partition("Signed bytes")[0]
    shown = "".join(example.replace("protected header, 218 bytes:", "").split())
    assert shown == case["statement"]
    assert case["id"] in page
    assert parse_statement(bytes.fromhex(shown)).hex_id == case["id"]
