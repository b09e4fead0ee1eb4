"""Evidence: the vectors as another implementation would read them, files that were tampered with, what answers say."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.changing import replace
from tests.vectors_build import evidence as build

from lotchain.errors import Malformed
from lotchain.verify import evidence as kinds
from lotchain.verify.evidence import decode_evidence, encode_evidence
from lotchain.verify.evidence_check import check_evidence
from lotchain.verify.evidence_signed import CANNOT_TELL, NOT_PROVED, PROVED
from lotchain.verify.policy import parse_policy

VECTORS: dict[str, Any] = json.loads(build.PATH.read_text())
CASES = [pytest.param(case, id=case["name"]) for case in VECTORS["cases"]]
FILES = {name: base64.b64decode(text) for name, text in VECTORS["files"].items()}
POLICIES = {name: parse_policy(text.encode()) for name, text in VECTORS["policies"].items()}
PROVED_CASES = [case for case in VECTORS["cases"] if case["valid"]]


def resealed(data: bytes) -> bytes:
    return data[:-32] + hashlib.sha256(data[:-32]).digest()


def test_the_vectors_are_those_that_the_script_makes() -> None:
    assert build.build() == VECTORS


def test_case_names_differ_and_bad_cases_outnumber_good_ones() -> None:
    assert max(Counter(case["name"] for case in VECTORS["cases"]).values()) == 1
    valid = [case["valid"] for case in VECTORS["cases"]]
    assert valid.count(False) > 2 * valid.count(True) > 40


def test_every_kind_is_proved_once_and_refuted_once() -> None:
    for kind in kinds.KINDS:
        words = {case["word"] for case in VECTORS["cases"] if case.get("kind") == kind}
        assert {PROVED, NOT_PROVED} <= words, kind
    assert CANNOT_TELL in {case.get("word") for case in VECTORS["cases"]}


@pytest.mark.parametrize("case", CASES)
def test_vectors(case: dict[str, Any]) -> None:
    data = build.apply(FILES[case["file"]], case["edits"])
    policy = POLICIES[case["policy"]]
    if not case["readable"]:
        with pytest.raises(Malformed) as caught:
            check_evidence(data, policy)
        assert caught.value.code == case["code"]
        return
    found = check_evidence(data, policy)
    assert (found.kind, found.word) == (case["kind"], case["word"])
    assert found.exit_code == {PROVED: 0, NOT_PROVED: 1, CANNOT_TELL: 3}[case["word"]]
    if found.word == PROVED:
        assert [guilt.who for guilt in found.proved] == case["proved"]
        assert found.fault is None and found.not_proved and found.facts
    else:
        assert not found.proved
        assert found.fault is not None and found.fault.code == case["code"]


@pytest.mark.parametrize("case", PROVED_CASES, ids=lambda case: case["name"])
def test_what_is_proved_is_proved_by_nobody_elses_policy(case: dict[str, Any]) -> None:
    """Under another log's key, or another charter where the entries are judged, the same file proves nothing."""
    data = FILES[case["file"]]
    found = check_evidence(data, POLICIES["another key"])
    if case["kind"] == kinds.DOUBLE_DEALING and not decode_evidence(data).trees:
        assert found.word == PROVED, "two signatures of a party need no log"
        assert check_evidence(data, POLICIES["another charter"]).word == NOT_PROVED
        return
    assert found.word == NOT_PROVED
    assert found.fault is not None and found.fault.code == "checkpoint-signature"


@pytest.mark.parametrize("case", PROVED_CASES, ids=lambda case: case["name"])
def test_files_are_read_and_written_alike(case: dict[str, Any]) -> None:
    data = FILES[case["file"]]
    assert encode_evidence(decode_evidence(data)) == data


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PROVED_CASES), st.data())
def test_a_flipped_bit_proves_nothing_more(case: dict[str, Any], data: st.DataObject) -> None:
    """With its digest made anew: it is unreadable, it proves nothing, or what it proves is the same of the same."""
    honest = FILES[case["file"]]
    bit = data.draw(st.integers(0, (len(honest) - 32) * 8 - 1))
    changed = bytearray(honest)
    changed[bit // 8] ^= 1 << bit % 8
    try:
        found = check_evidence(resealed(bytes(changed)), POLICIES["plain"])
    except Malformed:
        return
    if found.word == PROVED:
        # Without one auditor's line whose a key is may be shown no more: then its holder alone is accused.
        accused = {guilt.who for guilt in found.proved if not guilt.who.startswith("the holder of key:")}
        assert accused <= set(case["proved"]), "somebody else is accused"


@given(st.binary(max_size=400))
def test_any_bytes_are_malformed(data: bytes) -> None:
    for each in (data, resealed(data + bytes(64))):
        with pytest.raises(Malformed):
            decode_evidence(each)


def test_limits_come_before_parsing() -> None:
    with pytest.raises(Malformed, match="too-large"):
        decode_evidence(bytes(kinds.MAX_EVIDENCE + 1))
    deep = b"\x81" * 40_000 + bytes(64)
    with pytest.raises(Malformed, match=r"too-deep|cbor"):
        decode_evidence(resealed(deep))


def test_a_line_that_a_witness_did_not_make_names_nobody() -> None:
    """Whoever hands the file over may have put it there: the log's signature stands, the witness is not accused."""
    made = decode_evidence(FILES["split view"])
    first = made.trees[0].note.decode()
    *head, line = first.rstrip("\n").split("\n")
    name, encoded = line.removeprefix("\u2014 ").split(" ")
    raw = bytearray(base64.b64decode(encoded))
    raw[-1] ^= 1
    broken = "\n".join([*head, f"\u2014 {name} {base64.b64encode(bytes(raw)).decode()}"]) + "\n"
    changed = replace(made, trees=(replace(made.trees[0], note=broken.encode()), made.trees[1]))
    found = check_evidence(encode_evidence(changed), POLICIES["plain"])
    assert found.word == PROVED
    assert name not in {guilt.who.removeprefix("the witness ") for guilt in found.proved}


def test_the_answer_says_what_it_does_not_prove() -> None:
    said = check_evidence(FILES["double dealing"], POLICIES["plain"])
    assert any("no ledger is shown" in text for text in said.not_proved)
    said = check_evidence(FILES["double dealing, by the operator's word"], POLICIES["plain"])
    assert any("operator's word" in text for text in said.not_proved)
    said = check_evidence(FILES["double dealing, with the ledger"], POLICIES["plain"])
    assert not any("operator's word" in text or "no ledger" in text for text in said.not_proved)
    said = check_evidence(FILES["witness rolled back"], POLICIES["plain"])
    assert not any(guilt.who.startswith("the log") for guilt in said.proved)
    assert "anything against the log" in said.not_proved


def test_json_is_whole() -> None:
    told = check_evidence(FILES["judged: refused"], POLICIES["plain"]).as_json()
    assert told["word"] == PROVED and told["kind"] == kinds.JUDGED
    assert "key-not-enrolled" in json.dumps(told["facts"])
    told = check_evidence(FILES["judged: in order"], POLICIES["plain"]).as_json()
    assert told["fault"]["code"] == "evidence-unproved" and told["proved"] == []
