"""Taking a quantity, and whole packages, out of a lot: what losses, uses, samples and destructions have in common."""

from __future__ import annotations

from lotchain.core import canonical_json
from lotchain.core.instants import format_instant, parse_instant
from lotchain.core.quantities import format_amount
from lotchain.core.statements import parse_statement
from lotchain.custody import lots, transfer
from lotchain.custody.case import Case, State
from lotchain.custody.consignments import CARRYING
from lotchain.custody.findings import Answer, Finding, fail, hold, refusal

QUANTITY_NOT_HELD = refusal(
    "quantity-not-held",
    "more is taken out of the lot than it holds",
    "state at most what is there",
    answer=Answer.QUANTITY,
)
PACKAGES_HOLD = refusal(
    "packages-hold-less",
    "what is said to be left is more than the packages left can hold",
    "a package that is gone is gone with all that it holds; repack first where its content was saved",
    answer=Answer.QUANTITY,
)
SAMPLE_TOO_LARGE = refusal(
    "sample-too-large",
    "a sample is less than what the lot holds",
    "state what was taken; whoever takes all of a lot seizes it",
    answer=Answer.QUANTITY,
)
USED_BEFORE_HELD = fail(
    Answer.CHAIN,
    "used-before-held",
    "it is said to have been used up more than a day before what it follows: the custodian had not got it then",
    "compare the two papers and the batch record: one of the days is wrong, or other goods were used up",
)
USED_IN_KEEPING = hold(
    Answer.TREATY,
    "used-in-keeping",
    "whoever used the goods up had taken them over to carry or to store, so that no rule on a supply was asked",
    "ask by what right: whoever buys takes over as consignee; its authority settles what happened",
)
USE_CODES = (QUANTITY_NOT_HELD, PACKAGES_HOLD, USED_BEFORE_HELD, USED_IN_KEEPING)
DAY_MS = 24 * 3_600_000
"""What wrong clocks and local times written as UTC explain, and a mistaken or invented day does not."""


def in_order(case: Case, lot: str, prev: str, occurred: int) -> tuple[Finding, ...]:
    """A finding when a lot is said to be used up at `occurred` (ms), more than a day before `prev` is said to have
    happened: papers that contradict each other, whichever of them is right.
    """
    followed = case.cited.get(prev)
    if followed is None:
        return ()
    event = canonical_json.decode(parse_statement(followed.raw).payload)
    had = parse_instant(event["occurred_at"], field="occurred_at")
    if occurred >= had - DAY_MS:
        return ()
    expected = f"not before {format_instant(had)}"
    return (case.finding(USED_BEFORE_HELD, lot, expected=expected, found=format_instant(occurred)),)


def in_keeping(case: Case, lot: str, state: State) -> tuple[Finding, ...]:
    """A finding when goods are used up by a custodian that took them over in another capacity than as consignee.

    Its licences and permits were asked as those of a carrier or a keeper; what else a purchase needs was not.
    """
    if state["held_as"] not in CARRYING:
        return ()
    return (case.finding(USED_IN_KEEPING, lot, expected="held as consignee", found=f"held as {state['held_as']}"),)


def take_out(case: Case, lot: str, state: State, amount: int, kind: str, serials: tuple[str, ...]) -> Finding | None:
    """Whether `amount` and whole packages can be taken out of what is present."""
    if kind != state["quantity_kind"]:
        return case.finding(transfer.UNIT_KIND, lot, expected=state["quantity_kind"], found=kind)
    taken = state["taken"] if state["offer"] is None else state["offer"]["taken"]
    there = lots.present(state) + taken
    if amount > there or lots.present(state) == 0:
        wanted = f"at most {format_amount(there, kind)}"
        return case.finding(QUANTITY_NOT_HELD, lot, expected=wanted, found=format_amount(amount, kind))
    unknown = sorted(set(serials) - set(state["packages"]))
    if unknown or len(set(serials)) != len(serials):
        wanted = "serials of this lot, each once"
        return case.finding(transfer.PACKAGE_UNKNOWN, lot, expected=wanted, found=", ".join(unknown or serials))
    if serials:
        room = lots.room(state, set(state["packages"]) - set(serials))
        if there - amount > room:
            wanted = f"at most {format_amount(room, kind)} left in {len(state['packages']) - len(serials)} packages"
            return case.finding(PACKAGES_HOLD, lot, expected=wanted, found=format_amount(there - amount, kind))
    return None
