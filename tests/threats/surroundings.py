"""A small real ledger for the threat tests: the parties of `tests.unit.world` on the real append path, in memory.

    small = Small()
    lot = small.make("T-1", 500)
    small.refused(small.sign_payload(b"[]"), "event-type")

`Small` is a `World` whose statements go through `Ledger.submit` into a store, so every helper of the world (make, offer,
take, move, enrol …) works here too. `refused` and `malformed` show that a bad input left nothing behind: the store, the
mark and the published checkpoint are compared whole. `bundle` gives a bundle under a checkpoint that two auditing
witnesses cosigned, and `policy` the policy of an inspector who trusts them.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from tests.changing import replace
from tests.unit.world import LICENCES, ORIGIN, PARTIES, SUBSTANCE, World, kg

from lotchain.app.scenario.forgery import ForgedLog
from lotchain.core import canonical_json, cbor
from lotchain.core.notes import VerifierKey, parse_note
from lotchain.core.statements import assemble, protected_header, sig_structure
from lotchain.custody.findings import Finding
from lotchain.errors import Malformed
from lotchain.events.fields import Seen
from lotchain.events.reading import read_entry
from lotchain.ledger.bundles import make_bundle
from lotchain.ledger.checkpointing import sign_checkpoint
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.ports import HighWaterMark, Store
from lotchain.ledger.receipts import Answer, Receipt, Refused
from lotchain.ledger.replica import Replica, StoreSource
from lotchain.signing import SoftwareSigner
from lotchain.signing.notes import cosign_ed25519
from lotchain.storage.highwater import MemoryHighWaterMark
from lotchain.storage.memory import MemoryStore
from lotchain.verify.bundle import Bundle, decode_bundle, encode_bundle
from lotchain.verify.judge import Judgement
from lotchain.verify.offline import verify_bundle
from lotchain.verify.policy import Policy
from lotchain.verify.verdict import Verdict
from lotchain.witness.auditing import AuditingWitness, Declined
from lotchain.witness.remembering import LivingMemory

__all__ = ["LICENCES", "ORIGIN", "PARTIES", "SUBSTANCE", "Small", "kg", "reseal", "shared", "with_member"]

LOG_SEED = hashlib.sha256(b"threats: the log's key").digest()
WITNESSES = ("audit-cn.example", "audit-mx.example")
DAY_MS = 24 * 3_600_000


class Small(World):
    """The world's parties on a real ledger; its clock is the world's time."""

    def __init__(self, store: Store | None = None, mark: HighWaterMark | None = None, *, origin: str = ORIGIN) -> None:
        self.store = store or MemoryStore()
        self.mark = mark or MemoryHighWaterMark()
        self.log_signer = SoftwareSigner.from_seed(LOG_SEED)
        self.witness_signers = {
            name: SoftwareSigner.from_seed(hashlib.sha256(name.encode()).digest()) for name in WITNESSES
        }
        self.witness_keys = {
            name: VerifierKey(name, 4, signer.public.raw) for name, signer in self.witness_signers.items()
        }
        self.ledger = Ledger.open(self.store, self.mark, origin=origin, signer=self.log_signer, clock=_Clock(self))
        super().__init__()

    # What the world keeps in a dict stands in the store here.

    @property
    def states(self) -> Mapping[str, Any]:  # type: ignore[override]
        """Every subject's newest state, as it is stored."""
        return _States(self.store)

    @states.setter
    def states(self, value: object) -> None:
        """The world begins without states, and so does a new store."""

    @property
    def log(self) -> Mapping[str, Any]:  # type: ignore[override]
        """Not kept: the store is."""
        return {}

    @log.setter
    def log(self, value: object) -> None:
        """The world begins without statements, and so does a new store."""

    def submit_raw(self, raw: bytes) -> Judgement:
        """Submit one statement to the ledger, with the document that it adopts; its findings as a judgement."""
        (answer,) = self.ledger.submit([raw], self.documents_of(raw))
        return Judgement({}, answer.findings)

    def documents_of(self, raw: bytes) -> dict[bytes, bytes]:
        """The documents of the world that a statement names."""
        named = ((digest, document) for digest, document in self.documents.items() if digest.encode() in raw)
        return {bytes.fromhex(digest): document for digest, document in named}

    def newest(self) -> Seen:
        """The newest checkpoint of the ledger, as a statement names it."""
        return Seen(**self.seen())

    # Statements, good and bad

    def sign_event(self, event: Mapping[str, Any], who: str = "maker", **rest: Any) -> bytes:
        """An event given as plain members, signed; nothing is checked but that it is JSON."""
        return self.sign_payload(canonical_json.encode(dict(event)), who, **rest)

    def sign_payload(
        self,
        payload: bytes,
        who: str = "maker",
        *,
        subject: str = "lot:CN-MAKER/T-1",
        audience: str = "",
        signer: SoftwareSigner | None = None,
        signed_at: int | None = None,
    ) -> bytes:
        """Any bytes as a payload, validly signed by the party's enrolled key."""
        key = signer or self.signers[who]
        protected = protected_header(
            algorithm=key.public.algorithm,
            kid=key.public.thumbprint,
            issuer=self.party(who),
            subject=subject,
            audience=audience or self.audience,
            signed_at=self.time // 1000 if signed_at is None else signed_at,
        )
        return assemble(protected, payload, key.sign(sig_structure(protected, payload)))

    def registration(self, **changes: Any) -> dict[str, Any]:
        """A good registration of `lot:CN-MAKER/T-1` as plain members, with some of them changed."""
        return {
            "type": "registration/1",
            "occurred_at": self.now(),
            "lot": "lot:CN-MAKER/T-1",
            "substance": SUBSTANCE,
            "name": "1-boc-4-piperidone",
            "quantity": {"value": "500.000", "unit": "KGM"},
            "origin": "made",
            "place": {"code": "CNTZU", "offset": "+08:00"},
            **changes,
        }

    # Nothing stored, nothing lost

    def everything(self) -> tuple[object, ...]:
        """All that the ledger keeps, to be compared before and after."""
        store, size = self.store, self.ledger.size
        return (
            size,
            self.ledger.time,
            store.head(),
            store.published(),
            dict(store.row_counts()),
            list(store.subjects()),
            list(store.entries(0, size + 10)),
            self.mark.read(),
        )

    def refused(self, raw: bytes, code: str, field: str = "") -> Finding:
        """Submit what must be refused under `code` (and, for what cannot be read, at `field`); nothing may change."""
        before = self.everything()
        (answer,) = self.ledger.submit([raw])
        assert isinstance(answer, Refused), answer
        assert self.everything() == before
        reason = next((finding for finding in answer.reasons if finding.code == code), None)
        assert reason is not None, [finding.as_json() for finding in answer.reasons]
        assert reason.kind.remedy, "a refusal says what to do"
        if field:
            assert reason.kind.sentence.startswith(f"{field}: "), reason.kind.sentence
        with pytest.raises(Exception, match=code):
            raise answer.error()
        return reason

    def malformed(self, raw: bytes, code: str, field: str = "") -> Malformed:
        """What cannot be read: refused under `code` at `field` by the reader alone, and by the ledger alike."""
        with pytest.raises(Malformed) as caught:
            read_entry(raw)
        assert (caught.value.code, caught.value.field) == (code, field), str(caught.value)
        assert caught.value.expected or caught.value.what
        self.refused(raw, code, field)
        return caught.value

    def bad_event(self, event: Mapping[str, Any], code: str, field: str, who: str = "maker") -> Malformed:
        """An event, validly signed, with one bad member."""
        return self.malformed(self.sign_event(event, who), code, field)

    def taken(self, raw: bytes) -> Receipt:
        """Submit what must be accepted."""
        (answer,) = self.ledger.submit([raw])
        assert isinstance(answer, Receipt), [finding.as_json() for finding in answer.findings]
        return answer

    def answers(self, *packet: bytes) -> list[Answer]:
        """Submit a packet."""
        return self.ledger.submit(packet)

    # Proofs

    def seen(self) -> dict[str, Any]:
        """The newest checkpoint, as an event names it."""
        checkpoint, _ = self.ledger.reader.newest()
        return {"size": checkpoint.size, "root": checkpoint.root.hex()}

    def cosign(self) -> None:
        """Both auditing witnesses cosign what is published, now."""
        checkpoint, _ = self.ledger.reader.published()
        for name, signer in self.witness_signers.items():
            line = cosign_ed25519(checkpoint.text(), name, signer, self.time // 1000)
            self.ledger.add_cosignature(line, self.witness_keys[name])

    def bundle(self, lot: str) -> bytes:
        """A bundle of the lot under the newest checkpoint, published and cosigned."""
        self.ledger.publish()
        self.cosign()
        return make_bundle(self.ledger.reader, lot)

    def policy(self, **changes: Any) -> Policy:
        """The policy of an inspector who trusts this log, its charter and both witnesses."""
        policy = Policy(
            origin=ORIGIN,
            log_keys=(self.ledger.key,),
            witnesses={name: (key,) for name, key in self.witness_keys.items()},
            groups={},
            quorum=WITNESSES[0],
            auditors=WITNESSES,
            audit_quorum=2,
            charter=bytes.fromhex(self.charter),
            max_age_ms=DAY_MS,
            treaty_required=False,
        )
        return replace(policy, **changes)

    def verdict(self, bundle: bytes, **changes: Any) -> Verdict:
        """What the inspector says of a bundle at this moment; `changes` are the policy's."""
        return verify_bundle(bundle, self.policy(**changes), now=self.time)

    def caught(self, bundle: bytes) -> str:
        """The code under which a bad bundle is refused, by the reader or by the verifier; it must not prove a thing."""
        try:
            verdict = self.verdict(bundle)
        except Malformed as fault:
            assert fault.expected, str(fault)
            return fault.code
        assert verdict.refused, verdict.word
        assert verdict.exit_code == 1
        assert "CLEAR" not in verdict.answers.rows()
        (finding,) = verdict.findings
        return finding.code

    def witness(self, memory: LivingMemory | None = None) -> AuditingWitness:
        """A third witness, which really replays; its clock is this world's as well."""
        replica = Replica(MemoryStore(), ORIGIN)
        signer = SoftwareSigner.from_seed(hashlib.sha256(b"a third witness").digest())
        return AuditingWitness(
            "third.example", signer, replica, memory or LivingMemory(), log_key=self.ledger.key, clock=_Clock(self)
        )

    def look(self, witness: AuditingWitness) -> tuple[str, ...]:
        """Publish, have the witness look, and say why it declined; nothing where it cosigned."""
        self.ledger.publish()
        looked = witness.look(StoreSource(self.store))
        return looked.codes if isinstance(looked, Declined) else ()

    def forged(self, entries: list[bytes]) -> ForgedLog:
        """A log of chosen entries, with this ledger's histories and heads, signed by its key and both witnesses."""
        reader = self.ledger.reader
        names = reader.subjects_named("")
        heads = {name: head for name in names if (head := reader.head_proof(name).head) is not None}
        log = ForgedLog(ORIGIN, entries, {name: reader.history(name) for name in names}, heads)
        note = parse_note(sign_checkpoint(log.checkpoint, self.log_signer))
        lines = [
            cosign_ed25519(log.checkpoint.text(), name, signer, self.time // 1000)
            for name, signer in self.witness_signers.items()
        ]
        log.note = replace(note, signatures=(*note.signatures, *lines)).encode()
        return log


class _Clock:
    """The world's time, as the ledger asks for it."""

    def __init__(self, world: World) -> None:
        self._world = world

    def now(self) -> int:
        """Milliseconds since 1970."""
        return self._world.time


class _States(Mapping[str, Any]):
    """The stored states by subject, decoded when they are asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, name: str) -> Any:
        row = self._store.subject(name)
        if row is None:
            raise KeyError(name)
        return canonical_json.decode(row.state, max_bytes=10_000_000, max_items=1_000_000)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._store.subjects())

    def __len__(self) -> int:
        return sum(1 for _ in self)


@cache
def shared() -> Small:
    """One ledger for all tests that only have things refused: `refused` shows that each leaves it as it was.

    It holds `lot:CN-MAKER/M-1`, 500 kg in 20 packages, and time stands still.
    """
    small = Small()
    small.make("M-1", 500)
    return small


@cache
def told() -> tuple[Small, str, bytes]:
    """A ledger with one lot's journey (made, to a carrier, to an importer), that lot, and its bundle."""
    small = Small()
    lot = small.make("J-1", 100, seen=small.seen())
    small.advance()
    small.move("maker", "carrier", lot)
    small.advance()
    small.make("OTHER-1", 7, who="maker2")
    small.move("carrier", "importer", lot, receives_as="consignee")
    bundle = small.bundle(lot)
    assert small.verdict(bundle).word == "CLEAR", [f.as_json() for f in small.verdict(bundle).findings]
    return small, lot, bundle


def with_member(event: Mapping[str, Any], path: str, value: object) -> dict[str, Any]:
    """The event with one member replaced: `lines[0].quantity.value`."""
    changed = copy.deepcopy(dict(event))
    steps: list[Any] = []
    for part in path.split("."):
        name, *indexes = part.replace("]", "").split("[")
        steps += [name, *map(int, indexes)]
    holder: Any = changed
    for step in steps[:-1]:
        holder = holder[step]
    holder[steps[-1]] = value
    return changed


def reseal(unsealed: bytes) -> bytes:
    """Any bytes with the digest that a bundle ends with: what a forger, unlike a bad disk, does not forget."""
    return unsealed + hashlib.sha256(unsealed).digest()


def reworked(bundle: bytes, **changes: Any) -> bytes:
    """A bundle with some of its members replaced, encoded as a bundle is, whatever the members are."""
    changed: Bundle = replace(decode_bundle(bundle), **changes)
    return encode_bundle(changed)


def body_of(bundle: bytes) -> list[Any]:
    """The CBOR members of a bundle, to be changed one by one."""
    body = cbor.decode(bundle, max_bytes=len(bundle), max_items=1_000_000)
    assert isinstance(body, list)
    return body


def sealed(body: list[Any]) -> bytes:
    """Members as a bundle with the right digest."""
    return reseal(cbor.encode([*body[:-1], bytes(32)])[:-32])
