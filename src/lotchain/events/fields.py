"""The building blocks of events: text, ids, instants, amounts, places, documents, hideable fields.

Every block turns a `Malformed` of the core into a pydantic error of the same code, so that a reader of an event
reports one stable code and the path of the field, whichever block found the fault.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError
from pydantic_core.core_schema import no_info_after_validator_function, no_info_before_validator_function

from lotchain.core import ids, instants, quantities
from lotchain.core.encodings import sha256_hex
from lotchain.core.keys import parse_public_key
from lotchain.core.notes import parse_vkey
from lotchain.core.text import check_text
from lotchain.errors import Malformed, shown

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)
"""For events: one is made ready when the first statement of its type is read."""
_BLOCK = STRICT | ConfigDict(defer_build=False)
"""For what many events share: made ready once, so that each of them finds it."""


def _checked(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`check`, its `Malformed` turned into a pydantic error of the same code."""

    def validate(value: Any) -> Any:
        try:
            check(value)
        except Malformed as fault:
            context = {
                "what": fault.what,
                "expected": fault.expected,
                "found": fault.found,
                "remedy": fault.remedy,
            }
            raise PydanticCustomError(fault.code, "{what}", context) from None
        return value

    return validate


class _TextOnly:
    """Refuses a JSON number, bool, list or object where a decimal string or a name is meant, under its own code."""

    __slots__ = ("_code", "_expected")

    def __init__(self, code: str, expected: str) -> None:
        self._code, self._expected = code, expected

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_before_validator_function(self._validate, handler(source))

    def _validate(self, value: Any) -> Any:
        if not isinstance(value, str):
            context = {
                "what": "not a text",
                "expected": self._expected,
                "found": shown(value),
                "remedy": "write it as text",
            }
            raise PydanticCustomError(self._code, "{what}", context)
        return value


class _Form:
    """A form of text: its name in JSON Schemas and pages (specs/formats say what it means), its pattern, its check.

    It builds its part of pydantic's schema itself. pydantic's own pattern compiles anew in every event that uses it,
    and its own validators have their signatures read each time: together a third of the time to make the events ready.
    """

    __slots__ = ("_check", "_name", "_pattern")

    def __init__(self, name: str, check: Callable[[Any], Any] | None = None, *, pattern: str = "") -> None:
        self._name, self._check, self._pattern = name, check, pattern

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = handler(source)
        if self._pattern:
            schema = no_info_after_validator_function(self._match, schema)
        if self._check is not None:
            schema = no_info_after_validator_function(_checked(self._check), schema)
        return schema

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        described = handler(schema)
        if self._pattern:
            described["pattern"] = self._pattern
        described["format"] = self._name
        return described

    def _match(self, value: str) -> str:
        if re.fullmatch(self._pattern, value) is None:
            raise PydanticKnownError("string_pattern_mismatch", {"pattern": self._pattern})
        return value


def _id(kind: str) -> Callable[[Any], Any]:
    return lambda value: ids.check(value, kind)


def _text(max_chars: int) -> Callable[[Any], Any]:
    """A text of at most `max_chars` code points: NFC, no control or bidirectional characters."""
    return lambda value: check_text(value, field="", max_chars=max_chars)


PartyId = Annotated[str, _Form("party-id", _id("party"))]
LotId = Annotated[str, _Form("lot-id", _id("lot"))]
NewLotId = Annotated[str, _Form("new-lot-id", ids.check_new_lot)]
ConsignmentId = Annotated[str, _Form("consignment-id", _id("consignment"))]
PermitId = Annotated[str, _Form("permit-id", _id("permit"))]
KeySubject = Annotated[str, _Form("key-subject", _id("key"))]
SubjectId = Annotated[str, _Form("subject-id", ids.check)]
StatementId = Annotated[str, _Form("statement-id", lambda value: ids.check_statement_id(value, ""))]
Digest = Annotated[str, _Form("sha-256", lambda value: sha256_hex(value, "SHA-256 digest"))]
InstantText = Annotated[
    str,
    _TextOnly("time-format", "YYYY-MM-DDThh:mm:ssZ"),
    _Form("instant", lambda value: instants.parse_instant(value, field="")),
]
Percent = Annotated[str, _Form("percent", lambda value: quantities.parse_parts_per_million(value, ""))]

ShortText = Annotated[str, _Form("text-80", _text(80))]
LongText = Annotated[str, _Form("text-500", _text(500))]
Serial = Annotated[str, _Form("serial", pattern=r"^[A-Z0-9][A-Z0-9./-]{0,31}$")]
SealNumber = Annotated[str, _Form("seal-number", pattern=r"^[A-Z0-9][A-Z0-9./-]{0,31}$")]
Reference = Annotated[str, _Form("reference", pattern=r"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$")]
Word = Annotated[str, _Form("word", pattern=r"^[a-z][a-z0-9-]{0,39}$")]
CountryCode = Annotated[str, _Form("country", pattern=r"^[A-Z]{2}$")]
Locode = Annotated[str, _Form("un-locode", pattern=r"^[A-Z]{2}[A-Z2-9]{3}$")]
CasNumber = Annotated[str, _Form("cas-number", pattern=r"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$")]
Density = Annotated[str, _Form("density", pattern=r"^(0|[1-9][0-9]?)\.[0-9]{1,6}$")]
Hex = Annotated[str, _Form("hex", pattern=r"^([0-9a-f]{2}){1,4096}$")]


