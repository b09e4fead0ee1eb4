"""The names of subjects: ASCII, compared byte for byte, each under the party that may give it.

    charter
    party:<country>-<registration>             party:CO-900123456
    key:<thumbprint, 64 lower-case hex>        key:5f2b…
    lot:<country>-<registration>/<local>       lot:CO-900123456/7K3Q-01      and rest lots, …/7K3Q-01~1
    consignment:… permit:… watch:…             as lots, without rest suffixes

A new name stands under its creator, so that nobody squats on another's. `~` stands only in the names of
rest lots, which the judge gives (what a receiver refused stays with the offeror as `<lot>~n`). No
folding, trimming or normalisation anywhere: two ids are the same when their bytes are. Byte for byte:
`specs/formats/ids.md`.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from lotchain.core.countries import COUNTRIES
from lotchain.errors import Malformed

MAX_ID_CHARS: Final = 128
"""The longest id there can be: a lot with the longest party, local name and rest suffixes."""

MAX_RESTS: Final = 8
"""Rest suffixes that one lot's name may carry."""

MAX_REST_NUMBER: Final = 9_999
"""The highest number in a rest suffix."""

CHARTER: Final = "charter"
"""The one subject that holds the rules of the ledger itself."""

_PARTY = r"([A-Z]{2})-[A-Z0-9][A-Z0-9.-]{0,31}"
_LOCAL = r"[A-Z0-9][A-Z0-9._-]{0,47}"
_REST = r"~[1-9][0-9]{0,3}"
_SHAPES: Final = {
    "party": re.compile(rf"party:{_PARTY}"),
    "lot": re.compile(rf"lot:{_PARTY}/{_LOCAL}(?:{_REST}){{0,{MAX_RESTS}}}"),
    "consignment": re.compile(rf"consignment:{_PARTY}/{_LOCAL}"),
    "permit": re.compile(rf"permit:{_PARTY}/{_LOCAL}"),
    "watch": re.compile(rf"watch:{_PARTY}/{_LOCAL}"),
}
_KEY: Final = re.compile(r"key:[0-9a-f]{64}")
_STATEMENT_ID: Final = re.compile(r"[0-9a-f]{64}")
_KINDS: Final = frozenset((*_SHAPES, "key", CHARTER))
_OWNED: Final = frozenset(("lot", "consignment", "permit", "watch"))

_PREFIX_CHARS: Final = r"[a-z]*"
_BODY_CHARS: Final = r"[A-Z0-9._/~-]*"
_HEX_CHARS: Final = r"[0-9a-f]*"

_EXAMPLES: Final = {
    "charter": "charter",
    "party": "party:<country>-<registration number>",
    "key": "key:<64 lower-case hexadecimal digits>",
    "lot": "lot:<country>-<registration number>/<local name>",
    "consignment": "consignment:<country>-<registration number>/<local name>",
    "permit": "permit:<country>-<registration number>/<local name>",
    "watch": "watch:<country>-<registration number>/<local name>",
}


def kind_of(subject: str) -> str:
    """The kind of a subject, by its prefix alone; `check` says whether the rest is well formed.

    Returns:
        "charter", "party", "key", "lot", "consignment", "permit" or "watch".

    Raises:
        Malformed: `id-chars` where the prefix is not lower-case ASCII letters, `id-kind` for any other
        prefix.

    """
    kind, colon, _ = subject.partition(":")
    if kind in _KINDS and bool(colon) != (kind == CHARTER):
        return kind
    if re.fullmatch(_PREFIX_CHARS, kind[:MAX_ID_CHARS]) is None:
        raise _chars_fault(subject, "")
    raise _kind_fault(subject, "", "a subject")


def check(subject: str, kind: str | None = None, field: str = "") -> str:
    """The id itself, once its form is sure.

    Args:
        subject: the text as received.
        kind: the only kind that will do here, or None for any.
        field: the field that holds it, for the message.

    Returns:
        `subject`, unchanged.

    Raises:
        Malformed: `id-chars` (a character that no such id has: lower case, spaces, other scripts),
            `id-format` (wrong shape or too long), `id-kind` (another kind than asked for, or none that
            there is), `id-country` (the country is not assigned in ISO 3166-1).

    """
    if kind in _SHAPES:
        match = _SHAPES[kind].fullmatch(subject)
    else:
        prefix = subject.partition(":")[0]
        if kind is not None and prefix != kind:
            raise _shape_fault(subject, kind, field)
        if prefix not in _SHAPES:
            if subject == CHARTER or (len(subject) == 68 and _KEY.fullmatch(subject) is not None):
                return subject
            raise _shape_fault(subject, kind, field)
        match = _SHAPES[prefix].fullmatch(subject)
    if match is None:
        raise _shape_fault(subject, kind, field)
    if match[1] not in COUNTRIES:
        raise Malformed(
            "id-country",
            "the country of an id is not one of ISO 3166-1",
            expected="an assigned alpha-2 code",
            found=match[1],
            field=field,
        )
    return subject


