"""`lotchain hold …`: an authority stops lots, and lets them go."""

from __future__ import annotations

import click

from lotchain.cli.arguments import documents, statement_id
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import DOCUMENTS, REMARKS
from lotchain.cli.making import bench
from lotchain.cli.options import example

REASON = click.option("--reason", required=True, help="A word: suspicion, document-check, in-order, court-order …")


@click.group("hold")
def command() -> None:
    """Holds: placed by an authority, released only by the same one."""


@command.command(
    "place",
    epilog=example("lotchain hold place lot:CN-MAKER/BP4-1 --reason suspicion --ledger ./ledger --key mx.key"),
)
@click.argument("lots", nargs=-1, required=True)
@REASON
@DOCUMENTS
@REMARKS
@event_options
def place(making: Making, lots: tuple[str, ...], reason: str, papers: tuple[str, ...], remarks: str | None) -> None:
    """Stop lots where they are."""
    with bench(making) as here:
        here.finish(
            {
                "type": "hold/1", "lots": list(lots), "reason": reason, "documents": documents(papers),
                "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "release",
    epilog=example("lotchain hold release 5f2b… lot:CN-MAKER/BP4-1 --reason in-order --ledger ./ledger --key mx.key"),
)
@click.argument("hold")
@click.argument("lots", nargs=-1, required=True)
@REASON
@DOCUMENTS
@REMARKS
@event_options
def release(
    making: Making, hold: str, lots: tuple[str, ...], reason: str, papers: tuple[str, ...], remarks: str | None
) -> None:
    """Lift a hold from lots. HOLD is the id of the statement that placed it, or its file."""
    with bench(making) as here:
        here.finish(
            {
                "type": "release/1", "hold": statement_id(hold), "lots": list(lots), "reason": reason,
                "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip
