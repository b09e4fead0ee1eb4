"""From a manifest to the drafts that each handler signs with its own key: registration, hand-over, reply, leg by leg.

What the form does not support is not drafted: the drafts end before the first transfer that it leaves unclear, and a
finding says so. A draft is nobody's statement until its signer signs it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from lotchain.core.instants import format_instant
from lotchain.core.quantities import to_text
from lotchain.custody.findings import Code, Finding, safe
from lotchain.intake import codes
from lotchain.intake.assess import lines_twice, needs_count, quantity_of, rejection_words
from lotchain.intake.choices import Choices, Received, check_choices
from lotchain.intake.drafts import HOUR_MS, Draft, at_signing, check_draft, reference
from lotchain.intake.manifest import Manifest, Site, Waste
from lotchain.intake.parties import Leg, legs, party_of
from lotchain.intake.units import Converted, convert
from lotchain.intake.wording import plain

DOCUMENT_KIND: Final = "epa-manifest"
LINES_AN_OFFER: Final = 50
"""Lots that one hand-over can hold; a longer form makes several."""


@dataclass(frozen=True, slots=True)
class DraftSet:
    """The drafts in the order of signing, and what the form left out of them."""

    drafts: tuple[Draft, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Lot:
    """One line that can be drafted."""

    waste: Waste
    name: str
    quantity: Converted

    def amount(self, value: int) -> dict[str, str]:
        return {"value": to_text(value, self.quantity.unit.unit), "unit": self.quantity.unit.unit}


def draft_events(manifest: Manifest, choices: Choices | None = None) -> DraftSet:
    """The drafts of one manifest.

    Args:
        manifest: as `read_emanifest` gives it.
        choices: what the importer states beside the form.

    Returns:
        Drafts named in the order of signing, and findings: `emanifest-substance-unknown` for each line without a CAS
        number, `emanifest-drafts-stop` where the form supports no further transfer, `emanifest-place-unknown`,
        `emanifest-not-on-form`. What the form itself gets wrong is `assess`'s to say.

    Raises:
        Malformed: the choices do not fit the form (see `check_choices`).

    """
    stated = choices or Choices()
    check_choices(manifest, stated)
    return _Drafting(manifest, stated).run()


class _Drafting:
    """One run; the drafts grow in the order of signing."""

    def __init__(self, manifest: Manifest, choices: Choices) -> None:
        self.manifest = manifest
        self.choices = choices
        self.drafts: list[Draft] = []
        self.findings: list[Finding] = []
        self.last: dict[str, str] = {}
        self.documents = [paper_document(manifest)]

    def run(self) -> DraftSet:
        """All drafts that the form supports."""
        generator = self.manifest.generator
        maker = None if generator is None else party_of(generator, self.choices.parties)
        if generator is None or maker is None:
            at = "generator" if generator is None else generator.path
            self._stop(
                at, "a registration by the generator", codes.HANDLER_MISSING if generator is None else codes.SITE_ID
            )
            return self._done()
        lots = [lot for waste in self.manifest.wastes if (lot := self._lot(waste, maker)) is not None]
        for lot in lots:
            self._register(lot, generator, maker)
        if lots:
            self._transfers(lots)
        return self._done()

    def _done(self) -> DraftSet:
        if any(draft.event["type"] == "hand-over/1" for draft in self.drafts):
            shown = f"mode {self.choices.mode}, answer within {self.choices.answer_hours} hours"
            self.findings.append(Finding(codes.NOT_ON_FORM, "drafts", "", "", shown))
        return DraftSet(tuple(self.drafts), tuple(sorted(dict.fromkeys(self.findings), key=Finding.sort_key)))

    def _lot(self, waste: Waste, maker: str) -> _Lot | None:
        quantity = quantity_of(waste)
        if waste.line not in self.choices.substances:
            found = safe(waste.dot_id or "none")
            self.findings.append(Finding(codes.SUBSTANCE_UNKNOWN, waste.path, "", "a CAS number", found))
            return None
        if quantity is None or waste.line in lines_twice(self.manifest):
            return None
        return _Lot(waste, f"lot:{maker.removeprefix('party:')}/{self.manifest.local_lot(waste)}", quantity)

    def _transfers(self, lots: list[_Lot]) -> None:
        for leg in legs(self.manifest):
            receiver = leg.receiver
            obstacle = leg.obstacle or self._obstacle(leg)
            if receiver is None or obstacle is not None:
                self._stop(leg.path, f"a hand-over by {leg.giver.role}", obstacle or codes.HANDLER_MISSING)
                return
            final = receiver.role == "facility"
            if not self._transfer(lots, leg.giver, receiver, final=final):
                return
        self._onward(lots)

    def _obstacle(self, leg: Leg) -> Code | None:
        """Why a leg that the form supports cannot be drafted."""
        giver = party_of(leg.giver, self.choices.parties)
        receiver = None if leg.receiver is None else party_of(leg.receiver, self.choices.parties)
        if giver is None or receiver is None:
            return codes.SITE_ID
        return codes.SAME_SITE if giver == receiver else None

    def _onward(self, lots: list[_Lot]) -> None:
        """What was rejected in full goes on under this form only while its carrier is still there."""
        rejection = self.manifest.rejection
        if (
            not self._all_refused
            or rejection is None
            or rejection.new_manifests
            or rejection.transporter_on_site is False
        ):
            return
        giver = self.manifest.transporters[-1]
        leg = Leg(giver, rejection.alternate, "rejectionInfo")
        if rejection.alternate is None:
            return
        obstacle = self._obstacle(leg)
        if obstacle is not None:
            self._stop(rejection.alternate.path, f"a hand-over by {giver.role}", obstacle)
            return
        self._transfer(lots, giver, rejection.alternate, final=False)

    @property
    def _all_refused(self) -> bool:
        rejection = self.manifest.rejection
        return self.manifest.is_rejected and rejection is not None and rejection.type == "FullReject"

    def _register(self, lot: _Lot, generator: Site, maker: str) -> None:
        manifest, waste = self.manifest, lot.waste
        entered = manifest.imported or manifest.follows_others or bool(manifest.originals)
        containers = f" in {waste.containers} {waste.container_type}".rstrip() if waste.containers else ""
        event = {
            "type": "registration/1",
            "occurred_at": _when(generator),
            "lot": lot.name,
            "substance": self.choices.substances[waste.line],
            "name": plain(waste.description, 80) or f"manifest line {waste.line}",
            "quantity": lot.amount(lot.quantity.amount),
            "origin": "entered" if entered else "made",
            "place": self._place("generator"),
            "documents": self.documents,
            "remarks": plain(f"reported {lot.quantity.words}{containers}", 200),
        }
        self.last[lot.name] = self._add("registration", f"line-{waste.line}", maker, (), event)

    def _transfer(self, lots: Sequence[_Lot], giver: Site, receiver: Site, *, final: bool) -> bool:
        """Hand-over and reply of all lots; whether the form supports the reply."""
        from_party, to_party = party_of(giver, self.choices.parties), party_of(receiver, self.choices.parties)
        assert from_party is not None and to_party is not None  # noqa: S101  _obstacle has asked
        carries = receiver.role.startswith("transporter")
        where = "generator" if giver.role == "generator" else receiver.role
        # A carrier signs the form once, for what it takes: when it gave the waste on, only the next one's date says.
        moment = giver if giver.role == "generator" else receiver
        occurred, deadline = _when(moment), self._deadline(moment)
        for start in range(0, len(lots), LINES_AN_OFFER):
            group = lots[start : start + LINES_AN_OFFER]
            event = {
                "type": "hand-over/1",
                "occurred_at": occurred,
                "to": to_party,
                "receives_as": "carrier" if carries else "consignee",
                "lines": [
                    {
                        "lot": lot.name,
                        "prev": reference(self.last[lot.name]),
                        "quantity": lot.amount(lot.quantity.amount),
                    }
                    for lot in group
                ],
                "place": self._place(where),
                "deadline": deadline,
                "mode": self.choices.mode,
                "documents": self.documents,
            }
            after = tuple(sorted({self.last[lot.name] for lot in group}))
            offer = self._add("hand-over", giver.role, from_party, after, event)
            if not self._reply(group, receiver, to_party, where, offer, final=final):
                return False
        return True

    def _reply(self, group: Sequence[_Lot], receiver: Site, party: str, where: str, offer: str, *, final: bool) -> bool:
        lines = [self._line(lot, final=final) for lot in group]
        if any(line is None for line in lines):
            self._stop(receiver.path, f"a reply by {receiver.role}", codes.RECEIVED_UNKNOWN)
            return False
        # A refusal has no place for what is over: then an acceptance of nothing counts it.
        nothing = all(line is not None and "accepted" not in line and "over" not in line for line in lines)
        kind = "refusal" if nothing else "acceptance"
        event = {
            "type": f"{kind}/1",
            "occurred_at": _when(receiver),
            "answers": reference(offer),
            "lines": [_refused_line(line) if nothing else line for line in lines if line is not None],
            "place": self._place(where),
            "documents": self.documents,
        }
        remarks = self._remarks(group) if final else None
        if remarks is not None:
            event["remarks"] = remarks
        name = self._add(kind, receiver.role, party, (offer,), event)
        self.last.update(dict.fromkeys((lot.name for lot in group), name))
        return True

    def _line(self, lot: _Lot, *, final: bool) -> dict[str, Any] | None:
        """One line of a reply; None where the form does not say how much was taken."""
        offered = lot.quantity.amount
        if not final:
            return {"lot": lot.name, "outcome": "full", "accepted": lot.amount(offered)}
        if self._all_refused:
            return {"lot": lot.name, "outcome": "mixed", "refused": lot.amount(offered)}
        count = self.choices.received.get(lot.waste.line)
        if count is None:
            if needs_count(self.manifest, lot.waste):
                return None
            outcome = "wrong-goods" if lot.waste.discrepancy.type else "full"
            return {"lot": lot.name, "outcome": outcome, "accepted": lot.amount(offered)}
        return _counted(lot, count)

    def _remarks(self, group: Sequence[_Lot]) -> str | None:
        """The facility's comments, as the form has them."""
        parts = [rejection_words(self.manifest.rejection)] if self.manifest.is_rejected else []
        for lot in group:
            noted = lot.waste.discrepancy
            words = [word for word, flag in (("wasteQuantity", noted.quantity), ("wasteType", noted.type)) if flag]
            if words:
                parts.append(f"line {lot.waste.line} {' and '.join(words)}: {noted.comments or 'no comment'}")
            if noted.residue:
                parts.append(f"line {lot.waste.line} residue: {noted.residue_comments or 'no comment'}")
        return plain("; ".join(parts), 200) if parts else None

    def _place(self, role: str) -> dict[str, str]:
        place = self.choices.place(role)
        if role not in self.choices.places:
            self.findings.append(Finding(codes.PLACE_UNKNOWN, role, "", "a UN/LOCODE and an offset", place["code"]))
        return place

    def _deadline(self, site: Site) -> str:
        if site.signed_at is None:
            return at_signing(self.choices.answer_hours)
        return format_instant(site.signed_at + self.choices.answer_hours * HOUR_MS)

    def _stop(self, path: str, expected: str, reason: Code) -> None:
        self.findings.append(Finding(codes.DRAFTS_STOP, path, "", expected, reason.code))

    def _add(self, kind: str, words: str, signer: str, after: tuple[str, ...], event: dict[str, Any]) -> str:
        draft = Draft(f"{len(self.drafts) + 1:03}-{kind}-{words}", signer, after, event)
        check_draft(draft)
        self.drafts.append(draft)
        return draft.name


