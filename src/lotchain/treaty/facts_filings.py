"""Facts about what was filed: import and export declarations, registrations, reports; and about losses and alerts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from lotchain.core.instants import parse_instant
from lotchain.custody.case import State
from lotchain.rules.adopted import Listed
from lotchain.rules.facts import ABSENT, UNKNOWN, Interval, Value
from lotchain.treaty.facts_transfer import receiver_of, supplier_of
from lotchain.treaty.scene import Scene, filed_at, in_order

US: Final = "US"


def _declared(scene: Scene, kind: str) -> list[State]:
    """Declarations or amendments: of the authority with which they were filed, and of who files them.

    A consignee of many, or the authority of another State, spoils nobody's form by telling of one of its own.
    """
    consignment = scene.consignment or {}
    filing = [consignment.get(role) for role in ("by", "exporter", "importer")]
    return [row for row in scene.filings(kind, US) if row["acknowledged"] or row["by"] in filing]


def _declaration(scene: Scene) -> State | None:
    rows = _declared(scene, "declaration")
    return next((row for row in rows if row["acknowledged"]), rows[0] if rows else None)


def as_amended(scene: Scene) -> list[State]:
    """The declaration as last amended; beside it, what the authority last acknowledged, where that is another one.

    What the two do not both say is not known: a handler does not change by its own word what it was held to.
    """
    rows = _declared(scene, "declaration") + _declared(scene, "declaration-amendment")
    return list({id(row): row for row in [*rows[-1:], *[row for row in rows if row["acknowledged"]][-1:]]}.values())


def declaration_filed_at(scene: Scene) -> Value:
    """When the import or export declaration was filed."""
    rows = _declared(scene, "declaration")
    return filed_at(rows, scene.offset) if rows else ABSENT


def transaction_id(scene: Scene) -> Value:
    """Whether the authority gave it a transaction identification number; a handler may state any."""
    rows = scene.filings("declaration", US) + scene.filings("declaration-amendment", US)
    numbered = [row for row in rows if row["transaction_id"]]
    if any(row["acknowledged"] for row in numbered):
        return True
    return UNKNOWN if numbered else False


def form(scene: Scene) -> Value:
    """Which form."""
    row = _declaration(scene)
    if row is None:
        return ABSENT
    return str(row["form"]) if row["form"] else UNKNOWN


def waiver_claimed(scene: Scene) -> Value:
    """Whether it claims the waiver of a regular importer or customer."""
    row = _declaration(scene)
    return bool(row["waiver"]) if row is not None else False


def declared_transferee(scene: Scene) -> Value:
    """To whom, as last amended."""
    told = {row["transferee"] for row in as_amended(scene)}
    return UNKNOWN if len(told) != 1 or None in told else str(told.pop())


def amended_at(scene: Scene) -> Value:
    """When last; absent when it was not."""
    rows = _declared(scene, "declaration-amendment")
    return filed_at(rows[-1:], scene.offset) if rows else ABSENT


def transit_notice_at(scene: Scene) -> Value:
    """When the transshipment notice was filed."""
    rows = scene.filings("transit-notice", US)
    return filed_at(rows, scene.offset) if rows else ABSENT


def customer_warned_at(scene: Scene) -> Value:
    """When the authority warned the supplier about this customer; absent when no warning is on record.

    By the authority's word, or by that of who was warned.
    """
    rows = scene.filings("customer-warning", US) + in_order(scene.about.get("filings", {}))
    told = [
        row
        for row in rows
        if row["kind"] == "customer-warning"
        and row["transferee"] == receiver_of(scene)
        and ((row["acknowledged"] and row["country"] == US) or row["by"] == supplier_of(scene))
    ]
    return filed_at(told, scene.offset) if told else ABSENT


def loss_kind(scene: Scene) -> Value:
    """As stated."""
    return str(scene.event.kind)


def loss_quantity(scene: Scene) -> Value:
    """What is gone."""
    return int(scene.event.quantity.amount) if scene.event.quantity.kind == "mass" else UNKNOWN


def loss_unusual(scene: Scene) -> Value:
    """A theft or a loss without a known cause is; another one is not, within the tolerance declared for the lot."""
    if scene.event.kind in ("stolen", "unknown"):
        return True
    about = scene.about
    whole = sum(amount for account, amount in about["accounts"].items() if account in ("held", "in-transit"))
    within = scene.event.quantity.amount * 1_000_000 <= about["tolerance"] * whole
    return False if within else UNKNOWN


def loss_aware_at(scene: Scene) -> Value:
    """The holder knew when it signed."""
    return scene.when


def suspicious(scene: Scene) -> Value:
    """Whether the alert tells of a suspicious order or transaction."""
    return bool(scene.event.suspicious)


def suspicion_aware_at(scene: Scene) -> Value:
    """When its reporter knew, as stated and not later than it signed."""
    aware = parse_instant(scene.event.aware_at, field="aware_at")
    return Interval(min(aware, scene.when.upper), scene.when.upper, scene.offset)


def destruction_supervised(scene: Scene) -> Value:
    """Whether the witness is the authority of the place's country."""
    return bool(scene.event.witness == scene.charter["authorities"].get(scene.place[0][:2]))


