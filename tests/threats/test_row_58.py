"""Threat row 58, unknown critical fields and versions: nothing is guessed; VERSION_UNSUPPORTED is never "valid".

Append refuses (`version-unsupported`, `header-unknown`, `field-unknown`, `event-type`); in a bundle an unknown version is
HOLD, undetermined, since a newer program may know it.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.changing import replace
from tests.threats.surroundings import Small, body_of, sealed, shared, told

from lotchain.app.folder import parse_configuration
from lotchain.app.scenario.script import read_script
from lotchain.core import canonical_json, cbor
from lotchain.core.closing import ClosingRecord, parse_closing
from lotchain.core.packets import decode_packet
from lotchain.core.statements import CONTENT_TYPE, assemble, parse_statement, sig_structure
from lotchain.errors import Malformed
from lotchain.events import registry
from lotchain.events.reading import read_event
from lotchain.ledger.bundles import make_bundle
from lotchain.verify.bundle import decode_bundle, encode_bundle
from lotchain.verify.policy import parse_policy


@pytest.mark.parametrize("version", ["registration/99", "registration/2", "registration/0", "hand-over/7", "charter/2"])
def test_an_event_of_another_version(version: str) -> None:
    small = shared()
    fault = small.bad_event(small.registration(type=version), "version-unsupported", "type")
    assert fault.expected == version.partition("/")[0] + "/1"
    assert "newer" in fault.remedy


@pytest.mark.parametrize(
    "kind",
    ["registration", "registration/", "registration/1.0", "registration/-1", "registration/١", "nothing/1", "/1", ""],
)
def test_an_event_of_no_type(kind: str) -> None:
    small = shared()
    small.bad_event(small.registration(type=kind), "event-type", "type")


@pytest.mark.parametrize("where", ["", "quantity", "place"])
def test_a_field_that_is_not_known(where: str) -> None:
    """At any level: what a reader does not know could change what it means."""
    small = shared()
    event = small.registration()
    (event[where] if where else event)["critical"] = True
    small.bad_event(event, "field-unknown", f"{where}.critical".lstrip("."))


def header(small: Small, **changes: Any) -> dict[object, object]:
    claims = {1: small.party("maker"), 2: "lot:CN-MAKER/T-1", 3: small.audience, 6: small.time // 1000}
    members: dict[object, object] = {1: -8, 3: CONTENT_TYPE, 4: small.signers["maker"].public.thumbprint, 15: claims}
    return members | changes


def signed(small: Small, members: dict[object, object]) -> bytes:
    payload = parse_statement(small.sign_event(small.registration())).payload
    protected = cbor.encode(members)
    return assemble(protected, payload, small.signers["maker"].sign(sig_structure(protected, payload)))


def test_what_is_put_together_here_is_what_the_signer_makes() -> None:
    small = shared()
    assert signed(small, header(small)) == small.sign_event(small.registration())


@pytest.mark.parametrize(
    ("extra", "field"),
    [({2: [99]}, "crit"), ({2: [1]}, "crit"), ({2: []}, "crit"), ({16: "x"}, "protected"), ({"x": 1}, "protected"),
     ({-1: 1}, "protected"), ({7: b""}, "protected"), ({395: 2}, "protected")],
    ids=str,
)  # fmt: skip
def test_a_header_member_that_is_not_known(extra: dict[object, object], field: str) -> None:
    small = shared()
    small.malformed(signed(small, header(small) | extra), "header-unknown", field)


@pytest.mark.parametrize("extra", [{4: 1}, {5: 1}, {7: b"cti"}, {8: {}}, {"x": 1}, {-256: 0}], ids=str)
def test_a_claim_that_is_not_known(extra: dict[object, object]) -> None:
    """An expiry or a not-before that this program would ignore, among them."""
    small = shared()
    members = header(small)
    assert isinstance(members[15], dict)
    members[15] = members[15] | extra
    small.malformed(signed(small, members), "header-unknown", "claims")


@pytest.mark.parametrize(
    ("content_type", "code"),
    [
        ("application/vnd.lotchain.event+cbor", "version-unsupported"),
        ("application/vnd.lotchain.event-2+json", "version-unsupported"),
        ("application/json", "header-unknown"),
        ("Application/vnd.lotchain.event+json", "header-unknown"),
        ("", "header-unknown"),
        (50, "header-unknown"),
        (None, "header-unknown"),
    ],
)
def test_another_content_type(content_type: object, code: str) -> None:
    small = shared()
    small.malformed(signed(small, header(small) | {3: content_type}), code, "content type")


def test_files_of_other_versions() -> None:
    small, _, bundle = told()
    body = body_of(bundle)
    for name in ("lotchain-bundle/2", "lotchain-bundle/99", "lotchain-bundle/01"):
        body[0] = name
        assert small.caught(sealed(body)) == "version-unsupported"
    body[0] = "lotchain-bundel/1"
    assert small.caught(sealed(body)) == "bundle-format"
    record = ClosingRecord(1, 0, 1, "lotchain-judge/1", bytes(32)).encode()
    for reader, data in (
        (decode_packet, cbor.encode(["lotchain-packet/2", [], []])),
        (parse_closing, record.replace(b"closing/1", b"closing/2")),
        (parse_configuration, b'format = "lotchain-ledger/2"\n'),
        (read_script, b'{"format":"lotchain-scenario/3"}'),
    ):
        with pytest.raises(Malformed) as caught:
            reader(data)  # type: ignore[operator]
        assert caught.value.code == "version-unsupported"
        assert caught.value.found.startswith("lotchain")
    with pytest.raises(Malformed) as caught:
        parse_policy(b"lotchain-policy/v2\n")
    assert caught.value.code == "policy-version"
    with pytest.raises(Malformed) as caught:
        parse_policy(b"lotchain-policy/v1\nfrobnicate yes\n")
    assert (caught.value.code, caught.value.field) == ("policy-line", "line 2")


def forged_with(small: Small, lot: str, entry: bytes, place: int) -> bytes:
    """A bundle from a log that holds `entry`; made by hand, since our own maker does not read it."""
    entries = list(small.store.entries(0, small.ledger.size))
    entries[place] = entry
    honest, forged = decode_bundle(small.bundle(lot)), small.forged(entries)
    leaves = {
        name: tuple(
            replace(leaf, raw=entries[leaf.index], path=tuple(forged.inclusion(leaf.index, len(entries))))
            for leaf in getattr(honest, name)
        )
        for name in ("statements", "closings")
    }
    return encode_bundle(replace(honest, note=forged.note, **leaves))


def test_an_unknown_version_in_a_log_is_undetermined_never_clear() -> None:
    small = Small()
    lot = small.make("T-1", 5)
    small.ledger.publish()
    place = small.ledger.reader.history(lot)[0]
    newer = small.sign_event(small.registration(type="registration/99"), subject=lot)
    verdict = small.verdict(forged_with(small, lot, newer, place))
    assert (verdict.word, verdict.exit_code, verdict.refused) == ("HOLD", 3, True)
    assert [finding.code for finding in verdict.findings] == ["version-unsupported"]
    assert {value for _, value in verdict.answers.rows()} == {"undetermined: unknown version"}


def test_an_unknown_judge_is_undetermined_never_clear() -> None:
    small = Small()
    lot = small.make("T-1", 5)
    small.ledger.publish()
    entries = list(small.store.entries(0, small.ledger.size))
    last = parse_closing(entries[-1])
    entries[-1] = ClosingRecord(last.time, last.start, last.end, "lotchain-judge/99", last.heads_root).encode()
    verdict = small.verdict(make_bundle(small.forged(entries), lot))
    assert (verdict.word, verdict.refused) == ("HOLD", True)
    assert [finding.code for finding in verdict.findings] == ["judge-version-unknown"]


def test_unknown_types_leave_nothing_behind_in_memory() -> None:
    """The table of types remembers those it knows; names that strangers send are not kept."""
    caches = [member for member in vars(registry).values() if hasattr(member, "cache_info")]
    for n in range(500):
        with pytest.raises(Malformed):
            read_event(canonical_json.encode({"type": f"no-such-type-{n}/1"}))
    assert sum(member.cache_info().currsize for member in caches) <= len(registry.EVENT_TYPES)
