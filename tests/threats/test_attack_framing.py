"""A party that deals doubly on its own lot lays the dispute on somebody else's: only the lot of the two acts is in doubt."""

from __future__ import annotations

from tests.threats.surroundings import Small
from tests.unit.world import CN

from lotchain.core.encodings import b64encode
from lotchain.core.statements import parse_statement
from lotchain.events.conflict import Conflict
from lotchain.events.seal_broken import SealBroken


def test_two_acts_on_ones_own_lot_are_no_dispute_on_anothers() -> None:
    small = Small()
    victim = small.make("V-1", 100)
    own = small.make("OWN-1", 1, who="maker2")

    def broken(reason: str) -> bytes:
        event = SealBroken(
            lot=own,
            prev=first,
            seals=("S-1",),
            reason=reason,
            place=CN,
            occurred_at=small.now(),  # type: ignore[arg-type]
        )
        return small.sign(event, "maker2")

    first = small.last(own)
    logged, other = broken("opened"), broken("accident")
    small.taken(logged)
    frame = Conflict(lot=victim, logged=parse_statement(logged).hex_id, other=b64encode(other), occurred_at=small.now())
    small.refused(small.sign(frame, "maker2"), "conflict-unproven")
    assert small.verdict(small.bundle(victim)).word == "CLEAR"
    own_dispute = frame.model_copy(update={"lot": own})
    small.accept(own_dispute, "cn")
    assert small.verdict(small.bundle(own)).word != "CLEAR"
