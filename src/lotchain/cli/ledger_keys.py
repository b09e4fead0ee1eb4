"""`lotchain ledger rotate-key`: a log's new key in the same tree."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lotchain.app import rotating
from lotchain.app.folder import Configuration, Folder
from lotchain.app.witness_list import read_witness_list
from lotchain.cli.ledger_publishing import Publisher, local_witnesses_option, published_lines, wait_option
from lotchain.cli.options import example, json_option, ledger_option, ledger_passphrase_option, maybe_passphrase
from lotchain.cli.terminal import emit
from lotchain.core.notes import VerifierKey, parse_vkey
from lotchain.errors import UsageError
from lotchain.ledger.ledger import Ledger


@click.command(
    "rotate-key",
    epilog=example(
        "lotchain ledger rotate-key --ledger ./ledger --prepare",
        'lotchain authority list-log-keys "OLD…" "NEW…" --reason planned --ledger ./ledger --key cn.key',
        'lotchain ledger rotate-key --ledger ./ledger --begin "NEW…"',
        "lotchain ledger rotate-key --ledger ./ledger --retire-old",
    ),
)
@ledger_option()
@click.option("--prepare", is_flag=True, help="Make new key files; print the public keys. They do not sign yet.")
@click.option("--begin", "keys", multiple=True, metavar="VKEY", help="Sign with this prepared key, too. Repeat.")
@click.option("--retire-old", is_flag=True, help="Sign with the new keys alone. With --begin: at once.")
@click.option("--mldsa/--no-mldsa", default=None, help="With --prepare: an ML-DSA-44 key, too; default as now.")
@wait_option
@local_witnesses_option
@ledger_passphrase_option
@json_option
def rotate_key(
    ledger: Path, prepare: bool, keys: tuple[str, ...], retire_old: bool, mldsa: bool | None, wait: float,
    local_witnesses: bool, ledger_passphrase_file: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Change the log's keys, in the same tree: prepare, have the authorities list them, begin, retire the old ones.

    Without an option: which keys sign. Inspectors need a policy that lists the new key before the old one retires, and
    witnesses the new key, too. Where witnesses.policy names witnesses, they are asked as by `ledger publish`: without
    their quorum the keys change, nothing new is published yet (exit code 1), and the next publication makes it good.
    A checkpoint that has its quorum keeps it: whether witnesses know the new key alone shows at the next entry.
    """
    passphrase = maybe_passphrase(ledger_passphrase_file)
    if prepare and (keys or retire_old):
        raise UsageError("usage", "--prepare stands alone: the authorities list the new keys before --begin")
    if prepare:
        made = rotating.prepare(ledger, mldsa=mldsa, passphrase=passphrase)
        shown: dict[str, Any] = {"prepared": [key.encode() for key in made]}
        told = [*shown["prepared"], "have the founding authorities list them, then --begin with each"]
        emit(shown, told, as_json=as_json)
        return
    done: dict[str, Any] = {}

    def publish(opened: Ledger, configuration: Configuration) -> bytes | None:
        listed = read_witness_list(ledger, configuration)
        done.update(Publisher(opened, listed, None, wait, anyway=False, local=local_witnesses).round())
        return done["note"].encode("utf-8") if done["published"] else None

    if keys or retire_old:
        read_witness_list(ledger, Folder(ledger).read())  # one that cannot be read stops this before the keys change
    if keys:
        chosen = [parse_vkey(text) for text in keys]
        rotating.begin(ledger, chosen, alone=retire_old, passphrase=passphrase, publish=publish)
    elif retire_old:
        rotating.retire(ledger, passphrase=passphrase, publish=publish)
    standing = rotating.keys_of(ledger)
    published = {"publication": done} if done else {}
    emit(_json(standing) | published, [*_lines(standing), *(published_lines(done) if done else ())], as_json=as_json)
    if done and not done["published"]:
        raise click.exceptions.Exit(1)


def _json(standing: rotating.LogKeys) -> dict[str, Any]:
    groups = {"signs": standing.present, "retiring": standing.retiring, "former": standing.former}
    return {
        **{name: [key.encode() for key in keys] for name, keys in groups.items()},
        "listed": [key.encode() for key in _all(standing) if key.digest in standing.listed],
        "list_in_force": bool(standing.listed),
    }


def _lines(standing: rotating.LogKeys) -> list[str]:
    lines = []
    for word, keys in (("signs", standing.present), ("retiring", standing.retiring), ("former", standing.former)):
        for key in keys:
            off = "" if not standing.listed or key.digest in standing.listed else "  (not listed by the authorities)"
            lines.append(f"{word:<10}{key.encode()}{off}")
    if not standing.listed:
        lines.append("the founding authorities have listed no keys on this ledger yet")
    if standing.former:
        lines.append("the files of former keys can be destroyed: keys/ in the ledger's folder")
    return lines


def _all(standing: rotating.LogKeys) -> tuple[VerifierKey, ...]:
    return (*standing.present, *standing.retiring, *standing.former)
