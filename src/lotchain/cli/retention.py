"""`lotchain retention`: which records of a transaction must be kept, and through which day."""

from __future__ import annotations

import re
from typing import Any

import click

from lotchain.app.retention import CAVEAT, answer
from lotchain.cli.arguments import instant
from lotchain.cli.options import example, json_option
from lotchain.cli.terminal import emit, paragraph, rows
from lotchain.core.instants import parse_offset
from lotchain.errors import UsageError
from lotchain.rules.retention import CONFIDENCE, JURISDICTIONS

_LOCAL = re.compile(r".+T.+([+-][0-9]{2}:[0-9]{2})")


@click.command(
    "retention",
    epilog=example(
        "lotchain retention --event-at 2026-10-06T17:00:00+02:00 --jurisdiction EU",
        "lotchain retention --event-at 2026-12-31T23:30:00Z --offset -05:00 --jurisdiction US --json",
    ),
)
@click.option("--event-at", required=True, metavar="INSTANT", help="When the transaction took place.")
@click.option("--offset", help="Its place's offset from UTC, as -05:00; default: that of --event-at, else not known.")
@click.option(
    "--jurisdiction", "jurisdictions", multiple=True, required=True,
    type=click.Choice(list(JURISDICTIONS), case_sensitive=False), help="Whose law; repeat. The treaty stands beside.",
)  # fmt: skip
@json_option
def command(event_at: str, offset: str | None, jurisdictions: tuple[str, ...], as_json: bool) -> None:
    """What must be kept of a transaction, and through which day.

    Counted from the transaction or from the end of its calendar year, by the place's calendar; where the place's
    offset or the beginning is not known, the later day. A period known only from memory is a note, never the answer.
    """
    local = _LOCAL.fullmatch(event_at)
    if local is not None and offset is not None and offset != local[1]:
        raise UsageError(
            "offset-twice", "two offsets are named for one place", expected=local[1], found=offset, field="--offset"
        )
    minutes = parse_offset(local[1]) if local else None if offset is None else parse_offset(offset, "--offset")
    told = answer(instant(event_at), minutes, jurisdictions)
    emit(told, _lines(told), as_json=as_json)


def _lines(told: dict[str, Any]) -> list[str]:
    named = ", ".join(told["jurisdictions"])
    if told["keep_through"] is None:
        lines = [f"Undetermined: nothing that was read says how long ({named})"]
    else:
        lines = [f"Keep through {told['keep_through']} at least ({named})"]
    if told["notes_through"] is not None:
        lines += paragraph(f"Prudent: through {told['notes_through']}, as notes that nobody verified say.")
    lines += paragraph(f"Transaction of {told['day']}, {told['why_day']}.")
    if told["open"]:
        lines += paragraph("Something stays open: see the notes before anything is destroyed.")
    for title, items in (("Periods", told["periods"]), ("Notes, not verified", told["notes"])):
        if items:
            lines += ["", title]
            for item in items:
                lines += _period(item)
    for name in told["nothing_known"]:
        lines += ["", *paragraph(f"{name}: no period is known. {told['remarks'][name]}")]
    return [*lines, "", *paragraph(CAVEAT)]


def _period(item: dict[str, Any]) -> list[str]:
    through = item["keep_through"] or "not known"
    pairs = [
        ("keep", item["keep"]),
        ("how long", f"{item['years']} years, {item['counted']}" if item["years"] else "not known"),
        (
            "or",
            f"{item['if_from_transaction']}, if counted from the transaction" if item["if_from_transaction"] else "",
        ),
        ("citation", item["citation"]),
        ("known", f"{item['confidence']} ({CONFIDENCE[item['confidence']]}): {item['source']}"),
        ("remarks", item["remarks"]),
    ]
    return [f"  {item['jurisdiction']}  through {through}", *rows((pair for pair in pairs if pair[1]), "      ")]
