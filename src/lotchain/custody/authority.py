"""Who may act with public authority, over whom, and where (protocol, "Authority")."""

from __future__ import annotations

from lotchain.core.ids import country_of
from lotchain.custody import charter as charters
from lotchain.custody import consignments, territory
from lotchain.custody.case import Case, State
from lotchain.custody.findings import Finding, refusal

NOT_AUTHORITY = refusal(
    "not-authority",
    "the issuer is not a national authority in force on this ledger",
    "have the competent national authority sign, or complete its accession first",
)
AUTHORITY_SCOPE = refusal(
    "authority-scope",
    "this authority has no competence here",
    "over a party: the country that registered it; over a lot: the country of its declared place or route; "
    "over a breach of the Convention: the State that owed what its rule asks",
)
CODES = (NOT_AUTHORITY, AUTHORITY_SCOPE)


def over_party(case: Case, party: str) -> Finding | None:
    """Over parties: the country that registered them."""
    country = charters.country_of_authority(case.state(charters.SUBJECT), case.issuer)
    if country is None:
        return case.finding(NOT_AUTHORITY, party, found=case.issuer)
    if country != country_of(party):
        return case.finding(AUTHORITY_SCOPE, party, expected=country_of(party), found=country)
    return None


def over_lot(case: Case, lot: str, state: State) -> Finding | None:
    """Over lots: the country of the last declared place, or of the declared route."""
    country = charters.country_of_authority(case.state(charters.SUBJECT), case.issuer)
    if country is None:
        return case.finding(NOT_AUTHORITY, lot, found=case.issuer)
    countries = lot_countries(state)
    if country not in countries:
        return case.finding(AUTHORITY_SCOPE, lot, expected=" or ".join(sorted(countries)), found=country)
    return None


def over_convention(case: Case, lot: str, state: State, rule: str) -> Finding | None:
    """Over a breach of the Convention: the State that owed what the rule asks.

    It is the exporting State, where the declared route begins; of a reply to a notification the importing one, where
    it ends; of what binds handlers anywhere, each that is competent over the lot, and so without a consignment. Where
    the lot's routes do not all begin (or end) in one State, none can be told to have owed it.
    """
    ways = consignments.ways(state)
    if ways is None or rule.startswith(territory.ANYWHERE):
        return over_lot(case, lot, state)
    country = charters.country_of_authority(case.state(charters.SUBJECT), case.issuer)
    if country is None:
        return case.finding(NOT_AUTHORITY, lot, found=case.issuer)
    owing = ways["ends" if rule == territory.IMPORTERS_DUTY else "begins"]
    expected = owing or "the one State where all of its routes begin, or end"
    return None if country == owing else case.finding(AUTHORITY_SCOPE, lot, expected=expected, found=country)


def at_last_place(case: Case, lot: str, state: State) -> Finding | None:
    """For the heavier acts (a conflict's resolution): the country of the last declared place only."""
    country = charters.country_of_authority(case.state(charters.SUBJECT), case.issuer)
    if country is None:
        return case.finding(NOT_AUTHORITY, lot, found=case.issuer)
    expected = str(state["place"]["code"])[:2]
    if country != expected:
        return case.finding(AUTHORITY_SCOPE, lot, expected=expected, found=country)
    return None


def over_consignment(case: Case, consignment: str, state: State) -> Finding | None:
    """Over consignments: the countries of the declared route."""
    country = charters.country_of_authority(case.state(charters.SUBJECT), case.issuer)
    if country is None:
        return case.finding(NOT_AUTHORITY, consignment, found=case.issuer)
    countries = {str(code)[:2] for code in state["route"]}
    if country not in countries:
        return case.finding(AUTHORITY_SCOPE, consignment, expected=" or ".join(sorted(countries)), found=country)
    return None


def lot_countries(state: State) -> set[str]:
    """The countries whose authorities are competent over a lot."""
    codes = [state["place"]["code"]]
    if state["consignment"] is not None:
        codes += state["consignment"]["route"]
    return {str(code)[:2] for code in codes}


def is_authority(case: Case) -> bool:
    """Whether the issuer is a national authority in force."""
    return charters.country_of_authority(case.state(charters.SUBJECT), case.issuer) is not None
