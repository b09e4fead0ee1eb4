"""A process that submits to a real ledger until it is killed: `ledger_writer.py FOLDER`.

Prints `ready`, then after each acknowledged batch one line: the index and statement id of its first and last
statement, and the checkpoint's size and root. Every few batches it publishes and says so. Used under kill -9.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.unit.world import START, World

from lotchain.app.wiring import open_ledger
from lotchain.core.checkpoints import parse_checkpoint_text
from lotchain.core.notes import parse_note
from lotchain.ledger.receipts import Receipt


class Fixed:
    """A clock that stands still, so that a rerun signs the same statements."""

    def now(self) -> int:
        return START


def say(line: object) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> None:
    ledger = open_ledger(sys.argv[1], clock=Fixed())
    world = World()
    fed = 0
    say("ready")
    for n in range(10**6):
        # A name that no earlier run has used: a killed run may have gone further than it could say.
        lot = world.make(f"K-{ledger.size}-{n}", 5)
        if n % 3 == 0:
            world.offer("maker", "carrier", lot)
        fresh = [cited.raw for cited in world.log.values()][fed:]
        fed += len(fresh)
        answers = ledger.submit(fresh)
        receipts = [answer for answer in answers if isinstance(answer, Receipt)]
        if len(receipts) != len(fresh):
            raise SystemExit(f"refused: {answers}")
        for receipt in (receipts[0], receipts[-1]):
            root = parse_checkpoint_text(parse_note(receipt.note).text).root
            say(f"entry {receipt.index} {receipt.statement_id.hex()} {receipt.size} {root.hex()}")
        if n % 4 == 3:
            note = ledger.publish()
            checkpoint = parse_checkpoint_text(parse_note(note).text)
            say(f"published {checkpoint.size} {checkpoint.root.hex()}")


if __name__ == "__main__":
    main()
