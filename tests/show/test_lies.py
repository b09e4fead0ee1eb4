"""An operator's lies with reduced counts: `make show-chain` tells a thousand."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from tests.show import lies

SEEDS = range(40)


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: f"{lies.KINDS[seed % len(lies.KINDS)]}-{seed}")
def test_no_lie_goes_through(seed: int) -> None:
    tally = lies.tell(seed)
    assert tally.told == Counter([lies.KINDS[seed % len(lies.KINDS)]])
    assert tally.declined.total() == lies.AUDITORS
    if lies.KINDS[seed % len(lies.KINDS)] in lies.IN_THE_TREE:
        assert tally.compared and tally.shown


def test_every_kind_is_told_as_often() -> None:
    assert Counter(lies.KINDS[seed % len(lies.KINDS)] for seed in SEEDS) == dict.fromkeys(lies.KINDS, 4)


def test_a_lie_that_goes_through_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The honest log, told as a lie: auditors cosign it, and that is seen."""

    def truth(watched: lies.Watched) -> lies.OwnLog:
        log = lies.kept(watched.life.batches)
        lies._set_clock(watched, log)
        log.publish()
        return log

    for kind in lies.KINDS:
        monkeypatch.setitem(lies.TELLERS, kind, truth)
    tally = lies.many(len(lies.KINDS))
    assert len(tally.broken) == len(lies.KINDS)
    assert all("an auditor cosigns it" in line for line in tally.broken)


def test_a_life_is_the_same_every_time() -> None:
    one, other = lies.Life(Random("same")), lies.Life(Random("same"))
    one.live(5)
    other.live(5)
    assert one.batches == other.batches
