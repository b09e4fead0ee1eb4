"""The documents that authorities adopt: the shipped rule sets with the lists and thresholds of their jurisdictions."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

from lotchain.app.rules import rule_set, shipped_vocabulary
from lotchain.app.substances import load_substances
from lotchain.app.thresholds import threshold_set
from lotchain.assets import asset, names
from lotchain.core.quantities import MASS
from lotchain.errors import UsageError
from lotchain.rules.adopted import AdoptedSet, digest_of, make_adopted, read_adopted

__all__ = ["AdoptedSet", "adopted_document", "adoption", "digest_of", "read_adopted"]


@cache
def adopted_document(jurisdiction: str) -> bytes:
    """The shipped document of a jurisdiction: its rules, its lists, its thresholds as far as they were read.

    Raises:
        Malformed: the shipped data is damaged.

    """
    rules = rule_set(jurisdiction)  # checked as a whole
    members = json.loads(asset("specs", f"rules/{jurisdiction.lower()}.json"))
    return make_adopted(
        members, shipped_vocabulary(), load_substances(), _thresholds(jurisdiction, date.fromisoformat(rules.edition))
    )


def adoption(document: bytes, *, in_force_from: str, complete: bool, notice: tuple[str, ...] | None) -> dict[str, Any]:
    """The event by which an authority adopts a document, still without time and signer.

    Raises:
        Malformed: the document cannot be read as an adopted rule set.

    """
    rules = read_adopted(document).ready.rules
    event: dict[str, Any] = {
        "type": "rule-set-adoption/1",
        "jurisdiction": rules.jurisdiction,
        "edition": rules.edition,
        "document": digest_of(document),
        "in_force_from": in_force_from,
        "lists_complete": complete,
    }
    if notice is not None:
        if rules.jurisdiction != "UN":
            raise UsageError(
                "notice-not-here",
                "a request to be notified before exports rests on article 12(10) of the Convention",
                expected="--notice with the UN set",
                found=rules.jurisdiction,
            )
        event["notice_demanded"] = list(notice)
    return event


def _thresholds(jurisdiction: str, on: date) -> dict[str, int | None]:
    """Amounts in micrograms, None where every deal counts; those known only from memory, or by volume, are left out."""
    if f"{jurisdiction.lower()}" not in names("specs", "thresholds", ".json"):
        return {}
    found: dict[str, int | None] = {}
    for item in threshold_set(jurisdiction).thresholds:
        if not item.binding or item.in_force(on) is not True:
            continue
        if item.quantity is None:
            found[item.cas] = None
        elif item.quantity.kind == MASS:
            found[item.cas] = item.quantity.amount
    return found
