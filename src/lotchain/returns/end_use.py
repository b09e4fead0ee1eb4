"""End-use (customer) declarations: who declared what for which use, what was drawn on it, what was used up since.

Fields of EU Regulation 273/2004, Annex III (from memory) and of Canada's section 8 (read).
"""

from __future__ import annotations

from typing import Final, NamedTuple

from lotchain.core.ids import country_of
from lotchain.core.instants import format_instant
from lotchain.custody.permits import END_USE
from lotchain.oversight.observed import Observed
from lotchain.returns.chronicle import Chronicle, year_of
from lotchain.returns.parcels import Parcels
from lotchain.returns.permits import Permit, Permits, status_cell, substance_cells, term_weights
from lotchain.returns.table import (
    DECIMAL,
    INSTANT,
    INTEGER,
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
from lotchain.returns.weights import UNITS, decimal_text, weight_columns

COLUMNS: Final = (
    Column("declaration", "Declaration", TEXT, "M", "K", "id of the permit"),
    Column("number", "Number", TEXT, "M", "K", "as the declarant numbers it"),
    Column("hash", "Hash", TEXT, "M", "K", "id of the statement that set its terms"),
    Column("version", "Version", INTEGER, "M", "K", "1, and one more with each change of its terms"),
    Column("declared_at", "Declared at", INSTANT, "M", "K", "date of the declaration"),
    Column("country", "Country", TEXT, "D", "", "that registered the declarant"),
    Column("declarant", "Declarant", TEXT, "M", "V", "party: the buyer"),
    Column("declarant_name", "Declarant's name", TEXT, "M", "V", "organisation"),
    Column("declarant_address", "Declarant's address", TEXT, "M", "V", "address"),
    Column("licence", "Licence", TEXT, "M", "K", "numbers of the declarant's licences in force"),
    Column("licence_authority", "Licensing authority", TEXT, "M", "K", "who gave them"),
    Column("licence_from", "Licence from", INSTANT, "M", "K", "since when"),
    Column("signer", "Signer", TEXT, "M", "K", "name and function"),
    Column("supplier", "Supplier", TEXT, "M", "V", "party"),
    Column("supplier_name", "Supplier's name", TEXT, "M", "V", "organisation"),
    Column("supplier_address", "Supplier's address", TEXT, "M", "V", "address"),
    Column("substance", "Substance", TEXT, "M", "V", "name of the base, by the CAS number"),
    Column("cas", "CAS numbers", TEXT, "M", "K", "that it covers"),
    Column("hs", "HS code", TEXT, "M", "K", "of the base; CN code: its first six digits"),
    *weight_columns("K"),
    Column("basis", "Stated as", TEXT, "D", "", "salt or base: which of the two was stated"),
    Column("transactions", "Transactions", TEXT, "M", "K", "single or multiple"),
    Column("uses", "Uses", TEXT, "M", "V", "the declarant's words"),
    Column("use_text", "Use, in words", TEXT, "O", "K", "remarks"),
    Column("process", "Process and yield", TEXT, "O", "K", "if something is made of it"),
    Column("site", "Site of use", TEXT, "M", "K", "registered sites of the licences"),
    Column("resale", "Resale", TEXT, "M", "K", "none, or licensed-customers"),
    Column("valid_from", "Valid from", INSTANT, "M", "K", "inclusive"),
    Column("valid_until", "Valid until", INSTANT, "M", "K", "exclusive"),
    Column("status", "Status", TEXT, "M", "K", "as it stands"),
    Column("revoked_at", "Revoked at", INSTANT, "C", "K", "when"),
    Column("revoked_reason", "Revoked because", TEXT, "C", "K", "why"),
    Column("drawn", "Drawn", DECIMAL, "D", "", "by consignments, in the declaration's own basis"),
    Column("drawn_unit", "Drawn unit", TEXT, "D", "", "KGM or LTR"),
    Column("consumed", "Consumed", DECIMAL, "D", "", "by the declarant, of these CAS numbers, while it was valid"),
    Column("consumed_unit", "Consumed unit", TEXT, "D", "", "KGM or LTR"),
    Column("consignments", "Consignments", TEXT, "D", "", "that drew on it"),
    Column("papers", "Papers", TEXT, "D", "", "numbers or digests"),
)


class _Use(NamedTuple):
    """So much was used up by somebody."""

    entry: int
    at: int
    party: str
    cas: str
    kind: str
    amount: int


class Uses:
    """What holders used up. Feed it each statement before the chronicle."""

    def __init__(self, chronicle: Chronicle) -> None:
        self._chronicle = chronicle
        self._all: list[_Use] = []

    def take(self, told: Observed) -> None:
        """One more statement of the log."""
        for lot, after in told.after.items():
            before = self._chronicle.states.get(lot)
            if before is None or not lot.startswith("lot:"):
                continue
            used = after["accounts"].get("consumed", 0) - before["accounts"].get("consumed", 0)
            if used and before["custodian"] is not None:
                at, party = told.reading.event.occurred, before["custodian"]
                self._all.append(_Use(told.index, at, party, after["substance"], after["quantity_kind"], used))

    def of(self, permit: Permit) -> list[_Use]:
        """What a declarant used up of the declared substances while the declaration was valid."""
        terms = permit.state["terms"]
        return [
            use
            for use in self._all
            if use.party == permit.state["holder"]
            and use.cas in terms["substances"]
            and use.kind == terms["quantity_kind"]
            and terms["from"] <= use.at < terms["until"]
        ]


def rows(chronicle: Chronicle, parcels: Parcels, permits: Permits, uses: Uses) -> tuple[Row, ...]:
    """A row a declaration, in log order."""
    found = [permit for permit in permits.by_name.values() if permit.state["sort"] == END_USE]
    return tuple(_row(chronicle, parcels, permit, uses) for permit in found)


def _row(chronicle: Chronicle, parcels: Parcels, permit: Permit, uses: Uses) -> Row:
    state, terms, event, here = permit.state, permit.state["terms"], permit.event, (permit.entry,)
    sources = permit.terms_at(chronicle)
    country = country_of(state["holder"])
    drew = [p for p in parcels.by_name.values() if any(d.permit == permit.name for d in p.drawings)]
    drawings = [d.entry for p in drew for d in p.drawings if d.permit == permit.name]
    used = uses.of(permit)
    since, until = format_instant(terms["from"]), format_instant(terms["until"])
    cells = {
        "declaration": known(permit.name, here),
        "number": known(terms["number"], sources),
        "hash": known(state["terms_by"], sources),
        "version": known(1 + sum(change.change == "terms" for change in permit.changes), sources),
        "declared_at": known(event["occurred_at"], here),
        "country": known(country, here),
        **chronicle.party("declarant", state["holder"], here),
        **_licences(chronicle, state["holder"]),
        "signer": chronicle.text(event.get("signer"), here, needed=True),
        **chronicle.party("supplier", terms["exporter"], sources),
        **substance_cells(chronicle, terms["substances"], sources),
        **term_weights(chronicle, permit, country),
        "basis": known(terms["basis"], sources),
        "transactions": known(terms["use"], sources),
        "uses": listed(event["uses"], here),
        "use_text": chronicle.text(event.get("remarks"), here),
        "resale": known(event["resale"], here),
        "valid_from": known(since, sources),
        "valid_until": known(until, sources),
        "status": status_cell(chronicle, permit),
        **_revoked(permit),
        "drawn": known(decimal_text(state["drawn"])[0], drawings),
        "drawn_unit": known(UNITS[terms["quantity_kind"]]),
        "consumed": known(decimal_text(sum(use.amount for use in used))[0], (use.entry for use in used)),
        "consumed_unit": known(UNITS[terms["quantity_kind"]]),
        "consignments": listed((parcel.name for parcel in drew), drawings),
        "papers": listed(
            (paper.get("reference", f"sha256:{paper['sha256']}") for paper in event.get("documents", ())), here
        ),
    }
    subjects = {permit.name, *(parcel.name for parcel in drew), *(good.lot for p in drew for good in p.goods)}
    years = range(year_of(terms["from"]), min(year_of(terms["until"] - 1), 9999) + 1)
    return row(COLUMNS, cells, years=years, countries=(country,), subjects=subjects)


def _licences(chronicle: Chronicle, party: str) -> dict[str, Cell]:
    """The licences that are in force, all of them: a declaration names none."""
    state, sources = chronicle.states.get(party), chronicle.last(party)
    held = {} if state is None else {n: each for n, each in state["licences"].items() if each["status"] == "in-force"}
    if not held:
        return {name: unknown("the declarant has no licence in force on this ledger") for name in _LICENCE}
    how = "the declaration names none: all that are in force"
    sites = [site for each in held.values() for site in each.get("sites", ())]
    return {
        "licence": listed(held, sources, how),
        "licence_authority": listed((each["by"] for each in held.values()), sources, how),
        "licence_from": known(format_instant(min(each["from"] for each in held.values())), sources, how),
        "site": listed(sites, sources, how) if sites else unknown("no licence in force names a site"),
    }


_LICENCE: Final = ("licence", "licence_authority", "licence_from", "site")


def _revoked(permit: Permit) -> dict[str, Cell]:
    ended = [change for change in permit.changes if change.change in ("revoked", "cancelled")]
    if permit.state["status"] not in ("revoked", "cancelled") or not ended:
        return {"revoked_at": NOTHING, "revoked_reason": NOTHING}
    return {
        "revoked_at": known(ended[-1].at, (ended[-1].entry,)),
        "revoked_reason": known(ended[-1].reason, (ended[-1].entry,)),
    }
