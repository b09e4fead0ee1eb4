"""`witnesses.policy` in a ledger's folder: which witnesses are asked, where, and how many of them it takes.

The file is a C2SP tlog-policy: lines `witness NAME VKEY [URL]`, `group NAME K MEMBER…`, one `quorum NAME`; `log` lines
may stand there and must be this log's. A witness without a URL is not asked, but counts when it has cosigned otherwise.
It is read by the reader of trust policies, so that names, keys and groups mean the same in both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from lotchain.app.folder import Configuration
from lotchain.core.add_checkpoint import PATH
from lotchain.core.notes import VerifierKey, parse_vkey
from lotchain.core.request_profile import check_base_url
from lotchain.errors import Malformed, StoreError, UsageError
from lotchain.verify.policy_text import HEADER, MAX_POLICY, parse_policy
from lotchain.verify.trust import Policy

FILE = "witnesses.policy"
_BLANKS = re.compile(r"[ \t]+")
_KNOWN = ("log", "witness", "group", "quorum")
_REST = ("audit-quorum 0", f"charter {'00' * 32}", "max-age 1h")
"""What a trust policy says besides; none of it matters to whom a ledger asks."""


class WitnessAt(NamedTuple):
    """A witness that is asked: its name in the list, its keys, the URL that is posted to."""

    name: str
    keys: tuple[VerifierKey, ...]
    url: str


class WitnessList(NamedTuple):
    """Whom a ledger asks for cosignatures.

    Args:
        policy: whose quorum decides; only log, witnesses, groups and quorum count.
        asked: the witnesses that have a URL, in order.

    """

    policy: Policy
    asked: tuple[WitnessAt, ...]


def read_witness_list(folder: Path, configuration: Configuration) -> WitnessList | None:
    """The list in a ledger's folder, or None where there is none.

    Raises:
        Malformed: the codes of trust policies; `witnesses-line`, for a line of another kind.
        UsageError: `base-url`.
        StoreError: `store-io`.

    """
    file = folder / FILE
    try:
        data = file.read_bytes()[: MAX_POLICY + 1]
    except FileNotFoundError:
        return None
    except OSError as fault:
        raise StoreError("store-io", f"{file} cannot be read: {fault.strerror}") from fault
    return parse_witness_list(data, configuration)


def parse_witness_list(data: bytes, configuration: Configuration) -> WitnessList:
    """Read a list; raises as `read_witness_list`."""
    if len(data) > MAX_POLICY // 2:
        raise Malformed("policy-format", "a list of witnesses is too long", expected=f"at most {MAX_POLICY // 2} bytes")
    lines, urls = _lines(data, configuration.origin)
    own = [f"log {key.encode()}" for key in configuration.present]
    text = "\n".join((HEADER, *lines, *own, *_REST)) + "\n"
    try:
        policy = parse_policy(text.encode("utf-8"))
    except Malformed as fault:
        raise _one_line_up(fault) from None
    asked = (WitnessAt(name, policy.witnesses[name], url) for name, url in urls.items())
    return WitnessList(policy, tuple(asked))


def stated_list(urls: Sequence[str], quorum: int | None, configuration: Configuration) -> WitnessList:
    """A list of URLs alone: any witness that the ledger has admitted may answer at any of them.

    Args:
        urls: submission prefixes.
        quorum: how many admitted witnesses must have cosigned; None is as many as there are different URLs.
        configuration: the ledger's, whose admitted witnesses count, by name.

    Raises:
        UsageError: `base-url`; `witnesses-none-admitted`; `quorum-range`.

    """
    if not configuration.witnesses:
        raise UsageError(
            "witnesses-none-admitted",
            "this ledger has admitted no witness, so it could not tell whose cosignature came back",
            remedy="lotchain ledger admit-witness, with the keys that `witness show` prints",
        )
    # One address named twice is one witness: counted as two it would be waited for in vain.
    addresses = {_posted_to(url): url for url in reversed(urls)}
    names = tuple(dict.fromkeys(key.name for key in configuration.witnesses))
    wanted = len(addresses) if quorum is None else quorum
    if not 0 <= wanted <= len(names):
        raise UsageError(
            "quorum-range", "the quorum is not to be had", expected=f"0 to {len(names)}", found=wanted,
            remedy="state a --quorum, or admit the other witnesses",
        )  # fmt: skip
    lines = [f"witness {key.name} {key.encode()}" for key in configuration.witnesses]
    if wanted:
        lines.append(f"group asked {wanted} {' '.join(names)}")
    lines.append("quorum asked" if wanted else "quorum none")
    made = parse_witness_list(("\n".join(lines) + "\n").encode("utf-8"), configuration)
    asked = (WitnessAt(url, configuration.witnesses, address) for address, url in reversed(addresses.items()))
    return WitnessList(made.policy, tuple(asked))


def _lines(data: bytes, origin: str) -> tuple[list[str], Mapping[str, str]]:
    """The lines for the reader of policies, one for one, and the URL of each witness that has one."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Malformed("policy-format", "a list of witnesses is not UTF-8", found=f"byte {fault.start}") from None
    if not text.endswith("\n"):
        raise Malformed("policy-format", "the last line of a list of witnesses is cut off", found=text[-40:])
    lines: list[str] = []
    urls: dict[str, str] = {}
    for number, line in enumerate(text[:-1].split("\n"), start=1):
        words = _BLANKS.split(line.strip(" \t"))
        keyword = words[0]
        if keyword and not keyword.startswith("#") and keyword not in _KNOWN:
            raise Malformed(
                "witnesses-line",
                "a list of witnesses holds a line of another kind",
                expected=", ".join(_KNOWN),
                found=keyword,
                field=f"line {number}",
            )
        if keyword == "log":
            _require_own(words, origin, number)
        if keyword == "witness" and len(words) == 4:
            url, found = _posted_to(words[3]), f"{words[1]} {words[3]}"
            if urls.setdefault(words[1], url) != url:
                raise Malformed("policy-duplicate", "a witness has two addresses", found=found, field=f"line {number}")
        lines.append("#" if keyword == "log" else line)
    return lines, urls


def _require_own(words: list[str], origin: str, number: int) -> None:
    try:
        name = parse_vkey(words[1] if len(words) > 1 else "").name
    except Malformed as fault:
        raise fault.within(f"line {number}") from None
    if name != origin:
        raise Malformed(
            "policy-log", "a list of witnesses is of another log", expected=origin, found=name, field=f"line {number}"
        )


def _posted_to(prefix: str) -> str:
    return check_base_url(prefix) + PATH


def _one_line_up(fault: Malformed) -> Malformed:
    """The same fault; the reader's first line is not the file's."""
    stated = re.fullmatch(r"line (\d+)(.*)", fault.field)
    field = f"line {int(stated[1]) - 1}{stated[2]}" if stated else fault.field
    return Malformed(
        fault.code, fault.what, expected=fault.expected, found=fault.found, remedy=fault.remedy, field=field
    )
