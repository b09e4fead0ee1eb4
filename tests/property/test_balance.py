"""The annual balance over random lives of lots: sums are zero in every year, for every holder, whatever happened.

The lives are those of `test_lot_sums`, with what enters from outside, what authorities take, seizures, orders of custody,
destructions, samples and the turn of the year added.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.property.test_lot_sums import KG, NAME_OF, Play, amount
from tests.unit.returns_story import Watched
from tests.unit.world import CN, DAY, PARTIES

from lotchain.custody import lots
from lotchain.events.consignment import Consignment
from lotchain.events.custody_order import CustodyOrder
from lotchain.events.destruction import Destruction
from lotchain.events.endorsement import Endorsement
from lotchain.events.event import Event
from lotchain.events.hold import Hold
from lotchain.events.inspection import InspectedLot, Inspection
from lotchain.events.loss import Loss
from lotchain.events.sampling import Sampling
from lotchain.events.seizure import Seizure
from lotchain.events.sighting import Sighting
from lotchain.returns.balance import IN, OUT
from lotchain.returns.kinds import KINDS
from lotchain.returns.table import NOTHING, Row
from lotchain.returns.writing import as_csv, as_json

FIGURES = ("opening", *IN, *OUT, "differences", "closing", "on_ledger", "check")


class Life(Play):
    """A game whose every accepted statement is watched."""

    def __init__(self, integer: Callable[[int, int], int]) -> None:
        super().__init__(integer)
        self.world: Watched = Watched()

    def act(self) -> None:
        step = self.pick(
            self.make, self.split, self.merge, self.pack, self.lose, self.use, self.correct, self.offer, self.reply,
            self.reply, self.reply, self.withdraw, self.answer, self.dispute, self.resolve, self.endorse, self.sample,
            self.wait, self.enter, self.own_sample, self.seize, self.order, self.destroy, self.turn_of_the_year,
        )  # fmt: skip
        step()

    def sample(self) -> None:
        """As an inspection, which the log holds."""
        if found := self.lot(open_offer=self.pick(True, False)):
            lot, state, _ = found
            there = lots.present(state)
            line = InspectedLot(lot=lot, result="in-order", sample=amount(self.number(1, max(1, min(there, KG)))))
            self.submit(Inspection(lines=(line,), place=CN, occurred_at=self.world.now()), "cn")

    def enter(self) -> None:
        self.made += 1
        quantity, origin = self.number(1, 100), self.pick("entered", "found")
        self.world.make(f"E{self.made}", quantity, self.pick("maker", "maker2"), origin=origin)

    def own_sample(self) -> None:
        if found := self.lot():
            lot, state, who = found
            event = Sampling(lot=lot, prev=state["last"], quantity=amount(self.number(1, KG)), purpose="retention",
                             occurred_at=self.world.now())  # fmt: skip
            self.submit(event, who)

    def seize(self) -> None:
        if found := self.lot(open_offer=self.pick(True, False)):
            lot, state, _ = found
            part = self.pick(None, amount(self.number(1, max(1, lots.present(state)))))
            self._signed_twice(lot, Seizure(lot=lot, quantity=part, reason="suspicion", place=CN,
                                            occurred_at=self.world.now()))  # fmt: skip

    def order(self) -> None:
        if found := self.lot(open_offer=self.pick(True, False)):
            lot, _, _ = found
            custodian = self.pick(*(PARTIES[name] for name in ("maker", "carrier", "importer")))
            self._signed_twice(lot, CustodyOrder(lot=lot, custodian=custodian, reason="bankrupt",
                                                 occurred_at=self.world.now()))  # fmt: skip

    def _signed_twice(self, lot: str, event: Event) -> None:
        self.submit(event, "cn")
        waiting = [name for name, entry in self.world.lot(lot)["pending"].items() if entry["by"] == PARTIES["cn"]]
        if waiting:
            self.submit(Endorsement(subject=lot, endorses=waiting[-1], occurred_at=self.world.now()), "cn2")

    def destroy(self) -> None:
        if found := self.lot():
            lot, state, who = found
            event = Destruction(lot=lot, prev=state["last"], quantity=amount(self.number(1, max(1, lots.held(state)))),
                                method="incineration", witness=PARTIES["cn"], place=CN,
                                occurred_at=self.world.now())  # fmt: skip
            self.submit(event, who)
            for name, entry in self.world.lot(lot)["pending"].items():
                if entry["kind"] == "destruction":
                    self.submit(Endorsement(subject=lot, endorses=name, occurred_at=self.world.now()), "cn")

    def endorse(self) -> None:
        """Corrections and resolutions alone: what authorities propose is signed at once."""
        waiting = [
            (name, proposal)
            for name, state in self.world.lots().items()
            for proposal, entry in state["pending"].items()
            if entry["kind"] in ("resolution", "correction")
        ]
        if waiting:
            lot, proposal = self.pick(*waiting)
            entry = self.world.lot(lot)["pending"][proposal]
            who = "cn2" if entry["kind"] == "resolution" else NAME_OF[entry["needs"]]
            self.submit(Endorsement(subject=lot, endorses=proposal, occurred_at=self.world.now()), who)

    def turn_of_the_year(self) -> None:
        self.world.advance(self.pick(100, 200, 400) * DAY)

    def check(self) -> None:
        """What came in is what is there or went out, seizures included."""
        self.world.check_balance()


def balanced(life: Life) -> list[Row]:
    """The balance of a life, whose every figure is compared; its rows."""
    table = life.world.report("annual-balance")
    assert table.faults == ()
    closing: dict[tuple[str | None, ...], Fraction] = {}
    stock: dict[str, int] = {}
    shipped: dict[str | None, Fraction] = {}
    for row in table.rows:
        figure = {key: Fraction(row.cells[key].value or "") for key in FIGURES}
        went = sum(figure[key] for key in OUT)
        assert figure["opening"] + sum(figure[key] for key in IN) - went + figure["differences"] == figure["closing"]
        assert figure["check"] == 0 and figure["closing"] == figure["on_ledger"] >= 0
        assert all(figure[key] >= 0 for key in (*IN, *OUT))
        key = (row.cells["holder"].value, row.cells["cas"].value)
        assert figure["opening"] == closing.get(key, 0)
        closing[key] = figure["closing"]
        # What somebody ships or loses to an authority, somebody receives, in the same year.
        year = row.cells["year"].value
        shipped[year] = shipped.get(year, Fraction(0)) + figure["shipped"] + figure["seized"] - figure["received"]
    for state in life.world.lots().values():
        if state["custodian"] is not None:
            stock[state["custodian"]] = stock.get(state["custodian"], 0) + lots.present(state)
    for (holder, _), amount_left in closing.items():
        assert amount_left * 10**9 == stock.pop(str(holder), 0)
    assert not any(stock.values()) and not any(shipped.values())
    return list(table.rows)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), st.integers(5, 40))
def test_every_year_of_every_holder_adds_up(data: st.DataObject, steps: int) -> None:
    life = Life(lambda low, high: int(data.draw(st.integers(low, high))))
    life.make()
    life.make()
    for _ in range(steps):
        life.act()
    balanced(life)


def test_the_lives_reach_every_figure_and_several_years() -> None:
    """The lives above are no proof when a figure never moves: over a few seeded ones each is met."""
    met: set[str] = set()
    years: set[str | None] = set()
    for seed in range(14):
        life = Life(Random(seed).randint)
        life.make()
        for _ in range(60):
            life.act()
        for row in balanced(life):
            years.add(row.cells["year"].value)
            met |= {key for key in FIGURES if Fraction(row.cells[key].value or "0")}
    assert met >= {*FIGURES} - {"check"}, met
    assert len(years) >= 3


class Journey(Life):
    """A life with consignments, holds, thefts, sightings and dates at both ends of what an instant can be."""

    def act(self) -> None:
        step = self.pick(super().act, super().act, self.consign, self.hold, self.look, self.steal)
        step()

    def when(self) -> str:
        return str(self.pick(self.world.now(), "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"))

    def consign(self) -> None:
        if found := self.lot():
            lot, _, who = found
            self.made += 1
            route = self.pick(("CNTZU", "MXZLO"), ("CNTZU", "USNYC"), ("USNYC", "CNTZU"), ("CNTZU", "CNSHG"))
            self.submit(
                Consignment(consignment=f"consignment:{PARTIES[who][6:]}/C{self.made}", exporter=PARTIES[who],
                            importer=PARTIES["importer"], final=(PARTIES["importer"],), route=route, lots=(lot,),
                            mode="sea", occurred_at=self.when()), who,
            )  # fmt: skip

    def hold(self) -> None:
        if found := self.lot(open_offer=self.pick(True, False)):
            self.submit(Hold(lots=(found[0],), reason="suspicion", occurred_at=self.when()), "cn")

    def look(self) -> None:
        lot = self.pick(*self.world.lots())
        self.submit(Sighting(lot=lot, content="filled", place=CN, occurred_at=self.when()), "cn")

    def steal(self) -> None:
        if found := self.lot():
            lot, state, who = found
            event = Loss(lot=lot, prev=state["last"], quantity=amount(self.number(1, KG)), place=CN,
                         kind=self.pick("stolen", "unknown"), occurred_at=self.when())  # fmt: skip
            self.submit(event, who)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), st.integers(5, 40))
def test_every_report_of_a_random_life_can_be_made(data: st.DataObject, steps: int) -> None:
    life = Journey(lambda low, high: int(data.draw(st.integers(low, high))))
    life.make()
    for _ in range(steps):
        life.act()
    for kind in KINDS:
        table = life.world.report(kind)
        assert len(as_csv(table).splitlines()) == len(table.rows) + 1
        assert len(json.loads(as_json(table))["rows"]) == len(table.rows)
        assert all(
            column.need != "M" or row.cells[column.key] != NOTHING for row in table.rows for column in table.columns
        )
