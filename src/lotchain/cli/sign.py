"""`lotchain sign`: events and drafts to statements, without any network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lotchain.app import desk
from lotchain.app.desk import Signed, Signer
from lotchain.app.papers import Draft, is_draft, read_draft, resolve_draft
from lotchain.cli.arguments import json_file, now_ms, seen_checkpoint, statement_bytes
from lotchain.cli.files import read_file, write_new
from lotchain.cli.options import PATH, example, json_option, key_option, passphrase_of
from lotchain.cli.terminal import emit
from lotchain.core.instants import format_instant
from lotchain.core.packets import Packet, encode_packet
from lotchain.core.statements import parse_statement
from lotchain.errors import UsageError

_MAX_DRAFT = 65_535
SUFFIX = ".cose"


@click.command(
    "sign",
    epilog=example(
        "lotchain sign hand-over.json --key maker.key --as party:CN-MAKER --audience ledger.example/lots#5f2b… \\",
        "  --seen 120:9c1e… --out hand-over.cose",
        "lotchain sign ./drafts --key truck.key --as party:US-EPA-1 --audience ledger.example/lots#5f2b…",
    ),
)
@click.argument("file", type=PATH)
@key_option(required=True)
@click.option("--as", "party", required=True, envvar="LOTCHAIN_AS", show_envvar=True, help="The signing party.")
@click.option(
    "--audience", required=True, envvar="LOTCHAIN_AUDIENCE", show_envvar=True, help="ORIGIN#CHARTER of the ledger."
)
@click.option("--seen", help="SIZE:ROOT of the newest checkpoint that you have seen.")
@click.option("--hide", multiple=True, metavar="FIELD", help="Keep this text off the ledger. Repeat.")
@click.option("--out", type=PATH, help=f"The statement's file; default FILE with {SUFFIX}.")
@click.option("--openings-out", type=PATH, metavar="FILE", help="Write what opens hidden fields to FILE.")
@json_option
def command(
    file: Path, key: Path, passphrase_file: Path | None, party: str, audience: str, seen: str | None,
    hide: tuple[str, ...], out: Path | None, openings_out: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Sign an event (JSON), a draft, or every draft of yours in a folder. Needs neither ledger nor network.

    A draft names the statements before it by their drafts' names: those are looked for beside it, signed already.
    """
    signer = desk.open_key(key, lambda: passphrase_of(passphrase_file))
    pen = _Pen(signer, party, audience, seen_checkpoint(seen), now_ms())
    if file.is_dir():
        if hide or out is not None or openings_out is not None:
            raise UsageError("folder-options", "a folder's drafts are signed as they are, each beside its draft",
                             expected="no --hide, --out or --openings-out")  # fmt: skip
        _sign_folder(pen, file, as_json=as_json)
        return
    event = _event_in(pen, file)
    event, opened = desk.hide(event, hide)
    if opened and openings_out is None:
        raise UsageError("openings-lost", "what opens the hidden fields would be lost", expected="--openings-out FILE")
    signed = pen.sign(event)
    target = out if out is not None else file.with_suffix(SUFFIX)
    if opened and openings_out is not None:
        write_new(openings_out, encode_packet(Packet((), tuple(opened))), what="openings", private=True)
    write_new(target, signed.raw, what="statement")
    emit(_shown(signed, target), _lines(signed, target), as_json=as_json)


class _Pen:
    """Who signs, for which ledger, when."""

    def __init__(self, signer: Signer, party: str, audience: str, seen: dict[str, Any] | None, now: int) -> None:
        self.signer, self.party, self.audience, self.seen, self.now = signer, party, audience, seen, now

    def sign(self, event: dict[str, Any]) -> Signed:
        stated = dict(event)
        if self.seen is not None:
            stated.setdefault("seen", self.seen)
        stated.setdefault("occurred_at", format_instant(self.now))
        return desk.sign_event(self.signer, stated, party=self.party, audience=self.audience, signed_at_ms=self.now)


def _event_in(pen: _Pen, file: Path) -> dict[str, Any]:
    data = read_file(file, most=_MAX_DRAFT, what="event or draft")
    if is_draft(data):
        draft = read_draft(data)
        _require_signer(pen, draft)
        return resolve_draft(draft, _signed_beside(file.parent, draft.after), signed_at=format_instant(pen.now))
    event = json_file(file, what="event")
    if not isinstance(event, dict):
        raise UsageError("event-format", "this is no event", expected="a JSON object with a type", found=str(file))
    return event


def _require_signer(pen: _Pen, draft: Draft) -> None:
    if draft.signer != pen.party:
        raise UsageError(
            "draft-signer", "this draft is for another party to sign", expected=draft.signer, found=pen.party,
            remedy="hand it to that party",
        )  # fmt: skip


def _signed_beside(folder: Path, names: tuple[str, ...]) -> dict[str, str]:
    """Ids of the statements already signed in a folder, by their drafts' names."""
    found = {}
    for name in names:
        path = folder / f"{name}{SUFFIX}"
        if path.is_file():
            found[name] = parse_statement(statement_bytes(path)).hex_id
    return found


def _sign_folder(pen: _Pen, folder: Path, *, as_json: bool) -> None:
    """Sign this party's drafts in the order of their names, as far as what they follow is signed."""
    lines: list[str] = []
    done: list[dict[str, Any]] = []
    waiting: list[dict[str, Any]] = []
    drafts = sorted(path for path in folder.glob("*.json") if is_draft(read_file(path, most=_MAX_DRAFT, what="draft")))
    if not drafts:
        raise UsageError("no-drafts", "there is no draft in this folder", found=str(folder))
    for path in drafts:
        draft = read_draft(read_file(path, most=_MAX_DRAFT, what="draft"))
        target = folder / f"{draft.name}{SUFFIX}"
        if draft.signer != pen.party or target.exists():
            continue
        known = _signed_beside(folder, draft.after)
        missing = [name for name in draft.after if name not in known]
        if missing:
            waiting.append({"draft": draft.name, "waits_for": missing})
            lines.append(f"waits     {draft.name} for {', '.join(missing)}")
            continue
        signed = pen.sign(resolve_draft(draft, known, signed_at=format_instant(pen.now)))
        write_new(target, signed.raw, what="statement")
        done.append(_shown(signed, target))
        lines += _lines(signed, target)
    if not lines:
        lines = [f"nothing left to sign for {pen.party} in {folder}"]
    emit({"signed": done, "waiting": waiting}, lines, as_json=as_json)


def _shown(signed: Signed, target: Path) -> dict[str, Any]:
    return {"statement": signed.id, "type": signed.type, "subject": signed.subject, "file": str(target)}


def _lines(signed: Signed, target: Path) -> list[str]:
    return [f"signed    {signed.type} on {signed.subject}", f"          id {signed.id}", f"          in {target}"]
