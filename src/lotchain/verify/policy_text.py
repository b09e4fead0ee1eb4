"""The trust policy as a file, `lotchain-policy/v1`: whom an inspector trusts, in lines that can be read aloud.

The lines of C2SP tlog-policy (log, witness, group, quorum), and ours: which witnesses are auditors and how many of
them it takes, which charter, how old an answer may be, whether the treaty's rules count. Strict: an unknown line, a
name or key said twice, or a line left out is refused with its number, since a policy that is read otherwise than it
was meant is worse than none. Byte for byte: `specs/formats/trust-policy.md`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from lotchain.core.encodings import parse_uint, sha256_hex
from lotchain.core.notes import (
    ED25519_COSIGNATURE,
    ED25519_NOTE,
    MAX_NAME,
    VerifierKey,
    parse_vkey,
)
from lotchain.core.statements import audience_of
from lotchain.errors import Malformed
from lotchain.verify.trust import DAY_MS, HOUR_MS, MAX_AGE_MS, NO_QUORUM, Group, Policy, age_fault

HEADER: Final = "lotchain-policy/v1"
MAX_POLICY: Final = 65_536
"""Bytes of the longest policy that is read."""

_BLANKS: Final = re.compile(r"[ \t]+")


def parse_policy(data: bytes) -> Policy:
    """Read a trust policy.

    Args:
        data: the whole file, at most 64 KiB, its last line ended by a newline.

    Raises:
        Malformed: with `field` saying `line N`: `policy-format`, `policy-version`, `policy-line` (unknown line),
            `policy-missing`, `policy-duplicate`, `policy-name`, `policy-log`, `policy-witness`, `policy-group`,
            `policy-audit-quorum`, `policy-charter`, `policy-max-age`, `policy-treaty`, `vkey-format`, `key-weak`.

    """
    lines = _lines(data)
    if lines[0] != HEADER:
        raise Malformed(
            "policy-version",
            "this is not a trust policy that can be read here",
            expected=f"first line {HEADER}",
            found=lines[0],
            field="line 1",
        )
    draft = _Draft()
    for number, line in enumerate(lines[1:], start=2):
        stripped = line.strip(" \t")
        if not stripped or stripped.startswith("#"):
            continue
        try:
            draft.take(stripped, number)
        except Malformed as fault:
            raise fault.within(f"line {number}") from None
    return draft.finish(len(lines))


def format_policy(policy: Policy) -> str:
    """The policy as a file that `parse_policy` reads as the same policy; without comments or addresses."""
    lines = [HEADER]
    lines += [f"log {key.encode()}" for key in policy.log_keys]
    lines += [f"witness {name} {key.encode()}" for name, keys in policy.witnesses.items() for key in keys]
    lines += [f"group {name} {group.threshold} {' '.join(group.members)}" for name, group in policy.groups.items()]
    lines.append(f"quorum {policy.quorum}")
    lines += [f"auditor {name}" for name in policy.auditors]
    lines.append(f"audit-quorum {policy.audit_quorum}")
    lines.append(f"charter {policy.charter.hex()}")
    days, rest = divmod(policy.max_age_ms, DAY_MS)
    lines.append(f"max-age {days}d" if not rest else f"max-age {policy.max_age_ms // HOUR_MS}h")
    lines.append(f"treaty {'required' if policy.treaty_required else 'not-demanded'}")
    return "\n".join(lines) + "\n"


def parse_age(text: str) -> int:
    """A greatest age as a policy writes it, `24h` or `7d`, in milliseconds.

    Raises:
        Malformed: `policy-max-age`.

    """
    unit = {"h": HOUR_MS, "d": DAY_MS}.get(text[-1:])
    if unit is None:
        raise age_fault(text)
    age = _number(text[:-1], "policy-max-age", "the greatest age", MAX_AGE_MS // unit) * unit
    if not age:
        raise age_fault(text)
    return age


class _Draft:
    """What the lines read so far have said."""

    def __init__(self) -> None:
        self.log_keys: list[VerifierKey] = []
        self.witnesses: dict[str, tuple[VerifierKey, ...]] = {}
        self.groups: dict[str, Group] = {}
        self.auditors: list[str] = []
        self.quorum = ""
        self.audit_quorum = 0
        self.charter = b""
        self.max_age_ms = 0
        self.treaty_required = True
        self.publics: set[bytes] = set()
        self.key_ids: set[tuple[str, bytes]] = set()
        self.members: set[str] = set()
        self.said: dict[str, int] = {}
        """Keywords of lines that may stand once, each with its line number."""

    def take(self, line: str, number: int) -> None:
        """Read one line."""
        if not line.isascii():
            raise _format_fault("only comments may hold other characters than ASCII", found=line)
        keyword, *items = _BLANKS.split(line)
        if keyword in _ONCE:
            if keyword in self.said:
                raise _duplicate(f"{keyword} is said twice", f"line {self.said[keyword]} said it first")
            self.said[keyword] = number
        reader = _READERS.get(keyword)
        if reader is None:
            raise Malformed(
                "policy-line",
                "a trust policy holds a line of unknown kind",
                expected=", ".join(_READERS),
                found=keyword,
            )
        reader(self, items)

    def finish(self, last: int) -> Policy:
        """The whole policy, once every line is read."""
        needed = ("quorum", "audit-quorum", "charter", "max-age")
        missing = [keyword for keyword in needed if keyword not in self.said]
        log_keys = sorted(self.log_keys, key=lambda key: key.kind)
        if not log_keys or log_keys[0].kind != ED25519_NOTE:
            missing.insert(0, "log (with an Ed25519 key)")
        if missing:
            raise Malformed(
                "policy-missing",
                "a trust policy leaves out what it must say",
                expected="log, quorum, audit-quorum, charter and max-age",
                found=f"no {', no '.join(missing)}",
                field=f"line {last}",
            )
        try:
            return Policy(
                origin=log_keys[0].name,
                log_keys=tuple(log_keys),
                witnesses=MappingProxyType(self.witnesses),
                groups=MappingProxyType(self.groups),
                quorum=self.quorum,
                auditors=tuple(self.auditors),
                audit_quorum=self.audit_quorum,
                charter=self.charter,
                max_age_ms=self.max_age_ms,
                treaty_required=self.treaty_required,
            )
        except Malformed as fault:
            raise fault.within(f"line {self.said['audit-quorum']}") from None

    def read_log(self, items: list[str]) -> None:
        """`log <vkey> [<url>]`."""
        key = self._key(items, "log <vkey>")
        if key.kind == ED25519_COSIGNATURE:
            raise Malformed("policy-log", "this key is a witness's", expected="a key of type 1 or 6", found="type 4")
        if any(other.name != key.name for other in self.log_keys):
            raise Malformed(
                "policy-log",
                "a trust policy is for one log, whose keys all bear its name",
                expected=self.log_keys[0].name,
                found=key.name,
            )
        try:
            audience_of(key.name, None)  # the ledger's statements are made out to this name
        except Malformed as fault:
            raise Malformed(
                "policy-log", "this cannot be a ledger's name", expected=fault.expected, found=key.name
            ) from None
        self.log_keys.append(key)

    def read_witness(self, items: list[str]) -> None:
        """`witness NAME <vkey> [<url>]`."""
        if not items:
            raise _items_fault("witness NAME <vkey>")
        name = items[0]
        known = self.witnesses.get(name, ())
        if not known:
            self._new_name(name)
        key = self._key(items[1:], "witness NAME <vkey>")
        if key.kind == ED25519_NOTE:
            raise Malformed("policy-witness", "this key is a log's", expected="a key of type 4 or 6", found="type 1")
        self.witnesses[name] = tuple(sorted((*known, key), key=lambda each: each.kind))

    def read_group(self, items: list[str]) -> None:
        """`group NAME k|any|all M...`."""
        if len(items) < 3:
            raise _items_fault("group NAME k|any|all MEMBER...")
        name, wanted, *members = items
        for member in members:
            if member not in self.witnesses and member not in self.groups:
                raise _unknown_name(member)
            if member in self.members:
                raise _duplicate("a witness or group is a member twice", member)
            self.members.add(member)
        self._new_name(name)
        if wanted in ("any", "all"):
            threshold = 1 if wanted == "any" else len(members)
        else:
            threshold = _number(wanted, "policy-group", "a group's threshold", len(members))
        if threshold < 1:
            raise Malformed("policy-group", "a group asks for nobody", expected=f"1 to {len(members)}", found=wanted)
        self.groups[name] = Group(threshold, tuple(members))

    def read_quorum(self, items: list[str]) -> None:
        """`quorum NAME|none`."""
        (name,) = _exactly_one(items, "quorum NAME")
        if name != NO_QUORUM and name not in self.witnesses and name not in self.groups:
            raise _unknown_name(name)
        self.quorum = name

    def read_auditor(self, items: list[str]) -> None:
        """`auditor NAME`."""
        (name,) = _exactly_one(items, "auditor NAME")
        if name not in self.witnesses:
            raise _unknown_name(name, "a witness listed above")
        if name in self.auditors:
            raise _duplicate("an auditor is listed twice", name)
        self.auditors.append(name)

    def read_audit_quorum(self, items: list[str]) -> None:
        """`audit-quorum K`."""
        (text,) = _exactly_one(items, "audit-quorum K")
        self.audit_quorum = _number(text, "policy-audit-quorum", "the audit quorum", MAX_POLICY)

    def read_charter(self, items: list[str]) -> None:
        """`charter <64 hex>`."""
        (text,) = _exactly_one(items, "charter <64 hex>")
        try:
            self.charter = sha256_hex(text)
        except Malformed:
            raise Malformed(
                "policy-charter", "this is no statement id", expected="64 lower-case hex digits", found=text
            ) from None

    def read_max_age(self, items: list[str]) -> None:
        """`max-age <N>h|<N>d`."""
        (text,) = _exactly_one(items, "max-age <N>h or <N>d")
        self.max_age_ms = parse_age(text)

    def read_treaty(self, items: list[str]) -> None:
        """`treaty required|not-demanded`."""
        (text,) = _exactly_one(items, "treaty required or not-demanded")
        if text not in ("required", "not-demanded"):
            raise Malformed(
                "policy-treaty", "this says nothing about the treaty", expected="required or not-demanded", found=text
            )
        self.treaty_required = text == "required"

    def _key(self, items: list[str], form: str) -> VerifierKey:
        """The key of a log or witness line, new to this policy; an address after it is allowed and not kept."""
        if len(items) not in (1, 2) or (len(items) == 2 and not items[1].startswith(("https://", "http://"))):
            raise _items_fault(f"{form}, then at most a web address")
        key = parse_vkey(items[0])
        if key.public in self.publics:
            raise _duplicate("a public key is listed twice", key.name)
        if (key.name, key.key_id) in self.key_ids:
            raise _duplicate("two keys share one name and key id", f"{key.name} {key.key_id.hex()}")
        self.publics.add(key.public)
        self.key_ids.add((key.name, key.key_id))
        return key

    def _new_name(self, name: str) -> None:
        if name == NO_QUORUM or len(name) > MAX_NAME:
            raise Malformed("policy-name", "a witness or group cannot be called this", found=name)
        if name in self.witnesses or name in self.groups:
            raise _duplicate("a name is given twice", name)


_READERS: Final[Mapping[str, Callable[[_Draft, list[str]], None]]] = {
    "log": _Draft.read_log,
    "witness": _Draft.read_witness,
    "group": _Draft.read_group,
    "quorum": _Draft.read_quorum,
    "auditor": _Draft.read_auditor,
    "audit-quorum": _Draft.read_audit_quorum,
    "charter": _Draft.read_charter,
    "max-age": _Draft.read_max_age,
    "treaty": _Draft.read_treaty,
}
_ONCE: Final = frozenset({"quorum", "audit-quorum", "charter", "max-age", "treaty"})


def _lines(data: bytes) -> list[str]:
    """The file's lines, its limits and character set checked."""
    if len(data) > MAX_POLICY:
        raise _format_fault("it is too long", expected=f"at most {MAX_POLICY} bytes", found=f"{len(data)} bytes")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise _format_fault("it is not UTF-8", found=f"byte {fault.start}") from None
    if not text.endswith("\n"):
        raise _format_fault(
            "its last line is not ended by a newline",
            found=text[-40:],
            remedy="it may have been cut short: fetch it anew",
        )
    lines = text[:-1].split("\n")
    for number, line in enumerate(lines, start=1):
        control = next((c for c in line if (c < " " and c != "\t") or c == "\x7f"), None)
        if control is not None:
            refused = _format_fault(
                "it holds a control character", expected="tabs and newlines only", found=repr(control)
            )
            raise refused.within(f"line {number}")
    return lines


def _exactly_one(items: list[str], form: str) -> list[str]:
    if len(items) != 1:
        raise _items_fault(form)
    return items


def _number(text: str, code: str, what: str, most: int) -> int:
    try:
        return parse_uint(text, max_value=most)
    except Malformed:
        raise Malformed(code, f"{what} is out of range", expected=f"at most {most}, plain digits", found=text) from None


def _items_fault(form: str) -> Malformed:
    return _format_fault("a line has too few or too many parts", expected=form)


def _format_fault(why: str, *, expected: str = "", found: object = "", remedy: str = "") -> Malformed:
    return Malformed(
        "policy-format", f"a trust policy cannot be read: {why}", expected=expected, found=found, remedy=remedy
    )


def _duplicate(what: str, found: str) -> Malformed:
    return Malformed("policy-duplicate", what, expected="once", found=found)


def _unknown_name(name: str, expected: str = "a witness or group defined above") -> Malformed:
    return Malformed("policy-name", "a name stands for nothing", expected=expected, found=name)
