"""The SQLite file: how it is made and opened, what it refuses to be, and that its tables only grow."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.contract.builders import Fabricator, entry, one_batch, publication, subject_row

from lotchain.errors import StoreError
from lotchain.storage import connection, schema
from lotchain.storage.sqlite import SqliteStore


@pytest.fixture
def filled(path: Path) -> Path:
    """A closed file with every table filled."""
    maker = Fabricator()
    store = SqliteStore.create(path)
    store.append(maker.batch([("lot:a", "party:p")] * 300, openings={b"d": b"opened"}))
    store.publish(publication(301, tiles=[(0, b"", b"top")], leaves=[(b"k" * 32, b"l" * 32)]))
    store.close()
    return path


def code_of(call: object, *arguments: object, **rest: object) -> str:
    with pytest.raises(StoreError) as caught:
        call(*arguments, **rest)  # type: ignore[operator]
    return caught.value.code


def raw(path: Path) -> sqlite3.Connection:
    """Another program's connection: none of our settings."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA recursive_triggers = OFF")
    other.execute("PRAGMA foreign_keys = OFF")
    return other


def test_reopening_gives_everything_back(filled: Path) -> None:
    for read_only in (False, True):
        store = SqliteStore.open(filled, read_only)
        assert store.head().size == 301
        assert store.published() == (301, b"published 301")
        assert list(store.entries(0, 400)) == [entry(index) for index in range(301)]
        assert store.subject("lot:a") == subject_row("lot:a", 300)
        assert store.history("party:p") == list(range(300))
        assert store.tile(0) is not None
        assert store.node(8, 0) is not None
        assert store.map_tile(0, b"") == b"top"
        assert store.map_leaves(b"", b"z") == [(b"k" * 32, b"l" * 32)]
        assert store.opening(b"d") == b"opened"
        store.close()


# Making and opening


def test_a_missing_file_is_never_a_new_ledger(path: Path) -> None:
    assert code_of(SqliteStore.open, path) == "store-missing"
    assert code_of(SqliteStore.open, path, True) == "store-missing"
    assert code_of(SqliteStore.open, path.parent) == "store-missing"
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("ending", ["", "-wal", "-shm"])
def test_create_never_writes_over_anything(path: Path, ending: str) -> None:
    there = path.with_name(path.name + ending)
    there.write_bytes(b"something")
    assert code_of(SqliteStore.create, path) == "store-exists"
    assert [(file.name, file.read_bytes()) for file in path.parent.iterdir()] == [(there.name, b"something")]


def test_create_leaves_nothing_unfinished(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "STEPS", (("0001", ("CREATE TABLE a (b) STRICT, STRICT nonsense",)),))
    assert code_of(SqliteStore.create, path) == "store-io"
    assert list(path.parent.iterdir()) == []


def test_create_in_a_missing_folder_is_store_io(path: Path) -> None:
    assert code_of(SqliteStore.create, path.parent / "none" / "ledger.db") == "store-io"


def test_odd_file_names_are_taken_literally(path: Path) -> None:
    odd = path.with_name("a?mode=memory&b%20#c é.db")
    SqliteStore.create(odd).close()
    assert odd.is_file()
    SqliteStore.open(odd, True).close()


