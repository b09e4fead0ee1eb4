"""Audit: a sound ledger is found sound, and every kind of tampering is found and named."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.unit.ledgers import LOG_MLDSA, LOG_SIGNER, Interposed, Rig, mark_of, receipts, tamper
from tests.unit.world import ORIGIN

from lotchain.core import cbor
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.closing import ClosingRecord, is_closing
from lotchain.core.hidden import Opening
from lotchain.core.ids import key_subject
from lotchain.core.tree import Frontier, leaf_hash
from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.events.fields import Hidden, Place
from lotchain.events.reading import read_entry
from lotchain.ledger import faults
from lotchain.ledger.audit import MAX_LISTED, AuditReport, NotSound, audit
from lotchain.ledger.checkpointing import sign_checkpoint
from lotchain.ledger.concluding import SignedBy, concluded
from lotchain.ledger.fold import Fold
from lotchain.ledger.ports import Batch, BatchRow, Mark, Publication, StoredHead, SubjectRow
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore
from lotchain.verify.judge import JUDGE_VERSION

OPENING = Opening("place.name", b"s" * 16, "Wuhan Road 5")


def built(path: Path | None) -> Rig:
    """A ledger with all that can be stored: full tiles, nodes, map tiles, an opening, a published and a newer part."""
    rig = Rig(path, mldsa=LOG_MLDSA)
    rig.feed()
    place = Place(code="CNTZU", offset="+08:00", name=Hidden(hidden=OPENING.digest.hex()))
    rig.world.make("HIDDEN", 5, place=place)
    openings = {OPENING.digest: cbor.encode(OPENING.encode())}
    receipts(rig.ledger.submit(rig.statements(), openings))
    for n in range(280):
        rig.world.make(f"B-{n}", 1)
    rig.feed(90)
    rig.world.move("maker", "carrier", "lot:CN-MAKER/B-7")
    rig.feed()
    rig.ledger.publish()
    rig.world.advance()
    rig.world.move("carrier", "importer", "lot:CN-MAKER/B-7", receives_as="consignee")
    rig.world.make("NEW", 5)
    rig.clock.time = rig.world.time + 25 * 3_600_000
    rig.feed()
    return rig


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rig, Path]]:
    path = tmp_path_factory.mktemp("audit") / "ledger.db"
    rig = built(path)
    rig.store.close()
    yield rig, path


def audited(path: Path, rig: Rig, *, mark: Mark | None = None) -> AuditReport:
    store = SqliteStore.open(path, read_only=True)
    try:
        return audit(store, MemoryStore(), key=rig.ledger.key, mldsa_key=rig.ledger.mldsa_key, mark=mark)
    finally:
        store.close()


def test_a_sound_ledger_is_sound(original: tuple[Rig, Path]) -> None:
    rig, path = original
    report = audited(path, rig, mark=mark_of(rig))
    assert (report.counts, report.faults) == ({}, ())
    assert report.sound
    report.require()
    assert report.first_bad_index is None
    with closing(sqlite3.connect(path)) as connection:
        (entries,) = connection.execute("SELECT count(*) FROM entries").fetchone()
        (statements,) = connection.execute("SELECT count(*) FROM statements").fetchone()
        (subjects,) = connection.execute("SELECT count(*) FROM subjects").fetchone()
    assert (report.size, report.examined, report.statements) == (entries, entries, statements)
    assert report.subjects == subjects
    assert report.published < report.size
    assert report.judged["late-entry"] > 0
    with pytest.raises(TypeError):
        bool(report)


def test_every_table_has_rows_to_tamper_with(original: tuple[Rig, Path]) -> None:
    with closing(sqlite3.connect(original[1])) as connection:
        tables = ("tree_tiles", "tree_nodes", "map_tiles", "map_leaves", "openings", "published", "histories")
        for table in tables:
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0, table


FLIP = (
    "CAST(substr({0}, 1, length({0}) / 2)"
    " || CASE substr({0}, length({0}) / 2 + 1, 1) WHEN x'ff' THEN x'00' ELSE x'ff' END"
    " || substr({0}, length({0}) / 2 + 2) AS BLOB)"
)
LOT = "(SELECT number FROM subjects WHERE name = 'lot:CN-MAKER/B-7')"
TAMPERINGS: dict[str, tuple[str, set[str], int | None]] = {
    # name: (statement, codes that must be among those found, first bad index where there is exactly one)
    "entry payload": (f"UPDATE entries SET bytes = {FLIP.format('bytes')} WHERE log_index = 30", {"audit-root"}, 30),
    "entry signature": (
        "UPDATE entries SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS BLOB) WHERE log_index = 31",
        {"audit-entry-refused", "audit-root", "audit-frontier", "audit-checkpoint", "audit-published"},
        31,
    ),
    "entry swapped in": (
        "UPDATE entries SET bytes = (SELECT bytes FROM entries WHERE log_index = 40) WHERE log_index = 41",
        {"audit-statement-twice", "audit-root"},
        41,
    ),
    "closing record": (
        "UPDATE entries SET bytes = CAST(substr(bytes, 1, length(bytes) - 1) || x'00' AS BLOB) "
        "WHERE log_index = (SELECT end_index FROM batches ORDER BY 1 LIMIT 1)",
        {"audit-heads-root", "audit-root"},
        None,
    ),
    "entry removed": ("DELETE FROM entries WHERE log_index = 50", {"audit-entry-count"}, 50),
    "last entry removed": (
        "DELETE FROM entries WHERE log_index = (SELECT max(log_index) FROM entries)",
        {"audit-entry-count"},
        None,
    ),
    "entry too many": (
        "INSERT INTO entries SELECT max(log_index) + 1, x'00' FROM entries",
        {"audit-row-count"},
        None,
    ),
    "statement moved": ("UPDATE statements SET log_index = 33 WHERE log_index = 32", {"audit-statement-index"}, 32),
    "statement removed": (
        "DELETE FROM statements WHERE log_index = 32",
        {"audit-statement-index", "audit-row-count"},
        32,
    ),
    "statement too many": (
        "INSERT INTO statements VALUES (zeroblob(32), 5)",
        {"audit-row-count"},
        None,
    ),
    "statement id": ("UPDATE statements SET id = zeroblob(32) WHERE log_index = 35", {"audit-statement-index"}, 35),
    "state": (
        "UPDATE subjects SET state = CAST(replace(CAST(state AS TEXT), 'CN-MAKER', 'CN-TAKER') AS BLOB) "
        "WHERE name = 'lot:CN-MAKER/B-9'",
        {"audit-subject"},
        None,
    ),
    "state of what is not yet published": (
        f"UPDATE subjects SET state = {FLIP.format('state')} WHERE name = 'lot:CN-MAKER/NEW'",
        {"audit-subject"},
        None,
    ),
    "length": ("UPDATE subjects SET length = length + 1 WHERE name = 'charter'", {"audit-subject"}, None),
    "chain": (f"UPDATE subjects SET chain = {FLIP.format('chain')} WHERE name = 'charter'", {"audit-subject"}, None),
    "subject renamed": (
        "UPDATE subjects SET name = 'lot:CN-MAKER/C-9' WHERE name = 'lot:CN-MAKER/B-9'",
        {"audit-subject"},
        None,
    ),
    "subject removed": (
        "DELETE FROM subjects WHERE name = 'lot:CN-MAKER/B-9'",
        {"audit-subject", "audit-row-count"},
        None,
    ),
    "subject too many": (
        "INSERT INTO subjects VALUES (99999, 'zzz', x'7b7d', 1, zeroblob(32), 3)",
        {"audit-subject", "audit-row-count"},
        None,
    ),
    "changed later": (
        "UPDATE subjects SET changed_at = (SELECT max(end_index) FROM batches) WHERE name = 'lot:CN-MAKER/B-9'",
        {"audit-changed"},
        None,
    ),
    "changed earlier": (
        "UPDATE subjects SET changed_at = 3 WHERE name = 'lot:CN-MAKER/B-7'",
        {"audit-changed"},
        None,
    ),
    "history moved": (
        f"UPDATE histories SET log_index = 44 WHERE subject = {LOT} AND position = 0",
        {"audit-history"},
        None,
    ),
    "history cut": (
        f"DELETE FROM histories WHERE subject = {LOT} AND position = (SELECT max(position) FROM histories "
        f"WHERE subject = {LOT})",
        {"audit-history", "audit-row-count"},
        None,
    ),
    "history hidden in its midst": (
        f"DELETE FROM histories WHERE subject = {LOT} AND position = 1",
        {"audit-history", "audit-row-count"},
        None,
    ),
    "history too long": (
        f"INSERT INTO histories VALUES ({LOT}, 99, 40)",
        {"audit-history", "audit-row-count"},
        None,
    ),
    "history of nobody": ("INSERT INTO histories VALUES (99999, 0, 40)", {"audit-row-count"}, None),
    "batch time": ("UPDATE batches SET time_ms = time_ms + 1 WHERE start_index = 0", {"audit-batch-row"}, None),
    "batch root": (f"UPDATE batches SET root = {FLIP.format('root')} WHERE start_index = 0", {"audit-root"}, None),
    "batch start": ("UPDATE batches SET start_index = 1 WHERE start_index = 0", {"audit-batch-row"}, None),
    "batch end": ("UPDATE batches SET end_index = end_index - 1 WHERE start_index = 0", {"audit-batch-row"}, None),
    "batch removed": (
        "DELETE FROM batches WHERE start_index = 0",
        {"audit-batch-row", "audit-row-count"},
        None,
    ),
    "batch too many": ("INSERT INTO batches VALUES (3, 1, 5, zeroblob(32))", {"audit-row-count"}, None),
    "tile": (
        "UPDATE tree_tiles SET hashes = CAST(substr(hashes, 1, 3200) || x'00000000' || substr(hashes, 3205) AS BLOB)",
        {"audit-tree-tile"},
        100,
    ),
    "tile removed": ("DELETE FROM tree_tiles", {"audit-tree-tile", "audit-row-count"}, 0),
    "tile too many": ("INSERT INTO tree_tiles VALUES (7, zeroblob(8192))", {"audit-row-count"}, None),
    "node": (f"UPDATE tree_nodes SET hash = {FLIP.format('hash')}", {"audit-tree-node"}, None),
    "node removed": ("DELETE FROM tree_nodes", {"audit-tree-node", "audit-row-count"}, None),
    "node too many": ("INSERT INTO tree_nodes VALUES (9, 0, zeroblob(32))", {"audit-row-count"}, None),
    "frontier": (f"UPDATE head SET frontier = {FLIP.format('frontier')}", {"audit-frontier"}, None),
    "size": ("UPDATE head SET size = size - 1", {"audit-not-closed"}, None),
    "note": (
        "UPDATE head SET note = CAST(replace(CAST(note AS TEXT), 'ledger.example', 'ledger.exemple') AS BLOB)",
        {"audit-checkpoint"},
        None,
    ),
    "note of another size": ("UPDATE head SET note = (SELECT note FROM published)", {"audit-checkpoint"}, None),
    "published note": (f"UPDATE published SET note = {FLIP.format('note')}", {"audit-published"}, None),
    "published without its second signature": (
        "UPDATE published SET size = (SELECT size FROM head), note = (SELECT note FROM head)",
        {"audit-published", "audit-heads-map"},
        None,
    ),
    "published size": ("UPDATE published SET size = size - 1", {"audit-published"}, None),
    "map tile": (f"UPDATE map_tiles SET tile = {FLIP.format('tile')} WHERE bits = 0", {"audit-heads-map"}, None),
    "map tile below": (f"UPDATE map_tiles SET tile = {FLIP.format('tile')} WHERE bits = 4", {"audit-heads-map"}, None),
    "map tile removed": ("DELETE FROM map_tiles WHERE bits = 4", {"audit-heads-map", "audit-row-count"}, None),
    "map tile too many": ("INSERT INTO map_tiles VALUES (100, x'00', x'00')", {"audit-row-count"}, None),
    "map leaf": (
        f"UPDATE map_leaves SET leaf = {FLIP.format('leaf')} WHERE key = (SELECT max(key) FROM map_leaves)",
        {"audit-heads-map"},
        None,
    ),
    "map leaf removed": (
        "DELETE FROM map_leaves WHERE key = (SELECT max(key) FROM map_leaves)",
        {"audit-heads-map", "audit-row-count"},
        None,
    ),
    "map leaf too many": (
        "INSERT INTO map_leaves VALUES (zeroblob(32), zeroblob(72))",
        {"audit-heads-map", "audit-row-count"},
        None,
    ),
    "opening": (f"UPDATE openings SET opening = {FLIP.format('opening')}", {"audit-opening"}, None),
    "opening of nothing": ("INSERT INTO openings VALUES (zeroblob(32), x'00')", {"audit-row-count"}, None),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_tampering_is_found(original: tuple[Rig, Path], tmp_path: Path, name: str) -> None:
    rig, path = original
    statement, codes, index = TAMPERINGS[name]
    copy = tmp_path / "ledger.db"
    shutil.copy(path, copy)
    assert tamper(copy, statement) > 0
    report = audited(copy, rig)
    assert not report.sound
    assert codes <= report.counts.keys(), report.counts
    if index is not None:
        assert report.first_bad_index == index
    with pytest.raises(NotSound):
        report.require()
    for found in report.faults:
        assert found.finding.kind in faults.CODES
        assert found.finding.as_json()["what"]


def test_an_erased_opening_is_no_fault(original: tuple[Rig, Path], tmp_path: Path) -> None:
    rig, path = original
    copy = tmp_path / "ledger.db"
    shutil.copy(path, copy)
    tamper(copy, "DELETE FROM openings")
    assert audited(copy, rig).sound


def test_the_mark_is_compared(original: tuple[Rig, Path]) -> None:
    rig, path = original
    mark = mark_of(rig)
    for wrong in (
        Mark(ORIGIN, mark.size + 5, mark.root),
        Mark(ORIGIN, mark.size, bytes(32)),
        Mark("other.example/x", mark.size, mark.root),
    ):
        report = audited(path, rig, mark=wrong)
        assert set(report.counts) == {"audit-high-water"}
    empty = audit(MemoryStore(), MemoryStore(), key=rig.ledger.key, mark=mark)
    assert set(empty.counts) == {"audit-high-water"}


def test_another_key_is_not_this_log_s(original: tuple[Rig, Path]) -> None:
    _, path = original
    other = Rig()
    other.feed()
    key = type(other.ledger.key)(ORIGIN, 1, other.world.signers["maker"].public.raw)
    store = SqliteStore.open(path, read_only=True)
    report = audit(store, MemoryStore(), key=key)
    store.close()
    assert set(report.counts) == {"audit-checkpoint", "audit-published"}


def test_an_empty_ledger_is_sound() -> None:
    rig = Rig()
    report = rig.audited()
    assert report.sound
    assert (report.size, report.statements) == (0, 0)


def test_scratch_must_be_empty(original: tuple[Rig, Path]) -> None:
    rig = Rig()
    rig.feed()
    with pytest.raises(UsageError) as caught:
        audit(rig.store, rig.store, key=rig.ledger.key)
    assert caught.value.code == "scratch-not-empty"


def test_scratch_on_disk_gives_the_same_report(original: tuple[Rig, Path], tmp_path: Path) -> None:
    rig, path = original
    store = SqliteStore.open(path, read_only=True)
    scratch = SqliteStore.create(tmp_path / "scratch.db")
    on_disk = audit(store, scratch, key=rig.ledger.key, mldsa_key=rig.ledger.mldsa_key)
    assert on_disk == audited(path, rig)
    store.close()
    scratch.close()


def test_progress_and_statements_are_told(original: tuple[Rig, Path]) -> None:
    rig, path = original
    steps: list[tuple[int, int]] = []
    told: list[tuple[int, str]] = []
    store = SqliteStore.open(path, read_only=True)
    report = audit(
        store,
        MemoryStore(),
        key=rig.ledger.key,
        progress=lambda done, total: steps.append((done, total)),
        on_statement=lambda index, hex_id, _: told.append((index, hex_id)),
    )
    assert steps[-1] == (report.size, report.size)
    assert steps == sorted(steps)
    assert len(told) == report.statements
    assert all(store.index_of(bytes.fromhex(hex_id)) == index for index, hex_id in told)
    store.close()


def test_a_ledger_that_is_written_meanwhile_is_audited_to_its_end() -> None:
    rig = built(None)
    watched = Interposed(rig.store)
    subjects = rig.store.subjects
    left = [1, 2]

    def grow() -> Iterator[object]:
        if left:
            rig.world.make(f"MORE-{left.pop()}", 5)
            rig.feed()
            if left:
                rig.ledger.publish()
        found: Iterator[object] = subjects()
        return found

    watched.subjects = grow  # type: ignore[attr-defined]
    report = audit(watched, MemoryStore(), key=rig.ledger.key)  # type: ignore[arg-type]
    assert report.sound, report.faults
    assert report.size == rig.ledger.size


def test_a_ledger_that_never_stands_still() -> None:
    rig = Rig()
    rig.feed()
    watched = Interposed(rig.store)
    subjects = rig.store.subjects

    def grow() -> Iterator[object]:
        rig.world.make(f"MORE-{rig.ledger.size}", 5)
        rig.feed()
        found: Iterator[object] = subjects()
        return found

    watched.subjects = grow  # type: ignore[attr-defined]
    with pytest.raises(StoreError) as caught:
        audit(watched, MemoryStore(), key=rig.ledger.key)  # type: ignore[arg-type]
    assert caught.value.code == "store-busy"


# Logs that no honest ledger signed: everything beside them is consistent


def id_of(raw: bytes) -> bytes:
    """A statement's id; of what is none, something."""
    try:
        return read_entry(raw).statement.id
    except Malformed:
        return leaf_hash(raw)


