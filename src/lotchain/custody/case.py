"""What an event is given when it is judged: the statement, its place in the log, and the states that it reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from lotchain.custody.findings import Code, Finding, safe

State = dict[str, Any]
"""A subject's state: a tree of dict, list, str, int, bool and None that is canonical JSON when encoded."""


class Unread(LookupError):
    """A state was asked for that the caller had not loaded: a fault of the caller, never of the input."""


_NOTHING_CITED: Mapping[str, Cited] = MappingProxyType({})
CLOCK_ERROR_MS = 5 * 60_000
"""How far an honest signer's clock may be ahead of the log's."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A statement of the log that another one names, as it stands there."""

    raw: bytes
    index: int


class Case(NamedTuple):
    """One statement at its place in the log.

    Args:
        statement: hex id of the statement.
        issuer: the party that signs, as its key is enrolled.
        key: the signing key's subject.
        audience: the ledger that the statement is meant for, `origin#charter id`.
        time: the batch's time, ms since 1970: nobody can have signed later.
        lower: the closing time of the checkpoint that the statement names as seen, or None: it was signed after.
        states: the states before the statement; a subject that is absent maps to None; one that was not loaded is
            not in the mapping (in a bundle: a lot that it does not examine).
        cited: statements of this log that the event names, by hex id.

    """

    statement: str
    issuer: str
    key: str
    audience: str
    time: int
    lower: int | None
    states: Mapping[str, State | None]
    cited: Mapping[str, Cited] = _NOTHING_CITED

    def state(self, name: str) -> State | None:
        """The state before the statement, None for an absent subject; raises `Unread` for one not loaded."""
        try:
            return self.states[name]
        except KeyError:
            raise Unread(name) from None

    def standing(self, name: str) -> State:
        """The state of a subject that an earlier check has found to exist."""
        state = self.state(name)
        if state is None:
            raise Unread(name)
        return state

    def knows(self, name: str) -> bool:
        """Whether the state of `name` was loaded (in a bundle: is examined)."""
        return name in self.states

    def finding(self, kind: Code, subject: str, *, expected: object = "", found: object = "") -> Finding:
        """A finding about this statement."""
        return Finding(kind, subject, self.statement, safe(expected), safe(found))


class Effect(NamedTuple):
    """What a statement does to one subject (and to those that it brings forth from it)."""

    states: Mapping[str, State]
    findings: tuple[Finding, ...] = ()


def bracket(case: Case, followed: int | None = None) -> tuple[int, int]:
    """The proven interval (ms) in which the statement was signed: protocol, "Time".

    The lower end is the checkpoint that the statement names; one that names none takes the bound of the statement
    that it follows; one that has neither is open below (0).
    """
    bounds = [bound for bound in (case.lower, followed) if bound is not None]
    lower = max(bounds) if bounds else 0
    return min(lower, case.time), case.time


def ahead(case: Case, stated: int) -> bool:
    """Whether an instant (ms) is stated to lie more than `CLOCK_ERROR_MS` after the statement was entered."""
    return stated > case.time + CLOCK_ERROR_MS
