"""Threat row 22, replay from another ledger: the audience is signed, `origin#charter`, and every other is `wrong-ledger`."""

from __future__ import annotations

from tests.threats.surroundings import ORIGIN, Small, reworked, shared, told

from lotchain.core.statements import parse_statement, verify_signature
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Refused
from lotchain.storage.highwater import MemoryHighWaterMark
from lotchain.storage.memory import MemoryStore
from lotchain.verify.bundle import decode_bundle


class Elsewhere(Small):
    """The same parties, keys and origin under another charter."""

    def _found(self) -> None:
        self.advance()
        super()._found()


def test_a_valid_statement_of_one_ledger_is_none_of_another() -> None:
    here, there = Small(), Elsewhere()
    assert here.charter != there.charter
    raw = here.sign_event(here.registration())
    assert verify_signature(parse_statement(raw), here.signers["maker"].public)
    finding = there.refused(raw, "wrong-ledger")
    assert finding.expected == there.audience
    assert finding.found == here.audience
    assert here.ledger.submit([raw])[0].accepted


def test_another_origin() -> None:
    small = shared()
    for audience in ("ledger.example/lost#" + small.charter, ORIGIN, ORIGIN + "#" + "00" * 32):
        raw = small.sign_event(small.registration(), audience=audience)
        assert small.refused(raw, "wrong-ledger").found == audience


def test_a_changed_audience_breaks_the_signature() -> None:
    here, there = shared(), Elsewhere()
    raw = here.sign_event(here.registration())
    moved = raw.replace(here.charter.encode(), there.charter.encode())
    assert parse_statement(moved).audience == there.audience
    there.refused(moved, "bad-signature")


def test_the_charter_itself_opens_one_ledger_only() -> None:
    """A charter's audience is its origin: it opens no ledger of another name, and no second time."""
    small = shared()
    charter = small.ledger.reader.entry(0)
    store = MemoryStore()
    other = Ledger.open(
        store, MemoryHighWaterMark(), origin="ledger.example/lost", signer=small.log_signer, clock=small.ledger._clock
    )
    (answer,) = other.submit([charter])
    assert isinstance(answer, Refused)
    assert answer.reasons[0].code == "wrong-ledger"
    assert store.head() is None
    founder = Elsewhere()
    small.refused(founder.ledger.reader.entry(0), "charter-exists")


def test_a_possession_proof_for_one_ledger_enrols_nothing_on_another() -> None:
    here, there = Small(), Elsewhere()
    enrolment = parse_statement(here.ledger.reader.entry(here.ledger.size - 2))
    there.refused(there.sign_payload(enrolment.payload, "mx", subject=enrolment.subject), "key-in-use")
    new = here.signers["cn"].from_seed(b"new".ljust(32, b"."))
    here.enrol("maker", new)
    raw = here.ledger.reader.entry(here.ledger.size - 2)
    payload = parse_statement(raw).payload
    there.refused(there.sign_payload(payload, "cn", subject=new.public.subject), "possession")


def test_a_bundle_of_another_ledger_proves_nothing_here() -> None:
    small, _, bundle = told()
    other = Elsewhere()
    assert small.verdict(bundle).word == "CLEAR"
    assert other.caught(bundle) == "charter-mismatch"
    note = decode_bundle(bundle).note
    moved = note.replace(b"ledger.example/lots", b"ledger.example/lost")
    assert small.caught(reworked(bundle, note=moved)) == "checkpoint-origin"
