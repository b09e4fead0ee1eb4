"""The JavaScript verifier against the specification's vectors, and against the Python one on the same bundles.

Reduced counts; `make agree-js` compares two thousand mutated bundles.
"""

from __future__ import annotations

import importlib.util
import subprocess
from itertools import islice
from pathlib import Path
from types import ModuleType

import pytest
from tests.agreement import javascript

ROOT = Path(__file__).resolve().parents[2]
needs_node = pytest.mark.skipif(
    javascript.NODE is None, reason="node is not installed: the JavaScript verifier is not run"
)


@needs_node
def test_it_runs_the_vectors() -> None:
    assert javascript.NODE is not None
    ran = subprocess.run(
        [javascript.NODE, str(ROOT / "js" / "run-vectors.js")], capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    assert int(ran.stdout.splitlines()[-1].split()[0]) > 3000, "most vectors are taken"


@needs_node
def test_the_two_agree_on_vectors_golden_bundles_and_every_scenario() -> None:
    tally = javascript.many_bundles([*javascript.vector_cases(), *javascript.fixture_cases()])
    assert tally.broken == []
    assert tally.seen > 70
    assert {"CLEAR", "HOLD", "FAIL"} == set(tally.words)


@needs_node
def test_the_two_agree_on_mutated_bundles() -> None:
    tally = javascript.many_bundles(islice(javascript.mutated_cases(), 50))
    assert tally.broken == []
    assert tally.seen == 50
    assert len(tally.codes) > 20, "and they have something to agree on"


@needs_node
def test_a_difference_is_seen() -> None:
    case = next(javascript.vector_cases())
    ours = javascript.python_answer(case)
    with javascript.JavaScript() as other:
        theirs = other.ask(case)
    assert list(javascript.differences(ours, theirs)) == []
    theirs["verdict"]["findings"].append({"code": "seal-changed", "subject": "lot:CN-1/A"})
    theirs["verdict"]["answers"]["chain"] = "broken"
    assert len(list(javascript.differences(ours, theirs))) == 2


def test_generated_tables_are_those_of_the_specification() -> None:
    """Whoever changes a schema or a page's codes runs `python js/build_tables.py`."""
    tables = _build_tables()
    text = tables.MODULE.read_text(encoding="utf-8")
    assert tables.built(text) == text


def _build_tables() -> ModuleType:
    spec = importlib.util.spec_from_file_location("build_tables", ROOT / "js" / "build_tables.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
