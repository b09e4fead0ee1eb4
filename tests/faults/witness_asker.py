"""A plain witness that is asked to cosign until it is killed or refused: `witness_asker.py FOLDER [COUNT] [PAUSE]`.

It asks for one entry more each time, and says `cosigned SIZE TIME` once the answer has left, else the fault's code, and
ends with 3. With PAUSE it stops between check and write: it says `checked SIZE` and waits for a line; then it asks for
just one checkpoint, of COUNT entries from where the log stands. Used by the fault tests, under kill -9 and strace.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.vectors_build import witness as vectors
from tests.vectors_build.notes import LOG_KEY

from lotchain.core.add_checkpoint import parse_cosignatures, parse_size, read_head
from lotchain.core.notes import parse_note
from lotchain.errors import LotchainError
from lotchain.storage.cosigned import CosignedFiles
from lotchain.witness.cosigners import ed25519_cosigner
from lotchain.witness.growing import GrowthWitness

MOST = 60


class Ticking:
    """A clock that goes on a second at each look, from where the last run left it."""

    def __init__(self, start_s: int) -> None:
        self.time = start_s

    def now(self) -> int:
        self.time += 1
        return self.time * 1000


class Pausing(CosignedFiles):
    """Waits between check and write until it is told to go on."""

    def exchange(self, origin: str, expected: bytes, note: bytes) -> bool:
        say(f"checked {read_head(parse_note(note)).size}")
        sys.stdin.readline()
        return super().exchange(origin, expected, note)


def say(line: object) -> None:
    os.write(1, f"{line}\n".encode())


def opened(files: CosignedFiles, start_s: int) -> GrowthWitness:
    own = (ed25519_cosigner(vectors.NAME, vectors.SIGNER),)
    return GrowthWitness(own, {vectors.ORIGIN: (LOG_KEY,)}, files, Ticking(start_s))


def asked(old: int, new: int) -> bytes:
    path = vectors.proof(old, new) if 0 < old < new else ()
    return vectors.body(old, path, vectors.noted(vectors.head(new).text())).encode()


def latest(files: CosignedFiles) -> tuple[int, int]:
    """Size and time (s) of what is kept."""
    kept = files.read(vectors.ORIGIN)
    if not kept:
        return 0, vectors.TIME
    note = parse_note(kept)
    return read_head(note).size, int.from_bytes(note.signatures[-1].blob[:8], "big")


def once(folder: str, size: int) -> None:
    """One request that pauses between check and write."""
    old, time = latest(CosignedFiles(folder))
    answer = opened(Pausing(folder), time).add_checkpoint(asked(old, size))
    say(f"answered {answer.status} {parse_size(answer.body) if answer.status == 409 else size}")


def main() -> int:
    if len(sys.argv) > 3:
        once(sys.argv[1], int(sys.argv[2]))
        return 0
    files = CosignedFiles(sys.argv[1])
    size, time = latest(files)
    one = opened(files, time)
    say("ready")
    try:
        for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else 10**9):
            new = min(size + 1, MOST)  # at the end the same one is cosigned anew
            answer = one.add_checkpoint(asked(size, new))
            if answer.status != 200:
                say(f"refused-{answer.status}")
                return 4
            (line,) = parse_cosignatures(answer.body)
            say(f"cosigned {new} {int.from_bytes(line.blob[:8], 'big')}")
            size = new
    except LotchainError as fault:
        say(fault.code)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
