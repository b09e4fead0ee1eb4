"""`lotchain authority …`: founding, accession, endorsement, disputes, seizures, custody by order, settlements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lotchain.app import desk
from lotchain.cli.arguments import amount, documents, json_file, place, serials, statement_id
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.key import give
from lotchain.cli.lines import DOCUMENTS, REMARKS, only
from lotchain.cli.making import bench
from lotchain.cli.options import PATH, example, json_option, key_option, passphrase_of
from lotchain.cli.transfer import counted, offer_of, stated_lines
from lotchain.core.ids import CHARTER
from lotchain.errors import UsageError

COUNTRY = click.option("--country", required=True, help="ISO 3166-1 alpha-2, such as CN.")
PARTY = click.option("--party", required=True, help="The authority's party id, such as party:CN-NMPA.")
ORGANISATION = click.option("--organisation", required=True, help="The authority's name.")
OUT = click.option("--out", type=PATH, help="Write it here instead of printing it.")
CASE = click.option("--reference", help="Number of the case or decision.")


@click.group("authority")
def command() -> None:
    """Competent national authorities: founding a ledger, joining one, standing behind acts, disputes, seizures."""


@command.command(
    "found",
    epilog=example(
        'lotchain authority found --country CN --party party:CN-NMPA --organisation "Authority of China" \\',
        "  --origin ledger.example/lots --key cn.key --out cn.founder.json",
    ),
)
@COUNTRY
@PARTY
@ORGANISATION
@click.option("--origin", required=True, help="The name of the ledger that is to be founded.")
@key_option(required=True)
@OUT
@json_option
def found(
    country: str, party: str, organisation: str, origin: str, key: Path, passphrase_file: Path | None,
    out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Make a founding entry: your key, and the proof that you hold it, for `ledger init --founder`."""
    signer = desk.open_key(key, lambda: passphrase_of(passphrase_file))
    entry = desk.founding_entry(signer, country=country, party=party, organisation=organisation, origin=origin)
    give(dict(entry), out, as_json=as_json)


