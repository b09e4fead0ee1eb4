"""What a custodian does with a lot in hand: packing, split, merge, loss, consumption, correction, answers.

Every accepted statement is followed by the harness's check that all lots' accounts sum to zero.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.unit.world import CN, CN_PORT, MX, World, codes, exact, kg, packages

from lotchain.custody import lots
from lotchain.errors import Malformed
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.consumption import Consumption
from lotchain.events.correction import Correction
from lotchain.events.discrepancy_answer import DiscrepancyAnswer
from lotchain.events.endorsement import Endorsement
from lotchain.events.event import Event
from lotchain.events.fields import Amount
from lotchain.events.loss import Loss
from lotchain.events.merge import Merge, MergeLine
from lotchain.events.packing import Packing
from lotchain.events.reading import read_event
from lotchain.events.registration import Package
from lotchain.events.split import Child, Split

SERIALS = tuple(f"{i:04}" for i in range(1, 21))
NOWHERE = "ab" * 32


@pytest.fixture
def world() -> World:
    return World()


def pack(world: World, lot: str, /, *of: Package, **fields: Any) -> Packing:
    return Packing(**{"lot": lot, "prev": world.last(lot), "packages": of, "occurred_at": world.now(), **fields})


def split(world: World, lot: str, /, *parts: tuple[Any, ...], **fields: Any) -> Split:
    """Parts as (local name, kilograms) or (local name, kilograms, serials), under the lot's custodian."""
    custodian = str(world.lot(lot)["custodian"] or "party:CN-MAKER")[6:]
    children = tuple(
        Child(lot=f"lot:{custodian}/{part[0]}", quantity=kg(part[1]), packages=part[2] if len(part) > 2 else ())
        for part in parts
    )
    return Split(**{"lot": lot, "prev": world.last(lot), "children": children, "occurred_at": world.now(), **fields})


def merge(world: World, local: str, /, *sources: str, who: str = "maker", **fields: Any) -> Merge:
    lines = tuple(MergeLine(lot=lot, prev=world.last(lot), quantity=world.stated(lot)) for lot in sources)
    lot = local if local.startswith("lot:") else f"lot:{world.party(who)[6:]}/{local}"
    return Merge(**{"lot": lot, "lines": lines, "place": CN, "occurred_at": world.now(), **fields})


def loss(world: World, lot: str, quantity: Any, kind: str = "stolen", /, **fields: Any) -> Loss:
    return Loss(**{
        "lot": lot, "prev": world.last(lot), "quantity": kg(quantity), "kind": kind, "place": CN,
        "occurred_at": world.now(), **fields,
    })  # fmt: skip


def consume(world: World, lot: str, quantity: Any, /, **fields: Any) -> Consumption:
    return Consumption(**{
        "lot": lot, "prev": world.last(lot), "quantity": kg(quantity), "purpose": "synthesis",
        "occurred_at": world.now(), **fields,
    })  # fmt: skip


def correct(world: World, lot: str, was: Any, becomes: Any, /, **fields: Any) -> Correction:
    return Correction(**{
        "lot": lot, "prev": world.last(lot), "was": kg(was), "becomes": kg(becomes), "reason": "typing-error",
        "occurred_at": world.now(), **fields,
    })  # fmt: skip


def answer(world: World, lot: str, reply: str, /, **fields: Any) -> DiscrepancyAnswer:
    return DiscrepancyAnswer(**{
        "lot": lot, "reply": reply, "explanation": "investigated", "occurred_at": world.now(), **fields,
    })  # fmt: skip


def accept(world: World, offer: str, lot: str, accepted: Any = None, missing: Any = None, **fields: Any) -> Acceptance:
    line = AcceptanceLine(
        lot=lot,
        outcome="short",
        accepted=None if accepted is None else kg(accepted),
        missing=None if missing is None else kg(missing),
        **fields,
    )
    return Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now())


def sample(world: World, lot: str, amount: int) -> None:
    """An authority takes a sample: nobody's signed paper becomes stale by it."""
    world.states[lot] = lots.taken_by_authority(world.lot(lot), amount, "sampled")


def put_hold(world: World, lot: str) -> None:
    hold = {"by": "party:CN-NMPA", "reason": "inspection", "placed_at": world.time}
    world.states[lot] = {**world.lot(lot), "holds": {"cd" * 32: hold}}


def over_delivered(world: World) -> str:
    """A lot of 20 packages of 25 kg of which 510 kg were accepted: 10 kg stand in no package's net."""
    lot = world.make("OVER", 500, packages=packages(20))
    offer = world.offer("maker", "carrier", lot)
    line = AcceptanceLine(lot=lot, outcome="over", accepted=kg(510), over=kg(10))
    world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")
    return lot


