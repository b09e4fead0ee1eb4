"""Permits: consignments draw on them, and a bundle holds what was drawn and no permit."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.world import DAY, MX, ORIGIN, PARTIES, World, codes, kg
from tests.vectors_build.bundle_bench import Bench
from tests.vectors_build.event_permits import (
    BASE,
    CONSIGNMENT,
    EXPORT,
    IMPORT,
    PEN,
    SALT,
    as_found,
    change,
    declare_use,
    declared,
    draw,
    give_quota,
    grant,
    litres,
    notify,
    reply,
    terms,
)

from lotchain.core.quantities import MAX_AMOUNT
from lotchain.custody import permits
from lotchain.events.fields import Amount
from lotchain.events.licence_grant import LicenceGrant
from lotchain.events.permit_terms import Ratio
from lotchain.events.reading import read_entry
from lotchain.signing import SoftwareSigner
from lotchain.verify.bundle import encode_bundle
from lotchain.verify.conclude import conclude
from lotchain.verify.judge import Context, judge, names_read


def consigned() -> tuple[World, str]:
    """A lot of 500 kg in a consignment, and an export authorisation of 500 kg."""
    world = World()
    lot = world.make("A", 500)
    declared(world, lot)
    world.accept(grant(world), "cn")
    return world, lot


def test_what_the_drawing_left_stands_in_both() -> None:
    world, _ = consigned()
    world.accept(draw(world, EXPORT, kg(300)), "maker")
    world.accept(draw(world, EXPORT, kg(150)), "maker")
    permit, entry = world.states[EXPORT], world.states[CONSIGNMENT]["permits"][EXPORT]
    assert (permit["drawn"], permit["drawings"], permit["used_by"]) == (450 * 10**9, 2, CONSIGNMENT)
    assert (entry["drawn"], entry["left"], entry["sort"]) == (450 * 10**9, 50 * 10**9, "export")


def test_a_consignment_that_never_drew_is_as_before() -> None:
    world, _ = consigned()
    assert "permits" not in world.states[CONSIGNMENT] and "drawings" not in world.states[CONSIGNMENT]


def test_overuse_by_several_consignments_is_found_on_the_one_that_goes_over() -> None:
    world, _ = consigned()
    second = declared(world, world.make("B", 300), "C2")
    assert "permit-overdrawn" not in codes(world.submit(draw(world, EXPORT, kg(300)), "maker"))
    judgement = world.submit(draw(world, EXPORT, kg(300), consignment=second), "maker")
    assert [(each.code, each.subject) for each in judgement.findings] == [("permit-overdrawn", second)]
    assert world.states[second]["permits"][EXPORT]["left"] == -100 * 10**9


def test_salt_is_never_compared_with_base() -> None:
    """1,000 kg of salt are 819.2 kg of base: within 850, above 800."""
    world = World()
    declared(world, world.make("P", 1000, substance=SALT))
    for local, quantity, expected in (("IMP-1", 850, set()), ("IMP-2", 800, {"permit-overdrawn"})):
        permit = f"permit:MX-COFEPRIS/{local}"
        factor = Ratio(base=8192, of=10000)
        event = grant(
            world, permit, kind="import", holder=PARTIES["importer"], basis="base", substances=(SALT, BASE),
            factor=factor, quantity=kg(quantity),
        )  # fmt: skip
        world.accept(event, "mx")
        assert codes(world.submit(draw(world, permit, kg(1000), kg("819.2"), substance=SALT), "importer")) == expected
        assert world.refuse(draw(world, permit, kg(1000), substance=SALT), "importer") >= {"drawing-arithmetic"}


def test_two_who_draw_at_once_the_later_one_reads_again() -> None:
    world, _ = consigned()
    stale = draw(world, EXPORT, kg(10))
    world.accept(draw(world, EXPORT, kg(20)), "maker")
    assert world.refuse(stale, "maker") == {"permit-state-differs"}
    world.accept(draw(world, EXPORT, kg(10)), "maker")


def test_nobody_uses_up_the_permit_of_another() -> None:
    world, _ = consigned()
    world.accept(grant(world, IMPORT, kind="import", holder=PARTIES["importer"]), "mx")
    before = world.states[IMPORT]
    assert codes(world.submit(draw(world, IMPORT, kg(500)), "maker")) == {"permit-of-another"}
    assert world.states[IMPORT] == before
    assert world.states[CONSIGNMENT]["permits"] == {}
    assert world.refuse(draw(world, EXPORT, kg(1)), "carrier") == {"drawing-not-entitled"}


def test_what_is_drawn_never_leaves_the_numbers_of_the_ledger() -> None:
    world, _ = consigned()
    most = Amount(value="9000", unit="TNE")
    world.accept(draw(world, EXPORT, most), "maker")
    assert world.states[EXPORT]["drawn"] == MAX_AMOUNT
    assert world.refuse(draw(world, EXPORT, kg("0.000000001")), "maker") >= {"drawing-arithmetic"}


@pytest.mark.parametrize(
    "member", ["sort", "by", "holder", "importing", "terms", "terms_by", "status", "used_by", "drawn"]
)
def test_each_member_that_a_drawing_repeats_is_compared(member: str) -> None:
    world, _ = consigned()
    world.accept(draw(world, EXPORT, kg(10)), "maker")
    found: Any = as_found(world, EXPORT).as_state()
    other = {**found, member: "another"}
    assert permits.first_difference(world.states[EXPORT], found, found) == ""
    assert permits.first_difference(world.states[EXPORT], other, other) == member


@given(
    goods=st.integers(1, MAX_AMOUNT),
    factor=st.tuples(st.integers(1, 10**4), st.integers(1, 10**4)),
    density=st.tuples(st.integers(1, 10**6), st.sampled_from([10, 100, 10**6])),
    kind=st.sampled_from(["mass", "volume"]),
)
def test_conversion_is_exact_and_rounds_up(
    goods: int, factor: tuple[int, int], density: tuple[int, int], kind: str
) -> None:
    terms = {"factor": list(factor), "density": list(density), "quantity_kind": "mass"}
    exact = Fraction(goods) * Fraction(*factor) * (Fraction(*density) if kind == "volume" else 1)
    amount = permits.in_permit_units(goods, kind, terms, None)
    assert amount is not None and exact <= amount < exact + 1


def test_litres_and_kilograms_meet_by_the_declared_density_only() -> None:
    """21,600 kg at 1.08 kg/L are 20,000 L."""
    terms = {"factor": None, "density": None, "quantity_kind": "volume"}
    assert permits.in_permit_units(kg(21600).amount, "mass", terms, [108, 100]) == litres("20000").amount
    assert permits.in_permit_units(kg(21600).amount, "mass", terms, None) is None
    assert permits.in_permit_units(1, "volume", terms, [108, 100]) is None
    assert permits.in_permit_units(1, "mass", {**terms, "density": [1, 1]}, [108, 100]) is None


def test_a_false_drawing_is_found_by_whoever_has_the_permit_and_by_nobody_else() -> None:
    """Why a bundle's word on permits is the auditors': its verifier sees the consignment's part alone."""
    world, _ = consigned()
    world.accept(change(world, "revoked"), "cn")
    lie = draw(world, EXPORT, kg(1), found=as_found(world, EXPORT, status="in-force"))
    reading = read_entry(world.sign(lie, "maker"))
    context = Context(ORIGIN, world.charter, world.time)
    states = {name: world.states.get(name) for name in names_read(reading)}
    assert codes(judge(reading, states, context)) == {"permit-state-differs"}
    without = {name: state for name, state in states.items() if name != EXPORT}
    alone = judge(reading, without, context, only=[CONSIGNMENT])
    assert codes(alone) == set() and set(alone.states) == {CONSIGNMENT}


