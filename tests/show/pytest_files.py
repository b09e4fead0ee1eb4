"""What tests of their own show already: those tests run here, and their outcomes are counted honestly.

A test that skips itself, because vectors of others are not beside the repository, shows nothing: that is a failure here.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How some tests ended."""

    counts: Counter[str]
    """passed, failed, skipped"""
    told: str

    @property
    def holds(self) -> bool:
        """Some passed, none failed, none was skipped."""
        return self.counts["passed"] > 0 and self.counts.keys() == {"passed"}

    def line(self) -> str:
        """The counts, in words."""
        return ", ".join(f"{count:,} {name}" for name, count in sorted(self.counts.items())) or self.told


def run_tests(*tests: str) -> Outcome:
    """Run tests by their pytest ids, one process, and count."""
    with TemporaryDirectory(prefix="lotchain-show-") as place:
        report = Path(place) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *tests]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
        tail = done.stdout.decode()[-400:]
        if not report.exists():
            return Outcome(Counter(failed=1), tail)
        counts: Counter[str] = Counter()
        for case in ElementTree.parse(report).iter("testcase"):
            kinds = {child.tag for child in case}
            if kinds & {"failure", "error"}:
                counts["failed"] += 1
            else:
                counts["skipped" if "skipped" in kinds else "passed"] += 1
    if done.returncode and not counts["failed"]:
        counts["failed"] += 1
    return Outcome(counts, tail)
