"""Append: order, idempotence, refusals, time, and what is signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.changing import replace
from tests.unit.ledgers import LOG_SIGNER, Interposed, Rig, mark_of, reason_codes, receipts, refusal
from tests.unit.world import ORIGIN, START, kg

from lotchain.core import cbor
from lotchain.core.checkpoints import open_checkpoint
from lotchain.core.closing import ClosingRecord, is_closing, parse_closing
from lotchain.core.hidden import Opening, placeholder
from lotchain.core.notes import parse_note
from lotchain.core.tree import leaf_hash, root_of, verify_inclusion
from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.events.fields import Hidden, Place, Seen
from lotchain.events.hand_over import HandOver, HandOverLine
from lotchain.events.reading import read_entry
from lotchain.ledger import sealed as sealing
from lotchain.ledger.ledger import Ledger
from lotchain.signing import SoftwareSigner, new_signer, sign_statement
from lotchain.storage.highwater import MemoryHighWaterMark
from lotchain.storage.memory import MemoryStore


@pytest.fixture(params=["memory", "sqlite"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    made = Rig(None if request.param == "memory" else tmp_path / "ledger.db")
    yield made
    made.store.close()


def entries(rig: Rig) -> list[bytes]:
    return list(rig.store.entries(0, rig.ledger.size))


def test_a_batch_is_its_statements_and_one_closing_record(rig: Rig) -> None:
    raws = [cited.raw for cited in rig.world.log.values()]
    answers = rig.feed()
    logged = entries(rig)
    assert logged[:-1] == raws
    assert [answer.index for answer in answers] == list(range(len(raws)))
    record = parse_closing(logged[-1])
    assert (record.time, record.start, record.end) == (START, 0, len(raws))
    assert {answer.time for answer in answers} == {START}
    assert {answer.size for answer in answers} == {len(raws) + 1} == {rig.ledger.size}


def test_the_receipt_s_checkpoint_is_signed_and_covers_the_statement(rig: Rig) -> None:
    answers = rig.grown().feed()
    answers = receipts(rig.ledger.submit([raw for raw in entries(rig) if not is_closing(raw)]))
    logged = entries(rig)
    for answer in answers:
        checkpoint, note = open_checkpoint(answer.note, rig.ledger.key)
        assert len(note.signatures) == 1
        assert (checkpoint.origin, checkpoint.size) == (ORIGIN, answer.size)
        assert checkpoint.root == root_of([leaf_hash(raw) for raw in logged[: answer.size]])
        assert is_closing(logged[answer.size - 1])
        path = rig.ledger.reader.inclusion(answer.index, answer.size)
        assert verify_inclusion(leaf_hash(logged[answer.index]), answer.index, answer.size, path, checkpoint.root)
        assert read_entry(logged[answer.index]).statement.id == answer.statement_id


def test_batches_follow_each_other_without_a_gap(rig: Rig) -> None:
    rig.grown()
    rows = list(rig.store.batches())
    assert len(rows) > 5
    assert [row.start for row in rows] == [0, *(row.end + 1 for row in rows[:-1])]
    for row in rows:
        record = parse_closing(next(rig.store.entries(row.end, row.end + 1)))
        assert (record.start, record.end, record.time) == (row.start, row.end, row.time)


def test_the_same_statement_again_gives_the_first_receipt(rig: Rig) -> None:
    raws = rig.statements()
    first = receipts(rig.ledger.submit(raws))
    size = rig.ledger.size
    second = receipts(rig.ledger.submit(raws))
    assert rig.ledger.size == size
    rig.grown()
    rig.ledger.publish()
    rig.reopen()
    third = receipts(rig.ledger.submit(raws[3:6]))
    for again in (second, third):
        assert all(answer.again for answer in again)
    assert not any(answer.again for answer in first)
    bare = [replace(answer, findings=(), again=True) for answer in first]
    assert second == bare
    assert third == bare[3:6]


def test_a_statement_twice_in_one_packet_is_taken_once(rig: Rig) -> None:
    raws = rig.statements()
    answers = receipts(rig.ledger.submit([*raws, raws[0], raws[-1]]))
    assert rig.ledger.size == len(raws) + 1
    assert [answer.index for answer in answers[-2:]] == [0, len(raws) - 1]
    assert answers[-1].note == answers[0].note
    assert answers[-1].again


def test_a_re_made_signature_is_the_same_statement(rig: Rig) -> None:
    signer = new_signer("es256")
    rig.world.enrol("maker", signer)
    rig.feed()
    event = rig.world.hand_over("maker", "carrier", rig.world.make("R", 5))
    rig.feed()
    one = rig.world.sign(event, "maker", signer=signer)
    accepted = receipts(rig.ledger.submit([one]))[0]
    other = one[:-64] + bytes(64)  # not even a signature: what was signed is there already, and nothing is taken
    assert read_entry(other).statement.id == read_entry(one).statement.id
    again = receipts(rig.ledger.submit([other]))[0]
    assert (again.index, again.note) == (accepted.index, accepted.note)
    assert next(rig.store.entries(again.index, again.index + 1)) == one


def test_an_ordered_packet_is_judged_in_its_order(rig: Rig) -> None:
    rig.feed()
    rig.world.move("maker", "carrier", rig.world.make("R", 5))
    packet = rig.statements()
    backwards = rig.ledger.submit(packet[::-1])
    assert [answer.accepted for answer in backwards] == [False, False, True]
    assert all(refusal(answer).retryable for answer in backwards[:2])
    again = receipts(rig.ledger.submit(packet))
    assert [answer.again for answer in again] == [True, False, False]


def test_a_refused_statement_takes_no_index_and_those_after_it_are_tried(rig: Rig) -> None:
    rig.feed()
    rig.world.make("R-1", 5)
    rig.world.make("R-2", 5)
    one, two = rig.statements()
    stranger = SoftwareSigner.from_seed(b"s" * 32)
    refused = rig.world.sign(rig.world.hand_over("maker", "carrier", "lot:CN-MAKER/R-1"), "maker", signer=stranger)
    size = rig.ledger.size
    answers = rig.ledger.submit([one, refused, two])
    assert reason_codes(answers[1]) == {"key-not-enrolled"}
    assert [answer.index for answer in receipts([answers[0], answers[2]])] == [size, size + 1]
    assert rig.ledger.size == size + 3


def test_unknown_is_retryable_and_stale_is_final(rig: Rig) -> None:
    rig.feed()
    world = rig.world
    lot = world.make("R", 5)
    early = world.sign(world.hand_over("maker", "carrier", lot), "maker")
    rival = world.sign(world.hand_over("maker", "importer", lot), "maker")
    answer = refusal(rig.ledger.submit([early])[0])
    assert reason_codes(answer) == {"lot-unknown"}
    assert answer.retryable
    assert answer.error().retryable
    rig.feed()
    receipts(rig.ledger.submit([early]))
    answer = refusal(rig.ledger.submit([rival])[0])
    assert not answer.retryable
    assert reason_codes(answer) == {"prev-stale"}
    assert answer.statement_id == read_entry(rival).statement.id


def test_the_charter_comes_first(rig: Rig) -> None:
    raws = rig.statements()
    answers = rig.ledger.submit(raws[1:])
    assert {code for answer in answers for code in reason_codes(answer)} == {"no-charter"}
    assert rig.store.head() is None
    assert rig.ledger.audience() == ORIGIN
    receipts(rig.ledger.submit(raws[:1]))
    assert rig.ledger.audience() == rig.world.audience
    assert reason_codes(rig.ledger.submit(raws[2:3])[0]) == {"charter-pending"}


def test_what_cannot_be_read_is_refused_by_name(rig: Rig) -> None:
    rig.feed()
    size = rig.ledger.size
    sound = rig.world.make("R", 5)
    raw = rig.statements()[0]
    closing = ClosingRecord(START, size, size + 1, "lotchain-judge/1", bytes(32)).encode()
    cases: dict[bytes, str] = {
        b"": "statement-malformed",
        b"\x00" * 40: "statement-malformed",
        raw[:-1]: "statement-malformed",
        raw + b"\x00": "statement-malformed",
        closing: "statement-malformed",
        closing[:20]: "statement-malformed",
        b"\xd2" * 65_536: "too-large",
    }
    for answer, (bytes_given, code) in zip(rig.ledger.submit(list(cases)), cases.items(), strict=True):
        assert reason_codes(answer) == {code}, bytes_given[:10]
        assert not refusal(answer).retryable
        assert refusal(answer).statement_id is None
    assert rig.ledger.size == size
    tampered = bytearray(raw)
    tampered[-1] ^= 1
    assert reason_codes(rig.ledger.submit([bytes(tampered)])[0]) == {"bad-signature"}
    assert receipts(rig.ledger.submit([raw]))[0].index == size
    assert sound in rig.ledger.reader.subjects_named("lot:")


def test_an_event_that_cannot_be_read_still_has_its_statement_s_id(rig: Rig) -> None:
    rig.feed()
    world = rig.world
    raw = sign_statement(
        world.signers["maker"],
        issuer=world.party("maker"),
        subject="lot:CN-MAKER/R",
        audience=world.audience,
        signed_at=START // 1000,
        payload=b'{"type":"registration/9"}',
    )
    assert reason_codes(rig.ledger.submit([raw])[0]) == {"version-unsupported"}


def test_where_nothing_is_accepted_nothing_is_written(rig: Rig) -> None:
    rig.feed()
    watched = Interposed(rig.store)
    ledger = rig.open(watched)  # type: ignore[arg-type]
    head, mark = rig.store.head(), mark_of(rig)
    accepted = [cited.raw for cited in rig.world.log.values()][:3]
    ledger.submit([b"nonsense", *accepted])
    ledger.submit([])
    assert watched.appends == 0
    assert (rig.store.head(), mark_of(rig)) == (head, mark)


def test_too_many_statements_at_once(rig: Rig) -> None:
    with pytest.raises(UsageError) as caught:
        rig.ledger.submit([b""] * 1001)
    assert caught.value.code == "batch-too-large"
    assert len(rig.ledger.submit([b""] * 1000)) == 1000


def test_a_full_batch_of_a_thousand(rig: Rig) -> None:
    rig.feed()
    for n in range(1000):
        rig.world.make(f"B-{n}", 1)
    assert len(rig.feed()) == 1000
    assert rig.reopen().size == rig.store.head().size
    assert rig.audited().sound


def test_time_never_goes_back(rig: Rig) -> None:
    rig.feed()
    times = []
    for step in (5000, -3_600_000, -1, 10_000):
        rig.clock.time += step
        rig.world.make(f"T{step}", 1)
        times.append(receipts(rig.ledger.submit(rig.statements()))[0].time)
        rig.reopen()
    assert times == [START + 5000, START + 5000, START + 5000, START + 5000]
    rig.clock.time = START + 6000
    rig.world.make("T", 1)
    assert receipts(rig.ledger.submit(rig.statements()))[0].time == START + 6000
    assert rig.ledger.time == START + 6000
    assert rig.audited().sound


def test_a_checkpoint_that_was_seen_dates_a_statement(rig: Rig) -> None:
    rig.feed()
    world = rig.world
    lot = world.make("R", 5)
    rig.feed()
    checkpoint, _ = rig.ledger.reader.newest()
    root = checkpoint.root.hex()
    wrong = [
        Seen(size=checkpoint.size, root="0" * 64),
        Seen(size=checkpoint.size - 1, root=root),
        Seen(size=checkpoint.size + 1, root=root),
        Seen(size=2**52, root=root),
    ]
    for seen in wrong:
        raw = world.sign(world.hand_over("maker", "carrier", lot, seen=seen), "maker")
        assert reason_codes(rig.ledger.submit([raw])[0]) == {"checkpoint-unknown"}, seen
    seen = Seen(size=checkpoint.size, root=root)
    raw = world.sign(world.hand_over("maker", "carrier", lot, seen=seen), "maker")
    answer = receipts(rig.ledger.submit([raw]))[0]
    assert "licence-undetermined" not in {finding.code for finding in answer.findings}
    assert rig.audited().sound


def test_openings_are_kept_only_with_what_they_open(rig: Rig) -> None:
    rig.feed()
    world = rig.world

    def hidden(text: str, salt: bytes) -> tuple[Hidden, bytes, bytes]:
        opening = Opening("place.name", salt * 16, text)
        digest = opening.digest
        return Hidden(hidden=placeholder(digest)["hidden"]), digest, cbor.encode(opening.encode())

    kept, digest, encoded = hidden("Wuhan Road 5", b"a")
    left, other_digest, other = hidden("nowhere", b"b")
    place = Place(code="CNTZU", offset="+08:00", name=kept)
    world.make("R", 5, place=place)
    raw = rig.statements()[0]
    line = HandOverLine(lot="lot:CN-MAKER/NONE", prev="0" * 64, quantity=kg(5))
    refused = HandOver(
        to=world.party("carrier"),
        receives_as="carrier",
        lines=(line,),
        place=Place(code="CNTZU", offset="+08:00", name=left),
        deadline=world.later(1000),
        mode="road",
        occurred_at=world.now(),
    )
    for openings in ({digest: other}, {bytes(32): encoded}, {digest: encoded[:-1]}, {digest: b""}):
        with pytest.raises(Malformed):
            rig.ledger.submit([raw], openings)
    assert rig.ledger.reader.opening(digest) is None
    answers = rig.ledger.submit([raw, world.sign(refused, "maker")], {digest: encoded, other_digest: other})
    assert [answer.accepted for answer in answers] == [True, False]
    assert rig.ledger.reader.opening(digest) == encoded
    assert rig.ledger.reader.opening(other_digest) is None
    (again,) = rig.ledger.submit([raw], {digest: encoded})
    (first,) = receipts([again])
    assert first.again
    with pytest.raises(Malformed):
        rig.ledger.submit([raw], {digest: other})
    assert b"Wuhan" not in b"".join(entries(rig))
    assert rig.audited().sound


def test_another_key_or_origin_does_not_open_the_ledger(rig: Rig) -> None:
    rig.feed()
    other = SoftwareSigner.from_seed(b"o" * 32)
    with pytest.raises(UsageError) as caught:
        Ledger.open(rig.store, MemoryHighWaterMark(), origin=ORIGIN, signer=other, clock=rig.clock)
    assert caught.value.code == "log-key"
    with pytest.raises(UsageError) as caught:
        Ledger.open(rig.store, MemoryHighWaterMark(), origin="other.example/x", signer=LOG_SIGNER, clock=rig.clock)
    assert caught.value.code == "log-key"
    with pytest.raises(Malformed):
        Ledger.open(MemoryStore(), MemoryHighWaterMark(), origin="two words", signer=LOG_SIGNER, clock=rig.clock)


def test_a_log_needs_an_ed25519_key() -> None:
    with pytest.raises(Exception, match="alg-not-allowed"):
        Ledger.open(MemoryStore(), MemoryHighWaterMark(), origin=ORIGIN, signer=new_signer("es256"), clock=Rig().clock)


def test_a_bit_that_flips_before_signing_is_not_signed(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.feed()
    head, mark = rig.store.head(), mark_of(rig)
    rig.world.make("R", 5)
    raws = rig.statements()
    with monkeypatch.context() as patch:
        patch.setattr(sealing, "leaf_hash", lambda raw: leaf_hash(raw[:-1] + b"\x00"))
        with pytest.raises(StoreError) as caught:
            rig.ledger.submit(raws)
    assert caught.value.code == "root-differs"
    assert (rig.store.head(), mark_of(rig)) == (head, mark)
    receipts(rig.ledger.submit(raws))
    assert rig.audited().sound


def test_a_wrong_signature_is_not_let_out(rig: Rig) -> None:
    class Failing:
        public = LOG_SIGNER.public

        def sign(self, message: bytes) -> bytes:
            return LOG_SIGNER.sign(message + b"\x00")

    rig.feed()
    head = rig.store.head()
    ledger = Ledger.open(rig.store, rig.mark, origin=ORIGIN, signer=Failing(), clock=rig.clock)
    rig.world.make("R", 5)
    raws = rig.statements()
    with pytest.raises(Exception, match="signature-wrong"):
        ledger.submit(raws)
    assert rig.store.head() == head
    receipts(rig.ledger.submit(raws))


def test_notes_hold_no_extension_lines(rig: Rig) -> None:
    rig.feed()
    note = parse_note(rig.store.head().note)
    assert note.text.count("\n") == 3
