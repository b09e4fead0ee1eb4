"""filing/1 and customs-release/1: what is remembered, what can be relied on, and that a lot's proof holds it."""

from __future__ import annotations

import pytest
from tests.unit.world import CN_PORT, DAY, HOUR, MX, PARTIES, World, kg
from tests.vectors_build.bundle_bench import Bench
from tests.vectors_build.event_filings import CONSIGNMENT, stated, stolen
from tests.vectors_build.event_transfers import consigned

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.customs_release import CustomsRelease
from lotchain.events.filing import DECLARATIONS, Filing
from lotchain.verify.bundle import encode_bundle

KINDS = Filing.model_fields["kind"].annotation.__args__  # type: ignore[union-attr]


@pytest.fixture
def world() -> World:
    return World()


def test_a_claim_and_the_word_of_the_authority_are_told_apart(world: World) -> None:
    lot = world.make("A", 100)
    loss = stolen(world, lot)
    report = stated(world, lot, statement=loss, number="R 1")
    world.advance(DAY)
    first, second = world.accept(report, "maker"), world.accept(report, "cn")
    claim, word = (world.lot(lot)["filings"][each] for each in (first, second))
    assert (claim["acknowledged"], word["acknowledged"]) == (False, True)
    assert claim["filed"] == word["filed"] == world.time - DAY - HOUR
    assert (claim["lower"], claim["upper"]) == (0, world.time), "no checkpoint named: open below"
    assert (claim["about"], claim["number"], claim["by"]) == (loss, "R 1", PARTIES["maker"])
    assert (claim["transferee"], claim["quantity"], claim["quantity_kind"], claim["form"]) == (None, None, "", "")


def test_only_the_authority_of_that_country_acknowledges(world: World) -> None:
    lot = world.make("A", 100)
    consigned(world, lot)
    report = stated(world, lot, "suspicion-report", country="MX")
    ids = [world.accept(report, who) for who in ("maker", "cn", "mx")]
    assert [world.lot(lot)["filings"][each]["acknowledged"] for each in ids] == [False, False, True]


def test_a_filing_makes_nobodys_paper_stale(world: World) -> None:
    lot = world.make("A", 100)
    before = world.lot(lot)
    offer = world.hand_over("maker", "carrier", lot)
    world.accept(stated(world, lot), "cn")
    assert world.lot(lot)["last"] == before["last"]
    world.accept(offer, "maker")


def test_a_subject_about_which_nothing_was_filed_is_as_before(world: World) -> None:
    lot = world.make("A", 100)
    consigned(world, lot)
    assert "filings" not in world.lot(lot)
    assert not {"filings", "customs"} & set(world.states[CONSIGNMENT])


def test_amounts_of_a_return_stand_beside_each_other(world: World) -> None:
    consigned(world, world.make("A", 100))
    event = stated(world, CONSIGNMENT, "return-declaration", left=kg(90), released=kg("89.5"), basis="base")
    first = world.accept(event, "importer")
    entry = world.states[CONSIGNMENT]["filings"][first]
    assert (entry["left"], entry["released"], entry["quantity"]) == (90 * 10**9, 895 * 10**8, None)
    assert (entry["quantity_kind"], entry["basis"], entry["waiver"]) == ("mass", "base", False)


@pytest.mark.parametrize("kind", KINDS)
def test_what_belongs_to_declarations_is_refused_elsewhere(world: World, kind: str) -> None:
    lot = world.make("A", 100)
    named = {"transferee": PARTIES["user-a"]}
    refused = set() if kind in DECLARATIONS else {"filing-contradicts-itself"}
    assert world.submit(stated(world, lot, kind, **named), "maker").refused == ()
    for changes in ({"form": "486A"}, {"transaction_id": "T 1"}):
        found = world.submit(stated(world, lot, kind, **named, **changes), "maker").refused
        assert {finding.code for finding in found} == refused


def test_a_rest_lots_filing_may_be_about_what_made_it(world: World) -> None:
    """The refusal stands in the history of the lot after which the rest lot is named; a proof holds both."""
    bench = Bench()
    world = bench.world
    lot = world.make("A", 100)
    offer = world.offer("maker", "carrier", lot)
    line = AcceptanceLine(lot=lot, outcome="damaged", accepted=kg(60), refused=kg(40))
    reply = world.accept(Acceptance(answers=offer, lines=(line,), place=CN_PORT, occurred_at=world.now()), "carrier")
    rest = f"{lot}~1"
    world.accept(stated(world, rest, "outcome-report", statement=reply), "maker")
    assert world.refuse(stated(world, lot, statement=world.last(world.make("B", 1))), "maker") == {"filing-elsewhere"}
    verdict = bench.verdict(rest)
    assert not verdict.refused, verdict.findings


def test_append_audit_and_bundle_agree_on_filings_and_customs() -> None:
    bench = Bench()
    world = bench.world
    lot = world.make("A", 100)
    consigned(world, lot)
    loss = stolen(world, lot)
    bench.feed()
    world.advance()
    world.accept(stated(world, lot, statement=loss, seen=bench.seen()), "maker")
    world.accept(stated(world, CONSIGNMENT, "declaration", form="486", transaction_id="T 1", country="MX"), "mx")
    event = CustomsRelease(
        consignment=CONSIGNMENT, kind="import", released_at=world.now(), place=MX, occurred_at=world.now()
    )
    world.accept(event, "mx")
    bench.feed()
    assert bench.rig.audited().sound
    bundle = bench.bundle(lot)
    verdict = bench.verify(bundle)
    assert not verdict.refused, verdict.findings
    entry = next(iter(world.lot(lot)["filings"].values()))
    assert 0 < entry["lower"] < entry["upper"], "signed after the checkpoint that it names"
    assert len(encode_bundle(bundle)) < 100_000


@pytest.mark.parametrize(
    ("route", "kind", "place", "refused"),
    [
        (("CNTZU", "MXZLO"), "export", CN_PORT, False),
        (("CNTZU", "MXZLO"), "export", MX, True),
        (("CNTZU", "MXZLO"), "import", MX, False),
        (("CNTZU", "MXZLO"), "transit-entry", MX, True),
        (("CNTZU", "MXZLO", "USLAX"), "transit-entry", MX, False),
        (("CNTZU", "MXZLO", "USLAX"), "import", MX, False),
        (("CNTZU", "CNSHG"), "export", CN_PORT, True),
        (("CNTZU", "CNSHG"), "free-zone-entry", CN_PORT, False),
    ],
)
def test_what_customs_can_have_done_where(
    world: World, route: tuple[str, ...], kind: str, place: object, refused: bool
) -> None:
    consigned(world, world.make("A", 100), route=route)
    event = CustomsRelease.model_validate(
        {
            "consignment": CONSIGNMENT,
            "kind": kind,
            "released_at": world.now(),
            "place": place,
            "occurred_at": world.now(),
        }
    )
    found = world.submit(event, "cn" if place is CN_PORT else "mx").refused
    assert {finding.code for finding in found} == ({"customs-contradicts-itself"} if refused else set())
