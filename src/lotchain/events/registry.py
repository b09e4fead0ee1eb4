"""The closed table of event types: type → module and class, imported only when a statement of that type is met.

The verifier loads only the types that its bundle holds; that is why this table is lazy, and it is the only place in
the project where an import waits inside a function for a module of its own.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

from lotchain.events.event import Event

EVENT_TYPES: dict[str, tuple[str, str]] = {
    "charter/1": ("charter", "Charter"),
    "accession/1": ("accession", "Accession"),
    "endorsement/1": ("endorsement", "Endorsement"),
    "licence-grant/1": ("licence_grant", "LicenceGrant"),
    "key-enrolment/1": ("key_enrolment", "KeyEnrolment"),
    "registration/1": ("registration", "Registration"),
    "hand-over/1": ("hand_over", "HandOver"),
    "acceptance/1": ("acceptance", "Acceptance"),
    "refusal/1": ("refusal", "Refusal"),
    "packing/1": ("packing", "Packing"),
    "split/1": ("split", "Split"),
    "merge/1": ("merge", "Merge"),
    "loss/1": ("loss", "Loss"),
    "consumption/1": ("consumption", "Consumption"),
    "withdrawal/1": ("withdrawal", "Withdrawal"),
    "correction/1": ("correction", "Correction"),
    "discrepancy-answer/1": ("discrepancy_answer", "DiscrepancyAnswer"),
    "conflict/1": ("conflict", "Conflict"),
    "resolution/1": ("resolution", "Resolution"),
    "consignment/1": ("consignment", "Consignment"),
    "arrival/1": ("arrival", "Arrival"),
    "seal-applied/1": ("seal_applied", "SealApplied"),
    "seal-checked/1": ("seal_checked", "SealChecked"),
    "seal-broken/1": ("seal_broken", "SealBroken"),
    "inspection/1": ("inspection", "Inspection"),
    "hold/1": ("hold", "Hold"),
    "release/1": ("release", "Release"),
    "licence-change/1": ("licence_change", "LicenceChange"),
    "licence-suspension/1": ("licence_suspension", "LicenceSuspension"),
    "licence-revocation/1": ("licence_revocation", "LicenceRevocation"),
    "key-revocation/1": ("key_revocation", "KeyRevocation"),
    "report/1": ("report", "Report"),
    "authorisation-grant/1": ("authorisation_grant", "AuthorisationGrant"),
    "permit-drawing/1": ("permit_drawing", "PermitDrawing"),
    "pre-export-notification/1": ("pre_export_notification", "PreExportNotification"),
    "pre-export-reply/1": ("pre_export_reply", "PreExportReply"),
    "permit-change/1": ("permit_change", "PermitChange"),
    "end-use-declaration/1": ("end_use_declaration", "EndUseDeclaration"),
    "quota/1": ("quota", "Quota"),
    "sampling/1": ("sampling", "Sampling"),
    "weighing/1": ("weighing", "Weighing"),
    "stock-count/1": ("stock_count", "StockCount"),
    "sighting/1": ("sighting", "Sighting"),
    "destruction/1": ("destruction", "Destruction"),
    "seizure/1": ("seizure", "Seizure"),
    "custody-order/1": ("custody_order", "CustodyOrder"),
    "transformation/1": ("transformation", "Transformation"),
    "settlement/1": ("settlement", "Settlement"),
    "witnessed-acceptance/1": ("witnessed_acceptance", "WitnessedAcceptance"),
    "filing/1": ("filing", "Filing"),
    "customs-release/1": ("customs_release", "CustomsRelease"),
    "rule-set-adoption/1": ("rule_set_adoption", "RuleSetAdoption"),
    "ledger-key-rotation/1": ("ledger_key_rotation", "LedgerKeyRotation"),
    "alert/1": ("alert", "Alert"),
    "alert-closing/1": ("alert_closing", "AlertClosing"),
    "watch-mark/1": ("watch_mark", "WatchMark"),
    "watch-lifting/1": ("watch_lifting", "WatchLifting"),
}
LARGE = frozenset({"conflict/1"})
"""Types whose statements may fill an entry; all others stay within `MAX_STATEMENT`."""


def event_class(type_name: str) -> type[Event] | None:
    """The class of an event type, or None for one that this version does not know."""
    return _load(type_name) if type_name in EVENT_TYPES else None


@cache
def _load(type_name: str) -> type[Event]:
    """Import a known type's class, once. Unknown names never come here: strangers could fill the memory with them."""
    entry = EVENT_TYPES[type_name]
    found = getattr(import_module(f"lotchain.events.{entry[0]}"), entry[1])
    if not (isinstance(found, type) and issubclass(found, Event)):
        raise TypeError(f"{entry} is no event class")
    return found
