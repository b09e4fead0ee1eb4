"""`lotchain ledger publish`: with or without witnesses that are asked first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lotchain.app.folder import Folder
from lotchain.app.gathering import Gathered, gatherer_of, publish_with_witnesses
from lotchain.app.wiring import open_ledger
from lotchain.app.witness_list import WitnessList, read_witness_list, stated_list
from lotchain.cli.options import example, json_option, ledger_option, ledger_passphrase_option, maybe_passphrase
from lotchain.cli.progress import working
from lotchain.cli.terminal import emit
from lotchain.errors import UsageError
from lotchain.ledger.ledger import Ledger


@click.command(
    "publish",
    epilog=example(
        "lotchain ledger publish --ledger ./ledger",
        "lotchain ledger publish --ledger ./ledger --witness https://w1.example/ --witness https://w2.example/ \\",
        "  --quorum 1",
    ),
)
@ledger_option()
@click.option("--witness", "urls", multiple=True, metavar="URL", help="Ask this witness first. Repeat.")
@click.option("--quorum", type=click.IntRange(0), help="How many of them it takes; default all. Only with --witness.")
@click.option("--wait", default=10.0, show_default=True, type=click.FloatRange(0, 600), help="Seconds for all of them.")
@click.option("--anyway", is_flag=True, help="Publish although the quorum is missing, with what came.")
@click.option(
    "--local-witnesses", is_flag=True, envvar="LOTCHAIN_LOCAL_WITNESSES", show_envvar=True,
    help="Witnesses may be on this machine or in a private network, over plain http, too.",
)  # fmt: skip
@ledger_passphrase_option
@json_option
def publish(
    ledger: Path, urls: tuple[str, ...], quorum: int | None, wait: float, anyway: bool, local_witnesses: bool,
    ledger_passphrase_file: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Publish the newest checkpoint, for bundles to stand under; where witnesses are named, have it cosigned first.

    Witnesses are named by --witness, or by the file witnesses.policy in the ledger's folder (C2SP tlog-policy: lines
    `witness NAME VKEY URL`, `group …`, `quorum NAME`). Until their quorum stands, nothing is published (exit code 1),
    and what was published before stays; appends wait for nobody. Auditing witnesses cosign what is published.
    """
    configuration = Folder(ledger).read()
    if quorum is not None and not urls:
        raise UsageError("usage", "--quorum goes with --witness; witnesses.policy states its own")
    listed = stated_list(urls, quorum, configuration) if urls else read_witness_list(ledger, configuration)
    opened = open_ledger(ledger, passphrase=maybe_passphrase(ledger_passphrase_file))
    try:
        note, gathered = _published(opened, listed, wait, anyway=anyway, local=local_witnesses)
        shown = _shown(opened, note, gathered)
    finally:
        opened.close()
    emit(shown, _lines(shown), as_json=as_json)
    if note is None:
        raise click.exceptions.Exit(1)


def _published(
    opened: Ledger, listed: WitnessList | None, wait: float, *, anyway: bool, local: bool
) -> tuple[bytes | None, Gathered | None]:
    if listed is None or not listed.asked:
        return opened.publish(), None
    gatherer = gatherer_of(listed, wait_s=wait, local=local)
    with working("asking witnesses"):
        return publish_with_witnesses(opened, gatherer, opened.reader.consistency, anyway=anyway)


def _shown(opened: Ledger, note: bytes | None, gathered: Gathered | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"published": note is not None}
    if note is not None:
        checkpoint, _ = opened.reader.published()
        shown |= {"size": checkpoint.size, "root": checkpoint.root.hex(), "note": note.decode("utf-8")}
    if gathered is not None:
        heard = gathered.heard
        shown["witnesses"] = [{"witness": each.witness, "code": each.code, "found": each.found} for each in heard]
    return shown


def _lines(shown: dict[str, Any]) -> list[str]:
    if shown["published"]:
        lines = [f"published {shown['size']} entries, root {shown['root']}"]
    else:
        lines = ["not published: the quorum is missing; what was published before stands, and appends go on"]
    for each in shown.get("witnesses", ()):
        lines.append(f"  {each['witness']}: {each['code']}{': ' + each['found'] if each['found'] else ''}")
    return lines
