"""What the evaluator answers: one outcome a rule, one for a set, with the facts used and the facts missing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lotchain.rules.rule import Basis, Gives, NotExamined, Rule


class Outcome(StrEnum):
    """How a rule, or a set, came out. Only `NOTE` weighs nothing; `UNDETERMINED` is never a yes."""

    COMPLIANT = "compliant"
    BREACH = "breach"
    UNDETERMINED = "undetermined"
    NOTE = "note"
    NOT_APPLICABLE = "not-applicable"


class Truth(StrEnum):
    """Kleene's three values."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Trace:
    """A condition with its value: what `explain` shows as a tree."""

    text: str
    truth: Truth
    parts: tuple[Trace, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule asked on one set of facts.

    Attributes:
        rule: the rule, with its citation, message and remedy.
        outcome: what it means.
        gives: how it came out before its effect.
        used: facts that it asked and that had a value (or were known to be absent), in the order of asking.
        missing: facts that it asked and nobody told.
        reason: `holds`, `fails`, `facts-missing`, `nothing-to-compare` (a fact known to be absent was compared),
            `time-not-bracketed`, `not-in-force`, `not-applicable`.

    """

    rule: Rule
    outcome: Outcome
    gives: Gives
    used: tuple[str, ...]
    missing: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class SetResult:
    """One rule set asked at one event.

    Attributes:
        jurisdiction: whose set.
        digest: of the set.
        outcome: BREACH when a rule is broken; else UNDETERMINED when one is open; else COMPLIANT when at least one
            counted and held; else NOT_APPLICABLE.
        results: the rules asked at this event that are not out of question, in the order of the set: those that do not
            apply, or are not in force, are left out.
        covers: ids of the rules that were asked, applied and count.
        not_examined: what the set does not check; never empty of what is known only from memory.

    """

    jurisdiction: str
    digest: str
    outcome: Outcome
    results: tuple[RuleResult, ...]
    covers: tuple[str, ...]
    not_examined: tuple[NotExamined, ...]


COUNTING = frozenset({Basis.READ, Basis.PARTLY})
"""The bases that may give compliant or breach."""
