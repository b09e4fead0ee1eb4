"""Rows for INCB Form D: seizures, thefts and suspected diversion, stopped shipments (1988 Convention, article 12(12)).

The form's parts and numbering are known from memory alone. Which modus operandi lies behind a theft is nothing that a
ledger of custody knows: its own word for it is given, and the form's is undetermined.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from lotchain.returns.chronicle import Chronicle, local_day, times, year_of
from lotchain.returns.incidents import DIVERSION, PARTS, SEIZURE, Incident, Incidents, documents
from lotchain.returns.permits import substance_cells
from lotchain.returns.table import INSTANT, INTEGER, NOTHING, TEXT, Cell, Column, Row, known, listed, row, unknown
from lotchain.returns.weights import factor_of, find, weight_columns, weights
from lotchain.rules.substances import LISTED, NOT_LISTED

UN_LIST: Final = "un-1988"
_NOT_ONE: Final = "a ledger of custody does not know it: an officer fills it in"

COLUMNS: Final = (
    Column("part", "Part", TEXT, "M", "K", "; ".join(f"{part}: {means}" for part, means in PARTS.items())),
    Column("year", "Year", INTEGER, "M", "K", "in which it happened, by the clocks of its place"),
    Column("country", "Country", TEXT, "M", "K", "that reports: of the place, else of whoever signed"),
    Column("authority", "Authority", TEXT, "M", "K", "its national authority"),
    Column("authority_name", "Authority's name", TEXT, "M", "K", "as on the ledger"),
    Column("officer", "Officer", TEXT, "M", "K", "who answers for the return"),
    Column("contact", "Contact", TEXT, "M", "K", "of that officer"),
    Column("occurred_at", "Occurred at", INSTANT, "M", "K", "UTC, as the statement says"),
    Column("local_time", "Local time", TEXT, "D", "", "the same by the clocks of the place"),
    Column("substance", "Substance", TEXT, "M", "K", "name of the base, by the CAS number"),
    Column("cas", "CAS number", TEXT, "M", "K", "of the goods as they stand"),
    Column("hs", "HS code", TEXT, "O", "K", "of the base"),
    Column("un_table", "Table", TEXT, "M", "K", "of the 1988 Convention on that day; none: a non-listed substance"),
    Column("drug_made", "Drug made", TEXT, "C", "K", "of non-listed substances, if known"),
    *weight_columns("K"),
    Column("number", "Number", INTEGER, "C", "K", "of seizures: a row is one"),
    Column("origin", "Origin", TEXT, "M", "K", "countries in which the goods were made"),
    Column("place", "Place", TEXT, "M", "K", "UN/LOCODE"),
    Column("taken_to", "Taken to", TEXT, "D", "", "UN/LOCODE of seized goods"),
    Column("route", "Route", TEXT, "C", "K", "declared, of its consignment"),
    Column("method", "Method", TEXT, "M", "K", "of diversion, modus operandi"),
    Column("stated", "Stated as", TEXT, "D", "", "the statement's own word for how or why"),
    Column("outcome", "Outcome", TEXT, "D", "", "of a stopped shipment"),
    Column("reported_by", "Reported by", TEXT, "D", "", "who signed"),
    Column("reference", "Reference", TEXT, "D", "", "number of the case or report"),
    Column("lot", "Lot", TEXT, "D", "", "id"),
    Column("consignment", "Consignment", TEXT, "D", "", "id"),
    Column("papers", "Papers", TEXT, "D", "", "numbers or digests"),
)


def rows(chronicle: Chronicle, incidents: Incidents) -> tuple[Row, ...]:
    """A row an incident, in log order."""
    return tuple(_row(chronicle, incident) for incident in incidents.all)


def _row(chronicle: Chronicle, incident: Incident) -> Row:
    entries = incident.entries
    country = country_of_incident(incident)
    authority = chronicle.authority(country)
    year = year_of(incident.at, incident.offset or "+00:00")
    cells = {
        "part": known(incident.part, entries),
        "year": known(year, entries),
        "country": known(country),
        "authority": unknown(f"the ledger has no national authority of {country}")
        if authority is None
        else known(authority, chronicle.first(authority)),
        "authority_name": NOTHING if authority is None else chronicle.name(authority),
        **times(incident.at, incident.offset, entries),
        **substance_cells(chronicle, [incident.cas] if incident.cas else [], chronicle.first(incident.lot)),
        "un_table": un_table(chronicle, incident),
        **quantity(chronicle, incident, country),
        "number": known(1, entries) if incident.part == SEIZURE else NOTHING,
        "origin": chronicle.made_in([incident.lot]),
        "place": known(incident.place, entries),
        "taken_to": known(incident.taken_to, entries),
        "method": unknown(_NOT_ONE),
        "stated": known(incident.method, entries),
        "outcome": known(incident.outcome, incident.outcome_entries),
        "reported_by": known(incident.reporter, entries),
        "reference": known(incident.event.get("reference", ""), entries),
        "lot": known(incident.lot, entries),
        "papers": listed(documents(incident), entries),
    }
    if incident.parcel is not None:
        cells["consignment"] = known(incident.parcel.name, (incident.parcel.entry,))
        cells["route"] = known(" > ".join(incident.parcel.state["route"]), (incident.parcel.entry,))
    return row(COLUMNS, cells, years=(year,), countries=(country,), subjects=subjects(incident))


def country_of_incident(incident: Incident) -> str:
    """The country that reports it: of its place; without one, of whoever signed."""
    return (incident.place or incident.reporter.removeprefix("party:"))[:2]


def subjects(incident: Incident) -> set[str]:
    """What it is about: the lot, its consignment, the permits that this drew on."""
    if incident.parcel is None:
        return {incident.lot}
    return {incident.lot, incident.parcel.name, *(drawing.permit for drawing in incident.parcel.drawings)}


def quantity(chronicle: Chronicle, incident: Incident, country: str) -> dict[str, Cell]:
    """How much, as it stands and as base."""
    why = "how much was seen is not stated" if incident.part == DIVERSION else "how much is not stated"
    factor = factor_of(chronicle.substances, incident.cas, country, incident.kind)
    return weights(incident.amount, incident.kind, factor, incident.entries, why=why)


def un_table(chronicle: Chronicle, incident: Incident) -> Cell:
    """The treaty's table in which the substance stood that day; a note where that is known from memory alone."""
    match = find(chronicle.substances, incident.cas)
    if match is None:
        return unknown("the data on substances does not hold it: that says nothing about whether it is listed")
    day = date.fromisoformat(local_day(incident.at, incident.offset or "+00:00"))
    for standing in chronicle.substances.standings(match.substance, day, match.salt):
        if standing.register.key != UN_LIST:
            continue
        how = f"{standing.register.title}, {standing.confidence}" + (f"; {standing.why}" if standing.why else "")
        if standing.status == LISTED and standing.listing is not None and standing.verified:
            return known(standing.listing.kind, (), how)
        if standing.status == NOT_LISTED and standing.verified:
            return known("none", (), how)
        remembered = standing.listing.kind if standing.status == LISTED and standing.listing is not None else ""
        return unknown(f"{standing.why or how}" + (f"; from memory: {remembered}" if remembered else ""))
    return unknown("the data holds no such list")
