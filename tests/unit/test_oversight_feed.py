"""The feed of oversight: every judged statement of a log, once, with the states that it was judged by."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.ledgers import Rig, tamper
from tests.unit.overseen import new_watcher
from tests.unit.world import ORIGIN

from lotchain.app.oversight import Feed, Unsound
from lotchain.core import canonical_json
from lotchain.core.closing import is_closing
from lotchain.ledger.reader import Reader
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore

SPOILT = "UPDATE entries SET bytes = CAST(bytes || x'00' AS BLOB) WHERE log_index = ?"


def test_every_statement_comes_once_with_its_states() -> None:
    rig = Rig().grown()
    feed = Feed(rig.ledger.reader, MemoryStore(), ORIGIN)
    seen = list(feed.new())
    entries = list(rig.store.entries(0, rig.ledger.reader.size()))
    assert [item.index for item in seen] == [n for n, raw in enumerate(entries) if not is_closing(raw)]
    assert feed.size == len(entries) and feed.time == rig.clock.time
    states: dict[str, object] = {}
    for item in seen:
        assert {name: state for name, state in item.before.items() if state is not None} == {
            name: states[name] for name in item.before if name in states
        }
        states.update(item.after)
    for name, state in states.items():
        row = rig.store.subject(name)
        assert row is not None and canonical_json.encode(state) == row.state
    assert list(feed.new()) == []


def test_what_is_appended_meanwhile_comes_next() -> None:
    rig = Rig()
    rig.feed()
    feed = Feed(rig.ledger.reader, MemoryStore(), ORIGIN)
    first = list(feed.new())
    lot = rig.world.make("A", 100)
    rig.feed()
    (item,) = feed.new()
    assert item.index > first[-1].index and lot in item.after and item.before[lot] is None


def test_progress_is_told_and_an_empty_log_gives_nothing() -> None:
    rig = Rig()
    told: list[tuple[int, int]] = []
    assert list(Feed(rig.ledger.reader, MemoryStore(), ORIGIN).new(lambda done, of: told.append((done, of)))) == []
    rig.grown()
    list(Feed(rig.ledger.reader, MemoryStore(), ORIGIN).new(lambda done, of: told.append((done, of))))
    assert told and told[-1][0] == told[-1][1]


def test_a_log_of_another_name_is_unsound() -> None:
    rig = Rig().grown()
    with pytest.raises(Unsound) as caught:
        list(Feed(rig.ledger.reader, MemoryStore(), "ledger.example/other").new())
    assert caught.value.code == "log-unsound" and caught.value.fault.code == "audit-entry-refused"


def test_a_changed_entry_ends_the_feed_and_is_an_alert(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "ledger.db").grown()
    size = rig.ledger.reader.size()
    rig.store.close()
    changed = tamper(tmp_path / "ledger.db", SPOILT, size - 2)
    assert changed == 1
    store = SqliteStore.open(tmp_path / "ledger.db", read_only=True)
    watcher, seen = new_watcher(), []
    with pytest.raises(Unsound) as caught:
        for item in Feed(Reader(store), MemoryStore(), ORIGIN).new():
            seen.append(item.index)
            watcher.see(item)
    store.close()
    assert max(seen) < size - 2
    watcher.unsound(caught.value.fault.code, caught.value.fault.index or 0, watcher.time)
    first = watcher.alerts()[0]
    assert (first.code, first.subject, first.evidence[0].at) == ("t15-log-unsound", "log", size - 2)


def test_a_sound_log_raises_no_such_alert() -> None:
    rig, watcher = Rig().grown(), new_watcher()
    for item in Feed(rig.ledger.reader, MemoryStore(), ORIGIN).new():
        watcher.see(item)
    assert "t15-log-unsound" not in {alert.code for alert in watcher.alerts()}
