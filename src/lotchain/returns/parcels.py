"""Consignments as they went: what was in them, what they drew on, who carried them, who took what out of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from lotchain.custody import lots
from lotchain.custody.case import State
from lotchain.oversight.observed import Observed
from lotchain.returns.chronicle import Chronicle, amount_of, at, kind_of_unit, payload
from lotchain.returns.table import NOTHING, Cell, known, listed, unknown


class Good(NamedTuple):
    """One lot as it was when its consignment was declared.

    Attributes:
        lot: its id.
        cas, kind, amount: what and how much, in micrograms or nanolitres.
        content: declared purity or concentration, or empty.
        nets: what each package held.

    """

    lot: str
    cas: str
    kind: str
    amount: int
    content: str
    nets: tuple[int, ...]


class Drawing(NamedTuple):
    """A permit drawn on: by which statement, for what."""

    permit: str
    sort: str
    entry: int
    cas: str
    kind: str
    goods: int


class Passing(NamedTuple):
    """Goods of a consignment changing hands: offered (a hand-over) or taken (a reply)."""

    entry: int
    at: int
    place: Mapping[str, Any]
    giver: str
    taker: str
    capacity: str
    lot: str
    cas: str
    kind: str
    amount: int


@dataclass(slots=True)
class Parcel:
    """One consignment.

    Attributes:
        name: its id.
        entry: where it was declared; `at`: when, ms.
        documents: those of the declaration and of the hand-overs, with their log indexes.
        goods: its lots when it was declared.
        drawings, offered, taken: in log order.
        means: vehicles and vessels, as the hand-overs state them: log index → payload member.
        customs: log indexes of what customs did with it.

    """

    name: str
    entry: int
    at: int
    state: State
    documents: list[tuple[int, Mapping[str, Any]]] = field(default_factory=list)
    goods: list[Good] = field(default_factory=list)
    drawings: list[Drawing] = field(default_factory=list)
    offered: list[Passing] = field(default_factory=list)
    taken: list[Passing] = field(default_factory=list)
    means: dict[int, Any] = field(default_factory=dict)
    customs: list[int] = field(default_factory=list)

    @property
    def countries(self) -> tuple[str, ...]:
        """The route's countries, each once, in travelling order."""
        return tuple(dict.fromkeys(code[:2] for code in self.state["route"]))

    @property
    def ends(self) -> tuple[str, str]:
        """The countries in which the route begins and ends."""
        return self.state["route"][0][:2], self.state["route"][-1][:2]

    def substances(self) -> dict[tuple[str, str], list[Good]]:
        """Its lots by CAS number and kind of quantity."""
        found: dict[tuple[str, str], list[Good]] = {}
        for good in self.goods:
            found.setdefault((good.cas, good.kind), []).append(good)
        return found

    def drew(self, sort: str) -> list[Drawing]:
        """What it drew on permits of one sort."""
        return [drawing for drawing in self.drawings if drawing.sort == sort]

    def carriers(self) -> Cell:
        """Who was to carry it, as the hand-overs say."""
        offers = [offer for offer in self.offered if offer.capacity == "carrier"]
        return listed((offer.taker for offer in offers), (offer.entry for offer in offers))

    def vehicles(self, chronicle: Chronicle) -> Cell:
        """Its means of transport."""
        cells = [chronicle.text(value, (index,)) for index, value in self.means.items()]
        shown = [cell for cell in cells if cell.value is not None]
        if not shown:
            return next(iter(cells), NOTHING)
        return listed((cell.value or "" for cell in shown), (index for cell in shown for index in cell.sources))

    def papers(self, *kinds: str) -> Cell:
        """Numbers of its documents of some kinds."""
        found = [(index, paper) for index, paper in self.documents if paper["kind"] in kinds and "reference" in paper]
        return listed((paper["reference"] for _, paper in found), (index for index, _ in found))

    def mode(self) -> Cell:
        """How it mainly travels."""
        return known(self.state["mode"], (self.entry,))

    def port(self, country: str, *, last: bool) -> Cell:
        """The first or last place of the route in a country."""
        codes = [code for code in self.state["route"] if code[:2] == country]
        if not codes:
            return unknown(f"the declared route has no place in {country}", (self.entry,))
        which = "last" if last else "first"
        return known(codes[-1 if last else 0], (self.entry,), f"the declared route's {which} place in {country}")


