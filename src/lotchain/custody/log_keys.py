"""The keys that a log's checkpoints are signed by, as its founding authorities list them in the charter's state.

There is no list until one was agreed on: a log's first keys stand in trust policies alone. Trust in a key always comes
from a policy; the list keeps an operator from changing keys by itself (`specs/decisions/0012`).
"""

from __future__ import annotations

from lotchain.custody.case import State

MEMBER = "log_keys"
_NOTHING: State = {"keys": [], "by": None, "at": None, "pending": {}}


def listed(charter: State | None) -> tuple[str, ...]:
    """Digests (`VerifierKey.digest`) of the keys in force, sorted; empty while none were listed."""
    return tuple(charter[MEMBER]["keys"]) if charter is not None and MEMBER in charter else ()


def waiting(charter: State, proposal: str) -> State | None:
    """A proposed list that waits under this statement's id: `keys`, `first` and `endorsed`; or None."""
    found: State | None = charter[MEMBER]["pending"].get(proposal) if MEMBER in charter else None
    return found


def propose(charter: State, proposal: str, keys: list[str], by: str, at: int) -> State:
    """The charter with a list proposed by root party `by`, in place of one that it proposed before.

    Args:
        charter: its state before.
        proposal: the statement's id.
        keys: digests, sorted.
        by: who proposes, and so stands behind it.
        at: the batch's time, ms; when it took effect, if it does at once.

    """
    before = charter.get(MEMBER, _NOTHING)
    others = {name: entry for name, entry in before["pending"].items() if entry["first"] != by}
    entry = {"keys": keys, "first": by, "endorsed": [by]}
    return _settled(charter, {**before, "pending": {**others, proposal: entry}}, proposal, at)


def endorse(charter: State, proposal: str, by: str, at: int) -> State:
    """One more founding authority behind a proposed list; effect at the threshold."""
    before = charter[MEMBER]
    entry = before["pending"][proposal]
    entry = {**entry, "endorsed": sorted({*entry["endorsed"], by})}
    return _settled(charter, {**before, "pending": {**before["pending"], proposal: entry}}, proposal, at)


def _settled(charter: State, record: State, proposal: str, at: int) -> State:
    entry = record["pending"][proposal]
    if len(entry["endorsed"]) >= int(charter["threshold"]):
        # Other proposals fall with it: they were made against another list.
        record = {"keys": entry["keys"], "by": proposal, "at": at, "pending": {}}
    return {**charter, MEMBER: record}
