"""Regenerates every vector file, schema and generated page: `python -m tests.vectors_build`.

The tests compare what is there with what would be made, so a change of a format or a judgement shows in the diff.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
LAST = ("event_pages",)
"""Made from what the others made."""


def main() -> None:
    builders = [
        path.stem
        for path in sorted(FOLDER.glob("*.py"))
        if path.stem not in ("__init__", "__main__", *LAST) and 'if __name__ == "__main__"' in path.read_text()
    ]
    for name in (*builders, *LAST):
        print(f"making {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"tests.vectors_build.{name}"], check=True, cwd=FOLDER.parents[1])


if __name__ == "__main__":
    main()
