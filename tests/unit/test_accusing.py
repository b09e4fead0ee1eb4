"""From a fault that an audit, a witness or a mirror has found to a file that proves it to others."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from tests.show.lies import map_root
from tests.show.own_log import LOG_KEY, OwnLog
from tests.show.stage import play, scenario, scenario_names
from tests.unit.world import HOUR, ORIGIN
from tests.vectors_build.evidence import LOT, Story, both, log_of, note_of

from lotchain.app.evidence import evidence_of
from lotchain.core.checkpoints import Checkpoint
from lotchain.core.heads import Head, subject_key
from lotchain.core.heads_trie import HeadsMap, MemoryHeadStore
from lotchain.errors import Malformed, UsageError
from lotchain.events.reading import read_entry
from lotchain.ledger import faults
from lotchain.ledger.accusing import LogTree, show_batch
from lotchain.ledger.audit import audit
from lotchain.ledger.faults import fault
from lotchain.ledger.ports import Objection
from lotchain.storage.memory import MemoryStore
from lotchain.verify import evidence as kinds
from lotchain.verify.evidence import Evidence, Tree, decode_evidence, encode_evidence
from lotchain.verify.evidence_check import check_evidence
from lotchain.verify.evidence_judged import check_judged
from lotchain.verify.evidence_signed import PROVED
from lotchain.verify.evidence_whole import WholeLog


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


def test_states_that_no_judge_could_have_made_accuse_nobody(told: Story) -> None:
    """An operator may commit to any state at all; what the judge cannot read proves nothing, and breaks nothing."""
    log = log_of(told.batches)
    rows = dict(log.store.subjects())
    rubbish = b'{"kind":"key"}'
    key = told.world.signers["maker"].public.subject
    for target in (key, "charter", "party:CN-MAKER"):
        heads = {name: Head(row.length, row.chain, hashlib.sha256(rubbish if name == target else row.state).digest())
                 for name, row in rows.items()}  # fmt: skip
        lying = log_of(told.batches[:-1])
        lying.batch(told.batches[-1][0], told.batches[-1][1],
                    closing=lambda record, _, made=heads: record._replace(heads_root=map_root(made)).encode())  # fmt: skip
        lying.batch(_last(told), [told.registration("R-1")])
        made = show_batch(note_of(log_of([*told.batches, (_last(told), [told.registration("R-1")])])),
                          log_of([*told.batches, (_last(told), [told.registration("R-1")])]).entries, log.size)  # fmt: skip
        assert made is not None
        note = note_of(lying)
        tree = LogTree(Checkpoint(ORIGIN, lying.size, lying.fold.root), lying.entries)
        leaves = tuple(tree.leaf(leaf.index, lying.raw(leaf.index)) for leaf in made.trees[0].leaves)
        theirs = HeadsMap(MemoryHeadStore())
        theirs.update((subject_key(name), head) for name, head in heads.items())
        subjects = tuple(
            shown._replace(
                state=rubbish if shown.subject == target else shown.state,
                proof=theirs.prove(subject_key(shown.subject)),
            )
            for shown in made.body.subjects  # type: ignore[union-attr]
        )
        body = made.body._replace(subjects=subjects)  # type: ignore[union-attr]
        answer = check_evidence(encode_evidence(Evidence(kinds.JUDGED, (Tree(note, leaves),), body)), log.policy())
        assert answer.word == "NOT PROVED" and answer.fault is not None
        assert "a state shown is none" in answer.fault.what, answer.fault


@pytest.mark.parametrize("name", scenario_names())
def test_every_batch_of_a_scenario_is_in_order_when_shown_alone(name: str) -> None:
    """From a few entries and proofs the judge says the same as with the whole ledger, whatever the events are."""
    reader = play(scenario(name)).ledger.reader
    newest, note = reader.newest()
    ends, index = [], 0
    while index < newest.size:
        ends.append(reader.closing_of(index)[1])
        index = ends[-1] + 1
    log = WholeLog(newest.origin)
    for start, statements, closing in log.batches(list(reader.entries(0, newest.size))):
        assert log.take(start, statements, closing) is None
    charter = read_entry(reader.entry(0)).statement.id
    alone = 0
    for end in ends[:: max(1, len(ends) // 12)]:
        made = show_batch(note, reader.entries, end)
        if made is None:
            continue  # the judge asks for a statement that is not there: no few entries show that
        assert isinstance(made.body, kinds.Judged)
        with pytest.raises(Malformed, match="the batch is in order"):
            check_judged(made.body, made.trees[0].leaves, newest, charter)
        alone += 1
    assert alone > len(ends) // (2 * max(1, len(ends) // 12))
