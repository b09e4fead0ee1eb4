"""Step 7 measured: the same statements on a ledger with rule sets adopted and on one without any.

United States and India, pseudoephedrine hydrochloride (List I): domestic lives with carriage, supplies, consumption and
some losses, and imported consignments with notification, authorisation, customs releases, declaration and return. Both
authorities adopt the Convention's set, the United States their own beside it. The statements are byte for byte the same
on both ledgers: they name the checkpoint of the founding, which the adoptions follow.
"""

from __future__ import annotations

import gc
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from benchmarks.workload import ORIGIN, START, Handlers, cast_of, key_from, kg, packets
from lotchain.app.adopting import adopted_document, adoption, digest_of
from lotchain.app.scenario.play import ScenarioClock
from lotchain.core.instants import format_instant
from lotchain.ledger.audit import audit
from lotchain.ledger.ledger import Ledger
from lotchain.ledger.receipts import Answer, Receipt
from lotchain.storage.highwater import FileHighWaterMark
from lotchain.storage.memory import MemoryStore
from lotchain.storage.sqlite import SqliteStore
from lotchain.verify.trust import DAY_MS

LEAST_RATIO = 0.75
"""Of the rate without rule sets: what append and audit must keep with them."""
SUBSTANCE = "345-78-8"
PARTIES = {
    "maker": "party:IN-MAKER", "ship": "party:IN-SHIP", "importer": "party:US-IMPORT", "plant": "party:US-PLANT",
    "truck": "party:US-TRUCK", "user": "party:US-USER",
}  # fmt: skip
ADOPTED = (("us", "UN"), ("us", "US"), ("in", "UN"))
US_PLACE = {"code": "USNYC", "offset": "-04:00", "site": "RS-1"}
IN_PLACE = {"code": "INNSA", "offset": "+05:30"}
ROUTE = ["INNSA", "USNYC"]
SEALS = ["IN-1"]
NET = "25.000"
BASE = "20.480"
"""Of the net mass, by the factor 0.8192."""
PAPERS = (
    {
        "kind": "transaction-record",
        "sha256": "33a2621e10a76d0dcb7a9890784ea884c7f3a0f103646f6c0c70448f200c50d9",
        "states": ["supplier", "receiver", "purchaser-id", "transfer-method", "exporter", "importer", "packaging",
                   "supplier-registration", "receiver-registration"],
    },
)  # fmt: skip
KINDS = ("batches of 1", "batches of 100", "audit")


Spent = dict[str, float]
"""Seconds by ledger: `plain` and `treaty`."""


class Tells(Protocol):
    """Where samples and faults go (`benchmarks.chain.Results`)."""

    figures: dict[str, Any]
    over: list[str]

    def sample(self, name: str, value: float) -> None:
        """One round's value."""


