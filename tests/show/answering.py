"""When one verdict is no better than another: what changed bytes may do to a bundle's answers, exactly.

A verdict on changed bytes keeps the promise when the file is refused, or when all of this holds:

* the overall word is no better (FAIL < HOLD < CLEAR);
* Chain, Quantity, Completeness and Goods each stand no higher in the order below, and so does Treaty's first word;
* Treaty rests on no rule set, no country's adoption and no rule held that the honest one does not rest on, and of the
  same sets names no fewer obligations as not examined;
* Whereabouts says the same words, or says that they are only the operator's;
* every finding of the honest verdict is there, as (code, subject, statement);
* it speaks of the same lot, and of no later moment.
"""

from __future__ import annotations

import re

from lotchain.verify.treaty_answer import TreatyCard
from lotchain.verify.verdict import Verdict

WORDS = ("FAIL", "HOLD", "CLEAR")
CHAIN = ("broken", "undetermined", "unbroken")
QUANTITY = (
    "contradictory",
    "open difference",
    "difference closed by report",
    "within declared tolerance",
    "balanced",
)
TREATY = ("breach", "undetermined", "compliant")
COMPLETENESS = ("operator's word", "attested")
GOODS = ("mismatch", "not compared", "match")
ON_ITS_WORD = "undetermined: the operator's word is "
CLAIM = re.compile(r"compliant with (?P<sets>.+): (?P<held>\d+) rules? held, (?P<gaps>\d+) obligations not examined$")
"""What a Treaty answer claims, also one on the operator's word."""


def named(verdict: Verdict) -> set[tuple[str, str, str]]:
    """The findings of a verdict, as they are compared."""
    return {(finding.code, finding.subject, finding.statement) for finding in verdict.findings}


def improvements(honest: Verdict, other: Verdict) -> list[str]:
    """Why `other`, which is not refused, says more than `honest` does; empty when it does not."""
    found = []
    pairs = (
        ("word", WORDS, honest.word, other.word),
        ("chain", CHAIN, honest.answers.chain, other.answers.chain),
        ("quantity", QUANTITY, honest.answers.quantity, other.answers.quantity),
        ("treaty", TREATY, _first_word(honest.answers.treaty), _first_word(other.answers.treaty)),
        ("completeness", COMPLETENESS, honest.answers.completeness, other.answers.completeness),
        ("goods", GOODS, honest.answers.goods, other.answers.goods),
    )
    for name, order, before, after in pairs:
        if order.index(after) > order.index(before):
            found.append(f"{name} improves from {before} to {after}")
    found += _claims_more(honest.treaty, other.treaty)
    found += _says_more(honest.treaty, other.answers.treaty)
    before, after = honest.answers.whereabouts, other.answers.whereabouts
    if after not in (before, ON_ITS_WORD + before):
        found.append(f"whereabouts changes from {before} to {after}")
    if other.lot != honest.lot:
        found.append(f"it is about {other.lot}")
    if other.as_of is not None and (honest.as_of is None or other.as_of > honest.as_of):
        found.append(f"as of moves to {other.as_of}")
    found += [f"finding {finding} disappears" for finding in sorted(named(honest) - named(other))]
    return found


def _first_word(answer: str) -> str:
    return re.split(r"[: ]", answer, maxsplit=1)[0]


def _claims_more(honest: TreatyCard, other: TreatyCard) -> list[str]:
    """What the record under a Treaty answer claims beyond the honest one's."""
    known = {card.digest: (card, set(countries)) for card, countries in honest.sets}
    found = [f"rule {rule} is said to hold" for rule in other.held if rule not in honest.held]
    for card, countries in other.sets:
        if card.digest not in known:
            found.append(f"rule set {card.jurisdiction} {card.edition} is said to have been asked")
            continue
        kept, adopters = known[card.digest]
        found += [f"{card.jurisdiction} is said to be adopted by {country}" for country in set(countries) - adopters]
        if card != kept:
            found.append(f"rule set {card.jurisdiction} {card.edition} is described otherwise")
    return found


def _says_more(honest: TreatyCard, answer: str) -> list[str]:
    """What a Treaty answer's text claims beyond what the honest record can bear."""
    claim = CLAIM.search(answer)
    if claim is None:
        return [f"treaty says {answer}"] if "compliant" in answer else []
    found, gaps = [], 0
    cards = [card for card, _ in honest.sets]
    for name in claim["sets"].split(", "):
        card = next((card for card in cards if f"{card.jurisdiction} {card.edition}" == name), None)
        if card is None:
            found.append(f"treaty claims {name}")
        else:
            cards.remove(card)
            gaps += len(card.not_examined)
    if int(claim["held"]) > len(honest.held):
        found.append(f"treaty claims {claim['held']} rules held, not {len(honest.held)}")
    if int(claim["gaps"]) < gaps:
        found.append(f"treaty names {claim['gaps']} obligations as not examined, not {gaps}")
    return found
