"""`lotchain transfer …`: custody passes by two statements, an offer and its one reply."""

from __future__ import annotations

from typing import Any

import click

from lotchain.app.standing import Offer, read_offer
from lotchain.cli.arguments import (
    amount,
    documents,
    instant_text,
    is_id,
    members,
    place,
    statement_bytes,
)
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import DOCUMENTS, REMARKS, listed, only, whole_line
from lotchain.cli.making import Bench, bench
from lotchain.cli.options import example
from lotchain.errors import UsageError

MODES = "road, rail, sea, air, inland-water, pipeline, none"
REASONS = [
    "damaged", "wrong-goods", "seal-broken", "document-mismatch", "not-ordered", "left-in-tank", "on-hold", "other",
]  # fmt: skip
_AMOUNTS = ("accepted", "refused", "missing", "over")
_LISTS = {"packages-refused": "packages_refused", "packages-missing": "packages_missing", "seals-found": "seals_found"}


@click.group("transfer")
def command() -> None:
    """Hand lots over, and answer: custody passes by two statements of two organisations."""


@command.command(
    "hand-over",
    epilog=example(
        "lotchain transfer hand-over --to party:CN-TRUCK --as-a carrier --lot lot:CN-MAKER/BP4-1 \\",
        "  --place CNTZU+08:00 --deadline +48h --mode road",
        'offline: --lot "lot:CN-MAKER/BP4-1,prev=registration.cose,quantity=500 kg"',
    ),
)
@click.option("--to", required=True, help="The receiver's party id.")
@click.option(
    "--as-a", "receives_as", type=click.Choice(["carrier", "warehouse", "consignee"]), required=True,
    help="What the receiver is.",
)  # fmt: skip
@click.option(
    "--lot", "lots", multiple=True, required=True, metavar="LOT[,prev=…,quantity=…,seals=A+B,packages=C+D]",
    help="A whole lot; previous statement and quantity default from --ledger. Repeat.",
)  # fmt: skip
@click.option("--place", "where", required=True, help='Where it is handed over: "CNTZU+08:00".')
@click.option("--deadline", default="+48h", show_default=True, help="Until when the receiver answers.")
@click.option("--mode", required=True, help=f"{MODES}.")
@click.option("--means", help="Vehicle, vessel or container; may be hidden with --hide means.")
@DOCUMENTS
@REMARKS
@event_options
def hand_over(
    making: Making, to: str, receives_as: str, lots: tuple[str, ...], where: str, deadline: str, mode: str,
    means: str | None, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Offer whole lots to another organisation; custody stays with you until it replies."""
    with bench(making) as here:
        here.finish(
            {
                "type": "hand-over/1", "to": to, "receives_as": receives_as,
                "lines": [whole_line(here, text, ("seals", "packages")) for text in lots], "place": place(where),
                "deadline": instant_text(deadline, base=here.occurred), "mode": mode, "means": means,
                "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "accept",
    epilog=example(
        "lotchain transfer accept 5f2b… --place CNTZU+08:00 --ledger ./ledger --key truck.key",
        "offline: lotchain transfer accept hand-over.cose --place CNTZU+08:00 --offline acceptance.cose",
        '--line "lot:CN-MAKER/BP4-1,outcome=short,accepted=475 kg,missing=25 kg,packages-missing=D020"',
    ),
)
@click.argument("offer")
@click.option("--place", "where", help="Where it is accepted; default the hand-over's place.")
@click.option(
    "--line", "lines", multiple=True, metavar="LOT,outcome=…[,accepted=…,refused=…,missing=…,over=…]",
    help="A lot that is not accepted in full, or whose seals were read (seals-found=A+B). Repeat.",
)  # fmt: skip
@DOCUMENTS
@REMARKS
@event_options
def accept(
    making: Making, offer: str, where: str | None, lines: tuple[str, ...], papers: tuple[str, ...], remarks: str | None
) -> None:
    """Accept an offer, lot by lot: custody passes with what you accept. OFFER is its id, or its file."""
    with bench(making) as here:
        answered = offer_of(here, offer)
        stated = stated_lines(lines, answered)
        here.finish(
            {
                "type": "acceptance/1", "answers": answered.id,
                "lines": [_accepted(lot, quantity, stated.get(lot)) for lot, quantity in answered.lots.items()],
                "place": place(where) if where is not None else dict(answered.place),
                "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


def offer_of(here: Bench, text: str) -> Offer:
    """The offer that is answered: by its id on the ledger, or by the hand-over's own bytes, without any network."""
    return read_offer(here.standing.statement(text) if is_id(text) else statement_bytes(text))


def stated_lines(lines: tuple[str, ...], offer: Offer) -> dict[str, dict[str, str]]:
    """What was typed about lots of an offer, by lot. Raises `UsageError` `line-lot`."""
    found: dict[str, dict[str, str]] = {}
    for text in lines:
        lot, stated = members(text)
        if lot not in offer.lots or lot in found:
            raise UsageError(
                "line-lot", "this line is about no lot of the offer, or the second about one",
                expected=", ".join(offer.lots), found=lot,
            )  # fmt: skip
        found[lot] = stated
    return found


def _accepted(lot: str, offered: Any, stated: dict[str, str] | None) -> dict[str, Any]:
    if stated is None:
        return {"lot": lot, "outcome": "full", "accepted": dict(offered)}
    only(stated, ("outcome", *_AMOUNTS, *_LISTS), lot)
    outcome = stated.get("outcome", "full")
    line: dict[str, Any] = {"lot": lot, "outcome": outcome}
    if outcome == "full" and not any(name in stated for name in _AMOUNTS):
        line["accepted"] = dict(offered)
    return line | counted(stated)


def counted(stated: dict[str, str]) -> dict[str, Any]:
    """Amounts, serials and seals of a line, as a reply states them."""
    found: dict[str, Any] = {name: amount(stated[name]) for name in _AMOUNTS if name in stated}
    for name, member in _LISTS.items():
        if name in stated:
            found[member] = listed(stated[name])
    return found


@command.command(
    "refuse",
    epilog=example("lotchain transfer refuse 5f2b… --reason damaged --ledger ./ledger --key user.key"),
)
@click.argument("offer")
@click.option("--reason", type=click.Choice(REASONS), required=True, help="Why nothing is taken.")
@click.option("--place", "where", help="Where it is refused; default the hand-over's place.")
@click.option(
    "--line", "lines", multiple=True, metavar="LOT[,reason=…,refused=…,missing=…,packages-missing=…,seals-found=…]",
    help="A lot of which something is missing, or whose reason is another. Repeat.",
)  # fmt: skip
@DOCUMENTS
@REMARKS
@event_options
def refuse(
    making: Making, offer: str, reason: str, where: str | None, lines: tuple[str, ...], papers: tuple[str, ...],
    remarks: str | None,
) -> None:  # fmt: skip
    """Refuse an offer as a whole: the lots stay with the giver. OFFER is its id, or its file."""
    with bench(making) as here:
        answered = offer_of(here, offer)
        stated = stated_lines(lines, answered)
        here.finish(
            {
                "type": "refusal/1", "answers": answered.id,
                "lines": [_refused(lot, quantity, reason, stated.get(lot)) for lot, quantity in answered.lots.items()],
                "place": place(where) if where is not None else dict(answered.place),
                "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


def _refused(lot: str, offered: Any, reason: str, stated: dict[str, str] | None) -> dict[str, Any]:
    stated = stated or {}
    only(stated, ("reason", "refused", "missing", "packages-missing", "seals-found"), lot)
    line: dict[str, Any] = {"lot": lot, "reason": stated.get("reason", reason)}
    if "refused" not in stated and "missing" not in stated:
        line["refused"] = dict(offered)
    return line | counted(stated)


@command.command(
    "withdraw",
    epilog=example("lotchain transfer withdraw 5f2b… --ledger ./ledger --key maker.key"),
)
@click.argument("offer")
@click.option("--lot", "lots", multiple=True, help="A lot that is taken back; default all of the offer. Repeat.")
@REMARKS
@event_options
def withdraw(making: Making, offer: str, lots: tuple[str, ...], remarks: str | None) -> None:
    """Take an unanswered offer back, once its deadline has passed. OFFER is its id, or its file."""
    with bench(making) as here:
        standing = offer_of(here, offer)
        here.finish(
            {
                "type": "withdrawal/1", "withdraws": standing.id, "lots": list(lots or standing.lots),
                "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "arrive",
    epilog=example("lotchain transfer arrive lot:CN-MAKER/BP4-1 --place MXZLO-06:00 --ledger ./ledger --key ship.key"),
)
@click.argument("lots", nargs=-1, required=True)
@click.option("--place", "where", required=True, help='Where: "MXZLO-06:00".')
@click.option("--mode", help="How they came: road, rail, sea, air, inland-water.")
@click.option("--means", help="Vehicle, vessel or container; may be hidden with --hide means.")
@DOCUMENTS
@REMARKS
@event_options
def arrive(
    making: Making, lots: tuple[str, ...], where: str, mode: str | None, means: str | None, papers: tuple[str, ...],
    remarks: str | None,
) -> None:  # fmt: skip
    """Say that lots have reached a place."""
    with bench(making) as here:
        here.finish(
            {
                "type": "arrival/1", "lots": list(lots), "place": place(where), "mode": mode, "means": means,
                "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip
