"""`lotchain consignment …`: which lots travel together, by which route, to whom."""

from __future__ import annotations

import click

from lotchain.cli.arguments import documents
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import DOCUMENTS, REMARKS
from lotchain.cli.making import bench
from lotchain.cli.options import example


@click.group("consignment")
def command() -> None:
    """Consignments: declared by the custodian; they give the authorities of the route competence."""


@command.command(
    "declare",
    epilog=example(
        "lotchain consignment declare consignment:CN-MAKER/C-7 --exporter party:CN-MAKER --importer party:MX-IMPORT \\",
        "  --final party:MX-USER --route CNTZU,CNSHG,MXZLO,MXTLC --lot lot:CN-MAKER/BP4-1 --mode sea \\",
        "  --ledger ./ledger --key maker.key",
    ),
)
@click.argument("consignment")
@click.option("--exporter", required=True, help="Who sends it out of its country.")
@click.option("--importer", required=True, help="Who takes it into its country.")
@click.option("--final", multiple=True, required=True, help="A party at which lots are delivered. Repeat.")
@click.option("--route", required=True, help="UN/LOCODEs in travelling order, with commas.")
@click.option("--lot", "lots", multiple=True, required=True, help="A whole lot that travels in it. Repeat.")
@click.option("--mode", required=True, help="How it mainly travels: road, rail, sea, air, inland-water.")
@DOCUMENTS
@REMARKS
@event_options
def declare(
    making: Making, consignment: str, exporter: str, importer: str, final: tuple[str, ...], route: str,
    lots: tuple[str, ...], mode: str, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Declare a consignment. A changed route is a new consignment."""
    with bench(making) as here:
        here.finish(
            {
                "type": "consignment/1", "consignment": consignment, "exporter": exporter, "importer": importer,
                "final": list(final), "route": [code.strip() for code in route.split(",")], "lots": list(lots),
                "mode": mode, "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip
