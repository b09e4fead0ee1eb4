"""A mirror that runs: round after round until it is told to end, answering publishers meanwhile if it is asked to."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lotchain.app.mirror_answers import MirrorAnswers
from lotchain.app.mirror_rounds import IN_STEP, STOPPED, WAITING, Round
from lotchain.app.mirroring import Mirror
from lotchain.errors import StoreError
from lotchain.service.app import application
from lotchain.service.running import bind, require_extra, run, url_of
from lotchain.service.witness_app import witness_endpoints

Told = Callable[[Round], None]

LONGEST_PAUSE_S = 60.0
"""How long a mirror waits at most before it tries again."""
_PASSING = frozenset({"store-full", "store-busy", "store-io", "outcome-unknown", "witness-memory", "mark-io"})
"""Faults of this machine that may pass: nothing is cosigned meanwhile, and no work is lost."""


def follow(
    mirror: Mirror, told: Told, ended: threading.Event, *, every_s: float = 1.0, catching_up: bool = False
) -> Round | None:
    """Round after round, until `ended` is set or the mirror has stopped; gives the last one.

    While the log's server or this machine fails, the pause doubles up to a minute.

    Args:
        mirror: at work.
        told: of each round.
        ended: set by whoever wants it to end.
        every_s: pause between rounds that are in step.
        catching_up: a person's decision to take batches that came late; for the first round that gets through.

    Raises:
        StoreError, SigningError: those that do not pass by themselves.

    """
    mirror.interrupted_by(ended)
    pause, done = every_s, None
    while not ended.is_set():
        done = _round(mirror, catching_up=catching_up)
        if ended.is_set() and done.state == WAITING:
            break
        told(done)
        if done.state == STOPPED:
            return done
        if done.state == IN_STEP:
            catching_up, pause = False, every_s
        else:
            pause = min(max(2 * pause, every_s), LONGEST_PAUSE_S)
        ended.wait(pause)
    return done


def _round(mirror: Mirror, *, catching_up: bool) -> Round:
    try:
        return mirror.round(catching_up=catching_up)
    except StoreError as fault:
        if fault.code not in _PASSING:
            raise
        return mirror.failed(fault)


def follow_and_answer(
    mirror: Mirror,
    told: Told,
    address: tuple[str, int],
    started: Callable[[str], None],
    *,
    every_s: float = 1.0,
    catching_up: bool = False,
) -> Round | None:
    """Follow in a thread and answer `add-checkpoint` on a socket, until told to end or the mirror stops.

    Args:
        mirror: at work.
        told: of each round, in that thread.
        address: host and port to listen on; port 0 takes a free one.
        started: told the URL once requests can come.
        every_s: pause between rounds that are in step.
        catching_up: see `follow`.

    Raises:
        UsageError: `extra-missing`, `address-unusable`.
        StoreError, SigningError: as `follow`.

    """
    require_extra()
    listening = bind(*address)
    url = url_of(listening)
    ended = threading.Event()
    last: list[Round | None] = []
    failed: list[Exception] = []

    def work() -> None:
        try:
            last.append(follow(mirror, told, ended, every_s=every_s, catching_up=catching_up))
        except Exception as fault:
            failed.append(fault)
        if not ended.is_set():
            signal.raise_signal(signal.SIGTERM)  # the service ends as if it had been told to

    worker = threading.Thread(target=work, name="mirror", daemon=True)

    def begin() -> None:
        started(url)
        worker.start()

    run(application(witness_endpoints(MirrorAnswers(mirror))), listening, begin)
    ended.set()
    worker.join()
    if failed:
        raise failed[0]
    return last[0] if last else None


@contextmanager
def ended_by_signals() -> Iterator[threading.Event]:
    """An event that SIGINT and SIGTERM set, so that what is under way is finished; a second SIGINT interrupts it."""
    ended = threading.Event()

    def end(number: int, _: object) -> None:
        if ended.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
