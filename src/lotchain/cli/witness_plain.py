"""`lotchain witness …` for plain witnesses: made, given logs to watch, served over HTTP, their keys changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from lotchain.app import witness_plain, witnessing
from lotchain.app.folder import Folder
from lotchain.app.witness_plain import PlainConfiguration
from lotchain.app.witnessing import CONFIG as AUDITOR
from lotchain.cli.options import PATH, example, json_option, ledger_option, maybe_passphrase
from lotchain.cli.serve import log_to_stderr
from lotchain.cli.terminal import emit, rows
from lotchain.core.notes import parse_vkey
from lotchain.errors import UsageError

PASSPHRASE = click.option(
    "--passphrase-file", type=PATH, envvar="LOTCHAIN_PASSPHRASE_FILE", show_envvar=True,
    help="Holds the passphrase of the witness's own keys.",
)  # fmt: skip


@click.command(
    "init-plain",
    epilog=example(
        "lotchain witness init-plain ./w1 --name w1.witness.example",
        "lotchain witness watch-log ./w1 --ledger ./ledger",
        "lotchain witness serve ./w1 --port 8090",
    ),
)
@click.argument("folder", type=PATH)
@click.option("--name", required=True, help="The witness's name, such as w1.witness.example.")
@click.option("--ed25519/--no-ed25519", default=True, show_default=True, help="Cosign with an Ed25519 key.")
@click.option("--mldsa/--no-mldsa", default=True, show_default=True, help="Cosign with an ML-DSA-44 key.")
@PASSPHRASE
@json_option
def init_plain(
    folder: Path, name: str, ed25519: bool, mldsa: bool, passphrase_file: Path | None, as_json: bool
) -> None:
    """Make a plain witness: it cosigns what only grew, of any number of logs, and judges nothing.

    Its keys are its own: an auditing witness has others.
    """
    made = witness_plain.create_plain_witness(
        folder, name, ed25519=ed25519, mldsa=mldsa, passphrase=maybe_passphrase(passphrase_file)
    )
    _tell(made, as_json=as_json)


@click.command(
    "watch-log",
    epilog=example(
        "lotchain witness watch-log ./w1 --ledger ./ledger",
        'lotchain witness watch-log ./w1 --log-key "ledger.example/lots+…" --log-key "ledger.example/lots+…"',
    ),
)
@click.argument("folder", type=PATH)
@ledger_option(required=False)
@click.option("--log-key", "log_keys", multiple=True, metavar="VKEY", help="A key of the log. Repeat.")
@click.option("--only", is_flag=True, help="Forget the log's other keys, as when it has retired one.")
@json_option
def watch_log(folder: Path, ledger: Path | None, log_keys: tuple[str, ...], only: bool, as_json: bool) -> None:
    """Have a plain witness watch one more log; or a witness know more keys of its log, while that changes them.

    A running service is started anew for it.
    """
    if (ledger is None) == (not log_keys):
        raise UsageError("log-key-needed", "a log is known by its keys", expected="--ledger DIR, or --log-key VKEY")
    keys = [parse_vkey(text) for text in log_keys] if ledger is None else list(Folder(ledger).read().present)
    if (folder / AUDITOR).exists():
        known = witnessing.know_log_keys(folder, keys, only=only).log_keys
        emit({"log_keys": [key.encode() for key in known]}, rows(("log key", key.encode()) for key in known),
             as_json=as_json)  # fmt: skip
        return
    _tell(witness_plain.watch_log(folder, keys, only=only), as_json=as_json)


@click.command(
    "rotate-key",
    epilog=example("lotchain witness rotate-key ./w1", "lotchain witness rotate-key ./w1 --retire-old"),
)
@click.argument("folder", type=PATH)
@click.option("--retire-old", is_flag=True, help="Cosign with the new keys alone.")
@PASSPHRASE
@json_option
def rotate_key(folder: Path, retire_old: bool, passphrase_file: Path | None, as_json: bool) -> None:
    """Give a witness new keys, under its name and with its memory; the old ones cosign, too, until --retire-old.

    Ledgers admit the new keys, and policies list them under the same name, before the old ones retire. A running
    service is started anew for it.
    """
    if (folder / AUDITOR).exists():
        _rotate_auditor(folder, retire_old, maybe_passphrase(passphrase_file), as_json=as_json)
        return
    if retire_old:
        witness_plain.retire_plain_keys(folder)
    else:
        witness_plain.rotate_plain_keys(folder, passphrase=maybe_passphrase(passphrase_file))
    _tell(witness_plain.read_plain_witness(folder), as_json=as_json)


@click.command(
    "serve",
    epilog=example("lotchain witness serve ./w1", "lotchain witness serve ./w1 --host 0.0.0.0 --port 8090"),
)
@click.argument("folder", type=PATH)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8090, show_default=True, type=click.IntRange(0, 65_535), help="0 takes a free one.")
@click.option("--quiet", is_flag=True, help="No line for each request.")
@PASSPHRASE
@json_option
def serve(folder: Path, host: str, port: int, quiet: bool, passphrase_file: Path | None, as_json: bool) -> None:
    """Serve a plain witness over HTTP, as C2SP tlog-witness names things, until interrupted.

    POST /add-checkpoint cosigns; GET /<SHA-256 of a log's origin>/checkpoint shows the latest one. Several processes
    may serve one folder.
    """
    log_to_stderr(quiet=quiet)

    def started(url: str, configuration: PlainConfiguration) -> None:
        shown = {"url": url, "name": configuration.name, "logs": list(configuration.logs)}
        emit(shown, [f"{configuration.name} cosigns {', '.join(configuration.logs)} at {url}"], as_json=as_json)
        sys.stdout.flush()

    passphrase = maybe_passphrase(passphrase_file)
    witness_plain.serve_plain_witness(folder, started, host=host, port=port, passphrase=passphrase)


def _rotate_auditor(folder: Path, retire_old: bool, passphrase: str | None, *, as_json: bool) -> None:
    if retire_old:
        witnessing.retire_auditor_keys(folder)
    else:
        witnessing.rotate_auditor_keys(folder, passphrase=passphrase)
    now = witnessing.read_auditor(folder)
    present = [key.encode() for key in (now.key, now.mldsa_key) if key is not None]
    retiring = [key.encode() for key in now.retiring]
    lines = rows([*(("key", text) for text in present), *(("retiring", text) for text in retiring)])
    emit({"name": now.key.name, "keys": present, "retiring": retiring}, lines, as_json=as_json)


def shown(configuration: PlainConfiguration) -> dict[str, Any]:
    """A plain witness's public face, for machines."""
    return {
        "name": configuration.name,
        "keys": [key.encode() for key in configuration.keys],
        "retiring": [key.encode() for key in configuration.retiring],
        "logs": {origin: [key.encode() for key in keys] for origin, keys in configuration.logs.items()},
    }


def _tell(configuration: PlainConfiguration, *, as_json: bool) -> None:
    lines = rows(
        [
            *(("key", key.encode()) for key in configuration.keys),
            *(("retiring", key.encode()) for key in configuration.retiring),
            *(("watches", f"{origin} ({len(keys)} keys)") for origin, keys in configuration.logs.items()),
        ]
    )
    emit(shown(configuration), lines, as_json=as_json)
