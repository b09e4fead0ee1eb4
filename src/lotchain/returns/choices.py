"""Which rows somebody asks for: a year, a lot, a consignment, a permit, a country; and in which form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from lotchain.core import ids
from lotchain.core.countries import is_country
from lotchain.errors import Malformed
from lotchain.returns.table import Row

YEAR, LOT, CONSIGNMENT, PERMIT, COUNTRY = "year", "lot", "consignment", "permit", "country"
SUBJECTS: Final = (LOT, CONSIGNMENT, PERMIT)
FORMS: Final = ("csv", "json", "xlsx")


class Choices(NamedTuple):
    """What was asked for; None: everything.

    Attributes:
        year: calendar year.
        lot, consignment, permit: ids.
        country: ISO 3166-1 alpha-2.

    """

    year: int | None = None
    lot: str | None = None
    consignment: str | None = None
    permit: str | None = None
    country: str | None = None

    def subjects(self) -> tuple[str, ...]:
        """The subjects that were named."""
        return tuple(name for name in (self.lot, self.consignment, self.permit) if name is not None)

    def takes(self, row: Row) -> bool:
        """Whether a row is one of those that were asked for."""
        return (
            (self.year is None or self.year in row.years)
            and (self.country is None or self.country in row.countries)
            and row.subjects.issuperset(self.subjects())
        )

    def told(self) -> dict[str, str]:
        """What was asked for, by name, as text."""
        return {name: str(value) for name, value in self._asdict().items() if value is not None}


def read_choices(given: Mapping[str, str], taken: Iterable[str]) -> Choices:
    """Choices from texts, by name.

    Args:
        given: name → text, those left out not among them.
        taken: the names that this kind of report knows.

    Raises:
        Malformed: `report-choice` for a name that it does not know, `year-format`, `country-format`, those of ids.

    """
    for name in given:
        if name not in taken:
            raise Malformed(
                "report-choice", "this report is not chosen by that", expected=", ".join(taken) or "no choice",
                found=name, field=name,
            )  # fmt: skip
    for name in SUBJECTS:
        if name in given:
            ids.check(given[name], name, name)
    country = given.get(COUNTRY)
    if country is not None and not is_country(country):
        raise Malformed(
            "country-format", "this is no country", expected="ISO 3166-1 alpha-2, in capitals", found=country,
            field=COUNTRY,
        )  # fmt: skip
    year = given.get(YEAR)
    if year is not None and re.fullmatch("19[7-9][0-9]|[2-9][0-9]{3}", year) is None:
        raise Malformed("year-format", "this is no year", expected="four digits, 1970 to 9999", found=year, field=YEAR)
    return Choices(
        None if year is None else int(year), given.get(LOT), given.get(CONSIGNMENT), given.get(PERMIT), country
    )


def read_form(name: str) -> str:
    """The form of a report from the suffix of its file's name: `csv`, `json` or `xlsx`.

    Raises:
        Malformed: `report-form`.

    """
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if suffix not in FORMS:
        raise Malformed(
            "report-form", "the form of a report follows from the name of its file",
            expected="a name that ends in .csv, .json or .xlsx", found=name, field="out",
        )  # fmt: skip
    return suffix
