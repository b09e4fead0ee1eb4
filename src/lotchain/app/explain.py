"""What a file is and says, for people: any format of this project. Nothing is verified here, and the answer says so."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lotchain.core import canonical_json
from lotchain.core.checkpoints import parse_checkpoint_text
from lotchain.core.closing import is_closing, parse_closing
from lotchain.core.ids import key_subject
from lotchain.core.instants import format_instant
from lotchain.core.keys import parse_public_key
from lotchain.core.notes import parse_note
from lotchain.core.packets import decode_packet, is_packet
from lotchain.errors import Malformed
from lotchain.events.reading import Reading, read_entry, read_event
from lotchain.intake.drafts import parse_draft
from lotchain.intake.json_text import read_json
from lotchain.verify.bundle import MAX_BUNDLE, decode_bundle
from lotchain.verify.evidence import decode_evidence
from lotchain.verify.policy import parse_policy

MAX_SHOWN = MAX_BUNDLE
_DAY_MS = 86_400_000
_NOT_CHECKED = "no signature was checked"


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a file is.

    Args:
        kind: its format, in words.
        rows: label and value.
        steps: what it holds, each a heading with its own rows: statements of a packet or bundle.
        warning: what was not checked.

    """

    kind: str
    rows: tuple[tuple[str, str], ...]
    steps: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = field(default=())
    warning: str = ""

    def as_json(self) -> dict[str, Any]:
        """The same for machines."""
        shown: dict[str, Any] = {"kind": self.kind, "says": dict(self.rows)}
        if self.steps:
            shown["holds"] = [{"what": title, "says": dict(rows)} for title, rows in self.steps]
        if self.warning:
            shown["not_checked"] = self.warning
        return shown


def explain(data: bytes) -> Explanation:
    """What the bytes of a file are, but for key files, which only the signing desk opens.

    Raises:
        Malformed: `file-unknown`; or the fault of the format that the file claims to be in.

    """
    for claims, reader in _READERS:
        if claims(data):
            return reader(data)
    raise Malformed(
        "file-unknown",
        "this is no file of lotchain",
        expected="a statement, packet, bundle, evidence, checkpoint, trust policy, draft, event, key file or "
        "configuration",
        found=data[:24].hex(),
    )


def _statement(data: bytes) -> Explanation:
    reading = read_entry(data)
    return Explanation("signed statement", _statement_rows(reading), warning=_NOT_CHECKED)


def _statement_rows(reading: Reading) -> tuple[tuple[str, str], ...]:
    statement, event = reading.statement, reading.event
    card = event.card()
    seen = "none named" if event.seen is None else f"{event.seen.size}:{event.seen.root}"
    follows = [("names", cited) for cited in event.cites()]
    return (
        ("event", f"{event.type}: {card.title}"),
        ("says", card.sentence),
        *card.lines,
        ("occurred at", event.occurred_at),
        ("issuer", statement.issuer),
        ("key", key_subject(statement.kid)),
        ("signed at", format_instant(statement.signed_at * 1000)),
        ("subject", statement.subject),
        ("audience", statement.audience),
        ("seen", seen),
        *follows,
        ("id", statement.hex_id),
        ("bytes", str(len(statement.raw))),
    )


def _entry_step(number: int, raw: bytes) -> tuple[str, tuple[tuple[str, str], ...]]:
    try:
        reading = read_entry(raw)
    except Malformed as fault:
        return f"{number}: cannot be read", (("fault", str(fault)),)
    statement = reading.statement
    return f"{number}: {reading.event.TITLE}", (
        ("says", reading.event.sentence()),
        ("issuer", statement.issuer),
        ("id", statement.hex_id),
    )


def _packet(data: bytes) -> Explanation:
    packet = decode_packet(data)
    rows = (("statements", str(len(packet.statements))), ("openings", str(len(packet.openings))))
    steps = tuple(_entry_step(number, raw) for number, raw in enumerate(packet.statements, 1))
    return Explanation("packet of signed statements", rows, steps, _NOT_CHECKED)


def _bundle(data: bytes) -> Explanation:
    bundle = decode_bundle(data)
    rows = (
        ("lot", bundle.lot),
        *_note_rows(bundle.note),
        ("statements", str(len(bundle.statements))),
        ("closing records", str(len(bundle.closings))),
        ("subjects proved", ", ".join(proof.subject for proof in bundle.subjects)),
        ("openings", str(len(bundle.openings))),
        ("bytes", str(len(data))),
    )
    steps = tuple(_entry_step(leaf.index, leaf.raw) for leaf in bundle.statements)
    return Explanation("bundle", rows, steps, "nothing was verified: see `lotchain verify`")


def _evidence(data: bytes) -> Explanation:
    evidence = decode_evidence(data)
    notes = [parse_checkpoint_text(parse_note(tree.note).text) for tree in evidence.trees]
    rows = (
        ("of", evidence.kind),
        *(("checkpoint", f"{tree.origin}, size {tree.size}, root {tree.root.hex()}") for tree in notes),
        ("entries shown", str(sum(len(tree.leaves) for tree in evidence.trees))),
        ("bytes", str(len(data))),
    )
    steps = tuple(_entry_step(leaf.index, leaf.raw) for tree in evidence.trees for leaf in tree.leaves)
    return Explanation("evidence", rows, steps, "nothing was verified: see `lotchain evidence check`")