class Liar:
    """Writes a log whose rows, tree and signatures are all consistent, whatever its entries say."""

    def __init__(self) -> None:
        self.rig = Rig()
        self.rig.feed()
        self.store = self.rig.store
        self.fold = Fold(self.store, ORIGIN)

    def write(self, statements: list[bytes], closing_as: bytes | None = None, *, time: int | None = None) -> None:
        """One batch, its statements taken unjudged, its closing record as given."""
        self.fold.open(self.fold.time if time is None else time)
        for raw in statements:
            before = self.fold.pending
            with contextlib.suppress(Malformed):
                if self.fold.place_of(id_of(raw)) is None:
                    self.fold.offer(raw)
            if self.fold.pending == before:
                known = self.store.index_of(id_of(raw)) is not None
                self.fold.take_unjudged(raw, leaf_hash(raw) if known else id_of(raw))
        sealed = self.fold.close(closing_as)
        note = sign_checkpoint(Checkpoint(ORIGIN, sealed.size, sealed.root), LOG_SIGNER)
        self.store.append(sealed.batch(note))
        self.fold.commit()

    def record(self, statements: int, **changes: object) -> bytes:
        values: dict[str, object] = {
            "time": self.fold.time,
            "start": self.fold.size,
            "end": self.fold.size + statements,
            "judge": JUDGE_VERSION,
            "heads_root": bytes(32),
            **changes,
        }
        return ClosingRecord(**values).encode()  # type: ignore[arg-type]

    def report(self) -> AuditReport:
        return audit(self.store, MemoryStore(), key=self.rig.ledger.key)

    def lot(self, name: str) -> bytes:
        self.rig.world.make(name, 5)
        return self.rig.statements()[0]


