"""`lotchain checkpoint …`: whether two signed checkpoints of one log can both be true."""

from __future__ import annotations

from pathlib import Path

import click

from lotchain.app.views import compare_checkpoints
from lotchain.cli.files import read_file, write_new
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.terminal import coloured, emit_json, paragraph, rows
from lotchain.verify.compare import CANNOT_TELL, EXCLUSIVE, Comparison
from lotchain.verify.evidence import encode_evidence
from lotchain.verify.policy import parse_policy
from lotchain.verify.policy_text import MAX_POLICY

_COLOURS = {EXCLUSIVE: "red", CANNOT_TELL: "yellow"}


@click.group("checkpoint")
def command() -> None:
    """Signed checkpoints of a log, compared."""


@command.command(
    "compare",
    epilog=example(
        "lotchain checkpoint compare march.lotproof april.lotproof --policy border.policy",
        "lotchain checkpoint compare old-checkpoint ./tiles --policy border.policy --evidence fork.lotevidence",
    ),
)
@click.argument("one", metavar="A")
@click.argument("other", metavar="B")
@click.option("--policy", type=PATH, required=True, envvar="LOTCHAIN_POLICY", show_envvar=True, help="Whom you trust.")
@click.option("--evidence", "out", type=PATH, help="Write evidence (.lotevidence) of what excludes the other.")
@json_option
def compare(one: str, other: str, policy: Path, out: Path | None, as_json: bool) -> None:
    """Compare two checkpoints: the same, one the beginning of the other, or never both true.

    A and B are each a checkpoint or a bundle in a file, a ledger's folder, a folder of tiles (`export tiles`), or the
    address of a server. Only hashes are read; who holds an old bundle needs nothing else.

    Exit code 0 when they are consistent, 1 when they cannot both be true, 3 when it cannot be told from these alone.
    A wrong state, map or time is not seen here: for that the log is replayed (`audit`, `witness cosign`).
    """
    trusted = parse_policy(read_file(policy, most=MAX_POLICY, what="trust policy"))
    found = compare_checkpoints(one, other, trusted)
    written = None
    if out is not None and found.evidence is not None:
        write_new(out, encode_evidence(found.evidence), what="evidence")
        written = str(out)
    if as_json:
        emit_json({**found.as_json(), "file": written})
    else:
        click.echo("\n".join(_lines(found, written, wanted=out is not None)))
    raise click.exceptions.Exit(found.exit_code)


def _lines(found: Comparison, written: str | None, *, wanted: bool) -> list[str]:
    lines = [coloured(found.word, _COLOURS.get(found.word, "green")), *paragraph(f"{found.what}."), ""]
    lines += rows(found.facts, "  ")
    for said in found.beside:
        lines += ["", *paragraph(f"Beside that: {said}. Its word is worth nothing.")]
    if written is not None:
        lines += ["", *paragraph(f"Evidence kept in {written}: anybody can check it with `lotchain evidence check`.")]
    elif wanted:
        lines += ["", "No evidence was written: there is nothing to show."]
    return lines
