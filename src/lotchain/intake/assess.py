"""What a manifest cannot support, says doubtfully, or says in a unit that is not ours: every finding, each with a code.

Nothing here mends anything: a form on which one person signed for everybody stays that form.
"""

from __future__ import annotations

from collections import Counter

from lotchain.core.quantities import MASS, format_amount
from lotchain.custody.findings import Finding, Weight, safe
from lotchain.intake import codes
from lotchain.intake.manifest import Manifest, Rejection, Waste
from lotchain.intake.parties import chain_findings, party_of
from lotchain.intake.signatures import signature_findings, signing_sites
from lotchain.intake.units import PAPER_UNITS, Converted, convert
from lotchain.intake.wording import plain


def assess(manifest: Manifest) -> tuple[Finding, ...]:
    """Every finding on the form itself, worst first; the subject of each is a path in the file.

    What only the drafts lack (CAS numbers, places) is found by `draft_events`.
    """
    found = _form_findings(manifest)
    if not manifest.is_image:
        found += chain_findings(manifest)
        found += signature_findings(manifest)
        if not manifest.wastes:
            found.append(Finding(codes.NO_LINES, "wastes", "", "at least one line", "none"))
    for site in signing_sites(manifest):
        if party_of(site) is None:
            found.append(Finding(codes.SITE_ID, site.path, "", "an EPA site id", safe(site.site_id or "none")))
    twice = lines_twice(manifest)
    for waste in manifest.wastes:
        found += _line_findings(manifest, waste, twice)
    return tuple(sorted(dict.fromkeys(found), key=Finding.sort_key))


def _form_findings(manifest: Manifest) -> list[Finding]:
    found: list[Finding] = []
    if not manifest.has_tracking_number:
        found.append(Finding(
            codes.TRACKING_NUMBER, "manifestTrackingNumber", "", "nine digits and three capitals",
            safe(manifest.tracking_number or "none"),
        ))  # fmt: skip
    if manifest.is_image:
        found.append(Finding(codes.IMAGE_ONLY, "submissionType", "", "data", "Image"))
    if manifest.status in ("Corrected", "UnderCorrection"):
        found.append(Finding(codes.CORRECTED, "status", "", "Signed", manifest.status))
    if manifest.follows_others or manifest.originals:
        reported = safe(", ".join(manifest.originals) or "no tracking number given")
        found.append(Finding(codes.PREVIOUS_MANIFEST, "additionalInfo", "", "waste shipped first here", reported))
    if manifest.imported:
        found.append(Finding(codes.IMPORTED, "import", "", "", "true"))
    if manifest.broker is not None:
        found.append(Finding(codes.BROKER, "broker", "", "", safe(manifest.broker.site_id or manifest.broker.name)))
    if manifest.is_rejected:
        found.append(Finding(codes.REJECTION, "rejectionInfo", "", "", safe(rejection_words(manifest.rejection))))
    return found + _flag_findings(manifest)


def _flag_findings(manifest: Manifest) -> list[Finding]:
    """The form's own flags against its lines."""
    differs = any(waste.discrepancy.quantity or waste.discrepancy.type for waste in manifest.wastes)
    left = any(waste.discrepancy.residue for waste in manifest.wastes)
    flags = (
        ("discrepancy", manifest.discrepancy, differs),
        ("residue", manifest.residue, left),
        ("rejection", manifest.rejected, manifest.rejection is not None),
    )
    return [
        Finding(codes.FLAGS_DISAGREE, name, "", str(details).lower(), str(flag).lower())
        for name, flag, details in flags
        if flag is not None and flag != details
    ]


def lines_twice(manifest: Manifest) -> frozenset[int]:
    """Line numbers that stand more than once."""
    return frozenset(line for line, count in Counter(waste.line for waste in manifest.wastes).items() if count > 1)


