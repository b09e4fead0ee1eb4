"""Reading a US EPA e-Manifest: JSON bytes in, a `Manifest` out, or a refusal with the path of the field.

Source: USEPA/e-manifest, `Services-Information/Schema/emanifest.json` version 1.3 (CC0). The mapping, field by field,
stands in `specs/formats/emanifest-import.md`. The reader is strict about limits and about the type of what it reads,
and passes over what it does not read. What is there and makes no sense is for `assess` to say, not for the reader.
"""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from lotchain.errors import Malformed, shown
from lotchain.intake.json_text import read_json
from lotchain.intake.manifest import Code, Discrepancy, Manifest, Rejection, Signature, Site, Waste
from lotchain.intake.members import Members

MAX_BYTES: Final = 2_000_000
MAX_DEPTH: Final = 32
MAX_ITEMS: Final = 100_000
MAX_TRANSPORTERS: Final = 30
MAX_WASTES: Final = 200
MAX_SIGNATURES: Final = 50
MAX_CODES: Final = 100
MAX_TEXT: Final = 4_000

_MARKS: Final = ("generator", "transporters", "designatedFacility", "wastes", "rejectionInfo", "printedDocument")


def read_emanifest(data: bytes, *, max_bytes: int = MAX_BYTES) -> Manifest:
    """One manifest from its JSON.

    Args:
        data: the file's bytes, as EPA's *Save*, *Update* and *Get Manifest* services exchange them.
        max_bytes: the largest file taken.

    Raises:
        Malformed: `too-large`, `too-deep`, `json-malformed`, `duplicate-key`; `not-a-manifest` for JSON of another
            kind (a schema, a service's answer, a signing request, a link); `emanifest-field-missing` for the fields
            that EPA's schema requires of a waste line, `emanifest-field-type`, `emanifest-field-value`, `too-many`.

    """
    value = read_json(data, max_bytes=max_bytes, max_depth=MAX_DEPTH, max_items=MAX_ITEMS, what="manifest")
    form = Members(_manifest_object(value))
    extra = form.inner("additionalInfo")
    return Manifest(
        sha256=sha256(data).hexdigest(),
        tracking_number=form.text("manifestTrackingNumber", max_chars=200),
        submission_type=form.text("submissionType", max_chars=200),
        status=form.text("status", max_chars=200),
        shipped_at=form.instant("shippedDate"),
        received_at=form.instant("receivedDate"),
        generator=_optional_site(form, "generator", "generator"),
        transporters=_transporters(form),
        facility=_optional_site(form, "designatedFacility", "facility"),
        broker=_optional_site(form, "broker", "broker"),
        wastes=tuple(_waste(member) for member in form.inners("wastes", most=MAX_WASTES)),
        rejected=form.flag("rejection"),
        rejection=_rejection(form),
        discrepancy=form.flag("discrepancy"),
        residue=form.flag("residue"),
        imported=bool(form.flag("import")),
        follows_others=bool(form.flag("containsPreviousRejectOrResidue")),
        originals=()
        if extra is None
        else extra.texts("originalManifestTrackingNumbers", most=MAX_CODES, max_chars=200),
    )


def _manifest_object(value: Any) -> dict[str, Any]:
    """The object, once it is clear that it is a manifest and nothing else of EPA's services."""
    if isinstance(value, dict) and "$schema" not in value and any(mark in value for mark in _MARKS):
        return value
    if isinstance(value, dict):
        kind = "a JSON schema" if "$schema" in value else f"an object with {', '.join(list(value)[:4]) or 'nothing'}"
    else:
        kind = "a list" if isinstance(value, list) else "a text" if isinstance(value, str) else "a single value"
    raise Malformed(
        "not-a-manifest",
        "this JSON is not an e-Manifest",
        expected=f"an object with one of {', '.join(_MARKS)}",
        found=shown(kind),
        remedy="give the JSON of EPA's Get Manifest service; its other answers name a manifest and do not hold it",
    )


def _optional_site(form: Members, name: str, role: str) -> Site | None:
    member = form.inner(name)
    return None if member is None else _site(member, role)


def _site(member: Members, role: str) -> Site:
    return Site(
        role=role,
        path=member.path,
        site_id=member.text("epaSiteId", max_chars=200),
        name=member.text("name", max_chars=MAX_TEXT),
        order=member.whole("order", least=0, most=10_000),
        signatures=(
            *_electronic(member, "electronicSignaturesInfo"),
            *_paper(member.inner("paperSignatureInfo")),
        ),
    )


def _electronic(member: Members, name: str) -> tuple[Signature, ...]:
    return tuple(_one_electronic(entry) for entry in member.inners(name, most=MAX_SIGNATURES))


def _one_electronic(entry: Members) -> Signature:
    signer = entry.inner("signer")
    names = [] if signer is None else [signer.text(part, max_chars=200) for part in ("firstName", "lastName")]
    return Signature(
        how="electronic",
        user_id="" if signer is None else signer.text("userId", max_chars=200),
        name=" ".join(name for name in names if name),
        signed_at=entry.instant("signatureDate"),
        on_behalf=bool(entry.flag("onBehalf")),
        signer_role=entry.text("signerRole", max_chars=200),
    )


