"""`lotchain authority …`: founding, accession, endorsement, and the resolution of disputes."""

from __future__ import annotations

from pathlib import Path

import click

from lotchain.app import desk
from lotchain.cli.arguments import documents, json_file, statement_id
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.key import give
from lotchain.cli.lines import DOCUMENTS, REMARKS
from lotchain.cli.making import bench
from lotchain.cli.options import PATH, example, json_option, key_option, passphrase_of
from lotchain.core.ids import CHARTER
from lotchain.errors import UsageError

COUNTRY = click.option("--country", required=True, help="ISO 3166-1 alpha-2, such as CN.")
PARTY = click.option("--party", required=True, help="The authority's party id, such as party:CN-NMPA.")
ORGANISATION = click.option("--organisation", required=True, help="The authority's name.")
OUT = click.option("--out", type=PATH, help="Write it here instead of printing it.")


@click.group("authority")
def command() -> None:
    """Competent national authorities: founding a ledger, joining one, standing behind acts, ending disputes."""


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

    STATEMENT is an id or a file.
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
