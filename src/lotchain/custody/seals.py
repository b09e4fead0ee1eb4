"""Seals: what was fitted, what was found, and whether a difference reads like a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterable

from lotchain.custody.case import Case, State, bracket
from lotchain.custody.consignments import on_the_way
from lotchain.custody.findings import Answer, Code, Finding, fail, hold, note

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


def compare(
    case: Case, lot: str, state: State, found: Iterable[str], *, followed: int | None = None
) -> tuple[Finding, ...]:
    """Findings about the seals found against those that the signer can have had before it.

    Args:
        case: the statement that tells of the reading.
        lot: whose seals.
        state: the lot before the statement.
        found: the numbers as read.
        followed: bound (ms) of the act that the statement follows or answers; None for an observation, which follows
            nothing.

    """
    found_set = set(found)
    kinds = {_difference(expected, found_set) for expected in met(case, state, followed)}
    return _told(case, lot, state, kinds, found_set)


def cut(
    case: Case, lot: str, state: State, numbers: Iterable[str], *, followed: int | None = None
) -> tuple[Finding, ...]:
    """Findings about seals taken off that the signer cannot have had before it; arguments as for `compare`."""
    taken = set(numbers)
    kinds = {_cut_from(known, taken) for known in met(case, state, followed)}
    return _told(case, lot, state, kinds, taken - set(state["seals"]))


def met(case: Case, state: State, followed: int | None = None) -> tuple[set[str], ...]:
    """The sets of seals that the signer can have had before it: those now fitted; those before an authority's change.

    Log order places an authority's act: it makes nobody's signed paper stale. Whoever is proved to have signed after
    the change has met the new ones.
    """
    before = state["seals_before"]
    if before is None or bracket(case, followed)[0] >= before["changed_at"]:
        return (set(state["seals"]),)
    return (set(state["seals"]), set(before["seals"]))


def _difference(expected: set[str], found: set[str]) -> Code | None:
    missing, extra = expected - found, found - expected
    if not missing and not extra:
        return None
    if len(missing) == len(extra) and all(any(is_misreading(m, e) for e in extra) for m in missing):
        return SEAL_MISREAD
    return SEAL_CHANGED


def _cut_from(known: set[str], taken: set[str]) -> Code | None:
    strange, left = taken - known, known - taken
    if not strange:
        return None
    misread = all(any(is_misreading(number, other) for other in left) for number in strange)
    return SEAL_MISREAD if misread else SEAL_CHANGED


def _told(case: Case, lot: str, state: State, kinds: set[Code | None], found: set[str]) -> tuple[Finding, ...]:
    """The mildest reading counts: what may be honest is not judged as a change."""
    if None in kinds:
        return ()
    kind = SEAL_MISREAD if SEAL_MISREAD in kinds else SEAL_CHANGED
    expected = ", ".join(state["seals"]) or "no seal"
    return (case.finding(kind, lot, expected=expected, found=", ".join(sorted(found)) or "no seal"),)


def changed_by_authority(case: Case, state: State, numbers: Iterable[str]) -> State:
    """The lot with the seals that an authority left on it; those before stay known until the next act or reply.

    An offer is no end of it: its reply may have been signed beside the truck, before the change.
    """
    now = sorted(set(numbers))
    before = state["seals_before"]
    if before is None and now != state["seals"]:
        before = {"seals": state["seals"], "changed_at": case.time}
    return {**state, "seals": now, "seals_before": before}


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
