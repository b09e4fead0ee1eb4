"""Threat row 52, malleable signatures: one accepted form each, and no signature's bytes ever name a statement.

Ed25519: S below the group order. ES256: 64 bytes, s in the lower half (as documented in specs/formats/keys.md): the
other half is refused. The id is the hash of what was signed, so even an accepted twin would be no second entry.
"""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from tests.changing import replace
from tests.threats.surroundings import Small, reworked, told

from lotchain.core import cbor
from lotchain.core.checkpoints import open_checkpoint
from lotchain.core.keys import P256_ORDER
from lotchain.core.notes import parse_note
from lotchain.core.statements import assemble, parse_statement, verify_signature
from lotchain.errors import Malformed
from lotchain.ledger.bundles import make_bundle
from lotchain.signing import SoftwareSigner, new_signer, proof_of_possession
from lotchain.verify.bundle import decode_bundle

L = 2**252 + 27742317777372353535851937790883648493


def ed25519_twins(signature: bytes) -> list[bytes]:
    """R with S + L, S + 2L … as far as they fit, and with the high bits of S set."""
    s = int.from_bytes(signature[32:], "little")
    twins = [signature[:32] + (s + n * L).to_bytes(32, "little") for n in range(1, 15) if s + n * L < 2**256]
    twins += [signature[:32] + (s | bit << 248).to_bytes(32, "little") for bit in (0x20, 0x40, 0x80, 0xE0)]
    return twins


def es256_twins(signature: bytes) -> list[bytes]:
    """(r, n − s), and r or s moved by n where that fits."""
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    pairs = [(r, P256_ORDER - s), (r + P256_ORDER, s), (r, s + P256_ORDER)]
    return [a.to_bytes(32, "big") + b.to_bytes(32, "big") for a, b in pairs if max(a, b) < 2**256]


def with_signature(raw: bytes, signature: bytes) -> bytes:
    statement = parse_statement(raw)
    return assemble(statement.protected, statement.payload, signature)


@pytest.mark.parametrize("algorithm", ["ed25519", "es256"])
def test_a_twin_of_a_new_statement_is_refused(algorithm: str) -> None:
    small = Small()
    signer = new_signer(algorithm)
    small.enrol("maker", signer)
    raw = small.sign_event(small.registration(), signer=signer)
    statement = parse_statement(raw)
    twins = ed25519_twins(statement.signature) if algorithm == "ed25519" else es256_twins(statement.signature)
    assert twins
    for twin in twins:
        changed = with_signature(raw, twin)
        assert parse_statement(changed).id == statement.id
        assert not verify_signature(parse_statement(changed), signer.public)
        small.refused(changed, "bad-signature")
    first = small.taken(raw)
    before = small.everything()
    for twin in twins:
        again = small.taken(with_signature(raw, twin))
        assert (again.again, again.index) == (True, first.index), "the statement that stands, not a second one"
    assert small.everything() == before
    assert small.ledger.reader.entry(first.index) == raw


def test_the_lower_half_of_s_is_what_our_signers_give() -> None:
    signer = new_signer("es256")
    for n in range(50):
        signature = signer.sign(n.to_bytes(2, "big"))
        assert len(signature) == 64
        assert int.from_bytes(signature[32:], "big") <= P256_ORDER // 2
        assert signer.public.verify(signature, n.to_bytes(2, "big"))


@pytest.mark.parametrize(
    ("r", "s"), [(0, 1), (1, 0), (0, 0), (P256_ORDER, 1), (1, P256_ORDER), (2**256 - 1, 1), (1, 1)]
)
def test_degenerate_es256(r: int, s: int) -> None:
    signer = new_signer("es256")
    assert not signer.public.verify(r.to_bytes(32, "big") + s.to_bytes(32, "big"), b"x")


@pytest.mark.parametrize("algorithm", ["ed25519", "es256"])
def test_bytes_do_not_move_between_signature_and_message(algorithm: str) -> None:
    """A library that is handed both in one piece cannot tell where the one ends: the length is asked before."""
    signer, message = new_signer(algorithm), b"what was signed"
    signature = signer.sign(message)
    assert signer.public.verify(signature, message)
    for count in range(1, len(message) + 1):
        assert not signer.public.verify(signature + message[:count], message[count:])
        assert not signer.public.verify(signature[:-count], signature[-count:] + message)


@pytest.mark.parametrize("length", [0, 1, 32, 63, 65, 70, 71, 72, 128, 2420])
def test_other_lengths_and_der(length: int) -> None:
    small = Small()
    signer = new_signer("es256")
    small.enrol("maker", signer)
    raw = small.sign_event(small.registration(), signer=signer)
    signature = parse_statement(raw).signature
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    for wrong in ((signature + bytes(2420))[:length], der):
        changed = build(raw, wrong)
        small.malformed(changed, "signature-format", "signature")
        assert not signer.public.verify(wrong, parse_statement(raw).signed)


def build(raw: bytes, signature: bytes) -> bytes:
    statement = parse_statement(raw)
    return b"\xd2" + cbor.encode([statement.protected, {}, statement.payload, signature])


def test_a_twin_inside_a_bundle_is_not_in_the_tree() -> None:
    """The leaf hash binds the signature too: changing it after the fact shows as well."""
    small, _, bundle = told()
    statements = list(decode_bundle(bundle).statements)
    for n, leaf in enumerate(statements):
        for twin in ed25519_twins(parse_statement(leaf.raw).signature)[:2]:
            changed = [*statements[:n], replace(leaf, raw=with_signature(leaf.raw, twin)), *statements[n + 1 :]]
            assert small.caught(reworked(bundle, statements=tuple(changed))) == "inclusion-invalid"


def test_a_twin_in_a_log_whose_operator_wrote_it() -> None:
    """Forged into the tree itself: then the verifier's own check of the signature refuses, as the append would have."""
    small = Small()
    lot = small.make("T-1", 5)
    small.ledger.publish()
    entries = list(small.store.entries(0, small.ledger.size))
    place = small.ledger.reader.history(lot)[0]
    entries[place] = with_signature(entries[place], ed25519_twins(parse_statement(entries[place]).signature)[0])
    verdict = small.verdict(make_bundle(small.forged(entries), lot))
    assert verdict.exit_code == 1
    assert verdict.refused


def test_twins_of_the_other_signatures() -> None:
    """A possession proof and a checkpoint have one form, too."""
    small = Small()
    new = SoftwareSigner.from_seed(bytes(31) + b"\x03")
    proof = proof_of_possession(new, charter=small.audience, party="party:CN-MAKER")
    event = {
        "type": "key-enrolment/1", "occurred_at": small.now(), "party": "party:CN-MAKER", "holder": "office",
        "key": new.public.cose.hex(),
    }  # fmt: skip
    for twin in ed25519_twins(proof):
        raw = small.sign_event({**event, "possession": twin.hex()}, "cn", subject=new.public.subject)
        small.refused(raw, "possession")
    small.make("T-1", 5)
    bundle = decode_bundle(small.bundle("lot:CN-MAKER/T-1"))

    note = parse_note(bundle.note)
    for twin in ed25519_twins(note.signatures[0].blob):
        lines = (replace(note.signatures[0], blob=twin), *note.signatures[1:])
        with pytest.raises(Malformed) as caught:
            open_checkpoint(replace(note, signatures=lines).encode(), small.ledger.key)
        assert caught.value.code == "checkpoint-signature"
