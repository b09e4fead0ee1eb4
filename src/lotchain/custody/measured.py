"""What an independent weighing or a count of stock says against the ledger: a difference that stays its own figure.

It never moves the lot's accounts: whoever weighs has the goods before them, and no say over what is booked. Within the
lot's declared tolerance the figure needs no answer; beyond it, it stands open until an authority closes it.
"""

from __future__ import annotations

from lotchain.core.quantities import format_amount
from lotchain.custody import lots
from lotchain.custody.case import Case, State
from lotchain.custody.findings import Code, Finding
from lotchain.custody.observing import has_goods


def against_ledger(case: Case, lot: str, state: State, found: int, differs: Code) -> tuple[State, tuple[Finding, ...]]:
    """The lot with the difference that was measured, and the finding `differs` where it is beyond the tolerance.

    Args:
        case: the observation; a past custodian's word opens no difference, nor does that of the receiver of an open
            offer, whose reply counts.
        lot: its id.
        state: its state; a lot that has ended has nothing to compare with.
        found: what was measured, in the lot's kind; 0 where nothing is there.
        differs: the finding's code.

    """
    if state["ended"] is not None:
        return state, ()
    there = lots.present(state)
    difference = there - found
    if difference < 0:
        # Measured, perhaps, before an authority took its sample: log order makes nobody's reading a false one.
        taken = state["taken"] if state["offer"] is None else state["offer"]["taken"]
        difference = min(0, difference + int(taken))
    within = abs(difference) * 1_000_000 <= state["tolerance"] * there
    kind = state["quantity_kind"]
    told = (case.finding(differs, lot, expected=format_amount(there, kind), found=format_amount(found, kind)),)
    replies = state["offer"] is not None and case.issuer == state["offer"]["to"]
    if difference and has_goods(case, state) and not replies:
        entry = {
            "amount": difference,
            "offeror": state["custodian"],
            "receiver": case.issuer,
            "status": "within" if within else "open",
            "answer": "",
        }
        state = {**state, "differences": {**state["differences"], case.statement: entry}}
    return state, () if within else told
