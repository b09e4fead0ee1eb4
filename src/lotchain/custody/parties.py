"""A party's state: the organisation behind it and the licences that its national authority gave it."""

from __future__ import annotations

from enum import Enum

from lotchain.custody.case import State

ACTIVITIES = ("manufacture", "distribute", "transport", "store", "import", "export", "use")
ANY_SUBSTANCE = "*"


class InForce(Enum):
    """Whether a licence was in force over a proven interval."""

    YES = "in force"
    NO = "not in force"
    UNBRACKETED = "time not bracketed"
    NONE = "no such licence"


def new_party(party: str, organisation: str, role: str) -> State:
    """A party as its authority first names it; `role` is `authority` or `operator`."""
    return {"kind": "party", "party": party, "organisation": organisation, "role": role, "licences": {}}


def with_licence(state: State, number: str, licence: State) -> State:
    """The party with a licence added or replaced."""
    return {**state, "licences": {**state["licences"], number: licence}}


def licence(
    activities: tuple[str, ...],
    substances: tuple[str, ...],
    valid_from: int,
    valid_until: int | None,
    by: str,
    sites: tuple[str, ...] = (),
) -> State:
    """A licence's record: instants in ms, `valid_until` exclusive; `sites` only where it names any."""
    record: State = {
        "activities": sorted(activities),
        "substances": sorted(substances),
        "from": valid_from,
        "until": valid_until,
        "status": "in-force",
        "by": by,
    }
    return record | {"sites": sorted(set(sites))} if sites else record


def licensed(state: State | None, activity: str, substance: str, lower: int, upper: int) -> InForce:
    """Whether some licence for `activity` with `substance` was in force over all of [lower, upper] (ms).

    Suspension and revocation count by position in the log, so the status is the state's own; the dates are judged
    over the interval: inside throughout is YES, outside throughout NO, partly inside UNBRACKETED. The end of
    validity is exclusive.
    """
    best = InForce.NONE
    for record in (state or {"licences": {}})["licences"].values():
        if activity not in record["activities"]:
            continue
        if ANY_SUBSTANCE not in record["substances"] and substance not in record["substances"]:
            continue
        answer = InForce.NO
        if record["status"] == "in-force":
            until = record["until"]
            if lower >= record["from"] and (until is None or upper < until):
                return InForce.YES
            if upper >= record["from"] and (until is None or lower < until):
                answer = InForce.UNBRACKETED
        if best is InForce.NONE or answer is InForce.UNBRACKETED:
            best = answer
    return best


def same_organisation(a: State | None, b: State | None) -> bool:
    """Whether two party records are one organisation: two signatures of it are no transfer.

    Small and capital ASCII letters and the width of spaces make no other organisation of it.
    """
    return a is not None and b is not None and _plain(a["organisation"]) == _plain(b["organisation"])


def _plain(organisation: str) -> str:
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in " ".join(organisation.split()))
