"""The mirror: a whole copy that follows, waits for what passes, and stops for ever at what does not."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.changing import replace
from tests.unit.ledgers import LOG_MLDSA, LOG_SIGNER, Rig, receipts
from tests.unit.mirrors import NAME, URL, MirrorRig
from tests.unit.test_witness import Lying
from tests.unit.world import HOUR, ORIGIN, START

from lotchain.app.adopting import adopted_document
from lotchain.app.mirror_folder import MirrorFolder, change_mirror, create_mirror
from lotchain.app.mirror_following import follow
from lotchain.app.mirror_rounds import IN_STEP
from lotchain.app.mirror_stops import Stops
from lotchain.app.wiring import open_ledger, open_reader
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.notes import ED25519_COSIGNATURE, VerifierKey, parse_note
from lotchain.core.tree import leaf_hash, root_of
from lotchain.errors import LotchainError, StoreError, UsageError
from lotchain.events.reading import read_entry
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.checkpointing import sign_checkpoint
from lotchain.ledger.ports import Publication
from lotchain.signing import SoftwareSigner
from lotchain.signing.keyfile import write_key_file
from lotchain.signing.notes import cosign_ed25519
from lotchain.storage.sqlite import SqliteStore
from lotchain.verify.evidence_check import check_evidence
from lotchain.witness.auditing import SKEW_MS

MINUTE = 60_000


@pytest.fixture
def rig(tmp_path: Path) -> MirrorRig:
    made = MirrorRig(tmp_path)
    made.publish()
    return made


# In step


def test_a_mirror_is_a_whole_copy(rig: MirrorRig) -> None:
    rig.in_step()
    rig.require_whole_copy()
    for n in range(3):
        lot = rig.rig.world.make(f"M-{n}", 5)
        rig.rig.world.move("maker", "carrier", lot)
        rig.publish()
        rig.in_step()
    rig.require_whole_copy()
    with rig.open() as mirror:
        copy = mirror._store
        size = rig.rig.ledger.size
        assert list(copy.entries(0, size)) == list(rig.rig.store.entries(0, size))
        assert list(copy.subjects()) == list(rig.rig.store.subjects())


def test_bundles_are_made_from_it_and_bear_its_word(rig: MirrorRig) -> None:
    lot = rig.rig.world.make("B-1", 5)
    rig.publish()
    rig.in_step()
    reader = open_reader(rig.path)
    made, original = make_bundle(reader, lot), make_bundle(rig.rig.ledger.reader, lot)
    reader.close()
    names = [line.name for line in parse_note((rig.path / "checkpoint").read_bytes()).signatures]
    assert names == [ORIGIN, NAME]
    assert len(made) > len(original) and made[-3_000:-2_000] == original[-3_000:-2_000]


def test_an_idle_log_is_cosigned_anew_now_and_then(rig: MirrorRig) -> None:
    with rig.open() as mirror:
        first = mirror.round()
        rig.clock.time += 5_000
        again = mirror.round()
        assert again.state == IN_STEP and again.cosigned == first.cosigned
        asked = len(rig.server.asked)
        rig.clock.time += 5_001
        later = mirror.round()
        assert later.cosigned is not None and first.cosigned is not None
        assert later.cosigned.time_s > first.cosigned.time_s
        assert rig.server.asked[asked:] == ["checkpoint"], "what is there is not read again"
        assert mirror.round(anew=True).cosigned != later.cosigned or rig.clock.time % 1000


def test_entries_are_fetched_once(rig: MirrorRig) -> None:
    rig.grow(300, size=50)
    rig.in_step()
    bundles = [path for path in rig.server.asked if path.startswith("tile/entries/")]
    assert len(bundles) == len(set(bundles))


def test_the_words_of_others_are_kept_and_its_own_beside_them(rig: MirrorRig) -> None:
    rig.in_step()
    other = SoftwareSigner.from_seed(b"o" * 32)
    checkpoint, _ = rig.rig.ledger.reader.published()
    line = cosign_ed25519(checkpoint.text(), "cn.witness", other, START // 1000)
    rig.rig.ledger.add_cosignature(line, VerifierKey("cn.witness", ED25519_COSIGNATURE, other.public.raw))
    with rig.open() as mirror:
        mirror.round()
        assert {line.name for line in parse_note(mirror.latest_note() or b"").signatures} == {
            ORIGIN, "cn.witness", NAME,
        }  # fmt: skip


def test_lag_is_told(rig: MirrorRig) -> None:
    rig.in_step()
    size = rig.rig.ledger.size
    rig.grow(4)
    rig.clock.time += 90_000
    rig.server.change = lambda path, data: None if path.startswith("tile/entries/") else data
    done = rig.waiting("source-missing")
    assert (done.size, done.published, done.behind) == (size, rig.rig.ledger.size, rig.rig.ledger.size - size)
    assert done.lag_s == 90
    rig.server.down = True
    assert rig.waiting("source-unreachable").published is None


def test_rotated_keys_are_told_by_a_newer_policy(rig: MirrorRig) -> None:
    rig.in_step()
    second = Rig(mldsa=LOG_MLDSA).ledger.mldsa_key
    assert second is not None
    change_mirror(rig.path, policy=replace(rig.policy, log_keys=(*rig.policy.log_keys, second)))
    assert MirrorFolder(rig.path).read()[1].mldsa_key == second
    other = replace(rig.policy, charter=bytes(32))
    with pytest.raises(UsageError, match="mirror-other-log"):
        change_mirror(rig.path, policy=other)


# Going on


@pytest.mark.parametrize("cut", [1, 5, 17, 40, 41, 42, 43, 44])
def test_a_source_that_breaks_off_loses_nothing(tmp_path: Path, cut: int) -> None:
    rig = MirrorRig(tmp_path)
    rig.grow(30, size=5)
    with rig.open() as mirror:
        mirror._watched._inner = _With(mirror._source, _broken(mirror._source.entries, cut))
        done = mirror.round()
        assert done.state == "waiting" and done.cosigned is None
        ends = [row.end + 1 for row in rig.rig.store.batches()]
        assert done.size == max((end for end in ends if end <= cut), default=0)
    rig.in_step()
    rig.require_whole_copy()


def _broken(entries: Callable[[int, int], Any], after: int) -> Callable[[int, int], Any]:
    """Entries that break off after so many."""

    def read(start: int, stop: int) -> Any:
        for count, raw in enumerate(entries(start, stop)):
            if count == after:
                raise StoreError("source-unreachable", "made by a test")
            yield raw

    return read


class _With:
    """A source with another way to read entries."""

    def __init__(self, inner: Any, entries: Callable[[int, int], Any]) -> None:
        self._inner = inner
        self.entries = entries

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def test_groups_are_written_and_the_map_goes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small groups, and a map that is flushed on the way, lead to the same copy."""
    rig = MirrorRig(tmp_path)
    rig.grow(40, size=3)
    monkeypatch.setattr("lotchain.ledger.replica.UNSETTLED", 10)
    with rig.open() as mirror:
        mirror._replica._group = 7
        assert mirror.round().state == IN_STEP
    rig.require_whole_copy()


