"""The data of alerts: every kind has its numbers and reasons, and a damaged file is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.unit.overseen import TYPOLOGIES, new_watcher
from tests.vectors_build.alert_pages import PAGE, page

from lotchain.errors import Malformed
from lotchain.oversight.recorded import GROUND_OF
from lotchain.oversight.typologies import BASES, read_typologies

FILE = Path(__file__).resolve().parents[2] / "specs" / "oversight" / "typologies.json"


def test_every_kind_stands_in_the_data_and_nothing_else_does() -> None:
    kinds = new_watcher().kinds()
    assert [kind.code for kind in kinds] == list(TYPOLOGIES.settings)


def test_every_typology_has_a_kind_and_says_what_is_not_seen() -> None:
    seen = {kind.typology for kind in new_watcher().kinds()}
    assert seen == {item.id for item in TYPOLOGIES.typologies} == set(GROUND_OF)
    assert all(item.not_seen for item in TYPOLOGIES.typologies) and TYPOLOGIES.blind_spots


def test_every_kind_says_what_to_do_and_which_honest_reason_there_is() -> None:
    for kind in new_watcher().kinds():
        assert kind.sentence and kind.remedy and not kind.sentence.endswith("."), kind.code
        assert TYPOLOGIES.settings[kind.code].false_alarms, kind.code


def test_a_number_that_is_no_law_says_so() -> None:
    for code, setting in TYPOLOGIES.settings.items():
        for parameter in setting.parameters.values():
            assert parameter.basis in BASES and parameter.source
            chosen = parameter.source.startswith("chosen by this project")
            assert chosen is (parameter.basis == "H"), (code, parameter.name)


def test_the_page_is_what_code_and_data_say() -> None:
    made = page()
    assert PAGE.read_text(encoding="utf-8") == made, "run python -m tests.vectors_build.alert_pages"
    assert [code for code in TYPOLOGIES.settings if f"`{code}`" not in made] == []
    assert [f"`{ground}`" for grounds in GROUND_OF.values() for ground in grounds if f"`{ground}`" not in made] == []


def changed(**changes: Any) -> bytes:
    value = orjson.loads(FILE.read_bytes()) | changes
    return orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


VALUE = orjson.loads(FILE.read_bytes())
FIRST = VALUE["alerts"][0]
PARAMETER = FIRST["parameters"][0]
BAD: list[tuple[str, bytes]] = [
    ("too-large", b" " * 300_001),
    ("json-malformed", b"{"),
    ("format-unknown", b"[]"),
    ("format-unknown", changed(format="lotchain-typologies/2")),
    ("layout", orjson.dumps(VALUE)),
    ("date-format", changed(edition="24 Nov 2026")),
    ("member-unknown", changed(more="")),
    ("typology-unknown", changed(typologies=VALUE["typologies"][:-1])),
    ("typology-unknown", changed(typologies=[*VALUE["typologies"][1:], VALUE["typologies"][0]])),
    ("alert-twice", changed(alerts=[FIRST, FIRST])),
    ("alert-code", changed(alerts=[FIRST | {"code": "t19-new"}])),
    ("alert-code", changed(alerts=[FIRST | {"code": "T01-new"}])),
    ("layout", changed(alerts=VALUE["alerts"][::-1])),
    ("parameter-twice", changed(alerts=[FIRST | {"parameters": [PARAMETER, PARAMETER]}])),
    ("parameter-range", changed(alerts=[FIRST | {"parameters": [PARAMETER | {"value": -1}]}])),
    ("parameter-range", changed(alerts=[FIRST | {"parameters": [PARAMETER | {"name": "Window"}]}])),
    ("member-type", changed(alerts=[FIRST | {"parameters": [PARAMETER | {"value": "30"}]}])),
    ("word-unknown", changed(alerts=[FIRST | {"parameters": [PARAMETER | {"unit": "weeks"}]}])),
    ("word-unknown", changed(alerts=[FIRST | {"parameters": [PARAMETER | {"basis": "X"}]}])),
    ("parameter-without-source", changed(alerts=[FIRST | {"parameters": [PARAMETER | {"source": ""}]}])),
    ("item-twice", changed(blind_spots=["one", "one"])),
]


@pytest.mark.parametrize(("code", "data"), BAD, ids=[f"{n}-{code}" for n, (code, _) in enumerate(BAD)])
def test_a_damaged_file_is_refused(code: str, data: bytes) -> None:
    with pytest.raises(Malformed) as caught:
        read_typologies(data, "typologies.json")
    assert caught.value.code == code


def test_an_authority_may_choose_other_numbers() -> None:
    other = TYPOLOGIES.with_value("t06-stock-ages", "age", 90)
    assert other.span("t06-stock-ages", "age") == 90 * 86_400_000
    assert other.settings["t06-stock-ages"].parameters["age"].basis == "H"
    assert TYPOLOGIES.value("t06-stock-ages", "age") == 365
