"""Threat row 19, a licence that expires on the way: judged at dispatch and at receipt, its end exclusive to the ms.

The row proposes to refuse what comes after; the protocol wins: it happened, so it is recorded, and the licence is judged
over the proven interval between the checkpoint that the signer names and the closing record. LICENCE_EXPIRED_IN_TRANSIT
is `licence-not-in-force` on the acceptance; an interval across the end is `licence-undetermined`.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.threats.surroundings import SUBSTANCE, Small
from tests.unit.world import MX, exact

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.licence_grant import LicenceGrant

HOUR = 3_600_000
TREATY = {"licence-none", "licence-not-in-force", "licence-undetermined"}


class Journey:
    """A lot on its way to a user whose only licence ends in ten hours."""

    def __init__(self) -> None:
        self.small = small = Small()
        small.accept(
            LicenceGrant(
                party="party:MX-BRIEF",
                organisation="Brief",
                number="7",
                activities=("use", "distribute", "transport"),
                substances=(SUBSTANCE,),
                valid_from=small.now(),
                valid_until=small.later(10 * HOUR),
                occurred_at=small.now(),
            ),
            "mx",
        )
        small.signers["party:MX-BRIEF"] = small.signers["mx"].from_seed(b"brief".ljust(32, b"."))
        small.enrol("party:MX-BRIEF", small.signers["party:MX-BRIEF"])
        self.end = small.time + 10 * HOUR
        self.lot = small.make("T-1", 100)
        small.advance(60_000)

    def at(self, moment: int) -> None:
        """Let time pass to `moment`, the last step through a batch, so that a checkpoint of just then can be named."""
        self.small.time = moment

    def tick(self) -> dict[str, Any]:
        """A batch now; its checkpoint, for the next statement to name."""
        self.small.make(f"TICK-{self.small.ledger.size}", 1)
        return self.small.seen()

    def offer(self, seen: dict[str, Any]) -> tuple[str, set[str]]:
        """Dispatch to the user: the offer's id, and what the judge says of licences."""
        small = self.small
        offer = small.hand_over("maker", "party:MX-BRIEF", self.lot, receives_as="consignee", seen=seen)
        judgement = small.submit(offer, "maker")
        assert not judgement.refused
        return small.last(self.lot), {f.code for f in judgement.findings} & TREATY

    def receive(self, offer: str, seen: dict[str, Any]) -> set[str]:
        """Receipt by the user: what the judge says of licences; it is recorded whatever that is."""
        small = self.small
        line = AcceptanceLine(lot=self.lot, outcome="full", accepted=exact(100 * 10**9))
        reply = Acceptance(answers=offer, lines=(line,), place=MX, occurred_at=small.now(), seen=seen)
        judgement = small.submit(reply, "party:MX-BRIEF")
        assert not judgement.refused, judgement.refused
        assert small.lot(self.lot)["custodian"] == "party:MX-BRIEF"
        return {f.code for f in judgement.findings} & TREATY


def test_expiry_between_dispatch_and_receipt() -> None:
    way = Journey()
    offer, said = way.offer(way.tick())
    assert said == set()
    way.at(way.end + HOUR)
    assert way.receive(offer, way.tick()) == {"licence-not-in-force"}
    verdict = way.small.verdict(way.small.bundle(way.lot))
    assert "licence-not-in-force" in {f.code for f in verdict.findings}
    assert verdict.answers.treaty == "breach"
    assert verdict.answers.chain == "unbroken", "a breach is no break: custody passed by two signatures"


@pytest.mark.parametrize(
    ("seen_at", "entered_at", "said"),
    [
        (-HOUR, -1, set()),
        (-HOUR, 0, {"licence-undetermined"}),
        (-1, 0, {"licence-undetermined"}),
        (0, 0, {"licence-not-in-force"}),
        (0, HOUR, {"licence-not-in-force"}),
    ],
)
def test_the_end_is_exclusive_to_the_millisecond(seen_at: int, entered_at: int, said: set[str]) -> None:
    way = Journey()
    offer, _ = way.offer(way.tick())
    way.at(way.end + seen_at)
    seen = way.tick()
    way.at(way.end + entered_at)
    assert way.receive(offer, seen) == said


def test_an_onward_dispatch_to_the_expired_is_recorded_and_a_breach() -> None:
    way = Journey()
    way.at(way.end)
    _, said = way.offer(way.tick())
    assert said == {"licence-not-in-force"}


def test_naming_no_checkpoint_does_not_help() -> None:
    """The interval then reaches back to the statement before: a doubt, never a licence."""
    way = Journey()
    offer, _ = way.offer(way.tick())
    way.at(way.end + HOUR)
    small = way.small
    line = AcceptanceLine(lot=way.lot, outcome="full", accepted=exact(100 * 10**9))
    judgement = small.submit(
        Acceptance(answers=offer, lines=(line,), place=MX, occurred_at=small.later(-2 * HOUR)), "party:MX-BRIEF"
    )
    assert {f.code for f in judgement.findings} & TREATY == {"licence-undetermined"}
