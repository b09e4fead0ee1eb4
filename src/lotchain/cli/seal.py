"""`lotchain seal …`: seals fitted, read and broken."""

from __future__ import annotations

import click

from lotchain.cli.arguments import place, serials
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import PREV, REMARKS, prev_of
from lotchain.cli.making import bench
from lotchain.cli.options import example

PLACE = click.option("--place", "where", required=True, help='Where: "CNSHG+08:00".')


@click.group("seal")
def command() -> None:
    """Seals on lots. An authority's seals stand in its inspection."""


@command.command(
    "apply",
    epilog=example("lotchain seal apply lot:CN-MAKER/BP4-1 --seal S-1 --seal S-2 --place CNTZU+08:00 --key maker.key"),
)
@click.argument("lot")
@click.option("--seal", "numbers", multiple=True, required=True, help="A number, or a range S1..S4. Repeat.")
@PLACE
@PREV
@REMARKS
@event_options
def apply(
    making: Making, lot: str, numbers: tuple[str, ...], where: str, prev: str | None, remarks: str | None
) -> None:
    """Fit seals to a lot, beside those already there."""
    with bench(making) as here:
        line = {"lot": lot, "prev": prev_of(here, lot, prev), "seals": serials(numbers)}
        here.finish({"type": "seal-applied/1", "lines": [line], "place": place(where), "remarks": remarks})


@command.command(
    "check",
    epilog=example("lotchain seal check lot:CN-MAKER/BP4-1 --seal S-1 --seal S-2 --place CNSHG+08:00 --key port.key"),
)
@click.argument("lot")
@click.option("--seal", "numbers", multiple=True, help="Every seal on it, as read. Repeat.")
@click.option("--none", "no_seal", is_flag=True, help="There is no seal on it.")
@PLACE
@REMARKS
@event_options
def check(making: Making, lot: str, numbers: tuple[str, ...], no_seal: bool, where: str, remarks: str | None) -> None:
    """Read the seals without touching them; the ledger compares."""
    if bool(numbers) == no_seal:
        raise click.UsageError("state every seal that was read (--seal), or that there is none (--none)")
    with bench(making) as here:
        line = {"lot": lot, "seals_found": serials(numbers)}
        here.finish({"type": "seal-checked/1", "lines": [line], "place": place(where), "remarks": remarks})


@command.command(
    "break",
    epilog=example(
        "lotchain seal break lot:CN-MAKER/BP4-1 --seal S-1 --reason opened --place MXTLC-06:00 --key user.key"
    ),
)
@click.argument("lot")
@click.option("--seal", "numbers", multiple=True, required=True, help="A seal that was broken. Repeat.")
@click.option(
    "--reason", type=click.Choice(["opened", "found-broken", "accident", "ordered"]), required=True, help="Why."
)
@click.option("--report", help="Number of the police's or another authority's report.")
@click.option("--replaced-by", multiple=True, help="A seal fitted instead. Repeat.")
@PLACE
@PREV
@REMARKS
@event_options
def break_(
    making: Making, lot: str, numbers: tuple[str, ...], reason: str, report: str | None, replaced_by: tuple[str, ...],
    where: str, prev: str | None, remarks: str | None,
) -> None:  # fmt: skip
    """Open seals, or say that they were found broken."""
    with bench(making) as here:
        here.finish(
            {
                "type": "seal-broken/1", "lot": lot, "prev": prev_of(here, lot, prev), "seals": serials(numbers),
                "reason": reason, "report": report, "replaced_by": serials(replaced_by), "place": place(where),
                "remarks": remarks,
            }
        )  # fmt: skip
