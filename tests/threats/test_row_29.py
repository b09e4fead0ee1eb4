"""Threat row 29, cycles: no lot is its own ancestor, and no hand-over ends where it began.

A new lot's name must be free, for ever, so a longer cycle ends at `lot-exists`; the one-step cycles are `lot-cycle`.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.threats.surroundings import PARTIES, Small, shared
from tests.unit.world import kg

from lotchain.events.licence_grant import LicenceGrant
from lotchain.events.split import Child, Split

LOT = "lot:CN-MAKER/M-1"
PLACE = {"code": "CNTZU", "offset": "+08:00"}


def amount(value: str) -> dict[str, str]:
    return {"value": value, "unit": "KGM"}


def base(small: Small, kind: str, **rest: Any) -> dict[str, Any]:
    return {"type": f"{kind}/1", "occurred_at": small.now(), **rest}


def test_a_lot_is_not_its_own_part() -> None:
    small = shared()
    children = [{"lot": LOT, "quantity": amount("250")}, {"lot": f"{LOT}-2", "quantity": amount("250")}]
    event = base(small, "split", lot=LOT, prev=small.last(LOT), children=children)
    small.refused(small.sign_event(event, subject=LOT), "lot-cycle")


def test_a_lot_is_not_merged_into_itself() -> None:
    small = Small()
    one, two = small.make("T-1", 1), small.make("T-2", 1)
    lines = [{"lot": lot, "prev": small.last(lot), "quantity": amount("1")} for lot in (one, two)]
    event = base(small, "merge", lot=one, lines=lines, place=PLACE)
    small.refused(small.sign_event(event, subject=one), "lot-cycle")


def test_a_lot_is_not_merged_with_itself() -> None:
    small = shared()
    lines = [{"lot": LOT, "prev": small.last(LOT), "quantity": amount("500")}] * 2
    event = base(small, "merge", lot="lot:CN-MAKER/ALL", lines=lines, place=PLACE)
    small.refused(small.sign_event(event, subject="lot:CN-MAKER/ALL"), "lot-twice")


def test_descendants_do_not_bring_forth_their_ancestor() -> None:
    """Split, then merge the parts under the old name: the name stands for ever for what it stood for."""
    small = Small()
    lot = small.make("T-1", 2)
    parts = (Child(lot=f"{lot}-1", quantity=kg(1)), Child(lot=f"{lot}-2", quantity=kg(1)))
    small.accept(Split(lot=lot, prev=small.last(lot), children=parts, occurred_at=small.now()), "maker")
    lines = [{"lot": part.lot, "prev": small.last(part.lot), "quantity": amount("1")} for part in parts]
    event = base(small, "merge", lot=lot, lines=lines, place=PLACE)
    small.refused(small.sign_event(event, subject=lot), "lot-exists")
    grandchild = [{"lot": lot, "quantity": amount("0.5")}, {"lot": f"{lot}-3", "quantity": amount("0.5")}]
    event = base(small, "split", lot=parts[0].lot, prev=small.last(parts[0].lot), children=grandchild)
    small.refused(small.sign_event(event, subject=parts[0].lot), "lot-exists")
    small.refused(small.sign_event(small.registration(lot=lot)), "lot-exists")


def test_a_hand_over_to_oneself() -> None:
    small = shared()
    offer = small.hand_over("maker", "maker", LOT)
    assert small.refused(small.sign(offer, "maker"), "same-party").found == PARTIES["maker"]


def test_a_hand_over_to_oneself_under_another_id() -> None:
    """Two party ids of one organisation are one party: its two signatures are no transfer."""
    small = Small()
    lot = small.make("T-1", 1)
    grant = LicenceGrant(
        party="party:CN-MAKER-BRANCH",
        organisation="Organisation maker",
        number="2",
        activities=("transport",),
        substances=("*",),
        valid_from="1970-01-01T00:00:00Z",
        occurred_at=small.now(),
    )
    small.accept(grant, "cn")
    small.refused(small.sign(small.hand_over("maker", "party:CN-MAKER-BRANCH", lot), "maker"), "same-party")


@pytest.mark.parametrize("field", ["prev", "answers"])
def test_a_statement_cannot_follow_itself(field: str) -> None:
    """Its id would have to stand in what the id is the hash of: whatever id is named, it is not there yet."""
    small = shared()
    if field == "prev":
        offer = small.hand_over("maker", "carrier", LOT).model_dump(mode="json", exclude_none=True)
        offer["lines"][0]["prev"] = "5f" * 32
        small.refused(small.sign_event(offer, subject=LOT), "prev-unknown")
    else:
        lines = [{"lot": LOT, "outcome": "full", "accepted": amount("500")}]
        reply = base(small, "acceptance", answers="5f" * 32, lines=lines, place=PLACE)
        small.refused(small.sign_event(reply, "carrier", subject=LOT), "offer-unknown")