class Handling(Handlers):
    """The cast of both countries, and what it does."""

    def __init__(self) -> None:
        super().__init__(cast_of("bench-treaty", ("us", "in"), PARTIES, SUBSTANCE, sites=("RS-1",)))
        self.documents: dict[bytes, bytes] = {}
        self.first = [*self.imported("FIRST"), *self.domestic("FIRST", lossy=True)]

    def adoptions(self) -> list[bytes]:
        """The statements that adopt the rule sets; their documents are kept in `documents`."""
        found = []
        for by, jurisdiction in ADOPTED:
            document = adopted_document(jurisdiction)
            self.documents[bytes.fromhex(digest_of(document))] = document
            notice = (SUBSTANCE,) if jurisdiction == "UN" else None
            event = adoption(document, in_force_from="1970-01-01T00:00:00Z", complete=True, notice=notice)
            found.append(self.sign(by, event)[0])
        return found

    def lives(self, count: int, prefix: str) -> Iterator[bytes]:
        """At least `count` statements: an imported consignment after every fourth domestic life."""
        told, life = 0, 0
        while told < count:
            name = f"{prefix}-{life}"
            for raw in self.imported(name) if life % 5 == 4 else self.domestic(name, lossy=life % 5 == 1):
                yield raw
                told += 1
            life += 1

    def domestic(self, name: str, *, lossy: bool) -> Iterator[bytes]:
        """Made, carried, supplied, used up in part; of some lots a part is stolen."""
        lot = f"lot:US-PLANT/{name}"
        raw, last = self.sign("plant", _registration(lot, US_PLACE))
        yield raw
        for giver, taker, capacity in (("plant", "truck", "carrier"), ("truck", "user", "consignee")):
            raw, offer = self.sign(giver, self._hand_over(lot, last, taker, capacity, US_PLACE))
            yield raw
            raw, last = self.sign(taker, _acceptance(lot, offer, US_PLACE))
            yield raw
        used = {"type": "consumption/1", "lot": lot, "prev": last, "quantity": kg("1.000"), "purpose": "synthesis"}
        raw, last = self.sign("user", used)
        yield raw
        if lossy:
            loss = {"type": "loss/1", "lot": lot, "prev": last, "quantity": kg("1.000"), "kind": "stolen"}
            raw, stolen = self.sign("user", {**loss, "place": US_PLACE})
            yield raw
            report = {"about": lot, "statement": stolen, "kind": "loss-report"}
            yield self.sign("us", self._filing(**report, filed_at=START))[0]

    def imported(self, name: str) -> Iterator[bytes]:
        """Notified, authorised, made, shipped, released twice, declared, delivered, returned."""
        lot, consignment = f"lot:IN-MAKER/{name}", f"consignment:IN-MAKER/{name}"
        parties, sort = self.cast.parties, "pre-export-notification"
        terms = self._terms()
        notice, permit = f"permit:IN-CNA/N-{name}", f"permit:IN-CNA/E-{name}"
        told = {"type": f"{sort}/1", "permit": notice, "holder": parties["maker"], "importing": "US", "terms": terms}
        raw, notified = self.sign("in", told)
        yield raw
        reply = {"type": "pre-export-reply/1", "permit": notice, "answers": notified, "reply": "no-objection"}
        yield self.sign("us", reply)[0]
        grant = {"type": "authorisation-grant/1", "kind": "export", "permit": permit, "holder": parties["maker"]}
        raw, granted = self.sign("in", {**grant, "terms": terms, "notification": notice})
        yield raw
        raw, last = self.sign("maker", _registration(lot, IN_PLACE))
        yield raw
        sealing = {"type": "seal-applied/1", "lines": [{"lot": lot, "prev": last, "seals": SEALS}], "place": IN_PLACE}
        raw, last = self.sign("maker", sealing)
        yield raw
        declared = {
            "type": "consignment/1", "consignment": consignment, "exporter": parties["maker"],
            "importer": parties["importer"], "final": [parties["importer"]], "route": ROUTE, "lots": [lot],
            "mode": "sea", "documents": PAPERS,
        }  # fmt: skip
        yield self.sign("maker", declared)[0]
        found = {"by": "party:IN-CNA", "holder": parties["maker"], "terms": terms}
        for drawn, stated in (
            (notice, {"sort": sort, "importing": "US", "terms_by": notified, "status": "no-objection"}),
            (permit, {"sort": "export", "terms_by": granted, "status": "in-force"}),
        ):
            drawing = {
                "type": "permit-drawing/1", "consignment": consignment, "permit": drawn, "found": {**found, **stated},
                "substance": SUBSTANCE, "goods": kg(NET), "drawn": kg(NET),
            }  # fmt: skip
            yield self.sign("maker", drawing)[0]
        raw, offer = self.sign("maker", self._hand_over(lot, last, "ship", "carrier", IN_PLACE, seals=SEALS))
        yield raw
        raw, last = self.sign("ship", _acceptance(lot, offer, IN_PLACE, seals_found=SEALS))
        yield raw
        yield self.sign("in", _customs(consignment, "export", IN_PLACE))[0]
        declaration = {"about": consignment, "kind": "declaration", "form": "486A", "transaction_id": f"TID-{name}"}
        amount = {"quantity": kg(BASE), "basis": "base", "transferee": parties["importer"]}
        yield self.sign("us", self._filing(**declaration, **amount, filed_at=START - 20 * DAY_MS))[0]
        yield self.sign("us", _customs(consignment, "import", US_PLACE))[0]
        yield self.sign("ship", {"type": "arrival/1", "lots": [lot], "place": US_PLACE, "mode": "sea"})[0]
        raw, offer = self.sign("ship", self._hand_over(lot, last, "importer", "consignee", US_PLACE, seals=SEALS))
        yield raw
        yield self.sign("importer", _acceptance(lot, offer, US_PLACE, seals_found=SEALS))[0]
        back = {"about": consignment, "kind": "return-declaration", "released": kg(BASE)}
        yield self.sign("us", self._filing(**back, **amount, filed_at=START))[0]

    def _terms(self) -> dict[str, Any]:
        parties = self.cast.parties
        return {
            "number": "1", "substances": [SUBSTANCE], "quantity": kg(NET), "basis": "salt", "use": "single",
            "valid_from": "2020-01-01T00:00:00Z", "valid_until": "2040-01-01T00:00:00Z",
            "exporter": parties["maker"], "importer": parties["importer"], "consignees": [parties["importer"]],
            "exit_points": ["INNSA"], "entry_points": ["USNYC"], "transit": [],
        }  # fmt: skip

    def _hand_over(
        self, lot: str, prev: str, to: str, capacity: str, place: Mapping[str, str], **line: Any
    ) -> dict[str, Any]:
        return {
            "type": "hand-over/1", "to": self.cast.parties[to], "receives_as": capacity, "place": place, "mode": "road",
            "lines": [{"lot": lot, "prev": prev, "quantity": kg(NET), **line}], "documents": PAPERS,
            "deadline": format_instant(self.time + 5 * DAY_MS),
        }  # fmt: skip

    def _filing(self, *, filed_at: int, **members: Any) -> dict[str, Any]:
        return {"type": "filing/1", "country": "US", "filed_at": format_instant(filed_at), **members}


