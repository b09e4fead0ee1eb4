"""Where goods go: zones not left, destinations changed, routes that turn back, deals by those who never had them."""

from __future__ import annotations

from typing import ClassVar

from lotchain.custody.case import State
from lotchain.custody.territory import UNION, territory
from lotchain.oversight.alerts import Evidence, Gravity, Kind, Raised, certain, number, suspicious
from lotchain.oversight.detector import Detector
from lotchain.oversight.seen import Seen
from lotchain.oversight.typologies import Typologies

ZONE_DWELL = certain(
    "t07-zone-dwell",
    Gravity.SERIOUS,
    "goods stayed in a free zone for longer than the profile allows, or have not left it",
    "ask the zone's operator where they are; in the Union a longer stay needs an export authorisation",
)
CHANGED_IN_ZONE = certain(
    "t07-changed-in-zone",
    Gravity.GRAVE,
    "goods were put into another consignment while they were in a free zone",
    "ask exporter and importer of the first consignment; hold the goods in the zone",
)
DESTINATION_CHANGED = suspicious(
    "t07-destination-changed",
    Gravity.WATCH,
    "a consignment was replaced under way by one to other consignees",
    "ask the first consignees whether they know of it",
)
NO_CUSTODY = suspicious(
    "t09-deal-without-custody",
    Gravity.WATCH,
    "a party that is named exporter or importer never had the goods, and they were delivered to others",
    "ask whose trade it is; brokers are licensed or registered in many countries",
)
TURNS_BACK = suspicious(
    "t14-route-turns-back",
    Gravity.WATCH,
    "a declared route leaves a country and comes back to it",
    "ask for the commercial reason",
)
_DAY_MS = 86_400_000


class Zones(Detector):
    """Free zones, as customs record entry and exit."""

    KINDS: ClassVar[tuple[Kind, ...]] = (ZONE_DWELL, CHANGED_IN_ZONE)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._inside: dict[tuple[str, str], tuple[int, Evidence, int, State]] = {}

    def see(self, seen: Seen) -> None:
        """Entries and exits; consignments replaced meanwhile."""
        for name, before, after in seen.changed("consignment"):
            for statement, record in after.get("customs", {}).items():
                if before is None or statement not in before.get("customs", {}):
                    self._record(seen, name, after, record)
        zones = {name for name, _ in self._inside}
        for name, before, after in seen.changed("lot"):
            earlier = before["consignment"] if before is not None else None
            if earlier is None or earlier["id"] not in zones or after["consignment"] is None:
                continue
            if after["consignment"]["id"] != earlier["id"]:
                self.raised.add(
                    CHANGED_IN_ZONE,
                    earlier["id"],
                    evidence=[seen.proof],
                    said=f"{name} was put into {after['consignment']['id']} by {seen.issuer}",
                    lots=[name],
                    parties=[seen.issuer],
                )

    def _record(self, seen: Seen, name: str, consignment: State, record: State) -> None:
        key = (name, record["place"])
        if record["kind"] == "free-zone-entry":
            self._inside[key] = (record["at"], seen.evidence, seen.time, consignment)
        elif record["kind"] == "free-zone-exit":
            entered = self._inside.pop(key, None)
            since = entered[0] if entered is not None else record["since"]
            proofs = [] if entered is None else [(entered[1], entered[2])]
            if since is not None and record["at"] - since > self.span(ZONE_DWELL, "stay"):
                self._dwell(self.raised, key, consignment, record["at"] - since, [*proofs, seen.proof], "left after")

    def standing(self, as_of: int, raised: Raised) -> None:
        """What has not left."""
        for key, (since, evidence, time, consignment) in self._inside.items():
            if as_of - since > self.span(ZONE_DWELL, "stay"):
                self._dwell(raised, key, consignment, as_of - since, [(evidence, time)], "still inside after", as_of)

    def _dwell(
        self,
        raised: Raised,
        key: tuple[str, str],
        consignment: State,
        stay: int,
        proofs: list[tuple[Evidence, int]],
        word: str,
        until: int = 0,
    ) -> None:
        limit = self.typologies.settings[ZONE_DWELL.code].parameters["stay"]
        own = territory(key[1][:2]) == UNION
        law = "the Union's own limit" if own else "the Union's limit, taken as a profile elsewhere: no law here"
        raised.add(
            ZONE_DWELL,
            key[0],
            key=f"{key[1]} {proofs[0][0].at}",
            evidence=proofs,
            said=f"zone at {key[1]}: {word} {stay // _DAY_MS} days ({limit.value} days: {law})",
            lots=consignment["lots"],
            parties=[consignment["exporter"], consignment["importer"]],
            figures=[number("stay", stay // _DAY_MS, "days"), number("profile", limit.value, limit.unit)],
            until=until,
        )


class Deals(Detector):
    """Who is named in a consignment, and who had the goods; which way it takes; where it went instead."""

    KINDS: ClassVar[tuple[Kind, ...]] = (DESTINATION_CHANGED, NO_CUSTODY, TURNS_BACK)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._exporters: dict[str, str] = {}

    def see(self, seen: Seen) -> None:
        """New consignments; lots that change theirs, or are delivered."""
        for name, before, after in seen.changed("consignment"):
            if before is None:
                self._exporters[name] = after["exporter"]
                self._route(seen, name, after)
        for name, before, after in seen.changed("lot"):
            if before is None or after["consignment"] is None:
                continue
            earlier = before["consignment"]
            if earlier is not None and not before["delivered"] and earlier["id"] != after["consignment"]["id"]:
                self._replaced(seen, name, earlier, after["consignment"])
            if after["delivered"] and not before["delivered"]:
                self._delivered(seen, name, after)

    def _route(self, seen: Seen, name: str, consignment: State) -> None:
        countries = [territory(code[:2]) for code in consignment["route"]]
        stops = [here for at, here in enumerate(countries) if at == 0 or countries[at - 1] != here]
        if len(set(stops)) < len(stops):
            self.raised.add(
                TURNS_BACK,
                name,
                evidence=[seen.proof],
                said=f"route {' - '.join(consignment['route'])}",
                lots=consignment["lots"],
                parties=[consignment["exporter"], consignment["importer"], seen.issuer],
            )

    def _replaced(self, seen: Seen, lot: str, earlier: State, now: State) -> None:
        if set(now["final"]) & set(earlier["final"]):
            return
        self.raised.add(
            DESTINATION_CHANGED,
            earlier["id"],
            evidence=[seen.proof],
            said=f"from {', '.join(earlier['final'])} to {', '.join(now['final'])} ({now['id']}), by {seen.issuer}",
            lots=[lot],
            parties=[seen.issuer, *earlier["final"], *now["final"]],
        )

    def _delivered(self, seen: Seen, lot: str, state: State) -> None:
        consignment = state["consignment"]
        book = seen.books.lots.get(lot)
        had = {seen.books.organisation(party) for party in (*state["custodians"], *consignment["final"])}
        had |= {seen.books.organisation(party) for party in (book.had if book is not None else ())}
        named = {"importer": consignment["importer"], "exporter": self._exporters.get(consignment["id"], "")}
        for role, party in named.items():
            if not party or seen.books.organisation(party) in had:
                continue
            self.raised.add(
                NO_CUSTODY,
                party,
                key=role,
                evidence=[seen.proof],
                said=f"{role} of {consignment['id']}; {lot} was delivered to {state['custodian']}",
                lots=[lot],
                parties=[party, state["custodian"]],
            )