# --- packing ---------------------------------------------------------------------------------------------------


def test_packing_replaces_packages_and_seals(world: World) -> None:
    lot = world.make("A", 500)
    world.accept(pack(world, lot, *packages(20), seals=("CN-2", "CN-1")), "maker")
    assert world.lot(lot)["seals"] == ["CN-1", "CN-2"]
    judgement = world.submit(pack(world, lot, Package(serial="TANK", net=kg(500))), "maker")
    assert codes(judgement) == {"seals-left"}
    state = world.lot(lot)
    assert state["packages"] == {"TANK": 500 * 10**9}
    assert state["gone"] == dict.fromkeys(SERIALS, "repacked")
    assert state["seals"] == [] and state["accounts"] == {"produced": -500 * 10**9, "held": 500 * 10**9}


def test_packing_of_a_package_that_was_stolen_is_asked_about(world: World) -> None:
    lot = world.make("A", 500, packages=packages(20))
    world.accept(loss(world, lot, 25, packages=("0007",)), "maker")
    judgement = world.submit(pack(world, lot, *packages(19)), "maker")
    assert "package-returned" in codes(judgement)
    world.accept(pack(world, lot, Package(serial="0007", net=kg(475))), "maker")


def test_packing_reads_its_nets_less_a_sample(world: World) -> None:
    lot = world.make("A", 500)
    sample(world, lot, 10**9)
    assert world.refuse(pack(world, lot, Package(serial="1", net=kg(499))), "maker") == {"packages-sum"}
    world.accept(pack(world, lot, *packages(20)), "maker")
    assert world.held(lot) == 499
    world.move("maker", "carrier", lot)


@pytest.mark.parametrize(
    ("fields", "who", "code"),
    [
        ({"packages": packages(19)}, "maker", "packages-sum"),
        ({"packages": packages(21)}, "maker", "packages-sum"),
        ({"packages": (*packages(19), Package(serial="0001", net=kg(25)))}, "maker", "packages-sum"),
        ({"packages": (Package(serial="1", net=Amount(value="500", unit="LTR")),)}, "maker", "unit-kind"),
        ({"packages": (*packages(19), Package(serial="9", net=Amount(value="25", unit="LTR")))}, "maker", "unit-kind"),
        ({"packages": packages(20)}, "carrier", "not-custodian"),
        ({"packages": packages(20), "prev": NOWHERE}, "maker", "prev-unknown"),
        ({"packages": packages(20), "lot": "lot:CN-MAKER/NONE"}, "maker", "lot-unknown"),
    ],
)
def test_packing_refused(world: World, fields: dict[str, Any], who: str, code: str) -> None:
    lot = world.make("A", 500)
    assert world.refuse(pack(world, lot, **fields), who) == {code}


def test_packing_refused_on_an_open_offer_and_from_a_stale_prev(world: World) -> None:
    lot = world.make("A", 500)
    first = world.last(lot)
    world.accept(pack(world, lot, *packages(20)), "maker")
    assert world.refuse(pack(world, lot, *packages(20), prev=first), "maker") == {"prev-stale"}
    world.offer("maker", "carrier", lot)
    assert world.refuse(pack(world, lot, *packages(20)), "maker") == {"offer-open"}


# --- split -----------------------------------------------------------------------------------------------------


def consigned(*route: str) -> dict[str, Any]:
    """What a lot keeps of a consignment that the maker declared."""
    name = f"consignment:CN-MAKER/{len(route)}"
    return {"id": name, "by": "party:CN-MAKER", "importer": "party:MX-IMPORT", "final": [], "route": list(route)}


def test_split_hands_everything_on(world: World) -> None:
    lot = world.make("A", 500, packages=packages(20), tolerance="0.5", content="98 %")
    put_hold(world, lot)
    world.states[lot] = {**world.lot(lot), "seals": ["S1"], "consignment": consigned("CNTZU")}
    judgement = world.submit(split(world, lot, ("B", 300, SERIALS[:12]), ("C", 200, SERIALS[12:])), "maker")
    assert codes(judgement) == {"acted-before-hold-was-known", "seals-left"}
    world.check_conservation()
    parent, b = world.lot(lot), world.lot("lot:CN-MAKER/B")
    assert parent["accounts"] == {"produced": -500 * 10**9, "transferred": 500 * 10**9}
    assert parent["ended"]["how"] == "divided" and parent["custodian"] is None
    assert parent["ended"]["into"] == ["lot:CN-MAKER/B", "lot:CN-MAKER/C"]
    assert b["accounts"] == {"received": -300 * 10**9, "held": 300 * 10**9}
    assert list(b["packages"]) == list(SERIALS[:12]) and b["seals"] == []
    assert (b["origin"], b["parents"], b["giver"], b["custodian"]) == ("split", [lot], None, "party:CN-MAKER")
    assert (b["tolerance"], b["content"], b["maker"]) == (5000, "98 %", "party:CN-MAKER")
    assert b["holds"] == parent["holds"] and b["consignment"] == consigned("CNTZU")
    assert world.refuse(split(world, lot, ("D", 300), ("E", 200)), "maker") == {"lot-ended"}


