"""`lotchain bundle`: the one file that proves a lot's history."""

from __future__ import annotations

from pathlib import Path

import click

from lotchain.app.wiring import open_reader
from lotchain.cli.files import write_new
from lotchain.cli.options import PATH, example, json_option, ledger_option
from lotchain.cli.terminal import emit
from lotchain.ledger.bundles import make_bundle


@click.command(
    "bundle",
    epilog=example("lotchain bundle lot:CN-MAKER/BP4-1 --ledger ./ledger --out drums.lotproof"),
)
@click.argument("lot")
@ledger_option()
@click.option("--out", type=PATH, required=True, help="The file to write (.lotproof).")
@click.option("--without-openings", is_flag=True, help="For somebody who may not read the hidden fields.")
@json_option
def command(lot: str, ledger: Path, out: Path, without_openings: bool, as_json: bool) -> None:
    """Make a lot's bundle under the published checkpoint, with the witnesses' cosignatures that it has."""
    reader = open_reader(ledger)
    try:
        data = make_bundle(reader, lot, with_openings=not without_openings)
        checkpoint, _ = reader.published()
    finally:
        reader.close()
    write_new(out, data, what="bundle")
    shown = {"lot": lot, "file": str(out), "bytes": len(data), "size": checkpoint.size}
    emit(shown, [f"wrote {out}: {lot} under {checkpoint.size} entries, {len(data)} bytes"], as_json=as_json)
