"""kill -9 at random points of appending: no acknowledged statement is lost, the ledger reopens, its audit passes.

Reduced counts; `make show-chain` runs 200 kills.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.kills import kill_writers
from tests.faults.ledger_writer import found_ledger
from tests.faults.store_checks import WRITER, environment

from lotchain.app.folder import Folder
from lotchain.app.wiring import open_ledger
from lotchain.core.statements import parse_statement
from lotchain.ledger.audit import audit
from lotchain.storage.highwater import FileHighWaterMark
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore

KILLS_A_LEDGER = 20
"""After so many a new ledger is begun: each kill is followed by an audit of the whole log."""


def require_whole(folder: Path, acknowledged: list[str]) -> None:
    """The ledger reopens, holds every acknowledged statement, and its audit finds nothing."""
    ledger = open_ledger(folder)
    try:
        for line in acknowledged:
            for name in line.split():
                index = ledger.reader.index_of(bytes.fromhex(name))
                assert index is not None, f"{name} was acknowledged and is lost"
                assert parse_statement(ledger.reader.entry(index)).hex_id == name
    finally:
        ledger.close()
    place = Folder(folder)
    configuration = place.read()
    mark = FileHighWaterMark(place.mark(configuration)).read()
    store = SqliteStore.open(place.store, read_only=True)
    try:
        audit(store, MemoryStore(), key=configuration.log_key, mark=mark).require()
    finally:
        store.close()


def kill_ledgers(kills: int, told: Callable[[int], None] = lambda done: None, longest: float = 0.1) -> int:
    """So many kills, each checked; the number of appends that were acknowledged before them."""
    done = appends = 0
    while done < kills:
        some = min(KILLS_A_LEDGER, kills - done)
        with TemporaryDirectory(prefix="lotchain-kill-") as place:
            folder = Path(place) / "ledger"
            founding = found_ledger(folder)
            seen = [0]

            def check(acknowledged: list[str], folder: Path = folder, founding: list[str] = founding) -> None:
                require_whole(folder, [*founding, *acknowledged])
                seen[0] += 1  # noqa: B023  called only within this round
                told(done + seen[0])  # noqa: B023

            writer = [WRITER[0], str(Path(__file__).with_name("ledger_writer.py")), str(folder)]
            appends += kill_writers(some, writer, check, seed=done, longest=longest, environment=environment())
        done += some
    return appends


def test_kill_9_at_random_points_of_appending_loses_nothing() -> None:
    assert kill_ledgers(8) > 8, "the writer was killed before it did anything; the test shows nothing"
