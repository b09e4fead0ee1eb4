"""A scenario file (`lotchain-scenario/1`), read strictly: who takes part, what happens when, what the verdicts must be.

In an event, `"@name"` stands for the statement id of an earlier step, `"@@name"` for the party id of a member of the
cast. Times are the scenario's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from lotchain.core.instants import parse_instant
from lotchain.errors import Malformed, shown

FORMAT = "lotchain-scenario/1"
MAX_SCRIPT = 1_000_000


@dataclass(frozen=True, slots=True)
class Member:
    """A party of the cast; authorities have a country, others a licence."""

    name: str
    party: str
    organisation: str
    country: str
    licence: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Step:
    """An event: at what time (ms), by whom, under which name, with which finding codes or refusal expected."""

    at: int
    by: str
    name: str
    event: Mapping[str, Any]
    refused: str = ""
    key: str = ""
    offline_since: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A verdict that must come out at a time: word, and codes that must be among its findings."""

    at: int
    lot: str
    word: str
    codes: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Script:
    """A whole scenario."""

    name: str
    title: str
    origin: str
    opened_at: int
    threshold: int
    authorities: tuple[Member, ...]
    parties: tuple[Member, ...]
    witnesses: Mapping[str, str]
    """member name → witness name"""
    audit_quorum: int
    max_age: str
    treaty: str
    steps: tuple[Step | Check, ...]
    lies: Mapping[str, Any]

    def member(self, name: str) -> Member:
        """A member of the cast by its name in the script."""
        for member in (*self.authorities, *self.parties):
            if member.name == name:
                return member
        raise Malformed("scenario-cast", "nobody of that name in the cast", found=name)


def read_script(data: bytes) -> Script:
    """Read a scenario file.

    Raises:
        Malformed: `scenario-format`, `scenario-cast`, `time-format`, `version-unsupported`, `too-large`.
    """
    if len(data) > MAX_SCRIPT:
        raise Malformed("too-large", "scenario too large", expected=f"at most {MAX_SCRIPT} bytes", found=len(data))
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as fault:
        raise Malformed("scenario-format", "a scenario is a JSON file", found=str(fault)) from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        found = value.get("format") if isinstance(value, dict) else value
        raise Malformed("version-unsupported", "not a scenario of this version", expected=FORMAT, found=shown(found))
    try:
        return _script(value)
    except (KeyError, TypeError, AttributeError) as fault:
        raise Malformed(
            "scenario-format", "a member of the scenario is missing or of the wrong kind", found=fault
        ) from fault


def _script(value: dict[str, Any]) -> Script:
    return Script(
        name=value["name"],
        title=value["title"],
        origin=value["origin"],
        opened_at=parse_instant(value["opened_at"], field="opened_at"),
        threshold=value["threshold"],
        authorities=tuple(
            Member(name, entry["id"], entry["organisation"], entry["country"], None)
            for name, entry in value["authorities"].items()
        ),
        parties=tuple(
            Member(name, entry["id"], entry["organisation"], "", entry["licence"])
            for name, entry in value["parties"].items()
        ),
        witnesses={member: entry["name"] for member, entry in value["witnesses"].items()},
        audit_quorum=value["audit_quorum"],
        max_age=value["max_age"],
        treaty=value["treaty"],
        steps=tuple(_step(entry, i) for i, entry in enumerate(value["steps"])),
        lies=value.get("lies", {}),
    )


def _step(entry: dict[str, Any], i: int) -> Step | Check:
    at = parse_instant(entry["at"], field=f"steps[{i}].at")
    if "verdict" in entry:
        check = entry["verdict"]
        return Check(at, check["lot"], check["word"], tuple(check["codes"]), check.get("why", ""))
    return Step(
        at=at,
        by=entry["by"],
        name=entry["as"],
        event=entry["event"],
        refused=entry.get("refused", ""),
        key=entry.get("key", ""),
        offline_since=entry.get("offline_since", ""),
    )


def resolve(value: Any, statements: Mapping[str, str], parties: Mapping[str, str]) -> Any:
    """An event with its references filled in; raises `Malformed` `scenario-cast` for one that points nowhere."""
    if isinstance(value, dict):
        return {name: resolve(member, statements, parties) for name, member in value.items()}
    if isinstance(value, list):
        return [resolve(member, statements, parties) for member in value]
    if not isinstance(value, str) or not value.startswith("@"):
        return value
    table, name = (parties, value[2:]) if value.startswith("@@") else (statements, value[1:])
    if name not in table:
        raise Malformed("scenario-cast", "a reference points nowhere", found=value)
    return table[name]
