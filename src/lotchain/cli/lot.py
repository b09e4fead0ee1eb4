"""`lotchain lot …`: acts of a custodian on its own lots, and a lot's history."""

from __future__ import annotations

from pathlib import Path

import click

from lotchain.app.folder import Folder
from lotchain.app.standing import Standing
from lotchain.app.wiring import open_reader
from lotchain.cli.arguments import amount, documents, packages, place, statement_id
from lotchain.cli.making import Bench, bench
from lotchain.cli.options import Making, event_options, example, json_option, ledger_option
from lotchain.cli.render_verdict import steps_json, timeline_lines
from lotchain.cli.terminal import emit

PREV = click.option("--prev", metavar="ID", help="The lot's last act or reply: id, or its file; default from --ledger.")
REMARKS = click.option("--remarks", help="Free text; may be hidden with --hide remarks.")
DOCUMENTS = click.option("--document", "papers", multiple=True, metavar="KIND=FILE", help="A paper, by its SHA-256.")


def prev_of(here: Bench, lot: str, stated: str | None) -> str:
    """What an act on the lot follows: as stated, or the ledger's word."""
    return statement_id(stated) if stated is not None else str(here.standing.lot(lot)["last"])


@click.group("lot")
def command() -> None:
    """What a custodian does with its own lots, and their histories."""


@command.command(
    "register",
    epilog=example(
        "lotchain lot register lot:CN-MAKER/BP4-1 --substance 79099-07-3 --name 1-boc-4-piperidone \\",
        '  --quantity "500 kg" --place CNTZU+08:00 --package "D001..D020=25 kg"',
    ),
)
@click.argument("lot")
@click.option("--substance", required=True, help="CAS registry number.")
@click.option("--name", required=True, help="The substance's name, as on the label.")
@click.option("--quantity", required=True, help='Net, such as "500.000 kg".')
@click.option("--place", "where", required=True, help='Where the lot is: "CNTZU+08:00 Plant 2".')
@click.option("--origin", type=click.Choice(["made", "entered", "found"]), default="made", show_default=True)
@click.option("--content", help="Declared purity or concentration.")
@click.option("--tolerance", help="Percent by which giver's and receiver's figures may differ.")
@click.option("--package", "packed", multiple=True, metavar='SERIAL="25 kg"', help="A package, or a range of them.")
@DOCUMENTS
@REMARKS
@event_options
def register(
    making: Making, lot: str, substance: str, name: str, quantity: str, where: str, origin: str, content: str | None,
    tolerance: str | None, packed: tuple[str, ...], papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Register a lot that its maker made, or that entered from outside, or was found."""
    with bench(making) as here:
        here.finish(
            {
                "type": "registration/1", "lot": lot, "substance": substance, "name": name, "content": content,
                "quantity": amount(quantity), "origin": origin, "place": place(where), "tolerance": tolerance,
                "packages": packages(packed), "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "history",
    epilog=example("lotchain lot history lot:CN-MAKER/BP4-1 --ledger ./ledger"),
)
@click.argument("lot")
@ledger_option()
@json_option
def history(lot: str, ledger: Path, as_json: bool) -> None:
    """Print a lot's own statements, oldest first, as this ledger holds them. No proof: see bundle and verify."""
    reader = open_reader(ledger)
    try:
        standing = Standing(reader, Folder(ledger).read().origin)
        standing.lot(lot)
        steps = standing.history(lot)
    finally:
        reader.close()
    lines = [f"{lot}: {len(steps)} statement{'s' if len(steps) > 1 else ''}", *timeline_lines(steps)]
    emit({"lot": lot, "timeline": steps_json(steps)}, lines, as_json=as_json)
