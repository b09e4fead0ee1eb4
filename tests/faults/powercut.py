"""A model of a power cut: what the disk may hold is all that was synced, and any part of the rest.

strace records the writes, truncations, syncs and unlinks of one run of a writer. Then, for random points in that
record, disk images are built as a power cut at that point could leave them: synced bytes whole, of the others none,
all, a first part or any subset, large ones torn at 512 bytes; files removed without a sync of their folder may be
back. `kill -9` shows nothing of this, since the kernel's cache outlives a process.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

SECTOR = 512

_CALLS = "openat,pwrite64,write,fdatasync,fsync,ftruncate,unlink"
_PWRITE = re.compile(r'pwrite64\(\d+<([^>]*)>, "([^"]*)", (\d+), (\d+)\)\s*= (\d+)')
_SAID = re.compile(r'write\(1<[^>]*>, "([^"]*)"')
_SYNC = re.compile(r"(?:fdatasync|fsync)\(\d+<([^>]*)>\)\s*= 0")
_TRUNCATE = re.compile(r"ftruncate\(\d+<([^>]*)>, (\d+)\)\s*= 0")
_UNLINK = re.compile(r'unlink\("([^"]*)"\)\s*= 0')


@dataclass(frozen=True)
class Act:
    """One thing that the writer did: `kind` is write, truncate, sync, unlink or said."""

    kind: str
    path: str = ""
    offset: int = 0
    data: bytes = b""


def record(command: Sequence[str], folder: Path, environment: dict[str, str]) -> list[Act]:
    """Run a writer to its end under strace; its acts on files in `folder`, and what it said, in order."""
    trace = folder.with_name(folder.name + ".trace")
    strace = ["strace", "-f", "-qq", "-y", "-xx", "-s", "1000000", "-o", str(trace), "-e", f"trace={_CALLS}"]
    done = subprocess.run([*strace, *command], capture_output=True, env=environment, check=False, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    acts = [act for line in trace.read_text(errors="replace").splitlines() for act in _read(line)]
    return [act for act in acts if act.kind == "said" or act.path.startswith(str(folder))]


def _read(line: str) -> list[Act]:
    if found := _PWRITE.search(line):
        path, data, length, offset, done = found.groups()
        assert length == done
        return [Act("write", _name(path), int(offset), _bytes(data))]
    if found := _SAID.search(line):
        return [Act("said", data=_bytes(found[1]))]
    if found := _SYNC.search(line):
        return [Act("sync", _name(found[1]))]
    if found := _TRUNCATE.search(line):
        return [Act("truncate", _name(found[1]), int(found[2]))]
    if found := _UNLINK.search(line):
        return [Act("unlink", _name(found[1]))]
    return []


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _name(text: str) -> str:
    return os.fsdecode(_bytes(text)) if text.startswith("\\x") else text


def power_cuts(
    trials: int,
    start: dict[str, bytes],
    acts: Sequence[Act],
    folder: Path,
    check: Callable[[Path, bytes], None],
    *,
    seed: int = 0,
) -> None:
    """Build `trials` images in `folder` and have each checked.

    `start` is what every file held, synced, before the record began. `check` gets the folder of the image and all
    that the writer had said until the cut, and asserts.
    """
    random = Random(seed)
    for _ in range(trials):
        cut = random.randrange(1, len(acts) + 1)
        image, said = _image(start, acts[:cut], random)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for path, data in image.items():
            if not path.endswith("-shm"):  # shared memory, rebuilt at opening
                (folder / Path(path).name).write_bytes(data)
        check(folder, said)


def _image(start: dict[str, bytes], acts: Sequence[Act], random: Random) -> tuple[dict[str, bytearray], bytes]:
    durable = {path: bytearray(data) for path, data in start.items()}
    ghosts: dict[str, bytearray] = {}
    said = b""
    pending: defaultdict[str, list[Act]] = defaultdict(list)
    for act in acts:
        if act.kind == "said":
            said += act.data
        elif act.kind == "unlink":
            ghosts[act.path] = durable.pop(act.path, bytearray())
            pending.pop(act.path, None)
        elif act.kind == "sync" and Path(act.path).suffix == "":
            ghosts.clear()
        elif act.kind == "sync":
            data = durable.setdefault(act.path, bytearray())
            for waiting in pending.pop(act.path, []):
                _apply(data, waiting)
        else:
            ghosts.pop(act.path, None)
            pending[act.path].append(act)
    for path, waiting_acts in pending.items():
        _apply_partly(durable.setdefault(path, bytearray()), waiting_acts, random)
    for path, data in ghosts.items():
        if path not in durable and random.random() < 0.5:
            durable[path] = data
    return durable, said


def _apply_partly(data: bytearray, acts: Sequence[Act], random: Random) -> None:
    how = random.choice(["none", "all", "subset", "first part"])
    until = random.randrange(len(acts) + 1) if how == "first part" else len(acts)
    for act in acts[:until]:
        if how == "none" or (how == "subset" and random.random() < 0.5):
            continue
        if act.kind == "write" and len(act.data) > SECTOR and random.random() < 0.3:
            for at in range(0, len(act.data), SECTOR):
                if random.random() < 0.5:
                    _apply(data, Act("write", act.path, act.offset + at, act.data[at : at + SECTOR]))
        else:
            _apply(data, act)


def _apply(data: bytearray, act: Act) -> None:
    data.extend(bytes(max(0, act.offset - len(data))))
    if act.kind == "truncate":
        del data[act.offset :]
    else:
        data[act.offset : act.offset + len(act.data)] = act.data
