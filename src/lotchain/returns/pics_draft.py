"""Drafts for the INCB's PICS (Precursors Incident Communication System): a file for an authority, never posted.

PICS is closed to industry and its screens were not read: every field is known from memory alone.
"""

from __future__ import annotations

import re
from typing import Final

from lotchain.returns.chronicle import Chronicle, times, year_of
from lotchain.returns.form_d import country_of_incident, quantity, subjects
from lotchain.returns.incidents import DIVERSION, SEIZURE, STOPPED, THEFT, Incident, Incidents, documents
from lotchain.returns.permits import substance_cells
from lotchain.returns.table import INSTANT, NOTHING, TEXT, Cell, Column, Row, known, listed, row, unknown
from lotchain.returns.weights import find, weight_columns

_TYPES: Final = {SEIZURE: "seizure", THEFT: "theft", STOPPED: "stopped shipment"}
_CONTAINER: Final = re.compile(r"([A-Z]{3}[UJZ])\s?([0-9]{6})[\s-]?([0-9])")
_LETTERS: Final = "0123456789A?BCDEFGHIJK?LMNOPQRSTU?VWXYZ"
"""ISO 6346: a letter's value is its place here; those of multiples of 11 are left out."""

COLUMNS: Final = (
    Column("state", "State", TEXT, "D", "", "draft: nothing was sent to anybody"),
    Column("incident_number", "Incident number", TEXT, "M", "K", "given by the system"),
    Column("ledger_reference", "Ledger reference", TEXT, "D", "", "id of the statement"),
    Column("occurred_at", "Occurred at", INSTANT, "M", "K", "UTC, as the statement says"),
    Column("local_time", "Local time", TEXT, "D", "", "the same by the clocks of the place"),
    Column("agency", "Reporting agency", TEXT, "M", "K", "the authority that signed; else that of the country"),
    Column("agency_name", "Agency's name", TEXT, "M", "K", "as on the ledger"),
    Column("officer", "Officer", TEXT, "M", "K", "who reports"),
    Column("type", "Type", TEXT, "M", "K", "seizure, stopped shipment, theft …"),
    Column("country", "Country", TEXT, "M", "K", "ISO 3166"),
    Column("place", "Place", TEXT, "M", "K", "UN/LOCODE"),
    Column("substance", "Substance", TEXT, "M", "K", "name of the base, by the CAS number"),
    Column("cas", "CAS number", TEXT, "M", "K", "of the goods as they stand"),
    Column("hs", "HS code", TEXT, "O", "K", "of the base"),
    *weight_columns("K"),
    Column("form", "Form", TEXT, "M", "K", "the salt, or the substance itself; declared content"),
    Column("packaging", "Packaging", TEXT, "M", "K", "how many packages, and their serials"),
    Column("declared_as", "Declared as", TEXT, "O", "K", "what the label says"),
    Column("origin", "Origin", TEXT, "C", "K", "countries in which the goods were made"),
    Column("departure", "Departure", TEXT, "C", "K", "country in which the route begins"),
    Column("transit", "Transit", TEXT, "C", "K", "countries in between"),
    Column("destination", "Destination", TEXT, "C", "K", "country in which the route ends"),
    Column("mode", "Mode", TEXT, "O", "K", "of the consignment"),
    Column("means", "Means of transport", TEXT, "O", "K", "as the hand-overs say"),
    Column("container", "Container", TEXT, "O", "K", "ISO 6346, check digit verified"),
    Column("bill_of_lading", "Bill of lading", TEXT, "O", "K", "number"),
    Column("seals", "Seals", TEXT, "O", "K", "on the lot then"),
    Column("companies", "Companies", TEXT, "O", "K", "exporter, importer, final consignees, carriers"),
    Column("concealment", "Concealment", TEXT, "O", "K", "free text"),
    Column("stated", "Stated as", TEXT, "D", "", "the statement's own word for how or why"),
    Column("remarks", "Remarks", TEXT, "O", "K", "free text of the statement"),
    Column("papers", "Papers", TEXT, "O", "K", "numbers or digests"),
    Column("contact", "Investigation contact", TEXT, "M", "K", "who investigates"),
    Column("share_with", "Share with", TEXT, "M", "K", "to whom it may be passed on"),
    Column("lot", "Lot", TEXT, "D", "", "id"),
    Column("consignment", "Consignment", TEXT, "D", "", "id"),
)


