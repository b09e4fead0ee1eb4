"""The adopted rule sets of a ledger, asked of every statement after it was accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from lotchain.custody import adoptions
from lotchain.custody.adoptions import Adopted
from lotchain.custody.case import Case, State
from lotchain.custody.findings import Answer, Code, Finding, Weight, hold, safe
from lotchain.custody.territory import laws_of
from lotchain.custody.treaty_records import Asked, Duty, Load, SetCard, TreatyAnswer
from lotchain.errors import Malformed
from lotchain.rules.adopted import AdoptedSet, digest_of, read_adopted
from lotchain.rules.evaluator import ask_set, truth
from lotchain.rules.facts import shown_value
from lotchain.rules.rule import Gives, Rule
from lotchain.rules.verdict import Outcome, RuleResult
from lotchain.treaty import pending
from lotchain.treaty.facts import SceneAnswers, SetAnswers
from lotchain.treaty.facts_filings import LATER
from lotchain.treaty.facts_general import country_of
from lotchain.treaty.scene import PERMIT_EVENTS, Scene

UNREADABLE = hold(
    Answer.TREATY,
    "rule-set-unreadable",
    "a rule set that was in force is not at hand, or cannot be read by this version: what it asks is not known",
    "have the authority's document kept beside the ledger, and read it by a version that knows it",
)
CODES = (UNREADABLE,)

Documents = Callable[[str], bytes | None]
"""A document by its digest (hex), or None."""

_WEIGHTS = {Outcome.BREACH: Weight.FAIL, Outcome.UNDETERMINED: Weight.HOLD, Outcome.NOTE: Weight.NOTE}


class Books:
    """Documents by digest, each read once.

    Args:
        documents: gives a document's bytes; those of another digest count as not there.

    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._read: dict[str, AdoptedSet] = {}

    def set_of(self, digest: str) -> AdoptedSet | None:
        """An adopted set, or None where it is not at hand or cannot be read."""
        found = self._read.get(digest)
        if found is None:
            data = self._documents(digest)
            if data is None or digest_of(data) != digest:
                return None
            try:
                found = read_adopted(data)
            except Malformed:
                return None
            self._read[digest] = found
        return found

    def ask(
        self, event: Any, case: Case, after: Mapping[str, State], subjects: Sequence[str], load: Load
    ) -> TreatyAnswer:
        """What the sets in force say of a statement: lots, drawings on permits, licences."""
        findings: list[Finding] = []
        asked: list[Asked] = []
        duties: list[Duty] = []
        for scene, kind in _scenes(event, case, after, subjects, load):
            answers = SceneAnswers(scene)
            for digest, rows, sure in _concerned(scene):
                self._ask_set(answers, kind, digest, rows, sure, (findings, asked, duties))
        return TreatyAnswer(tuple(findings), tuple(asked), tuple(duties))

    def _ask_set(
        self,
        answers: SceneAnswers,
        kind: str,
        digest: str,
        rows: Sequence[Adopted],
        sure: bool,
        into: tuple[list[Finding], list[Asked], list[Duty]],
    ) -> None:
        findings, asked, duties = into
        scene, case = answers.scene, answers.scene.case
        found = self.set_of(digest) if digest else None
        held: tuple[str, ...] = ()
        if found is not None and any(
            (row.jurisdiction, row.edition) != (found.jurisdiction, found.ready.rules.edition) for row in rows
        ):
            found = None  # a document that is not what its adoption says of it
        if digest and found is None:
            findings.append(case.finding(UNREADABLE, scene.subject, found=digest))
        elif found is not None:
            facts = SetAnswers(answers, found, complete=all(row.complete for row in rows))
            result = ask_set(found.ready, kind, facts)
            for one in result.results:
                if kept(one, facts):
                    continue
                if _waits(one):
                    duties.append(pending.duty(scene, digest, one, facts))
                else:
                    findings += _finding(scene, one, facts, sure)
            held = tuple(one.rule.id for one in result.results if one.outcome is Outcome.COMPLIANT)
        asked += [
            Asked(scene.subject, case.statement, case.time, row.jurisdiction, row.country, digest, held) for row in rows
        ]

    def describe(self, digest: str) -> SetCard | None:
        """An adopted set for people, or None where it is not at hand."""
        found = self.set_of(digest)
        if found is None:
            return None
        rules = found.ready.rules
        gaps = tuple(
            (gap.obligation, gap.citation, gap.demand, gap.basis.value, gap.reason) for gap in found.ready.not_examined
        )
        return SetCard(rules.jurisdiction, rules.edition, rules.title, digest, gaps)

    def done(self, states: Mapping[str, State | None], duties: Sequence[Duty], as_of: int) -> tuple[Duty, ...]:
        """The duties that applied and were done by `as_of` (ms)."""
        return pending.duties_done(self.set_of, states, duties, as_of)

    def conclude(
        self, states: Mapping[str, State | None], asked: Sequence[Asked], duties: Sequence[Duty], as_of: int
    ) -> tuple[Finding, ...]:
        """What the duties and late adoptions come to at `as_of` (ms)."""
        findings = pending.conclude_duties(self.set_of, states, duties, as_of)
        return (*findings, *pending.conclude_adoptions(states, asked))


