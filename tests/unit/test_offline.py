"""The offline verifier: what a bundle must prove, and that nothing of it can be swapped, left out or added."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from hashlib import sha256
from typing import Any

import pytest
from tests.unit.world import CN, DAY, HOUR, ORIGIN, kg
from tests.vectors_build.bundle_bench import (
    AUDITORS,
    PLAIN,
    WITNESSES,
    Bench,
    closing_places,
    codes,
    reclosed,
    refusal,
    weighing,
)

from lotchain.core import cbor
from lotchain.core.closing import parse_closing
from lotchain.core.heads import Head, extend_chain, subject_key
from lotchain.core.hidden import Opening, placeholder
from lotchain.core.instants import format_instant
from lotchain.core.notes import ED25519_NOTE, VerifierKey
from lotchain.core.statements import parse_statement
from lotchain.errors import Malformed
from lotchain.events.consumption import Consumption
from lotchain.events.endorsement import Endorsement
from lotchain.events.fields import Document, Hidden, Seen
from lotchain.events.key_enrolment import KeyEnrolment
from lotchain.events.key_revocation import KeyRevocation
from lotchain.events.licence_grant import LicenceGrant
from lotchain.events.loss import Loss
from lotchain.events.merge import Merge, MergeLine
from lotchain.events.reading import read_entry
from lotchain.events.registration import Registration
from lotchain.ledger.bundles import make_bundle
from lotchain.signing import SoftwareSigner, proof_of_possession, sign_statement
from lotchain.verify.bundle import Bundle, SeenProof, SubjectProof, decode_bundle, encode_bundle
from lotchain.verify.judge import JUDGE_VERSION
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import Group
from lotchain.verify.verdict import Verdict

LOT = "lot:CN-MAKER/A"


def played() -> Bench:
    """One lot made and moved, beside another one of the same maker; several batches, checkpoints named as seen."""
    bench = Bench()
    world = bench.world
    world.make("OTHER", 7)
    bench.feed()
    world.make("FURTHER", 7)
    bench.feed()
    world.make("A", 100, seen=bench.seen())
    bench.feed()
    world.advance()
    offer = world.offer("maker", "carrier", LOT, seen=bench.seen())
    bench.feed()
    world.advance()
    world.take(offer, "carrier")
    bench.feed()
    world.advance()
    world.make("LATER", 3)
    bench.feed()
    return bench


@lru_cache(maxsize=1)
def bench() -> Bench:
    """One bench for all tests that only read; none may change its ledger."""
    return played()


@lru_cache(maxsize=1)
def good() -> Bundle:
    return bench().bundle(LOT)


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


# The policy


def test_another_charter() -> None:
    policy = bench().policy(charter=bytes(32))
    verdict = bench().verify(good(), policy=policy)
    assert (verdict.word, refusal(verdict)) == ("FAIL", "charter-mismatch")


def test_another_log_key() -> None:
    other = SoftwareSigner.from_seed(b"another log".ljust(32, b"."))
    policy = bench().policy(log_keys=(VerifierKey(ORIGIN, ED25519_NOTE, other.public.raw),))
    verdict = bench().verify(good(), policy=policy)
    assert (verdict.word, verdict.refused) == ("FAIL", True)


def test_another_origin() -> None:
    key = bench().policy().log_keys[0]
    renamed = VerifierKey("ledger.example/cars", ED25519_NOTE, key.public)
    policy = bench().policy(origin="ledger.example/cars", log_keys=(renamed,))
    assert bench().verify(good(), policy=policy).word == "FAIL"


def test_other_witnesses_leave_the_operator_s_word() -> None:
    signers = {name: SoftwareSigner.from_seed(name.encode().ljust(32, b"!")[:32]) for name in WITNESSES}
    keys = {name: (replace(WITNESSES[name][1], public=signer.public.raw),) for name, signer in signers.items()}
    verdict = bench().verify(good(), policy=bench().policy(witnesses=keys))
    assert (verdict.word, verdict.refused) == ("HOLD", False)
    assert weighing(verdict) == {"quorum-not-met", "audit-quorum-not-met"}
    assert verdict.answers.completeness == "operator's word"
    assert verdict.answers.chain == "undetermined"
    assert verdict.answers.whereabouts.startswith("undetermined: the operator's word is in custody of")
    assert verdict.as_of is None


def test_a_witness_key_listed_under_a_line_that_it_did_not_make() -> None:
    note = good().note.decode()
    lines = note.splitlines()
    place = next(i for i, line in enumerate(lines) if AUDITORS[0] in line)
    swapped = lines[place][:-8] + "AAAAAAA="
    changed = note.replace(lines[place], swapped).encode()
    assert answer(replace(good(), note=changed)) in {"cosignature-invalid", "note-malformed", "note-format"}


# As of


def seconds(bench: Bench) -> int:
    return bench.world.time // 1000


@pytest.mark.parametrize(
    ("ages", "as_of"),
    [((0, 100, 200), 100), ((200, 100, 0), 100), ((0, 0, 500), 0), ((300, 500, None), 500), ((None, 7, 9), 9)],
    ids=str,
)
def test_as_of_is_the_audit_quorum_th_newest(ages: tuple[int | None, ...], as_of: int) -> None:
    now = seconds(bench())
    times = {name: now - age for name, age in zip(AUDITORS, ages, strict=True) if age is not None}
    verdict = bench().verify(bench().bundle(LOT, {**times, PLAIN: now}))
    assert verdict.as_of == (now - as_of) * 1000
    assert verdict.answers.completeness == "attested"


def test_one_auditor_ahead_of_time_changes_nothing_and_two_hold() -> None:
    now = seconds(bench())
    year = 365 * 86_400
    one = bench().verify(bench().bundle(LOT, {AUDITORS[0]: now + year, AUDITORS[1]: now, PLAIN: now}))
    assert (one.word, one.as_of) == ("CLEAR", now * 1000)
    two = bench().verify(bench().bundle(LOT, {AUDITORS[0]: now + year, AUDITORS[1]: now + year, PLAIN: now}))
    assert (two.word, weighing(two)) == ("HOLD", {"cosigned-in-future"})


@pytest.mark.parametrize(("skew", "word"), [(299, "CLEAR"), (300, "CLEAR"), (301, "HOLD")])
def test_five_minutes_of_skew(skew: int, word: str) -> None:
    now = seconds(bench())
    times = dict.fromkeys(WITNESSES, now + skew)
    assert bench().verify(bench().bundle(LOT, times), now=now * 1000).word == word


@pytest.mark.parametrize(
    ("age", "word"), [(0, "CLEAR"), (2 * DAY, "CLEAR"), (2 * DAY + 1, "HOLD"), (400 * DAY, "HOLD")]
)
def test_a_genuine_old_bundle_ages(age: int, word: str) -> None:
    verdict = bench().verify(good(), now=seconds(bench()) * 1000 + age)
    assert (verdict.word, "too-old" in codes(verdict)) == (word, word == "HOLD")
    assert verdict.answers.completeness == "attested", "it was complete as of then"


def test_an_old_bundle_of_a_lot_that_moved_on_is_told_by_its_age_alone() -> None:
    own = played()
    old = own.bundle(LOT)
    own.world.advance(3 * DAY)
    own.world.accept(Consumption(lot=LOT, prev=own.world.last(LOT), quantity=kg(100), purpose="analysis",
                                 occurred_at=own.world.now()), "carrier")  # fmt: skip
    assert weighing(own.verify(old)) == {"too-old"}
    assert own.verdict(LOT).answers.whereabouts == "consumed"
    # Cosigned anew, an unchanged checkpoint is as good as a new one: an idle ledger does not grow old.
    idle = played()
    before = idle.bundle(LOT)
    idle.world.advance(30 * DAY)
    assert idle.verify(before).word == "HOLD"
    assert idle.verdict(LOT).word == "CLEAR"


# Keys that were stolen


def revoke(bench: Bench, who: str, by: str, since: int | None) -> None:
    bench.world.accept(
        KeyRevocation(
            key=bench.world.signers[who].public.subject,
            reason="stolen",
            compromised_since=None if since is None else format_instant(since),
            occurred_at=bench.world.now(),
        ),
        by,
    )


def compromised(verdict: Verdict) -> set[str]:
    return {finding.subject for finding in verdict.findings if finding.code == "signed-after-compromise"}


def test_what_a_stolen_key_signed_later_is_undetermined() -> None:
    own = played()
    start = own.world.time
    own.world.advance()
    revoke(own, "carrier", "cn", start - 90 * 60_000)
    verdict = own.verdict(LOT)
    assert compromised(verdict) == {LOT}
    assert (verdict.word, verdict.answers.chain) == ("HOLD", "undetermined")


def test_what_it_signed_before_stands_and_a_lost_key_takes_nothing_back() -> None:
    for since in (None, "now"):
        own = played()
        own.world.advance()
        revoke(own, "carrier", "cn", None if since is None else own.world.time)
        assert own.verdict(LOT).word == "CLEAR"


def test_closed_at_the_very_moment_is_not_older() -> None:
    own = Bench()
    lot = own.world.make("A", 5)
    own.feed()
    at = own.world.time
    own.world.advance()
    revoke(own, "maker", "cn", at)
    assert lot in compromised(own.verdict(lot))
    other = Bench()
    other.world.advance(1000)
    lot = other.world.make("A", 5)
    other.feed()
    other.world.advance()
    revoke(other, "maker", "cn", at + 1001)
    assert compromised(other.verdict(lot)) == set()


def test_an_endorsed_statement_stands() -> None:
    own = played()
    start = own.world.time
    last = own.world.last(LOT)
    own.world.advance()
    revoke(own, "carrier", "cn", start - 90 * 60_000)
    assert compromised(own.verdict(LOT)) == {LOT}
    key = own.world.signers["carrier"].public.subject
    own.world.accept(Endorsement(subject=key, endorses=last, occurred_at=own.world.now()), "cn")
    verdict = own.verdict(LOT)
    assert (verdict.word, compromised(verdict)) == ("CLEAR", set())


def enrol_with(bench: Bench, who: str, signer: SoftwareSigner, by: str, key: str) -> str:
    """Enrol `signer` for a party, signed by the key of the name `key`; the statement's id."""
    world = bench.world
    party = world.party(who)
    possession = proof_of_possession(signer, charter=world.audience, party=party).hex()
    event = KeyEnrolment(
        party=party, key=signer.public.cose.hex(), possession=possession, holder="office", occurred_at=world.now()
    )
    return world.accept(event, by, signer=world.signers[key])


