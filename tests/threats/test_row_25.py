"""Threat row 25, idempotency-key clash: the statement id is the key, and it is made of what is signed.

The row's client-chosen key (and its IDEMPOTENCY_MISMATCH) does not exist; the protocol wins: one id cannot have two
bodies, since it is the hash of the body; another party's same body has another id; another signature over the same body
has the same one.
"""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from tests.threats.surroundings import Small

from lotchain.core.keys import P256_ORDER
from lotchain.core.statements import assemble, parse_statement, verify_signature
from lotchain.signing import new_signer


def test_another_body_is_another_statement() -> None:
    small = Small()
    first = small.sign_event(small.registration())
    other = small.sign_event(small.registration(quantity={"value": "5.000", "unit": "KGM"}))
    assert parse_statement(first).id != parse_statement(other).id
    small.taken(first)
    small.refused(other, "lot-exists")
    assert small.taken(first).again


def test_another_body_under_the_first_ones_signature() -> None:
    small = Small()
    statement = parse_statement(small.sign_event(small.registration()))
    small.taken(statement.raw)
    other = statement.payload.replace(b"500.000", b"900.000")
    small.refused(assemble(statement.protected, other, statement.signature), "bad-signature")


def test_the_same_body_by_another_party_stands_on_its_own() -> None:
    """Two observers who say the same of one lot: two statements."""
    small = Small()
    lot = small.make("T-1", 5)
    small.move("maker", "carrier", lot)
    event = {
        "type": "arrival/1",
        "occurred_at": small.now(),
        "lots": [lot],
        "place": {"code": "CNTZU", "offset": "+08:00"},
    }
    one, two = (small.sign_event(event, who, subject=lot) for who in ("maker", "carrier"))
    assert parse_statement(one).payload == parse_statement(two).payload
    first, second = small.taken(one), small.taken(two)
    assert first.statement_id != second.statement_id
    assert not second.again


def test_another_signature_over_the_same_body_is_the_same_statement() -> None:
    """An honest signer may sign twice: ECDSA with a fresh nonce. The id ignores the signature, so no second leaf."""
    small = Small()
    signer = new_signer("es256")
    small.enrol("maker", signer)
    raw = small.sign_event(small.registration(), signer=signer)
    first = small.taken(raw)
    statement = parse_statement(raw)
    private = ec.derive_private_key(int.from_bytes(signer._secret, "big"), ec.SECP256R1())
    r, s = utils.decode_dss_signature(private.sign(statement.signed, ec.ECDSA(hashes.SHA256())))
    s = min(s, P256_ORDER - s)
    again = assemble(statement.protected, statement.payload, r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    assert again != raw
    assert verify_signature(parse_statement(again), signer.public)
    before = small.everything()
    receipt = small.taken(again)
    assert small.everything() == before
    assert (receipt.again, receipt.index, receipt.note) == (True, first.index, first.note)


def test_a_worthless_signature_over_a_known_body_gives_no_new_leaf_either() -> None:
    """It names what stands on the ledger, so it gets the receipt of that; what is kept is the first one's bytes."""
    small = Small()
    raw = small.sign_event(small.registration())
    first = small.taken(raw)
    before = small.everything()
    statement = parse_statement(raw)
    receipt = small.taken(assemble(statement.protected, statement.payload, bytes(64)))
    assert small.everything() == before
    assert (receipt.again, receipt.index) == (True, first.index)
    assert small.ledger.reader.entry(first.index) == raw
