"""The closing record: the last entry of every batch, which dates it and carries the heads map's root.

It is deterministic CBOR, an array of six: `["lotchain/closing/1", time, start, end, judge, heads root]`.
The batch's statements are the entries [start, end) of the log; the record itself is entry `end`; its heads
map covers every statement before it. It is unsigned: the checkpoint whose last entry it is speaks for it. A
statement begins with COSE tag 18 (0xd2) and a closing record with an array head, so neither can be read as
the other.

Pure. Bytes: `specs/formats/closing-record.md`.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Self

from lotchain.core import cbor
from lotchain.core.tree import HASH_SIZE, MAX_SIZE
from lotchain.errors import Malformed

FORMAT = "lotchain/closing/1"
MAX_BYTES = 256
"""More than the largest closing record has."""
MAX_TIME = 253_402_300_799_999
"""Milliseconds since 1970 of the last instant of the year 9999."""

_FAMILY = b"lotchain/closing/"
_VERSION = re.compile(rb"[1-9][0-9]{0,5}")
_JUDGE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]{0,63}", re.ASCII)


class _ClosingRecord(NamedTuple):
    time: int
    start: int
    end: int
    judge: str
    heads_root: bytes


class ClosingRecord(_ClosingRecord):
    """One closed batch.

    `time` is the batch's time in milliseconds since 1970 (UTC), from 0 to the end of the year 9999. Its
    statements are the entries [start, end) of the log, at least one; the record itself is entry `end`.
    `judge` is the version of the judge that admitted them and that lays out their states. `heads_root` is
    the root of the heads map over all statements before entry `end`, 32 bytes.

    Raises Malformed closing-malformed when it is made with anything else.
    """

    __slots__ = ()

    def __new__(cls, time: int, start: int, end: int, judge: str, heads_root: bytes) -> Self:
        """Make it and check it: see the class."""
        self = super().__new__(cls, time, start, end, judge, heads_root)
        for field, number in (("time", self.time), ("start", self.start), ("end", self.end)):
            if type(number) is not int:
                raise _malformed("not a whole number", field=field, found=number)
        if not 0 <= self.time <= MAX_TIME:
            raise _malformed("a time outside the years 1970 to 9999", field="time", found=self.time)
        if not 0 <= self.start < self.end < MAX_SIZE:
            raise _malformed(
                "a batch holds at least one entry, and no entry before 0",
                field="end",
                expected="0 <= start < end < 2^62",
                found=f"start {self.start}, end {self.end}",
            )
        if not isinstance(self.judge, str) or _JUDGE.fullmatch(self.judge) is None:
            raise _malformed(
                "not the version of a judge",
                field="judge",
                expected="1 to 64 ASCII letters, digits and . _ / + -, the first a letter or digit",
                found=self.judge,
            )
        if not isinstance(self.heads_root, bytes) or len(self.heads_root) != HASH_SIZE:
            raise _malformed("the heads map's root is 32 bytes long", field="heads_root", found=self.heads_root)
        return self

    def encode(self) -> bytes:
        """The entry's bytes."""
        return cbor.encode([FORMAT, self.time, self.start, self.end, self.judge, self.heads_root])


def is_closing(entry: bytes) -> bool:
    """Whether an entry sets out to be a closing record of any version, by its first bytes alone.

    An array of 1 to 23 members whose first is a text of up to 23 bytes that begins with
    `lotchain/closing/`. It says nothing of the rest: `parse_closing` does.
    """
    return len(entry) > 2 and 0x81 <= entry[0] <= 0x97 and 0x60 <= entry[1] <= 0x77 and entry[2:].startswith(_FAMILY)


def parse_closing(entry: bytes) -> ClosingRecord:
    """The closing record in an entry, read strictly: one record has one spelling.

    That `start` follows on the batch before, that `end` is where the entry stands and that time does not go
    back are for the caller, who knows the entries around it.

    Raises:
        Malformed: version-unsupported for a closing record of another version, closing-malformed for all
        else.

    """
    name = entry[2 : 2 + entry[1] - 0x60] if is_closing(entry) else b""
    if _VERSION.fullmatch(name[len(_FAMILY) :]) is None:
        raise _malformed("not a closing record", expected=FORMAT, found=entry[:24].hex())
    if name != FORMAT.encode("ascii"):
        raise Malformed(
            "version-unsupported",
            "a closing record of a version that this program does not know",
            expected=FORMAT,
            found=name.decode("ascii"),
            remedy="use a newer version of the program",
        )
    try:
        value = cbor.decode(entry, max_bytes=MAX_BYTES, max_depth=2, max_items=32, what="closing record")
    except Malformed as fault:
        raise _malformed(fault.what, expected=fault.expected, found=fault.found) from fault
    if len(value) != 6:
        raise _malformed("a closing record has six members", expected="6", found=len(value))
    record = ClosingRecord(*value[1:])
    if record.encode() != entry:
        raise _malformed("not in deterministic CBOR", found=entry.hex())
    return record


def _malformed(what: str, *, field: str = "", expected: str = "", found: object = "") -> Malformed:
    return Malformed("closing-malformed", what, field=field, expected=expected, found=found)
