"""Stories of bundles with adopted rule sets, under two small documents made here, so that the vectors stay what they are.

The Convention's set asks that a maker is licensed; China's, that a sale is reported within five days. They are no law.
"""

from __future__ import annotations

import hashlib
from typing import Any

from tests.unit.world import CN, DAY, HOUR, SUBSTANCE, kg, read_event_of
from tests.vectors_build.bundle_bench import LOT, Bench

from lotchain.app.adopting import adoption
from lotchain.core import canonical_json
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.filing import Filing

EDITION = "2026-01-01"


def document(jurisdiction: str, rule: dict[str, Any], facts: dict[str, str], listed: str, edition: str) -> bytes:
    """One rule, what it asks, and one substance in one class."""
    events = rule["events"]
    shape = {
        "obligations": [f"{jurisdiction}-01"], "basis": "V", "in_force_from": None, "in_force_until": None,
        "effect": "breach", "citation": "none", "source": "made for vectors", "remedy": "none: this is no law",
    }  # fmt: skip
    asked = {**facts, "place_regimes": "codes", f"substance_class:{jurisdiction}": "codes", "occurred_at": "instant"}
    return canonical_json.encode(
        {
            "format": "lotchain-adopted-rules/1", "jurisdiction": jurisdiction, "edition": edition,
            "title": "Vectors", "note": "no law", "rules": [{**shape, **rule}], "thresholds": {},
            "not_examined": [
                {"obligation": f"{jurisdiction}-02", "citation": "none", "demand": "anything else", "basis": "K",
                 "reason": "made for vectors"},
            ],
            "facts": {name: {"type": kind, "events": events} for name, kind in asked.items()},
            "substances": {SUBSTANCE: {"base": SUBSTANCE, "factor": [1, 1], "classes": [[0, [listed]]]}},
        }
    )  # fmt: skip


def applies(jurisdiction: str, listed: str, *more: dict[str, Any]) -> dict[str, Any]:
    """In that country, for that class."""
    return {"op": "all", "of": [
        {"op": "contains", "fact": "place_regimes", "value": jurisdiction},
        {"op": "contains", "fact": f"substance_class:{jurisdiction}", "value": listed}, *more,
    ]}  # fmt: skip


def convention(edition: str = EDITION) -> bytes:
    """Makers are licensed."""
    rule = {
        "id": "un-1-maker", "title": "Makers are licensed", "events": ["registration"],
        "applies": applies("UN", "table-i"), "requires": {"op": "equals", "fact": "actor_licensed", "value": True},
        "message": "the maker had no licence",
    }  # fmt: skip
    return document("UN", rule, {"actor_licensed": "bool"}, "table-i", edition)


def china(edition: str = EDITION) -> bytes:
    """Sales are reported within five days."""
    supply = {"op": "equals", "fact": "transfer_kind", "value": "supply"}
    within = {"op": "within-days", "fact": "cn_sale_reported_at", "other": "occurred_at", "days": 5}
    rule = {
        "id": "cn-1-report", "title": "Sales are reported within five days", "events": ["acceptance"],
        "applies": applies("CN", "category-i", supply),
        "requires": {"op": "all", "of": [{"op": "present", "fact": "cn_sale_reported_at"}, within]},
        "message": "the sale was not reported in time",
    }  # fmt: skip
    facts = {"transfer_kind": "code", "cn_sale_reported_at": "instant"}
    return document("CN", rule, facts, "category-i", edition)


def adopt(bench: Bench, adopted: bytes) -> None:
    """By China's authority, as the law since long ago."""
    world = bench.world
    world.documents[hashlib.sha256(adopted).hexdigest()] = adopted
    event = adoption(adopted, in_force_from="2020-01-01T00:00:00Z", complete=True, notice=None)
    world.accept(read_event_of({**event, "occurred_at": world.now()}), "cn")
    bench.feed()


def supply(bench: Bench) -> str:
    """Made, and sold within China; the statement of its acceptance."""
    world = bench.world
    world.advance(HOUR)
    world.make("A", 50, seen=bench.seen())
    bench.feed()
    world.advance(HOUR)
    offer = world.offer("maker", "maker2", LOT, receives_as="consignee", seen=bench.seen())
    bench.feed()
    world.advance(HOUR)
    line = AcceptanceLine(lot=LOT, outcome="full", accepted=kg(50))
    taken = Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now(), seen=bench.seen())
    accepted = world.accept(taken, "maker2")
    bench.feed()
    return accepted


def sold(bench: Bench) -> None:
    """Under both sets, a day ago; not reported yet."""
    adopt(bench, convention())
    adopt(bench, china())
    supply(bench)
    _wait(bench, DAY)


def reported(bench: Bench) -> None:
    """The same, reported on the second day."""
    adopt(bench, convention())
    adopt(bench, china())
    sale = supply(bench)
    world = bench.world
    world.advance(DAY)
    report = Filing(
        about=LOT, statement=sale, kind="sale-report", country="CN", filed_at=world.now(), occurred_at=world.now(),
        seen=bench.seen(),
    )  # fmt: skip
    world.accept(report, "cn")


def forgotten(bench: Bench) -> None:
    """The same, never reported, a week ago."""
    adopt(bench, convention())
    adopt(bench, china())
    supply(bench)
    _wait(bench, 7 * DAY)


def adopted_late(bench: Bench) -> None:
    """China adopts its set only after the sale."""
    adopt(bench, convention())
    supply(bench)
    adopt(bench, china())


def _wait(bench: Bench, time: int) -> None:
    bench.world.advance(time)
    bench.world.make("LATER", 1)
