"""The Treaty answer: what it says, what it covers, and what was not examined."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from lotchain.custody.findings import Answer, Finding, Weight, hold
from lotchain.custody.treaty_records import Asked, Duty, SetCard, TreatyBooks

NO_RULE_SET = hold(
    Answer.TREATY,
    "no-rule-set",
    "no rule set was adopted on this ledger: whether treaty obligations were met is not examined",
    "have the authorities adopt their rule sets, or say `treaty not-demanded` in the policy",
)


class TreatyCard(NamedTuple):
    """The rule sets that were asked about a lot, for whom, and the rules that applied and hold."""

    sets: tuple[tuple[SetCard, tuple[str, ...]], ...]
    held: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "rule_sets": [
                {
                    "jurisdiction": card.jurisdiction,
                    "edition": card.edition,
                    "title": card.title,
                    "digest": card.digest,
                    "adopted_by": list(countries),
                }
                for card, countries in self.sets
            ],
            "covers": list(self.held),
            "not_examined": [
                {
                    "jurisdiction": card.jurisdiction, "obligation": gap[0], "citation": gap[1], "demand": gap[2],
                    "basis": gap[3], "reason": gap[4],
                }
                for card, _ in self.sets
                for gap in card.not_examined
            ],
        }  # fmt: skip

    @property
    def gaps(self) -> int:
        """How many obligations, or parts of them, the sets do not examine."""
        return sum(len(card.not_examined) for card, _ in self.sets)


NOTHING_ASKED = TreatyCard((), ())


def treaty_card(asked: Iterable[Asked], done: Iterable[Duty], books: TreatyBooks | None) -> TreatyCard:
    """What was asked about the lots of a proof, and which rules hold: at once, or by a duty that was done."""
    rows = list(asked)
    countries: dict[str, set[str]] = {}
    for row in rows:
        if row.digest:
            countries.setdefault(row.digest, set()).add(row.country)
    cards = [(books.describe(digest), names) for digest, names in countries.items()] if books is not None else []
    known = [(card, tuple(sorted(names))) for card, names in cards if card is not None]
    known.sort(key=lambda pair: (pair[0].jurisdiction, pair[0].edition, pair[0].digest))
    held = sorted({rule for row in rows for rule in row.held} | {duty.rule for duty in done})
    return TreatyCard(tuple(known), tuple(held))


def treaty_answer(findings: Iterable[Finding], card: TreatyCard, *, complete: bool) -> str:
    """One text: compliant, breach or undetermined, with what it rests on."""
    found = [finding for finding in findings if finding.kind.answer is Answer.TREATY]
    weight = max((finding.kind.weight for finding in found), default=Weight.NOTE)
    if weight is Weight.FAIL:
        return "breach"
    if not card.sets:
        return "undetermined: no rule set adopted"
    if weight is Weight.HOLD:
        return "undetermined"
    asked = ", ".join(f"{one.jurisdiction} {one.edition}" for one, _ in card.sets)
    rules = f"{len(card.held)} rule{'' if len(card.held) == 1 else 's'} held"
    said = f"compliant with {asked}: {rules}, {card.gaps} obligations not examined"
    return said if complete else f"undetermined: on the operator's word {said}"