def test_a_stolen_authority_key_that_enrols_a_thief_surfaces() -> None:
    """Neither lot nor party was ever touched by the stolen key: only the thief's key was."""
    own = Bench()
    thief = SoftwareSigner.from_seed(b"thief".ljust(32, b"."))
    stolen_at = own.world.time + HOUR
    own.world.advance(2 * HOUR)
    enrolment = enrol_with(own, "maker", thief, "cn", "cn2")
    own.feed()
    own.world.advance()
    lot = "lot:CN-MAKER/THIEF"
    event = Registration(lot=lot, substance="79099-07-3", name="1-boc-4-piperidone", quantity=kg(5), origin="made",
                         place=CN, occurred_at=own.world.now())  # fmt: skip
    own.world.accept(event, "maker", signer=thief)
    own.feed()
    assert own.verdict(lot).word == "CLEAR"
    own.world.advance()
    revoke(own, "cn2", "cn", stolen_at)
    verdict = own.verdict(lot)
    assert compromised(verdict) == {thief.public.subject}
    assert (verdict.word, verdict.answers.chain) == ("HOLD", "undetermined")
    # If the enrolment was honest after all, the authority says so with another key.
    stolen = own.world.signers["cn2"].public.subject
    own.world.accept(Endorsement(subject=stolen, endorses=enrolment, occurred_at=own.world.now()), "cn")
    assert own.verdict(lot).word == "CLEAR"


