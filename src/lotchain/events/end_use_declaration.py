"""End-use declaration: a user says what it needs a substance for, to a supplier that it names."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.custody import permits
from lotchain.custody.case import Case, Effect
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, PermitId, Word, shown_text
from lotchain.events.permit_terms import PermitTerms


class EndUseDeclaration(Event):
    """A user declares what for, how much and for how long; its supplier's consignments draw on it."""

    TITLE: ClassVar[str] = "End use declared"
    CODES = permits.GRANT_CODES

    type: Literal["end-use-declaration/1"] = Field(
        "end-use-declaration/1", title="Type", description="event type and version"
    )
    permit: PermitId = Field(title="Permit", description="the declaration, named under the user that makes it")
    terms: PermitTerms = Field(
        title="Terms", description="what is declared; its exporter is the supplier; one transaction, or several"
    )
    uses: Annotated[tuple[Word, ...], Field(min_length=1, max_length=10)] = Field(
        title="Uses", description="synthesis-of-paracetamol, cellulose-acetylation, laboratory, …"
    )
    resale: Literal["none", "licensed-customers"] = Field(
        title="Resale", description="none: used up here; or sold on to customers with a licence"
    )
    signer: HideableText | None = Field(None, title="Signer", description="name and function; may be hidden")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The declaration."""
        return (self.permit,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Bring the declaration forth: its signer holds it, and gave it."""
        terms = self.terms.as_state()
        fault = permits.check_grant(case, subject, terms)
        if fault is not None:
            return Effect({}, (fault,))
        return Effect({subject: permits.new_permit(case, permits.END_USE, case.issuer, terms)})

    def sentence(self) -> str:
        """How much of what for which use."""
        substances = ", ".join(self.terms.substances)
        return f"{self.terms.quantity} of {substances} for {', '.join(self.uses)}; resale: {self.resale}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Signer and terms."""
        signer = (("Signer", shown_text(self.signer)),) if self.signer is not None else ()
        return (*signer, *self.terms.lines())
