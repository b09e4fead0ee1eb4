"""Intake: what others wrote, turned into work and evidence. Pure: bytes in, values out; it opens no file.

A US EPA e-Manifest: `read_emanifest` reads it, `assess` says what it cannot support, `draft_events` writes what each
handler may sign with its own key, `report_events` what the importer may sign as reported by it. An import never makes
a handler's signature.
"""

from __future__ import annotations

from lotchain.intake.assess import assess
from lotchain.intake.choices import Choices, Received
from lotchain.intake.drafting import DraftSet, draft_events
from lotchain.intake.drafts import Draft, parse_draft, resolve
from lotchain.intake.emanifest import read_emanifest
from lotchain.intake.manifest import Manifest
from lotchain.intake.reporting import report_events

__all__ = [
    "Choices",
    "Draft",
    "DraftSet",
    "Manifest",
    "Received",
    "assess",
    "draft_events",
    "parse_draft",
    "read_emanifest",
    "report_events",
    "resolve",
]
