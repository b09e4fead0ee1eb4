"""What the SQLite engine writes in one transaction: our own SQL, prepared text, many rows a statement."""

from __future__ import annotations

import sqlite3

from lotchain.ledger.ports import Batch, Publication
from lotchain.storage import refusals

_ASKED_AT_ONCE = 500
"""Names in one IN list; SQLite allows 32,766 parameters, and few distinct statements stay prepared."""


def append(connection: sqlite3.Connection, batch: Batch) -> None:
    """Write a batch inside the caller's transaction; raises `head-moved` before the first write."""
    found = connection.execute("SELECT size FROM head").fetchall()
    size = found[0][0] if found else 0
    if size != batch.expected_size:
        raise refusals.head_moved(batch.expected_size, size)
    row, head = batch.row, batch.head
    connection.executemany("INSERT INTO entries VALUES (?, ?)", enumerate(batch.entries, row.start))
    connection.executemany(
        "INSERT INTO statements VALUES (?, ?)",
        ((name, index) for index, name in enumerate(batch.statement_ids, row.start)),
    )
    numbers = _write_subjects(connection, batch)
    connection.executemany(
        "INSERT INTO histories VALUES (?, ?, ?)",
        ((numbers[name], position, index) for name, position, index in batch.histories),
    )
    connection.executemany("INSERT INTO tree_tiles VALUES (?, ?)", batch.tiles)
    connection.executemany("INSERT INTO tree_nodes VALUES (?, ?, ?)", batch.nodes)
    for digest, opening in batch.openings.items():
        keep(connection, digest, opening)
    connection.execute(
        "INSERT INTO batches (start_index, end_index, time_ms, root) VALUES (?, ?, ?, ?)",
        (row.start, row.end, row.time, row.root),
    )
    connection.execute(
        "INSERT INTO head VALUES (1, ?, ?, ?) ON CONFLICT DO UPDATE "
        "SET size = excluded.size, note = excluded.note, frontier = excluded.frontier",
        (head.size, head.note, head.frontier),
    )


def _write_subjects(connection: sqlite3.Connection, batch: Batch) -> dict[str, int]:
    """Update the known subjects, insert the new ones, and give every one's number."""
    names = list(batch.subjects)
    numbers: dict[str, int] = {}
    for first in range(0, len(names), _ASKED_AT_ONCE):
        asked = names[first : first + _ASKED_AT_ONCE]
        marks = ",".join("?" * len(asked))
        numbers.update(
            connection.execute(
                f"SELECT name, number FROM subjects WHERE name IN ({marks})",  # noqa: S608 (marks only)
                asked,
            )
        )
    end = batch.row.end
    connection.executemany(
        "UPDATE subjects SET state = ?, length = ?, chain = ?, changed_at = ? WHERE number = ?",
        (
            (row.state, row.length, row.chain, end, numbers[name])
            for name, row in batch.subjects.items()
            if name in numbers
        ),
    )
    new = [name for name in names if name not in numbers]
    if new:
        last = connection.execute("SELECT coalesce(max(number), 0) FROM subjects").fetchall()[0][0]
        fresh = dict(zip(new, range(last + 1, last + 1 + len(new)), strict=True))
        rows = ((number, name, batch.subjects[name]) for name, number in fresh.items())
        connection.executemany(
            "INSERT INTO subjects VALUES (?, ?, ?, ?, ?, ?)",
            ((number, name, row.state, row.length, row.chain, end) for number, name, row in rows),
        )
        numbers.update(fresh)
    return numbers


def publish(connection: sqlite3.Connection, publication: Publication, note_only: bool) -> None:
    """Replace the publication inside the caller's transaction; see `Store.publish`."""
    found = connection.execute("SELECT size FROM published").fetchall()
    published = found[0][0] if found else 0
    if publication.size < published:
        raise refusals.publication_older(publication.size, published)
    limit = published
    if not note_only:
        found = connection.execute("SELECT size FROM head").fetchall()
        limit = found[0][0] if found else 0
    if publication.size > limit:
        raise refusals.publication_ahead(publication.size, limit)
    connection.execute(
        "INSERT INTO published VALUES (1, ?, ?) ON CONFLICT DO UPDATE SET size = excluded.size, note = excluded.note",
        (publication.size, publication.note),
    )
    if note_only:
        return
    connection.executemany(
        "DELETE FROM map_tiles WHERE bits = ? AND prefix = ?",
        ((bits, prefix) for bits, prefix, tile in publication.map_tiles if tile is None),
    )
    connection.executemany(
        "INSERT INTO map_tiles VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET tile = excluded.tile",
        (row for row in publication.map_tiles if row[2] is not None),
    )
    connection.executemany(
        "INSERT INTO map_leaves VALUES (?, ?) ON CONFLICT DO UPDATE SET leaf = excluded.leaf",
        publication.map_leaves,
    )


def keep(connection: sqlite3.Connection, digest: bytes, opening: bytes) -> None:
    """Keep an opening; one that is there stays."""
    connection.execute("INSERT INTO openings VALUES (?, ?) ON CONFLICT DO NOTHING", (digest, opening))


def erase(connection: sqlite3.Connection, digest: bytes) -> None:
    """Forget an opening."""
    connection.execute("DELETE FROM openings WHERE digest = ?", (digest,))
