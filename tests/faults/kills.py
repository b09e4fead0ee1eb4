"""Kill a writing process at random points, many times, and check what it left each time.

Works for any writer that prints one line, flushed, when it is ready, and then one line for each append that was
acknowledged. So the same loop serves the bare store here and the whole ledger elsewhere.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from random import Random

READY_S = 120
"""Seconds in which a writer must be ready, however busy the machine is."""


def kill_writers(
    kills: int,
    command: Sequence[str],
    check: Callable[[list[str]], None],
    *,
    seed: int = 0,
    longest: float = 0.04,
    environment: dict[str, str] | None = None,
) -> int:
    """Start `command` and kill -9 it `kills` times, after 0 to `longest` seconds of work.

    After each kill `check` gets every line acknowledged so far, oldest first, over all the runs; it opens what was
    left and asserts. A line that was cut off in the middle counts as not acknowledged. Returns their number.
    """
    random = Random(seed)
    acknowledged: list[str] = []
    for _ in range(kills):
        with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as writer:
            assert writer.stdout is not None
            patience = threading.Timer(READY_S, writer.kill)
            patience.start()
            ready = writer.stdout.readline()
            patience.cancel()
            assert ready, f"the writer ended, or was not ready in {READY_S} s"
            time.sleep(random.random() * longest)
            writer.kill()
            lines = writer.stdout.read().split(b"\n")[:-1]
        assert writer.returncode == -9, f"the writer ended by itself with {writer.returncode}"
        acknowledged.extend(line.decode() for line in lines)
        check(acknowledged)
    return len(acknowledged)
