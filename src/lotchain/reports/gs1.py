"""What a label says: lot and serial as plain text, GS1 element string or GS1 Digital Link; written and read back.

Application identifiers, of the GS1 General Specifications and the Barcode Syntax Dictionary: 01 GTIN (14 digits, check
digit), 10 batch or lot (up to 20), 21 serial (up to 20), 91 company internal (up to 90). A batch number is unique only
under its maker, so 91 holds the whole id of the lot; `~`, which GS1 lacks, is written `+`, which ids lack.
Byte for byte: `specs/formats/labels.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from lotchain.core import ids
from lotchain.errors import Malformed

RESOLVER: Final = "https://id.gs1.org"
MAX_TEXT: Final = 500
MAX_STARS: Final = 2
"""More would read nothing in particular, slowly."""
GS: Final = "\x1d"

_LONGEST: Final = {"10": 20, "21": 20, "91": 90}
_SERIAL: Final = re.compile(r"[A-Z0-9][A-Z0-9./-]{0,31}")
_GTIN_LENGTHS: Final = (8, 12, 13, 14)
_BRACKETED: Final = re.compile(r"\(([0-9]{2,4})\)([^()]*)")
_SYMBOLOGY: Final = re.compile(r"^\](?:d2|Q3|C1|e0)")
_WILD: Final = re.compile(r"[A-Z0-9._/~+?*-]*")


class LabelText(NamedTuple):
    """What one label says.

    Attributes:
        lot: id of the lot.
        serial: of the drum or package, or empty.
        gtin: 14 digits, or empty.

    """

    lot: str
    serial: str = ""
    gtin: str = ""


class Seen(NamedTuple):
    """What was read off a label, each part a pattern: `?` one character that cannot be read, `*` any number.

    Attributes:
        form: `digital-link`, `element-string`, `plain` or `fragment`.
        lot: of the whole id, without `lot:`.
        number: of the lot's own number, after the maker.
        serial: of the package's serial.
        free: of whichever of these it is: what is left of a torn label.
        gtin: as read; a ledger holds none, so it narrows nothing.

    """

    form: str
    lot: str = ""
    number: str = ""
    serial: str = ""
    free: str = ""
    gtin: str = ""


def label_text(lot: str, serial: str = "", gtin: str = "") -> LabelText:
    """A label's content, checked.

    Raises:
        Malformed: `serial-format`, `gtin-format`, `gtin-check-digit`, and those of lot ids.

    """
    ids.check(lot, "lot", "lot")
    if serial and _SERIAL.fullmatch(serial) is None:
        raise Malformed("serial-format", "this is no serial", expected="D001", found=serial, field="serial")
    return LabelText(lot, serial, gtin14(gtin) if gtin else "")


def gtin14(text: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as 14, its check digit verified (weights 3 and 1 from the right).

    Raises:
        Malformed: `gtin-format`, `gtin-check-digit`.

    """
    if len(text) not in _GTIN_LENGTHS or re.fullmatch(r"[0-9]+", text) is None:
        raise Malformed("gtin-format", "this is no GTIN", expected="8, 12, 13 or 14 digits", found=text, field="gtin")
    padded = text.zfill(14)
    check = -sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(padded[:13])) % 10
    if int(padded[13]) != check:
        raise Malformed(
            "gtin-check-digit", "a GTIN's check digit is wrong", expected=str(check), found=text,
            remedy="read it again: a digit is mistyped", field="gtin",
        )  # fmt: skip
    return padded


def plain_text(label: LabelText) -> str:
    """One line a part: `lot:CN-MAKER/BP4-1`, `serial:D001`."""
    return "\n".join([label.lot, *([f"serial:{label.serial}"] if label.serial else [])])


def elements(label: LabelText) -> dict[str, str]:
    """The application identifiers of a label with a GTIN, in order.

    Raises:
        Malformed: `gtin-missing`; `gs1-length` for what the identifiers do not carry.

    """
    if not label.gtin:
        raise Malformed(
            "gtin-missing", "a GS1 symbol begins with a GTIN", field="gtin", remedy="give one, or make a QR"
        )
    body = label.lot.removeprefix("lot:")
    number = body.partition("/")[2].partition("~")[0]
    found = {"01": label.gtin, "10": number} | ({"21": label.serial} if label.serial else {})
    found["91"] = body.replace("~", "+")
    for identifier, longest in _LONGEST.items():
        if len(found.get(identifier, "")) > longest:
            raise Malformed(
                "gs1-length", f"application identifier {identifier} does not carry this",
                expected=f"at most {longest} characters", found=found[identifier], field=identifier,
                remedy="make a plain QR label, without a GTIN",
            )  # fmt: skip
    return found


