"""`lotchain label`: a QR or GS1 DataMatrix for a lot or one of its drums."""

from __future__ import annotations

from pathlib import Path

import click

from lotchain.app.labels import SYMBOLS, bundle_state, ledger_state, make_label
from lotchain.app.wiring import open_reader
from lotchain.cli.arguments import now_ms
from lotchain.cli.files import read_file, write_new
from lotchain.cli.options import PATH, example, json_option, ledger_option
from lotchain.cli.terminal import emit
from lotchain.custody.case import State
from lotchain.errors import UsageError
from lotchain.verify.bundle import MAX_BUNDLE
from lotchain.verify.policy_text import MAX_POLICY


@click.command(
    "label",
    epilog=example(
        "lotchain label lot:CN-MAKER/BP4-1 --ledger ./ledger --serial D001 --out d001.svg",
        "lotchain label lot:CN-MAKER/BP4-1 --bundle drums.lotproof --policy border.policy --gtin 9506000134352 \\",
        "    --out drum.png",
    ),
)
@click.argument("lot")
@ledger_option(required=False)
@click.option("--bundle", type=PATH, help="A bundle of the lot, instead of a ledger; it needs a --policy.")
@click.option("--policy", type=PATH, envvar="LOTCHAIN_POLICY", show_envvar=True, help="Whom you trust, for --bundle.")
@click.option("--serial", default="", help="The drum's or package's serial.")
@click.option("--gtin", default="", help="The GTIN of what is sold: makes a GS1 symbol.")
@click.option("--symbol", type=click.Choice(SYMBOLS), help="Default: datamatrix with a --gtin, else qr.")
@click.option("--out", type=PATH, required=True, help="The picture to write (.png or .svg).")
@json_option
def command(
    lot: str,
    ledger: Path | None,
    bundle: Path | None,
    policy: Path | None,
    serial: str,
    gtin: str,
    symbol: str | None,
    out: Path,
    as_json: bool,
) -> None:
    """Make a label for a lot, or for one of its drums, with the same in letters below the symbol.

    With a --gtin: GS1 DataMatrix, or a QR with a GS1 Digital Link. Without: a QR with plain text. A label proves
    nothing; only what the ledger or a proved bundle holds gets one.
    """
    kind = out.suffix.lower().removeprefix(".")
    state = _state(lot, ledger, bundle, policy)
    label, chosen, text, picture = make_label(state, serial=serial, gtin=gtin, symbol=symbol, kind=kind)
    write_new(out, picture, what="label")
    shown = {"file": str(out), "symbol": chosen, "text": text, **label._asdict()}
    emit(shown, [f"wrote {out}: {chosen}", *(f"  {line}" for line in text.splitlines())], as_json=as_json)


def _state(lot: str, ledger: Path | None, bundle: Path | None, policy: Path | None) -> State:
    if bundle is not None:
        if policy is None:
            raise UsageError(
                "policy-needed", "a bundle proves nothing without a trust policy", remedy="name one (--policy)"
            )
        return bundle_state(
            read_file(bundle, most=MAX_BUNDLE, what="bundle"),
            read_file(policy, most=MAX_POLICY, what="trust policy"),
            lot,
            now=now_ms(),
        )
    if ledger is None:
        raise UsageError(
            "source-needed", "a label is made from a ledger or a bundle", remedy="name --ledger or --bundle"
        )
    reader = open_reader(ledger)
    try:
        return ledger_state(reader, lot)
    finally:
        reader.close()
