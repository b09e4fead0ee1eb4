"""Facts about borders: notifications, authorisations, and when the goods left, entered and came."""

from __future__ import annotations

from typing import Final

from lotchain.core.instants import MAX_INSTANT_MS
from lotchain.custody import adoptions
from lotchain.custody.case import State
from lotchain.custody.permits import ENDED, PRE_EXPORT
from lotchain.custody.territory import CONVENTION, state_of
from lotchain.rules.facts import ABSENT, UNKNOWN, Interval, Value
from lotchain.treaty.facts_transfer import covered, drawn_for, in_force, named
from lotchain.treaty.scene import Scene


def _moment(row: State, scene: Scene) -> Interval:
    return Interval(row["at"], row["at"], scene.offset)


def exported_at(scene: Scene) -> Value:
    """When customs let them go; else, where they are abroad, at some time before; absent while they are at home."""
    released = scene.customs("export")
    if released is not None:
        return _moment(released, scene)
    if scene.route is None:
        return ABSENT if scene.no_border else UNKNOWN
    if not scene.route_fits:
        return UNKNOWN
    if scene.at_home:
        return ABSENT
    return Interval(0, scene.when.upper, scene.offset)


def export_released_at(scene: Scene) -> Value:
    """When customs released them for export."""
    released = scene.customs("export")
    if released is not None:
        return _moment(released, scene)
    return ABSENT if scene.route is not None and scene.route_fits and scene.at_home else UNKNOWN


def import_released_at(scene: Scene) -> Value:
    """When customs released them for import; absent only while they have not come."""
    released = scene.customs("import")
    if released is not None:
        return _moment(released, scene)
    if scene.route is None or not scene.route_fits:
        return UNKNOWN
    if scene.kind == "arrival" and scene.place[0] == scene.route.entry_point:
        return ABSENT  # where they come in they are still with customs; whoever takes them over is asked again
    return UNKNOWN if scene.has_come else ABSENT


def entered_transit_at(scene: Scene) -> Value:
    """When they entered a country on the way."""
    entered = scene.customs("transit-entry")
    if entered is not None:
        return _moment(entered, scene)
    if scene.route is None or not scene.route_fits:
        return UNKNOWN
    return ABSENT if not scene.route.transit or scene.at_home else UNKNOWN


def suspensive_procedure(scene: Scene) -> Value:
    """Whether customs said that they were under one."""
    return any(row["suspensive"] for row in (scene.consignment or {}).get("customs", {}).values())


def suspensive_since(scene: Scene) -> Value:
    """Since when."""
    rows = [row["since"] for row in (scene.consignment or {}).get("customs", {}).values() if row["suspensive"]]
    known = [since for since in rows if since is not None]
    if len(known) < len(rows):
        return UNKNOWN
    return Interval(min(known), min(known), scene.offset) if known else ABSENT


def _authorised(scene: Scene, sort: str, moment: Value) -> Value:
    """Whether a permit of that sort was in force at a moment: that of customs, else of the event.

    What ended after the goods had left is not known to have ended before, and what was drawn on after that not to have
    been there; nor is it known for goods of which less was drawn.
    """
    when = moment if isinstance(moment, Interval) and moment.upper < MAX_INSTANT_MS else scene.when
    rows: list[tuple[State, Value]] = []
    for row in scene.permits(sort):
        since_gone = row["status"] in ENDED and moment is not ABSENT
        rows.append((row, UNKNOWN if since_gone or row["at"] > when.upper else in_force(row, when)))
    return covered(scene, rows)


def export_authorisation(scene: Scene) -> Value:
    """In force when the goods left."""
    return _authorised(scene, "export", exported_at(scene))


def import_authorisation(scene: Scene) -> Value:
    """In force when they were imported."""
    return _authorised(scene, "import", import_released_at(scene))


def transit_authorisation(scene: Scene) -> Value:
    """In force when they entered."""
    return _authorised(scene, "transit", entered_transit_at(scene))


