"""`lotchain export proof` and `lotchain export consistency`: evidence for other people's tools, made and checked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lotchain.app.proof_export import (
    KINDS,
    Checked,
    Exported,
    check_consistency_of,
    check_proof,
    export_consistency,
    export_proof,
)
from lotchain.cli.arguments import statement_id
from lotchain.cli.files import read_file, write_new
from lotchain.cli.options import PATH, example, json_option, ledger_passphrase_option, maybe_passphrase
from lotchain.cli.terminal import emit, rows
from lotchain.core.cose_receipts import MAX_RECEIPT, MAX_TRANSPARENT
from lotchain.core.instants import format_instant
from lotchain.core.tlog_proof import MAX_TLOG_PROOF
from lotchain.errors import Malformed, UsageError

_LIMIT = {"tlog-proof": MAX_TLOG_PROOF, "cose-receipt": MAX_RECEIPT, "scitt": MAX_TRANSPARENT}
_SAYS = {
    "tlog-proof": (
        "the statement stands at that index of the published log, whose size and root the log signed; who cosigned it, "
        "and when",
        "that the statement holds, that nothing came after it, or anything about a lot: that takes a bundle",
    ),
    "cose-receipt": (
        "the statement is in a tree whose root the log signed",
        "its index, the tree's size, or a time: no signature covers them; nor that witnesses saw that tree",
    ),
    "scitt": (
        "what the receipt in it proves: the statement is in a tree whose root the log signed",
        "index, size or time. A derived file: the ledger stores and takes the statement without its receipt",
    ),
    "consistency": (
        "the tree whose root the log signed begins with the older one",
        "anything to whoever does not have the older root from elsewhere; nor the sizes, which no signature covers",
    ),
}

_DOES_NOT_HOLD = frozenset(
    {
        "checkpoint-origin", "checkpoint-signature", "consistency-invalid", "cosignature-invalid", "inclusion-invalid",
        "receipt-signature", "receipt-statement",
    }
)  # fmt: skip
"""Codes of files that can be read and prove nothing: exit code 1, where those that cannot be read give 2."""

_HELP = """Prove to other people's tools that a STATEMENT is in the published log.

\b
tlog-proof    C2SP: index, path, checkpoint with cosignatures. Needs no key.
              Proves place, size, and who saw that log.
cose-receipt  RFC 9942: a path, and the log's signature over the root it
              leads to. Proves membership; not index, size or time.
scitt         RFC 9943: the statement with such a receipt in its unprotected
              header. A derived file: no ledger takes it, and what it proves
              is what the receipt proves.

None of them says that the statement was lawful, or that nothing came after it: only a bundle tells a lot's history.
Receipts are signed by the log's own key, so only the ledger's operator makes them.
"""


@click.command(
    "proof",
    help=_HELP,
    epilog=example(
        "lotchain export proof ./ledger 68ac…0f --as tlog-proof --out drum.tlog-proof --statement drum.cose",
        "lotchain export proof ./ledger 68ac…0f --as scitt --out drum.scitt",
        "lotchain export proof ./ledger 68ac…0f --as scitt --check drum.scitt",
    ),
)
@click.argument("ledger", type=PATH)
@click.argument("statement")
@click.option("--as", "kind", type=click.Choice(KINDS), required=True, help="Which format, as told above.")
@click.option("--out", type=PATH, help="The file to write.")
@click.option("--statement", "statement_out", type=PATH, help="Write the statement's own bytes, too; proofs need them.")
@click.option("--check", type=PATH, help="Verify this file, instead of writing one.")
@ledger_passphrase_option
@json_option
def proof(
    ledger: Path, statement: str, kind: str, out: Path | None, statement_out: Path | None, check: Path | None,
    ledger_passphrase_file: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Prove to other people's tools that a statement is in the published log; what each proves, `_HELP` says."""
    named = statement_id(statement)
    if check is not None:
        _one(out, statement_out)
        data = read_file(check, most=_LIMIT[kind], what=kind)
        _check(lambda: check_proof(ledger, named, kind, data), kind, check, as_json=as_json)
        return
    target = _target(out)
    made = export_proof(ledger, named, kind, passphrase=maybe_passphrase(ledger_passphrase_file))
    write_new(target, made.data, what=kind)
    if statement_out is not None:
        write_new(statement_out, made.statement, what="statement")
    _tell_made(made, kind, target, as_json=as_json, more={"statement": named})


