"""Threat row 20, use after revocation and the race of the two: the place in the log decides, never a claimed time."""

from __future__ import annotations

from tests.threats.surroundings import Small

from lotchain.core.statements import parse_statement
from lotchain.events.endorsement import Endorsement
from lotchain.events.key_revocation import KeyRevocation
from lotchain.ledger.receipts import Refused


def revocation(small: Small, who: str = "maker", **fields: object) -> KeyRevocation:
    return KeyRevocation(key=small.signers[who].public.subject, reason="stolen", occurred_at=small.now(), **fields)


def test_after_the_revocation_the_key_signs_nothing_whatever_time_it_claims() -> None:
    small = Small()
    early = small.sign_event(small.registration(occurred_at=small.later(-86_400_000)), signed_at=small.time // 1000 - 9)
    small.accept(revocation(small), "cn")
    small.refused(early, "key-revoked")
    small.refused(small.sign_event(small.registration(occurred_at=small.later(-1))), "key-revoked")


def test_before_the_revocation_it_stands() -> None:
    small = Small()
    raw = small.sign_event(small.registration())
    small.taken(raw)
    small.accept(revocation(small), "cn")
    assert small.ledger.submit([raw])[0].accepted, "the first receipt is given again"
    assert small.verdict(small.bundle("lot:CN-MAKER/T-1")).answers.chain == "unbroken"


def test_in_one_packet_the_order_of_arrival_decides() -> None:
    small = Small()
    act = small.sign_event(small.registration())
    revoke = small.sign(revocation(small), "cn")
    answers = small.answers(revoke, act)
    assert [answer.accepted for answer in answers] == [True, False]
    assert isinstance(answers[1], Refused)
    assert answers[1].reasons[0].code == "key-revoked"

    other = Small()
    act = other.sign_event(other.registration())
    revoke = other.sign(revocation(other), "cn")
    assert [answer.accepted for answer in other.answers(act, revoke)] == [True, True]


def test_a_stolen_key_cannot_revoke_itself_nor_undo_its_revocation() -> None:
    small = Small()
    small.refused(small.sign(revocation(small), "maker"), "key-self-revocation")
    small.accept(revocation(small), "cn")
    raw = small.sign_event(small.registration())
    own = Endorsement(subject=small.signers["maker"].public.subject, endorses="11" * 32, occurred_at=small.now())
    small.refused(small.sign(own, "maker"), "key-revoked")
    small.refused(raw, "key-revoked")


def test_what_was_honestly_signed_before_the_loss_is_not_lost() -> None:
    """The way back that the protocol gives: another key of the party, or its authority, endorses the id."""
    small = Small()
    raw = small.sign_event(small.registration())
    small.accept(revocation(small, compromised_since=small.later(-1)), "cn")
    small.refused(raw, "key-revoked")
    endorsed = Endorsement(
        subject=small.signers["maker"].public.subject, endorses=parse_statement(raw).hex_id, occurred_at=small.now()
    )
    small.accept(endorsed, "cn")
    assert {finding.code for finding in small.taken(raw).findings} >= {"endorsed-after-loss"}


def test_what_a_compromised_key_signed_since_is_in_doubt_for_the_verifier() -> None:
    small = Small()
    lot = small.make("T-1", 5)
    assert small.verdict(small.bundle(lot)).word == "CLEAR"
    small.advance()
    small.accept(revocation(small, compromised_since=small.later(-7_200_000)), "cn")
    verdict = small.verdict(small.bundle(lot))
    assert "signed-after-compromise" in {finding.code for finding in verdict.findings}
    assert (verdict.word, verdict.answers.chain) == ("HOLD", "undetermined")