def import_used_before(scene: Scene) -> Value:
    """Whether another consignment had drawn on the import authorisation before."""
    rows = scene.permits("import")
    return any(row["used_before"] for row in rows) if rows else UNKNOWN


def export_authorised_quantity(scene: Scene) -> Value:
    """What it allows, in its own basis."""
    rows = _by_mass(scene, "export")
    return sum(row["terms"]["quantity"] for row in rows) if rows else UNKNOWN


def export_drawn(scene: Scene) -> Value:
    """All that was drawn on it."""
    rows = _by_mass(scene, "export")
    return sum(row["terms"]["quantity"] - row["left"] for row in rows) if rows else UNKNOWN


def _by_mass(scene: Scene, sort: str) -> list[State]:
    return [row for row in scene.permits(sort) if row["quantity_kind"] == "mass"]


def _named(scene: Scene, sort: str, member: str, actual: Value) -> Value:
    """The point that permits of a sort name: the actual one where it is among them."""
    rows = scene.permits(sort)
    points = {point for row in rows for point in row["terms"][member]}
    if not rows:
        return UNKNOWN
    if not points:
        return ABSENT
    return actual if actual in points else min(points)


def authorised_exit_point(scene: Scene) -> Value:
    """Of the export authorisation."""
    from_route = scene.route.exit_point if scene.route is not None else UNKNOWN
    return _named(scene, "export", "exit_points", from_route)


def authorised_entry_point(scene: Scene) -> Value:
    """Of the export authorisation."""
    from_route = scene.route.entry_point if scene.route is not None else UNKNOWN
    return _named(scene, "export", "entry_points", from_route)


def import_authorised_entry_point(scene: Scene) -> Value:
    """Of the import authorisation."""
    released = scene.customs("import")
    actual = released["place"] if released is not None else (scene.route.entry_point if scene.route else UNKNOWN)
    return _named(scene, "import", "entry_points", actual)


def pen_demanded(scene: Scene) -> Value:
    """Whether the importing country asked to be told of exports of this substance to it, by its last adoption."""
    if scene.route is None:
        return UNKNOWN
    rows = adoptions.in_force(scene.charter, CONVENTION, state_of(scene.route.last), scene.when.lower, scene.when.upper)
    if not rows or any(row.notice is None for row in rows):
        return UNKNOWN
    answers = {"*" in (row.notice or ()) or scene.after.get("substance") in (row.notice or ()) for row in rows}
    return answers.pop() if len(answers) == 1 else UNKNOWN


def _notification(scene: Scene) -> State | None:
    rows = scene.permits(PRE_EXPORT)
    return max(rows, key=lambda row: (row["status"] == "no-objection", row["at"])) if rows else None


def pen_state(scene: Scene) -> Value:
    """Of the notification that the consignment drew on; a reply that is late has not come."""
    row = _notification(scene)
    if row is None:
        return "none"
    late = row["reply_by"] is not None and scene.when.lower >= row["reply_by"]
    if row["status"] in ("sent", "received") and late:
        return "expired"
    if row["status"] == "changed":
        return UNKNOWN
    return "cancelled" if row["status"] in ENDED else str(row["status"])


def pen_sent_at(scene: Scene) -> Value:
    """Not later than the consignment drew on it."""
    row = _notification(scene)
    return ABSENT if row is None else Interval(0, row["at"], scene.offset)


def pen_quantity(scene: Scene) -> Value:
    """On the basis of the goods as they stand, as far as it was drawn on for the lot; its tolerance goes with both.

    Of several notifications in one state, what they come to.
    """
    newest = _notification(scene)
    if newest is None:
        return ABSENT
    if newest["quantity_kind"] != "mass" or newest["basis"] != "salt":
        return UNKNOWN
    alike = [row for row in scene.permits(PRE_EXPORT) if row["status"] == newest["status"] and row["basis"] == "salt"]
    if not any(named(scene, row) for row in alike):
        return UNKNOWN
    return sum(_covered_mass(scene, row) for row in alike if row["quantity_kind"] == "mass")


