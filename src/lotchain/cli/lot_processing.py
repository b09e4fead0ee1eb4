"""`lotchain lot transform|sample|destroy`: what a custodian takes out of its lots for good."""

from __future__ import annotations

import hashlib
import re
from fractions import Fraction
from typing import Any

import click

from lotchain.cli.arguments import MAX_DOCUMENT, amount, documents, members, place, serials
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.files import read_file
from lotchain.cli.lines import DOCUMENTS, PREV, REMARKS, listed, only, prev_of
from lotchain.cli.making import Bench, bench
from lotchain.cli.options import example
from lotchain.core.quantities import parse_quantity
from lotchain.custody import yields
from lotchain.errors import Malformed, UsageError
from lotchain.rules.molar_mass import rounded

_MOLES = r"[1-9][0-9]?"
_MOLAR_MASS = r"[1-9][0-9]{0,3}(\.[0-9]{1,4})?"
_DENSITY = r"(0|[1-9][0-9]?)\.[0-9]{1,6}"
_UNITS = (("KGM", 9), ("GRM", 6), ("MGM", 3))
"""Units for a theoretical output, greatest first, and the power of ten of a microgram in one of them."""
_PLACES = 2
"""Decimals of a yield, percent."""


@click.command(
    "sample",
    epilog=example(
        'lotchain lot sample lot:CN-MAKER/BP4-1 "0.050 kg" --purpose release-test --seal S-9 --reference R-118 \\',
        "  --ledger ./ledger --key maker.key",
    ),
)
@click.argument("lot")
@click.argument("quantity")
@click.option("--purpose", required=True, help="A word: release-test, retention, stability, customer-sample …")
@click.option("--seal", "sealed", multiple=True,
              help="A seal on the lot afterwards; those that are not named are off. Repeat.")  # fmt: skip
