"""Observations and acts of authorities: what they do to lots, parties and keys, and what they may not do."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.world import CN, CN_PORT, DAY, HOUR, MX, World, codes, kg

from lotchain.custody.case import Cited
from lotchain.custody.conclusion import conclude_lot
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.arrival import Arrival
from lotchain.events.consignment import Consignment
from lotchain.events.fields import Place
from lotchain.events.hold import Hold
from lotchain.events.inspection import InspectedLot, Inspection
from lotchain.events.key_revocation import KeyRevocation
from lotchain.events.licence_change import LicenceChange
from lotchain.events.licence_revocation import LicenceRevocation
from lotchain.events.licence_suspension import LicenceSuspension
from lotchain.events.registration import Registration
from lotchain.events.release import Release
from lotchain.events.seal_applied import SealApplied, SealedLot
from lotchain.events.seal_broken import SealBroken
from lotchain.events.seal_checked import CheckedLot, SealChecked
from lotchain.signing import SoftwareSigner

FAR = Place(code="PAMIT", offset="-05:00")
ROUTE = ("CNTZU", "CNSHG", "MXZLO")
CONSIGNMENT = "consignment:CN-MAKER/C1"


@pytest.fixture
def world() -> World:
    return World()


def consign(world: World, *lots: str, who: str = "maker", name: str = CONSIGNMENT, **fields: Any) -> Consignment:
    values: dict[str, Any] = {
        "consignment": name,
        "exporter": world.party("maker"),
        "importer": world.party("importer"),
        "final": (world.party("user-a"),),
        "route": ROUTE,
        "lots": lots,
        "mode": "sea",
        "occurred_at": world.now(),
        **fields,
    }
    return Consignment(**values)


def arrive(world: World, *lots: str, place: Place = CN_PORT) -> Arrival:
    return Arrival(lots=lots, place=place, occurred_at=world.now())


def seal(world: World, lot: str, *numbers: str, place: Place = CN) -> SealApplied:
    line = SealedLot(lot=lot, prev=world.last(lot), seals=numbers)
    return SealApplied(lines=(line,), place=place, occurred_at=world.now())


def check(world: World, lot: str, *numbers: str, place: Place = CN) -> SealChecked:
    return SealChecked(lines=(CheckedLot(lot=lot, seals_found=numbers),), place=place, occurred_at=world.now())


def unseal(world: World, lot: str, *numbers: str, reason: str = "opened", **fields: Any) -> SealBroken:
    values: dict[str, Any] = {
        "lot": lot,
        "prev": world.last(lot),
        "seals": numbers,
        "reason": reason,
        "place": CN,
        "occurred_at": world.now(),
        **fields,
    }
    return SealBroken(**values)


def inspect(world: World, lot: str, place: Place = CN, result: str = "in-order", **fields: Any) -> Inspection:
    line = InspectedLot(lot=lot, result=result, **fields)  # type: ignore[arg-type]
    return Inspection(lines=(line,), place=place, occurred_at=world.now())


def hold(world: World, *lots: str) -> Hold:
    return Hold(lots=lots, reason="suspicion", occurred_at=world.now())


def release(world: World, hold_id: str, *lots: str) -> Release:
    return Release(hold=hold_id, lots=lots, reason="in-order", occurred_at=world.now())


def concluded(world: World, lot: str) -> set[str]:
    return {finding.code for finding in conclude_lot(lot, world.lot(lot), world.time)}


def end(world: World, lot: str, how: str = "divided", into: tuple[str, ...] = ("lot:CN-MAKER/CHILD",)) -> None:
    """The lot at its end, whichever event brought it there."""
    state = world.states[lot]
    world.states[lot] = {**state, "custodian": None, "ended": {"how": how, "by": state["last"], "into": list(into)}}


class TestConsignment:
    def test_declares_route_and_consignees_for_the_consignment_and_each_lot(self, world: World) -> None:
        a, b = world.make("A", 100), world.make("B", 50)
        before = {name: world.lot(name) for name in (a, b)}
        judgement = world.submit(consign(world, a, b), "maker")
        assert codes(judgement) == set()
        state = world.states[CONSIGNMENT]
        assert state["route"] == list(ROUTE) and state["lots"] == [a, b] and state["status"] == "declared"
        for name in (a, b):
            record = {
                "id": CONSIGNMENT,
                "by": world.party("maker"),
                "importer": world.party("importer"),
                "final": [world.party("user-a")],
                "route": list(ROUTE),
            }
            assert world.lot(name) == {**before[name], "consignment": record}

    def test_makes_nobodys_paper_stale(self, world: World) -> None:
        lot = world.make("A", 100)
        offer = world.hand_over("maker", "carrier", lot)
        world.accept(consign(world, lot), "maker")
        world.accept(offer, "maker")

    def test_gives_the_authorities_of_the_route_competence(self, world: World) -> None:
        lot = world.make("A", 100)
        assert world.refuse(hold(world, lot), "mx") == {"authority-scope"}
        world.accept(consign(world, lot), "maker")
        world.accept(hold(world, lot), "mx")

    def test_delivers_where_it_says(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(consign(world, lot), "maker")
        world.move("maker", "carrier", lot)
        assert not world.lot(lot)["delivered"]
        world.move("carrier", "user-a", lot, receives_as="consignee", place=MX)
        assert world.lot(lot)["delivered"]

    @pytest.mark.parametrize(
        ("who", "fields", "expected"),
        [
            ("maker", {"name": "consignment:CN-MAKER2/C1"}, {"consignment-name-foreign"}),
            ("maker2", {"name": "consignment:CN-MAKER2/C1"}, {"not-custodian"}),
            ("cn", {"name": "consignment:CN-NMPA/C1"}, {"not-custodian"}),
        ],
    )
    def test_refuses(self, world: World, who: str, fields: dict[str, Any], expected: set[str]) -> None:
        lot = world.make("A", 100)
        assert world.refuse(consign(world, lot, **fields), who) == expected

    def test_refuses_twice_the_same_name_or_lot_and_unknown_or_ended_lots(self, world: World) -> None:
        lot = world.make("A", 100)
        assert world.refuse(consign(world, lot, lot), "maker") == {"lot-twice"}
        assert world.refuse(consign(world, lot, "lot:CN-MAKER/NONE"), "maker") == {"lot-unknown"}
        world.accept(consign(world, lot), "maker")
        assert world.refuse(consign(world, lot, mode="air"), "maker") == {"consignment-exists"}
        end(world, lot)
        again = consign(world, lot, name="consignment:CN-MAKER/C2")
        assert world.refuse(again, "maker") == {"lot-ended"}

    def test_a_replacement_by_the_declarer_is_a_note_and_by_the_carrier_a_hold(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(consign(world, lot), "maker")
        second = world.submit(consign(world, lot, name="consignment:CN-MAKER/C2"), "maker")
        assert codes(second) == {"consignment-replaced"}
        world.move("maker", "carrier", lot)
        third = consign(world, lot, name="consignment:CN-TRUCK/C1", route=("CNTZU", "PAMIT"))
        judgement = world.submit(third, "carrier")
        assert codes(judgement) == {"consignment-rerouted"}
        assert [f.kind.weight.name for f in judgement.findings] == ["HOLD"]

    def test_after_delivery_a_new_consignment_is_no_replacement(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(consign(world, lot, final=(world.party("importer"),)), "maker")
        world.move("maker", "importer", lot, receives_as="consignee", place=MX)
        onward = consign(world, lot, name="consignment:MX-IMPORT/C1", route=("MXZLO", "MXGDL"))
        assert codes(world.submit(onward, "importer")) == set()
        assert not world.lot(lot)["delivered"]

    def test_a_route_that_does_not_hold_the_present_place_is_noted(self, world: World) -> None:
        lot = world.make("A", 100)
        assert codes(world.submit(consign(world, lot, route=("CNSHG", "MXZLO")), "maker")) == {"route-starts-elsewhere"}


class TestArrival:
    @pytest.mark.parametrize(("who", "moved"), [("maker", True), ("cn", True), ("mx", False), ("carrier", False)])
    def test_moves_the_place_only_by_the_custodian_or_that_countrys_authority(
        self, world: World, who: str, moved: bool
    ) -> None:
        lot = world.make("A", 100)
        world.accept(consign(world, lot), "maker")
        world.offer("maker", "carrier", lot)
        assert codes(world.submit(arrive(world, lot), who)) == set()
        assert (world.lot(lot)["place"]["code"] == "CNSHG") is moved

    def test_off_route_is_recorded_and_breaks_the_chain(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(consign(world, lot), "maker")
        judgement = world.submit(arrive(world, lot, place=FAR), "maker")
        assert codes(judgement) == {"off-route"} and not judgement.refused
        assert world.lot(lot)["place"]["code"] == "PAMIT"

    def test_a_past_custodians_word_is_a_note_and_moves_nothing(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(consign(world, lot), "maker")
        world.move("maker", "carrier", lot)
        judgement = world.submit(arrive(world, lot, place=FAR), "maker")
        assert codes(judgement) == {"past-custodian-report"}
        assert world.lot(lot)["place"]["code"] == "CNTZU"

    def test_an_authority_that_meets_an_ended_lot_leaves_it_open(self, world: World) -> None:
        lot = world.make("A", 100)
        end(world, lot)
        before = world.lot(lot)
        assert codes(world.submit(arrive(world, lot), "cn")) == {"seen-after-end"}
        assert codes(world.submit(arrive(world, lot), "maker")) == set()
        assert world.lot(lot) == {**before, "reports": {"party:CN-MAKER": 1}}

    def test_refuses_strangers_foreign_authorities_unknown_and_doubled_lots(self, world: World) -> None:
        lot = world.make("A", 100)
        assert world.refuse(arrive(world, lot), "user-b") == {"not-custodian"}
        assert world.refuse(arrive(world, lot), "mx") == {"authority-scope"}
        assert world.refuse(arrive(world, "lot:CN-MAKER/NONE"), "maker") == {"lot-unknown"}
        assert world.refuse(arrive(world, lot, lot), "maker") == {"lot-twice"}


class TestSeals:
    def test_applied_seals_stand_beside_the_old_ones_and_move_the_history(self, world: World) -> None:
        lot = world.make("A", 100)
        prev = world.last(lot)
        first = world.accept(seal(world, lot, "CN-448120"), "maker")
        assert world.lot(lot)["seals"] == ["CN-448120"] and world.last(lot) == first != prev
        world.accept(seal(world, lot, "CN-1", place=CN_PORT), "maker")
        assert world.lot(lot)["seals"] == ["CN-1", "CN-448120"]
        assert world.lot(lot)["place"] == {"code": "CNSHG", "offset": "+08:00"}

    def test_apply_refuses(self, world: World) -> None:
        lot = world.make("A", 100)
        old = seal(world, lot, "CN-9")
        world.accept(seal(world, lot, "CN-1"), "maker")
        assert world.refuse(old, "maker") == {"prev-stale"}
        strange = SealedLot(lot=lot, prev="33" * 32, seals=("CN-9",))
        unknown = SealApplied(lines=(strange,), place=CN, occurred_at=world.now())
        assert world.refuse(unknown, "maker") == {"prev-unknown"}
        assert world.refuse(seal(world, lot, "CN-1"), "maker") == {"seal-fitted"}
        assert world.refuse(seal(world, lot, "CN-2", "CN-2"), "maker") == {"seal-fitted"}
        assert world.refuse(seal(world, lot, "CN-2"), "cn") == {"not-custodian"}
        twice = SealedLot(lot=lot, prev=world.last(lot), seals=("CN-3",))
        event = SealApplied(lines=(twice, twice), place=CN, occurred_at=world.now())
        assert world.refuse(event, "maker") == {"lot-twice"}
        world.offer("maker", "carrier", lot)
        assert world.refuse(seal(world, lot, "CN-2"), "maker") == {"offer-open"}

    @pytest.mark.parametrize(
        ("found", "expected"),
        [
            (("MX-20931",), set()),
            (("MX-20913",), {"seal-misread"}),
            (("MX-77777",), {"seal-changed"}),
            ((), {"seal-changed"}),
            (("MX-20931", "MX-20932"), {"seal-changed"}),
        ],
    )
    def test_check_compares_and_changes_nothing_but_the_place(
        self, world: World, found: tuple[str, ...], expected: set[str]
    ) -> None:
        lot = world.make("A", 100)
        world.accept(seal(world, lot, "MX-20931"), "maker")
        before = world.lot(lot)
        assert codes(world.submit(check(world, lot, *found, place=CN_PORT), "maker")) == expected
        after = {**world.lot(lot), "doubts": {}}
        assert after == {**before, "place": {"code": "CNSHG", "offset": "+08:00"}}
        assert bool(world.lot(lot)["doubts"]) == (expected == {"seal-misread"})

    def test_check_by_a_past_custodian_cannot_break_the_chain(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(seal(world, lot, "CN-1"), "maker")
        world.move("maker", "carrier", lot)
        judgement = world.submit(check(world, lot), "maker")
        assert codes(judgement) == {"past-custodian-report"}
        assert "seal-changed" in judgement.findings[0].found

    def test_breaking_a_seal_of_ones_own_goods_needs_no_report(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(seal(world, lot, "CN-1"), "maker")
        act = unseal(world, lot, "CN-1", replaced_by=("CN-2",))
        assert codes(world.submit(act, "maker")) == set()
        assert world.lot(lot)["seals"] == ["CN-2"]

    @pytest.mark.parametrize("report", [None, "HPD 2026-1"])
    @pytest.mark.parametrize("reason", ["opened", "found-broken", "accident", "ordered"])
    def test_breaking_on_the_way_asks_for_a_report(self, world: World, reason: str, report: str | None) -> None:
        lot = world.make("A", 100)
        world.accept(seal(world, lot, "CN-1"), "maker")
        world.accept(consign(world, lot), "maker")
        act = unseal(world, lot, "CN-1", reason=reason, report=report)
        expected = "seal-broken-unreported" if report is None else "seal-broken-reported"
        assert codes(world.submit(act, "maker")) == {expected}
        assert world.lot(lot)["seals"] == []

    def test_breaking_a_seal_that_is_not_there(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(seal(world, lot, "CN-448120"), "maker")
        assert codes(world.submit(unseal(world, lot, "CN-448102"), "maker")) == {"seal-misread"}
        assert world.lot(lot)["seals"] == ["CN-448120"]
        assert codes(world.submit(unseal(world, lot, "TR-7"), "maker")) == {"seal-changed"}
        again = unseal(world, lot, "CN-448120", replaced_by=("CN-448120",))
        assert world.refuse(again, "maker") == {"seal-fitted"}

    def test_sealing_on_hold_or_off_route_is_recorded(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(consign(world, lot), "maker")
        world.accept(hold(world, lot), "mx")
        early = world.submit(seal(world, lot, "CN-1", place=FAR), "maker")
        assert codes(early) == {"acted-before-hold-was-known", "off-route"}
        knowing = unseal(world, lot, "CN-1", seen=world.newest())
        assert "moved-on-hold" in codes(world.submit(knowing, "maker"))
        # Who has once signed after the hold cannot have signed what follows before it.
        assert "moved-on-hold" in codes(world.submit(seal(world, lot, "CN-2"), "maker"))


class TestInspection:
    def test_customs_change_the_seal_take_a_sample_and_nobodys_paper_is_stale(self, world: World) -> None:
        lot = world.make("AA", "21600")
        world.accept(seal(world, lot, "DE-1", "DE-2"), "maker")
        offer = world.hand_over("maker", "carrier", lot)
        before = world.lot(lot)
        event = inspect(
            world,
            lot,
            seals_found=("DE-1", "DE-2"),
            seals_cut=("DE-1", "DE-2"),
            seals_fitted=("CN-1",),
            sample=kg("0.5"),
        )
        assert codes(world.submit(event, "cn")) == set()
        state = world.lot(lot)
        assert state["seals"] == ["CN-1"] and state["last"] == before["last"] and state["taken"] == 500_000_000
        assert state["accounts"]["sampled"] == 500_000_000
        world.accept(offer, "maker")
        assert world.lot(lot)["taken"] == 0

    def test_a_sample_from_an_open_offer_is_not_missing_on_receipt(self, world: World) -> None:
        lot = world.make("AA", 100)
        offer = world.offer("maker", "carrier", lot)
        world.accept(inspect(world, lot, sample=kg("0.5")), "cn")
        assert world.lot(lot)["offer"]["taken"] == 500_000_000
        line = AcceptanceLine(lot=lot, outcome="full", accepted=kg("99.5"))
        world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")
        assert world.lot(lot)["differences"] == {}

    @pytest.mark.parametrize(
        ("fields", "expected", "seals"),
        [
            ({"seals_found": ("DE-12345",)}, set(), ["DE-12345"]),
            ({"seals_cut": ("DE-12345",), "seals_fitted": ("X-1",)}, set(), ["X-1"]),
            ({"seals_cut": ("DE-12354",)}, {"seal-misread"}, ["DE-12345"]),
            ({"seals_cut": ("ZZ-1",)}, {"seal-changed"}, ["DE-12345"]),
            ({"seals_found": ()}, {"seal-changed"}, []),
            (
                {"seals_found": ("ZZ-1",), "seals_cut": ("ZZ-1",), "seals_fitted": ("X-1",)},
                {"seal-changed"},
                ["X-1"],
            ),
            ({"result": "irregular"}, {"inspection-irregular"}, ["DE-12345"]),
            ({"result": "refused"}, {"inspection-refused"}, ["DE-12345"]),
        ],
    )
    def test_records_what_was_found(
        self, world: World, fields: dict[str, Any], expected: set[str], seals: list[str]
    ) -> None:
        lot = world.make("A", 100)
        world.accept(seal(world, lot, "DE-12345"), "maker")
        assert codes(world.submit(inspect(world, lot, **fields), "cn")) == expected
        assert world.lot(lot)["seals"] == seals

    @pytest.mark.parametrize(
        ("who", "place", "fields", "expected"),
        [
            ("maker", CN, {}, {"not-authority"}),
            ("mx", MX, {}, {"authority-scope"}),
            ("cn", MX, {}, {"authority-scope"}),
            ("cn", CN, {"sample": kg(100)}, {"sample-too-large"}),
            ("cn", CN, {"sample": kg(101)}, {"sample-too-large"}),
            ("cn", CN, {"seals_found": ("A-1",), "seals_cut": ("A-2",)}, {"inspection-contradicts-itself"}),
            ("cn", CN, {"seals_fitted": ("S-1",)}, {"seal-fitted"}),
            ("cn", CN, {"seals_fitted": ("S-2", "S-2")}, {"seal-fitted"}),
            ("cn", CN, {"seals_cut": ("S-1",), "seals_fitted": ("S-1",)}, {"seal-fitted"}),
        ],
    )
    def test_refuses(self, world: World, who: str, place: Place, fields: dict[str, Any], expected: set[str]) -> None:
        lot = world.make("A", 100)
        world.accept(seal(world, lot, "S-1"), "maker")
        assert world.refuse(inspect(world, lot, place, **fields), who) == expected

    def test_refuses_another_kind_of_unit_unknown_and_doubled_lots(self, world: World) -> None:
        lot = world.make("A", 100)
        litre = type(kg(1))(value="0.1", unit="LTR")
        assert world.refuse(inspect(world, lot, sample=litre), "cn") == {"unit-kind"}
        assert world.refuse(inspect(world, "lot:CN-MAKER/NONE"), "cn") == {"lot-unknown"}
        line = InspectedLot(lot=lot, result="in-order")
        twice = Inspection(lines=(line, line), place=CN, occurred_at=world.now())
        assert world.refuse(twice, "cn") == {"lot-twice"}

    def test_off_route_and_after_the_end(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(consign(world, lot, route=("CNTZU", "MXZLO")), "maker")
        assert codes(world.submit(inspect(world, lot, CN_PORT), "cn")) == {"off-route"}
        end(world, lot)
        assert codes(world.submit(inspect(world, lot, CN), "cn")) == {"seen-after-end"}


class TestHold:
    def test_stands_until_its_own_authority_releases_it(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(consign(world, lot), "maker")
        first = world.accept(hold(world, lot), "mx")
        second = world.accept(hold(world, lot), "cn")
        placed = {"by": world.party("mx"), "reason": "suspicion", "placed_at": world.time}
        assert world.lot(lot)["holds"][first] == placed
        assert world.refuse(release(world, first, lot), "cn") == {"hold-not-yours"}
        assert world.refuse(release(world, first, lot), "maker") == {"hold-not-yours"}
        world.accept(release(world, first, lot), "mx2")
        assert set(world.lot(lot)["holds"]) == {second}
        assert world.refuse(release(world, first, lot), "mx") == {"hold-not-standing"}
        assert world.refuse(release(world, "11" * 32, lot), "mx") == {"hold-unknown"}

    def test_a_custodians_act_on_hold_is_recorded_and_breaks_the_chain(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(hold(world, lot), "cn")
        judgement = world.submit(world.hand_over("maker", "carrier", lot, seen=world.newest()), "maker")
        assert codes(judgement) == {"moved-on-hold"} and not judgement.refused

    def test_an_act_perhaps_signed_before_the_hold_is_a_note(self, world: World) -> None:
        lot = world.make("A", 100)
        before = world.newest()
        world.advance()
        world.accept(hold(world, lot), "cn")
        world.advance()
        paper = world.hand_over("maker", "carrier", lot, seen=before)
        assert codes(world.submit(paper, "maker")) == {"acted-before-hold-was-known"}
        (standing,) = world.lot(lot)["holds"]
        assert "on-hold" in concluded(world, lot)
        world.accept(release(world, standing, lot), "cn")
        assert "on-hold" not in concluded(world, lot)

    def test_of_two_holds_only_the_one_that_was_seen_is_broken(self, world: World) -> None:
        lot = world.make("A", 100)
        world.accept(consign(world, lot), "maker")
        first = world.accept(hold(world, lot), "cn")
        between = world.newest()
        world.advance()
        world.accept(hold(world, lot), "mx")
        judgement = world.submit(world.hand_over("maker", "carrier", lot, seen=between), "maker")
        assert codes(judgement) == {"moved-on-hold", "acted-before-hold-was-known"}
        (broken,) = (each for each in judgement.findings if each.code == "moved-on-hold")
        assert first[:12] in broken.expected

    def test_on_an_ended_lot_names_where_it_went(self, world: World) -> None:
        lot = world.make("A", 100)
        end(world, lot)
        judgement = world.submit(hold(world, lot), "cn")
        assert codes(judgement) == {"hold-on-ended-lot"}
        assert "lot:CN-MAKER/CHILD" in judgement.findings[0].expected
        assert len(world.lot(lot)["holds"]) == 1

    def test_refuses(self, world: World) -> None:
        lot = world.make("A", 100)
        assert world.refuse(hold(world, lot), "maker") == {"not-authority"}
        assert world.refuse(hold(world, lot), "mx") == {"authority-scope"}
        assert world.refuse(hold(world, lot, lot), "cn") == {"lot-twice"}
        assert world.refuse(hold(world, "lot:CN-MAKER/NONE"), "cn") == {"lot-unknown"}
        standing = world.accept(hold(world, lot), "cn")
        assert world.refuse(release(world, standing, lot, lot), "cn") == {"lot-twice"}
        assert world.refuse(release(world, standing, "lot:CN-MAKER/NONE"), "cn") == {"lot-unknown"}


class TestLicences:
    @staticmethod
    def change(world: World, **fields: Any) -> LicenceChange:
        values: dict[str, Any] = {
            "party": world.party("maker"),
            "number": "1",
            "activities": ("distribute",),
            "substances": ("79099-07-3",),
            "valid_from": "2026-01-01T00:00:00Z",
            "reason": "restriction",
            "occurred_at": world.now(),
            **fields,
        }
        return LicenceChange(**values)

    @staticmethod
    def suspend(world: World, state: str = "suspended", number: str = "1") -> LicenceSuspension:
        values: dict[str, Any] = {"party": world.party("maker"), "number": number, "state": state}
        return LicenceSuspension(**values, reason="investigation", occurred_at=world.now())

    @staticmethod
    def revoke(world: World, party: str = "maker", number: str = "1") -> LicenceRevocation:
        name = world.party(party)
        return LicenceRevocation(party=name, number=number, reason="misuse", occurred_at=world.now())

    def test_changed_terms_bind_from_here_on(self, world: World) -> None:
        world.make("A", 1)
        world.accept(self.change(world), "cn")
        lot = world.make("B", 1)
        record = world.states[world.party("maker")]["licences"]["1"]
        assert record["activities"] == ["distribute"] and record["status"] == "in-force"
        assert world.lot(lot)["origin"] == "made"

    def test_a_maker_without_licence_is_recorded(self, world: World) -> None:
        for event in (self.suspend(world), self.suspend(world, "restored"), self.revoke(world)):
            world.accept(event, "cn")
            status = world.states[world.party("maker")]["licences"]["1"]["status"]
            lot = f"lot:CN-MAKER/{status.upper()}"
            made = Registration(
                lot=lot,
                substance="79099-07-3",
                name="1-boc-4-piperidone",
                quantity=kg(1),
                origin="made",
                place=CN,
                occurred_at=world.now(),
            )
            judgement = world.submit(made, "maker")
            assert ("maker-unlicensed" in codes(judgement)) is (status != "in-force")

    def test_a_change_keeps_a_suspension(self, world: World) -> None:
        world.accept(self.suspend(world), "cn")
        world.accept(self.change(world), "cn")
        assert world.states[world.party("maker")]["licences"]["1"]["status"] == "suspended"

    def test_refuses_what_is_done_already_and_unknown_numbers(self, world: World) -> None:
        assert world.refuse(self.suspend(world, "restored"), "cn") == {"licence-state"}
        assert world.refuse(self.suspend(world, number="9"), "cn") == {"licence-unknown"}
        assert world.refuse(self.revoke(world, number="9"), "cn") == {"licence-unknown"}
        assert world.refuse(self.change(world, number="9"), "cn") == {"licence-unknown"}
        assert world.refuse(self.change(world, party="party:CN-NOBODY"), "cn") == {"licence-unknown"}
        world.accept(self.suspend(world), "cn")
        assert world.refuse(self.suspend(world), "cn") == {"licence-state"}

    def test_a_revocation_is_final(self, world: World) -> None:
        world.accept(self.revoke(world), "cn")
        assert world.refuse(self.suspend(world, "restored"), "cn") == {"licence-revoked"}
        assert world.refuse(self.change(world), "cn") == {"licence-revoked"}
        assert world.refuse(self.revoke(world), "cn") == {"licence-revoked"}

    @pytest.mark.parametrize(("who", "expected"), [("mx", "authority-scope"), ("maker", "not-authority")])
    def test_only_the_partys_own_authority(self, world: World, who: str, expected: str) -> None:
        for event in (self.change(world), self.suspend(world), self.revoke(world)):
            assert world.refuse(event, who) == {expected}

    def test_an_end_before_the_beginning(self, world: World) -> None:
        event = self.change(world, valid_until="2026-01-01T00:00:00Z")
        assert world.refuse(event, "cn") == {"licence-dates"}


class TestKeyRevocation:
    @staticmethod
    def key(world: World, who: str) -> str:
        return "key:" + world.signers[who].public.thumbprint.hex()

    def revoke(self, world: World, key: str, since: str | None = None) -> KeyRevocation:
        return KeyRevocation(key=key, reason="lost", compromised_since=since, occurred_at=world.now())

    def test_by_the_authority_and_nothing_more_is_signed(self, world: World) -> None:
        key = self.key(world, "maker")
        world.advance(DAY)
        world.accept(self.revoke(world, key, world.later(-HOUR)), "cn")
        state = world.states[key]
        assert state["status"] == "revoked" and state["compromised_since"] == world.time - HOUR
        assert state["revoked_by"] == world.party("cn")
        with pytest.raises(AssertionError, match="key-revoked"):
            world.make("A", 1)

    def test_by_another_key_of_the_party(self, world: World) -> None:
        second = SoftwareSigner.from_seed(b"2" * 32)
        world.enrol("maker", second)
        world.accept(self.revoke(world, self.key(world, "maker")), "maker", signer=second)
        assert world.states[self.key(world, "maker")]["compromised_since"] is None

    def test_a_second_revocation_only_moves_the_moment_earlier(self, world: World) -> None:
        key = self.key(world, "maker")
        for since, kept in ((None, None), (-HOUR, -HOUR), (-1000, -HOUR), (None, -HOUR), (-DAY, -DAY)):
            text = None if since is None else world.later(since)
            world.accept(self.revoke(world, key, text), "cn")
            expected = None if kept is None else world.time + kept
            assert world.states[key]["compromised_since"] == expected

    def test_refuses(self, world: World) -> None:
        key = self.key(world, "maker")
        assert world.refuse(self.revoke(world, key), "maker") == {"key-self-revocation"}
        assert world.refuse(self.revoke(world, key), "maker2") == {"not-authority"}
        assert world.refuse(self.revoke(world, key), "mx") == {"authority-scope"}
        assert world.refuse(self.revoke(world, "key:" + "00" * 32), "cn") == {"key-unknown"}
        assert world.refuse(self.revoke(world, key, world.later(1000)), "cn") == {"compromised-in-future"}
        world.accept(self.revoke(world, key, world.now()), "cn")


def test_a_release_tells_unknown_from_ended(world: World) -> None:
    """A hold that has not arrived may still come; a statement of the log that is no hold on the lot never will."""
    lot = world.make("A", 1)
    other = next(iter(world.log))
    assert isinstance(world.log[other], Cited)
    unknown = world.submit(release(world, "22" * 32, lot), "cn")
    ended = world.submit(release(world, other, lot), "cn")
    assert [f.kind.retryable for f in unknown.refused] == [True]
    assert [f.kind.retryable for f in ended.refused] == [False]
