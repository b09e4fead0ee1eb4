"""Steps 1 and 2 of the judge: an entry's form, its type, its schema."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from lotchain.core import canonical_json
from lotchain.core.statements import MAX_STATEMENT, Statement, parse_statement
from lotchain.errors import Malformed, shown
from lotchain.events.event import Event
from lotchain.events.registry import LARGE, event_class

_PYDANTIC_CODES = {
    "missing": "field-missing",
    "extra_forbidden": "field-unknown",
    "literal_error": "field-value",
    "string_pattern_mismatch": "field-format",
    "too_long": "too-many",
    "too_short": "too-few",
    "greater_than_equal": "field-range",
    "less_than": "field-range",
    "less_than_equal": "field-range",
}
_EXPECTED = {
    "missing": "this field",
    "extra_forbidden": "only the fields of the event's type",
    "literal_error": "{expected}",
    "string_pattern_mismatch": "text of the form {pattern}",
    "string_type": "text",
    "int_type": "a whole number",
    "tuple_type": "a list",
    "model_type": "an object",
    "model_attributes_type": "an object",
    "too_long": "at most {max_length}",
    "too_short": "at least {min_length}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
}
_BRANCH = r"function-|constrained-|literal\[|Hidden$|str$"
_REMEDY = "compare with the event's page in specs/events"


class Reading(NamedTuple):
    """A statement that has the right form, and the event that it states."""

    statement: Statement
    event: Event


def read_entry(raw: bytes) -> Reading:
    """Read one statement strictly; raises `Malformed` (codes of the statement, JSON and field formats)."""
    statement = parse_statement(raw)
    return Reading(statement, read_event(statement.payload, size=len(raw)))


def read_event(payload: bytes, *, size: int = 0) -> Event:
    """Read an event's canonical JSON strictly.

    Raises:
        Malformed: codes of canonical JSON; `event-type`, `version-unsupported`, `null-field`,
            `field-missing`, `field-unknown`, `field-type`, `field-value`, `field-format`, `field-range`,
            `too-many`, `too-few`, `too-large`, and the codes of ids, quantities, instants and texts.

    """
    value = canonical_json.decode(payload, what="event")
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise Malformed(
            "event-type",
            "an event is an object with a type",
            expected='"type": "registration/1"',
            found=shown(value),
        )
    type_name = value["type"]
    model = event_class(type_name)
    if model is None:
        raise _unknown_type(type_name)
    if size > MAX_STATEMENT and type_name not in LARGE:
        raise Malformed("too-large", "statement too large", expected=f"at most {MAX_STATEMENT} bytes", found=size)
    _refuse_null(value, "")
    try:
        return model.model_validate_json(payload)
    except ValidationError as fault:
        raise _as_malformed(fault) from None


def _unknown_type(type_name: str) -> Malformed:
    name, slash, version = type_name.partition("/")
    known = event_class(f"{name}/1") is not None and slash and version.isascii() and version.isdigit()
    if known:
        return Malformed(
            "version-unsupported",
            "this version of lotchain does not know that version of the event",
            expected=f"{name}/1",
            found=type_name,
            remedy="use a newer lotchain; nothing is concluded from an unknown version",
            field="type",
        )
    expected = "a type of specs/events, such as registration/1"
    return Malformed(
        "event-type", "unknown event type", expected=expected, found=type_name, remedy=_REMEDY, field="type"
    )


def _refuse_null(value: object, path: str) -> None:
    if value is None:
        raise Malformed(
            "null-field",
            "an absent field is left out, never null",
            expected="a value, or no such field",
            field=path.lstrip("."),
        )
    if isinstance(value, dict):
        for name, member in value.items():
            _refuse_null(member, f"{path}.{name}")
    elif isinstance(value, list):
        for i, member in enumerate(value):
            _refuse_null(member, f"{path}[{i}]")


def _as_malformed(fault: ValidationError) -> Malformed:
    """The first error, worst kinds first, as one `Malformed` with the field's path."""
    first = _telling(fault.errors(include_url=False))
    kind, context = first["type"], first.get("ctx", {})
    field = _path(first["loc"], last_is_given=kind == "extra_forbidden")
    if "what" in context:  # one of our own codes: see events/fields.py
        return Malformed(
            kind,
            str(context["what"]),
            expected=str(context.get("expected", "")),
            found=str(context.get("found", "")),
            remedy=str(context.get("remedy", "")) or _REMEDY,
            field=field,
        )
    code = _PYDANTIC_CODES.get(kind, "field-type")
    found = "" if kind == "missing" else shown(first["input"])
    return Malformed(code, first["msg"], expected=_expected(kind, context), found=found, remedy=_REMEDY, field=field)


def _telling(errors: list[ErrorDetails]) -> ErrorDetails:
    """The error to report: the first; but of a hideable field that holds an object, what is wrong with the object."""
    first = errors[0]
    if first["type"] == "string_type":
        for error in errors[1:]:
            if "Hidden" in error["loc"] and not error["type"].startswith("model_"):
                return error
    return first


def _path(parts: tuple[int | str, ...], *, last_is_given: bool) -> str:
    """The field's path as its writer knows it, without the names that pydantic gives to the branches of a choice.

    `last_is_given`: the last part is a name that stands in the event, whatever it looks like.
    """
    given = len(parts) - 1 if last_is_given else len(parts)
    shown_parts = [part for i, part in enumerate(parts) if i == given or not re.match(_BRANCH, str(part))]
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in shown_parts).lstrip(".")


def _expected(kind: str, context: Mapping[str, Any]) -> str:
    """What pydantic wanted, in our words; its own sentence says the rest."""
    sentence = _EXPECTED.get(kind, "another kind of value")
    return sentence.format(**context)
