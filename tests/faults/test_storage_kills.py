"""kill -9 and power cuts, at random points and at chosen writes to the disk: nothing acknowledged is lost."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.faults.kills import kill_writers
from tests.faults.powercut import power_cuts, record
from tests.faults.store_checks import WRITER, environment, require_sound

from lotchain.storage.sqlite import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "ledger.db"
    SqliteStore.create(made).close()
    return made


def test_kill_9_at_random_points_loses_nothing(path: Path) -> None:
    def check(acknowledged: list[str]) -> None:
        require_sound(path, int(acknowledged[-1]) if acknowledged else 0)

    count = kill_writers(10, [*WRITER, str(path)], check, environment=environment())
    assert count > 10, "the writer was killed before it did anything; the test shows nothing"


def test_power_cuts_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    require_strace()
    run, images = tmp_path / "run", tmp_path / "image"
    run.mkdir()
    path = run / "ledger.db"
    SqliteStore.create(path).close()
    start = {str(path): path.read_bytes()}
    acts = record([*WRITER, str(path), "30"], run, {**environment(), "PATH": "/usr/bin:/bin"})
    assert sum(act.kind == "sync" for act in acts) >= 30
    sizes = set()

    def check(folder: Path, said: bytes) -> None:
        sizes.add(require_sound(folder / "ledger.db", last_acknowledged(said.decode().split())))

    power_cuts(60, start, acts, images, check)
    assert len(sizes) > 5, "all cuts fell at one place; the test shows nothing"


def require_strace() -> None:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    if subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine does not permit ptrace")


def traced(path: Path, injection: str, batches: int, only: Path | None = None) -> tuple[int, list[str]]:
    """The writer under strace with one fault injected: its exit code, and what it said."""
    require_strace()
    call = injection.split(":", 1)[0]
    where = ["-P", str(only)] if only else []
    command = ["strace", "-f", "-qq", "-o", "/dev/null", *where, "-e", f"trace={call}", "-e", f"inject={injection}"]
    done = subprocess.run(
        [*command, *WRITER, str(path), str(batches)],
        capture_output=True,
        env={**environment(), "PATH": "/usr/bin:/bin"},
        check=False,
        timeout=120,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode, done.stdout.decode().split()


def last_acknowledged(said: list[str]) -> int:
    return max((int(word) for word in said if word.isdigit()), default=0)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 8, 13, 30])
def test_killed_at_the_nth_write_nothing_is_by_halves(path: Path, n: int) -> None:
    code, said = traced(path, f"pwrite64:signal=KILL:when={n}", 2)
    assert code == -9 or code == 137
    require_sound(path, last_acknowledged(said))


@pytest.mark.parametrize("injection", ["fdatasync:error=EIO:when=1", "fdatasync:error=EIO:when=3"])
def test_a_failed_fsync_is_told_and_not_believed(path: Path, injection: str) -> None:
    code, said = traced(path, injection, 3)
    assert code == 3
    assert said[-1] in ("store-io", "outcome-unknown")
    require_sound(path, last_acknowledged(said))


@pytest.mark.parametrize(
    ("injection", "codes"),
    [
        ("pwrite64:error=EIO:when=2", {"store-io"}),
        ("pwrite64:error=EIO:when=9+", {"store-io", "outcome-unknown"}),
        ("pwrite64:error=ENOSPC:when=6+", {"store-full", "outcome-unknown"}),
    ],
)
def test_a_failing_write_ahead_log_is_named(path: Path, injection: str, codes: set[str]) -> None:
    code, said = traced(path, injection, 3, only=path.with_name(path.name + "-wal"))
    assert code == 3
    assert said[-1] in codes
    require_sound(path, last_acknowledged(said))