def _covered_mass(scene: Scene, row: State) -> int:
    """Of what a notification states, what was drawn for the lot: µg, with the tolerance."""
    stated = min(int(row["terms"]["quantity"]), drawn_for(scene, row, "mass"))
    return stated * (1_000_000 + int(row["terms"]["tolerance"])) // 1_000_000


def pen_importer(scene: Scene) -> Value:
    """Whom it names."""
    row = _notification(scene)
    return ABSENT if row is None or row["terms"]["importer"] is None else str(row["terms"]["importer"])


def pen_entry_point(scene: Scene) -> Value:
    """Which it names."""
    if _notification(scene) is None:
        return ABSENT
    released = scene.customs("import")
    actual = released["place"] if released is not None else (scene.route.entry_point if scene.route else UNKNOWN)
    return _named(scene, PRE_EXPORT, "entry_points", actual)


def pen_kind(scene: Scene) -> Value:
    """Individual, or simplified for several exports."""
    row = _notification(scene)
    return ABSENT if row is None else ("individual" if row["terms"]["use"] == "single" else "simplified")


def pen_covers_from(scene: Scene) -> Value:
    """Its beginning."""
    row = _notification(scene)
    return ABSENT if row is None else Interval(row["terms"]["from"], row["terms"]["from"], scene.offset)


def pen_covers_until(scene: Scene) -> Value:
    """Its end, exclusive."""
    row = _notification(scene)
    return ABSENT if row is None else Interval(row["terms"]["until"], row["terms"]["until"], scene.offset)


def voluntary_notice(scene: Scene) -> Value:
    """Whether one was sent."""
    return _notification(scene) is not None


def importer(scene: Scene) -> Value:
    """Named in the consignment."""
    return UNKNOWN if scene.consignment is None else str(scene.consignment["importer"])


def consignee(scene: Scene) -> Value:
    """Named in the consignment: the only one, or the one that has it."""
    if scene.consignment is None:
        return UNKNOWN
    final = scene.consignment["final"]
    if len(final) == 1:
        return str(final[0])
    return str(scene.after["custodian"]) if scene.after.get("custodian") in final else UNKNOWN


def end_use_proof(scene: Scene) -> Value:
    """An import authorisation or end-use declaration is on record, or a guarantee of lawful use was filed."""
    if scene.consignment is None:
        return UNKNOWN
    filed = any(row["kind"] == "guarantee-of-use" for row in scene.consignment.get("filings", {}).values())
    return filed or bool(scene.permits("import")) or bool(scene.permits("end-use"))


def seals_applied(scene: Scene) -> Value:
    """Whether numbered seals are on it."""
    return bool(scene.after.get("seals"))


FACTS: Final = {
    "exported_at": exported_at, "export_released_at": export_released_at, "import_released_at": import_released_at,
    "entered_transit_at": entered_transit_at, "suspensive_procedure": suspensive_procedure,
    "suspensive_since": suspensive_since, "export_authorisation": export_authorisation,
    "import_authorisation": import_authorisation, "transit_authorisation": transit_authorisation,
    "import_authorisation_used_before": import_used_before, "export_drawn": export_drawn,
    "export_authorised_quantity": export_authorised_quantity, "authorised_exit_point": authorised_exit_point,
    "authorised_entry_point": authorised_entry_point, "import_authorised_entry_point": import_authorised_entry_point,
    "pen_demanded": pen_demanded, "pen_state": pen_state, "pen_sent_at": pen_sent_at, "pen_quantity": pen_quantity,
    "pen_importer": pen_importer, "pen_entry_point": pen_entry_point, "pen_kind": pen_kind,
    "pen_covers_from": pen_covers_from, "pen_covers_until": pen_covers_until, "voluntary_notice": voluntary_notice,
    "importer": importer, "consignee": consignee, "end_use_proof": end_use_proof, "seals_applied": seals_applied,
}  # fmt: skip
