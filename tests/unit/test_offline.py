"""The offline verifier: what a bundle must prove, and that nothing of it can be swapped, left out or added."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changing import replace
from tests.unit.world import kg
from tests.vectors_build.bundle_bench import (
    AUDITORS,
    LOT,
    Bench,
    bench,
    closing_places,
    codes,
    good,
    refusal,
    weighing,
)

from lotchain.core.closing import parse_closing
from lotchain.core.heads import Head, extend_chain, subject_key
from lotchain.core.statements import parse_statement
from lotchain.errors import Malformed
from lotchain.events.consumption import Consumption
from lotchain.ledger.bundles import make_bundle
from lotchain.signing import sign_statement
from lotchain.verify.bundle import Bundle, SeenProof, SubjectProof, encode_bundle
from lotchain.verify.judge import JUDGE_VERSION
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import Group


def answer(bundle: Bundle) -> str:
    """The code of the refusal, of a whole file or of one that cannot be read."""
    try:
        return refusal(bench().verify(bundle))
    except Malformed as fault:
        return fault.code


def test_the_honest_bundle_is_clear() -> None:
    verdict = bench().verify(good())
    assert (verdict.word, verdict.exit_code, weighing(verdict)) == ("CLEAR", 0, set())
    assert verdict.examined == (LOT,)
    assert verdict.as_of == bench().world.time // 1000 * 1000
    assert verdict.auditors == AUDITORS


# Proofs left out, swapped, put elsewhere


def test_each_statement_is_needed() -> None:
    rows = good().statements
    assert len(rows) > 7
    for place in range(len(rows)):
        assert answer(replace(good(), statements=rows[:place] + rows[place + 1 :])) in {
            "charter-mismatch", "bundle-incomplete", "bundle-extra", "head-mismatch", "lot-absent",
        }  # fmt: skip


def test_the_last_act_left_out_with_its_closing_record() -> None:
    bundle = good()
    last = bundle.statements[-1]
    closings = tuple(leaf for leaf in bundle.closings if leaf.index != last.index + 1)
    cut = replace(bundle, statements=bundle.statements[:-1], closings=closings)
    assert answer(cut) in {"bundle-incomplete", "bundle-extra", "head-mismatch"}


def test_each_closing_record_is_needed() -> None:
    for place in range(len(good().closings)):
        rows = good().closings
        assert answer(replace(good(), closings=rows[:place] + rows[place + 1 :])) == "closing-missing"


def test_each_seen_proof_is_needed() -> None:
    rows = good().seen
    assert len(rows) == 2
    for place in range(2):
        assert answer(replace(good(), seen=rows[:place] + rows[place + 1 :])) == "bundle-incomplete"


def test_each_subject_is_needed() -> None:
    rows = good().subjects
    for place in range(len(rows)):
        assert answer(replace(good(), subjects=rows[:place] + rows[place + 1 :])) == "bundle-incomplete"


@pytest.mark.parametrize("part", ["statements", "closings"])
def test_inclusion_proofs_of_neighbours(part: str) -> None:
    rows = list(getattr(good(), part))
    for place in range(len(rows) - 1):
        a, b = rows[place], rows[place + 1]
        swapped = [*rows[:place], replace(a, path=b.path), replace(b, path=a.path), *rows[place + 2 :]]
        assert answer(replace(good(), **{part: tuple(swapped)})) == "inclusion-invalid"
        shorter = [*rows[:place], replace(a, path=a.path[:-1]), *rows[place + 1 :]]
        assert answer(replace(good(), **{part: tuple(shorter)})) == "inclusion-invalid"


def test_bytes_of_two_entries_exchanged() -> None:
    rows = list(good().statements)
    rows[-1], rows[-2] = replace(rows[-1], raw=rows[-2].raw), replace(rows[-2], raw=rows[-1].raw)
    assert answer(replace(good(), statements=tuple(rows))) == "inclusion-invalid"


def test_heads_proof_of_a_neighbour() -> None:
    rows = list(good().subjects)
    for place in range(len(rows) - 1):
        a, b = rows[place], rows[place + 1]
        swapped = [*rows[:place], replace(a, siblings=b.siblings), replace(b, siblings=a.siblings), *rows[place + 2 :]]
        if a.siblings != b.siblings:
            assert answer(replace(good(), subjects=tuple(swapped))) == "head-mismatch"


def test_presence_shown_as_absence() -> None:
    rows = list(good().subjects)
    place = [proof.subject for proof in rows].index(LOT)
    rows[place] = replace(rows[place], other=(subject_key("lot:CN-MAKER/OTHER"), 1, bytes(32), bytes(32)))
    assert answer(replace(good(), subjects=tuple(rows))) == "head-mismatch"


def test_closing_record_of_another_batch() -> None:
    bundle = good()
    entries = bench().entries()
    whole = bench().rebuilt(bundle, lambda _: None)
    others = [at for at in closing_places(entries) if at not in {leaf.index for leaf in bundle.closings}]
    assert others, "there is a batch that says nothing of this lot"
    extra = replace(whole.closings[0], index=others[0], raw=entries[others[0]], path=_path(others[0]))
    rows = tuple(sorted((*whole.closings, extra), key=lambda leaf: leaf.index))
    assert answer(replace(whole, closings=rows)) == "bundle-extra"
    instead = tuple(sorted((*whole.closings[1:], extra), key=lambda leaf: leaf.index))
    assert answer(replace(whole, closings=instead)) == "closing-missing"


def _path(index: int) -> tuple[bytes, ...]:
    reader = bench().rig.ledger.reader
    return tuple(reader.inclusion(index, reader.size()))


def _statement(index: int, bundle: Bundle) -> Bundle:
    leaf = replace(bundle.statements[0], index=index, raw=bench().entries()[index], path=_path(index))
    return replace(bundle, statements=tuple(sorted((*bundle.statements, leaf), key=lambda leaf: leaf.index)))


def test_a_statement_beside() -> None:
    """Every other statement of the log, put into the bundle with its own honest proof."""
    mine = {leaf.index for leaf in good().statements} | set(closing_places(bench().entries()))
    beside = [index for index in range(len(bench().entries())) if index not in mine]
    assert len(beside) > 5
    for index in beside:
        assert answer(_statement(index, good())) in {"bundle-extra", "bundle-incomplete", "closing-missing"}, index


def test_a_statement_and_closing_record_in_each_other_s_list() -> None:
    bundle = good()
    closing = bundle.closings[-1]
    moved = replace(bundle, statements=(*bundle.statements, closing), closings=bundle.closings[:-1])
    assert answer(moved) in {"closing-missing", "statement-malformed"}
    moved = replace(bundle, statements=bundle.statements[:-1], closings=(bundle.statements[-1],))
    assert answer(moved) == "closing-malformed"


def test_a_subject_beside() -> None:
    extra = SubjectProof("lot:CN-MAKER/OTHER", good().subjects[0].siblings)
    rows = tuple(sorted((*good().subjects, extra), key=lambda proof: proof.subject))
    assert answer(replace(good(), subjects=rows)) == "bundle-extra"


def test_relabelled_lots() -> None:
    for name in ("lot:CN-MAKER/OTHER", "lot:CN-MAKER/LATER", "lot:CN-MAKER/NONE", f"{LOT}~1"):
        assert answer(replace(good(), lot=name)) in {"bundle-incomplete", "bundle-extra"}
    other = bench().bundle("lot:CN-MAKER/OTHER")
    assert answer(replace(other, lot=LOT)) == "bundle-incomplete"


def test_a_lot_that_is_not_there_is_not_proved_by_an_absence() -> None:
    """The closure of an absent lot is the charter and what it rests on: everything else is as it should be."""
    rig = bench().rig
    maker = make_bundle.__globals__["_Maker"](rig.ledger.reader, *rig.ledger.reader.published())
    maker._history = lambda name: [0] if name == "lot:CN-MAKER/NONE" else rig.ledger.reader.history(name)
    bundle = maker.make("lot:CN-MAKER/NONE", with_openings=True)
    assert refusal(bench().verify(replace(bundle, note=good().note))) == "lot-absent"


# Checkpoints seen


def test_seen_checkpoints_of_another_root_or_size() -> None:
    first, second = good().seen
    assert answer(replace(good(), seen=(replace(first, root=bytes(32)), second))) == "consistency-invalid"
    assert answer(replace(good(), seen=(replace(first, path=second.path), second))) == "consistency-invalid"
    assert answer(replace(good(), seen=(replace(first, root=second.root), second))) == "consistency-invalid"
    moved = replace(first, size=first.size - 1)
    assert answer(replace(good(), seen=(moved, second))) in {"closing-missing", "consistency-invalid"}


def test_a_seen_proof_beside() -> None:
    reader = bench().rig.ledger.reader
    checkpoint, _ = reader.newest()
    whole = SeenProof(checkpoint.size, checkpoint.root, tuple(reader.consistency(checkpoint.size, checkpoint.size)))
    assert answer(replace(good(), seen=(*good().seen, whole))) == "bundle-extra"


# Robustness and speed


def test_two_thousand_statements_verify_in_seconds() -> None:
    own = Bench()
    world = own.world
    lot = world.make("LONG", 100_000)
    statements = own.rig.statements()
    signer, state = world.signers["maker"], world.last(lot)
    for n in range(2_000):
        event = Consumption(
            lot=lot, prev=state, quantity=kg(1), purpose="analysis", occurred_at=world.now(), reference=f"N{n}"
        )
        raw = sign_statement(
            signer, issuer="party:CN-MAKER", subject=lot, audience=world.audience, signed_at=world.time // 1000,
            payload=event.payload(),
        )  # fmt: skip
        state = parse_statement(raw).hex_id
        statements.append(raw)
    for at in range(0, len(statements), 10):
        own.rig.ledger.submit(statements[at : at + 10])
    bundle = own.bundle(lot)
    assert len(bundle.statements) > 2_000
    data = encode_bundle(bundle)
    verdict = verify_bundle(data, own.policy(), now=world.time)
    assert verdict.word == "CLEAR"


def test_groups_count_once() -> None:
    policy = bench().policy(groups={"two": Group(2, AUDITORS), "all": Group(1, ("two",))})
    now = bench().world.time // 1000
    bundle = bench().bundle(LOT, {AUDITORS[0]: now})
    verdict = bench().verify(bundle, policy=policy)
    assert {"quorum-not-met", "audit-quorum-not-met"} <= codes(verdict)


def test_judge_version_is_the_one_that_the_records_name() -> None:
    assert {read.judge for read in _records()} == {JUDGE_VERSION}
    assert Head(1, extend_chain(bytes(32), bytes(32)), bytes(32))


def _records() -> list[Any]:
    return [parse_closing(leaf.raw) for leaf in good().closings]
