"""Ledger-key rotation: the founding authorities list the keys that sign the log's checkpoints from here on."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from lotchain.core.notes import ED25519_COSIGNATURE, ED25519_NOTE, VerifierKey, parse_vkey
from lotchain.custody import charter as charters
from lotchain.custody import log_keys
from lotchain.custody.case import Case, Effect, State
from lotchain.custody.findings import Finding, refusal
from lotchain.events.event import Event
from lotchain.events.fields import Documents, HideableText, LogKey, Reference

NOT_ROOT = refusal(
    "not-founding-authority",
    "only a founding authority proposes or endorses an act of the charter",
    "have one of the charter's founding authorities sign",
)
LOG_KEYS = refusal(
    "log-keys",
    "these are not the keys of this log: each once, all named as its origin, one of them Ed25519, none a witness's",
    "list every key that is to sign from now on, as `ledger status` and `ledger rotate-key` print them",
)
LISTED_ALREADY = refusal(
    "log-keys-listed",
    "the ledger lists just these keys already",
    "list another set, or nothing",
)


class LedgerKeyRotation(Event):
    """The complete list of the keys that the log's checkpoints are signed by; in force at the charter's threshold."""

    TITLE: ClassVar[str] = "Ledger keys listed"
    CODES = (NOT_ROOT, LOG_KEYS, LISTED_ALREADY)

    type: Literal["ledger-key-rotation/1"] = Field(
        "ledger-key-rotation/1", title="Type", description="event type and version"
    )
    keys: Annotated[tuple[LogKey, ...], Field(min_length=1, max_length=8)] = Field(
        title="Keys", description="verifier keys of the log, all that may sign from here on; an old one left out is off"
    )
    reason: Literal["planned", "lost", "stolen"] = Field(
        title="Reason", description="a change that was planned, or a key that was lost or stolen"
    )
    reference: Reference | None = Field(None, title="Reference", description="number of the decision")
    documents: Documents = Field((), title="Documents", description="papers by SHA-256")
    remarks: HideableText | None = Field(None, title="Remarks", description="free text; may be hidden")

    def subjects(self) -> tuple[str, ...]:
        """The charter."""
        return (charters.SUBJECT,)

    def judge(self, subject: str, case: Case) -> Effect:
        """Propose the list; with threshold 1 it is in force at once."""
        charter = case.standing(subject)
        keys = [parse_vkey(text) for text in self.keys]
        digests = sorted(key.digest for key in keys)
        fault = self._fault(case, charter, keys, digests)
        if fault is not None:
            return Effect({}, (fault,))
        return Effect({subject: log_keys.propose(charter, case.statement, digests, case.issuer, case.time)})

    @staticmethod
    def _fault(case: Case, charter: State, keys: list[VerifierKey], digests: list[str]) -> Finding | None:
        if not charters.is_root(charter, case.issuer):
            return case.finding(NOT_ROOT, charters.SUBJECT, found=case.issuer)
        kinds = [key.kind for key in keys]
        strange = [key.name for key in keys if key.name != charter["origin"]]
        if strange or ED25519_COSIGNATURE in kinds or ED25519_NOTE not in kinds:
            found = strange[0] if strange else f"types {', '.join(map(str, sorted(kinds)))}"
            return case.finding(LOG_KEYS, charters.SUBJECT, expected=charter["origin"], found=found)
        if len({key.public for key in keys}) < len(keys):
            return case.finding(LOG_KEYS, charters.SUBJECT, found="one key twice")
        if digests == list(log_keys.listed(charter)):
            return case.finding(LISTED_ALREADY, charters.SUBJECT, found=f"{len(keys)} keys")
        return None

    def sentence(self) -> str:
        """How many keys, and why."""
        count = "one key" if len(self.keys) == 1 else f"{len(self.keys)} keys"
        why = {"planned": "a planned change", "lost": "a key was lost", "stolen": "a key was stolen"}[self.reason]
        return f"The log's checkpoints are signed by {count} from here on: {why}."

    def details(self) -> tuple[tuple[str, str], ...]:
        """Each key by its name, type and key id."""
        kinds = {ED25519_NOTE: "Ed25519"}
        keys = [parse_vkey(text) for text in self.keys]
        return tuple((kinds.get(key.kind, "ML-DSA-44"), f"{key.name}, key id {key.key_id.hex()}") for key in keys)
