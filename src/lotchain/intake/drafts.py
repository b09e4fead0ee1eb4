"""Draft events: what a handler reads, corrects and signs, before the ids that it names exist.

A statement's id covers its signer's key and signing time, so whoever writes drafts for others cannot know it. A draft
therefore names the statements before it by the names of their drafts (`"prev": "@003-acceptance-transporter-1"`), and
leaves the time to the signing where nothing is known of it (`"occurred_at": "@signed-at"`). `resolve` puts in what
became known. Format `lotchain-draft/1`: `specs/formats/emanifest-import.md`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from lotchain.core import canonical_json, ids
from lotchain.core.instants import format_instant, parse_instant
from lotchain.errors import Malformed
from lotchain.events.reading import read_event
from lotchain.intake.json_text import read_json

FORMAT: Final = "lotchain-draft/1"
MAX_BYTES: Final = 65_535
MAX_AFTER: Final = 64
HOUR_MS: Final = 3_600_000

_NAME: Final = re.compile(r"[0-9]{3}-[a-z0-9]+(?:-[a-z0-9]+){0,9}")
_SIGNED_AT: Final = re.compile(r"@signed-at(?:\+([1-9][0-9]{0,3})h)?")
_LINKS: Final = frozenset(("prev", "answers"))
_TIMES: Final = frozenset(("occurred_at", "deadline"))
_MEMBERS: Final = ("after", "event", "format", "name", "signer")
_ANY_INSTANT: Final = "2000-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Draft:
    """One event to be signed.

    Attributes:
        name: three digits and words, `003-acceptance-transporter-1`; the file is `<name>.json`.
        signer: the party whose key signs it.
        after: names of the drafts whose statements it names, each before it in order of names.
        event: the event's JSON, with references where ids and signing times belong.

    """

    name: str
    signer: str
    after: tuple[str, ...]
    event: Mapping[str, Any]

    @property
    def waits_for_time(self) -> bool:
        """Whether a time is that of signing."""
        return any(isinstance(self.event.get(name), str) and self.event[name].startswith("@") for name in _TIMES)

    def to_json(self) -> bytes:
        """The draft's file: indented, for people to read and correct."""
        members = {"format": FORMAT, "name": self.name, "signer": self.signer, "after": list(self.after)}
        return (json.dumps({**members, "event": self.event}, indent=2, ensure_ascii=False) + "\n").encode("utf-8")


def reference(name: str) -> str:
    """How a draft names the statement of another one."""
    return f"@{name}"


def at_signing(plus_hours: int = 0) -> str:
    """A time that is that of signing, or so many hours (1 to 9999) later."""
    return f"@signed-at+{plus_hours}h" if plus_hours else "@signed-at"


def parse_draft(data: bytes) -> Draft:
    """A draft from its file, once its event is sure to be one, whatever ids and times are put in.

    Raises:
        Malformed: `too-large`, `too-deep`, `json-malformed`, `duplicate-key`, `draft-format` (members, name, order
            of names, a number that is no integer), `draft-reference` (a reference that is not in `after`, or where
            none belongs), the codes of ids, and every code of the event itself (its field under `event`).

    """
    value = read_json(data, max_bytes=MAX_BYTES, max_depth=canonical_json.MAX_DEPTH, max_items=10_000, what="draft")
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        _refuse("this is not a draft that this version knows", f'an object with "format": "{FORMAT}"', "format")
    for name in (*_MEMBERS, *value):
        if name not in value or name not in _MEMBERS:
            _refuse("a draft has just these members", ", ".join(_MEMBERS), name)
    name, signer, after, event = value["name"], value["signer"], value["after"], value["event"]
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        _refuse("this is not a draft's name", "three digits, then words of a-z and 0-9 joined by -", "name")
    if not isinstance(signer, str):
        _refuse("the signer is a party", "party:…", "signer")
    ids.check(signer, "party", "signer")
    if not isinstance(after, list) or len(after) > MAX_AFTER:
        _refuse("`after` is a list of draft names", f"at most {MAX_AFTER}", "after")
    for i, other in enumerate(after):
        if not isinstance(other, str) or _NAME.fullmatch(other) is None or other >= name or other in after[:i]:
            _refuse("a draft follows others", "names that come before its own, each once", f"after[{i}]")
    if not isinstance(event, dict):
        _refuse("the event is an object", "an event with references", "event")
    draft = Draft(name, signer, tuple(after), event)
    check_draft(draft)
    return draft


