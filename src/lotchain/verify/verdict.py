"""The verdict: separate answers, one word, every finding. It is never a bare boolean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn

from lotchain.core.instants import format_instant, format_local, parse_offset
from lotchain.custody.case import State
from lotchain.custody.conclusion import account_lines
from lotchain.custody.findings import Answer, Finding, Weight
from lotchain.errors import LotchainError
from lotchain.events.event import Card
from lotchain.verify.treaty_answer import NOTHING_ASKED, TreatyCard

EXIT_CODES = {"CLEAR": 0, "FAIL": 1, "HOLD": 3}
WORDS = {Weight.NOTE: "CLEAR", Weight.HOLD: "HOLD", Weight.FAIL: "FAIL"}

NOT_PROVED = (
    "goods that never entered the ledger",
    "a false weight that two colluding handlers both signed",
    "what happened after the moment named as of",
    "a closing time set back while every witness was cut off at once",
    "a revocation that the operator delays",
)
"""What no verdict proves; said beside every one."""


class NotClear(LotchainError):
    """Raised by `Verdict.require`: the verdict is not CLEAR."""


class Step(NamedTuple):
    """One statement of the custody timeline, for people.

    It was signed between `signed_after`, the closing time (ms) of the newest checkpoint that it is proved to have been
    signed after (None: nothing shows that), and `entered_at`, the closing time of its own batch.
    """

    entry: int
    statement: str
    issuer: str
    entered_at: int
    occurred_at: int
    place: str
    offset: str
    card: Card
    signed_after: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The step for machines; `local` by the clock of its place, null where none is declared."""
        shown = {
            "index": self.entry,
            "statement": self.statement,
            "issuer": self.issuer,
            "event": self.card.title,
            "sentence": self.card.sentence,
            "occurred_at": format_instant(self.occurred_at),
            "entered_at": format_instant(self.entered_at),
            "signed_after": None if self.signed_after is None else format_instant(self.signed_after),
            "signed_before": format_instant(self.entered_at),
            "place": self.place,
        }
        return shown | {"local": self._local()}

    def _local(self) -> dict[str, str | None] | None:
        if not self.offset:
            return None
        offset = parse_offset(self.offset)
        return {
            "occurred_at": format_local(self.occurred_at, offset),
            "signed_after": None if self.signed_after is None else format_local(self.signed_after, offset),
            "signed_before": format_local(self.entered_at, offset),
        }


class Answers(NamedTuple):
    """One text an answer, as the protocol's table names them."""

    chain: str
    quantity: str
    treaty: str
    whereabouts: str
    completeness: str
    goods: str

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Label and value, in the order in which people read them."""
        return (
            ("Chain", self.chain),
            ("Quantity", self.quantity),
            ("Treaty", self.treaty),
            ("Whereabouts", self.whereabouts),
            ("Completeness", self.completeness),
            ("Goods", self.goods),
        )


_NONE: Mapping[str, Any] = MappingProxyType({})


class Verdict(NamedTuple):
    """What one bundle proves under one policy at one moment.

    `refused` means that the file does not prove what it holds: then the word is FAIL and no answer is given.
    `by_statement` holds the judge's findings statement by statement (hex id), for comparison with an audit.
    `openings` holds opened hidden fields by digest (hex); the cards of `steps` show them already. `treaty_required`
    says whether the policy lets the treaty answer count towards the word.
    """

    lot: str
    word: str
    answers: Answers
    findings: tuple[Finding, ...]
    refused: bool
    origin: str
    size: int
    as_of: int | None
    state: State | None
    steps: tuple[Step, ...] = ()
    examined: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    auditors: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    by_statement: Mapping[str, tuple[Finding, ...]] = _NONE
    openings: Mapping[str, str] = _NONE
    treaty_required: bool = True
    treaty: TreatyCard = NOTHING_ASKED

    def __bool__(self) -> NoReturn:
        raise TypeError("a verdict has three words: compare verdict.word, or call verdict.require()")

    @property
    def exit_code(self) -> int:
        """0 CLEAR, 1 FAIL, 3 HOLD."""
        return EXIT_CODES[self.word]

    def require(self) -> None:
        """Return only when the word is CLEAR; raise `NotClear` with the findings otherwise."""
        if self.word != "CLEAR":
            worst = "; ".join(f"{f.code} ({f.subject})" for f in self.findings if f.kind.weight is not Weight.NOTE)
            raise NotClear("not-clear", f"the verdict on {self.lot} is {self.word}", expected="CLEAR", found=worst)

    def as_json(self) -> dict[str, Any]:
        """The verdict for machines."""
        return {
            "format": "lotchain-verdict/1",
            "lot": self.lot,
            "verdict": self.word,
            "refused": self.refused,
            "treaty_required": self.treaty_required,
            "treaty": self.treaty.as_json(),
            "answers": {label.lower(): value for label, value in self.answers.rows()},
            "as_of": None if self.as_of is None else format_instant(self.as_of),
            "checkpoint": {"origin": self.origin, "size": self.size},
            "auditors": list(self.auditors),
            "witnesses": list(self.witnesses),
            "accounts": dict(account_lines(self.state)) if self.state is not None else {},
            "findings": [finding.as_json() for finding in self.findings],
            "timeline": [step.as_json() for step in self.steps],
            "examined": list(self.examined),
            "named_not_examined": list(self.named),
            "opened_fields": dict(self.openings),
            "not_proved": list(NOT_PROVED),
        }


def worst(findings: Iterable[Finding], answer: Answer) -> Weight:
    """The worst weight found on one answer; NOTE when nothing was found."""
    return max((f.kind.weight for f in findings if f.kind.answer is answer), default=Weight.NOTE)


def word_of(findings: Iterable[Finding], *, treaty_required: bool) -> str:
    """The overall word: the worst weight of the answers that count."""
    counted = [f for f in findings if treaty_required or f.kind.answer is not Answer.TREATY]
    return WORDS[max((f.kind.weight for f in counted), default=Weight.NOTE)]


def quantity_answer(findings: Iterable[Finding]) -> str:
    """The Quantity answer's value."""
    found = [f for f in findings if f.kind.answer is Answer.QUANTITY]
    weight = worst(found, Answer.QUANTITY)
    if weight is Weight.FAIL:
        return "contradictory"
    if weight is Weight.HOLD:
        return "open difference"
    codes = {f.code for f in found}
    if "difference-closed" in codes:
        return "difference closed by report"
    return "within declared tolerance" if "difference-within-tolerance" in codes else "balanced"