def element_string(label: LabelText) -> str:
    """`(01)…(10)…(21)…(91)…`, as people write it. Raises as `elements`."""
    return "".join(f"({identifier}){value}" for identifier, value in elements(label).items())


def digital_link(label: LabelText) -> str:
    """`https://id.gs1.org/01/…/10/…/21/…?91=…`; whoever scans it sees GTIN, lot and serial. Raises as `elements`."""
    found = elements(label)
    internal = found.pop("91")
    path = "".join(f"/{identifier}/{quote(value, safe='')}" for identifier, value in found.items())
    return f"{RESOLVER}{path}?91={quote(internal, safe='')}"


def read_label(text: str) -> Seen:
    """What was read off a label, whole or torn, in any of the forms.

    Raises:
        Malformed: `label-format`, for what is no text of a label; `label-empty`, where nothing of it can be read.

    """
    if len(text) > MAX_TEXT:
        raise Malformed("label-format", "this is too long for a label", expected=f"at most {MAX_TEXT} characters")
    given = _SYMBOLOGY.sub("", text.strip())
    if given.startswith(("https://", "http://")):
        return _known(_of_link(given), "digital-link", text)
    if given.startswith("("):
        if _BRACKETED.sub("", given).strip():
            raise _format_fault(text)
        return _known(dict(_BRACKETED.findall(given)), "element-string", text)
    if GS in given or re.match(r"01[0-9]{14}(?:10|21|91)", given):
        return _known(_of_raw(given.replace("{GS}", GS), text), "element-string", text)
    return _plain(given, text)


def _known(found: Mapping[str, str], form: str, text: str) -> Seen:
    return _seen(
        Seen(
            form,
            lot=_pattern(found.get("91", "").replace("+", "~"), text),
            number=_pattern(found.get("10", ""), text),
            serial=_pattern(found.get("21", ""), text),
            gtin=found.get("01", "")[:14],
        )
    )


def _of_link(text: str) -> dict[str, str]:
    try:
        parts = urlsplit(text)
    except ValueError:
        raise _format_fault(text) from None
    query = parts.query.partition("#")[0]
    # A torn link may hold `?` for a character, beside the one that begins the query: the last that begins `91=`.
    path = parts.path
    if "?91=" in query:
        head, _, query = query.rpartition("?")
        path = f"{path}?{head}"
    elif query and not re.match(r"[0-9]{2,4}=", query):
        path, query = f"{path}?{query}", ""
    pieces = [unquote(piece) for piece in path.split("/")]
    start = pieces.index("01") if "01" in pieces else len(pieces)
    found = dict(zip(pieces[start::2], pieces[start + 1 :: 2], strict=False))
    return dict(parse_qsl(query.replace("+", "%2B"), max_num_fields=20)) | found


def _of_raw(text: str, whole: str) -> dict[str, str]:
    found: dict[str, str] = {}
    rest = text.lstrip(GS)
    while rest:
        identifier, rest = rest[:2], rest[2:]
        if identifier == "01":
            found[identifier], rest = rest[:14], rest[14:].lstrip(GS)
        elif identifier in _LONGEST:
            found[identifier], _, rest = rest.partition(GS)
        else:
            raise _format_fault(whole)
    return found


def _plain(given: str, text: str) -> Seen:
    lot = serial = ""
    free = []
    for word in given.split():
        if word.lower().startswith("lot:"):
            lot = word[4:]
        elif word.lower().startswith("serial:"):
            serial = word[7:]
        else:
            free.append(word)
    if len(free) > 1 or (free and (lot or serial)):
        raise _format_fault(text)
    form = "fragment" if free else "plain"
    return _seen(Seen(form, _pattern(lot, text), "", _pattern(serial, text), _pattern("".join(free), text)))


def _pattern(value: str, text: str) -> str:
    """Capitals, as ids are; nothing but what ids hold, and the marks for what cannot be read."""
    upper = value.upper() if value.isascii() else ""
    if (value and not upper) or _WILD.fullmatch(upper) is None:
        raise _format_fault(text)
    pattern = re.sub(r"\*+", "*", upper)
    if pattern.count("*") > MAX_STARS:
        raise _format_fault(text)
    return pattern


def _seen(seen: Seen) -> Seen:
    if not any(value.strip("?*") for value in (seen.lot, seen.number, seen.serial, seen.free)):
        raise Malformed(
            "label-empty", "nothing of lot or serial can be read here", expected="at least one character of either",
            remedy="type what can be read, ? for each character that cannot",
        )  # fmt: skip
    return seen


def _format_fault(text: str) -> Malformed:
    return Malformed(
        "label-format", "this is no text of a label", found=text,
        expected="lot:CN-MAKER/BP4-1, a serial, a piece of either with ? and *, (01)…(10)…(21)…, or a GS1 Digital Link",
    )  # fmt: skip
