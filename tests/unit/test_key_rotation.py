"""A log and its witnesses change keys in one tree: what was proved stays proved, what was stolen proves nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.changing import replace
from tests.unit.ledgers import LOG_MLDSA, LOG_SIGNER, Rig, SetClock
from tests.unit.world import ORIGIN, World
from tests.vectors_build.bundle_bench import AUDITORS, PLAIN, WITNESSES, Bench, codes

from lotchain.app import rotating
from lotchain.app.auditing import audit_ledger
from lotchain.app.folder import Folder
from lotchain.app.wiring import create_ledger, open_ledger, open_reader
from lotchain.core.checkpoints import Checkpoint, open_checkpoint, open_checkpoint_by
from lotchain.core.notes import ED25519_COSIGNATURE, ED25519_NOTE, VerifierKey, parse_note
from lotchain.errors import LotchainError, Malformed, SigningError, UsageError
from lotchain.events.endorsement import Endorsement
from lotchain.events.ledger_key_rotation import LedgerKeyRotation
from lotchain.ledger.audit import audit
from lotchain.ledger.checkpointing import LogSigners, add_line, log_key, sign_checkpoint
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Receipt
from lotchain.ledger.replica import Replica, StoreSource
from lotchain.signing import MLDSA44Signer, SoftwareSigner
from lotchain.signing.notes import cosign_ed25519
from lotchain.storage.memory import MemoryStore
from lotchain.witness.auditing import AuditingWitness, Cosigned, Declined
from lotchain.witness.remembering import LivingMemory

OLD, NEW = LOG_SIGNER, SoftwareSigner.from_seed(b"the log's next key".ljust(32, b"."))
OLD_KEY, NEW_KEY = log_key(ORIGIN, OLD), log_key(ORIGIN, NEW)
NOBODY = LogSigners(())
NEW_MLDSA = MLDSA44Signer.from_seed(b"the log's next second key".ljust(32, b"."))


def agree(world: World, *keys: VerifierKey) -> None:
    """The founding authorities list these keys."""
    texts = tuple(key.encode() for key in keys)
    waits = world.accept(LedgerKeyRotation(keys=texts, reason="planned", occurred_at=world.now()), "cn")
    world.accept(Endorsement(subject="charter", endorses=waits, occurred_at=world.now()), "mx")


def opened(rig: Rig, signer: SoftwareSigner, *, retiring: LogSigners = NOBODY, mldsa: MLDSA44Signer | None = None) -> Ledger:  # fmt: skip
    """The rig's ledger, as a process with other keys opens it."""
    rig.ledger = Ledger.open(
        rig.store, rig.mark, origin=ORIGIN, signer=signer, clock=rig.clock, mldsa=mldsa, retiring=retiring,
        announce=rig.announced.append,
    )  # fmt: skip
    return rig.ledger


def lines_of(note: bytes) -> list[bytes]:
    return [line.key_id for line in parse_note(note).signatures]


# What is signed


def test_while_it_changes_both_keys_sign_every_checkpoint() -> None:
    rig = Rig().grown(1)
    size = rig.ledger.size
    ledger = opened(rig, NEW, retiring=LogSigners((OLD,)))
    assert ledger.size == size, "the same tree goes on"
    rig.world.make("N", 5)
    (receipt, *_) = rig.feed()
    assert lines_of(receipt.note) == [NEW_KEY.key_id, OLD_KEY.key_id]
    for key in (OLD_KEY, NEW_KEY):
        checkpoint, _ = open_checkpoint(receipt.note, key)
        assert checkpoint.size > size
        open_checkpoint(ledger.publish(), key)


def test_publishing_again_adds_the_new_key_to_what_stands() -> None:
    rig = Rig().grown(1)
    before = rig.ledger.publish()
    ledger = opened(rig, NEW, retiring=LogSigners((OLD,)))
    after = ledger.publish()
    assert lines_of(before) == [OLD_KEY.key_id] and lines_of(after) == [NEW_KEY.key_id, OLD_KEY.key_id]
    assert rig.announced[-1] == after == rig.store.published()[1]
    assert ledger.publish() == after and rig.announced.count(after) == 1


