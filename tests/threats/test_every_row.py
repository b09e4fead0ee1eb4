"""Each row of the threat model that is answered here has a test file, and its docstring names the row and its attack.

The table is the threat model's own: row number, and words of its attack that the docstring must hold. A row without a
file, a file without its row, and a file that tests nothing fail here.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
ROWS = {
    14: "back-dating",
    15: "post-dating",
    16: "clock",
    17: "time-zone tricks",
    18: "leap",
    19: "licence that expires",
    20: "use after revocation",
    21: "rollback to an old checkpoint",
    22: "replay from another ledger",
    23: "replay on another lot",
    24: "double hand-over",
    25: "idempotency-key clash",
    26: "split that forges quantity",
    27: "merge laundering",
    28: "unit confusion",
    29: "cycles",
    30: "nan",
    31: "overflow",
    32: "duplicate keys",
    33: "truncated, reordered, spliced",
    34: "forged checkpoints",
    35: "names that lead out of a file",
    36: "bombs",
    37: "deep nesting",
    38: "non-canonical cbor",
    39: "homoglyphs",
    40: "bidi",
    41: "case, trim and width folding",
    43: "csv formula",
    44: "terminal injection",
    46: "ssrf",
    47: "smuggling",
    48: "redos",
    49: "cross-protocol confusion",
    50: "algorithm downgrade",
    51: "small-order",
    52: "malleable signatures",
    53: "points not on the curve",
    54: "one key for two parties",
    55: "enrolment without possession",
    56: "duplicate signatures",
    57: "signed is not shown",
    58: "unknown critical fields",
    59: "second preimages",
    60: "cut or other hashes",
    61: "private keys in bundles",
}


def module(row: int) -> ast.Module:
    return ast.parse((FOLDER / f"test_row_{row}.py").read_text("utf-8"))


def test_the_table_is_whole() -> None:
    assert sorted(ROWS) == [*range(14, 42), 43, 44, *range(46, 62)]


def test_no_row_file_stands_outside_the_table() -> None:
    assert {path.name for path in FOLDER.glob("test_row_*.py")} == {f"test_row_{row}.py" for row in ROWS}


@pytest.mark.parametrize("row", ROWS)
def test_the_docstring_names_row_and_attack(row: int) -> None:
    text = ast.get_docstring(module(row))
    assert text is not None
    first = " ".join(text.split("\n\n")[0].split())
    assert first.startswith(f"Threat row {row}, ")
    assert ROWS[row] in first.lower()


@pytest.mark.parametrize("row", ROWS)
def test_the_file_tests_something(row: int) -> None:
    """Tests that assert by themselves or through a helper of the surroundings; none is skipped or marked slow."""
    tests = [node for node in module(row).body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")]
    assert len(tests) >= 2
    for test in tests:
        body = ast.unparse(test)
        asserts = any(isinstance(node, ast.Assert) for node in ast.walk(test))
        helped = any(
            name in body for name in ("refused", "malformed(", "bad_event(", "taken(", "one_taken(", "raises(")
        )
        assert asserts or helped, f"{test.name} asserts nothing"
        assert "mark.skip" not in body
        assert "xfail" not in body


@pytest.mark.parametrize("row", [14, 15, 19, 23, 24, 25, 33, 35, 36, 39, 46, 47, 57])
def test_where_the_protocol_wins_the_docstring_says_so(row: int) -> None:
    """The rows whose proposed answers are superseded name what is done instead."""
    text = ast.get_docstring(module(row)) or ""
    assert "protocol" in text
