"""The auditing witness: cosigns what is sound, and refuses every kind of lie."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.ledgers import LOG_MLDSA, LOG_SIGNER, Rig, SetClock, receipts
from tests.unit.world import HOUR, ORIGIN, START

from lotchain.core.checkpoints import Checkpoint, open_checkpoint
from lotchain.core.closing import ClosingRecord
from lotchain.core.cosignatures import verify_cosignature
from lotchain.core.notes import NoteSignature, parse_note
from lotchain.core.tree import root_of
from lotchain.errors import Malformed, SigningError, StoreError
from lotchain.events.reading import read_entry
from lotchain.ledger.audit import audit
from lotchain.ledger.checkpointing import add_mldsa, sign_checkpoint
from lotchain.ledger.fold import Fold
from lotchain.ledger.ports import Publication
from lotchain.ledger.replica import Replica, StoreSource
from lotchain.signing import MLDSA44Signer, SoftwareSigner
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore
from lotchain.verify.judge import JUDGE_VERSION
from lotchain.witness.auditing import SKEW_MS, AuditingWitness, Cosigned, Declined
from lotchain.witness.remembering import FileMemory, LivingMemory, Remembered

WITNESS = SoftwareSigner.from_seed(b"w" * 32)
WITNESS_MLDSA = MLDSA44Signer.from_seed(b"w" * 32)
NAME = "authority.example/witness"


class Watch:
    """A ledger, and a witness that watches it by the same clock."""

    def __init__(self, path: Path | None = None) -> None:
        self.rig = Rig()
        self.clock = SetClock()
        self.store: Any = MemoryStore() if path is None else SqliteStore.create(path / "replica.db")
        self.memory: Any = LivingMemory() if path is None else FileMemory(path / "memory")
        self.source: Any = StoreSource(self.rig.store)
        self.witness = self.open()

    def open(self, store: Any = None) -> AuditingWitness:
        return AuditingWitness(
            NAME,
            WITNESS,
            Replica(store or self.store, ORIGIN),
            self.memory,
            log_key=self.rig.ledger.key,
            clock=self.clock,
        )

    def publish(self) -> bytes:
        """Feed what the world has done, and publish it."""
        self.clock.time = max(self.clock.time, self.rig.world.time)
        self.rig.clock.time = max(self.rig.clock.time, self.clock.time)
        self.rig.feed(3)
        return self.rig.ledger.publish()

    def cosigned(self, **options: bool) -> Cosigned:
        answer = self.witness.look(self.source, **options)
        assert isinstance(answer, Cosigned), answer
        return answer

    def declined(self, *codes: str) -> Declined:
        before = self.memory.read()
        answer = self.witness.look(self.source)
        assert isinstance(answer, Declined)
        assert answer.codes == codes
        assert self.memory.read() == before
        return answer


@pytest.fixture(params=["memory", "file"])
def watch(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Watch]:
    made = Watch(None if request.param == "memory" else tmp_path)
    yield made
    made.store.close()


class Twisted:
    """A source that shows something else than the log has."""

    def __init__(
        self, inner: StoreSource, *, note: bytes | None = None, entries: dict[int, bytes] | None = None
    ) -> None:
        self.inner = inner
        self.note = note
        self.changed = entries or {}

    def published(self) -> bytes | None:
        return self.note if self.note is not None else self.inner.published()

    def entries(self, start: int, stop: int) -> Iterator[bytes]:
        for index, raw in enumerate(self.inner.entries(start, stop), start):
            yield self.changed.get(index, raw)


def checked(watch: Watch, answer: Cosigned) -> int | None:
    """The time that a cosignature states, verified against the published note."""
    published = watch.rig.store.published()
    assert published is not None
    checkpoint, note = open_checkpoint(published[1], watch.rig.ledger.key)
    assert checkpoint == answer.checkpoint
    return verify_cosignature(watch.witness.key, answer.lines[0], checkpoint, note.text)


def test_a_sound_checkpoint_is_cosigned(watch: Watch) -> None:
    watch.publish()
    answer = watch.cosigned()
    assert checked(watch, answer) == answer.time_s == watch.clock.time // 1000
    assert len(answer.lines) == 1
    watch.rig.ledger.add_cosignature(answer.lines[0], watch.witness.key)
    assert watch.memory.read() == Remembered(
        ORIGIN, answer.checkpoint.size, answer.checkpoint.root, answer.time_s, watch.clock.time
    )


def test_an_unchanged_checkpoint_is_cosigned_anew(watch: Watch) -> None:
    watch.publish()
    first = watch.cosigned()
    watch.clock.time += 60_000
    second = watch.cosigned()
    assert second.time_s == first.time_s + 60
    assert second.checkpoint == first.checkpoint
    assert checked(watch, second) == second.time_s
    watch.rig.ledger.add_cosignature(first.lines[0], watch.witness.key)
    note = watch.rig.ledger.add_cosignature(second.lines[0], watch.witness.key)
    assert len(parse_note(note).signatures) == 2
    assert watch.cosigned().time_s == second.time_s


def test_it_follows_the_log_and_its_copy_is_a_ledger(watch: Watch) -> None:
    for n in range(4):
        watch.rig.world.move("maker", "carrier", watch.rig.world.make(f"R-{n}", 5))
        watch.publish()
        watch.cosigned()
        watch.rig.world.advance()
        watch.clock.time = watch.rig.world.time
    size = watch.rig.ledger.size
    assert list(watch.store.entries(0, size)) == list(watch.rig.store.entries(0, size))
    assert list(watch.store.subjects()) == list(watch.rig.store.subjects())
    audit(watch.store, MemoryStore(), key=watch.rig.ledger.key).require()


def test_it_goes_on_after_a_restart(watch: Watch) -> None:
    watch.publish()
    watch.cosigned()
    watch.witness = watch.open()
    watch.rig.world.make("R", 5)
    watch.publish()
    watch.cosigned()


def test_a_copy_that_was_lost_is_made_anew_from_the_log(watch: Watch) -> None:
    watch.publish()
    watch.cosigned()
    watch.rig.world.advance(30 * HOUR)
    watch.clock.time = watch.rig.world.time
    watch.cosigned()
    watch.rig.world.make("R", 5)
    watch.publish()
    watch.witness = watch.open(MemoryStore())
    watch.cosigned()


def test_a_witness_that_was_away_catches_up_by_itself(watch: Watch) -> None:
    watch.publish()
    watch.cosigned()
    for n in range(5):
        watch.rig.world.advance(10 * HOUR)
        watch.rig.world.make(f"R-{n}", 5)
        watch.rig.clock.time = watch.rig.world.time
        watch.rig.feed()
    watch.rig.ledger.publish()
    watch.clock.time = watch.rig.world.time
    watch.cosigned()


def test_two_keys_give_two_lines() -> None:
    watch = Watch()
    watch.rig = Rig(mldsa=LOG_MLDSA)
    watch.source = StoreSource(watch.rig.store)
    witness = AuditingWitness(
        NAME,
        WITNESS,
        Replica(MemoryStore(), ORIGIN),
        LivingMemory(),
        log_key=watch.rig.ledger.key,
        log_mldsa_key=watch.rig.ledger.mldsa_key,
        mldsa=WITNESS_MLDSA,
        clock=watch.clock,
    )
    watch.publish()
    answer = witness.look(watch.source)
    assert isinstance(answer, Cosigned)
    assert len(answer.lines) == 2
    assert witness.mldsa_key is not None
    text = answer.checkpoint.text()
    assert verify_cosignature(witness.mldsa_key, answer.lines[1], answer.checkpoint, text) == answer.time_s
    for line, key in zip(answer.lines, (witness.key, witness.mldsa_key), strict=True):
        watch.rig.ledger.add_cosignature(line, key)
    assert watch.rig.audited().sound


# What is not the log's word


def test_nothing_published(watch: Watch) -> None:
    watch.rig.feed()
    watch.declined("witness-nothing-published")


def test_notes_that_the_log_did_not_sign(watch: Watch) -> None:
    note = watch.publish()
    published, _ = watch.rig.ledger.reader.published()
    stranger = sign_checkpoint(published, SoftwareSigner.from_seed(b"x" * 32))
    other = sign_checkpoint(Checkpoint("other.example/x", published.size, published.root), LOG_SIGNER)
    for wrong, code in (
        (b"", "note-format"),
        (note[:-5], "note-format"),
        (note.replace(str(published.size).encode(), b"999", 1), "checkpoint-signature"),
        (stranger, "checkpoint-signature"),
        (other, "checkpoint-origin"),
    ):
        watch.source = Twisted(StoreSource(watch.rig.store), note=wrong)
        declined = watch.declined(code)
        assert declined.note == wrong


def test_a_second_signature_that_is_missing() -> None:
    watch = Watch()
    watch.publish()
    witness = AuditingWitness(
        NAME,
        WITNESS,
        Replica(MemoryStore(), ORIGIN),
        LivingMemory(),
        log_key=watch.rig.ledger.key,
        log_mldsa_key=Rig(mldsa=LOG_MLDSA).ledger.mldsa_key,
        clock=watch.clock,
    )
    answer = witness.look(watch.source)
    assert isinstance(answer, Declined)
    assert answer.codes == ("checkpoint-signature",)
    checkpoint, note = watch.rig.ledger.reader.published()
    whole = add_mldsa(note, checkpoint, LOG_MLDSA, 5)
    assert isinstance(witness.look(Twisted(watch.source, note=whole)), Cosigned)


# A log that goes back, forks, or shows something else


def test_a_log_that_goes_back(watch: Watch) -> None:
    old = watch.publish()
    watch.rig.world.make("R", 5)
    watch.publish()
    watch.cosigned()
    watch.source = Twisted(StoreSource(watch.rig.store), note=old)
    assert watch.declined("witness-rolled-back").note == old


def test_another_tree_of_the_same_size(watch: Watch) -> None:
    watch.publish()
    answer = watch.cosigned()
    lie = sign_checkpoint(Checkpoint(ORIGIN, answer.checkpoint.size, bytes(32)), LOG_SIGNER)
    watch.source = Twisted(StoreSource(watch.rig.store), note=lie)
    assert watch.declined("witness-split-view").note == lie


def forked(watch: Watch) -> Rig:
    """Another ledger under the same key, which shares the founding and then goes its own way, further."""
    fork = Rig()
    fork.clock.time = watch.rig.clock.time
    fork.feed(3)
    for n in range(3):
        fork.world.make(f"F-{n}", 5)
        fork.feed(1)
    fork.ledger.publish()
    return fork


def test_a_longer_fork(watch: Watch) -> None:
    watch.rig.world.make("R", 5)
    watch.publish()
    watch.cosigned()
    fork = forked(watch)
    assert fork.ledger.size > watch.rig.ledger.size
    watch.source = StoreSource(fork.store)
    watch.declined("witness-inconsistent")
    watch.witness = watch.open(MemoryStore())  # also when its copy is lost: the memory alone must suffice
    watch.declined("witness-split-view")


def test_entries_that_are_not_those_under_the_checkpoint(watch: Watch) -> None:
    watch.publish()
    size = watch.rig.ledger.size
    raw = watch.rig.ledger.reader.entry(4)
    for changed in ({4: raw[:-1] + b"\x00"}, {4: b""}, {size - 1: b"\x00"}):
        watch.source = Twisted(StoreSource(watch.rig.store), entries=changed)
        watch.declined("witness-inconsistent")
        assert watch.store.head() is None
    watch.source = StoreSource(watch.rig.store)
    watch.cosigned()


def test_a_source_that_gives_too_few_or_too_many(watch: Watch) -> None:
    watch.publish()

    class Short(Twisted):
        def entries(self, start: int, stop: int) -> Iterator[bytes]:
            return super().entries(start, stop - 1)

    class Endless(Twisted):
        def entries(self, start: int, stop: int) -> Iterator[bytes]:
            yield from super().entries(start, stop)
            while True:
                yield b"more"

    watch.source = Short(StoreSource(watch.rig.store))
    watch.declined("witness-inconsistent")
    watch.source = Endless(StoreSource(watch.rig.store))
    watch.cosigned()


def test_a_source_that_changes_its_mind_between_two_reads(watch: Watch) -> None:
    """First the right entries are hashed, then others are given to be judged."""
    watch.publish()
    watch.cosigned()
    watch.rig.world.make("R", 5)
    watch.rig.world.make("S", 5)
    watch.publish()
    inner = StoreSource(watch.rig.store)
    rival = Rig()
    rival.feed(3)
    rival.world.make("T", 5)
    rival.world.make("S", 5)
    rival.feed(3)

    class Fickle(Twisted):
        reads = 0

        def entries(self, start: int, stop: int) -> Iterator[bytes]:
            self.reads += 1
            return StoreSource(rival.store).entries(start, stop) if self.reads == 2 else super().entries(start, stop)

    watch.source = Fickle(inner)
    answer = watch.witness.look(watch.source)
    assert isinstance(answer, Declined)
    assert answer.codes == ("witness-inconsistent",)


def test_a_checkpoint_in_the_midst_of_a_batch(watch: Watch) -> None:
    watch.publish()
    hashes = [watch.rig.ledger.reader.leaf_hash(n) for n in range(2)]
    lie = sign_checkpoint(Checkpoint(ORIGIN, 2, root_of(hashes)), LOG_SIGNER)
    watch.source = Twisted(StoreSource(watch.rig.store), note=lie)
    watch.declined("audit-not-closed")
    watch.source = StoreSource(watch.rig.store)
    watch.cosigned()


# A log that is consistent, and that the judge does not accept


class Lying:
    """Appends to a watched ledger's store what no honest ledger would, and publishes it."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.store = watch.rig.store
        self.fold = Fold(self.store, ORIGIN)

    def append(self, raws: list[bytes], *, time: int | None = None, heads_root: bytes | None = None) -> None:
        self.fold.open(time if time is not None else max(self.fold.time, self.watch.clock.time))
        for raw in raws:
            try:
                taken = self.fold.offer(raw).index is not None
                name = read_entry(raw).statement.id
            except Malformed:
                taken, name = False, root_of([raw.ljust(32, b"\x00")[:32]])
            if not taken:
                self.fold.take_unjudged(raw, name)
        at, size = self.fold.size, self.fold.pending
        standing = None
        if heads_root is not None:
            stated = time if time is not None else max(self.fold.time, self.watch.clock.time)
            standing = ClosingRecord(stated, at, at + size, JUDGE_VERSION, heads_root).encode()
        sealed = self.fold.close(standing)
        note = sign_checkpoint(Checkpoint(ORIGIN, sealed.size, sealed.root), LOG_SIGNER)
        self.store.append(sealed.batch(note))
        self.fold.commit()
        writes = self.fold.flush()
        self.store.publish(Publication(sealed.size, note, writes.tiles, writes.leaves))
        self.fold.flushed()