def check_draft(draft: Draft) -> None:
    """Whether the draft gives a well-formed event once its references are known.

    Raises:
        Malformed: as `parse_draft`.

    """
    resolve(draft, dict.fromkeys(draft.after, "0" * 64), signed_at=_ANY_INSTANT)


def resolve(
    draft: Draft,
    statements: Mapping[str, str],
    *,
    signed_at: str | None = None,
    seen: Mapping[str, Any] | None = None,
) -> bytes:
    """The event's payload, ready to be signed: references replaced by what is known now.

    Args:
        draft: the draft.
        statements: name of a draft → id (64 hex digits) of the statement signed from it.
        signed_at: the instant of signing (`YYYY-MM-DDThh:mm:ssZ`), for drafts that wait for it.
        seen: the newest checkpoint that the signer has seen, `{"size": …, "root": …}`, written into an event that
            names none: without one, licences are judged over an interval that is open below.

    Returns:
        Canonical JSON that `read_event` accepts.

    Raises:
        Malformed: `draft-unsigned` (a draft before it is not signed yet: sign that first), `draft-time` (it waits
            for a signing time and none is given), `draft-reference`, `draft-format`, and the codes of the event.

    """
    missing = [name for name in draft.after if name not in statements]
    if missing:
        raise Malformed(
            "draft-unsigned",
            "a statement that this draft follows is not signed yet",
            expected=f"signed statements of {', '.join(draft.after)}",
            found=f"none of {', '.join(missing)}",
            remedy="have its signer sign it first, and put the statement beside the drafts",
            field=draft.name,
        )
    known = {reference(name): statements[name] for name in draft.after}
    used: set[str] = set()
    event: dict[str, Any] = _resolved(draft.event, "event", known, used, signed_at)
    if seen is not None and "seen" not in event:
        event["seen"] = dict(seen)
    unused = sorted(set(known) - used)
    if unused:
        _refuse("`after` names a draft that the event does not name", "each name used", f"after: {unused[0]}")
    try:
        payload = canonical_json.encode(event)
        read_event(payload)
    except Malformed as fault:
        raise fault.within("event") from None
    return payload


def _resolved(value: Any, path: str, known: Mapping[str, str], used: set[str], signed_at: str | None) -> Any:
    """The value with its references replaced; only link and time members may hold one."""
    if isinstance(value, Mapping):
        return {name: _member(name, member, f"{path}.{name}", known, used, signed_at) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(item, f"{path}[{i}]", known, used, signed_at) for i, item in enumerate(value)]
    return value


def _member(name: str, value: Any, path: str, known: Mapping[str, str], used: set[str], signed_at: str | None) -> Any:
    if not (isinstance(value, str) and value.startswith("@") and (name in _LINKS or name in _TIMES)):
        return _resolved(value, path, known, used, signed_at)
    if name in _LINKS:
        if value not in known:
            raise Malformed(
                "draft-reference",
                "a reference names no draft of `after`",
                expected=", ".join(known) or "no reference",
                found=value,
                field=path,
            )
        used.add(value)
        return known[value]
    match = _SIGNED_AT.fullmatch(value)
    if match is None:
        raise Malformed(
            "draft-reference", "this is not a time", expected="an instant, @signed-at or @signed-at+<hours>h",
            found=value, field=path,
        )  # fmt: skip
    if signed_at is None:
        raise Malformed(
            "draft-time", "this draft takes the time of its signing", expected="the instant of signing", field=path
        )
    return format_instant(parse_instant(signed_at, field="signed_at") + int(match[1] or 0) * HOUR_MS)


def _refuse(what: str, expected: str, field: str) -> NoReturn:
    raise Malformed("draft-format", what, expected=expected, field=field)
