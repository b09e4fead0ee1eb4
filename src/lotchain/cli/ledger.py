"""`lotchain ledger …`: making a ledger, its status, publication, its witnesses and its trust policy."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from lotchain.app import desk
from lotchain.app.folder import Configuration, Folder, write_whole
from lotchain.app.founding import found_ledger
from lotchain.app.standing import Standing
from lotchain.app.wiring import open_reader
from lotchain.cli.answers import answer_json, answer_lines
from lotchain.cli.arguments import json_file, now_ms
from lotchain.cli.files import write_new
from lotchain.cli.ledger_keys import rotate_key
from lotchain.cli.ledger_publishing import publish
from lotchain.cli.options import (
    PATH,
    example,
    json_option,
    key_option,
    ledger_option,
    ledger_passphrase_option,
    maybe_passphrase,
    passphrase_of,
)
from lotchain.cli.terminal import emit, rows
from lotchain.core.checkpoints import open_checkpoint_by
from lotchain.core.cosignatures import verify_cosignature
from lotchain.core.instants import format_instant
from lotchain.core.notes import ED25519_NOTE, VerifierKey, parse_note, parse_vkey
from lotchain.errors import UsageError
from lotchain.ledger.reader import Reader
from lotchain.verify.policy_text import parse_policy


@click.group("ledger")
def command() -> None:
    """A ledger on this machine: make it, look after it, publish it."""


command.add_command(publish)
command.add_command(rotate_key)


@command.command(
    "init",
    epilog=example(
        "lotchain ledger init ./ledger --origin ledger.example/lots --threshold 2 \\",
        "  --founder cn.founder.json --founder mx.founder.json --key cn.key",
        'one machine: --authority "CN,party:CN-NMPA,Authority of China,cn.key" (repeat)',
    ),
)
@click.argument("folder", type=PATH)
@click.option("--origin", required=True, help="The log's name for ever, such as ledger.example/lots.")
@click.option("--founder", "founders", multiple=True, type=PATH, help="An entry made by `authority found`. Repeat.")
@click.option(
    "--authority", "authorities", multiple=True, metavar="COUNTRY,PARTY,ORGANISATION,KEYFILE",
    help="A founding authority whose key is on this machine. Repeat.",
)  # fmt: skip
@click.option("--threshold", type=int, required=True, help="How many founding authorities bind the ledger.")
@key_option()
@click.option("--no-mldsa", is_flag=True, help="No second, post-quantum signature on published checkpoints.")
@ledger_passphrase_option
@json_option
def init(
    folder: Path, origin: str, founders: tuple[Path, ...], authorities: tuple[str, ...], threshold: int,
    key: Path | None, passphrase_file: Path | None, no_mldsa: bool, ledger_passphrase_file: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Make a ledger whose first entry is its charter, signed by one founding authority's key.

    The others endorse it (`authority endorse`); until the threshold is reached, nothing else is accepted.
    """
    entries = [json_file(path, what="founding entry") for path in founders]
    split = [_authority(text) for text in authorities]
    for country, party, organisation, file in split:
        signer = desk.open_key(file, lambda: passphrase_of(passphrase_file))
        entry = desk.founding_entry(signer, country=country, party=party, organisation=organisation, origin=origin)
        entries.append(entry)
    signing_key = key if key is not None else (split[0][3] if split else None)
    if signing_key is None or not entries:
        raise UsageError(
            "founders-needed",
            "a charter has founding authorities, and one of them signs it",
            expected="--founder FILE … --key FILE, or --authority …",
        )
    signer = desk.open_key(signing_key, lambda: passphrase_of(passphrase_file))
    party = _party_of(entries, signer.public.cose.hex())
    now = now_ms()
    signed = desk.sign_event(
        signer, desk.charter_event(origin, threshold, entries, now), party=party, audience=origin, signed_at_ms=now
    )
    passphrase = maybe_passphrase(ledger_passphrase_file)
    ledger, answer = found_ledger(folder, origin, signed.raw, passphrase=passphrase, mldsa=not no_mldsa)
    shown: dict[str, Any] = answer_json(answer, "charter/1")
    lines = answer_lines(answer, "charter/1")
    if ledger is not None:
        shown |= {"audience": ledger.audience(), "log_key": ledger.key.encode(), "folder": str(folder)}
        lines += rows((("audience", ledger.audience()), ("log key", ledger.key.encode())), "          ")
        lines.append("          put keys/ and log.mark where backups of the folder do not take them along")
        ledger.close()
    emit(shown, lines, as_json=as_json)
    if ledger is None:
        raise click.exceptions.Exit(1)


