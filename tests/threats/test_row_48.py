"""Threat row 48, ReDoS: a text on which a pattern goes back and forth, for minutes.

The row asks for linear patterns and lengths first: `a` a hundred thousand times and `!` on each field, under 50 ms. Here
every pattern that the program has is tried by itself, longer than any limit would let a text through, and the readers of
what strangers send are tried whole.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

import lotchain
from lotchain.core import canonical_json, ids, instants, quantities
from lotchain.core.add_checkpoint import parse_cosignatures, parse_request, parse_size
from lotchain.core.notes import parse_note, parse_vkey
from lotchain.core.request_profile import check_base_url
from lotchain.core.tile_paths import parse_tile_path
from lotchain.core.tlog_proof import parse_tlog_proof
from lotchain.errors import LotchainError
from lotchain.service.exchange import Asked, takes_gzip
from lotchain.service.signed import read_fields
from lotchain.verify.policy_text import parse_policy

_MANY = 100_000
_UNITS = (
    "a",
    "0",
    "a.",
    "a-",
    "-",
    " ",
    "\t",
    ".",
    "/",
    "x001/",
    "~",
    "=",
    ";",
    '"',
    "\\",
    "%61",
    "aA0_-",
    "0.",
    "1:",
    "é",
    "\n",
)
_MOST_S = 0.5
"""Seconds on a busy machine; what grows with the square of its length takes minutes."""


def patterns() -> dict[str, re.Pattern[str] | re.Pattern[bytes]]:
    """Every pattern that stands in a module of the program."""
    found: dict[str, re.Pattern[str] | re.Pattern[bytes]] = {}
    for info in pkgutil.walk_packages(lotchain.__path__, "lotchain."):
        if info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                found[f"{info.name}.{name}"] = value
    return found


PATTERNS = patterns()


def took(done: Callable[[], object]) -> float:
    begun = time.perf_counter()
    done()
    return time.perf_counter() - begun


def test_there_are_patterns_to_try() -> None:
    assert len(PATTERNS) > 20


@pytest.mark.parametrize("name", sorted(PATTERNS))
def test_no_pattern_goes_back_and_forth(name: str) -> None:
    pattern = PATTERNS[name]
    for unit in _UNITS:
        text = (unit * (_MANY // len(unit))) + "!"
        value = text.encode("utf-8") if isinstance(pattern.pattern, bytes) else text
        seconds = min(took(lambda: (pattern.fullmatch(value), pattern.match(value))) for _ in range(2))  # type: ignore[arg-type, misc]  # noqa: B023
        assert seconds < _MOST_S, f"{pattern.pattern!r} on {unit!r}"


def _fields(text: str) -> object:
    return read_fields(Asked("GET", "/", "", (("signature-input", text), ("signature", text))))


READERS: dict[str, Callable[[str], object]] = {
    "an id": lambda text: ids.check(text, None, "x"),
    "a lot": lambda text: ids.check(f"lot:CN-MAKER/{text}", "lot", "x"),
    "an instant": lambda text: instants.parse_instant(text, field="x"),
    "a quantity": lambda text: quantities.parse_quantity(text, "KGM", field="x"),
    "a note": lambda text: parse_note(text.encode()),
    "a note's line": lambda text: parse_note(f"a\n\n\u2014 {text}\n".encode()),
    "a key": parse_vkey,
    "a witness's request": lambda text: parse_request(f"old {text}\n\n".encode()),
    "a witness's lines": lambda text: parse_cosignatures(text.encode()),
    "a witness's size": lambda text: parse_size(text.encode()),
    "a policy": lambda text: parse_policy(f"lotchain-policy/v1\n{text}\n".encode()),
    "a tile's path": lambda text: parse_tile_path(f"tile/0/{text}"),
    "an address": lambda text: check_base_url(f"https://{text}/"),
    "a signature's fields": lambda text: _fields(text[:2_048]),
    "a proof": lambda text: parse_tlog_proof(f"c2sp.org/tlog-proof@v1\nindex {text}\n\n".encode()),
    "JSON": lambda text: canonical_json.decode(text.encode(), what="x"),
    "accepted codings": lambda text: takes_gzip(Asked("GET", "/", "", (("accept-encoding", text),))),
}


@pytest.mark.parametrize("name", READERS)
def test_no_reader_takes_longer_than_its_text_is_long(name: str) -> None:
    for unit in _UNITS:
        text = (unit * (_MANY // len(unit))) + "!"

        def read() -> None:
            with suppress(LotchainError):
                READERS[name](text)  # noqa: B023

        assert min(took(read) for _ in range(2)) < _MOST_S, unit