def prepared(watch: Watch) -> Lying:
    watch.publish()
    watch.cosigned()
    return Lying(watch)


def lot(watch: Watch, name: str) -> bytes:
    watch.rig.world.make(name, 5)
    return watch.rig.statements()[0]


def test_the_liar_is_believed_while_it_does_not_lie(watch: Watch) -> None:
    prepared(watch).append([lot(watch, "R")])
    watch.cosigned()


def test_a_statement_that_the_judge_refuses(watch: Watch) -> None:
    liar = prepared(watch)
    world = watch.rig.world
    good = lot(watch, "R")
    forged = world.sign(world.hand_over("maker", "carrier", "lot:CN-MAKER/R"), "maker", signer=world.signers["cn"])
    size = watch.rig.ledger.size
    liar.append([good, forged])
    declined = watch.declined("audit-entry-refused")
    assert declined.objections[0].index == size + 1
    assert "key-not-enrolled" in declined.objections[0].found
    watch.declined("audit-entry-refused")
    liar.append([lot(watch, "S")])
    watch.declined("audit-entry-refused")
    watch.witness = watch.open()
    watch.declined("audit-entry-refused")


def test_an_entry_that_is_no_statement(watch: Watch) -> None:
    prepared(watch).append([b"\x00nonsense"])
    watch.declined("audit-entry-malformed")