def _registration(lot: str, place: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "registration/1", "lot": lot, "substance": SUBSTANCE, "name": "pseudoephedrine hydrochloride",
        "quantity": kg(NET), "origin": "made", "place": place, "packages": [{"serial": "0001", "net": kg(NET)}],
    }  # fmt: skip


def _acceptance(lot: str, offer: str, place: Mapping[str, str], **found: Any) -> dict[str, Any]:
    line = {"lot": lot, "outcome": "full", "accepted": kg(NET), **found}
    return {"type": "acceptance/1", "answers": offer, "lines": [line], "place": place, "documents": PAPERS}


def _customs(consignment: str, kind: str, place: Mapping[str, str]) -> dict[str, Any]:
    return {
        "type": "customs-release/1", "consignment": consignment, "kind": kind, "place": place, "quantity": kg(NET),
        "released_at": format_instant(START + 180_000),  # after the permits were drawn on
    }  # fmt: skip


# Measuring


class Pair:
    """Two ledgers on disk, one with the rule sets and one without, that are given the same packets in turn."""

    def __init__(self, folder: Path, handling: Handling) -> None:
        self.folders = {"plain": folder / "plain", "treaty": folder / "treaty"}
        self._clock = ScenarioClock(handling.time)
        self.ledgers = {name: self._open(name) for name in self.folders}
        self.findings: Counter[str] = Counter()
        for ledger in self.ledgers.values():
            _accepted(ledger, handling.founding(), {})
        adoptions = handling.adoptions()
        _accepted(self.ledgers["treaty"], adoptions, handling.documents)
        self._clock.time += 60_000  # what was adopted was adopted before
        for ledger in self.ledgers.values():  # a process reads each document once, and loads each event type once
            _accepted(ledger, handling.first, {})
        self._turn = 0

    def _open(self, name: str) -> Ledger:
        self.folders[name].mkdir()
        mark = FileHighWaterMark(self.folders[name] / "log.mark")
        store = SqliteStore.create(self.folders[name] / "ledger.db")
        return Ledger.open(store, mark, origin=ORIGIN, signer=key_from(f"log {ORIGIN}"), clock=self._clock)

    def in_turn(self, work: Callable[[str], object]) -> Spent:
        """Seconds that the same work takes on each; who begins changes every time."""
        self._turn += 1
        spent = {}
        for name in sorted(self.ledgers, reverse=bool(self._turn % 2)):
            gc.collect()  # nobody pays for what the other left
            begun = time.perf_counter()
            work(name)
            spent[name] = time.perf_counter() - begun
        return spent

    def append(self, raws: list[bytes], size: int) -> list[Spent]:
        """Appending to each, packet by packet in turn."""
        found = []
        for packet in packets(raws, size):
            answers: dict[str, list[Answer]] = {}

            def submit(name: str, packet: list[bytes] = packet, answers: dict[str, list[Answer]] = answers) -> None:
                answers[name] = self.ledgers[name].submit(packet)

            found.append(self.in_turn(submit))
            for answered in answers.values():
                _require(answered)
            self.findings.update(f.code for answer in answers["treaty"] for f in answer.findings)
        return found

    def audit(self) -> list[Spent]:
        """An audit of each."""
        keys = {name: ledger.key for name, ledger in self.ledgers.items()}
        for ledger in self.ledgers.values():
            ledger.publish()
            ledger.close()
        stores = {name: SqliteStore.open(self.folders[name] / "ledger.db", read_only=True) for name in keys}
        spent = self.in_turn(lambda name: audit(stores[name], MemoryStore(), key=keys[name]).require())
        for store in stores.values():
            store.close()
        return [spent]


