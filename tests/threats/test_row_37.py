"""Threat row 37, deep nesting and huge lengths: limits are held before anything is built, and no reader crashes.

A depth or length that no format has is `too-deep` or `too-large`, or names the reader whose form it breaks; nothing but
Malformed escapes (no RecursionError, MemoryError, OverflowError), and each takes a blink.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.threats.surroundings import reseal, shared

from lotchain.core import canonical_json, cbor
from lotchain.core.closing import parse_closing
from lotchain.core.cose import parse_sign1
from lotchain.core.keys import parse_public_key
from lotchain.core.packets import decode_packet
from lotchain.core.statements import assemble, parse_statement
from lotchain.errors import Malformed
from lotchain.events.reading import read_entry, read_event
from lotchain.ledger.openings import require_openings
from lotchain.verify.bundle import decode_bundle

JSON_BOMBS = {
    "arrays": b"[" * 100_000,
    "closed arrays": b"[" * 30_000 + b"]" * 30_000,
    "objects": b'{"a":' * 12_000,
    "closed objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "seventeen": b"[" * 17 + b"]" * 17,
    "after text": b'["[[[[\\"","' + b"]" * 20 + b'",' + b"[" * 17 + b"]" * 17 + b"]",
    "commas": b"[" + b"1," * 30_000 + b"1]",
}
CBOR_BOMBS = {
    "arrays": b"\x81" * 60_000,
    "maps": b"\xa1\x00" * 30_000,
    "seventeen": b"\x81" * 17 + b"\x80",
    "2^64 items": b"\x9b" + b"\xff" * 8,
    "2^63 items": b"\x9b\x7f" + b"\xff" * 7,
    "2^32 items": b"\x9a" + b"\xff" * 4,
    "2^63 bytes": b"\x5b\x7f" + b"\xff" * 7,
    "2^64 bytes": b"\x5b" + b"\xff" * 8,
    "2^63 text": b"\x7b\x7f" + b"\xff" * 7,
    "2^64 pairs": b"\xbb" + b"\xff" * 8,
    "2^63 pairs": b"\xbb\x7f" + b"\xff" * 7,
    "indefinite": b"\x9f" * 60_000,
    "indefinite strings": b"\x5f" * 60_000,
    "tags": b"\xc1" * 60_000,
    "huge tags": b"\xdb" + b"\xff" * 8 + b"\x00",
}


def quickly(read: Callable[[], object]) -> str:
    """The code under which it is refused, and what was expected is said."""
    with pytest.raises(Malformed) as caught:
        read()
    assert caught.value.expected, str(caught.value)
    return caught.value.code


@pytest.mark.parametrize("name", JSON_BOMBS)
def test_json(name: str) -> None:
    bomb = JSON_BOMBS[name]
    assert quickly(lambda: canonical_json.decode(bomb, max_bytes=1_000_000)) in ("too-deep", "too-large")
    assert quickly(lambda: canonical_json.decode(bomb)) in ("too-deep", "too-large")
    assert quickly(lambda: read_event(bomb)) in ("too-deep", "too-large")
    small = shared()
    raw = small.sign_payload(bomb)
    code = quickly(lambda: read_entry(raw))
    assert code in ("too-deep", "too-large")
    small.malformed(raw, code)


def test_nesting_inside_an_event() -> None:
    """Where the event's own schema would never look: depth is counted before."""
    small = shared()
    body = parse_statement(small.sign_event(small.registration())).payload
    for depth in (16, 100, 5_000):
        deep = body.replace(b'"made"', b"[" * depth + b"]" * depth)
        small.malformed(small.sign_payload(deep), "too-deep")
    shallow = body.replace(b'"made"', b"[" * 15 + b"]" * 15)
    small.malformed(small.sign_payload(shallow), "field-value", "origin")


@pytest.mark.parametrize("name", CBOR_BOMBS)
def test_cbor(name: str) -> None:
    bomb = CBOR_BOMBS[name]
    codes = ("too-deep", "too-large", "cbor-malformed", "cbor-not-canonical")
    assert quickly(lambda: cbor.decode(bomb, max_bytes=100_000)) in codes
    assert quickly(lambda: decode_packet(bomb)) in codes
    assert quickly(lambda: decode_bundle(reseal(bomb + bytes(40)))) in codes
    assert quickly(lambda: parse_public_key(bomb)) == "key-format"
    assert quickly(lambda: parse_closing(bomb)) == "closing-malformed"
    assert quickly(lambda: parse_closing(b"\x86\x72lotchain/closing/1" + bomb)) == "closing-malformed"
    assert quickly(lambda: require_openings({bytes(32): bomb})) in codes


@pytest.mark.parametrize("name", CBOR_BOMBS)
def test_cbor_in_every_part_of_a_statement(name: str) -> None:
    small, bomb = shared(), CBOR_BOMBS[name]
    good = parse_statement(small.sign_event(small.registration()))
    attacks = [
        bomb,
        b"\xd2" + bomb,
        b"\xd2\x84" + bomb,
        b"\xd2\x84\x40" + bomb + b"\x40\x40",
        assemble(bomb, good.payload, good.signature),
        assemble(good.protected[:-5] + bomb, good.payload, good.signature),
    ]
    for raw in attacks:
        code = quickly(lambda raw=raw: read_entry(raw))  # type: ignore[misc]
        assert code in ("statement-malformed", "too-large")
        small.refused(raw, code)
        if len(raw) < 65_536:
            assert quickly(lambda raw=raw: parse_sign1(raw)) == "cose-malformed"  # type: ignore[misc]


def test_what_is_made_is_bounded_too() -> None:
    """A value that holds itself is as deep as can be: refused, not recursed into."""
    circle: list[object] = []
    circle.append(circle)
    for encode in (canonical_json.encode, cbor.encode):
        assert quickly(lambda encode=encode: encode(circle)) == "too-deep"  # type: ignore[misc]
