"""A batch's signatures checked by two threads: the answers, and that a replay says what it says without them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from functools import cache

import pytest
from tests.unit.ledgers import Rig
from tests.unit.world import ORIGIN

from lotchain.core.ids import key_subject
from lotchain.core.statements import Statement, parse_statement
from lotchain.custody.case import State
from lotchain.ledger import signature_checks
from lotchain.ledger.fold import Fold
from lotchain.ledger.ports import Objection
from lotchain.ledger.replica import Replica
from lotchain.ledger.signature_checks import FEWEST, SignatureChecks
from lotchain.ledger.walk import LoggedBatch, Walked, logged_batches, walk_batch
from lotchain.storage.memory import MemoryStore

LOTS = 11


@cache
def log() -> tuple[tuple[bytes, ...], int]:
    """Entries whose last batch makes lots, and where that batch starts."""
    rig = Rig()
    rig.feed()
    start = rig.ledger.size
    for n in range(LOTS):
        rig.world.make(f"R-{n}", 5 + n)
    rig.feed()
    return tuple(rig.store.entries(0, rig.ledger.size)), start


def batch() -> list[bytes]:
    """The statements of the last batch."""
    entries, start = log()
    return list(entries[start:-1])


def keys() -> dict[str, State]:
    """Every subject's state before the last batch."""
    entries, start = log()
    replica, store = replayed(entries[:start])
    fold = Fold(store, ORIGIN)
    fold.open(0)
    states = {name: state for name, _ in store.subjects() if (state := fold.state(name)) is not None}
    replica.close()
    return states


def replayed(entries: Sequence[bytes]) -> tuple[Replica, MemoryStore]:
    """A replica that has taken these, and its store."""
    store = MemoryStore()
    replica = Replica(store, ORIGIN)
    assert replica.follow(entries, lambda *_: None) == ()
    return replica, store


def spoilt(raw: bytes) -> bytes:
    """The statement, one bit of its signature turned; its id stays."""
    return raw[:-1] + bytes([raw[-1] ^ 1])


@pytest.fixture
def checks() -> Iterator[SignatureChecks]:
    made = SignatureChecks()
    yield made
    made.close()


def read(raws: Sequence[bytes]) -> list[Statement | None]:
    return [parse_statement(raw) for raw in raws]


def test_every_sound_signature_is_found_so(checks: SignatureChecks) -> None:
    assert checks.check(read(batch()), keys().get) == (True,) * LOTS


@pytest.mark.parametrize("wrong", range(LOTS))
def test_the_wrong_one_is_named_wherever_it_stands(checks: SignatureChecks, wrong: int) -> None:
    raws = batch()
    raws[wrong] = spoilt(raws[wrong])
    assert checks.check(read(raws), keys().get) == tuple(n != wrong for n in range(LOTS))


def test_a_signature_of_another_statement_does_not_pass(checks: SignatureChecks) -> None:
    raws = batch()
    raws[3] = raws[3][:-64] + raws[4][-64:]
    assert checks.check(read(raws), keys().get)[3] is False


def test_what_cannot_be_read_and_keys_not_known_yet_are_left_to_the_judge(checks: SignatureChecks) -> None:
    statements = read(batch())
    statements[5] = None
    assert checks.check(statements, keys().get) == (*(True,) * 5, None, *(True,) * 5)
    assert checks.check(statements, {}.get) == (None,) * LOTS


def test_a_key_state_that_holds_another_key_verifies_nothing(checks: SignatureChecks) -> None:
    """A store changed behind the fold's back: the key must be the one of the thumbprint that the statement names."""
    states, statements = keys(), read(batch())
    named = {key_subject(s.kid) for s in statements if s is not None}
    other = next(state for name, state in states.items() if name.startswith("key:") and name not in named)
    assert checks.check(statements, dict.fromkeys(named, other).get) == (False,) * LOTS


