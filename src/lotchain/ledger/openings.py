"""What is kept beside the log, by digest: openings of hidden fields, and adopted rule sets.

Only what a statement on the ledger names is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from lotchain.core import canonical_json, cbor
from lotchain.core.hidden import MAX_FIELD, MAX_VALUE, Opening
from lotchain.custody.findings import refusal
from lotchain.errors import Malformed
from lotchain.events.reading import Reading
from lotchain.rules.adopted import read_adopted

DOCUMENT_MISSING = refusal(
    "document-missing",
    "the document that the statement adopts was not handed over with it, and is not kept here",
    "submit the statement together with its document",
    retryable=True,
)
_MAX_OPENING = MAX_FIELD + MAX_VALUE + 64


def require_openings(openings: Mapping[bytes, bytes]) -> None:
    """Refuse what is no opening of the digest that it is given for.

    Args:
        openings: 32-byte digest → `[field, salt, text]` in deterministic CBOR, or the bytes of an adopted rule set,
            of which the digest is the SHA-256.

    Raises:
        Malformed: `hidden-format`, and the codes of CBOR and of rule sets. The message never holds salt or text.

    """
    for digest, encoded in openings.items():
        if sha256(encoded).digest() == digest:
            read_adopted(encoded)
            continue
        item = cbor.decode(encoded, max_bytes=_MAX_OPENING, max_depth=2, max_items=8, what="opening")
        if Opening.parse(item).digest != digest:
            raise Malformed(
                "hidden-format",
                "an opening does not open the digest that it is given for",
                expected=f"digest {digest.hex()}",
                remedy="hand over the openings as they were made with the statement",
            )


def openings_of(openings: Mapping[bytes, bytes], accepted: Iterable[Reading]) -> dict[bytes, bytes]:
    """The openings whose digests stand in one of these statements."""
    if not openings:
        return {}
    wanted = {digest for reading in accepted for digest in digests_in(reading)}
    return {digest: opening for digest, opening in openings.items() if digest in wanted}


def digests_in(reading: Reading) -> list[bytes]:
    """The digests of a statement's hidden fields and of documents kept for it, 32 bytes each, ordered."""
    payload = reading.statement.payload
    found = set(reading.event.documents_kept())
    if b'"hidden"' not in payload:
        return sorted(map(bytes.fromhex, found))
    _collect(canonical_json.decode(payload, what="event"), found)
    return sorted(map(bytes.fromhex, found))


def _collect(value: Any, found: set[str]) -> None:
    if isinstance(value, dict):
        # Elsewhere in an event no member has that name: `events.fields.Hidden` alone does, with 64 hex digits.
        if value.keys() == {"hidden"}:
            found.add(value["hidden"])
        for member in value.values():
            _collect(member, found)
    elif isinstance(value, list):
        for member in value:
            _collect(member, found)
