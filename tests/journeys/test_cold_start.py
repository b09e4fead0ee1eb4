"""`lotchain verify` runs on an inspector's old laptop: what it loads, and how much memory it takes."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.journeys.stage import SOURCE, Stage

MOST_MIB = 60
PROBE = """
import json, sys
from lotchain.cli.entry import main
code = main({args!r})
# Not ru_maxrss: it remembers the process from which this one was forked.
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) / 1024
print(json.dumps([code, peak, sorted(sys.modules)]), file=sys.stderr)
"""
NEVER = ("rich", "sqlite_utils", "sqlite3", "http", "asyncio", "urllib.request", "ssl", "multiprocessing", "logging")
OURS = ("lotchain.cli", "lotchain.core", "lotchain.custody", "lotchain.errors", "lotchain.events", "lotchain.rules",
        "lotchain.verify", "lotchain.assets")  # fmt: skip


def loaded(stage: Stage, *args: str) -> tuple[int, float, set[str]]:
    """Exit code, peak memory (MiB) and modules after one command line in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(args=list(args))],
        capture_output=True, text=True, check=True, env={"PYTHONPATH": str(SOURCE)},
    )  # fmt: skip
    code, peak, modules = json.loads(done.stderr)
    return code, peak, set(modules)


def test_verify_loads_no_ledger_no_engine_and_nothing_heavy(stage: Stage) -> None:
    stage.register()
    code, peak, modules = loaded(stage, "verify", stage.bundle(), "--policy", stage.at("border.policy"))
    assert code == 0
    assert [name for name in NEVER if name in modules] == []
    ours = {name for name in modules if name.startswith("lotchain.")}
    assert [name for name in sorted(ours) if not name.startswith(OURS)] == []
    other_commands = {f"lotchain.cli.{name}" for name in ("ledger", "lot", "making", "demo", "reference")}
    assert not other_commands & ours
    assert peak < MOST_MIB


def test_events_that_the_bundle_does_not_hold_are_not_loaded(stage: Stage) -> None:
    stage.register()
    _, _, modules = loaded(stage, "verify", stage.bundle(), "--policy", stage.at("border.policy"))
    assert "lotchain.events.registration" in modules
    assert not modules & {"lotchain.events.hand_over", "lotchain.events.inspection", "lotchain.events.merge"}


def test_a_bundle_without_rule_sets_loads_no_treaty_rules(stage: Stage) -> None:
    """Step 7 waits behind its door (`verify.treaty_door`): what was never adopted costs nothing."""
    stage.register()
    code, _, modules = loaded(stage, "verify", stage.bundle(), "--policy", stage.at("border.policy"))
    assert code == 0 and "lotchain.verify.treaty_door" in modules
    assert [name for name in sorted(modules) if name.startswith(("lotchain.treaty", "lotchain.rules"))] == []


def test_help_loads_no_command(stage: Stage) -> None:
    _, _, modules = loaded(stage, "--help")
    assert {name for name in modules if name.startswith("lotchain.")} == {
        "lotchain.cli", "lotchain.cli.entry", "lotchain.cli.terminal", "lotchain.errors",
    }  # fmt: skip
    assert "pydantic" not in modules