def test_split_by_its_present_custodian_names_lots_under_that_one(world: World) -> None:
    lot = world.make("A", 500)
    world.move("maker", "carrier", lot)
    children = (Child(lot="lot:CN-MAKER/B", quantity=kg(300)), Child(lot="lot:CN-MAKER/C", quantity=kg(200)))
    assert world.refuse(split(world, lot, children=children), "carrier") == {"lot-name-foreign"}
    world.accept(split(world, lot, ("B", 300), ("C", 200)), "carrier")
    world.move("carrier", "importer", "lot:CN-TRUCK/B", receives_as="consignee")


def test_split_after_a_sample_takes_it_off_the_largest_part(world: World) -> None:
    lot = world.make("A", 500)
    sample(world, lot, 10**9)
    assert world.refuse(split(world, lot, ("B", 300), ("C", 199)), "maker") == {"quantity-not-conserved"}
    world.accept(split(world, lot, ("B", 200), ("C", 300)), "maker")
    assert (world.held("lot:CN-MAKER/B"), world.held("lot:CN-MAKER/C")) == (200, 299)
    world.check_conservation()


def test_split_after_a_sample_that_leaves_a_part_empty_is_refused(world: World) -> None:
    lot = world.make("A", 10)
    sample(world, lot, 6 * 10**9)
    assert world.refuse(split(world, lot, ("B", 5), ("C", 5)), "maker") == {"quantity-not-conserved"}


def test_split_of_an_over_delivery_gives_the_surplus_to_any_part(world: World) -> None:
    lot = over_delivered(world)
    world.accept(split(world, lot, ("B", 310, SERIALS[:12]), ("C", 200, SERIALS[12:])), "carrier")
    world.check_conservation()


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([("B", "60.000"), ("C", "440.001")], "quantity-not-conserved"),
        ([("B", "60.000"), ("C", "439.999999999")], "quantity-not-conserved"),
        ([("B", 250), ("B", 250)], "lot-twice"),
        ([("A", 250), ("C", 250)], "lot-cycle"),
        ([("TAKEN", 250), ("C", 250)], "lot-exists"),
        ([("B", 300, SERIALS[:12]), ("C", 200, SERIALS[12:19])], "packages-not-partitioned"),
        ([("B", 300, SERIALS[:12]), ("C", 200, SERIALS[11:])], "packages-not-partitioned"),
        ([("B", 300, SERIALS[:12]), ("C", 200, (*SERIALS[12:], "9999"))], "packages-not-partitioned"),
        ([("B", 310, SERIALS[:12]), ("C", 190, SERIALS[12:])], "packages-not-partitioned"),
        ([("B", 300, SERIALS), ("C", 200)], "packages-not-partitioned"),
    ],
)
def test_split_refused(world: World, parts: list[tuple[Any, ...]], code: str) -> None:
    world.make("TAKEN", 1)
    lot = world.make("A", 500, packages=packages(20))
    assert world.refuse(split(world, lot, *parts), "maker") == {code}


def test_split_refused_in_another_unit_or_hand_or_time(world: World) -> None:
    lot = world.make("A", 500)
    litres = (
        Child(lot="lot:CN-MAKER/B", quantity=Amount(value="300", unit="LTR")),
        Child(lot="lot:CN-MAKER/C", quantity=kg(200)),
    )
    assert world.refuse(split(world, lot, children=litres), "maker") == {"unit-kind"}
    assert world.refuse(split(world, lot, ("B", 300), ("C", 200)), "maker2") == {"not-custodian"}
    assert world.refuse(split(world, lot, ("B", 300), ("C", 200), prev=NOWHERE), "maker") == {"prev-unknown"}
    world.offer("maker", "carrier", lot)
    assert world.refuse(split(world, lot, ("B", 300), ("C", 200)), "maker") == {"offer-open"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"children": [{"lot": f"lot:CN-MAKER/{i}", "quantity": {"unit": "KGM", "value": "1"}} for i in range(51)]}, "too-many"),
        ({"children": [{"lot": "lot:CN-MAKER/B", "quantity": {"unit": "KGM", "value": "1"}}]}, "too-few"),
        ({"children": [{"lot": "lot:CN-MAKER/B~1", "quantity": {"unit": "KGM", "value": "1"}}] * 2}, "id-reserved"),
        ({"children": [{"lot": "lot:CN-MAKER/B", "quantity": {"unit": "KGM", "value": "0"}}] * 2}, "quantity-range"),
        ({"children": [{"lot": "lot:CN-MAKER/B", "quantity": {"unit": "KGM", "value": "-1"}}] * 2}, "quantity-range"),
        ({"children": [{"lot": "lot:CN-MAKER/B", "quantity": {"unit": "LBR", "value": "1"}}] * 2}, "unit-unknown"),
        ({"keep": "some"}, "field-unknown"),
        ({"prev": "AB" * 32}, "hash-format"),
    ],
)  # fmt: skip
def test_split_malformed(world: World, change: dict[str, Any], code: str) -> None:
    lot = world.make("A", 2)
    value = {**json.loads(split(world, lot, ("B", 1), ("C", 1)).payload()), **change}
    with pytest.raises(Malformed) as fault:
        read_event(json.dumps(value, sort_keys=True, separators=(",", ":")).encode())
    assert fault.value.code == code