def _authority(text: str) -> tuple[str, str, str, Path]:
    parts = text.split(",")
    if len(parts) < 4:
        raise UsageError(
            "authority-format", "this is not a founding authority",
            expected="COUNTRY,PARTY,ORGANISATION,KEYFILE", found=text,
        )  # fmt: skip
    return parts[0], parts[1], ",".join(parts[2:-1]), Path(parts[-1])


def _party_of(entries: list[Any], cose: str) -> str:
    for entry in entries:
        if isinstance(entry, dict) and entry.get("key") == cose and isinstance(entry.get("party"), str):
            return str(entry["party"])
    raise UsageError(
        "key-not-founding", "the signing key is none of the founding keys", expected="a key of one founding entry",
        remedy="sign with a key whose entry stands in the charter",
    )  # fmt: skip


@command.command("status", epilog=example("lotchain ledger status --ledger ./ledger"))
@ledger_option()
@json_option
def status(ledger: Path, as_json: bool) -> None:
    """Where a ledger stands: size, newest and published checkpoint, who cosigned it, what it holds."""
    configuration = Folder(ledger).read()
    reader = open_reader(ledger)
    try:
        shown = _status(reader, configuration)
    finally:
        reader.close()
    lines = rows((name.replace("_", " "), _told(value)) for name, value in shown.items() if value not in (None, {}))
    emit(shown, lines, as_json=as_json)


def _status(reader: Reader, configuration: Configuration) -> dict[str, Any]:
    standing = Standing(reader, configuration.origin)
    shown: dict[str, Any] = {
        "origin": configuration.origin,
        "audience": standing.audience(),
        "log_key": configuration.log_key.encode(),
        "size": reader.size(),
        "newest": None, "closed_at": None, "published": None, "cosigned_by": {}, "subjects": standing.counts(),
    }  # fmt: skip
    if not reader.size():
        return shown
    newest, _ = reader.newest()
    shown["newest"] = f"{newest.size}:{newest.root.hex()}"
    shown["closed_at"] = format_instant(reader.closing_of(newest.size - 1)[0].time)
    try:
        published, note = reader.published()
    except UsageError:
        return shown
    shown["published"] = f"{published.size}:{published.root.hex()}"
    shown["cosigned_by"] = _cosigned(note, configuration)
    return shown


def _cosigned(note: bytes, configuration: Configuration) -> dict[str, str]:
    """Whose cosignatures the published note bears, of the witnesses that the ledger takes; newest time each."""
    first = [key for key in configuration.known if key.kind == ED25519_NOTE]
    checkpoint, parsed = open_checkpoint_by(note, first)
    found: dict[str, str] = {}
    for key in configuration.witnesses:
        line = key.line_in(parse_note(note))
        time_s = None if line is None else verify_cosignature(key, line, checkpoint, parsed.text)
        if time_s:
            found[key.name] = format_instant(time_s * 1000)
    return found


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    return str(value)


@command.command(
    "admit-witness",
    epilog=example('lotchain ledger admit-witness --ledger ./ledger "mx.witness+…+…"'),
)
@click.argument("vkey", nargs=-1, required=True)
@ledger_option()
@json_option
def admit_witness(vkey: tuple[str, ...], ledger: Path, as_json: bool) -> None:
    """Take a witness's cosignatures from now on. VKEY as `witness show` prints it."""
    folder = Folder(ledger)
    configuration = folder.read()
    known = list(configuration.witnesses)
    known += [key for key in map(parse_vkey, vkey) if key not in known]
    text = replace(configuration, witnesses=tuple(known)).encode().encode("utf-8")
    write_whole(folder.config, text)
    emit({"witnesses": [key.encode() for key in known]}, [f"takes  {key.encode()}" for key in known], as_json=as_json)