@click.option("--reference", help="Number of the sample.")
@PREV
@DOCUMENTS
@REMARKS
@event_options
def sample(
    making: Making, lot: str, quantity: str, purpose: str, sealed: tuple[str, ...], reference: str | None,
    prev: str | None, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Take a sample out of what you hold. What an authority takes stands in its inspection."""
    with bench(making) as here:
        here.finish(
            {
                "type": "sampling/1", "lot": lot, "prev": prev_of(here, lot, prev), "quantity": amount(quantity),
                "purpose": purpose, "seals": serials(sealed), "reference": reference, "documents": documents(papers),
                "remarks": remarks,
            }
        )  # fmt: skip


@click.command(
    "destroy",
    epilog=example(
        'lotchain lot destroy lot:CN-MAKER/BP4-1 "25 kg" --package D020 --method incineration \\',
        "  --witness party:CN-NMPA --place CNTZU+08:00 --ledger ./ledger --key maker.key",
        "then the witness: lotchain authority endorse 5f2b… --on lot:CN-MAKER/BP4-1 --ledger ./ledger --key cn.key",
    ),
)
@click.argument("lot")
@click.argument("quantity")
@click.option("--method", required=True, help="A word: incineration, neutralisation …")
@click.option(
    "--witness", required=True, metavar="PARTY", help="Another organisation, or an authority, that was there."
)
@click.option("--place", "where", required=True, help='Where: "CNTZU+08:00".')
@click.option("--package", "gone", multiple=True, help="Serials of packages destroyed with their content. Repeat.")
@click.option("--reference", help="Number of the record of destruction.")
@PREV
@DOCUMENTS
@REMARKS
@event_options
def destroy(
    making: Making, lot: str, quantity: str, method: str, witness: str, where: str, gone: tuple[str, ...],
    reference: str | None, prev: str | None, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Destroy what you hold, or a part of it, before a witness.

    Nothing changes before the witness endorses it (`authority endorse`, which any party may use).
    """
    with bench(making) as here:
        here.finish(
            {
                "type": "destruction/1", "lot": lot, "prev": prev_of(here, lot, prev), "quantity": amount(quantity),
                "packages": serials(gone), "method": method, "witness": witness, "place": place(where),
                "reference": reference, "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


@click.command(
    "transform",
    epilog=example(
        'lotchain lot transform --lot "lot:CN-MAKER/AA-1,quantity=1000 kg,molar-mass=102.09,moles=1" \\',
        '  --output "paracetamol,quantity=1362.2 kg,molar-mass=151.16,moles=1,reference=P-77" --window 88-95 \\',
        "  --batch-record sha256:… --place CNTZU+08:00 --ledger ./ledger --key maker.key",
        'a controlled product: --output "NAME,…,lot=lot:CN-MAKER/N-1,substance=103-79-7"',
        "then a second person: lotchain authority endorse 5f2b… --on lot:CN-MAKER/AA-1 --key maker2.key",
    ),
)
@click.option("--lot", "inputs", multiple=True, required=True,
              metavar="LOT,quantity=…,molar-mass=…[,moles=…,density=…,packages=A+B,prev=…]",
              help="A controlled lot that goes in, and how much of it; moles: its number in the equation, "
              "default 1. Repeat.")  # fmt: skip
@click.option("--output", "product", required=True,
              metavar="NAME,quantity=…,molar-mass=…[,moles=…,density=…,lot=…,substance=…,content=…,reference=…]",
              help="What comes out; with lot and substance: a new controlled lot.")  # fmt: skip
@click.option("--window", required=True, metavar="LOW-HIGH", help="Yield of the validated process, percent: 88-95.")
@click.option("--batch-record", required=True, metavar="FILE", help="The batch record, or sha256:HEX of it.")
@click.option("--waste", help="What went to declared waste.")
@click.option("--place", "where", required=True, help='The site: "CNTZU+08:00".')
@DOCUMENTS
@REMARKS
@event_options
def transform(
    making: Making, inputs: tuple[str, ...], product: str, window: str, batch_record: str, waste: str | None,
    where: str, papers: tuple[str, ...], remarks: str | None,
) -> None:  # fmt: skip
    """Record a reaction: controlled lots go in, another substance comes out.

    Theoretical output and yield are calculated, by exact fractions. It takes effect at once, and the first lot is on
    HOLD until a second person of the party endorses it with another key (`authority endorse`).
    """
    low, dash, high = (part.strip() for part in window.partition("-"))
    if not dash:
        raise UsageError("window-format", "this is no window of yields", expected="LOW-HIGH: 88-95", found=window)
    with bench(making) as here:
        lines, output = [_input(here, text) for text in inputs], _output(product)
        theoretical, percent = _calculated(lines, output)
        here.finish(
            {
                "type": "transformation/1", "operator": here.party(), "inputs": lines, "output": output,
                "theoretical": theoretical, "yield_percent": percent, "window_low": low, "window_high": high,
                "batch_record": _digest(batch_record), "waste": None if waste is None else amount(waste),
                "place": place(where), "documents": documents(papers), "remarks": remarks,
            }
        )  # fmt: skip


def _input(here: Bench, text: str) -> dict[str, Any]:
    lot, stated = members(text)
    only(stated, ("quantity", "molar-mass", "moles", "density", "packages", "prev"), text)
    line = {"lot": lot, "prev": prev_of(here, lot, stated.get("prev")), **_substance(stated)}
    return line | ({"packages": listed(stated["packages"])} if "packages" in stated else {})


def _output(text: str) -> dict[str, Any]:
    name, stated = members(text)
    more = ("lot", "substance", "content", "reference")
    only(stated, ("quantity", "molar-mass", "moles", "density", *more), text)
    return {"name": name, **_substance(stated)} | {word: stated[word] for word in more if word in stated}


def _substance(stated: dict[str, str]) -> dict[str, Any]:
    """What both sides of a reaction state."""
    moles, mass = stated.get("moles", "1"), stated.get("molar-mass", "")
    if re.fullmatch(_MOLES, moles) is None:
        raise UsageError(
            "moles-format", "a stoichiometric number is a whole one, 1 to 99", expected="moles=1", found=moles
        )
    if re.fullmatch(_MOLAR_MASS, mass) is None:
        raise UsageError(
            "molar-mass-format", "this is no molar mass", expected="molar-mass=151.16, in g/mol", found=mass
        )
    found = {"quantity": amount(stated.get("quantity", "")), "molar_mass": mass, "moles": int(moles)}
    return found | ({"density": stated["density"]} if "density" in stated else {})


def _calculated(lines: list[dict[str, Any]], output: dict[str, Any]) -> tuple[dict[str, str], str]:
    """Theoretical output and yield, as an event states them: exact fractions, rounded once."""
    parts = [yields.Part(_mass(line), Fraction(line["molar_mass"]), line["moles"]) for line in lines]
    most = yields.theoretical(parts, Fraction(output["molar_mass"]), output["moles"])
    percent = 100 * _mass(output) / most if most else Fraction(0)
    if not 0 < percent < 1000:
        raise UsageError(
            "impossible-yield", "the output is nothing that these inputs can give",
            expected=f"at most {rounded(most / 10**9, 3)} kg", found=f"{rounded(percent, _PLACES)} % of it",
            remedy="compare units, molar masses and numbers with the batch record",
        )  # fmt: skip
    unit, power = next((each for each in _UNITS if most >= 10 ** each[1]), _UNITS[-1])
    return {"value": rounded(most / 10**power, 3), "unit": unit}, rounded(percent, _PLACES)


def _mass(line: dict[str, Any]) -> Fraction:
    """Micrograms. Raises `Malformed` `density-missing`."""
    quantity = parse_quantity(line["quantity"]["value"], line["quantity"]["unit"], field="")
    density = line.get("density")
    if density is not None and re.fullmatch(_DENSITY, density) is None:
        raise UsageError("density-format", "this is no density", expected="density=1.05, kg/L", found=density)
    mass = yields.mass_of(quantity.amount, quantity.kind, density)
    if mass is None:
        raise Malformed(
            "density-missing", "a volume has no amount of substance without its density", expected="density=1.05, kg/L",
            found=f"{quantity.text} {quantity.unit}",
        )  # fmt: skip
    return mass


def _digest(source: str) -> str:
    if source.startswith("sha256:"):
        return source.removeprefix("sha256:")
    return hashlib.sha256(read_file(source, most=MAX_DOCUMENT, what="batch record")).hexdigest()