# --- merge -----------------------------------------------------------------------------------------------------


def test_merge_makes_one_lot_of_several(world: World) -> None:
    a = world.make("A", 300, packages=packages(12), tolerance="1", content="98 %")
    b = world.make("B", 200, packages=packages(8, first=13), tolerance="0.5", content="98 %")
    put_hold(world, b)
    judgement = world.submit(merge(world, "M", a, b, seen=world.newest()), "maker")
    assert codes(judgement) == {"moved-on-hold"}
    world.check_conservation()
    merged = world.lot("lot:CN-MAKER/M")
    assert merged["accounts"] == {"received": -500 * 10**9, "held": 500 * 10**9}
    assert sorted(merged["packages"]) == list(SERIALS) and merged["parents"] == [a, b]
    assert (merged["tolerance"], merged["content"], merged["origin"]) == (5000, "98 %", "merged")
    assert merged["holds"] == world.lot(b)["holds"] and merged["consignment"] is None
    assert world.lot(a)["ended"]["into"] == world.lot(b)["ended"]["into"] == ["lot:CN-MAKER/M"]
    world.accept(split(world, "lot:CN-MAKER/M", ("N", 1), ("O", 499)), "maker")


def test_merge_reads_its_lines_less_a_sample(world: World) -> None:
    a, b = world.make("A", 300), world.make("B", 200)
    sample(world, a, 10**9)
    world.accept(merge(world, "M", a, b), "maker")
    assert world.held("lot:CN-MAKER/M") == 499
    world.check_conservation()


def test_merge_keeps_a_consignment_only_when_it_is_the_same(world: World) -> None:
    one, other = consigned("CNTZU"), consigned("CNTZU", "CNSHG")
    for local, consignments, kept in (("1", (one, one), one), ("2", (one, other), None), ("3", (one, None), None)):
        sources = [world.make(f"{name}{local}", 1) for name in "AB"]
        for lot, consignment in zip(sources, consignments, strict=True):
            world.states[lot] = {**world.lot(lot), "consignment": consignment}
        world.accept(merge(world, f"M{local}", *sources), "maker")
        assert world.lot(f"lot:CN-MAKER/M{local}")["consignment"] == kept


def test_merge_of_two_makers_names_no_single_maker(world: World) -> None:
    a, b = world.make("A", 1), world.make("B", 1, who="maker2")
    world.move("maker", "importer", a, receives_as="consignee")
    world.move("maker2", "importer", b, receives_as="consignee")
    world.accept(merge(world, "M", a, b, who="importer"), "importer")
    assert world.lot("lot:MX-IMPORT/M")["maker"] == ""


def test_merge_refused_for_what_is_mixed(world: World) -> None:
    a, other = world.make("A", 1), world.make("B", 1, substance="108-24-7")
    assert world.refuse(merge(world, "M", a, other), "maker") == {"substance-mismatch"}
    weak = world.make("C", 1, content="10 %")
    assert world.refuse(merge(world, "M", a, weak), "maker") == {"content-mismatch"}
    litre = world.make("D", 1, quantity=Amount(value="1", unit="LTR"))
    lines = (
        MergeLine(lot=a, prev=world.last(a), quantity=kg(1)),
        MergeLine(lot=litre, prev=world.last(litre), quantity=Amount(value="1", unit="LTR")),
    )
    assert world.refuse(merge(world, "M", a, litre, lines=lines), "maker") == {"unit-kind"}
    packed, again = world.make("E", 25, packages=packages(1)), world.make("F", 25, packages=packages(1))
    assert world.refuse(merge(world, "M", packed, again), "maker") == {"serial-twice"}
    big, bigger = world.make("G", "5000000"), world.make("H", "5000000")
    assert world.refuse(merge(world, "M", big, bigger), "maker") == {"quantity-range"}


