"""What statements do to lots, in the words of oversight: who brought in, received, lost, used how much of what, where.

Acts are read from the states before and after, not from the events' classes: an event that is added later and moves
a lot in the same way is seen at once. Amounts are micrograms or nanolitres, `kind` says which of the two.
"""

from __future__ import annotations

from typing import NamedTuple

FOR_OTHERS = ("carrier", "warehouse")
"""Capacities in which a party has a lot for somebody else."""


class Brought(NamedTuple):
    """A lot came onto the ledger: made, entered, found, transformed out of another substance, or reported."""

    lot: str
    substance: str
    kind: str
    amount: int
    party: str
    origin: str
    place: str


class Given(NamedTuple):
    """How a lot was when a party last gave it away.

    `less` is what had left it by then on record: consumed, sampled, destroyed, seized, handed on in parts. `moved` is
    the amount that went, `seals` what was on it.
    """

    at: int
    moved: int
    less: int
    seals: tuple[str, ...]


class Taken(NamedTuple):
    """A receiver accepted a lot, or a part of it.

    Args:
        lot: which.
        substance: CAS number.
        kind: `mass` or `volume`.
        amount: accepted.
        offered: as the offer stated it.
        giver: who handed it over.
        giver_role: in which capacity the giver had it.
        supplier: the last party before that had it on its own account, not for others.
        receiver: who accepted.
        role: in which capacity: `carrier`, `warehouse`, `consignee`.
        origin: code of the place where it was handed over.
        place: code of the place where it was accepted.
        offset: that place's local offset, `+08:00`.
        back: how the lot was when this receiver last gave it away, or None when it never did.
        less: what has left the lot on record until now, as in `Given`.
        seals: on it now.

    """

    lot: str
    substance: str
    kind: str
    amount: int
    offered: int
    giver: str
    giver_role: str
    supplier: str
    receiver: str
    role: str
    origin: str
    place: str
    offset: str
    back: Given | None
    less: int
    seals: tuple[str, ...]

    @property
    def supply(self) -> bool:
        """Whether goods changed owner: the receiver has them on its own account, and had not given them itself."""
        return self.role not in FOR_OTHERS and self.supplier != self.receiver and self.back is None


class Short(NamedTuple):
    """A difference that a reply, a weighing or a count found; `amount` is positive for missing, negative for over.

    `role` is the capacity in which `offeror` had the lot; `measured` says that nobody replied to an offer.
    """

    lot: str
    substance: str
    kind: str
    amount: int
    offered: int
    status: str
    offeror: str
    role: str
    receiver: str
    origin: str
    place: str
    measured: bool


class Lost(NamedTuple):
    """A loss or theft that the custodian reported; `role` is the capacity in which it had the lot."""

    lot: str
    substance: str
    kind: str
    amount: int
    how: str
    party: str
    role: str
    origin: str
    place: str


class Used(NamedTuple):
    """A party used up something of a lot, for `purpose`, or in a reaction."""

    lot: str
    substance: str
    kind: str
    amount: int
    party: str
    purpose: str


Act = Brought | Taken | Short | Lost | Used