def _note(data: bytes) -> Explanation:
    return Explanation("checkpoint", _note_rows(data), warning=_NOT_CHECKED)


def _note_rows(data: bytes) -> tuple[tuple[str, str], ...]:
    note = parse_note(data)
    checkpoint = parse_checkpoint_text(note.text)
    return (
        ("origin", checkpoint.origin),
        ("size", str(checkpoint.size)),
        ("root", checkpoint.root.hex()),
        *(("line by", f"{line.name}, key id {line.key_id.hex()}") for line in note.signatures),
    )


def _policy(data: bytes) -> Explanation:
    policy = parse_policy(data)
    rows = (
        ("log", policy.origin),
        ("post-quantum", "the log's ML-DSA-44 signature is demanded" if policy.demands_mldsa else "not demanded"),
        ("charter", policy.charter.hex()),
        ("witnesses", ", ".join(policy.witnesses) or "none"),
        ("quorum", policy.quorum),
        *((f"group {name}", f"{group.threshold} of {', '.join(group.members)}")
          for name, group in policy.groups.items()),
        ("auditors", ", ".join(policy.auditors) or "none: every answer stays the operator's word"),
        ("audit quorum", str(policy.audit_quorum)),
        ("greatest age", f"{policy.max_age_ms / _DAY_MS:g} days"),
        ("treaty", "counts" if policy.treaty_required else "does not count"),
    )  # fmt: skip
    return Explanation("trust policy", rows, warning="check every key by another way than the ledger itself")


def _closing(data: bytes) -> Explanation:
    record = parse_closing(data)
    rows = (
        ("time", format_instant(record.time)),
        ("closes", f"entries {record.start} to {record.end - 1}"),
        ("judge", record.judge),
        ("heads root", record.heads_root.hex()),
    )
    return Explanation("closing record", rows)


def _draft(data: bytes) -> Explanation:
    draft = parse_draft(data)
    rows = (
        ("name", draft.name),
        ("signer", draft.signer),
        ("after", ", ".join(draft.after) or "nothing"),
        ("event", str(draft.event.get("type"))),
        ("time", "that of its signing" if draft.waits_for_time else "stated"),
    )
    return Explanation("draft, not signed", rows)


def _json(data: bytes) -> Explanation:
    value = read_json(data, max_bytes=1_000_000, max_depth=16, max_items=10_000, what="JSON file")
    if isinstance(value, dict) and set(value) == {"country", "party", "organisation", "key", "possession"}:
        key = parse_public_key(bytes.fromhex(str(value["key"])))
        rows = (*((name, str(value[name])) for name in ("country", "party", "organisation")), ("key", key.subject))
        return Explanation("an authority's entry or claim", rows, warning="its proof of possession was not checked")
    event = read_event(canonical_json.encode(value))
    card = event.card()
    rows = (("event", f"{event.type}: {card.title}"), ("says", card.sentence), *card.lines)
    return Explanation("event, not signed", (*rows, ("occurred at", event.occurred_at)))


def _configuration(data: bytes) -> Explanation:
    try:
        members = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as fault:
        raise Malformed("config-format", "this configuration is not TOML", found=str(fault)) from None
    rows = tuple((name, ", ".join(map(str, value)) if isinstance(value, list) else str(value))
                 for name, value in members.items())  # fmt: skip
    return Explanation("configuration of a ledger or witness", rows)


def _starts_like_bundle(data: bytes) -> bool:
    return data[:1] == b"\x89" and b"lotchain-bundle/" in data[:24]


def _starts_like_evidence(data: bytes) -> bool:
    return data[:1] == b"\x85" and b"lotchain-evidence/" in data[:24]


_Claims = Callable[[bytes], bool]
_READERS: tuple[tuple[_Claims, Callable[[bytes], Explanation]], ...] = (
    (lambda data: data[:2] == b"\xd2\x84", _statement),
    (is_packet, _packet),
    (_starts_like_bundle, _bundle),
    (_starts_like_evidence, _evidence),
    (is_closing, _closing),
    (lambda data: data.startswith(b"lotchain-policy/"), _policy),
    (lambda data: "\n\n\u2014 ".encode() in data, _note),
    (lambda data: b'"lotchain-draft/' in data[:200], _draft),
    (lambda data: data.lstrip()[:1] == b"{", _json),
    (lambda data: b'\nformat = "lotchain-' in data[:1000], _configuration),
)


def is_key_file(data: bytes) -> bool:
    """Whether a file claims to be a key file, which `signing` alone reads."""
    return data.lstrip()[:1] == b"{" and b'"lotchain-key/' in data[:4_000]


def explain_key(card: Mapping[str, Any]) -> Explanation:
    """A key file's public parts, as the signing desk tells them."""
    rows = tuple((name, str(value)) for name, value in card.items())
    return Explanation("key file", rows, warning="its private part was not read")
