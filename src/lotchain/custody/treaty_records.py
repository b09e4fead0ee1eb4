"""What step 7 of the judge leaves beside its findings: which sets were asked, and which duties are still open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from lotchain.custody.case import Case, State
from lotchain.custody.findings import Finding

Load = Callable[[str], State | None]
"""The state of a subject before the statement; None for one that is absent or not examined."""


class Asked(NamedTuple):
    """One rule set, or its absence, at one statement about one subject.

    Attributes:
        subject: what the statement is about.
        statement: its id (hex).
        upper: when it was entered (ms).
        jurisdiction: whose rules.
        country: for whose territory they were adopted.
        digest: of the document that was asked; empty where none was in force.
        held: ids of the rules that applied and hold.

    """

    subject: str
    statement: str
    upper: int
    jurisdiction: str
    country: str
    digest: str
    held: tuple[str, ...] = ()


class Duty(NamedTuple):
    """A rule that later statements can still satisfy or that time breaks: asked again at the end.

    `facts` are those that the rule asks and that are settled already, by name; `consignment` is the lot's at that
    time, or the empty text; `offset` minutes east of UTC at the place, or None; `sure` whether the rule surely
    was in force.
    """

    subject: str
    statement: str
    digest: str
    rule: str
    facts: tuple[tuple[str, Any], ...]
    consignment: str
    offset: int | None
    sure: bool = True


class SetCard(NamedTuple):
    """An adopted rule set for people; `not_examined`: obligation, citation, demand, basis and reason of each."""

    jurisdiction: str
    edition: str
    title: str
    digest: str
    not_examined: tuple[tuple[str, str, str, str, str], ...]


class TreatyAnswer(NamedTuple):
    """What step 7 says of one statement."""

    findings: tuple[Finding, ...] = ()
    asked: tuple[Asked, ...] = ()
    duties: tuple[Duty, ...] = ()


class TreatyBooks(Protocol):
    """The adopted rule sets, ready to be asked (`treaty.books.Books`)."""

    def ask(
        self, event: Any, case: Case, after: Mapping[str, State], subjects: Sequence[str], load: Load
    ) -> TreatyAnswer:
        """What the sets in force say of a statement that was accepted."""

    def describe(self, digest: str) -> SetCard | None:
        """An adopted set for people, or None where it is not at hand."""

    def done(self, states: Mapping[str, State | None], duties: Sequence[Duty], as_of: int) -> tuple[Duty, ...]:
        """The duties that applied and were done by `as_of` (ms)."""

    def conclude(
        self, states: Mapping[str, State | None], asked: Sequence[Asked], duties: Sequence[Duty], as_of: int
    ) -> tuple[Finding, ...]:
        """What the duties and late adoptions come to at `as_of` (ms)."""
