"""What starts a clock of some law: losses, differences, activities, supplies, suspicions, filings, customs, notices.

A statement's own word for when something happened is taken against its signer: it began then at the earliest as far
as anybody says, and at the latest when the statement was entered, which is proved. Between these lies the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from lotchain.core.ids import country_of
from lotchain.core.instants import parse_offset
from lotchain.custody import lots
from lotchain.custody.case import State
from lotchain.custody.permits import PRE_EXPORT
from lotchain.oversight.acts import Lost, Short, Taken
from lotchain.oversight.seen import Seen
from lotchain.rules.facts import Interval

EXPLAINED: Final = frozenset({"destroyed", "leaked", "spoiled"})
"""Kinds of loss that are unusual only where they are more than usual."""
ACTIVITIES: Final = frozenset({"acceptance", "consumption", "loss", "registration", "transformation"})
SUSPENSIVE: Final = "customs:suspensive"
_WAIVER: Final = "a waiver is claimed, and whether it was granted is not known here"


class Beginning(NamedTuple):
    """Something happened that a law may start a clock from.

    Attributes:
        word: which beginning, of `deadline_data.LAW_STARTS`.
        subject: the lot, consignment or permit that it is about.
        parts: what reports about it may be about instead: the lots of a consignment.
        statement: hex id.
        start: when, with the place's offset where it is known.
        country: in which.
        cas: the substances; empty: not known.
        parties: who has which part in it, by the words of `deadline_data.OWES`.
        ends: first and last country of the declared route; empty texts where none is declared.
        doubts: why the duty may not be there at all.

    """

    word: str
    subject: str
    parts: frozenset[str]
    statement: str
    start: Interval
    country: str
    cas: tuple[str, ...]
    parties: Mapping[str, str]
    ends: tuple[str, str] = ("", "")
    doubts: tuple[str, ...] = ()


SubstanceOf = Callable[[str], str]
"""The CAS number of a lot's substance, or the empty text."""


def beginnings(seen: Seen, substance_of: SubstanceOf) -> Iterator[Beginning]:
    """What one statement begins, one for each subject."""
    kind = seen.type.partition("/")[0]
    if kind == "filing":
        yield from _filing(seen, substance_of)
        return
    if kind == "customs-release":
        yield from _customs(seen, substance_of)
        return
    for act in seen.acts:
        if isinstance(act, Lost):
            yield from _loss(seen, act)
        elif isinstance(act, Short) and act.amount > 0 and act.status == "open":
            yield _of_lot(seen, "difference:missing", act.lot, {"custodian": act.offeror, "issuer": act.offeror})
        elif isinstance(act, Taken) and act.supply:
            yield _of_lot(seen, "supply", act.lot, {"supplier": act.supplier, "receiver": act.receiver})
    if kind in ACTIVITIES:
        yield from _activities(seen, kind)
    yield from _destroyed(seen)
    if kind == "alert":
        yield from _alert(seen)
    if kind == "pre-export-notification":
        yield from _notification(seen)


def happened(seen: Seen, offset: int | None) -> Interval:
    """When a statement's event happened: as its signer says, at the latest when it was entered."""
    return Interval(min(seen.observed.reading.event.occurred, seen.time), seen.time, offset)


def offset_of(place: Mapping[str, Any] | None) -> int | None:
    """Minutes east of UTC of a place as states hold it."""
    return None if place is None else parse_offset(place["offset"])


def authority_for(seen: Seen, country: str) -> str:
    """The party that is a country's authority on this ledger, or the empty text."""
    charter = seen.observed.before.get("charter")
    return "" if charter is None else str(charter["authorities"].get(country, ""))


def _statement(seen: Seen) -> str:
    return seen.observed.reading.statement.hex_id


def _of_lot(
    seen: Seen, word: str, lot: str, parties: Mapping[str, str], *, statement: str = "", doubts: tuple[str, ...] = ()
) -> Beginning:
    """Something that befell a lot, where the lot now is."""
    state = seen.observed.after[lot]
    return Beginning(
        word, lot, frozenset({lot}), statement or _statement(seen), happened(seen, offset_of(state["place"])),
        state["place"]["code"][:2], (state["substance"],), parties, _route(state), doubts,
    )  # fmt: skip


def _route(state: State) -> tuple[str, str]:
    """The countries at both ends of a lot's or consignment's declared route."""
    route = (state["consignment"] or {}).get("route") if state["kind"] == "lot" else state["route"]
    return (route[0][:2], route[-1][:2]) if route else ("", "")


def _loss(seen: Seen, act: Lost) -> Iterator[Beginning]:
    state = seen.observed.after[act.lot]
    whole = lots.present(state) + act.amount
    if act.how in EXPLAINED and act.amount * 1_000_000 <= state["tolerance"] * whole:
        return
    yield _of_lot(seen, f"loss:{act.how}", act.lot, {"custodian": act.party, "issuer": act.party})


