"""Threat row 36, bombs: nothing is inflated, so a bundle's size bounds its work; sizes and counts are checked first.

The protocol wins over archives (42.zip, quines, overlapping members): the same attack on one CBOR item is a declared
length or count far beyond the file, a hash shared by very many proofs, or a file just under the limit that is all items.
BUNDLE_TOO_LARGE is `too-large`.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from tests.threats.surroundings import body_of, reseal, sealed, shared, told

from lotchain.core.closing import parse_closing
from lotchain.core.notes import parse_note
from lotchain.core.packets import MAX_PACKET, decode_packet
from lotchain.errors import Malformed
from lotchain.verify.bundle import MAX_BUNDLE, decode_bundle
from lotchain.verify.policy import parse_policy

ROOT = Path(__file__).resolve().parents[2]


def refused(data: bytes) -> str:
    """The code under which the bundle reader refuses, at once."""
    with pytest.raises(Malformed) as caught:
        decode_bundle(data)
    return caught.value.code


def test_compressed_files_are_no_bundles() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bundle.lotproof", bytes(10_000_000))
    for data in (packed.getvalue(), zlib.compress(told()[2]), zlib.compress(bytes(10_000_000))):
        assert refused(data) == "bundle-digest"
        assert refused(reseal(data)) != "bundle-digest"


@pytest.mark.parametrize(
    "head",
    ["9b7fffffffffffffff", "9bffffffffffffffff", "9a7fffffff", "bb7fffffffffffffff", "5b7fffffffffffffff", "5affffffff",
     "7b7fffffffffffffff", "9a000f4241"],
)  # fmt: skip
def test_a_length_that_lies(head: str) -> None:
    """As the whole, and as the pool of hashes, where a real list stands."""
    assert refused(reseal(bytes.fromhex(head) + bytes(64))) in ("too-large", "cbor-malformed")
    body = body_of(told()[2])
    start = sealed([*body[:3], "MARK", *body[4:]]).index(b"dMARK")
    whole = sealed([*body[:3], "MARK", *body[4:]])
    assert refused(reseal(whole[:start] + bytes.fromhex(head) + whole[start + 5 : -32])) in (
        "too-large", "cbor-malformed",
    )  # fmt: skip


def test_over_the_limit_is_refused_unread() -> None:
    for data in (bytes(MAX_BUNDLE + 1), told()[2] + bytes(MAX_BUNDLE)):
        with pytest.raises(Malformed) as caught:
            decode_bundle(data)
        assert (caught.value.code, caught.value.found) == ("too-large", str(len(data)))
    with pytest.raises(Malformed) as caught:
        decode_packet(bytes(MAX_PACKET + 1))
    assert caught.value.code == "too-large"


def test_every_reader_has_its_limit() -> None:
    big = b"a" * 1_000_000
    for reader, code in ((parse_note, "note-format"), (parse_policy, "policy-format"), (parse_closing, None)):
        with pytest.raises(Malformed) as caught:
            reader(big)
        assert caught.value.code == (code or "closing-malformed")
    small = shared()
    small.malformed(big, "too-large")
    small.malformed(small.sign_payload(b'"' + b"a" * 70_000 + b'"'), "too-large")
    small.malformed(small.sign_event(small.registration(remarks="a" * 20_000)), "too-large")


BOMBS = """
import hashlib, resource, sys
from lotchain.errors import Malformed
from lotchain.verify.bundle import MAX_BUNDLE, decode_bundle
from lotchain.core.packets import decode_packet
def seal(data): return data + hashlib.sha256(data).digest()
room = MAX_BUNDLE - 64
head = bytes.fromhex("89716c6f74636861696e2d62756e646c652f31")
rows = 999_000
bombs = {
  "items": b"\\x9a" + rows.to_bytes(4, "big") + b"\\x80" * rows,
  "too many items": b"\\x9a" + (15_000_000).to_bytes(4, "big") + b"\\x80" * 15_000_000,
  "hashes": head + b"\\x60\\x40\\x9a" + (470_000).to_bytes(4, "big") + (b"\\x58\\x20" + bytes(32)) * 470_000,
  "shared": head + b"\\x60\\x40\\x81\\x58\\x20" + bytes(32) + b"\\x82\\x99\\x27\\x10"
            + (b"\\x83\\x00\\x40\\x98\\x3f" + bytes(63)) * 10_000,
  "one string": b"\\x5a" + (room - 5).to_bytes(4, "big") + bytes(room - 5),
  "deep": b"\\x81" * room,
  "maps": b"\\xa1\\x00" * (room // 2),
}
print(decode_bundle.__module__)
for name, bomb in bombs.items():
    for read in (decode_bundle, decode_packet):
        try:
            read(seal(bomb) if read is decode_bundle else bomb)
        except Malformed as fault:
            print(name, fault.code)
        else:
            sys.exit(f"{name} was read")
try:
    # ru_maxrss outlives exec: it would tell of the process that started this one, too.
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
except (OSError, StopIteration):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print("rss", peak // 1024)
"""


def test_files_just_under_the_limit_cost_little() -> None:
    """In a process of its own, whose memory is measured: below 256 MiB for every bomb together."""
    done = subprocess.run(
        [sys.executable, "-c", BOMBS],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 16
    assert int(lines[-1].split()[1]) < 256, lines[-1]
