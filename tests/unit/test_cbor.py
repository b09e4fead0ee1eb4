"""Deterministic CBOR: vectors, limits, and nothing but Malformed from any bytes."""

from __future__ import annotations

import enum
import json
from pathlib import Path
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.vectors_build import codecs

from lotchain.core import cbor
from lotchain.errors import Malformed

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "cbor.json"
CASES = json.loads(VECTORS.read_text("ascii"))["cases"]

scalars = st.one_of(
    st.integers(-(2**64), 2**64 - 1), st.binary(max_size=40), st.text(max_size=20), st.booleans(), st.none()
)
keys = st.one_of(st.integers(-(2**64), 2**64 - 1), st.text(max_size=8))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5), max_leaves=20
)


def typed(value: Any) -> Any:
    """A value as the vectors state it."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return {"int": str(value)}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, str):
        return {"text": value}
    if isinstance(value, list):
        return {"array": [typed(item) for item in value]}
    return {"map": [[typed(key), typed(item)] for key, item in value.items()]}


def plainly(value: Any) -> bytes:
    """The encoding, written from RFC 8949 §3 and §4.2.1 without regard to speed."""
    if value is None or isinstance(value, bool):
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return head(4, len(value)) + b"".join(map(plainly, value))
    return head(5, len(value)) + b"".join(k + v for k, v in sorted((plainly(k), plainly(v)) for k, v in value.items()))


def head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    for size, code in ((1, 24), (2, 25), (4, 26), (8, 27)):
        if argument < 1 << 8 * size:
            return bytes([major << 5 | code]) + argument.to_bytes(size, "big")
    raise AssertionError(argument)


def code_of(data: bytes, **limits: Any) -> str:
    with pytest.raises(Malformed) as caught:
        cbor.decode(data, **{"max_bytes": 65_536, **limits})
    return caught.value.code


def test_the_vectors_are_those_of_their_script() -> None:
    assert VECTORS.read_text("ascii") == codecs.render("cbor")
    assert sum(not c["valid"] for c in CASES) > sum(c["valid"] for c in CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_vector(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["hex"] if "hex" in case else case["repeat_hex"] * case["times"])
    if not case["valid"]:
        assert code_of(data) == case["code"], case["comment"]
        return
    value = cbor.decode(data, max_bytes=65_536)
    assert cbor.encode(value) == data
    if "value" in case:
        assert typed(value) == case["value"]


@given(values)
def test_what_is_written_reads_back_and_agrees_with_a_plain_writer(value: Any) -> None:
    data = cbor.encode(value)
    assert cbor.decode(data, max_bytes=len(data)) == value
    assert data == plainly(value)


@given(st.binary(max_size=60))
def test_any_bytes_are_read_in_one_form_or_refused(data: bytes) -> None:
    try:
        value = cbor.decode(data, max_bytes=50)
    except Malformed:
        return
    assert cbor.encode(value) == data


@given(values, st.data())
def test_one_changed_byte_never_reads_as_the_same_value(value: Any, data: st.DataObject) -> None:
    good = cbor.encode(value)
    position = data.draw(st.integers(0, len(good) - 1))
    flip = data.draw(st.integers(1, 255))
    bad = good[:position] + bytes([good[position] ^ flip]) + good[position + 1 :]
    try:
        other = cbor.decode(bad, max_bytes=len(bad))
    except Malformed:
        return
    assert typed(other) != typed(value)


@given(st.dictionaries(keys, st.integers(0, 5), min_size=2, max_size=6), st.data())
def test_maps_in_any_other_order_are_refused(value: dict[Any, int], data: st.DataObject) -> None:
    pairs = data.draw(st.permutations(list(value.items())))
    shuffled = cbor2.dumps(dict(pairs))
    if shuffled == cbor.encode(value):
        assert cbor.decode(shuffled, max_bytes=4096) == value
    else:
        assert code_of(shuffled) == "cbor-not-canonical"


def test_limits_are_those_that_are_given() -> None:
    assert cbor.decode(bytes.fromhex("83010203"), max_bytes=4, max_items=4, max_depth=1) == [1, 2, 3]
    assert code_of(bytes.fromhex("83010203"), max_bytes=3) == "too-large"
    assert code_of(bytes.fromhex("83010203"), max_items=3) == "too-large"
    assert code_of(bytes.fromhex("83010203"), max_depth=0) == "too-deep"
    assert code_of(bytes.fromhex("a10102"), max_items=2) == "too-large"
    assert cbor.decode(bytes.fromhex("81" * 16 + "80"), max_bytes=99, max_depth=17) is not None


def test_size_is_checked_before_anything_else() -> None:
    assert code_of(b"\xff" * 100, max_bytes=99) == "too-large"


def test_items_are_counted_over_all_containers_together() -> None:
    nested = cbor.encode([[0] * 10 for _ in range(10)])
    assert cbor.decode(nested, max_bytes=999, max_items=111)
    assert code_of(nested, max_items=110) == "too-large"


def test_lists_and_tuples_are_written_alike() -> None:
    assert cbor.encode((1, (b"a",))) == cbor.encode([1, [b"a"]])


class Number(enum.IntEnum):
    ONE = 1


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        2**64,
        -(2**64) - 1,
        "\ud800",
        bytearray(b"a"),
        {1, 2},
        object(),
        Number.ONE,
        {True: 1},
        {b"a": 1},
        {None: 1},
        {(1,): 1},
        {2**64: 1},
        {"\ud800": 1},
        [[1.5]],
        {"a": {"b": 0.5}},
        cbor2.undefined,
        cbor2.CBORTag(1, 2),
    ],
    ids=lambda value: repr(value).split(" at 0x")[0],
)
def test_what_has_no_place_is_not_written(value: Any) -> None:
    with pytest.raises(Malformed) as caught:
        cbor.encode(value)
    assert caught.value.code == "cbor-malformed"


def test_a_value_too_deep_is_not_written_even_where_the_library_would_crash() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    endless: list[Any] = []
    endless.append(endless)
    for value in (deep, endless):
        with pytest.raises(Malformed) as caught:
            cbor.encode(value)
        assert caught.value.code == "too-deep"


def test_the_deepest_value_that_is_written_is_read() -> None:
    value: list[Any] = []
    for _ in range(cbor.MAX_DEPTH - 1):
        value = [value]
    assert cbor.decode(cbor.encode(value), max_bytes=99) == value
    with pytest.raises(Malformed):
        cbor.encode([value])


def test_messages_name_what_was_read() -> None:
    with pytest.raises(Malformed) as caught:
        cbor.decode(b"\x18\x00", max_bytes=9, what="closing record")
    assert "closing record" in str(caught.value)
