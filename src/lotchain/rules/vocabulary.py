"""The closed list of declared facts and event types, and facts that somebody states, from their JSON."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from lotchain.errors import Malformed
from lotchain.rules.facts import Fact, FactType, Value, Vocabulary, read_value
from lotchain.rules.rule_files import check_head, read_json, text_of

FACTS_FORMAT: Final = "lotchain-facts/1"
MAX_FACTS: Final = 400
MAX_EVENTS: Final = 100
_FACT_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}(:[A-Z]{2})?")
_EVENT_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+){0,6}")


def parse_vocabulary(data: bytes) -> Vocabulary:
    """The declared facts and event types from their file. Raises `Malformed`: `facts-format` and JSON's codes."""
    value, canonical = read_json(data, "list of facts")
    check_head(value, FACTS_FORMAT, frozenset({"format", "events", "facts"}), "facts")
    events = value["events"]
    if type(events) is not list or not 0 < len(events) <= MAX_EVENTS or not all(map(is_event_name, events)):
        raise Malformed("facts-format", "these are no event types", field="events")
    given = value["facts"]
    if type(given) is not dict or not 0 < len(given) <= MAX_FACTS:
        raise Malformed("facts-format", "these are no facts", expected=f"1 to {MAX_FACTS}", field="facts")
    facts = {name: _read_fact(name, given[name], frozenset(events)) for name in given}
    return Vocabulary(frozenset(events), facts, hashlib.sha256(canonical).hexdigest())


def parse_facts(data: bytes, vocabulary: Vocabulary) -> dict[str, Value]:
    """Facts that somebody states, from a JSON object of names and values. Raises `Malformed`."""
    value, _ = read_json(data, "facts")
    if type(value) is not dict or len(value) > MAX_FACTS:
        raise Malformed("facts-format", "facts are an object of names and values")
    return read_values(value, vocabulary, "")


def read_values(given: Mapping[str, Any], vocabulary: Vocabulary, field: str) -> dict[str, Value]:
    """Facts from names and JSON values. Raises `Malformed`: `rule-fact`, `fact-value` and the codes of values."""
    found: dict[str, Value] = {}
    for name, value in given.items():
        at = f"{field}.{name}" if field else name
        fact = vocabulary.facts.get(name)
        if fact is None:
            expected = "a name of specs/rules/facts.json"
            raise Malformed("rule-fact", "this fact is not declared", expected=expected, found=name, field=at)
        found[name] = read_value(fact, value, field=at)
    return found


def _read_fact(name: str, given: Any, events: frozenset[str]) -> Fact:
    field = f"facts.{name}"
    if _FACT_NAME.fullmatch(name) is None:
        raise Malformed("facts-format", "this is no name of a fact", expected="lower_case, or name:US", field=field)
    wanted = {"type", "unit", "events", "meaning"}
    if type(given) is not dict or not wanted <= set(given) <= wanted | {"codes"}:
        raise Malformed("facts-format", "these are not the members of a fact", field=field)
    kind = next((kind for kind in FactType if kind == given["type"]), None)
    offered, codes = given["events"], given.get("codes", [])
    if kind is None or type(offered) is not list or not offered or not all(map(is_event_name, offered)):
        raise Malformed("facts-format", "a fact has a type and events", field=field)
    if not set(offered) <= events or offered != sorted(set(offered)):
        raise Malformed("facts-format", "these events are unknown, or not in order", field=f"{field}.events")
    if type(codes) is not list or (codes and kind not in (FactType.CODE, FactType.CODES)):
        raise Malformed("facts-format", "these are no codes", field=f"{field}.codes")
    fact = Fact(name, kind, frozenset(offered), text_of(given, "meaning", 400, field))
    if codes:
        several = Fact(name, FactType.CODES, fact.events, fact.meaning)
        found = read_value(several, codes, field=f"{field}.codes")
        fact = Fact(name, kind, fact.events, fact.meaning, found if isinstance(found, frozenset) else frozenset())
    if given["unit"] != fact.unit:
        raise Malformed("facts-format", "this is not the unit of the type", expected=fact.unit, field=f"{field}.unit")
    return fact


def is_event_name(name: Any) -> bool:
    """Whether this is written as an event type without its version is."""
    return type(name) is str and _EVENT_NAME.fullmatch(name) is not None
