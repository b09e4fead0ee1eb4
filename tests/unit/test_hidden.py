"""Hidden fields: a digest opens with its own field, salt and text and with nothing else."""

from __future__ import annotations

import json
import traceback
from collections import Counter
from contextlib import suppress
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vectors_build import hidden as build

from lotchain.core import cbor
from lotchain.core.hidden import Opening, digest, hidden_digest, opens, placeholder
from lotchain.errors import Malformed

VECTORS = json.loads(build.PATH.read_text())
CASES: list[dict[str, Any]] = VECTORS["cases"]
FIELDS = st.from_regex(r"[a-z][a-z0-9_]{0,8}(\.[a-z]{1,5}|\[[0-9]\]){0,3}", fullmatch=True)
TEXTS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=40)
SALTS = st.binary(min_size=16, max_size=16)


def cases(kind: str) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in CASES if case["kind"] == kind]


def from_json(item: Any) -> Any:
    """An item as CBOR would give it."""
    if isinstance(item, list):
        return [from_json(part) for part in item]
    if isinstance(item, dict) and item.keys() == {"bytes"}:
        return bytes.fromhex(item["bytes"])
    return item


def test_the_vectors_are_those_that_the_script_makes() -> None:
    assert build.build() == VECTORS


def test_case_names_differ_and_bad_cases_outnumber_good_ones() -> None:
    assert max(Counter((case["kind"], case["name"]) for case in CASES).values()) == 1
    valid = [case["valid"] for case in CASES]
    assert valid.count(False) > 4 * valid.count(True)


@pytest.mark.parametrize("case", cases("opening"))
def test_opening_vectors(case: dict[str, Any]) -> None:
    opening = Opening(case["field"], bytes.fromhex(case["salt"]), case["value"])
    assert opens(bytes.fromhex(case["digest"]), opening) is case["valid"]
    assert Opening.parse(opening.encode()) == opening
    if case["valid"]:
        assert digest(opening.field, opening.salt, opening.value).hex() == case["digest"]
        assert placeholder(opening.digest) == {"hidden": case["digest"]}
        assert hidden_digest(placeholder(opening.digest)) == opening.digest


@pytest.mark.parametrize("case", cases("item"))
def test_item_vectors(case: dict[str, Any]) -> None:
    with pytest.raises(Malformed) as caught:
        Opening.parse(from_json(case["item"]))
    assert caught.value.code == case["code"]


@pytest.mark.parametrize("case", cases("member"))
def test_member_vectors(case: dict[str, Any]) -> None:
    if case["valid"]:
        found = hidden_digest(case["member"])
        assert (found is None) is isinstance(case["member"], str)
        return
    with pytest.raises(Malformed) as caught:
        hidden_digest(case["member"], field="consignee.name")
    assert caught.value.code == case["code"]
    assert caught.value.field == "consignee.name"


@pytest.mark.parametrize(
    "value", ["Ana\u202e secret", "secret\u0000", "x" * 5000 + "secret", "secre\u0301t", " secret"]
)
def test_no_message_tells_what_was_hidden(value: str) -> None:
    try:
        Opening("consignee.name", bytes(16), value)
    except Malformed as fault:
        told = str(fault) + repr(fault.as_json()) + "".join(traceback.format_exception(fault)[-1:])
        assert "secre" not in told
    else:
        pytest.fail("it should have been refused")


def test_nor_does_a_repr() -> None:
    shown = repr(Opening("consignee.name", b"SALTSALTSALTSALT", "secret"))
    assert "secret" not in shown
    assert "SALT" not in shown
    assert "consignee.name" in shown


def test_opens_answers_false_to_nonsense() -> None:
    opening = Opening("remark", bytes(16), "Ana")
    for nonsense in (None, opening.digest.hex(), bytearray(opening.digest), b"", opening.digest + b"\0"):
        assert opens(nonsense, opening) is False  # type: ignore[arg-type]


def test_a_digest_that_is_none_is_not_written() -> None:
    with pytest.raises(Malformed):
        placeholder(bytes(31))


@settings(max_examples=300, deadline=None)
@given(FIELDS, SALTS, TEXTS, FIELDS, SALTS, TEXTS)
def test_two_openings_share_a_digest_only_when_they_are_one(
    f1: str, s1: bytes, v1: str, f2: str, s2: bytes, v2: str
) -> None:
    assert opens(digest(f1, s1, v1), Opening(f2, s2, v2)) is ((f1, s1, v1) == (f2, s2, v2))


ITEMS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=300, deadline=None)
@given(ITEMS | st.tuples(FIELDS, SALTS, st.text(max_size=20)).map(list))
def test_nothing_but_malformed_leaves_the_parsers(item: Any) -> None:
    with suppress(Malformed):
        assert Opening.parse(item).encode() == item
    with suppress(Malformed):
        hidden_digest(item)


def test_the_page_shows_what_the_vectors_hold() -> None:
    page = (build.PATH.parents[1] / "formats" / "hidden-fields.md").read_text()
    example = page.partition("## Worked example")[2]
    case = next(case for case in CASES if case["name"] == "name")
    message = bytes.fromhex("".join(example.partition("`Ana`:")[2].partition("digest")[0].split()))
    assert sha256(message).hexdigest() == case["digest"]
    assert example.count(case["digest"]) == 2
    opening = cbor.decode(bytes.fromhex("".join(example.partition("opening ")[2].split())), max_bytes=100)
    assert opens(bytes.fromhex(case["digest"]), Opening.parse(opening))