def test_the_liar_is_believed_while_it_does_not_lie() -> None:
    liar = Liar()
    liar.write([liar.lot("R")])
    assert liar.report().sound


def test_a_statement_that_the_judge_refuses() -> None:
    liar = Liar()
    world = liar.rig.world
    lot = liar.lot("R")
    stranger = world.sign(world.hand_over("maker", "carrier", "lot:CN-MAKER/R"), "maker", signer=world.signers["cn"])
    liar.write([lot, stranger, liar.lot("S")])
    report = liar.report()
    assert set(report.counts) == {"audit-entry-refused"}
    (found,) = report.faults
    assert found.index == report.first_bad_index == liar.store.index_of(id_of(stranger))
    assert [finding.code for finding in found.reasons] == ["key-not-enrolled"]
    assert found.finding.statement == read_entry(stranger).statement.hex_id


def test_an_entry_that_is_no_statement() -> None:
    liar = Liar()
    size = liar.fold.size
    liar.write([b"\x00nonsense", liar.lot("R")])
    report = liar.report()
    assert set(report.counts) >= {"audit-entry-malformed"}
    assert report.first_bad_index == size


def test_a_statement_logged_twice() -> None:
    liar = Liar()
    raw = liar.lot("R")
    liar.write([raw])
    size = liar.fold.size
    liar.write([raw, liar.lot("S")])
    report = liar.report()
    assert "audit-statement-twice" in report.counts
    assert report.first_bad_index == size


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"heads_root": bytes(32)}, "audit-heads-root"),
        ({"judge": "lotchain-judge/2"}, "audit-closing-judge"),
        ({"start": 1}, "audit-closing-range"),
        ({"time": 1}, "audit-time-back"),
    ],
)
def test_a_closing_record_that_lies(changes: dict[str, object], code: str) -> None:
    liar = Liar()
    end = liar.fold.size + 1
    time = changes.get("time")
    liar.write([liar.lot("R")], liar.record(1, **changes), time=time if isinstance(time, int) else None)
    report = liar.report()
    assert code in report.counts
    assert report.first_bad_index == end


