"""Makes specs/vectors/packet.json: `python -m tests.vectors_build.packet` from the root of the project.

The CBOR is written out by hand, apart from the code under test.
"""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "packet.json"
Case = dict[str, object]
SALT = bytes(range(16))
ONE, TWO = b"\xd2\x84one", b"\xd2\x84two"
HEAD = b"\x71lotchain-packet/1"


def head(major: int, value: int) -> bytes:
    """A CBOR head in its shortest form."""
    for limit, argument, width in ((24, value, 0), (1 << 8, 24, 1), (1 << 16, 25, 2), (1 << 32, 26, 4)):
        if value < limit:
            return bytes([major << 5 | argument]) + (value.to_bytes(width, "big") if width else b"")
    raise ValueError(value)


def octets(value: bytes) -> bytes:
    """A byte string."""
    return head(2, len(value)) + value


def array(*items: bytes) -> bytes:
    """An array of encoded items."""
    return head(4, len(items)) + b"".join(items)


def opening(field: str, text: str) -> tuple[bytes, bytes]:
    """Digest and encoded opening of a hidden field."""
    name, value = field.encode(), text.encode()
    message = (
        b"lotchain/hidden/1\n" + len(name).to_bytes(2, "big") + name + SALT + len(value).to_bytes(4, "big") + value
    )
    encoded = array(head(3, len(name)) + name, octets(SALT), head(3, len(value)) + value)
    return sha256(message).digest(), encoded


def pair(item: tuple[bytes, bytes]) -> bytes:
    """Digest and opening as they stand in the packet."""
    return array(octets(item[0]), octets(item[1]))


MEANS, REMARK = sorted((opening("means", "truck 118-XK"), opening("remarks", "gate 3")))


def good(name: str, comment: str, data: bytes, statements: int, openings: int) -> Case:
    """A packet that reads, and what it holds."""
    return {
        "name": name, "comment": comment, "valid": True, "packet": data.hex(), "statements": statements,
        "openings": openings,
    }  # fmt: skip


def bad(name: str, code: str, comment: str, data: bytes) -> Case:
    """A packet that is refused."""
    return {"name": name, "comment": comment, "valid": False, "code": code, "packet": data.hex()}


def build() -> dict[str, object]:
    """The whole file."""
    both = array(octets(ONE), octets(TWO))
    none = array()
    cases = [
        good("two in order", "a hand-over and its acceptance", array(HEAD, both, none), 2, 0),
        good("nothing", "neither statements nor openings", array(HEAD, none, none), 0, 0),
        good("openings alone", "what opens hidden fields, beside a statement elsewhere",
             array(HEAD, none, array(pair(MEANS))), 0, 1),
        good("all", "statements and openings", array(HEAD, both, array(pair(MEANS), pair(REMARK))), 2, 2),
        bad("empty", "cbor-malformed", "no byte", b""),
        bad("cut", "cbor-malformed", "the last byte is missing", array(HEAD, both, none)[:-1]),
        bad("more", "cbor-malformed", "a byte more", array(HEAD, both, none) + b"\x00"),
        bad("a map", "packet-format", "no list", b"\xa0"),
        bad("two members", "packet-format", "openings are missing", array(HEAD, both)),
        bad("four members", "packet-format", "a member more", array(HEAD, both, none, none)),
        bad("other version", "version-unsupported", "version 2", array(b"\x71lotchain-packet/2", both, none)),
        bad("other format", "packet-format", "another file", array(b"\x71lotchain-bundle/1", both, none)),
        bad("format as bytes", "packet-format", "a byte string", array(octets(b"lotchain-packet/1"), both, none)),
        bad("statement as text", "packet-format", "text", array(HEAD, array(b"\x63one"), none)),
        bad("statement empty", "packet-format", "no byte", array(HEAD, array(octets(b"")), none)),
        bad("statement long", "packet-format", "65,536 bytes", array(HEAD, array(octets(bytes(65_536))), none)),
        bad("too many", "packet-format", "1,001 statements", array(HEAD, array(*[octets(b"x")] * 1_001), none)),
        bad("statements a map", "packet-format", "no list", array(HEAD, b"\xa0", none)),
        bad("openings a map", "packet-format", "no list", array(HEAD, both, b"\xa0")),
        bad("opening alone", "packet-format", "no digest", array(HEAD, both, array(octets(MEANS[1])))),
        bad("digest short", "packet-format", "31 bytes", array(HEAD, both, array(pair((MEANS[0][:-1], MEANS[1]))))),
        bad("opening of another", "hidden-format", "it opens another digest",
            array(HEAD, both, array(pair((MEANS[0], REMARK[1]))))),
        bad("openings unordered", "packet-format", "the greater digest first",
            array(HEAD, both, array(pair(REMARK), pair(MEANS)))),
        bad("opening twice", "packet-format", "one digest twice", array(HEAD, both, array(pair(MEANS), pair(MEANS)))),
        bad("opening no CBOR", "cbor-malformed", "cut", array(HEAD, both, array(pair((MEANS[0], MEANS[1][:-1]))))),
        bad("opening no list", "hidden-format", "a number", array(HEAD, both, array(pair((MEANS[0], b"\x00"))))),
        bad("length in a longer form", "cbor-not-canonical", "a second spelling", b"\x98\x03" + HEAD + both + none),
        bad("indefinite", "cbor-not-canonical", "of no stated length", b"\x9f" + HEAD + both + none + b"\xff"),
    ]  # fmt: skip
    return {
        "format": "lotchain packet",
        "version": 1,
        "source": "python -m tests.vectors_build.packet, CBOR written by hand, fixed salt",
        "cases": cases,
    }


if __name__ == "__main__":
    PATH.write_text(json.dumps(build(), indent=1, ensure_ascii=True) + "\n")
