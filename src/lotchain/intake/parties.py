"""Who is who on the ledger: an EPA site id as a party, and the sequence in which the form lets them have the waste."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from lotchain.core import ids
from lotchain.custody.findings import Code, Finding
from lotchain.errors import Malformed
from lotchain.intake import codes
from lotchain.intake.manifest import Manifest, Site

COUNTRY = "US"


def party_of(site: Site, parties: Mapping[str, str] | None = None) -> str | None:
    """The handler's party: the one named for its role, else `party:US-<EPA site id>`; None where that is no id.

    Ids are compared byte for byte: a site id in lower case or with spaces is not folded into another one.
    """
    chosen = parties or {}
    named = chosen.get(site.role) or (chosen.get("generator") if site.role == "generator-again" else None)
    if named is not None:
        return named
    party = f"party:{COUNTRY}-{site.site_id}"
    try:
        return ids.check(party, "party")
    except Malformed:
        return None


def same_site(a: Site, b: Site) -> bool:
    """Whether two places on the form name one site."""
    return a.site_id == b.site_id if a.site_id else a is b


@dataclass(frozen=True, slots=True)
class Leg:
    """One transfer that the form reports: who gives, who receives; `obstacle` says why it is not one."""

    giver: Site
    receiver: Site | None
    path: str
    obstacle: Code | None = None


def legs(manifest: Manifest) -> tuple[Leg, ...]:
    """The transfers in sequence, up to and with the first that the form does not support.

    Empty where the form names no generator: then there is nobody to begin with.
    """
    giver = manifest.generator
    if giver is None:
        return ()
    found: list[Leg] = []
    for leg in _raw_legs(manifest, giver):
        obstacle = leg.obstacle
        if obstacle is None and leg.receiver is not None and same_site(leg.giver, leg.receiver):
            obstacle = codes.SAME_SITE
        found.append(Leg(leg.giver, leg.receiver, leg.path, obstacle))
        if obstacle is not None:
            break
    return tuple(found)


def _raw_legs(manifest: Manifest, giver: Site) -> list[Leg]:
    found: list[Leg] = []
    if not manifest.transporters:
        return [Leg(giver, None, "transporters", codes.HANDLER_MISSING)]
    for i, site in enumerate(manifest.transporters):
        found.append(Leg(giver, site, site.path, order_fault(manifest.transporters, i)))
        giver = site
    facility = manifest.facility
    missing = None if facility is not None else codes.HANDLER_MISSING
    found.append(Leg(giver, facility, "designatedFacility" if facility is None else facility.path, missing))
    return found


def order_fault(transporters: tuple[Site, ...], i: int) -> Code | None:
    """Why the i-th carrier's place in the sequence is not sure, or None. One carrier alone needs no order."""
    if len(transporters) == 1:
        return None
    order = transporters[i].order
    if order is None:
        return codes.CARRIER_ORDER
    if sum(1 for site in transporters if site.order == order) > 1:
        return codes.SAME_ORDER
    return None if order == i + 1 else codes.CARRIER_ORDER


def sequence_is_sure(manifest: Manifest) -> bool:
    """Whether the form says in which order all its carriers had the waste."""
    return all(order_fault(manifest.transporters, i) is None for i in range(len(manifest.transporters)))


def chain_findings(manifest: Manifest) -> list[Finding]:
    """What the form does not support in the sequence of handlers."""
    found: list[Finding] = []
    if manifest.generator is None:
        found.append(Finding(codes.HANDLER_MISSING, "generator", "", "a generator", "none"))
    if not manifest.transporters:
        found.append(Finding(codes.HANDLER_MISSING, "transporters", "", "at least one carrier", "none"))
    if manifest.facility is None:
        found.append(Finding(codes.HANDLER_MISSING, "designatedFacility", "", "a facility", "none"))
    for i, site in enumerate(manifest.transporters):
        fault = order_fault(manifest.transporters, i)
        if fault is not None:
            order = "no order" if site.order is None else f"order {site.order}"
            wanted = "an order of its own" if fault is codes.SAME_ORDER else f"order {i + 1}"
            found.append(Finding(fault, site.path, "", wanted, order))
    handlers = manifest.handlers()
    for before, after in pairwise(handlers):
        if same_site(before, after):
            found.append(Finding(codes.SAME_SITE, after.path, "", f"another site than {before.role}", after.site_id))
    return found
