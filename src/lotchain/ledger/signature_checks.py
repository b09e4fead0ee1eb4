"""Checking a batch's signatures by two threads at once, for whoever replays a log that others go on writing.

Signature checks are the one part of a replay that leaves the interpreter, so a second thread can share them. Only keys
that stand before the batch are used here: a statement whose key is enrolled in its own batch is left to the judge.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from lotchain.core.ids import key_subject
from lotchain.core.keys import PublicKey
from lotchain.core.statements import Statement, verify_signature
from lotchain.custody import keys
from lotchain.custody.case import State

FEWEST = 6
"""Signatures for which asking the other thread pays."""


class SignatureChecks:
    """Checks the signatures of batches; owns one thread, which begins with the first batch and ends with `close`."""

    def __init__(self) -> None:
        self._second = ThreadPoolExecutor(1, thread_name_prefix="checking signatures")

    def check(
        self, statements: Sequence[Statement | None], state: Callable[[str], State | None]
    ) -> tuple[bool | None, ...]:
        """Whether each was signed by the key that it names; for `Context.signature_verified`.

        A key's name is its thumbprint, so its state may lose validity in the batch, yet never change the key.

        Args:
            statements: of one batch; None where an entry could not be read.
            state: a subject's state before the batch.

        Returns:
            One answer a statement; None leaves the check to the judge: where the key is not known yet, and everywhere
            in a batch of fewer than `FEWEST`.

        """
        verdicts: list[bool | None] = [None] * len(statements)
        if len(statements) < FEWEST:
            return tuple(verdicts)
        left: deque[tuple[int, Statement, PublicKey]] = deque()
        for index, statement in enumerate(statements):
            if statement is not None and (key := state(key_subject(statement.kid))) is not None:
                left.append((index, statement, keys.public_key(key)))

        def work() -> None:
            while True:
                try:
                    index, statement, key = left.popleft()
                except IndexError:
                    return
                verdicts[index] = verify_signature(statement, key)

        helping = self._begin(work)
        try:
            work()
        finally:
            left.clear()  # where this thread was interrupted, the other shall not go on
            if helping is not None:
                helping.result()
        return tuple(verdicts)

    def _begin(self, work: Callable[[], None]) -> Future[None] | None:
        """The other thread at work, or None where the machine gives no thread: then this one does it all."""
        try:
            return self._second.submit(work)
        except RuntimeError:
            return None

    def close(self) -> None:
        """End the thread."""
        self._second.shutdown()
