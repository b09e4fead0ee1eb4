"""`lotchain export …`: a ledger's published log as files."""

from __future__ import annotations

from pathlib import Path

import click

from lotchain.app.tile_export import Exported, export_tiles
from lotchain.cli.export_proof import consistency, proof
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.progress import working
from lotchain.cli.terminal import emit

_OPEN = "WARNING: entry bundles hold every statement of the log, for whoever reads the folder"
_LEFT = "WARNING: entry bundles of an earlier export lie in the folder, for whoever reads it"


@click.group("export")
def command() -> None:
    """The published log as files for any web server, and proofs for other people's tools."""


@command.command(
    "tiles",
    epilog=example(
        "lotchain export tiles ./ledger ./public",
        "lotchain export tiles ./ledger ./members-only --with-entries",
    ),
)
@click.argument("ledger", type=PATH)
@click.argument("folder", type=PATH)
@click.option("--with-entries", is_flag=True, help="Write the entries, too: every statement, readable by anybody.")
@click.option("--check", is_flag=True, help="Compare files that are there, and replace those that differ.")
@json_option
def tiles(ledger: Path, folder: Path, with_entries: bool, check: bool, as_json: bool) -> None:
    """Write the checkpoint and the hash tiles under the names of C2SP tlog-tiles; only what is new is written.

    The checkpoint is written last, so that a reader never misses a tile; an export that was cut off goes on where it
    stopped. A folder that holds another log, or a longer one, is left alone.
    """
    with working("exporting"):
        done = export_tiles(ledger, folder, with_entries=with_entries, check=check)
    warning = _warning(done)
    if warning:
        click.echo(warning, err=True)
    shown = {
        "folder": str(folder),
        "size": done.size,
        "written": done.written,
        "kept": done.kept,
        "removed": done.removed,
        "entries": done.entries,
        "warning": warning,
    }
    lines = [f"exported {done.size} entries to {folder}: {done.written} files written, {done.kept} kept, "
             f"{done.removed} outgrown ones removed"]  # fmt: skip
    emit(shown, lines, as_json=as_json)


def _warning(done: Exported) -> str | None:
    if done.entries:
        return _OPEN
    return _LEFT if done.entries_found else None


command.add_command(proof)
command.add_command(consistency)
