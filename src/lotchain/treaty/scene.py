"""What a statement is about, put together once for all the rules that ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from lotchain.core.ids import country_of
from lotchain.core.instants import parse_offset
from lotchain.custody import charter as charters
from lotchain.custody.case import Case, State, bracket
from lotchain.custody.consignments import CARRYING
from lotchain.custody.observing import has_goods
from lotchain.custody.permits import PRE_EXPORT
from lotchain.custody.territory import Route, territory
from lotchain.custody.treaty_records import Load
from lotchain.rules.facts import Interval

PERMIT_EVENTS: Final = {
    "pre-export-notification": "pre-export-notification",
    "export": "export-authorisation",
    "import": "import-authorisation",
    "transit": "transit-authorisation",
    "transport": "transport-authorisation",
    "end-use": "end-use-declaration",
    "quota": "quota",
}
"""A permit's sort → the event type under which rules ask of its terms."""
TAKEN: Final = "taken"
"""Asked as an arrival, but as one after which the goods are no more with customs."""
LEAVING: Final = frozenset({"consignment", "consumption", "transformation", "merge"})
"""Acts after which a lot under way is no more on the route that was declared for it."""


class Scene:
    """One statement on one subject: states before and after, and what they lead to.

    Args:
        event: the event.
        case: the statement at its place.
        subject: a lot, a consignment that draws on a permit, or a party.
        after: the subject's state after the statement.
        load: states of other subjects before the statement.
        kind: the type of event as which it is asked, where that is not its own.

    """

    __slots__ = (
        "about", "after", "before", "before_in", "case", "charter", "consignment", "event", "here", "kind", "load",
        "no_border", "offset", "place", "route", "route_fits", "said", "subject", "when",
    )  # fmt: skip

    def __init__(self, event: Any, case: Case, subject: str, after: State, load: Load, kind: str = "") -> None:
        self.event = event
        self.said: Mapping[str, Any] = vars(event)
        """the event's fields, for those that only some events have"""
        self.case = case
        self.subject = subject
        self.after = after
        self.load = load
        self.kind = kind or str(event.type).partition("/")[0]
        self.before = case.states.get(subject)
        """the subject's state before; None where the statement brings it forth"""
        self.about: State = self.before if self.before is not None else after
        """the lot as it was before, or, where it is new, as it is"""
        self.charter = case.standing(charters.SUBJECT)
        self.place = self._place()
        """where it happened: UN/LOCODE and offset, as the event says, else as the lot's state says"""
        self.here = territory(self.place[0][:2])
        """the customs territory of that place"""
        place = self.about.get("place")
        self.before_in = territory(place["code"][:2]) if place else ""
        """the customs territory in which the lot was before the statement; of one that is new, where it begins"""
        self.offset = parse_offset(self.place[1]) if self.place[1] else None
        """minutes east of UTC at the place, or None"""
        self.when = self._when()
        """when the statement was signed: between the checkpoint that its signer had seen and its closing record"""
        self.consignment = self._consignment()
        """the consignment under way in which the lot is, or that is the subject itself"""
        self.route = None if self.consignment is None else Route(self.consignment["route"])
        """the declared route that the lot is on; None where none is declared, or the lot has been delivered"""
        self.route_fits = self._route_fits()
        """whether the lot was where the route begins when it was declared, and is where the route goes: one that leaves
        out the country in which the goods are would leave out that country's rules"""
        self.no_border = self.route is None and self._no_border()
        """without a declared route: whether nothing speaks of a border (places and consignee in one territory)"""

    def _place(self) -> tuple[str, str]:
        place = self.said.get("place")
        if place is not None and self._moves:
            return place.code, place.offset
        state = self.after.get("place") or {"code": "", "offset": ""}
        return state["code"], state["offset"]

    @property
    def _moves(self) -> bool:
        """Whether the event's place is the lot's: not where somebody else says that it was seen."""
        if self.before is None or self.after["kind"] != "lot":
            return True
        return self.case.issuer in (self.before["custodian"], self.after["custodian"])

    @property
    def has_standing(self) -> bool:
        """Whether rules ask about the lot because of this statement.

        What somebody reports that has not got the lot is its own matter, and so is a duty to report what it suspects.
        """
        if self.before is None or self.after["kind"] != "lot":
            return True
        if self.kind == "alert":
            return bool(self.case.issuer == self.before["custodian"])
        return has_goods(self.case, self.before)

    def _when(self) -> Interval:
        followed = None
        if self.before is not None and (self.event.follows(self.subject) or self.event.replies_to()):
            followed = self.before.get("bound")
        lower, upper = bracket(self.case, followed)
        return Interval(lower, upper, self.offset)

    def _consignment(self) -> State | None:
        if self.after["kind"] == "consignment":
            return self.after
        if self.kind == "consignment":
            return self.case.state(self.event.consignment) or _declared(self.event)
        record = self.about.get("consignment")
        if record is None or self.about["delivered"]:
            return None
        return self.load(record["id"])

    def _no_border(self) -> bool:
        codes: list[str] = []
        receiver = self.said.get("to")
        if receiver is not None and self.said.get("receives_as") == "consignee":
            codes.append(receiver.partition(":")[2][:2])
        if self.kind in ("acceptance", "witnessed-acceptance") and self.about.get("offer"):
            offer = self.about["offer"]
            if offer["as"] == "consignee":
                codes.append(offer["to"].partition(":")[2][:2])
        return len({self.here, self.before_in, *map(territory, codes)} - {""}) <= 1

    def _route_fits(self) -> bool:
        if self.route is None:
            return False
        if self.after["kind"] == "consignment":
            return True
        record = self.about.get("consignment") or {}
        if "from" in record:
            return False
        return {self.here, self.before_in} - {""} <= self.route.territories

    @property
    def consignment_id(self) -> str:
        """Its id, or the empty text."""
        return str(self.consignment["consignment"]) if self.consignment is not None else ""

    @property
    def crossed_unexplained(self) -> bool:
        """Whether it is in another territory than before this, and no declared route holds both."""
        return self.before is not None and self.here != self.before_in and not self.route_fits

    @property
    def made_abroad(self) -> bool:
        """Whether it is made elsewhere than where its maker is licensed: it begins behind that country's border."""
        if self.before is not None or self.said.get("origin") != "made":
            return False
        return self.here != territory(country_of(self.case.issuer))

    @property
    def enters(self) -> bool:
        """Whether it is on its declared route in another territory than before."""
        return self.before is not None and self.route_fits and self.here != self.before_in

    @property
    def journey(self) -> tuple[str, ...]:
        """The places of the route that the lot was on before the statement; none where it was on none."""
        record = self.about.get("consignment")
        return () if record is None or self.about["delivered"] else tuple(record["route"])

    @property
    def ends_unasked(self) -> bool:
        """Whether whoever brought it where its route ends does with it what nobody does on the way.

        An arrival at the place of entry does not ask about the import, and an acceptance that would does not come.
        """
        record = self.about.get("consignment")
        if self.kind not in LEAVING or not self.journey or self.about["custodian"] is None or record is None:
            return False
        ends = [territory(code[:2]) for code in (self.journey[0], self.journey[-1], self.place[0])]
        carrying = self.about["held_as"] in CARRYING or self.about["custodian"] == record["by"]
        return carrying and ends[0] != ends[1] == ends[2] and "from" not in record

    @property
    def left_route(self) -> bool:
        """Whether it is taken, used or sent elsewhere in another territory than that in which its route ends."""
        journey = self.journey
        if self.before is None or not journey:
            return False
        here, first, last = self.here, territory(journey[0][:2]), territory(journey[-1][:2])
        crossing = here not in (first, last)
        if self.kind not in ("acceptance", "witnessed-acceptance"):
            return crossing and self.kind in LEAVING
        offer = self.about.get("offer")
        if offer is None or offer["as"] != "consignee" or self.after["custodian"] != offer["to"]:
            return False
        # Whoever is at home where the route begins takes it there without any border.
        return crossing or (here != last and territory(country_of(offer["to"])) != here)

    @property
    def at_home(self) -> bool:
        """Whether the goods are still in the territory from which they are exported."""
        return self.route is None or self.here == territory(self.route.first)

    @property
    def has_come(self) -> bool:
        """Whether the goods are in the territory into which they are imported."""
        return self.route is not None and self.here == territory(self.route.last)

    def customs(self, kind: str) -> State | None:
        """The first of what customs did of that kind with the consignment; exports and imports, at that end of it."""
        acts = (self.consignment or {}).get("customs", {})
        rows = [acts[name] for name in sorted(acts) if acts[name]["kind"] == kind]
        rows = [row for row in rows if self._at_end(kind, row["country"])]
        return min(rows, key=lambda row: (row["at"], row["upper"])) if rows else None

    def permits(self, sort: str) -> list[State]:
        """What the consignment keeps of the permits of one sort that it drew on for this substance, by their names.

        Of those who may give them: the country that the goods leave or enter; of end use, who receives them.
        """
        drawn = (self.consignment or {}).get("permits", {})
        number = self.after.get("substance", "")
        rows = [drawn[name] for name in sorted(drawn)]
        return [row for row in rows if row["sort"] == sort and number in row["substances"] and self._may_give(row)]

    def _may_give(self, row: State) -> bool:
        if row["sort"] == "end-use":
            consignment = self.consignment or {}
            return row["holder"] in (consignment.get("importer"), *consignment.get("final", ()))
        if row["sort"] == PRE_EXPORT and not self._at_end("import", row["importing"]):
            return False
        if row["sort"] == "transit" and self.consignment is not None:
            return country_of(row["by"]) in Route(self.consignment["route"]).transit
        return self._at_end("export" if row["sort"] == PRE_EXPORT else row["sort"], country_of(row["by"]))

    def _at_end(self, kind: str, country: str) -> bool:
        """Whether a country is where the goods are exported from, or imported into; True of any other act."""
        if kind not in ("export", "import") or self.consignment is None:
            return True
        route = Route(self.consignment["route"])
        return territory(country) == territory(route.first if kind == "export" else route.last)

    def filings(self, kind: str, country: str) -> list[State]:
        """What was filed of one kind about the consignment with a country's authority, in order of entry."""
        filed = (self.consignment or {}).get("filings", {})
        return [row for row in in_order(filed) if row["kind"] == kind and row["country"] == country]


def in_order(filings: Mapping[str, State]) -> list[State]:
    """Filings by statement id, in order of entry; one order for every caller, whatever that of the mapping is."""
    return [filings[name] for name in sorted(filings, key=lambda name: (filings[name]["upper"], name))]


def filed_at(rows: Iterable[Mapping[str, Any]], offset: int | None) -> Interval:
    """When something was filed, by the row that proves the earliest time: as its authority says, else by its entry.

    A claim lies between the time that it states and its entry; an authority that acknowledges it later settles it.
    """
    first = min(rows, key=lambda row: row["filed"] if row["acknowledged"] else row["upper"])
    if first["acknowledged"]:
        return Interval(first["filed"], first["filed"], offset)
    return Interval(min(first["filed"], first["upper"]), first["upper"], offset)


def _declared(event: Any) -> State:
    """A consignment just declared, as far as rules ask of it."""
    return {
        "kind": "consignment",
        "consignment": event.consignment,
        "exporter": event.exporter,
        "importer": event.importer,
        "final": list(event.final),
        "route": list(event.route),
    }
