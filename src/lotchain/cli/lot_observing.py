"""`lotchain lot weigh|sight|count`: what was measured or seen of lots, beside what the ledger says; nothing moves."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import click

from lotchain.cli.arguments import amount, documents, members, place
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import DOCUMENTS, REMARKS, listed, only
from lotchain.cli.making import bench
from lotchain.cli.options import example
from lotchain.core.quantities import MASS, parse_quantity, to_text
from lotchain.errors import Malformed, UsageError

_NOTHING = "none"


@click.command(
    "weigh",
    epilog=example(
        'lotchain lot weigh "lot:CN-MAKER/BP4-1,gross=520.0 kg,tare=20.0 kg" --scale W-3 --place CNTZU+08:00 \\',
        "  --document weigh-ticket=sha256:… --ledger ./ledger --key truck.key",
    ),
)
@click.argument("lines", nargs=-1, required=True, metavar="LOT,gross=…[,tare=…,net=…]...")
@click.option("--scale", required=True, help="The scale's number, or that of its last calibration.")
@click.option("--place", "where", required=True, help='Where: "CNTZU+08:00".')
@DOCUMENTS
@REMARKS
@event_options
def weigh(
    making: Making, lines: tuple[str, ...], scale: str, where: str, papers: tuple[str, ...], remarks: str | None
) -> None:
    """Say what a scale showed. Net is gross less tare, and calculated where it is not stated.

    Custodians past and present, receivers and authorities weigh; the ledger compares.
    """
    with bench(making) as here:
        here.finish(
            {
                "type": "weighing/1", "lines": [_weighed(text) for text in lines], "scale": scale,
                "place": place(where), "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


def _weighed(text: str) -> dict[str, Any]:
    lot, stated = members(text)
    only(stated, ("gross", "tare", "net"), text)
    line: dict[str, Any] = {"lot": lot, "gross": amount(stated.get("gross", ""))}
    if stated.get("tare", _NOTHING) != _NOTHING:
        line["tare"] = amount(stated["tare"])
    line["net"] = amount(stated["net"]) if "net" in stated else _less(line["gross"], line.get("tare"))
    return line


def _less(gross: dict[str, str], tare: dict[str, str] | None) -> dict[str, str]:
    """Gross less tare, exactly; of one unit as finely as the scale showed it."""
    if tare is None:
        return gross
    whole, part = (parse_quantity(each["value"], each["unit"], field="") for each in (gross, tare))
    if whole.kind != part.kind or part.amount >= whole.amount:
        raise Malformed(
            "weighing-contradicts-itself", "nothing is left of gross when tare is taken away",
            expected="tare below gross, both of one kind", found=f"{whole.text} {whole.unit}, {part.text} {part.unit}",
        )  # fmt: skip
    if whole.unit == part.unit:
        return {"value": f"{Decimal(whole.text) - Decimal(part.text):f}", "unit": whole.unit}
    unit = "KGM" if whole.kind == MASS else "LTR"
    return {"value": to_text(whole.amount - part.amount, unit), "unit": unit}


@click.command(
    "sight",
    epilog=example(
        "lotchain lot sight lot:CN-MAKER/BP4-1 --serial D007 --content filled --place MXZLO-06:00 \\",
        "  --document photograph=sha256:… --ledger ./ledger --key mx.key",
    ),
)
@click.argument("lot")
@click.option("--serial", help="Of the package, as far as it can be read.")
@click.option("--content", type=click.Choice(["filled", "empty", "unknown"]), required=True,
              help="Filled (also in part), empty, or nobody looked.")  # fmt: skip
@click.option("--place", "where", required=True, help='Where it was seen: "MXZLO-06:00".')
@DOCUMENTS
@REMARKS
@event_options
def sight(
    making: Making, lot: str, serial: str | None, content: str, where: str, papers: tuple[str, ...],
    remarks: str | None,
) -> None:  # fmt: skip
    """Say that a label or a drum of a lot was seen, perhaps long after it should be gone."""
    with bench(making) as here:
        here.finish(
            {
                "type": "sighting/1", "lot": lot, "serial": serial, "content": content, "place": place(where),
                "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@click.command(
    "count",
    epilog=example(
        'lotchain lot count "lot:MX-USER/A,counted=475 kg,packages=D001..D019,delivered=500 kg,used=25 kg" \\',
        "  --place MXTLC-06:00 --ledger ./ledger --key user.key",
        'nothing there: "lot:MX-USER/B,counted=none"',
    ),
)
@click.argument("lines", nargs=-1, required=True,
                metavar="LOT,counted=…[,packages=A+B,delivered=…,used=…,lost=…]...")  # fmt: skip
@click.option("--place", "where", required=True, help='Where they were counted: "MXTLC-06:00".')
@DOCUMENTS
@REMARKS
@event_options
def count(making: Making, lines: tuple[str, ...], where: str, papers: tuple[str, ...], remarks: str | None) -> None:
    """Count what is in stock; with delivered, used and lost: how it adds up.

    The custodian counts, or a competent authority. Delivered is what was used, what is counted and what was lost.
    """
    with bench(making) as here:
        here.finish(
            {
                "type": "stock-count/1", "lines": [_counted(text) for text in lines], "place": place(where),
                "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


def _counted(text: str) -> dict[str, Any]:
    lot, stated = members(text)
    only(stated, ("counted", "packages", "delivered", "used", "lost"), text)
    # An empty place in stock is a finding of whoever counts, never what an omission says.
    if "counted" not in stated:
        raise UsageError(
            "count-needed", "what is there has to be said", expected="counted=475 kg, or counted=none", found=text
        )
    line: dict[str, Any] = {"lot": lot}
    if stated["counted"] != _NOTHING:
        line["counted"] = amount(stated["counted"])
    if "packages" in stated:
        line["packages"] = listed(stated["packages"])
    sums = {name: amount(stated[name]) for name in ("delivered", "used", "lost") if name in stated}
    return line | ({"reconciliation": sums} if sums else {})
