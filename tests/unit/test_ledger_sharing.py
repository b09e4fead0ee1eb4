"""One ledger, several threads: packets share commits, stay together, and none is lost or mixed up."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event, Thread

import pytest
from tests.unit.ledgers import Interposed, Rig, once, receipts

from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.ledger.ports import Batch
from lotchain.ledger.receipts import Answer
from lotchain.ledger.sharing import SharedLedger


def shared(path: Path | None = None) -> tuple[Rig, Interposed, SharedLedger]:
    rig = Rig(path)
    rig.feed()
    watched = Interposed(rig.store)
    return rig, watched, SharedLedger(rig.open(watched))  # type: ignore[arg-type]


def packets(rig: Rig, count: int) -> list[list[bytes]]:
    made = []
    for n in range(count):
        rig.world.move("maker", "carrier", rig.world.make(f"P-{n}", 5))
        made.append(rig.statements())
    return made


def together(ledger: SharedLedger, watched: Interposed, work: list[list[bytes]]) -> list[list[Answer]]:
    """Submit all packets at once: the first commit is held up until all others queue."""
    held, go = Event(), Event()

    def hold(_: Batch) -> None:
        watched.before_append = None
        held.set()
        go.wait(10)

    watched.before_append = hold
    with ThreadPoolExecutor(len(work)) as pool:
        first = pool.submit(ledger.submit, work[0])
        assert held.wait(10)
        rest = [pool.submit(ledger.submit, packet) for packet in work[1:]]
        while len(ledger._queue) < len(rest):
            pass
        go.set()
        return [done.result() for done in (first, *rest)]


def test_those_who_wait_share_one_commit(tmp_path: Path) -> None:
    rig, watched, ledger = shared(tmp_path / "ledger.db")
    work = packets(rig, 9)
    answers = together(ledger, watched, work)
    assert watched.appends == 2
    for packet, given in zip(work, answers, strict=True):
        found = receipts(given)
        assert [answer.index for answer in found] == list(range(found[0].index, found[0].index + len(packet)))
    assert rig.audited().sound
    ledger.close()


def test_many_threads_and_none_mixed_up(tmp_path: Path) -> None:
    rig, _, ledger = shared(tmp_path / "ledger.db")
    work = packets(rig, 40)
    start = Barrier(8)

    def submit(own: list[list[bytes]]) -> list[tuple[bytes, Answer]]:
        start.wait()
        return [pair for n, packet in enumerate(own) for pair in zip(packet, _submit(ledger, packet, n), strict=True)]

    def _submit(to: SharedLedger, packet: list[bytes], n: int) -> list[Answer]:
        if n % 2:
            to.publish()
        return to.submit(packet)

    with ThreadPoolExecutor(8) as pool:
        pairs = [pair for done in pool.map(submit, [work[n::8] for n in range(8)]) for pair in done]
    for raw, answer in pairs:
        (receipt,) = receipts([answer])
        assert next(rig.store.entries(receipt.index, receipt.index + 1)) == raw
    assert len({answer.index for answer in receipts([answer for _, answer in pairs])}) == 120
    assert rig.audited().sound


def test_a_machine_s_error_reaches_everybody_who_shared_the_commit() -> None:
    rig, watched, ledger = shared()
    work = packets(rig, 3)
    watched.before_append = once("store-full")
    with pytest.raises(StoreError):
        ledger.submit(work[0])
    for packet in work:
        assert not any(answer.again for answer in receipts(ledger.submit(packet)))


def test_a_bad_packet_does_not_take_the_others_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of the program in judging one statement: only its submitter meets it."""
    rig, watched, ledger = shared()
    work = packets(rig, 4)
    poison = work[2][0]
    inner = ledger._ledger
    judge = inner._judge

    def judged(raw: bytes, beside: object) -> object:
        if raw == poison:
            raise ZeroDivisionError
        return judge(raw, beside)

    monkeypatch.setattr(inner, "_judge", judged)
    held, go = Event(), Event()

    def hold(_: Batch) -> None:
        watched.before_append = None
        held.set()
        go.wait(10)

    watched.before_append = hold
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(ledger.submit, work[0])
        held.wait(10)
        rest = [pool.submit(ledger.submit, packet) for packet in work[1:]]
        while len(ledger._queue) < 3:
            pass
        go.set()
        receipts(first.result())
        receipts(rest[0].result())
        with pytest.raises(ZeroDivisionError):
            rest[1].result()
        receipts(rest[2].result())
    assert rig.audited().sound


def test_a_batch_is_not_overfilled() -> None:
    rig, watched, ledger = shared()
    for n in range(1300):
        rig.world.make(f"B-{n}", 1)
    raws = rig.statements()
    answers = together(ledger, watched, [raws[:1], raws[1:701], raws[701:]])
    assert [len(receipts(given)) for given in answers] == [1, 700, 599]
    assert watched.appends == 3


def test_what_is_wrong_with_the_call_itself_is_told_at_once() -> None:
    rig, watched, ledger = shared()
    with pytest.raises(UsageError):
        ledger.submit([b""] * 1001)
    with pytest.raises(Malformed):
        ledger.submit([], {bytes(32): b"\x00"})
    assert ledger.submit([]) == []
    assert watched.appends == 0
    assert ledger.audience() == rig.world.audience


def test_reading_needs_no_turn() -> None:
    rig, watched, ledger = shared()
    held, go = Event(), Event()

    def hold(_: Batch) -> None:
        held.set()
        go.wait(10)

    watched.before_append = hold
    thread = Thread(target=ledger.submit, args=(packets(rig, 1)[0],))
    thread.start()
    held.wait(10)
    assert ledger.reader.size() > 0
    go.set()
    thread.join(10)
    assert not thread.is_alive()
