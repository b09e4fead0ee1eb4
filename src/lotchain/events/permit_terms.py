"""What a permit says, as whoever gives it states it, and as whoever draws on it repeats it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from lotchain.core.quantities import parse_parts_per_million
from lotchain.custody.case import State
from lotchain.events.fields import (
    STRICT,
    Amount,
    CasNumber,
    ConsignmentId,
    CountryCode,
    Density,
    InstantText,
    Locode,
    PartyId,
    Percent,
    Reference,
    StatementId,
    instant_of,
)

Sort = Literal["pre-export-notification", "export", "import", "transit", "transport", "end-use", "quota"]
Status = Literal[
    "in-force", "suspended", "revoked", "cancelled",
    "sent", "received", "no-objection", "objected", "more-information-asked",
]  # fmt: skip
Points = Annotated[tuple[Locode, ...], Field(max_length=10)]


class Ratio(BaseModel):
    """An exact factor: so many parts of base in so many parts of the substance as it stands."""

    model_config = STRICT
    base: Annotated[int, Field(ge=1, lt=10**9)] = Field(title="Base", description="parts of anhydrous base")
    of: Annotated[int, Field(ge=1, lt=10**9)] = Field(title="Of", description="parts of the substance as it stands")


class PermitTerms(BaseModel):
    """What is permitted: which substance, how much in which unit and basis, when, to whom and by which way."""

    model_config = STRICT
    number: Reference = Field(title="Number", description="as the issuer numbers it, printed on the paper")
    substances: Annotated[tuple[CasNumber, ...], Field(min_length=1, max_length=20)] = Field(
        title="Substances", description="CAS numbers that it covers: the base, the salts that it names"
    )
    quantity: Amount = Field(title="Quantity", description="in all, in the permit's own unit and basis")
    basis: Literal["salt", "base"] = Field(
        title="Basis", description="weighed as it stands (salt), or as anhydrous base (base)"
    )
    factor: Ratio | None = Field(None, title="Factor", description="base in the substance; with basis base only")
    density: Density | None = Field(
        None, title="Density", description="kg/L, by which mass and volume are converted; absent: not declared"
    )
    tolerance: Percent = Field("0", title="Tolerance", description="percent above the quantity that still is in order")
    valid_from: InstantText = Field(title="Valid from", description="inclusive")
    valid_until: InstantText = Field(title="Valid until", description="exclusive")
    use: Literal["single", "multiple"] = Field(title="Use", description="for one consignment, or for several")
    exporter: PartyId | None = Field(None, title="Exporter", description="sender or supplier; absent: not named")
    importer: PartyId | None = Field(None, title="Importer", description="who takes it in; absent: not named")
    consignees: Annotated[tuple[PartyId, ...], Field(max_length=10)] = Field(
        (), title="Consignees", description="final consignees allowed; empty: not named"
    )
    exit_points: Points = Field((), title="Points of exit", description="any one of them; empty: not named")
    entry_points: Points = Field((), title="Points of entry", description="any one of them; empty: not named")
    transit: Annotated[tuple[CountryCode, ...], Field(max_length=20)] | None = Field(
        None, title="Transit", description="countries that may be crossed; absent: not stated; empty: none"
    )

    def as_state(self) -> State:
        """The terms as a permit's state keeps them: integers, instants in ms, sets sorted."""
        return {
            "number": self.number,
            "substances": sorted(set(self.substances)),
            "quantity": self.quantity.amount,
            "quantity_kind": self.quantity.kind,
            "basis": self.basis,
            "factor": None if self.factor is None else [self.factor.base, self.factor.of],
            "density": ratio_of(self.density),
            "tolerance": parse_parts_per_million(self.tolerance),
            "from": instant_of(self.valid_from),
            "until": instant_of(self.valid_until),
            "use": self.use,
            "exporter": self.exporter,
            "importer": self.importer,
            "consignees": sorted(set(self.consignees)),
            "exit_points": sorted(set(self.exit_points)),
            "entry_points": sorted(set(self.entry_points)),
            "transit": None if self.transit is None else sorted(set(self.transit)),
        }

    def lines(self) -> tuple[tuple[str, str], ...]:
        """For people."""
        rows = [
            ("Number", self.number),
            ("Substances", ", ".join(self.substances)),
            ("Quantity", f"{self.quantity} {self.basis}"),
            ("Valid", f"from {self.valid_from} until {self.valid_until}, {self.use} use"),
        ]
        named = (
            ("Exporter", self.exporter or ""),
            ("Importer", self.importer or ""),
            ("Consignees", ", ".join(self.consignees)),
            ("Exit", ", ".join(self.exit_points)),
            ("Entry", ", ".join(self.entry_points)),
        )
        return (*rows, *((label, text) for label, text in named if text))


class PermitAsFound(BaseModel):
    """A permit as whoever draws on it found it: compared with the ledger, and all that a bundle is told of it."""

    model_config = STRICT
    sort: Sort = Field(title="Sort", description="which permission it is")
    by: PartyId = Field(title="Given by", description="whose permit it is: an authority, or the user who declared")
    holder: PartyId = Field(title="Holder", description="who may draw on it")
    importing: CountryCode | None = Field(
        None, title="Importing country", description="to which a notification is sent; absent for other permits"
    )
    reply_by: InstantText | None = Field(
        None, title="Reply by", description="when a notification asks to be replied to; absent: it does not"
    )
    terms: PermitTerms = Field(title="Terms", description="as they stand")
    terms_by: StatementId = Field(title="Terms by", description="the statement that set them")
    status: Status = Field(title="Status", description="as it stands")
    drawn: Amount | None = Field(
        None, title="Drawn before", description="on the permit by all, in its unit and basis; absent: nothing"
    )
    used_by: ConsignmentId | None = Field(
        None, title="Used by", description="the first consignment that drew on it; absent: none has"
    )

    def as_state(self) -> State:
        """The members of the permit's state that it repeats."""
        return {
            "sort": self.sort,
            "by": self.by,
            "holder": self.holder,
            "importing": self.importing,
            "reply_by": None if self.reply_by is None else instant_of(self.reply_by),
            "terms": self.terms.as_state(),
            "terms_by": self.terms_by,
            "status": self.status,
            "drawn": 0 if self.drawn is None else self.drawn.amount,
            "used_by": self.used_by,
        }


def ratio_of(density: str | None) -> list[int] | None:
    """A density as numerator and denominator; None for none."""
    if density is None:
        return None
    whole, _, fraction = density.partition(".")
    return [int(whole + fraction), 10 ** len(fraction)]