def test_merge_refused_for_how_it_is_stated(world: World) -> None:
    a, b = world.make("A", 300), world.make("B", 200)
    assert world.refuse(merge(world, a, a, b), "maker") == {"lot-cycle"}
    assert world.refuse(merge(world, b, a, b), "maker") == {"lot-cycle"}
    assert world.refuse(merge(world, "M", a, a), "maker") == {"lot-twice"}
    assert world.refuse(merge(world, "lot:CN-MAKER2/M", a, b), "maker") == {"lot-name-foreign"}
    taken = world.make("T", 1)
    assert world.refuse(merge(world, taken, a, b), "maker") == {"lot-exists"}
    assert world.refuse(merge(world, "M", a, b, who="maker2"), "maker2") == {"not-custodian"}
    lines = merge(world, "M", a, b).lines
    part = MergeLine(lot=a, prev=world.last(a), quantity=kg(299))
    assert world.refuse(merge(world, "M", lines=(part, lines[1])), "maker") == {"quantity-mismatch"}
    stale = MergeLine(lot=a, prev=NOWHERE, quantity=kg(300))
    assert world.refuse(merge(world, "M", lines=(stale, lines[1])), "maker") == {"prev-unknown"}
    absent = MergeLine(lot="lot:CN-MAKER/NONE", prev=NOWHERE, quantity=kg(1))
    assert world.refuse(merge(world, "M", lines=(absent, lines[1])), "maker") == {"lot-unknown"}
    world.move("maker", "carrier", b)
    assert world.refuse(merge(world, "M", a, b), "maker") == {"not-custodian"}
    world.accept(merge(world, "M", a, world.make("C", 1)), "maker")
    assert world.refuse(merge(world, "N", a, taken), "maker") == {"lot-ended"}


# --- loss ------------------------------------------------------------------------------------------------------


def test_theft_in_transit_then_accepted_less_by_what_was_reported(world: World) -> None:
    """Scenario 6: 24 drums of 170 kg offered, six stolen on the way, 3,060 kg accepted: nothing is left open."""
    lot = world.make("PIP", 4080, packages=packages(24, 170))
    offer = world.offer("maker", "carrier", lot)
    stolen = tuple(f"{i:04}" for i in range(7, 13))
    judgement = world.submit(loss(world, lot, 1020, packages=stolen, reference="POL-1"), "maker")
    assert codes(judgement) == {"theft-reported"}
    assert world.lot(lot)["last"] == offer and world.lot(lot)["offer"]["lost"] == 1020 * 10**9
    world.accept(accept(world, offer, lot, 3060, 1020, packages_missing=stolen), "carrier")
    state = world.lot(lot)
    assert state["differences"] == {} and world.held(lot) == 3060
    assert state["accounts"]["lost"] == 1020 * 10**9 and state["gone"] == dict.fromkeys(stolen, "stolen")
    world.move("carrier", "importer", lot, receives_as="consignee")


def test_loss_on_an_offer_is_not_counted_twice(world: World) -> None:
    lot = world.make("A", 500)
    world.offer("maker", "carrier", lot)
    first = loss(world, lot, 10)
    world.accept(first, "maker")
    world.advance()
    assert world.refuse(first, "maker") == {"loss-repeated"}
    assert world.refuse(loss(world, lot, 5, reported_before=kg(9)), "maker") == {"loss-repeated"}
    litres = Amount(value="10", unit="LTR")
    assert world.refuse(loss(world, lot, 5, reported_before=litres), "maker") == {"loss-repeated"}
    world.accept(loss(world, lot, 5, "leaked", reported_before=kg(10)), "maker")
    assert world.lot(lot)["accounts"]["lost"] == 15 * 10**9


def test_everything_lost_on_an_offer_still_has_its_reply(world: World) -> None:
    lot, beside = world.make("A", 500), world.make("B", 1)
    offer = world.offer("maker", "carrier", lot, beside)
    world.accept(loss(world, lot, 500), "maker")
    lines = (
        AcceptanceLine(lot=lot, outcome="short", missing=kg(500)),
        AcceptanceLine(lot=beside, outcome="full", accepted=kg(1)),
    )
    world.accept(Acceptance(answers=offer, lines=lines, place=CN, occurred_at=world.now()), "carrier")
    assert world.lot(lot)["ended"]["how"] == "lost" and world.lot(lot)["differences"] == {}
    assert world.held(beside) == 1


