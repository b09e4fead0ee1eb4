"""A tiny ledger in memory over the one judge, for tests of events: states in a dict, time under control.

    world = World()
    lot = world.make("BP4-1", 500)
    judgement = world.submit(Loss(lot=lot, prev=world.last(lot), …, occurred_at=world.now()), "maker")

`submit` judges and, unless it is refused, commits; `accept` and `refuse` are `submit` with an assertion, and give the
statement's id and the refusing codes. Every name in `PARTIES` has a key; an authority has two (`cn`, `cn2`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from lotchain.app.adopting import adopted_document, adoption, digest_of
from lotchain.app.rules import JURISDICTIONS, rule_set
from lotchain.core import canonical_json
from lotchain.core.instants import format_instant
from lotchain.core.quantities import to_text
from lotchain.core.statements import audience_of
from lotchain.custody.case import Cited, State
from lotchain.custody.treaty_records import Asked, Duty
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.charter import Charter, Root
from lotchain.events.endorsement import Endorsement
from lotchain.events.event import Event
from lotchain.events.fields import Amount, Place, Seen
from lotchain.events.hand_over import HandOver, HandOverLine
from lotchain.events.key_enrolment import KeyEnrolment
from lotchain.events.licence_grant import LicenceGrant
from lotchain.events.reading import Reading, read_entry, read_event
from lotchain.events.registration import Package, Registration
from lotchain.signing import SoftwareSigner, proof_of_possession, sign_statement
from lotchain.treaty.books import Books
from lotchain.verify.judge import CODES as JUDGE_CODES
from lotchain.verify.judge import Context, Judgement, judge, names_read

ORIGIN = "ledger.example/lots"
RULE_IDS = {rule for name in JURISDICTIONS for rule in rule_set(name).rules} | {
    "rule-set-unreadable",
    "border-unexplained",
}
START = 1_790_000_000_000
HOUR = 3_600_000
DAY = 24 * HOUR
SUBSTANCE = "79099-07-3"
PARTIES = {
    "cn": "party:CN-NMPA",
    "mx": "party:MX-COFEPRIS",
    "maker": "party:CN-MAKER",
    "maker2": "party:CN-MAKER2",
    "carrier": "party:CN-TRUCK",
    "importer": "party:MX-IMPORT",
    "user-a": "party:MX-USERA",
    "user-b": "party:MX-USERB",
}
LICENCES: dict[str, tuple[str, ...]] = {
    "maker": ("manufacture", "distribute", "export"),
    "maker2": ("manufacture", "distribute", "export"),
    "carrier": ("transport",),
    "importer": ("import", "distribute", "store"),
    "user-a": ("use",),
    "user-b": ("use",),
}
CN = Place(code="CNTZU", offset="+08:00")
CN_PORT = Place(code="CNSHG", offset="+08:00")
MX = Place(code="MXZLO", offset="-06:00")


def kg(value: str | float) -> Amount:
    """Kilograms, three decimals unless the text says more."""
    return Amount(value=value if isinstance(value, str) else f"{value:.3f}", unit="KGM")


def exact(amount: int) -> Amount:
    """Micrograms as kilograms."""
    return Amount(value=to_text(amount, "KGM"), unit="KGM")


def packages(count: int, net: str | float = 25, first: int = 1) -> tuple[Package, ...]:
    """Serials 0001, 0002 … of one net content."""
    return tuple(Package(serial=f"{first + i:04}", net=kg(net)) for i in range(count))


def read_event_of(event: Mapping[str, object]) -> Event:
    """An event from its members."""
    return read_event(canonical_json.encode(dict(event)))


class World:
    """One ledger with a charter, two authorities with two officers each, and six licensed parties with a key each."""

    def __init__(self) -> None:
        self.time = START
        self.states: dict[str, State] = {}
        self.log: dict[str, Cited] = {}
        self.charter = ""
        self.documents: dict[str, bytes] = {}
        self.books = Books(self.documents.get)
        self.asked: list[Asked] = []
        self.duties: list[Duty] = []
        self.checkpoints: dict[tuple[int, str], int] = {}
        self.signers = {
            name: SoftwareSigner.from_seed(name.encode().ljust(32, b".")) for name in (*PARTIES, "cn2", "mx2")
        }
        self._found()

    def _found(self) -> None:
        roots = tuple(
            Root(
                country=name.upper(),
                party=PARTIES[name],
                organisation=f"Authority of {name.upper()}",
                key=self.signers[name].public.cose.hex(),
                possession=proof_of_possession(self.signers[name], charter=ORIGIN, party=PARTIES[name]).hex(),
            )
            for name in ("cn", "mx")
        )
        charter = Charter(origin=ORIGIN, threshold=2, roots=roots, occurred_at=self.now())
        first = self.accept(charter, "cn")
        self.charter = first
        self.accept(Endorsement(subject="charter", endorses=self.charter, occurred_at=self.now()), "mx")
        for name, activities in LICENCES.items():
            grant = LicenceGrant(
                party=PARTIES[name],
                organisation=f"Organisation {name}",
                number="1",
                activities=activities,
                substances=("*",),
                valid_from="1970-01-01T00:00:00Z",  # statements here name no checkpoint: their time is open below
                occurred_at=self.now(),
            )
            self.accept(grant, self.authority_of(name))
        for name in ("cn2", "mx2", *LICENCES):
            self.enrol(name, self.signers[name])

    def enrol(self, who: str, signer: SoftwareSigner) -> str:
        """Enrol one more key for a party, by its authority."""
        party = self.party(who)
        possession = proof_of_possession(signer, charter=self.audience, party=party).hex()
        enrolment = KeyEnrolment(
            party=party,
            key=signer.public.cose.hex(),
            possession=possession,
            holder="office",
            occurred_at=self.now(),
        )
        return self.accept(enrolment, self.authority_of(who))

    @staticmethod
    def party(who: str) -> str:
        """The party id of a name of `PARTIES`; `cn2` and `mx2` are second officers; an id stands for itself."""
        return who if who.startswith("party:") else PARTIES[who.removesuffix("2") if who in ("cn2", "mx2") else who]

    def authority_of(self, who: str) -> str:
        """`cn` or `mx`."""
        return self.party(who)[6:8].lower()

    @property
    def audience(self) -> str:
        """The ledger's audience: of the charter itself, the origin alone."""
        return audience_of(ORIGIN, bytes.fromhex(self.charter) if self.charter else None)

    def now(self) -> str:
        """The time as an event states it."""
        return format_instant(self.time)

    def later(self, ms: int) -> str:
        """An instant from now, as an event states it."""
        return format_instant(self.time + ms)

    def advance(self, ms: int = HOUR) -> None:
        """Let time pass."""
        self.time += ms

    def sign(self, event: Event, who: str, *, signer: SoftwareSigner | None = None) -> bytes:
        """The event as a signed statement, not submitted."""
        return sign_statement(
            signer or self.signers[who],
            issuer=self.party(who),
            subject=event.subjects()[0],
            audience=self.audience,
            signed_at=self.time // 1000,
            payload=event.payload(),
        )

    def submit(self, event: Event, who: str, *, signer: SoftwareSigner | None = None) -> Judgement:
        """Sign, judge, and commit unless it is refused."""
        return self.submit_raw(self.sign(event, who, signer=signer))

    def submit_raw(self, raw: bytes) -> Judgement:
        """Judge the statement, and commit it unless it is refused; then every lot must balance."""
        reading = read_entry(raw)
        judgement = self.look(reading)
        declared = {*reading.event.CODES, *JUDGE_CODES}
        said = {finding.kind for finding in judgement.findings if finding.code not in RULE_IDS}
        assert said <= declared, "a finding is missing from CODES"
        if not judgement.refused:
            self.states.update(judgement.states)
            self.log[reading.statement.hex_id] = Cited(raw, len(self.log))
            self.asked += judgement.asked
            self.duties += judgement.duties
            self.check_balance()
        return judgement

    def look(self, reading: Reading) -> Judgement:
        """Judge a statement without committing it."""
        seen = reading.event.seen
        at = self.checkpoints.get((seen.size, seen.root)) if seen is not None else None
        before = {name: self.states.get(name) for name in names_read(reading)}
        cited = {name: self.log[name] for name in reading.event.cites() if name in self.log}
        context = Context(ORIGIN, self.charter, self.time, seen=at, cited=cited, books=self.books, load=self.states.get)
        return judge(reading, before, context)

    def adopt(self, jurisdiction: str, who: str, *, as_of: str = "", **more: object) -> str:
        """A national authority adopts the set that ships, as the law since 1970; `as_of` says another jurisdiction."""
        document = adopted_document(jurisdiction)
        self.documents[digest_of(document)] = document
        event = adoption(document, in_force_from="1970-01-01T00:00:00Z", complete=True, notice=None)
        said = {"jurisdiction": as_of or jurisdiction, "occurred_at": self.now(), **more}
        return self.accept(read_event_of({**event, **said}), who)

    def newest(self) -> Seen:
        """A checkpoint closed now, as a statement names it that is signed after all that was submitted so far."""
        size = len(self.log)
        seen = Seen(size=size, root=hashlib.sha256(f"{size} {self.time}".encode()).hexdigest())
        self.checkpoints[seen.size, seen.root] = self.time
        return seen

    def accept(self, event: Event, who: str, *, signer: SoftwareSigner | None = None) -> str:
        """Submit what must not be refused; its statement id."""
        raw = self.sign(event, who, signer=signer)
        judgement = self.submit_raw(raw)
        assert not judgement.refused, [finding.as_json() for finding in judgement.refused]
        return read_entry(raw).statement.hex_id

    def refuse(self, event: Event, who: str, *, signer: SoftwareSigner | None = None) -> set[str]:
        """Submit what must be refused; the refusing codes."""
        before = dict(self.states)
        judgement = self.submit(event, who, signer=signer)
        assert judgement.refused, f"{event.TITLE} was not refused"
        assert self.states == before
        return {finding.code for finding in judgement.refused}

    def check_balance(self) -> None:
        """Every lot's accounts sum to zero and no custody account is negative."""
        for lot, state in self.lots().items():
            accounts = state["accounts"]
            assert sum(accounts.values()) == 0, (lot, accounts)
            assert accounts.get("held", 0) >= 0 and accounts.get("in-transit", 0) >= 0, (lot, accounts)

    def check_conservation(self) -> None:
        """What lots handed on to each other is what they received from each other (transformations aside)."""
        moved = sum(
            state["accounts"].get(name, 0) for state in self.lots().values() for name in ("transferred", "received")
        )
        assert moved == 0, moved

    def lots(self) -> Mapping[str, State]:
        """All lots."""
        return {name: state for name, state in self.states.items() if name.startswith("lot:")}

    def lot(self, name: str) -> State:
        """A lot's state."""
        return self.states[name]

    def last(self, lot: str) -> str:
        """What the lot's next act names as `prev`."""
        return str(self.states[lot]["last"])

    def held(self, lot: str) -> float:
        """Kilograms (or litres) held."""
        return float(self.states[lot]["accounts"].get("held", 0)) / 1e9

    def stated(self, lot: str) -> Amount:
        """What an act on the whole of a mass lot states: what is held, and what authorities took since its last act."""
        state = self.states[lot]
        return exact(state["accounts"].get("held", 0) + state["taken"] or 1)

    def make(self, local: str, quantity: str | float, /, who: str = "maker", **fields: object) -> str:
        """Register a lot; `fields` as in Registration (packages, tolerance, content …)."""
        lot = f"lot:{self.party(who)[6:]}/{local}"
        values: dict[str, object] = {
            "lot": lot,
            "substance": SUBSTANCE,
            "name": "1-boc-4-piperidone",
            "quantity": kg(quantity),
            "origin": "made",
            "place": CN,
            "occurred_at": self.now(),
            **fields,
        }
        self.accept(Registration(**values), who)  # type: ignore[arg-type]
        return lot

    def offer(self, giver: str, to: str, *lots: str, receives_as: str = "carrier", **fields: object) -> str:
        """Hand whole lots over; the offer's id."""
        return self.accept(self.hand_over(giver, to, *lots, receives_as=receives_as, **fields), giver)

    def hand_over(self, giver: str, to: str, *lots: str, receives_as: str = "carrier", **fields: object) -> HandOver:
        """A hand-over of whole lots, not submitted."""
        lines = tuple(HandOverLine(lot=lot, prev=self.last(lot), quantity=self.stated(lot)) for lot in lots)
        values: dict[str, object] = {
            "to": self.party(to),
            "receives_as": receives_as,
            "lines": lines,
            "place": CN,
            "deadline": self.later(2 * DAY),
            "mode": "road",
            "occurred_at": self.now(),
            **fields,
        }
        return HandOver(**values)  # type: ignore[arg-type]

    def take(self, offer: str, who: str, place: Place = CN) -> str:
        """Accept every lot of an open offer in full, seals as the ledger knows them; the acceptance's id."""
        lots = [name for name, state in self.lots().items() if (state["offer"] or {}).get("id") == offer]
        lines = tuple(
            AcceptanceLine(
                lot=lot,
                outcome="full",
                accepted=exact(self.lot(lot)["accounts"]["in-transit"]),
                seals_found=tuple(self.lot(lot)["seals"]) or None,
            )
            for lot in lots
        )
        return self.accept(Acceptance(answers=offer, lines=lines, place=place, occurred_at=self.now()), who)

    def move(self, giver: str, to: str, *lots: str, receives_as: str = "carrier", place: Place = CN) -> str:
        """Hand over and accept in full; the acceptance's id."""
        return self.take(self.offer(giver, to, *lots, receives_as=receives_as), to, place)


def codes(judgement: Judgement) -> set[str]:
    """All finding codes."""
    return {finding.code for finding in judgement.findings}