def _activities(seen: Seen, kind: str) -> Iterator[Beginning]:
    """What is done with a lot, in words of its event; the issuer does it."""
    event = seen.observed.reading.event
    for lot in (*event.subjects(), *event.creates()):
        state = seen.observed.after.get(lot)
        if state is None or state["kind"] != "lot":
            continue
        before = seen.observed.before.get(lot)
        took = before is None or before["custodian"] != state["custodian"]
        if kind == "acceptance" and not took:
            continue
        yield _of_lot(seen, kind, lot, {"issuer": seen.issuer, "custodian": seen.issuer})


def _destroyed(seen: Seen) -> Iterator[Beginning]:
    """A destruction takes effect with its witness's signature; its own statement is the one that is reported."""
    for lot, before, after in seen.changed("lot"):
        if before is None or after["accounts"].get("destroyed", 0) <= before["accounts"].get("destroyed", 0):
            continue
        for proposal, entry in before["pending"].items():
            if entry["kind"] == "destruction" and proposal not in after["pending"]:
                parties = {"issuer": entry["by"], "custodian": entry["by"]}
                yield _of_lot(seen, "destruction", lot, parties, statement=proposal)


def _alert(seen: Seen) -> Iterator[Beginning]:
    """A handler's suspicion; what an authority suspects, nobody needs to tell it."""
    payload = seen.payload
    for lot, _, after in seen.changed("lot"):
        entry = after.get("alerts", {}).get(_statement(seen))
        if entry is None or not entry["suspicious"] or entry["official"]:
            continue
        begun = _of_lot(seen, "alert", lot, {"custodian": seen.issuer, "issuer": seen.issuer})
        aware = getattr(seen.observed.reading.event, "aware", None)
        if aware is not None and payload.get("aware_at"):
            begun = begun._replace(start=Interval(min(int(aware), seen.time), seen.time, begun.start.offset_minutes))
        yield begun


def _notification(seen: Seen) -> Iterator[Beginning]:
    for permit, before, after in seen.changed("permit"):
        if before is not None or after["sort"] != PRE_EXPORT:
            continue
        importing = after["importing"]
        named = authority_for(seen, importing) or f"the authority of {importing}"
        parties = {"importing-authority": named, "issuer": seen.issuer, "holder": after["holder"]}
        yield Beginning(
            "notification", permit, frozenset({permit}), _statement(seen), happened(seen, None),
            country_of(seen.issuer), tuple(after["terms"]["substances"]), parties,
        )  # fmt: skip


def _filing(seen: Seen, substance_of: SubstanceOf) -> Iterator[Beginning]:
    """A declaration that waits for its release."""
    for subject, state in seen.observed.after.items():
        record = state.get("filings", {}).get(_statement(seen))
        if record is None:
            continue
        parts = frozenset({subject, *(state["lots"] if state["kind"] == "consignment" else ())})
        offset = None
        if state["kind"] == "lot" and state["place"]["code"][:2] == record["country"]:
            offset = offset_of(state["place"])
        yield Beginning(
            f"filing:{record['kind']}", subject, parts, _statement(seen), filed(record, offset), record["country"],
            _cas(parts, substance_of), {"issuer": seen.issuer}, _route(state), (_WAIVER,) if record["waiver"] else (),
        )  # fmt: skip


def filed(record: State, offset: int | None) -> Interval:
    """When something was filed: an authority's own word, or a claim that stood on the ledger at `upper`."""
    upper = int(record["upper"])
    claimed = min(int(record["filed"]), upper)
    return Interval(claimed, claimed if record["acknowledged"] else upper, offset)


def _customs(seen: Seen, substance_of: SubstanceOf) -> Iterator[Beginning]:
    """What customs did, on its authority's word."""
    for name, _, state in seen.changed("consignment"):
        record = state.get("customs", {}).get(_statement(seen))
        if record is None:
            continue
        offset = parse_offset(seen.payload["place"]["offset"])
        parts = frozenset({name, *state["lots"]})
        parties = {"exporter": state["exporter"], "importer": state["importer"], "issuer": seen.issuer}
        begun = Beginning(
            f"customs:{record['kind']}", name, parts, _statement(seen), Interval(record["at"], record["at"], offset),
            record["country"], _cas(parts, substance_of), parties, _route(state),
        )  # fmt: skip
        yield begun
        since = record["since"]
        enters = record["kind"] == "free-zone-entry" or (record["suspensive"] and record["kind"] == "transit-entry")
        if since is None and enters:
            since = record["at"]
        if since is not None:
            yield begun._replace(word=SUSPENSIVE, start=Interval(since, since, offset))


def _cas(parts: frozenset[str], substance_of: SubstanceOf) -> tuple[str, ...]:
    """The substances of some lots; none where one of them is not known."""
    found = {substance_of(part) for part in parts if part.startswith("lot:")}
    return () if "" in found else tuple(sorted(found))
