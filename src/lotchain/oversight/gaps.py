"""Gaps in figures and in time: open differences, unanswered offers, lots that came back with less."""

from __future__ import annotations

from typing import ClassVar, NamedTuple

from lotchain.core.instants import format_instant
from lotchain.core.quantities import format_amount
from lotchain.oversight.acts import FOR_OTHERS, Short, Taken
from lotchain.oversight.alerts import (
    Evidence,
    Gravity,
    Kind,
    Raised,
    amount,
    certain,
    number,
    percent,
    suspicious,
)
from lotchain.oversight.detector import Detector
from lotchain.oversight.seen import Seen
from lotchain.oversight.typologies import Typologies

DIFFERENCE = certain(
    "t04-difference-open",
    Gravity.SERIOUS,
    "giver's and receiver's figures differ beyond the declared tolerance, and no authority has closed it",
    "have the giver answer; weigh or count again before a witness; close it by a report",
)
MEASURED = certain(
    "t04-measured-otherwise",
    Gravity.SERIOUS,
    "an independent weighing or a count of stock differs from the ledger beyond the declared tolerance",
    "have the custodian answer; look for what is missing; close it by a report",
)
OVERDUE = certain(
    "t05-offer-overdue",
    Gravity.SERIOUS,
    "goods were offered, the deadline passed, and no signature says where they are",
    "ask giver and receiver; find the goods",
)
RETURNED_LESS = certain(
    "t10-returned-with-less",
    Gravity.SERIOUS,
    "a lot came back to a party with less than had left it, and no recorded use explains it",
    "weigh it; ask everybody who had it in between",
)
RETURNED_RESEALED = suspicious(
    "t10-returned-resealed",
    Gravity.WATCH,
    "a lot came back under other seals than it had left with, though nothing was recorded as taken out",
    "sample it: the content may be another",
)
_DAY_MS = 86_400_000
_OPEN = ("open", "answered")


class _Open(NamedTuple):
    """A difference that stands open."""

    short: Short
    status: str
    evidence: Evidence
    time: int


class Differences(Detector):
    """Differences that stand open, by how they were found."""

    KINDS: ClassVar[tuple[Kind, ...]] = (DIFFERENCE, MEASURED)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._open: dict[tuple[str, str], _Open] = {}

    def see(self, seen: Seen) -> None:
        """Take in new ones, and forget those that were closed."""
        for act in seen.acts:
            if isinstance(act, Short) and act.status in _OPEN:
                self._open[act.lot, seen.evidence.id] = _Open(act, act.status, seen.evidence, seen.time)
        for name, before, after in seen.changed("lot"):
            if before is None or before["differences"] == after["differences"]:
                continue
            for statement, entry in after["differences"].items():
                found = self._open.get((name, statement))
                if found is None:
                    continue
                if entry["status"] in _OPEN:
                    self._open[name, statement] = found._replace(status=entry["status"])
                else:
                    del self._open[name, statement]

    def standing(self, as_of: int, raised: Raised) -> None:
        """Each by itself."""
        for (lot, statement), item in self._open.items():
            short = item.short
            word = "missing" if short.amount > 0 else "over"
            size = format_amount(abs(short.amount), short.kind)
            raised.add(
                MEASURED if short.measured else DIFFERENCE,
                lot,
                key=statement,
                evidence=[(item.evidence, item.time)],
                said=f"{size} {word} between {short.offeror} and {short.receiver} at {short.place}: {item.status}",
                lots=[lot],
                parties=[short.offeror, short.receiver],
                figures=[
                    amount(word, abs(short.amount), short.kind),
                    percent("of what was offered", short.amount, short.offered),
                    number("open for", (as_of - item.time) // _DAY_MS, "days"),
                ],
                until=as_of,
            )


class _Offer(NamedTuple):
    by: str
    to: str
    deadline: int
    evidence: Evidence
    time: int


class Offers(Detector):
    """Offers whose deadline passed without an answer."""

    KINDS: ClassVar[tuple[Kind, ...]] = (OVERDUE,)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._open: dict[str, tuple[str, _Offer]] = {}

    def see(self, seen: Seen) -> None:
        """Take in offers, and forget those that were answered, withdrawn, or closed by an order."""
        for name, _, after in seen.changed("lot"):
            offer = after["offer"]
            if offer is None:
                self._open.pop(name, None)
            elif self._open.get(name, ("",))[0] != offer["id"]:
                found = _Offer(offer["by"], offer["to"], offer["deadline"], seen.evidence, seen.time)
                self._open[name] = (offer["id"], found)

    def standing(self, as_of: int, raised: Raised) -> None:
        """Offer by offer, all its lots together."""
        grace = self.span(OVERDUE, "grace")
        late: dict[str, tuple[_Offer, list[str]]] = {}
        for lot, (offer_id, offer) in self._open.items():
            if as_of > offer.deadline + grace:
                late.setdefault(offer_id, (offer, []))[1].append(lot)
        for offer_id, (offer, lots) in late.items():
            raised.add(
                OVERDUE,
                offer.by,
                key=offer_id,
                evidence=[(offer.evidence, offer.time)],
                said=f"{len(lots)} lots offered to {offer.to}, an answer was due by {format_instant(offer.deadline)}",
                lots=sorted(lots),
                parties=[offer.by, offer.to],
                figures=[number("overdue for", (as_of - offer.deadline) // 3_600_000, "hours")],
                until=as_of,
            )


class Returns(Detector):
    """Lots that come back to a party that had them."""

    KINDS: ClassVar[tuple[Kind, ...]] = (RETURNED_LESS, RETURNED_RESEALED)

    def see(self, seen: Seen) -> None:
        """Compare what came back with what had left."""
        for act in seen.acts:
            if isinstance(act, Taken) and act.back is not None and act.role not in FOR_OTHERS:
                self._less(seen, act, act.back.moved - (act.less - act.back.less) - act.amount)
                if act.back.seals and act.seals != act.back.seals and act.less == act.back.less:
                    self.raised.add(
                        RETURNED_RESEALED,
                        act.lot,
                        evidence=[seen.proof],
                        said=f"left with {', '.join(act.back.seals)}, came back with {', '.join(act.seals) or 'none'}",
                        lots=[act.lot],
                        parties=[act.receiver, act.giver],
                    )

    def _less(self, seen: Seen, act: Taken, short: int) -> None:
        state = seen.observed.after[act.lot]
        if act.back is None or short * 1_000_000 <= state["tolerance"] * act.back.moved:
            return
        lost = int(state["accounts"].get("lost", 0))
        self.raised.add(
            RETURNED_LESS,
            act.lot,
            evidence=[seen.proof],
            said=f"{format_amount(act.back.moved, act.kind)} left {act.receiver}, "
            f"{format_amount(act.amount, act.kind)} came back",
            lots=[act.lot],
            parties=[act.receiver, act.giver],
            figures=[
                amount("less", short, act.kind),
                percent("of what had left", short, act.back.moved),
                amount("reported lost on the lot", lost, act.kind),
            ],
        )
