"""`lotchain submit`: signed statements, one by one or as a packet, to a ledger."""

from __future__ import annotations

from pathlib import Path

import click

from lotchain.app.wiring import open_ledger
from lotchain.cli.answers import answer_json, answer_lines
from lotchain.cli.files import read_file
from lotchain.cli.options import (
    PATH,
    example,
    json_option,
    ledger_option,
    ledger_passphrase_option,
    maybe_passphrase,
)
from lotchain.cli.terminal import emit
from lotchain.core.packets import MAX_PACKET, decode_packet, is_packet
from lotchain.errors import UsageError


@click.command(
    "submit",
    epilog=example(
        "lotchain submit hand-over.cose acceptance.cose --ledger ./ledger",
        "lotchain submit road.lotpacket --ledger ./ledger",
    ),
)
@click.argument("files", nargs=-1, required=True, type=PATH)
@ledger_option()
@click.option("--openings", multiple=True, type=PATH, help="What opens hidden fields, kept beside the ledger. Repeat.")
@ledger_passphrase_option
@json_option
def command(
    files: tuple[Path, ...], ledger: Path, openings: tuple[Path, ...], ledger_passphrase_file: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Submit signed statements in the order given. Exit code 1 when one of them was refused.

    A refusal that may pass later says so; submitting again is always safe, and gives the first receipt again.
    """
    statements, opened = gathered((*files, *openings))
    if not statements:
        raise UsageError("nothing-to-submit", "none of the files holds a statement", found=", ".join(map(str, files)))
    book = open_ledger(ledger, passphrase=maybe_passphrase(ledger_passphrase_file))
    try:
        answers = book.submit([raw for _, raw in statements], opened)
    finally:
        book.close()
    shown = [{"file": name, **answer_json(answer)} for (name, _), answer in zip(statements, answers, strict=True)]
    lines = [line for (name, _), answer in zip(statements, answers, strict=True) for line in answer_lines(answer, name)]
    emit({"answers": shown}, lines, as_json=as_json)
    if not all(answer.accepted for answer in answers):
        raise click.exceptions.Exit(1)


def gathered(files: tuple[Path, ...]) -> tuple[list[tuple[str, bytes]], dict[bytes, bytes]]:
    """Every statement in the files, named by its file, in order; and every opening.

    Raises:
        UsageError: for a file that is not there.
        Malformed: for a packet that cannot be read. What is no packet is left to the ledger to judge.

    """
    statements: list[tuple[str, bytes]] = []
    openings: dict[bytes, bytes] = {}
    for file in files:
        data = read_file(file, most=MAX_PACKET, what="statement or packet")
        if is_packet(data):
            packet = decode_packet(data)
            openings.update(packet.openings)
            statements += [(f"{file} #{number}", raw) for number, raw in enumerate(packet.statements, 1)]
        else:
            statements.append((str(file), data))
    return statements, openings
