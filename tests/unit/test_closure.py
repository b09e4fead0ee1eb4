"""The closure: maker and verifier compute it alike, and it holds whatever the judge asks for."""

from __future__ import annotations

from typing import Any

import pytest
from tests.changing import replace
from tests.unit.test_authority_events import hold
from tests.unit.world import CN, PARTIES, kg
from tests.vectors_build.bundle_bench import Bench, codes, refusal

from lotchain.core.encodings import b64encode
from lotchain.core.heads import subject_key
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.conflict import Conflict
from lotchain.events.consignment import Consignment
from lotchain.events.fields import Seen
from lotchain.events.merge import Merge, MergeLine
from lotchain.events.reading import read_entry
from lotchain.events.split import Child, Split
from lotchain.verify.closure import closure

AUTHORITIES = {"charter", "party:CN-NMPA", "party:MX-COFEPRIS"}


def split(bench: Bench, lot: str, who: str, *parts: tuple[str, float], seen: Seen | None = None) -> list[str]:
    """Divide a lot; the new lots."""
    names = [f"lot:{bench.world.party(who)[6:]}/{local}" for local, _ in parts]
    children = tuple(Child(lot=name, quantity=kg(net)) for name, (_, net) in zip(names, parts, strict=True))
    bench.world.accept(
        Split(lot=lot, prev=bench.world.last(lot), children=children, occurred_at=bench.world.now(), seen=seen), who
    )
    bench.feed()
    return names


def merge(bench: Bench, who: str, local: str, *lots: str) -> str:
    """Merge whole lots."""
    name = f"lot:{bench.world.party(who)[6:]}/{local}"
    lines = tuple(MergeLine(lot=lot, prev=bench.world.last(lot), quantity=bench.world.stated(lot)) for lot in lots)
    bench.world.accept(Merge(lot=name, lines=lines, place=CN, occurred_at=bench.world.now()), who)
    bench.feed()
    return name


def refuse_part(bench: Bench, lot: str, giver: str, to: str, accepted: float, refused: float) -> str:
    """Hand over and accept a part only; the rest lot."""
    world = bench.world
    offer = world.offer(giver, to, lot)
    line = AcceptanceLine(lot=lot, outcome="damaged", accepted=kg(accepted), refused=kg(refused))
    world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), to)
    bench.feed()
    return f"{lot}~{world.lot(lot)['rests']}"


def names(bench: Bench, lot: str) -> set[str]:
    """The subjects of the lot's bundle, which must verify."""
    bundle = bench.bundle(lot)
    verdict = bench.verify(bundle)
    assert not verdict.refused, verdict.findings
    return {proof.subject for proof in bundle.subjects}


def lots_and_parties(bench: Bench, lot: str) -> set[str]:
    return {name for name in names(bench, lot) if not name.startswith("key:")}


def key(bench: Bench, who: str) -> str:
    return bench.world.signers[who].public.subject


def test_the_subjects_of_a_lot_that_was_only_made() -> None:
    bench = Bench()
    lot = bench.world.make("A", 5)
    bench.world.make("B", 5, "maker2")
    assert names(bench, lot) == AUTHORITIES | {
        lot, "party:CN-MAKER", key(bench, "maker"), key(bench, "cn"), key(bench, "mx"),
    }  # fmt: skip


def test_receivers_and_their_authorities_come_with_an_offer() -> None:
    bench = Bench()
    lot = bench.world.make("A", 5)
    bench.world.offer("maker", "importer", lot)
    assert lots_and_parties(bench, lot) == AUTHORITIES | {lot, "party:CN-MAKER", "party:MX-IMPORT"}
    assert key(bench, "importer") not in names(bench, lot), "it has signed nothing"


def test_a_second_officer_s_key_comes_with_what_it_signed() -> None:
    bench = Bench()
    lot = bench.world.make("A", 5)
    before = names(bench, lot)
    assert key(bench, "cn2") not in before
    bench.world.accept(hold(bench.world, lot), "cn", signer=bench.world.signers["cn2"])
    assert names(bench, lot) == before | {key(bench, "cn2")}


def test_a_consignment_comes_with_its_lots_and_names_the_others() -> None:
    bench = Bench()
    world = bench.world
    a, b = world.make("A", 5), world.make("B", 5)
    consignment = Consignment(
        consignment="consignment:CN-MAKER/C1", exporter=PARTIES["maker"], importer=PARTIES["importer"],
        final=(PARTIES["user-a"],), route=("CNTZU", "MXZLO"), lots=(a, b), mode="sea", occurred_at=world.now(),
    )  # fmt: skip
    world.accept(consignment, "maker")
    bench.feed()
    found = lots_and_parties(bench, a)
    assert "consignment:CN-MAKER/C1" in found
    assert b not in found
    assert bench.verdict(a).named == (b,)


