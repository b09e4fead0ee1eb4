"""`lotchain alert …`: why a lot, or an order for it, looks wrong; and what came of it."""

from __future__ import annotations

import click

from lotchain.cli.arguments import amount, documents, instant_text, statement_id
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import DOCUMENTS, REMARKS
from lotchain.cli.making import bench
from lotchain.cli.options import example

GROUNDS = [
    "suspicious-order", "extraordinary-quantity", "odd-payment", "odd-delivery", "odd-route", "order-pattern",
    "front-company", "false-end-use", "mis-declaration", "under-reported-quantity", "transit-loss",
    "domestic-diversion", "transhipment", "unlisted-relative", "broker-or-platform", "round-trip",
    "split-below-threshold", "licence-misuse", "notification-ignored", "record-tampering", "ghost-lot",
    "stock-beyond-need", "loss-pattern", "no-licit-trade", "watch-listed-serial", "information-received", "other",
]  # fmt: skip
OUTCOMES = ["explained", "unfounded", "mistaken", "goods-stopped", "diversion-found", "referred", "expired"]


@click.group("alert")
def command() -> None:
    """Alerts: raised by whoever has grounds; an authority's leaves the lot on HOLD until it is closed."""


@command.command(
    "raise",
    epilog=example(
        "lotchain alert raise lot:CN-MAKER/BP4-1 --ground suspicious-order --ground odd-payment --suspicious \\",
        '  --aware-at -2h --quantity "500 kg" --ledger ./ledger --key maker.key',
    ),
)
@click.argument("lot")
@click.option("--ground", "grounds", multiple=True, required=True, metavar="GROUND", type=click.Choice(GROUNDS),
              help=f"{', '.join(GROUNDS)}. Repeat.")  # fmt: skip
@click.option("--suspicious/--not-suspicious", default=None, required=True,
              help="Whether an order or transaction looks suspicious: what starts duties to report.")  # fmt: skip
@click.option("--aware-at", required=True, metavar="INSTANT", help="When you became aware: an instant, or -2h.")
@click.option("--quantity", help="That was ordered, offered or is in doubt.")
@click.option("--consignment", help="The lot's, where you raise it as its exporter.")
@click.option("--evidence", multiple=True, help="A statement that shows it: id, or its file. Repeat.")
@DOCUMENTS
@REMARKS
@event_options
def raise_(
    making: Making, lot: str, grounds: tuple[str, ...], suspicious: bool | None, aware_at: str, quantity: str | None,
    consignment: str | None, evidence: tuple[str, ...], papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Raise an alert on a lot: custodians past and present, its exporter and importer, competent authorities do."""
    if suspicious is None:
        raise click.UsageError("say whether it is suspicious or not: --suspicious or --not-suspicious")
    with bench(making) as here:
        here.finish(
            {
                "type": "alert/1", "lot": lot, "grounds": list(grounds), "suspicious": suspicious,
                "aware_at": instant_text(aware_at, base=here.now),
                "quantity": None if quantity is None else amount(quantity), "consignment": consignment,
                "evidence": [statement_id(text) for text in evidence], "documents": documents(papers),
                "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "close",
    epilog=example(
        "lotchain alert close 5f2b… lot:CN-MAKER/BP4-1 --outcome explained --ledger ./ledger --key maker.key"
    ),
)
@click.argument("alert")
@click.argument("lots", nargs=-1, required=True)
@click.option("--outcome", type=click.Choice(OUTCOMES), required=True, help="What came of it.")
@click.option("--reference", help="Number of the case or report.")
@DOCUMENTS
@REMARKS
@event_options
def close(
    making: Making, alert: str, lots: tuple[str, ...], outcome: str, reference: str | None, papers: tuple[str, ...],
    remarks: str | None,
) -> None:  # fmt: skip
    """Close an alert on lots; on others it stays open. ALERT is the id of the statement that raised it, or its file.

    Whoever raised it closes it; a handler's alert also the authority competent over the lot.
    """
    with bench(making) as here:
        here.finish(
            {
                "type": "alert-closing/1", "alert": statement_id(alert), "lots": list(lots), "outcome": outcome,
                "reference": reference, "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip
