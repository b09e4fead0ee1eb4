"""`lotchain report`: the reports that handlers and authorities send, as CSV, JSON or XLSX."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import click

from lotchain.app.returns import KINDS, Kind, Made, make_report
from lotchain.cli.files import write_new
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.progress import bar
from lotchain.cli.terminal import emit, paragraph, rows
from lotchain.core.instants import format_instant
from lotchain.returns.table import BASES

_HELP = {
    "year": "Only rows of this calendar year.",
    "lot": "Only rows about this lot.",
    "consignment": "Only rows about this consignment.",
    "permit": "Only rows about this permit.",
    "country": "Only rows that concern this country (ISO 3166, such as MX).",
}
_EXAMPLES = {
    "pre-export-notification": "./ledger --country MX --out notifications.csv",
    "form-d": "./ledger --year 2026 --country CN --out form-d-2026.xlsx",
    "end-use-declaration": "./ledger --permit permit:MX-USERA/EUD-1 --out declaration.json",
    "dea-486": "./ledger --consignment consignment:CN-MAKER/C1 --out 486.xlsx",
    "annual-balance": "./ledger --year 2026 --out balance-2026.csv",
    "pics-draft": "./ledger --lot lot:CN-MAKER/A --out incident.json",
}


@click.group("report")
def command() -> None:
    """Reports from a ledger: official rows, the annual balance, drafts.

    Every figure names the entries of the log that it was made from; what a document asks for and the ledger does not
    know is undetermined. Nothing is ever sent.
    """


@command.command("list", epilog=example("lotchain report list"))
@json_option
def list_command(as_json: bool) -> None:
    """Which reports there are, and what they are for."""
    told = [
        {
            "kind": name, "title": kind.title, "row": kind.says, "for": kind.document, "chosen_by": list(kind.choices),
            "columns": [column._asdict() for column in kind.columns],
        }
        for name, kind in KINDS.items()
    ]  # fmt: skip
    lines: list[str] = []
    for name, kind in KINDS.items():
        remembered = sum(column.basis == "K" for column in kind.columns)
        pairs = [("row", kind.says), ("for", kind.document), ("chosen by", ", ".join(kind.choices))]
        pairs.append(("columns", f"{len(kind.columns)}, {remembered} of them known from memory alone"))
        lines += [f"{name}  {kind.title}", *rows(pairs, "  "), ""]
    emit({"reports": told, "basis": BASES}, lines[:-1], as_json=as_json)


def _add(name: str, kind: Kind) -> None:
    """The command of one kind of report."""

    def run(ledger: Path, out: Path, without_openings: bool, as_json: bool, **given: str | None) -> None:
        chosen = {key: value for key, value in given.items() if value is not None}
        with bar("reading the log") as told:
            made = make_report(ledger, name, out.name, chosen, with_openings=not without_openings, progress=told)
        write_new(out, made.data, what="report")
        emit(_shown(made, out), _lines(made, out), as_json=as_json)
        if made.table.faults:
            raise click.exceptions.Exit(1)

    run.__doc__ = (
        f"{kind.title}: {kind.says}.\n\n    For {kind.document}. The suffix of --out says the form: .csv, .json (every "
        "figure\n    with its statements) or .xlsx.\n"
    )
    parameters = [
        click.argument("ledger", type=PATH, envvar="LOTCHAIN_LEDGER"),
        click.option("--out", type=PATH, required=True, help="The file to write (.csv, .json or .xlsx)."),
        *(click.option(f"--{choice}", help=_HELP[choice]) for choice in kind.choices),
        click.option("--without-openings", is_flag=True, help="For somebody who may not read the hidden fields."),
        json_option,
    ]
    decorated: Any = run
    for parameter in reversed(parameters):
        decorated = parameter(decorated)
    command.command(name, epilog=example(f"lotchain report {name} {_EXAMPLES[name]}"))(decorated)


def _shown(made: Made, out: Path) -> dict[str, Any]:
    table = made.table
    return {
        "file": str(out),
        "kind": table.kind,
        "form": made.form,
        "rows": len(table.rows),
        "undetermined": list(table.missing()),
        "faults": list(table.faults),
        "as_of": format_instant(table.log.time),
        "ledger": table.log.name,
        "bytes": len(made.data),
        "sha256": hashlib.sha256(made.data).hexdigest(),
    }


def _lines(made: Made, out: Path) -> list[str]:
    table = made.table
    count = f"{len(table.rows)} {'row' if len(table.rows) == 1 else 'rows'}"
    lines = [f"wrote {out}: {table.title}, {count}, as of {format_instant(table.log.time)}"]
    missing = table.missing()
    if missing:
        lines += paragraph(f"undetermined somewhere: {', '.join(missing)}", "  ")
    for told in table.faults:
        lines += paragraph(f"does not add up: {told}", "  ")
    if any(note.basis == "K" for note in table.notes):
        lines += paragraph(
            "Some of its fields are known from memory alone: compare with the form itself (notes of the .json).", "  "
        )
    return lines


for _name, _kind in KINDS.items():
    _add(_name, _kind)
