"""Threat row 23, replay on another lot, or on the same lot later: everything that places an act is signed.

The row asks for a nonce; the protocol wins: audience, `prev` or `answers` and the statement id are enough. The same
statement again gives the first receipt, byte for byte; STALE_PARENT is `prev-stale`, and for a reply `offer-closed`.
"""

from __future__ import annotations

import dataclasses

from tests.threats.surroundings import Small
from tests.unit.world import CN

from lotchain.core.statements import assemble, parse_statement
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.consumption import Consumption
from lotchain.events.hold import Hold
from lotchain.ledger.receipts import Receipt


def test_a_swapped_lot_breaks_the_signature() -> None:
    small = Small()
    one, two = small.make("T-1", 5), small.make("T-2", 5)
    raw = small.sign(small.hand_over("maker", "carrier", one), "maker")
    small.refused(raw.replace(one.encode(), two.encode()), "bad-signature")
    statement = parse_statement(raw)
    in_the_header_only = assemble(
        statement.protected.replace(one.encode(), two.encode()), statement.payload, statement.signature
    )
    small.refused(in_the_header_only, "subject-mismatch")
    in_the_payload_only = assemble(
        statement.protected, statement.payload.replace(one.encode(), two.encode()), statement.signature
    )
    small.refused(in_the_payload_only, "subject-mismatch")


def test_the_same_bytes_again_give_the_first_receipt_and_no_new_leaf() -> None:
    small = Small()
    lot = small.make("T-1", 5)
    raw = small.sign(small.hand_over("maker", "carrier", lot), "maker")
    first = small.taken(raw)
    before = small.everything()
    again = small.taken(raw)
    assert small.everything() == before
    assert (again.again, first.again) == (True, False)
    assert dataclasses.replace(again, again=False, findings=first.findings) == first
    small.advance()
    small.make("T-2", 5)
    later = small.taken(raw)
    assert dataclasses.replace(later, again=False, findings=first.findings) == first
    twice = small.answers(raw, raw)
    assert all(isinstance(answer, Receipt) and answer.again for answer in twice)


def test_the_same_bytes_twice_in_one_packet_are_one_leaf() -> None:
    small = Small()
    size = small.ledger.size
    raw = small.sign_event(small.registration())
    one, two = small.answers(raw, raw)
    assert isinstance(one, Receipt)
    assert isinstance(two, Receipt)
    assert one.index == two.index == size
    assert small.ledger.size == size + 2, "the statement and the closing record"


def test_the_same_body_signed_anew_after_the_lot_moved_on_is_stale() -> None:
    small = Small()
    lot = small.make("T-1", 5)
    event = small.hand_over("maker", "carrier", lot)
    offer = small.accept(event, "maker")
    small.take(offer, "carrier")
    small.advance()
    finding = small.refused(small.sign(event, "maker"), "prev-stale")
    assert finding.expected == small.last(lot)
    back = small.accept(small.hand_over("carrier", "maker", lot), "carrier")
    small.take(back, "maker")
    small.advance()
    small.refused(small.sign(event, "maker"), "prev-stale")


def test_a_reply_is_given_once() -> None:
    small = Small()
    lot = small.make("T-1", 5)
    offer = small.offer("maker", "carrier", lot)
    line = AcceptanceLine(lot=lot, outcome="full", accepted=small.stated(lot).__class__(value="5", unit="KGM"))
    reply = Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=small.now())
    small.accept(reply, "carrier")
    small.advance()
    small.refused(small.sign(reply, "carrier"), "offer-closed")


def test_what_is_used_up_is_not_used_up_twice_by_replay() -> None:
    small = Small()
    lot = small.make("T-1", 5)
    event = Consumption(
        lot=lot, prev=small.last(lot), quantity=small.stated(lot), purpose="synthesis", occurred_at=small.now()
    )
    raw = small.sign(event, "maker")
    small.taken(raw)
    assert small.taken(raw).again
    small.advance()
    small.refused(small.sign(event, "maker"), "lot-ended")


def test_an_authoritys_act_replayed_is_the_same_act() -> None:
    """Acts of authorities carry no `prev`: their id alone makes a replay the first receipt."""
    small = Small()
    lot = small.make("T-1", 5)
    raw = small.sign(Hold(lots=(lot,), reason="suspicion", occurred_at=small.now()), "cn")
    small.taken(raw)
    before = small.everything()
    assert small.taken(raw).again
    assert small.everything() == before
    assert len(small.lot(lot)["holds"]) == 1
