"""The adopted rule sets of a ledger, asked of every statement after it was accepted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from lotchain.core.ids import country_of as country_of_party
from lotchain.custody import adoptions
from lotchain.custody.adoptions import Adopted
from lotchain.custody.case import Case, State
from lotchain.custody.findings import Answer, Code, Finding, Weight, hold, safe
from lotchain.custody.territory import laws_of, state_of
from lotchain.custody.treaty_records import Asked, Duty, Load, SetCard, TreatyAnswer
from lotchain.errors import Malformed
from lotchain.rules.adopted import AdoptedSet, digest_of, read_adopted
from lotchain.rules.evaluator import ask_event, result_of
from lotchain.rules.facts import shown_value
from lotchain.rules.prepared import Kleene, Prepared, PreparedSet, asking_only, can_be
from lotchain.rules.rule import Rule
from lotchain.rules.verdict import Outcome, RuleResult
from lotchain.treaty import pending
from lotchain.treaty.facts import Answers, is_answered
from lotchain.treaty.facts_filings import LATER
from lotchain.treaty.facts_general import BORDERS, country_of
from lotchain.treaty.scene import PERMIT_EVENTS, TAKEN, Scene

UNREADABLE = hold(
    Answer.TREATY,
    "rule-set-unreadable",
    "a rule set that was in force is not at hand, or cannot be read by this version: what it asks is not known",
    "have the authority's document kept beside the ledger, and read it by a version that knows it",
)
BORDER_UNEXPLAINED = hold(
    Answer.TREATY,
    "border-unexplained",
    "the lot is in a customs territory to which no declared route led it, or left its route there before the end",
    "ask who took it over the border, and under which permits; the authority may settle it",
)
CODES = (UNREADABLE, BORDER_UNEXPLAINED)

Documents = Callable[[str], bytes | None]
"""A document by its digest (hex), or None."""

_MOST_KEPT: Final = 1_000
"""Sets of countries for which the sets in force are remembered."""
_WEIGHTS = {Outcome.BREACH: Weight.FAIL, Outcome.UNDETERMINED: Weight.HOLD, Outcome.NOTE: Weight.NOTE}
_AS: Final = {"witnessed-acceptance": "acceptance"}
"""Event types about which rules ask as about another."""
_ASKED_OF_BORDERS: Final = ("acceptance", "arrival", "hand-over")
"""Event types about which rules ask who let the goods over a border."""


class _InForce(NamedTuple):
    """One document to ask, once, or the lack of one (`digest` empty): for which countries, how they adopted it.

    `found` is None where there is no document, it is not at hand, cannot be read or is not what its adoptions say;
    `within`: those of its rules that can apply where no border is crossed; `sure`: whether it alone was in force over
    the whole interval.
    """

    digest: str
    jurisdiction: str
    countries: tuple[str, ...]
    found: AdoptedSet | None
    within: PreparedSet | None
    complete: bool
    sure: bool


class Books:
    """Documents by digest, each read once.

    Args:
        documents: gives a document's bytes; those of another digest count as not there.

    """

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._read: dict[str, AdoptedSet] = {}
        self._within: dict[str, PreparedSet] = {}
        self._sets: Mapping[str, Any] = {}
        """The charter's `rule_sets` by which `_kept` was made; a state is never changed in place."""
        self._kept: dict[tuple[str, ...], tuple[int, list[_InForce]]] = {}
        """By countries: what is in force from a moment (ms) on, until the charter is another."""

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
            found = found._replace(ready=asking_only(found.ready, partial(_tells, found.jurisdiction)))
            self._read[digest] = found
            self._within[digest] = asking_only(found.ready, _within_borders)
        return found

    def ask(
        self, event: Any, case: Case, after: Mapping[str, State], subjects: Sequence[str], load: Load
    ) -> TreatyAnswer:
        """What the sets in force say of a statement: lots, drawings on permits, licences."""
        findings: list[Finding] = []
        asked: list[Asked] = []
        duties: list[Duty] = []
        for scene, kind in _scenes(event, case, after, subjects, load):
            if scene.after["kind"] == "lot":
                findings += _borders(scene)
            answers = Answers(scene)
            for law in self._in_force(scene):
                self._ask_set(scene, answers, kind, law, (findings, asked, duties))
        return TreatyAnswer(tuple(dict.fromkeys(findings)), tuple(asked), tuple(duties))

    def _in_force(self, scene: Scene) -> list[_InForce]:
        """The documents to ask; remembered, since adoptions are rare and statements are many."""
        if scene.charter["rule_sets"] is not self._sets:
            self._sets, self._kept = scene.charter["rule_sets"], {}
        countries = _countries(scene)
        known = self._kept.get(countries)
        if known is not None and scene.when.lower >= known[0]:
            return known[1]
        found = self._concerned(scene.charter, countries, scene.when.lower, scene.when.upper)
        steady = max(
            (row.since for country in countries for law in laws_of(country)
             for row in adoptions.adopted(scene.charter, law, country)), default=0,
        )  # fmt: skip
        if scene.when.lower >= steady and all(law.found is not None for law in found if law.digest):
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[countries] = steady, found
        return found

    def _concerned(self, charter: State, countries: Iterable[str], lower: int, upper: int) -> list[_InForce]:
        """Each document to ask, once: that of every country's laws that may have been in force in [lower, upper]."""
        groups: dict[tuple[str, str], tuple[list[Adopted], bool]] = {}
        for country in countries:
            for law in laws_of(country):
                rows = adoptions.in_force(charter, law, country, lower, upper)
                begun = bool(rows) and rows[0].since <= lower
                sure = len(rows) == 1 and begun
                if not begun:
                    rows = (Adopted(law, country, "", "", 0, False, None, 0), *rows)
                for row in rows:
                    listed, all_sure = groups.setdefault((law, row.digest), ([], sure))
                    listed.append(row)
                    groups[law, row.digest] = (listed, all_sure and sure)
        return [
            _InForce(
                digest, law, tuple(row.country for row in listed), self._as_adopted(digest, listed),
                self._within.get(digest), all(row.complete for row in listed), sure,
            )
            for (law, digest), (listed, sure) in groups.items()
        ]  # fmt: skip

    def _as_adopted(self, digest: str, rows: Iterable[Adopted]) -> AdoptedSet | None:
        """The document of a digest, if it is what its adoptions say of it."""
        found = self.set_of(digest) if digest else None
        said = {(row.jurisdiction, row.edition) for row in rows}
        return None if found is None or said != {(found.jurisdiction, found.ready.rules.edition)} else found

    def _ask_set(
        self,
        scene: Scene,
        answers: Answers,
        kind: str,
        law: _InForce,
        into: tuple[list[Finding], list[Asked], list[Duty]],
    ) -> None:
        findings, asked, duties = into
        case = scene.case
        held: list[str] = []
        if law.digest and law.found is None:
            findings.append(case.finding(UNREADABLE, scene.subject, found=law.digest))
        ready = None if law.found is None else law.within if scene.no_border else law.found.ready
        if law.found is not None and ready is not None and kind in ready.by_event:
            facts = answers.by(law.found, complete=law.complete)
            for prepared, holds in ask_event(ready, kind, facts):
                if scene.kind == TAKEN and "import_released_at" not in prepared.asks:
                    continue
                outcome = prepared.outcomes[holds]
                if outcome is Outcome.COMPLIANT:
                    held.append(prepared.rule.id)
                    continue
                later = not LATER.keys().isdisjoint(prepared.asks)
                quiet = outcome is Outcome.NOTE and holds is not False and not later
                if quiet or kept(prepared, holds, facts):
                    continue
                sure = law.sure and facts.as_at_border(prepared)
                if later:
                    duties.append(pending.duty(scene, law.digest, prepared, facts, sure=sure))
                else:
                    findings.append(_finding(scene, result_of(prepared, holds, facts), facts, sure))
        rules = tuple(held)
        for country in law.countries:
            asked.append(Asked(scene.subject, case.statement, case.time, law.jurisdiction, country, law.digest, rules))

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
            scene = Scene(event, case, name, state, load)
            asked_as = _AS.get(kind, kind)
            # Who has not got the lot gives rules no reason to ask; which sets there are is kept all the same.
            yield scene, asked_as if scene.has_standing else ""
            if scene.enters and asked_as not in _ASKED_OF_BORDERS:
                yield Scene(event, case, name, state, load, "arrival"), "arrival"
            if scene.ends_unasked:
                yield Scene(event, case, name, state, load, TAKEN), "arrival"
        elif kind == "permit-drawing" and state["kind"] == "consignment":
            yield Scene(event, case, name, state, load), PERMIT_EVENTS[event.found.sort]
        elif state["kind"] == "party" and kind in ("licence-grant", "licence-change"):
            yield Scene(event, case, name, state, load), kind


