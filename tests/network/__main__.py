"""`python -m tests.network`: three countries watch one log; one is cut off, one lies, the operator shows two views.

Real processes: `lotchain serve`, `lotchain ledger publish`, three `lotchain mirror`. Where the machine permits it (Linux,
root), each country is in a network namespace of its own, and cutting it off is pulling its link.

Options: `--short` for the first three steps, `--ports` for no namespaces. The last line is `network: n of n as expected`;
the exit code is 0 only then.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.network.operator_side import COUNTRIES
from tests.network.places import places
from tests.network.steps import play


def main() -> int:
    """Play it, and say how much was as expected."""
    parser = argparse.ArgumentParser(prog="python -m tests.network", description=__doc__.partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="the first three steps")
    parser.add_argument("--ports", action="store_true", help="ports of this machine, no network namespaces")
    options = parser.parse_args()
    begun = time.monotonic()

    def told(line: str) -> None:
        print(line, flush=True)

    with TemporaryDirectory(prefix="lotchain-network-") as path, places(
        COUNTRIES, namespaces=not options.ports
    ) as where:  # fmt: skip
        told(f"three countries ({', '.join(COUNTRIES)}) and one operator, in {where.kind}")
        found, expected = play(Path(path), where, told, short=options.short)
    told(f"network: {found} of {expected} as expected ({time.monotonic() - begun:.0f} s)")
    return 0 if found == expected else 1


if __name__ == "__main__":
    sys.exit(main())
