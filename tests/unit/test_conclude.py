"""What a stolen key signed: `conclude` over every signature of the closure, whatever it was about."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, HOUR, kg
from tests.vectors_build.bundle_bench import (
    LOT,
    Bench,
    played,
)

from lotchain.core.instants import format_instant
from lotchain.events.consignment import Consignment
from lotchain.events.endorsement import Endorsement
from lotchain.events.key_enrolment import KeyEnrolment
from lotchain.events.key_revocation import KeyRevocation
from lotchain.events.licence_grant import LicenceGrant
from lotchain.events.registration import Registration
from lotchain.signing import SoftwareSigner, proof_of_possession
from lotchain.verify.verdict import Verdict

# Keys that were stolen


def revoke(bench: Bench, who: str, by: str, since: int | None) -> None:
    bench.world.accept(
        KeyRevocation(
            key=bench.world.signers[who].public.subject,
            reason="stolen",
            compromised_since=None if since is None else format_instant(since),
            occurred_at=bench.world.now(),
        ),
        by,
    )


def compromised(verdict: Verdict) -> set[str]:
    return {finding.subject for finding in verdict.findings if finding.code == "signed-after-compromise"}


def test_what_a_stolen_key_signed_later_is_undetermined() -> None:
    own = played()
    start = own.world.time
    own.world.advance()
    revoke(own, "carrier", "cn", start - 90 * 60_000)
    verdict = own.verdict(LOT)
    assert compromised(verdict) == {LOT}
    assert (verdict.word, verdict.answers.chain) == ("HOLD", "undetermined")


def test_what_it_signed_before_stands_and_a_lost_key_takes_nothing_back() -> None:
    for since in (None, "now"):
        own = played()
        own.world.advance()
        revoke(own, "carrier", "cn", None if since is None else own.world.time)
        assert own.verdict(LOT).word == "CLEAR"


def test_closed_at_the_very_moment_is_not_older() -> None:
    own = Bench()
    lot = own.world.make("A", 5)
    own.feed()
    at = own.world.time
    own.world.advance()
    revoke(own, "maker", "cn", at)
    assert lot in compromised(own.verdict(lot))
    other = Bench()
    other.world.advance(1000)
    lot = other.world.make("A", 5)
    other.feed()
    other.world.advance()
    revoke(other, "maker", "cn", at + 1001)
    assert compromised(other.verdict(lot)) == set()


def test_an_endorsed_statement_stands() -> None:
    own = played()
    start = own.world.time
    last = own.world.last(LOT)
    own.world.advance()
    revoke(own, "carrier", "cn", start - 90 * 60_000)
    assert compromised(own.verdict(LOT)) == {LOT}
    key = own.world.signers["carrier"].public.subject
    own.world.accept(Endorsement(subject=key, endorses=last, occurred_at=own.world.now()), "cn")
    verdict = own.verdict(LOT)
    assert (verdict.word, compromised(verdict)) == ("CLEAR", set())


def enrol_with(bench: Bench, who: str, signer: SoftwareSigner, by: str, key: str) -> str:
    """Enrol `signer` for a party, signed by the key of the name `key`; the statement's id."""
    world = bench.world
    party = world.party(who)
    possession = proof_of_possession(signer, charter=world.audience, party=party).hex()
    event = KeyEnrolment(
        party=party, key=signer.public.cose.hex(), possession=possession, holder="office", occurred_at=world.now()
    )
    return world.accept(event, by, signer=world.signers[key])


def test_a_stolen_authority_key_that_enrols_a_thief_surfaces() -> None:
    """Neither lot nor party was ever touched by the stolen key: only the thief's key was."""
    own = Bench()
    thief = SoftwareSigner.from_seed(b"thief".ljust(32, b"."))
    stolen_at = own.world.time + HOUR
    own.world.advance(2 * HOUR)
    enrolment = enrol_with(own, "maker", thief, "cn", "cn2")
    own.feed()
    own.world.advance()
    lot = "lot:CN-MAKER/THIEF"
    event = Registration(lot=lot, substance="79099-07-3", name="1-boc-4-piperidone", quantity=kg(5), origin="made",
                         place=CN, occurred_at=own.world.now())  # fmt: skip
    own.world.accept(event, "maker", signer=thief)
    own.feed()
    assert own.verdict(lot).word == "CLEAR"
    own.world.advance()
    revoke(own, "cn2", "cn", stolen_at)
    verdict = own.verdict(lot)
    assert compromised(verdict) == {thief.public.subject}
    assert (verdict.word, verdict.answers.chain) == ("HOLD", "undetermined")
    # If the enrolment was honest after all, the authority says so with another key.
    stolen = own.world.signers["cn2"].public.subject
    own.world.accept(Endorsement(subject=stolen, endorses=enrolment, occurred_at=own.world.now()), "cn")
    assert own.verdict(lot).word == "CLEAR"


