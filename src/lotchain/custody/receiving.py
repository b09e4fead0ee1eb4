"""What a receiver takes over: its lines answer the whole offer, its count balances, and it may have such goods.

Both acceptances come here: the receiver's own, and the one that an authority signs in its stead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lotchain.custody import licensing, route, seals, transfer, watching
from lotchain.custody.case import Case, Effect, bracket

CODES = (*transfer.REPLY_CODES, *seals.CODES, *route.CODES, *licensing.CODES, *watching.REPLY_CODES)


def take_over(case: Case, lot: str, names: Sequence[str], count: transfer.Count, place: Mapping[str, str]) -> Effect:
    """The lot after its receiver's acceptance; the receiver is the issuer of `case`.

    Args:
        case: with the lot under its open offer (`following.check_reply`), and the receiver's state.
        lot: which one.
        names: the lots of the reply's lines, as they stand there.
        count: what was found of this lot, as the line states it.
        place: `code` and `offset` of where it is accepted.

    """
    state = case.standing(lot)
    count = transfer.as_read(state, count)
    fault = transfer.check_lines(case, lot, names) or transfer.check_count(case, lot, state, count)
    if fault is not None:
        return Effect({}, (fault,))
    interval = bracket(case, state["bound"])
    effect = transfer.reply(case, lot, state, count, place, interval[0])
    needed = licensing.RECEIVING[state["offer"]["as"]]
    receiver = case.state(case.issuer)
    licences = licensing.check(case, lot, case.issuer, receiver, needed, state["substance"], interval)
    return Effect(effect.states, (*effect.findings, *licences))
