"""`lotchain ledger publish`: with or without witnesses that are asked first."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from lotchain.app.attesting import attest
from lotchain.app.folder import Folder
from lotchain.app.gathering import Heard, gatherer_of, publish_with_witnesses
from lotchain.app.mirror_following import ended_by_signals
from lotchain.app.wiring import open_ledger
from lotchain.app.witness_list import WitnessList, read_witness_list, stated_list
from lotchain.cli.options import example, json_option, ledger_option, ledger_passphrase_option, maybe_passphrase
from lotchain.cli.progress import working
from lotchain.cli.terminal import emit, plain
from lotchain.errors import StoreError, UsageError
from lotchain.ledger.ledger import Ledger

wait_option = click.option(
    "--wait", default=10.0, show_default=True, type=click.FloatRange(0, 600), help="Seconds for all of them."
)
local_witnesses_option = click.option(
    "--local-witnesses", is_flag=True, envvar="LOTCHAIN_LOCAL_WITNESSES", show_envvar=True,
    help="Witnesses may be on this machine or in a private network, over plain http, too.",
)  # fmt: skip


@click.command(
    "publish",
    epilog=example(
        "lotchain ledger publish --ledger ./ledger",
        "lotchain ledger publish --ledger ./ledger --witness https://w1.example/ --witness https://w2.example/ \\",
        "  --quorum 1",
        "lotchain ledger publish --ledger ./ledger --mirror https://mx.witness.example/ --every 1",
    ),
)
@ledger_option()
@click.option("--witness", "urls", multiple=True, metavar="URL", help="Ask this witness first. Repeat.")
@click.option("--quorum", type=click.IntRange(0), help="How many of them it takes; default all. Only with --witness.")
@click.option("--mirror", "mirrors", multiple=True, metavar="URL", help="Ask this mirror once it is published. Repeat.")
@click.option("--every", type=click.FloatRange(0.05, 3600), metavar="SECONDS", help="Go on until told to end.")
@wait_option
@click.option("--anyway", is_flag=True, help="Publish although the quorum is missing, with what came.")
@local_witnesses_option
@ledger_passphrase_option
@json_option
def publish(
    ledger: Path, urls: tuple[str, ...], quorum: int | None, mirrors: tuple[str, ...], every: float | None, wait: float,
    anyway: bool, local_witnesses: bool, ledger_passphrase_file: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Publish the newest checkpoint, for bundles to stand under; where witnesses are named, have it cosigned first.

    Witnesses are named by --witness, or by the file witnesses.policy in the ledger's folder (C2SP tlog-policy: lines
    `witness NAME VKEY URL`, `group …`, `quorum NAME`). Until their quorum stands, nothing is published (exit code 1),
    and what was published before stays; appends wait for nobody. Auditing mirrors (lotchain mirror) replay what is
    published, and are asked after that. With --every, one JSON document a round, a line each.
    """
    configuration = Folder(ledger).read()
    if quorum is not None and not urls:
        raise UsageError("usage", "--quorum goes with --witness; witnesses.policy states its own")
    listed = stated_list(urls, quorum, configuration) if urls else read_witness_list(ledger, configuration)
    asked = stated_list(mirrors, None, configuration) if mirrors else None
    opened = open_ledger(ledger, passphrase=maybe_passphrase(ledger_passphrase_file))
    publisher = Publisher(opened, listed, asked, wait, anyway=anyway, local=local_witnesses)
    try:
        if every is not None:
            publisher.go_on(every, as_json=as_json)
            return
        shown = publisher.round()
    finally:
        opened.close()
    emit(shown, published_lines(shown), as_json=as_json)
    if not shown["published"]:
        raise click.exceptions.Exit(1)


class Publisher:
    """Publishes, and has cosigned, once or again and again; `round` gives what `published_lines` says in words."""

    def __init__(
        self, opened: Ledger, listed: WitnessList | None, mirrors: WitnessList | None, wait: float, *, anyway: bool,
        local: bool,
    ) -> None:  # fmt: skip
        self._opened = opened
        self._anyway = anyway
        self._witnesses = gatherer_of(listed, wait_s=wait, local=local) if listed is not None and listed.asked else None
        self._mirrors = gatherer_of(mirrors, wait_s=wait, local=local) if mirrors is not None else None

    def round(self) -> dict[str, Any]:
        """Once; what came of it."""
        reader = self._opened.reader
        note: bytes | None
        heard: list[Heard] = []
        if self._witnesses is None:
            note = self._opened.publish()
        else:
            with working("asking witnesses"):
                note, gathered = publish_with_witnesses(
                    self._opened, self._witnesses, reader.consistency, anyway=self._anyway
                )
            heard += gathered.heard
        if self._mirrors is not None and note is not None:
            with working("asking mirrors"):
                heard += attest(self._opened, self._mirrors, reader.consistency).heard
            _, note = reader.published()
        return _shown(self._opened, note, heard)

    def go_on(self, every: float, *, as_json: bool) -> None:
        """Until SIGINT or SIGTERM; a line whenever something changed."""
        said: Any = None
        with ended_by_signals() as ended:
            while not ended.is_set():
                try:
                    shown = self.round()
                except StoreError as fault:
                    if fault.code != "store-busy":
                        raise
                    shown = {"published": False, "error": fault.as_json()}
                news = [shown.get("size"), [(each["witness"], each["code"]) for each in shown.get("witnesses", ())]]
                if news != said or as_json:
                    words = "\n".join(plain(line) for line in published_lines(shown))
                    click.echo(json.dumps(shown) if as_json else words)
                    sys.stdout.flush()
                said = news
                ended.wait(every)


def _shown(opened: Ledger, note: bytes | None, heard: list[Heard]) -> dict[str, Any]:
    shown: dict[str, Any] = {"published": note is not None}
    if note is not None:
        checkpoint, _ = opened.reader.published()
        shown |= {"size": checkpoint.size, "root": checkpoint.root.hex(), "note": note.decode("utf-8")}
    if heard:
        shown["witnesses"] = [{"witness": each.witness, "code": each.code, "found": each.found} for each in heard]
    return shown


def published_lines(shown: dict[str, Any]) -> list[str]:
    """What came of one round, in words."""
    if shown["published"]:
        lines = [f"published {shown['size']} entries, root {shown['root']}"]
    else:
        lines = ["not published: the quorum is missing; what was published before stands, and appends go on"]
    for each in shown.get("witnesses", ()):
        lines.append(f"  {each['witness']}: {each['code']}{': ' + each['found'] if each['found'] else ''}")
    return lines