def test_an_upto_date_file_is_opened_without_sqlite_utils(filled: Path) -> None:
    program = (
        "import sys; from lotchain.storage.sqlite import SqliteStore; SqliteStore.open(sys.argv[1]).close(); "
        "sys.exit('sqlite_utils' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program, filled], env=_environment(), check=False).returncode == 0


def _environment() -> dict[str, str]:
    return {"PYTHONPATH": ":".join(sys.path)}


def test_text_is_store_corrupt(path: Path) -> None:
    path.write_bytes(b"this is no database, whatever its name says\n" * 100)
    assert code_of(SqliteStore.open, path) == "store-corrupt"
    assert code_of(SqliteStore.open, path, True) == "store-corrupt"


def test_an_emptied_file_is_store_corrupt(path: Path) -> None:
    path.write_bytes(b"")
    assert code_of(SqliteStore.open, path) == "store-corrupt"
    assert code_of(SqliteStore.open, path, True) == "store-corrupt"
    assert path.read_bytes() == b""


def test_a_file_of_nul_bytes_is_store_corrupt(filled: Path) -> None:
    filled.write_bytes(bytes(filled.stat().st_size))
    assert code_of(SqliteStore.open, filled) == "store-corrupt"


def test_another_applications_file_is_store_format_and_untouched(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE mine (a)")
    other.commit()
    other.close()
    before = path.read_bytes()
    assert code_of(SqliteStore.open, path) == "store-format"
    assert code_of(SqliteStore.open, path, True) == "store-format"
    assert path.read_bytes() == before


def test_a_newer_schema_is_version_unsupported(filled: Path) -> None:
    other = raw(filled)
    other.execute(f"PRAGMA user_version = {len(schema.STEPS) + 1}")
    other.close()
    assert code_of(SqliteStore.open, filled) == "version-unsupported"
    assert code_of(SqliteStore.open, filled, True) == "version-unsupported"


def test_the_file_says_what_it_is(filled: Path) -> None:
    start = filled.read_bytes()[:100]
    assert start[68:72] == b"LOTC"
    assert int.from_bytes(start[60:64], "big") == len(schema.STEPS)
    assert start[18:20] == b"\x02\x02"  # WAL


def test_an_analyst_can_use_the_file_with_sqlite_utils(filled: Path) -> None:
    import sqlite_utils

    other = sqlite_utils.Database(sqlite3.connect(f"file:{filled}?mode=ro", uri=True))
    assert other["entries"].count == 301
    assert [m.name for m in sqlite_utils.Migrations("lotchain").applied(other)] == [name for name, _ in schema.STEPS]


def test_the_specification_names_every_table_and_column(filled: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "specs" / "formats" / "store.md").read_text(encoding="utf-8")
    other = raw(filled)
    for kind, table in other.execute("SELECT type, name FROM sqlite_schema").fetchall():
        if kind == "table" and not table.startswith("_"):
            (line,) = [line for line in page.splitlines() if line.startswith(f"| `{table}` |")]
            named = line.split("|")[2]
            columns = [row[1] for row in other.execute(f"PRAGMA table_info({table})")]
            assert all(f"`{column}`" in named for column in columns), table
            assert named.count("`") == 2 * len(columns), table
    assert f"schema version, {len(schema.STEPS)}" in page


# Migration

STEP = ("0002_more", ("CREATE TABLE more (a INTEGER PRIMARY KEY) STRICT",))
BROKEN = ("0002_broken", ("CREATE TABLE more (a INTEGER PRIMARY KEY) STRICT", "CREATE TABLE more (a)"))


def test_an_older_file_is_brought_up_by_a_writer_only(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "STEPS", (*schema.STEPS, STEP))
    assert code_of(SqliteStore.open, filled, True) == "version-unsupported"
    store = SqliteStore.open(filled)
    assert store.head().size == 301
    store.append(one_batch(301))
    store.close()
    SqliteStore.open(filled, True).close()
    assert raw(filled).execute("PRAGMA user_version").fetchone() == (2,)


def test_a_step_is_done_whole_or_not_at_all(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = schema.STEPS
    monkeypatch.setattr(schema, "STEPS", (*steps, BROKEN))
    assert code_of(SqliteStore.open, filled) == "store-io"
    monkeypatch.setattr(schema, "STEPS", steps)
    store = SqliteStore.open(filled)
    assert store.head().size == 301
    assert raw(filled).execute("SELECT count(*) FROM sqlite_schema WHERE name = 'more'").fetchone() == (0,)


# Settings


class Stubborn(sqlite3.Connection):
    """A connection that ignores one setting."""

    ignored = "synchronous = FULL"
    instead = "PRAGMA synchronous = NORMAL"

    def execute(self, sql: str, *rest: object) -> sqlite3.Cursor:
        return super().execute(self.instead if sql.endswith(self.ignored) else sql, *rest)


@pytest.mark.parametrize(
    ("ignored", "instead"),
    [
        ("synchronous = FULL", "PRAGMA synchronous = NORMAL"),
        ("synchronous = FULL", "PRAGMA synchronous = OFF"),
        ("recursive_triggers = ON", "PRAGMA recursive_triggers = OFF"),
        ("foreign_keys = ON", "PRAGMA foreign_keys = OFF"),
        ("journal_mode = WAL", "PRAGMA journal_mode = DELETE"),
    ],
)
def test_a_setting_that_does_not_hold_is_refused(
    filled: Path, monkeypatch: pytest.MonkeyPatch, ignored: str, instead: str
) -> None:
    factory = type("Stubborn", (Stubborn,), {"ignored": ignored, "instead": instead})
    real = sqlite3.connect
    monkeypatch.setattr(connection.sqlite3, "connect", lambda *a, **k: real(*a, factory=factory, **k))
    assert code_of(SqliteStore.open, filled) == "store-io"


# Append-only

FORGERIES = {
    "entries": "(5, x'00')",
    "statements": "((SELECT id FROM statements LIMIT 1), 5)",
    "histories": "(1, 5, 7)",
    "batches": "(300, 0, 1, x'00')",
    "tree_tiles": "(0, x'00')",
    "tree_nodes": "(8, 0, x'00')",
    "subjects": "(1, 'lot:forged', x'00', 1, x'00', 1)",
}
HOW = ["INSERT OR REPLACE INTO", "REPLACE INTO", "INSERT INTO", "INSERT OR ROLLBACK INTO"]


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("table", FORGERIES)
def test_no_insert_takes_the_place_of_a_row(filled: Path, table: str, how: str) -> None:
    other = raw(filled)
    before = other.execute(f"SELECT * FROM {table}").fetchall()
    with pytest.raises(sqlite3.IntegrityError):
        other.execute(f"{how} {table} VALUES {FORGERIES[table]}")
    assert other.execute(f"SELECT * FROM {table}").fetchall() == before


@pytest.mark.parametrize("table", FORGERIES)
def test_insert_or_ignore_changes_nothing(filled: Path, table: str) -> None:
    other = raw(filled)
    before = other.execute(f"SELECT * FROM {table}").fetchall()
    with pytest.raises(sqlite3.IntegrityError):
        other.execute(f"INSERT OR IGNORE INTO {table} VALUES {FORGERIES[table]}")
    assert other.execute(f"SELECT * FROM {table}").fetchall() == before


@pytest.mark.parametrize("table", FORGERIES)
def test_no_row_is_updated_or_deleted(filled: Path, table: str) -> None:
    other = raw(filled)
    column = {"subjects": "name", "statements": "id"}.get(table)
    columns = [column] if column else [row[1] for row in other.execute(f"PRAGMA table_info({table})")]
    before = other.execute(f"SELECT * FROM {table}").fetchall()
    for name in columns:
        for verb in ("UPDATE", "UPDATE OR REPLACE"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                other.execute(f"{verb} {table} SET {name} = {name}")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        other.execute(f"DELETE FROM {table}")
    assert other.execute(f"SELECT * FROM {table}").fetchall() == before


@pytest.mark.parametrize(
    "gap",
    [
        "entries VALUES (302, x'00')",
        "entries (bytes) VALUES (x'00')",
        "entries VALUES (-1, x'00')",
        "histories VALUES (1, 301, 1)",
        "histories VALUES (9, 1, 1)",
        "batches VALUES (303, 302, 1, x'00')",
        "batches VALUES (300, 301, 1, x'00')",
        "batches VALUES (NULL, 301, 1, x'00')",
    ],
)
def test_what_is_dense_stays_dense(filled: Path, gap: str) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        raw(filled).execute(f"INSERT INTO {gap}")


def test_a_dropped_or_altered_guard_shows_at_the_next_opening(filled: Path) -> None:
    guards = [row[0] for row in raw(filled).execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'")]
    assert len(guards) == 3 * len(FORGERIES)
    for guard in guards:
        copy = filled.with_name(f"{guard}.db")
        shutil.copy(filled, copy)
        other = raw(copy)
        other.execute(f"DROP TRIGGER {guard}")
        if guard == "entries_delete":
            other.execute(f"CREATE TRIGGER {guard} BEFORE DELETE ON entries BEGIN SELECT 1; END")
        other.close()
        assert code_of(SqliteStore.open, copy) == "store-corrupt"
        assert code_of(SqliteStore.open, copy, True) == "store-corrupt"


def test_an_entry_slipped_in_behind_the_head_stops_the_next_append(filled: Path) -> None:
    other = raw(filled)
    other.execute("INSERT INTO entries VALUES (301, x'00')")
    other.close()
    store = SqliteStore.open(filled)
    assert code_of(store.append, one_batch(301)) == "store-corrupt"
    assert store.head().size == 301
    store.close()


def test_a_head_wound_back_by_hand_stops_the_next_append(filled: Path) -> None:
    other = raw(filled)
    other.execute("UPDATE head SET size = 300")
    other.close()
    store = SqliteStore.open(filled)
    assert code_of(store.append, one_batch(300)) == "store-corrupt"
    store.close()


# Reading only


def test_a_read_only_store_writes_nothing(filled: Path) -> None:
    filled.with_name(filled.name + "-lock").unlink()
    before = filled.read_bytes()
    store = SqliteStore.open(filled, read_only=True)
    assert code_of(store.append, one_batch(301)) == "store-read-only"
    assert code_of(store.publish, publication(301)) == "store-read-only"
    assert code_of(store.erase_opening, b"d") == "store-read-only"
    assert store.erase_opening(b"unknown") is False
    store.close()
    assert filled.read_bytes() == before
    assert not filled.with_name(filled.name + "-lock").exists()
    wal = filled.with_name(filled.name + "-wal")
    assert not wal.exists() or wal.stat().st_size == 0


def test_a_reader_follows_a_writer(path: Path) -> None:
    writer = SqliteStore.create(path)
    reader = SqliteStore.open(path, read_only=True)
    assert reader.head() is None
    for size in (0, 2, 4):
        writer.append(one_batch(size))
        assert reader.head().size == size + 2
        assert len(list(reader.entries(0, 10))) == size + 2
    writer.close()
    assert reader.head().size == 6
    reader.close()


# Erasing


@pytest.mark.parametrize("size", [40, 3_000, 50_000])
def test_an_erased_opening_is_gone_from_the_disk(path: Path, size: int) -> None:
    secret = b"name and address of somebody" + b"?" * size
    store = SqliteStore.create(path)
    store.append(Fabricator().batch([()], openings={b"d": secret, b"e": b"kept"}))
    assert any(secret[:20] in file.read_bytes() for file in path.parent.iterdir())
    assert store.erase_opening(b"d")
    assert not any(b"somebody" in file.read_bytes() for file in path.parent.iterdir())
    assert not any(b"????????" in file.read_bytes() for file in path.parent.iterdir())
    assert store.opening(b"e") == b"kept"
    store.close()
