"""Cases of adopted rule sets."""

from __future__ import annotations

from typing import Any

from tests.unit.world import World
from tests.vectors_build.event_book import Book

from lotchain.custody import adoptions
from lotchain.events.rule_set_adoption import RuleSetAdoption

DOCUMENT = "c3" * 32
OTHER = "c4" * 32


def rule_set_adoption() -> Book:
    book = Book("rule-set-adoption/1")
    yes, no = book.accepted, book.refused
    world = World()

    def event(**changes: Any) -> RuleSetAdoption:
        values: dict[str, Any] = {
            "jurisdiction": "MX",
            "edition": "2026-09-01",
            "document": DOCUMENT,
            "in_force_from": "2026-09-01T06:00:00Z",
            "occurred_at": world.now(),
            **changes,
        }
        return RuleSetAdoption(**values)

    no(world, event(), "maker", "by a handler", "only a national authority", "not-authority")
    no(world, event(), "cn", "another country's law", "each for its own", "adoption-scope")
    no(world, event(jurisdiction="EU"), "mx", "the Union's, by a country outside", "no member", "adoption-scope")
    no(world, event(jurisdiction="US"), "mx", "a neighbour's", "each for its own", "adoption-scope")
    yes(world, event(), "mx", "its own country's law", "in force from its place in the log")
    no(world, event(), "mx", "the same again", "it is adopted", "adopted-already")
    yes(world, event(lists_complete=True), "mx", "the same, with complete lists", "another word about it")
    yes(world, event(document=OTHER, edition="2026-10-01"), "mx", "another edition", "both stay in the charter's state")
    yes(
        world,
        event(jurisdiction="UN", notice_demanded=("79099-07-3", "108-24-7")),
        "mx",
        "the Convention's, with notices demanded",
        "for its own territory, sorted",
    )
    yes(
        world, event(jurisdiction="UN", notice_demanded=("*",)), "cn", "the Convention's, all notices demanded", "by CN"
    )
    yes(world, event(jurisdiction="UN", notice_demanded=()), "cn", "no notice demanded", "said, and none")
    full = World()
    rows = [{"digest": f"{n:064x}", "edition": "2026-09-01", "from": 0, "complete": False, "notice": None,
             "by": DOCUMENT, "at": 0} for n in range(adoptions.MAX_ADOPTIONS)]  # fmt: skip
    full.states["charter"] = {**full.states["charter"], "rule_sets": {"MX": {"MX": rows}}}
    no(full, event(), "mx", "one more than a charter keeps", "200 of one jurisdiction a country", "adoptions-many")
    book.common_faults()
    book.changed("a jurisdiction without a rule set", "seven have one", "field-value", jurisdiction="FR")
    book.changed("an edition that is no date", "YYYY-MM-DD", "field-format", edition="September")
    book.changed("a digest in capitals", "one way to write it", "hash-format", document=DOCUMENT.upper())
    book.changed("an instant without its zone", "UTC", "time-format", in_force_from="2026-09-01")
    return book
