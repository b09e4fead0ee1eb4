"""Between which moments each paper was signed: by the checkpoint that it names, by what it follows, by its batch."""

from __future__ import annotations

import pytest
from tests.changing import replace
from tests.threats.surroundings import DAY_MS, Small
from tests.unit.world import CN, HOUR, kg

from lotchain.cli.render_verdict import verdict_lines
from lotchain.core.instants import format_instant, format_local
from lotchain.errors import Malformed, UsageError
from lotchain.events.loss import Loss
from lotchain.verify.policy_text import parse_age
from lotchain.verify.trust import DAY_MS as A_DAY
from lotchain.verify.verdict import Step


def lost(small: Small, lot: str, **fields: object) -> None:
    values = {"lot": lot, "prev": small.last(lot), "quantity": kg(1), "kind": "leaked", "place": CN,
              "occurred_at": small.now(), **fields}  # fmt: skip
    small.accept(Loss(**values), "maker")  # type: ignore[arg-type]


def steps(small: Small, lot: str) -> tuple[Step, ...]:
    return small.verdict(small.bundle(lot)).steps


def test_a_paper_lies_between_the_checkpoint_that_it_names_and_its_batch() -> None:
    small = Small()
    seen_at = small.time
    seen = small.seen()
    small.advance(3 * HOUR)
    lot = small.make("B-1", 10, seen=seen)
    (step,) = steps(small, lot)
    assert (step.signed_after, step.entered_at) == (seen_at, small.time)


def test_a_paper_that_names_none_takes_the_bound_of_what_it_follows() -> None:
    small = Small()
    bare = small.make("B-2", 10)
    lost(small, bare)
    assert [step.signed_after for step in steps(small, bare)] == [None, None]
    seen_at = small.time
    lot = small.make("B-1", 10, seen=small.seen())
    small.advance(2 * HOUR)
    lost(small, lot)
    later = small.seen()
    later_at = small.time
    small.advance(HOUR)
    lost(small, lot, seen=later)
    small.advance(HOUR)
    lost(small, lot)
    assert [step.signed_after for step in steps(small, lot)] == [seen_at, seen_at, later_at, later_at]


def test_an_older_checkpoint_named_later_says_no_less_than_what_it_follows() -> None:
    """Whoever names an old checkpoint still signed after the paper that it follows."""
    small = Small()
    old = small.seen()
    small.advance(HOUR)
    lot = small.make("B-1", 10)
    small.advance(HOUR)
    small.make("B-2", 5)
    newer_at, newer = small.time, small.seen()
    small.advance(HOUR)
    lost(small, lot, seen=newer)
    small.advance(HOUR)
    lost(small, lot, seen=old)
    assert [step.signed_after for step in steps(small, lot)] == [None, newer_at, newer_at]


def test_it_is_told_in_utc_and_by_the_clock_of_the_place() -> None:
    small = Small()
    seen_at = small.time
    lot = small.make("B-1", 10, seen=small.seen())
    verdict = small.verdict(small.bundle(lot))
    (step,) = verdict.as_json()["timeline"]
    assert step["signed_after"] == format_instant(seen_at)
    assert step["signed_before"] == step["entered_at"] == format_instant(verdict.steps[0].entered_at)
    assert step["local"] == {
        "occurred_at": format_local(verdict.steps[0].occurred_at, 480),
        "signed_after": format_local(seen_at, 480),
        "signed_before": format_local(verdict.steps[0].entered_at, 480),
    }
    said = " ".join(" ".join(verdict_lines(verdict)).split())
    both = f"signed between {format_instant(seen_at)} (there {format_local(seen_at, 480)}) and "
    assert both in said
    open_below = small.make("B-2", 10)
    verdict = small.verdict(small.bundle(open_below))
    (step,) = verdict.as_json()["timeline"]
    assert step["signed_after"] is None and step["local"]["signed_after"] is None
    assert "nothing shows after when" in " ".join(" ".join(verdict_lines(verdict)).split())


def test_an_act_without_a_place_has_no_local_time() -> None:
    bare = Step(0, "", "", 5, 5, "", "", card=None)  # type: ignore[arg-type]
    assert replace(bare, signed_after=1)._local() is None


@pytest.mark.parametrize(("text", "ms"), [("1h", HOUR), ("24h", DAY_MS), ("7d", 7 * DAY_MS), ("3650d", 3650 * DAY_MS)])
def test_an_age_is_read_as_a_policy_writes_it(text: str, ms: int) -> None:
    assert parse_age(text) == ms


@pytest.mark.parametrize(
    "text", ["", "h", "0h", "24", "24H", " 24h", "24 h", "1.5h", "-1h", "01h", "3651d", "1w", "1e3h"]
)
def test_what_is_no_age(text: str) -> None:
    with pytest.raises(Malformed, match="policy-max-age"):
        parse_age(text)


def test_whoever_verifies_may_be_stricter_than_the_policy_and_never_laxer() -> None:
    small = Small()
    policy = small.policy()
    assert policy.no_older_than(HOUR).max_age_ms == HOUR
    assert policy.no_older_than(policy.max_age_ms) == policy
    with pytest.raises(UsageError, match="max-age-laxer"):
        policy.no_older_than(policy.max_age_ms + HOUR)
    with pytest.raises(Malformed, match="policy-max-age"):
        policy.no_older_than(1000)
    assert A_DAY == DAY_MS
    lot = small.make("B-1", 10)
    bundle = small.bundle(lot)
    small.advance(2 * HOUR)
    assert small.verdict(bundle).word == "CLEAR"
    stale = small.verdict(bundle, max_age_ms=HOUR)
    assert stale.word == "HOLD" and "too-old" in {finding.code for finding in stale.findings}
