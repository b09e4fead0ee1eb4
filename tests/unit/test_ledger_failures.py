"""What a ledger does when its store, its mark or another process gets in the way."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.ledgers import LOG_SIGNER, Interposed, Rig, mark_of, once, receipts, tamper
from tests.unit.world import ORIGIN

from lotchain.errors import LotchainError, StoreError
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.ports import Batch, Mark, Publication
from lotchain.storage.highwater import MemoryHighWaterMark
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore


@pytest.fixture(params=["memory", "sqlite"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    made = Rig(None if request.param == "memory" else tmp_path / "ledger.db")
    made.feed()
    yield made
    made.store.close()


def one_more(rig: Rig, name: str) -> list[bytes]:
    """A lot made and moved: statements that hang together."""
    rig.world.move("maker", "carrier", rig.world.make(name, 5))
    return rig.statements()


# An append that fails


@pytest.mark.parametrize("code", ["store-full", "store-io", "store-busy", "store-read-only", "statement-exists"])
def test_after_a_failed_append_the_ledger_stands_where_it_stood(rig: Rig, code: str) -> None:
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]
    rig.ledger.publish()
    head, mark = rig.store.head(), mark_of(rig)
    packet = one_more(rig, "R")
    watched.before_append = once(code)
    for attempt in range(2):
        if attempt == 0:
            with pytest.raises(StoreError) as caught:
                ledger.submit(packet)
            assert caught.value.code == code
            assert (rig.store.head(), mark_of(rig)) == (head, mark)
        else:
            answers = receipts(ledger.submit(packet))
            assert not any(answer.again for answer in answers)
            assert answers[0].index == head.size
    other = one_more(rig, "S")
    receipts(ledger.submit(other))
    ledger.publish()
    assert rig.audited().sound


def test_a_half_failed_packet_leaves_no_trace_in_what_is_judged_next(rig: Rig) -> None:
    """After the failure a *different* packet is submitted: nothing of the first may have stayed in memory."""
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]
    packet = one_more(rig, "R")
    watched.before_append = once("store-full")
    with pytest.raises(StoreError):
        ledger.submit(packet)
    alone = ledger.submit(packet[1:])
    assert [answer.accepted for answer in alone] == [False, False]
    assert rig.store.head().size == ledger.size
    receipts(ledger.submit(packet))
    assert rig.audited().sound


def test_an_unknown_outcome_that_stands_is_taken_as_done(rig: Rig) -> None:
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]
    watched.after_append = once("outcome-unknown")
    packet = one_more(rig, "R")
    answers = receipts(ledger.submit(packet))
    assert not any(answer.again for answer in answers)
    assert mark_of(rig).size == rig.store.head().size == ledger.size
    receipts(ledger.submit(one_more(rig, "S")))
    assert rig.audited().sound


def test_an_unknown_outcome_that_does_not_stand_is_an_error(rig: Rig) -> None:
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]
    watched.before_append = once("outcome-unknown")
    packet = one_more(rig, "R")
    with pytest.raises(StoreError) as caught:
        ledger.submit(packet)
    assert caught.value.code == "outcome-unknown"
    assert not any(answer.again for answer in receipts(ledger.submit(packet)))
    assert rig.audited().sound


def test_an_unknown_outcome_of_a_publication(rig: Rig) -> None:
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]
    watched.after_publish = once("outcome-unknown")
    note = ledger.publish()
    assert rig.store.published() == (ledger.size, note)
    receipts(ledger.submit(one_more(rig, "R")))
    watched.before_publish = once("outcome-unknown")
    with pytest.raises(StoreError):
        ledger.publish()
    assert rig.store.published()[1] == note
    ledger.publish()
    receipts(ledger.submit(one_more(rig, "S")))
    ledger.publish()
    assert rig.audited().sound


def test_an_interrupt_in_the_midst_of_an_append(rig: Rig) -> None:
    """Ctrl-C after the store has committed: the ledger notices at the next call that the store has moved on."""
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]

    def interrupt(_: Batch) -> None:
        watched.after_append = None
        raise KeyboardInterrupt

    watched.after_append = interrupt
    packet = one_more(rig, "R")
    with pytest.raises(KeyboardInterrupt):
        ledger.submit(packet)
    assert all(answer.again for answer in receipts(ledger.submit(packet)))
    receipts(ledger.submit(one_more(rig, "S")))
    assert rig.audited().sound


def test_a_mark_that_cannot_be_written_does_not_unsay_an_append(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    packet = one_more(rig, "R")
    with monkeypatch.context() as patch:

        def fail(mark: Mark, *, sync: bool) -> None:
            raise StoreError("mark-io", "made by a test")

        patch.setattr(rig.mark, "write", fail)
        with pytest.raises(StoreError) as caught:
            rig.ledger.submit(packet)
        assert caught.value.code == "mark-io"
    assert all(answer.again for answer in receipts(rig.ledger.submit(packet)))
    receipts(rig.ledger.submit(one_more(rig, "S")))
    assert mark_of(rig).size == rig.ledger.size
    assert rig.audited().sound


# Two writers


def test_two_writers_take_turns(rig: Rig) -> None:
    other = rig.open()
    for n in range(4):
        writer = (rig.ledger, other)[n % 2]
        answers = receipts(writer.submit(one_more(rig, f"R-{n}")))
        assert not any(answer.again for answer in answers)
        if n == 1:
            other.publish()
        if n == 2:
            assert rig.ledger.publish() == other.publish()
    assert rig.audited().sound


@pytest.mark.parametrize("publishing", [False, True])
def test_a_writer_overtaken_at_the_last_moment_judges_anew(rig: Rig, publishing: bool) -> None:
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]
    rig.world.make("R", 5)
    mine = rig.statements()
    rival = one_more(rig, "S")

    def overtake(_: Batch) -> None:
        watched.before_append = None
        receipts(rig.ledger.submit(rival))
        if publishing:
            rig.ledger.publish()

    watched.before_append = overtake
    answer = receipts(ledger.submit(mine))[0]
    assert answer.index == rig.store.batch_of(answer.index).start
    assert answer.index > 0
    assert mark_of(rig).size == ledger.size == rig.store.head().size
    ledger.publish()
    assert rig.audited().sound


def test_the_same_statement_by_two_writers_is_taken_once(rig: Rig) -> None:
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]
    packet = one_more(rig, "R")

    def overtake(_: Batch) -> None:
        watched.before_append = None
        receipts(rig.ledger.submit(packet))

    watched.before_append = overtake
    size = ledger.size
    assert all(answer.again for answer in receipts(ledger.submit(packet)))
    assert rig.store.head().size == size + len(packet) + 1


def test_a_writer_overtaken_again_and_again_gives_up_cleanly(rig: Rig) -> None:
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]
    packet = one_more(rig, "R")
    rivals = iter([one_more(rig, f"S-{n}") for n in range(3)])

    def overtake(_: Batch) -> None:
        receipts(rig.ledger.submit(next(rivals)))

    watched.before_append = overtake
    with pytest.raises(StoreError) as caught:
        ledger.submit(packet)
    assert caught.value.code == "head-moved"
    watched.before_append = None
    assert not any(answer.again for answer in receipts(ledger.submit(packet)))
    assert rig.audited().sound


def test_a_publication_by_another_in_the_midst_of_ours(rig: Rig) -> None:
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]
    receipts(ledger.submit(one_more(rig, "R")))

    def overtake(_: Publication) -> None:
        watched.before_publish = None
        receipts(rig.ledger.submit(one_more(rig, "S")))
        rig.ledger.publish()

    watched.before_publish = overtake
    with pytest.raises(StoreError) as caught:
        ledger.publish()
    assert caught.value.code == "publication-older"
    assert ledger.publish() == rig.store.published()[1]
    receipts(ledger.submit(one_more(rig, "T")))
    ledger.publish()
    assert rig.audited().sound


def test_a_reader_s_refusals_are_judged_on_the_newest_states(rig: Rig) -> None:
    """The other process has appended: what hangs on it is not refused as unknown."""
    other = rig.open()
    rig.world.make("R", 5)
    receipts(rig.ledger.submit(rig.statements()))
    rig.world.offer("maker", "carrier", "lot:CN-MAKER/R")
    receipts(other.submit(rig.statements()))


# The store went back


def test_a_rolled_back_store_does_not_open(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "ledger.db")
    rig.feed()
    rig.store.close()
    shutil.copy(tmp_path / "ledger.db", tmp_path / "yesterday.db")
    rig.store = SqliteStore.open(tmp_path / "ledger.db")
    rig.ledger = rig.open()
    receipts(rig.ledger.submit(one_more(rig, "R")))
    rig.store.close()
    shutil.copy(tmp_path / "yesterday.db", tmp_path / "ledger.db")
    mark = mark_of(rig)
    with pytest.raises(StoreError) as caught:
        rig.reopen()
    assert caught.value.code == "store-rolled-back"
    assert str(mark.size) in caught.value.expected
    assert mark_of(rig) == mark


def test_a_store_swapped_under_a_running_ledger_is_noticed(rig: Rig) -> None:
    """The running ledger looks at the store before it judges: one that went back does not get a signature."""
    before = rig.store.head()
    receipts(rig.ledger.submit(one_more(rig, "R")))
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]
    watched.head = lambda: before  # type: ignore[attr-defined]
    packet = one_more(rig, "S")
    for _ in range(3):
        with pytest.raises(StoreError):
            ledger.submit(packet)
        with pytest.raises(StoreError):
            ledger.publish()
    assert watched.appends == 0
    del watched.head  # type: ignore[attr-defined]
    receipts(ledger.submit(packet))


def test_a_running_copy_of_the_store_under_the_same_mark(tmp_path: Path) -> None:
    """Somebody has started the ledger twice, on two copies of its store: the second to append is stopped."""
    rig = Rig(tmp_path / "ledger.db")
    rig.feed()
    rig.store.close()
    shutil.copy(tmp_path / "ledger.db", tmp_path / "copy.db")
    rig.reopen()
    copy = SqliteStore.open(tmp_path / "copy.db")
    other = rig.open(copy)
    before = copy.head()
    receipts(rig.ledger.submit(one_more(rig, "R")))
    packet = one_more(rig, "S")
    for _ in range(2):
        with pytest.raises(StoreError) as caught:
            other.submit(packet)
        assert caught.value.code == "store-rolled-back"
        with pytest.raises(StoreError):
            other.publish()
    assert copy.head() == before
    receipts(rig.ledger.submit(packet))
    copy.close()


def test_a_mark_that_cannot_be_read_stops_signing(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    packet = one_more(rig, "R")
    head = rig.store.head()
    with monkeypatch.context() as patch:

        def fail() -> Mark:
            raise StoreError("mark-corrupt", "made by a test")

        patch.setattr(rig.mark, "read", fail)
        with pytest.raises(StoreError):
            rig.ledger.submit(packet)
    assert rig.store.head() == head
    receipts(rig.ledger.submit(packet))


def test_an_append_by_another_while_a_ledger_opens(rig: Rig) -> None:
    watched = Interposed(rig.store)
    changed = rig.store.changed_since
    asked: list[int] = []

    def changed_since(size: int) -> object:
        asked.append(size)
        if len(asked) == 1:
            receipts(rig.ledger.submit(one_more(rig, "R")))
        return changed(size)

    watched.changed_since = changed_since  # type: ignore[attr-defined]
    ledger = rig.open(watched)  # type: ignore[arg-type]
    assert len(asked) == 2
    receipts(ledger.submit(one_more(rig, "S")))
    assert rig.audited().sound


def test_an_empty_store_beside_a_mark_does_not_open(rig: Rig) -> None:
    with pytest.raises(StoreError) as caught:
        rig.open(MemoryStore())
    assert caught.value.code == "store-missing"


def test_another_history_of_the_same_length_does_not_open(rig: Rig) -> None:
    fork = Rig()
    fork.feed()
    rig.world.make("R", 5)
    receipts(rig.ledger.submit(rig.statements()))
    fork.world.make("S", 5)
    receipts(fork.ledger.submit(fork.statements()))
    assert fork.ledger.size == rig.ledger.size
    with pytest.raises(StoreError) as caught:
        rig.open(fork.store)
    assert caught.value.code == "store-forked"


def test_a_longer_fork_does_not_open_either(rig: Rig) -> None:
    fork = Rig()
    fork.feed()
    receipts(rig.ledger.submit(one_more(rig, "R")))
    fork.world.make("S", 5)
    for _ in range(6):
        fork.world.offer("maker", "carrier", fork.world.make(f"S-{fork.ledger.size}", 5))
        fork.feed(1)
    assert fork.ledger.size > rig.ledger.size
    with pytest.raises(StoreError) as caught:
        rig.open(fork.store)
    assert caught.value.code == "store-forked"


def test_another_ledger_s_mark_does_not_open(rig: Rig) -> None:
    mark = MemoryHighWaterMark()
    mark.write(Mark("other.example/x", 1, bytes(32)), sync=False)
    with pytest.raises(StoreError) as caught:
        Ledger.open(rig.store, mark, origin=ORIGIN, signer=LOG_SIGNER, clock=rig.clock)
    assert caught.value.code == "store-forked"


def test_a_missing_mark_is_written_anew(rig: Rig) -> None:
    rig.mark = MemoryHighWaterMark()
    rig.reopen()
    receipts(rig.ledger.submit(one_more(rig, "R")))
    assert mark_of(rig).size == rig.ledger.size


# What is stored contradicts itself


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE head SET frontier = zeroblob(length(frontier))", "store-corrupt"),
        ("UPDATE head SET size = size - 1", "store-corrupt"),
        ("UPDATE head SET note = zeroblob(length(note))", "log-key"),
        ("DELETE FROM batches WHERE end_index = (SELECT max(end_index) FROM batches)", "store-corrupt"),
        ("UPDATE batches SET root = zeroblob(32)", "store-corrupt"),
        ("UPDATE batches SET time_ms = time_ms + 1", "store-corrupt"),
        (
            "UPDATE entries SET bytes = zeroblob(9) WHERE log_index = (SELECT max(log_index) FROM entries)",
            "store-corrupt",
        ),
        ("UPDATE entries SET bytes = zeroblob(9) WHERE log_index = 0", "store-corrupt"),
        ("UPDATE entries SET bytes = zeroblob(99) WHERE log_index = 3", "store-corrupt"),
        ("DELETE FROM entries WHERE log_index = 3", "store-corrupt"),
        ("UPDATE subjects SET state = x'7b7d' WHERE name LIKE 'party:%'", "store-corrupt"),
        ("UPDATE subjects SET length = length + 1 WHERE name = 'charter'", "store-corrupt"),
        ("DELETE FROM subjects WHERE name = 'party:CN-MAKER'", "store-corrupt"),
    ],
)
def test_a_store_that_contradicts_itself_does_not_open(tmp_path: Path, sql: str, code: str) -> None:
    rig = Rig(tmp_path / "ledger.db")
    rig.feed()
    rig.store.close()
    assert tamper(tmp_path / "ledger.db", sql) > 0
    with pytest.raises(LotchainError) as caught:
        rig.reopen()
    assert caught.value.code == code


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE subjects SET state = replace(CAST(state AS TEXT), 'CN-MAKER', 'CN-TAKER') WHERE name = 'lot:CN-MAKER/R'",
        "UPDATE subjects SET length = length - 1 WHERE name = 'lot:CN-MAKER/R'",
        "UPDATE subjects SET chain = zeroblob(32) WHERE name = 'lot:CN-MAKER/R'",
        "DELETE FROM subjects WHERE name = 'lot:CN-MAKER/R'",
        "UPDATE subjects SET name = 'lot:CN-MAKER/Q' WHERE name = 'lot:CN-MAKER/R'",
    ],
)
def test_nothing_is_judged_by_a_tampered_state(tmp_path: Path, sql: str) -> None:
    """Published long ago, so that opening does not look at it; a statement about the lot does."""
    rig = Rig(tmp_path / "ledger.db")
    rig.feed()
    rig.world.make("R", 5)
    rig.feed()
    rig.ledger.publish()
    rig.store.close()
    assert tamper(
        tmp_path / "ledger.db", sql.replace("replace(", "CAST(replace(").replace("TAKER')", "TAKER') AS BLOB)")
    )
    rig.reopen()
    head = rig.store.head()
    rig.world.offer("maker", "carrier", "lot:CN-MAKER/R")
    with pytest.raises(StoreError) as caught:
        rig.ledger.submit(rig.statements())
    assert caught.value.code == "store-corrupt"
    assert rig.store.head() == head
    assert not rig.audited().sound


def test_a_tampered_old_root_is_never_signed_for_a_receipt(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "ledger.db")
    raws = [cited.raw for cited in rig.world.log.values()]
    rig.feed()
    receipts(rig.ledger.submit(one_more(rig, "R")))
    rig.store.close()
    tamper(tmp_path / "ledger.db", "UPDATE batches SET root = zeroblob(32) WHERE start_index = 0")
    rig.mark = MemoryHighWaterMark()
    rig.reopen()
    with pytest.raises(StoreError) as caught:
        rig.ledger.submit(raws[:1])
    assert caught.value.code == "store-corrupt"


def test_a_tampered_index_gives_no_receipt(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "ledger.db")
    raws = [cited.raw for cited in rig.world.log.values()]
    rig.feed()
    rig.store.close()
    tamper(tmp_path / "ledger.db", "UPDATE statements SET log_index = 4 WHERE log_index = 3")
    rig.reopen()
    with pytest.raises(StoreError) as caught:
        rig.ledger.submit([raws[3]])
    assert caught.value.code == "store-corrupt"
