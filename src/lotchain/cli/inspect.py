"""`lotchain inspect`: an authority's look at a lot."""

from __future__ import annotations

from typing import Any

import click

from lotchain.cli.arguments import amount, documents, place, serials
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import DOCUMENTS, REMARKS
from lotchain.cli.making import bench
from lotchain.cli.options import example


@click.command(
    "inspect",
    epilog=example(
        "lotchain inspect lot:CN-MAKER/BP4-1 --result in-order --place MXZLO-06:00 --seal-found S-1 --seal-cut S-1 \\",
        '  --seal-fitted MX-77 --sample "0.050 kg" --ledger ./ledger --key mx.key',
    ),
)
@click.argument("lot")
@click.option("--result", type=click.Choice(["in-order", "irregular", "refused"]), required=True)
@click.option("--place", "where", required=True, help='Where, in your own country: "MXZLO-06:00".')
@click.option("--seal-found", multiple=True, help="A seal on it, as read. Repeat; list every one.")
@click.option("--no-seal-found", is_flag=True, help="It was looked at, and there is no seal.")
@click.option("--seal-cut", multiple=True, help="A seal taken off. Repeat.")
@click.option("--seal-fitted", multiple=True, help="A seal fitted instead. Repeat.")
@click.option("--sample", help='Net quantity taken away, such as "0.050 kg".')
@click.option("--findings", help="Free text; may be hidden with --hide lines[0].findings.")
@DOCUMENTS
@REMARKS
@event_options
def command(
    making: Making, lot: str, result: str, where: str, seal_found: tuple[str, ...], no_seal_found: bool,
    seal_cut: tuple[str, ...], seal_fitted: tuple[str, ...], sample: str | None, findings: str | None,
    papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Record an inspection by the authority of the place: seals, samples, result."""
    line: dict[str, Any] = {"lot": lot, "result": result}
    if seal_found or no_seal_found:
        line["seals_found"] = serials(seal_found)
    for name, numbers in (("seals_cut", seal_cut), ("seals_fitted", seal_fitted)):
        if numbers:
            line[name] = serials(numbers)
    if sample is not None:
        line["sample"] = amount(sample)
    if findings is not None:
        line["findings"] = findings
    with bench(making) as here:
        here.finish(
            {
                "type": "inspection/1", "lines": [line], "place": place(where), "documents": documents(papers),
                "remarks": remarks,
            }
        )  # fmt: skip