def test_cosignatures_stay_when_the_new_key_is_added() -> None:
    rig = Rig().grown(1)
    rig.ledger.publish()
    signer, key = WITNESSES[PLAIN]
    checkpoint, _ = rig.ledger.reader.published()
    rig.ledger.add_cosignature(cosign_ed25519(checkpoint.text(), PLAIN, signer, rig.clock.time // 1000), key)
    note = opened(rig, NEW, retiring=LogSigners((OLD,))).publish()
    assert lines_of(note) == [NEW_KEY.key_id, OLD_KEY.key_id, key.key_id]


def test_after_retirement_only_the_new_key_signs() -> None:
    rig = Rig().grown(1)
    opened(rig, NEW, retiring=LogSigners((OLD,))).publish()
    ledger = opened(rig, NEW, retiring=LogSigners((), (), (OLD_KEY,)))
    rig.world.make("N", 5)
    (receipt, *_) = rig.feed()
    assert lines_of(receipt.note) == [NEW_KEY.key_id]
    note = ledger.publish()
    assert lines_of(note) == [NEW_KEY.key_id]
    with pytest.raises(Malformed, match="checkpoint-signature"):
        open_checkpoint(note, OLD_KEY)


def test_second_keys_change_with_them() -> None:
    rig = Rig(mldsa=LOG_MLDSA).grown(1)
    rig.ledger.publish()
    old, old_second = rig.ledger.key, rig.ledger.mldsa_key
    ledger = opened(rig, NEW, mldsa=NEW_MLDSA, retiring=LogSigners((OLD,), (LOG_MLDSA,)))
    rig.world.make("N", 5)
    rig.feed()
    note = ledger.publish()
    open_checkpoint(note, old, mldsa_key=old_second)
    open_checkpoint(note, ledger.key, mldsa_key=ledger.mldsa_key)
    open_checkpoint_by(note, (old, ledger.key, old_second, ledger.mldsa_key))
    assert len(lines_of(note)) == 4


def test_a_first_receipt_is_given_again_under_the_present_key() -> None:
    rig = Rig()
    first = rig.feed()[0]
    raw = next(iter(rig.store.entries(0, 1)))
    again = opened(rig, NEW, retiring=LogSigners((), (), (OLD_KEY,))).submit([raw])[0]
    assert isinstance(again, Receipt) and again.again
    assert (again.index, again.size, again.statement_id) == (first.index, first.size, first.statement_id)
    assert parse_note(again.note).text == parse_note(first.note).text
    assert lines_of(again.note) == [NEW_KEY.key_id]


@pytest.mark.parametrize("former", [(), (VerifierKey(ORIGIN, ED25519_NOTE, WITNESSES[PLAIN][1].public),)])
def test_a_stranger_s_key_does_not_open_the_ledger(former: Sequence[VerifierKey]) -> None:
    rig = Rig().grown(1)
    with pytest.raises(UsageError, match="log-key"):
        opened(rig, NEW, retiring=LogSigners((), (), tuple(former)))


# The list on the ledger


def test_without_a_list_nothing_is_asked() -> None:
    rig = Rig().grown(1)
    opened(rig, NEW, retiring=LogSigners((OLD,))).publish()


def test_an_unlisted_key_publishes_nothing_and_holds_up_no_append() -> None:
    rig = Rig().grown(1)
    agree(rig.world, NEW_KEY)
    rig.feed()
    standing = rig.store.published()
    with pytest.raises(SigningError, match="log-key-not-listed"):
        rig.ledger.publish()
    with pytest.raises(SigningError, match="log-key-not-listed"):
        rig.ledger.candidate()
    assert rig.store.published() == standing
    rig.world.make("N", 5)
    rig.feed()
    note = opened(rig, NEW, retiring=LogSigners((), (), (OLD_KEY,))).publish()
    assert lines_of(note) == [NEW_KEY.key_id, OLD_KEY.key_id], "the newest batch was closed under the old key"


def test_a_list_that_still_waits_changes_nothing() -> None:
    rig = Rig().grown(1)
    event = LedgerKeyRotation(keys=(NEW_KEY.encode(),), reason="planned", occurred_at=rig.world.now())
    rig.world.accept(event, "cn")
    rig.feed()
    assert lines_of(rig.ledger.publish()) == [OLD_KEY.key_id]


def test_an_audit_names_a_checkpoint_by_an_unlisted_key() -> None:
    rig = Rig().grown(1)
    agree(rig.world, OLD_KEY, NEW_KEY)
    rig.feed()
    opened(rig, NEW, retiring=LogSigners((OLD,))).publish()
    assert audit(rig.store, MemoryStore(), key=NEW_KEY, former=(OLD_KEY,)).sound
    assert audit(rig.store, MemoryStore(), key=OLD_KEY).sound
    agree(rig.world, NEW_KEY)
    rig.feed()
    opened(rig, NEW).publish()
    assert audit(rig.store, MemoryStore(), key=NEW_KEY).sound
    size = rig.ledger.size
    forged = sign_checkpoint(Checkpoint(ORIGIN, size, rig.ledger.reader.root(size)), OLD)
    rig.store.publish(replace_note(size, forged), note_only=True)
    counts = audit(rig.store, MemoryStore(), key=NEW_KEY, former=(OLD_KEY,)).counts
    assert counts == {"audit-log-key": 1}
    assert "audit-published" in audit(rig.store, MemoryStore(), key=NEW_KEY).counts


def replace_note(size: int, note: bytes) -> object:
    from lotchain.ledger.ports import Publication

    return Publication(size, note, (), ())


def test_an_auditor_declines_a_checkpoint_by_an_unlisted_key() -> None:
    """The operator signs with a key that the auditor still knows, but that the authorities took off the list."""
    rig = Rig().grown(1)
    watch = AuditingWitness(
        "auditor.example",
        WITNESSES[AUDITORS[0]][0],
        Replica(MemoryStore(), ORIGIN),
        LivingMemory(),
        log_key=OLD_KEY,
        more_log_keys=(NEW_KEY,),
        clock=rig.clock,
    )
    rig.ledger.publish()
    assert isinstance(watch.look(StoreSource(rig.store)), Cosigned)
    agree(rig.world, OLD_KEY, NEW_KEY)
    rig.feed()
    opened(rig, NEW, retiring=LogSigners((OLD,))).publish()
    assert isinstance(watch.look(StoreSource(rig.store)), Cosigned)
    agree(rig.world, NEW_KEY)
    rig.feed()
    size = rig.ledger.size
    rig.ledger.publish()
    by_both = rig.store.published()
    assert by_both is not None
    forged = sign_checkpoint(Checkpoint(ORIGIN, size, rig.ledger.reader.root(size)), OLD)
    rig.store.publish(replace_note(size, forged), note_only=True)
    declined = watch.look(StoreSource(rig.store))
    assert isinstance(declined, Declined) and declined.codes == ("witness-log-key",)
    assert declined.note == forged
    rig.store.publish(replace_note(size, by_both[1]), note_only=True)
    assert isinstance(watch.look(StoreSource(rig.store)), Cosigned)


def test_an_auditor_that_does_not_know_the_new_key_declines() -> None:
    rig = Rig().grown(1)
    old_only = AuditingWitness(
        "auditor.example", WITNESSES[AUDITORS[0]][0], Replica(MemoryStore(), ORIGIN), LivingMemory(), log_key=OLD_KEY,
        clock=rig.clock,
    )  # fmt: skip
    opened(rig, NEW, retiring=LogSigners((), (), (OLD_KEY,)))
    rig.world.make("N", 5)
    rig.feed()
    rig.ledger.publish()
    declined = old_only.look(StoreSource(rig.store))
    assert isinstance(declined, Declined) and declined.codes == ("checkpoint-signature",)


# Policies and bundles


class Changed(Bench):
    """A bench whose log can sign with the old key, the new one or both."""

    def signed(self, checkpoint: Checkpoint, *signers: SoftwareSigner) -> bytes:
        note = LogSigners(signers).sign(checkpoint)
        at = self.world.time // 1000
        for name, (signer, key) in WITNESSES.items():
            note = add_line(note, checkpoint, key, cosign_ed25519(checkpoint.text(), name, signer, at))
        return note

    def shown(self, lot: str, *signers: SoftwareSigner) -> tuple[object, Checkpoint]:
        made = self.bundle(lot)
        checkpoint, _ = self.rig.ledger.reader.published()
        return replace(made, note=self.signed(checkpoint, *signers)), checkpoint


def words(bench: Changed, bundle: object) -> dict[str, str]:
    """What inspectors who list the old key, both, or the new one say."""
    lists = {"old": (OLD_KEY,), "both": (OLD_KEY, NEW_KEY), "new": (NEW_KEY,)}
    return {name: bench.verify(bundle, policy=bench.policy(log_keys=keys)).word for name, keys in lists.items()}


def test_who_lists_a_key_reads_what_it_signed() -> None:
    bench = Changed()
    lot = bench.world.make("A", 100)
    bench.feed()
    assert words(bench, bench.shown(lot, OLD)[0]) == {"old": "CLEAR", "both": "CLEAR", "new": "FAIL"}
    assert words(bench, bench.shown(lot, NEW, OLD)[0]) == {"old": "CLEAR", "both": "CLEAR", "new": "CLEAR"}
    assert words(bench, bench.shown(lot, NEW)[0]) == {"old": "FAIL", "both": "CLEAR", "new": "CLEAR"}


def test_a_stolen_key_signs_nothing_that_a_policy_without_it_takes() -> None:
    """The thief forks the log, and even has every witness on his side: without the key in the policy it is nothing."""
    bench = Changed()
    lot = bench.world.make("A", 100)
    bench.feed()
    bundle, _ = bench.shown(lot, OLD)
    verdict = bench.verify(bundle, policy=bench.policy(log_keys=(NEW_KEY,)))
    assert (verdict.word, verdict.refused) == ("FAIL", True)
    assert codes(verdict) == {"checkpoint-signature"}


def test_a_bundle_under_a_key_off_the_list_is_on_hold_for_who_still_lists_it() -> None:
    bench = Changed()
    lot = bench.world.make("A", 100)
    agree(bench.world, NEW_KEY)
    bench.feed()
    opened(bench.rig, NEW, retiring=LogSigners((OLD,)))
    by_old, _ = bench.shown(lot, OLD)
    both = bench.policy(log_keys=(OLD_KEY, NEW_KEY))
    verdict = bench.verify(by_old, policy=both)
    assert verdict.word == "HOLD" and "log-key-not-listed" in codes(verdict)
    assert verdict.answers.completeness == "operator's word"
    assert bench.verify(bench.shown(lot, NEW)[0], policy=both).word == "CLEAR"
    assert bench.verify(bench.shown(lot, NEW, OLD)[0], policy=both).word == "CLEAR"
    assert bench.verify(bench.shown(lot, NEW, OLD)[0], policy=bench.policy(log_keys=(OLD_KEY,))).word == "HOLD"


def test_a_witness_s_old_and_new_key_are_one_witness() -> None:
    bench = Changed()
    lot = bench.world.make("A", 100)
    bundle, checkpoint = bench.shown(lot, OLD)
    newer = SoftwareSigner.from_seed(b"an auditor's next key".ljust(32, b"."))
    key = VerifierKey(AUDITORS[0], ED25519_COSIGNATURE, newer.public.raw)
    listed = {**bench.policy().witnesses, AUDITORS[0]: (WITNESSES[AUDITORS[0]][1], key)}
    policy = bench.policy(witnesses=listed)
    at = bench.world.time // 1000

    def cosigned(*lines: tuple[str, SoftwareSigner, VerifierKey]) -> bytes:
        note = sign_checkpoint(checkpoint, OLD)
        for name, signer, public in lines:
            note = add_line(note, checkpoint, public, cosign_ed25519(checkpoint.text(), name, signer, at))
        return note

    first, second, plain = ((name, *WITNESSES[name]) for name in (AUDITORS[0], AUDITORS[1], PLAIN))
    renewed = (AUDITORS[0], newer, key)
    alone = replace(bundle, note=cosigned(first, renewed, plain))
    assert "audit-quorum-not-met" in codes(bench.verify(alone, policy=policy)), "two keys of one auditor count once"
    assert bench.verify(replace(bundle, note=cosigned(renewed, second, plain)), policy=policy).word == "CLEAR"
    # Who does not list the new key passes over its line, and misses one auditor.
    assert bench.verify(replace(bundle, note=cosigned(renewed, second, plain))).word == "HOLD"


# A ledger's folder


@pytest.fixture
def folder(tmp_path: Path) -> tuple[Path, World, SetClock]:
    world, clock, path = World(), SetClock(), tmp_path / "ledger"
    ledger = create_ledger(path, ORIGIN, clock=clock)
    ledger.submit([cited.raw for cited in world.log.values()])
    ledger.publish()
    ledger.close()
    return path, world, clock


def fed(path: Path, world: World, clock: SetClock) -> None:
    ledger = open_ledger(path, clock=clock)
    ledger.submit([cited.raw for cited in world.log.values()][-400:])
    ledger.close()


def told(code: str, call: object, *arguments: object, **options: object) -> None:
    with pytest.raises(LotchainError) as caught:
        call(*arguments, **options)  # type: ignore[operator]
    assert caught.value.code == code


def test_a_whole_change_of_keys(folder: tuple[Path, World, SetClock]) -> None:
    path, world, clock = folder
    old = Folder(path).read()
    new = rotating.prepare(path)
    assert [key.kind for key in new] == [1, 6] and {key.name for key in new} == {ORIGIN}
    assert Folder(path).read() == old, "nothing signs with them yet"
    told("log-key-not-listed", rotating.begin, path, new, clock=clock)
    agree(world, *old.present, *new)
    fed(path, world, clock)
    told("log-key-none-retiring", rotating.retire, path, clock=clock)
    note = rotating.begin(path, new, clock=clock)
    assert set(lines_of(note)) == {key.key_id for key in (*old.present, *new)}
    assert (path / "checkpoint").read_bytes() == note
    standing = rotating.keys_of(path)
    assert (standing.present, standing.retiring, standing.former) == (new, old.present, ())
    assert audit_ledger(path).sound
    assert rotating.retire(path, clock=clock) == old.present
    assert rotating.keys_of(path)[:3] == (new, (), old.present)
    assert audit_ledger(path).sound
    agree(world, *new)
    fed(path, world, clock)
    ledger = open_ledger(path, clock=clock)
    assert set(lines_of(ledger.publish())) == {key.key_id for key in new}
    ledger.close()
    assert audit_ledger(path).sound
    told("log-key-used", rotating.begin, path, new, clock=clock)
    told("log-key-used", rotating.begin, path, old.present, clock=clock)


def test_a_lost_key_is_replaced_without_its_signature(folder: tuple[Path, World, SetClock]) -> None:
    path, world, clock = folder
    old = Folder(path).read()
    new = rotating.prepare(path)
    agree(world, *new)
    fed(path, world, clock)
    (path / "keys" / "log.key").unlink()
    told("key-file-missing", rotating.begin, path, new, clock=clock)
    assert Folder(path).read() == old
    note = rotating.begin(path, new, alone=True, clock=clock)
    assert set(lines_of(note)) == {new[0].key_id, new[1].key_id, old.log_key.key_id}
    assert rotating.keys_of(path)[:3] == (new, (), old.present)
    assert audit_ledger(path).sound


def test_what_is_not_to_be_begun(folder: tuple[Path, World, SetClock]) -> None:
    path, world, clock = folder
    new, other = rotating.prepare(path), rotating.prepare(path, mldsa=False)
    assert len(other) == 1
    foreign = VerifierKey("other.example/lots", 1, new[0].public)
    for keys in ([], [new[1]], [new[0], other[0]], [new[0], foreign], [foreign]):
        told("log-key-choice", rotating.begin, path, keys, clock=clock)
    agree(world, *Folder(path).read().present, *new)
    fed(path, world, clock)
    told("log-key-not-listed", rotating.begin, path, other, clock=clock)
    before = Folder(path).config.read_bytes()
    Folder(path).key_file(new[1]).unlink()
    told("log-key-differs", rotating.begin, path, new, clock=clock)
    assert Folder(path).config.read_bytes() == before, "nothing changes before the keys are known to be there"


def test_nobody_is_left_behind_by_a_retirement(folder: tuple[Path, World, SetClock]) -> None:
    """Between begin and the next publication a crash may leave the old note: then the old key still has to sign."""
    path, world, clock = folder
    new = rotating.prepare(path, mldsa=False)
    agree(world, *Folder(path).read().present, *new)
    fed(path, world, clock)
    configuration = Folder(path).read()
    changed = replace(configuration, log_key=new[0], retiring=(configuration.log_key,))
    Folder(path).config.write_text(changed.encode())
    told("log-key-transition", rotating.retire, path, clock=clock)
    ledger = open_ledger(path, clock=clock)
    ledger.publish()
    ledger.close()
    rotating.retire(path, clock=clock)


def test_a_damaged_list_of_keys_is_refused(folder: tuple[Path, World, SetClock]) -> None:
    path, _, _ = folder
    text = Folder(path).config.read_text()
    key = Folder(path).read().log_key.encode()
    for more in (f'retiring_keys = ["{key}"]', 'former_keys = ["x"]', "retiring_keys = 1", "former_keys = [1]",
                 f'retiring_keys = ["{WITNESSES[PLAIN][1].encode()}"]'):  # fmt: skip
        Folder(path).config.write_text(text + more + "\n")
        with pytest.raises(Malformed):
            Folder(path).read()


def test_the_reader_needs_no_key(folder: tuple[Path, World, SetClock]) -> None:
    path, _, _ = folder
    rotating.prepare(path)
    reader = open_reader(path)
    assert reader.published()[0].size == reader.size()
    reader.close()
