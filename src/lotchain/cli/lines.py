"""Lines of lots in an event, and the options that say what the event follows and what lies beside it."""

from __future__ import annotations

from typing import Any

import click

from lotchain.cli.arguments import amount, members, serials, statement_id
from lotchain.cli.making import Bench
from lotchain.errors import UsageError

PREV = click.option("--prev", metavar="ID", help="The lot's last act or reply: id, or its file; default from --ledger.")
REMARKS = click.option("--remarks", help="Free text; may be hidden with --hide remarks.")
DOCUMENTS = click.option("--document", "papers", multiple=True, metavar="KIND=FILE", help="A paper, by its SHA-256.")


def listed(text: str) -> list[str]:
    """`A+B` or `A..C` as a list; nothing or `none` is an empty one."""
    return [] if text in ("", "none") else serials(tuple(text.split("+")))


def only(stated: dict[str, str], known: tuple[str, ...], text: str) -> None:
    """Raise `UsageError` `line-format` for a member that a line does not have."""
    unknown = sorted(set(stated) - set(known))
    if unknown:
        raise UsageError(
            "line-format", "a line says what no line says", expected=", ".join(known), found=unknown[0], field=text
        )


def prev_of(here: Bench, lot: str, stated: str | None) -> str:
    """What an act on the lot follows: as stated, or the ledger's word."""
    return statement_id(stated) if stated is not None else str(here.standing.lot(lot)["last"])


def whole_line(here: Bench, text: str, more: tuple[str, ...] = ()) -> dict[str, Any]:
    """One whole lot: previous statement and quantity as stated, or as the ledger has them."""
    lot, stated = members(text)
    only(stated, ("prev", "quantity", *more), text)
    line: dict[str, Any] = {
        "lot": lot,
        "prev": prev_of(here, lot, stated.get("prev")),
        "quantity": amount(stated["quantity"]) if "quantity" in stated else here.standing.whole(lot),
    }
    return line | {name: listed(stated[name]) for name in more if name in stated}
