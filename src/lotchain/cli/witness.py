"""`lotchain witness …`: auditing witnesses, which replay a ledger before they cosign, and plain ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lotchain.app.cosigning import Visit, visit, witness_keys
from lotchain.app.folder import Folder
from lotchain.app.witness_plain import CONFIG, read_plain_witness
from lotchain.app.witnessing import create_witness
from lotchain.cli import witness_plain
from lotchain.cli.options import PATH, example, json_option, ledger_option, ledger_passphrase_option, maybe_passphrase
from lotchain.cli.progress import working
from lotchain.cli.terminal import emit, rows
from lotchain.core.instants import format_instant
from lotchain.core.notes import VerifierKey, parse_vkey
from lotchain.errors import UsageError

PASSPHRASE = click.option(
    "--passphrase-file", type=PATH, envvar="LOTCHAIN_PASSPHRASE_FILE", show_envvar=True,
    help="Holds the passphrase of the witness's own keys.",
)  # fmt: skip


@click.group("witness")
def command() -> None:
    """Witnesses: auditing ones, with a copy of a ledger that is replayed before every cosignature, and plain ones.

    A plain witness says only that a log grew: `init-plain`, `watch-log`, `serve`, `rotate-key`.
    """


for _plain in (witness_plain.init_plain, witness_plain.watch_log, witness_plain.serve, witness_plain.rotate_key):
    command.add_command(_plain)


@command.command(
    "init",
    epilog=example(
        "lotchain witness init ./witness --name mx.witness.example --ledger ./ledger",
        'lotchain witness init ./witness --name mx.witness.example --log-key "ledger.example/lots+…"',
    ),
)
@click.argument("folder", type=PATH)
@click.option("--name", required=True, help="The witness's name, such as mx.witness.example.")
@ledger_option(required=False)
@click.option("--log-key", "log_keys", multiple=True, metavar="VKEY", help="The log's keys, when there is no --ledger.")
@click.option("--mldsa", is_flag=True, help="Cosign with an ML-DSA-44 key, too.")
@PASSPHRASE
@json_option
def init(
    folder: Path, name: str, ledger: Path | None, log_keys: tuple[str, ...], mldsa: bool, passphrase_file: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Make a witness of one log, in a folder of its own."""
    key, second = _log_keys(ledger, log_keys)
    passphrase = maybe_passphrase(passphrase_file)
    create_witness(folder, name, log_key=key, log_mldsa_key=second, mldsa=mldsa, passphrase=passphrase).close()
    shown = _keys(folder, passphrase)
    lines = [*rows(("key", text) for text in shown["keys"]), "have the ledger take it: ledger admit-witness"]
    emit(shown, lines, as_json=as_json)


def _log_keys(ledger: Path | None, texts: tuple[str, ...]) -> tuple[VerifierKey, VerifierKey | None]:
    if texts:
        keys = sorted((parse_vkey(text) for text in texts), key=lambda key: key.kind)
        return keys[0], keys[1] if len(keys) > 1 else None
    if ledger is None:
        raise UsageError("log-key-needed", "a witness watches one log", expected="--ledger DIR, or --log-key VKEY")
    configuration = Folder(ledger).read()
    return configuration.log_key, configuration.mldsa_key


def _keys(folder: Path, passphrase: str | None) -> dict[str, Any]:
    keys = witness_keys(folder, passphrase=passphrase)
    return {"name": keys[0].name, "keys": [key.encode() for key in keys]}


@command.command("show", epilog=example("lotchain witness show ./witness"))
@click.argument("folder", type=PATH)
@PASSPHRASE
@json_option
def show(folder: Path, passphrase_file: Path | None, as_json: bool) -> None:
    """Print a witness's public keys, for ledgers and trust policies."""
    if (folder / CONFIG).exists():
        plain = witness_plain.shown(read_plain_witness(folder))
        emit(plain, [*plain["keys"], *plain["retiring"]], as_json=as_json)
        return
    shown = _keys(folder, maybe_passphrase(passphrase_file))
    emit(shown, shown["keys"], as_json=as_json)


@command.command("cosign", epilog=example("lotchain witness cosign ./witness --ledger ./ledger"))
@click.argument("folder", type=PATH)
@ledger_option()
@click.option("--catching-up", is_flag=True, help="Take batches that came late, after an outage; a person's decision.")
@PASSPHRASE
@ledger_passphrase_option
@json_option
def cosign(
    folder: Path, ledger: Path, catching_up: bool, passphrase_file: Path | None, ledger_passphrase_file: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Replay what is new in the published ledger, cosign it, and put the cosignature on it. Exit code 1: declined."""
    with working("replaying"):
        done = visit(
            folder,
            ledger,
            passphrase=maybe_passphrase(passphrase_file),
            ledger_passphrase=maybe_passphrase(ledger_passphrase_file),
            catching_up=catching_up,
        )
    if done.objections:
        _decline(done, as_json=as_json)
        raise click.exceptions.Exit(1)
    when = format_instant(done.time_s * 1000)
    emit({"cosigned": True, "size": done.size, "time": when}, [f"cosigned {done.size} entries at {when}"],
         as_json=as_json)  # fmt: skip


def _decline(done: Visit, *, as_json: bool) -> None:
    objections = [
        {"code": o.code, "what": o.what, "index": o.index, "expected": o.expected, "found": o.found}
        for o in done.objections
    ]
    lines = ["declined: the checkpoint was not cosigned; keep it, it may be evidence"]
    for objection in objections:
        lines.append(f"  {objection['code']}: {objection['what']}")
        told = (name for name in ("index", "expected", "found") if objection[name] not in (None, ""))
        lines += [f"    {name}: {objection[name]}" for name in told]
    shown = {"cosigned": False, "objections": objections, "note": done.note.decode("utf-8", "replace")}
    emit(shown, lines, as_json=as_json)
