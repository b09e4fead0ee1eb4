"""`lotchain audit`: a whole ledger replayed, and everything stored compared with what follows from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lotchain.app.auditing import audit_ledger
from lotchain.cli.findings import finding_lines
from lotchain.cli.options import example, json_option, ledger_option
from lotchain.cli.progress import bar
from lotchain.cli.terminal import emit, rows
from lotchain.core.instants import format_instant
from lotchain.ledger.audit import AuditReport


@click.command("audit", epilog=example("lotchain audit --ledger ./ledger"))
@ledger_option()
@click.option("--on-disk/--in-memory", default=None, help="Where it is rebuilt; default by the ledger's size.")
@json_option
def command(ledger: Path, on_disk: bool | None, as_json: bool) -> None:
    """Replay every statement, rebuild every state, hash and checkpoint, and compare them with the store.

    Exit code 0 when the ledger is sound, 1 when it is not. What stands open on lots is told, and is no fault.
    """
    with bar("auditing") as told:
        report = audit_ledger(ledger, on_disk=on_disk, progress=told)
    emit(_json(report), _lines(report), as_json=as_json)
    if not report.sound:
        raise click.exceptions.Exit(1)


def _json(report: AuditReport) -> dict[str, Any]:
    return {
        "sound": report.sound,
        "origin": report.origin,
        "size": report.size,
        "root": report.root.hex(),
        "published": report.published,
        "statements": report.statements,
        "subjects": report.subjects,
        "time": format_instant(report.time),
        "faults": [{"index": fault.index, **fault.finding.as_json()} for fault in report.faults],
        "fault_counts": dict(report.counts),
        "judged": dict(report.judged),
        "open": [finding.as_json() for finding in report.concluded],
    }


def _lines(report: AuditReport) -> list[str]:
    word = "SOUND" if report.sound else f"NOT SOUND: {sum(report.counts.values())} faults"
    lines = [f"{word}  {report.origin}, {report.examined} of {report.size} entries examined"]
    lines += rows(
        (
            ("root", report.root.hex()),
            ("published", str(report.published)),
            ("statements", str(report.statements)),
            ("subjects", str(report.subjects)),
            ("newest batch", format_instant(report.time)),
        ),
        "  ",
    )
    for fault in report.faults:
        if fault.index is not None:
            lines.append(f"  entry {fault.index}")
        lines += finding_lines(fault.finding.as_json(), indent="  ")
    if report.judged:
        lines += ["  noted by the judge", *rows(((code, str(n)) for code, n in sorted(report.judged.items())), "    ")]
    if report.concluded:
        lines.append("  open on lots at the newest batch")
        for finding in report.concluded:
            lines += finding_lines(finding.as_json(), indent="    ")
    return lines