@click.command(
    "consistency",
    epilog=example(
        "lotchain export consistency ./ledger 120 --out since-120.cose",
        "lotchain export consistency ./ledger 120 --check since-120.cose",
    ),
)
@click.argument("ledger", type=PATH)
@click.argument("old_size", type=int)
@click.option("--out", type=PATH, help="The file to write.")
@click.option("--check", type=PATH, help="Verify this file, instead of writing one.")
@ledger_passphrase_option
@json_option
def consistency(
    ledger: Path, old_size: int, out: Path | None, check: Path | None, ledger_passphrase_file: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Prove that the published log begins with its first OLD_SIZE entries: a COSE receipt (RFC 9942).

    For whoever keeps a checkpoint or a receipt of that size: nothing was taken out or changed since. It proves nothing
    to whoever does not have the older root.
    """
    if check is not None:
        _one(out)
        data = read_file(check, most=MAX_RECEIPT, what="receipt")
        _check(lambda: check_consistency_of(ledger, old_size, data), "consistency", check, as_json=as_json)
        return
    target = _target(out)
    made = export_consistency(ledger, old_size, passphrase=maybe_passphrase(ledger_passphrase_file))
    write_new(target, made.data, what="receipt")
    _tell_made(made, "consistency", target, as_json=as_json, more={})


def _target(out: Path | None) -> Path:
    if out is None:
        raise UsageError("usage", "nothing to do", expected="--out FILE to write one, --check FILE to verify one")
    return out


def _one(*outputs: Path | None) -> None:
    if any(output is not None for output in outputs):
        raise UsageError("usage", "--check writes nothing", expected="--check FILE alone")


def _tell_made(made: Exported, kind: str, out: Path, *, as_json: bool, more: dict[str, Any]) -> None:
    proves, not_proved = _SAYS[kind]
    place = {"old_size": made.index} if kind == "consistency" else {"index": made.index}
    shown = {"file": str(out), "as": kind, **more, **place, "size": made.checkpoint.size,
             "root": made.checkpoint.root.hex(), "proves": proves, "does_not_prove": not_proved}  # fmt: skip
    what = f"from {made.index} to" if kind == "consistency" else f"entry {made.index} of"
    lines = [f"wrote {out}: {kind}, {what} {made.checkpoint.size} entries"]
    emit(shown, lines + rows((("proves", proves), ("not", not_proved)), "  "), as_json=as_json)


def _check(look: Callable[[], Checked], kind: str, file: Path, *, as_json: bool) -> None:
    """What a file proves, or why it proves nothing: exit code 1."""
    try:
        found = look()
    except Malformed as fault:
        if fault.code not in _DOES_NOT_HOLD:
            raise
        shown = {"file": str(file), "as": kind, "holds": False, "error": fault.as_json()}
        told = (("code", fault.code), ("expected", fault.expected), ("found", fault.found), ("do", fault.remedy))
        lines = [f"does not hold: {file}: {fault.what}", *rows((pair for pair in told if pair[1]), "  ")]
        emit(shown, lines, as_json=as_json)
        raise click.exceptions.Exit(1) from None
    _tell_checked(found, kind, file, as_json=as_json)


def _tell_checked(found: Checked, kind: str, file: Path, *, as_json: bool) -> None:
    proves, not_proved = _SAYS[kind]
    word = "signed" if found.bound else "claimed"
    cosigned = {name: format_instant(time_s * 1000) for name, time_s in found.cosigned.items()}
    place = "old_size" if kind == "consistency" else "index"
    shown = {"file": str(file), "as": kind, "holds": True, "root": found.root.hex(), "size": found.size,
             place: found.index, "size_and_index": word, "cosigned_by": cosigned, "proves": proves,
             "does_not_prove": not_proved}  # fmt: skip
    lines = [f"holds: {file}, {kind}"]
    told = [("root", found.root.hex()), (f"size ({word})", str(found.size)),
            (f"{place.replace('_', ' ')} ({word})", str(found.index))]  # fmt: skip
    told += [("cosigned by", f"{name} at {when}") for name, when in cosigned.items()]
    emit(shown, lines + rows([*told, ("proves", proves), ("not", not_proved)], "  "), as_json=as_json)
