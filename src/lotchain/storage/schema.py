"""The tables of the SQLite file, the triggers that keep them append-only, and how an older file is brought
up.

Each step is a tuple of SQL statements that stands for ever: a later version adds a step. Steps run through
sqlite-utils' migrations, so that the file says of itself which it has seen; sqlite-utils is loaded only when
there is a step to run. The layout is stated in `specs/formats/store.md`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

from lotchain.errors import StoreError

APPLICATION_ID = 0x4C4F5443
"""`LOTC`, at offset 68 of the file: this is a lotchain store and no other application's."""

_TABLES = (
    """CREATE TABLE entries (
    log_index INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT""",
    """CREATE TABLE statements (
    id BLOB PRIMARY KEY,
    log_index INTEGER NOT NULL REFERENCES entries
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE subjects (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    state BLOB NOT NULL,
    length INTEGER NOT NULL,
    chain BLOB NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT""",
    "CREATE INDEX subjects_changed_at ON subjects (changed_at)",
    """CREATE TABLE histories (
    subject INTEGER NOT NULL REFERENCES subjects,
    position INTEGER NOT NULL,
    log_index INTEGER NOT NULL,
    PRIMARY KEY (subject, position)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE batches (
    end_index INTEGER PRIMARY KEY,
    start_index INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    root BLOB NOT NULL
) STRICT""",
    """CREATE TABLE tree_tiles (
    n INTEGER PRIMARY KEY,
    hashes BLOB NOT NULL
) STRICT""",
    """CREATE TABLE tree_nodes (
    level INTEGER NOT NULL,
    position INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, position)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    note BLOB NOT NULL,
    frontier BLOB NOT NULL
) STRICT""",
    """CREATE TABLE published (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    note BLOB NOT NULL
) STRICT""",
    """CREATE TABLE map_tiles (
    bits INTEGER NOT NULL,
    prefix BLOB NOT NULL,
    tile BLOB NOT NULL,
    PRIMARY KEY (bits, prefix)
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE map_leaves (
    key BLOB PRIMARY KEY,
    leaf BLOB NOT NULL
) STRICT, WITHOUT ROWID""",
    """CREATE TABLE openings (
    digest BLOB PRIMARY KEY,
    opening BLOB NOT NULL
) STRICT, WITHOUT ROWID""",
)


def _guards(table: str, refused_when: str, code: str) -> tuple[str, ...]:
    """Three triggers that let a table only grow.

    `INSERT OR REPLACE` deletes the old row without firing a DELETE trigger unless `recursive_triggers` is on,
    which another program's connection need not have; so the insert itself is refused when the key is taken.
    """
    return (
        f"CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} WHEN {refused_when} "
        f"BEGIN SELECT RAISE(ABORT, '{code}'); END",
        f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END",
        f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    )


_GUARDS = (
    *_guards(
        "entries",
        "NEW.log_index IS NOT (SELECT coalesce(max(log_index) + 1, 0) FROM entries)",
        "entry-out-of-place",
    ),
    *_guards("statements", "EXISTS (SELECT 1 FROM statements WHERE id IS NEW.id)", "statement-exists"),
    *_guards(
        "histories",
        "NEW.position IS NOT (SELECT coalesce(max(position) + 1, 0) FROM histories WHERE subject = NEW.subject)",
        "history-moved",
    ),
    *_guards(
        "batches",
        "NEW.start_index IS NOT (SELECT coalesce(max(end_index) + 1, 0) FROM batches) "
        "OR NEW.end_index IS NULL OR NEW.end_index < NEW.start_index",
        "batch-out-of-place",
    ),
    *_guards("tree_tiles", "EXISTS (SELECT 1 FROM tree_tiles WHERE n IS NEW.n)", "tile-exists"),
    *_guards(
        "tree_nodes",
        "EXISTS (SELECT 1 FROM tree_nodes WHERE level IS NEW.level AND position IS NEW.position)",
        "node-exists",
    ),
    # A subject's state moves on, but a subject never vanishes and never changes its name or number.
    "CREATE TRIGGER subjects_insert BEFORE INSERT ON subjects "
    "WHEN EXISTS (SELECT 1 FROM subjects WHERE name IS NEW.name OR number IS NEW.number) "
    "BEGIN SELECT RAISE(ABORT, 'subject-exists'); END",
    "CREATE TRIGGER subjects_update BEFORE UPDATE OF number, name ON subjects "
    "BEGIN SELECT RAISE(ABORT, 'append-only'); END",
    "CREATE TRIGGER subjects_delete BEFORE DELETE ON subjects BEGIN SELECT RAISE(ABORT, 'append-only'); END",
)

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (("0001_tables_and_guards", (*_TABLES, *_GUARDS)),)
"""(name, statements) of every step, oldest first; `user_version` counts the steps that a file has seen."""


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version of the file behind a connection, 0 for an empty database.

    Raises `store-format` for another application's file, `store-corrupt` for an emptied one and
    `version-unsupported` for a schema newer than this program.
    """
    application = connection.execute("PRAGMA application_id").fetchall()[0][0]
    version = int(connection.execute("PRAGMA user_version").fetchall()[0][0])
    if application != APPLICATION_ID:
        if connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()[0][0] == 0:
            raise StoreError(
                "store-corrupt",
                "the file is an empty database; a store is never empty",
                remedy="restore it from a backup",
            )
        raise StoreError(
            "store-format",
            "this SQLite file belongs to another application",
            expected=f"application id {APPLICATION_ID:#010x}",
            found=f"{application:#010x}",
        )
    if version > len(STEPS):
        raise StoreError(
            "version-unsupported",
            "the store was written by a newer lotchain",
            expected=f"schema version {len(STEPS)} or older",
            found=str(version),
            remedy="use a newer lotchain",
        )
    return version


def bring_up(connection: sqlite3.Connection) -> None:
    """Run the steps that the file has not seen; each is done whole or not at all."""
    import sqlite_utils  # noqa: PLC0415 (heavy, and needed only when there is a step to run)

    migrations = sqlite_utils.Migrations("lotchain")
    for number, (name, statements) in enumerate(STEPS, 1):
        migrations(name=name)(_step(connection, number, statements))
    migrations.apply(sqlite_utils.Database(connection))


def _step(connection: sqlite3.Connection, number: int, statements: tuple[str, ...]) -> Callable[[object], None]:
    def run(_: object) -> None:
        for statement in statements:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {number}")

    return run


def require_guards(connection: sqlite3.Connection) -> None:
    """Raise `store-corrupt` when a table or a guard of ours is missing or reads otherwise than it was made.

    Whoever can write the file can drop a trigger first; this shows it at the next opening. Only an audit,
    which re-hashes every stored byte, shows what was done in between.
    """
    found = {sql for (sql,) in connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")}
    for _, statements in STEPS:
        for statement in statements:
            if statement not in found:
                raise StoreError(
                    "store-corrupt",
                    "a table or an append-only guard of the store is missing or was changed",
                    expected=" ".join(statement.split()[:3]),
                    remedy="audit this ledger against a backup and its witnesses before using it",
                )
