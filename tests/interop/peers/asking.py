"""What every checker in Python has in common: questions in, answers out, one file each. Needs the standard library.

check.py CASES ANSWERS      answer each case of a kind known here: does it hold?
check.py --make MADE        make what made_by_peers.json records, from fixed seeds
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Check = Callable[[Mapping[str, Any]], None]
"""Raises, whatever it likes, where the case does not hold."""


def answer(known: Mapping[str, Check], make: Callable[[], Mapping[str, Any]]) -> None:
    """The whole program."""
    if sys.argv[1] == "--make":
        Path(sys.argv[2]).write_text(json.dumps(make()))
        return
    answers = []
    for case in json.loads(Path(sys.argv[1]).read_text()):
        check = known.get(case["kind"])
        if check is None:
            continue
        said: dict[str, Any] = {"id": case["id"], "holds": True}
        try:
            check(case["inputs"])
        except Exception as fault:
            said |= {"holds": False, "why": f"{type(fault).__name__}: {fault}"}
        answers.append(said)
    Path(sys.argv[2]).write_text(json.dumps(answers))


def require(held: object, what: str) -> None:
    """Raise unless it held."""
    if not held:
        raise ValueError(what)


def unhexed(texts: list[str]) -> list[bytes]:
    """Bytes of each text."""
    return [bytes.fromhex(text) for text in texts]
