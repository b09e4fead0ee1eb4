"""Canonical JSON: vectors, causes, and nothing but Malformed from any bytes."""

from __future__ import annotations

import enum
import json
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vectors_build import codecs

from lotchain.core import canonical_json
from lotchain.errors import Malformed

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "canonical-json.json"
CASES = json.loads(VECTORS.read_text("ascii"))["cases"]
SAFE = 2**53 - 1

scalars = st.one_of(st.integers(-SAFE, SAFE), st.text(max_size=20), st.booleans(), st.none())
keys = st.text(st.characters(max_codepoint=127), max_size=8)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5), max_leaves=20
)
json_like = st.lists(
    st.sampled_from(
        ['"', "\\", "{", "}", "[", "]", ",", ":", "a", "0", "1", "-", ".", "e", " ", "true", "\\u0061", "é"]
    ),
    max_size=24,
).map("".join)


def code_of(data: bytes, **limits: Any) -> str:
    with pytest.raises(Malformed) as caught:
        canonical_json.decode(data, **limits)
    return caught.value.code


def test_the_vectors_are_those_of_their_script() -> None:
    assert VECTORS.read_text("ascii") == codecs.render("canonical-json")
    assert sum(not c["valid"] for c in CASES) > sum(c["valid"] for c in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_vector(case: dict[str, Any]) -> None:
    text = case["hex"] + case.get("repeat_hex", "") * case.get("times", 0) + case.get("end_hex", "")
    data = bytes.fromhex(text)
    if not case["valid"]:
        assert code_of(data) == case["code"], case["comment"]
        return
    value = canonical_json.decode(data)
    assert canonical_json.encode(value) == data
    if "value" in case:
        assert value == case["value"]


@given(values)
def test_what_is_written_reads_back(value: Any) -> None:
    data = canonical_json.encode(value)
    assert canonical_json.decode(data) == value


@given(values)
def test_it_is_what_the_standard_library_writes_without_escapes(value: Any) -> None:
    plain = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    assert canonical_json.encode(value) == plain.encode()


@given(values)
def test_the_same_value_with_white_space_is_refused(value: Any) -> None:
    spaced = json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1).encode() + b"\n"
    assert code_of(spaced) == "json-not-canonical"


@given(st.binary(max_size=60) | json_like.map(str.encode))
def test_any_bytes_are_read_in_one_form_or_refused(data: bytes) -> None:
    try:
        value = canonical_json.decode(data, max_bytes=50)
    except Malformed:
        return
    assert canonical_json.encode(value) == data


@given(st.dictionaries(keys, values, min_size=1, max_size=4), st.data())
def test_a_repeated_key_is_found_wherever_it_stands(value: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(value)))
    text = canonical_json.encode(value).decode()
    again = text[:-1] + "," + canonical_json.encode(key).decode() + ":0}"
    wrapped = f'{{"x":[{again}]}}'.encode()
    assert code_of(again.encode(), max_depth=20) == "duplicate-key"
    assert code_of(wrapped, max_depth=20) == "duplicate-key"


@given(st.floats())
def test_no_float_is_read_or_written(number: float) -> None:
    assert code_of(json.dumps([number]).encode()) == "json-float"
    for value in (number, [number], {"a": (number,)}):
        with pytest.raises(Malformed) as caught:
            canonical_json.encode(value)
        assert caught.value.code == "json-float"


@given(st.integers())
def test_integers_beyond_the_safe_ones_are_refused(number: int) -> None:
    for outside in (SAFE + 1 + abs(number), -SAFE - 1 - abs(number)):
        assert code_of(str(outside).encode()) == "json-malformed"
        with pytest.raises(Malformed) as caught:
            canonical_json.encode(outside)
        assert caught.value.code == "json-malformed"


def test_limits_are_those_that_are_given() -> None:
    assert canonical_json.decode(b"[1,2,3]", max_bytes=7, max_depth=1, max_items=3) == [1, 2, 3]
    assert code_of(b"[1,2,3]", max_bytes=6) == "too-large"
    assert code_of(b"[1,2,3]", max_items=2) == "too-large"
    assert code_of(b"[1,2,3]", max_depth=0) == "too-deep"


def test_brackets_and_commas_inside_strings_do_not_count() -> None:
    value = ["[[[{{{,,,", '"[', "\\", '\\"{', "]]]}}}"] * 20
    data = canonical_json.encode(value)
    assert canonical_json.decode(data, max_depth=1, max_items=100) == value
    assert code_of(data, max_depth=1, max_items=99) == "too-large"
    assert code_of(b"[" + data + b"]", max_depth=1, max_items=100) == "too-deep"


@pytest.mark.parametrize("escape", [b"\\\\", b'\\"', b'\\\\\\"', b"\\\\\\\\", b"\\n"], ids=repr)
def test_depth_is_exact_after_any_run_of_backslashes(escape: bytes) -> None:
    data = b'["' + escape + b'",' + b"[" * 16 + b"]" * 16 + b"]"
    assert code_of(data) == "too-deep"
    assert canonical_json.decode(data, max_depth=17)


def test_wide_texts_are_not_deep() -> None:
    data = canonical_json.encode([{"a": [1]} for _ in range(500)])
    assert len(canonical_json.decode(data, max_depth=3)) == 500
    assert code_of(data, max_depth=2) == "too-deep"


def test_lists_and_tuples_are_written_alike() -> None:
    assert canonical_json.encode((1, ("a",))) == b'[1,["a"]]'


class Number(enum.IntEnum):
    ONE = 1


class Word(enum.StrEnum):
    ONE = "one"


@pytest.mark.parametrize(
    "value",
    [
        b"bytes",
        {1: 2},
        {None: 2},
        {True: 2},
        {"é": 1},
        {Word.ONE: 1},
        "\ud800",
        {1},
        object(),
        Number.ONE,
        Word.ONE,
        uuid.UUID(int=1),
        datetime(2026, 1, 1, tzinfo=UTC),
        [{"a": {"b": b""}}],
    ],
    ids=lambda value: repr(value).split(" at 0x")[0],
)
def test_what_has_no_place_is_not_written(value: Any) -> None:
    with pytest.raises(Malformed) as caught:
        canonical_json.encode(value)
    assert caught.value.code == "json-malformed"


def test_a_value_too_deep_or_endless_is_not_written() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    endless: dict[str, Any] = {}
    endless["a"] = endless
    for value in (deep, endless):
        with pytest.raises(Malformed) as caught:
            canonical_json.encode(value)
        assert caught.value.code == "too-deep"


def test_messages_name_what_was_read() -> None:
    with pytest.raises(Malformed) as caught:
        canonical_json.decode(b'{"a":1,"a":2}', what="event")
    assert "event" in str(caught.value)
    assert caught.value.found == "a"