@command.command(
    "policy",
    epilog=example(
        'lotchain ledger policy --ledger ./ledger --auditor "cn.witness+…" --auditor "mx.witness+…" \\',
        "  --max-age 30d --treaty not-demanded --out border.policy",
    ),
)
@ledger_option()
@click.option("--auditor", "auditors", multiple=True, metavar="[NAME=]VKEY", help="An auditing witness. Repeat.")
@click.option("--witness", "witnesses", multiple=True, metavar="[NAME=]VKEY", help="A plain witness. Repeat.")
@click.option("--audit-quorum", type=int, help="How many auditors it takes; default just over half.")
@click.option("--quorum", type=int, help="How many witnesses of all it takes; default the audit quorum.")
@click.option("--max-age", default="30d", show_default=True, help="How old an answer may be: 12h, 30d.")
@click.option(
    "--treaty", type=click.Choice(["required", "not-demanded"]), default="required", show_default=True,
    help="Whether the treaty answer counts.",
)  # fmt: skip
@click.option("--out", type=PATH, help="Write the policy here instead of printing it.")
@json_option
def policy(
    ledger: Path, auditors: tuple[str, ...], witnesses: tuple[str, ...], audit_quorum: int | None, quorum: int | None,
    max_age: str, treaty: str, out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Write a trust policy for inspectors. Whoever uses it checks the keys by another way than this ledger."""
    configuration = Folder(ledger).read()
    reader = open_reader(ledger)
    try:
        charter = reader.charter_id()
    finally:
        reader.close()
    if charter is None:
        raise UsageError("ledger-empty", "this ledger has no charter yet", remedy="submit its charter")
    audits, plain_ones = _named(auditors), _named(witnesses)
    text = policy_text(
        configuration, charter, audits, plain_ones, audit_quorum=audit_quorum, quorum=quorum, max_age=max_age,
        treaty=treaty,
    )  # fmt: skip
    if out is not None:
        write_new(out, text.encode("ascii"), what="trust policy")
    emit({"policy": text, "file": str(out) if out else None}, _policy_lines(text, out), as_json=as_json)


def _policy_lines(text: str, out: Path | None) -> list[str]:
    return text.splitlines() if out is None else [f"wrote {out}; check every key in it by another way"]


def _named(texts: tuple[str, ...]) -> dict[str, list[VerifierKey]]:
    """Keys by name: `NAME=VKEY`, or the key's own name; base64 may hold `=` too, but never before the first `+`."""
    found: dict[str, list[VerifierKey]] = {}
    for text in texts:
        head, equals, rest = text.partition("=")
        named = equals and "+" not in head
        key = parse_vkey(rest if named else text)
        found.setdefault(head if named else key.name, []).append(key)
    return found


def policy_text(
    configuration: Configuration, charter: bytes, auditors: dict[str, list[VerifierKey]],
    witnesses: dict[str, list[VerifierKey]], *, audit_quorum: int | None, quorum: int | None, max_age: str, treaty: str,
) -> str:  # fmt: skip
    """The policy's text, read back once, so that nothing is written that no verifier would read."""
    k = audit_quorum if audit_quorum is not None else (len(auditors) // 2 + 1 if auditors else 0)
    everybody = auditors | {name: keys for name, keys in witnesses.items() if name not in auditors}
    n = quorum if quorum is not None else k
    lines = ["lotchain-policy/v1", *(f"log {key.encode()}" for key in configuration.present)]
    lines += [f"witness {name} {key.encode()}" for name, keys in everybody.items() for key in keys]
    if everybody and n:
        lines.append(f"group all {n} {' '.join(everybody)}")
    lines.append(f"quorum {'all' if everybody and n else 'none'}")
    lines += [f"auditor {name}" for name in auditors]
    lines += [f"audit-quorum {k}", f"charter {charter.hex()}", f"max-age {max_age}", f"treaty {treaty}"]
    text = "\n".join(lines) + "\n"
    parse_policy(text.encode("utf-8"))
    return text
