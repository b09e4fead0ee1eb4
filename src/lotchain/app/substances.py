"""The shipped data on substances, and the answers to questions about them as machines and people read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from lotchain.assets import asset, names
from lotchain.rules.lookup import Found, Match, Substances
from lotchain.rules.molar_mass import rounded
from lotchain.rules.standings import Standing
from lotchain.rules.substance_data import digest, read_substances
from lotchain.rules.substances import (
    CONFIDENCE,
    UNDETERMINED,
    Listing,
    Salt,
    Source,
    Substance,
)

FOLDER = "substances"
CAVEAT = (
    "V: read in its source. P: from press or a secondary source. K: from memory, not verified, not to be taken as law. "
    "What the data does not hold is undetermined."
)
_FACTOR_DECIMALS = 6
_MASS_DECIMALS = 3


def shipped_files() -> dict[str, bytes]:
    """The files of `specs/substances` that ship with the program, by name."""
    return {f"{name}.json": asset("specs", f"{FOLDER}/{name}.json") for name in names("specs", FOLDER, ".json")}


@cache
def load_substances() -> Substances:
    """The shipped data, read and checked.

    Raises:
        Malformed: the data is damaged.

    """
    return read_substances(shipped_files())


def answer(text: str, on: date | None) -> dict[str, Any]:
    """What the shipped data says of a name, CAS number or HS code; `on` asks for one day, else for all listings.

    Raises:
        Malformed: `query-length`, `cas-check-digit`.

    """
    files = shipped_files()
    data = read_substances(files)
    found = data.find(text)
    return {
        "asked": found.text,
        "by": found.by,
        "on": None if on is None else on.isoformat(),
        "answer": "match" if found.determined else UNDETERMINED,
        "why": "" if found.determined else _why(found),
        "match": _match(data, found.matches[0], on) if found.determined else None,
        "candidates": [_candidate(match) for match in found.candidates],
        "confidence": CONFIDENCE,
        "data": digest(files),
    }


def _why(found: Found) -> str:
    if found.by == "hs":
        return "an HS code covers other goods, too: it gives candidates, never a match"
    what = "CAS number" if found.by == "cas" else "name"
    tail = "; what follows are candidates, not matches" if found.candidates else ""
    return f"the data does not hold this {what}: that says nothing about whether it is controlled{tail}"


def _match(data: Substances, match: Match, on: date | None) -> dict[str, Any]:
    substance, salt = match.substance, match.salt
    return {
        "matched": match.matched,
        "substance": _substance(substance),
        "salt": None if salt is None else _salt(salt),
        "no_known_licit_trade": substance.no_known_licit_trade,
        "standings": [] if on is None else [_standing(item, on) for item in data.standings(substance, on, salt)],
        "listings": [
            {"list": register.key, "jurisdiction": register.jurisdiction, **_listing(listing)}
            for register in data.registers
            for listing in register.listings.get(substance.key, ())
        ],
    }


def _substance(substance: Substance) -> dict[str, Any]:
    trade = substance.licit_trade
    return {
        "id": substance.key,
        "name": substance.name,
        "names": list(substance.names),
        "cas": substance.cas,
        "hs": substance.hs,
        "formula": substance.formula,
        "molar_mass": "" if substance.mass is None else rounded(substance.mass, _MASS_DECIMALS),
        "salts": [_salt(salt) for salt in substance.salts],
        "licit_trade": None
        if trade is None
        else {
            "claim": trade.claim,
            "said_on": trade.said_on.text,
            "remarks": trade.remarks,
            **_backing(trade.confidence, trade.sources),
        },
        "remarks": substance.remarks,
        **_backing(substance.confidence, substance.sources),
    }


def _salt(salt: Salt) -> dict[str, Any]:
    exact = salt.computed
    return {
        "name": salt.name,
        "names": list(salt.names),
        "cas": salt.cas,
        "formula": salt.formula,
        "base_factor": "" if exact is None else rounded(exact, _FACTOR_DECIMALS),
        "base_factor_exact": "" if exact is None else f"{exact.numerator}/{exact.denominator}",
        "stated_factors": [
            {
                "jurisdiction": stated.jurisdiction,
                "factor": stated.text,
                **_backing(stated.confidence, stated.sources),
            }
            for stated in salt.declared
        ],
        "remarks": salt.remarks,
        **_backing(salt.confidence, salt.sources),
    }


def _listing(listing: Listing) -> dict[str, Any]:
    return {
        "class": listing.kind,
        "decided_on": "" if listing.decided_on is None else listing.decided_on.text,
        "in_force_from": listing.start.text,
        "before": listing.before,
        "salts": listing.salts,
        "date_confidence": listing.date_confidence,
        "remarks": listing.remarks,
        **_backing(listing.confidence, listing.sources),
    }


def _standing(item: Standing, on: date) -> dict[str, Any]:
    return {
        "list": item.register.key,
        "jurisdiction": item.register.jurisdiction,
        "title": item.register.title,
        "on": on.isoformat(),
        "status": item.status,
        "confidence": item.confidence,
        "verified": item.verified,
        "why": item.why,
        "listing": None if item.listing is None else _listing(item.listing),
    }


def _candidate(match: Match) -> dict[str, str]:
    return {
        "name": match.matched if match.salt is not None else match.substance.name,
        "substance": match.substance.name,
        "cas": match.salt.cas if match.salt is not None else match.substance.cas,
        "hs": match.substance.hs,
    }


def _backing(confidence: str, sources: Iterable[Source]) -> dict[str, Any]:
    return {"confidence": confidence, "sources": [source.title for source in sources]}