def _borders(scene: Scene) -> Iterable[Finding]:
    """What is wrong with where the lot is, whatever the rules say."""
    if scene.crossed_unexplained:
        yield scene.case.finding(BORDER_UNEXPLAINED, scene.subject, expected=scene.about["place"]["code"],
                                 found=scene.place[0])  # fmt: skip
    if scene.made_abroad:
        home = country_of_party(scene.case.issuer)
        yield scene.case.finding(BORDER_UNEXPLAINED, scene.subject, expected=f"made in {home}", found=scene.place[0])
    if scene.left_route:
        yield scene.case.finding(BORDER_UNEXPLAINED, scene.subject, expected=f"on to {scene.journey[-1]}",
                                 found=f"{scene.kind} at {scene.place[0]}")  # fmt: skip


def _countries(scene: Scene) -> tuple[str, ...]:
    """Those whose law may concern it: of the place, of where it was before, and of the declared route."""
    found = {country_of(scene)}
    if scene.after["kind"] == "lot":
        found.add(str(scene.about["place"]["code"])[:2])
        if scene.route is not None:
            found |= {scene.route.first, scene.route.last, *scene.route.transit}
    found.discard("")
    return tuple(sorted(set(map(state_of, found))))


def _tells(jurisdiction: str, prepared: Prepared) -> bool:
    """Whether asking a rule can come to anything: a note tells of what is not so, and some facts no ledger knows."""
    if Outcome.COMPLIANT in prepared.outcomes.values() or not LATER.keys().isdisjoint(prepared.asks):
        return True

    def known(name: str) -> bool:
        return is_answered(name, jurisdiction)

    return can_be(prepared.rule.applies, known)[0] and can_be(prepared.rule.requires, known)[1]


