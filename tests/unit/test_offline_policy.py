"""The offline verifier under other policies and at other times: whose word counts, and as of when."""

from __future__ import annotations

import pytest
from tests.changing import replace
from tests.unit.world import DAY, ORIGIN, kg
from tests.vectors_build.bundle_bench import (
    AUDITORS,
    LOT,
    PLAIN,
    WITNESSES,
    Bench,
    bench,
    codes,
    good,
    played,
    refusal,
    weighing,
)

from lotchain.core.notes import ED25519_NOTE, VerifierKey
from lotchain.errors import Malformed
from lotchain.events.consumption import Consumption
from lotchain.signing import SoftwareSigner
from lotchain.verify.bundle import Bundle


def answer(bundle: Bundle) -> str:
    """The code of the refusal, of a whole file or of one that cannot be read."""
    try:
        return refusal(bench().verify(bundle))
    except Malformed as fault:
        return fault.code


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