def check_new_lot(subject: str, field: str = "") -> str:
    """The id of a lot that somebody names now: any lot but a rest lot, whose name only the judge gives.

    Raises:
        Malformed: `id-reserved` for a rest suffix, and all that `check` raises.

    """
    check(subject, "lot", field)
    if "~" in subject:
        raise Malformed(
            "id-reserved",
            "`~` stands only in the names of rest lots, which are given when a reply is judged",
            expected="a local name without `~`",
            found=subject,
            field=field,
        )
    return subject


def country_of(party_id: str) -> str:
    """The country that registered a party, as its alpha-2 code.

    Raises:
        Malformed: as `check(party_id, "party")`.

    """
    return check(party_id, "party")[6:8]


def creator_of(subject: str) -> str:
    """The party under which a lot, consignment, permit or watch is named; it need not be its custodian.

    Raises:
        Malformed: `id-kind` for a charter, party or key, and all that `check` raises.

    """
    check(subject)
    kind, _, body = subject.partition(":")
    if kind not in _OWNED:
        raise _kind_fault(subject, "", "a lot, consignment, permit or watch")
    return "party:" + body[: body.index("/")]


def rest_lot(lot: str, n: int) -> str:
    """The name of the nth rest of a lot, `<lot>~n`.

    Raises:
        Malformed: `id-format` where n is not in 1..9999 or the lot carries eight suffixes already, and
            all that `check` raises.

    """
    check(lot, "lot")
    if not 1 <= n <= MAX_REST_NUMBER:
        raise Malformed("id-format", "the number of a rest lot is out of range", expected="1 to 9999", found=n)
    return check(f"{lot}~{n}", "lot")


def parent_of_rest(lot: str) -> str | None:
    """The lot of which this one is a rest, or None for a lot that is no rest.

    Raises:
        Malformed: as `check(lot, "lot")`.

    """
    parent, tilde, _ = check(lot, "lot").rpartition("~")
    return parent if tilde else None


def watch_of_label(lot: str) -> str:
    """The watch for packages whose label bears this lot: one name for whoever marks them and whoever meets them.

    Rest suffixes do not count: the drums of a rest lot still bear the label of the lot that was refused.

    Raises:
        Malformed: as `check(lot, "lot")`.

    """
    printed = check(lot, "lot").partition("~")[0]
    digest = hashlib.sha256(printed.encode("ascii")).hexdigest()[:40].upper()
    return f"watch:{creator_of(printed)[6:]}/LABEL-{digest}"


def key_subject(thumbprint: bytes) -> str:
    """The subject of a key with this RFC 9679 thumbprint of 32 bytes.

    Raises:
        Malformed: `hash-format` for another length.

    """
    if len(thumbprint) != 32:
        raise Malformed("hash-format", "a thumbprint has the wrong length", expected="32 bytes", found=len(thumbprint))
    return "key:" + thumbprint.hex()


def check_statement_id(text: str, field: str = "") -> str:
    """A statement id as text, unchanged: SHA-256 in 64 lower-case hexadecimal digits.

    Raises:
        Malformed: `hash-format`.

    """
    if _STATEMENT_ID.fullmatch(text) is None:
        raise Malformed(
            "hash-format",
            "this is not a statement id",
            expected="64 lower-case hexadecimal digits",
            found=text,
            field=field,
        )
    return text


def _shape_fault(subject: str, kind: str | None, field: str) -> Malformed:
    """Which of the faults a text has that is no id of the kind: too long, characters, kind, then shape."""
    if len(subject) > MAX_ID_CHARS:
        return Malformed(
            "id-format",
            "an id is too long",
            expected=f"at most {MAX_ID_CHARS} characters",
            found=subject,
            field=field,
        )
    prefix, _, body = subject.partition(":")
    if re.fullmatch(_PREFIX_CHARS, prefix) is None:
        return _chars_fault(subject, field)
    allowed = _HEX_CHARS if prefix == "key" else _BODY_CHARS
    if re.fullmatch(allowed, body) is None:
        return _chars_fault(subject, field)
    if prefix not in _KINDS or (kind is not None and prefix != kind):
        return _kind_fault(subject, field, f"an id of the kind {kind}" if kind else "a subject")
    return Malformed(
        "id-format",
        f"this is not the shape of a {prefix} id",
        expected=_EXAMPLES[prefix],
        found=subject,
        field=field,
    )


def _chars_fault(subject: str, field: str) -> Malformed:
    return Malformed(
        "id-chars",
        "an id holds a character that ids do not have",
        expected="a lower-case kind, then capitals, digits and . _ - / (in keys lower-case hexadecimal)",
        found=ascii(subject[:MAX_ID_CHARS]),
        remedy="give the id exactly as it stands on the ledger; nothing is trimmed or folded",
        field=field,
    )


def _kind_fault(subject: str, field: str, wanted: str) -> Malformed:
    return Malformed("id-kind", f"this is not {wanted}", expected=wanted, found=subject, field=field)
