"""Whose law holds where: the rule sets that concern a country, and what crossing from one to another means.

Every party to the 1988 Convention is bound by it; which countries are not is not data that this ledger has, so it is
asked everywhere. Within the European Union goods cross no customs border.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

CONVENTION: Final = "UN"
UNION: Final = "EU"
MEMBERS: Final = frozenset(
    (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    )
)  # fmt: skip
"""The member States of the European Union since 2020-02-01 (Treaty on European Union, article 52)."""

ANYWHERE: Final = ("un-01-", "un-02-", "un-12-", "un-adopted-late")
"""How the ids of the Convention's rules begin that bind handlers wherever they are (articles 12(8), 12(9)(a), 12(14)),
and the code of its late adoption; every other one is the exporting State's to see to, papers, labels and seals too."""
IMPORTERS_DUTY: Final = "un-incb-reply"
"""The rule that goods wait for the importing State's answer, which is no objection: that State has the last word."""

NATIONAL: Final = frozenset({"US", "MX", "CA", "CN", "IN"})
"""Countries whose own law has a rule set in this version."""


PART_OF: Final = {
    **dict.fromkeys(("PR", "VI", "GU", "AS", "MP"), "US"),
    **dict.fromkeys(("GF", "GP", "MQ", "RE", "YT", "MF"), "FR"),
    "AX": "FI",
}
"""Places with letters of their own in UN/LOCODE where another State's law holds (21 U.S.C. 802(28); article 355(1) of
the Treaty on the Functioning of the European Union). From memory: it only leads to more being asked."""


def state_of(country: str) -> str:
    """The State whose law holds in a country of UN/LOCODE, and whose authority adopts it."""
    return PART_OF.get(country, country)


def laws_of(country: str) -> tuple[str, ...]:
    """The jurisdictions whose rule sets concern a country: the Convention's, and its own or the Union's."""
    country = state_of(country)
    if country in MEMBERS:
        return (CONVENTION, UNION)
    return (CONVENTION, country) if country in NATIONAL else (CONVENTION,)


def territory(country: str) -> str:
    """The customs territory of a country."""
    return UNION if country in MEMBERS else country


def regimes(countries: Iterable[str]) -> frozenset[str]:
    """The jurisdictions that concern any of these countries."""
    return frozenset(law for country in countries for law in laws_of(country))


def may_adopt(country: str, jurisdiction: str) -> bool:
    """Whether a country's authority adopts rule sets of this jurisdiction, for its own country."""
    return jurisdiction == CONVENTION or (country not in PART_OF and jurisdiction in laws_of(country))


class Route:
    """A declared route, by the borders that it crosses."""

    def __init__(self, places: Iterable[str]) -> None:
        self.places = tuple(places)
        self.first = self.places[0][:2]
        self.last = self.places[-1][:2]
        self.crosses = territory(self.first) != territory(self.last)

    @property
    def territories(self) -> frozenset[str]:
        """The customs territories of its places."""
        return frozenset(territory(place[:2]) for place in self.places)

    @property
    def transit(self) -> frozenset[str]:
        """Countries on the way that are in neither territory."""
        ends = {territory(self.first), territory(self.last)}
        return frozenset(place[:2] for place in self.places if territory(place[:2]) not in ends)

    @property
    def exit_point(self) -> str:
        """The last place in the territory that the goods leave."""
        for place in reversed(self.places):
            if territory(place[:2]) == territory(self.first):
                return place
        return self.places[0]

    @property
    def entry_point(self) -> str:
        """The first place in the territory that the goods enter."""
        for place in self.places:
            if territory(place[:2]) == territory(self.last):
                return place
        return self.places[-1]