def test_what_was_reported_lost_and_arrives_is_a_difference(world: World) -> None:
    lot = world.make("A", 500)
    offer = world.offer("maker", "carrier", lot)
    world.accept(loss(world, lot, 500), "maker")
    reply = world.accept(accept(world, offer, lot, 500), "carrier")
    assert world.lot(lot)["differences"][reply]["amount"] == -500 * 10**9
    assert world.lot(lot)["custodian"] == "party:CN-TRUCK" and world.lot(lot)["ended"] is None


def test_loss_of_a_held_lot_moves_its_end_and_may_end_it(world: World) -> None:
    lot = world.make("A", 500, packages=packages(20))
    judgement = world.submit(loss(world, lot, 10, "leaked", place=CN_PORT), "maker")
    assert codes(judgement) == {"loss-reported"} and world.lot(lot)["place"]["code"] == "CNSHG"
    again = loss(world, lot, 490, "destroyed", packages=SERIALS)
    world.accept(again, "maker")
    assert world.lot(lot)["ended"]["how"] == "lost" and world.lot(lot)["packages"] == {}
    world.advance()
    assert world.refuse(again, "maker") == {"lot-ended"}


def test_loss_after_a_sample_is_at_most_what_is_there(world: World) -> None:
    lot = world.make("A", 500)
    sample(world, lot, 10**9)
    world.accept(loss(world, lot, 500), "maker")
    assert world.lot(lot)["accounts"] == {"produced": -500 * 10**9, "sampled": 10**9, "lost": 499 * 10**9}


@pytest.mark.parametrize(
    ("fields", "who", "code"),
    [
        ({"quantity": kg("500.000000001")}, "maker", "quantity-not-held"),
        ({"quantity": Amount(value="1", unit="LTR")}, "maker", "unit-kind"),
        ({"packages": ("9999",)}, "maker", "package-unknown"),
        ({"packages": ("0001", "0001")}, "maker", "package-unknown"),
        ({"packages": ("0001",), "quantity": kg(24)}, "maker", "packages-hold-less"),
        ({"packages": SERIALS, "quantity": kg(499)}, "maker", "packages-hold-less"),
        ({"reported_before": kg(1)}, "maker", "loss-repeated"),
        ({"prev": NOWHERE}, "maker", "prev-unknown"),
        ({}, "carrier", "not-custodian"),
        ({}, "cn", "not-custodian"),
    ],
)
@pytest.mark.parametrize("offered", [False, True])
def test_loss_refused(world: World, fields: dict[str, Any], who: str, code: str, offered: bool) -> None:
    lot = world.make("A", 500, packages=packages(20))
    if offered:
        world.offer("maker", "carrier", lot)
    assert world.refuse(loss(world, lot, 1, **fields), who) == {code}


# --- consumption -----------------------------------------------------------------------------------------------


def at_user(world: World, **fields: Any) -> str:
    lot = world.make("A", 500, **fields)
    world.move("maker", "user-a", lot, receives_as="consignee", place=MX)
    return lot


def test_consumption_in_parts_and_whole(world: World) -> None:
    lot = at_user(world, packages=packages(20))
    assert codes(world.submit(consume(world, lot, 50, packages=SERIALS[:2]), "user-a")) == set()
    assert world.lot(lot)["gone"] == {"0001": "emptied", "0002": "emptied"} and world.lot(lot)["ended"] is None
    world.accept(consume(world, lot, 450), "user-a")
    state = world.lot(lot)
    assert state["ended"]["how"] == "consumed" and state["accounts"]["consumed"] == 500 * 10**9


def test_consumption_without_a_licence_or_on_hold_is_recorded(world: World) -> None:
    lot = world.make("A", 500)
    world.move("maker", "carrier", lot)
    put_hold(world, lot)
    judgement = world.submit(consume(world, lot, 1), "carrier")
    assert (
        codes(judgement) == {"licence-none", "used-in-keeping", "acted-before-hold-was-known"} and not judgement.refused
    )
    judgement = world.submit(consume(world, lot, 1, seen=world.newest()), "carrier")
    assert codes(judgement) == {"licence-none", "used-in-keeping", "moved-on-hold"} and not judgement.refused


@pytest.mark.parametrize(
    ("fields", "who", "code"),
    [
        ({"quantity": kg("500.000000001")}, "user-a", "quantity-not-held"),
        ({"quantity": Amount(value="1", unit="LTR")}, "user-a", "unit-kind"),
        ({"packages": ("9999",)}, "user-a", "package-unknown"),
        ({"packages": ("0001",)}, "user-a", "packages-hold-less"),
        ({"prev": NOWHERE}, "user-a", "prev-unknown"),
        ({}, "maker", "not-custodian"),
        ({}, "user-b", "not-custodian"),
    ],
)
def test_consumption_refused(world: World, fields: dict[str, Any], who: str, code: str) -> None:
    lot = at_user(world, packages=packages(20))
    assert world.refuse(consume(world, lot, 1, **fields), who) == {code}


