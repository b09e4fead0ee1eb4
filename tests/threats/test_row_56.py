"""Threat row 56, duplicate signatures to reach a threshold: distinct holders count, not signatures, keys or names.

Of a note: two lines under one name and key id are `note-signature`, two keys of one witness are one witness, one raw
key under two names is `policy-duplicate`. On the ledger: `endorsed-twice`, and for two officers `threshold`.
"""

from __future__ import annotations

import base64

import pytest
from tests.threats.surroundings import WITNESSES, Small, reworked, told
from tests.unit.world import MX

from lotchain.core.checkpoints import parse_checkpoint_text
from lotchain.core.notes import Note, NoteSignature, VerifierKey, parse_note
from lotchain.core.statements import parse_statement
from lotchain.errors import Malformed
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.conflict import Conflict
from lotchain.events.endorsement import Endorsement
from lotchain.events.resolution import Resolution
from lotchain.signing import MLDSA44Signer
from lotchain.signing.notes import cosign_ed25519, cosign_mldsa
from lotchain.verify.bundle import decode_bundle
from lotchain.verify.policy import Group, parse_policy
from lotchain.verify.policy_text import format_policy

ONE, OTHER = WITNESSES


def note() -> Note:
    return parse_note(decode_bundle(told()[2]).note)


def line(name: str, late: int = 0) -> NoteSignature:
    small, _, _ = told()
    return cosign_ed25519(note().text, name, small.witness_signers[name], small.time // 1000 + late)


def test_one_witness_twice() -> None:
    """The same line twice, and two genuine lines of different times: no such note is read."""
    small, _, bundle = told()
    log = note().signatures[0]
    for twin in (line(ONE), line(ONE, 1)):
        text = Note(note().text, (log, line(ONE))).encode() + twin.line().encode()
        assert small.caught(reworked(bundle, note=text)) == "note-signature"


def test_one_line_of_two_is_one() -> None:
    small, _, bundle = told()
    verdict = small.verdict(reworked(bundle, note=Note(note().text, (note().signatures[0], line(ONE))).encode()))
    assert verdict.answers.completeness == "operator's word"
    assert [f.code for f in verdict.findings if "quorum" in f.code] == ["audit-quorum-not-met"]
    assert verdict.word == "HOLD"


def test_two_keys_of_one_witness_are_one_witness() -> None:
    """An Ed25519 and an ML-DSA-44 cosignature by the same name: a quorum of two is not met."""
    small, _, bundle = told()
    second = MLDSA44Signer(bytes(32))
    keys = (small.witness_keys[ONE], VerifierKey(ONE, 6, second.public_raw))
    policy = {
        "witnesses": {ONE: keys, OTHER: (small.witness_keys[OTHER],)},
        "groups": {"both": Group(2, WITNESSES)},
        "quorum": "both",
    }
    checkpoint = parse_checkpoint_text(note().text)
    lines = (line(ONE), cosign_mldsa(checkpoint, ONE, second, small.time // 1000))
    twice = Note(note().text, (note().signatures[0], *lines)).encode()
    verdict = small.verdict(reworked(bundle, note=twice), **policy)
    assert {"quorum-not-met", "audit-quorum-not-met"} <= {f.code for f in verdict.findings}
    assert verdict.witnesses == (ONE,)
    assert small.verdict(bundle, **policy).word == "CLEAR"


def test_one_raw_key_under_two_names() -> None:
    small, _, _ = told()
    public = small.witness_keys[ONE].public
    twice = {ONE: (small.witness_keys[ONE],), "other.example": (VerifierKey("other.example", 4, public),)}
    with pytest.raises(Malformed) as caught:
        small.policy(witnesses=twice, auditors=(ONE, "other.example"))
    assert caught.value.code == "policy-duplicate"
    whole = format_policy(small.policy())
    forged = whole.replace(
        f"witness {OTHER} {small.witness_keys[OTHER].encode()}",
        f"witness {OTHER} {VerifierKey('other.example', 4, public).encode()}",
    )
    assert forged != whole
    with pytest.raises(Malformed) as caught:
        parse_policy(forged.encode())
    assert caught.value.code == "policy-duplicate"


def test_the_logs_own_key_is_no_witness() -> None:
    small, _, _ = told()
    own = VerifierKey(ONE, 4, small.log_signer.public.raw)
    with pytest.raises(Malformed) as caught:
        small.policy(witnesses={ONE: (own,), OTHER: (small.witness_keys[OTHER],)})
    assert caught.value.code == "policy-duplicate"


def test_an_auditor_or_a_member_listed_twice() -> None:
    small, _, _ = told()
    with pytest.raises(Malformed):
        small.policy(auditors=(ONE, ONE))
    whole = format_policy(small.policy(groups={"both": Group(2, WITNESSES)}, quorum="both"))
    forged = whole.replace(f"group both 2 {ONE} {OTHER}", f"group both 2 {ONE} {ONE}")
    assert forged != whole
    with pytest.raises(Malformed) as caught:
        parse_policy(forged.encode())
    assert caught.value.code in ("policy-duplicate", "policy-group")


def test_half_of_the_auditors_are_no_quorum() -> None:
    """Or two different ledgers could both pass."""
    small, _, _ = told()
    with pytest.raises(Malformed) as caught:
        small.policy(audit_quorum=1)
    assert caught.value.code == "policy-audit-quorum"


class Pending(Small):
    """A ledger whose charter has one of its two signatures."""

    def _found(self) -> None:
        accept = self.accept
        self.stopped = False

        class Stop(Exception):
            pass

        def first_only(event: object, who: str, **rest: object) -> str:
            if isinstance(event, Endorsement):
                raise Stop
            return accept(event, who, **rest)  # type: ignore[arg-type]

        self.accept = first_only  # type: ignore[method-assign,assignment]
        try:
            super()._found()
        except Stop:
            self.stopped = True
        del self.accept


def test_the_proposer_of_the_charter_is_not_its_second() -> None:
    small = Pending()
    assert small.stopped
    endorsement = Endorsement(subject="charter", endorses=small.charter, occurred_at=small.now())
    small.refused(small.sign(endorsement, "cn"), "endorsed-twice")
    small.advance()
    later = Endorsement(subject="charter", endorses=small.charter, occurred_at=small.now())
    small.refused(small.sign(later, "cn"), "endorsed-twice")
    small.refused(small.sign_event(small.registration()), "key-not-enrolled")
    assert small.taken(small.sign(later, "mx")).index
    small.refused(small.sign(endorsement, "cn"), "endorsed-twice")


def disputed(small: Small) -> tuple[str, str]:
    """A lot handed to two carriers, the second papers entered as a conflict: the lot, and the conflict's id."""
    lot = small.make("T-1", 5)
    first = small.hand_over("maker", "carrier", lot)
    second = small.sign(small.hand_over("maker", "importer", lot, receives_as="consignee"), "maker")
    offer = small.accept(first, "maker")
    small.take(offer, "carrier")

    line = AcceptanceLine(lot=lot, outcome="full", accepted=first.lines[0].quantity)
    reply = Acceptance(answers=parse_statement(second).hex_id, lines=(line,), place=MX, occurred_at=small.now())
    conflict = Conflict(
        lot=lot,
        logged=offer,
        logged_reply=small.last(lot),
        other=base64.b64encode(second).decode(),
        other_reply=base64.b64encode(small.sign(reply, "importer")).decode(),
        occurred_at=small.now(),
    )
    return lot, small.accept(conflict, "importer")


def test_one_officer_is_not_two() -> None:
    """A resolution needs a second officer: the same key, or another authority's, is not one."""
    small = Small()
    lot, conflict = disputed(small)
    assert small.lot(lot)["conflicts"]
    proposal = small.accept(Resolution(lot=lot, conflict=conflict, decision="confirm", occurred_at=small.now()), "cn")
    endorsement = Endorsement(subject=lot, endorses=proposal, occurred_at=small.now())
    small.refused(small.sign(endorsement, "cn"), "threshold")
    small.refused(small.sign(endorsement, "mx"), "authority-scope")
    small.refused(small.sign(endorsement, "maker"), "not-authority")
    assert small.taken(small.sign(endorsement, "cn2")).index
    small.refused(small.sign_event(endorsement.model_dump(exclude_none=True), "cn", subject=lot), "proposal-unknown")
