"""The shape of every event: a frozen record that knows what it touches, judges each subject, and can be shown.

An event type is one file: a subclass of `Event` with its fields, its finding codes (`CODES`), `subjects`, `reads`
and `judge`, and one line in `registry.py`.
"""

# Annotations are values here, not texts: pydantic reads those of this class again for every class of event.

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from pydantic import BaseModel, Field

from lotchain.core import canonical_json
from lotchain.custody.case import Case, Effect
from lotchain.custody.findings import Code
from lotchain.events.fields import STRICT, InstantText, Seen, instant_of


class Card(NamedTuple):
    """What any surface shows of an event: content only, no layout."""

    title: str
    sentence: str
    lines: tuple[tuple[str, str], ...] = ()


class Event(BaseModel, ABC):
    """One thing that happened.

    Purely, an event says: which subjects it changes (`subjects`; the first is the statement's main subject), which
    it may bring forth under names that it chooses (`creates`), whose states it needs to judge one subject (`reads`;
    the issuer, its key and the charter are always there), which statements it names (`cites`), and what it does to
    each subject (`judge`).
    """

    model_config = STRICT

    TITLE: ClassVar[str]
    CODES: ClassVar[tuple[Code, ...]]
    OFFERS: ClassVar[bool] = False
    """Whether it takes effect only with another party's reply."""

    REGISTERS: ClassVar[bool] = False
    """Whether it brings a lot onto the ledger out of nothing there."""

    type: str = Field(title="Type", description="event type and version")
    occurred_at: InstantText = Field(title="Occurred at", description="when it happened, UTC")
    seen: Seen | None = Field(None, title="Seen checkpoint", description="the newest checkpoint the signer had seen")

    @property
    def occurred(self) -> int:
        """`occurred_at` in milliseconds since 1970."""
        return instant_of(self.occurred_at)

    @abstractmethod
    def subjects(self) -> tuple[str, ...]:
        """The subjects that this event changes and that exist or are named before it; main subject first."""

    def creates(self) -> tuple[str, ...]:
        """New subjects that `judge` brings forth out of one of `subjects`."""
        return ()

    def reads(self, subject: str) -> tuple[str, ...]:
        """Other subjects whose state decides what this does to `subject`."""
        return ()

    def cites(self) -> tuple[str, ...]:
        """Hex ids of statements that this one names."""
        return ()

    def follows(self, subject: str) -> str:
        """For an act of the custodian: the id that it names as `prev` for that lot; else the empty text."""
        return ""

    def replies_to(self) -> str:
        """For a reply: the id of the offer that it answers; else the empty text."""
        return ""

    def offered_to(self) -> str:
        """For an offer: the party that it is made to; else the empty text."""
        return ""

    def accepts(self, subject: str) -> bool:
        """For a reply: whether it takes something of that lot."""
        return False

    def names_endorsed(self) -> tuple[str, ...]:
        """Hex ids of statements that this one stands behind: only an endorsement has any."""
        return ()

    def documents_kept(self) -> tuple[str, ...]:
        """Digests (hex) of documents that are kept beside the log: only the adoption of a rule set has one."""
        return ()

    def founding_keys(self) -> Mapping[str, str]:
        """Keys that prove themselves inside this event (key subject → COSE key, hex): only a charter has any."""
        return {}

    @abstractmethod
    def judge(self, subject: str, case: Case) -> Effect:
        """What this does to `subject`: its new state, the states of those brought forth, and the findings."""

    @abstractmethod
    def sentence(self) -> str:
        """One sentence for people."""

    def details(self) -> tuple[tuple[str, str], ...]:
        """Labelled lines for people, beyond the sentence."""
        return ()

    def card(self) -> Card:
        """The event as every surface shows it."""
        return Card(self.TITLE, self.sentence(), self.details())

    def payload(self) -> bytes:
        """The canonical JSON that is signed: absent fields are absent, never null."""
        return canonical_json.encode(self.model_dump(mode="json", exclude_none=True))
