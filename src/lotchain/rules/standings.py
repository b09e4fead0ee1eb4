"""Where a substance stands in a list on a day: listed, not listed, or undetermined, and how well that is known.

A listing whose beginning is not known to the day leaves the days in between undetermined; a list of which only a part
is known leaves what is not in the data undetermined. Missing knowledge never becomes "not controlled".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lotchain.rules.substances import (
    LISTED,
    NOT_LISTED,
    PARTLY,
    UNDETERMINED,
    UNKNOWN,
    VERIFIED,
    Listing,
    Register,
    Salt,
    Substance,
    weaker,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a substance stands in one list on one day.

    Attributes:
        status: `listed`, `not-listed`, `undetermined`.
        listing: the listing that answers; None where none does.
        confidence: V, P or K; empty where undetermined.
        why: what makes it undetermined, or what to know beside it.

    """

    register: Register
    status: str
    listing: Listing | None
    confidence: str
    why: str

    @property
    def verified(self) -> bool:
        """Whether it may be shown as law: determined, and not from memory alone."""
        return self.confidence in (VERIFIED, PARTLY)


def standing(register: Register, substance: Substance, on: date, salt: Salt | None = None) -> Standing:
    """Where a substance, or one of its salts, stands in one list on a day."""
    question = register.questions.get(substance.key, "")
    began: Listing | None = None
    for listing in register.listings.get(substance.key, ()):
        begun = listing.start.begun(on)
        if begun is None:
            what = listing.kind or "no listing"
            began_as = f"{what} began" if began is None else f"{began.kind or 'no listing'} gave way to {what}"
            why = f"{began_as} at a time known only as {listing.start.text}"
            return Standing(register, UNDETERMINED, listing, "", _joined(why, question))
        if begun:
            began = listing
    if began is None:
        return _unlisted(register, substance, on, question)
    if not began.kind:
        return Standing(register, NOT_LISTED, began, began.confidence_on(on), question)
    if salt is not None and began.salts != "included":
        if began.salts == "excluded":
            return Standing(register, NOT_LISTED, began, began.confidence_on(on), "the list excludes salts")
        return Standing(register, UNDETERMINED, began, "", _joined("whether salts are covered is not known", question))
    late = "" if on <= register.known_until else f"the data speaks up to {register.known_until.isoformat()}"
    return Standing(register, LISTED, began, began.confidence_on(on), _joined(late, question))


def _unlisted(register: Register, substance: Substance, on: date, question: str) -> Standing:
    """No listing had begun: it was not listed then, if the list is known well enough to say so."""
    later = register.listings.get(substance.key, ())
    if later and later[0].before == UNKNOWN:
        why = f"listed at the latest since {later[0].start.latest.isoformat()}; nothing is known of the time before"
        return Standing(register, UNDETERMINED, later[0], "", _joined(why, question))
    if later:
        confidence = weaker(later[0].confidence, later[0].date_confidence)
        return Standing(
            register, NOT_LISTED, None, confidence, _joined(f"listed later: {later[0].start.text}", question)
        )
    if question or not register.complete:
        return Standing(register, UNDETERMINED, None, "", question or "the data holds only a part of this list")
    if on > register.known_until:
        return Standing(register, UNDETERMINED, None, "", f"the data speaks up to {register.known_until.isoformat()}")
    return Standing(register, NOT_LISTED, None, register.coverage_confidence, "")


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
