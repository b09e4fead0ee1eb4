"""Logs that no honest operator keeps, and versions that this verifier does not know."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from tests.changing import replace
from tests.unit.world import CN, ORIGIN, kg
from tests.vectors_build.bundle_bench import (
    Bench,
    bench,
    codes,
    good,
    reclosed,
    refusal,
)

from lotchain.core import cbor
from lotchain.errors import Malformed
from lotchain.events.fields import Seen
from lotchain.events.merge import Merge, MergeLine
from lotchain.events.reading import read_entry
from lotchain.signing import sign_statement
from lotchain.verify.bundle import Bundle, encode_bundle
from lotchain.verify.offline import verify_bundle


def answer(bundle: Bundle) -> str:
    """The code of the refusal, of a whole file or of one that cannot be read."""
    try:
        return refusal(bench().verify(bundle))
    except Malformed as fault:
        return fault.code


def _resigned(raw: bytes, **changes: Any) -> bytes:
    """The maker's statement signed again with members of its event changed."""
    reading = read_entry(raw)
    event = reading.event.model_copy(update=changes)
    return _signed(raw, event.payload())


def _signed(raw: bytes, payload: bytes) -> bytes:
    statement = read_entry(raw).statement
    return sign_statement(
        bench().world.signers["maker"],
        issuer=statement.issuer,
        subject=statement.subject,
        audience=statement.audience,
        signed_at=statement.signed_at,
        payload=payload,
    )


def _registration() -> int:
    return next(leaf.index for leaf in good().statements if read_entry(leaf.raw).event.type == "registration/1")


def test_a_statement_that_names_a_later_checkpoint() -> None:
    """The operator logged it all the same, and everything about it is proved."""
    checkpoint, _ = bench().rig.ledger.reader.newest()
    place = _registration()

    def change(entries: list[bytes]) -> None:
        entries[place] = _resigned(entries[place], seen=Seen(size=checkpoint.size, root=checkpoint.root.hex()))

    made = bench().rebuilt(good(), change)
    assert answer(made) in {"bundle-extra", "bundle-incomplete", "consistency-invalid", "head-mismatch"}


def test_a_statement_that_names_a_checkpoint_of_another_log() -> None:
    place = _registration()
    seen = good().seen[0]

    def change(entries: list[bytes]) -> None:
        entries[place] = _resigned(entries[place], seen=Seen(size=seen.size, root="ab" * 32))

    made = bench().rebuilt(good(), change)
    assert answer(made) == "consistency-invalid", "every later checkpoint seen has another root now"
    assert answer(replace(made, seen=())) == "bundle-incomplete"


# Logs that no honest operator keeps


def test_one_statement_at_two_places() -> None:
    bundle = good()
    twice = bundle.statements[-1]
    other = next(index for index, raw in enumerate(bench().entries()) if b"LATER" in raw and index > twice.index)

    def change(entries: list[bytes]) -> None:
        entries[other] = entries[twice.index]

    more = replace(bundle, statements=(*bundle.statements, replace(twice, index=other)))
    assert answer(bench().rebuilt(more, change)) == "statement-twice"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"time": 0}, "closing-time"),
        ({"start": 0}, "closing-time"),
        ({"end": 5_000}, "closing-place"),
        ({"heads_root": bytes(32)}, "head-mismatch"),
    ],
    ids=str,
)
def test_closing_records_that_lie(changes: dict[str, Any], code: str) -> None:
    bundle = good()

    def change(entries: list[bytes]) -> None:
        entries[-1] = reclosed(entries[-1], **changes)

    assert answer(bench().rebuilt(bundle, change)) == code


def test_a_closing_record_whose_batch_leaves_its_statement_out() -> None:
    bundle = bench().bundle("lot:CN-MAKER/OTHER")
    place = bundle.closings[0].index

    def change(entries: list[bytes]) -> None:
        entries[place] = reclosed(entries[place], start=1)

    assert answer(bench().rebuilt(bundle, change)) == "closing-missing"


def test_a_signature_that_does_not_verify_fails() -> None:
    place = good().statements[-1].index

    def change(entries: list[bytes]) -> None:
        entries[place] = entries[place][:-1] + bytes((entries[place][-1] ^ 1,))

    verdict = bench().verify(bench().rebuilt(good(), change))
    assert verdict.word == "FAIL"


