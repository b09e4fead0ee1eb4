"""Lines of lots in an event, and the options that say what the event follows and what lies beside it."""

from __future__ import annotations

from typing import Any

import click

from lotchain.app.standing import read_stated
from lotchain.cli.arguments import amount, is_id, members, serials, statement_bytes, statement_id
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


def stated_event(here: Bench, text: str, wanted: str, *, needed: bool = True) -> tuple[str, dict[str, Any]]:
    """Id and event of a statement that is named by its id on the ledger, or by its file.

    Args:
        here: where the new event is made.
        text: the id, or the file's name.
        wanted: the event's type.
        needed: whether its content is; if not, an id alone will do, and the event may be empty.

    Raises:
        UsageError: `statement-other`, for an event of another type; `statement-unknown`, `ledger-needed`.

    """
    if is_id(text) and not needed:
        return text, {}
    found, event = read_stated(here.standing.statement(text) if is_id(text) else statement_bytes(text))
    if event["type"] != wanted:
        raise UsageError(
            "statement-other", "this statement states another event", expected=wanted, found=str(event["type"])
        )
    return found, event
