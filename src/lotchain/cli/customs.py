"""`lotchain customs …`: what customs did with a consignment."""

from __future__ import annotations

import click

from lotchain.cli.arguments import amount, documents, instant_text, place
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import DOCUMENTS, REMARKS
from lotchain.cli.making import bench
from lotchain.cli.options import example

KINDS = ["export", "import", "transit-entry", "transit-exit", "free-zone-entry", "free-zone-exit"]


@click.group("customs")
def command() -> None:
    """Acts of customs on consignments, recorded by an authority of their route."""


@command.command(
    "release",
    epilog=example(
        "lotchain customs release consignment:CN-MAKER/C-1 --kind import --released-at -1h --place MXZLO-06:00 \\",
        '  --quantity "475 kg" --reference PED-118 --ledger ./ledger --key mx.key',
    ),
)
@click.argument("consignment")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What customs did, or let happen.")
@click.option("--released-at", required=True, metavar="INSTANT", help="When customs did so.")
@click.option("--place", "where", required=True, help='Where, in your own country: "MXZLO-06:00".')
@click.option("--quantity", help="That customs released.")
@click.option("--reference", help="Number of the customs declaration.")
@click.option("--suspensive", is_flag=True, help="The goods were under a suspensive procedure or in a free zone.")
@click.option("--suspensive-since", metavar="INSTANT", help="Since when they were; implies --suspensive.")
@DOCUMENTS
@REMARKS
@event_options
def release(
    making: Making, consignment: str, kind: str, released_at: str, where: str, quantity: str | None,
    reference: str | None, suspensive: bool, suspensive_since: str | None, papers: tuple[str, ...],
    remarks: str | None,
) -> None:  # fmt: skip
    """Record that customs released a consignment, or saw it into or out of transit or a free zone."""
    with bench(making) as here:
        here.finish(
            {
                "type": "customs-release/1", "consignment": consignment, "kind": kind,
                "released_at": instant_text(released_at, base=here.now), "place": place(where),
                "quantity": None if quantity is None else amount(quantity), "reference": reference,
                "suspensive": suspensive or suspensive_since is not None or None,
                "suspensive_since": instant_text(suspensive_since, base=here.now), "documents": documents(papers),
                "remarks": remarks,
            }
        )  # fmt: skip