def _paper(entry: Members | None) -> tuple[Signature, ...]:
    if entry is None:
        return ()
    name = entry.text("printedName", max_chars=MAX_TEXT)
    return (Signature(how="paper", user_id="", name=name, signed_at=entry.instant("signatureDate")),)


def _transporters(form: Members) -> tuple[Site, ...]:
    """By order; those without one keep their places at the end. Equal orders stay side by side, as they stand."""
    found = [_site(member, "") for member in form.inners("transporters", most=MAX_TRANSPORTERS)]
    found.sort(key=lambda site: (site.order is None, site.order or 0))
    return tuple(site.as_role(f"transporter-{i}") for i, site in enumerate(found, 1))


def _waste(member: Members) -> Waste:
    hazardous = member.required_flag("dotHazardous")
    for name in ("epaWaste", "br", "pcb"):
        member.required_flag(name)
    dot = member.inner("dotInformation")
    dot_id = None if dot is None else dot.inner("idNumber")
    shipping = "" if dot is None else dot.text("printedDotInformation", max_chars=MAX_TEXT)
    other = member.text("wasteDescription", max_chars=MAX_TEXT)
    pcb = member.inners("pcbInfos", most=MAX_CODES)
    figure, unit, unit_words, containers, container_type = _quantity(member.inner("quantity"))
    return Waste(
        path=member.path,
        line=member.required_whole("lineNumber", least=1, most=99_999),
        description=(shipping or other) if hazardous else (other or shipping),
        dot_id="" if dot_id is None else dot_id.text("code", max_chars=200),
        figure=figure,
        unit=unit,
        unit_words=unit_words,
        containers=containers,
        container_type=container_type,
        waste_codes=_waste_codes(member.inner("hazardousWaste")),
        management=_code(member.inner("managementMethod")),
        discrepancy=_discrepancy(member.inner("discrepancyResidueInfo")),
        pcb_kilograms=sum((info.number("weight") or Decimal(0) for info in pcb), Decimal(0)),
    )


def _quantity(member: Members | None) -> tuple[Decimal | None, str, str, int | None, str]:
    if member is None:
        return None, "", "", None, ""
    unit = _code(member.inner("unitOfMeasurement")) or Code("")
    container = _code(member.inner("containerType")) or Code("")
    return (
        member.number("quantity"),
        unit.code,
        unit.words,
        member.whole("containerNumber", least=0, most=99_999),
        container.code,
    )


def _waste_codes(member: Members | None) -> tuple[Code, ...]:
    if member is None:
        return ()
    codes: list[Code] = []
    for name in ("federalWasteCodes", "generatorStateWasteCodes", "tsdfStateWasteCodes"):
        codes += [code for code in map(_code, member.inners(name, most=MAX_CODES)) if code is not None]
    codes += [Code(text) for text in member.texts("txWasteCodes", most=MAX_CODES, max_chars=200)]
    return tuple(codes)


def _code(member: Members | None) -> Code | None:
    if member is None:
        return None
    return Code(member.text("code", max_chars=200), member.text("description", max_chars=MAX_TEXT))


def _discrepancy(member: Members | None) -> Discrepancy:
    if member is None:
        return Discrepancy()
    return Discrepancy(
        quantity=bool(member.flag("wasteQuantity")),
        type=bool(member.flag("wasteType")),
        comments=member.text("discrepancyComments", max_chars=MAX_TEXT),
        residue=bool(member.flag("residue")),
        residue_comments=member.text("residueComments", max_chars=MAX_TEXT),
    )


def _rejection(form: Members) -> Rejection | None:
    member = form.inner("rejectionInfo")
    if member is None:
        return None
    alternate_type = member.text("alternateDesignatedFacilityType", max_chars=200)
    return Rejection(
        type=member.text("rejectionType", max_chars=200),
        transporter_on_site=member.flag("transporterOnSite"),
        alternate_type=alternate_type,
        alternate=_alternate(form, member, alternate_type),
        new_manifests=member.texts("newManifestTrackingNumbers", most=MAX_CODES, max_chars=200),
        comments=member.text("rejectionComments", max_chars=MAX_TEXT),
    )


def _alternate(form: Members, member: Members, alternate_type: str) -> Site | None:
    """Where rejected waste goes instead; back at the generator it is signed for in the rejection's own fields."""
    if alternate_type != "Generator":
        return _optional_site(member, "alternateDesignatedFacility", "alternate-facility")
    generator = form.inner("generator")
    again = member.inner("generatorElectronicSignature")
    return Site(
        role="generator-again",
        path=member.path,
        site_id="" if generator is None else generator.text("epaSiteId", max_chars=200),
        name="" if generator is None else generator.text("name", max_chars=MAX_TEXT),
        signatures=(
            *(() if again is None else (_one_electronic(again),)),
            *_paper(member.inner("generatorPaperSignature")),
        ),
    )