def test_a_chain_of_enrolments_surfaces_too() -> None:
    own = Bench()
    first, second = (SoftwareSigner.from_seed(name.ljust(32, b".")) for name in (b"first", b"second"))
    stolen_at = own.world.time + HOUR
    own.world.advance(2 * HOUR)
    enrol_with(own, "maker", first, "cn", "cn2")
    own.world.signers["first"] = first
    enrol_with(own, "maker", second, "maker", "first")
    lot = "lot:CN-MAKER/THIEF"
    event = Registration(lot=lot, substance="79099-07-3", name="1-boc-4-piperidone", quantity=kg(5), origin="made",
                         place=CN, occurred_at=own.world.now())  # fmt: skip
    own.world.accept(event, "maker", signer=second)
    own.feed()
    own.world.advance()
    revoke(own, "cn2", "cn", stolen_at)
    assert compromised(own.verdict(lot)) == {first.public.subject}


def test_a_stolen_authority_key_that_licenses_surfaces() -> None:
    own = played()
    start = own.world.time
    own.world.advance()
    own.world.accept(_grant(own), "cn", signer=own.world.signers["cn2"])
    own.feed()
    own.world.advance()
    revoke(own, "cn2", "cn", start + 1)
    assert "party:CN-TRUCK" in compromised(own.verdict(LOT))


