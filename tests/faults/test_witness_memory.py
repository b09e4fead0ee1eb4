"""A plain witness under kill -9, failing disks and other processes: it never cosigns less than it has cosigned."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.kills import kill_writers
from tests.faults.store_checks import environment
from tests.faults.test_storage_disk import mounted
from tests.faults.test_storage_kills import require_strace
from tests.faults.witness_asker import MOST, asked, latest, opened
from tests.vectors_build import witness as vectors

from lotchain.errors import StoreError
from lotchain.storage.cosigned import CosignedFiles

ASKER = [str(Path(sys.executable).resolve()), str(Path(__file__).with_name("witness_asker.py"))]
WITH_PATH = {**environment(), "PATH": "/usr/bin:/bin"}
MEMORY = vectors.sha(vectors.ORIGIN)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "state"
    made.mkdir()
    CosignedFiles(made).begin(vectors.ORIGIN)
    return made


def require_never_less(folder: Path, said: list[str]) -> int:
    """Sizes and times that were cosigned only grow, and the memory is at least where the last one was."""
    told = [tuple(map(int, line.split()[1:])) for line in said if line.startswith("cosigned ")]
    assert told == sorted(told), "a smaller size or an earlier time was cosigned after a larger one"
    size, time = latest(CosignedFiles(folder))
    if told:
        assert (size, time) >= told[-1], "the witness has forgotten what it cosigned"
    return size


def test_kill_9_at_random_points_forgets_nothing(folder: Path) -> None:
    kept = set()

    def check(said: list[str]) -> None:
        require_never_less(folder, said)
        # Size and time: a fast machine soon cosigns the whole log, and then the same again.
        kept.add(latest(CosignedFiles(folder)))

    count = kill_writers(12, [*ASKER, str(folder)], check, environment=environment(), longest=0.12)
    assert count > 10 and len(kept) > 3, "the witness was killed before it did anything; the test shows nothing"


def traced(folder: Path, injection: str, count: int = 3) -> tuple[int, list[str]]:
    """The witness under strace with one fault injected into the calls on its memory: exit code, and what it said."""
    require_strace()
    call = injection.split(":", 1)[0]
    where = [option for ending in (".new", ".cosigned", ".lock") for option in ("-P", str(folder / (MEMORY + ending)))]
    if call in ("fsync", "openat"):
        where += ["-P", str(folder)]
    command = ["strace", "-f", "-qq", "-o", "/dev/null", *where, "-e", f"trace={call}", "-e", f"inject={injection}"]
    done = subprocess.run(
        [*command, *ASKER, str(folder), str(count)], capture_output=True, env=WITH_PATH, check=False, timeout=120
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.returncode, done.stdout.decode().split("\n")


CALLS = {"write": 3, "fsync": 6, "rename": 3, "openat": 12, "flock": 6, "close": 12}
"""Calls on the memory in three requests, each of which the process is killed at."""


@pytest.mark.parametrize(
    ("call", "n"), [(call, n) for call, count in CALLS.items() for n in range(1, count + 1, 1 + count // 6)]
)
def test_killed_at_the_nth_call_nothing_is_taken_back(folder: Path, call: str, n: int) -> None:
    code, said = traced(folder, f"{call}:signal=KILL:when={n}")
    assert code in (-9, 137), f"{call} was called less than {n} times: {said}"
    before = require_never_less(folder, said)
    more = subprocess.run([*ASKER, str(folder), "2"], capture_output=True, env=environment(), check=False)
    assert more.returncode == 0, more
    assert require_never_less(folder, [*said, *more.stdout.decode().split("\n")]) == before + 2


@pytest.mark.parametrize(
    ("injection", "codes"),
    [
        ("write:error=ENOSPC:when=2", {"store-full"}),
        ("write:error=EIO:when=1", {"store-io"}),
        ("fsync:error=EIO:when=1", {"store-io"}),
        ("fsync:error=EIO:when=2", {"store-io"}),
        ("fsync:error=EIO:when=4", {"store-io"}),
        ("rename:error=EIO:when=2", {"store-io"}),
        ("rename:error=EROFS:when=1", {"store-read-only"}),
        ("openat:error=EACCES:when=2", {"store-read-only", "store-io"}),
    ],
)
def test_a_failing_disk_gets_no_cosignature(folder: Path, injection: str, codes: set[str]) -> None:
    code, said = traced(folder, injection)
    assert code == 3, said
    assert said[-2] in codes
    size = require_never_less(folder, said)
    cosigned = [line for line in said if line.startswith("cosigned ")]
    assert size - len(cosigned) in (0, 1), "at most one step was kept and not answered"
    more = subprocess.run([*ASKER, str(folder), "2"], capture_output=True, env=environment(), check=False)
    assert more.returncode == 0
    require_never_less(folder, [*said, *more.stdout.decode().split("\n")])


def test_everything_is_synced_before_the_answer_leaves(folder: Path, tmp_path: Path) -> None:
    require_strace()
    trace = tmp_path / "trace"
    calls = "write,fsync,rename,renameat,renameat2"
    done = subprocess.run(
        ["strace", "-f", "-qq", "-y", "-o", str(trace), "-e", f"trace={calls}", *ASKER, str(folder), "5"],
        capture_output=True, env=WITH_PATH, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    acts = []
    for line in trace.read_text(errors="replace").splitlines():
        if re.search(r"write\(1<", line) and "cosigned" in line:
            acts.append("said")
        elif f"{MEMORY}.new>" in line:
            acts.append("write" if "write(" in line else "sync file")
        elif "rename" in line and MEMORY in line:
            acts.append("rename")
        elif re.search(rf"fsync\(\d+<{re.escape(str(folder))}>\)\s*= 0", line):
            acts.append("sync folder")
    assert acts == ["write", "sync file", "rename", "sync folder", "said"] * 5


# Other processes


def paused(folder: Path, size: int) -> subprocess.Popen[str]:
    """A process that has checked a checkpoint of this size and not yet kept it."""
    process = subprocess.Popen(
        [*ASKER, str(folder), str(size), "pause"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=environment(),
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == f"checked {size}\n"
    return process


def released(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate("go\n" * 20, timeout=60)
    return said.split("\n")[-2]


def test_two_processes_between_check_and_write(folder: Path) -> None:
    opened(CosignedFiles(folder), vectors.TIME).add_checkpoint(asked(0, 3))
    for first, second in ((7, 9), (20, 15)):
        one, other = paused(folder, first), paused(folder, second)
        assert released(other) == f"answered 200 {second}"
        assert released(one) == f"answered 409 {second}", "it was checked first, and is kept by nobody"
        assert latest(CosignedFiles(folder))[0] == second


def test_a_process_that_is_killed_between_check_and_write_holds_up_nobody(folder: Path) -> None:
    one = paused(folder, 7)
    one.kill()
    one.wait()
    assert released(paused(folder, 5)) == "answered 200 5"


def test_several_processes_climb_one_log(folder: Path) -> None:
    climbers = [
        subprocess.Popen([*ASKER, str(folder), "200"], stdout=subprocess.PIPE, text=True, env=environment())
        for _ in range(3)
    ]
    said = [climber.communicate(timeout=120)[0].split("\n") for climber in climbers]
    told = [tuple(map(int, line.split()[1:])) for lines in said for line in lines if line.startswith("cosigned ")]
    first = {}
    for size, time in sorted(told, key=lambda each: each[1]):
        first.setdefault(size, time)
    assert len(told) > 10
    sizes = [size for size, _ in sorted(first.items(), key=lambda each: each[1])]
    assert sizes == sorted(sizes)
    for lines in said:
        require_never_less(folder, lines)
    assert latest(CosignedFiles(folder))[0] <= MOST


# Disks


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if shutil.which("mount") is None:
        pytest.skip("there is no mount command")
    made = tmp_path / "small"
    made.mkdir()
    mounted(made, "-o", "size=64k")
    yield made
    subprocess.run(["umount", "-l", made], check=False)


def test_a_full_disk_cosigns_nothing_and_forgets_nothing(small_disk: Path) -> None:
    files = CosignedFiles(small_disk)
    files.begin(vectors.ORIGIN)
    one = opened(files, vectors.TIME)
    assert one.add_checkpoint(asked(0, 3)).status == 200
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(bytes(4096))
    with pytest.raises(StoreError, match="store-full"):
        one.add_checkpoint(asked(3, 7))
    assert latest(files)[0] == 3
    assert one.add_checkpoint(asked(5, 7)).body == b"3\n", "it still answers where it stands"
    filler.unlink()
    assert one.add_checkpoint(asked(3, 7)).status == 200


def test_a_read_only_disk_cosigns_nothing(small_disk: Path) -> None:
    files = CosignedFiles(small_disk)
    files.begin(vectors.ORIGIN)
    one = opened(files, vectors.TIME)
    one.add_checkpoint(asked(0, 3))
    done = subprocess.run(["mount", "-o", "remount,ro", small_disk], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this machine does not permit remounting")
    with pytest.raises(StoreError, match="store-read-only"):
        one.add_checkpoint(asked(3, 7))
    assert latest(files)[0] == 3
