"""Threat row 44, terminal injection: texts with escapes, line breaks and backspaces that steer whoever only reads.

No statement can hold such a text; what comes from elsewhere (a server's answer, a file that is no statement, an argument)
is escaped before it is printed, in errors and in answers alike. There are no logs of texts.
"""

from __future__ import annotations

import pytest
from tests.unit.ledgers import LOG_SIGNER, Rig
from tests.unit.world import CN, ORIGIN, read_event_of

from lotchain.app.folder import Configuration
from lotchain.app.gathering import Gatherer
from lotchain.app.witness_list import parse_witness_list
from lotchain.cli.terminal import emit, paragraph, plain, rows
from lotchain.core.notes import ED25519_COSIGNATURE, VerifierKey
from lotchain.errors import Malformed, UsageError, shown
from lotchain.ledger.checkpointing import log_key
from lotchain.remote.witness_call import Posted
from lotchain.signing import SoftwareSigner

STEERING = (
    "a\r\nSet-Cookie: x",
    "\x1b[2J",
    "a\x08\x08b",
    "\x1b]0;title\x07",
    "\u202eevil",
    "\x9b2J",
    "a\u2028b",
    "\x00",
)
WITNESS = SoftwareSigner.from_seed(b"a witness with words".ljust(32, b"."))
REGISTRATION = {
    "type": "registration/1", "lot": "lot:CN-MAKER/1", "substance": "79099-07-3", "quantity": {"value": "1.000", "unit": "KGM"},
    "origin": "made", "place": {"code": CN.code, "offset": CN.offset}, "occurred_at": "2026-09-21T14:13:20Z",
}  # fmt: skip


@pytest.mark.parametrize("text", STEERING)
def test_nothing_that_steers_is_printed(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    emit({"found": text}, [text, *rows([("Label", text)]), *paragraph(text)], as_json=False)
    emit({"found": text}, [], as_json=True)
    printed = capsys.readouterr().out.replace("\n", "")
    assert printed.isprintable() and text not in printed
    assert plain(text).isprintable() and shown(text).isprintable()
    assert str(UsageError("code", "what", found=text)).replace("\n", "").isprintable()


@pytest.mark.parametrize("text", STEERING)
def test_a_servers_words_are_escaped(text: str) -> None:
    key = VerifierKey("w.example", ED25519_COSIGNATURE, WITNESS.public.raw)
    lines = f"witness W {key.encode()} https://w.example/\nquorum W\n".encode()
    listed = parse_witness_list(lines, Configuration(ORIGIN, log_key(ORIGIN, LOG_SIGNER)))
    gatherer = Gatherer(listed, call=lambda url, body: Posted(403, "text/plain", text.encode("utf-8")))
    checkpoint, note = Rig().grown(1).ledger.candidate()
    (heard,) = gatherer.gather(checkpoint, note, lambda old, new: ()).heard
    assert heard.code == "witness-refused" and heard.found.startswith("status 403") and heard.found.isprintable()


@pytest.mark.parametrize("text", STEERING)
def test_no_statement_holds_such_a_text(text: str) -> None:
    read_event_of({**REGISTRATION, "name": "an honest name"})
    with pytest.raises(Malformed) as caught:
        read_event_of({**REGISTRATION, "name": text})
    assert caught.value.code.startswith(("text-", "field-"))
    assert str(caught.value).replace("\n", "").isprintable()