def _grant(bench: Bench) -> Any:
    return LicenceGrant(party="party:CN-TRUCK", organisation="Organisation carrier", number="2", activities=("store",),
                        substances=("*",), valid_from="1970-01-01T00:00:00Z",
                        occurred_at=bench.world.now())  # fmt: skip


def test_the_audit_says_the_same() -> None:
    """`conclude` is one: what the verifier says of keys, the audit of the whole ledger says, too."""
    own = Bench()
    thief = SoftwareSigner.from_seed(b"thief".ljust(32, b"."))
    own.world.advance(2 * HOUR)
    enrol_with(own, "maker", thief, "cn", "cn2")
    own.feed()
    revoke(own, "cn2", "cn", own.world.time - 1)
    own.feed()
    found = {finding.subject for finding in own.rig.audited().concluded if finding.code == "signed-after-compromise"}
    assert thief.public.subject in found


# Hidden fields


SALT = b"0123456789abcdef"


def hidden_bench(field: str = "remarks", document: bytes = bytes(32)) -> tuple[Bench, str, Opening]:
    own = Bench()
    opening = Opening(field, SALT, "Keep dry")
    event = Loss(
        lot=own.world.make("A", 100), prev=own.world.last(LOT), quantity=kg(1), kind="leaked", place=CN,
        remarks=Hidden(**placeholder(opening.digest)),
        documents=(Document(kind="certificate", sha256=document.hex()),), occurred_at=own.world.now(),
    )  # fmt: skip
    own.world.accept(event, "maker")
    own.feed()
    return own, LOT, opening


def with_opening(bundle: Bundle, opening: Opening, digest: bytes | None = None) -> Bundle:
    pair = (digest or opening.digest, cbor.encode(opening.encode()))
    return replace(bundle, openings=(pair,))


def test_an_opened_field_is_shown_as_text() -> None:
    own, lot, opening = hidden_bench()
    closed = own.verify(own.bundle(lot))
    assert closed.openings == {}
    opened = own.verify(with_opening(own.bundle(lot), opening))
    assert opened.openings == {opening.digest.hex(): "Keep dry"}
    assert closed.word == opened.word
    assert ("Opened from its digest", "remarks") in opened.steps[-1].card.lines
    assert closed.steps[-1].card.lines != opened.steps[-1].card.lines
    assert [step.statement for step in closed.steps] == [step.statement for step in opened.steps]


