"""The two ways in which a commit fails: not stored, and stored all the same. Then the connection is never used again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from tests.changing import replace
from tests.contract.builders import Fabricator, publication

from lotchain.errors import StoreError
from lotchain.storage import connection
from lotchain.storage.sqlite import SqliteStore


class Failing(sqlite3.Connection):
    """A connection whose statements fail as planned, before or after they were done."""

    before: ClassVar[dict[str, int]] = {}
    after: ClassVar[dict[str, int]] = {}
    unopenable: ClassVar[bool] = False
    closed: ClassVar[list[sqlite3.Connection]] = []

    def execute(self, sql: str, *rest: object) -> sqlite3.Cursor:
        if sql in self.before:
            raise self.error(self.before.pop(sql))
        done = super().execute(sql, *rest)
        if sql in self.after:
            raise self.error(self.after.pop(sql))
        return done

    def close(self) -> None:
        self.closed.append(self)
        super().close()

    @staticmethod
    def error(code: int) -> sqlite3.OperationalError:
        made = sqlite3.OperationalError("planned")
        made.sqlite_errorcode = code
        made.sqlite_errorname = "SQLITE_PLANNED"
        return made


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SqliteStore]:
    real = sqlite3.connect

    def connect(*arguments: object, **rest: object) -> sqlite3.Connection:
        if Failing.unopenable:
            raise Failing.error(sqlite3.SQLITE_CANTOPEN)
        return real(*arguments, factory=Failing, **rest)

    monkeypatch.setattr(connection.sqlite3, "connect", connect)
    for name, value in (("before", {}), ("after", {}), ("unopenable", False), ("closed", [])):
        monkeypatch.setattr(Failing, name, value)
    made = SqliteStore.create(tmp_path / "ledger.db")
    Failing.closed.clear()
    yield made
    made.close()


CODES = [
    (sqlite3.SQLITE_FULL, "store-full"),
    (sqlite3.SQLITE_IOERR, "store-io"),
    (sqlite3.SQLITE_IOERR_FSYNC, "store-io"),
    (sqlite3.SQLITE_READONLY_DBMOVED, "store-read-only"),
    (sqlite3.SQLITE_BUSY_SNAPSHOT, "store-busy"),
    (sqlite3.SQLITE_LOCKED, "store-busy"),
    (sqlite3.SQLITE_CORRUPT, "store-corrupt"),
    (sqlite3.SQLITE_NOTADB, "store-corrupt"),
    (sqlite3.SQLITE_ERROR, "store-io"),
]


@pytest.mark.parametrize(("error", "code"), CODES)
@pytest.mark.parametrize("where", ["BEGIN IMMEDIATE", "COMMIT"])
def test_failed_and_not_stored(store: SqliteStore, where: str, error: int, code: str) -> None:
    maker = Fabricator()
    first, second = maker.batch([("lot:a",)]), maker.batch([("lot:a",)])
    store.append(first)
    Failing.before = {where: error}
    with pytest.raises(StoreError) as caught:
        store.append(second)
    assert caught.value.code == code
    assert store.head() == first.head
    assert store.history("lot:a") == [0]
    assert list(store.entries(2, 9)) == []
    store.append(second)
    assert store.head() == second.head


def test_failed_but_stored_is_an_unknown_outcome(store: SqliteStore) -> None:
    batch = Fabricator().batch([("lot:a",)])
    Failing.after = {"COMMIT": sqlite3.SQLITE_IOERR_FSYNC}
    with pytest.raises(StoreError) as caught:
        store.append(batch)
    assert caught.value.code == "outcome-unknown"
    assert store.head() == batch.head
    assert store.index_of(batch.statement_ids[0]) == 0
    with pytest.raises(StoreError, match="head-moved"):
        store.append(batch)


def test_a_publication_that_failed_but_is_stored(store: SqliteStore) -> None:
    store.append(Fabricator().batch([()]))
    Failing.after = {"COMMIT": sqlite3.SQLITE_IOERR}
    with pytest.raises(StoreError, match="outcome-unknown"):
        store.publish(publication(2))
    assert store.published() == (2, b"published 2")


def test_a_publication_that_failed_and_is_not(store: SqliteStore) -> None:
    store.append(Fabricator().batch([()]))
    Failing.before = {"COMMIT": sqlite3.SQLITE_IOERR}
    with pytest.raises(StoreError, match="store-io"):
        store.publish(publication(2, leaves=[(b"k", b"l")]))
    assert store.published() is None
    assert store.map_leaves(b"", b"z") == []


def test_after_a_failed_commit_the_connection_is_closed_first(store: SqliteStore) -> None:
    used = store._connection
    Failing.before = {"COMMIT": sqlite3.SQLITE_IOERR_FSYNC}
    with pytest.raises(StoreError):
        store.append(Fabricator().batch([()]))
    assert Failing.closed == [used]
    assert store._connection is not used


def test_when_the_file_cannot_be_opened_again_the_outcome_is_unknown(store: SqliteStore) -> None:
    batch = Fabricator().batch([()])
    used = store._connection

    class Gone:
        def pop(self, _: str) -> int:
            Failing.unopenable = True
            return sqlite3.SQLITE_IOERR_FSYNC

        def __contains__(self, sql: object) -> bool:
            return sql == "COMMIT" and not Failing.unopenable

    Failing.before = Gone()  # type: ignore[assignment]
    with pytest.raises(StoreError, match="outcome-unknown"):
        store.append(batch)
    with pytest.raises(StoreError, match="store-io"):
        store.head()
    Failing.unopenable, Failing.before = False, {}
    assert store.head() is None
    assert store._connection is not used
    store.append(batch)
    assert store.head() == batch.head


def test_a_rollback_that_fails_drops_the_connection(store: SqliteStore) -> None:
    maker = Fabricator()
    store.append(maker.batch([()]))
    used = store._connection
    Failing.before = {"ROLLBACK": sqlite3.SQLITE_IOERR}
    with pytest.raises(StoreError, match="head-moved"):
        store.append(Fabricator(1).batch([()]))
    assert used in Failing.closed
    store.append(maker.batch([()]))
    assert store.head().size == 4


def test_an_interrupt_in_the_middle_leaves_nothing(store: SqliteStore) -> None:
    class Interrupting(list[bytes]):
        def __iter__(self) -> Iterator[bytes]:
            yield b"first"
            raise KeyboardInterrupt

    batch = Fabricator().batch([()])
    interrupting = replace(batch, entries=Interrupting(batch.entries))
    with pytest.raises(KeyboardInterrupt):
        store.append(interrupting)
    assert store.head() is None
    assert list(store.entries(0, 9)) == []
    store.append(batch)


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_group_whose_commit_fails_stands_whole_or_not_at_all(store: SqliteStore, where: str) -> None:
    maker = Fabricator()
    made = [maker.batch([("lot:a",)]) for _ in range(3)]
    setattr(Failing, where, {"COMMIT": sqlite3.SQLITE_IOERR})
    with pytest.raises(StoreError) as caught, store.together():
        for batch in made:
            store.append(batch)
    assert caught.value.code == ("store-io" if where == "before" else "outcome-unknown")
    assert store.head() == (None if where == "before" else made[-1].head)


@pytest.mark.parametrize("step", ["SAVEPOINT part", "RELEASE part"])
def test_a_part_of_a_group_that_fails_takes_the_group_with_it(store: SqliteStore, step: str) -> None:
    maker = Fabricator()
    first, second = maker.batch([("lot:a",)]), maker.batch([("lot:a",)])
    with pytest.raises(StoreError), store.together():
        store.append(first)
        Failing.before = {step: sqlite3.SQLITE_FULL}
        store.append(second)
    assert store.head() is None
    store.append(first)
    assert store.head() == first.head
