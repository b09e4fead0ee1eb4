"""Reads the files of `specs/substances` into one value, and checks what a rule can check.

CAS check digits; HS form; formulas against atomic weights; a stated base factor against the one computed from molar
masses; names and numbers once in the whole data; no confidence better than the sources that it rests on; listings of
one list in order. What is not known stays empty: an empty CAS number, formula or source is said, never guessed.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from lotchain.core.cas import parse_cas
from lotchain.core.countries import is_country
from lotchain.errors import Malformed
from lotchain.rules.lookup import Substances
from lotchain.rules.molar_mass import base_factor, molar_mass, parse_weight, rounded
from lotchain.rules.spans import parse_span
from lotchain.rules.substance_files import choice, each, lay_out, members, read_file, words
from lotchain.rules.substances import (
    CONFIDENCE,
    LIMITED,
    LISTED,
    NONE_KNOWN,
    NOT_LISTED,
    UNKNOWN,
    DeclaredFactor,
    LicitTrade,
    Listing,
    Register,
    Salt,
    Source,
    Substance,
    weaker,
)

ELEMENTS, SOURCES, SUBSTANCES, LISTINGS = "elements.json", "sources.json", "substances.json", "listings-"
_KEY: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HS: Final = re.compile(r"[0-9]{4}\.[0-9]{2}")
_FACTOR: Final = re.compile(r"0\.[0-9]{1,6}")
_HEAD: Final[dict[str, type]] = {"format": str, "part": str}
_BACKED: Final[dict[str, type]] = {"confidence": str, "sources": list, "remarks": str}
_SUBSTANCE: Final[dict[str, type]] = {
    "id": str, "name": str, "names": list, "cas": str, "hs": str, "formula": str, "salts": list, "licit_trade": dict,
    **_BACKED,
}  # fmt: skip
_SALT: Final[dict[str, type]] = {
    "name": str, "names": list, "cas": str, "formula": str, "base_units": int, "declared_factors": list, **_BACKED,
}  # fmt: skip
_FACTOR_MEMBERS: Final[dict[str, type]] = {"jurisdiction": str, "factor": str, "confidence": str, "sources": list}
_TRADE: Final[dict[str, type]] = {"claim": str, "said_on": str, **_BACKED}
_LISTING: Final[dict[str, type]] = {
    "substance": str, "class": str, "decided_on": str, "in_force_from": str, "before": str, "salts": str,
    "date_confidence": str, **_BACKED,
}  # fmt: skip
_REGISTER: Final[dict[str, type]] = {
    **_HEAD, "list": str, "jurisdiction": str, "title": str, "coverage": str, "coverage_confidence": str,
    "known_until": str, "listings": list,
    "open_questions": list,
}  # fmt: skip


def digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 that names an edition of the data: over the laid-out object of file name → SHA-256 of its bytes."""
    return hashlib.sha256(lay_out({name: hashlib.sha256(data).hexdigest() for name, data in files.items()})).hexdigest()


def read_substances(files: Mapping[str, bytes]) -> Substances:
    """The whole data from its files, by name: elements, sources, substances, and one file a list.

    Raises:
        Malformed: those of the parts, and `file-missing`, `file-unknown`, `source-unknown`, `confidence-unsupported`,
            `hs-format`, `key-format`, `item-twice`, `factor-format`, `factor-disagrees`, `substance-unknown`,
            `listing-order`, `jurisdiction-unknown`, `name-twice`, `cas-twice`.

    """
    for name in (ELEMENTS, SOURCES, SUBSTANCES):
        if name not in files:
            raise Malformed("file-missing", "a file of the data is missing", expected=name)
    for name in files:
        if name not in (ELEMENTS, SOURCES, SUBSTANCES) and not (name.startswith(LISTINGS) and name.endswith(".json")):
            raise Malformed("file-unknown", "the data has no such file", found=name)
    reader = _Reader(_sources(files[SOURCES]), _weights(files[ELEMENTS]))
    head = members(
        read_file(files[SUBSTANCES], "substances", SUBSTANCES), {**_HEAD, "substances": list}, SUBSTANCES
    )  # fmt: skip
    found = each(head["substances"], SUBSTANCES, reader.substance)
    substances = {substance.key: substance for substance in found}
    if list(substances) != sorted(substance.key for substance in found):
        raise Malformed("item-twice", "substances stand once each, ordered by id", field=SUBSTANCES)
    registers = tuple(
        reader.register(files[name], name, frozenset(substances)) for name in sorted(files) if name.startswith(LISTINGS)
    )
    if len({register.key for register in registers}) != len(registers):
        raise Malformed("item-twice", "a list stands twice", field=LISTINGS)
    return Substances(substances, registers)


