"""`lotchain licence …`: what an authority allows its parties."""

from __future__ import annotations

import click

from lotchain.cli.arguments import instant_text
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import REMARKS
from lotchain.cli.making import bench
from lotchain.cli.options import example

ACTIVITIES = ["manufacture", "distribute", "transport", "store", "import", "export", "use"]
NUMBER = click.option("--number", required=True, help="The licence's number.")
REASON = click.option("--reason", required=True, help="A word: renewal, investigation, misuse, court-order …")


def terms(function: click.decorators.FC) -> click.decorators.FC:
    """The options that state what a licence allows."""
    for option in reversed(
        [
            click.option("--activity", "activities", multiple=True, required=True, type=click.Choice(ACTIVITIES),
                         help="What it allows. Repeat."),
            click.option("--substance", "substances", multiple=True, default=("*",), show_default=True,
                         help="CAS number, or * for every substance. Repeat."),
            click.option("--from", "valid_from", required=True, help="First instant of validity."),
            click.option("--until", "valid_until", help="End of validity, exclusive; none: until further notice."),
        ]
    ):  # fmt: skip
        function = option(function)
    return function


@click.group("licence")
def command() -> None:
    """Licences: given, changed, suspended, restored and revoked by the party's national authority."""


@command.command(
    "grant",
    epilog=example(
        'lotchain licence grant party:CN-MAKER --organisation "Maker Ltd" --number CN-M-1 --activity manufacture \\',
        "  --from 2026-01-01T00:00:00Z --ledger ./ledger --key cn.key",
    ),
)
@click.argument("party_id", metavar="PARTY")
@click.option("--organisation", required=True, help="The legal entity; two parties are two organisations.")
@NUMBER
@terms
@click.option("--name", help="Trading name; may be hidden with --hide name.")
@event_options
def grant(
    making: Making, party_id: str, organisation: str, number: str, activities: tuple[str, ...],
    substances: tuple[str, ...], valid_from: str, valid_until: str | None, name: str | None,
) -> None:  # fmt: skip
    """Grant a licence; the first one brings the party onto the ledger."""
    with bench(making) as here:
        here.finish(
            {
                "type": "licence-grant/1", "party": party_id, "organisation": organisation, "number": number,
                "activities": list(activities), "substances": list(substances),
                "valid_from": instant_text(valid_from, base=here.now),
                "valid_until": instant_text(valid_until, base=here.now), "name": name,
            }
        )  # fmt: skip


@command.command(
    "change",
    epilog=example(
        "lotchain licence change party:CN-MAKER --number CN-M-1 --activity manufacture --activity export \\",
        "  --from 2026-01-01T00:00:00Z --reason extension --ledger ./ledger --key cn.key",
    ),
)
@click.argument("party_id", metavar="PARTY")
@NUMBER
@terms
@REASON
@REMARKS
@event_options
def change(
    making: Making, party_id: str, number: str, activities: tuple[str, ...], substances: tuple[str, ...],
    valid_from: str, valid_until: str | None, reason: str, remarks: str | None,
) -> None:  # fmt: skip
    """State all terms of a licence anew."""
    with bench(making) as here:
        here.finish(
            {
                "type": "licence-change/1", "party": party_id, "number": number, "activities": list(activities),
                "substances": list(substances), "valid_from": instant_text(valid_from, base=here.now),
                "valid_until": instant_text(valid_until, base=here.now), "reason": reason, "remarks": remarks,
            }
        )  # fmt: skip


def _suspension(making: Making, party: str, number: str, state: str, reason: str, remarks: str | None) -> None:
    with bench(making) as here:
        here.finish(
            {
                "type": "licence-suspension/1", "party": party, "number": number, "state": state,
                "reason": reason, "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "suspend",
    epilog=example(
        "lotchain licence suspend party:CN-MAKER --number CN-M-1 --reason investigation --ledger ./ledger --key cn.key"
    ),
)
@click.argument("party_id", metavar="PARTY")
@NUMBER
@REASON
@REMARKS
@event_options
def suspend(making: Making, party_id: str, number: str, reason: str, remarks: str | None) -> None:
    """Suspend a licence: it allows nothing until it is restored."""
    _suspension(making, party_id, number, "suspended", reason, remarks)


@command.command(
    "restore",
    epilog=example(
        "lotchain licence restore party:CN-MAKER --number CN-M-1 --reason cleared --ledger ./ledger --key cn.key"
    ),
)
@click.argument("party_id", metavar="PARTY")
@NUMBER
@REASON
@REMARKS
@event_options
def restore(making: Making, party_id: str, number: str, reason: str, remarks: str | None) -> None:
    """Restore a suspended licence."""
    _suspension(making, party_id, number, "restored", reason, remarks)


@command.command(
    "revoke",
    epilog=example(
        "lotchain licence revoke party:CN-MAKER --number CN-M-1 --reason misuse --ledger ./ledger --key cn.key"
    ),
)
@click.argument("party_id", metavar="PARTY")
@NUMBER
@REASON
@REMARKS
@event_options
def revoke(making: Making, party_id: str, number: str, reason: str, remarks: str | None) -> None:
    """Revoke a licence for good."""
    with bench(making) as here:
        here.finish(
            {
                "type": "licence-revocation/1", "party": party_id, "number": number, "reason": reason,
                "remarks": remarks,
            }
        )  # fmt: skip
