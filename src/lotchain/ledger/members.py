"""Whose keys open the log's private side: those that are enrolled on it, as it stands now.

Newest states are read, published or not: a revocation bites from the moment that it is on the ledger.
"""

from __future__ import annotations

from typing import NamedTuple

from lotchain.core import canonical_json
from lotchain.core.ids import kind_of
from lotchain.core.keys import PublicKey
from lotchain.custody.keys import public_key
from lotchain.errors import Malformed
from lotchain.ledger.reader import Reader, corrupt

_MAX_STATE = 1_000_000


class MemberKey(NamedTuple):
    """An enrolled key: the key itself, its party, and whether it may still speak for it."""

    key: PublicKey
    party: str
    valid: bool


def member_key(reader: Reader, subject: str) -> MemberKey | None:
    """The enrolled key of this name, `key:<thumbprint>`, or None where the ledger knows none.

    Raises:
        StoreError: those of the store; `store-corrupt`, where the stored state is no key's.

    """
    try:
        if kind_of(subject) != "key":
            return None
    except Malformed:
        return None
    row = reader.newest_row(subject)
    if row is None:
        return None
    try:
        state = canonical_json.decode(row.state, max_bytes=_MAX_STATE, what="state")
        key = public_key(state)
        found = MemberKey(key, str(state["party"]), state["status"] == "valid")
    except (Malformed, KeyError, TypeError, ValueError) as fault:
        raise corrupt(f"the state of {subject} is no key's") from fault
    if key.subject != subject:
        raise corrupt(f"{subject} holds another key")
    return found
