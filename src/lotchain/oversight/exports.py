"""Consignments that leave their country: notifications, proof of exit, what left against what customs released."""

from __future__ import annotations

from typing import Any, ClassVar

from lotchain.core.instants import format_instant
from lotchain.core.quantities import format_amount, parse_quantity
from lotchain.custody import lots
from lotchain.custody.case import State
from lotchain.custody.permits import PRE_EXPORT
from lotchain.custody.territory import territory
from lotchain.errors import Malformed
from lotchain.oversight.alerts import Gravity, Kind, amount, certain, number, suspicious
from lotchain.oversight.detector import Detector
from lotchain.oversight.goods import CONVENTION_LIST, day_of, match_of
from lotchain.oversight.seen import Seen
from lotchain.oversight.typologies import Typologies
from lotchain.rules.lookup import Substances

MOVED_OBJECTED = certain(
    "t13-moved-though-objected",
    Gravity.GRAVE,
    "goods left their country though the importing country objects to the consignment",
    "stop the goods where they are; ask both authorities",
)
OBJECTED_LATER = certain(
    "t13-objected-after-departure",
    Gravity.GRAVE,
    "the importing country objected to a consignment whose goods had left already",
    "stop the goods where they are; ask both authorities",
)
MOVED_UNANSWERED = certain(
    "t13-moved-without-reply",
    Gravity.SERIOUS,
    "goods left their country before the importing country had said that it has no objection",
    "ask its authority now: no reply is never a yes",
)
NOT_NOTIFIED = suspicious(
    "t13-not-notified",
    Gravity.WATCH,
    "goods of Table I left their country in a consignment that drew on no notification for them",
    "ask whether the importing country asks for notifications of this substance",
)
EXIT_NOT_SHOWN = suspicious(
    "t10-exit-not-shown",
    Gravity.WATCH,
    "goods were delivered abroad, and customs of the country that they left recorded no export",
    "ask customs and the carrier for the proof of exit",
)
RELEASED_OTHERWISE = certain(
    "t04-left-not-released",
    Gravity.SERIOUS,
    "a declaration says that another quantity left the premises than customs released",
    "weigh what arrives; ask where the rest is",
)
CUSTOMS_OTHERWISE = certain(
    "t04-customs-otherwise",
    Gravity.SERIOUS,
    "customs released another quantity for export than the ledger has in the consignment, or than arrived",
    "weigh what arrives; compare the customs declaration with the papers of the consignment",
)
_TABLE_ONE = "Table I"