def rows(chronicle: Chronicle, incidents: Incidents) -> tuple[Row, ...]:
    """A row an incident, in log order."""
    return tuple(_row(chronicle, incident) for incident in incidents.all)


def _row(chronicle: Chronicle, incident: Incident) -> Row:
    entries, country = incident.entries, country_of_incident(incident)
    agency = incident.reporter if chronicle.is_authority(incident.reporter) else chronicle.authority(country)
    cells = {
        "state": known("draft, not posted"),
        "ledger_reference": known(chronicle.ids[entries[0]], entries[:1]),
        **times(incident.at, incident.offset, entries),
        "agency": unknown(f"the ledger has no national authority of {country}")
        if agency is None
        else known(agency, chronicle.first(agency)),
        "agency_name": NOTHING if agency is None else chronicle.name(agency),
        "type": _type(incident),
        "country": known(country, entries),
        "place": known(incident.place, entries),
        **substance_cells(chronicle, [incident.cas] if incident.cas else [], chronicle.first(incident.lot)),
        **quantity(chronicle, incident, country),
        "form": _form(chronicle, incident),
        "packaging": _packaging(incident),
        "declared_as": chronicle.label(incident.lot),
        "origin": chronicle.made_in([incident.lot]),
        "seals": listed(incident.seals, chronicle.last(incident.lot)),
        "stated": known(incident.method, entries),
        "remarks": chronicle.text(incident.event.get("remarks"), entries[:1]),
        "papers": listed(documents(incident), entries[:1]),
        "lot": known(incident.lot, entries),
        **_journey(chronicle, incident),
    }
    year = year_of(incident.at, incident.offset or "+00:00")
    return row(COLUMNS, cells, years=(year,), countries=(country,), subjects=subjects(incident))


def _type(incident: Incident) -> Cell:
    if incident.part in _TYPES:
        return known(_TYPES[incident.part], incident.entries)
    if incident.part == DIVERSION:
        return unknown("whether it is a diversion or an attempt at one is for the investigation", incident.entries)
    return unknown("an unexplained loss: which of the list it is, is for the investigation", incident.entries)


def _form(chronicle: Chronicle, incident: Incident) -> Cell:
    match = find(chronicle.substances, incident.cas)
    if match is None:
        return unknown("the data on substances does not hold this CAS number")
    form = "the substance itself" if match.salt is None else match.salt.name
    content = chronicle.states[incident.lot]["content"]
    return listed((form, content), chronicle.first(incident.lot))


def _packaging(incident: Incident) -> Cell:
    if incident.packages:
        count = len(incident.packages)
        word = "package" if count == 1 else "packages"
        return known(f"{count} {word}: {' '.join(incident.packages)}", incident.entries)
    if incident.packed:
        return known(f"not stated which; the lot had {incident.packed} packages", incident.entries)
    return unknown("no packages are on the ledger", incident.entries)


def _journey(chronicle: Chronicle, incident: Incident) -> dict[str, Cell]:
    parcel = incident.parcel
    if parcel is None:
        return {}
    here, state = (parcel.entry,), parcel.state
    vehicles, carriers = parcel.vehicles(chronicle), parcel.carriers()
    companies = (state["exporter"], state["importer"], *state["final"], *(carriers.value or "").split("; "))
    container = _CONTAINER.search(vehicles.value or "")
    return {
        "departure": known(parcel.ends[0], here),
        "transit": listed((code for code in parcel.countries if code not in parcel.ends), here),
        "destination": known(parcel.ends[1], here),
        "mode": parcel.mode(),
        "means": vehicles,
        "container": NOTHING if container is None else _container("".join(container.groups()), vehicles.sources),
        "bill_of_lading": parcel.papers("bill-of-lading", "air-waybill", "waybill"),
        "companies": listed(companies, {*here, *carriers.sources}),
        "consignment": known(parcel.name, here),
    }


def _container(number: str, sources: tuple[int, ...]) -> Cell:
    if container_check_digit(number):
        return known(number, sources, "ISO 6346, the check digit is right")
    return unknown(f"{number} stands as means of transport, and its ISO 6346 check digit is wrong", sources)


def container_check_digit(number: str) -> bool:
    """Whether a container number of four letters and seven digits bears its ISO 6346 check digit."""
    weighted = sum(_LETTERS.index(char) << place for place, char in enumerate(number[:10]))
    return weighted % 11 % 10 == int(number[10])
