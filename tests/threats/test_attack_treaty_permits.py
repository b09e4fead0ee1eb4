"""Permits that are none: of another State, for a fraction of the goods, drawn on after they have left, of oneself."""

from __future__ import annotations

import pytest
from tests.threats.treaty_life import CN_PORT, MX, Way
from tests.unit.world import PARTIES, kg
from tests.vectors_build.event_permits import EXPORT, declare_use, draw, grant, notify

from lotchain.custody.findings import Weight
from lotchain.events.fields import Amount
from lotchain.events.permit_drawing import DrawnLot


def started() -> tuple[Way, str]:
    """A consignment to Mexico of which Mexico was told, and that needs a Chinese licence."""
    way = Way()
    lot = way.lot_of()
    way.consign(lot)
    way.notified()
    return way, lot


def left(way: Way, lot: str) -> dict[str, Weight]:
    """Customs let it go, and the carrier has it in Mexico."""
    way.customs("export", "cn", CN_PORT)
    return way.taken("maker", "carrier", lot, MX)


def test_the_honest_authorisation_counts() -> None:
    way, lot = started()
    way.authorised()
    assert "cn-04-licence" not in left(way, lot)


def test_the_importing_country_authorises_no_export() -> None:
    way, lot = started()
    permit = "permit:MX-COFEPRIS/EXP-1"
    way.accept(grant(way, permit, holder=PARTIES["importer"]), "mx")
    way.accept(draw(way, permit, kg(100), seen=way.newest()), "importer")
    way.advance()
    assert left(way, lot)["cn-04-licence"] is Weight.HOLD


def test_an_authorisation_for_a_fraction_of_the_goods_is_none_for_them() -> None:
    way, lot = started()
    way.authorised(1)
    assert left(way, lot)["cn-04-licence"] is Weight.HOLD


def test_two_drawings_together_cover_the_goods() -> None:
    way, lot = started()
    way.authorised(60)
    way.authorised(40, "permit:CN-NMPA/EXP-2")
    assert "cn-04-licence" not in left(way, lot)


def two_lots() -> tuple[Way, tuple[str, str]]:
    """Two lots of 100 kg in one consignment to Mexico."""
    way = Way()
    lots = way.lot_of("A"), way.lot_of("B")
    way.consign(*lots)
    way.notified()
    return way, lots


def of(*parts: tuple[str, str | int]) -> tuple[DrawnLot, ...]:
    return tuple(DrawnLot(lot=lot, goods=kg(goods)) for lot, goods in parts)


def both_left(way: Way, lots: tuple[str, str]) -> list[bool]:
    """Whether each is green of its licence, in Mexico."""
    way.customs("export", "cn", CN_PORT)
    return ["cn-04-licence" not in way.taken("maker", "carrier", lot, MX) for lot in lots]


@pytest.mark.parametrize("quantity", [100, 200])
def test_a_drawing_that_does_not_say_which_covers_none_of_several_lots(quantity: float) -> None:
    way, lots = two_lots()
    way.authorised(quantity)
    assert both_left(way, lots) == [False, False]


@pytest.mark.parametrize(
    ("drawn", "first", "second", "green"),
    [
        (200, "100", "100", [True, True]),
        (200, "199", "1", [True, False]),
        (200, "99.999999999", "100.000000001", [False, True]),
        (100, "50", "50", [False, False]),
        (100, "100", None, [True, False]),
    ],
)
def test_a_drawing_covers_the_lots_that_it_names(drawn: int, first: str, second: str | None, green: list[bool]) -> None:
    way, lots = two_lots()
    parts = of((lots[0], first)) if second is None else of((lots[0], first), (lots[1], second))
    way.authorised(drawn, lots=parts)
    assert both_left(way, lots) == green


def test_what_several_drawings_name_is_added_lot_by_lot() -> None:
    way, lots = two_lots()
    way.authorised(150, lots=of((lots[0], 100), (lots[1], 50)))
    way.authorised(50, "permit:CN-NMPA/EXP-2", lots=of((lots[1], 50)))
    assert both_left(way, lots) == [True, True]


