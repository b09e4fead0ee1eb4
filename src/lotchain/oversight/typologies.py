"""How diversion happens, as dated data: eighteen typologies, the alerts that show them, and each alert's parameters.

A parameter says where its number comes from. Most are the project's own choice (H): no law gives them, and an authority
may set others. What a ledger cannot see stands beside what it can.
Pure. Format of the data: `specs/formats/alerts.md`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import orjson

from lotchain.errors import Malformed
from lotchain.rules.substance_files import choice, each, lay_out, members, words

FORMAT: Final = "lotchain-typologies/1"
MAX_BYTES: Final = 300_000
BASES: Final = {
    "V": "read in its source",
    "P": "read in part",
    "K": "known only from memory: a note, not to be taken as law",
    "H": "chosen by this project: no law, and an authority may choose otherwise",
}
UNITS: Final = ("days", "hours", "count", "percent", "ppm", "times", "kilograms-or-litres", "characters", "months")
_DAY_MS: Final = 86_400_000
_HOUR_MS: Final = 3_600_000
_BASE_PER_KILOGRAM: Final = 1_000_000_000
_CODE: Final = re.compile(r"t(0[1-9]|1[0-8])-[a-z0-9]+(-[a-z0-9]+)*")
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_FILE: Final = {
    "format": str, "edition": str, "note": str, "typologies": list, "alerts": list, "blind_spots": list,
}  # fmt: skip
_TYPOLOGY: Final = {"id": str, "title": str, "works": str, "not_seen": list}
_ALERT: Final = {"code": str, "false_alarms": list, "parameters": list, "remarks": str}
_PARAMETER: Final = {"name": str, "value": int, "unit": str, "basis": str, "source": str}


class Parameter(NamedTuple):
    """One number of a detector.

    Attributes:
        name: which.
        value: a whole number, 0 or more.
        unit: of `UNITS`.
        basis: of `BASES`.
        source: what was read, or why it was chosen.

    """

    name: str
    value: int
    unit: str
    basis: str
    source: str


class Setting(NamedTuple):
    """What the data says of one kind of alert.

    Attributes:
        code: the kind's.
        false_alarms: honest causes of the same picture.
        parameters: by name.
        remarks: what else a reader must know.

    """

    code: str
    false_alarms: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    remarks: str


class Typology(NamedTuple):
    """One way in which goods are diverted.

    Attributes:
        id: `T1` to `T18`.
        title: for people.
        works: how it works.
        not_seen: what of it no ledger shows.

    """

    id: str
    title: str
    works: str
    not_seen: tuple[str, ...]


@dataclass(frozen=True)
class Typologies:
    """The whole data (`read_typologies` makes it).

    Attributes:
        edition: the day of its status, `YYYY-MM-DD`.
        note: what was read, and what was not.
        typologies: in their order.
        settings: by code.
        blind_spots: what no alert of any kind sees.

    """

    edition: str
    note: str
    typologies: tuple[Typology, ...]
    settings: Mapping[str, Setting]
    blind_spots: tuple[str, ...]

    def value(self, code: str, name: str) -> int:
        """A parameter in its own unit. A detector that asks for one that the data has not is a fault of the program."""
        return self.settings[code].parameters[name].value

    def span(self, code: str, name: str) -> int:
        """A parameter of time, in milliseconds."""
        parameter = self.settings[code].parameters[name]
        return parameter.value * {"days": _DAY_MS, "hours": _HOUR_MS}[parameter.unit]

    def amount(self, code: str, name: str) -> int:
        """A parameter of quantity, in micrograms or nanolitres."""
        return self.value(code, name) * _BASE_PER_KILOGRAM

    def with_value(self, code: str, name: str, value: int) -> Typologies:
        """The same with another number: an authority's own choice."""
        setting = self.settings[code]
        changed = setting.parameters[name]._replace(value=value, basis="H", source="chosen by whoever runs it")
        parameters = {**setting.parameters, name: changed}
        settings = {**self.settings, code: setting._replace(parameters=parameters)}
        return Typologies(self.edition, self.note, self.typologies, settings, self.blind_spots)


def read_typologies(data: bytes, name: str) -> Typologies:
    """Read the file strictly.

    Args:
        data: the file's bytes.
        name: the file, for messages.

    Raises:
        Malformed: `too-large`, `json-malformed`, `format-unknown`, `layout`, `date-format`, `typology-unknown`,
            `alert-twice`, `alert-code`, `parameter-twice`, `parameter-range`, `parameter-without-source`, and those of
            `members`, `words` and `choice`.

    """
    if len(data) > MAX_BYTES:
        raise Malformed("too-large", "the file is too large", expected=f"at most {MAX_BYTES} bytes", field=name)
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError:
        raise Malformed("json-malformed", "the file is not JSON in UTF-8", field=name) from None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise Malformed("format-unknown", "the file is not of this format", expected=FORMAT, field=name)
    given = members(value, _FILE, name)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given["edition"]) is None:
        raise Malformed("date-format", "this is not a day", expected="YYYY-MM-DD", found=given["edition"], field=name)
    typologies = each(given["typologies"], f"{name}.typologies", _typology)
    if [item.id for item in typologies] != [f"T{number}" for number in range(1, 19)]:
        raise Malformed("typology-unknown", "the typologies are T1 to T18, in this order", field=f"{name}.typologies")
    settings: dict[str, Setting] = {}
    for setting in each(given["alerts"], f"{name}.alerts", _setting):
        if setting.code in settings:
            raise Malformed("alert-twice", "a kind of alert stands twice", found=setting.code, field=f"{name}.alerts")
        settings[setting.code] = setting
    if list(settings) != sorted(settings):
        raise Malformed("layout", "alerts are ordered by code", field=f"{name}.alerts")
    if lay_out(value) != data:
        raise Malformed(
            "layout", "the file is not laid out as it must be", field=name,
            expected="sorted keys, each once, two spaces a level, a newline at the end",
        )  # fmt: skip
    spots = words(given["blind_spots"], f"{name}.blind_spots")
    return Typologies(given["edition"], given["note"], typologies, settings, spots)


def _typology(value: Any, where: str) -> Typology:
    given = members(value, _TYPOLOGY, where)
    return Typology(given["id"], given["title"], given["works"], words(given["not_seen"], f"{where}.not_seen"))


def _setting(value: Any, where: str) -> Setting:
    given = members(value, _ALERT, where)
    if _CODE.fullmatch(given["code"]) is None:
        raise Malformed(
            "alert-code", "this is no code of an alert", expected="t05-seal-changed", found=given["code"], field=where
        )
    parameters: dict[str, Parameter] = {}
    for parameter in each(given["parameters"], f"{where}.parameters", _parameter):
        if parameter.name in parameters:
            raise Malformed("parameter-twice", "a parameter stands twice", found=parameter.name, field=where)
        parameters[parameter.name] = parameter
    return Setting(given["code"], words(given["false_alarms"], f"{where}.false_alarms"), parameters, given["remarks"])


def _parameter(value: Any, where: str) -> Parameter:
    given = members(value, _PARAMETER, where)
    if _NAME.fullmatch(given["name"]) is None or not 0 <= given["value"] <= 1_000_000:
        raise Malformed("parameter-range", "a parameter has a name, and a number from 0 to 1000000", field=where)
    choice(given["unit"], UNITS, f"{where}.unit")
    choice(given["basis"], tuple(BASES), f"{where}.basis")
    if not given["source"]:
        raise Malformed("parameter-without-source", "a number says where it comes from", field=where)
    return Parameter(given["name"], given["value"], given["unit"], given["basis"], given["source"])
