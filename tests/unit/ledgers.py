"""Ledgers for tests: real stores, keys from fixed seeds, a clock that tests set, statements from `World`."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.unit.world import ORIGIN, START, World

from lotchain.errors import StoreError
from lotchain.ledger.audit import AuditReport, audit
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.ports import Batch, Mark, Publication, Store
from lotchain.ledger.receipts import Answer, Receipt, Refused
from lotchain.signing import MLDSA44Signer, SoftwareSigner
from lotchain.storage.highwater import MemoryHighWaterMark
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore

LOG_SIGNER = SoftwareSigner.from_seed(b"log".ljust(32, b"."))
LOG_MLDSA = MLDSA44Signer.from_seed(b"log2".ljust(32, b"."))


@dataclass
class SetClock:
    """A clock that stands where a test puts it."""

    time: int = START

    def now(self) -> int:
        return self.time


class Rig:
    """One ledger, and what stands around it; `path` None keeps it in memory."""

    def __init__(self, path: Path | None = None, *, mldsa: MLDSA44Signer | None = None) -> None:
        self.path = path
        self.clock = SetClock()
        self.mark = MemoryHighWaterMark()
        self.mldsa = mldsa
        self.store: Any = MemoryStore() if path is None else SqliteStore.create(path)
        self.announced: list[bytes] = []
        self.world = World()
        self.fed = 0
        self.ledger = self.open()

    def open(self, store: Store | None = None) -> Ledger:
        """Another `Ledger` over the same store (or the one given), mark and keys."""
        return Ledger.open(
            store or self.store,
            self.mark,
            origin=ORIGIN,
            signer=LOG_SIGNER,
            clock=self.clock,
            mldsa=self.mldsa,
            announce=self.announced.append,
        )

    def reopen(self) -> Ledger:
        """Close and open again, as a new process would."""
        if self.path is not None:
            self.store.close()
            self.store = SqliteStore.open(self.path)
        self.ledger = self.open()
        return self.ledger

    def statements(self) -> list[bytes]:
        """What the world has accepted since this was last asked, in order."""
        fresh = [cited.raw for cited in self.world.log.values()][self.fed :]
        self.fed += len(fresh)
        return fresh

    def feed(self, size: int = 1000) -> list[Receipt]:
        """Submit what the world has accepted, in batches of at most `size`; the ledger must accept it all."""
        self.clock.time = max(self.clock.time, self.world.time)
        fresh = self.statements()
        answers: list[Answer] = []
        for at in range(0, len(fresh), size):
            packet = fresh[at : at + size]
            answers += self.ledger.submit(packet, self.documents_of(packet))
        return receipts(answers)

    def documents_of(self, packet: Sequence[bytes]) -> dict[bytes, bytes]:
        """The adopted documents that these statements name, as the world has them."""
        return {
            bytes.fromhex(digest): document
            for digest, document in self.world.documents.items()
            if any(digest.encode() in raw for raw in packet)
        }

    def grown(self, lots: int = 3) -> Rig:
        """The rig with a few lots made and moved, in several batches."""
        self.feed()
        for n in range(lots):
            lot = self.world.make(f"R-{n}", 100 + n)
            self.feed()
            self.world.advance()
            self.world.move("maker", "carrier", lot)
            self.feed(1)
        return self

    def audited(self) -> AuditReport:
        """An audit into memory."""
        return audit(
            self.store,
            MemoryStore(),
            key=self.ledger.key,
            mldsa_key=self.ledger.mldsa_key,
            mark=self.mark.read(),
        )


def receipts(answers: Sequence[Answer]) -> list[Receipt]:
    """The answers, all of which must be receipts."""
    refused = [[f.as_json() for f in answer.findings] for answer in answers if isinstance(answer, Refused)]
    assert not refused, refused
    return [answer for answer in answers if isinstance(answer, Receipt)]


def refusal(answer: Answer) -> Refused:
    """The answer, which must be a refusal."""
    assert isinstance(answer, Refused), answer
    return answer


def reason_codes(answer: Answer) -> set[str]:
    """Why it was refused."""
    return {finding.code for finding in refusal(answer).reasons}


class Interposed:
    """A store that does what a test wants before or after the real one does what it was asked."""

    def __init__(self, store: Store) -> None:
        self.inner = store
        self.before_append: Callable[[Batch], None] | None = None
        self.after_append: Callable[[Batch], None] | None = None
        self.before_publish: Callable[[Publication], None] | None = None
        self.after_publish: Callable[[Publication], None] | None = None
        self.appends = 0

    def append(self, batch: Batch) -> None:
        self.appends += 1
        if self.before_append is not None:
            self.before_append(batch)
        self.inner.append(batch)
        if self.after_append is not None:
            self.after_append(batch)

    def publish(self, publication: Publication, note_only: bool = False) -> None:
        if self.before_publish is not None:
            self.before_publish(publication)
        self.inner.publish(publication, note_only)
        if self.after_publish is not None:
            self.after_publish(publication)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def once(code: str) -> Callable[[object], None]:
    """Raise a `StoreError` of this code the first time only."""
    left = [code]

    def fail(_: object) -> None:
        if left:
            raise StoreError(left.pop(), "made by a test")

    return fail


def tamper(path: Path, sql: str, *parameters: object) -> int:
    """Change a store's file behind its back: guards dropped, the statement run, guards put back; rows changed."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        changed = connection.execute(sql, parameters).rowcount
        for _, text in guards:
            connection.execute(text)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return changed


def mark_of(rig: Rig) -> Mark:
    """The high-water mark, which must be there."""
    mark = rig.mark.read()
    assert mark is not None
    return mark