def test_consumption_refused_on_an_open_offer_and_a_second_time(world: World) -> None:
    lot = world.make("A", 500)
    first = consume(world, lot, 100)
    world.accept(first, "maker")
    world.advance()
    assert world.refuse(first, "maker") == {"prev-stale"}
    world.offer("maker", "carrier", lot)
    assert world.refuse(consume(world, lot, 100), "maker") == {"offer-open"}


# --- correction ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("becomes", "posted"), [("500.5", 5 * 10**8), ("499", -(10**9))])
def test_correction_by_who_registered_it_takes_effect_at_once(world: World, becomes: str, posted: int) -> None:
    lot = world.make("A", 500, packages=packages(20))
    judgement = world.submit(correct(world, lot, 500, becomes), "maker")
    assert codes(judgement) == {"quantity-corrected"}
    accounts = world.lot(lot)["accounts"]
    assert accounts["held"] == 500 * 10**9 + posted and accounts["corrected"] == -posted
    world.move("maker", "carrier", lot)


def test_correction_of_a_received_lot_waits_for_its_giver(world: World) -> None:
    lot = world.make("A", 500)
    world.move("maker", "carrier", lot)
    proposal = correct(world, lot, 500, 490)
    assert codes(world.submit(proposal, "carrier")) == {"correction-proposed"}
    state = world.lot(lot)
    assert world.held(lot) == 500
    (waiting,) = state["pending"]
    assert state["last"] == waiting
    endorsement = Endorsement(subject=lot, endorses=waiting, occurred_at=world.now())
    assert world.refuse(endorsement, "carrier") == {"not-counterpart"}
    assert world.refuse(endorsement, "importer") == {"not-counterpart"}
    assert world.refuse(endorsement, "cn") == {"not-counterpart"}
    world.accept(endorsement, "maker")
    assert world.held(lot) == 490 and world.lot(lot)["pending"] == {}
    world.advance()
    assert world.refuse(endorsement, "maker") == {"proposal-unknown"}
    world.move("carrier", "importer", lot, receives_as="consignee")


def proposed(world: World, was: Any, becomes: Any) -> tuple[str, Endorsement]:
    lot = world.make("A", 500)
    world.move("maker", "carrier", lot)
    waiting = world.accept(correct(world, lot, was, becomes), "carrier")
    return lot, Endorsement(subject=lot, endorses=waiting, occurred_at=world.now())


def test_correction_endorsed_while_the_lot_is_offered_is_refused(world: World) -> None:
    lot, endorsement = proposed(world, 500, 510)
    offer = world.offer("carrier", "importer", lot, receives_as="consignee")
    assert world.refuse(endorsement, "maker") == {"offer-open"}
    world.take(offer, "importer")
    assert world.refuse(endorsement, "maker") == {"correction-moot"}


def test_correction_endorsed_after_what_it_takes_away_is_gone_is_refused(world: World) -> None:
    lot, endorsement = proposed(world, 500, 10)
    world.accept(loss(world, lot, 10), "carrier")
    assert world.refuse(endorsement, "maker") == {"correction-overdrawn"}
    world.accept(loss(world, lot, 490), "carrier")
    assert world.refuse(endorsement, "maker") == {"lot-ended"}


def test_correction_endorsed_beyond_what_a_lot_can_be_is_refused(world: World) -> None:
    lot = world.make("A", "9000000")
    world.move("maker", "carrier", lot)
    assert world.refuse(correct(world, lot, "9000000", "9000000"), "carrier") == {"correction-empty"}
    world.accept(loss(world, lot, 1000), "carrier")
    waiting = world.accept(correct(world, lot, "8999000", "9000000"), "carrier")
    state = world.lot(lot)
    # As if an authority had given something back meanwhile: nothing may overflow, whatever happens between.
    world.states[lot] = lots.post(state, {"held": 10**12, "lost": -(10**12)})
    endorsement = Endorsement(subject=lot, endorses=waiting, occurred_at=world.now())
    assert world.refuse(endorsement, "maker") == {"correction-overdrawn"}


def test_a_newer_correction_takes_the_place_of_one_that_waits(world: World) -> None:
    lot, first = proposed(world, 500, 490)
    second = world.accept(correct(world, lot, 500, 495), "carrier")
    assert world.refuse(first, "maker") == {"proposal-unknown"}
    world.accept(Endorsement(subject=lot, endorses=second, occurred_at=world.now()), "maker")
    assert world.held(lot) == 495