def test_while_a_copy_catches_up_it_shows_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = MirrorRig(tmp_path)
    rig.grow(20, size=3)
    monkeypatch.setattr("lotchain.ledger.replica.UNSETTLED", 1)
    with rig.open() as mirror:
        mirror._replica._group = 5
        mirror._watched._inner = _With(mirror._source, _broken(mirror._source.entries, 40))
        assert mirror.round().state == "waiting"
        assert mirror.latest_note() is None
        with pytest.raises(UsageError, match="nothing-published"):
            open_reader(rig.path).published()


def test_the_copy_goes_on_after_a_failed_write(rig: MirrorRig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.grow(5)
    with rig.open() as mirror:
        real, left = mirror._store.append, [3]

        def append(batch: Any) -> None:
            left[0] -= 1
            if left[0] == 0:
                raise StoreError("store-full", "made by a test")
            real(batch)

        monkeypatch.setattr(mirror._store, "append", append)
        with pytest.raises(StoreError, match="store-full"):
            mirror.round()
        assert mirror.round().state == IN_STEP
    rig.require_whole_copy()


def test_a_round_that_is_told_to_end_keeps_what_it_has_judged(tmp_path: Path) -> None:
    rig = MirrorRig(tmp_path)
    rig.grow(900, size=100)
    with rig.open() as mirror:
        ended, inner = threading.Event(), mirror._source.entries

        def entries(start: int, stop: int) -> Any:
            for count, raw in enumerate(inner(start, stop)):
                if count == 300:
                    ended.set()
                yield raw

        mirror._watched._inner = _With(mirror._source, entries)
        mirror.interrupted_by(ended)
        done = mirror.round()
        assert done.state == "waiting" and done.objections[0].code == "source-interrupted"
        assert 300 < done.size <= 512
        said: list[Any] = []
        assert follow(mirror, said.append, ended) is None and said == []
    rig.in_step()
    rig.require_whole_copy()


def test_following_goes_on_over_faults_and_ends_when_told(rig: MirrorRig, monkeypatch: pytest.MonkeyPatch) -> None:
    with rig.open() as mirror:
        ended, said = threading.Event(), []
        rig.server.down = True
        real = mirror._replica.settle

        def settle(size: int, note: bytes) -> None:
            monkeypatch.setattr(mirror._replica, "settle", real)
            raise StoreError("store-full", "made by a test")

        monkeypatch.setattr(mirror._replica, "settle", settle)

        def told(done: Any) -> None:
            said.append((done.state, [o.code for o in done.objections]))
            rig.server.down = False
            if done.state == IN_STEP:
                ended.set()

        last = follow(mirror, told, ended, every_s=0.01)
        assert last is not None and last.state == IN_STEP
        assert said == [("waiting", ["source-unreachable"]), ("waiting", ["store-full"]), (IN_STEP, [])]
        monkeypatch.setattr(mirror._store, "published", lambda: (_ for _ in ()).throw(StoreError("store-corrupt", "x")))
        with pytest.raises(StoreError, match="store-corrupt"):
            follow(mirror, told, threading.Event(), every_s=0.01)


def test_following_ends_with_a_stop(rig: MirrorRig) -> None:
    lying = liar(rig)
    lying.append([lot(rig, "R")], heads_root=bytes(32))
    with rig.open() as mirror:
        done = follow(mirror, lambda done: None, threading.Event(), every_s=0.01)
        assert done is not None and done.state == "stopped"


def test_one_process_a_folder(rig: MirrorRig) -> None:
    with rig.open(), pytest.raises(StoreError, match="store-busy"), rig.open():
        pass
    rig.in_step()


# What is waited for


def test_nothing_published(tmp_path: Path) -> None:
    rig = MirrorRig(tmp_path)
    rig.waiting("witness-nothing-published")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (b"", "note-format"),
        (b"nonsense", "note-format"),
        (
            sign_checkpoint(Checkpoint(ORIGIN, 5, bytes(32)), SoftwareSigner.from_seed(b"x" * 32)),
            "checkpoint-signature",
        ),
        (sign_checkpoint(Checkpoint("other.example/x", 5, bytes(32)), LOG_SIGNER), "checkpoint-origin"),
    ],
)
def test_a_note_that_the_log_did_not_sign_is_nobodys_fault(rig: MirrorRig, wrong: bytes, code: str) -> None:
    rig.server.change = lambda path, data: wrong if path == "checkpoint" else data
    rig.waiting(code if wrong else "note-format")
    rig.server.change = lambda path, data: data
    rig.in_step()


