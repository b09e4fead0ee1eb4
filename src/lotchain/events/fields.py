"""The building blocks of events: text, ids, instants, amounts, places, documents, hideable fields.

Every block turns a `Malformed` of the core into a pydantic error of the same code, so that a reader of an event
reports one stable code and the path of the field, whichever block found the fault.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from lotchain.core import ids, instants, quantities
from lotchain.core.encodings import sha256_hex
from lotchain.core.keys import parse_public_key
from lotchain.core.text import check_text
from lotchain.errors import Malformed, shown

STRICT = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


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


def _text_only(code: str, expected: str) -> BeforeValidator:
    """Refuse a JSON number, bool, list or object where a decimal string or a name is meant, under its own code."""

    def validate(value: Any) -> Any:
        if not isinstance(value, str):
            context = {
                "what": "not a text",
                "expected": expected,
                "found": shown(value),
                "remedy": "write it as text",
            }
            raise PydanticCustomError(code, "{what}", context)
        return value

    return BeforeValidator(validate)


def _named(form: str, pattern: str | None = None) -> Any:
    """How JSON Schemas and pages name a form of text: what it means stands in specs/formats."""
    return Field(pattern=pattern, json_schema_extra={"format": form})


def _id(kind: str) -> AfterValidator:
    return AfterValidator(_checked(lambda value: ids.check(value, kind)))


PartyId = Annotated[str, _id("party"), _named("party-id")]
LotId = Annotated[str, _id("lot"), _named("lot-id")]
NewLotId = Annotated[str, AfterValidator(_checked(ids.check_new_lot)), _named("new-lot-id")]
ConsignmentId = Annotated[str, _id("consignment"), _named("consignment-id")]
KeySubject = Annotated[str, _id("key"), _named("key-subject")]
SubjectId = Annotated[str, AfterValidator(_checked(ids.check)), _named("subject-id")]
StatementId = Annotated[
    str, AfterValidator(_checked(lambda value: ids.check_statement_id(value, ""))), _named("statement-id")
]
Digest = Annotated[str, AfterValidator(_checked(lambda value: sha256_hex(value, "SHA-256 digest"))), _named("sha-256")]
InstantText = Annotated[
    str,
    _text_only("time-format", "YYYY-MM-DDThh:mm:ssZ"),
    AfterValidator(_checked(lambda value: instants.parse_instant(value, field=""))),
    _named("instant"),
]
Percent = Annotated[
    str, AfterValidator(_checked(lambda value: quantities.parse_parts_per_million(value, ""))), _named("percent")
]


def text(max_chars: int) -> Any:
    """A text of at most `max_chars` code points: NFC, no control or bidirectional characters."""
    return AfterValidator(_checked(lambda value: check_text(value, field="", max_chars=max_chars)))


ShortText = Annotated[str, text(80), _named("text-80")]
LongText = Annotated[str, text(500), _named("text-500")]
Serial = Annotated[str, _named("serial", r"^[A-Z0-9][A-Z0-9./-]{0,31}$")]
SealNumber = Annotated[str, _named("seal-number", r"^[A-Z0-9][A-Z0-9./-]{0,31}$")]
Reference = Annotated[str, _named("reference", r"^[A-Za-z0-9][A-Za-z0-9 ./:_-]{0,63}$")]
Word = Annotated[str, _named("word", r"^[a-z][a-z0-9-]{0,39}$")]
CountryCode = Annotated[str, _named("country", r"^[A-Z]{2}$")]
Locode = Annotated[str, _named("un-locode", r"^[A-Z]{2}[A-Z2-9]{3}$")]
CasNumber = Annotated[str, _named("cas-number", r"^[1-9][0-9]{1,6}-[0-9]{2}-[0-9]$")]
Hex = Annotated[str, _named("hex", r"^([0-9a-f]{2}){1,4096}$")]


CoseKey = Annotated[
    Hex, AfterValidator(_checked(lambda value: parse_public_key(bytes.fromhex(value)))), _named("cose-key")
]
"""A COSE key in hexadecimal that the core accepts (key-format, key-weak, alg-not-allowed)."""


class Hidden(BaseModel):
    """A field whose value stays off the log: only its digest is signed (specs/formats/hidden-fields.md)."""

    model_config = STRICT
    hidden: Digest = Field(title="Digest", description="SHA-256 over field name, salt and value")


HideableText = Annotated[str, text(200), _named("text-200")] | Hidden


def shown_text(value: str | Hidden | None) -> str:
    """A hideable field for people: the text, or the word that it is hidden."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"(hidden, digest {value.hidden[:12]}…)"


class Amount(BaseModel):
    """A positive quantity as a decimal text with its UN/ECE Recommendation 20 unit."""

    model_config = STRICT
    value: Annotated[str, _text_only("quantity-format", 'a decimal text such as "25.000"')] = Field(
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

    model_config = STRICT
    serial: Serial = Field(title="Serial", description="as printed on the package")
    net: Amount = Field(title="Net content", description="of this package")


class Place(BaseModel):
    """Where something happened: UN/LOCODE and the local offset from UTC, with an optional name or address."""

    model_config = STRICT
    code: Locode = Field(title="UN/LOCODE", description="five characters, the first two the ISO 3166 country")
    offset: Annotated[
        str, AfterValidator(_checked(lambda value: instants.parse_offset(value, ""))), _named("utc-offset")
    ] = Field(title="Local offset", description="from UTC, as +08:00")
    name: HideableText | None = Field(None, title="Name", description="name or address of the place; may be hidden")

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2 code."""
        return self.code[:2]


class Document(BaseModel):
    """A paper by its digest: the ledger holds no document."""

    model_config = STRICT
    kind: Word = Field(title="Kind", description="bill-of-lading, certificate-of-analysis, permit, …")
    sha256: Digest = Field(title="Digest", description="SHA-256 of the file, 64 hexadecimal digits")
    reference: Reference | None = Field(None, title="Reference", description="number printed on the paper")


class Seen(BaseModel):
    """The newest checkpoint that the signer had seen: the statement was signed after it."""

    model_config = STRICT
    size: Annotated[int, Field(ge=1, lt=2**53)] = Field(title="Size", description="entries of the tree")
    root: Digest = Field(title="Root", description="root hash of the tree at that size")


Documents = Annotated[tuple[Document, ...], Field(max_length=32)]
Seals = Annotated[tuple[SealNumber, ...], Field(max_length=64)]
Serials = Annotated[tuple[Serial, ...], Field(max_length=500)]


def instant_of(value: str) -> int:
    """Milliseconds since 1970 of an instant that was checked when it was read."""
    return instants.parse_instant(value, field="")
