"""`lotchain permit …`: authorisations, notifications, declarations and quotas; what is drawn on them, what is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lotchain.app.folder import Folder
from lotchain.app.permits import (
    account,
    drawing,
    drawings,
    found_json,
    goods_of,
    held_in,
    permit_state,
    terms_json,
)
from lotchain.app.standing import Standing
from lotchain.app.wiring import open_reader
from lotchain.cli.arguments import amount, documents, instant_text, json_file, members, now_ms, statement_id
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import DOCUMENTS, REMARKS, only
from lotchain.cli.making import Bench, bench
from lotchain.cli.options import PATH, example, json_option, ledger_option
from lotchain.cli.permit_lines import account_lines
from lotchain.cli.permit_terms import Stated, terms_options
from lotchain.cli.terminal import emit
from lotchain.errors import UsageError

ALL = "all"
HOLDER = click.option("--holder", required=True, metavar="PARTY", help="Whose it is: who draws on it.")
CONSIGNMENTS = click.option(
    "--consignment", "consignments", multiple=True,
    help="One that drew on it and is to know; all: every one that did, by --ledger. Repeat.",
)  # fmt: skip


@click.group("permit")
def command() -> None:
    """Permits: given by an authority or declared by a user, and drawn on by consignments."""


@command.command(
    "grant",
    epilog=example(
        "lotchain permit grant permit:CN-NMPA/EXP-1 --kind export --holder party:CN-MAKER --number EXP-1 \\",
        '  --substance 79099-07-3 --quantity "500 kg" --from 2026-01-01T00:00:00Z --until +180d --use multiple \\',
        "  --importer party:MX-USER --entry MXZLO --ledger ./ledger --key cn.key",
    ),
)
@click.argument("permit")
@click.option("--kind", type=click.Choice(["export", "import", "transit", "transport"]), required=True,
              help="Out of, into or through the country, or over its roads.")  # fmt: skip
@HOLDER
@terms_options(use="single")
@click.option("--notification", metavar="PERMIT", help="The pre-export notification that it rests on.")
@DOCUMENTS
@REMARKS
@event_options
def grant(
    making: Making, permit: str, kind: str, holder: str, terms: Stated, notification: str | None,
    papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Grant an authorisation; an authority does, and names it under itself: permit:CN-NMPA/…."""
    with bench(making) as here:
        here.finish(
            {
                "type": "authorisation-grant/1", "permit": permit, "kind": kind, "holder": holder,
                "terms": terms.over({}, here.now), "notification": notification, "documents": documents(papers),
                "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "notify",
    epilog=example(
        "lotchain permit notify permit:CN-NMPA/PEN-1 --holder party:CN-MAKER --importing MX --number PEN-1 \\",
        '  --substance 79099-07-3 --quantity "500 kg" --from 2026-01-01T00:00:00Z --until +90d --use single \\',
        "  --reply-by +15d --ledger ./ledger --key cn.key",
    ),
)
@click.argument("permit")
@HOLDER
@click.option("--importing", required=True, metavar="COUNTRY", help="To which it is sent: ISO 3166-1 alpha-2.")
@terms_options(use="single")
@click.option("--reply-by", help="Until when a reply is asked for; no reply is never a yes.")
@click.option("--dispatch", help="When the goods are expected to leave.")
@DOCUMENTS
@REMARKS
@event_options
def notify(
    making: Making, permit: str, holder: str, importing: str, terms: Stated, reply_by: str | None,
    dispatch: str | None, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Notify the importing country's authority of an export to come (1988 Convention, article 12)."""
    with bench(making) as here:
        here.finish(
            {
                "type": "pre-export-notification/1", "permit": permit, "holder": holder, "importing": importing,
                "terms": terms.over({}, here.now), "reply_by": instant_text(reply_by, base=here.now),
                "dispatch": instant_text(dispatch, base=here.now), "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "reply",
    epilog=example("lotchain permit reply permit:CN-NMPA/PEN-1 no-objection --ledger ./ledger --key mx.key"),
)
@click.argument("permit")
@click.argument("word", type=click.Choice(["received", "no-objection", "objected", "more-information-asked"]))
@click.option("--answers", metavar="ID",
              help="Which set the terms that were read: id, or its file; default the last on --ledger.")  # fmt: skip
@CONSIGNMENTS
@click.option("--reason", help="Free text; may be hidden with --hide reason.")
@DOCUMENTS
@event_options
def reply(
    making: Making, permit: str, word: str, answers: str | None, consignments: tuple[str, ...], reason: str | None,
    papers: tuple[str, ...],
) -> None:  # fmt: skip
    """Reply to a pre-export notification, as the importing country's authority."""
    with bench(making) as here:
        read = statement_id(answers) if answers else str(permit_state(here.standing, permit)["terms_by"])
        here.finish(
            {
                "type": "pre-export-reply/1", "permit": permit, "answers": read, "reply": word,
                "consignments": _told(here, permit, consignments), "documents": documents(papers), "reason": reason,
            }
        )  # fmt: skip


def _told(here: Bench, permit: str, stated: tuple[str, ...]) -> list[str]:
    """The consignments that a change or reply is to reach."""
    if ALL not in stated:
        return list(stated)
    if len(stated) > 1:
        raise click.UsageError("name consignments one by one, or all of them: not both")
    permit_state(here.standing, permit)
    return list(dict.fromkeys(drawn.consignment for drawn in drawings(here.standing, permit) if drawn.counts))


@command.command(
    "draw",
    epilog=example(
        'lotchain permit draw consignment:CN-MAKER/C-1 permit:CN-NMPA/EXP-1 "475 kg" --ledger ./ledger --key maker.key',
        "offline: --found permit.json --substance 79099-07-3, where `permit show --json` wrote permit.json",
    ),
)
@click.argument("consignment")
@click.argument("permit")
@click.argument("goods")
@click.option("--substance", metavar="CAS", help="Of the goods; default what the consignment's lots on --ledger are.")
@click.option("--lot", "lots", multiple=True, metavar="LOT,quantity=…",
              help="Of which of several lots the goods are. Default, by --ledger: the only one of that substance, or "
              "all, where GOODS is what they hold together. Repeat.")  # fmt: skip
@click.option("--density", help="kg/L of the goods, where mass and volume differ and the permit declares none.")
@click.option("--found", "file", type=PATH, metavar="FILE",
              help="The permit as `permit show --json` wrote it; default as it stands on --ledger.")  # fmt: skip
@click.option("--overdraw", is_flag=True, help="Sign it although it is more than is left: recorded as a breach.")
@DOCUMENTS
@REMARKS
@event_options
def draw(
    making: Making, consignment: str, permit: str, goods: str, substance: str | None, lots: tuple[str, ...],
    density: str | None, file: Path | None, overdraw: bool, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Draw on a permit for a consignment. GOODS is their net quantity as they stand, "475 kg".

    What they come to in the permit's own unit and basis, and how the permit stands, is filled in from the ledger;
    --draft shows it. A drawing is not taken back. For a consignment of several lots it says of which the goods are.
    """
    with bench(making) as here:
        found = _found(permit, file) if file is not None else found_json(permit_state(here.standing, permit))
        number = substance or goods_of(here.standing, consignment)
        event = drawing(
            consignment, permit, found, substance=number, goods=amount(goods), density=density, overdraw=overdraw,
            of=[_of_lot(text) for text in lots],
            held=held_in(here.standing, consignment, number) if file is None else None,
        )  # fmt: skip
        here.finish(event | {"documents": documents(papers), "remarks": remarks})


def _of_lot(text: str) -> dict[str, Any]:
    """`LOT,quantity=…` as a line of a drawing."""
    lot, stated = members(text)
    only(stated, ("quantity",), text)
    return {"lot": lot, "goods": amount(stated.get("quantity", ""))}


def _found(permit: str, file: Path) -> dict[str, Any]:
    """A permit as a file has it."""
    shown = json_file(file, what="permit")
    if not isinstance(shown, dict) or not isinstance(shown.get("found"), dict) or shown.get("permit") != permit:
        raise UsageError(
            "found-format", "this file does not hold the permit",
            expected=f"what `lotchain permit show {permit} --json` printed", found=str(file),
        )  # fmt: skip
    found: dict[str, Any] = shown["found"]
    return found


@command.command(
    "change",
    epilog=example(
        "lotchain permit change permit:CN-NMPA/EXP-1 --until 2027-06-30T00:00:00Z --reason extended \\",
        "  --consignment all --ledger ./ledger --key cn.key",
        "lotchain permit change permit:CN-NMPA/EXP-1 --to suspended --reason suspicion --ledger ./ledger --key cn.key",
    ),
)
@click.argument("permit")
@click.option("--to", "word", type=click.Choice(["suspended", "restored", "revoked", "cancelled", "confirmed"]),
              help="Another status; confirmed: it stands for the consignments named.")  # fmt: skip
@terms_options(new=False)
@CONSIGNMENTS
@click.option("--reason", required=True, help="A word: amended, extended, suspicion, fraud, error …")
@DOCUMENTS
@REMARKS
@event_options
def change(
    making: Making, permit: str, word: str | None, terms: Stated, consignments: tuple[str, ...], reason: str,
    papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Change a permit that you gave: its status (--to), or its terms.

    Terms that are not stated stay as they are on --ledger. A change reaches only the consignments that it names.
    """
    if (word is None) != terms.anything():
        raise click.UsageError("state another status (--to), or terms that change: one of the two")
    with bench(making) as here:
        new = None
        if word is None:
            before = terms_json(permit_state(here.standing, permit)["terms"]) if here.standing_or_none else {}
            new = terms.over(before, here.now)
        here.finish(
            {
                "type": "permit-change/1", "permit": permit, "change": word or "terms", "terms": new,
                "consignments": _told(here, permit, consignments), "reason": reason, "documents": documents(papers),
                "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "declare-use",
    epilog=example(
        "lotchain permit declare-use permit:MX-USER/EUD-1 --purpose pharmaceutical-synthesis --resale none \\",
        '  --supplier party:CN-MAKER --number EUD-1 --substance 79099-07-3 --quantity "500 kg" \\',
        "  --from 2026-01-01T00:00:00Z --until +365d --use multiple --ledger ./ledger --key user.key",
    ),
)
@click.argument("permit")
@click.option("--purpose", "purposes", multiple=True, required=True,
              help="A word: pharmaceutical-synthesis, laboratory … Repeat.")  # fmt: skip
@click.option("--resale", type=click.Choice(["none", "licensed-customers"]), required=True,
              help="Used up here, or sold on to customers with a licence.")  # fmt: skip
@terms_options()
@click.option("--signer", help="Name and function; may be hidden with --hide signer.")
@DOCUMENTS
@REMARKS
@event_options
def declare_use(
    making: Making, permit: str, purposes: tuple[str, ...], resale: str, terms: Stated, signer: str | None,
    papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Declare what you need a substance for; your supplier's consignments draw on it. The user signs."""
    with bench(making) as here:
        here.finish(
            {
                "type": "end-use-declaration/1", "permit": permit, "terms": terms.over({}, here.now),
                "uses": list(purposes), "resale": resale, "signer": signer, "documents": documents(papers),
                "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "quota",
    epilog=example(
        "lotchain permit quota permit:MX-COFEPRIS/Q-1 --holder party:MX-USER --activity import --period year \\",
        '  --number Q-1 --substance 79099-07-3 --quantity "2 t" --from 2026-01-01T00:00:00Z \\',
        "  --until 2027-01-01T00:00:00Z --ledger ./ledger --key mx.key",
    ),
)
@click.argument("permit")
@HOLDER
@click.option("--activity", type=click.Choice(["import", "export", "distribute", "acquire"]), required=True)
@click.option("--period", type=click.Choice(["year", "quarter", "month", "other"]), required=True,
              help="For which it is; --from and --until say its days.")  # fmt: skip
@terms_options(use="multiple")
@DOCUMENTS
@REMARKS
@event_options
def quota(
    making: Making, permit: str, holder: str, activity: str, period: str, terms: Stated, papers: tuple[str, ...],
    remarks: str | None,
) -> None:  # fmt: skip
    """Give a party a quota for a period, over all its consignments."""
    with bench(making) as here:
        here.finish(
            {
                "type": "quota/1", "permit": permit, "holder": holder, "activity": activity, "period": period,
                "terms": terms.over({}, here.now), "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command("show", epilog=example("lotchain permit show permit:CN-NMPA/EXP-1 --ledger ./ledger"))
@click.argument("permit")
@ledger_option()
@json_option
def show(permit: str, ledger: Path, as_json: bool) -> None:
    """Print a permit's terms, its status, what was drawn and what is left, as this ledger has them. No proof."""
    reader = open_reader(ledger)
    try:
        standing = Standing(reader, Folder(ledger).read().origin)
        told = account(permit, permit_state(standing, permit), now_ms())
        drawn = drawings(standing, permit)
    finally:
        reader.close()
    emit(told | {"history": [one.as_json() for one in drawn]}, account_lines(told, drawn), as_json=as_json)
