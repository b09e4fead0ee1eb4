"""Papers of other systems, and the drafts that come of them, as doors use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lotchain.core import canonical_json
from lotchain.custody.findings import safe
from lotchain.intake.assess import assess
from lotchain.intake.choices import Choices, Received
from lotchain.intake.drafting import draft_events
from lotchain.intake.drafts import Draft, parse_draft, resolve
from lotchain.intake.emanifest import MAX_BYTES, read_emanifest
from lotchain.intake.manifest import Manifest
from lotchain.intake.reporting import report_events

__all__ = [
    "MAX_BYTES", "Choices", "Draft", "Imported", "Received", "import_emanifest", "is_draft", "read_draft",
    "report_emanifest", "resolve_draft",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of a paper: what it says, drafts in the order of signing, findings on it, as JSON members."""

    form: tuple[tuple[str, str], ...]
    drafts: tuple[Draft, ...]
    findings: tuple[dict[str, str], ...]


def import_emanifest(data: bytes, choices: Choices) -> Imported:
    """A US EPA e-Manifest as drafts. Raises `Malformed`, as `intake` says."""
    manifest = read_emanifest(data)
    drafted = draft_events(manifest, choices)
    findings = dict.fromkeys((*assess(manifest), *drafted.findings))
    return Imported(_says(manifest), drafted.drafts, tuple(finding.as_json() for finding in findings))


def _says(manifest: Manifest) -> tuple[tuple[str, str], ...]:
    """The form in a few labelled lines."""
    rows = [("Manifest", manifest.tracking_number or "no tracking number"), ("File SHA-256", manifest.sha256)]
    rows.append(("Kind", f"{manifest.submission_type or 'not said'}, {manifest.status or 'status not said'}"))
    sites = (manifest.generator, *manifest.transporters, manifest.facility)
    for site in sites:
        if site is not None:
            signed = f"{len(site.signatures)} signatures"
            rows.append(
                (site.role.replace("-", " ").capitalize(), f"{site.site_id or 'no id'}  {site.name}  ({signed})")
            )
    for waste in manifest.wastes:
        figure = "no quantity" if waste.figure is None else f"{waste.figure} {waste.unit}"
        rows.append((f"Line {waste.line}", f"{figure}  {waste.description}"))
    return tuple((label, safe(value)) for label, value in rows)


def report_emanifest(data: bytes, *, importer: str, at: str, place: tuple[str, str]) -> list[dict[str, Any]]:
    """A US EPA e-Manifest as reports, for its importer alone to sign: one event for each line. Raises `Malformed`."""
    events = report_events(read_emanifest(data), importer=importer, at=at, place=place)
    return [canonical_json.decode(event.payload()) for event in events]


def is_draft(data: bytes) -> bool:
    """Whether a file claims to be a draft."""
    return b'"lotchain-draft/' in data[:200]


def read_draft(data: bytes) -> Draft:
    """A draft from its file. Raises `Malformed`."""
    return parse_draft(data)


def resolve_draft(draft: Draft, statements: Mapping[str, str], *, signed_at: str) -> dict[str, Any]:
    """The draft's event, its references filled in. Raises `Malformed` (`draft-unsigned`, …)."""
    event: dict[str, Any] = canonical_json.decode(resolve(draft, statements, signed_at=signed_at))
    return event
