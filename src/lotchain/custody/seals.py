"""Seals: what was fitted, what was found, and whether a difference reads like a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterable

from lotchain.custody.case import Case, State, bracket
from lotchain.custody.consignments import on_the_way
from lotchain.custody.findings import Answer, Finding, fail, hold, note

SEAL_CHANGED = fail(
    Answer.CHAIN,
    "seal-changed",
    "other seals were found than the ledger says are fitted, and nobody recorded a change",
    "stop the goods; have an inspector open, count and weigh, and record it",
)
SEAL_MISREAD = note(
    Answer.CHAIN,
    "seal-misread",
    "a seal number differs by two swapped characters or one character: a slip of the pen, or a look-alike seal",
    "read the seal again and record a seal check",
)
SEAL_NOT_CHECKED = note(
    Answer.CHAIN,
    "seal-not-checked",
    "the lot is sealed and the receiver did not say which seals were found",
    "state the seals found in every reply",
)
SEALS_LEFT = note(
    Answer.CHAIN,
    "seals-left",
    "the custodian opened the lot's seals by repacking, dividing or merging it",
    "nothing where the custodian says so itself; seals found later are new ones",
)
SEALS_OPENED = hold(
    Answer.CHAIN,
    "seals-opened-on-the-way",
    "a party that has the lot for others repacked, divided or merged it under its seals, and reported nothing",
    "have an inspector open, count and weigh, and record it; broken seals are reported before anything is repacked",
)
LEFT_CODES = (SEALS_LEFT, SEALS_OPENED)
CODES = (SEAL_CHANGED, SEAL_MISREAD, SEAL_NOT_CHECKED)


def is_misreading(a: str, b: str) -> bool:
    """Whether two numbers of one length differ by one character, or by two neighbours swapped."""
    if len(a) != len(b):
        return False
    differing = [i for i in range(len(a)) if a[i] != b[i]]
    if len(differing) == 1:
        return True
    if len(differing) != 2:
        return False
    first, second = differing
    return second == first + 1 and a[first] == b[second] and a[second] == b[first]


def compare(case: Case, lot: str, state: State, found: Iterable[str]) -> tuple[Finding, ...]:
    """Findings about the seals found against those that the state says are fitted."""
    expected_set, found_set = set(state["seals"]), set(found)
    if expected_set == found_set or _read_before(case, state, found_set):
        return ()
    missing, extra = sorted(expected_set - found_set), sorted(found_set - expected_set)
    kind = SEAL_CHANGED
    if len(missing) == len(extra) and all(any(is_misreading(m, e) for e in extra) for m in missing):
        kind = SEAL_MISREAD
    return (
        case.finding(
            kind,
            lot,
            expected=", ".join(sorted(expected_set)) or "no seal",
            found=", ".join(sorted(found_set)) or "no seal",
        ),
    )


def _read_before(case: Case, state: State, found: set[str]) -> bool:
    """Whether the seals are those that were fitted before an authority changed them, read before that.

    Log order places an authority's act: it makes nobody's signed paper stale. Whoever is proved to have signed after
    the change has read the new ones.
    """
    before = state["seals_before"]
    return (
        before is not None and found == set(before["seals"]) and bracket(case, state["bound"])[0] < before["changed_at"]
    )


def changed_by_authority(case: Case, state: State, numbers: Iterable[str]) -> State:
    """The lot with the seals that an authority left on it; those before stay known until the next act or reply."""
    now = sorted(set(numbers))
    before = state["seals_before"]
    if before is None and now != state["seals"]:
        before = {"seals": state["seals"], "changed_at": case.time}
    return {**state, "seals": now, "seals_before": before}


def cut(case: Case, lot: str, state: State, numbers: Iterable[str]) -> tuple[Finding, ...]:
    """Findings about seals taken off that the state does not know as fitted."""
    known, taken = set(state["seals"]), set(numbers)
    strange = sorted(taken - known)
    if not strange:
        return ()
    left = known - taken
    misread = all(any(is_misreading(number, other) for other in left) for number in strange)
    kind = SEAL_MISREAD if misread else SEAL_CHANGED
    return (case.finding(kind, lot, expected=", ".join(sorted(known)) or "no seal", found=", ".join(strange)),)


def fitted(state: State, numbers: Iterable[str]) -> State:
    """The lot with more seals on it."""
    return {**state, "seals": sorted({*state["seals"], *numbers})}


def removed(state: State, numbers: Iterable[str]) -> State:
    """The lot with seals taken off."""
    return {**state, "seals": sorted(set(state["seals"]) - set(numbers))}


def seals_left(case: Case, lot: str, state: State) -> tuple[Finding, ...]:
    """A finding when an act opened the seals that the ledger says are fitted: a note by those whose goods they are."""
    if not state["seals"]:
        return ()
    kind = SEALS_OPENED if on_the_way(case, state) else SEALS_LEFT
    return (case.finding(kind, lot, found=", ".join(state["seals"])),)