def test_an_opening_that_opens_nothing_here() -> None:
    own, lot, opening = hidden_bench()
    bundle = own.bundle(lot)
    for wrong in (
        with_opening(bundle, Opening("remarks", SALT, "Keep wet"), opening.digest),
        with_opening(bundle, Opening("remarks", SALT, "Keep wet")),
        with_opening(bundle, Opening("remarks", bytes(16), "Keep dry")),
        with_opening(bundle, Opening("place.name", SALT, "Keep dry"), opening.digest),
    ):
        assert refusal(own.verify(wrong)) == "opening-invalid"
    assert refusal(own.verify(replace(bundle, openings=((opening.digest, b"\x80"),)))) == "hidden-format"
    assert refusal(own.verify(replace(bundle, openings=((opening.digest, b"\xff"),)))).startswith("cbor-")


def test_an_opening_counts_only_in_the_field_that_it_names() -> None:
    """The signer made the digest for another field: nothing in this place can be read from it."""
    own, lot, opening = hidden_bench(field="place.name")
    assert refusal(own.verify(with_opening(own.bundle(lot), opening))) == "opening-invalid"


def test_a_document_s_digest_is_no_hidden_field() -> None:
    other = Opening("remarks", SALT, "On fire")
    own, lot, _ = hidden_bench(document=other.digest)
    assert refusal(own.verify(with_opening(own.bundle(lot), other))) == "opening-invalid"


def test_kept_openings_travel_and_a_copy_without_them_can_be_made() -> None:
    own = Bench()
    opening, misplaced = Opening("remarks", SALT, "Keep dry"), Opening("remarks", SALT, "Dear")
    for local, kept in (("A", opening), ("B", misplaced)):
        name = {"remarks": Hidden(**placeholder(kept.digest))} if local == "A" else {}
        place = CN if local == "A" else CN.model_copy(update={"name": Hidden(**placeholder(kept.digest))})
        own.world.make(local, 1, place=place, **name)
    own.rig.clock.time = own.world.time
    pairs = {each.digest: cbor.encode(each.encode()) for each in (opening, misplaced)}
    own.rig.ledger.submit(own.rig.statements(), openings=pairs)
    assert own.verdict("lot:CN-MAKER/A").openings == {opening.digest.hex(): "Keep dry"}
    bare = decode_bundle(make_bundle(own.rig.ledger.reader, "lot:CN-MAKER/A", with_openings=False))
    assert bare.openings == ()
    assert own.verdict("lot:CN-MAKER/B").word == "CLEAR", "an opening for another place stays away"


# Robustness and speed


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
    own.feed()
    place = max(index for index, entry in enumerate(own.entries()) if b"MAKER/C" in entry)
    reader = own.rig.ledger.reader
    own.rig.ledger.publish()
    maker = make_bundle.__globals__["_Maker"](reader, *reader.published())
    histories = {name: [*reader.history(name), place] for name in (lot, source, beside)}
    own_read = maker._read
    maker._read = lambda index: read_entry(raw) if index == place else own_read(index)
    maker._history = lambda name: histories.get(name, reader.history(name))
    bundle = maker.make(lot, with_openings=False)

    def change(entries: list[bytes]) -> None:
        entries[place] = raw

    verdict = own.verify(own.rebuilt(bundle, change))
    assert verdict.word == "FAIL"
    assert set(verdict.examined) == {lot, source, beside}
    assert "offer-unanswered" not in codes(verdict)


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
    began = time.process_time()
    verdict = verify_bundle(data, own.policy(), now=world.time)
    took = time.process_time() - began
    assert verdict.word == "CLEAR"
    assert took < 8, f"{took:.1f} s"


def test_groups_count_once() -> None:
    policy = bench().policy(groups={"two": Group(2, AUDITORS), "all": Group(1, ("two",))})
    now = seconds(bench())
    bundle = bench().bundle(LOT, {AUDITORS[0]: now})
    verdict = bench().verify(bundle, policy=policy)
    assert {"quorum-not-met", "audit-quorum-not-met"} <= codes(verdict)


def test_judge_version_is_the_one_that_the_records_name() -> None:
    assert {read.judge for read in _records()} == {JUDGE_VERSION}
    assert Head(1, extend_chain(bytes(32), bytes(32)), bytes(32))


def _records() -> list[Any]:
    return [parse_closing(leaf.raw) for leaf in good().closings]
