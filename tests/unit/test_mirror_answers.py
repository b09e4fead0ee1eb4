"""A mirror asked over `add-checkpoint`: it answers as a witness does, and only for what it has replayed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from tests.unit.ledgers import LOG_SIGNER
from tests.unit.mirrors import MirrorRig
from tests.unit.test_mirror import forked
from tests.unit.test_witness import Lying
from tests.unit.world import ORIGIN

from lotchain.app.mirror_answers import MirrorAnswers
from lotchain.app.mirror_stops import Stops
from lotchain.app.mirroring import Mirror
from lotchain.core.add_checkpoint import SIZE_TYPE, Answer, Request, parse_cosignatures
from lotchain.core.checkpoints import Checkpoint, parse_checkpoint_text
from lotchain.core.cosignatures import verify_cosignature
from lotchain.core.notes import parse_note
from lotchain.errors import StoreError
from lotchain.ledger.checkpointing import sign_checkpoint
from lotchain.ledger.reader import Reader
from lotchain.signing import SoftwareSigner


class Asking:
    """A publisher, and the mirror that it asks."""

    def __init__(self, rig: MirrorRig, mirror: Mirror) -> None:
        self.rig = rig
        self.mirror = mirror
        self.answers = MirrorAnswers(mirror, wait_s=0.05)

    def ask(self, note: bytes, old: int | None = None, proof: tuple[bytes, ...] | None = None) -> Answer:
        """Ask for a note from where the mirror stands, or from somewhere else."""
        remembered = self.mirror.remembered()
        stands = remembered.size if remembered is not None else 0
        old = stands if old is None else old
        new = parse_checkpoint_text(parse_note(note).text).size
        if proof is None:
            proof = tuple(Reader(self.rig.rig.store).consistency(old, new)) if 0 < old < new else ()
        return self.answers.add_checkpoint(Request(old, proof, note).encode())

    def refused(self, status: int, code: str, answer: Answer) -> None:
        """The answer must be this refusal, and nothing was cosigned."""
        assert (answer.status, answer.body.decode().partition(":")[0]) == (status, code), answer


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Asking]:
    rig = MirrorRig(tmp_path)
    rig.publish()
    with rig.open() as mirror:
        yield Asking(rig, mirror)


def test_what_was_replayed_is_cosigned(asking: Asking) -> None:
    rig = asking.rig
    for _ in range(3):
        note = rig.grow()
        answer = asking.ask(note)
        assert answer.status == 200, answer
        checkpoint, parsed = rig.server.reader.published()[0], parse_note(note)
        (line,) = parse_cosignatures(answer.body)
        key = asking.mirror.configuration.key
        assert verify_cosignature(key, line, checkpoint, parsed.text) == rig.clock.time // 1000
    rig.clock.time += 61_000
    again = asking.ask(note)
    assert again.status == 200 and again.body != answer.body, "an unchanged checkpoint is cosigned anew"
    name = sha256(ORIGIN.encode()).hexdigest()
    latest = asking.answers.latest_note(name)
    assert latest is not None and parse_note(latest).text == parsed.text
    assert asking.answers.latest_note("0" * 64) is None


def test_askers_cost_one_round_a_second(asking: Asking) -> None:
    """Anybody may send again what the log has signed."""
    note = asking.rig.grow()
    first = asking.ask(note)
    asked, memory = len(asking.rig.server.asked), asking.rig.memory()
    for _ in range(20):
        asking.rig.clock.time += 49
        assert asking.ask(note) == first
    assert len(asking.rig.server.asked) == asked and asking.rig.memory() == memory
    asking.rig.clock.time += 1_000
    assert asking.ask(note).body != first.body


def test_requests_that_are_none(asking: Asking) -> None:
    note = asking.rig.grow()
    for body in (b"", b"old 0\n", b"old x\n\n" + note, b"old 0\nzz\n\n" + note, b"old 0\n\n" + note[:-3]):
        assert asking.answers.add_checkpoint(body).status == 400
    strange = sign_checkpoint(Checkpoint("other.example/x", 5, bytes(32)), LOG_SIGNER)
    asking.refused(404, "witness-log-unknown", asking.ask(strange))
    forged = sign_checkpoint(Checkpoint(ORIGIN, 5, bytes(32)), SoftwareSigner.from_seed(b"x" * 32))
    asking.refused(403, "checkpoint-signature", asking.ask(forged))
    broken = note.replace(str(parse_size(note)).encode(), b"77", 1)
    asking.refused(403, "checkpoint-signature", asking.ask(broken, old=0))
    asking.refused(400, "witness-old-size", asking.ask(note, old=10**6))
    assert asking.mirror.remembered() is None and asking.rig.memory() == b""


def parse_size(note: bytes) -> int:
    return parse_checkpoint_text(parse_note(note).text).size


def test_an_old_size_that_is_not_its_own(asking: Asking) -> None:
    first = asking.rig.publish()
    asking.ask(first)
    second = asking.rig.grow()
    for old in (0, 1, parse_size(second)):
        answer = asking.ask(second, old=old, proof=())
        assert (answer.status, answer.body, answer.media_type) == (409, b"%d\n" % parse_size(first), SIZE_TYPE)
    asking.refused(422, "witness-proof", asking.ask(second, proof=(bytes(32),)))
    assert asking.mirror.stop_standing() is None, "a wrong proof proves nothing against the log"
    assert asking.ask(second).status == 200


def test_a_checkpoint_that_is_not_served_yet_is_asked_for_again(asking: Asking) -> None:
    """The candidate of a publisher that publishes only afterwards."""
    rig = asking.rig
    asking.ask(rig.publish())
    rig.rig.world.make("LATER", 5)
    rig.clock.time = rig.rig.clock.time = rig.rig.world.time
    rig.rig.feed()
    _, candidate = rig.rig.ledger.candidate()
    asking.refused(503, "mirror-not-published", asking.ask(candidate))
    rig.rig.ledger.publish()
    assert asking.ask(candidate).status == 200


def test_one_that_the_log_has_passed_is_told_so(asking: Asking) -> None:
    first = asking.rig.publish()
    asking.ask(first)
    second = asking.rig.grow()
    third = asking.rig.grow()
    assert asking.ask(second).body == b"%d\n" % parse_size(third)


def test_a_server_that_is_down_is_waited_for(asking: Asking) -> None:
    note = asking.rig.grow()
    asking.rig.server.down = True
    asking.refused(503, "source-unreachable", asking.ask(note))
    asking.rig.server.down = False
    assert asking.ask(note).status == 200


def test_another_tree_of_the_same_size_stops_it(asking: Asking) -> None:
    note = asking.rig.grow()
    asking.ask(note)
    lie = sign_checkpoint(Checkpoint(ORIGIN, parse_size(note), bytes(32)), LOG_SIGNER)
    asking.refused(422, "witness-split-view", asking.ask(lie))
    asking.refused(422, "mirror-stopped", asking.ask(note))
    stop = asking.mirror.stop_standing()
    assert stop is not None and stop.evidence and stop.checkpoint == lie.decode()
    Stops(asking.rig.folder).forget()
    assert asking.ask(note).status == 200


def test_a_publisher_that_shows_another_log_than_it_serves(asking: Asking) -> None:
    """The first request of all: nothing is remembered, and what is asked for is not what is served."""
    asking.rig.grow()
    fork = forked(asking.rig)
    while fork.ledger.size < asking.rig.rig.ledger.size:
        fork.world.make(f"MORE-{fork.ledger.size}", 5)
        fork.feed(1)
    while fork.ledger.size > asking.rig.rig.ledger.size:
        asking.rig.grow(size=1)
    assert fork.ledger.size == asking.rig.rig.ledger.size
    asking.refused(422, "mirror-stopped", asking.ask(fork.ledger.publish(), old=0))


def test_a_log_that_the_judge_does_not_accept_is_not_cosigned(asking: Asking) -> None:
    rig = asking.rig
    asking.ask(rig.publish())
    rig.rig.world.make("R", 5)
    Lying(rig).append(rig.rig.statements(), heads_root=bytes(32))  # type: ignore[arg-type]
    published = rig.rig.store.published()
    assert published is not None
    asking.refused(422, "mirror-stopped", asking.ask(published[1]))


def test_who_asks_while_it_catches_up_is_told_to_come_again(asking: Asking) -> None:
    note = asking.rig.grow()
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with asking.mirror.turn(1):
            held.set()
            done.wait(10)

    worker = threading.Thread(target=hold)
    worker.start()
    held.wait(10)
    with pytest.raises(StoreError, match="store-busy"):
        asking.ask(note, old=0)
    done.set()
    worker.join()
    assert asking.ask(note).status == 200
