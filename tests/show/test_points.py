"""The points of `make show-chain` that have no test file of their own, with reduced counts."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from benchmarks import chain as bench
from benchmarks import treaty
from benchmarks.naive import NaiveLedger, Signed
from tests import show_chain
from tests.show import offline_life
from tests.show.pytest_files import Outcome
from tests.show.stage import key_from


def test_every_journey_without_a_network_is_answered_as_asked() -> None:
    told = dict(offline_life.journeys())
    assert len(told) == 40
    assert sum("refused until endorsed" in answer for answer in told.values()) == 24
    assert sum("retryable" in answer for answer in told.values()) == 24


def test_a_journey_that_is_answered_otherwise_is_seen() -> None:
    road = offline_life.Road()
    papers = road.papers()
    (early,) = road.submit(papers.acceptance, at=offline_life.BACK_ONLINE)
    offline_life.refused(early, "offer-unknown", retryable=True)
    with pytest.raises(offline_life.Differs):
        offline_life.refused(early, "offer-unknown", retryable=False)
    with pytest.raises(offline_life.Differs):
        offline_life.refused(early, "prev-stale", retryable=True)
    with pytest.raises(offline_life.Differs):
        offline_life.receipt(early)


def test_a_skipped_test_shows_nothing() -> None:
    assert Outcome(Counter(passed=3), "").holds
    assert not Outcome(Counter(passed=3, skipped=1), "").holds
    assert not Outcome(Counter(passed=3, failed=1), "").holds
    assert not Outcome(Counter(), "").holds


def test_a_point_that_breaks_off_fails(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def breaks(show: show_chain.Show) -> show_chain.Shown:
        raise RuntimeError("nothing to see")

    monkeypatch.setattr(show_chain, "POINTS", {"one": breaks, "two": lambda show: (True, "seen")})
    monkeypatch.setattr("sys.argv", ["show_chain"])
    assert show_chain.main() == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith("FAIL one")
    assert told[1].startswith("ok   two")
    assert told[2] == "show-chain: 1 of 2 points hold"


def test_the_bench_measures_what_it_says(tmp_path: Path) -> None:
    """Everything but times, which say nothing on a machine at work on other tests."""
    results = bench.Results()
    bundle, policy_file = bench.journey_bundle(tmp_path, results, 300)
    assert results.over == []
    assert 40_000 < results.figures["bundle, bytes"] <= bench.MOST_BUNDLE
    found = bench.imported(bundle, policy_file)
    assert {"lotchain.verify.offline", "pydantic", "cbor2"} <= found
    assert not {name for name in found if name.partition(".")[0] in ("sqlite_utils", "rich", "sqlite3", "asyncio")}
    _, memory, code = bench.whole_process(bench.verify_command(bundle, policy_file))
    assert code in (0, 3)
    assert memory <= bench.MOST_MEMORY


def test_the_naive_ledger_does_its_job(tmp_path: Path) -> None:
    signer = key_from("naive")
    ledger = NaiveLedger(tmp_path / "naive.db", {"one": signer.public.raw})
    events = [b'{"n":%d}' % n for n in range(3)]
    ledger.append(Signed("one", event, signer.sign(event)) for event in events)
    assert ledger.audit() == 3
    ledger._db.execute(
        "UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), '\"n\":1', '\"n\":7') AS BLOB) WHERE seq = 1"
    )
    with pytest.raises(ValueError, match="does not follow"):
        ledger.audit()
    ledger.close()


def test_what_step_seven_is_measured_on_keeps_the_law(tmp_path: Path) -> None:
    """Rules that hold cost what they cost in earnest; findings would make another workload of it."""
    handling = treaty.Handling()
    pair = treaty.Pair(tmp_path, handling)
    spent = pair.append(list(handling.lives(60, "T")), 20)
    assert len(spent) == 4 and all(set(one) == {"plain", "treaty"} for one in spent)
    assert set(pair.findings) <= {"theft-reported", "late-entry"}
    charter = pair.ledgers["treaty"].reader.newest_row("charter")
    assert charter is not None and b'"rule_sets"' in charter.state
    for ledger in pair.ledgers.values():
        ledger.close()
