"""What the measurements work on: casts of parties, signed statements of lots, one lot's long journey.

Everything is signed beforehand: what is timed is the ledger's work, never the handlers'.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson

from lotchain.app.scenario.cast import Cast
from lotchain.app.scenario.play import ScenarioClock
from lotchain.app.scenario.script import Script, read_script
from lotchain.app.wiring import memory_ledger
from lotchain.core.instants import format_instant
from lotchain.core.notes import ED25519_COSIGNATURE, VerifierKey
from lotchain.core.statements import parse_statement
from lotchain.ledger.reader import Reader
from lotchain.signing import SoftwareSigner
from lotchain.verify.trust import DAY_MS, Group, Policy

ORIGIN = "bench.example/lots"
START = 1_790_000_000_000
SUBSTANCE = "79099-07-3"
PLACE = {"code": "CNTZU", "offset": "+08:00"}
ROUTE = ("CNTZU", "CNSHG", "MXZLO", "MXGDL", "MXTLC")
PARTIES = ("maker", "trucker", "port", "sea", "broker", "rail", "importer", "user")
AUDITORS = ("cn.witness.example", "mx.witness.example")
JOURNEY_LOT = "lot:CN-MAKER/J-1-A-B"
"""The lot that the long journey ends with: split off a part of a part."""


def key_from(seed: str) -> SoftwareSigner:
    """A key that is the same in every run."""
    return SoftwareSigner.from_seed(hashlib.sha256(seed.encode()).digest())


def script() -> Script:
    """The cast as a scenario without steps: two authorities, eight licensed parties."""
    return cast_of("bench", ("cn", "mx"), {name: f"party:CN-{name.upper()}" for name in PARTIES}, SUBSTANCE)


def cast_of(
    name: str, authorities: Iterable[str], parties: Mapping[str, str], substance: str, sites: Iterable[str] = ()
) -> Script:
    """A scenario without steps: authorities by their countries, parties by name and id, all licensed for everything."""
    licence: dict[str, Any] = {
        "activities": ["manufacture", "distribute", "export", "import", "transport", "store", "use"],
        "substances": [substance],
        "valid_from": "2020-01-01T00:00:00Z",
        "valid_until": "2040-01-01T00:00:00Z",
    }
    if sites:
        licence["sites"] = list(sites)
    countries = [country.upper() for country in authorities]
    content = {
        "format": "lotchain-scenario/2",
        "name": name,
        "title": "Benchmark",
        "about": "nothing happens: what the measurements submit is signed one by one",
        "origin": ORIGIN,
        "opened_at": format_instant(START),
        "threshold": len(countries),
        "authorities": {
            country.lower(): {
                "id": f"party:{country}-CNA", "country": country, "organisation": f"Authority {country}",
            }
            for country in countries
        },
        "parties": {
            member: {
                "id": party,
                "organisation": f"Organisation {member}",
                "licence": {"number": f"{party[6:8]}-{n}", **licence},
            }
            for n, (member, party) in enumerate(parties.items())
        },
        "witnesses": {
            country.lower(): {"name": f"{country.lower()}.witness.example", "country": country}
            for country in countries
        },
        "audit_quorum": len(countries),
        "max_age": "30d",
        "treaty": "not-demanded",
        "steps": [],
    }  # fmt: skip
    return read_script(orjson.dumps(content))


class Handlers:
    """The parties of a cast, that sign what they do, one statement after another.

    `seen` gives the checkpoint that they name: that of the founding, unless it is set to something newer.
    """

    def __init__(self, played: Script | None = None) -> None:
        self.script = played or script()
        self.cast = Cast(self.script)
        self.time = START
        self._charter = self.cast.charter(START)
        self.charter = parse_statement(self._charter).id
        founded = memory_ledger(ORIGIN, key_from("any"), clock=ScenarioClock(START))
        founded.submit(self.founding())
        self.name_newest(founded.reader, once=True)

    def name_newest(self, reader: Reader, *, once: bool = False) -> None:
        """From now on name the newest checkpoint of a ledger; with `once`, always the one that is newest now."""

        def newest() -> dict[str, Any]:
            checkpoint, _ = reader.newest()
            return {"size": checkpoint.size, "root": checkpoint.root.hex()}

        kept = newest()
        self.seen: Callable[[], dict[str, Any]] = (lambda: kept) if once else newest

    def founding(self) -> list[bytes]:
        """Charter, endorsement, licences and keys."""
        return [self._charter, *self.cast.openers(self.charter, START)]

    def sign(self, by: str, event: dict[str, Any]) -> tuple[bytes, str]:
        """A statement that names the newest checkpoint that its signer has seen, and its id."""
        event = {**event, "occurred_at": format_instant(self.time), "seen": self.seen()}
        raw = self.cast.sign(by, event, at=self.time, charter=self.charter)
        return raw, parse_statement(raw).hex_id

    def lots(self, count: int, prefix: str) -> Iterator[bytes]:
        """Whole short lives of lots: registration, hand-over and acceptance, three statements each."""
        for n in range(count):
            lot = f"lot:CN-MAKER/{prefix}-{n}"
            raw, last = self.sign("maker", registration(lot, "25.000"))
            yield raw
            raw, offer = self.sign("maker", hand_over(self, lot, "25.000", last, "trucker"))
            yield raw
            yield self.sign("trucker", acceptance(lot, "25.000", offer))[0]

    def journey(self, transfers: int) -> Iterator[bytes]:
        """One lot's life: made, packed, declared, sealed, split twice, and handed on `transfers` times."""
        whole, part = "lot:CN-MAKER/J-1", "lot:CN-MAKER/J-1-A"
        raw, last = self.sign("maker", registration(whole, "100.000"))
        yield raw
        packages = [{"serial": f"{n:04}", "net": kg("25.000")} for n in range(1, 5)]
        raw, last = self.sign("maker", {"type": "packing/1", "lot": whole, "prev": last, "packages": packages})
        yield raw
        yield self.sign("maker", consignment(self, whole))[0]
        children = [child(part, "50.000", "0001", "0002"), child(f"{whole}-B", "50.000", "0003", "0004")]
        split = {"type": "split/1", "lot": whole, "children": children}
        raw, last = self.sign("maker", {**split, "prev": last})
        yield raw
        children = [child(JOURNEY_LOT, "25.000", "0001"), child(f"{part}-C", "25.000", "0002")]
        raw, last = self.sign("maker", {**split, "lot": part, "prev": last, "children": children})
        yield raw
        line = {"lot": JOURNEY_LOT, "prev": last, "seals": ["CN-1"]}
        raw, last = self.sign("maker", {"type": "seal-applied/1", "lines": [line], "place": PLACE})
        yield raw
        for n in range(transfers):
            giver, taker = PARTIES[n % len(PARTIES)], PARTIES[(n + 1) % len(PARTIES)]
            place = {"code": ROUTE[min(n // 3, len(ROUTE) - 1)], "offset": "+08:00"}
            raw, offer = self.sign(giver, hand_over(self, JOURNEY_LOT, "25.000", last, taker, place, seals=["CN-1"]))
            yield raw
            raw, last = self.sign(taker, acceptance(JOURNEY_LOT, "25.000", offer, place, seals_found=["CN-1"]))
            yield raw


def registration(lot: str, quantity: str) -> dict[str, Any]:
    """A lot is made."""
    return {
        "type": "registration/1",
        "lot": lot,
        "substance": SUBSTANCE,
        "name": "1-boc-4-piperidone",
        "quantity": kg(quantity),
        "origin": "made",
        "place": PLACE,
    }


def hand_over(
    handlers: Handlers, lot: str, quantity: str, prev: str, to: str, place: dict[str, str] = PLACE, **line: Any
) -> dict[str, Any]:
    """A whole lot offered, to be answered within five days."""
    return {
        "type": "hand-over/1",
        "to": handlers.cast.parties[to],
        "receives_as": "carrier",
        "lines": [{"lot": lot, "prev": prev, "quantity": kg(quantity), **line}],
        "place": place,
        "deadline": format_instant(handlers.time + 5 * DAY_MS),
        "mode": "road",
    }


def acceptance(lot: str, quantity: str, offer: str, place: dict[str, str] = PLACE, **line: Any) -> dict[str, Any]:
    """Accepted in full."""
    taken = {"lot": lot, "outcome": "full", "accepted": kg(quantity), **line}
    return {"type": "acceptance/1", "answers": offer, "lines": [taken], "place": place}


def consignment(handlers: Handlers, lot: str) -> dict[str, Any]:
    """The journey that is declared for a lot."""
    parties = handlers.cast.parties
    return {
        "type": "consignment/1",
        "consignment": "consignment:CN-MAKER/C-1",
        "exporter": parties["maker"],
        "importer": parties["importer"],
        "final": [parties["user"]],
        "route": list(ROUTE),
        "lots": [lot],
        "mode": "sea",
    }


def child(lot: str, quantity: str, *packages: str) -> dict[str, Any]:
    """One part of a split."""
    return {"lot": lot, "quantity": kg(quantity), "packages": list(packages)}


def kg(value: str) -> dict[str, str]:
    """Kilograms."""
    return {"value": value, "unit": "KGM"}


def policy(log_key: VerifierKey, charter: bytes) -> Policy:
    """An inspector who trusts the log and both auditors."""
    return Policy(
        origin=log_key.name,
        log_keys=(log_key,),
        witnesses={name: (auditor_key(name),) for name in AUDITORS},
        groups={"both": Group(2, AUDITORS)},
        quorum="both",
        auditors=AUDITORS,
        audit_quorum=2,
        charter=charter,
        max_age_ms=3_650 * DAY_MS,
        treaty_required=False,
    )


def auditor_key(name: str) -> VerifierKey:
    """An auditor's public key."""
    return VerifierKey(name, ED25519_COSIGNATURE, key_from(name).public.raw)


def packets(statements: Iterable[bytes], size: int) -> list[list[bytes]]:
    """Statements in packets of that size."""
    listed = list(statements)
    return [listed[n : n + size] for n in range(0, len(listed), size)]