@pytest.mark.parametrize("closing", [b"\x86\x72lotchain/closing/1", b"\x86\x72lotchain/closing/9\x00"])
def test_a_closing_record_that_cannot_be_read(closing: bytes) -> None:
    liar = Liar()
    liar.write([liar.lot("R")], closing)
    liar.write([liar.lot("S")])
    report = liar.report()
    assert "audit-closing-malformed" in report.counts


def test_a_log_without_an_end() -> None:
    liar = Liar()
    liar.write([liar.lot("R")], b"no closing record")
    report = liar.report()
    assert "audit-not-closed" in report.counts
    assert report.examined < report.size


def test_a_batch_that_closes_nothing() -> None:
    liar = Liar()
    frontier = Frontier.from_bytes(liar.store.head().frontier)
    start = liar.fold.size
    record = liar.record(1)
    frontier.append(leaf_hash(record))
    note = sign_checkpoint(Checkpoint(ORIGIN, frontier.size, frontier.root()), LOG_SIGNER)
    row = BatchRow(start, start, liar.fold.time, frontier.root())
    head = StoredHead(start + 1, note, frontier.to_bytes())
    liar.store.append(Batch(start, [record], [], {}, [], [], [], row, head))
    report = liar.report()
    assert "audit-not-closed" in report.counts


