"""What goes into a yearly or an instant report of trouble: seizures, thefts, stopped shipments, suspected diversion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from lotchain.custody import lots
from lotchain.custody.case import State
from lotchain.custody.second_signatures import SEIZED
from lotchain.oversight.observed import Observed
from lotchain.returns.chronicle import Chronicle, at, payload
from lotchain.returns.parcels import Parcel, Parcels

SEIZURE, THEFT, UNEXPLAINED = "seizure", "theft", "unexplained-loss"
DIVERSION, STOPPED = "suspected-diversion", "stopped-shipment"
PARTS: Final = {
    SEIZURE: "seized by an authority, both officers having signed",
    THEFT: "reported stolen, or a difference explained as stolen",
    UNEXPLAINED: "reported gone, cause unknown",
    DIVERSION: "filled packages of a lot seen after the ledger says that it was used up",
    STOPPED: "a hold or a refused passage on the way, or an objection to a notification that a consignment drew on",
}
_SIGHTED: Final = "sighted-after-end"


class Incident(NamedTuple):
    """One incident on one lot.

    Attributes:
        part: of `PARTS`.
        entries: log indexes of the statements that make it up, the one that tells it first.
        at: when it happened, as its statement says, ms.
        offset: of the place from UTC, or empty.
        place: UN/LOCODE where it happened, or empty.
        taken_to: where seized goods were taken, or empty.
        reporter: who signed.
        lot, cas, kind: of what.
        amount: micrograms or nanolitres; None: not stated.
        packages: serials concerned.
        packed: how many packages the lot had.
        seals: on the lot then.
        method: the statement's own word for how or why: stolen, suspicion, objected …
        outcome: what came of it, or empty.
        outcome_entries: log indexes that say so.
        event: the first statement's payload.
        parcel: the consignment in which the lot was, or None.

    """

    part: str
    entries: tuple[int, ...]
    at: int
    offset: str
    place: str
    taken_to: str
    reporter: str
    lot: str
    cas: str
    kind: str
    amount: int | None
    packages: tuple[str, ...]
    packed: int
    seals: tuple[str, ...]
    method: str
    outcome: str
    outcome_entries: tuple[int, ...]
    event: Mapping[str, Any]
    parcel: Parcel | None


class Incidents:
    """All incidents of a log. Feed it each statement before the chronicle, after the parcels."""

    def __init__(self, chronicle: Chronicle, parcels: Parcels) -> None:
        self._chronicle = chronicle
        self._parcels = parcels
        self._proposed: dict[str, tuple[int, Mapping[str, Any], str]] = {}
        self._stolen: dict[tuple[str, str], int] = {}
        self._held: dict[str, list[int]] = {}
        self.all: list[Incident] = []

    def take(self, told: Observed) -> None:
        """One more statement of the log."""
        kind = told.reading.event.type
        if kind == "seizure/1":
            statement = told.reading.statement
            self._proposed[statement.hex_id] = (told.index, payload(told), statement.issuer)
        elif kind == "endorsement/1":
            self._seized(told)
        elif kind == "loss/1":
            self._lost(told)
        elif kind == "discrepancy-answer/1":
            self._answered(told)
        elif kind == "sighting/1":
            self._sighted(told)
        elif kind == "hold/1":
            self._stopped(told)
        elif kind == "release/1":
            self._released(told)
        elif kind == "inspection/1":
            self._inspected(told)
        elif kind == "pre-export-reply/1":
            self._objected(told)

    def _seized(self, told: Observed) -> None:
        found = next((finding for finding in told.findings if finding.kind is SEIZED), None)
        proposal = self._proposed.get(payload(told).get("endorses", ""))
        if found is None or proposal is None:
            return
        entry, event, officer = proposal
        lot, before = found.subject, self._chronicle.states[found.subject]
        rests = [state for name, state in told.after.items() if name != lot]
        taken = rests[0] if rests else told.after[lot]
        self.all.append(
            _incident(
                SEIZURE, (entry, told.index), event, lot, before, officer,
                place=before["place"]["code"], offset=before["place"]["offset"], taken_to=event["place"]["code"],
                amount=lots.present(taken), packages=sorted(taken["packages"]), method=event["reason"],
                parcel=self._parcels.of_lot(lot),
            )
        )  # fmt: skip

    def _lost(self, told: Observed) -> None:
        event = payload(told)
        part = {"stolen": THEFT, "unknown": UNEXPLAINED}.get(event["kind"])
        if part is None:
            return
        lot, before = event["lot"], self._chronicle.states[event["lot"]]
        gone = told.after[lot]["accounts"].get("lost", 0) - before["accounts"].get("lost", 0)
        self.all.append(
            _incident(
                part, (told.index,), event, lot, before, told.reading.statement.issuer, amount=gone,
                packages=event.get("packages", ()), method=event["kind"], parcel=self._parcels.of_lot(lot),
            )
        )  # fmt: skip

    def _answered(self, told: Observed) -> None:
        """A difference that somebody explains as stolen: one theft, however many say so."""
        event = payload(told)
        lot, reply = event["lot"], event["reply"]
        if event["explanation"] != "stolen":
            return
        before = self._chronicle.states[lot]
        amount = before["differences"][reply]["amount"]
        if amount <= 0:
            return
        if (lot, reply) in self._stolen:
            found = self._stolen[lot, reply]
            self.all[found] = self.all[found]._replace(entries=(*self.all[found].entries, told.index))
            return
        self._stolen[lot, reply] = len(self.all)
        entries = (told.index, *self._chronicle.place_of(reply))
        self.all.append(
            _incident(
                THEFT, entries, event, lot, before, told.reading.statement.issuer, amount=amount,
                place="", offset="", method="difference explained as stolen", parcel=self._parcels.of_lot(lot),
            )
        )  # fmt: skip

    def _sighted(self, told: Observed) -> None:
        event = payload(told)
        if all(finding.code != _SIGHTED for finding in told.findings):
            return
        lot = event["lot"]
        self.all.append(
            _incident(
                DIVERSION, (told.index,), event, lot, self._chronicle.states[lot], told.reading.statement.issuer,
                packages=[event["serial"]] if "serial" in event else (), method=_SIGHTED,
                parcel=self._parcels.of_lot(lot),
            )
        )  # fmt: skip

    def _stopped(self, told: Observed) -> None:
        event = payload(told)
        for lot in dict.fromkeys(event["lots"]):
            state = self._chronicle.states[lot]
            if not _under_way(state):
                continue
            self._held.setdefault(told.reading.statement.hex_id, []).append(len(self.all))
            self.all.append(self._stop(told, event, lot, state, event["reason"]))

    def _released(self, told: Observed) -> None:
        event = payload(told)
        for found in self._held.get(event["hold"], ()):
            if self.all[found].lot in event["lots"]:
                self.all[found] = self.all[found]._replace(outcome="released", outcome_entries=(told.index,))

    def _inspected(self, told: Observed) -> None:
        event = payload(told)
        for line in event["lines"]:
            state = self._chronicle.states[line["lot"]]
            if line["result"] == "refused" and _under_way(state):
                self.all.append(self._stop(told, event, line["lot"], state, "refused its passage"))

    def _objected(self, told: Observed) -> None:
        event = payload(told)
        if event["reply"] != "objected" or told.after[event["permit"]]["status"] != "objected":
            return
        for parcel in self._parcels.by_name.values():
            drawn = {drawing.cas for drawing in parcel.drawings if drawing.permit == event["permit"]}
            for good in parcel.goods:
                if good.cas in drawn:
                    state = self._chronicle.states[good.lot]
                    made = self._stop(told, event, good.lot, state, "objected")
                    self.all.append(made._replace(parcel=parcel, amount=good.amount, place="", offset=""))

    def _stop(self, told: Observed, event: Mapping[str, Any], lot: str, state: State, method: str) -> Incident:
        return _incident(
            STOPPED, (told.index,), event, lot, state, told.reading.statement.issuer, amount=lots.present(state),
            packages=sorted(state["packages"]), method=method, parcel=self._parcels.of_lot(lot),
        )  # fmt: skip


def _under_way(state: State) -> bool:
    return state["consignment"] is not None and not state["delivered"] and state["ended"] is None


def _incident(
    part: str, entries: Iterable[int], event: Mapping[str, Any], lot: str, state: State, reporter: str, *,
    place: str | None = None, offset: str | None = None, taken_to: str = "", amount: int | None = None,
    packages: Iterable[str] = (), method: str = "", parcel: Parcel | None = None,
) -> Incident:  # fmt: skip
    """An incident at the place of its event; where that has none, at the lot's last declared place."""
    there = event.get("place") or state["place"]
    return Incident(
        part=part,
        entries=tuple(entries),
        at=at(event["occurred_at"]),
        offset=there["offset"] if offset is None else offset,
        place=there["code"] if place is None else place,
        taken_to=taken_to,
        reporter=reporter,
        lot=lot,
        cas=state["substance"],
        kind=state["quantity_kind"],
        amount=amount,
        packages=tuple(packages),
        packed=len(state["packages"]),
        seals=tuple(state["seals"]),
        method=method,
        outcome="",
        outcome_entries=(),
        event=event,
        parcel=parcel,
    )


def documents(incident: Incident, *kinds: str) -> Iterator[str]:
    """Numbers or digests of the papers of an incident's first statement, of these kinds; of all where none is named."""
    for paper in incident.event.get("documents", ()):
        if not kinds or paper["kind"] in kinds:
            yield paper.get("reference", f"sha256:{paper['sha256']}")
