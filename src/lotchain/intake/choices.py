"""What an importer states beside the form, because the form does not hold it; each checked before it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from lotchain.core import ids
from lotchain.core.cas import cas_check_digit
from lotchain.core.instants import parse_offset
from lotchain.core.quantities import MAX_AMOUNT
from lotchain.errors import Malformed
from lotchain.events.fields import CasNumber, Locode, Word
from lotchain.intake.assess import quantity_of
from lotchain.intake.manifest import Manifest
from lotchain.intake.signatures import signing_sites
from lotchain.intake.units import convert

PLACE_CODE: Final = "USXXX"
"""Stands for a place in the United States that the importer did not name; UN/LOCODE 2024-2 assigns no such code."""

PLACE_OFFSET: Final = "+00:00"
ANSWER_HOURS: Final = 240
MODE: Final = "road"


@dataclass(frozen=True, slots=True)
class Received:
    """What the facility counted of a line, in the line's unit; what is left is missing, what is beyond is over."""

    accepted: Decimal
    refused: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form does not hold.

    Attributes:
        substances: line number → CAS number of what the line holds; a line without one is not drafted.
        parties: role → party on the ledger; else `party:US-<EPA site id>`.
        places: role → (UN/LOCODE, offset from UTC); else `USXXX`, `+00:00`.
        received: line number → what the facility counted, where the form notes that it is not the line's quantity.
        answer_hours: how long an offer stays open, 1 to 9999; ten days by default.
        mode: mode of transport of every hand-over.

    """

    substances: Mapping[int, str] = field(default_factory=dict)
    parties: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    received: Mapping[int, Received] = field(default_factory=dict)
    answer_hours: int = ANSWER_HOURS
    mode: str = MODE

    def place(self, role: str) -> dict[str, str]:
        """The place of a role as events hold it, or its stand-in."""
        code, offset = self.places.get(role, (PLACE_CODE, PLACE_OFFSET))
        return {"code": code, "offset": offset}


def check_choices(manifest: Manifest, choices: Choices) -> None:
    """Whether the choices fit the form.

    Raises:
        Malformed: `choice-line` (no such line), `choice-role` (no such handler), `choice-value` (a CAS number, place,
            count, deadline or mode of the wrong form), `cas-check-digit`, `offset-format` and the codes of ids.

    """
    lines = {waste.line: waste for waste in manifest.wastes}
    for name, chosen in (("cas", choices.substances), ("received", choices.received)):
        for line in chosen:
            if line not in lines:
                shown = ", ".join(map(str, sorted(lines))) or "no line"
                raise Malformed("choice-line", "the form has no such line", expected=shown, found=line, field=name)
    roles = [site.role for site in signing_sites(manifest)]
    for name, named in (("party", choices.parties), ("place", choices.places)):
        for role in named:
            if role not in roles:
                expected = ", ".join(roles) or "no handler"
                raise Malformed(
                    "choice-role", "the form has no such handler", expected=expected, found=role, field=name
                )
    for line, cas in choices.substances.items():
        _check_shape(CasNumber, cas, f"cas {line}", "a CAS number such as 67-64-1")
        if not cas_check_digit(cas):
            raise Malformed("cas-check-digit", "the CAS number's check digit is wrong", found=cas, field=f"cas {line}")
    for role, party in choices.parties.items():
        ids.check(party, "party", f"party {role}")
    for role, (code, offset) in choices.places.items():
        _check_shape(Locode, code, f"place {role}", "a UN/LOCODE such as USNYC")
        parse_offset(offset, f"place {role}")
    _check_shape(Word, choices.mode, "mode", "road, rail, sea, air, inland-water, pipeline or none")
    if not 1 <= choices.answer_hours <= 9999:
        raise Malformed("choice-value", "the answer's time is out of range", expected="1 to 9999 hours", field="answer")
    for line, count in choices.received.items():
        _check_count(manifest, line, count)


def _check_count(manifest: Manifest, line: int, count: Received) -> None:
    waste = next(waste for waste in manifest.wastes if waste.line == line)
    stated = quantity_of(waste)
    if stated is None:
        return
    for figure in (count.accepted, count.refused):
        if not figure.is_finite() or figure < 0 or convert(figure, stated.unit).amount > MAX_AMOUNT:
            raise Malformed(
                "choice-value",
                "a count is out of range",
                expected="zero or more",
                found=figure,
                field=f"received {line}",
            )


def _check_shape(kind: Any, value: str, name: str, expected: str) -> None:
    """Whether a text has the form of an event's field."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        raise Malformed(
            "choice-value", "this has not the form that the ledger takes", expected=expected, found=value, field=name
        ) from None