class Exports(Detector):
    """What a consignment's notifications and customs say when its goods are first met abroad."""

    KINDS: ClassVar[tuple[Kind, ...]] = (
        MOVED_OBJECTED, OBJECTED_LATER, MOVED_UNANSWERED, NOT_NOTIFIED, EXIT_NOT_SHOWN, RELEASED_OTHERWISE,
        CUSTOMS_OTHERWISE,
    )  # fmt: skip

    def __init__(self, typologies: Typologies, substances: Substances) -> None:
        super().__init__(typologies)
        self._substances = substances
        self._consignments: dict[str, State] = {}
        self._left: dict[str, list[str]] = {}
        self._status: dict[str, str] = {}
        self._drawn: dict[str, dict[str, None]] = {}
        self._arrived: dict[str, dict[str, int]] = {}
        self._customs: set[str] = set()

    def see(self, seen: Seen) -> None:
        """Notifications and consignments first, then where their lots are."""
        for name, earlier, after in seen.changed("consignment"):
            self._consignments[name] = after
            if after.get("customs") != (earlier or {}).get("customs"):
                self._more_than_there(seen, name, after)
            for permit in after.get("permits", {}):
                self._drawn.setdefault(permit, {})[name] = None
            for record in after.get("customs", {}).values():
                if record["kind"] == "export":
                    self._customs.add(territory(record["country"]))
        for permit, before, after in seen.changed("permit"):
            if after["sort"] == PRE_EXPORT:
                self._status[permit] = after["status"]
                if after["status"] == "objected" and before is not None and before["status"] != "objected":
                    self._objected_since(seen, permit, after)
        for name, before, after in seen.changed("lot"):
            consignment = after["consignment"]
            if consignment is None:
                continue
            home = territory(consignment["route"][0][:2])
            if territory(after["place"]["code"][:2]) == home:
                continue
            left = self._left.setdefault(consignment["id"], [])
            if name not in left:
                left.append(name)
                self._departed(seen, name, after, consignment["id"])
            if after["delivered"] and before is not None and not before["delivered"]:
                self._exit(seen, name, consignment["id"], home)
                self._more_than_released(seen, name, after, consignment["id"])
        self._released(seen)

    def _departed(self, seen: Seen, lot: str, state: State, consignment: str) -> None:
        """The lot is met abroad for the first time: what did its consignment's notifications say then?"""
        known = self._consignments.get(consignment)
        if known is None:
            return
        told = {
            permit: entry
            for permit, entry in known.get("permits", {}).items()
            if entry["sort"] == PRE_EXPORT and state["substance"] in entry["substances"]
        }
        for permit, entry in told.items():
            # A reply need not name the consignment: the notification itself knows it all the same.
            status = self._status.get(permit, entry["status"])
            if status == "no-objection":
                continue
            kind = MOVED_OBJECTED if status == "objected" else MOVED_UNANSWERED
            due = entry["reply_by"]
            asked = "no day was set for the reply" if due is None else f"a reply was asked for by {format_instant(due)}"
            self.raised.add(
                kind,
                consignment,
                key=permit,
                evidence=[seen.proof],
                said=f"{permit} to {entry['importing']} stood at {status}; {asked}",
                lots=[lot],
                parties=[known["exporter"], known["importer"]],
                figures=[number("lots abroad", len(self._left[consignment]), "lots")],
            )
        if not told and self._table_one(state["substance"], seen.time):
            self.raised.add(
                NOT_NOTIFIED,
                consignment,
                key=state["substance"],
                evidence=[seen.proof],
                said=f"{state['substance']} from {known['route'][0]} to {known['route'][-1]}, no notification drawn on",
                lots=[lot],
                parties=[known["exporter"], known["importer"]],
            )

    def _table_one(self, substance: str, time: int) -> bool:
        match = match_of(self._substances, substance)
        if match is None:
            return False
        return any(
            item.register.key == CONVENTION_LIST
            and item.status == "listed"
            and item.listing is not None
            and item.listing.kind == _TABLE_ONE
            for item in self._substances.standings(match.substance, day_of(time), match.salt)
        )

    def _objected_since(self, seen: Seen, permit: str, notification: State) -> None:
        for name in self._drawn.get(permit, ()):
            left = self._left.get(name)
            if left:
                known = self._consignments[name]
                self.raised.add(
                    OBJECTED_LATER,
                    name,
                    key=permit,
                    evidence=[seen.proof],
                    said=f"{notification['importing']} objected to {permit} when {len(left)} lots had left",
                    lots=left,
                    parties=[known["exporter"], known["importer"]],
                )

    def _exit(self, seen: Seen, lot: str, consignment: str, home: str) -> None:
        """Only where that country's customs records exports here at all can a missing one mean anything."""
        known = self._consignments.get(consignment)
        if known is None or home not in self._customs:
            return
        if any(record["kind"] == "export" for record in known.get("customs", {}).values()):
            return
        self.raised.add(
            EXIT_NOT_SHOWN,
            consignment,
            evidence=[seen.proof],
            said=f"delivered at {seen.observed.after[lot]['place']['code']}; no export from {home} on record",
            lots=[lot],
            parties=[known["exporter"]],
        )

    def _more_than_there(self, seen: Seen, name: str, consignment: State) -> None:
        """Customs released more than the lots hold. Less may be the first of several releases."""
        books = [seen.books.lots.get(lot) for lot in consignment["lots"]]
        slack = self.value(CUSTOMS_OTHERWISE, "least-rate")
        for kind in ("mass", "volume"):
            there = sum(book.amount for book in books if book is not None and book.kind == kind)
            released = _exported(consignment, kind)
            if all(books) and there and released * 1_000_000 > there * (1_000_000 + slack):
                self._otherwise(seen, name, consignment, released, there, "in the consignment", kind)

    def _more_than_released(self, seen: Seen, lot: str, state: State, consignment: str) -> None:
        """More has arrived than customs released. Less may still be on the way."""
        known, kind = self._consignments.get(consignment), state["quantity_kind"]
        if known is None:
            return
        arrived = self._arrived.setdefault(consignment, {})
        arrived[kind] = arrived.get(kind, 0) + lots.present(state)
        released = _exported(known, kind)
        slack = max(self.value(CUSTOMS_OTHERWISE, "least-rate"), int(state["tolerance"]))
        if released and arrived[kind] * 1_000_000 > released * (1_000_000 + slack):
            self._otherwise(seen, consignment, known, released, arrived[kind], f"arrived, with {lot}", kind)

    def _otherwise(
        self, seen: Seen, name: str, consignment: State, released: int, other: int, word: str, kind: str
    ) -> None:
        self.raised.add(
            CUSTOMS_OTHERWISE,
            name,
            key=kind,
            evidence=[seen.proof],
            said=f"customs released {format_amount(released, kind)}; {format_amount(other, kind)} {word}",
            lots=consignment["lots"],
            parties=[consignment["exporter"], seen.issuer],
            figures=[amount("released for export", released, kind), amount("by the ledger", other, kind)],
        )

    def _released(self, seen: Seen) -> None:
        left, released = _quantity(seen.payload.get("left")), _quantity(seen.payload.get("released"))
        if left is None or released is None or left == released:
            return
        about = str(seen.payload.get("about", seen.issuer))
        figures = [amount("left the premises", *left), amount("released by customs", *released)]
        self.raised.add(
            RELEASED_OTHERWISE,
            about,
            evidence=[seen.proof],
            said=f"{format_amount(*left)} left the premises, customs released {format_amount(*released)}",
            lots=[about] if about.startswith("lot:") else [],
            parties=[seen.issuer],
            figures=figures,
        )


def _exported(consignment: State, kind: str) -> int:
    """What customs released for export, in all."""
    return sum(
        record["quantity"] or 0
        for record in consignment.get("customs", {}).values()
        if record["kind"] == "export" and record["quantity_kind"] == kind
    )


def _quantity(stated: Any) -> tuple[int, str] | None:
    """Amount and kind of a quantity as an event states it, or None."""
    if not isinstance(stated, dict):
        return None
    try:
        found = parse_quantity(str(stated.get("value", "")), str(stated.get("unit", "")), field="quantity")
    except Malformed:
        return None
    return found.amount, found.kind
