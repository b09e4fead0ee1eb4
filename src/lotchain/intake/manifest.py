"""What a US hazardous waste manifest (EPA form 8700-22, e-Manifest JSON) says: nothing judged, nothing mended.

Names of people stand here so that one signer for several parties can be seen; no event made from a manifest holds one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

TRACKING_NUMBER: Final = re.compile(r"[0-9]{9}[A-Z]{3}")
"""Nine digits and three capitals (EPA's schema, `ManifestTrackingNumber`)."""

PAPER_DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature that the form reports.

    Attributes:
        how: `electronic` or `paper` (a printed name and a date).
        user_id: the signer's account; electronic only.
        name: the person, as printed.
        signed_at: ms since 1970, or None; a paper signature has a date alone, given as an instant of that day.
        on_behalf: whether the form says that it was given on behalf of somebody.
        signer_role: `Industry`, `State`, `PPC`, `EPA` or "".

    """

    how: str
    user_id: str
    name: str
    signed_at: int | None
    on_behalf: bool = False
    signer_role: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether somebody signed at some time: an entry that only names a document is no signature."""
        return bool(self.user_id.strip() or self.name.strip()) and self.signed_at is not None


@dataclass(frozen=True, slots=True)
class Site:
    """One handler on the form.

    Attributes:
        role: `generator`, `transporter-1` …, `facility`, `alternate-facility`, `generator-again` or `broker`.
        path: where it stands in the file.
        site_id: EPA site id, as written.
        name: the company, as written.
        order: a transporter's order, or None.
        signatures: every signature entry, complete or not.

    """

    role: str
    path: str
    site_id: str
    name: str
    order: int | None = None
    signatures: tuple[Signature, ...] = ()

    @property
    def signature(self) -> Signature | None:
        """The earliest complete signature: the one that took custody."""
        complete = [signature for signature in self.signatures if signature.is_complete]
        return min(complete, key=lambda signature: signature.signed_at or 0) if complete else None

    @property
    def signed_at(self) -> int | None:
        """When custody was signed for, ms since 1970, or None."""
        return self.signature.signed_at if self.signature is not None else None

    def as_role(self, role: str) -> Site:
        """The same site in another role."""
        return replace(self, role=role)


@dataclass(frozen=True, slots=True)
class Code:
    """A code of EPA's lists with its words, as written."""

    code: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """What the facility noted on one line (form item 18a)."""

    quantity: bool = False
    type: bool = False
    comments: str = ""
    residue: bool = False
    residue_comments: str = ""


@dataclass(frozen=True, slots=True)
class Waste:
    """One waste line: one lot.

    Attributes:
        path: where it stands in the file.
        line: its number, 1 and up.
        description: DOT shipping description, or the waste's own.
        dot_id: `UN1993`, `NA1993` or "".
        figure: total quantity as written, or None.
        unit: the unit's letter, or "".
        unit_words: what the file calls the unit, or "".
        containers: their number, or None.
        container_type: `DM`, `TT`, … or "".
        waste_codes: federal and state waste codes.
        management: management method code (H…), or None.
        discrepancy: what the facility noted.
        pcb_kilograms: the weights of the line's PCB entries together, in kilograms; 0 without any.

    """

    path: str
    line: int
    description: str
    dot_id: str
    figure: Decimal | None
    unit: str
    unit_words: str
    containers: int | None
    container_type: str
    waste_codes: tuple[Code, ...]
    management: Code | None
    discrepancy: Discrepancy
    pcb_kilograms: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Rejection:
    """What the facility did not take.

    Attributes:
        type: `FullReject`, `PartialReject` or "".
        transporter_on_site: whether the transporter was still there, or None.
        alternate_type: `Tsdf`, `Generator` or "": where it goes instead.
        alternate: that site with its signatures, when the form names it.
        new_manifests: tracking numbers under which it goes on.
        comments: as written.

    """

    type: str
    transporter_on_site: bool | None
    alternate_type: str
    alternate: Site | None
    new_manifests: tuple[str, ...]
    comments: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """One manifest.

    Attributes:
        sha256: SHA-256 of the file's bytes, hex.
        tracking_number: as written, "" when absent.
        submission_type: `FullElectronic`, `Hybrid`, `DataImage5Copy`, `Image` or "".
        status: `Scheduled`, `Signed`, `Corrected`, … or "".
        shipped_at: ms since 1970, or None.
        received_at: ms since 1970, or None.
        generator: who made the waste.
        transporters: by order, those without one last.
        facility: who is to receive it.
        broker: who arranged it; no custody.
        wastes: the lines, as they stand in the file.
        rejected: the flag, None when absent.
        rejection: what is said of a rejection.
        discrepancy: the form's own flag, None when absent.
        residue: the form's own flag, None when absent.
        imported: whether the waste came from abroad.
        follows_others: whether it carries what an earlier manifest's facility rejected or left.
        originals: those manifests' tracking numbers.

    """

    sha256: str
    tracking_number: str
    submission_type: str
    status: str
    shipped_at: int | None
    received_at: int | None
    generator: Site | None
    transporters: tuple[Site, ...]
    facility: Site | None
    broker: Site | None
    wastes: tuple[Waste, ...]
    rejected: bool | None
    rejection: Rejection | None
    discrepancy: bool | None
    residue: bool | None
    imported: bool
    follows_others: bool
    originals: tuple[str, ...]

    @property
    def has_tracking_number(self) -> bool:
        """Whether the tracking number has the form of one."""
        return TRACKING_NUMBER.fullmatch(self.tracking_number) is not None

    @property
    def local_number(self) -> str:
        """What the lots are named by: the tracking number, or 24 digits of the file's SHA-256 where there is none."""
        return self.tracking_number if self.has_tracking_number else f"SHA256-{self.sha256[:24].upper()}"

    @property
    def is_image(self) -> bool:
        """Whether the form's data are in a picture that is not here."""
        return self.submission_type == "Image"

    @property
    def is_rejected(self) -> bool:
        """Whether the form says that something was rejected."""
        return bool(self.rejected) or (self.rejected is None and self.rejection is not None)

    def local_lot(self, waste: Waste) -> str:
        """The local name of a line's lot: `100032713ELC-1`."""
        return f"{self.local_number}-{waste.line}"

    def handlers(self) -> tuple[Site, ...]:
        """Who had the waste, as far as the form names them: generator, transporters in order, facility."""
        sites = (self.generator, *self.transporters, self.facility)
        return tuple(site for site in sites if site is not None)
