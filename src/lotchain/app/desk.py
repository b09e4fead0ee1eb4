"""The signing desk: key files, events and the statements that come of the two. It needs no ledger and no network.

Events arrive as plain JSON values, are read as strictly as a submitted one, and only then signed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lotchain.core import canonical_json
from lotchain.core.hidden import SALT_BYTES, Opening, placeholder
from lotchain.core.ids import check
from lotchain.core.instants import format_instant
from lotchain.core.keys import parse_public_key
from lotchain.core.packets import opening_item
from lotchain.core.statements import audience_of, parse_statement
from lotchain.errors import Malformed, UsageError
from lotchain.events.reading import read_event
from lotchain.signing import (
    Signer,
    describe_key_file,
    new_signer,
    proof_of_possession,
    read_key_file,
    sign_statement,
    write_key_file,
)

__all__ = [
    "Passphrase", "Signed", "Signer", "charter_event", "check_event", "founding_entry", "hide", "json_bytes",
    "key_card", "key_claim", "make_key", "open_key", "sign_event",
]  # fmt: skip

Passphrase = Callable[[], str]
"""Asked only where a key file is protected."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A statement that was just signed."""

    raw: bytes
    id: str
    type: str
    subject: str


def make_key(path: Path, algorithm: str, passphrase: str | None) -> str:
    """Write a new key file; its subject, `key:<thumbprint>`. Raises `SigningError` (`key-file-…`)."""
    signer = new_signer(algorithm)
    write_key_file(path, signer, passphrase=passphrase)
    return signer.public.subject


def open_key(path: Path, passphrase: Passphrase) -> Signer:
    """The signer in a key file; the passphrase is asked for only where there is one."""
    protected = describe_key_file(path).protected
    return read_key_file(path, passphrase() if protected else None)


def sign_event(signer: Signer, event: Mapping[str, Any], *, party: str, audience: str, signed_at_ms: int) -> Signed:
    """The event as a signed statement.

    Raises:
        Malformed: what `events.reading.read_event` and `signing.sign_statement` raise; nothing is signed then.
        SigningError: the key cannot be used.

    """
    payload = canonical_json.encode(dict(event))
    subject = read_event(payload).subjects()[0]
    raw = sign_statement(
        signer, issuer=party, subject=subject, audience=audience, signed_at=signed_at_ms // 1000, payload=payload
    )
    return Signed(raw, parse_statement(raw).hex_id, str(event["type"]), subject)


def check_event(event: Mapping[str, Any]) -> bytes:
    """The event's canonical JSON, once it reads as an event. Raises `Malformed`."""
    payload = canonical_json.encode(dict(event))
    read_event(payload)
    return payload


def hide(event: Mapping[str, Any], fields: Sequence[str]) -> tuple[dict[str, Any], list[tuple[bytes, bytes]]]:
    """The event with fields replaced by digests under fresh salts, and what opens each.

    Args:
        event: as JSON values.
        fields: paths such as `remarks` or `place.name`; each must hold a text that the event declares hideable.

    Raises:
        UsageError: `hide-field`, where there is no such text, or it may not be hidden.
        Malformed: the event is faulty otherwise.

    """
    hidden = canonical_json.decode(canonical_json.encode(dict(event)))
    openings = []
    for path in fields:
        holder, name = _holder(hidden, path)
        opening = Opening(path, os.urandom(SALT_BYTES), holder[name])
        holder[name] = placeholder(opening.digest)
        openings.append(opening_item(opening))
    if fields:
        _require_hideable(hidden, fields)
    return hidden, openings


def _require_hideable(event: Mapping[str, Any], fields: Sequence[str]) -> None:
    """Tell a field that may not be hidden from an event that is faulty otherwise."""
    try:
        check_event(event)
    except Malformed as fault:
        if not any(fault.field.startswith(path) for path in fields):
            raise
        raise UsageError(
            "hide-field",
            "this field cannot be hidden: the ledger must be able to read it",
            expected="a name, address, vehicle or remark",
            found=fault.field,
        ) from None


def _holder(event: dict[str, Any], path: str) -> tuple[Any, Any]:
    """The dict or list that holds the text at `path`, and its key there."""
    steps: list[str | int] = []
    for part in path.split("."):
        name, *indexes = part.replace("]", "").split("[")
        steps += [name, *(int(index) if index.isdecimal() else index for index in indexes)]
    value: Any = event
    for step in steps[:-1]:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            raise _nothing_to_hide(path) from None
    try:
        text = value[steps[-1]]
    except (KeyError, IndexError, TypeError):
        raise _nothing_to_hide(path) from None
    if not isinstance(text, str):
        raise _nothing_to_hide(path)
    return value, steps[-1]


def _nothing_to_hide(path: str) -> UsageError:
    return UsageError(
        "hide-field",
        "the event has no text there that could be hidden",
        expected="the path of a text that is stated, such as remarks, means or place.name",
        found=path,
        remedy="state the text, and name its path",
    )


def founding_entry(signer: Signer, *, country: str, party: str, organisation: str, origin: str) -> dict[str, str]:
    """What a founding authority contributes to the charter of `origin`: its key, and the proof that it holds it.

    Raises:
        Malformed: the codes of ids and origins.

    """
    check(party, "party", "party")
    return {
        "country": country,
        "party": party,
        "organisation": organisation,
        "key": signer.public.cose.hex(),
        "possession": proof_of_possession(signer, charter=audience_of(origin, None), party=party).hex(),
    }


def charter_event(
    origin: str, threshold: int, roots: Sequence[Mapping[str, Any]], occurred_at_ms: int
) -> dict[str, Any]:
    """The charter of a ledger, made of its founding authorities' entries."""
    return {
        "type": "charter/1",
        "occurred_at": format_instant(occurred_at_ms),
        "origin": origin,
        "threshold": threshold,
        "roots": [dict(root) for root in roots],
    }


def key_claim(signer: Signer, *, party: str, audience: str) -> dict[str, str]:
    """Key and proof of possession, as enrolments and accessions hold them."""
    check(party, "party", "party")
    possession = proof_of_possession(signer, charter=audience, party=party)
    return {"key": signer.public.cose.hex(), "possession": possession.hex()}


def key_card(path: Path) -> dict[str, Any]:
    """What a key file says openly. Raises `SigningError` (`key-file-…`)."""
    found = describe_key_file(path)
    shown: dict[str, Any] = {"algorithm": found.algorithm, "protected": found.protected, "public": found.public.hex()}
    if found.algorithm != "ml-dsa-44":
        shown = {"key": parse_public_key(found.public).subject, **shown}
    return shown


def json_bytes(value: Mapping[str, Any]) -> bytes:
    """A small JSON file, one line of canonical JSON."""
    return canonical_json.encode(dict(value)) + b"\n"
