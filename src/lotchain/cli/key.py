"""`lotchain key …`: keys of parties, from making one to revoking it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lotchain.app import desk
from lotchain.cli.arguments import instant_text, is_id, json_file, statement_bytes
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.files import write_new
from lotchain.cli.lines import REMARKS
from lotchain.cli.making import Bench, bench
from lotchain.cli.options import PATH, example, json_option, key_option, passphrase_of
from lotchain.cli.terminal import emit, emit_json, rows
from lotchain.core.ids import key_subject
from lotchain.core.keys import parse_public_key
from lotchain.core.statements import parse_statement
from lotchain.errors import UsageError


@click.group("key")
def command() -> None:
    """Keys: one key, one party, for ever. Private keys stay in their files."""


@command.command(
    "new",
    epilog=example("lotchain key new maker.key", "lotchain key new server.key --plain"),
)
@click.argument("file", type=PATH)
@click.option("--algorithm", type=click.Choice(["ed25519", "es256"]), default="ed25519", show_default=True)
@click.option("--plain", "unprotected", is_flag=True, help="No passphrase: for machines that start unattended.")
@click.option("--passphrase-file", type=PATH, help="Holds the passphrase; else it is asked for.")
@json_option
def new(file: Path, algorithm: str, unprotected: bool, passphrase_file: Path | None, as_json: bool) -> None:
    """Make a key file, mode 0600; nothing is ever overwritten."""
    passphrase = None if unprotected else passphrase_of(passphrase_file, what="the new key", confirm=True)
    subject = desk.make_key(file, algorithm, passphrase)
    emit(
        {"file": str(file), "key": subject, "algorithm": algorithm, "protected": not unprotected},
        rows((("key", subject), ("file", str(file)), ("protected", "no" if unprotected else "by a passphrase"))),
        as_json=as_json,
    )


@command.command("show", epilog=example("lotchain key show maker.key"))
@click.argument("file", type=PATH)
@json_option
def show(file: Path, as_json: bool) -> None:
    """Show a key file's public parts."""
    shown = desk.key_card(file)
    emit(shown, rows((name, str(value)) for name, value in shown.items()), as_json=as_json)


@command.command(
    "request",
    epilog=example(
        "lotchain key request --key phone.key --as party:CN-TRUCK --audience ledger.example/lots#… \\",
        "  --holder driver-phone-3 --out phone.request.json",
    ),
)
@key_option(required=True)
@click.option("--as", "party", required=True, envvar="LOTCHAIN_AS", show_envvar=True, help="Whose key it will be.")
@click.option(
    "--audience", required=True, envvar="LOTCHAIN_AUDIENCE", show_envvar=True, help="ORIGIN#CHARTER of the ledger."
)
@click.option("--holder", required=True, help="The role or device that holds it; no person's name.")
@click.option("--out", type=PATH, help="Write the request here instead of printing it.")
@json_option
def request(
    key: Path, passphrase_file: Path | None, party: str, audience: str, holder: str, out: Path | None, as_json: bool
) -> None:
    """Ask for a key to be enrolled: the proof that you hold it, for `key enrol --request`."""
    signer = desk.open_key(key, lambda: passphrase_of(passphrase_file))
    event = {"type": "key-enrolment/1", "party": party, "holder": holder}
    event |= desk.key_claim(signer, party=party, audience=audience)
    give(event, out, as_json=as_json)


def give(value: dict[str, Any], out: Path | None, *, as_json: bool) -> None:
    """A small JSON file for somebody else: printed, or written."""
    if out is None:
        emit_json(value)
        return
    write_new(out, desk.json_bytes(value), what="request")
    emit(value | {"file": str(out)}, [f"wrote {out}"], as_json=as_json)


@command.command(
    "enrol",
    epilog=example(
        "lotchain key enrol --request phone.request.json --ledger ./ledger --key cn.key",
        "lotchain key enrol --new-key maker.key --party party:CN-MAKER --holder office --ledger ./ledger --key cn.key",
    ),
)
@click.option("--request", "file", type=PATH, help="A request made by `key request`.")
@click.option("--new-key", type=PATH, help="The new key's file, where it is on this machine.")
@click.option("--party", "owner", help="Whose key it becomes; with --new-key.")
@click.option("--holder", default="office", show_default=True, help="The role or device that holds it.")
@event_options
def enrol(making: Making, file: Path | None, new_key: Path | None, owner: str | None, holder: str) -> None:
    """Enrol a key for a party: signed by another key of the party, or by its authority."""
    with bench(making) as here:
        here.finish(_enrolment(here, file, new_key, owner, holder))


def _enrolment(here: Bench, file: Path | None, new_key: Path | None, owner: str | None, holder: str) -> dict[str, Any]:
    if file is not None:
        stated = json_file(file, what="request")
        if not isinstance(stated, dict) or stated.get("type") != "key-enrolment/1":
            raise UsageError(
                "request-format", "this is no request for enrolment", expected="a file made by `key request`"
            )
        return stated
    if new_key is None or owner is None:
        raise UsageError(
            "request-needed", "no key is named", expected="--request FILE, or --new-key FILE --party PARTY"
        )
    signer = desk.open_key(new_key, lambda: passphrase_of(here.making.passphrase_file))
    claim = desk.key_claim(signer, party=owner, audience=here.audience())
    return {"type": "key-enrolment/1", "party": owner, "holder": holder, **claim}


@command.command(
    "revoke",
    epilog=example(
        "lotchain key revoke key:5f2b… --reason stolen --compromised-since 2026-10-06T17:00:00Z \\",
        "  --ledger ./ledger --key cn.key",
    ),
)
@click.argument("revoked", metavar="KEY")
@click.option("--reason", required=True, help="lost, stolen, compromised, superseded, holder-left …")
@click.option("--compromised-since", help="Doubt what it signed since then: an instant, or -6h.")
@REMARKS
@event_options
def revoke(making: Making, revoked: str, reason: str, compromised_since: str | None, remarks: str | None) -> None:
    """Revoke a key (key:… or a key file): signed by another key of its party, or by its authority."""
    with bench(making) as here:
        here.finish(
            {
                "type": "key-revocation/1", "key": _subject(revoked), "reason": reason,
                "compromised_since": instant_text(compromised_since, base=here.now), "remarks": remarks,
            }
        )  # fmt: skip


def _subject(text: str) -> str:
    if text.startswith("key:"):
        return text
    return key_subject(parse_public_key(bytes.fromhex(str(desk.key_card(Path(text))["public"]))).thumbprint)


@command.command(
    "endorse",
    epilog=example("lotchain key endorse road/acceptance.cose --ledger ./ledger --key office.key"),
)
@click.argument("statement")
@click.option("--of", "lost", metavar="KEY", help="The revoked key, when STATEMENT is an id and no file.")
@event_options
def endorse(making: Making, statement: str, lost: str | None) -> None:
    """Stand behind a statement that a lost key had signed honestly: by another key of the party, or its authority."""
    if is_id(statement):
        if lost is None:
            raise UsageError(
                "key-needed", "an id does not tell whose it is", expected="--of KEY, or the statement's file"
            )
        endorsed, subject = statement, _subject(lost)
    else:
        read = parse_statement(statement_bytes(statement))
        endorsed, subject = read.hex_id, key_subject(read.kid)
    with bench(making) as here:
        here.finish({"type": "endorsement/1", "subject": subject, "endorses": endorsed})
