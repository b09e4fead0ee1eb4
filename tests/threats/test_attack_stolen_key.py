"""One stolen key of a party turned against its honest ones: revoked by the thief, said to be compromised for ever."""

from __future__ import annotations

from tests.threats.surroundings import Small
from tests.unit.world import DAY, HOUR

from lotchain.core.instants import format_instant
from lotchain.events.key_revocation import KeyRevocation
from lotchain.signing import SoftwareSigner


def two_keys(small: Small) -> tuple[SoftwareSigner, str]:
    """A second key of the maker, which is then stolen, and a lot that the first one signed honestly."""
    stolen = SoftwareSigner.from_seed(b"stolen".ljust(32, b"."))
    small.enrol("maker", stolen)
    lot = small.make("H-1", 10)
    small.advance(DAY)
    assert small.verdict(small.bundle(lot)).word == "CLEAR"
    return stolen, lot


def revoke(small: Small, key: SoftwareSigner, by: str, since: str | None, signer: SoftwareSigner | None = None) -> None:
    event = KeyRevocation(
        key=key.public.subject, reason="compromised", compromised_since=since, occurred_at=small.now()
    )
    small.accept(event, by, signer=signer)


def test_the_authority_sets_right_what_a_thief_said_of_the_honest_key() -> None:
    """One statement by the authority, not one for every lot that the party ever signed."""
    small = Small()
    stolen, lot = two_keys(small)
    honest = small.signers["maker"]
    revoke(small, honest, "maker", "1970-01-01T00:00:00Z", signer=stolen)
    assert small.verdict(small.bundle(lot)).word == "HOLD"
    small.advance(HOUR)
    revoke(small, honest, "cn", small.later(-2 * HOUR))
    assert small.verdict(small.bundle(lot)).word == "CLEAR"


def test_no_other_key_of_the_party_can_then_say_less_and_the_authority_itself_only_more() -> None:
    small = Small()
    stolen, lot = two_keys(small)
    honest = small.signers["maker"]
    key = honest.public.subject
    revoke(small, honest, "cn", small.later(-DAY))
    at = small.time
    for by, since, kept, signer in (
        ("maker", at - HOUR, at - DAY, stolen),
        ("cn", at - HOUR, at - DAY, None),
        ("cn", None, at - DAY, None),
        ("maker", at - 3 * DAY, at - 3 * DAY, stolen),
        ("maker", None, at - 3 * DAY, stolen),
        ("cn", None, at - 3 * DAY, None),
        ("cn", at - HOUR, at - HOUR, None),
        ("cn", at - 2 * HOUR, at - 2 * HOUR, None),
    ):
        small.advance(1000)
        revoke(small, honest, by, None if since is None else format_instant(since), signer)
        assert small.states[key]["compromised_since"] == kept
    assert small.verdict(small.bundle(lot)).word == "CLEAR"


def test_of_an_authoritys_own_keys_the_moment_only_moves_earlier() -> None:
    small = Small()
    second = small.signers["cn2"]
    for since in (small.later(-DAY), small.later(-HOUR)):
        revoke(small, second, "cn", since)
        assert small.states[second.public.subject]["compromised_since"] == small.time - DAY