def _accepted(ledger: Ledger, packet: list[bytes], documents: Mapping[bytes, bytes]) -> None:
    _require(ledger.submit(packet, documents))


def _require(answers: Iterable[Answer]) -> None:
    for answer in answers:
        if not isinstance(answer, Receipt):
            raise SystemExit(f"the workload was refused: {answer.findings[0]}")


def measure(results: Tells, *, rounds: int, singles: int, hundreds: int, told: Callable[[str], None]) -> None:
    """Rates with and without rule sets, their ratios, and what is over the budget.

    Of each packet the median over all rounds counts: a packet takes as long as the disk is busy with others.
    """
    handling = Handling()
    told("signing the workload of step 7")
    single, batched = list(handling.lives(singles, "S")), list(handling.lives(hundreds, "B"))
    counts = dict(zip(KINDS, (len(single), len(batched), len(single) + len(batched)), strict=True))
    spent: dict[str, list[list[Spent]]] = {kind: [] for kind in KINDS}
    weighing = 0
    for n in range(rounds):
        told(f"with and without rule sets, round {n + 1} of {rounds}")
        with TemporaryDirectory(prefix="lotchain-bench-") as place:
            pair = Pair(Path(place), handling)
            spent["batches of 1"].append(pair.append(single, 1))
            spent["batches of 100"].append(pair.append(batched, 100))
            spent["audit"].append(pair.audit())
            weighing = pair.findings.total() - pair.findings["late-entry"]
    results.figures["treaty findings a statement"] = round(weighing / counts["audit"], 2)
    for kind, found in spent.items():
        for one in found:
            for name in one[0]:
                results.sample(f"{name}, {kind}/s", counts[kind] / sum(packet[name] for packet in one))
        plain, treaty = (_typical(found, name) for name in ("plain", "treaty"))
        results.figures[f"plain, {kind}/s"] = counts[kind] / plain
        results.figures[f"with rule sets, {kind}/s"] = counts[kind] / treaty
        if plain / treaty < LEAST_RATIO:
            fault = f"{plain / treaty:.2f} of the rate without, at least {LEAST_RATIO}"
            results.over.append(f"with rule sets, {kind}: {fault}")


def _typical(rounds: list[list[Spent]], name: str) -> float:
    """Seconds of all packets, each by its median over the rounds."""
    return float(sum(median(packet[name] for packet in packets) for packets in zip(*rounds, strict=True)))


def lines(results: Tells) -> list[str]:
    """The table, for people."""
    found = []
    for kind in KINDS:
        plain, treaty = results.figures[f"plain, {kind}/s"], results.figures[f"with rule sets, {kind}/s"]
        label = kind if kind == "audit" else f"append, {kind}"
        ratio = f"{treaty / plain:.2f} of it, at least {LEAST_RATIO}"
        found.append(f"  {label:<28}{treaty:>9,.0f}/s   {plain:9,.0f}/s without any: {ratio}")
    adopted = ", ".join(f"{jurisdiction} by {by}" for by, jurisdiction in ADOPTED)
    return [f"with rule sets adopted ({adopted}), the same statements on both:", *found]
