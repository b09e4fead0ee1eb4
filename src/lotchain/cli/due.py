"""`lotchain due`: who owes what to whom until when, on a whole ledger, and sums against thresholds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import click

from lotchain.app.due import CAVEAT, due_report, interval_text, length_of, moment_text, report_json, window_text
from lotchain.cli.arguments import instant, now_ms
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.progress import bar
from lotchain.cli.terminal import coloured, emit_json, paragraph, plain, rows
from lotchain.core.ids import check
from lotchain.core.quantities import format_amount
from lotchain.errors import UsageError
from lotchain.oversight.due import DueReport, Item
from lotchain.oversight.sums import BELOW, EVERY, REACHED, UNDETERMINED, UNKNOWN, Sum
from lotchain.rules.deadline_data import CONFIDENCE

_SPAN = re.compile(r"([0-9]{1,4})([hd])")
_HOUR_MS = 3_600_000
_HEADINGS = {
    "overdue": ("Overdue", "red"),
    "early": ("Done before it was allowed", "red"),
    "undetermined": ("Undetermined: what is known does not tell", "yellow"),
    "due": ("Due soon", "yellow"),
    "open": ("Open", ""),
    "waiting": ("Not allowed yet", ""),
    "met-late": ("Done late", ""),
    "note": ("Notes, from memory: not to be taken as law", ""),
}
_SUMS = {
    BELOW: "below",
    REACHED: "REACHED",
    EVERY: "no threshold: every deal",
    UNKNOWN: "threshold not known",
    UNDETERMINED: "undetermined",
}
_SHOWN_SUBJECTS = 5


@click.command(
    "due",
    epilog=example(
        "lotchain due ./ledger --within 14d",
        "lotchain due ./ledger --at 2026-12-31T23:00:00Z --party party:MX-IMPORT --json",
    ),
)
@click.argument("ledger", type=PATH, required=False)
@click.option(
    "--ledger", "named", type=PATH, envvar="LOTCHAIN_LEDGER", show_envvar=True, help="The same, as in other commands."
)
@click.option("--at", metavar="INSTANT", help="As of when; what was entered later is not looked at. Default: now.")
@click.option("--within", default="7d", show_default=True, help="How far ahead to look, as 7d or 48h.")
@click.option("--party", help="Only what this party owes, is owed, or deals in.")
@json_option
def command(
    ledger: Path | None, named: Path | None, at: str | None, within: str, party: str | None, as_json: bool
) -> None:
    """Who owes what until when: offers, reports, declarations, ends of licences, holds; sums over months and years.

    LEDGER is the ledger's folder. The whole log is judged again. Exit code 3 when something that can still be done is
    overdue, or may be; else 0. A deadline known only from memory is a note and never overdue; where times are proved
    only as intervals and a part of one would be late, the answer is undetermined.
    """
    folder = ledger or named
    if folder is None:
        raise UsageError("ledger-needed", "no ledger is named", expected="the ledger's folder", field="LEDGER")
    if party is not None:
        check(party, "party")
    moment = None if at is None else instant(at)
    with bar("reading") as told:
        report = due_report(folder, moment, _span(within), now=now_ms(), progress=told)
    if party is not None:
        report = report.of(party)
    if as_json:
        emit_json(report_json(report))
    else:
        click.echo("\n".join(_lines(report)))
    if report.late:
        raise click.exceptions.Exit(3)


def _span(text: str) -> int:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise UsageError("span-format", "this is no span of time", expected="7d or 48h", found=text, field="--within")
    return int(match[1]) * _HOUR_MS * (24 if match[2] == "d" else 1)


def _lines(report: DueReport) -> list[str]:
    """For people; every line is safe to print but for the colour of the headings."""
    lines = [f"As of {moment_text(report.at, None)}; {len(report.items)} listed, {report.met} met in time"]
    if report.read_until:
        lines.append(f"Newest statement looked at: {moment_text(report.read_until, None)}")
    if not report.items:
        lines += ["", "Nothing is listed."]
    for status, items in groupby(report.items, key=lambda item: item.status):
        found = list(items)
        heading, colour = _HEADINGS[status]
        title = f"{heading} ({len(found)})"
        lines += ["", coloured(title, colour) if colour else title]
        for item in found:
            lines += _item(item)
    if report.sums:
        lines += ["", "Sums"]
        for each in report.sums:
            lines += _sum(each)
    return [*lines, "", *paragraph(CAVEAT)]


def _item(item: Item) -> Iterator[str]:
    deadline = item.deadline
    shown = list(item.subjects[:_SHOWN_SUBJECTS])
    if len(item.subjects) > _SHOWN_SUBJECTS:
        shown.append(f"and {len(item.subjects) - _SHOWN_SUBJECTS} more")
    first = "allowed from" if deadline.sense == "not-before" else "due"
    done = "" if item.done is None else f"{interval_text(item.done)}, {_word(item)}, by {item.done_by}"
    pairs = (
        ("about", ", ".join(shown)),
        ("owes", item.owes),
        ("to", f"{deadline.authority}{f' ({item.towards})' if item.towards else ''}"),
        (first, window_text(item.due, item.offset) or length_of(deadline)),
        ("since", f"{interval_text(item.since)}, by {item.statement}"),
        ("done", done),
        ("do", deadline.remedy),
        ("open because", "; ".join(item.why)),
        ("would be", item.would_be),
        ("stands in", f"{deadline.citation} ({length_of(deadline)})"),
        ("known", f"{item.basis} ({CONFIDENCE[item.basis]}): {deadline.source}"),
        ("remarks", "; ".join(text for text in (item.told, deadline.remarks) if text)),
    )
    yield plain(f"  {deadline.jurisdiction}  {deadline.title}  [{deadline.id}]")
    yield from rows((pair for pair in pairs if pair[1]), "      ")


def _word(item: Item) -> str:
    return "as its authority says" if item.official else "as its signer claims"


def _sum(each: Sum) -> Iterator[str]:
    threshold = each.threshold
    least, most = format_amount(each.least, each.kind), format_amount(each.most, each.kind)
    limit = ""
    if threshold is not None and threshold.quantity is not None:
        limit = format_amount(threshold.quantity.amount, threshold.quantity.kind)
        limit += " (from memory: a note)" if not threshold.binding else ""
    pairs = (
        ("sum", (least if least == most else f"between {least} and {most}") + f", {each.counted_as}"),
        ("threshold", limit),
        ("suppliers", ", ".join(each.suppliers)),
        ("buyers", ", ".join(each.buyers)),
        ("deals", str(len(each.deals))),
        ("begins", "" if threshold is None else threshold.duty),
        ("open because", "; ".join(each.why)),
        ("stands in", "" if threshold is None else threshold.citation),
        ("known", "" if threshold is None else f"{threshold.confidence}: {threshold.source}"),
        ("remarks", "" if threshold is None else threshold.remarks),
    )
    yield plain(f"  {each.jurisdiction}  {each.period}  {each.name} ({each.substance}): {_SUMS[each.status]}")
    yield from rows((pair for pair in pairs if pair[1]), "      ")
