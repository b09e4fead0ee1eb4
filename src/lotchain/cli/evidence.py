"""`lotchain evidence …`: files that prove misbehaviour, checked and made."""

from __future__ import annotations

from pathlib import Path

import click

from lotchain.app.evidence import evidence_from_ledger, evidence_of_acts
from lotchain.cli.arguments import statement_bytes
from lotchain.cli.files import read_file, write_new
from lotchain.cli.findings import finding_lines
from lotchain.cli.options import PATH, example, json_option, ledger_option
from lotchain.cli.progress import bar
from lotchain.cli.terminal import coloured, emit, emit_json, paragraph, plain, rows
from lotchain.errors import Malformed, UsageError
from lotchain.verify.evidence import MAX_EVIDENCE, Act
from lotchain.verify.evidence_check import check_evidence
from lotchain.verify.evidence_signed import CANNOT_TELL, PROVED, Examined
from lotchain.verify.policy import parse_policy
from lotchain.verify.policy_text import MAX_POLICY

_COLOURS = {PROVED: "red", CANNOT_TELL: "yellow"}


@click.group("evidence")
def command() -> None:
    """Evidence (.lotevidence): one file that proves who did what, under a trust policy alone."""


@command.command("check", epilog=example("lotchain evidence check fork.lotevidence --policy border.policy"))
@click.argument("file", type=PATH)
@click.option("--policy", type=PATH, required=True, envvar="LOTCHAIN_POLICY", show_envvar=True, help="Whom you trust.")
@json_option
def check(file: Path, policy: Path, as_json: bool) -> None:
    """Say which misbehaviour of whom a file proves, and what it does not.

    Needs no network and no ledger. Exit code 0 when it proves what it says, 1 when it does not, 3 when this version of
    lotchain cannot tell; 2 when the file cannot be read.
    """
    trusted = parse_policy(read_file(policy, most=MAX_POLICY, what="trust policy"))
    found = check_evidence(read_file(file, most=MAX_EVIDENCE, what="evidence"), trusted)
    if as_json:
        emit_json({"file": str(file), **found.as_json()})
    else:
        click.echo("\n".join(_lines(found)))
    raise click.exceptions.Exit(found.exit_code)


def _lines(found: Examined) -> list[str]:
    lines = [f"{coloured(found.word, _COLOURS.get(found.word, 'green'))}  {plain(found.kind)}"]
    for guilt in found.proved:
        lines += paragraph(f"{guilt.who} {guilt.what}.", "  ")
    if found.fault is not None:
        fault = found.fault
        lines += paragraph(f"{fault.code}: {fault.what}.", "  ")
        lines += rows(
            ((label, text) for label, text in (("expected", fault.expected), ("found", fault.found)) if text), "  "
        )
        lines += paragraph(f"do: {fault.remedy}", "  ") if fault.remedy else []
    if found.facts:
        lines += ["", *rows(found.facts, "  ")]
    if found.not_proved:
        lines += ["", *paragraph(f"Not proved by it: {'; '.join(found.not_proved)}.")]
    return lines


@command.command(
    "make",
    epilog=example(
        "lotchain evidence make wrong-log.lotevidence --ledger ./mirror",
        "lotchain evidence make twice.lotevidence --act one.statement --act two.statement --ledger ./ledger",
        "lotchain evidence make offers.lotevidence --act one.statement+taken.statement \\",
        "  --act two.statement+taken-too.statement --ledger ./ledger",
    ),
)
@click.argument("out", type=PATH)
@ledger_option(required=False)
@click.option("--act", "acts", multiple=True, metavar="FILE[+REPLY]", help="An act, and an offer's acceptance. Twice.")
@click.option("--lot", help="The lot on which the acts exclude each other, when they share several.")
@click.option("--prev", type=PATH, help="The statement that both acts follow; default from --ledger.")
@click.option("--key", "keys", multiple=True, metavar="HEX", help="A signer's public key, as `key show` gives it.")
@json_option
def make(
    out: Path, ledger: Path | None, acts: tuple[str, ...], lot: str | None, prev: Path | None, keys: tuple[str, ...],
    as_json: bool,
) -> None:  # fmt: skip
    """Make evidence: of a log's first fault, or of two acts of one party that exclude each other.

    With --ledger alone the ledger (or a mirror's copy of one) is audited first. With --act twice it is about the party
    that signed both, whether they are on a ledger or not; --ledger then shows whose the keys are.
    """
    if acts:
        before = None if prev is None else statement_bytes(prev)
        one, other = _acts(acts)
        data = evidence_of_acts(one, other, lot=lot, prev=before, ledger=ledger, keys=_keys(keys))
        lines = ["two acts that exclude each other"]
        shown: dict[str, object] = {"kind": "double-dealing"}
    elif ledger is None:
        raise UsageError("evidence-input", "evidence of what", expected="--ledger DIR, or --act FILE twice")
    else:
        with bar("auditing") as told:
            made = evidence_from_ledger(ledger, progress=told)
        data, fault = made.data, made.fault
        lines = [f"the log's first fault, at entry {fault.index}", *finding_lines(fault.finding.as_json(), indent="  ")]
        shown = {"index": fault.index, **fault.finding.as_json()}
    write_new(out, data, what="evidence")
    lines += [f"kept in {out}, {len(data)} bytes: anybody can check it with `lotchain evidence check`"]
    emit({**shown, "file": str(out), "bytes": len(data)}, lines, as_json=as_json)


def _acts(texts: tuple[str, ...]) -> tuple[Act, Act]:
    if len(texts) != 2:
        raise UsageError("evidence-input", "two acts are compared", expected="--act FILE twice", found=len(texts))
    one, other = (_act(text) for text in texts)
    return one, other


def _act(text: str) -> Act:
    name, plus, reply = text.partition("+")
    return Act(statement_bytes(name), statement_bytes(reply) if plus else None)


def _keys(texts: tuple[str, ...]) -> tuple[bytes, ...]:
    try:
        return tuple(bytes.fromhex(text) for text in texts)
    except ValueError:
        raise Malformed("key-format", "a key is not hexadecimal", expected="a COSE key, hex", field="--key") from None