def _line_findings(manifest: Manifest, waste: Waste, twice: frozenset[int]) -> list[Finding]:
    found: list[Finding] = []
    at = waste.path
    if waste.line in twice:
        found.append(Finding(codes.LINE_TWICE, at, "", "another line number", f"line {waste.line}"))
    found += quantity_findings(waste)
    if plain(waste.description, 80) is None:
        found.append(Finding(codes.TEXT_UNUSABLE, at, "", "a description", safe(waste.description or "none")))
    noted = waste.discrepancy
    if noted.quantity:
        found.append(Finding(codes.DISCREPANCY, at, "", "", safe(f"wasteQuantity: {noted.comments or 'no comment'}")))
    if noted.type:
        found.append(Finding(codes.TYPE_DISCREPANCY, at, "", "", safe(f"wasteType: {noted.comments or 'no comment'}")))
    if noted.residue:
        found.append(Finding(codes.RESIDUE, at, "", "", safe(f"residue: {noted.residue_comments or 'no comment'}")))
    if needs_count(manifest, waste):
        found.append(Finding(codes.RECEIVED_UNKNOWN, at, "", "accepted and refused quantities", "none on the form"))
    return found


def quantity_of(waste: Waste) -> Converted | None:
    """The line's quantity in the ledger's amounts; None where the form does not state one that can be booked."""
    unit = PAPER_UNITS.get(waste.unit)
    if waste.figure is None or not waste.figure or unit is None or _contradicts(waste):
        return None
    converted = convert(waste.figure, unit)
    return converted if converted.is_bookable else None


def quantity_findings(waste: Waste) -> list[Finding]:
    """Why a line's quantity cannot be booked, or how it was converted."""
    at = f"{waste.path}.quantity"
    if waste.figure is None or not waste.figure:
        found = "none" if waste.figure is None else "0"
        return [Finding(codes.QUANTITY_MISSING, at, "", "a figure above zero", found)]
    unit = PAPER_UNITS.get(waste.unit)
    if unit is None:
        return [Finding(codes.UNIT_UNKNOWN, at, "", ", ".join(PAPER_UNITS), safe(waste.unit or "none"))]
    if _contradicts(waste):
        return [Finding(codes.UNIT_CONTRADICTS, at, "", f"{unit.code} is {unit.words}", safe(waste.unit_words))]
    converted = convert(waste.figure, unit)
    if not converted.is_bookable:
        return [Finding(codes.QUANTITY_RANGE, at, "", "at most 9,000 t or 9,000 m³", safe(converted.words))]
    findings = []
    if unit.is_converted:
        findings.append(Finding(codes.CONVERTED, at, "", "", converted.words))
    if not converted.exact:
        findings.append(Finding(codes.ROUNDED, at, "", "", converted.words))
    # The schema gives PCB weights in kilograms (`PcbInfo.weight`); a volume is not compared with them.
    if unit.kind == MASS and convert(waste.pcb_kilograms, PAPER_UNITS["K"]).amount > converted.amount:
        whole = format_amount(converted.amount, unit.kind)
        findings.append(Finding(codes.PCB_WEIGHT, at, "", f"at most {whole}", f"{waste.pcb_kilograms:f} kg"))
    return findings


def _contradicts(waste: Waste) -> bool:
    """Whether the unit's words are those of another unit of the form; other words are passed over."""
    words = " ".join(waste.unit_words.split()).casefold()
    return any(words == unit.words.casefold() and unit.code != waste.unit for unit in PAPER_UNITS.values())


def needs_count(manifest: Manifest, waste: Waste) -> bool:
    """Whether the facility took something else than the line's quantity, and the form does not say how much.

    A partial rejection names no line, so it leaves all of them open. A full rejection leaves nothing open.
    """
    if manifest.is_rejected:
        return manifest.rejection is None or manifest.rejection.type != "FullReject"
    return waste.discrepancy.quantity or waste.discrepancy.residue


def rejection_words(rejection: Rejection | None) -> str:
    """A rejection as the form has it, in one line."""
    if rejection is None:
        return "rejection, no details"
    parts = [rejection.type or "no type"]
    if rejection.alternate_type:
        site = rejection.alternate.site_id if rejection.alternate is not None else ""
        parts.append(f"goes to {rejection.alternate_type} {site}".rstrip())
    if rejection.new_manifests:
        parts.append(f"new manifests {', '.join(rejection.new_manifests)}")
    if rejection.comments:
        parts.append(rejection.comments)
    return "; ".join(parts)


def doubts(findings: tuple[Finding, ...], waste: Waste) -> tuple[str, ...]:
    """The codes that leave something of one line open: those of the whole form and its own, sorted."""
    mine = [
        finding.code
        for finding in findings
        if finding.kind.weight is not Weight.NOTE
        and (not finding.subject.startswith("wastes[") or finding.subject.split(".")[0] == waste.path)
    ]
    return tuple(sorted(set(mine)))