# Replies, changes, and what is concluded


def open_matters(world: World, subject: str, as_of: int | None = None) -> set[str]:
    """What `conclude` finds on the subject, all states known."""
    findings = conclude(world.states, (), world.time if as_of is None else as_of)
    return {finding.code for finding in findings if finding.subject == subject}


def notified() -> World:
    """A consignment that drew on a notification to which nobody has replied."""
    world, _ = consigned()
    world.accept(notify(world), "cn")
    world.accept(draw(world, PEN, kg(500)), "maker")
    return world


def test_no_reply_is_never_a_yes() -> None:
    world = notified()
    assert open_matters(world, CONSIGNMENT) == {"notification-unanswered"}
    assert open_matters(world, CONSIGNMENT, world.time + 15 * DAY) == {"notification-expired"}
    for word in ("received", "more-information-asked"):
        world.accept(reply(world, word, CONSIGNMENT), "mx")
        assert open_matters(world, CONSIGNMENT) == {"notification-unanswered"}
    world.accept(reply(world, "no-objection", CONSIGNMENT), "mx")
    assert open_matters(world, CONSIGNMENT, world.time + 365 * DAY) == set()
    world.accept(reply(world, "objected", CONSIGNMENT), "mx")
    assert open_matters(world, CONSIGNMENT) == {"notification-objected"}


