"""Alerts that somebody signed onto the ledger, and what became of them: shown beside those that are computed.

A computed alert is nobody's word. Who takes it up records an `alert/1` on the lot; `alert-closing/1` says what came
of it. The two are brought together by lot and ground, or by a statement that the recorded one names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from lotchain.core.instants import format_instant
from lotchain.oversight.alerts import Alert
from lotchain.oversight.seen import Seen

GROUND_OF: Final = {
    "T1": ("front-company",),
    "T2": ("false-end-use",),
    "T3": ("mis-declaration",),
    "T4": ("under-reported-quantity",),
    "T5": ("transit-loss", "watch-listed-serial"),
    "T6": ("domestic-diversion",),
    "T7": ("transhipment", "odd-route"),
    "T8": ("unlisted-relative", "no-licit-trade"),
    "T9": ("broker-or-platform",),
    "T10": ("round-trip",),
    "T11": ("split-below-threshold",),
    "T12": ("licence-misuse",),
    "T13": ("notification-ignored",),
    "T14": ("order-pattern", "suspicious-order", "extraordinary-quantity", "odd-route"),
    "T15": ("record-tampering",),
    "T16": ("ghost-lot", "watch-listed-serial"),
    "T17": ("stock-beyond-need",),
    "T18": ("loss-pattern",),
}
"""Typology → the grounds of `alert/1` by which somebody takes up an alert of it."""


@dataclass(slots=True)
class RecordedAlert:
    """One alert on the ledger.

    Args:
        id: hex id of the statement that raised it.
        lot: which lot it was raised on.
        by: who raised it.
        official: whether by an authority.
        grounds: of the event's closed list, sorted.
        raised_at: closing time, ms.
        names: hex ids of statements that it names as evidence.
        open_on: lots on which it stands; what came out of the lot, too.
        closed: outcome, closing statement's hex id and closing time of each closing, in log order.

    """

    id: str
    lot: str
    by: str
    official: bool
    grounds: tuple[str, ...]
    raised_at: int
    names: frozenset[str]
    open_on: set[str] = field(default_factory=set)
    closed: list[tuple[str, str, int]] = field(default_factory=list)

    @property
    def status(self) -> str:
        """`open` while it stands on any lot, else `closed`."""
        return "open" if self.open_on else "closed"

    def takes_up(self, alert: Alert) -> bool:
        """Whether it is about what a computed alert shows."""
        if any(item.id in self.names for item in alert.evidence):
            return True
        grounds = GROUND_OF[alert.kind.typology]
        return (self.lot in alert.lots or not self.open_on.isdisjoint(alert.lots)) and any(
            ground in grounds for ground in self.grounds
        )

    def as_json(self) -> dict[str, Any]:
        """All members, for machines."""
        return {
            "id": self.id,
            "lot": self.lot,
            "by": self.by,
            "official": self.official,
            "grounds": list(self.grounds),
            "raised_at": format_instant(self.raised_at),
            "status": self.status,
            "open_on": sorted(self.open_on),
            "closed": [
                {"outcome": outcome, "by_statement": statement, "at": format_instant(at)}
                for outcome, statement, at in self.closed
            ],
        }


class Recorded:
    """All alerts on the ledger, from what lots' states say of them."""

    def __init__(self) -> None:
        self.alerts: dict[str, RecordedAlert] = {}

    def see(self, seen: Seen) -> None:
        """Raised, passed on to other lots, closed."""
        for name, before, after in seen.changed("lot"):
            standing = after.get("alerts", {})
            earlier = {} if before is None else before.get("alerts", {})
            for statement, entry in standing.items():
                found = self.alerts.get(statement)
                if found is None:
                    found = RecordedAlert(
                        statement, name, entry["by"], entry["official"], tuple(entry["grounds"]), entry["raised_at"],
                        frozenset(seen.payload.get("evidence", ())),
                    )  # fmt: skip
                    self.alerts[statement] = found
                found.open_on.add(name)
            for statement in earlier:
                if statement not in standing and statement in self.alerts:
                    self._closed(seen, name, self.alerts[statement])

    def _closed(self, seen: Seen, lot: str, alert: RecordedAlert) -> None:
        alert.open_on.discard(lot)
        entry = (str(seen.payload.get("outcome", "")), seen.evidence.id, seen.time)
        if entry not in alert.closed:
            alert.closed.append(entry)

    def of(self, alert: Alert) -> list[RecordedAlert]:
        """Those that take up a computed alert, in log order."""
        return [item for item in self.alerts.values() if item.takes_up(alert)]

    def on(self, lots: Iterable[str]) -> list[RecordedAlert]:
        """Those raised on, or standing on, any of some lots."""
        wanted = set(lots)
        return [item for item in self.alerts.values() if item.lot in wanted or wanted & item.open_on]
