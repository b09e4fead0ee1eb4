"""Facts that many events offer: when, where, which substance, how much, over which borders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from lotchain.custody import lots
from lotchain.custody.territory import Route, laws_of, regimes, state_of
from lotchain.rules.facts import UNKNOWN, Value
from lotchain.treaty.scene import Scene

_NONE: Final[frozenset[str]] = frozenset()
_OF_THE_LINE: Final = frozenset({"consumption", "destruction", "loss"})


def occurred_at(scene: Scene) -> Value:
    """When it was signed; the stated time decides nothing."""
    return scene.when


def place_regimes(scene: Scene) -> Value:
    """Whose law holds there; of a licence or permit, its authority's."""
    country = country_of(scene)
    return frozenset(laws_of(country)) if country else UNKNOWN


def country_of(scene: Scene) -> str:
    """The country whose law is asked: of the place; of a permit, its giver's; of a licence, its holder's."""
    if scene.kind == "permit-drawing":
        return str(scene.event.found.by).partition(":")[2][:2]
    if scene.after["kind"] == "party":
        return scene.subject.partition(":")[2][:2]
    return scene.place[0][:2]


def substance_cas(scene: Scene) -> Value:
    """CAS number."""
    return scene.after.get("substance") or UNKNOWN


def amount(scene: Scene) -> int | None:
    """Micrograms of the lot's line at this event; None for what is measured by volume."""
    if scene.after.get("quantity_kind") != "mass":
        return None
    if scene.kind in _OF_THE_LINE:
        return int(scene.event.quantity.amount)
    if scene.kind in ("acceptance", "witnessed-acceptance"):
        received = scene.after["custodian"] == scene.about["offer"]["to"] if scene.about.get("offer") else False
        return lots.present(scene.after) if received else 0
    state = scene.about if scene.kind == "transformation" else scene.after
    return lots.present(state)


def quantity(scene: Scene) -> Value:
    """Net mass of the line."""
    return UNKNOWN if (found := amount(scene)) is None else found


def export_regimes(scene: Scene) -> Value:
    """Whose customs territory the goods leave on the declared route."""
    return _of_route(scene, lambda route: laws_of(route.first))


def import_regimes(scene: Scene) -> Value:
    """Whose customs territory they enter."""
    return _of_route(scene, lambda route: laws_of(route.last))


def transit_regimes(scene: Scene) -> Value:
    """Whose they cross."""
    if scene.route is None:
        return _NONE if scene.no_border else UNKNOWN
    return regimes(scene.route.transit) if scene.route_fits else UNKNOWN


def import_country(scene: Scene) -> Value:
    """The country at the end of the declared route."""
    if scene.route is not None:
        return state_of(scene.route.last) if scene.route_fits else UNKNOWN
    return state_of(scene.place[0][:2]) if scene.no_border else UNKNOWN


def exit_point(scene: Scene) -> Value:
    """Where customs released them for export, else the last declared place of the territory."""
    return _point(scene, "export", lambda route: route.exit_point)


def entry_point(scene: Scene) -> Value:
    """Where customs released them for import, else the first declared place of the territory."""
    return _point(scene, "import", lambda route: route.entry_point)


def _point(scene: Scene, kind: str, declared: Callable[[Route], str]) -> Value:
    if scene.route is None:
        return UNKNOWN
    released = scene.customs(kind)
    return released["place"] if released is not None else declared(scene.route)


def _of_route(scene: Scene, laws: Callable[[Route], tuple[str, ...]]) -> Value:
    if scene.route is None:
        return _NONE if scene.no_border else UNKNOWN
    if not scene.route_fits:
        return UNKNOWN
    return frozenset(laws(scene.route)) if scene.route.crosses else _NONE


BORDERS: Final = frozenset({"export_regimes", "import_regimes", "transit_regimes"})
"""Facts that say whose borders are crossed: empty where no route is declared and nothing speaks of a border."""

FACTS: Final = {
    "occurred_at": occurred_at, "place_regimes": place_regimes, "substance_cas": substance_cas, "quantity": quantity,
    "export_regimes": export_regimes, "import_regimes": import_regimes, "transit_regimes": transit_regimes,
    "import_country": import_country, "exit_point": exit_point, "entry_point": entry_point,
}  # fmt: skip
