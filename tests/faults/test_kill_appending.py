"""kill -9 at random points of appending, every kill followed by a whole audit.

The writer and the checks are those of `test_ledger_kills`, which audits at intervals while one ledger grows. Here a new
ledger is begun after every few kills, so that each kill can be audited: `make show-chain` makes 200 of them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.kills import kill_writers
from tests.faults.store_checks import environment
from tests.faults.test_ledger_kills import WRITER, Survived, _require_sound

from lotchain.app.auditing import audit_ledger
from lotchain.app.wiring import create_ledger

KILLS_A_LEDGER = 20


def kill_ledgers(kills: int, told: Callable[[int], None] = lambda done: None) -> Survived:
    """So many kills, each checked and audited; what was acknowledged is counted over all ledgers."""
    total = Survived()
    for round_start in range(0, kills, KILLS_A_LEDGER):
        some = min(KILLS_A_LEDGER, kills - round_start)
        survived = _kill_one_ledger(some, round_start, told)
        total.kills += survived.kills
        total.acknowledged += survived.acknowledged
        total.unsaid += survived.unsaid
        total.audits += survived.audits
        total.sizes += survived.sizes
    return total


def _kill_one_ledger(kills: int, before: int, told: Callable[[int], None]) -> Survived:
    survived = Survived()
    with TemporaryDirectory(prefix="lotchain-kill-") as place:
        folder = Path(place) / "ledger"
        create_ledger(folder, "ledger.example/lots").close()

        def check(acknowledged: list[str]) -> None:
            survived.kills += 1
            survived.acknowledged = sum(line.startswith("entry") for line in acknowledged)
            _require_sound(folder, acknowledged, survived)
            report = audit_ledger(folder)
            assert report.sound, report.faults
            survived.audits += 1
            told(before + survived.kills)

        command = [*WRITER, str(folder)]
        kill_writers(kills, command, check, seed=before, longest=0.15, environment=environment())
    return survived


def test_every_kill_leaves_a_ledger_that_audits() -> None:
    survived = kill_ledgers(4)
    assert survived.kills == survived.audits == 4