def test_a_small_batch_is_left_to_the_judge(checks: SignatureChecks) -> None:
    assert checks.check(read(batch()[: FEWEST - 1]), keys().get) == (None,) * (FEWEST - 1)
    assert checks.check(read(batch()[:FEWEST]), keys().get) == (True,) * FEWEST
    assert checks.check([], keys().get) == ()


@pytest.mark.parametrize("in_second", [True, False], ids=["the second thread", "the first thread"])
def test_a_fault_in_either_thread_reaches_the_caller(
    checks: SignatureChecks, monkeypatch: pytest.MonkeyPatch, in_second: bool
) -> None:
    """Each thread is held until the other has begun, so that both do take part."""
    both = threading.Barrier(2, timeout=10)

    def broken(statement: Statement, key: object) -> bool:
        second = threading.current_thread() is not threading.main_thread()
        if threading.get_ident() not in begun:
            begun.add(threading.get_ident())
            both.wait()
        if second == in_second:
            raise MemoryError
        return True

    begun: set[int] = set()
    monkeypatch.setattr(signature_checks, "verify_signature", broken)
    states, statements = keys(), read(batch())
    with pytest.raises(MemoryError):
        checks.check(statements, states.get)
    assert len(begun) == 2
    monkeypatch.undo()
    assert checks.check(statements, states.get) == (True,) * LOTS


def test_a_machine_that_gives_no_thread_checks_in_one(checks: SignatureChecks, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    states = keys()
    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert checks.check(read(batch()), states.get) == (True,) * LOTS


def walked(raws: Sequence[bytes], checks: SignatureChecks | None) -> Walked:
    """The last batch, with other statements, walked after the batches before it."""
    entries, start = log()
    _, store = replayed(entries[:start])
    return walk_batch(Fold(store, ORIGIN), LoggedBatch(start, tuple(raws), entries[-1]), checks=checks)


@pytest.mark.parametrize("wrong", range(LOTS))
def test_a_walk_finds_the_same_with_and_without(checks: SignatureChecks, wrong: int) -> None:
    raws = batch()
    for changed in (spoilt(raws[wrong]), b"nothing", raws[wrong - 1]):
        damaged = [*raws[:wrong], changed, *raws[wrong + 1 :]]
        alone, together = walked(damaged, None), walked(damaged, checks)
        assert together.faults == alone.faults != []
        assert together.statements == alone.statements
        assert together.sealed is not None and alone.sealed is not None
        assert together.sealed.root == alone.sealed.root


@pytest.mark.parametrize("wrong", range(LOTS))
def test_a_replica_objects_and_stands_before_the_batch(wrong: int) -> None:
    entries, start = log()
    raws = batch()
    raws[wrong] = spoilt(raws[wrong])
    replica, _ = replayed(entries[:start])
    objections = replica.follow((*raws, entries[-1]), lambda *_: None)
    assert isinstance(objections[0], Objection)
    assert (objections[0].code, objections[0].index, objections[0].found) == (
        "audit-entry-refused",
        start + wrong,
        "bad-signature",
    )
    assert replica.size == start
    assert replica.follow((*batch(), entries[-1]), lambda *_: None) == ()
    assert replica.size == len(entries)
    replica.close()


def test_keys_enrolled_in_the_batch_itself_are_judged_in_order(checks: SignatureChecks) -> None:
    """The founding and all trade in one batch: no key stands before it, every check is the judge's."""
    rig = Rig()
    for n in range(LOTS):
        rig.world.make(f"R-{n}", 5 + n)
    rig.feed()
    entries = list(rig.store.entries(0, rig.ledger.size))
    assert len(list(logged_batches(entries, 0))) == 1
    replica, store = replayed(entries)
    assert list(store.subjects()) == list(rig.store.subjects())
    assert replica.follow([], lambda *_: None) == ()
    replica.close()
    damaged = [*entries[:-2], spoilt(entries[-2]), entries[-1]]
    other = Replica(MemoryStore(), ORIGIN)
    found = other.follow(damaged, lambda *_: None)
    assert (found[0].code, found[0].index, found[0].found) == (
        "audit-entry-refused",
        len(entries) - 2,
        "bad-signature",
    )
    other.close()