CoseKey = Annotated[Hex, _Form("cose-key", lambda value: parse_public_key(bytes.fromhex(value)))]
"""A COSE key in hexadecimal that the core accepts (key-format, key-weak, alg-not-allowed)."""
LogKey = Annotated[str, _Form("verifier-key", parse_vkey)]
"""A verifier key as C2SP signed-note writes it (vkey-format, key-weak)."""


class Hidden(BaseModel):
    """A field whose value stays off the log: only its digest is signed (specs/formats/hidden-fields.md)."""

    model_config = _BLOCK
    hidden: Digest = Field(title="Digest", description="SHA-256 over field name, salt and value")


HideableText = Annotated[str, _Form("text-200", _text(200))] | Hidden


def shown_text(value: str | Hidden | None) -> str:
    """A hideable field for people: the text, or the word that it is hidden."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"(hidden, digest {value.hidden[:12]}…)"


class Amount(BaseModel):
    """A positive quantity as a decimal text with its UN/ECE Recommendation 20 unit."""

    model_config = _BLOCK
    value: Annotated[str, _TextOnly("quantity-format", 'a decimal text such as "25.000"')] = Field(
        title="Value", description="decimal digits, at most 18, exact to a microgram or a nanolitre"
    )
    unit: str = Field(title="Unit", description="KGM, GRM, MGM, TNE, LTR or MLT")

    def model_post_init(self, context: Any, /) -> None:
        """Refuse what is no exact positive amount (quantity-format, -range, -precision, unit-unknown)."""
        _checked(lambda _: quantities.parse_quantity(self.value, self.unit, field=""))(None)

    @property
    def amount(self) -> int:
        """Micrograms or nanolitres."""
        return quantities.parse_quantity(self.value, self.unit, field="").amount

    @property
    def kind(self) -> str:
        """`mass` or `volume`."""
        return quantities.UNITS[self.unit].kind

    def __str__(self) -> str:
        return quantities.format_amount(self.amount, self.kind)


class Package(BaseModel):
    """One package with its serial and net content."""

    model_config = _BLOCK
    serial: Serial = Field(title="Serial", description="as printed on the package")
    net: Amount = Field(title="Net content", description="of this package")
    label_lot: LotId | None = Field(
        None, title="Lot on the label", description="printed on a package that came in from outside this lot"
    )


def labels_of(packages: Iterable[Package]) -> dict[str, list[str]]:
    """Serials by the lot printed on the package, of those that state one."""
    labels: dict[str, list[str]] = {}
    for package in packages:
        if package.label_lot is not None:
            labels.setdefault(package.label_lot, []).append(package.serial)
    return labels


class Place(BaseModel):
    """Where something happened: UN/LOCODE and the local offset from UTC, with an optional name or address."""

    model_config = _BLOCK
    code: Locode = Field(title="UN/LOCODE", description="five characters, the first two the ISO 3166 country")
    offset: Annotated[str, _Form("utc-offset", lambda value: instants.parse_offset(value, ""))] = Field(
        title="Local offset", description="from UTC, as +08:00"
    )
    name: HideableText | None = Field(None, title="Name", description="name or address of the place; may be hidden")
    site: Reference | None = Field(
        None, title="Site", description="registered site of the party there, as its authority numbers it"
    )

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2 code."""
        return self.code[:2]


class Document(BaseModel):
    """A paper by its digest: the ledger holds no document."""

    model_config = _BLOCK
    kind: Word = Field(title="Kind", description="bill-of-lading, certificate-of-analysis, permit, …")
    sha256: Digest = Field(title="Digest", description="SHA-256 of the file, 64 hexadecimal digits")
    reference: Reference | None = Field(None, title="Reference", description="number printed on the paper")
    states: Annotated[tuple[Word, ...], Field(min_length=1, max_length=40)] | None = Field(
        None, title="States", description="particulars that it states, such as supplier, receiver, purchaser-id"
    )


class Seen(BaseModel):
    """The newest checkpoint that the signer had seen: the statement was signed after it."""

    model_config = _BLOCK
    size: Annotated[int, Field(ge=1, lt=2**53)] = Field(title="Size", description="entries of the tree")
    root: Digest = Field(title="Root", description="root hash of the tree at that size")


Documents = Annotated[tuple[Document, ...], Field(max_length=32)]
Seals = Annotated[tuple[SealNumber, ...], Field(max_length=64)]
Serials = Annotated[tuple[Serial, ...], Field(max_length=500)]


def instant_of(value: str) -> int:
    """Milliseconds since 1970 of an instant that was checked when it was read."""
    return instants.parse_instant(value, field="")
