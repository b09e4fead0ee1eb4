"""A founding authority, or a front of one company, that plays against the others."""

from __future__ import annotations

import pytest
from tests.threats.surroundings import Small

from lotchain.events.accession import Accession
from lotchain.events.endorsement import Endorsement
from lotchain.events.licence_grant import LicenceGrant
from lotchain.signing import SoftwareSigner, proof_of_possession


def accession(small: Small, party: str, seed: bytes) -> Accession:
    signer = SoftwareSigner.from_seed(seed.ljust(32, b"."))
    possession = proof_of_possession(signer, charter=small.audience, party=party).hex()
    return Accession(
        country="TR", party=party, organisation=f"Authority {party}", key=signer.public.cose.hex(),
        possession=possession, occurred_at=small.now(),
    )  # fmt: skip


def test_one_founder_keeps_no_country_out() -> None:
    """Its proposal that nobody endorses does not stand in the way of the one that everybody does."""
    small = Small()
    rogue = small.accept(accession(small, "party:TR-SHILL", b"rogue"), "cn")
    small.refused(small.sign(accession(small, "party:TR-SHILL2", b"rogue 2"), "cn"), "country-taken")
    good = small.accept(accession(small, "party:TR-TITCK", b"good"), "mx")
    small.accept(Endorsement(subject="charter", endorses=good, occurred_at=small.now()), "cn")
    assert small.states["charter"]["authorities"]["TR"] == "party:TR-TITCK"
    assert small.states["charter"]["pending"] == {}
    late = Endorsement(subject="charter", endorses=rogue, occurred_at=small.now())
    small.refused(small.sign(late, "mx"), "proposal-unknown")
    small.refused(small.sign(accession(small, "party:TR-3", b"third"), "mx"), "country-taken")


@pytest.mark.parametrize("written", ["organisation Maker", "Organisation  maker", "ORGANISATION MAKER"])
def test_one_company_written_otherwise_is_not_two(written: str) -> None:
    small = Small()
    grant = LicenceGrant(
        party="party:CN-FRONT", organisation=written, number="1", activities=("transport",), substances=("*",),
        valid_from="1970-01-01T00:00:00Z", occurred_at=small.now(),
    )  # fmt: skip
    small.accept(grant, "cn")
    lot = small.make("F-1", 5)
    small.refused(small.sign(small.hand_over("maker", "party:CN-FRONT", lot), "maker"), "same-party")
