"""When one verdict is no better than another: what changed bytes may do to a bundle's answers, exactly.

A verdict on changed bytes keeps the promise when the file is refused, or when all of this holds:

* the overall word is no better (FAIL < HOLD < CLEAR);
* Chain, Quantity, Treaty, Completeness and Goods each stand no higher in the order below;
* Whereabouts says the same words, or says that they are only the operator's;
* every finding of the honest verdict is there, as (code, subject, statement);
* it speaks of the same lot, and of no later moment.
"""

from __future__ import annotations

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
TREATY = ("breach", "undetermined: no rule set adopted", "compliant")
COMPLETENESS = ("operator's word", "attested")
GOODS = ("mismatch", "not compared", "match")
ON_ITS_WORD = "undetermined: the operator's word is "


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
        ("treaty", TREATY, honest.answers.treaty, other.answers.treaty),
        ("completeness", COMPLETENESS, honest.answers.completeness, other.answers.completeness),
        ("goods", GOODS, honest.answers.goods, other.answers.goods),
    )
    for name, order, before, after in pairs:
        if order.index(after) > order.index(before):
            found.append(f"{name} improves from {before} to {after}")
    before, after = honest.answers.whereabouts, other.answers.whereabouts
    if after not in (before, ON_ITS_WORD + before):
        found.append(f"whereabouts changes from {before} to {after}")
    if other.lot != honest.lot:
        found.append(f"it is about {other.lot}")
    if other.as_of is not None and (honest.as_of is None or other.as_of > honest.as_of):
        found.append(f"as of moves to {other.as_of}")
    found += [f"finding {finding} disappears" for finding in sorted(named(honest) - named(other))]
    return found
