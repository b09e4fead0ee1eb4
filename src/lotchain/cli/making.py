"""From a command's flags to a statement on the ledger: the one path of every command that makes an event."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import click

from lotchain.app import desk
from lotchain.app.desk import Signed, Signer
from lotchain.app.folder import Folder
from lotchain.app.standing import Standing
from lotchain.app.wiring import open_ledger, open_reader
from lotchain.cli.answers import answer_json, answer_lines
from lotchain.cli.arguments import instant, now_ms, seen_checkpoint
from lotchain.cli.event_options import Making
from lotchain.cli.files import write_new
from lotchain.cli.options import passphrase_of
from lotchain.cli.terminal import emit, emit_json
from lotchain.core.instants import format_instant
from lotchain.core.packets import Packet, encode_packet
from lotchain.errors import UsageError
from lotchain.ledger.ledger import Ledger


@dataclass(slots=True)
class Bench:
    """Where one event is made: what the ledger says, if there is one, and what becomes of the event."""

    making: Making
    standing_or_none: Standing | None
    ledger: Ledger | None
    now: int = field(default_factory=now_ms)

    @property
    def standing(self) -> Standing:
        """The ledger as it stands. Raises `UsageError` `ledger-needed`."""
        if self.standing_or_none is None:
            raise UsageError(
                "ledger-needed",
                "without a ledger, everything that the event names must be stated",
                expected="--ledger DIR, or the previous statement and the quantity",
                remedy="name the ledger's folder, or state what you know: see --help",
            )
        return self.standing_or_none

    @property
    def occurred(self) -> int:
        """When it happened, ms."""
        return self.now if self.making.at is None else instant(self.making.at, base=self.now)

    def finish(self, event: Mapping[str, Any]) -> None:
        """Complete the event, then print, sign or submit it, as the options say."""
        self.finish_all([event])

    def finish_all(self, events: list[Mapping[str, Any]], openings: list[tuple[bytes, bytes]] | None = None) -> None:
        """As `finish`, for events that go together, in order."""
        making, opened = self.making, list(openings or ())
        whole = []
        for event in events:
            full, more = desk.hide(self._complete(event), making.hide)
            desk.check_event(full)
            whole.append(full)
            opened += more
        if opened and making.openings_out is not None:
            write_new(making.openings_out, encode_packet(Packet((), tuple(opened))), what="openings", private=True)
        if making.draft:
            self._no_openings_lost(opened)
            emit_json(whole[0] if len(whole) == 1 else whole)
            return
        signer = self.signer()
        party, audience = self.party(signer), self.audience()
        signed = [
            desk.sign_event(signer, event, party=party, audience=audience, signed_at_ms=self.now) for event in whole
        ]
        if making.offline is not None:
            self._keep(making, signed, opened)
            return
        if making.save is not None:
            write_new(making.save, _file_of(signed), what="statement")
        self.submit(signed, dict(opened))

    def _complete(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The event with its time and the checkpoint seen; what was not stated is left out."""
        stated = {name: value for name, value in event.items() if value is not None and value not in ([], ())}
        stated.setdefault("occurred_at", format_instant(self.occurred))
        seen = self._seen()
        if seen is not None and event["type"] != "charter/1":
            stated.setdefault("seen", seen)
        return stated

    def _seen(self) -> dict[str, Any] | None:
        if self.making.seen is not None:
            return seen_checkpoint(self.making.seen)
        return self.standing_or_none.seen() if self.standing_or_none is not None else None

    def signer(self) -> Signer:
        """Who signs. Raises `UsageError` `key-needed`."""
        if self.making.key is None:
            raise UsageError("key-needed", "somebody has to sign", expected="--key FILE", remedy="name your key file")
        return desk.open_key(self.making.key, lambda: passphrase_of(self.making.passphrase_file))

    def party(self, signer: Signer | None = None) -> str:
        """The signing party: as stated, or whose key it is on the ledger. Raises `UsageError` `party-needed`."""
        who = self.making.party
        if who is None and self.standing_or_none is not None:
            who = self.standing_or_none.party_of((signer or self.signer()).public.thumbprint)
        if who is None:
            raise UsageError(
                "party-needed",
                "whose key this is cannot be told",
                expected="--as PARTY",
                remedy="state your party id; with --ledger an enrolled key tells it by itself",
            )
        return who

    def audience(self) -> str:
        """The ledger that it is for. Raises `UsageError` `audience-needed`."""
        if self.making.audience is not None:
            return self.making.audience
        if self.standing_or_none is not None:
            return self.standing_or_none.audience()
        raise UsageError(
            "audience-needed",
            "a statement is signed for one ledger",
            expected="--audience ORIGIN#CHARTER, or --ledger DIR",
            remedy="`lotchain ledger status` prints it",
        )

    def submit(self, signed: list[Signed], openings: Mapping[bytes, bytes]) -> None:
        """Submit, print each answer, and leave with exit code 1 when one was refused."""
        if self.ledger is None:
            raise UsageError(
                "ledger-needed",
                "there is no ledger to submit to",
                expected="--ledger DIR, --offline FILE or --draft",
                remedy="name the ledger's folder, or keep the statement with --offline",
            )
        answers = self.ledger.submit([statement.raw for statement in signed], openings)
        shown = [answer_json(answer, statement.type) for answer, statement in zip(answers, signed, strict=True)]
        lines = [
            line
            for answer, statement in zip(answers, signed, strict=True)
            for line in answer_lines(answer, f"{statement.type} on {statement.subject}")
        ]
        emit(shown[0] if len(shown) == 1 else {"answers": shown}, lines, as_json=self.making.as_json)
        if not all(answer.accepted for answer in answers):
            raise click.exceptions.Exit(1)

    def _keep(self, making: Making, signed: list[Signed], opened: list[tuple[bytes, bytes]]) -> None:
        assert making.offline is not None  # noqa: S101  the caller asked
        self._no_openings_lost(opened)
        write_new(making.offline, _file_of(signed), what="statement")
        shown = [
            {"statement": one.id, "type": one.type, "subject": one.subject, "file": str(making.offline)}
            for one in signed
        ]
        lines = [
            line for one in signed for line in (f"signed    {one.type} on {one.subject}", f"          id {one.id}")
        ]
        lines.append(f"          kept in {making.offline}, not submitted")
        emit(shown[0] if len(shown) == 1 else {"signed": shown}, lines, as_json=making.as_json)

    def _no_openings_lost(self, opened: list[tuple[bytes, bytes]]) -> None:
        if opened and self.making.openings_out is None:
            raise UsageError(
                "openings-lost",
                "what opens the hidden fields would be lost",
                expected="--openings-out FILE",
                remedy="name a file for it; submit it with the statement",
            )


def _file_of(signed: list[Signed]) -> bytes:
    """One statement as it is; several as a packet."""
    return signed[0].raw if len(signed) == 1 else encode_packet(Packet(tuple(one.raw for one in signed)))


@contextmanager
def bench(making: Making) -> Iterator[Bench]:
    """The place where one event is made; opens the ledger for writing only where something will be submitted."""
    if making.ledger is None:
        yield Bench(making, None, None)
        return
    if making.draft or making.offline is not None:
        reader = open_reader(making.ledger)
        try:
            yield Bench(making, Standing(reader, Folder(making.ledger).read().origin), None)
        finally:
            reader.close()
        return
    ledger = open_ledger(making.ledger, passphrase=ledger_passphrase(making))
    try:
        yield Bench(making, Standing(ledger.reader, ledger.origin), ledger)
    finally:
        ledger.close()


def ledger_passphrase(making: Making) -> str | None:
    """The passphrase of the ledger's own keys, where a file was named for it."""
    file = making.ledger_passphrase_file
    return None if file is None else passphrase_of(file, what="the ledger's keys")