# Versions that this verifier does not know


def _other_version(entries: list[bytes], place: int) -> None:
    payload = read_entry(entries[place]).statement.payload
    entries[place] = _signed(entries[place], payload.replace(b'"registration/1"', b'"registration/2"'))


def _other_type(entries: list[bytes], place: int) -> None:
    payload = read_entry(entries[place]).statement.payload
    entries[place] = _signed(entries[place], payload.replace(b'"registration/1"', b'"apparition/1"'))


def _other_judge(entries: list[bytes], place: int) -> None:
    entries[-1] = reclosed(entries[-1], judge="lotchain-judge/2")


def _other_closing(entries: list[bytes], place: int) -> None:
    entries[-1] = entries[-1].replace(b"lotchain/closing/1", b"lotchain/closing/2")


UNKNOWN: dict[str, tuple[Callable[[list[bytes], int], None], str]] = {
    "event version": (_other_version, "version-unsupported"),
    "event type": (_other_type, "event-type"),
    "judge": (_other_judge, "judge-version-unknown"),
    "closing record": (_other_closing, "version-unsupported"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_version_is_undetermined_once_it_is_proved_to_be_in_the_log(name: str) -> None:
    change, code = UNKNOWN[name]
    place = _registration()
    made = bench().rebuilt(replace(good(), seen=()), lambda entries: change(entries, place))
    verdict = bench().verify(made)
    assert (verdict.word, verdict.exit_code, refusal(verdict)) == ("HOLD", 3, code)
    assert {value for _, value in verdict.answers.rows()} == {"undetermined: unknown version"}
    # The same bytes without the proof that they are in the log are a forged file.
    honest = {leaf.index: leaf.path for leaf in (*good().statements, *good().closings)}
    forged = replace(
        made,
        note=good().note,
        statements=tuple(replace(leaf, path=honest[leaf.index]) for leaf in made.statements),
        closings=tuple(replace(leaf, path=honest[leaf.index]) for leaf in made.closings),
    )
    verdict = bench().verify(forged)
    assert (verdict.word, refusal(verdict)) == ("FAIL", "inclusion-invalid")
    # And under a signature that is not the log's, no version is even looked at.
    forged = replace(made, note=made.note.replace(ORIGIN.encode(), b"ledger.example/cars"))
    assert bench().verify(forged).word == "FAIL"


@pytest.mark.parametrize("payload", [b"{}", b'{"type":5}', b'{"type":null}'])
def test_what_states_no_type_is_no_event_of_any_version(payload: bytes) -> None:
    place = _registration()

    def change(entries: list[bytes]) -> None:
        entries[place] = _signed(entries[place], payload)

    made = bench().rebuilt(replace(good(), seen=()), change)
    verdict = bench().verify(made)
    assert (verdict.word, verdict.refused) == ("FAIL", True)


def test_another_version_of_the_file_itself_cannot_be_read() -> None:
    data = encode_bundle(good())
    body = cbor.decode(data, max_bytes=len(data), max_depth=8, max_items=1_000_000, what="bundle")
    assert isinstance(body, list)
    body[0] = "lotchain-bundle/2"
    with pytest.raises(Malformed, match="another version"):
        verify_bundle(_sealed(body), bench().policy(), now=0)


def _sealed(body: Any) -> bytes:
    unsealed = cbor.encode(body)[:-32]
    return unsealed + sha256(unsealed).digest()


def test_a_forged_log_whose_examined_lots_are_no_ancestors_does_not_stop_the_verifier() -> None:
    """A refused merge under a lot's own name: what it reads is examined, and none of it is the lot's ancestor."""
    own = Bench()
    world = own.world
    lot, source, beside = world.make("A", 5), world.make("B", 5), world.make("D", 5)
    world.offer("maker", "carrier", source)
    own.feed()
    lines = tuple(MergeLine(lot=name, prev=world.last(name), quantity=kg(5)) for name in (source, beside))
    merge = Merge(lot=lot, lines=lines, place=CN, occurred_at=world.now())
    raw = world.sign(merge, "maker")
    world.make("C", 1)
    verdict = own.verify(own.forced(lot, raw, lot, source, beside))
    assert verdict.word == "FAIL"
    assert set(verdict.examined) == {lot, source, beside}
    assert "offer-unanswered" not in codes(verdict)
