"""Threat row 21, rollback to an old checkpoint (freeze): an old answer says how old it is, and past max-age never clears.

CHECKPOINT_STALE is `too-old` here. CHECKPOINT_ROLLBACK needs a memory of what was seen before, which a verifier that
reads one file and one policy has not: those who have one are the ledger itself (`store-rolled-back`) and the witnesses
(`witness-rolled-back`), whose newest cosignatures an old note cannot carry. The protocol wins: `max-age` is mandatory.
"""

from __future__ import annotations

import pytest
from tests.changing import replace
from tests.threats.surroundings import DAY_MS, Small, reworked, told
from tests.vectors_build import policy as texts

from lotchain.core.notes import parse_note
from lotchain.errors import Malformed, StoreError
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.ports import Mark
from lotchain.signing.notes import cosign_ed25519
from lotchain.storage.highwater import MemoryHighWaterMark
from lotchain.verify.bundle import decode_bundle
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import parse_policy
from lotchain.witness.remembering import LivingMemory


def test_eight_days_old_under_a_limit_of_a_day() -> None:
    small, _, bundle = told()
    verdict = verify_bundle(bundle, small.policy(), now=small.time + 8 * DAY_MS)
    assert (verdict.word, verdict.exit_code) == ("HOLD", 3)
    (finding,) = [f for f in verdict.findings if f.code == "too-old"]
    assert finding.expected
    assert finding.found


@pytest.mark.parametrize(("age", "word"), [(DAY_MS, "CLEAR"), (DAY_MS + 1, "HOLD")])
def test_the_limit_to_the_millisecond(age: int, word: str) -> None:
    small, _, bundle = told()
    verdict = small.verdict(bundle)
    assert verdict.as_of is not None
    assert verify_bundle(bundle, small.policy(), now=verdict.as_of + age).word == word


def test_a_policy_without_a_limit_is_no_policy() -> None:
    whole = texts.text(*texts.FULL)
    parse_policy(whole.encode())
    lines = [line for line in whole.splitlines() if not line.startswith("max-age")]
    with pytest.raises(Malformed) as caught:
        parse_policy(("\n".join(lines) + "\n").encode())
    assert caught.value.code == "policy-missing"


def test_an_old_bundle_cannot_borrow_new_cosignatures() -> None:
    """Frozen at the lot's last good moment: the witnesses' newest lines belong to another checkpoint."""
    small = Small()
    lot = small.make("T-1", 5)
    old = small.bundle(lot)
    small.advance(8 * DAY_MS)
    small.make("T-2", 5)
    new = small.bundle("lot:CN-MAKER/T-2")
    old_note, new_note = parse_note(decode_bundle(old).note), parse_note(decode_bundle(new).note)
    spliced = replace(old_note, signatures=(old_note.signatures[0], *new_note.signatures[1:]))
    assert small.caught(reworked(old, note=spliced.encode())) == "cosignature-invalid"
    assert small.verdict(old).word == "HOLD"


def test_fewer_lying_auditors_than_a_quorum_do_not_make_it_look_newer() -> None:
    """One auditor dates its line a week ahead: the moment is the quorum's, not the newest."""
    small = Small()
    lot = small.make("T-1", 5)
    small.bundle(lot)
    honest = small.time
    small.advance(7 * DAY_MS)
    checkpoint, _ = small.ledger.reader.published()
    liar = "audit-cn.example"
    line = cosign_ed25519(checkpoint.text(), liar, small.witness_signers[liar], small.time // 1000)
    small.ledger.add_cosignature(line, small.witness_keys[liar])
    verdict = small.verdict(make_bundle(small.ledger.reader, lot))
    assert verdict.as_of == honest // 1000 * 1000
    assert "too-old" in {f.code for f in verdict.findings}


def test_the_ledger_itself_does_not_sign_behind_what_it_signed() -> None:
    small = Small()
    checkpoint, _ = small.ledger.reader.newest()
    mark = MemoryHighWaterMark()
    mark.write(Mark(small.ledger.origin, checkpoint.size + 100, bytes(32)), sync=True)
    before = small.everything()
    with pytest.raises(StoreError) as caught:
        Ledger.open(small.store, mark, origin=small.ledger.origin, signer=small.log_signer, clock=small.ledger._clock)
    assert caught.value.code == "store-rolled-back"
    assert small.everything() == before


def test_a_witness_does_not_cosign_an_older_checkpoint() -> None:
    """Size n after size n + more: the operator shows it yesterday's ledger."""
    small = Small()
    memory = LivingMemory()
    small.make("T-1", 5)
    assert small.look(small.witness(memory)) == ()
    assert Small().look(small.witness(memory)) == ("witness-rolled-back",)
    assert small.look(small.witness(memory)) == (), "nothing is forgotten"
