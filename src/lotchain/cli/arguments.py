"""What people type, as the values that events hold: quantities, places, instants, packages, documents, JSON files.

Each reader raises `UsageError` or `Malformed` with what it expected; nothing is guessed or rounded.
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from pathlib import Path
from typing import Any, NoReturn

from lotchain.cli.files import read_file
from lotchain.core.canonical_json import decode as decode_canonical
from lotchain.core.canonical_json import encode as encode_canonical
from lotchain.core.instants import format_instant, parse_instant, parse_offset
from lotchain.core.quantities import UNITS, parse_quantity
from lotchain.core.statements import MAX_ENTRY, parse_statement
from lotchain.errors import Malformed, UsageError

MAX_DOCUMENT = 1_000_000_000
MAX_JSON = 1_000_000
_SYMBOLS = {unit.symbol.lower(): code for code, unit in UNITS.items()} | {code.lower(): code for code in UNITS}
_QUANTITY = r"\s*([0-9][0-9.,]*)\s*([A-Za-z]+)\s*"
_RELATIVE = r"([+-])([0-9]{1,6})([smhd])"
_WITH_OFFSET = r"(.+)([+-][0-9]{2}:[0-9]{2})"
_SPAN_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_SEEN = r"([0-9]{1,16}):([0-9a-f]{64})"
_ID = r"[0-9a-f]{64}"
_PLACE = r"([A-Z]{2}[A-Z2-9]{3})([+-][0-9]{2}:[0-9]{2})(?:\s+(.+))?"
_RANGE = r"(.*?)([0-9]+)\.\.(.*?)([0-9]+)"


def now_ms() -> int:
    """The machine's clock, ms since 1970, whole seconds."""
    return time.time_ns() // 1_000_000_000 * 1_000


def amount(text: str) -> dict[str, str]:
    """`475.000 kg` as an event's quantity. Raises `Malformed` (`quantity-…`, `unit-unknown`)."""
    match = re.fullmatch(_QUANTITY, text)
    if match is None:
        raise Malformed(
            "quantity-format",
            "this is not a quantity",
            expected='a number and a unit, such as "475.000 kg"',
            found=text,
        )
    value, symbol = match.groups()
    unit = _SYMBOLS.get(symbol.lower(), symbol)
    parse_quantity(value, unit, field="")
    return {"value": value, "unit": unit}


def instant(text: str, *, base: int | None = None) -> int:
    """An instant in ms: `2026-10-06T17:00:00Z`, the same with a local offset, or `+48h` from `base` (now)."""
    relative = re.fullmatch(_RELATIVE, text)
    if relative is not None:
        sign, count, unit = relative.groups()
        span = int(count) * _SPAN_MS[unit]
        return (now_ms() if base is None else base) + (span if sign == "+" else -span)
    local = re.fullmatch(_WITH_OFFSET, text)
    if local is not None and not text.endswith("Z"):
        return parse_instant(f"{local[1]}Z", field="") - parse_offset(local[2]) * 60_000
    return parse_instant(text, field="")


def instant_text(text: str | None, *, base: int | None = None) -> str | None:
    """An instant as an event states it; None stays None."""
    return None if text is None else format_instant(instant(text, base=base))


def seen_checkpoint(text: str | None) -> dict[str, Any] | None:
    """`SIZE:ROOT` as an event names the newest checkpoint seen; None stays None."""
    if text is None:
        return None
    match = re.fullmatch(_SEEN, text)
    if match is None:
        raise UsageError(
            "seen-format", "this is not a checkpoint", expected="SIZE:ROOT, the root in hexadecimal", found=text
        )
    return {"size": int(match[1]), "root": match[2]}


def place(text: str) -> dict[str, str]:
    """`CNTZU+08:00 Plant 2` as an event's place: UN/LOCODE, local offset, and a name where one is wanted."""
    match = re.fullmatch(_PLACE, text.strip())
    if match is None:
        raise UsageError(
            "place-format",
            "this is not a place",
            expected='UN/LOCODE and local offset, and maybe a name: "CNTZU+08:00" or "MXZLO-06:00 Gate 3"',
            found=text,
        )
    code, offset, name = match.groups()
    parse_offset(offset)
    return {"code": code, "offset": offset} | ({"name": name} if name else {})