def test_a_statement_twice(watch: Watch) -> None:
    liar = prepared(watch)
    raw = watch.rig.ledger.reader.entry(5)
    liar.fold.open(liar.fold.time)
    liar.fold.take_unjudged(raw, bytes(32))
    sealed = liar.fold.close()
    note = sign_checkpoint(Checkpoint(ORIGIN, sealed.size, sealed.root), LOG_SIGNER)
    watch.rig.store.append(sealed.batch(note))
    watch.rig.store.publish(Publication(sealed.size, note, (), ()))
    watch.declined("audit-statement-twice")


def test_heads_that_do_not_follow(watch: Watch) -> None:
    prepared(watch).append([lot(watch, "R")], heads_root=bytes(32))
    watch.declined("audit-heads-root")


def test_a_revocation_or_event_left_out_of_a_state(watch: Watch) -> None:
    """The entry stands in the tree, but the map does not know it: the lie that would hide it from a bundle."""
    liar = prepared(watch)
    liar.fold.open(watch.clock.time)
    raw = lot(watch, "R")
    liar.fold.take_unjudged(raw, read_entry(raw).statement.id)
    sealed = liar.fold.close()
    note = sign_checkpoint(Checkpoint(ORIGIN, sealed.size, sealed.root), LOG_SIGNER)
    watch.rig.store.append(sealed.batch(note))
    watch.rig.store.publish(Publication(sealed.size, note, (), ()))
    watch.declined("audit-heads-root")


