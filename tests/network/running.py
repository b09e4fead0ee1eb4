"""Processes of the network: started in their place, what they say read line by line, ended at the end."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

from tests.network.places import Places

from lotchain.cli.entry import main

ROOT = Path(__file__).resolve().parents[2]


class Running:
    """One process that says JSON, a document after another."""

    def __init__(self, places: Places, name: str, module: str, *words: str, log: Path) -> None:
        command = [sys.executable, "-m", module, *words]
        self.name = name
        self.said: list[dict[str, Any]] = []
        self._log = log
        with log.open("a") as errors:
            self.process = subprocess.Popen(
                places.command(name, command),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"},
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        """Documents as they come: a line each, or one over several lines."""
        assert self.process.stdout is not None
        held = ""
        for line in self.process.stdout:
            held += line
            with suppress(json.JSONDecodeError):
                self.said.append(json.loads(held))
                held = ""

    @property
    def last(self) -> dict[str, Any]:
        """What it said last; empty before it said anything."""
        return self.said[-1] if self.said else {}

    def wait_for(self, seen: Callable[[dict[str, Any]], bool], seconds: float = 40.0) -> bool:
        """Until it says something like that, from now on or just before."""
        return until(lambda: bool(self.said) and seen(self.last), seconds)

    def ended(self, seconds: float = 30.0) -> int | None:
        """Its exit code, once it has ended by itself; None where it has not."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def end(self) -> None:
        """End it."""
        for step in (self.process.terminate, self.process.kill):
            if self.process.poll() is not None:
                break
            step()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(10)
        self._reader.join(5)

    def trouble(self) -> str:
        """The end of what it said on its error stream."""
        return self._log.read_text()[-400:]


def until(holds: Callable[[], bool], seconds: float = 40.0) -> bool:
    """Whether it comes to hold in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def lotchain(*words: object) -> tuple[int, Any, str]:
    """One command line in this process, with `--json`: exit code, document (None where there is none), errors."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main([*map(str, words), "--json"])
    text = out.getvalue()
    return code, json.loads(text) if text.strip() else None, err.getvalue()


def done(*words: object) -> Any:
    """One command line that must succeed; its document."""
    code, shown, errors = lotchain(*words)
    if code:
        raise SystemExit(f"lotchain {' '.join(map(str, words))} answered {code}: {shown} {errors}")
    return shown


@contextmanager
def all_ended(running: Sequence[Running] | list[Running]) -> Iterator[None]:
    """Whatever happens, no process is left."""
    try:
        yield
    finally:
        for each in running:
            with suppress(OSError, ProcessLookupError):
                each.end()
