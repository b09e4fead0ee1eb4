"""Facts about transfers, makers and users: who may, who has declared, what the papers state."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from lotchain.custody import licensing, lots
from lotchain.custody.case import State
from lotchain.custody.parties import InForce, licensed
from lotchain.custody.permits import in_permit_units
from lotchain.rules.facts import ABSENT, UNKNOWN, Interval, Value
from lotchain.treaty.facts_general import FACTS as GENERAL
from lotchain.treaty.scene import Scene

SUPPLYING: Final = ("distribute", "manufacture", "export", "import")
"""What a licence must allow of somebody that supplies: any one of these."""
ACTING: Final = {
    "registration": ("manufacture",),
    "transformation": ("manufacture", "use"),
    "consumption": ("use", "manufacture"),
}
_ACCEPTING: Final = ("acceptance", "witnessed-acceptance")


def transfer_kind(scene: Scene) -> Value:
    """A supply, a carriage, or a return to somebody who had it before."""
    if scene.kind == "hand-over":
        capacity, receiver = scene.event.receives_as, scene.event.to
    elif scene.about.get("offer"):
        capacity, receiver = scene.about["offer"]["as"], scene.about["offer"]["to"]
    else:
        return UNKNOWN
    if capacity in ("carrier", "warehouse"):
        return "carriage"
    if receiver not in scene.about["custodians"]:
        return "supply"
    # Whoever once carried or kept it for others has not been supplied with it: only its maker surely had it itself.
    return "return" if receiver == scene.about["maker"] else UNKNOWN


def supplier_of(scene: Scene) -> str:
    """Who supplies: the offeror; where that only carries it, whose consignment it is, or the one other custodian.

    The empty text where that cannot be told.
    """
    about = scene.about
    offeror = about["custodian"] if scene.kind == "hand-over" or not about.get("offer") else about["offer"]["by"]
    if about["held_as"] not in ("carrier", "warehouse"):
        return str(offeror or "")
    if scene.consignment is not None:
        return str(scene.consignment.get("by", ""))
    others = [party for party in about["custodians"] if party != offeror]
    return others[0] if len(others) == 1 else ""


def receiver_of(scene: Scene) -> str:
    """Who receives."""
    if scene.kind == "hand-over":
        return str(scene.event.to)
    return str(scene.about["offer"]["to"]) if scene.about.get("offer") else ""


def may(scene: Scene, party: str, activities: tuple[str, ...]) -> Value:
    """Whether a licence of the party for any of these activities was in force over the whole interval."""
    state = scene.load(party) if party else None
    if state is None:
        return UNKNOWN
    unbracketed = False
    for activity in activities:
        answer = licensed(state, activity, scene.after["substance"], scene.when.lower, scene.when.upper)
        if answer is InForce.YES:
            return True
        unbracketed |= answer is InForce.UNBRACKETED
    return UNKNOWN if unbracketed else False


def supplier_licensed(scene: Scene) -> Value:
    """Whether the supplier may supply it."""
    return may(scene, supplier_of(scene), SUPPLYING)


def receiver_licensed(scene: Scene) -> Value:
    """Whether the receiver may have it as it receives it."""
    if not scene.about.get("offer") and scene.kind != "hand-over":
        return UNKNOWN
    capacity = scene.event.receives_as if scene.kind == "hand-over" else scene.about["offer"]["as"]
    return may(scene, receiver_of(scene), licensing.RECEIVING[capacity])


def receiver_is_dealer(scene: Scene) -> Value:
    """Whether it may sell it on, as against an end user."""
    return may(scene, receiver_of(scene), ("distribute",))


def actor_licensed(scene: Scene) -> Value:
    """Whether the signer may do this."""
    return may(scene, scene.case.issuer, ACTING[scene.kind]) if scene.kind in ACTING else UNKNOWN


def registered_site(scene: Scene) -> Value:
    """Whether the place of delivery is a registered site of the receiver."""
    place = scene.said.get("place")
    state = scene.load(receiver_of(scene)) if receiver_of(scene) else None
    if place is None or place.site is None or state is None:
        return UNKNOWN
    sites = {site for row in state["licences"].values() if row["status"] == "in-force" for site in row.get("sites", ())}
    return place.site in sites


def _declarations(scene: Scene) -> list[State]:
    receiver = receiver_of(scene)
    return [row for row in scene.permits("end-use") if row["holder"] == receiver]


def declaration(scene: Scene) -> Value:
    """Whether an end-use declaration of the receiver was in force."""
    return covered(scene, [(row, in_force(row, scene.when)) for row in _declarations(scene)])


def covered(scene: Scene, rows: Sequence[tuple[State, Value]]) -> Value:
    """Whether permits, of each of which it is said whether it was in force, were drawn on for all that the lot holds.

    Not known where less was drawn, or where the two do not compare. What other lots of the consignment hold is unseen:
    where it has several, only what drawings say to be for this lot counts (decision 15).
    """
    if not any(answer is True for _, answer in rows):
        return UNKNOWN if any(answer is UNKNOWN for _, answer in rows) else False
    goods = lots.present(scene.about)
    if scene.kind in _ACCEPTING:
        goods = min(goods, lots.present(scene.after))
    drawn = sum((_share(scene, row, goods) for row, answer in rows if answer is True), Fraction(0))
    return True if drawn >= 1 else UNKNOWN


def drawn_for(scene: Scene, row: State, kind: str) -> int:
    """What was drawn on a permit for the lot: in the permit's own unit for the only one, else its goods by `kind`."""
    if _alone(scene):
        return int(row["drawn"])
    by_lot: dict[str, dict[str, int]] = row.get("lots", {})
    return by_lot.get(scene.subject, {}).get(kind, 0) if _compares(row, by_lot) else 0