def test_a_chain_of_enrolments_surfaces_too() -> None:
    own = Bench()
    first, second = (SoftwareSigner.from_seed(name.ljust(32, b".")) for name in (b"first", b"second"))
    stolen_at = own.world.time + HOUR
    own.world.advance(2 * HOUR)
    enrol_with(own, "maker", first, "cn", "cn2")
    own.world.signers["first"] = first
    enrol_with(own, "maker", second, "maker", "first")
    lot = "lot:CN-MAKER/THIEF"
    event = Registration(lot=lot, substance="79099-07-3", name="1-boc-4-piperidone", quantity=kg(5), origin="made",
                         place=CN, occurred_at=own.world.now())  # fmt: skip
    own.world.accept(event, "maker", signer=second)
    own.feed()
    own.world.advance()
    revoke(own, "cn2", "cn", stolen_at)
    assert compromised(own.verdict(lot)) == {first.public.subject}


def test_a_stolen_authority_key_that_licenses_surfaces() -> None:
    own = played()
    start = own.world.time
    own.world.advance()
    own.world.accept(_grant(own), "cn", signer=own.world.signers["cn2"])
    own.feed()
    own.world.advance()
    revoke(own, "cn2", "cn", start + 1)
    assert "party:CN-TRUCK" in compromised(own.verdict(LOT))


def _grant(bench: Bench) -> Any:
    return LicenceGrant(party="party:CN-TRUCK", organisation="Organisation carrier", number="2", activities=("store",),
                        substances=("*",), valid_from="1970-01-01T00:00:00Z",
                        occurred_at=bench.world.now())  # fmt: skip


def test_the_audit_says_the_same() -> None:
    """`conclude` is one: what the verifier says of keys, the audit of the whole ledger says, too."""
    own = Bench()
    thief = SoftwareSigner.from_seed(b"thief".ljust(32, b"."))
    own.world.advance(2 * HOUR)
    enrol_with(own, "maker", thief, "cn", "cn2")
    own.feed()
    revoke(own, "cn2", "cn", own.world.time - 1)
    own.feed()
    found = {finding.subject for finding in own.rig.audited().concluded if finding.code == "signed-after-compromise"}
    assert thief.public.subject in found


def test_a_founding_authority_s_stolen_key_leaves_the_charter_itself_in_doubt() -> None:
    own = played()
    start = own.world.time
    own.world.advance()
    own.world.accept(
        KeyRevocation(
            key=own.world.signers["mx"].public.subject,
            reason="stolen",
            compromised_since=format_instant(start - 365 * 24 * HOUR),
            occurred_at=own.world.now(),
        ),
        "mx",
        signer=own.world.signers["mx2"],
    )
    verdict = own.verdict(LOT)
    assert "charter" in compromised(verdict)
    assert (verdict.word, verdict.answers.chain) == ("HOLD", "undetermined")


def test_a_consignment_declared_with_a_stolen_key() -> None:
    own = Bench()
    world = own.world
    lot = world.make("A", 5)
    own.feed()
    world.advance()
    since = world.time
    event = Consignment(
        consignment="consignment:CN-MAKER/C1", exporter="party:CN-MAKER", importer="party:MX-IMPORT",
        final=("party:MX-IMPORT",), route=("CNTZU", "MXZLO"), lots=(lot,), mode="sea", occurred_at=world.now(),
    )  # fmt: skip
    world.accept(event, "maker")
    own.feed()
    world.advance()
    revoke(own, "maker", "cn", since)
    assert compromised(own.verdict(lot)) == {lot, "consignment:CN-MAKER/C1"}