@command.command(
    "claim",
    epilog=example(
        'lotchain authority claim --country CO --party party:CO-FNE --organisation "Authority of Colombia" \\',
        "  --audience ledger.example/lots#… --key co.key --out co.claim.json",
    ),
)
@COUNTRY
@PARTY
@ORGANISATION
@click.option(
    "--audience", required=True, envvar="LOTCHAIN_AUDIENCE", show_envvar=True, help="ORIGIN#CHARTER of the ledger."
)
@key_option(required=True)
@OUT
@json_option
def claim(
    country: str, party: str, organisation: str, audience: str, key: Path, passphrase_file: Path | None,
    out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Ask to accede to a ledger that exists: for `authority accede --claim`, signed by a founding authority."""
    signer = desk.open_key(key, lambda: passphrase_of(passphrase_file))
    entry = {"country": country, "party": party, "organisation": organisation}
    give(entry | desk.key_claim(signer, party=party, audience=audience), out, as_json=as_json)


@command.command(
    "accede",
    epilog=example("lotchain authority accede --claim co.claim.json --ledger ./ledger --key cn.key"),
)
@click.option("--claim", "file", type=PATH, required=True, help="Made by `authority claim`.")
@event_options
def accede(making: Making, file: Path) -> None:
    """Propose the authority of one more country; the others endorse it up to the charter's threshold."""
    stated = json_file(file, what="claim")
    if not isinstance(stated, dict) or set(stated) != {"country", "party", "organisation", "key", "possession"}:
        raise UsageError(
            "claim-format", "this is no claim of an authority", expected="a file made by `authority claim`",
            found=str(file),
        )  # fmt: skip
    with bench(making) as here:
        here.finish({"type": "accession/1", **stated})


@command.command(
    "list-log-keys",
    epilog=example(
        'lotchain authority list-log-keys "ledger.example/lots+…" "ledger.example/lots+…" --reason planned \\',
        "  --ledger ./ledger --key cn.key",
    ),
)
@click.argument("vkeys", nargs=-1, required=True, metavar="VKEY…")
@click.option("--reason", type=click.Choice(["planned", "lost", "stolen"]), default="planned", show_default=True)
@CASE
@DOCUMENTS
@REMARKS
@event_options
def list_log_keys(
    making: Making, vkeys: tuple[str, ...], reason: str, reference: str | None, papers: tuple[str, ...],
    remarks: str | None,
) -> None:  # fmt: skip
    """Say which keys sign the log's checkpoints from here on: all of them; one left out is off the list.

    A founding authority proposes the list, the others endorse it up to the charter's threshold.
    """
    with bench(making) as here:
        here.finish(
            {
                "type": "ledger-key-rotation/1",
                "keys": list(vkeys),
                "reason": reason,
                "reference": reference,
                "documents": documents(papers),
                "remarks": remarks,
            }
        )


@command.command(
    "endorse",
    epilog=example(
        "lotchain authority endorse --ledger ./ledger --key mx.key",
        "lotchain authority endorse 5f2b… --on lot:CN-MAKER/BP4-1 --ledger ./ledger --key mx-officer-2.key",
    ),
)
@click.argument("statement", required=False)
@click.option("--on", "subject", help="The subject on which it waits; default the statement's main subject.")
@event_options
def endorse(making: Making, statement: str | None, subject: str | None) -> None:
    """Stand behind a statement: the charter (the default), an accession, a resolution, a correction.

    Also a seizure or a custody order, as its second officer; a destruction, as its witness; a reaction's record, as
    its second signer. STATEMENT is an id or a file.
    """
    with bench(making) as here:
        if statement is None:
            endorsed = here.audience().partition("#")[2]
            subject = subject or CHARTER
        else:
            endorsed = statement_id(statement)
            subject = subject or here.standing.main_subject(endorsed)
        here.finish({"type": "endorsement/1", "subject": subject, "endorses": endorsed})


@command.command(
    "resolve",
    epilog=example(
        "lotchain authority resolve lot:CN-MAKER/BP4-1 --conflict 5f2b… --decision confirm \\",
        "  --ledger ./ledger --key mx.key",
    ),
)
@click.argument("lot")
@click.option("--conflict", required=True, help="Id of the statement that opened the dispute.")
@click.option("--decision", type=click.Choice(["confirm", "custody"]), required=True,
              help="Confirm the logged act, or order custody.")  # fmt: skip
@click.option("--custodian", help="Who is to have custody, when it is ordered.")
@DOCUMENTS
@REMARKS
@event_options
def resolve(
    making: Making, lot: str, conflict: str, decision: str, custodian: str | None, papers: tuple[str, ...],
    remarks: str | None,
) -> None:  # fmt: skip
    """Propose how a dispute ends; a second officer endorses it, and then it takes effect."""
    with bench(making) as here:
        here.finish(
            {
                "type": "resolution/1", "lot": lot, "conflict": statement_id(conflict), "decision": decision,
                "custodian": custodian, "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "seize",
    epilog=example(
        "lotchain authority seize lot:CN-MAKER/BP4-1 --reason suspicion --place MXZLO-06:00 --reference C-118 \\",
        "  --ledger ./ledger --key mx.key",
        "then a second officer: lotchain authority endorse 5f2b… --on lot:CN-MAKER/BP4-1 --key mx-officer-2.key",
    ),
)
@click.argument("lot")
@click.option("--quantity", help="Net, the part that is seized; default all of it.")
@click.option("--package", "taken", multiple=True, help="Of a part: serials of the packages taken. Repeat.")
@click.option("--reason", required=True, help="A word: court-order, suspicion, unlicensed …")
@click.option("--place", "where", required=True, help='Where it is taken to, in your own country: "MXZLO-06:00".')
@CASE
@DOCUMENTS
@REMARKS
@event_options
def seize(
    making: Making, lot: str, quantity: str | None, taken: tuple[str, ...], reason: str, where: str,
    reference: str | None, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Seize a lot, or a part of it, where it is: a proposal until a second officer endorses it.

    The second officer signs `authority endorse` with another key of the same authority, enrolled before. What is
    seized in part becomes a rest lot, which the authority holds.
    """
    if taken and quantity is None:
        raise click.UsageError("packages are of a part: state what they hold (--quantity), or seize the whole lot")
    with bench(making) as here:
        here.finish(
            {
                "type": "seizure/1", "lot": lot, "quantity": None if quantity is None else amount(quantity),
                "packages": serials(taken), "reason": reason, "place": place(where), "reference": reference,
                "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "order",
    epilog=example(
        "lotchain authority order lot:CN-MAKER/BP4-1 --custodian party:CN-TRUCK --reason bankrupt --reference C-7 \\",
        "  --ledger ./ledger --key cn.key",
        "then a second officer: lotchain authority endorse 5f2b… --on lot:CN-MAKER/BP4-1 --key cn-officer-2.key",
    ),
)
@click.argument("lot")
@click.option("--custodian", required=True, metavar="PARTY", help="Who is to have it.")
@click.option("--reason", type=click.Choice(["bankrupt", "vanished", "licence-ended", "court-order"]), required=True,
              help="Why its custodian does not hand it over.")  # fmt: skip
@CASE
@DOCUMENTS
@REMARKS
@event_options
def order(
    making: Making, lot: str, custodian: str, reason: str, reference: str | None, papers: tuple[str, ...],
    remarks: str | None,
) -> None:  # fmt: skip
    """Order custody of a lot: a proposal until a second officer endorses it.

    The second officer signs `authority endorse` with another key of the same authority, enrolled before.
    """
    with bench(making) as here:
        here.finish(
            {
                "type": "custody-order/1", "lot": lot, "custodian": custodian, "reason": reason,
                "reference": reference, "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "witness-acceptance",
    epilog=example(
        "lotchain authority witness-acceptance 5f2b… --reason key-lost --ledger ./ledger --key cn.key",
        '--line "lot:CN-MAKER/BP4-1,accepted=475 kg,missing=25 kg,packages-missing=D020,seals-found=S-1+S-2"',
    ),
)
@click.argument("offer")
@click.option("--reason", type=click.Choice(["key-lost", "key-revoked", "no-key-yet", "out-of-order"]), required=True,
              help="Why the receiver does not sign.")  # fmt: skip
@click.option("--place", "where", help="Where it is accepted; default the hand-over's place.")
@click.option(
    "--line", "lines", multiple=True, metavar="LOT[,accepted=…,missing=…,over=…,packages-missing=…,seals-found=…]",
    help="A lot that is not accepted in full, or whose seals were read. Repeat.",
)  # fmt: skip
@DOCUMENTS
@REMARKS
@event_options
def witness_acceptance(
    making: Making, offer: str, reason: str, where: str | None, lines: tuple[str, ...], papers: tuple[str, ...],
    remarks: str | None,
) -> None:  # fmt: skip
    """Accept an offer for a receiver that has no valid key. OFFER is its id, or its file.

    Signed by one officer of the authority that registered the receiver; what is not taken is missing.
    """
    with bench(making) as here:
        answered = offer_of(here, offer)
        stated = stated_lines(lines, answered)
        here.finish(
            {
                "type": "witnessed-acceptance/1", "answers": answered.id, "receiver": answered.to,
                "lines": [_witnessed(lot, quantity, stated.get(lot, {})) for lot, quantity in answered.lots.items()],
                "reason": reason, "place": place(where) if where is not None else dict(answered.place),
                "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


def _witnessed(lot: str, offered: Any, stated: dict[str, str]) -> dict[str, Any]:
    """A line; where no amount is stated, all that was offered."""
    only(stated, ("accepted", "missing", "over", "packages-missing", "seals-found"), lot)
    line: dict[str, Any] = {"lot": lot}
    if not {"accepted", "missing", "over"} & set(stated):
        line["accepted"] = dict(offered)
    return line | counted(stated)


@command.command(
    "settle",
    epilog=example(
        "lotchain authority settle lot:CN-MAKER/BP4-1 --statement 5f2b… --code licence-not-in-force --outcome fined \\",
        "  --reference D-1 --ledger ./ledger --key cn.key",
        "lotchain authority settle lot:CN-MAKER/BP4-1 --statement 5f2b… --code un-07-notice --outcome warned \\",
        "  --ledger ./ledger --key cn.key",
    ),
)
@click.argument("lot")
@click.option("--statement", required=True, help="The statement with the breach: id, or its file.")
@click.option("--code", required=True,
              help="The finding that is settled: licence-none, licence-not-in-force, licence-undetermined, "
                   "used-in-keeping, border-unexplained, or a rule's id (un-07-notice, mx-adopted-late).")  # fmt: skip
@click.option("--outcome", required=True, help="A word: fined, warned, licensed-since, error-of-the-authority …")
@CASE
@DOCUMENTS
@REMARKS
@event_options
def settle(
    making: Making, lot: str, statement: str, code: str, outcome: str, reference: str | None,
    papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Settle a breach that is your own country's matter: it stays listed, and weighs as a note from then on.

    Signed by one officer: of a licence, and of goods used by their keeper, of the authority that registered the
    party; of a national rule of that country's; of the Convention's of the State that owed what the rule asks.
    """
    with bench(making) as here:
        here.finish(
            {
                "type": "settlement/1", "lot": lot, "statement": statement_id(statement), "code": code,
                "outcome": outcome, "reference": reference, "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip
