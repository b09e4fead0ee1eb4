"""`lotchain import …`: papers of other systems, read, drafted for their signers, or attested by their importer."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from lotchain.app.papers import MAX_BYTES, Choices, Draft, Received, import_emanifest, report_emanifest
from lotchain.cli.arguments import place
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.files import read_file, write_new
from lotchain.cli.findings import finding_lines
from lotchain.cli.making import bench
from lotchain.cli.options import PATH, example
from lotchain.cli.terminal import emit
from lotchain.core.instants import format_instant
from lotchain.errors import UsageError


@click.group("import")
def command() -> None:
    """Read papers of other systems: what they say, what is doubtful, and drafts for their signers."""


@command.command(
    "emanifest",
    epilog=example(
        "lotchain import emanifest manifest.json",
        "lotchain import emanifest manifest.json --drafts ./drafts --cas 1=67-64-1 --place generator=USNYC-05:00",
        "lotchain import emanifest manifest.json --attest importer.key --ledger ./ledger",
    ),
)
@click.argument("file", type=PATH)
@click.option("--drafts", type=PATH, metavar="DIR", help="Write the events that each handler then signs.")
@click.option(
    "--attest",
    type=PATH,
    metavar="KEY",
    help="Sign what the form reports, as reported by you: never a handler's signature.",
)
@click.option("--cas", "substances", multiple=True, metavar="LINE=CAS", help="What a line holds. Repeat.")
@click.option("--party", "parties", multiple=True, metavar="ROLE=PARTY", help="A handler's party id. Repeat.")
@click.option(
    "--place",
    "places",
    multiple=True,
    metavar="ROLE=USNYC-05:00",
    help="A handler's place; `report=…` for --attest. Repeat.",
)
@click.option("--received", multiple=True, metavar="LINE=ACCEPTED[/REFUSED]", help="The facility's count. Repeat.")
@click.option("--answer-hours", type=int, default=240, show_default=True, help="How long an offer stays open.")
@click.option("--mode", default="road", show_default=True, help="Mode of transport of every hand-over.")
@event_options
def emanifest(
    making: Making, file: Path, drafts: Path | None, attest: Path | None, substances: tuple[str, ...],
    parties: tuple[str, ...], places: tuple[str, ...], received: tuple[str, ...], answer_hours: int, mode: str,
) -> None:  # fmt: skip
    """Read a US EPA e-Manifest (JSON): what it says, and everything in it that is doubtful or missing.

    With --drafts, the events are written that each handler then signs with a key of its own. With --attest, its
    importer signs what the form reports: no custody comes of that, and no verdict above HOLD.
    """
    data = read_file(file, most=MAX_BYTES, what="manifest")
    where = {role: _where(text) for role, text in _pairs(places, "--place")}
    if attest is not None:
        _attest(making._replace(key=attest), file, data, where.pop("report", ("USXXX", "+00:00")))
        return
    choices = Choices(
        substances={_line(name): cas for name, cas in _pairs(substances, "--cas")},
        parties=dict(_pairs(parties, "--party")),
        places=where,
        received={_line(name): _count(text) for name, text in _pairs(received, "--received")},
        answer_hours=answer_hours,
        mode=mode,
    )
    imported = import_emanifest(data, choices)
    written = [] if drafts is None else _write_drafts(drafts, imported.drafts)
    lines = [f"{label:<14}{value}" for label, value in imported.form]
    if drafts is None:
        lines += ["", f"{len(imported.drafts)} drafts follow from it (--drafts DIR writes them)"]
    else:
        lines += ["", f"{len(written)} drafts in {drafts}"]
    lines += [f"  {row['draft']}  for {row['signer']}" for row in written]
    lines += ["", "Findings on the form" if imported.findings else "Nothing doubtful in the form"]
    for finding in imported.findings:
        lines += finding_lines(finding, indent="  ")
    form = [{"what": label, "says": value} for label, value in imported.form]
    document = {"form": form, "drafts": written, "findings": list(imported.findings)}
    emit(document, lines, as_json=making.as_json)


def _write_drafts(folder: Path, drafts: Iterable[Draft]) -> list[dict[str, Any]]:
    folder.mkdir(parents=True, exist_ok=True)
    written: list[dict[str, Any]] = []
    for draft in drafts:
        path = folder / f"{draft.name}.json"
        write_new(path, draft.to_json(), what="draft")
        written.append({"draft": draft.name, "signer": draft.signer, "after": list(draft.after), "file": str(path)})
    return written


def _attest(making: Making, file: Path, data: bytes, where: tuple[str, str]) -> None:
    with bench(making) as here:
        at = format_instant(here.occurred)
        events = report_emanifest(data, importer=here.party(), at=at, place=where)
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
