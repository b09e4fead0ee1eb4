"""`lotchain demo`: a whole scenario, played into a folder, with its verdicts and its lies."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from lotchain.app.demo import DEFAULT, DemoReport, Told, run_demo, scenarios
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.terminal import emit, emit_json, paragraph, plain, rows
from lotchain.core.instants import format_instant


@click.command("demo", epilog=example("lotchain demo ./demo", "lotchain demo ./demo2 --scenario refused-delivery"))
@click.argument("folder", type=PATH)
@click.option("--scenario", default=DEFAULT, show_default=True, help="Which one; see --list.")
@click.option(
    "--list", is_flag=True, is_eager=True, expose_value=False, callback=lambda context, _, on: _list(context, on),
    help="List the scenarios that ship, each with its twists, and leave.",
)  # fmt: skip
@json_option
def command(folder: Path, scenario: str, as_json: bool) -> None:
    """Play a scenario, or a twist of one, into a new folder.

    The folder then holds a real ledger, two auditing witnesses, bundles and an inspector's policy.

    Exit code 1 when a verdict is not the one that the scenario expects, or a lie was not caught.
    """
    report = run_demo(folder, scenario, told=_silent if as_json else lambda line: click.echo(plain(line)))
    if as_json:
        emit_json(_json(report))
    else:
        emit(None, ["", *_lines(report)], as_json=False)
    if not report.as_expected:
        raise click.exceptions.Exit(1)


def _list(context: click.Context, wanted: bool) -> None:
    if wanted:
        emit(None, rows(scenarios()), as_json=False)
        context.exit()


def _silent(line: str) -> None:
    """Nobody listens."""


def _json(report: DemoReport) -> dict[str, Any]:
    return {
        "scenario": report.script.name,
        "as_expected": report.as_expected,
        "verdicts": [
            {"lot": o.check.lot, "expected": o.check.word, "verdict": o.verdict.word, "as_expected": o.as_expected,
             "differences": list(o.differences)}
            for o in report.outcomes
        ],
        "other_checks": [
            {"kind": m.kind, "subject": m.subject, "expected": m.expected, "found": m.found,
             "as_expected": m.as_expected}
            for m in report.met
        ],
        "bundles": [
            {"lot": b.lot, "file": str(b.path), "bytes": b.size, "verdict": b.verdict.word} for b in report.bundles
        ],
        "lies": [
            {
                "name": told.title,
                "code": told.code,
                "caught": told.caught,
                "lie": {"verdict": told.lie.word, "exit": told.lie.exit_code},
                "twin": {"verdict": told.twin.word, "exit": told.twin.exit_code},
                "beside": told.beside,
            }
            for told in report.lies
        ],
        "policy": str(report.policy),
        "now": format_instant(report.now),
    }  # fmt: skip


def _lines(report: DemoReport) -> list[str]:
    lines = [report.script.title, "", *paragraph(report.script.about)]
    for edit in report.script.edits:
        lines += paragraph(f"What is other than in the scenario itself: {edit}", "  ")
    lines += ["", "Verdicts in the course of it", *rows(
        ((o.verdict.word, f"{o.check.lot}  {o.check.why}{_unexpected(o.differences)}") for o in report.outcomes), "  ",
    )]  # fmt: skip
    if report.met:
        lines += ["", "What else was to come of it", *rows(
            ((m.kind, f"{m.subject}  {m.found}  {m.why}" + ("" if m.as_expected else f"  EXPECTED {m.expected}"))
             for m in report.met), "  ",
        )]  # fmt: skip
    lines += [
        "",
        "Bundles",
        *rows(((b.verdict.word, f"{b.lot}  {b.path}  {b.size} bytes") for b in report.bundles), "  "),
    ]
    if report.lies:
        lines += ["", "Lies, each told beside its truthful twin"]
        for number, told in enumerate(report.lies, 1):
            lines += _told(number, told)
    if report.stale is not None:
        days = report.script.max_age.removesuffix("d")
        lines += ["", *paragraph(
            "A genuine older bundle is no lie, and nothing in it is wrong: only the policy's greatest age answers it. "
            f"The first bundle, shown {days} days and one more after it was made: {report.stale.word} (too-old)."
        )]  # fmt: skip
    now, first = format_instant(report.now), report.bundles[0].path if report.bundles else None
    if first is not None:
        lines += ["", *paragraph(f"Try: lotchain verify {first} --policy {report.policy} --now {now}")]
    if report.lies:
        return [*lines, "", f"demo: {report.caught} of {len(report.lies)} lies caught"]
    checks = [*(o.as_expected for o in report.outcomes), *(m.as_expected for m in report.met)]
    return [*lines, "", f"demo: {sum(checks)} of {len(checks)} checks as expected"]


def _unexpected(differences: Iterable[str]) -> str:
    text = "; ".join(differences)
    return f"  UNEXPECTED: {text}" if text else ""


def _told(number: int, told: Told) -> list[str]:
    """One lie: what gave it away, what the twin says, and who else saw it."""
    lie, twin = told.lie, told.twin
    lines = paragraph(f"{number} {told.title}", "  ")
    lines.append(f"    {'caught' if told.caught else 'NOT CAUGHT'}: {told.code}")
    lines.append(f"    the lie   {lie.word} (exit code {lie.exit_code})")
    lines.append(f"    its twin  {twin.word} (exit code {twin.exit_code})")
    return lines + (paragraph(f"beside it: {told.beside}", "    ") if told.beside else [])
