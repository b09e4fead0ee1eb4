"""Findings: every fault, doubt and remark that the judge or the verifier reports, as values.

A `Code` is declared once, beside the rule that raises it, and says which of the verdict's answers it weighs on and
how much. A `Finding` is one occurrence. Nothing is decided by the words: only by answer and weight.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import NamedTuple

from lotchain.errors import shown


class Answer(StrEnum):
    """The separate answers of a verdict."""

    CHAIN = "chain"
    QUANTITY = "quantity"
    TREATY = "treaty"
    WHEREABOUTS = "whereabouts"
    COMPLETENESS = "completeness"
    GOODS = "goods"


class Weight(IntEnum):
    """How much a finding weighs: the worst one decides the answer."""

    NOTE = 0
    HOLD = 1
    FAIL = 2


class Code(NamedTuple):
    """One kind of finding.

    `refuses` marks what an append does not take (steps 1–6 of the judge); found in a log that already holds it, it
    weighs FAIL, since an honest ledger could not have taken it. `retryable` tells *unknown yet* from *never*.
    """

    code: str
    answer: Answer
    weight: Weight
    sentence: str
    remedy: str
    refuses: bool = False
    retryable: bool = False


class Finding(NamedTuple):
    """One occurrence of a code, on one subject and (mostly) one statement."""

    kind: Code
    subject: str
    statement: str = ""
    expected: str = ""
    found: str = ""

    @property
    def code(self) -> str:
        """The stable code."""
        return self.kind.code

    def as_json(self) -> dict[str, str]:
        """All members as text, for machines; empty ones are left out."""
        members = {
            "code": self.kind.code,
            "answer": self.kind.answer.value,
            "weight": self.kind.weight.name.lower(),
            "subject": self.subject,
            "statement": self.statement,
            "what": self.kind.sentence,
            "expected": self.expected,
            "found": self.found,
            "remedy": self.kind.remedy,
        }
        return {name: value for name, value in members.items() if value}

    def sort_key(self) -> tuple[int, str, str, str, str, str]:
        """Worst first, then by place: one order for every caller."""
        return (
            -int(self.kind.weight),
            self.kind.code,
            self.subject,
            self.statement,
            self.expected,
            self.found,
        )


def refusal(code: str, sentence: str, remedy: str, *, retryable: bool = False, answer: Answer = Answer.CHAIN) -> Code:
    """A code that an append refuses."""
    return Code(code, answer, Weight.FAIL, sentence, remedy, refuses=True, retryable=retryable)


def fail(answer: Answer, code: str, sentence: str, remedy: str) -> Code:
    """A recorded fact that breaks the answer."""
    return Code(code, answer, Weight.FAIL, sentence, remedy)


def hold(answer: Answer, code: str, sentence: str, remedy: str) -> Code:
    """A recorded fact that leaves the answer open."""
    return Code(code, answer, Weight.HOLD, sentence, remedy)


def note(answer: Answer, code: str, sentence: str, remedy: str) -> Code:
    """A recorded fact worth reading that changes no answer."""
    return Code(code, answer, Weight.NOTE, sentence, remedy)


def safe(value: object) -> str:
    """A value from a statement, made safe to print in a finding."""
    return shown(value)
