"""Threat row 60, cut or other hashes: one hash function, full length, one spelling; `hash-format`, or the format's code."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from tests.threats.surroundings import body_of, sealed, shared, told, with_member

from lotchain.core import canonical_json, cbor
from lotchain.core.closing import parse_closing
from lotchain.core.statements import CONTENT_TYPE, assemble, audience_of
from lotchain.errors import Malformed
from lotchain.events.reading import read_event
from lotchain.verify.policy import format_policy, parse_policy

LOT = "lot:CN-MAKER/M-1"
SHA256 = hashlib.sha256(b"x").hexdigest()
NOT_HASHES = [
    SHA256[:32],
    SHA256[:62],
    SHA256[:63],
    SHA256 + "00",
    SHA256.upper(),
    "md5:" + hashlib.md5(b"x").hexdigest(),
    "sha256:" + SHA256,
    "sha1:" + hashlib.sha1(b"x").hexdigest(),
    hashlib.sha1(b"x").hexdigest(),
    hashlib.sha512(b"x").hexdigest(),
    hashlib.sha384(b"x").hexdigest(),
    hashlib.sha512(b"x").hexdigest()[:64].upper(),
    "0x" + SHA256[2:],
    SHA256[:63] + "g",
    SHA256[:63] + " ",
    SHA256 + "\n",
    "٠" * 64,
    "",
    "1220" + SHA256,
    "a" * 10_000,
]


@pytest.mark.parametrize("text", NOT_HASHES, ids=lambda text: ascii(text)[:24])
def test_in_every_field_that_holds_one(text: str) -> None:
    small = shared()
    offer = small.hand_over("maker", "carrier", LOT, seen=small.seen()).model_dump(mode="json", exclude_none=True)
    offer["documents"] = [{"kind": "permit", "sha256": SHA256}]
    offer["remarks"] = {"hidden": SHA256}
    for path in ("lines[0].prev", "documents[0].sha256", "seen.root", "remarks.hidden"):
        fault = small.bad_event(with_member(offer, path, text), "hash-format", path)
        assert "64 lower-case hexadecimal digits" in fault.expected
    reply: dict[str, Any] = {
        "type": "acceptance/1", "occurred_at": small.now(), "answers": text, "place": {"code": "CNTZU", "offset": "+08:00"},
        "lines": [{"lot": LOT, "outcome": "full", "accepted": {"value": "500", "unit": "KGM"}}],
    }  # fmt: skip
    small.bad_event(reply, "hash-format", "answers", "carrier")
    endorsement = {"type": "endorsement/1", "occurred_at": small.now(), "subject": LOT, "endorses": text}
    small.bad_event(endorsement, "hash-format", "endorses", "cn")


@pytest.mark.parametrize("length", [0, 4, 16, 20, 31, 33, 48, 64])
def test_in_every_binary_place(length: int) -> None:
    """The key id of a statement, hashes, roots and digests of a bundle, the heads root of a closing record."""
    small, _, bundle = told()
    cut = (hashlib.sha512(b"x").digest())[:length]
    claims = {1: small.party("maker"), 2: LOT, 3: small.audience, 6: 1}
    protected = cbor.encode({1: -8, 3: CONTENT_TYPE, 4: cut, 15: claims})
    small.malformed(assemble(protected, b"{}", bytes(64)), "statement-malformed", "kid")
    body = body_of(bundle)
    body[3][0] = cut
    assert small.caught(sealed(body)) == "bundle-format"
    body = body_of(bundle)
    body[5][0][1] = cut
    assert small.caught(sealed(body)) == "bundle-format"
    body = body_of(bundle)
    body[7][0] = [[cut, b"x"]]
    assert small.caught(sealed(body)) == "bundle-format"
    body = body_of(bundle)
    body[6][0][2] = [cut, 1, bytes(32), bytes(32)]
    assert small.caught(sealed(body)) == "bundle-format"
    with pytest.raises(Malformed) as caught:
        parse_closing(cbor.encode(["lotchain/closing/1", 1, 0, 1, "lotchain-judge/1", cut]))
    assert (caught.value.code, caught.value.field) == ("closing-malformed", "heads_root")
    with pytest.raises(Malformed) as caught:
        audience_of("ledger.example/lots", cut)
    assert caught.value.code == "audience-format"


def test_the_bundles_own_digest_is_whole() -> None:
    small, _, bundle = told()
    whole = hashlib.sha256(bundle[:-32]).digest()
    assert bundle[-32:] == whole
    for other in (whole[:31], whole[:16] + bytes(16), hashlib.sha512(bundle[:-32]).digest()[:32], bytes(32)):
        assert small.caught(bundle[:-32] + other) == "bundle-digest"


@pytest.mark.parametrize("text", NOT_HASHES, ids=lambda text: ascii(text)[:24])
def test_in_a_key_id_an_audience_and_a_policy(text: str) -> None:
    small = shared()
    revocation = {"type": "key-revocation/1", "occurred_at": small.now(), "key": "key:" + text, "reason": "lost"}
    with pytest.raises(Malformed) as caught:
        read_event(canonical_json.encode(revocation))
    assert caught.value.code in ("id-format", "id-chars")
    small.bad_event(revocation, caught.value.code, "key")
    whole = format_policy(small.policy())
    forged = whole.replace(small.charter, text.replace("\n", " x"))
    assert forged != whole
    with pytest.raises(Malformed) as caught:
        parse_policy(forged.encode())
    assert caught.value.code in ("policy-charter", "policy-format", "policy-line", "policy-missing")
