"""The options that state a permit's terms, and the terms that they come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, NamedTuple, TypeVar

import click

from lotchain.cli.arguments import amount, instant_text
from lotchain.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])
NONE, ANY = "none", "any"
_ONE = {"number": "number", "basis": "basis", "tolerance": "tolerance", "use": "use"}
_UNNAMED = {"density": "density", "exporter": "exporter", "importer": "importer"}
_SEVERAL = {"consignees": "consignees", "exits": "exit_points", "entries": "entry_points"}


class Stated(NamedTuple):
    """Terms as typed; None or empty: not stated."""

    number: str | None
    substances: tuple[str, ...]
    quantity: str | None
    basis: str | None
    factor: str | None
    density: str | None
    tolerance: str | None
    valid_from: str | None
    valid_until: str | None
    use: str | None
    exporter: str | None
    importer: str | None
    consignees: tuple[str, ...]
    exits: tuple[str, ...]
    entries: tuple[str, ...]
    transit: str | None

    def anything(self) -> bool:
        """Whether any term is stated."""
        return any(value not in (None, ()) for value in self)

    def over(self, before: Mapping[str, Any], base: int) -> dict[str, Any]:
        """The terms of an event: `before`, with what is stated in its place.

        Args:
            before: terms of an event; empty for a new permit.
            base: ms; relative instants count from it.

        Raises:
            UsageError: `factor-format`.
            Malformed: codes of quantities and instants.

        """
        terms, given = dict(before), self._asdict()
        terms |= {member: given[name] for name, member in _ONE.items() if given[name] is not None}
        if self.substances:
            terms["substances"] = _listed(self.substances)
        if self.quantity is not None:
            terms["quantity"] = amount(self.quantity)
        for member, text in (("valid_from", self.valid_from), ("valid_until", self.valid_until)):
            if text is not None:
                terms[member] = instant_text(text, base=base)
        self._name(terms, given)
        if self.factor is not None:
            _put(terms, "factor", None if self.factor == NONE else _factor(self.factor))
        if self.transit is not None:
            countries = [] if self.transit == NONE else _listed((self.transit,))
            _put(terms, "transit", None if self.transit == ANY else countries)
        return terms

    @staticmethod
    def _name(terms: dict[str, Any], given: Mapping[str, Any]) -> None:
        """What may be left unnamed: `none` takes it away again."""
        for name, member in _UNNAMED.items():
            if given[name] is not None:
                _put(terms, member, None if given[name] == NONE else given[name])
        for name, member in _SEVERAL.items():
            if given[name]:
                _put(terms, member, None if given[name] == (NONE,) else _listed(given[name]))


def _put(terms: dict[str, Any], member: str, value: Any) -> None:
    terms.pop(member, None)
    if value is not None:
        terms[member] = value


def _listed(texts: tuple[str, ...]) -> list[str]:
    return [piece.strip() for text in texts for piece in text.split(",") if piece.strip()]


def _factor(text: str) -> dict[str, int]:
    """`152.19/188.65` as a ratio of whole numbers; nothing is rounded or shortened."""
    parts = [part.strip().partition(".") for part in text.split("/")]
    digits = [whole + fraction for whole, _, fraction in parts]
    plain = all(piece.isascii() and piece.isdigit() for piece in digits) and all(
        whole and (fraction or not point) for whole, point, fraction in parts
    )
    if len(parts) != 2 or not plain:
        raise UsageError(
            "factor-format", "this is not a factor", expected="base/substance, as masses: 152.19/188.65", found=text
        )
    most = max(len(fraction) for _, _, fraction in parts)
    base, of = (int(whole + fraction.ljust(most, "0")) for whole, _, fraction in parts)
    return {"base": base, "of": of}


def terms_options(*, new: bool = True, use: str | None = None) -> Callable[[F], F]:
    """The options that state terms, handed on as `terms`.

    Args:
        new: a new permit, of which the required ones are asked for; else those that change.
        use: the default of `--use`; None asks for it.

    """

    def decorate(function: F) -> F:
        @wraps(function)
        def gathered(*args: Any, **given: Any) -> Any:
            terms = Stated(**{name: given.pop(name) for name in Stated._fields})
            return function(*args, terms=terms, **given)

        wrapped: Any = gathered
        for option in reversed(_options(new=new, use=use)):
            wrapped = option(wrapped)
        return wrapped  # type: ignore[no-any-return]

    return decorate


def _options(*, new: bool, use: str | None) -> list[Callable[[Any], Any]]:
    once: dict[str, Any] = {"default": use, "show_default": True} if use else {"required": new}
    basis: dict[str, Any] = {"default": "salt", "show_default": True} if new else {}
    gone = "" if new else "; none: not named any more"
    return [
        click.option("--number", required=new, help="As printed on the paper."),
        click.option("--substance", "substances", multiple=True, required=new, metavar="CAS",
                     help="CAS number that it covers: the base, the salts. Repeat."),
        click.option("--quantity", required=new, help='In all, in its own unit and basis: "500 kg".'),
        click.option("--basis", type=click.Choice(["salt", "base"]), **basis,
                     help="Weighed as it stands (salt), or as anhydrous base."),
        click.option("--factor", metavar="BASE/SALT",
                     help=f"With --basis base: base in the substance, 152.19/188.65{gone}."),
        click.option("--density", help=f"kg/L, by which mass and volume are converted{gone}."),
        click.option("--tolerance", help="Percent above the quantity that still is in order."),
        click.option("--from", "valid_from", required=new, help="First instant of validity."),
        click.option("--until", "valid_until", required=new, help="End of validity, exclusive."),
        click.option("--use", type=click.Choice(["single", "multiple"]), **once,
                     help="For one consignment, or for several."),
        click.option("--exporter", "--supplier", "exporter", metavar="PARTY",
                     help=f"Who sends it; default not named{gone}."),
        click.option("--importer", metavar="PARTY", help=f"Who takes it in; default not named{gone}."),
        click.option("--consignee", "consignees", multiple=True, metavar="PARTY",
                     help=f"A final consignee allowed; default not named{gone}. Repeat."),
        click.option("--exit", "exits", multiple=True, metavar="UN/LOCODE",
                     help=f"A point of exit, any one of them; default not named{gone}. Repeat."),
        click.option("--entry", "entries", multiple=True, metavar="UN/LOCODE",
                     help=f"A point of entry, any one of them; default not named{gone}. Repeat."),
        click.option("--transit", metavar="COUNTRIES",
                     help="Countries that may be crossed, with commas; none: no other; any: not stated."),
    ]  # fmt: skip
