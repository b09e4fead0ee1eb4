"""What must not turn red: an honest party's act, or the act of somebody else, under which an honest lot would suffer."""

from __future__ import annotations

from typing import Any

from tests.threats.surroundings import Small
from tests.unit.world import CN, DAY, HOUR, MX, kg, packages

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.consignment import Consignment
from lotchain.events.inspection import InspectedLot, Inspection
from lotchain.events.withdrawal import Withdrawal


def codes(small: Small, lot: str) -> set[str]:
    return {finding.code for finding in small.verdict(small.bundle(lot)).findings}


def consign(small: Small, lot: str) -> None:
    event = Consignment(
        consignment="consignment:CN-MAKER/C-1", exporter="party:CN-MAKER", importer="party:MX-IMPORT",
        final=("party:MX-USERA",), route=("CNTZU", "MXZLO"), lots=(lot,), mode="sea", occurred_at=small.now(),
    )  # fmt: skip
    small.accept(event, "maker")


def reply(small: Small, offer: str, *lines: AcceptanceLine, place: Any = CN) -> Acceptance:
    return Acceptance(answers=offer, lines=lines, place=place, occurred_at=small.now())


def test_a_drum_that_customs_took_is_not_missing_twice() -> None:
    """The receiver counts what is there, and what customs took is what it misses: no difference is left open."""
    small = Small()
    lot = small.make("S-1", 100, packages=packages(4))
    offer = small.offer("maker", "carrier", lot)
    took = InspectedLot(lot=lot, result="in-order", sample=kg(25))
    small.accept(Inspection(lines=(took,), place=CN, occurred_at=small.now()), "cn")
    line = AcceptanceLine(lot=lot, outcome="short", accepted=kg(75), missing=kg(25), packages_missing=("0004",))
    small.accept(reply(small, offer, line), "carrier")
    assert small.held(lot) == 75
    verdict = small.verdict(small.bundle(lot))
    assert (verdict.word, verdict.answers.quantity) == ("CLEAR", "balanced")


def test_a_late_reply_that_takes_nothing_of_a_withdrawn_lot_opens_no_dispute() -> None:
    """One reply an offer, a line each lot: who accepts what still stands must also answer for what was withdrawn."""
    small = Small()
    kept, withdrawn = small.make("W-1", 10), small.make("W-2", 20)
    offer = small.offer("maker", "carrier", kept, withdrawn)
    small.advance(3 * DAY)
    back = Withdrawal(withdraws=offer, lots=(withdrawn,), occurred_at=small.now())
    small.accept(back, "maker")
    lines = (
        AcceptanceLine(lot=kept, outcome="full", accepted=kg(10)),
        AcceptanceLine(lot=withdrawn, outcome="short", missing=kg(20)),
    )
    small.accept(reply(small, offer, *lines), "carrier")
    assert small.lot(kept)["custodian"] == "party:CN-TRUCK"
    assert small.verdict(small.bundle(withdrawn)).word == "CLEAR"
    assert "conflict-open" not in codes(small, withdrawn)


def test_a_rest_of_delivered_goods_is_not_off_the_route_that_brought_them() -> None:
    """The final consignee sells on; what the buyer refuses lies at the buyer's place, and no route holds it there."""
    small = Small()
    lot = small.make("R-1", 100)
    consign(small, lot)
    small.move("maker", "carrier", lot)
    small.move("carrier", "user-a", lot, receives_as="consignee", place=MX)
    elsewhere = MX.model_copy(update={"code": "MXGDL"})
    offer = small.offer("user-a", "user-b", lot, receives_as="consignee", place=elsewhere)
    line = AcceptanceLine(lot=lot, outcome="mixed", accepted=kg(60), refused=kg(40))
    small.accept(reply(small, offer, line, place=elsewhere), "user-b")
    rest = f"{lot}~1"
    small.advance(HOUR)
    small.offer("user-a", "user-b", rest, receives_as="consignee", place=elsewhere)
    assert "off-route" not in codes(small, rest)
    assert small.verdict(small.bundle(rest)).word == "CLEAR"


def test_a_buyer_of_delivered_goods_is_not_called_their_declared_destination() -> None:
    small = Small()
    lot = small.make("R-1", 100)
    consign(small, lot)
    small.move("maker", "carrier", lot, place=CN)
    small.move("carrier", "user-a", lot, receives_as="consignee", place=MX)
    assert "declared final destination, party:MX-USERA" in small.verdict(small.bundle(lot)).answers.whereabouts
    small.move("user-a", "user-b", lot, receives_as="consignee", place=MX)
    where = small.verdict(small.bundle(lot)).answers.whereabouts
    assert where == "in custody of party:MX-USERB at MXZLO"
