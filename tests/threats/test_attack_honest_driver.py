"""The honest driver: what happens on the road under an open offer can be said, and does not read like a crime."""

from __future__ import annotations

from tests.threats.surroundings import Small
from tests.unit.world import CN, HOUR, kg

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.seal_applied import SealApplied, SealedLot
from lotchain.events.seal_broken import SealBroken


def test_a_seal_found_broken_under_an_open_offer_is_reported_and_the_reply_still_answers_the_offer() -> None:
    small = Small()
    lot = small.make("D-1", 10)
    line = SealedLot(lot=lot, prev=small.last(lot), seals=("CN-1",))
    small.accept(SealApplied(lines=(line,), place=CN, occurred_at=small.now()), "maker")
    small.move("maker", "carrier", lot)
    offer = small.offer("carrier", "importer", lot, receives_as="consignee")
    small.advance(HOUR)
    broken = SealBroken(
        lot=lot, prev=offer, seals=("CN-1",), reason="found-broken", report="POL 7/2026", replaced_by=("P-9",),
        place=CN, occurred_at=small.now(),
    )  # fmt: skip
    small.accept(broken, "carrier")
    there = AcceptanceLine(lot=lot, outcome="full", accepted=kg(10), seals_found=("P-9",))
    small.accept(Acceptance(answers=offer, lines=(there,), place=CN, occurred_at=small.now()), "importer")
    verdict = small.verdict(small.bundle(lot))
    assert verdict.word == "CLEAR"
    assert "seal-broken-reported" in {finding.code for finding in verdict.findings}


def test_without_a_report_it_is_held() -> None:
    small = Small()
    lot = small.make("D-1", 10)
    line = SealedLot(lot=lot, prev=small.last(lot), seals=("CN-1",))
    small.accept(SealApplied(lines=(line,), place=CN, occurred_at=small.now()), "maker")
    small.move("maker", "carrier", lot)
    offer = small.offer("carrier", "importer", lot, receives_as="consignee")
    broken = SealBroken(
        lot=lot, prev=offer, seals=("CN-1",), reason="opened", replaced_by=("P-9",), place=CN, occurred_at=small.now()
    )
    small.accept(broken, "carrier")
    assert small.verdict(small.bundle(lot)).word == "HOLD"
    small.refused(small.sign(broken.model_copy(update={"seals": ("P-9",)}), "importer"), "not-custodian")