def _weights(data: bytes) -> dict[str, Fraction]:
    head = members(
        read_file(data, "elements", ELEMENTS), {**_HEAD, "atomic_weights": dict, "source": str}, ELEMENTS
    )  # fmt: skip
    weights: dict[str, Fraction] = {}
    for symbol, text in (head["atomic_weights"] or {}).items():
        if not isinstance(text, str):
            raise Malformed("member-type", "a decimal string is expected", found=text, field=f"{ELEMENTS}.{symbol}")
        weights[symbol] = parse_weight(text, f"{ELEMENTS}.{symbol}")
    return weights


def _sources(data: bytes) -> dict[str, Source]:
    head = members(read_file(data, "sources", SOURCES), {**_HEAD, "sources": dict}, SOURCES)
    sources: dict[str, Source] = {}
    for key, value in (head["sources"] or {}).items():
        where = f"{SOURCES}.{key}"
        given = members(value, {"title": str, "basis": str, "dated": str}, where)
        sources[_key(key, where)] = Source(
            key,
            given["title"],
            choice(given["basis"], tuple(CONFIDENCE), f"{where}.basis"),
            parse_span(given["dated"], f"{where}.dated") if given["dated"] else None,
        )
    return sources


def _key(text: str, where: str) -> str:
    if len(text) > 80 or _KEY.fullmatch(text) is None:
        raise Malformed("key-format", "a key is words of a-z and 0-9 joined by hyphens", found=text, field=where)
    return text


