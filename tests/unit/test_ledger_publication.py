"""Publication, cosignatures, and what a reader proves from the published checkpoint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.ledgers import LOG_MLDSA, LOG_SIGNER, Interposed, Rig, mark_of, receipts

from lotchain.core.checkpoints import open_checkpoint
from lotchain.core.closing import is_closing, parse_closing
from lotchain.core.cosignatures import verify_cosignature
from lotchain.core.heads import Head, verify_absence, verify_presence
from lotchain.core.notes import ED25519_COSIGNATURE, NoteSignature, VerifierKey, parse_note
from lotchain.core.tree import leaf_hash, root_of, verify_consistency, verify_inclusion
from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.events.reading import read_entry
from lotchain.ledger.ports import Publication
from lotchain.ledger.reader import Reader
from lotchain.signing import SoftwareSigner
from lotchain.signing.notes import cosign_ed25519
from lotchain.storage.sqlite import SqliteStore

WITNESS = SoftwareSigner.from_seed(b"w" * 32)
WITNESS_KEY = VerifierKey("witness.example/w", ED25519_COSIGNATURE, WITNESS.public.raw)


@pytest.fixture(params=["memory", "sqlite"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    made = Rig(None if request.param == "memory" else tmp_path / "ledger.db", mldsa=LOG_MLDSA)
    yield made
    made.store.close()


def cosign(note: bytes, time_s: int, signer: SoftwareSigner = WITNESS) -> NoteSignature:
    return cosign_ed25519(parse_note(note).text, WITNESS_KEY.name, signer, time_s)


def test_an_empty_ledger_publishes_nothing(rig: Rig) -> None:
    with pytest.raises(UsageError) as caught:
        rig.ledger.publish()
    assert caught.value.code == "ledger-empty"
    for read in (rig.ledger.reader.published, rig.ledger.reader.heads_root):
        with pytest.raises(UsageError) as caught:
            read()
        assert caught.value.code == "nothing-published"
    with pytest.raises(UsageError) as caught:
        rig.ledger.reader.newest()
    assert caught.value.code == "ledger-empty"
    assert rig.ledger.reader.size() == 0
    assert rig.ledger.reader.charter_id() is None


def test_a_published_checkpoint_bears_both_signatures(rig: Rig) -> None:
    rig.feed()
    note = rig.ledger.publish()
    checkpoint, parsed = open_checkpoint(note, rig.ledger.key, mldsa_key=rig.ledger.mldsa_key)
    assert (checkpoint.size, checkpoint.root) == (rig.ledger.size, rig.ledger.reader.root(rig.ledger.size))
    assert len(parsed.signatures) == 2
    assert rig.ledger.mldsa_key is not None
    line = rig.ledger.mldsa_key.line_in(parsed)
    assert line is not None
    assert verify_cosignature(rig.ledger.mldsa_key, line, checkpoint, parsed.text) == rig.clock.time // 1000
    with pytest.raises(Malformed):
        open_checkpoint(rig.store.head().note, rig.ledger.key, mldsa_key=rig.ledger.mldsa_key)


def test_publishing_again_changes_nothing(rig: Rig) -> None:
    rig.feed()
    note = rig.ledger.publish()
    rig.clock.time += 10_000
    assert rig.ledger.publish() == note
    assert rig.announced == [note]
    rig.reopen()
    assert rig.ledger.publish() == note


def test_the_mark_is_synced_before_anybody_can_see_a_checkpoint(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.feed()
    events: list[str] = []
    write = rig.mark.write
    monkeypatch.setattr(
        rig.mark, "write", lambda mark, *, sync: (events.append(f"mark {sync}"), write(mark, sync=sync))[1]
    )
    watched = Interposed(rig.store)
    watched.before_publish = lambda _: events.append("publish")
    ledger = rig.open(watched)  # type: ignore[arg-type]
    ledger.publish()
    assert events == ["mark True", "publish"]


def test_what_is_published_stays_while_the_log_moves_on(rig: Rig) -> None:
    rig.feed()
    lot = rig.world.make("R", 5)
    rig.feed()
    note = rig.ledger.publish()
    at, _ = rig.ledger.reader.published()
    row = rig.ledger.reader.newest_row(lot)
    rig.world.move("maker", "carrier", lot)
    new = rig.world.make("S", 5)
    rig.feed()
    for reopened in (False, True):
        reader = (rig.reopen() if reopened else rig.ledger).reader
        assert reader.published() == (at, note)
        root = reader.heads_root()
        proof = reader.head_proof(lot)
        assert row is not None and proof.head is not None
        assert (proof.head.length, proof.head.chain) == (row.length, row.chain)
        assert verify_presence(root, lot, proof.head, proof.siblings)
        absent = reader.head_proof(new)
        assert absent.head is None
        assert verify_absence(root, new, absent.siblings, absent.other)
        with pytest.raises(UsageError) as caught:
            reader.published_state(lot)
        assert caught.value.code == "state-moved"
        assert reader.published_state(new) is None
    rig.ledger.publish()
    proof = rig.ledger.reader.head_proof(new)
    assert proof.head is not None
    assert verify_presence(rig.ledger.reader.heads_root(), new, proof.head, proof.siblings)
    row = rig.ledger.reader.newest_row(lot)
    assert row is not None
    assert rig.ledger.reader.published_state(lot) == row.state


def test_every_subject_is_proved_under_the_published_root(rig: Rig) -> None:
    for n in range(12):
        rig.world.make(f"M-{n}", 1 + n)
    rig.feed(5)
    rig.ledger.publish()
    names = [name for name, _ in rig.store.subjects()]
    checkpoint, proofs = rig.ledger.reader.head_proofs([*names, "lot:CN-MAKER/NONE"])
    record, index, raw = rig.ledger.reader.closing_of(checkpoint.size - 1)
    assert (index, raw) == (checkpoint.size - 1, rig.ledger.reader.entry(index))
    for name in names:
        proof = proofs[name]
        assert isinstance(proof.head, Head)
        assert verify_presence(record.heads_root, name, proof.head, proof.siblings)
        assert proof.head.length == len(rig.ledger.reader.history(name))
    absent = proofs["lot:CN-MAKER/NONE"]
    assert verify_absence(record.heads_root, "lot:CN-MAKER/NONE", absent.siblings, absent.other)


def test_tree_proofs_at_every_size(rig: Rig) -> None:
    """Over more than one full tile, so that hashes come from tiles, nodes and entries alike."""
    rig.feed()
    for n in range(560):
        rig.world.make(f"B-{n}", 1)
    rig.feed(97)
    reader = rig.reopen().reader
    size = reader.size()
    assert size > 560
    hashes = [leaf_hash(raw) for raw in rig.store.entries(0, size)]
    roots = {n: root_of(hashes[:n]) for n in (1, 2, 3, 96, 98, 255, 256, 257, 300, 511, 512, 513, 560, size)}
    for n, root in roots.items():
        assert reader.root(n) == root
        for index in {0, min(1, n - 1), n // 2, n - 1, min(255, n - 1), min(256, n - 1)}:
            assert verify_inclusion(reader.leaf_hash(index), index, n, reader.inclusion(index, n), root)
        for m, older in roots.items():
            if m <= n:
                assert verify_consistency(m, older, n, root, reader.consistency(m, n))
    with pytest.raises(UsageError):
        reader.inclusion(0, size + 1)
    with pytest.raises(UsageError):
        reader.consistency(1, size + 1)
    for index in (-1, size, size + 300):
        with pytest.raises(UsageError):
            reader.entry(index)


def test_a_reader_that_read_a_partial_tile_follows_it(rig: Rig) -> None:
    rig.feed()
    reader = Reader(rig.store)
    for n in range(300):
        rig.world.make(f"B-{n}", 1)
        if n % 37 == 0:
            rig.feed()
            size = reader.size()
            hashes = [leaf_hash(raw) for raw in rig.store.entries(0, size)]
            assert reader.root(size) == root_of(hashes)


def test_histories_name_every_statement_of_a_subject(rig: Rig) -> None:
    rig.grown()
    reader = rig.ledger.reader
    for lot in reader.subjects_named("lot:"):
        told = reader.history(lot)
        for index in range(reader.size()):
            raw = reader.entry(index)
            touches = not is_closing(raw) and lot in read_entry(raw).event.subjects()
            assert touches == (index in told), (lot, index)
        assert reader.history(lot, told[-1]) == told[:-1]
        assert reader.history(lot, 0) == []
    assert reader.history("lot:CN-MAKER/NONE") == []
    assert reader.charter_id() == bytes.fromhex(rig.world.charter)
    assert reader.index_of(bytes(32)) is None


def test_closing_records_date_their_batches(rig: Rig) -> None:
    rig.grown()
    reader = rig.ledger.reader
    for index in range(reader.size()):
        record, at, raw = reader.closing_of(index)
        assert record.start <= index <= at == record.end
        assert parse_closing(raw) == record
    for index in (-1, reader.size()):
        with pytest.raises(UsageError):
            reader.closing_of(index)


def test_a_read_only_reader_beside_a_writer(tmp_path: Path) -> None:
    rig = Rig(tmp_path / "ledger.db")
    rig.feed()
    lot = rig.world.make("R", 5)
    rig.feed()
    rig.ledger.publish()
    reader = Reader(SqliteStore.open(tmp_path / "ledger.db", read_only=True))
    for n in range(4):
        proof = reader.head_proof(lot)
        assert proof.head is not None
        assert verify_presence(reader.heads_root(), lot, proof.head, proof.siblings)
        for k in range(20):
            rig.world.make(f"S-{n}-{k}", 1)
        rig.feed()
        rig.ledger.publish()
    assert reader.head_proof("lot:CN-MAKER/S-3-19").head is not None
    reader.close()
    reader.close()
    with pytest.raises(StoreError):
        reader.size()


def test_a_publication_between_two_reads_is_read_again(rig: Rig) -> None:
    rig.feed()
    for n in range(20):
        rig.world.make(f"R-{n}", 5)
    rig.feed()
    rig.ledger.publish()
    watched = Interposed(rig.store)
    reader = Reader(watched)  # type: ignore[arg-type]
    tile = rig.store.map_tile
    asked: list[int] = []

    def map_tile(bits: int, prefix: bytes) -> bytes | None:
        asked.append(bits)
        if len(asked) == 1:
            for n in range(20):
                rig.world.make(f"S-{n}", 5)
            rig.feed()
            rig.ledger.publish()
        found: bytes | None = tile(bits, prefix)
        return found

    watched.map_tile = map_tile  # type: ignore[attr-defined]
    checkpoint, proofs = reader.head_proofs(["lot:CN-MAKER/S-7"])
    assert checkpoint.size == rig.ledger.size
    assert proofs["lot:CN-MAKER/S-7"].head is not None


def test_a_stored_map_that_is_not_the_published_one(rig: Rig) -> None:
    rig.feed()
    first = rig.ledger.publish()
    size = rig.ledger.size
    rig.world.make("R", 5)
    rig.feed()
    rig.ledger.publish()
    watched = Interposed(rig.store)
    watched.published = lambda: (size, first)  # type: ignore[attr-defined]
    with pytest.raises(StoreError) as caught:
        Reader(watched).head_proof("charter")  # type: ignore[arg-type]
    assert caught.value.code == "store-corrupt"


# Cosignatures


def test_cosignatures_are_gained_and_renewed(rig: Rig) -> None:
    rig.feed()
    note = rig.ledger.publish()
    later = rig.ledger.add_cosignature(cosign(note, 1_790_000_000), WITNESS_KEY)
    assert later.startswith(note)
    assert rig.ledger.publish() == later == rig.announced[-1]
    newer = rig.ledger.add_cosignature(cosign(note, 1_790_000_060), WITNESS_KEY)
    assert len(parse_note(newer).signatures) == len(parse_note(later).signatures) == 3
    checkpoint, parsed = open_checkpoint(newer, rig.ledger.key, mldsa_key=rig.ledger.mldsa_key)
    line = WITNESS_KEY.line_in(parsed)
    assert line is not None
    assert verify_cosignature(WITNESS_KEY, line, checkpoint, parsed.text) == 1_790_000_060
    with pytest.raises(UsageError) as caught:
        rig.ledger.add_cosignature(cosign(note, 1_790_000_000), WITNESS_KEY)
    assert caught.value.code == "cosignature-older"
    rig.reopen()
    assert rig.ledger.publish() == newer
    assert rig.audited().sound


def test_what_is_no_cosignature_is_not_taken(rig: Rig) -> None:
    rig.feed()
    with pytest.raises(UsageError) as caught:
        rig.ledger.add_cosignature(NoteSignature(WITNESS_KEY.name, WITNESS_KEY.key_id, bytes(72)), WITNESS_KEY)
    assert caught.value.code == "nothing-published"
    old = rig.ledger.publish()
    rig.world.make("R", 5)
    rig.feed()
    note = rig.ledger.publish()
    good = cosign(note, 1_790_000_000)
    bad = [
        cosign(old, 1_790_000_000),
        cosign(note, 1_790_000_000, LOG_SIGNER),
        NoteSignature(good.name, good.key_id, good.blob[:-1]),
        NoteSignature(good.name, good.key_id, bytes(8) + good.blob[8:]),
        NoteSignature(good.name, good.key_id, good.blob[:-1] + bytes((good.blob[-1] ^ 1,))),
        NoteSignature(good.name, bytes(4), good.blob),
        NoteSignature("other.example/w", good.key_id, good.blob),
    ]
    for line in bad:
        with pytest.raises(UsageError) as caught:
            rig.ledger.add_cosignature(line, WITNESS_KEY)
        assert caught.value.code == "cosignature-invalid"
    assert rig.ledger.publish() == note


def test_a_publication_that_fails_can_be_made_again(rig: Rig) -> None:
    rig.feed()
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]

    def fail(_: Publication) -> None:
        watched.before_publish = None
        raise StoreError("store-full", "made by a test")

    watched.before_publish = fail
    with pytest.raises(StoreError):
        ledger.publish()
    assert rig.store.published() is None
    rig.world.make("R", 5)
    receipts(ledger.submit(rig.statements()))
    ledger.publish()
    assert mark_of(rig).size == ledger.size
    assert rig.audited().sound