def _compares(row: State, by_lot: dict[str, dict[str, int]]) -> bool:
    """Whether what was stated for lots is, by the permit's own terms, no more than was drawn on it.

    A drawing may bring a density of its own, and terms may change later: then the lots' goods say nothing. Every
    drawing rounds up, and each lot here too, by less than one unit.
    """
    stated = [(kind, amount) for kinds in by_lot.values() for kind, amount in kinds.items()]
    asked = [in_permit_units(amount, kind, row["terms"], None) for kind, amount in stated]
    known = [amount for amount in asked if amount is not None]
    return len(known) == len(asked) and sum(known) - len(known) <= row["drawn"]


def named(scene: Scene, row: State) -> bool:
    """Whether it is known what was drawn on a permit for the lot: it is the only one, or a drawing names it."""
    return _alone(scene) or scene.subject in row.get("lots", {})


def _alone(scene: Scene) -> bool:
    """Whether the consignment was declared with a single lot, so that every drawing is for that one."""
    return scene.consignment is not None and len(scene.consignment["lots"]) == 1


def _share(scene: Scene, row: State, goods: int) -> Fraction:
    """Which part of the lot's `goods` the drawings on one permit are for."""
    kind = scene.after["quantity_kind"]
    if not _alone(scene):
        return Fraction(drawn_for(scene, row, kind), max(goods, 1))
    needed = in_permit_units(goods, kind, row["terms"], None)
    return Fraction(row["drawn"], max(needed, 1)) if needed is not None else Fraction(0)


def in_force(row: State, when: Interval) -> Value:
    """Whether what the consignment keeps of a permit was in force over an interval."""
    if row["status"] in ("suspended", "revoked", "cancelled"):
        return False
    if row["status"] == "changed":
        return UNKNOWN
    since, until = row["terms"]["from"], row["terms"]["until"]
    if when.lower >= since and when.upper < until:
        return True
    return False if when.upper < since or when.lower >= until else UNKNOWN


def declaration_signed_at(scene: Scene) -> Value:
    """Not later than the consignment drew on it."""
    rows = _declarations(scene)
    return Interval(0, min(row["at"] for row in rows), scene.offset) if rows else ABSENT


def declared_quantity(scene: Scene) -> Value:
    """What the declarations allow."""
    rows = [row for row in _declarations(scene) if row["quantity_kind"] == "mass"]
    return sum(row["terms"]["quantity"] for row in rows) if rows else UNKNOWN


def declared_supplied(scene: Scene) -> Value:
    """What was drawn on them in all."""
    rows = [row for row in _declarations(scene) if row["quantity_kind"] == "mass"]
    return sum(row["terms"]["quantity"] - row["left"] for row in rows) if rows else UNKNOWN


def record_states(scene: Scene) -> Value:
    """What the statement itself says of the transaction, and what its papers are said to state."""
    said = {"activity", "date", "quantity", "substance"}
    if scene.after.get("packages"):
        said.add("packaging")
    if scene.kind in ("hand-over",):
        said.add("transfer-method")
    if scene.kind in (*_ACCEPTING, "hand-over"):
        if supplier_licensed(scene) is True:
            said.add("supplier-registration")
        if receiver_licensed(scene) is True:
            said.add("receiver-registration")
    if scene.after.get("content"):
        said.add("contents")
    for paper in scene.said.get("documents", ()):
        said.update(paper.states or ())
    if {"supplier", "receiver"} <= said:
        said.add("counterparties")
    return frozenset(said)


FACTS: Final = GENERAL | {
    "transfer_kind": transfer_kind, "supplier_licensed": supplier_licensed, "receiver_licensed": receiver_licensed,
    "receiver_is_dealer": receiver_is_dealer, "actor_licensed": actor_licensed,
    "us_destination_registered_site": registered_site, "declaration": declaration,
    "declaration_signed_at": declaration_signed_at, "declared_quantity": declared_quantity,
    "declared_supplied": declared_supplied, "record_states": record_states,
}  # fmt: skip