def test_an_old_checkpoint_again_is_waited_for(rig: MirrorRig) -> None:
    """A cache, or a backup that was brought back: no fault yet, since the log did sign it once."""
    old = rig.publish()
    rig.grow()
    rig.in_step()
    rig.server.change = lambda path, data: old if path == "checkpoint" else data
    rig.waiting("witness-rolled-back")
    rig.server.change = lambda path, data: data
    rig.in_step()


@pytest.mark.parametrize("path", ["tile/0/", "tile/entries/"])
@pytest.mark.parametrize("place", [0, 1, -1])
def test_a_server_that_lies_in_a_tile(rig: MirrorRig, path: str, place: int) -> None:
    rig.in_step()
    rig.grow(5)

    def lie(asked: str, data: bytes | None) -> bytes | None:
        if not asked.startswith(path) or data is None:
            return data
        changed = bytearray(data)
        changed[place] ^= 1
        return bytes(changed)

    rig.server.change = lie
    before = rig.memory()
    done = rig.waiting("source-tree")
    assert done.taken == 0 and rig.memory() == before
    rig.server.change = lambda asked, data: data
    rig.in_step()


@pytest.mark.parametrize("path", ["tile/0/", "tile/entries/"])
def test_a_server_with_gaps(rig: MirrorRig, path: str) -> None:
    rig.grow(3)
    rig.server.change = lambda asked, data: None if asked.startswith(path) else data
    rig.waiting("source-missing")
    rig.server.change = lambda asked, data: data[:-1] if data and asked.startswith(path) else data
    rig.waiting("source-tree")
    rig.server.change = lambda asked, data: data
    rig.in_step()


