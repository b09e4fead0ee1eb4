"""Strangers and operators against witnesses: floods of one signed checkpoint, confused names, a memory that is gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.ledgers import SetClock
from tests.unit.test_growth_witness import MLDSA, NOW_MS, Kept, asked, witness
from tests.unit.test_witness import Twisted, Watch
from tests.vectors_build import witness as vectors

from lotchain.core.add_checkpoint import parse_cosignatures
from lotchain.core.cosignatures import encode_cosignature
from lotchain.core.notes import NoteSignature, VerifierKey
from lotchain.errors import UsageError
from lotchain.signing import SoftwareSigner
from lotchain.witness.auditing import Declined
from lotchain.witness.cosigners import Cosigner, ed25519_cosigner, mldsa_cosigner
from lotchain.witness.growing import GrowthWitness


class Counting:
    """A key that counts what it signs."""

    def __init__(self) -> None:
        self.signed = 0

    def sign(self, message: bytes) -> bytes:
        self.signed += 1
        return vectors.SIGNER.sign(message)


def test_a_public_checkpoint_sent_again_and_again_costs_one_signature_and_one_write_a_second() -> None:
    """Anybody has a published checkpoint: sent in a flood, it would keep the disk busy and overtake the log's own."""
    kept, clock, key = Kept(), SetClock(NOW_MS), Counting()
    one = witness(kept, clock=clock, cosigners=(Cosigner(vectors.KEY, key.sign),))
    first = one.add_checkpoint(asked(0, 7))
    answers = {one.add_checkpoint(asked(7, 7)) for _ in range(50)}
    assert answers == {first}
    assert (key.signed, len(kept.written)) == (1, 1)
    clock.time += 1000
    again = one.add_checkpoint(asked(7, 7))
    assert again.status == 200 and again != first
    assert (key.signed, len(kept.written)) == (2, 2)


def test_a_flood_does_not_overtake_the_log_s_own_request() -> None:
    """Between reading and keeping, a stranger's request came each time: the log was told to try again for ever."""
    kept = Kept()
    one = witness(kept)
    one.add_checkpoint(asked(0, 3))
    for _ in range(20):
        kept.between = lambda: None if one.add_checkpoint(asked(3, 3)).status == 200 else pytest.fail("not cosigned")
        assert one.add_checkpoint(asked(3, 3)).status == 200
    kept.between = lambda: [one.add_checkpoint(asked(3, 3)) for _ in range(50)]  # type: ignore[assignment]
    assert one.add_checkpoint(asked(3, 7)).status == 200
    assert len(kept.written) == 2


def test_a_new_key_is_never_answered_for_by_the_old_one_s_line() -> None:
    """What is answered again within a second bears the lines of all the witness's present keys, or is made anew."""
    kept = Kept()
    witness(kept).add_checkpoint(asked(0, 7))
    newer = SoftwareSigner.from_seed(b"next".ljust(32, b"."))
    renewed = witness(kept, cosigners=(ed25519_cosigner(vectors.NAME, newer), mldsa_cosigner(vectors.NAME, MLDSA)))
    lines = parse_cosignatures(renewed.add_checkpoint(asked(7, 7)).body)
    assert [line.key_id for line in lines] == [key.key_id for key in renewed.keys]
    assert len(kept.written) == 2


def test_a_line_that_was_put_into_the_request_is_never_given_back_as_the_witness_s_own() -> None:
    """The note that comes may bear lines in the witness's name: only what the witness made is kept."""
    kept = Kept()
    one = witness(kept)
    body = asked(0, 7)
    own = one.keys[0]
    line = NoteSignature(own.name, own.key_id, encode_cosignature(vectors.NOW, bytes(64))).line().encode()
    answer = one.add_checkpoint(body + line)
    assert answer.status == 200 and line not in answer.body and line not in kept.notes[vectors.ORIGIN]
    assert one.add_checkpoint(asked(7, 7) + line).body == answer.body


def test_a_log_may_not_bear_the_witness_s_own_name() -> None:
    """The first bytes of such a log's signature would be read as a time, and the witness cosign nothing ever more."""
    theirs = SoftwareSigner.from_seed(b"a log of that name".ljust(32, b"."))
    log = VerifierKey(vectors.NAME, 1, theirs.public.raw)
    with pytest.raises(UsageError, match="witness-keys"):
        GrowthWitness(
            (ed25519_cosigner(vectors.NAME, vectors.SIGNER),), {vectors.NAME: (log,)}, Kept(), SetClock(NOW_MS)
        )


def test_an_auditor_that_lost_its_memory_does_not_cosign_less_than_its_copy_holds(tmp_path: Path) -> None:
    """A bribed operator shows an older checkpoint to a witness whose memory file is gone and whose copy is not."""
    watch = Watch(tmp_path)
    watch.rig.world.make("A-1", 5)
    older = watch.publish()
    watch.cosigned()
    watch.rig.world.make("A-2", 5)
    watch.publish()
    watch.cosigned()
    (tmp_path / "memory").unlink()
    watch.clock.time += 60_000
    answer = watch.witness.look(Twisted(watch.source, note=older))
    assert isinstance(answer, Declined) and answer.codes == ("witness-rolled-back",)
    assert watch.cosigned().checkpoint.size == watch.rig.ledger.size
    watch.store.close()