def test_many_faults_are_counted_and_some_listed() -> None:
    liar = Liar()
    liar.write([b"\x00" + n.to_bytes(2, "big") for n in range(300)])
    report = liar.report()
    assert report.counts["audit-entry-malformed"] == 300
    listed = [found for found in report.faults if found.code == "audit-entry-malformed"]
    assert len(listed) == MAX_LISTED


def test_a_published_checkpoint_of_another_tree() -> None:
    rig = Rig()
    rig.feed()
    rig.ledger.publish()
    size = rig.ledger.size
    lie = sign_checkpoint(Checkpoint(ORIGIN, size, bytes(32)), LOG_SIGNER)
    rig.store.publish(Publication(size, lie, (), ()), note_only=True)
    report = rig.audited()
    assert set(report.counts) == {"audit-published"}


def test_what_stands_open_at_the_end_is_told() -> None:
    rig = Rig()
    rig.feed()
    rig.world.offer("maker", "carrier", rig.world.make("R", 5))
    rig.feed()
    before = rig.audited()
    rig.world.advance(90 * 3_600_000)
    rig.world.make("S", 5)
    rig.feed()
    after = rig.audited()
    assert before.sound
    assert after.sound
    assert {finding.subject for finding in after.concluded} == {"lot:CN-MAKER/R"}
    assert {finding.code for finding in after.concluded} != {finding.code for finding in before.concluded}


def test_what_a_lost_key_signed_is_told() -> None:
    rig = Rig()
    rig.feed()
    lot = rig.world.make("R", 5)
    rig.world.make("S", 5, "maker2")
    rig.feed()
    key = rig.world.signers["maker"].public.subject
    state = rig.store.subject(key).state.replace(b'"compromised_since":null', b'"compromised_since":1')
    assert b'"compromised_since":1' in state
    signed_by = SignedBy()
    for index in range(rig.ledger.size - 1):
        raw = rig.ledger.reader.entry(index)
        if not is_closing(raw):
            signed_by.add(key_subject(read_entry(raw).statement.kid), index)
    watched = Interposed(rig.store)
    watched.subject = lambda name: SubjectRow(state, 1, bytes(32)) if name == key else rig.store.subject(name)  # type: ignore[attr-defined]
    found = list(concluded(watched, signed_by, rig.ledger.time))  # type: ignore[arg-type]
    assert [(finding.code, finding.subject) for finding in found] == [("signed-after-compromise", lot)]