class Parcels:
    """All consignments of a log. Feed it each statement before the chronicle."""

    def __init__(self, chronicle: Chronicle) -> None:
        self._chronicle = chronicle
        self.by_name: dict[str, Parcel] = {}

    def take(self, told: Observed) -> None:
        """One more statement of the log."""
        kind = told.reading.event.type
        if kind == "consignment/1":
            self._declared(told)
        elif kind == "permit-drawing/1":
            self._drawn(told)
        elif kind == "hand-over/1":
            self._offered(told)
        elif kind in ("acceptance/1", "witnessed-acceptance/1"):
            self._taken(told)
        elif kind == "customs-release/1":
            self.by_name[payload(told)["consignment"]].customs.append(told.index)
        for name in told.after:
            if name in self.by_name:
                self.by_name[name].state = told.after[name]

    def of_lot(self, lot: str) -> Parcel | None:
        """The consignment in which a lot stands now."""
        state = self._chronicle.states.get(lot)
        consignment = None if state is None else state["consignment"]
        return None if consignment is None else self.by_name.get(consignment["id"])

    def _declared(self, told: Observed) -> None:
        event = payload(told)
        parcel = Parcel(event["consignment"], told.index, at(event["occurred_at"]), told.after[event["consignment"]])
        parcel.documents = [(told.index, paper) for paper in event.get("documents", ())]
        for lot in dict.fromkeys(event["lots"]):
            state = told.after[lot]
            nets = tuple(state["packages"][serial] for serial in sorted(state["packages"]))
            parcel.goods.append(
                Good(lot, state["substance"], state["quantity_kind"], lots.present(state), state["content"], nets)
            )
        self.by_name[parcel.name] = parcel

    def _drawn(self, told: Observed) -> None:
        event = payload(told)
        parcel = self.by_name[event["consignment"]]
        permit = event["permit"]
        earlier = self._chronicle.states[parcel.name].get("permits", {}).get(permit)
        if told.after[parcel.name].get("permits", {}).get(permit) == earlier:
            return  # by somebody who may not draw on it: it counts for nothing
        goods = event["goods"]
        parcel.drawings.append(
            Drawing(
                permit, event["found"]["sort"], told.index, event["substance"], kind_of_unit(goods), amount_of(goods)
            )
        )

    def _offered(self, told: Observed) -> None:
        event = payload(told)
        for line in event["lines"]:
            parcel = self.of_lot(line["lot"])
            if parcel is None:
                continue
            parcel.offered.append(self._passing(told, event, line["lot"], event["to"], event["receives_as"]))
            if "means" in event:
                parcel.means[told.index] = event["means"]
            papers = ((told.index, paper) for paper in event.get("documents", ()))
            parcel.documents += [paper for paper in papers if paper not in parcel.documents]

    def _taken(self, told: Observed) -> None:
        event = payload(told)
        for line in event["lines"]:
            before, after = self._chronicle.states.get(line["lot"]), told.after.get(line["lot"])
            parcel = self.of_lot(line["lot"])
            if before is None or after is None or parcel is None or before["custodian"] == after["custodian"]:
                continue
            parcel.taken.append(self._passing(told, event, line["lot"], after["custodian"] or "", after["held_as"]))

    def _passing(self, told: Observed, event: Mapping[str, Any], lot: str, taker: str, capacity: str) -> Passing:
        after, before = told.after[lot], self._chronicle.states[lot]
        return Passing(
            told.index, at(event["occurred_at"]), event["place"], before["custodian"] or "", taker, capacity, lot,
            after["substance"], after["quantity_kind"], lots.present(after),
        )  # fmt: skip


def total(goods: Iterable[Good]) -> int:
    """What they come to, all of one kind."""
    return sum(good.amount for good in goods)
