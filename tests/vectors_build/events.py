"""Makes specs/vectors/events/*.json: `python -m tests.vectors_build.events` from the root of the project."""

from __future__ import annotations

from collections.abc import Callable

from tests.vectors_build import (
    event_adoptions,
    event_disputes,
    event_filings,
    event_log_keys,
    event_lots,
    event_measured,
    event_observations,
    event_parties,
    event_permit_drawings,
    event_permits,
    event_replies,
    event_reports,
    event_second_signatures,
    event_settlements,
    event_transfers,
    event_transformations,
    event_watching,
)
from tests.vectors_build.event_book import DIRECTORY, Book


def endorsement() -> Book:
    """Endorsements stand behind acts of several kinds."""
    book = event_parties.endorsement()
    event_disputes.endorsements(book)
    event_second_signatures.endorsements(book)
    event_log_keys.endorsements(book)
    book.common_faults()
    book.changed("a statement by name", "64 hexadecimal digits", "hash-format", endorses="charter")
    book.changed("a subject that is none", "ids name their kind", "id-kind", subject="thing:CN-1/2")
    return book


def with_marks(build: Callable[[], Book], add: Callable[[Book], None]) -> Callable[[], Book]:
    """A book with what the event does with alerts and watch marks."""

    def extended() -> Book:
        book = build()
        add(book)
        return book

    return extended


BOOKS: dict[str, Callable[[], Book]] = {
    "rule-set-adoption/1": event_adoptions.rule_set_adoption,
    "charter/1": event_parties.charter,
    "accession/1": event_parties.accession,
    "endorsement/1": endorsement,
    "licence-grant/1": event_parties.licence_grant,
    "licence-change/1": event_parties.licence_change,
    "licence-suspension/1": event_parties.licence_suspension,
    "licence-revocation/1": event_parties.licence_revocation,
    "key-enrolment/1": event_parties.key_enrolment,
    "key-revocation/1": event_parties.key_revocation,
    "registration/1": with_marks(event_transfers.registration, event_watching.registration),
    "hand-over/1": event_transfers.hand_over,
    "acceptance/1": with_marks(event_replies.acceptance, event_watching.acceptance),
    "refusal/1": event_replies.refusal,
    "withdrawal/1": event_replies.withdrawal,
    "consignment/1": event_observations.consignment,
    "arrival/1": event_observations.arrival,
    "seal-applied/1": event_observations.seal_applied,
    "seal-checked/1": event_observations.seal_checked,
    "seal-broken/1": event_observations.seal_broken,
    "inspection/1": event_observations.inspection,
    "hold/1": event_observations.hold,
    "release/1": event_observations.release,
    "packing/1": with_marks(event_lots.packing, event_watching.packing),
    "split/1": with_marks(event_lots.split, event_watching.split),
    "merge/1": with_marks(event_lots.merge, event_watching.merge),
    "loss/1": event_lots.loss,
    "consumption/1": event_lots.consumption,
    "correction/1": event_lots.correction,
    "discrepancy-answer/1": event_disputes.discrepancy_answer,
    "conflict/1": event_disputes.conflict,
    "resolution/1": event_disputes.resolution,
    "report/1": event_reports.report,
    "authorisation-grant/1": event_permits.authorisation_grant,
    "permit-drawing/1": event_permit_drawings.permit_drawing,
    "pre-export-notification/1": event_permits.pre_export_notification,
    "pre-export-reply/1": event_permits.pre_export_reply,
    "permit-change/1": event_permits.permit_change,
    "end-use-declaration/1": event_permits.end_use_declaration,
    "quota/1": event_permits.quota,
    "sampling/1": event_measured.sampling,
    "weighing/1": event_measured.weighing,
    "stock-count/1": event_measured.stock_count,
    "sighting/1": with_marks(event_measured.sighting, event_watching.sighting),
    "destruction/1": event_second_signatures.destruction,
    "seizure/1": event_second_signatures.seizure,
    "custody-order/1": event_second_signatures.custody_order,
    "transformation/1": with_marks(event_transformations.transformation, event_watching.transformation),
    "settlement/1": event_settlements.settlement,
    "witnessed-acceptance/1": with_marks(event_settlements.witnessed_acceptance, event_watching.witnessed_acceptance),
    "filing/1": event_filings.filing,
    "customs-release/1": event_filings.customs_release,
    "ledger-key-rotation/1": event_log_keys.ledger_key_rotation,
    "alert/1": event_watching.alert,
    "alert-closing/1": event_watching.alert_closing,
    "watch-mark/1": event_watching.watch_mark,
    "watch-lifting/1": event_watching.watch_lifting,
}
"""Event type → what makes its vectors. A type without an entry fails tests/unit/test_registry.py."""


def main() -> None:
    """Write every file anew."""
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    for build in BOOKS.values():
        book = build()
        book.path.write_text(book.text(), encoding="utf-8")


if __name__ == "__main__":
    main()