# Time


def test_time_that_goes_back(watch: Watch) -> None:
    liar = prepared(watch)
    liar.append([lot(watch, "R")], time=liar.fold.time - 1)
    watch.declined("audit-time-back")


def test_a_batch_dated_ahead(watch: Watch) -> None:
    liar = prepared(watch)
    liar.append([lot(watch, "R")], time=watch.clock.time + SKEW_MS)
    watch.cosigned()
    liar.append([lot(watch, "S")], time=watch.clock.time + SKEW_MS + 1)
    watch.declined("witness-time-ahead")
    assert isinstance(watch.witness.look(watch.source, catching_up=True), Declined)
    watch.clock.time += 1
    watch.cosigned()


def test_a_batch_dated_back_while_it_watched(watch: Watch) -> None:
    liar = prepared(watch)
    then = watch.clock.time
    for _ in range(20):
        watch.clock.time += 60_000
        watch.cosigned()
    liar.append([lot(watch, "R")], time=watch.clock.time - SKEW_MS)
    watch.cosigned()
    liar.append([lot(watch, "S")], time=max(then, liar.fold.time))
    watch.clock.time += 1
    watch.cosigned()
    watch.clock.time += 20 * 60_000
    watch.cosigned()
    liar.append([lot(watch, "T")], time=liar.fold.time)
    declined = watch.declined("witness-time-behind")
    assert declined.objections[0].index == watch.rig.store.head().size - 1
    for _ in range(3):  # waiting does not make it true
        watch.clock.time += HOUR
        watch.declined("witness-time-behind")
    watch.cosigned(catching_up=True)
    watch.cosigned()


