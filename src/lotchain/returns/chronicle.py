"""What a log has said so far, as rows need it: newest states, who is called what, and in which entries it stood."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from lotchain.core import canonical_json
from lotchain.core.ids import country_of
from lotchain.core.instants import MAX_INSTANT_MS, format_instant, format_local, parse_instant, parse_offset
from lotchain.core.quantities import parse_quantity
from lotchain.custody.case import State
from lotchain.custody.charter import SUBJECT as CHARTER
from lotchain.oversight.observed import Observed
from lotchain.returns.table import NOTHING, Cell, known, unknown
from lotchain.rules.lookup import Substances

Opened = Callable[[str], str | None]
"""From the digest of a hidden field (hex) to its text, or None where it is not known or not to be shown."""
NO_ADDRESS = "the ledger holds no addresses"


class Chronicle:
    """The log so far. Feed it each statement after whoever compares with the time before has seen it.

    Args:
        substances: the data on substances.
        opened: what hidden fields say.

    """

    def __init__(self, substances: Substances, opened: Opened) -> None:
        self.substances = substances
        self.opened = opened
        self.states: dict[str, State] = {}
        self.indexes: dict[str, list[int]] = {}
        self.ids: dict[int, str] = {}
        self._index_of: dict[str, int] = {}
        self._labels: dict[str, tuple[str, int]] = {}
        self._made_in: dict[str, dict[str, set[int]]] = {}

    def take(self, told: Observed) -> None:
        """One more statement of the log."""
        statement = told.reading.statement
        self.ids[told.index] = statement.hex_id
        self._index_of[statement.hex_id] = told.index
        for subject, state in told.after.items():
            if subject.startswith("lot:") and subject not in self.states:
                self._born(subject, state, told)
            self.states[subject] = state
            self.indexes.setdefault(subject, []).append(told.index)

    def _born(self, lot: str, state: State, told: Observed) -> None:
        """A new lot is called what it was registered as, or what its parents were, and comes from where they did."""
        event = told.reading.event
        if state["parents"] and state["origin"] != "transformed":
            labels = [self._labels[parent] for parent in state["parents"] if parent in self._labels]
            if len({name for name, _ in labels}) == 1:
                self._labels[lot] = labels[0]
            made: dict[str, set[int]] = {}
            for parent in state["parents"]:
                for country, indexes in self._made_in.get(parent, {"": {told.index}}).items():
                    made.setdefault(country, set()).update(indexes)
            self._made_in[lot] = made
            return
        name = getattr(event, "name", None) or getattr(getattr(event, "output", None), "name", None)
        if name:
            self._labels[lot] = (str(name), told.index)
        here = state["place"]["code"][:2] if state["origin"] in ("made", "transformed") else ""
        self._made_in[lot] = {here: {told.index}}

    # What stood where

    def place_of(self, statement_id: str) -> tuple[int, ...]:
        """The log index of a statement, as sources."""
        index = self._index_of.get(statement_id)
        return () if index is None else (index,)

    def first(self, subject: str) -> tuple[int, ...]:
        """Where a subject came onto the log, as sources."""
        return tuple(self.indexes.get(subject, ())[:1])

    def last(self, subject: str) -> tuple[int, ...]:
        """What changed a subject last, as sources."""
        return tuple(self.indexes.get(subject, ())[-1:])

    # Who is who

    def party(
        self, prefix: str, party: str | None, sources: Iterable[int] = (), *, address: bool = True
    ) -> dict[str, Cell]:
        """Cells `<prefix>`, `<prefix>_name`, `<prefix>_address` of a party that a statement names; None: not named."""
        cells: dict[str, Cell] = {}
        if party is not None:
            cells = {prefix: known(party, sources), f"{prefix}_name": self.name(party)}
            if address:
                cells[f"{prefix}_address"] = unknown(NO_ADDRESS)
        return cells

    def name(self, party: str) -> Cell:
        """What a party is called on the ledger: the organisation that its authority named."""
        state = self.states.get(party)
        if state is None:
            return unknown("the party is not on this ledger")
        return known(state["organisation"], self.first(party))

    def authority(self, country: str) -> str | None:
        """The national authority of a country, or None where the ledger has none."""
        charter = self.states.get(CHARTER)
        found = None if charter is None else charter["authorities"].get(country)
        return None if found is None else str(found)

    def is_authority(self, party: str) -> bool:
        """Whether a party is a national authority on this ledger."""
        return self.authority(country_of(party)) == party

    # What is what

    def label(self, lot: str) -> Cell:
        """What the lot's label calls the substance."""
        found = self._labels.get(lot)
        return NOTHING if found is None else known(found[0], (found[1],))

    def made_in(self, lots: Iterable[str]) -> Cell:
        """The countries in which lots were made; undetermined as soon as one was not made on this ledger."""
        found: dict[str, set[int]] = {}
        for lot in lots:
            for country, indexes in self._made_in.get(lot, {"": set()}).items():
                found.setdefault(country, set()).update(indexes)
        sources = {index for indexes in found.values() for index in indexes}
        if not found or "" in found:
            return unknown("where it was made is not on this ledger", sources)
        return known("; ".join(sorted(found)), sources, "the place of the registration as made, or of the reaction")

    def text(self, value: Any, sources: Iterable[int], *, needed: bool = False) -> Cell:
        """A hideable field of a payload: its text, its opening, or undetermined: it is there and hidden."""
        if value is None:
            return unknown("it is not stated") if needed else NOTHING
        if isinstance(value, str):
            return known(value, sources)
        shown = self.opened(value["hidden"])
        if shown is None:
            return unknown(f"the statement hides it, digest {value['hidden']}", sources)
        return known(shown, sources, "a hidden field, opened")


def payload(told: Observed) -> dict[str, Any]:
    """The statement's event as JSON, as it was signed."""
    value: dict[str, Any] = canonical_json.decode(told.reading.statement.payload)
    return value


def amount_of(quantity: Mapping[str, str]) -> int:
    """Micrograms or nanolitres of a quantity in a payload."""
    return parse_quantity(quantity["value"], quantity["unit"], field="").amount


def kind_of_unit(quantity: Mapping[str, str]) -> str:
    """`mass` or `volume`, of a quantity in a payload."""
    return parse_quantity(quantity["value"], quantity["unit"], field="").kind


def at(text: str) -> int:
    """An instant of a payload in ms."""
    return parse_instant(text, field="")


def year_of(ms: int, offset: str = "+00:00") -> int:
    """The calendar year of an instant by the clocks of a place."""
    return int(local_day(ms, offset)[:4])


def local_day(ms: int, offset: str) -> str:
    """The calendar day of an instant by the clocks of a place, within the years that a ledger knows: `YYYY-MM-DD`."""
    return format_instant(min(MAX_INSTANT_MS, max(0, ms + parse_offset(offset) * 60_000)))[:10]


def times(ms: int, offset: str, sources: Iterable[int]) -> dict[str, Cell]:
    """Cells `occurred_at` (UTC) and `local_time` (at a place of this offset; empty: not known)."""
    indexes = tuple(sources)
    cells = {"occurred_at": known(format_instant(ms), indexes)}
    if offset:
        cells["local_time"] = known(format_local(ms, parse_offset(offset)), indexes)
    return cells
