"""From a fault that an audit, a witness or a mirror has found to a file that proves it to others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.show.lies import map_root
from tests.show.own_log import LOG_KEY, OwnLog
from tests.unit.world import HOUR
from tests.vectors_build.evidence import LOT, Story, both, log_of, note_of

from lotchain.app.evidence import evidence_of
from lotchain.core.heads import Head
from lotchain.errors import UsageError
from lotchain.ledger import faults
from lotchain.ledger.audit import audit
from lotchain.ledger.faults import fault
from lotchain.ledger.ports import Objection
from lotchain.storage.memory import MemoryStore
from lotchain.verify import evidence as kinds
from lotchain.verify.evidence import decode_evidence
from lotchain.verify.evidence_check import check_evidence
from lotchain.verify.evidence_signed import PROVED


@pytest.fixture(scope="module")
def told() -> Story:
    return Story()


Lie = Callable[[OwnLog, Story], None]


def _last(told: Story) -> int:
    return told.batches[-1][0]


def _refused(log: OwnLog, told: Story) -> None:
    log.batch(_last(told), [told.loss(10_000)], forced=True)


def _nothing(log: OwnLog, told: Story) -> None:
    log.batch(_last(told), [b"\xd2\x84 nothing"], forced=True)


def _twice(log: OwnLog, told: Story) -> None:
    log.batch(_last(told), [told.registration("T-1"), told.batches[3][1][0]], forced=True)


def _wrong_map(log: OwnLog, told: Story) -> None:
    heads: dict[str, Head] = {}
    log.batch(
        _last(told),
        [told.registration("T-1")],
        closing=lambda record, _: record._replace(heads_root=map_root(heads)).encode(),
    )


def _earlier(log: OwnLog, told: Story) -> None:
    log.batch(_last(told), [told.registration("T-1")], closing=lambda r, _: r._replace(time=r.time - 5).encode())


def _broken_record(log: OwnLog, told: Story) -> None:
    log.batch(_last(told), [told.registration("T-1")], closing=lambda r, _: r.encode() + b"\x00")


def _wrong_end(log: OwnLog, told: Story) -> None:
    log.batch(_last(told), [told.registration("T-1")], closing=lambda r, _: r._replace(end=r.end + 7).encode())


def _too_much(log: OwnLog, told: Story) -> None:
    log.batch(_last(told), [told.registration("T-1")], closing=lambda r, _: r._replace(start=3).encode())


def _too_little(log: OwnLog, told: Story) -> None:
    statements = [told.registration("T-1"), told.registration("T-2")]
    log.batch(_last(told), statements, closing=lambda r, _: r._replace(start=r.start + 1).encode())


def _unclosed(log: OwnLog, told: Story) -> None:
    log.batch(_last(told), [told.registration("T-1")], closing=lambda r, _: told.registration("T-2"))


LIES: dict[str, tuple[Lie, str]] = {
    faults.ENTRY_REFUSED.code: (_refused, kinds.JUDGED),
    faults.ENTRY_MALFORMED.code: (_nothing, kinds.ENTRY_MALFORMED),
    faults.STATEMENT_TWICE.code: (_twice, kinds.STATEMENT_TWICE),
    faults.HEADS_ROOT.code: (_wrong_map, kinds.JUDGED),
    faults.TIME_BACK.code: (_earlier, kinds.TIME_BACK),
    faults.CLOSING_MALFORMED.code: (_broken_record, kinds.CLOSING_WRONG),
    faults.CLOSING_RANGE.code: (_wrong_end, kinds.CLOSING_WRONG),
    "closes too much": (_too_much, kinds.CLOSING_WRONG),
    "closes too little": (_too_little, kinds.CLOSING_WRONG),
    faults.NOT_CLOSED.code: (_unclosed, kinds.CLOSING_WRONG),
}


@pytest.mark.parametrize("name", LIES)
def test_what_an_audit_finds_is_shown_to_others(told: Story, name: str) -> None:
    """Also with honest batches after it, and from a copy that stands just before it."""
    lie, kind = LIES[name]
    log, before = log_of(told.batches), log_of(told.batches)
    lie(log, told)
    if name != faults.NOT_CLOSED.code:
        log.batch(_last(told) + HOUR, [told.registration("AFTER")])
    report = audit(log.store, MemoryStore(), key=LOG_KEY)
    found = next(each for each in report.faults if name in (each.code, "closes too much", "closes too little"))
    note = note_of(log, times=both(_last(told)))
    data = evidence_of(found, note, log.entries)
    assert data is not None
    answer = check_evidence(data, log.policy())
    assert (answer.word, answer.kind) == (PROVED, kind), answer.fault
    assert [guilt.who.split()[1] for guilt in answer.proved] == ["log", "witness", "witness"]
    assert evidence_of(found, note, log.entries, before=before.store) == data


def test_every_fault_of_a_log_is_shown_but_two() -> None:
    """A newer judge is no fault to a newer program; and a signature line that is missing may have been taken away."""
    unshown = (faults.CLOSING_JUDGE, faults.LOG_KEY)
    assert {code.code for code in faults.LOG_CODES} - set(LIES) == {code.code for code in unshown}
    log = log_of(Story().batches)
    for code in unshown:
        assert evidence_of(fault(code, log.size - 1), note_of(log), log.entries) is None


@pytest.mark.parametrize("code", [code.code for code in faults.STORE_CODES])
def test_faults_of_a_store_prove_nothing_about_the_log(told: Story, code: str) -> None:
    log = log_of(told.batches)
    assert evidence_of(Objection(code, "", 3), note_of(log), log.entries) is None


def test_what_only_the_witness_saw_is_no_evidence(told: Story) -> None:
    log = log_of(told.batches)
    for code in ("witness-time-ahead", "witness-time-behind", "witness-clock-back", "checkpoint-signature"):
        assert evidence_of(Objection(code, "", log.size - 1), note_of(log), log.entries) is None


def test_an_honest_batch_is_never_accused(told: Story) -> None:
    """Whatever a caller claims of it."""
    log = log_of(told.batches)
    for code in (code.code for code in faults.LOG_CODES):
        try:
            data = evidence_of(Objection(code, "", log.size - 2), note_of(log), log.entries)
        except Exception as fault_:
            assert getattr(fault_, "code", "") in ("evidence-unproved", "evidence-none", "closing-malformed"), fault_
            continue
        if data is not None:
            assert check_evidence(data, log.policy()).word != PROVED, code


def test_a_later_fault_waits_for_the_first(told: Story) -> None:
    log = log_of(told.batches)
    _wrong_map(log, told)
    place = log.size
    log.batch(_last(told), [told.loss(10_000)], forced=True)
    with pytest.raises(UsageError, match="evidence-late"):
        evidence_of(Objection(faults.ENTRY_REFUSED.code, "", place), note_of(log), log.entries)


def test_a_checkpoint_that_does_not_cover_it_and_other_entries(told: Story) -> None:
    log, other = log_of(told.batches), log_of(told.batches)
    place = log.size
    early = note_of(log)
    _refused(log, told)
    with pytest.raises(UsageError, match="evidence-tree"):
        evidence_of(Objection(faults.ENTRY_REFUSED.code, "", place), early, log.entries)
    with pytest.raises(UsageError, match="evidence-tree"):
        evidence_of(Objection(faults.ENTRY_REFUSED.code, "", place), note_of(log), other.entries)


def test_two_trees_from_a_mirrors_copy(told: Story) -> None:
    """What a mirror holds, and what it is shown: longer, as long, or shorter."""
    log = log_of(told.batches)
    mine = note_of(log)
    for cut, more in ((3, 9), (4, 1), (3, 0)):
        fork = log_of(told.batches[:cut])
        for number in range(more + 1):
            fork.batch(_last(told), [told.registration(f"F-{number}")])
        shown = note_of(fork)
        for code in ("witness-inconsistent", "witness-split-view", "witness-rolled-back"):
            data = evidence_of(
                Objection(code, ""), shown, fork.entries, known=mine, known_entries=log.entries
            )  # fmt: skip
            assert data is not None
            assert check_evidence(data, log.policy()).word == PROVED
            assert decode_evidence(data).kind == (kinds.SPLIT_VIEW if fork.size == log.size else kinds.FORK)


def test_an_older_checkpoint_and_a_log_that_grew_are_no_evidence(told: Story) -> None:
    log = log_of(told.batches)
    early, late = note_of(log, 2), note_of(log)
    assert evidence_of(Objection("witness-rolled-back", ""), early, log.entries, known=late,
                       known_entries=log.entries) is None  # fmt: skip
    assert evidence_of(Objection("witness-inconsistent", ""), late, log.entries, known=early,
                       known_entries=log.entries) is None  # fmt: skip
    assert evidence_of(Objection("witness-inconsistent", ""), late, log.entries) is None


def test_a_source_that_lies_about_its_own_checkpoint_shows_nothing(told: Story) -> None:
    log = log_of(told.batches)
    fork = log_of(told.batches[:3])
    for number in range(9):
        fork.batch(_last(told), [told.registration(f"F-{number}")])

    def others(start: int, stop: int) -> Any:
        return (b"x" for _ in range(start, stop))

    shown = note_of(fork)
    assert evidence_of(Objection("witness-inconsistent", ""), shown, others, known=note_of(log)) is None


def test_a_copy_at_another_place_is_passed_over(told: Story) -> None:
    """A store that does not stand just before the batch is not asked: everything is replayed instead."""
    log = log_of(told.batches)
    place = log.size
    _refused(log, told)
    found = Objection(faults.ENTRY_REFUSED.code, "", place)
    data = evidence_of(found, note_of(log), log.entries)
    assert data == evidence_of(found, note_of(log), log.entries, before=log_of(told.batches[:3]).store)
    assert data == evidence_of(found, note_of(log), log.entries, before=MemoryStore())
    assert LOT in {shown.subject for shown in decode_evidence(data or b"").body.subjects}  # type: ignore[union-attr]
