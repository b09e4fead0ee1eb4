"""What is asked again at the end: duties that can still be done, and law that was adopted late."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lotchain.core.countries import is_country
from lotchain.custody import adoptions
from lotchain.custody import charter as charters
from lotchain.custody.adoptions import Adopted
from lotchain.custody.case import State
from lotchain.custody.findings import Answer, Code, Finding, Weight, hold, note, safe
from lotchain.custody.territory import CONVENTION
from lotchain.custody.treaty_records import Asked, Duty
from lotchain.rules.adopted import AdoptedSet
from lotchain.rules.evaluator import ask_prepared
from lotchain.rules.facts import shown_value
from lotchain.rules.prepared import Prepared, Told
from lotchain.rules.rule import Gives
from lotchain.rules.verdict import Outcome
from lotchain.treaty.facts_filings import LATER, Later
from lotchain.treaty.scene import Scene

LATE_LAW = hold(
    Answer.TREATY,
    "adopted-late",
    "a rule set was adopted after this, and had been the law by then: the statement was judged without it",
    "ask the authority that adopted it late; it may settle what follows from it",
)
"""Its code is told by jurisdiction, as `mx-adopted-late`: whose law it is settles it."""
NOT_ADOPTED = hold(
    Answer.TREATY,
    "rule-set-not-adopted",
    "the law of a country on the lot's way was not adopted on this ledger by then: what it asks was not examined",
    "have that country's authority adopt its rule set",
)
NOT_ON_LEDGER = note(
    Answer.TREATY,
    "country-not-on-ledger",
    "a country on the lot's way has no authority on this ledger: whether it keeps the Convention there is not examined",
    "ask that country's authority",
)
CODES = (LATE_LAW, NOT_ADOPTED, NOT_ON_LEDGER)
KOSOVO = "XK"
"""In UN/LOCODE, and not in ISO 3166-1."""

_WEIGHTS = {Outcome.BREACH: Weight.FAIL, Outcome.UNDETERMINED: Weight.HOLD, Outcome.NOTE: Weight.NOTE}
_COUNTRIES = {"us": "US", "mx": "MX", "ca": "CA", "cn": "CN", "in": "IN"}


def duty(scene: Scene, digest: str, prepared: Prepared, facts: Told, *, sure: bool) -> Duty:
    """What is kept of a rule that a later filing decides; `sure`: whether it surely was in force."""
    settled = tuple([(name, facts[name]) for name in prepared.asks if name not in LATER])
    rule, consignment = prepared.rule.id, scene.consignment_id
    return Duty(scene.subject, scene.case.statement, digest, rule, settled, consignment, scene.offset, sure)


def conclude_duties(
    set_of: Callable[[str], AdoptedSet | None],
    states: Mapping[str, State | None],
    duties: Iterable[Duty],
    as_of: int,
) -> list[Finding]:
    """Each duty at `as_of`: done, still in time (a note), or broken."""
    return [finding for one in duties for finding in _at(set_of, states, one, as_of)[0]]


def duties_done(
    set_of: Callable[[str], AdoptedSet | None],
    states: Mapping[str, State | None],
    duties: Iterable[Duty],
    as_of: int,
) -> tuple[Duty, ...]:
    """The duties that applied and were done by `as_of`."""
    return tuple(one for one in duties if _at(set_of, states, one, as_of)[1])


def _at(
    set_of: Callable[[str], AdoptedSet | None], states: Mapping[str, State | None], one: Duty, as_of: int
) -> tuple[list[Finding], bool]:
    """What is found on a duty, and whether it is done; a set that could not be read left its own finding before."""
    found, state = set_of(one.digest), states.get(one.subject)
    if found is None or state is None:
        return [], False
    return _conclude(one, found, state, states, as_of)


def _conclude(
    one: Duty, found: AdoptedSet, state: State, states: Mapping[str, State | None], as_of: int
) -> tuple[list[Finding], bool]:
    prepared = found.ready.by_id[one.rule]
    rule = prepared.rule
    facts: dict[str, Any] = dict(one.facts)
    consignment = states.get(one.consignment) or {}
    later = Later(
        state.get("filings", {}),
        consignment.get("filings", {}),
        one.statement,
        _COUNTRIES.get(rule.id[:2], ""),
        as_of,
        one.offset,
        found.substances.get(state.get("substance", "")),
    )
    asked = {name: later.value(name) for name in prepared.asks if name in LATER}
    told_now = Told({**facts, **asked})
    result = ask_prepared(prepared, told_now)
    expected = f"{rule.citation}: {rule.title}"
    if result.gives is Gives.HOLDS or (result.gives is Gives.UNKNOWN and prepared.requires(told_now) is True):
        waiting = [name for name in asked if later.waits(name)]
        if not waiting or result.outcome is Outcome.NOTE:
            return [], result.outcome is Outcome.COMPLIANT
        kind = Code(rule.id, Answer.TREATY, Weight.NOTE, "a duty is not done yet, and there is still time", rule.remedy)
        return [Finding(kind, one.subject, one.statement, safe(expected), f"not yet: {', '.join(waiting)}")], False
    if result.outcome is Outcome.NOT_APPLICABLE or (result.outcome is Outcome.NOTE and result.gives is not Gives.FAILS):
        return [], False
    # As at the statement itself: what may not have been in force is no sure breach.
    weight = _WEIGHTS[result.outcome] if one.sure else min(_WEIGHTS[result.outcome], Weight.HOLD)
    kind = Code(rule.id, Answer.TREATY, weight, rule.message, rule.remedy)
    values = "; ".join(f"{name} {shown_value(value)}" for name, value in asked.items())
    missing = [name for name in result.missing if name not in LATER]
    told = f"not known: {', '.join(missing)}" if missing else values
    return [Finding(kind, one.subject, one.statement, safe(expected), safe(told))], False


def conclude_adoptions(states: Mapping[str, State | None], asked: Sequence[Asked]) -> list[Finding]:
    """What was judged without a set: none had been adopted, or the law is older than its adoption."""
    charter = states.get(charters.SUBJECT)
    if charter is None:
        return []
    findings: dict[tuple[str, str, str, str], Finding] = {}
    all_adopted: dict[tuple[str, str], tuple[Adopted, ...]] = {}
    for row in asked:
        law = row.jurisdiction, row.country
        if law not in all_adopted:
            all_adopted[law] = adoptions.adopted(charter, *law)
        rows = all_adopted[law]
        if row.digest and rows and rows[-1].at < row.upper:
            continue  # as mostly: a set was asked, and none was adopted since
        later = _adopted_after(row, rows)
        wanted = f"{row.jurisdiction} as adopted by {row.country}"
        if later:
            newest = later[-1]
            found = f"adopted later: edition {newest.edition}, SHA-256 {newest.digest[:16]}…; " + (
                f"judged by SHA-256 {row.digest[:16]}…" if row.digest else "judged by none"
            )
            findings[row.subject, row.statement, row.jurisdiction, row.country] = Finding(
                LATE_LAW._replace(code=f"{row.jurisdiction.lower()}-{LATE_LAW.code}"),
                row.subject,
                row.statement,
                wanted,
                found,
            )
        elif not row.digest:
            # What is no country's code is no country that may keep the Convention by itself.
            named = row.country in charter["authorities"] or not (is_country(row.country) or row.country == KOSOVO)
            known = row.jurisdiction != CONVENTION or named
            kind = NOT_ADOPTED if known else NOT_ON_LEDGER
            findings[row.subject, "", row.jurisdiction, row.country] = Finding(kind, row.subject, "", wanted, "none")
    return list(findings.values())


def _adopted_after(row: Asked, rows: Sequence[Adopted]) -> list[Adopted]:
    """Other sets that were adopted after a statement and had been the law by then, in log order.

    A batch has one time: what stands behind the set that was asked came after it, also within the batch.
    """
    judged_by = (n for n, found in enumerate(rows) if found.digest == row.digest and found.at <= row.upper)
    place = max(judged_by, default=-1)
    return [
        found
        for found in rows[place + 1 :]
        if found.at >= row.upper and found.since <= row.upper and found.digest != row.digest
    ]
