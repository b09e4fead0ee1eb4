"""Which subjects a lot's proof needs: the closure, computed alike by whoever makes a bundle and whoever checks it.

The lot; its ancestors; every other subject that statements in these histories read: consignments, keys and parties
of signers, their licensors, the charter, receivers. Other lots that a statement names are *named, not examined*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lotchain.core.ids import country_of, key_subject, kind_of, parent_of_rest
from lotchain.custody import charter as charters
from lotchain.custody.territory import state_of
from lotchain.events.reading import Reading

History = Callable[[str], Iterable[Reading]]
"""The statements in a subject's history, in any order; empty for an absent subject."""


def closure(lot: str, history: History) -> tuple[str, ...]:
    """The subjects of the proof of `lot`, ordered by name."""
    needed = {lot, charters.SUBJECT}
    waiting = [lot, charters.SUBJECT]
    while waiting:
        subject = waiting.pop()
        for name in _asks_for(subject, history(subject)):
            if name not in needed:
                needed.add(name)
                waiting.append(name)
    return tuple(sorted(needed))


def _asks_for(subject: str, readings: Iterable[Reading]) -> set[str]:
    names: set[str] = set()
    parent = parent_of_rest(subject) if kind_of(subject) == "lot" else None
    if parent is not None:
        names.add(parent)
    for reading in readings:
        event, statement = reading.event, reading.statement
        names.add(statement.issuer)
        names.add(key_subject(statement.kid))
        names.update(event.reads(subject))
        if subject in event.creates():
            for source in event.subjects():
                names.add(source)
                names.update(event.reads(source))
    return names


def documents_needed(readings: Iterable[Reading]) -> tuple[str, ...]:
    """The adopted rule sets of a proof, by digest (hex), ordered: those of every country that its statements name.

    What was adopted for a country in which nothing happens, and through which nothing goes, is not needed.
    """
    known = list(readings)
    countries: set[str] = set()
    for reading in known:
        countries |= _countries(reading)
    digests: set[str] = set()
    for reading in known:
        if reading.event.documents_kept() and country_of(reading.statement.issuer) in countries:
            digests.update(reading.event.documents_kept())
    return tuple(sorted(digests))


def _countries(reading: Reading) -> set[str]:
    """The countries whose law a statement may concern: of its place, its route, its licensee, a permit's giver."""
    event = reading.event
    place, found = getattr(event, "place", None), getattr(event, "found", None)
    codes = [*getattr(event, "route", ()), *([place.code] if place is not None else ())]
    countries = {code[:2] for code in codes}
    parties = [name for name in event.subjects() if kind_of(name) == "party"]
    if found is not None and hasattr(found, "by"):
        parties.append(found.by)
    return set(map(state_of, countries | {country_of(party) for party in parties}))


def lots_named(readings: Iterable[Reading], examined: Iterable[str]) -> tuple[str, ...]:
    """The lots that the statements name and the proof does not examine."""
    inside = set(examined)
    names = {
        name
        for reading in readings
        for name in (*reading.event.subjects(), *reading.event.creates())
        if kind_of(name) == "lot" and name not in inside
    }
    return tuple(sorted(names))