def _scenes(
    event: Any, case: Case, after: Mapping[str, State], subjects: Sequence[str], load: Load
) -> Iterable[tuple[Scene, str]]:
    """The subjects that rules ask about, and the event type under which they ask."""
    kind = str(event.type).partition("/")[0]
    examined = (*subjects, *(name for name in event.creates() if case.knows(name) and name not in subjects))
    for name in examined:
        state = after.get(name)
        if state is None:
            continue
        if state["kind"] == "lot":
            yield Scene(event, case, name, state, load), kind
        elif kind == "permit-drawing" and state["kind"] == "consignment":
            yield Scene(event, case, name, state, load), PERMIT_EVENTS[event.found.sort]
        elif state["kind"] == "party" and kind in ("licence-grant", "licence-change"):
            yield Scene(event, case, name, state, load), kind


def _concerned(scene: Scene) -> Iterable[tuple[str, list[Adopted], bool]]:
    """Each set to ask, once: its digest ("" where a country has none), for whom, and whether it surely was in force."""
    groups: dict[tuple[str, str], tuple[list[Adopted], bool]] = {}
    for country in _countries(scene):
        for law in laws_of(country):
            rows = adoptions.in_force(scene.charter, law, country, scene.when.lower, scene.when.upper)
            begun = bool(rows) and rows[0].since <= scene.when.lower
            sure = len(rows) == 1 and begun
            if not begun:
                rows = (Adopted(law, country, "", "", 0, False, None, 0), *rows)
            for row in rows:
                listed, all_sure = groups.setdefault((law, row.digest), ([], sure))
                listed.append(row)
                groups[law, row.digest] = (listed, all_sure and sure)
    for (_, digest), (listed, sure) in groups.items():
        yield digest, listed, sure


def _countries(scene: Scene) -> list[str]:
    """Those whose law may concern it: of the place, of where it was before, and of the declared route."""
    found = {country_of(scene)}
    if scene.after["kind"] == "lot":
        found.add(str(scene.about["place"]["code"])[:2])
    if scene.after["kind"] == "lot" and scene.route is not None:
        found |= {scene.route.first, scene.route.last, *scene.route.transit}
    return sorted(country for country in found if country)


def kept(result: RuleResult, facts: Mapping[str, Any]) -> bool:
    """Whether what a rule asks is there although it is open whether it is asked: either way nothing is wrong.

    The rule does not count as held: a verdict covers only what surely was asked for.
    """
    return result.gives is Gives.UNKNOWN and truth(result.rule.requires, facts) is True


def _waits(result: RuleResult) -> bool:
    """Whether what a later filing tells decides it."""
    if result.outcome in (Outcome.COMPLIANT, Outcome.NOT_APPLICABLE):
        return False
    return any(name in LATER for name in (*result.missing, *result.used))


def _finding(scene: Scene, result: RuleResult, facts: SetAnswers, sure: bool) -> list[Finding]:
    if result.outcome is Outcome.COMPLIANT or (result.outcome is Outcome.NOTE and result.gives is not Gives.FAILS):
        return []
    weight = _WEIGHTS[result.outcome]
    # Two editions may have been in force: what one of them forbids is no sure breach.
    weight = min(weight, Weight.HOLD) if not sure else weight
    return [scene.case.finding(code_of(result.rule, weight), scene.subject,
                               expected=f"{result.rule.citation}: {result.rule.title}",
                               found=told(result, facts))]  # fmt: skip


def code_of(rule: Rule, weight: Weight) -> Code:
    """A rule as a finding's kind: its id is the code, its text is the data's."""
    return Code(rule.id, Answer.TREATY, weight, rule.message, rule.remedy)


def told(result: RuleResult, facts: Mapping[str, Any]) -> str:
    """What was found: what nobody told, else the values that the rule met."""
    if result.missing:
        return safe(f"not known: {', '.join(result.missing)}")
    required = dict.fromkeys(result.rule.requires.facts())
    return safe("; ".join(f"{name} {shown_value(facts[name])}" for name in required))
