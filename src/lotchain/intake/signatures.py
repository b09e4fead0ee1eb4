"""What the form's signatures can carry: who signed, for whom, and whether the instants can be true."""

from __future__ import annotations

from collections.abc import Iterable

from lotchain.core.instants import format_instant
from lotchain.custody.findings import Finding
from lotchain.intake import codes
from lotchain.intake.manifest import PAPER_DAY_MS, Manifest, Signature, Site
from lotchain.intake.parties import same_site, sequence_is_sure


def signature_findings(manifest: Manifest) -> list[Finding]:
    """Every finding on the signatures of generator, transporters, facility and alternate facility."""
    sites = signing_sites(manifest)
    found: list[Finding] = []
    for site in sites:
        signature = site.signature
        if signature is None:
            entries = len(site.signatures)
            reported = f"{entries} entr{'y' if entries == 1 else 'ies'} without signer or date" if entries else "none"
            found.append(Finding(codes.UNSIGNED, site.path, "", f"a signature of {site.role}", reported))
            continue
        if signature.how == "paper":
            found.append(Finding(codes.TIME_OF_DAY, site.path, "", "", format_instant(signature.signed_at or 0)))
        foreign = signature.signer_role if signature.signer_role not in ("", "Industry") else ""
        if signature.on_behalf or foreign:
            reported = "on behalf" if signature.on_behalf else f"signed as {foreign}"
            found.append(Finding(codes.SIGNED_FOR_ANOTHER, site.path, "", f"a signature of {site.role}", reported))
    return [*found, *_one_signer(sites), *_same_instants(manifest.transporters), *_date_order(manifest, sites)]


def signing_sites(manifest: Manifest) -> tuple[Site, ...]:
    """Who should have signed: the handlers, and where the waste went instead of the facility, once the form says."""
    alternate = None if manifest.rejection is None else manifest.rejection.alternate
    return (*manifest.handlers(), alternate) if alternate is not None else manifest.handlers()


def _one_signer(sites: Iterable[Site]) -> list[Finding]:
    """One finding for each set of different sites for which one account, or one printed name, signed.

    Names are compared without regard to case and spacing. They do not stand in the finding: the roles do.
    """
    signed: dict[tuple[str, str], dict[str, Site]] = {}
    for site in sites:
        for signature in site.signatures:
            keys = (("account", signature.user_id), ("name", signature.name)) if signature.is_complete else ()
            for kind, text in keys:
                folded = " ".join(text.split()).casefold()
                if folded:
                    signed.setdefault((kind, folded), {})[site.role] = site
    groups: dict[tuple[str, ...], str] = {}
    for (kind, _), group in signed.items():
        first = next(iter(group.values()))
        if any(not same_site(site, first) for site in group.values()):
            groups.setdefault(tuple(group), kind)
    return [
        Finding(codes.ONE_SIGNER, "signatures", "", "one person a party", f"{', '.join(roles)} by one {kind}")
        for roles, kind in groups.items()
    ]


def _same_instants(transporters: Iterable[Site]) -> list[Finding]:
    at: dict[int, list[Site]] = {}
    for site in transporters:
        if site.signed_at is not None:
            at.setdefault(site.signed_at, []).append(site)
    return [
        Finding(
            codes.SAME_INSTANT,
            group[-1].path,
            "",
            f"another instant than {group[0].role}",
            f"{', '.join(site.role for site in group)} at {format_instant(instant)}",
        )
        for instant, group in at.items()
        if len(group) > 1
    ]


def _date_order(manifest: Manifest, sites: Iterable[Site]) -> list[Finding]:
    """Each handler signs no earlier than the one before; what is received was shipped. A paper date is a whole day.

    Carriers of whom the form does not say who came first are not compared.
    """
    found: list[Finding] = []
    latest: tuple[int, str] | None = None
    sure = sequence_is_sure(manifest)
    for site in sites:
        signature = site.signature
        if signature is None or signature.signed_at is None or (not sure and site in manifest.transporters):
            continue
        start, end = signature.signed_at, _latest(signature)
        if latest is not None and end < latest[0]:
            expected = f"not before {latest[1]} at {format_instant(latest[0])}"
            found.append(Finding(codes.DATE_ORDER, site.path, "", expected, format_instant(start)))
        if latest is None or start > latest[0]:
            latest = (start, site.role)
    shipped, received = manifest.shipped_at, manifest.received_at
    if shipped is not None and received is not None and received < shipped:
        expected = f"not before shippedDate {format_instant(shipped)}"
        found.append(Finding(codes.DATE_ORDER, "receivedDate", "", expected, format_instant(received)))
    taken = None if manifest.facility is None else manifest.facility.signature
    if shipped is not None and taken is not None and taken.signed_at is not None and _latest(taken) < shipped:
        expected = f"not before shippedDate {format_instant(shipped)}"
        found.append(Finding(codes.DATE_ORDER, "shippedDate", "", expected, format_instant(taken.signed_at)))
    return found


def _latest(signature: Signature) -> int:
    """The last moment that a signature's date can mean."""
    return (signature.signed_at or 0) + (PAPER_DAY_MS - 1 if signature.how == "paper" else 0)
