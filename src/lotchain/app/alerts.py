"""The alerts of a ledger: its whole log judged again, every detector asked, what was recorded of them set beside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lotchain.app.oversight import Progress, Unsound, observe
from lotchain.app.substances import load_substances
from lotchain.app.thresholds import threshold_sets
from lotchain.assets import asset
from lotchain.core.instants import format_instant
from lotchain.errors import UsageError
from lotchain.oversight.alerts import Alert
from lotchain.oversight.observed import Observed
from lotchain.oversight.recorded import RecordedAlert
from lotchain.oversight.typologies import BASES, Typologies, read_typologies
from lotchain.oversight.watcher import Watcher

FILE = "oversight/typologies.json"
CAVEAT = (
    "Alerts tell an authority where to look first; none is a verdict. Certain: the ledger itself proves it. "
    "Suspicious: a pattern with honest reasons, too. "
    "A lot's bundle does not cover what takes more than its own history."
)


@dataclass(frozen=True, slots=True)
class AlertReport:
    """What was found on one ledger.

    Args:
        statements: how many were read.
        as_of: closing time (ms) of the newest of them: nothing later is known.
        alerts: worst first, certain before suspicious.
        recorded: every alert that somebody signed onto the ledger, in log order.
        sound: whether the log could be read to its end.
        typologies: the parameters that were used.

    """

    statements: int
    as_of: int
    alerts: tuple[Alert, ...]
    recorded: tuple[RecordedAlert, ...]
    sound: bool
    typologies: Typologies

    def taken_up(self, alert: Alert) -> tuple[RecordedAlert, ...]:
        """The recorded alerts that are about what a computed one shows."""
        return tuple(item for item in self.recorded if item.takes_up(alert))

    def only(self, *, since: int | None = None, codes: Iterable[str] = (), lot: str | None = None) -> AlertReport:
        """The same with a part of the alerts.

        Args:
            since: those that something was added to at this moment (ms) or later.
            codes: of these codes, or typologies as `t05`; none: all.
            lot: those that concern this lot, and those recorded on it.

        Raises:
            UsageError: `alert-code-unknown`.

        """
        wanted = tuple(codes)
        for code in wanted:
            if not any(_is(known, code) for known in self.typologies.settings):
                raise UsageError(
                    "alert-code-unknown", "there is no such kind of alert", found=code, field="--code",
                    expected="a code of specs/oversight/typologies.json, or a typology as t05",
                )  # fmt: skip
        alerts = tuple(
            alert
            for alert in self.alerts
            if (since is None or alert.last >= since)
            and (not wanted or any(_is(alert.code, code) for code in wanted))
            and (lot is None or lot == alert.subject or lot in alert.lots)
        )
        recorded = tuple(item for item in self.recorded if lot is None or lot == item.lot or lot in item.open_on)
        return AlertReport(self.statements, self.as_of, alerts, recorded, self.sound, self.typologies)


def _is(code: str, wanted: str) -> bool:
    return wanted in (code, code[:3])


@cache
def load_typologies() -> Typologies:
    """The shipped typologies and parameters. Raises `Malformed` where the data is damaged."""
    return read_typologies(asset("specs", FILE), FILE)


def new_watcher(typologies: Typologies | None = None) -> Watcher:
    """A follower that has read nothing yet, with the shipped data (and other parameters, where they are given)."""
    return Watcher(typologies or load_typologies(), load_substances(), threshold_sets())


def alert_report(path: Path | str, *, progress: Progress | None = None) -> AlertReport:
    """Read a ledger's log from its beginning, and find its alerts; nothing is written.

    A log that an honest ledger could not have written is read as far as it can be, and that is an alert, too.

    Args:
        path: the ledger's folder.
        progress: told now and then how far the log is read.

    Raises:
        StoreError: `ledger-missing`, those of the store.
        Malformed: those of the configuration.

    """
    return alerts_of(observe(path, progress=progress))


def alerts_of(log: Iterable[Observed]) -> AlertReport:
    """The same of judged statements, from the log's beginning."""
    typologies = load_typologies()
    watcher, sound = new_watcher(typologies), True
    try:
        for observed in log:
            watcher.see(observed)
    except Unsound as fault:
        sound = False
        watcher.unsound(fault.fault.code, fault.fault.index or 0, watcher.time)
    recorded = tuple(watcher.recorded.alerts.values())
    return AlertReport(watcher.statements, watcher.time, tuple(watcher.alerts()), recorded, sound, typologies)


def report_json(report: AlertReport) -> dict[str, Any]:
    """The report for machines; each alert with its parameters and their basis, and with who took it up."""
    return {
        "statements": report.statements,
        "as_of": format_instant(report.as_of),
        "sound": report.sound,
        "alerts": [_alert_json(report, alert) for alert in report.alerts],
        "recorded": [item.as_json() for item in report.recorded],
        "not_seen": {
            "everywhere": list(report.typologies.blind_spots),
            "by_typology": {item.id: {"title": item.title, "not_seen": list(item.not_seen)}
                            for item in report.typologies.typologies},
        },
        "data": {"edition": report.typologies.edition, "note": report.typologies.note, "basis": BASES},
        "caveat": CAVEAT,
    }  # fmt: skip


def _alert_json(report: AlertReport, alert: Alert) -> dict[str, Any]:
    setting = report.typologies.settings[alert.code]
    return {
        **alert.as_json(),
        "honest_reasons": list(setting.false_alarms),
        "parameters": [item._asdict() for item in setting.parameters.values()],
        "taken_up": [
            {"id": item.id, "by": item.by, "official": item.official, "status": item.status}
            for item in report.taken_up(alert)
        ],
    }
