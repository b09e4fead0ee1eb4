"""`lotchain lookup`: which lots and drums a label, whole or torn, may be of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lotchain.app.labels import MAX_PICTURE, look_up, of_picture
from lotchain.app.wiring import open_reader
from lotchain.cli.arguments import now_ms
from lotchain.cli.files import read_file
from lotchain.cli.options import PATH, example, json_option, ledger_option
from lotchain.cli.terminal import emit, paragraph, rows
from lotchain.errors import UsageError


@click.command(
    "lookup",
    epilog=example(
        "lotchain lookup BP4-? --ledger ./ledger",
        'lotchain lookup "(01)09506000134352(10)BP4-1(21)D0?7" --ledger ./ledger',
        "lotchain lookup --picture drum.png --ledger ./ledger",
    ),
)
@click.argument("text", required=False)
@ledger_option()
@click.option("--picture", type=PATH, help="A picture of the label (PNG or JPEG), instead of its text.")
@json_option
def command(text: str | None, ledger: Path, picture: Path | None, as_json: bool) -> None:
    """Candidates for a label: ranked, each with why, and never a match.

    TEXT is a label's text, a piece of a lot's id or of a serial; ? stands for a character that cannot be read, * for
    any number of them. What the ledger says of a candidate is its own word, not a verdict.
    """
    if (text is None) == (picture is None):
        raise UsageError("usage", "give what was read, or a picture of it", expected="TEXT or --picture")
    if picture is not None:
        text = of_picture(read_file(picture, most=MAX_PICTURE, what="picture"))
    reader = open_reader(ledger)
    try:
        told = look_up(reader, text or "", now=now_ms())
    finally:
        reader.close()
    emit(told, _lines(told), as_json=as_json)


def _lines(told: dict[str, Any]) -> list[str]:
    found = told["candidates"]
    total = len(found) + told["left_off"]
    lines = [
        f"{total} {'candidate' if total == 1 else 'candidates'} among {told['searched']} lots; no match is claimed"
    ]
    for item in found:
        serial = f"  serial {item['serial']}" if item["serial"] else ""
        lines += ["", f"{item['rank']:>3}  {item['lot']}{serial}"]
        lines += rows((("why", "; ".join(item["why"])), ("ledger says", item["ledger_says"])), "     ")
        if item["ended_for_good"]:
            lines += paragraph(
                "The lot has ended on the ledger: where its goods lie before you, tell the authority.", "     "
            )
    if told["left_off"]:
        lines += ["", f"{told['left_off']} more are left off: read more of the label"]
    return [*lines, "", *paragraph(told["caveat"])]