def test_a_reply_that_names_no_consignment_counts_for_later_drawings() -> None:
    world = notified()
    world.accept(reply(world, "no-objection"), "mx")
    assert open_matters(world, CONSIGNMENT) == {"notification-unanswered"}
    world.accept(draw(world, PEN, kg("0.000000001")), "maker")
    assert open_matters(world, CONSIGNMENT) == set()


def test_a_change_after_the_reply_takes_the_yes_away() -> None:
    world = notified()
    world.accept(reply(world, "no-objection", CONSIGNMENT), "mx")
    before = world.states[PEN]["terms_by"]
    more = change(world, "terms", CONSIGNMENT, permit=PEN, terms=terms(world, quantity=kg(900)))
    assert codes(world.submit(more, "cn")) == {"changed-after-reply"}
    assert world.states[PEN]["status"] == "sent"
    assert open_matters(world, CONSIGNMENT) == {"permit-changed"}
    old = reply(world, "no-objection", CONSIGNMENT, answers=before)
    assert codes(world.submit(old, "mx")) == {"reply-without-effect"}
    assert open_matters(world, CONSIGNMENT) == {"permit-changed"}
    world.accept(reply(world, "no-objection", CONSIGNMENT), "mx")
    assert open_matters(world, CONSIGNMENT) == set()


def test_a_permit_revoked_on_the_way_is_open_until_its_authority_confirms_it() -> None:
    world, _ = consigned()
    world.accept(draw(world, EXPORT, kg(500)), "maker")
    world.accept(change(world, "revoked", CONSIGNMENT), "cn")
    assert open_matters(world, CONSIGNMENT) == {"permit-withdrawn"}
    assert world.refuse(change(world, "confirmed", CONSIGNMENT), "maker") == {"permit-not-issuer"}
    world.accept(change(world, "confirmed", CONSIGNMENT), "cn")
    assert open_matters(world, CONSIGNMENT) == set()
    assert "permit-not-in-force" in codes(world.submit(draw(world, EXPORT, kg(1)), "maker"))


def test_a_permit_that_ends_on_the_way() -> None:
    world, lot = consigned()
    world.accept(grant(world, IMPORT, kind="import", holder=PARTIES["importer"]), "mx")
    world.accept(draw(world, IMPORT, kg(500)), "importer")
    late = world.time + 91 * DAY
    assert open_matters(world, lot) == set()
    assert open_matters(world, lot, late) == {"permit-expired-on-the-way"}
    world.accept(
        change(world, "terms", CONSIGNMENT, permit=IMPORT, terms=terms(world, valid_until=world.later(120 * DAY))), "mx"
    )
    assert open_matters(world, lot, late) == set()
    world.move("maker", "user-a", lot, receives_as="consignee")
    assert open_matters(world, lot, late + 365 * DAY) == set(), "delivered"


def test_an_export_authorisation_is_needed_until_the_goods_have_left() -> None:
    world, lot = consigned()
    world.accept(draw(world, EXPORT, kg(500)), "maker")
    late = world.time + 91 * DAY
    assert open_matters(world, lot, late) == {"permit-expired-on-the-way"}
    world.move("maker", "carrier", lot, place=MX)
    assert open_matters(world, lot, late) == set()


def test_each_lot_is_for_a_substance_that_was_drawn() -> None:
    world = World()
    lot = world.make("P", 100, substance=SALT)
    declared(world, lot)
    world.accept(grant(world), "cn")
    assert open_matters(world, lot) == set(), "whether a permit is needed is for the rules to ask"
    world.accept(draw(world, EXPORT, kg(100)), "maker")
    assert open_matters(world, lot) == {"lot-outside-permits"}
    world.accept(grant(world, "permit:CN-NMPA/EXP-2", substances=(SALT,)), "cn")
    world.accept(draw(world, "permit:CN-NMPA/EXP-2", kg(100), substance=SALT), "maker")
    assert open_matters(world, lot) == set()


def test_a_supplier_draws_on_the_declaration_of_its_customer() -> None:
    world, _ = consigned()
    declaration = "permit:MX-USERA/EUD-1"
    world.accept(declare_use(world), "user-a")
    assert codes(world.submit(draw(world, declaration, kg(400)), "maker")) == set()
    assert codes(world.submit(draw(world, declaration, kg(101)), "user-a")) == {"permit-overdrawn"}
    unnamed = "permit:MX-USERA/EUD-2"
    world.accept(declare_use(world, unnamed, exporter=None), "user-a")
    assert codes(world.submit(draw(world, unnamed, kg(1)), "maker")) == {"permit-of-another"}