@pytest.mark.parametrize(
    ("fields", "who", "code"),
    [
        ({"becomes": kg("500.0")}, "maker", "correction-empty"),
        ({"was": kg(499)}, "maker", "quantity-mismatch"),
        ({"was": Amount(value="500", unit="LTR")}, "maker", "unit-kind"),
        ({"becomes": Amount(value="1", unit="LTR")}, "maker", "unit-kind"),
        ({"prev": NOWHERE}, "maker", "prev-unknown"),
        ({}, "carrier", "not-custodian"),
        ({}, "cn", "not-custodian"),
    ],
)
def test_correction_refused(world: World, fields: dict[str, Any], who: str, code: str) -> None:
    lot = world.make("A", 500)
    assert world.refuse(correct(world, lot, 500, 490, **fields), who) == {code}


def test_correction_refused_below_what_an_authority_took_and_on_an_offer(world: World) -> None:
    lot = world.make("A", 10)
    sample(world, lot, 4 * 10**9)
    assert world.refuse(correct(world, lot, 10, 4), "maker") == {"correction-overdrawn"}
    world.offer("maker", "carrier", lot)
    assert world.refuse(correct(world, lot, 10, 9), "maker") == {"offer-open"}


# --- answers to differences ------------------------------------------------------------------------------------


def short(world: World, missing: Any = 25, **fields: Any) -> tuple[str, str]:
    lot = world.make("A", 500, **fields)
    offer = world.offer("maker", "carrier", lot)
    reply = accept(world, offer, lot, exact(500 * 10**9 - kg(missing).amount).value, missing)
    return lot, world.accept(reply, "carrier")


def test_difference_is_answered_by_a_handler_and_closed_by_an_authority(world: World) -> None:
    lot, reply = short(world)
    entry = world.lot(lot)["differences"][reply]
    assert (entry["status"], entry["amount"]) == ("open", 25 * 10**9)
    before = world.lot(lot)
    first = world.accept(answer(world, lot, reply, explanation="stolen", reference="POL-7"), "maker")
    assert world.lot(lot)["differences"][reply] == {**entry, "status": "answered", "answer": first}
    second = world.accept(answer(world, lot, reply), "carrier")
    assert world.lot(lot)["differences"][reply]["answer"] == second
    closing = world.accept(answer(world, lot, reply, explanation="report"), "cn")
    closed = {**entry, "status": "closed", "answer": closing}
    assert world.lot(lot)["differences"][reply] == closed
    for who in ("maker", "cn"):
        world.advance()
        world.accept(answer(world, lot, reply, explanation="again"), who)
        assert world.lot(lot)["differences"][reply] == closed
    counted = {"party:CN-MAKER": 2}  # the carrier has the lot, and an authority is not counted
    assert {**world.lot(lot), "differences": before["differences"]} == {**before, "reports": counted}


def test_difference_within_tolerance_stays_so_when_a_handler_answers(world: World) -> None:
    lot, reply = short(world, 2, tolerance="0.5")
    world.accept(answer(world, lot, reply), "maker")
    assert world.lot(lot)["differences"][reply]["status"] == "within"


def test_answer_refused(world: World) -> None:
    lot, reply = short(world)
    assert world.refuse(answer(world, lot, NOWHERE), "maker") == {"difference-unknown"}
    assert world.refuse(answer(world, lot, world.charter), "maker") == {"difference-none"}
    assert world.refuse(answer(world, "lot:CN-MAKER/NONE", reply), "maker") == {"lot-unknown"}
    assert world.refuse(answer(world, lot, reply), "importer") == {"not-concerned"}
    assert world.refuse(answer(world, lot, reply), "mx") == {"authority-scope"}


# --- all of them -----------------------------------------------------------------------------------------------


def test_a_transfer_after_an_over_delivery_is_not_said_to_contradict_itself(world: World) -> None:
    lot = over_delivered(world)
    world.move("carrier", "importer", lot, receives_as="consignee")
    assert world.held(lot) == 510


def test_every_event_is_read_back_as_it_was_written_and_can_be_shown(world: World) -> None:
    lot = world.make("A", 500, packages=packages(20))
    events: list[Event] = [
        pack(world, lot, *packages(20), seals=("S1",)),
        split(world, lot, ("B", 300, SERIALS[:12]), ("C", 200, SERIALS[12:])),
        merge(world, "M", lot, lot),
        loss(world, lot, 25, packages=("0001",), reference="POL-1", reported_before=kg(1)),
        consume(world, lot, 25, packages=("0001",), reference="BATCH-1"),
        correct(world, lot, 500, 490),
        answer(world, lot, NOWHERE, reference="R-1"),
    ]
    for event in events:
        assert read_event(event.payload()) == event
        card = event.card()
        assert card.title == event.TITLE and card.sentence.endswith(".")
        assert all(label and text for label, text in card.lines)
        for name, field in type(event).model_fields.items():
            assert field.title and field.description, name