def serials(texts: tuple[str, ...]) -> list[str]:
    """Serials as typed: `D001`, `D001,D002` or `D001..D020`."""
    found: list[str] = []
    for text in texts:
        for part in filter(None, (piece.strip() for piece in text.split(","))):
            found += _serial_range(part)
    return found


def _serial_range(text: str) -> list[str]:
    match = re.fullmatch(_RANGE, text)
    if match is None:
        return [text]
    head, first, other, last = match.groups()
    count = int(last) - int(first) + 1
    if head != other or len(first) != len(last) or not 1 <= count <= 500:
        raise UsageError(
            "serial-range", "this is not a range of serials", expected="D001..D020, at most 500", found=text
        )
    return [f"{head}{int(first) + i:0{len(first)}}" for i in range(count)]


def packages(texts: tuple[str, ...]) -> list[dict[str, Any]]:
    """`D001=25.000 kg` or `D001..D020=25.000 kg` as packages; `,label=LOT` where another lot is printed on it."""
    found: list[dict[str, Any]] = []
    for text in texts:
        names, equals, net = text.partition("=")
        if not equals:
            raise UsageError(
                "package-format", "this is not a package", expected='"D001=25.000 kg" or "D001..D020=25.000 kg"',
                found=text,
            )  # fmt: skip
        net, stated, printed = net.partition(",label=")
        label = {"label_lot": printed.strip()} if stated else {}
        found += [{"serial": serial, "net": amount(net), **label} for serial in serials((names,))]
    return found


def documents(texts: tuple[str, ...]) -> list[dict[str, str]]:
    """`bill-of-lading=paper.pdf`, `permit#MX-1=permit.pdf` or `kind=sha256:<hex>` as documents of an event."""
    found = []
    for text in texts:
        head, equals, source = text.partition("=")
        kind, _, reference = head.partition("#")
        if not equals or not kind or not source:
            raise UsageError(
                "document-format", "this is not a document",
                expected="KIND=FILE, KIND#NUMBER=FILE or KIND=sha256:HEX", found=text,
            )  # fmt: skip
        if source.startswith("sha256:"):
            digest = source.removeprefix("sha256:")
        else:
            digest = hashlib.sha256(read_file(source, most=MAX_DOCUMENT, what="document")).hexdigest()
        found.append({"kind": kind, "sha256": digest} | ({"reference": reference} if reference else {}))
    return found


def members(text: str) -> tuple[str, dict[str, str]]:
    """`lot:…,outcome=short,missing=25 kg` as its head and its members; a member may hold `+` between list items."""
    head, *rest = text.split(",")
    found: dict[str, str] = {}
    for part in rest:
        name, equals, value = part.partition("=")
        if not equals or not name.strip():
            raise UsageError(
                "line-format", "this line cannot be read", expected="LOT,name=value,name=value", found=text
            )
        if name.strip() in found:
            raise UsageError("line-format", "a line says a thing twice", found=name)
        found[name.strip()] = value.strip()
    return head.strip(), found


def statement_id(text: str) -> str:
    """A statement's id: as typed, or that of the statement in the file of this name."""
    if re.fullmatch(_ID, text):
        return text
    return parse_statement(statement_bytes(text)).hex_id


def statement_bytes(path: Path | str) -> bytes:
    """A file that holds one statement."""
    return read_file(path, most=MAX_ENTRY, what="statement")


def is_id(text: str) -> bool:
    """Whether this is a statement id rather than a file's name."""
    return re.fullmatch(_ID, text) is not None


def json_file(path: Path | str, *, what: str) -> Any:
    """A JSON file that a person or program wrote: any layout, but no floats, no name twice.

    Raises:
        Malformed: `json-malformed`, `json-float`, and what canonical JSON refuses.

    """
    data = read_file(path, most=MAX_JSON, what=what)
    try:
        value = json.loads(
            data.decode("utf-8"), object_pairs_hook=_once, parse_float=_no_float, parse_constant=_no_float
        )
    except (ValueError, RecursionError) as fault:
        raise Malformed("json-malformed", f"the {what} is not JSON", found=str(fault), field=str(path)) from None
    except Malformed as fault:
        raise fault.within(str(path)) from None
    return decode_canonical(encode_canonical(value), max_bytes=MAX_JSON, what=what)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("json-malformed", "a JSON object says a name twice")
    return found


def _no_float(text: str) -> NoReturn:
    raise Malformed(
        "json-float", "numbers with a fraction are written as text", expected='"value": "25.000"', found=text
    )
