"""Evidence about a party: two acts that exclude each other, judged by the rules of the conflict event.

Whether the acts are on a ledger does not matter: two signatures are enough. Whose the signing keys are is shown by a
ledger's heads map where the file holds its proofs; without them the two acts are the key's, and the party is the one
that they name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from lotchain.core import canonical_json
from lotchain.core.encodings import b64encode
from lotchain.core.heads_partial import PartialMap
from lotchain.core.ids import key_subject
from lotchain.core.instants import format_instant
from lotchain.core.keys import parse_public_key
from lotchain.core.statements import audience_of
from lotchain.custody import keys
from lotchain.custody.case import Case, Cited, State
from lotchain.errors import Malformed
from lotchain.events.event import Event
from lotchain.events.reading import Reading, read_entry, read_event
from lotchain.verify.evidence import Act, Acts
from lotchain.verify.evidence_judged import state_of, unproved

_DISPUTE = "0" * 64
"""Stands for the id of a conflict that nobody has signed."""


class Dealing(NamedTuple):
    """Two acts that exclude each other.

    Args:
        issuer: the party that signed both, as they name it.
        signers: subjects of the keys that signed them.
        lot: on which lot.
        sentences: what each act says.
        ids: the two statements' ids, hex.

    """

    issuer: str
    signers: tuple[str, ...]
    lot: str
    sentences: tuple[str, str]
    ids: tuple[str, str]


def states_before(acts: Acts, heads_root: bytes) -> dict[str, State | None]:
    """The states that the file shows, under the heads root of a checkpoint.

    Raises:
        Malformed: `heads-proof`, and the codes of canonical JSON.

    """
    known = PartialMap(heads_root)
    states: dict[str, State | None] = {}
    for shown in acts.subjects:
        known.show(shown.subject, shown.proof)
        states[shown.subject] = None if shown.state is None else state_of(shown.state, shown.subject)
    return states


def check_acts(acts: Acts, origin: str, charter: bytes, states: Mapping[str, State | None] | None) -> Dealing:
    """Judge the two acts, each as if the other one stood on the ledger.

    Args:
        acts: what the file holds.
        origin: the log's name, of the policy.
        charter: the ledger's charter, of the policy.
        states: the signers' keys and parties as the ledger knows them; None: the keys that the file carries.

    Raises:
        Malformed: `evidence-unproved`; the codes of statements and events for what cannot be read.

    """
    first, second = read_entry(acts.first.raw), read_entry(acts.second.raw)
    replies = [read_entry(act.reply) for act in (acts.first, acts.second) if act.reply is not None]
    _require_prev(acts, first)
    known: Mapping[str, State | None]
    if states is not None:
        known = states
    elif first.event.REGISTERS or second.event.REGISTERS:
        raise unproved("whether a registration could be taken is for a ledger to say", "proofs of its parties")
    else:
        known = _by_key(acts, (first, second, *replies))
    audience = audience_of(origin, charter)
    for logged, other in ((acts.first, acts.second), (acts.second, acts.first)):
        _judge(acts, logged, other, audience, known)
    readings = (first, second)
    return Dealing(
        issuer=first.statement.issuer,
        signers=tuple(dict.fromkeys(key_subject(each.statement.kid) for each in readings)),
        lot=acts.lot,
        sentences=(first.event.sentence(), second.event.sentence()),
        ids=(first.statement.hex_id, second.statement.hex_id),
    )


def subjects_read(acts: Acts) -> tuple[str, ...]:
    """The subjects that a ledger shows so that nothing has to be taken on anybody's word, ordered."""
    names: set[str] = set()
    for logged, other in ((acts.first, acts.second), (acts.second, acts.first)):
        names.update(_conflict(acts, logged, other).reads(acts.lot))
        reading = read_entry(other.raw)
        if reading.event.REGISTERS:
            names.update(reading.event.reads(acts.lot))
    return tuple(sorted(names - {acts.lot}))


def _judge(acts: Acts, logged: Act, other: Act, audience: str, known: Mapping[str, State | None]) -> None:
    """Let the conflict event judge it, `logged` standing on the ledger: its signature is judged the other way round."""
    event = _conflict(acts, logged, other)
    present = [raw for raw in (logged.raw, logged.reply, acts.prev) if raw is not None]
    case = Case(
        statement=_DISPUTE,
        issuer=read_entry(logged.raw).statement.issuer,
        key="",
        audience=audience,
        time=0,
        lower=None,
        # The conflict event reads of the lot only which disputes there are; here there is none yet.
        states={**known, acts.lot: {"conflicts": {}}},
        cited={read_entry(raw).statement.hex_id: Cited(raw, 0) for raw in present},
    )
    try:
        effect = event.judge(acts.lot, case)
    except LookupError as fault:
        raise unproved("the file does not show a subject that the rules ask for", found=str(fault)) from None
    except Malformed:
        raise
    except Exception as fault:  # as in evidence_judged: a state that no judge could have made may break anything
        raise unproved("a state shown is none that the rules can read", found=type(fault).__name__) from None
    refused = [finding for finding in effect.findings if finding.kind.refuses]
    if refused:
        raise unproved(refused[0].kind.sentence, refused[0].expected, refused[0].found)
    if not any(finding.code == "double-dealing" for finding in effect.findings):
        (finding,) = effect.findings
        raise unproved(finding.kind.sentence, "the receiver's acceptance of each offer", finding.found)


def _conflict(acts: Acts, logged: Act, other: Act) -> Event:
    members = {
        "type": "conflict/1",
        "occurred_at": format_instant(0),
        "lot": acts.lot,
        "logged": read_entry(logged.raw).statement.hex_id,
        "other": b64encode(other.raw),
    }
    if logged.reply is not None:
        members["logged_reply"] = read_entry(logged.reply).statement.hex_id
    if other.reply is not None:
        members["other_reply"] = b64encode(other.reply)
    return read_event(canonical_json.encode(members))


def _require_prev(acts: Acts, first: Reading) -> None:
    """The statement that both follow must be there: on an open offer, two acts may both stand."""
    prev = first.event.follows(acts.lot)
    found = "" if acts.prev is None else read_entry(acts.prev).statement.hex_id
    if found != prev:
        raise unproved("the statement that both acts follow is not beside them", prev or "none", found or "none")


def _by_key(acts: Acts, readings: Iterable[Reading]) -> dict[str, State | None]:
    """States of the carried keys, each taken for the party that the statements name; of parties nothing is known."""
    carried = {}
    for number, cose in enumerate(acts.keys):
        public = parse_public_key(cose, field=f"keys[{number}]")
        carried[public.subject] = cose
    states: dict[str, State | None] = {}
    for reading in readings:
        name, issuer = key_subject(reading.statement.kid), reading.statement.issuer
        if name not in carried:
            raise unproved("a signer's public key is not carried", name)
        states[name] = keys.new_key(issuer, carried[name].hex(), "", 0)
        states[issuer] = None
        if reading.event.OFFERS:
            states.setdefault(reading.event.offered_to(), None)
    return states
