"""`lotchain watch …`: packages that must not turn up unnoticed."""

from __future__ import annotations

import click

from lotchain.cli.arguments import documents, serials
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import DOCUMENTS, REMARKS, stated_event
from lotchain.cli.making import bench
from lotchain.cli.options import example

CASE = click.option("--reference", help="Number of the case or police report.")


@click.group("watch")
def command() -> None:
    """Watch marks on packages: by an authority, or by whoever was robbed of them."""


@command.command(
    "mark",
    epilog=example(
        "lotchain watch mark --loss 5f2b… --reason stolen --reference FGR-2026-118 --ledger ./ledger --key truck.key",
        "an authority: lotchain watch mark lot:CN-MAKER/BP4-1 --package D001..D004 --reason diverted --key mx.key",
    ),
)
@click.argument("label", required=False)
@click.option("--package", "packages", multiple=True,
              help="Serials printed on them; default those that the loss lists. Repeat.")  # fmt: skip
@click.option("--lot", help="Of this ledger, whose packages they are or were; default that of the loss.")
@click.option("--loss", help="The theft that you reported on the lot: id, or its file.")
@click.option("--reason", required=True, help="A word: stolen, diverted, court-order, recall …")
@CASE
@DOCUMENTS
@REMARKS
@event_options
def mark(
    making: Making, label: str | None, packages: tuple[str, ...], lot: str | None, loss: str | None, reason: str,
    reference: str | None, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Watch for packages. LABEL is the lot printed on them; default the lot of the loss, without rest numbers."""
    if loss is None and (label is None or not packages):
        raise click.UsageError("state label and packages (LABEL, --package), or the theft that lists them (--loss)")
    with bench(making) as here:
        numbers, cited = serials(packages), None
        if loss is not None:
            cited, theft = stated_event(here, loss, "loss/1")
            numbers = numbers or list(theft.get("packages", ()))
            lot = lot or str(theft["lot"])
            label = label or lot.partition("~")[0]
        here.finish(
            {
                "type": "watch-mark/1", "label": label, "packages": numbers, "lot": lot, "loss": cited,
                "reason": reason, "reference": reference, "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "lift",
    epilog=example(
        "lotchain watch lift 5f2b… lot:CN-MAKER/BP4-1 --from-label --reason found --ledger ./ledger --key truck.key",
        "a package of several: --package D001",
    ),
)
@click.argument("mark_id", metavar="MARK")
@click.argument("lots", nargs=-1)
@click.option("--from-label", is_flag=True, help="Lift it for packages that come in with that label, too.")
@click.option("--package", "packages", multiple=True, help="For which it is lifted; default all of them. Repeat.")
@click.option("--label", help="Of the mark; default as the mark itself states it.")
@click.option("--reason", required=True, help="A word: found, returned, destroyed, expired, placed-by-mistake …")
@CASE
@DOCUMENTS
@REMARKS
@event_options
def lift(
    making: Making, mark_id: str, lots: tuple[str, ...], from_label: bool, packages: tuple[str, ...],
    label: str | None, reason: str, reference: str | None, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Lift a watch mark from lots, from its label, or both; where it is not named it stands. MARK is its id, or file.

    Whoever placed it lifts it; a handler's mark also the competent authority.
    """
    if not lots and not from_label:
        raise click.UsageError("state from which lots it is lifted, or --from-label, or both")
    with bench(making) as here:
        found, placed = stated_event(here, mark_id, "watch-mark/1", needed=label is None)
        here.finish(
            {
                "type": "watch-lifting/1", "mark": found, "label": label or placed["label"], "from_label": from_label,
                "lots": list(lots), "packages": serials(packages) or None, "reason": reason, "reference": reference,
                "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip
