"""`lotchain alerts`: what the whole log shows and no single statement does."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from lotchain.app.alerts import CAVEAT, AlertReport, alert_report, report_json
from lotchain.cli.arguments import instant
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.progress import bar
from lotchain.cli.terminal import coloured, emit_json, paragraph, plain, rows
from lotchain.core.ids import check
from lotchain.core.instants import format_instant
from lotchain.errors import UsageError
from lotchain.oversight.alerts import Alert, Certainty, Gravity
from lotchain.oversight.recorded import RecordedAlert

_COLOURS = {Gravity.GRAVE: "red", Gravity.SERIOUS: "yellow", Gravity.WATCH: "cyan"}
_SHOWN = 5


@click.command(
    "alerts",
    epilog=example(
        "lotchain alerts ./ledger",
        "lotchain alerts ./ledger --code t05 --code t18-unusual-loss --since 2026-10-01T00:00:00Z",
        "lotchain alerts --ledger ./ledger --lot lot:CN-CHEM-88/BP4-1 --json",
    ),
)
@click.argument("ledger", type=PATH, required=False)
@click.option(
    "--ledger", "named", type=PATH, envvar="LOTCHAIN_LEDGER", show_envvar=True, help="The same, as in other commands."
)
@click.option("--since", metavar="INSTANT", help="Only those that something was added to since; -30d is 30 days ago.")
@click.option("--code", "codes", multiple=True, help="Only this kind, or this typology, as t05. May be repeated.")
@click.option("--lot", help="Only those that concern this lot.")
@json_option
def command(
    ledger: Path | None,
    named: Path | None,
    since: str | None,
    codes: tuple[str, ...],
    lot: str | None,
    as_json: bool,
) -> None:
    """What points to diversion: gaps, broken rules, contradictions, patterns; worst and certain first.

    LEDGER is the ledger's folder. The whole log is judged again, from its bytes, so the same log gives the same alerts
    to everybody. An alert that somebody recorded on the ledger, or closed, is marked so. What no ledger can see is told
    at the end. Exit code 1 when the log itself is not sound.
    """
    folder = ledger or named
    if folder is None:
        raise UsageError("ledger-needed", "no ledger is named", expected="the ledger's folder", field="LEDGER")
    if lot is not None:
        check(lot, "lot")
    moment = None if since is None else instant(since)
    with bar("reading") as told:
        report = alert_report(folder, progress=told)
    report = report.only(since=moment, codes=codes, lot=lot)
    if as_json:
        emit_json(report_json(report))
    else:
        click.echo("\n".join(_lines(report)))
    if not report.sound:
        raise click.exceptions.Exit(1)


def _lines(report: AlertReport) -> list[str]:
    certain = sum(1 for alert in report.alerts if alert.kind.certainty is Certainty.CERTAIN)
    lines = [
        f"{len(report.alerts)} alerts, {certain} certain, {len(report.alerts) - certain} suspicious; "
        f"{report.statements} statements read, as of {format_instant(report.as_of)}"
    ]
    for alert in report.alerts:
        lines += ["", *_alert(report, alert)]
    others = [item for item in report.recorded if not any(item.takes_up(alert) for alert in report.alerts)]
    if others:
        lines += ["", "Recorded on the ledger, beside these"]
        lines += rows(((item.id[:12] + "…", _recorded(item)) for item in others), "  ")
    lines += ["", "Not seen by any alert", *(f"  {text}" for text in report.typologies.blind_spots)]
    for typology in report.typologies.typologies:
        if any(alert.kind.typology == typology.id for alert in report.alerts):
            lines += paragraph(f"{typology.id} {typology.title}: {'; '.join(typology.not_seen)}", "  ")
    return [*lines, "  --json lists what is not seen of every typology", "", *paragraph(CAVEAT)]


def _alert(report: AlertReport, alert: Alert) -> list[str]:
    kind = alert.kind
    word = coloured(kind.gravity.name, _COLOURS[kind.gravity])
    setting = report.typologies.settings[alert.code]
    pairs = [
        ("what", kind.sentence),
        ("here", alert.said),
        ("figures", "; ".join(f"{item.name}: {item.value} {item.unit}" for item in alert.figures)),
        ("lots", _some(alert.lots)),
        ("parties", _some(alert.parties)),
        ("statements", _evidence(alert)),
        ("from", f"{format_instant(alert.first)} to {format_instant(alert.last)}"),
        ("honest reasons", "; ".join(setting.false_alarms)),
        ("what to do", kind.remedy),
        ("taken up", "; ".join(_recorded(item) for item in report.taken_up(alert))),
    ]
    head = f"{word}  {kind.certainty.value}  {alert.code}  {plain(alert.subject)}"
    return [head, *rows(((label, text) for label, text in pairs if text), "  ")]


def _evidence(alert: Alert) -> str:
    listed = [f"entry {item.at}" + (f" ({item.id[:12]}…)" if item.id else "") for item in alert.evidence[:_SHOWN]]
    more = alert.statements - len(listed)
    return ", ".join(listed) + (f" and {more} more" if more else "")


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - _SHOWN
    return ", ".join(listed[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _recorded(item: RecordedAlert) -> str:
    who = f"{item.by}, an authority" if item.official else item.by
    closed = ", ".join(outcome for outcome, _, _ in item.closed)
    state = item.status if not closed else f"{item.status} ({closed})"
    return f"{', '.join(item.grounds)} on {item.lot} by {who}: {state}"