class _Reader:
    """Reads what refers to sources and atomic weights."""

    def __init__(self, sources: Mapping[str, Source], weights: Mapping[str, Fraction]) -> None:
        self._sources = sources
        self._weights = weights

    def substance(self, value: Any, where: str) -> Substance:
        given = members(value, _SUBSTANCE, where)
        if given["hs"] and _HS.fullmatch(given["hs"]) is None:
            raise Malformed("hs-format", "this is no HS subheading", expected="2939.42", found=given["hs"], field=where)
        formula = given["formula"]
        mass = molar_mass(formula, self._weights, f"{where}.formula") if formula else None
        confidence, sources = self._backed(given, where)
        return Substance(
            _key(given["id"], f"{where}.id"),
            self._named(given["name"], where),
            words(given["names"], f"{where}.names"),
            parse_cas(given["cas"], f"{where}.cas") if given["cas"] else "",
            given["hs"],
            formula,
            mass,
            each(given["salts"], f"{where}.salts", lambda salt, at: self._salt(salt, at, mass)),
            None if given["licit_trade"] is None else self._trade(given["licit_trade"], f"{where}.licit_trade"),
            confidence,
            sources,
            given["remarks"],
        )

    def register(self, data: bytes, name: str, known: frozenset[str]) -> Register:
        given = members(read_file(data, "listings", name), _REGISTER, name)
        jurisdiction = _jurisdiction(given["jurisdiction"], f"{name}.jurisdiction")
        key = _key(given["list"], f"{name}.list")
        if name != f"{LISTINGS}{key}.json":
            raise Malformed("file-unknown", "the file is not named after its list", expected=key, field=name)
        listings: dict[str, tuple[Listing, ...]] = {}
        for listing in each(given["listings"], f"{name}.listings", self._listing):
            _known(listing.substance, known, name)
            earlier = listings.get(listing.substance, ())
            _check_order(earlier, listing, name)
            listings[listing.substance] = (*earlier, listing)
        questions: dict[str, str] = {}
        for number, value in enumerate(given["open_questions"]):
            where = f"{name}.open_questions[{number}]"
            question = members(value, {"substance": str, "question": str}, where)
            questions[_known(question["substance"], known, where)] = question["question"]
        until = parse_span(given["known_until"], f"{name}.known_until")
        complete = choice(given["coverage"], ("complete", "partial"), f"{name}.coverage") == "complete"
        sure = choice(given["coverage_confidence"], tuple(CONFIDENCE), f"{name}.coverage_confidence")
        return Register(key, jurisdiction, given["title"], complete, sure, until.latest, listings, questions)

    def _salt(self, value: Any, where: str, base: Fraction | None) -> Salt:
        given = members(value, _SALT, where)
        computed = None
        if given["formula"]:
            whole = molar_mass(given["formula"], self._weights, f"{where}.formula")
            if base is None or not 1 <= given["base_units"] <= 9 or given["base_units"] * base >= whole:
                raise Malformed("factor-disagrees", "the salt's formula cannot hold the base so often", field=where)
            computed = base_factor(base, given["base_units"], whole)
        declared = each(given["declared_factors"], f"{where}.declared_factors", self._declared)
        for stated in declared:
            if computed is not None and rounded(computed, len(stated.text) - 2) != stated.text:
                raise Malformed(
                    "factor-disagrees", "a stated base factor is not the molar masses' ratio, rounded", field=where,
                    expected=rounded(computed, len(stated.text) - 2), found=stated.text,
                )  # fmt: skip
        confidence, sources = self._backed(given, where)
        return Salt(
            self._named(given["name"], where),
            words(given["names"], f"{where}.names"),
            parse_cas(given["cas"], f"{where}.cas") if given["cas"] else "",
            given["formula"],
            computed,
            declared,
            confidence,
            sources,
            given["remarks"],
        )

    def _declared(self, value: Any, where: str) -> DeclaredFactor:
        given = members(value, _FACTOR_MEMBERS, where)
        if _FACTOR.fullmatch(given["factor"]) is None or Fraction(given["factor"]) == 0:
            raise Malformed("factor-format", "this is no base factor", expected="0.8192", field=where)
        jurisdiction = _jurisdiction(given["jurisdiction"], where)
        return DeclaredFactor(jurisdiction, given["factor"], *self._backed(given, where))

    def _trade(self, value: Any, where: str) -> LicitTrade:
        given = members(value, _TRADE, where)
        claim = choice(given["claim"], (NONE_KNOWN, LIMITED), f"{where}.claim")
        said_on = parse_span(given["said_on"], f"{where}.said_on")
        return LicitTrade(claim, said_on, *self._backed(given, where), given["remarks"])

    def _listing(self, value: Any, where: str) -> Listing:
        given = members(value, _LISTING, where)
        confidence, sources = self._backed(given, where)
        choice(given["date_confidence"], tuple(CONFIDENCE), f"{where}.date_confidence")
        self._supported(given["date_confidence"], sources, where)
        return Listing(
            given["substance"],
            given["class"],
            parse_span(given["decided_on"], f"{where}.decided_on") if given["decided_on"] else None,
            parse_span(given["in_force_from"], f"{where}.in_force_from"),
            choice(given["before"], (NOT_LISTED, UNKNOWN, LISTED), f"{where}.before"),
            choice(given["salts"], ("included", "excluded", UNKNOWN), f"{where}.salts"),
            confidence,
            given["date_confidence"],
            sources,
            given["remarks"],
        )

    def _named(self, name: str, where: str) -> str:
        if not name:
            raise Malformed("member-missing", "a name is missing", expected="name", field=where)
        return name

    def _backed(self, given: Mapping[str, Any], where: str) -> tuple[str, tuple[Source, ...]]:
        """Confidence and sources, the one no better than the best of the others."""
        confidence = choice(given["confidence"], tuple(CONFIDENCE), f"{where}.confidence")
        keys = words(given["sources"], f"{where}.sources")
        for key in keys:
            if key not in self._sources:
                raise Malformed("source-unknown", "no such source is listed", found=key, field=f"{where}.sources")
        sources = tuple(self._sources[key] for key in keys)
        self._supported(confidence, sources, where)
        return confidence, sources

    def _supported(self, confidence: str, sources: tuple[Source, ...], where: str) -> None:
        if not any(weaker(source.basis, confidence) == confidence for source in sources):
            raise Malformed(
                "confidence-unsupported", "no source carries this confidence", found=confidence, field=where,
                expected="a source of the same basis or a better one", remedy="name the source, or say K",
            )  # fmt: skip


def _check_order(earlier: tuple[Listing, ...], listing: Listing, where: str) -> None:
    """Listings of one substance follow each other in time, and each says whether one stood before it."""
    ordered = not earlier or earlier[-1].start.latest <= listing.start.latest
    if not ordered or (listing.before == LISTED) != bool(earlier):
        raise Malformed(
            "listing-order", "a substance's listings follow each other, the later ones with before = listed",
            found=listing.substance, field=where,
        )  # fmt: skip


def _known(key: str, known: frozenset[str], where: str) -> str:
    if key not in known:
        raise Malformed("substance-unknown", "the data has no such substance", found=key, field=where)
    return key


def _jurisdiction(text: str, where: str) -> str:
    if text not in ("UN", "EU") and not is_country(text):
        raise Malformed("jurisdiction-unknown", "UN, EU or an ISO 3166 country", found=text, field=where)
    return text
