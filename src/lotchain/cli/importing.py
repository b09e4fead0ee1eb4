"""`lotchain import …`: papers of other systems to drafts, which their signers correct and sign."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from lotchain.app.papers import MAX_BYTES, Choices, Received, import_emanifest, report_emanifest
from lotchain.cli.arguments import place
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.files import read_file, write_new
from lotchain.cli.findings import finding_lines
from lotchain.cli.making import bench
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.terminal import emit
from lotchain.core.instants import format_instant
from lotchain.errors import UsageError


@click.group("import")
def command() -> None:
    """Papers of other systems become drafts; nothing is signed or submitted."""


@command.command(
    "emanifest",
    epilog=example(
        "lotchain import emanifest manifest.json --out ./drafts --cas 1=67-64-1 --place generator=USNYC-05:00 \\",
        "  --party facility=party:US-EPA-9",
    ),
)
@click.argument("file", type=PATH)
@click.option("--out", type=PATH, required=True, help="The folder for the drafts.")
@click.option("--cas", "substances", multiple=True, metavar="LINE=CAS", help="What a line holds. Repeat.")
@click.option("--party", "parties", multiple=True, metavar="ROLE=PARTY", help="A handler's party id. Repeat.")
@click.option("--place", "places", multiple=True, metavar="ROLE=USNYC-05:00", help="A handler's place. Repeat.")
@click.option("--received", multiple=True, metavar="LINE=ACCEPTED[/REFUSED]", help="The facility's count. Repeat.")
@click.option("--answer-hours", type=int, default=240, show_default=True, help="How long an offer stays open.")
@click.option("--mode", default="road", show_default=True, help="Mode of transport of every hand-over.")
@json_option
def emanifest(
    file: Path, out: Path, substances: tuple[str, ...], parties: tuple[str, ...], places: tuple[str, ...],
    received: tuple[str, ...], answer_hours: int, mode: str, as_json: bool,
) -> None:  # fmt: skip
    """Turn a US EPA e-Manifest (JSON) into drafts for each handler to sign, with everything doubtful named."""
    choices = Choices(
        substances={_line(name): cas for name, cas in _pairs(substances, "--cas")},
        parties=dict(_pairs(parties, "--party")),
        places={role: _where(text) for role, text in _pairs(places, "--place")},
        received={_line(name): _count(text) for name, text in _pairs(received, "--received")},
        answer_hours=answer_hours,
        mode=mode,
    )
    imported = import_emanifest(read_file(file, most=MAX_BYTES, what="manifest"), choices)
    out.mkdir(parents=True, exist_ok=True)
    written: list[dict[str, Any]] = []
    for draft in imported.drafts:
        path = out / f"{draft.name}.json"
        write_new(path, draft.to_json(), what="draft")
        written.append({"draft": draft.name, "signer": draft.signer, "after": list(draft.after), "file": str(path)})
    lines = [f"{len(written)} drafts in {out}"]
    lines += [f"  {row['draft']}  for {row['signer']}" for row in written]
    for finding in imported.findings:
        lines += finding_lines(finding, indent="  ")
    emit({"drafts": written, "findings": list(imported.findings)}, lines, as_json=as_json)


@command.command(
    "emanifest-report",
    epilog=example(
        "lotchain import emanifest-report manifest.json --place USNYC-05:00 --ledger ./ledger --key importer.key"
    ),
)
@click.argument("file", type=PATH)
@click.option("--place", "where", default="USXXX+00:00", show_default=True, help="Where the goods were, if you know.")
@event_options
def emanifest_report(making: Making, file: Path, where: str) -> None:
    """Sign what a US EPA e-Manifest says, as reported by you: no custody comes of it, and no verdict above HOLD."""
    data = read_file(file, most=MAX_BYTES, what="manifest")
    with bench(making) as here:
        at = format_instant(here.occurred)
        events = report_emanifest(data, importer=here.party(), at=at, place=_where(where))
        if not events:
            raise UsageError(
                "nothing-to-report", "no line of this form can be named in a report", found=str(file),
                remedy="read what `import emanifest` finds on it",
            )  # fmt: skip
        here.finish_all([*events])


def _pairs(texts: tuple[str, ...], option: str) -> list[tuple[str, str]]:
    found = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name or not value:
            raise UsageError("choice-format", "this cannot be read", expected="NAME=VALUE", found=text, field=option)
        found.append((name, value))
    return found


def _line(text: str) -> int:
    if not text.isdecimal() or len(text) > 4:
        raise UsageError("choice-format", "this is no line number", expected="1, 2, 3 …", found=text)
    return int(text)


def _where(text: str) -> tuple[str, str]:
    found = place(text)
    return found["code"], found["offset"]


def _count(text: str) -> Received:
    accepted, _, refused = text.partition("/")
    try:
        return Received(Decimal(accepted), Decimal(refused or "0"))
    except InvalidOperation:
        raise UsageError("choice-format", "this is no count", expected="475 or 475/25", found=text) from None