def _within_borders(prepared: Prepared) -> bool:
    """Whether a rule can apply where the goods leave, enter and cross no country."""
    applies = prepared.rule.applies
    parts = applies.parts if applies.op == "all" else (applies,)
    return not any(part.op == "contains" and part.fact in BORDERS for part in parts)


def kept(prepared: Prepared, holds: Kleene, facts: Answers) -> bool:
    """Whether what a rule asks is there although it is open whether it is asked: either way nothing is wrong.

    The rule does not count as held: a verdict covers only what surely was asked for.
    """
    return holds is None and prepared.requires(facts) is True


def _finding(scene: Scene, result: RuleResult, facts: Answers, sure: bool) -> Finding:
    weight = _WEIGHTS[result.outcome]
    # What one of two editions forbids, or what was forbidden only after the goods had crossed, is no sure breach.
    weight = min(weight, Weight.HOLD) if not sure else weight
    return scene.case.finding(code_of(result.rule, weight), scene.subject,
                              expected=f"{result.rule.citation}: {result.rule.title}",
                              found=told(result, facts))  # fmt: skip


def code_of(rule: Rule, weight: Weight) -> Code:
    """A rule as a finding's kind: its id is the code, its text is the data's."""
    return Code(rule.id, Answer.TREATY, weight, rule.message, rule.remedy)


def told(result: RuleResult, facts: Mapping[str, Any]) -> str:
    """What was found: what nobody told, else the values that the rule met."""
    if result.missing:
        return safe(f"not known: {', '.join(result.missing)}")
    required = dict.fromkeys(result.rule.requires.facts())
    return safe("; ".join(f"{name} {shown_value(facts[name])}" for name in required))
