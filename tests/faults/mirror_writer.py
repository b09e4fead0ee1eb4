"""A mirror that follows until it is killed: `mirror_writer.py FOLDER`.

Prints `ready`, then after each round that ends in step one line: the size and root that it has cosigned. It writes in
small groups, so that there is much to be killed in. Used under kill -9.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from lotchain.app.mirroring import open_mirror


def say(line: object) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> None:
    with open_mirror(sys.argv[1]) as mirror:
        mirror._replica._group = 8
        say("ready")
        while True:
            done = mirror.round(anew=True)
            if done.cosigned is not None:
                say(f"cosigned {done.size} {done.cosigned.checkpoint.root.hex()}")
            time.sleep(0.002)


if __name__ == "__main__":
    main()
