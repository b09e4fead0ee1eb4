"""`lotchain packet`: signed statements, and what opens their hidden fields, in one ordered file."""

from __future__ import annotations

from pathlib import Path

import click

from lotchain.cli.files import write_new
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.submit import gathered
from lotchain.cli.terminal import emit
from lotchain.core.packets import Packet, decode_packet, encode_packet
from lotchain.core.statements import parse_statement


@click.command(
    "packet",
    epilog=example("lotchain packet hand-over.cose acceptance.cose --out road.lotpacket"),
)
@click.argument("files", nargs=-1, required=True, type=PATH)
@click.option("--out", type=PATH, required=True, help="The packet to write (.lotpacket).")
@json_option
def command(files: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Put signed statements, other packets and openings into one packet, in the order in which they are judged."""
    statements, openings = gathered(files)
    ids = [parse_statement(raw).hex_id for _, raw in statements]
    data = encode_packet(Packet(tuple(raw for _, raw in statements), tuple(sorted(openings.items()))))
    decode_packet(data)  # its limits hold for what is written, too
    write_new(out, data, what="packet", private=bool(openings))
    lines = [f"wrote {out}: {len(ids)} statements, {len(openings)} openings", *(f"  {name}" for name in ids)]
    emit({"file": str(out), "statements": ids, "openings": len(openings)}, lines, as_json=as_json)
