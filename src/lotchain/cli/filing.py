"""`lotchain filing …`: what was filed with an authority, about a lot or a consignment."""

from __future__ import annotations

import click

from lotchain.cli.arguments import amount, documents, instant_text, statement_id
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import DOCUMENTS, REMARKS
from lotchain.cli.making import bench
from lotchain.cli.options import example

KINDS = [
    "activity-registration", "loss-report", "police-report", "suspicion-report", "declaration",
    "declaration-amendment", "return-declaration", "outcome-report", "sale-report", "transit-notice",
    "customer-warning", "guarantee-of-use",
]  # fmt: skip


@click.group("filing")
def command() -> None:
    """Reports, declarations and registrations that were filed with an authority."""


@command.command(
    "make",
    epilog=example(
        "lotchain filing make lot:CN-MAKER/BP4-1 --kind loss-report --country MX \\",
        "  --filed-at 2026-10-06T17:00:00-06:00 --statement 5f2b… --number R-2026-17 --ledger ./ledger --key truck.key",
    ),
)
@click.argument("about")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="What was filed.")
@click.option("--country", required=True, help="Whose authority it was filed with, or that warned: MX.")
@click.option("--filed-at", required=True, metavar="INSTANT", help="When it reached the authority.")
@click.option("--statement", help="What it was filed about, the loss, the hand-over: id, or its file.")
@click.option("--number", help="Of the filing, on its receipt.")
@click.option("--transaction-id", help="Of a declaration: the number that the authority gave on review.")
@click.option("--form", type=click.Choice(["486", "486A"]), help="Of a declaration, where it has one.")
@click.option("--waiver/--no-waiver", default=None,
              help="Of a declaration: whether a regular importer or customer is claimed.")  # fmt: skip
@click.option("--quantity", help="That was declared or reported.")
@click.option("--basis", type=click.Choice(["salt", "base"]), help="Of the amounts: as they stand, or anhydrous base.")
@click.option("--left", help="Of a return declaration: what left the premises.")
@click.option("--released", help="Of a return declaration: what customs released.")
@click.option("--transferee", metavar="PARTY", help="Who receives the goods; of a warning, the customer warned of.")
@DOCUMENTS
@REMARKS
@event_options
def make(
    making: Making, about: str, kind: str, country: str, filed_at: str, statement: str | None, number: str | None,
    transaction_id: str | None, form: str | None, waiver: bool | None, quantity: str | None, basis: str | None,
    left: str | None, released: str | None, transferee: str | None, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Record that something was filed about a lot or a consignment (ABOUT); it moves nothing.

    Signed by the authority with which it was filed, --filed-at is that authority's word; by anybody else, a claim.
    """
    amounts = {"quantity": quantity, "left": left, "released": released}
    with bench(making) as here:
        here.finish(
            {
                "type": "filing/1", "about": about, "kind": kind, "country": country,
                "filed_at": instant_text(filed_at, base=here.now),
                "statement": None if statement is None else statement_id(statement), "number": number,
                "transaction_id": transaction_id, "form": form, "waiver": waiver, "basis": basis,
                **{name: amount(text) for name, text in amounts.items() if text is not None},
                "transferee": transferee, "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip
