"""The charter's state: who founded the ledger, which authorities it has, and what waits for endorsements."""

from __future__ import annotations

from lotchain.custody.case import State

SUBJECT = "charter"


def new_charter(origin: str, threshold: int, roots: dict[str, str], first: str) -> State:
    """A charter just proposed by root party `first`; `roots` maps country → authority party."""
    return {
        "kind": "charter",
        "origin": origin,
        "threshold": threshold,
        "roots": dict(roots),
        "endorsed": [first],
        "authorities": dict(roots),
        "pending": {},
    }


def is_effective(charter: State) -> bool:
    """Whether enough root authorities stand behind the charter."""
    return len(charter["endorsed"]) >= int(charter["threshold"])


def country_of_authority(charter: State | None, party: str) -> str | None:
    """The country whose competent national authority `party` is, or None."""
    if charter is None:
        return None
    for country, authority in charter["authorities"].items():
        if authority == party:
            return str(country)
    return None


def is_root(charter: State, party: str) -> bool:
    """Whether `party` is one of the founding authorities, whose endorsements count."""
    return party in charter["roots"].values()


def endorse_charter(charter: State, party: str) -> State:
    """The charter with one more founding authority behind it."""
    return {**charter, "endorsed": sorted({*charter["endorsed"], party})}


def propose_accession(charter: State, proposal: str, country: str, party: str, by: str) -> State:
    """A new authority proposed by root party `by`; it becomes one at once when the threshold is 1."""
    pending = {**charter["pending"], proposal: {"country": country, "party": party, "endorsed": [by]}}
    return _settle({**charter, "pending": pending}, proposal)


def endorse_accession(charter: State, proposal: str, by: str) -> State:
    """One more founding authority behind a proposed accession; effect at the threshold."""
    entry = charter["pending"][proposal]
    entry = {**entry, "endorsed": sorted({*entry["endorsed"], by})}
    return _settle({**charter, "pending": {**charter["pending"], proposal: entry}}, proposal)


def _settle(charter: State, proposal: str) -> State:
    entry = charter["pending"][proposal]
    if len(entry["endorsed"]) < int(charter["threshold"]):
        return charter
    # Other proposals for the country fall with it: it has one authority.
    pending = {name: value for name, value in charter["pending"].items() if value["country"] != entry["country"]}
    authorities = {**charter["authorities"], entry["country"]: entry["party"]}
    return {**charter, "pending": pending, "authorities": authorities}


def country_taken(charter: State, country: str, proposer: str) -> bool:
    """Whether the country has an authority, or `proposer` has proposed one that waits.

    What another founding authority proposes does not stand in the way: or one of them could keep a country out.
    """
    if country in charter["authorities"]:
        return True
    return any(entry["country"] == country and proposer in entry["endorsed"] for entry in charter["pending"].values())
