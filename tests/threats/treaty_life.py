"""A lot between China and Mexico under adopted rule sets, for attacks on step 7 of the judge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.unit.world import CN, CN_PORT, DAY, HOUR, MX, PARTIES, World, exact, kg
from tests.vectors_build.event_permits import CONSIGNMENT, EXPORT, PEN, draw, grant, notify, reply

from lotchain.custody.findings import Weight
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.arrival import Arrival
from lotchain.events.consignment import Consignment
from lotchain.events.customs_release import CustomsRelease
from lotchain.events.event import Event
from lotchain.events.fields import Place
from lotchain.events.permit_drawing import DrawnLot
from lotchain.verify.conclude import Treaty, conclude

ROUTE = ("CNTZU", "CNSHG", "MXZLO")


class Way(World):
    """Both countries have adopted their sets; Mexico asks to be told of every export to it."""

    def __init__(self) -> None:
        super().__init__()
        self.adopt("UN", "cn", notice_demanded=["*"])
        self.adopt("CN", "cn")
        self.adopt("UN", "mx", notice_demanded=["*"])
        self.adopt("MX", "mx")
        self.advance()

    def lot_of(self, local: str = "A", quantity: float = 100) -> str:
        """A lot of the maker's, signed at a known time."""
        lot = self.make(local, quantity, seen=self.newest())
        self.advance()
        return lot

    def consign(self, *lots: str, local: str = "C1", who: str = "maker", **said: Any) -> str:
        """A consignment, to Mexico if nothing else is said."""
        values: dict[str, Any] = {
            "consignment": f"consignment:{self.party(who)[6:]}/{local}", "exporter": PARTIES["maker"],
            "importer": PARTIES["importer"], "final": (PARTIES["importer"],), "route": ROUTE, "lots": lots,
            "mode": "sea", "occurred_at": self.now(), "seen": self.newest(), **said,
        }  # fmt: skip
        self.accept(Consignment(**values), who)
        return str(values["consignment"])

    def told(self, event: Event, who: str) -> dict[str, Weight]:
        """What is found on a statement that is not refused, an hour later."""
        judgement = self.submit(event, who)
        assert not judgement.refused, [finding.as_json() for finding in judgement.refused]
        self.advance()
        return {finding.code: finding.kind.weight for finding in judgement.findings}

    def taken(self, giver: str, to: str, lot: str, place: Place, receives_as: str = "carrier") -> dict[str, Weight]:
        """The whole lot handed over and accepted; what is found on the acceptance."""
        here = Place(**self.lot(lot)["place"])
        offer = self.offer(giver, to, lot, receives_as=receives_as, place=here, seen=self.newest())
        self.advance()
        line = AcceptanceLine(lot=lot, outcome="full", accepted=exact(self.lot(lot)["accounts"]["in-transit"]))
        return self.told(
            Acceptance(answers=offer, lines=(line,), place=place, occurred_at=self.now(), seen=self.newest()), to
        )

    def arrived(self, lot: str, who: str, place: Place = MX) -> dict[str, Weight]:
        """An arrival; what is found on it."""
        return self.told(Arrival(lots=(lot,), place=place, occurred_at=self.now(), seen=self.newest()), who)

    def notified(self, quantity: float = 100, lots: tuple[DrawnLot, ...] | None = None, **said: Any) -> None:
        """Mexico is told, has no objection, and the consignment draws on that."""
        self.accept(notify(self, quantity=kg(500), importer=PARTIES["importer"], entry_points=("MXZLO",), **said), "cn")
        self.accept(reply(self, "no-objection"), "mx")
        self.accept(draw(self, PEN, kg(quantity), lots=lots, seen=self.newest()), "maker")
        self.advance()

    def authorised(
        self, quantity: str | float = 100, permit: str = EXPORT, lots: tuple[DrawnLot, ...] | None = None, **said: Any
    ) -> None:
        """The maker's export authorisation, drawn on by the consignment."""
        self.accept(grant(self, permit, **said), "cn")
        self.accept(draw(self, permit, kg(quantity), lots=lots, seen=self.newest()), "maker")
        self.advance()

    def customs(self, kind: str, who: str, place: Place, **said: Any) -> None:
        """What customs say that they did."""
        values = {"consignment": CONSIGNMENT, "released_at": self.now(), **said}
        event = CustomsRelease(kind=kind, place=place, occurred_at=self.now(), seen=self.newest(), **values)  # type: ignore[arg-type]
        self.accept(event, who)
        self.advance()

    def ended(self, after: int = 0) -> dict[str, set[Weight]]:
        """Weights by code at the end."""
        treaty = Treaty(self.books, tuple(self.asked), tuple(self.duties))
        found: dict[str, set[Weight]] = {}
        for finding in conclude(self.states, (), self.time + after, treaty):
            found.setdefault(finding.code, set()).add(finding.kind.weight)
        return found


def heavy(found: dict[str, Weight], but: Iterable[str] = ()) -> set[str]:
    """The codes that weigh more than a note."""
    return {code for code, weight in found.items() if weight > Weight.NOTE} - set(but)


__all__ = ["CN", "CN_PORT", "DAY", "HOUR", "MX", "ROUTE", "Way", "heavy"]