def _when(site: Site) -> str:
    """When a handler signed the form, or its own signing of the draft."""
    return at_signing() if site.signed_at is None else format_instant(site.signed_at)


def paper_document(manifest: Manifest) -> dict[str, str]:
    """The form as a document of an event: its digest, and its number where it has one."""
    document = {"kind": DOCUMENT_KIND, "sha256": manifest.sha256}
    return {**document, "reference": manifest.tracking_number} if manifest.has_tracking_number else document


def _counted(lot: _Lot, count: Received) -> dict[str, Any]:
    """A line by what the facility counted: what is left is missing, what is beyond is over."""
    offered = lot.quantity.amount
    accepted = convert(count.accepted, lot.quantity.unit).amount
    refused = convert(count.refused, lot.quantity.unit).amount
    difference = offered - accepted - refused
    parts = {"accepted": accepted, "refused": refused, "missing": max(difference, 0), "over": max(-difference, 0)}
    named = [word for word, part in (("short", difference > 0), ("over", difference < 0), ("mixed", refused)) if part]
    if lot.waste.discrepancy.residue and refused:
        outcome = "left-in-tank"
    elif lot.waste.discrepancy.type:
        outcome = "wrong-goods"
    else:
        outcome = "full" if not named else named[0] if len(named) == 1 else "mixed"
    amounts = {word: lot.amount(part) for word, part in parts.items() if part}
    return {"lot": lot.name, "outcome": outcome, **amounts}


def _refused_line(line: dict[str, Any]) -> dict[str, Any]:
    """The line of a refusal: the form gives no reason code, so the reason is `other`."""
    kept: dict[str, Any] = {word: line[word] for word in ("lot", "refused", "missing") if word in line}
    return {**kept, "reason": "left-in-tank" if line["outcome"] == "left-in-tank" else "other"}
