"""A key's state: one party's, for ever; valid until revoked, by position in the log."""

from __future__ import annotations

from lotchain.core.keys import PublicKey, parse_public_key
from lotchain.custody.case import State


def new_key(party: str, cose: str, holder: str, enrolled_at: int) -> State:
    """A key enrolled for `party` in the batch of `enrolled_at` (ms), held by the role or device `holder`."""
    return {
        "kind": "key",
        "party": party,
        "cose": cose,
        "holder": holder,
        "enrolled_at": enrolled_at,
        "status": "valid",
        "reason": "",
        "revoked_by": "",
        "compromised_since": None,
        "compromise_stated_by": "",
        "endorsed": [],
    }


def public_key(state: State) -> PublicKey:
    """The public key of a key's state."""
    return parse_public_key(bytes.fromhex(state["cose"]))


def revoke(state: State, reason: str, by: str, compromised_since: int | None) -> State:
    """The key revoked by party `by`. A second revocation may only move `compromised_since` earlier: knowledge stays.

    But what another key of the party said, its authority may state anew, later or earlier: or a thief with one of a
    party's keys could put all that its honest keys ever signed in doubt.
    """
    known, stated_by = state["compromised_since"], state["compromise_stated_by"]
    settled = compromised_since is not None and by != state["party"] and stated_by == state["party"]
    if known is not None and not settled and (compromised_since is None or compromised_since >= known):
        compromised_since = known
    elif compromised_since is not None:
        stated_by = by
    return {
        **state,
        "status": "revoked",
        "reason": reason,
        "revoked_by": by,
        "compromised_since": compromised_since,
        "compromise_stated_by": stated_by,
    }


def endorse(state: State, statement: str) -> State:
    """The key with one more statement that its party, or authority, says was honestly signed."""
    return {**state, "endorsed": sorted({*state["endorsed"], statement})}


def may_sign(state: State, statement: str) -> bool:
    """Whether a statement by this key counts at this point of the log."""
    return state["status"] == "valid" or statement in state["endorsed"]
