"""The shape of treaty rules as data: conditions, rules, cases, sets. No behaviour.

`lotchain.rules.loading` makes them from JSON and checks them; `lotchain.rules.evaluator` asks them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from lotchain.rules.facts import Value

JURISDICTIONS: Final = {
    "UN": "UN Convention of 1988, article 12", "US": "United States", "EU": "European Union", "MX": "Mexico",
    "CA": "Canada", "CN": "China", "IN": "India",
}  # fmt: skip
"""Those whose rule sets this version knows, and their names."""


class Basis(StrEnum):
    """How well a rule is verified."""

    READ = "V"
    PARTLY = "P"
    MEMORY = "K"


class RuleEffect(StrEnum):
    """What it means that a rule does not hold."""

    BREACH = "breach"
    UNDETERMINED = "undetermined"
    NOTE = "note"


class Gives(StrEnum):
    """How a rule comes out, before its effect: what a case states."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: an operator, and what it asks.

    Attributes:
        op: of the closed list in `lotchain.rules.conditions`.
        fact: the fact that a comparison asks; empty for `all`, `any`, `not`, `applies-when`.
        other: the fact that it is compared with, or empty.
        value: the literal that it is compared with, or None.
        number: days, hours or months of the dated operators.
        parts: inner conditions; of `applies-when` two, when and then.

    """

    op: str
    fact: str = ""
    other: str = ""
    value: Value | None = None
    number: int = 0
    parts: tuple[Condition, ...] = ()

    def facts(self) -> Iterator[str]:
        """Every fact that it asks, in the order of writing, repeated where repeated."""
        if self.fact:
            yield self.fact
        if self.other:
            yield self.other
        for part in self.parts:
            yield from part.facts()


@dataclass(frozen=True, slots=True)
class RuleCase:
    """Facts, and how the rule comes out on them."""

    name: str
    facts: Mapping[str, Value]
    gives: Gives


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        id: unique over all sets; lower case, begins with its jurisdiction: `us-11-notice`.
        obligations: the rows of the obligations list that it states.
        title: a few words.
        citation: instrument and article.
        basis: how well it is verified.
        source: what was read, and by which edition.
        in_force_from: first moment, ms since 1970 UTC; None: no date is known, asked as long as its set is in force.
        in_force_until: first moment at which it no longer is; None: until further notice.
        events: event types, without version, at which it is asked.
        applies: whether it concerns this event at all.
        requires: what must then be so.
        effect: what it means when it is not.
        message: what is wrong then.
        remedy: what to do.
        cases: those that run beside it.

    """

    id: str
    obligations: tuple[str, ...]
    title: str
    citation: str
    basis: Basis
    source: str
    in_force_from: int | None
    in_force_until: int | None
    events: tuple[str, ...]
    applies: Condition
    requires: Condition
    effect: RuleEffect
    message: str
    remedy: str
    cases: tuple[RuleCase, ...]

    def facts(self) -> tuple[str, ...]:
        """Every fact that it asks, each once, in the order of writing."""
        return tuple(dict.fromkeys((*self.applies.facts(), *self.requires.facts())))


@dataclass(frozen=True, slots=True)
class NotExamined:
    """An obligation, or a part of one, that the ledger does not check, and why."""

    obligation: str
    citation: str
    demand: str
    basis: Basis
    reason: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The rules of one jurisdiction, as its authority adopts them.

    Attributes:
        jurisdiction: one of `JURISDICTIONS`.
        edition: the date of the status, `YYYY-MM-DD`.
        title: what it covers, for people.
        note: what its reader must know of how well it is verified.
        rules: by id, in the order of the file.
        not_examined: what it does not check; rules known only from memory are added.
        digest: SHA-256 of the canonical JSON, hexadecimal.
        by_event: the rules asked at each event type.

    """

    jurisdiction: str
    edition: str
    title: str
    note: str
    rules: Mapping[str, Rule]
    not_examined: tuple[NotExamined, ...]
    digest: str
    by_event: Mapping[str, tuple[Rule, ...]] = field(default_factory=dict)