def test_a_log_with_another_charter_is_not_taken(tmp_path: Path) -> None:
    rig = MirrorRig(tmp_path)
    rig.publish()
    other = tmp_path / "other"
    create_mirror(other, URL, NAME, [rig.rig.ledger.key], charter=bytes(32))
    rig.path, rig.folder = other, MirrorFolder(other)
    assert rig.waiting("source-charter").taken == 0


def test_a_judge_that_is_not_known_here_is_waited_for(rig: MirrorRig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.in_step()
    monkeypatch.setattr("lotchain.ledger.fold.JUDGE_VERSION", "lotchain-judge/2")
    liar = Lying.__new__(Lying)
    liar.watch, liar.store, liar.fold = rig, rig.rig.store, rig.rig.ledger._fold  # type: ignore[assignment]
    rig.rig.world.make("J", 5)
    liar.append(rig.rig.statements())
    monkeypatch.undo()
    rig.waiting("audit-closing-judge")


def test_its_own_clock_goes_back(rig: MirrorRig) -> None:
    rig.in_step()
    rig.clock.time -= 2_000
    rig.waiting("witness-clock-back")


# What stops it


def test_another_tree_of_the_same_size(rig: MirrorRig) -> None:
    done = rig.in_step()
    lie = sign_checkpoint(Checkpoint(ORIGIN, done.size, bytes(32)), LOG_SIGNER)
    rig.server.change = lambda path, data: lie if path == "checkpoint" else data
    stopped = rig.stopped("witness-split-view")
    examined = check_evidence(rig.evidence(stopped), rig.policy)
    assert (examined.kind, examined.word) == ("split-view", "PROVED")
    assert (rig.path / (stopped.evidence or "") / "checkpoint").read_bytes() == lie


def test_a_smaller_checkpoint_of_another_tree(rig: MirrorRig) -> None:
    done = rig.in_step()
    lie = sign_checkpoint(Checkpoint(ORIGIN, done.size - 3, bytes(32)), LOG_SIGNER)
    rig.server.change = lambda path, data: lie if path == "checkpoint" else data
    stopped = rig.stopped("witness-split-view")
    examined = check_evidence(rig.evidence(stopped), rig.policy)
    assert (examined.kind, examined.word) == ("fork", "PROVED")


def forked(rig: MirrorRig, lots: int = 3) -> Rig:
    """Another ledger under the same key, which shares the founding and then goes its own way."""
    fork = Rig()
    fork.clock.time = rig.rig.clock.time
    fork.feed()
    for n in range(lots):
        fork.world.make(f"F-{n}", 5)
        fork.feed(1)
    fork.ledger.publish()
    return fork


def test_a_longer_fork(rig: MirrorRig) -> None:
    rig.grow()
    rig.in_step()
    rig.serve(forked(rig))
    stopped = rig.stopped("witness-inconsistent")
    examined = check_evidence(rig.evidence(stopped), rig.policy)
    assert (examined.kind, examined.word) == ("fork", "PROVED")
    rig.serve(rig.rig)
    assert rig.round().state == "stopped", "the log may show what it likes: a person decides"
    assert Stops(rig.folder).forget() is not None
    rig.in_step()
    assert (rig.path / (stopped.evidence or "") / "stopped.json").exists()


def test_a_fork_met_while_catching_up(tmp_path: Path) -> None:
    """What was taken under a checkpoint that was never cosigned still contradicts another."""
    rig = MirrorRig(tmp_path)
    rig.grow(4, size=1)
    first = rig.rig.ledger.publish()
    with rig.open() as mirror:
        size = rig.rig.ledger.size
        mirror._watched._inner = _With(mirror._source, _broken(mirror._source.entries, size - 2))
        assert mirror.round().state == "waiting"
    assert (rig.path / "following").read_bytes() == first
    fork = forked(rig, lots=4)
    assert fork.ledger.size == rig.rig.ledger.size
    rig.serve(fork)
    stopped = rig.stopped("witness-inconsistent")
    examined = check_evidence(rig.evidence(stopped), rig.policy)
    assert (examined.kind, examined.word) == ("split-view", "PROVED")


def liar(rig: MirrorRig) -> Lying:
    rig.in_step()
    return Lying(rig)  # type: ignore[arg-type]


def lot(rig: MirrorRig, name: str) -> bytes:
    rig.rig.world.make(name, 5)
    return rig.rig.statements()[0]


def _refused(rig: MirrorRig) -> str:
    lying, world = liar(rig), rig.rig.world
    good = lot(rig, "R")
    forged = world.sign(world.hand_over("maker", "carrier", "lot:CN-MAKER/R"), "maker", signer=world.signers["cn"])
    lying.append([good, forged])
    return "audit-entry-refused"


def _malformed(rig: MirrorRig) -> str:
    liar(rig).append([b"\x00nonsense"])
    return "audit-entry-malformed"


def _heads(rig: MirrorRig) -> str:
    liar(rig).append([lot(rig, "R")], heads_root=bytes(32))
    return "audit-heads-root"


def _state(rig: MirrorRig) -> str:
    """A statement that stands in the log and in nobody's state: what would hide it from a bundle."""
    lying = liar(rig)
    raw = lot(rig, "R")
    lying.fold.open(rig.clock.time)
    lying.fold.take_unjudged(raw, read_entry(raw).statement.id)
    sealed = lying.fold.close()
    note = sign_checkpoint(Checkpoint(ORIGIN, sealed.size, sealed.root), LOG_SIGNER)
    rig.rig.store.append(sealed.batch(note))
    rig.rig.store.publish(Publication(sealed.size, note, (), ()))
    return "audit-heads-root"


def _twice(rig: MirrorRig) -> str:
    lying = liar(rig)
    lying.fold.open(lying.fold.time)
    lying.fold.take_unjudged(rig.rig.ledger.reader.entry(5), bytes(32))
    sealed = lying.fold.close()
    note = sign_checkpoint(Checkpoint(ORIGIN, sealed.size, sealed.root), LOG_SIGNER)
    rig.rig.store.append(sealed.batch(note))
    rig.rig.store.publish(Publication(sealed.size, note, (), ()))
    return "audit-statement-twice"


def _back(rig: MirrorRig) -> str:
    lying = liar(rig)
    lying.append([lot(rig, "R")], time=lying.fold.time - 1)
    return "audit-time-back"


def _midst(rig: MirrorRig) -> str:
    hashes = [leaf_hash(raw) for raw in rig.rig.store.entries(0, 3)]
    lie = sign_checkpoint(Checkpoint(ORIGIN, 3, root_of(hashes)), LOG_SIGNER)
    rig.server.change = lambda path, data: lie if path == "checkpoint" else data
    return "audit-not-closed"


@pytest.mark.parametrize("wrong", [_refused, _malformed, _heads, _state, _twice, _back, _midst])
def test_a_log_that_the_judge_does_not_accept(rig: MirrorRig, wrong: Callable[[MirrorRig], str]) -> None:
    code = wrong(rig)
    stopped = rig.stopped(code)
    examined = check_evidence(rig.evidence(stopped), rig.policy)
    assert examined.word == "PROVED"
    facts = json.loads((rig.path / (stopped.evidence or "") / "facts.json").read_text())
    assert facts["not_kept"] == [] and facts["objections"][0]["code"] == code


def test_a_batch_dated_ahead(rig: MirrorRig) -> None:
    lying = liar(rig)
    lying.append([lot(rig, "R")], time=rig.clock.time + SKEW_MS)
    rig.in_step()
    lying.append([lot(rig, "S")], time=rig.clock.time + SKEW_MS + 1)
    stopped = rig.stopped("witness-time-ahead")
    assert stopped.stop is not None and not stopped.stop.evidence, "nobody else can be shown what time it was"
    rig.clock.time += HOUR
    assert rig.round().state == "stopped", "waiting does not make it true"
    Stops(rig.folder).forget()
    rig.in_step()


def test_a_batch_dated_back_while_it_watched(rig: MirrorRig) -> None:
    lying = liar(rig)
    for _ in range(4):
        rig.clock.time += 5 * MINUTE
        rig.in_step()
    lying.append([lot(rig, "R")], time=rig.clock.time - SKEW_MS)
    rig.in_step()
    rig.clock.time += 20 * MINUTE
    rig.in_step()
    lying.append([lot(rig, "T")], time=lying.fold.time)
    rig.stopped("witness-time-behind")
    Stops(rig.folder).forget()
    rig.stopped("witness-time-behind")
    Stops(rig.folder).forget()
    rig.in_step(catching_up=True)
    rig.in_step()


def test_a_mirror_that_was_away_catches_up_by_itself(rig: MirrorRig) -> None:
    rig.in_step()
    for _ in range(5):
        rig.rig.world.advance(10 * HOUR)
        rig.grow()
    rig.in_step()


def test_a_stop_that_cannot_be_read_stands(rig: MirrorRig) -> None:
    rig.in_step()
    for text in ("", "{}", "nonsense", '{"objections": [1]}', '{"time": "x", "objections": []}'):
        rig.folder.stopped.write_text(text)
        done = rig.round()
        assert done.state == "stopped" and done.objections[0].code == "mirror-stop-unreadable"
    rig.folder.stopped.unlink()
    rig.folder.stopped.mkdir()
    with pytest.raises(StoreError, match="store-io"):
        rig.round()
    rig.folder.stopped.rmdir()
    rig.in_step()


def test_a_copy_that_was_made_anew_remembers_by_its_memory(rig: MirrorRig) -> None:
    rig.grow()
    rig.in_step()
    for file in rig.path.glob("ledger.db*"):
        file.unlink()
    SqliteStore.create(rig.folder.ledger.store).close()
    rig.serve(forked(rig, lots=9))
    rig.stopped("witness-split-view")


# Documents


def adopted(rig: MirrorRig) -> str:
    document = adopted_document("UN")
    rig.rig.world.adopt("UN", "mx")
    rig.clock.time = rig.rig.clock.time = rig.rig.world.time
    receipts(rig.rig.ledger.submit(rig.rig.statements(), {sha256(document).digest(): document}))
    rig.rig.ledger.publish()
    return sha256(document).hexdigest()


def test_adopted_documents_come_along(rig: MirrorRig) -> None:
    digest = adopted(rig)
    assert rig.in_step().missing == ()
    rig.require_whole_copy()
    reader = open_reader(rig.path)
    assert reader.opening(bytes.fromhex(digest)) == adopted_document("UN")
    reader.close()


@pytest.mark.parametrize("given", [None, b"{}", adopted_document("MX")])
def test_a_document_that_is_not_given_is_told_and_asked_for_again(rig: MirrorRig, given: bytes | None) -> None:
    digest = adopted(rig)
    rig.server.change = lambda path, data: given if path.startswith("document/") else data
    with rig.open() as mirror:
        assert mirror.round().missing == (digest,)
        rig.server.change = lambda path, data: data
        rig.clock.time += 30_000
        assert mirror.round().missing == (digest,)
        rig.clock.time += 30_001
        assert mirror.round().missing == ()


# Its folder


def test_taking_the_log_over(rig: MirrorRig) -> None:
    """The ledger's machine is lost: with the log's key the copy is the ledger."""
    rig.grow(3)
    rig.in_step()
    write_key_file(rig.path / "keys" / "log.key", LOG_SIGNER, passphrase=None)
    ledger = open_ledger(rig.path, clock=rig.clock)
    assert ledger.size == rig.rig.ledger.size
    rig.rig.world.make("AFTER", 5)
    receipts(ledger.submit(rig.rig.statements()))
    ledger.publish()
    ledger.close()
    rig.require_whole_copy()
    with pytest.raises(UsageError, match="mirror-is-ledger"):
        rig.round()


def test_the_mark_keeps_an_older_copy_from_signing(rig: MirrorRig) -> None:
    rig.in_step()
    old = {file.name: file.read_bytes() for file in rig.path.glob("ledger.db*")}
    rig.grow(3)
    rig.in_step()
    for name, data in old.items():
        (rig.path / name).write_bytes(data)
    write_key_file(rig.path / "keys" / "log.key", LOG_SIGNER, passphrase=None)
    with pytest.raises(StoreError, match="store-rolled-back"):
        open_ledger(rig.path, clock=rig.clock)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("lotchain-mirror/1", "lotchain-mirror/2"),
        lambda text: text + 'more = "x"\n',
        lambda text: text.replace("key = ", "kex = ", 1),
        lambda text: text.replace(URL, "ftp://x/"),
        lambda text: text.replace('charter = "', 'charter = "00'),
        lambda text: "not toml [",
        lambda text: text + "allow_http = 1\n",
        lambda text: "",
    ],
)
def test_a_configuration_that_cannot_be_used(rig: MirrorRig, change: Callable[[str], str]) -> None:
    text = rig.folder.config.read_text()
    rig.folder.config.write_text(change(text))
    with pytest.raises(LotchainError) as caught:
        rig.round()
    assert caught.value.code in ("config-format", "base-url", "hash-format")
    rig.folder.config.write_text(text)
    rig.in_step()


