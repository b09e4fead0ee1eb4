"""Every registered event type has its file, its page, its schema and its vectors, and they tell the same story."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from tests.vectors_build import event_pages
from tests.vectors_build.event_pages import PAGES, SCHEMAS, VECTORS, model_of, stem

from lotchain.custody.findings import Code
from lotchain.events.event import Event
from lotchain.events.registry import EVENT_TYPES, LARGE, event_class
from lotchain.verify import conclude, judge

TYPES = sorted(EVENT_TYPES)
SOURCES = Path(__file__).resolve().parents[2] / "src" / "lotchain" / "events"
BUILDING_BLOCKS = {"__init__", "event", "fields", "permit_terms", "reading", "registry"}
CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def cases(type_name: str) -> list[dict[str, Any]]:
    made = json.loads((VECTORS / f"{stem(type_name)}.json").read_text(encoding="utf-8"))
    assert made["format"] == f"lotchain/event {type_name}" and made["version"] == 1
    return list(made["cases"])


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model and those of its blocks."""
    yield model
    for field in model.model_fields.values():
        for inner in _models_in(field.annotation):
            yield from models(inner)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models_in(argument)


def test_every_file_of_an_event_is_registered_once() -> None:
    files = {path.stem for path in SOURCES.glob("*.py")} - BUILDING_BLOCKS
    modules = [module for module, _ in EVENT_TYPES.values()]
    assert set(modules) == files
    assert len(modules) == len(set(modules)), "one event type, one file"
    assert set(EVENT_TYPES) >= LARGE


def test_nothing_stands_in_the_specs_that_is_not_registered() -> None:
    stems = {stem(name) for name in TYPES}
    assert {path.stem for path in SCHEMAS.glob("*.json")} == stems
    assert {path.stem for path in VECTORS.glob("*.json")} == stems
    assert {path.stem for path in PAGES.glob("*.md")} == stems | {"README"}


@pytest.mark.parametrize("type_name", TYPES)
class TestEach:
    def test_its_class_is_frozen_strict_and_named_by_its_type(self, type_name: str) -> None:
        module, name = EVENT_TYPES[type_name]
        model = model_of(type_name)
        assert (model.__module__, model.__name__) == (f"lotchain.events.{module}", name)
        assert module == type_name.partition("/")[0].replace("-", "_")
        assert model.model_fields["type"].default == type_name
        assert model.TITLE and model.__doc__
        for each in models(model):
            assert each.model_config.get("frozen") and each.model_config.get("strict"), each
            assert each.model_config.get("extra") == "forbid", each

    def test_every_field_is_labelled(self, type_name: str) -> None:
        for each in models(model_of(type_name)):
            for name, field in each.model_fields.items():
                assert field.title, f"{each.__name__}.{name} has no title"
                assert field.description, f"{each.__name__}.{name} has no description"

    def test_its_codes_are_distinct_and_well_said(self, type_name: str) -> None:
        codes = model_of(type_name).CODES
        assert codes
        assert len({code.code for code in codes}) == len(codes), "one code, one rule, in one event type"
        for code in codes:
            assert CODE.fullmatch(code.code), code
            assert code.sentence and not code.sentence.endswith("."), code
            assert code.remedy and not code.remedy.endswith("."), code
            assert code.refuses or not code.retryable, code

    def test_its_schema_is_the_models(self, type_name: str) -> None:
        text = (SCHEMAS / f"{stem(type_name)}.json").read_text(encoding="utf-8")
        assert text == event_pages.schema_text(type_name), "run python -m tests.vectors_build.event_pages"

    def test_its_page_lists_every_field_and_code(self, type_name: str) -> None:
        text = (PAGES / f"{stem(type_name)}.md").read_text(encoding="utf-8")
        assert text == event_pages.page(type_name), "run python -m tests.vectors_build.event_pages"
        prose = re.sub(r"<!-- (\w+):begin -->.*?<!-- \1:end -->", "", text, flags=re.DOTALL)
        for code in model_of(type_name).CODES:
            assert f"`{code.code}`" in prose, f"the page does not say when {code.code} is raised"
        for heading in ("## Who signs, and when", "## What is checked", "## What it does", "## Fields", "## Findings"):
            assert heading in prose

    def test_its_vectors_hold_more_bad_than_good(self, type_name: str) -> None:
        good = [case for case in cases(type_name) if case["valid"]]
        bad = [case for case in cases(type_name) if not case["valid"]]
        assert good and len(bad) > len(good)
        names = [case["name"] for case in good + bad]
        assert len(set(names)) == len(names)
        assert all(case["code"] for case in bad)

    def test_its_vectors_raise_every_code(self, type_name: str) -> None:
        found = {each["code"] for case in cases(type_name) if "expect" in case for each in case["expect"]["findings"]}
        declared = {code.code for code in model_of(type_name).CODES}
        assert declared - found == set(), "declared and never raised"
        assert found - declared - {code.code for code in judge.CODES} == set(), "raised and not declared"


def all_codes() -> list[Code]:
    """Every finding code of the judge."""
    codes = [*judge.CODES, *conclude.CODES]
    for type_name in TYPES:
        codes += model_of(type_name).CODES
    return codes


def test_one_code_means_one_thing_everywhere() -> None:
    """Whoever reads a code need not know which event raised it."""
    known: dict[str, tuple[object, ...]] = {}
    for code in all_codes():
        meaning = (code.answer, code.weight, code.refuses, code.retryable)
        assert known.setdefault(code.code, meaning) == meaning, code.code


def test_the_overview_is_up_to_date() -> None:
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    assert text == event_pages.overview(), "run python -m tests.vectors_build.event_pages"


def test_every_form_of_text_is_explained() -> None:
    text = (PAGES / "README.md").read_text(encoding="utf-8")
    forms = set(re.findall(r'"format": "([^"]+)"', "".join(event_pages.schema_text(name) for name in TYPES)))
    assert forms
    for form in forms:
        assert f"| `{form}` |" in text, f"specs/events/README.md does not explain {form}"


def test_unknown_types_have_no_class() -> None:
    for name in ("", "charter", "charter/2", "charter/1 ", "Charter/1", "event/1", "__init__/1"):
        assert event_class(name) is None


def test_a_class_outside_the_table_is_no_event_type() -> None:
    assert all(issubclass(model_of(name), Event) for name in TYPES)