# What is asked again at the end: by the filings of the lot's and the consignment's last states.


def _filed(filings: Iterable[Mapping[str, Any]], kind: str, statement: str, country: str) -> list[Mapping[str, Any]]:
    return [
        row
        for row in filings
        if row["kind"] == kind and row["about"] in ("", statement) and (not country or row["country"] == country)
    ]


class Later:
    """What was done after a statement, as far as the last states tell, at a moment.

    Args:
        lot: filings about the lot, by statement id.
        consignment: filings about its consignment.
        statement: the statement that the duty is about.
        country: whose law asks.
        as_of: the moment (ms); what is not done by then is put at it, so that a duty still in time shows.
        offset: of the place.
        listed: what the set says of the substance, for amounts that are not of the base.

    """

    def __init__(
        self,
        lot: Mapping[str, State],
        consignment: Mapping[str, State],
        statement: str,
        country: str,
        as_of: int,
        offset: int | None,
        listed: Listed | None,
    ) -> None:
        self._all = in_order({**consignment, **lot})
        self._statement = statement
        self._country = country
        self._now = Interval(as_of, as_of, offset)
        self._offset = offset
        self._listed = listed

    def waits(self, name: str) -> bool:
        """Whether a fact of `LATER` is a time, and nothing was filed yet: then its value is the moment itself."""
        return LATER[name][1] == "at" and not self._rows(LATER[name][0])

    def value(self, name: str) -> Value:
        """A fact of `LATER`."""
        kind, what = LATER[name]
        rows = self._rows(kind)
        if what == "at":
            return filed_at(rows, self._offset) if rows else self._now
        if what == "done":
            return bool(rows)
        if not rows:
            return UNKNOWN
        return as_base(rows[-1], what, self._listed)

    def _rows(self, kind: str) -> list[Mapping[str, Any]]:
        own = {"return-declaration", "outcome-report"}
        return _filed(self._all if kind in own else self._about(), kind, self._statement, self._country)

    def _about(self) -> list[Mapping[str, Any]]:
        """Reports about a statement name it; on the lot alone there may be several of one kind."""
        return [row for row in self._all if row["about"] == self._statement]


LATER: Final[dict[str, tuple[str, str]]] = {
    "mx_registered_at": ("activity-registration", "at"),
    "loss_reported_at": ("loss-report", "at"),
    "loss_reported": ("loss-report", "done"),
    "loss_police_at": ("police-report", "at"),
    "suspicion_reported_at": ("suspicion-report", "at"),
    "suspicion_reported": ("suspicion-report", "done"),
    "cn_sale_reported_at": ("sale-report", "at"),
    "us_return_at": ("return-declaration", "at"),
    "us_return_filed": ("return-declaration", "done"),
    "us_left_base": ("return-declaration", "left"),
    "us_released_base": ("return-declaration", "released"),
    "us_outcome_reported": ("outcome-report", "done"),
}
"""Facts that a later filing supplies: its kind, and what of it (`at`, `done`, or the amount)."""


def as_base(row: Mapping[str, Any], member: str, listed: Listed | None) -> Value:
    """An amount of a filing as micrograms of base."""
    amount = row[member]
    if amount is None or row["quantity_kind"] not in ("mass", ""):
        return UNKNOWN
    if row["basis"] == "base":
        return int(amount)
    if listed is None or listed.factor is None:
        return UNKNOWN
    numerator, denominator = listed.factor
    return -(-int(amount) * numerator // denominator)


FACTS: Final = {
    "us_declaration_filed_at": declaration_filed_at, "us_transaction_id": transaction_id, "us_form": form,
    "us_waiver_claimed": waiver_claimed, "us_declared_transferee": declared_transferee, "us_amended_at": amended_at,
    "us_transit_notice_at": transit_notice_at, "us_customer_warned_at": customer_warned_at, "loss_kind": loss_kind,
    "loss_quantity": loss_quantity, "loss_unusual": loss_unusual, "loss_aware_at": loss_aware_at,
    "alert_suspicious_transaction": suspicious, "suspicion_aware_at": suspicion_aware_at,
    "destruction_supervised": destruction_supervised,
}  # fmt: skip
