"""Threat row 49, cross-protocol confusion: a signature of one kind never holds for another.

Every kind of message is signed by one and the same private key, as if somebody had used a key for everything, and
every signature is pasted into the place of every other. Only the places where a signature was made for must hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from lotchain.core.checkpoints import Checkpoint, open_checkpoint
from lotchain.core.cosignatures import cosigned_message_ed25519, mldsa_message, verify_cosignature
from lotchain.core.keys import check_possession, possession_message
from lotchain.core.notes import Note, NoteSignature, VerifierKey
from lotchain.core.statements import assemble, parse_statement, verify_signature
from lotchain.errors import Malformed
from lotchain.signing import MLDSA44Signer, SoftwareSigner, proof_of_possession, sign_statement
from lotchain.signing.notes import cosign_ed25519, cosign_mldsa, sign_checkpoint_mldsa, sign_note

SIGNER = SoftwareSigner.from_seed(bytes(range(32)))
MLDSA = MLDSA44Signer(bytes(range(32, 64)))
ORIGIN = "ledger.example/lots"
OTHER_ORIGIN = "ledger.example/lost"
PARTY = "party:CO-900123456"
CHARTER = ORIGIN + "#" + "11" * 32
TIME = 1_700_000_000
CHECKPOINT = Checkpoint(ORIGIN, 7, bytes(range(32)))
NEXT = Checkpoint(ORIGIN, 8, bytes(range(32)))
ELSEWHERE = Checkpoint(OTHER_ORIGIN, 7, bytes(range(32)))
STATEMENT = parse_statement(
    sign_statement(SIGNER, issuer=PARTY, subject=PARTY, audience=CHARTER, signed_at=TIME, payload=b'{"a":1}')
)


@dataclass(frozen=True)
class Place:
    """A place for a signature: what is signed there, one made for it, and whether any given one holds."""

    name: str
    message: bytes
    signature: bytes
    holds: Callable[[bytes], bool]


def in_a_note(checkpoint: Checkpoint) -> Callable[[bytes], bool]:
    key = VerifierKey(checkpoint.origin, 1, SIGNER.public.raw)

    def holds(signature: bytes) -> bool:
        note = Note(checkpoint.text(), (NoteSignature(key.name, key.key_id, signature),))
        try:
            open_checkpoint(note.encode(), key)
        except Malformed as fault:
            assert fault.code == "checkpoint-signature"
            return False
        return True

    return holds


def as_cosignature(
    name: str, kind: int, public: bytes, checkpoint: Checkpoint, timestamp: int
) -> Callable[[bytes], bool]:
    key = VerifierKey(name, kind, public)

    def holds(signature: bytes) -> bool:
        line = NoteSignature(name, key.key_id, timestamp.to_bytes(8, "big") + signature)
        return verify_cosignature(key, line, checkpoint, checkpoint.text()) is not None

    return holds


def in_a_statement(signature: bytes) -> bool:
    if len(signature) != 64:
        return False
    pasted = parse_statement(assemble(STATEMENT.protected, STATEMENT.payload, signature))
    return verify_signature(pasted, SIGNER.public)


def ed25519_cosignature(name: str, checkpoint: Checkpoint, timestamp: int) -> Place:
    return Place(
        name,
        cosigned_message_ed25519(checkpoint.text(), timestamp),
        cosign_ed25519(checkpoint.text(), "w.example", SIGNER, timestamp).blob[8:],
        as_cosignature("w.example", 4, SIGNER.public.raw, checkpoint, timestamp),
    )


def mldsa_cosignature(name: str, cosigner: str, checkpoint: Checkpoint, timestamp: int) -> Place:
    make = sign_checkpoint_mldsa if cosigner == checkpoint.origin else cosign_mldsa
    return Place(
        name,
        mldsa_message(cosigner, timestamp, checkpoint.origin, 0, checkpoint.size, checkpoint.root),
        make(checkpoint, cosigner, MLDSA, timestamp).blob[8:],
        as_cosignature(cosigner, 6, MLDSA.public_raw, checkpoint, timestamp),
    )


def log_signature(name: str, checkpoint: Checkpoint) -> Place:
    return Place(
        name,
        checkpoint.text().encode(),
        sign_note(checkpoint.text(), checkpoint.origin, SIGNER).blob,
        in_a_note(checkpoint),
    )


def possession(name: str, charter: str, party: str) -> Place:
    return Place(
        name,
        possession_message(charter, party, SIGNER.public.cose),
        proof_of_possession(SIGNER, charter=charter, party=party),
        lambda signature: check_possession(SIGNER.public, signature, charter, party),
    )


PLACES = [
    log_signature("checkpoint", CHECKPOINT),
    log_signature("checkpoint, another size", NEXT),
    log_signature("checkpoint, another log", ELSEWHERE),
    ed25519_cosignature("cosignature", CHECKPOINT, TIME),
    ed25519_cosignature("cosignature, another time", CHECKPOINT, TIME + 1),
    ed25519_cosignature("cosignature, another log", ELSEWHERE, TIME),
    mldsa_cosignature("log's ML-DSA signature", ORIGIN, CHECKPOINT, 0),
    mldsa_cosignature("log's ML-DSA signature, with a time", ORIGIN, CHECKPOINT, TIME),
    mldsa_cosignature("witness's ML-DSA cosignature", "w.example", CHECKPOINT, TIME),
    mldsa_cosignature("witness's ML-DSA cosignature, another log", "w.example", ELSEWHERE, TIME),
    Place("statement", STATEMENT.signed, STATEMENT.signature, in_a_statement),
    possession("possession", CHARTER, PARTY),
    possession("possession in a charter", ORIGIN, PARTY),
    possession("possession for another party", CHARTER, "party:PE-20100128056"),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
@pytest.mark.parametrize("made_for", PLACES, ids=lambda place: place.name)
def test_a_signature_holds_only_where_it_was_made_for(place: Place, made_for: Place) -> None:
    assert place.holds(made_for.signature) == (place is made_for)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_the_whole_blob_of_a_cosignature_does_not_hold_either(place: Place) -> None:
    """Time and signature together, pasted where a signature alone belongs, and the other way round."""
    for other in PLACES:
        assert not place.holds(TIME.to_bytes(8, "big") + other.signature)
        assert not place.holds(other.signature[8:])


def test_no_kind_of_message_begins_as_another_does() -> None:
    """The separation does not hang on luck: each kind has first bytes that no other kind can have."""
    heads = {
        "cosignature": b"cosignature/v1\ntime ",
        "subtree": b"subtree/v1\n\x00",
        "statement": b"\x84\x6aSignature1",
        "possession": b"\x84\x75lotchain/possession/1",
    }
    by_kind = {
        "cosignature": [p for p in PLACES if p.name.startswith("cosignature")],
        "subtree": [p for p in PLACES if "ML-DSA" in p.name],
        "statement": [p for p in PLACES if p.name == "statement"],
        "possession": [p for p in PLACES if p.name.startswith("possession")],
    }
    assert sum(map(len, by_kind.values())) + 3 == len(PLACES)
    for kind, head in heads.items():
        assert all(place.message.startswith(head) for place in by_kind[kind])
        assert not any(other.startswith(head) for name, other in heads.items() if name != kind)
    # A checkpoint's text has its own: an origin, then digits. It could only begin as another kind does if it held
    # a zero byte, a byte that is not UTF-8, or a second line that begins with "time".
    for place in PLACES:
        if place.name.startswith("checkpoint"):
            assert place.message.split(b"\n")[1].isdigit()
            assert not any(place.message.startswith(head) for head in heads.values())


@pytest.mark.parametrize("place", [p for p in PLACES if "ML-DSA" not in p.name], ids=lambda place: place.name)
def test_what_another_kind_signs_is_no_checkpoint(place: Place) -> None:
    """No other message can be handed to a log or witness to sign as a note."""
    if place.name.startswith("checkpoint"):
        assert sign_note(place.message.decode(), ORIGIN, SIGNER).blob == place.signature
        return
    with pytest.raises((Malformed, UnicodeDecodeError)):
        cosign_ed25519(place.message.decode(), "w.example", SIGNER, TIME)
