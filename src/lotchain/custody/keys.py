"""A key's state: one party's, for ever; valid until revoked, by position in the log."""

from __future__ import annotations

from lotchain.core.keys import PublicKey, parse_public_key
from lotchain.custody.case import State


def new_key(party: str, cose: str, holder: str) -> State:
    """A key just enrolled for `party`, held by the role or device `holder`."""
    return {
        "kind": "key",
        "party": party,
        "cose": cose,
        "holder": holder,
        "status": "valid",
        "reason": "",
        "revoked_by": "",
        "compromised_since": None,
        "endorsed": [],
    }


def public_key(state: State) -> PublicKey:
    """The public key of a key's state."""
    return parse_public_key(bytes.fromhex(state["cose"]))


def revoke(state: State, reason: str, by: str, compromised_since: int | None) -> State:
    """The key revoked. A second revocation may only move `compromised_since` earlier: knowledge is never lost."""
    known = state["compromised_since"]
    if known is not None and (compromised_since is None or compromised_since > known):
        compromised_since = known
    return {
        **state,
        "status": "revoked",
        "reason": reason,
        "revoked_by": by,
        "compromised_since": compromised_since,
    }


def endorse(state: State, statement: str) -> State:
    """The key with one more statement that its party, or authority, says was honestly signed."""
    return {**state, "endorsed": sorted({*state["endorsed"], statement})}


def may_sign(state: State, statement: str) -> bool:
    """Whether a statement by this key counts at this point of the log."""
    return state["status"] == "valid" or statement in state["endorsed"]
