"""From a manifest to reports: what the form says, as reported by the importer, who alone signs it."""

from __future__ import annotations

from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from lotchain.core import canonical_json
from lotchain.core.instants import format_instant
from lotchain.core.quantities import to_text
from lotchain.events.event import Event
from lotchain.events.fields import Reference
from lotchain.events.reading import read_event
from lotchain.intake.assess import assess, doubts, lines_twice, quantity_of
from lotchain.intake.choices import PLACE_CODE, PLACE_OFFSET
from lotchain.intake.drafting import paper_document
from lotchain.intake.manifest import Manifest, Site, Waste
from lotchain.intake.signatures import signing_sites
from lotchain.intake.wording import plain

MAX_PAPER_CODES: Final = 32
MAX_DOUBTS: Final = 40
_REFERENCE: Final = TypeAdapter(Reference)


def report_events(
    manifest: Manifest, *, importer: str, at: str, place: tuple[str, str] = (PLACE_CODE, PLACE_OFFSET)
) -> tuple[Event, ...]:
    """One `report/1` for each line of the form that can be named, for the importer to sign.

    A line whose number stands twice cannot be named, and is left out; `assess` says so. A form in a picture has no
    line, and gives no report. Names of signers are personal data and stand in no report.

    Args:
        manifest: as `read_emanifest` gives it.
        importer: the party that signs, `party:…`.
        at: when it was imported, `YYYY-MM-DDThh:mm:ssZ`.
        place: UN/LOCODE and offset of where the goods were, where the importer knows it.

    Raises:
        Malformed: the importer, time or place is not of the form that events take.

    """
    findings = assess(manifest)
    twice = lines_twice(manifest)
    reports = []
    for waste in manifest.wastes:
        if waste.line in twice:
            continue
        event = {
            "type": "report/1",
            "occurred_at": at,
            "lot": f"lot:{importer.removeprefix('party:')}/{manifest.local_lot(waste)}",
            "place": {"code": place[0], "offset": place[1]},
            **_line(manifest, waste),
            "doubts": list(doubts(findings, waste)[:MAX_DOUBTS]),
        }
        reports.append(read_event(canonical_json.encode(event)))
    return tuple(reports)


def _line(manifest: Manifest, waste: Waste) -> dict[str, Any]:
    """What the form says of one line."""
    converted = quantity_of(waste)
    amount = None
    if converted is not None:
        amount = {"value": to_text(converted.amount, converted.unit.unit), "unit": converted.unit.unit}
    steps = [_step(site) for site in signing_sites(manifest)]
    if amount is not None and manifest.generator is not None:
        # The form has one quantity a line: the generator's. What others took stands in no figure of it.
        steps[0] = {**steps[0], "quantity": amount}
    stated = plain(_figure(waste) if converted is None else converted.words, 80)
    said = {"quantity": amount, "stated": stated}
    return {
        "paper": paper_document(manifest),
        "line": waste.line,
        "name": plain(waste.description, 80) or f"manifest line {waste.line}",
        "steps": steps,
        "codes": _codes(manifest, waste),
        **{name: value for name, value in said.items() if value is not None},
    }


def _figure(waste: Waste) -> str:
    """The form's figure where it cannot be converted."""
    return "" if waste.figure is None else f"{waste.figure:f} {waste.unit}".strip()


def _step(site: Site) -> dict[str, Any]:
    party = plain(site.site_id, 40)
    step = {"role": site.role} if party is None else {"role": site.role, "party": party}
    signature = site.signature
    if signature is None or signature.signed_at is None:
        return {**step, "signed": "no"}
    return {**step, "signed": signature.how, "signed_at": format_instant(signature.signed_at)}


def _codes(manifest: Manifest, waste: Waste) -> list[dict[str, str]]:
    """The form's codes: what was rejected or disputed first, then what the line is; the first 32."""
    rows: list[tuple[str, str, str]] = []
    rejection = manifest.rejection if manifest.is_rejected else None
    if manifest.is_rejected:
        comments = "" if rejection is None else rejection.comments
        rows.append(("rejection", (rejection.type if rejection is not None else "") or "rejected", comments))
    if rejection is not None:
        rows += [("new-manifest", number, "") for number in rejection.new_manifests]
    noted = waste.discrepancy
    flags = (("wasteQuantity", noted.quantity), ("wasteType", noted.type))
    rows += [("discrepancy", word, noted.comments) for word, flag in flags if flag]
    if noted.residue:
        rows.append(("residue", "residue", noted.residue_comments))
    rows += [("earlier-manifest", number, "") for number in manifest.originals]
    rows.append(("dot-id", waste.dot_id, ""))
    rows.append(("management-method", "" if waste.management is None else waste.management.code, ""))
    rows += [("waste-code", code.code, "") for code in waste.waste_codes]
    found = []
    for kind, code, comment in dict.fromkeys(rows):
        if not _is_reference(code):
            continue
        text = plain(comment, 200)
        found.append({"list": kind, "code": code} if text is None else {"list": kind, "code": code, "text": text})
    return found[:MAX_PAPER_CODES]


def _is_reference(text: str) -> bool:
    """Whether a code can stand on the ledger; one that cannot is read in the paper."""
    try:
        _REFERENCE.validate_python(text)
    except ValidationError:
        return False
    return True
