"""Cases of what papers are reported to say."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, World, kg
from tests.vectors_build.event_book import Book

from lotchain.events.fields import Document
from lotchain.events.report import PaperCode, Report, ReportedStep

PAPER = Document(kind="e-manifest", sha256="5d" * 32, reference="100032524ELC")


def report() -> Book:
    """A paper's lots: on the ledger as reported, and never in a chain."""
    book = Book("report/1")
    world = World()
    signed = ReportedStep(role="generator", party="VAD000532119", signed="electronic", signed_at="2026-09-20T10:00:00Z")
    unsigned = ReportedStep(role="facility", party="VAD000532120", signed="no")

    def event(local: str = "E-1", **changes: Any) -> Report:
        values: dict[str, Any] = {
            "lot": f"lot:CN-TRUCK/{local}",
            "paper": PAPER,
            "line": 1,
            "name": "acetic anhydride, spent",
            "substance": "108-24-7",
            "quantity": kg("453.59237"),
            "stated": "1000 lb at 0.45359237 kg",
            "steps": (signed, unsigned),
            "place": CN,
            "occurred_at": world.now(),
            **changes,
        }
        return Report(**{name: value for name, value in values.items() if value is not None})

    both = ("reported-not-signed", "reported-quantity")
    foreign = event(lot="lot:CN-MAKER/E-1")
    book.refused(world, foreign, "carrier", "another's name", "named under the reporter", "lot-name-foreign")
    timeless = ReportedStep(role="generator", signed="paper")
    timed = ReportedStep(role="generator", signed="no", signed_at="2026-09-20T10:00:00Z")
    for name, step in (("signed without a time", timeless), ("a time without signature", timed)):
        book.refused(world, event(steps=(step,)), "carrier", name, "how and when, or not", "report-contradicts-itself")
    book.accepted(world, event(), "carrier", "one signature of two", "ended as it begins; nothing is booked", *both)
    book.refused(world, event(), "carrier", "a name twice", "a lot is reported once", "lot-exists")
    code = PaperCode(list="discrepancy", code="04", text={"hidden": "77" * 32})  # type: ignore[arg-type]
    doubtful = event(
        "E-2", codes=(code,), doubts=("signed-before-shipped",), quantity=None, stated=None, substance=None
    )
    book.accepted(
        world, doubtful, "carrier", "no quantity, and doubts", "mass, and nothing of it", *both, "reported-with-doubts"
    )
    book.common_faults()
    book.changed("line 0", "lines are counted from 1", "field-range", line=0)
    book.changed("a way of signing that is none", "a closed list", "field-value",
                 steps=[{"role": "generator", "signed": "yes"}])  # fmt: skip
    book.changed("a paper without digest", "its bytes are named", "field-missing", paper={"kind": "e-manifest"})
    return book