def test_a_quota_counts_over_all_consignments() -> None:
    world, _ = consigned()
    quota = "permit:MX-COFEPRIS/Q-1"
    world.accept(give_quota(world), "mx")
    found = []
    for n in range(3):
        name = declared(world, world.make(f"Q-{n}", 200), f"Q-{n}")
        found.append(codes(world.submit(draw(world, quota, kg(200), consignment=name), "importer")))
    assert found == [set(), set(), {"permit-overdrawn"}]


# Bundles


def played(drawings: int, others: int = 0) -> tuple[Bench, str]:
    """A lot whose consignment drew once, on a permit on which others drew `others` times, an authority with many."""
    bench = Bench()
    world = bench.world
    lot = world.make("A", 500)
    declared(world, lot)
    world.accept(grant(world, quantity=kg(100_000)), "cn")
    for n in range(drawings):
        if n % 32 == 0:
            other = declared(world, world.make(f"X-{n}", 32), f"X-{n}")
        world.accept(draw(world, EXPORT, kg(1), consignment=other), "maker")
    world.accept(draw(world, EXPORT, kg(500)), "maker")
    for _ in range(others):
        world.accept(draw(world, EXPORT, kg(1), consignment=other), "maker")
    bench.feed()
    return bench, lot


def test_a_bundle_holds_no_permit_and_none_of_the_other_drawings() -> None:
    few, lot = played(1)
    many, _ = played(40, 5)
    sizes = []
    for bench in (few, many):
        bundle = bench.bundle(lot)
        names = {proof.subject for proof in bundle.subjects}
        assert CONSIGNMENT in names
        assert not [name for name in names if name.startswith("permit:")]
        assert not [name for name in names if "/X-" in name]
        verdict = bench.verify(bundle)
        assert not verdict.refused, verdict.findings
        sizes.append((len(bundle.statements), len(encode_bundle(bundle))))
    assert sizes[0][0] == sizes[1][0]
    assert sizes[1][1] < sizes[0][1] + 8_000, "only paths grow, with the logarithm of the log"


def test_a_lot_bears_what_its_consignment_overdrew() -> None:
    bench = Bench()
    lot = bench.world.make("A", 500)
    declared(bench.world, lot)
    bench.world.accept(grant(bench.world, quantity=kg(499)), "cn")
    bench.world.accept(draw(bench.world, EXPORT, kg(500)), "maker")
    bench.feed()
    verdict = bench.verdict(lot)
    assert verdict.answers.treaty == "breach"
    assert "permit-overdrawn" in {finding.code for finding in verdict.findings}


def test_append_audit_and_bundle_agree_on_permits() -> None:
    bench = Bench()
    world = bench.world
    lot = world.make("A", 500)
    declared(world, lot)
    world.accept(notify(world), "cn")
    world.accept(draw(world, PEN, kg(500)), "maker")
    bench.feed()
    world.advance(91 * DAY)
    world.make("B", 1)
    bench.feed()
    expected = {"notification-expired", "permit-expired-on-the-way"}
    report = bench.rig.audited()
    assert report.sound and expected <= {finding.code for finding in report.concluded}
    verdict = bench.verdict(lot)
    assert expected <= {finding.code for finding in verdict.findings}
    world.accept(reply(world, "no-objection", CONSIGNMENT), "mx")
    bench.feed()
    bundle = bench.bundle(lot)
    assert not [proof.subject for proof in bundle.subjects if proof.subject.startswith("permit:")]
    verdict = bench.verify(bundle)
    assert not verdict.refused
    assert "notification-expired" not in {finding.code for finding in verdict.findings}


def test_a_bundle_stays_small_beside_an_authority_with_many_licensees_and_a_carrier_with_many_keys() -> None:
    """A few are as telling as ten thousand: none of them is in the proof."""
    sizes = []
    for many in (0, 20):
        bench = Bench()
        world = bench.world
        lot = world.make("A", 500)
        declared(world, lot)
        for n in range(many):
            licence = LicenceGrant(
                party=f"party:CN-L{n}", organisation=f"Organisation {n}", number="1", activities=("use",),
                substances=("*",), valid_from=world.now(), occurred_at=world.now(),
            )  # fmt: skip
            world.accept(licence, "cn")
            world.enrol("carrier", SoftwareSigner.from_seed(f"key {n}".encode().ljust(32, b".")))
        world.move("maker", "carrier", lot)
        bench.feed()
        bundle = bench.bundle(lot)
        assert not bench.verify(bundle).refused
        sizes.append((len(bundle.statements), len(bundle.subjects), len(encode_bundle(bundle))))
    assert sizes[0][:2] == sizes[1][:2]
    assert sizes[1][2] < sizes[0][2] + 4_000
