"""Threat row 34, forged checkpoints: a pinned key and a quorum decide; a key id is only a hint, a number has one form."""

from __future__ import annotations

import base64

import pytest
from tests.changing import replace
from tests.threats.surroundings import ORIGIN, WITNESSES, reworked, told

from lotchain.core.checkpoints import Checkpoint, open_checkpoint, parse_checkpoint_text
from lotchain.core.encodings import b64encode
from lotchain.core.notes import Note, NoteSignature, parse_note
from lotchain.errors import Malformed
from lotchain.ledger.checkpointing import sign_checkpoint
from lotchain.signing import SoftwareSigner
from lotchain.signing.notes import cosign_ed25519, sign_note
from lotchain.verify.bundle import decode_bundle

THIEF = SoftwareSigner.from_seed(bytes(31) + b"\x07")


def note() -> Note:
    return parse_note(decode_bundle(told()[2]).note)


def caught(forged: bytes) -> str:
    """The verdict's code on the good bundle under this note; the checkpoint's own reader must say the same."""
    small, _, bundle = told()
    code = small.caught(reworked(bundle, note=forged))
    if code != "cosignature-invalid":
        with pytest.raises(Malformed) as fault:
            open_checkpoint(forged, small.ledger.key)
        assert fault.value.code == code
    return code


def forged_text(text: str) -> bytes:
    """Any text under the log's own valid signature: what a bribed operator can make."""
    small, _, _ = told()
    signed = Note(text, (sign_note(text, ORIGIN, small.log_signer),))
    return signed.encode()


def test_the_right_hint_and_the_wrong_key() -> None:
    small, _, _ = told()
    good = note()
    blob = THIEF.sign(good.text.encode())
    line = NoteSignature(ORIGIN, small.ledger.key.key_id, blob)
    assert caught(replace(good, signatures=(line, *good.signatures[1:])).encode()) == "checkpoint-signature"


def test_the_wrong_key_under_its_own_hint_is_no_signature_of_the_log() -> None:
    good = note()
    line = sign_note(good.text, ORIGIN, THIEF)
    assert caught(replace(good, signatures=(line, *good.signatures[1:])).encode()) == "checkpoint-signature"


def test_no_signature_of_the_log_at_all() -> None:
    good = note()
    assert caught(replace(good, signatures=good.signatures[1:]).encode()) == "checkpoint-signature"


def test_a_valid_signature_over_another_origin() -> None:
    small, _, _ = told()
    good = parse_checkpoint_text(note().text)
    other = sign_checkpoint(replace(good, origin="ledger.example/lost"), small.log_signer)
    assert caught(other) == "checkpoint-origin"
    # The other log's signature, pasted under our text: over another message, and so none.
    pasted = replace(parse_note(other).signatures[0], name=ORIGIN, key_id=small.ledger.key.key_id)
    assert caught(replace(note(), signatures=(pasted,)).encode()) == "checkpoint-signature"


ROOT = b64encode(bytes(32))
URL_SAFE = base64.urlsafe_b64encode(b"\xfb" * 32).decode()


@pytest.mark.parametrize(
    "text",
    [
        f"{ORIGIN}\n007\n{ROOT}\n",
        f"{ORIGIN}\n-1\n{ROOT}\n",
        f"{ORIGIN}\n+7\n{ROOT}\n",
        f"{ORIGIN}\n7 \n{ROOT}\n",
        f"{ORIGIN}\n0x7\n{ROOT}\n",
        f"{ORIGIN}\n7.0\n{ROOT}\n",
        f"{ORIGIN}\n٧\n{ROOT}\n",
        f"{ORIGIN}\n1_0\n{ROOT}\n",
        f"{ORIGIN}\n\n{ROOT}\n",
        f"{ORIGIN}\n{2**63}\n{ROOT}\n",
        f"{ORIGIN}\n{'9' * 5_000}\n{ROOT}\n",
        f"{ORIGIN}\n7\n{b64encode(bytes(31))}\n",
        f"{ORIGIN}\n7\n{b64encode(bytes(33))}\n",
        f"{ORIGIN}\n7\n{b64encode(bytes(16))}\n",
        f"{ORIGIN}\n7\n{ROOT.rstrip('=')}\n",
        f"{ORIGIN}\n7\n{ROOT[:-2]}B=\n",
        f"{ORIGIN}\n7\n{URL_SAFE}\n",
        f"{ORIGIN}\n7\n{bytes(32).hex()}\n",
        f"{ORIGIN}\n0\n{ROOT}\n",
        f"{ORIGIN}\n7\n",
        f"{ORIGIN}\n",
    ],
    ids=lambda text: ascii(text[len(ORIGIN) : len(ORIGIN) + 24]),
)
def test_texts_that_are_no_checkpoint(text: str) -> None:
    """Validly signed by the log each time, so that it is the form that refuses them."""
    assert caught(forged_text(text)) == "checkpoint-format"


def test_lines_beside_the_three() -> None:
    assert caught(forged_text(f"{ORIGIN}\n7\n{ROOT}\nmore\n")) == "checkpoint-extension"


def test_another_size_or_root_under_the_logs_own_key() -> None:
    """Validly signed, and the witnesses' lines are pasted from the honest one: they do not hold."""
    small, _, _ = told()
    good = note()
    at = parse_checkpoint_text(good.text)
    for lie in (replace(at, size=at.size - 1), replace(at, size=at.size + 1), replace(at, root=bytes(32))):
        signed = parse_note(sign_checkpoint(lie, small.log_signer))
        assert caught_by_witnesses(replace(signed, signatures=(*signed.signatures, *good.signatures[1:])))
        # Left out instead: the operator's word alone, under which the old proofs do not hold either.
        assert small.caught(reworked(told()[2], note=signed.encode())) in ("inclusion-invalid", "closing-missing")


def caught_by_witnesses(forged: Note) -> bool:
    return caught(forged.encode()) == "cosignature-invalid"


def test_cosignatures_by_strangers_do_not_count() -> None:
    """Two lines in the witnesses' names by other keys: other key ids, so nobody's; the answer rests on the operator."""
    small, _, bundle = told()
    good = note()
    checkpoint = parse_checkpoint_text(good.text)
    lines = tuple(cosign_ed25519(checkpoint.text(), name, THIEF, small.time // 1000) for name in WITNESSES)
    verdict = small.verdict(reworked(bundle, note=replace(good, signatures=(good.signatures[0], *lines)).encode()))
    assert (verdict.word, verdict.answers.completeness) == ("HOLD", "operator's word")
    assert {"quorum-not-met", "audit-quorum-not-met"} <= {finding.code for finding in verdict.findings}
    assert verdict.answers.chain == "undetermined"


def test_a_root_does_not_bind_its_size() -> None:
    """The tree's own weakness (row 59): the size is taken from the signed text alone."""
    with pytest.raises(Malformed):
        Checkpoint(ORIGIN, 0, bytes(32))
    with pytest.raises(Malformed):
        Checkpoint(ORIGIN, 7, bytes(31))
