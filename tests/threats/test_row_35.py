"""Threat row 35, names that lead out of a file: there is no archive, and nothing in a bundle is a path.

The protocol wins over BUNDLE_MEMBER_NAME: a bundle is one CBOR item whose only names are ids, of a closed grammar. The
same names are tried wherever a name stands: the bundle's lot, its subjects, a packet's and a statement's ids. Verifying
opens no file (shown with the audit hook), and a ledger's folder is read by fixed names.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from tests.threats.surroundings import body_of, sealed, shared, told

from lotchain.core.tile_paths import parse_tile_path
from lotchain.errors import Malformed
from lotchain.ledger.bundles import make_bundle
from lotchain.verify.offline import verify_bundle

NAMES = [
    "../../x", "/etc/x", "C:\\x", "\\\\host\\x", "a/../b", "./a", "a\x00b", "CON", "NUL.txt", "~/x", "%2e%2e/x", "..",
    ".", "", "file:///etc/x", "lot:CN-MAKER/../x", "lot:../CN-MAKER/x", "lot:CN-MAKER/M-1/../x", "lot:CN-MAKER/M-1\x00",
    "lot:CN-MAKER//M-1", "lot:/CN-MAKER/M-1", "lot:CN-MAKER/.", "lot:CN-MAKER/..", "lot:CN-MAKER/m-1", "LOT:CN-MAKER/M-1",
    "lot:CN-MAKER/M-1\n", "lot:CN-MAKER/M-1 ", "lot:CN-MAKER\\M-1",
]  # fmt: skip
CODES = {"id-chars", "id-format", "id-kind", "id-country"}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_no_such_name_in_a_bundle(name: str) -> None:
    small, _, bundle = told()
    body = body_of(bundle)
    body[1] = name
    assert small.caught(sealed(body)) in CODES
    body = body_of(bundle)
    body[6][0][0] = name
    with pytest.raises(Malformed) as caught:
        small.verdict(sealed(body))
    assert caught.value.code in CODES
    assert caught.value.field == "subjects[0]"


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_no_such_name_on_the_ledger(name: str) -> None:
    small = shared()
    with pytest.raises(Malformed) as caught:
        make_bundle(small.ledger.reader, name)
    assert caught.value.code in CODES
    raw = small.sign_event(small.registration(lot=name))
    fault = small.malformed(raw, caught.value.code, "lot")
    assert fault.expected


def test_two_names_that_differ_in_case_only_are_two_or_none() -> None:
    small, _, bundle = told()
    body = body_of(bundle)
    twin = next(member[0] for member in body[6] if member[0].startswith("lot:"))
    body[6] = sorted([*body[6], [twin.lower(), [], None]], key=lambda member: member[0])
    assert small.caught(sealed(body)) in CODES
    body = body_of(bundle)
    body[6] = sorted([*body[6], *[member for member in body[6] if member[0] == twin]], key=lambda member: member[0])
    assert small.caught(sealed(body)) == "bundle-format"


def test_verifying_opens_nothing() -> None:
    """No file, no socket, no process, whatever stands in the bundle: the interpreter's own audit events say so."""
    small, _, bundle = told()
    policy, now = small.policy(), small.time
    verify_bundle(bundle, policy, now=now)  # event types are imported on first meeting
    seen: list[tuple[str, tuple[Any, ...]]] = []
    watching = [True]
    watched = ("open", "socket.", "subprocess.", "os.", "shutil.", "tempfile.", "pty.", "urllib.", "ctypes.", "exec")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if watching[0] and event.startswith(watched):
            seen.append((event, arguments))

    sys.addaudithook(hook)  # cannot be taken away again, only be told to stop
    try:
        verdict = verify_bundle(bundle, policy, now=now)
    finally:
        watching[0] = False
    assert verdict.word == "CLEAR"
    assert seen == []


@pytest.mark.parametrize(
    "path",
    [
        "tile/../0/000", "/tile/0/000", "tile/0/../../x", "tile/0/000/../../../x", "tile/0/x001/..", "tile/0/000\x00",
        "tile//0/000", "tile/0/000.p/../1", "TILE/0/000", "tile/entries/../000", "tile/0/0000", "tile/0/%2e%2e", "",
        "tile/0/" + "x000/" * 1_000 + "000",
    ],
    ids=ascii,
)  # fmt: skip
def test_no_such_tile(path: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_tile_path(path)
    assert caught.value.code == "tile-path-malformed"


def test_reading_a_bundle_by_a_link_or_a_device_is_the_doors_business() -> None:
    """The verifier takes bytes: whatever file they come from, an endless or empty one is no bundle."""
    small, _, _ = told()
    for data in (b"", Path("/dev/null").read_bytes(), bytes(10_000)):
        assert small.caught(data) == "bundle-digest"