def test_the_witness_s_own_clock_goes_back(watch: Watch) -> None:
    watch.publish()
    watch.cosigned()
    watch.clock.time -= 2000
    watch.declined("witness-clock-back")
    watch.clock.time += 2000
    watch.cosigned()


# Memory


def test_a_cosignature_leaves_only_after_it_is_remembered(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    watch.publish()
    with monkeypatch.context() as patch:

        def fail(remembered: Remembered) -> None:
            raise StoreError("witness-memory", "made by a test")

        patch.setattr(watch.memory, "write", fail)
        with pytest.raises(StoreError):
            watch.witness.look(watch.source)
    watch.cosigned()


def test_a_wrong_signature_is_not_let_out() -> None:
    watch = Watch()

    class Failing:
        public = WITNESS.public

        def sign(self, message: bytes) -> bytes:
            return WITNESS.sign(message + b"\x00")

    watch.publish()
    witness = AuditingWitness(
        NAME,
        Failing(),
        Replica(MemoryStore(), ORIGIN),
        LivingMemory(),
        log_key=watch.rig.ledger.key,
        clock=watch.clock,
    )
    with pytest.raises(SigningError):
        witness.look(watch.source)


def test_memory_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "memory"
    memory = FileMemory(path)
    assert memory.read() is None
    kept = Remembered(ORIGIN, 7, bytes(range(32)), START // 1000, START)
    memory.write(kept)
    assert FileMemory(path).read() == kept
    data = path.read_bytes()
    bad = [data[:-1], data + b"\n", b"", data.replace(b"\n7\n", b"\n8\n"), data.replace(b"\n7\n", b"\n07\n")]
    bad += [data[:n] + bytes((data[n] ^ 1,)) + data[n + 1 :] for n in range(len(data))]
    bad += [data.replace(b"witness/v1", b"witness/v2"), b"\xff" * 40]
    for wrong in bad:
        path.write_bytes(wrong)
        with pytest.raises(StoreError) as caught:
            FileMemory(path).read()
        assert caught.value.code == "witness-memory"
    path.unlink()
    path.mkdir()
    with pytest.raises(StoreError):
        memory.read()
    with pytest.raises(StoreError):
        memory.write(kept)


def test_a_memory_of_another_log() -> None:
    watch = Watch()
    watch.publish()
    watch.memory.write(Remembered("other.example/x", 1, bytes(32), 1, 1))
    watch.declined("witness-origin")


def test_signature_lines_are_ordinary_note_lines() -> None:
    watch = Watch()
    watch.publish()
    (line,) = watch.cosigned().lines
    assert isinstance(line, NoteSignature)
    assert line.line().startswith(f"— {NAME} ")
    assert receipts(watch.rig.ledger.submit([])) == []
