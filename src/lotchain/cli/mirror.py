"""`lotchain mirror`: an auditing mirror of another's ledger: a whole copy, replayed before every cosignature."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from lotchain.app.mirror_folder import MirrorFolder, change_mirror, create_mirror, witness_keys_of
from lotchain.app.mirror_following import ended_by_signals, follow, follow_and_answer
from lotchain.app.mirror_rounds import IN_STEP, STOPPED, Round
from lotchain.app.mirror_stops import Stops
from lotchain.app.mirroring import Mirror, open_mirror
from lotchain.cli.files import read_file
from lotchain.cli.options import PATH, example, json_option, maybe_passphrase
from lotchain.cli.progress import bar
from lotchain.cli.serve import log_to_stderr
from lotchain.cli.terminal import coloured, emit, paragraph, plain, rows
from lotchain.core.instants import format_instant
from lotchain.core.notes import VerifierKey, parse_vkey
from lotchain.errors import UsageError
from lotchain.verify.policy import Policy, parse_policy

_MAX_POLICY = 1_000_000
_NOT_IN_STEP = 3
_QUIET_S = 60.0
_PROGRESS_S = 5.0
_COLOURS = {IN_STEP: "green", STOPPED: "red"}


@click.command(
    "mirror",
    epilog=example(
        "lotchain mirror ./mirror --from https://ledger.example/lots/ --policy border.policy \\",
        "  --name mx.witness.example --key mx.key --init       # makes it, prints its keys",
        "lotchain mirror ./mirror --listen 0.0.0.0:8090        # follows, answers publishers",
        "lotchain mirror ./mirror --once --json                # one round, for cron",
        "lotchain serve ./mirror",
    ),
)
@click.argument("folder", type=PATH)
@click.option("--from", "url", metavar="URL", help="Where the log is read: the base URL of `lotchain serve`.")
@click.option("--policy", "policy_file", type=PATH, help="The trust policy: the log's keys and charter.")
@click.option("--log-key", "log_keys", multiple=True, metavar="VKEY", help="The log's keys, in place of --policy.")
@click.option("--name", help="Of a new mirror: its name as a witness, such as mx.witness.example.")
@click.option("--mldsa", is_flag=True, help="Of a new mirror: cosign with an ML-DSA-44 key, too.")
@click.option("--key", "member_key", type=PATH, help="A key enrolled on the ledger, by which entries are asked for.")
@click.option("--key-passphrase-file", type=PATH, help="Holds the passphrase of --key, when it is protected.")
@click.option(
    "--passphrase-file", type=PATH, envvar="LOTCHAIN_PASSPHRASE_FILE", show_envvar=True,
    help="Holds the passphrase of the mirror's own keys.",
)  # fmt: skip
@click.option("--allow-http/--https-only", default=None, help="Plain http to another machine, in a protected network.")
@click.option("--listen", metavar="HOST:PORT", help="Answer publishers: add-checkpoint of C2SP tlog-witness.")
@click.option("--every", "every_s", type=click.FloatRange(0.05, 3600), default=1.0, show_default=True,
              metavar="SECONDS", help="Pause between rounds.")  # fmt: skip
@click.option("--once", is_flag=True, help="One round; exit code 0 in step, 1 stopped, 3 not in step.")
@click.option("--init", "only_init", is_flag=True, help="Make the mirror or change its settings, and end.")
@click.option("--catching-up", is_flag=True, help="Take batches that came late, after an outage; a person's decision.")
@click.option("--forget", is_flag=True, help="Go on after a stop; what was kept of it stays. A person's decision.")
@json_option
def command(folder: Path, url: str | None, policy_file: Path | None, log_keys: tuple[str, ...], name: str | None,
            mldsa: bool, member_key: Path | None, key_passphrase_file: Path | None, passphrase_file: Path | None,
            allow_http: bool | None, listen: str | None, every_s: float, once: bool, only_init: bool,
            catching_up: bool, forget: bool, as_json: bool) -> None:  # fmt: skip
    """Follow another's ledger: copy it, replay every statement, state and heads map, and cosign what is right.

    FOLDER becomes a ledger's folder without the log's private keys: it is served, audited, made bundles from, and can
    take the log over. Settings are kept in it; a later start needs none. The cosigning key says that everything was
    replayed: ledgers admit it (ledger admit-witness), policies list it as an auditor.

    A mirror that finds a fault keeps what proves it in FOLDER/evidence, and cosigns that log no more until --forget.
    With --json, one JSON document a round, a line each.
    """
    policy = parse_policy(read_file(policy_file, most=_MAX_POLICY, what="trust policy")) if policy_file else None
    passphrase = maybe_passphrase(passphrase_file)
    _settle(folder, url, policy, log_keys, name, member_key, passphrase=passphrase, mldsa=mldsa, allow_http=allow_http)
    if forget:
        _forget(folder, as_json=as_json)
    if only_init:
        _show(folder, as_json=as_json)
        return
    teller = _Teller(as_json=as_json, once=once)
    with bar("replaying") as drawn, open_mirror(
        folder, passphrase=passphrase, member_passphrase=maybe_passphrase(key_passphrase_file),
        progress=drawn if sys.stderr.isatty() else teller.progress,
    ) as mirror:  # fmt: skip
        done = _work(mirror, teller, listen, every_s, once=once, catching_up=catching_up)
    if done is not None and done.state == STOPPED:
        raise click.exceptions.Exit(1)
    if once and done is not None and done.state != IN_STEP:
        raise click.exceptions.Exit(_NOT_IN_STEP)


def _work(
    mirror: Mirror, teller: _Teller, listen: str | None, every_s: float, *, once: bool, catching_up: bool
) -> Round | None:
    if once:
        done = mirror.round(catching_up=catching_up)
        teller.tell(done)
        return done
    if listen is None:
        with ended_by_signals() as ended:
            return follow(mirror, teller.tell, ended, every_s=every_s, catching_up=catching_up)
    log_to_stderr(quiet=True)

    def started(url: str) -> None:
        teller.say({"url": url, "name": mirror.configuration.key.name}, f"answers publishers at {url}")

    address = _address(listen)
    return follow_and_answer(mirror, teller.tell, address, started, every_s=every_s, catching_up=catching_up)


def _settle(
    folder: Path, url: str | None, policy: Policy | None, log_keys: Sequence[str], name: str | None,
    member_key: Path | None, *, passphrase: str | None, mldsa: bool, allow_http: bool | None,
) -> None:  # fmt: skip
    """Make the mirror where there is none, else change what is said anew."""
    key = None if member_key is None else os.path.relpath(member_key.absolute(), folder.absolute())
    if MirrorFolder(folder).exists:
        if log_keys or name is not None or mldsa:
            raise UsageError(
                "mirror-exists",
                "the mirror is made already: its name, its keys and the log's first keys stay",
                found=str(folder),
                remedy="a newer --policy tells it the log's new keys; another mirror is made in another folder",
            )
        change_mirror(folder, url=url, policy=policy, member_key=key, allow_http=allow_http)
        return
    keys = policy.log_keys if policy is not None else tuple(parse_vkey(text) for text in log_keys)
    if url is None or name is None or not keys or (policy is not None and log_keys):
        raise UsageError(
            "mirror-needs",
            "a new mirror needs to know the log and its own name",
            expected="--from URL, --policy FILE or --log-key VKEY, --name NAME",
        )
    create_mirror(
        folder, url, name, keys, charter=policy.charter if policy is not None else None, member_key=key or "",
        witnesses=witness_keys_of(policy) if policy is not None else (), mldsa=mldsa, allow_http=bool(allow_http),
        passphrase=passphrase,
    )  # fmt: skip


def _forget(folder: Path, *, as_json: bool) -> None:
    stop = Stops(MirrorFolder(folder)).forget()
    if stop is None:
        raise UsageError("mirror-not-stopped", "this mirror has not stopped: there is nothing to forget")
    if not as_json:
        codes = ", ".join(objection.code for objection in stop.objections)
        click.echo(f"goes on after {plain(codes)}; what was kept stays in evidence/{plain(stop.folder)}", err=True)


def _show(folder: Path, *, as_json: bool) -> None:
    configuration, ledger = MirrorFolder(folder).read()
    shown = {
        "name": configuration.key.name,
        "keys": [key.encode() for key in configuration.keys],
        "from": configuration.url,
        "log": [key.encode() for key in ledger.present],
        "charter": None if configuration.charter is None else configuration.charter.hex(),
    }
    lines = rows([("from", configuration.url), *(("log", _short(key)) for key in ledger.present),
                  *(("key", key.encode()) for key in configuration.keys)])  # fmt: skip
    lines.append("have the ledger take it: ledger admit-witness; policies list it as an auditor")
    emit(shown, lines, as_json=as_json)


def _short(key: VerifierKey) -> str:
    return f"{key.name}, key id {key.key_id.hex()}"


def _address(text: str) -> tuple[str, int]:
    host, colon, port = text.rpartition(":")
    if not colon or not host or not (port.isascii() and port.isdecimal()) or int(port) > 65_535:
        raise UsageError("address-format", "this is no address to listen on", expected="HOST:PORT", found=text)
    return host.removeprefix("[").removesuffix("]"), int(port)


class _Teller:
    """Says what happens: a line whenever something changed, and one a minute that it is still at work."""

    def __init__(self, *, as_json: bool, once: bool) -> None:
        self._as_json = as_json
        self._once = once
        self._said: tuple[Any, ...] = ()
        self._when = 0.0

    def tell(self, done: Round) -> None:
        """One round."""
        now = time.monotonic()
        news = (done.state, done.size, done.published, [o.code for o in done.objections], done.missing)
        if not self._as_json and not self._once and news == self._said and now - self._when < _QUIET_S:
            return
        self._said, self._when = news, now
        self.say(done.as_json(), *round_lines(done))

    def progress(self, done: int, total: int) -> None:
        """How far taking entries is, now and then, where no bar is drawn."""
        now = time.monotonic()
        if self._when == 0.0:
            self._when = now
        if self._once or now - self._when < _PROGRESS_S:
            return
        self._when = now
        shown = {"state": "catching up", "size": done, "published": total, "behind": total - done}
        self.say(shown, f"catching up  {done:,} of {total:,} entries replayed, {total - done:,} behind")

    def say(self, shown: dict[str, Any], *lines: str) -> None:
        """One thing, as a line for machines or lines for people."""
        click.echo(json.dumps(shown, ensure_ascii=True) if self._as_json else "\n".join(lines))
        sys.stdout.flush()


def round_lines(done: Round) -> list[str]:
    """One round for people."""
    head = f"{format_instant(done.time)}  {coloured(done.state, _COLOURS.get(done.state, 'yellow'))}"
    if done.state == IN_STEP:
        told = f"{done.size:,} entries replayed" + (f", {done.taken:,} of them new" if done.taken else "")
        told += ", cosigned"
    else:
        told = f"{done.size:,} entries replayed"
        if done.behind:
            told += f", {done.behind:,} behind"
        if done.lag_s is not None:
            told += f", last in step {done.lag_s:,.0f} s ago"
    lines = [f"{head}  {told}"]
    for objection in done.objections:
        lines += paragraph(f"{objection.code}: {objection.what}", "  ")
        at = [("entry", str(objection.index))] if objection.index is not None else []
        pairs = [*at, ("expected", objection.expected), ("found", objection.found)]
        lines += rows([(label, text) for label, text in pairs if text], "    ")
    if done.stop is not None:
        lines += paragraph(
            f"nothing more of this log is cosigned. What was kept is in {done.evidence or 'no folder'}"
            + (f": {done.stop.evidence} proves it to others" if done.stop.evidence else "")
            + ". Look into it; then go on with --forget, or leave it stopped.", "  ",
        )  # fmt: skip
    if done.missing:
        count = len(done.missing)
        lines.append(
            f"  {count} adopted {'document is' if count == 1 else 'documents are'} missing: no bundle is whole"
        )
    return lines