def test_a_drawing_by_volume_is_none_for_lots_by_mass() -> None:
    way, lots = two_lots()
    litres = tuple(DrawnLot(lot=lot, goods=Amount(value="100", unit="LTR")) for lot in lots)
    way.accept(grant(way, quantity=kg(500), density="1.0"), "cn")
    drawing = draw(way, EXPORT, Amount(value="200", unit="LTR"), kg(200), lots=litres, seen=way.newest())
    way.accept(drawing, "maker")
    way.advance()
    assert both_left(way, lots) == [False, False]


def test_a_density_of_the_drawers_own_opens_no_permit_for_several_lots() -> None:
    """200 kg on a permit of 3 L that declares no density; then the authority declares one, and a gram is drawn."""
    way, lots = two_lots()
    litres = Amount(value="3", unit="LTR")
    way.accept(grant(way, quantity=litres), "cn")
    two = Amount(value="2.000000021", unit="LTR")
    named = of((lots[0], "100"), (lots[1], "100"))
    dense = draw(way, EXPORT, kg(200), two, lots=named, density="99.999999", seen=way.newest())
    assert way.told(dense, "maker") == {}
    assert both_left(way, lots) == [False, False]


@pytest.mark.parametrize(("drawn", "green"), [(1, False), (99, False), (100, True), (200, True)])
def test_a_notification_covers_what_was_drawn_on_it(drawn: float, green: bool) -> None:
    """Of 500 kg notified, one drawn: the other lots of a year could follow under the same paper."""
    way = Way()
    lot = way.lot_of()
    way.consign(lot)
    way.notified(drawn)
    way.authorised()
    assert ("un-07-same" not in left(way, lot)) == green


@pytest.mark.parametrize(("second", "green"), [("100", [True, True]), ("1", [True, False])])
def test_of_several_lots_a_notification_covers_those_that_are_named(second: str, green: list[bool]) -> None:
    way = Way()
    lots = way.lot_of("A"), way.lot_of("B")
    way.consign(*lots)
    parts = of((lots[0], "100"), (lots[1], second))
    way.notified(100 + int(second), lots=parts)
    way.authorised(200, lots=of((lots[0], "100"), (lots[1], "100")))
    way.customs("export", "cn", CN_PORT)
    assert ["un-07-same" not in way.taken("maker", "carrier", lot, MX) for lot in lots] == green


def test_an_authorisation_that_is_drawn_on_after_the_goods_have_left_is_not_known_to_have_been_there() -> None:
    way, lot = started()
    way.customs("export", "cn", CN_PORT)
    way.advance()
    way.authorised()
    assert way.taken("maker", "carrier", lot, MX)["cn-04-licence"] is Weight.HOLD


def test_a_notification_to_another_country_is_none_to_this_one() -> None:
    way = Way()
    lot = way.lot_of()
    way.consign(lot)
    other = "permit:CN-NMPA/PEN-9"
    way.accept(notify(way, other, importing="US", importer=PARTIES["importer"], entry_points=("MXZLO",)), "cn")
    way.accept(draw(way, other, kg(100), seen=way.newest()), "maker")
    way.advance()
    assert left(way, lot)["un-07-notice"] is Weight.FAIL


def test_the_exporter_declares_no_end_use_of_its_own() -> None:
    way, lot = started()
    way.authorised()
    own = "permit:CN-MAKER/EUD-1"
    way.accept(declare_use(way, own), "maker")
    way.accept(draw(way, own, kg(100), seen=way.newest()), "maker")
    way.advance()
    assert left(way, lot)["cn-04-end-use"] is Weight.HOLD


def test_the_declaration_of_who_receives_it_counts() -> None:
    way = Way()
    lot = way.lot_of()
    way.consign(lot, final=(PARTIES["user-a"],))
    way.notified()
    way.authorised()
    own = "permit:MX-USERA/EUD-1"
    way.accept(declare_use(way, own), "user-a")
    way.accept(draw(way, own, kg(100), seen=way.newest()), "user-a")
    way.advance()
    assert "cn-04-end-use" not in left(way, lot)
