"""Packets (`.lotpacket`): signed statements in the order in which they are to be judged, with openings beside them.

What a handler carries from a place without a network to one that has it: a hand-over, its acceptance, and whatever
else was signed on the road. Nothing in a packet is verified here; the ledger judges each statement by itself. Byte for
byte: `specs/formats/packet.md`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from lotchain.core import cbor
from lotchain.core.cose import MAX_ENTRY
from lotchain.core.hidden import MAX_FIELD, MAX_VALUE, Opening
from lotchain.errors import Malformed

FORMAT: Final = "lotchain-packet/1"
MAX_PACKET: Final = 16_000_000
MAX_STATEMENTS: Final = 1_000
MAX_OPENINGS: Final = 10_000
MAX_OPENING: Final = MAX_FIELD + MAX_VALUE + 64


@dataclass(frozen=True, slots=True)
class Packet:
    """Statements in order, and openings of hidden fields.

    Args:
        statements: bytes of each statement, at most 1,000; none where the file holds openings only.
        openings: (digest, encoded opening), ordered by digest, each once.

    """

    statements: tuple[bytes, ...]
    openings: tuple[tuple[bytes, bytes], ...] = ()


def opening_item(opening: Opening) -> tuple[bytes, bytes]:
    """A hidden field's digest and its encoded opening, as packet, ledger and bundle keep them."""
    return opening.digest, cbor.encode(opening.encode())


def encode_packet(packet: Packet) -> bytes:
    """The file's bytes; statements keep their order, openings are put in theirs."""
    openings = [list(pair) for pair in sorted(dict(packet.openings).items())]
    return cbor.encode([FORMAT, list(packet.statements), openings])


def is_packet(data: bytes) -> bool:
    """Whether a file claims to be a packet, of this version or another."""
    return data[:1] == b"\x83" and b"lotchain-packet/" in data[1:20]


def decode_packet(data: bytes) -> Packet:
    """Read a packet strictly.

    Raises:
        Malformed: `too-large`, `packet-format`, `version-unsupported`, `hidden-format`, and the codes of CBOR.

    """
    if len(data) > MAX_PACKET:
        raise Malformed("too-large", "packet too large", expected=f"at most {MAX_PACKET} bytes", found=len(data))
    body = cbor.decode(data, max_bytes=MAX_PACKET, max_depth=4, max_items=50_000, what="packet")
    if not isinstance(body, list) or len(body) != 3 or not isinstance(body[0], str):
        raise _bad("packet", "a list of three: format, statements, openings")
    if body[0] != FORMAT:
        if body[0].startswith("lotchain-packet/"):
            raise Malformed(
                "version-unsupported", "packet of another version", expected=FORMAT, found=body[0], field="format"
            )
        raise _bad("format", FORMAT, body[0])
    return Packet(_statements(body[1]), _openings(body[2]))


def _statements(value: Any) -> tuple[bytes, ...]:
    if not isinstance(value, list) or len(value) > MAX_STATEMENTS:
        raise _bad("statements", f"a list of at most {MAX_STATEMENTS}")
    for number, item in enumerate(value):
        if not isinstance(item, bytes) or not 0 < len(item) <= MAX_ENTRY:
            raise _bad(f"statements[{number}]", f"a byte string of at most {MAX_ENTRY}")
    return tuple(value)


def _openings(value: Any) -> tuple[tuple[bytes, bytes], ...]:
    if not isinstance(value, list) or len(value) > MAX_OPENINGS:
        raise _bad("openings", f"a list of at most {MAX_OPENINGS}")
    pairs: list[tuple[bytes, bytes]] = []
    for number, item in enumerate(value):
        where = f"openings[{number}]"
        if not isinstance(item, list) or len(item) != 2 or not all(isinstance(part, bytes) for part in item):
            raise _bad(where, "digest and opening")
        digest, encoded = item
        if len(digest) != 32 or len(encoded) > MAX_OPENING:
            raise _bad(where, f"32 bytes, and at most {MAX_OPENING}")
        if pairs and digest <= pairs[-1][0]:
            raise _bad(where, "ordered by digest, each once")
        try:
            opening = Opening.parse(cbor.decode(encoded, max_bytes=MAX_OPENING, max_depth=2, max_items=8))
        except Malformed as fault:
            raise fault.within(where) from None
        if opening.digest != digest:
            raise Malformed("hidden-format", "an opening does not open its digest", found=digest.hex(), field=where)
        pairs.append((digest, encoded))
    return tuple(pairs)


def _bad(field: str, expected: str, found: object = "") -> Malformed:
    return Malformed(
        "packet-format",
        "a packet is not laid out as specs/formats/packet.md says",
        expected=expected,
        found=found,
        remedy="ask whoever made it for a packet made by lotchain",
        field=field,
    )
