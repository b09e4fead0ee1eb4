"""A process that appends to a store until it is killed or refused: `store_writer.py FILE [BATCHES]`.

Prints `ready`, then the log's size after each acknowledged append; a refusal ends it with its code as the last line
and exit code 3. Used by the fault tests, under kill -9 and strace.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.contract.builders import Fabricator

from lotchain.errors import StoreError
from lotchain.storage.sqlite import SqliteStore

NAMES = [f"lot:{n}" for n in range(7)]


def say(line: object) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> int:
    store = SqliteStore.open(sys.argv[1])
    batches = int(sys.argv[2]) if len(sys.argv) > 2 else 10**9
    maker = Fabricator()
    head = store.head()
    maker.size = head.size if head else 0
    maker.lengths = {name: len(store.history(name)) for name in NAMES}
    say("ready")
    try:
        for _ in range(batches):
            store.append(maker.batch([(NAMES[(maker.size + n) % 7],) for n in range(9)]))
            say(maker.size)
    except StoreError as error:
        say(error.code)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
