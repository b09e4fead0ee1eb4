"""Threat row 16, the server's clock goes back: the ledger's time never does, and a log whose time does is refused.

The row's alarm (CLOCK_BACKWARD) is the auditing witness's, by its own clock: `witness-time-behind` for a batch dated
before what it has seen, `witness-clock-back` for itself. An append under a clock set back takes the newest batch's
time, and a bundle whose closing records go back proves nothing (`closing-time`).
"""

from __future__ import annotations

from tests.threats.surroundings import DAY_MS, Small

from lotchain.core.closing import ClosingRecord, is_closing, parse_closing
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.ledger import Ledger


def test_the_ledgers_time_stands_still_until_the_clock_has_caught_up() -> None:
    small = Small()
    small.make("M-1", 1)
    before = small.ledger.time
    small.advance(-DAY_MS)
    receipt = small.taken(small.sign_event(small.registration()))
    assert receipt.time == before == small.ledger.time
    small.advance(DAY_MS + 5)
    again = small.taken(small.sign_event(small.registration(lot="lot:CN-MAKER/T-2"), subject="lot:CN-MAKER/T-2"))
    assert again.time == before + 5


def test_a_restart_does_not_forget_the_time() -> None:
    small = Small()
    small.make("M-1", 1)
    before = small.ledger.time
    small.advance(-DAY_MS)

    class Back:
        def now(self) -> int:
            return small.time

    ledger = Ledger.open(small.store, small.mark, origin=small.ledger.origin, signer=small.log_signer, clock=Back())
    (answer,) = ledger.submit([small.sign_event(small.registration())])
    assert answer.accepted
    assert ledger.time == before


def test_a_log_whose_time_goes_back_proves_nothing() -> None:
    """Even where the operator signs it, and every witness does."""
    small = Small()
    lot = small.make("M-1", 1)
    small.advance()
    small.move("maker", "carrier", lot)
    small.ledger.publish()
    entries = list(small.store.entries(0, small.ledger.size))
    place = len(entries) - 1
    last = parse_closing(entries[place])
    assert is_closing(entries[place])
    back = ClosingRecord(last.time - DAY_MS, last.start, last.end, last.judge, last.heads_root)
    assert small.verdict(make_bundle(small.forged(entries), lot)).word == "CLEAR"
    assert small.caught(make_bundle(small.forged([*entries[:-1], back.encode()]), lot)) == "closing-time"


def test_an_auditing_witness_refuses_a_batch_that_is_dated_back() -> None:
    """The ledger's machine is five minutes and a moment behind its own published past: the live witness says no."""
    small = Small()
    witness = small.witness()
    assert small.look(witness) == ()
    small.advance(DAY_MS)
    assert small.look(witness) == ()
    ahead = small.time
    small.advance(-DAY_MS)
    small.make("M-1", 1)
    small.time = ahead
    assert small.look(witness) == ("witness-time-behind",)


def test_a_witness_whose_own_clock_went_back_cosigns_nothing() -> None:
    small = Small()
    witness = small.witness()
    assert small.look(witness) == ()
    small.make("M-1", 1)
    small.advance(-DAY_MS)
    assert small.look(witness) == ("witness-clock-back",)
