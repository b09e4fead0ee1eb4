"""`lotchain show`: what a file is, and what it says."""

from __future__ import annotations

from pathlib import Path

import click

from lotchain.app import desk
from lotchain.app.explain import MAX_SHOWN, Explanation, explain, explain_key, is_key_file
from lotchain.cli.files import read_file
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.terminal import emit, rows


@click.command("show", epilog=example("lotchain show drums.lotproof", "lotchain show maker.key"))
@click.argument("file", type=PATH)
@json_option
def command(file: Path, as_json: bool) -> None:
    """Explain a file: statement, packet, bundle, evidence, checkpoint, trust policy, draft, event, key, configuration.

    Of a key file only the public parts. Nothing is verified.
    """
    data = read_file(file, most=MAX_SHOWN, what="file")
    told = explain_key(desk.key_card(file)) if is_key_file(data) else explain(data)
    emit({"file": str(file), **told.as_json()}, _lines(told), as_json=as_json)


def _lines(told: Explanation) -> list[str]:
    lines = [told.kind, *rows(told.rows, "  ")]
    for title, pairs in told.steps:
        lines += [f"  {title}", *rows(pairs, "      ")]
    if told.warning:
        lines.append(f"  ({told.warning})")
    return lines
