"""Pre-export notifications (1988 Convention, article 12(10)(a)), and consignments abroad that none covers yet."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lotchain.core.ids import country_of
from lotchain.core.instants import format_instant
from lotchain.custody.permits import PRE_EXPORT
from lotchain.returns.chronicle import Chronicle, year_of
from lotchain.returns.parcels import Parcel, Parcels, total
from lotchain.returns.permits import Permit, Permits, status_cell, substance_cells, term_weights
from lotchain.returns.table import (
    DECIMAL,
    INSTANT,
    NOTHING,
    TEXT,
    Cell,
    Column,
    Row,
    known,
    listed,
    row,
    unknown,
)
from lotchain.returns.weights import UNITS, decimal_text, factor_of, weight_columns, weights

COLUMNS: Final = (
    Column("made_from", "Made from", TEXT, "D", "", "notification: one on the ledger; consignment: none covers it"),
    Column("notification", "Notification", TEXT, "D", "", "id of the permit"),
    Column("pen_number", "PEN number", TEXT, "M", "K", "as the issuer numbers it; the system sets its own"),
    Column("notified_at", "Notified at", INSTANT, "D", "", "when the notification says that it was sent"),
    Column("exporting_country", "Exporting country", TEXT, "M", "V", "ISO 3166"),
    Column("exporting_authority", "Exporting authority", TEXT, "M", "K", "the sender"),
    Column("exporting_authority_name", "Its name", TEXT, "M", "K", "as on the ledger"),
    Column("importing_country", "Importing country", TEXT, "M", "V", "ISO 3166"),
    Column("importing_authority", "Importing authority", TEXT, "M", "K", "the receiver"),
    Column("exporter", "Exporter", TEXT, "M", "V", "party"),
    Column("exporter_name", "Exporter's name", TEXT, "M", "V", "organisation"),
    Column("exporter_address", "Exporter's address", TEXT, "M", "V", "address"),
    Column("importer", "Importer", TEXT, "M", "V", "party"),
    Column("importer_name", "Importer's name", TEXT, "M", "V", "organisation"),
    Column("importer_address", "Importer's address", TEXT, "M", "V", "address"),
    Column("consignees", "Ultimate consignees", TEXT, "C", "V", "parties, when available"),
    Column("other_operators", "Other operators", TEXT, "O", "K", "carriers, as the hand-overs say"),
    Column("substance", "Substance", TEXT, "M", "V", "name of the base, by the CAS number"),
    Column("cas", "CAS numbers", TEXT, "M", "K", "that the notification covers"),
    Column("hs", "HS code", TEXT, "M", "K", "of the base"),
    Column("preparation", "Preparation", TEXT, "C", "K", "declared content of the lots"),
    *weight_columns("V"),
    Column("basis", "Stated as", TEXT, "D", "", "salt or base: which of the two was stated"),
    Column("drawn", "Drawn", DECIMAL, "D", "", "by consignments, in the notification's own basis"),
    Column("drawn_unit", "Drawn unit", TEXT, "D", "", "KGM or LTR"),
    Column("exit_points", "Points of exit", TEXT, "O", "K", "UN/LOCODE"),
    Column("entry_points", "Points of entry", TEXT, "M", "V", "UN/LOCODE, expected"),
    Column("transit", "Transit", TEXT, "O", "K", "ISO 3166"),
    Column("dispatch", "Dispatch", INSTANT, "M", "V", "expected"),
    Column("arrival", "Arrival", INSTANT, "O", "K", "expected"),
    Column("export_authorisation", "Export authorisation", TEXT, "C", "K", "number"),
    Column("export_expiry", "Its end", INSTANT, "C", "K", "exclusive"),
    Column("import_permit", "Import permit", TEXT, "C", "K", "number"),
    Column("route", "Route", TEXT, "O", "K", "of the consignments"),
    Column("mode", "Means of transport", TEXT, "O", "K", "of the consignments"),
    Column("end_use", "Intended end use", TEXT, "O", "K", "of the end-use declarations drawn on"),
    Column("reply_by", "Reply by", INSTANT, "M", "K", "until when a reply is asked for"),
    Column("remarks", "Remarks", TEXT, "O", "V", "free text"),
    Column("files", "Files", TEXT, "O", "V", "numbers of its papers"),
    Column("status", "Status", TEXT, "M", "K", "of the notification; no reply is never a yes"),
    Column("reply_authority", "Reply by authority", TEXT, "C", "K", "who replied last"),
    Column("reply_at", "Reply at", INSTANT, "C", "K", "when it says that it did"),
    Column("reply_reason", "Reason", TEXT, "C", "K", "free text"),
    Column("consignments", "Consignments", TEXT, "D", "", "that drew on it, or that this would be for"),
)


def rows(chronicle: Chronicle, parcels: Parcels, permits: Permits) -> tuple[Row, ...]:
    """A row a notification, then a row a substance of each consignment abroad that drew on none; in log order."""
    notified = [permit for permit in permits.by_name.values() if permit.state["sort"] == PRE_EXPORT]
    made = [_notified(chronicle, parcels, permits, permit) for permit in notified]
    for parcel in parcels.by_name.values():
        if parcel.ends[0] != parcel.ends[1] and not parcel.drew(PRE_EXPORT):
            made += _planned(chronicle, permits, parcel)
    return tuple(made)


def _notified(chronicle: Chronicle, parcels: Parcels, permits: Permits, permit: Permit) -> Row:
    state, terms, event, here = permit.state, permit.state["terms"], permit.event, (permit.entry,)
    sources = permit.terms_at(chronicle)
    drew = [parcel for parcel in parcels.by_name.values() if any(d.permit == permit.name for d in parcel.drawings)]
    exporter = terms["exporter"] or state["holder"]
    issuer, importing = state["by"], state["importing"]
    replied = permit.replies[-1] if permit.replies else None
    cells = {
        "made_from": known("notification"),
        "notification": known(permit.name, here),
        "pen_number": known(terms["number"], sources, "the issuer's own number"),
        "notified_at": known(event["occurred_at"], here),
        "exporting_country": known(country_of(issuer), here),
        "exporting_authority": known(issuer, here),
        "exporting_authority_name": chronicle.name(issuer),
        "importing_country": known(importing, here),
        "importing_authority": _authority(chronicle, importing),
        **chronicle.party("exporter", exporter, sources),
        **chronicle.party("importer", terms["importer"], sources),
        "consignees": listed(terms["consignees"], sources),
        **substance_cells(chronicle, terms["substances"], sources),
        **term_weights(chronicle, permit, country_of(issuer)),
        "preparation": listed((good.content for p in drew for good in p.goods), (p.entry for p in drew)),
        "basis": known(terms["basis"], sources),
        "drawn": known(decimal_text(state["drawn"])[0], [d.entry for p in drew for d in p.drew(PRE_EXPORT)]),
        "drawn_unit": known(UNITS[terms["quantity_kind"]]),
        "exit_points": listed(terms["exit_points"], sources),
        "entry_points": listed(terms["entry_points"], sources),
        "transit": listed(terms["transit"] or (), sources),
        "dispatch": known(event.get("dispatch", ""), here),
        "reply_by": known("" if state["reply_by"] is None else format_instant(state["reply_by"]), here),
        "remarks": chronicle.text(event.get("remarks"), here),
        "files": listed((paper.get("reference", paper["sha256"]) for paper in event.get("documents", ())), here),
        "status": status_cell(chronicle, permit),
        **_under_way(chronicle, permits, drew),
        **_authorised(permits, permit, drew),
    }
    if replied is not None:
        cells["reply_authority"] = known(replied.issuer, (replied.entry,))
        cells["reply_at"] = known(replied.at, (replied.entry,))
        cells["reply_reason"] = chronicle.text(replied.reason, (replied.entry,))
    subjects = {permit.name, *(parcel.name for parcel in drew), *(good.lot for p in drew for good in p.goods)}
    return row(
        COLUMNS, cells, years=(year_of(permit.at),), countries=(country_of(issuer), importing), subjects=subjects
    )


def _planned(chronicle: Chronicle, permits: Permits, parcel: Parcel) -> Iterable[Row]:
    here, (home, abroad) = (parcel.entry,), parcel.ends
    for (cas, kind), goods in parcel.substances().items():
        state = parcel.state
        cells = {
            "made_from": known("consignment"),
            "exporting_country": known(home, here, "where the route begins"),
            "exporting_authority": _authority(chronicle, home),
            "importing_country": known(abroad, here, "where the route ends"),
            "importing_authority": _authority(chronicle, abroad),
            **chronicle.party("exporter", state["exporter"], here),
            **chronicle.party("importer", state["importer"], here),
            "consignees": listed(state["final"], here),
            **substance_cells(chronicle, [cas] if cas else [], here),
            "preparation": listed(good.content for good in goods),
            **weights(total(goods), kind, factor_of(chronicle.substances, cas, home, kind), here),
            "basis": known("salt"),
            "exit_points": parcel.port(home, last=True),
            "entry_points": parcel.port(abroad, last=False),
            "transit": listed((code for code in parcel.countries if code not in parcel.ends), here),
            "status": unknown("no notification on the ledger covers this consignment"),
            **_under_way(chronicle, permits, [parcel]),
            **_authorised(permits, None, [parcel]),
        }
        authority = chronicle.authority(home)
        if authority is not None:
            cells["exporting_authority_name"] = chronicle.name(authority)
        subjects = {parcel.name, *(good.lot for good in goods)}
        years, countries = (year_of(parcel.at),), parcel.ends
        yield row(COLUMNS, cells, years=years, countries=countries, subjects=subjects)


def _authority(chronicle: Chronicle, country: str) -> Cell:
    found = chronicle.authority(country)
    if found is None:
        return unknown(f"the ledger has no national authority of {country}")
    return known(found, chronicle.first(found))


def _under_way(chronicle: Chronicle, permits: Permits, drew: list[Parcel]) -> dict[str, Cell]:
    at = [parcel.entry for parcel in drew]
    carriers = [parcel.carriers() for parcel in drew]
    uses = [
        (use, drawing.entry)
        for parcel in drew
        for drawing in parcel.drew("end-use")
        for use in permits.by_name[drawing.permit].event.get("uses", ())
    ]
    return {
        "other_operators": listed(
            (name for cell in carriers for name in (cell.value or "").split("; ")),
            (index for cell in carriers for index in cell.sources),
        ),
        "route": listed((" > ".join(parcel.state["route"]) for parcel in drew), at),
        "mode": listed((parcel.state["mode"] for parcel in drew), at),
        "end_use": listed((use for use, _ in uses), (index for _, index in uses)),
        "consignments": listed((parcel.name for parcel in drew), at),
    }


def _authorised(permits: Permits, notified: Permit | None, drew: list[Parcel]) -> dict[str, Cell]:
    """Export and import permits: that rest on the notification, or that its consignments drew on."""
    names = {drawing.permit for parcel in drew for drawing in (*parcel.drew("export"), *parcel.drew("import"))}
    found = [
        permit
        for permit in permits.by_name.values()
        if permit.name in names or (notified is not None and permit.event.get("notification") == notified.name)
    ]
    exports = [permit for permit in found if permit.state["sort"] == "export"]
    imports = [permit for permit in found if permit.state["sort"] == "import"]
    ends = [format_instant(permit.state["terms"]["until"]) for permit in exports]
    return {
        "export_authorisation": _numbers(exports),
        "export_expiry": listed(ends, [permit.entry for permit in exports]) if len(ends) == 1 else NOTHING,
        "import_permit": _numbers(imports),
    }


def _numbers(found: list[Permit]) -> Cell:
    return listed((permit.state["terms"]["number"] for permit in found), [permit.entry for permit in found])
