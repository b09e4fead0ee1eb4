"""The house: which room may import which, what a pure room may touch, how big a file or function may grow.

A table, not a style guide: when an arrow is needed that is not here, the layout is wrong or this table is.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "lotchain"

CORE_LIBRARIES = {"cryptography", "nacl", "cbor2", "orjson"}
PURE = {"core", "custody", "rules", "events", "treaty", "verify", "intake", "oversight", "returns"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "core": {"errors"},
    "custody": {"core", "errors"},
    "rules": {"core", "errors"},
    "events": {"rules", "custody", "core", "errors"},
    "treaty": {"events", "rules", "custody", "core", "errors"},
    "verify": {"treaty", "events", "rules", "custody", "core", "errors"},
    "intake": {"events", "custody", "core", "errors"},
    "oversight": {"events", "rules", "custody", "core", "errors"},
    # The rows of reports are worked out, purely, from what oversight is fed; `reports` only prints what they say.
    "returns": {"oversight", "events", "rules", "custody", "core", "errors"},
    "ledger": {"verify", "treaty", "events", "rules", "custody", "core", "errors"},
    "storage": {"ledger.ports", "core", "errors"},
    "signing": {"ledger.ports", "core", "errors"},
    "witness": {"ledger.ports", "core", "errors"},
    "remote": {"ledger.ports", "core", "errors"},
    "service": {"ledger", "verify", "core", "errors"},
    "assets": {"errors"},
    "reports": {"returns", "verify", "custody.findings", "core", "errors"},
    "app": {
        "assets", "reports", "returns", "service", "remote", "witness", "signing", "storage", "ledger", "oversight",
        "intake", "verify", "events", "rules", "custody", "core", "errors",
    },
    "cli": {
        "app", "ledger", "verify", "returns", "oversight", "intake", "events", "rules", "custody", "core", "errors",
    },
}  # fmt: skip
FORBIDDEN_IN_PURE = {
    "os", "io", "socket", "random", "secrets", "time", "logging", "pathlib", "subprocess", "tempfile",
    "threading", "urllib", "http", "sqlite3", "shutil",
}  # fmt: skip
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
ARGUED_FILES: dict[str, str] = {}
ARGUED_FUNCTIONS: dict[str, str] = {
    "custody/lots.py:new_lot": "the table of a lot state's members, each argument explained; there is no logic in it",
}


def modules() -> list[Path]:
    return sorted(SRC.rglob("*.py"))


def room_of(path: Path) -> str:
    parts = path.relative_to(SRC).parts
    return parts[0] if len(parts) > 1 else parts[0].removesuffix(".py")


def imports(tree: ast.AST) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import at line {node.lineno}"
            module = node.module or ""
            if module == "lotchain" and [alias.name for alias in node.names] == ["__version__"]:
                continue  # the version is nobody's room
            # `from lotchain.core import ids` names the module core.ids; `from x import f` stays x.f, which is harmless.
            found += [(f"{module}.{alias.name}", node.lineno) for alias in node.names]
    return found


@cache
def imports_of(path: Path) -> list[tuple[str, int]]:
    """What a whole file imports, with the lines; several tests ask of every file."""
    return imports(ast.parse(path.read_text()))


def may(room: str, target: str) -> bool:
    allowed = MAY_IMPORT[room]
    return any(target == name or target.startswith(name + ".") for name in allowed | {room})


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SRC)))
def test_a_room_imports_only_rooms_above_it(path: Path) -> None:
    room = room_of(path)
    if room in ("__init__", "__main__", "py"):
        return
    assert room in MAY_IMPORT, f"{room} is no room of the house"
    wrong = [
        f"line {line}: {name}"
        for name, line in imports_of(path)
        if name.startswith("lotchain.") and not may(room, name.removeprefix("lotchain."))
    ]
    assert not wrong, f"{path.relative_to(SRC)} imports {wrong}"


@pytest.mark.parametrize("path", [p for p in modules() if room_of(p) in PURE], ids=lambda p: str(p.relative_to(SRC)))
def test_a_pure_room_touches_no_world(path: Path) -> None:
    tree = ast.parse(path.read_text())
    wrong = [f"line {line}: {name}" for name, line in imports_of(path) if name.split(".")[0] in FORBIDDEN_IN_PURE]
    calls = [
        f"line {node.lineno}: {node.func.id}()"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("open", "print", "input")
    ]
    clocks = [word for word in ("datetime.now(", "date.today(", ".utcnow(") if word in path.read_text()]
    assert not wrong + calls + clocks


def test_core_uses_few_libraries() -> None:
    for path in modules():
        if room_of(path) != "core":
            continue
        for name, line in imports_of(path):
            top = name.split(".")[0]
            third_party = top in {"pydantic", "click", "rich", "sqlite_utils", "pydantic_core"}
            assert not third_party or top in CORE_LIBRARIES, f"{path.name} line {line}: {name}"


def test_no_event_imports_another_event() -> None:
    shared = {"event", "fields", "permit_terms", "reading", "registry"}
    for path in (SRC / "events").glob("*.py"):
        for name, line in imports_of(path):
            if name.startswith("lotchain.events."):
                module = name.split(".")[2]
                assert module in shared, f"{path.name} line {line} imports {name}"


def test_engines_do_not_know_each_other() -> None:
    engines = {"storage", "signing", "witness", "remote", "assets"}
    for path in modules():
        room = room_of(path)
        if room in engines:
            for name, line in imports_of(path):
                target = name.removeprefix("lotchain.").split(".")[0]
                assert not (name.startswith("lotchain.") and target in engines - {room}), f"{path} line {line}"


def test_a_door_touches_no_engine() -> None:
    for path in modules():
        if room_of(path) == "cli":
            for name, line in imports_of(path):
                assert name.split(".")[0] != "sqlite3", f"{path} line {line}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SRC)))
def test_own_modules_are_imported_at_the_top(path: Path) -> None:
    """No cycle is hidden in a function body; the registry's table is lazy by name and doors load commands lazily."""
    tree = ast.parse(path.read_text())
    if room_of(path) in ("cli", "__main__"):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            hidden = [name for name, _ in imports(node) if name.startswith("lotchain.")]
            assert not hidden, f"{node.name} imports {hidden}"
    assert "TYPE_CHECKING" not in path.read_text()


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SRC)))
def test_files_and_functions_stay_small(path: Path) -> None:
    name = str(path.relative_to(SRC))
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_FILE or name in ARGUED_FILES, f"{name}: {len(text.splitlines())} lines"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            argued = f"{name}:{node.name}" in ARGUED_FUNCTIONS
            assert length <= LONGEST_FUNCTION or argued, f"{name}:{node.name} has {length} lines"


def test_no_room_for_odds_and_ends() -> None:
    for path in modules():
        assert path.stem not in {"utils", "helpers", "common", "misc", "base", "manager", "util"}, path


def test_private_keys_stay_in_signing() -> None:
    """Only the signing room names a private key of any library."""
    words = ("PrivateKey", "SigningKey", "crypto_sign_seed_keypair", "from_private_bytes")
    for path in modules():
        if room_of(path) == "signing":
            continue
        found = [word for word in words if word in path.read_text()]
        assert not found, f"{path.relative_to(SRC)} names {found}"


def test_production_code_never_asks_whether_it_is_tested() -> None:
    for path in modules():
        text = path.read_text()
        assert "PYTEST" not in text and "pytest" not in text, path