def test_ancestors_of_a_split_a_merge_and_a_diamond() -> None:
    bench = Bench()
    whole = bench.world.make("W", 100)
    bench.feed()
    left, right = split(bench, whole, "maker", ("L", 40), ("R", 60))
    assert {name for name in names(bench, left) if name.startswith("lot:")} == {left, whole}
    assert bench.verdict(left).named == (right,)
    again = merge(bench, "maker", "M", left, right)
    verdict = bench.verdict(again)
    assert set(verdict.examined) == {again, left, right, whole}
    assert (verdict.word, verdict.named) == ("CLEAR", ())
    assert bench.verdict(whole).examined == (whole,)


def test_rest_lots_and_rests_of_rests() -> None:
    bench = Bench()
    lot = bench.world.make("A", 100)
    bench.feed()
    rest = refuse_part(bench, lot, "maker", "carrier", 60, 40)
    assert rest == f"{lot}~1"
    second = refuse_part(bench, rest, "maker", "carrier", 30, 10)
    assert second == f"{lot}~1~1"
    other = refuse_part(bench, lot, "carrier", "importer", 50, 10)
    assert other == f"{lot}~2"
    assert bench.verdict(rest).examined == (lot, rest)
    assert bench.verdict(second).examined == (lot, rest, second)
    assert bench.verdict(other).examined == (lot, other)
    assert bench.verdict(lot).examined == (lot,)
    bench.world.move("carrier", "maker", rest)
    both = merge(bench, "maker", "M", rest, second)
    verdict = bench.verdict(both)
    assert set(verdict.examined) == {lot, rest, second, both}


def test_a_rest_lot_that_nobody_named_is_not_there() -> None:
    bench = Bench()
    lot = bench.world.make("A", 100)
    bundle = bench.bundle(lot)
    assert refusal(bench.verify(replace(bundle, lot=f"{lot}~1"))) == "bundle-incomplete"


def conflict_with_an_offer_to(bench: Bench, to: str) -> str:
    """A lot whose custodian is shown to have offered it to somebody else, too, who has not accepted."""
    world = bench.world
    lot = world.make("A", 5)
    other = world.sign(world.hand_over("maker", to, lot), "maker")
    offer = world.offer("maker", "carrier", lot)
    reply = world.take(offer, "carrier")
    world.accept(
        Conflict(lot=lot, logged=offer, logged_reply=reply, other=b64encode(other), occurred_at=world.now()), "cn"
    )
    bench.feed()
    return lot


def test_the_one_absent_subject_that_is_read() -> None:
    """Only an offer that a conflict carries can name a party that is not on the ledger: its absence is proved."""
    bench = Bench()
    lot = conflict_with_an_offer_to(bench, "party:MX-NOBODY")
    bundle = bench.bundle(lot)
    verdict = bench.verify(bundle)
    assert (verdict.word, "double-offer-unaccepted" in codes(verdict)) == ("CLEAR", True)
    place = [proof.subject for proof in bundle.subjects].index("party:MX-NOBODY")
    honest = bundle.subjects[place]

    def shown(proof: Any) -> str:
        rows = (*bundle.subjects[:place], proof, *bundle.subjects[place + 1 :])
        return refusal(bench.verify(replace(bundle, subjects=rows)))

    assert shown(replace(honest, siblings=honest.siblings[:-1])) == "head-mismatch"
    assert shown(replace(honest, siblings=bundle.subjects[0].siblings)) == "head-mismatch"
    made_up = (subject_key("party:MX-NOBODY"), 1, bytes(32), bytes(32))
    assert shown(replace(honest, other=None if honest.other else made_up)) == "head-mismatch"
    assert shown(replace(honest, other=made_up)) == "head-mismatch"
    without = (*bundle.subjects[:place], *bundle.subjects[place + 1 :])
    assert refusal(bench.verify(replace(bundle, subjects=without))) == "bundle-incomplete"


@pytest.mark.parametrize("to", ["importer", "carrier"])
def test_a_conflict_brings_the_party_that_the_other_offer_names(to: str) -> None:
    bench = Bench()
    lot = conflict_with_an_offer_to(bench, "importer") if to == "importer" else bench.world.make("A", 5)
    assert (PARTIES["importer"] in names(bench, lot)) is (to == "importer")


def test_the_closure_does_not_depend_on_the_order_of_histories() -> None:
    bench = Bench()
    whole = bench.world.make("W", 100)
    bench.feed()
    left, right = split(bench, whole, "maker", ("L", 40), ("R", 60))
    lot = merge(bench, "maker", "M", left, right)
    reader = bench.rig.ledger.reader

    def history(name: str, step: int) -> list[Any]:
        return [read_entry(reader.entry(index)) for index in reader.history(name)][::step]

    forwards = closure(lot, lambda name: history(name, 1))
    assert forwards == closure(lot, lambda name: history(name, -1))
    assert list(forwards) == sorted(forwards)
