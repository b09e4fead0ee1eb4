"""Threat row 32, duplicate keys, key order and white space: one byte form, and what leaves it is refused at any depth."""

from __future__ import annotations

import json

import pytest
from tests.threats.surroundings import body_of, reseal, shared, told

from lotchain.core import cbor
from lotchain.core.packets import decode_packet
from lotchain.core.statements import assemble, parse_statement
from lotchain.errors import Malformed


def payload() -> bytes:
    small = shared()
    return parse_statement(small.sign_event(small.registration())).payload


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"lot":', b'"lot":"lot:CN-MAKER/A","lot":'),
        (b'"lot":', b'"lot":1,"\\u006cot":'),
        (b'"lot":', b'"l\\u006ft":1,"lot":'),
        (b'{"code":', b'{"code":"CNSHG","code":'),
        (b'{"unit":', b'{"unit":"GRM","unit":'),
        (b'{"unit":', b'{"\\u0075nit":"GRM","unit":'),
        (b'"type":', b'"type":"registration/1","type":'),
    ],
)
def test_one_key_twice(old: bytes, new: bytes) -> None:
    """The first and the last of two would be read by different programs: neither is read here."""
    small, body = shared(), payload()
    assert body.count(old) == 1
    raw = small.sign_payload(body.replace(old, new))
    fault = small.malformed(raw, "duplicate-key")
    assert fault.expected == "each key once"
    assert fault.found


def test_another_order_of_keys() -> None:
    small, body = shared(), payload()
    members = json.loads(body)
    assert json.dumps(members, separators=(",", ":"), sort_keys=True).encode() == body
    backwards = dict(reversed(members.items()))
    small.malformed(small.sign_payload(json.dumps(backwards, separators=(",", ":")).encode()), "json-not-canonical")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"lot":', b'"lot" :'),
        (b'"lot":', b'"lot": '),
        (b'{"lot":', b'{ "lot":'),
        (b',"name":', b', "name":'),
        (b',"name":', b',\n"name":'),
        (b',"name":', b',\t"name":'),
        (b'"made"', b'"m\\u0061de"'),
        (b'"CNTZU"', b'"\\u0043NTZU"'),
        (b'"lot:CN-MAKER/T-1"', b'"lot:CN-MAKER\\/T-1"'),
    ],
)
def test_white_space_and_other_escapes(old: bytes, new: bytes) -> None:
    small, body = shared(), payload()
    assert old in body
    small.malformed(small.sign_payload(body.replace(old, new)), "json-not-canonical")


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (b" ", b"", "json-not-canonical"),
        (b"", b"\n", "json-not-canonical"),
        (b"\xef\xbb\xbf", b"", "json-malformed"),
        (b"", b"\x00", "json-malformed"),
        (b"", b"{}", "json-malformed"),
        (b"[", b"]", "event-type"),
    ],
)
def test_around_the_event(before: bytes, after: bytes, code: str) -> None:
    small = shared()
    small.malformed(small.sign_payload(before + payload() + after), code)


@pytest.mark.parametrize(
    "data", ["a201000101", "a2010a010b", "a26161006161f6", "81a201000101", "a200a20102010301f6"], ids=str
)
def test_cbor_maps_with_one_key_twice(data: str) -> None:
    """As a header of a statement, as a packet and inside a bundle: the same map, never read."""
    raw = bytes.fromhex(data)
    with pytest.raises(Malformed) as caught:
        cbor.decode(raw, max_bytes=100)
    assert caught.value.code == "duplicate-key"
    small = shared()
    statement = parse_statement(small.sign_event(small.registration()))
    fault = small.malformed(assemble(raw, statement.payload, statement.signature), "statement-malformed", "protected")
    assert "duplicate-key" in fault.found
    with pytest.raises(Malformed) as caught:
        decode_packet(raw)
    assert caught.value.code == "duplicate-key"
    _, _, bundle = told()
    body = body_of(bundle)
    marked = cbor.encode([*body[:6], "MARK", *body[7:-1], bytes(32)])[:-32]
    with pytest.raises(Malformed) as caught:
        told()[0].verdict(reseal(marked.replace(cbor.encode("MARK"), raw)))
    assert caught.value.code == "duplicate-key"


def test_a_label_twice_in_the_header_of_a_valid_statement() -> None:
    small = shared()
    statement = parse_statement(small.sign_event(small.registration()))
    twice = b"\xa5\x01\x27" + statement.protected[1:]
    small.malformed(assemble(twice, statement.payload, statement.signature), "statement-malformed", "protected")
