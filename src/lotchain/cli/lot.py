"""`lotchain lot …`: acts of a custodian on its own lots, and a lot's history."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lotchain.app.folder import Folder
from lotchain.app.standing import Standing
from lotchain.app.wiring import open_reader
from lotchain.cli.arguments import amount, documents, members, packages, place, serials, statement_bytes, statement_id
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.lines import DOCUMENTS, PREV, REMARKS, listed, only, prev_of, whole_line
from lotchain.cli.lot_observing import count, sight, weigh
from lotchain.cli.lot_processing import destroy, sample, transform
from lotchain.cli.making import bench
from lotchain.cli.options import PATH, example, json_option, ledger_option
from lotchain.cli.render_verdict import steps_json, timeline_lines
from lotchain.cli.terminal import emit
from lotchain.core.encodings import b64encode


@click.group("lot")
def command() -> None:
    """What a custodian does with its own lots, what is seen of them, and their histories."""


for _more in (transform, sample, destroy, weigh, sight, count):
    command.add_command(_more)


@command.command(
    "register",
    epilog=example(
        "lotchain lot register lot:CN-MAKER/BP4-1 --substance 79099-07-3 --name 1-boc-4-piperidone \\",
        '  --quantity "500 kg" --place CNTZU+08:00 --package "D001..D020=25 kg"',
    ),
)
@click.argument("lot")
@click.option("--substance", required=True, help="CAS registry number.")
@click.option("--name", required=True, help="The substance's name, as on the label.")
@click.option("--quantity", required=True, help='Net, such as "500.000 kg".')
@click.option("--place", "where", required=True, help='Where the lot is: "CNTZU+08:00 Plant 2".')
@click.option("--origin", type=click.Choice(["made", "entered", "found"]), default="made", show_default=True)
@click.option("--content", help="Declared purity or concentration.")
@click.option("--tolerance", help="Percent by which giver's and receiver's figures may differ.")
@click.option("--package", "packed", multiple=True, metavar='SERIAL="25 kg"[,label=LOT]',
              help="A package, or a range of them; label: another lot is printed on it. Repeat.")  # fmt: skip
@DOCUMENTS
@REMARKS
@event_options
def register(
    making: Making, lot: str, substance: str, name: str, quantity: str, where: str, origin: str, content: str | None,
    tolerance: str | None, packed: tuple[str, ...], papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Register a lot that its maker made, or that entered from outside, or was found."""
    with bench(making) as here:
        here.finish(
            {
                "type": "registration/1", "lot": lot, "substance": substance, "name": name, "content": content,
                "quantity": amount(quantity), "origin": origin, "place": place(where), "tolerance": tolerance,
                "packages": packages(packed), "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "pack",
    epilog=example(
        'lotchain lot pack lot:CN-MAKER/BP4-1 --package "D001..D020=25 kg" --seal S-1 --ledger ./ledger --key maker.key'
    ),
)
@click.argument("lot")
@click.option("--package", "packed", multiple=True, required=True, metavar='SERIAL="25 kg"[,label=LOT]',
              help="A package, or a range of them, together the whole lot; label: another lot is printed on it. "
              "Repeat.")  # fmt: skip
@click.option("--seal", "sealed", multiple=True, help="A seal fitted to the packed lot. Repeat.")
@PREV
@REMARKS
@event_options
def pack(
    making: Making, lot: str, packed: tuple[str, ...], sealed: tuple[str, ...], prev: str | None, remarks: str | None
) -> None:
    """Put a lot into packages, in place of those it was in before."""
    with bench(making) as here:
        here.finish(
            {
                "type": "packing/1", "lot": lot, "prev": prev_of(here, lot, prev), "packages": packages(packed),
                "seals": serials(sealed), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "split",
    epilog=example(
        'lotchain lot split lot:CN-MAKER/BP4-1 --part "lot:CN-MAKER/BP4-1A,quantity=300 kg,packages=D001..D012" \\',
        '  --part "lot:CN-MAKER/BP4-1B,quantity=200 kg,packages=D013..D020" --ledger ./ledger --key maker.key',
    ),
)
@click.argument("lot")
@click.option("--part", "parts", multiple=True, required=True, metavar="LOT,quantity=…[,packages=A+B]",
              help="A new lot and its share; together the whole. Repeat.")  # fmt: skip
@PREV
@REMARKS
@event_options
def split(making: Making, lot: str, parts: tuple[str, ...], prev: str | None, remarks: str | None) -> None:
    """Divide a lot into new ones; the old one ends."""
    with bench(making) as here:
        here.finish(
            {
                "type": "split/1", "lot": lot, "prev": prev_of(here, lot, prev),
                "children": [_part(text) for text in parts], "remarks": remarks,
            }
        )  # fmt: skip


def _part(text: str) -> dict[str, Any]:
    lot, stated = members(text)
    only(stated, ("quantity", "packages"), text)
    part: dict[str, Any] = {"lot": lot, "quantity": amount(stated.get("quantity", ""))}
    if "packages" in stated:
        part["packages"] = listed(stated["packages"])
    return part


@command.command(
    "merge",
    epilog=example(
        "lotchain lot merge lot:MX-USER/ALL --lot lot:MX-USER/A --lot lot:MX-USER/B --place MXTLC-06:00 \\",
        "  --ledger ./ledger --key user.key",
    ),
)
@click.argument("new")
@click.option("--lot", "sources", multiple=True, required=True, metavar="LOT[,prev=…,quantity=…]",
              help="A whole lot that goes into it. Repeat.")  # fmt: skip
@click.option("--place", "where", required=True, help='Where they are merged: "MXTLC-06:00".')
@REMARKS
@event_options
def merge(making: Making, new: str, sources: tuple[str, ...], where: str, remarks: str | None) -> None:
    """Merge whole lots of one substance and content into a new one; the old ones end."""
    with bench(making) as here:
        here.finish(
            {
                "type": "merge/1", "lot": new, "lines": [whole_line(here, text) for text in sources],
                "place": place(where), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "consume",
    epilog=example(
        'lotchain lot consume lot:MX-USER/A "25 kg" --purpose synthesis --emptied D001 --ledger ./ledger --key user.key'
    ),
)
@click.argument("lot")
@click.argument("quantity")
@click.option("--purpose", required=True, help="A word: synthesis, analysis, cleaning, formulation …")
@click.option("--emptied", multiple=True, help="Serials of packages emptied: D001, or D001..D004. Repeat.")
@click.option("--reference", help="Batch record or order number.")
@PREV
@DOCUMENTS
@REMARKS
@event_options
def consume(
    making: Making, lot: str, quantity: str, purpose: str, emptied: tuple[str, ...], reference: str | None,
    prev: str | None, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Use up what is held, or a part of it."""
    with bench(making) as here:
        here.finish(
            {
                "type": "consumption/1", "lot": lot, "prev": prev_of(here, lot, prev), "quantity": amount(quantity),
                "purpose": purpose, "packages": serials(emptied), "reference": reference,
                "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "lose",
    epilog=example(
        'lotchain lot lose lot:CN-MAKER/BP4-1 "25 kg" --kind stolen --package D020 --place MXZLO-06:00 \\',
        "  --reference FGR-2026-118 --ledger ./ledger --key truck.key",
    ),
)
@click.argument("lot")
@click.argument("quantity")
@click.option("--kind", type=click.Choice(["stolen", "destroyed", "leaked", "spoiled", "unknown"]), required=True)
@click.option("--package", "gone", multiple=True, help="Serials of packages gone as a whole. Repeat.")
@click.option("--place", "where", required=True, help='Where it was noticed: "MXZLO-06:00".')
@click.option("--reported-before", help="On an open offer: what was reported lost already; default from --ledger.")
@click.option("--reference", help="Number of the police or incident report.")
@PREV
@DOCUMENTS
@REMARKS
@event_options
def lose(
    making: Making, lot: str, quantity: str, kind: str, gone: tuple[str, ...], where: str, reported_before: str | None,
    reference: str | None, prev: str | None, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Report a loss or theft, also while the lot is offered."""
    with bench(making) as here:
        before = amount(reported_before) if reported_before is not None else None
        if before is None and here.standing_or_none is not None:
            before = here.standing.reported_on_offer(lot)
        here.finish(
            {
                "type": "loss/1", "lot": lot, "prev": prev_of(here, lot, prev), "quantity": amount(quantity),
                "kind": kind, "packages": serials(gone), "reported_before": before, "place": place(where),
                "reference": reference, "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "correct",
    epilog=example(
        'lotchain lot correct lot:CN-MAKER/BP4-1 "499.500 kg" --reason weighing-error --ledger ./ledger --key maker.key'
    ),
)
@click.argument("lot")
@click.argument("becomes")
@click.option("--was", help="The whole quantity as the ledger has it; default from --ledger.")
@click.option("--reason", required=True, help="A word: weighing-error, typing-error, unit-error …")
@PREV
@DOCUMENTS
@REMARKS
@event_options
def correct(
    making: Making, lot: str, becomes: str, was: str | None, reason: str, prev: str | None, papers: tuple[str, ...],
    remarks: str | None,
) -> None:  # fmt: skip
    """State a lot's whole quantity anew; where it came from another party, that party endorses it."""
    with bench(making) as here:
        here.finish(
            {
                "type": "correction/1", "lot": lot, "prev": prev_of(here, lot, prev),
                "was": amount(was) if was is not None else here.standing.whole(lot), "becomes": amount(becomes),
                "reason": reason, "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "answer",
    epilog=example(
        "lotchain lot answer lot:CN-MAKER/BP4-1 --reply 5f2b… --explanation stolen --reference FGR-2026-118 \\",
        "  --ledger ./ledger --key truck.key",
    ),
)
@click.argument("lot")
@click.option("--reply", required=True, help="The acceptance or refusal that found the difference: id, or its file.")
@click.option("--explanation", required=True, help="A word: stolen, miscounted, scale-difference, investigated …")
@click.option("--reference", help="Number of the report.")
@DOCUMENTS
@REMARKS
@event_options
def answer(
    making: Making, lot: str, reply: str, explanation: str, reference: str | None, papers: tuple[str, ...],
    remarks: str | None,
) -> None:  # fmt: skip
    """Answer for a difference found on receipt; an authority's answer closes it."""
    with bench(making) as here:
        here.finish(
            {
                "type": "discrepancy-answer/1", "lot": lot, "reply": statement_id(reply), "explanation": explanation,
                "reference": reference, "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "conflict",
    epilog=example(
        "lotchain lot conflict lot:CN-MAKER/BP4-1 --logged 5f2b… --other second-hand-over.cose \\",
        "  --other-reply its-acceptance.cose --ledger ./ledger --key buyer.key",
    ),
)
@click.argument("lot")
@click.option("--logged", required=True, help="The act on this ledger: id, or its file.")
@click.option("--logged-reply", help="Where that is an offer: its acceptance on this ledger.")
@click.option("--other", type=PATH, required=True, help="The act that is not on this ledger: its file.")
@click.option("--other-reply", type=PATH, help="Where that is an offer: its acceptance's file.")
@REMARKS
@event_options
def conflict(
    making: Making, lot: str, logged: str, logged_reply: str | None, other: Path, other_reply: Path | None,
    remarks: str | None,
) -> None:  # fmt: skip
    """Prove double dealing: one party signed two acts on the lot that exclude each other."""
    with bench(making) as here:
        here.finish(
            {
                "type": "conflict/1", "lot": lot, "logged": statement_id(logged),
                "logged_reply": statement_id(logged_reply) if logged_reply is not None else None,
                "other": b64encode(statement_bytes(other)),
                "other_reply": b64encode(statement_bytes(other_reply)) if other_reply is not None else None,
                "remarks": remarks,
            }
        )  # fmt: skip


@command.command(
    "history",
    epilog=example("lotchain lot history lot:CN-MAKER/BP4-1 --ledger ./ledger"),
)
@click.argument("lot")
@ledger_option()
@json_option
def history(lot: str, ledger: Path, as_json: bool) -> None:
    """Print a lot's own statements, oldest first, as this ledger holds them. No proof: see bundle and verify."""
    reader = open_reader(ledger)
    try:
        standing = Standing(reader, Folder(ledger).read().origin)
        standing.lot(lot)
        steps = standing.history(lot)
    finally:
        reader.close()
    lines = [f"{lot}: {len(steps)} statement{'s' if len(steps) > 1 else ''}", *timeline_lines(steps)]
    emit({"lot": lot, "timeline": steps_json(steps)}, lines, as_json=as_json)