def test_a_mirror_is_made_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = MirrorRig(tmp_path)
    with pytest.raises(UsageError, match="ledger-exists"):
        create_mirror(rig.path, URL, NAME, [rig.rig.ledger.key])
    for name in ("write_whole", "write_key_file"):
        with monkeypatch.context() as patch:

            def fail(*given: Any, **more: Any) -> None:
                raise StoreError("store-full", "made by a test")

            patch.setattr(f"lotchain.app.mirror_folder.{name}", fail)
            with pytest.raises(StoreError):
                create_mirror(tmp_path / "second", URL, NAME, [rig.rig.ledger.key])
    assert not list(tmp_path.glob("second-new-*"))
    create_mirror(tmp_path / "second", URL, NAME, [rig.rig.ledger.key])


def test_keys_that_are_not_its_own(rig: MirrorRig) -> None:
    (rig.path / "keys" / "witness.key").unlink()
    write_key_file(rig.path / "keys" / "witness.key", SoftwareSigner.from_seed(b"z" * 32), passphrase=None)
    with pytest.raises(LotchainError, match="witness-key-differs"):
        rig.round()


def test_the_closing_record_is_what_is_dated(rig: MirrorRig) -> None:
    """What lag and time mean is said of batches: a round that takes several is judged batch by batch."""
    lying = liar(rig)
    lying.append([lot(rig, "R")])
    good = rig.rig.store.head().size
    lying.append([lot(rig, "S")], time=rig.clock.time + 10 * SKEW_MS)
    stopped = rig.stopped("witness-time-ahead")
    assert stopped.size == good, "the batch before it was taken"
    assert stopped.objections[0].index == rig.rig.store.head().size - 1
