"""The demonstration: what the scenarios promise, and that its count of lies is counted."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest

from lotchain.app import demo
from lotchain.app.demo import DemoReport
from lotchain.app.scenario.library import scenario_names
from lotchain.verify import goods, offline, policy
from lotchain.verify.policy import Weighed

Shown = Callable[[str], tuple[Path, DemoReport]]
TWIST = "theft--loss-told-late"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """A scenario's demonstration, run once for the tests that only read what it left; its folder and its report."""

    @lru_cache
    def show(name: str) -> tuple[Path, DemoReport]:
        folder = tmp_path_factory.mktemp("shown") / "demo"
        return folder, demo.run_demo(folder, name)

    return show


@pytest.mark.parametrize("name", [*scenario_names(), TWIST])
def test_every_scenario_gives_its_verdicts(name: str, shown: Shown) -> None:
    """In a folder, with two witnesses that replay; all twists are played in tests/journeys/test_scenarios.py."""
    folder, report = shown(name)
    assert [(o.check.name, o.differences) for o in report.outcomes if not o.as_expected] == []
    assert [m for m in report.met if not m.as_expected] == []
    assert report.as_expected
    assert report.outcomes
    assert all(bundle.path.read_bytes() for bundle in report.bundles)
    assert (folder / "trust.policy").is_file()
    assert (folder / "ledger" / "ledger.db").is_file()


def test_four_lies_are_caught_each_by_a_code_of_its_own(shown: Shown) -> None:
    _, report = shown(demo.DEFAULT)
    assert report.caught == 4
    assert len({told.code for told in report.lies}) == 4
    for told in report.lies:
        assert told.lie.exit_code in (1, 3)
        assert told.twin.exit_code == 0
        for other in report.lies:
            assert (other.code in {f.code for f in told.lie.findings}) == (other is told)


def test_an_older_bundle_is_answered_by_age_alone(shown: Shown) -> None:
    _, report = shown("refused-delivery")
    assert report.stale is not None
    assert report.stale.word == "HOLD"
    assert "too-old" in {finding.code for finding in report.stale.findings}


def test_without_the_comparison_of_goods_it_reads_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goods, "compare", lambda lot, state, found: ())
    report = demo.run_demo(tmp_path / "demo")
    assert report.caught == 3
    assert not report.as_expected


def test_without_the_audit_quorum_it_reads_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def credulous(trust: policy.Policy, note: bytes) -> Weighed:
        weighed = policy.weigh(trust, note)
        faults = tuple(f for f in weighed.faults if f.code not in ("audit-quorum-not-met", "quorum-not-met"))
        return Weighed(
            weighed.checkpoint, weighed.note, weighed.witnesses, True, weighed.auditors, True, weighed.as_of_ms, faults
        )

    monkeypatch.setattr(offline, "weigh", credulous)
    report = demo.run_demo(tmp_path / "demo")
    assert report.caught == 3


def test_the_folder_must_be_new(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "something").write_text("mine")
    with pytest.raises(Exception) as caught:
        demo.run_demo(tmp_path / "demo")
    assert getattr(caught.value, "code", "") == "ledger-exists"
    assert (tmp_path / "demo" / "something").read_text() == "mine"
