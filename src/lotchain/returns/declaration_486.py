"""Data for DEA Forms 486 and 486A: imports to and exports from the United States, with the base weight.

21 CFR 1313.12 to 1313.27. The base weight is net weight times the factor that the US states, in exact decimals:
1,500,000 mg of pseudoephedrine hydrochloride times 0.8192 are 1.2288 kg. What was declared, the transaction id and the
return declaration come from filings on the ledger; what they leave open from what happened there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any, Final, NamedTuple

from lotchain.core.instants import format_instant
from lotchain.returns.chronicle import Chronicle, year_of
from lotchain.returns.parcels import Good, Parcel, Parcels, Passing, total
from lotchain.returns.permits import Permits, substance_cells
from lotchain.returns.table import DECIMAL, INSTANT, NOTHING, TEXT, Cell, Column, Row, known, listed, row, unknown
from lotchain.returns.weights import UNITS, Factor, decimal_text, factor_of, find, weight_columns, weights

US: Final = "US"
CHAIN: Final = frozenset({"ephedrine", "pseudoephedrine", "norephedrine"})
"""Substances whose imports take Form 486A."""
_DECLARATIONS: Final = ("declaration", "declaration-amendment")
_NO_PHONE: Final = "the ledger holds no telephone numbers"
_NO_DAY: Final = "the return declaration on the ledger states no day for it"
_RETURN: Final = "30 days after release"


def _weighed(key: str, title: str, means: str) -> tuple[Column, ...]:
    return (
        Column(f"{key}_at", f"{title} at", INSTANT, "M", "V", f"2d: {means}, when"),
        Column(f"{key}_quantity", f"{title}, net", DECIMAL, "D", "", f"{means}, as it stands"),
        Column(f"{key}_base", f"{title}, base", DECIMAL, "M", "V", f"2d: {means}, as anhydrous base"),
        Column(f"{key}_unit", f"{title}, unit", TEXT, "M", "V", "KGM or LTR"),
    )


COLUMNS: Final = (
    Column("consignment", "Consignment", TEXT, "D", "", "id"),
    Column("form", "Form", TEXT, "M", "V", "486; 486A for imports of ephedrine, pseudoephedrine, norephedrine"),
    Column("type", "Type", TEXT, "M", "V", "1a: import, export or international"),
    Column("submission", "Submission", TEXT, "M", "V", "original, amended or withdrawal"),
    Column("waiver", "Waiver", TEXT, "C", "V", "1c: regular importer or customer, as the filing claims"),
    Column("us_party", "US party", TEXT, "M", "V", "1a: importer or exporter"),
    Column("us_party_name", "US party's name", TEXT, "M", "V", "organisation"),
    Column("us_party_address", "US party's address", TEXT, "M", "V", "address"),
    Column("us_party_phone", "US party's telephone", TEXT, "M", "V", "telephone"),
    Column("dea_number", "DEA number", TEXT, "M", "V", "of the US party; List I only"),
    Column("broker", "Broker", TEXT, "C", "V", "1b: customs broker or forwarder"),
    Column("foreign_party", "Foreign party", TEXT, "M", "V", "consignor of an import, transferee of an export"),
    Column("foreign_party_name", "Foreign party's name", TEXT, "M", "V", "organisation"),
    Column("foreign_party_address", "Foreign party's address", TEXT, "M", "V", "address"),
    Column("foreign_party_phone", "Foreign party's telephone", TEXT, "M", "V", "telephone"),
    Column("foreign_permit", "Foreign permit", TEXT, "C", "V", "numbers of the permits of other countries drawn on"),
    Column("invoice", "Invoice", TEXT, "O", "V", "purchase or invoice number"),
    Column("label_name", "Name on the label", TEXT, "M", "V", "2a"),
    Column("dosage", "Dosage", TEXT, "C", "V", "2a: strength and size of a drug product"),
    Column("substance", "Substance", TEXT, "M", "V", "2b: name of the base, by the CAS number"),
    Column("cas", "CAS number", TEXT, "D", "", "of the goods as they stand"),
    Column("hs", "HS code", TEXT, "D", "", "of the base"),
    Column("dea_code", "DEA code", TEXT, "M", "V", "2b: chemical code"),
    Column("containers", "Containers", TEXT, "M", "V", "2c: how many of which net content"),
    Column("containers_check", "Containers, check", DECIMAL, "D", "", "net weight less what the containers hold: zero"),
    *weight_columns("V", "net weight"),
    Column("declared_quantity", "Declared", DECIMAL, "D", "", "as the filing states it, for the whole consignment"),
    Column("declared_unit", "Declared unit", TEXT, "D", "", "KGM or LTR"),
    Column("declared_basis", "Declared as", TEXT, "D", "", "salt or base"),
    Column("export_port", "Port of exportation", TEXT, "M", "V", "4a: UN/LOCODE"),
    Column("departure", "Departure", INSTANT, "M", "V", "4a: approximate"),
    Column("import_port", "Port of importation", TEXT, "M", "V", "4b: UN/LOCODE"),
    Column("arrival", "Arrival", INSTANT, "M", "V", "4b: approximate"),
    Column("mode", "Mode", TEXT, "M", "V", "5"),
    Column("vessel", "Vessel", TEXT, "M", "V", "5: means of transport, as the hand-overs say"),
    Column("carrier", "Carrier", TEXT, "M", "V", "5: as the hand-overs say"),
    *_weighed("left", "Left", "what left the premises"),
    *_weighed("released", "Released", "what customs released"),
    *_weighed("arrived", "Arrived", "what the consignees accepted"),
    Column("transferees", "Transferees", TEXT, "M", "V", "6: who took it, when, how much net and as base"),
    Column("manufacturer", "Manufacturer", TEXT, "C", "K", "486A: of the chain of distribution"),
    Column("transaction_id", "Transaction id", TEXT, "M", "V", "given on review; no release without it"),
    Column("signature", "Signature", TEXT, "M", "V", "printed name and date"),
    Column("lots", "Lots", TEXT, "D", "", "ids"),
)


class _Filing(NamedTuple):
    """One filing with the US, and its place in the log."""

    entry: int
    state: Mapping[str, Any]


def rows(chronicle: Chronicle, parcels: Parcels, permits: Permits) -> tuple[Row, ...]:
    """A row a substance of each consignment that enters or leaves the US, or was declared there; in log order."""
    made = []
    for parcel in parcels.by_name.values():
        for (cas, kind), goods in parcel.substances().items():
            filings = _filings(chronicle, parcel, goods)
            if (US in parcel.ends and parcel.ends[0] != parcel.ends[1]) or filings:
                made.append(_row(chronicle, permits, parcel, cas, kind, goods, filings))
    return tuple(made)


def _row(
    chronicle: Chronicle, permits: Permits, parcel: Parcel, cas: str, kind: str, goods: list[Good],
    filings: list[_Filing],
) -> Row:  # fmt: skip
    here, (home, abroad) = (parcel.entry,), parcel.ends
    direction = "import" if abroad == US and home != US else "export" if home == US and abroad != US else ""
    match, factor = find(chronicle.substances, cas), factor_of(chronicle.substances, cas, US, kind)
    amount = total(goods)
    form = "486A" if direction == "import" and match is not None and match.substance.key in CHAIN else "486"
    cells = {
        "consignment": known(parcel.name, here),
        "form": known(form, here, "by the substance and the direction"),
        "type": known(direction, here, "by the declared route")
        if direction
        else known("international", [filing.entry for filing in filings], "declared in the US on its way elsewhere"),
        **_filed(filings),
        **_parties(chronicle, parcel, direction),
        "dea_number": unknown("the ledger holds no DEA number"),
        "foreign_permit": _foreign_permits(permits, parcel),
        "invoice": parcel.papers("invoice", "purchase-order", "commercial-invoice"),
        "label_name": _labels(chronicle, goods),
        **substance_cells(chronicle, [cas] if cas else [], here),
        "dea_code": unknown("the data on substances does not hold DEA codes"),
        **_containers(goods, kind, amount, here),
        **weights(amount, kind, factor, here),
        "export_port": parcel.port(home, last=True),
        "import_port": parcel.port(abroad, last=False),
        "departure": _dispatch(permits, parcel),
        "mode": parcel.mode(),
        "vessel": parcel.vehicles(chronicle),
        "carrier": parcel.carriers(),
        **_moved(parcel, cas, kind, factor, filings),
        "transferees": _transferees(parcel, cas, kind, factor),
        "manufacturer": _makers(chronicle, goods) if form == "486A" else NOTHING,
        "signature": unknown("a report is not signed"),
        "lots": listed((good.lot for good in goods), here),
    }
    subjects = {parcel.name, *(good.lot for good in goods), *(drawing.permit for drawing in parcel.drawings)}
    countries = {US, *parcel.ends}
    return row(COLUMNS, cells, years=(year_of(parcel.at),), countries=countries, subjects=subjects)


def _filings(chronicle: Chronicle, parcel: Parcel, goods: Iterable[Good]) -> list[_Filing]:
    """What was filed with the US about the consignment or its lots, in log order."""
    found = []
    for state in (parcel.state, *(chronicle.states[good.lot] for good in goods)):
        for name, filing in state.get("filings", {}).items():
            kinds = (*_DECLARATIONS, "return-declaration", "outcome-report")
            if filing["country"] == US and filing["kind"] in kinds:
                found += [_Filing(entry, filing) for entry in chronicle.place_of(name)]
    return sorted(found, key=lambda filing: filing.entry)


def _filed(filings: list[_Filing]) -> dict[str, Cell]:
    declared = [filing for filing in filings if filing.state["kind"] in _DECLARATIONS]
    numbered = [filing for filing in filings if filing.state["transaction_id"]]
    cells: dict[str, Cell] = {
        "submission": unknown("no filing of a declaration with the US is on the ledger"),
        "transaction_id": unknown("no filing on the ledger bears one"),
    }
    if numbered:
        cells["transaction_id"] = known(numbered[-1].state["transaction_id"], (numbered[-1].entry,))
    if declared:
        last, here = declared[-1].state, (declared[-1].entry,)
        cells["submission"] = known("original" if last["kind"] == "declaration" else "amended", here)
        cells["waiver"] = known("claimed" if last["waiver"] else "not claimed", here)
        if last["quantity"] is not None:
            cells["declared_quantity"] = known(decimal_text(last["quantity"])[0], here)
            cells["declared_unit"] = known(UNITS[last["quantity_kind"]])
            cells["declared_basis"] = known(last["basis"], here) if last["basis"] else unknown("it does not say", here)
    return cells


def _parties(chronicle: Chronicle, parcel: Parcel, direction: str) -> dict[str, Cell]:
    here, state = (parcel.entry,), parcel.state
    if not direction:
        why = unknown("of a deal between other countries, the ledger does not know who is the US party")
        names = ("us_party", "foreign_party")
        return dict.fromkeys((*names, *(f"{n}_{m}" for n in names for m in ("name", "address", "phone"))), why)
    mine, other = ("importer", "exporter") if direction == "import" else ("exporter", "importer")
    return {
        **chronicle.party("us_party", state[mine], here),
        "us_party_phone": unknown(_NO_PHONE),
        **chronicle.party("foreign_party", state[other], here),
        "foreign_party_phone": unknown(_NO_PHONE),
    }


def _foreign_permits(permits: Permits, parcel: Parcel) -> Cell:
    found = [(permits.by_name[drawing.permit], drawing.entry) for drawing in parcel.drawings]
    foreign = [
        (permit.state["terms"]["number"], entry)
        for permit, entry in found
        if permit.state["sort"] in ("export", "import") and not permit.state["by"].startswith(f"party:{US}-")
    ]
    return listed((number for number, _ in foreign), (entry for _, entry in foreign))


def _labels(chronicle: Chronicle, goods: Iterable[Good]) -> Cell:
    cells = [chronicle.label(good.lot) for good in goods]
    if any(cell.value is None for cell in cells):
        return unknown("a lot was merged of others that were called otherwise")
    return listed((cell.value or "" for cell in cells), (index for cell in cells for index in cell.sources))


def _containers(goods: list[Good], kind: str, amount: int, here: tuple[int, ...]) -> dict[str, Cell]:
    nets = Counter(net for good in goods for net in good.nets)
    if not nets:
        return {"containers": unknown("no packages are on the ledger", here)}
    parts = (f"{count} x {decimal_text(net)[0]} {UNITS[kind]}" for net, count in sorted(nets.items(), reverse=True))
    gap = amount - sum(net * count for net, count in nets.items())
    return {"containers": listed(parts, here), "containers_check": known(decimal_text(gap)[0], here)}


def _dispatch(permits: Permits, parcel: Parcel) -> Cell:
    for drawing in parcel.drew("pre-export-notification"):
        permit = permits.by_name[drawing.permit]
        if "dispatch" in permit.event:
            return known(permit.event["dispatch"], (permit.entry,), "as the pre-export notification expects it")
    return unknown("no notification that it drew on states one")


def _moved(parcel: Parcel, cas: str, kind: str, factor: Factor, filings: list[_Filing]) -> dict[str, Cell]:
    """What left, was released and arrived: as filed, else as the ledger saw it."""
    returned = [filing for filing in filings if filing.state["kind"] == "return-declaration"]
    alone = len(parcel.substances()) == 1
    cells: dict[str, Cell] = {}
    if returned and alone:
        last = returned[-1]
        for key in ("left", "released"):
            if last.state[key] is not None and last.state["quantity_kind"] == kind:
                base_given = last.state["basis"] == "base"
                figures = _weights_of(key, last.state[key], kind, factor, (last.entry,), base_given=base_given)
                cells |= figures if last.state["basis"] else _basis_unknown(key, figures, (last.entry,))
    here = [taking for taking in parcel.taken if (taking.cas, taking.kind) == (cas, kind)]
    left = [taking for taking in here if taking.giver == parcel.state["exporter"]]
    if "left_quantity" not in cells:
        cells |= _passed("left", left, kind, factor, "nobody has accepted anything from the exporter on the ledger")
    else:
        cells["left_at"] = _passed("left", left, kind, factor, _NO_DAY)["left_at"]
    cells = {**_customs(parcel, kind, factor, alone), **cells}
    return cells | _passed("arrived", _arrived(parcel, here), kind, factor, f"nothing was accepted yet; due {_RETURN}")


def _basis_unknown(key: str, figures: dict[str, Cell], here: tuple[int, ...]) -> dict[str, Cell]:
    why = unknown("the return declaration does not say whether it counts salt or base", here)
    return {**figures, f"{key}_quantity": why, f"{key}_base": why}


def _arrived(parcel: Parcel, takings: list[Passing]) -> list[Passing]:
    """What reached the importer, or else a final consignee; a lot counts once, when it came first."""
    for takers in ((parcel.state["importer"],), parcel.state["final"]):
        first: dict[str, Passing] = {}
        for taking in takings:
            if taking.taker in takers:
                first.setdefault(taking.lot, taking)
        if first:
            return list(first.values())
    return []


def _passed(key: str, passings: list[Passing], kind: str, factor: Factor, why: str) -> dict[str, Cell]:
    if not passings:
        none = unknown(why)
        return {f"{key}_{name}": none for name in ("at", "quantity", "base", "unit")}
    entries = [passing.entry for passing in passings]
    days = dict.fromkeys(format_instant(passing.at) for passing in passings)
    amount = sum(passing.amount for passing in passings)
    how = "the first of several" if len(days) > 1 else ""
    return {f"{key}_at": known(min(days), entries, how), **_weights_of(key, amount, kind, factor, entries)}


def _customs(parcel: Parcel, kind: str, factor: Factor, alone: bool) -> dict[str, Cell]:
    """What customs of the US released, where its authority states an amount."""
    found = [
        release
        for release in parcel.state.get("customs", {}).values()
        if release["country"] == US and release["kind"] in ("export", "import")
    ]
    if not found:
        none = unknown("no release by US customs is on the ledger")
        return {f"released_{name}": none for name in ("at", "quantity", "base", "unit")}
    day = known(format_instant(min(release["at"] for release in found)), parcel.customs)
    counted = [release["quantity"] for release in found if release["quantity_kind"] == kind]
    if len(counted) != len(found) or not alone:
        none = unknown("the release states no amount of this substance", parcel.customs)
        return {"released_at": day, **{f"released_{name}": none for name in ("quantity", "base", "unit")}}
    return {"released_at": day, **_weights_of("released", sum(counted), kind, factor, parcel.customs)}


def _weights_of(
    key: str, amount: Fraction | int, kind: str, factor: Factor, sources: Iterable[int], *, base_given: bool = False
) -> dict[str, Cell]:
    found = weights(amount, kind, factor, sources, base_given=base_given)
    return {
        f"{key}_quantity": found["quantity"],
        f"{key}_base": found["base_quantity"],
        f"{key}_unit": found["unit"],
    }


def _transferees(parcel: Parcel, cas: str, kind: str, factor: Factor) -> Cell:
    """Who took the goods beyond the carriers, when, how much."""
    takers = {parcel.state["importer"], *parcel.state["final"]}
    told, entries = [], []
    for taking in parcel.taken:
        if (taking.cas, taking.kind) != (cas, kind) or taking.taker not in takers:
            continue
        net = f"{decimal_text(taking.amount)[0]} {UNITS[kind]}"
        base = "base undetermined"
        if factor.value is not None:
            base = f"base {decimal_text(taking.amount * factor.value)[0]} {UNITS[kind]}"
        told.append(f"{taking.taker} {format_instant(taking.at)} {taking.lot} {net}, {base}")
        entries.append(taking.entry)
    return listed(told, entries) if told else unknown(f"nothing was accepted yet; due {_RETURN}")


def _makers(chronicle: Chronicle, goods: Iterable[Good]) -> Cell:
    makers = [(chronicle.states[good.lot]["maker"], good.lot) for good in goods]
    if any(not maker for maker, _ in makers):
        return unknown("a lot was merged of the lots of several makers")
    return listed((maker for maker, _ in makers), (index for _, lot in makers for index in chronicle.first(lot)))
