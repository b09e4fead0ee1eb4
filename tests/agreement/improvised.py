"""Stories with acts of every kind thrown in: what two verifiers are compared on, beside what scenarios tell.

After each told step something happens to some lot as the ledger has it at that moment: mostly by who may, now and then by
who may not. What the ledger refuses is refused; a dishonest one logs half of it. Everything follows from one seed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable
from typing import Any

from tests.show.agreement import Telling
from tests.show.stage import key_from

from lotchain.app.permits import found_json
from lotchain.app.scenario.play import MINUTE
from lotchain.core.ids import key_subject
from lotchain.core.instants import format_instant
from lotchain.errors import Malformed
from lotchain.events.reading import read_entry
from lotchain.ledger.checkpointing import log_key
from lotchain.ledger.ports import Store
from lotchain.ledger.reader import Reader

State = dict[str, Any]
Event = dict[str, Any]
HOUR = 3_600_000
OFFICER = "officer"
"""The authorities' second key."""


def amount(quantity: int, kind: str = "mass") -> dict[str, str]:
    """An amount in kilograms or litres, exactly."""
    text = f"{quantity // 10**9}.{quantity % 10**9:09d}"
    return {"value": text, "unit": "KGM" if kind == "mass" else "LTR"}


class Improvised(Telling):
    """A story whose teller improvises."""

    drops_keys = False
    """Whether founding authorities may leave the log's own key off the list: an honest ledger then stops publishing."""

    def signed(self, store: Store) -> Iterable[tuple[str, bytes]]:
        """The story's statements, and what comes to mind between them."""
        told = iter(super().signed(store))
        for number, named in enumerate(told):
            yield named
            if number == 0:
                yield from self._officers()
            for _ in range(self._random.choice((0, 1, 1, 2, 3))):
                yield from self._something(store)

    def _officers(self) -> Iterable[tuple[str, bytes]]:
        cast, charter = self.stage.cast, self.stage.played.charter
        for member in self._names("authorities"):
            self.stage.clock.time += MINUTE
            yield (
                f"officer of {member}",
                cast.enrolment(member, OFFICER, by=member, at=self.stage.clock.time - MINUTE, charter=charter),
            )

    def _names(self, kind: str) -> list[str]:
        return [member.name for member in getattr(self.stage.script, kind)]

    def _something(self, store: Store) -> Iterable[tuple[str, bytes]]:
        lots = [row for row in self._lots(store) if row["ended"] is None or self._random.random() < 0.2]
        if not lots:
            return
        lot = self._random.choice(lots)
        act = self._random.choice(ACTS)
        made = act(self, lot, store)
        for by, key, event in made if isinstance(made, list) else [made]:
            if "raw" in event:
                yield f"improvised {event['raw'].hex()[-12:]}", event["raw"]
            if by is None or not event or "raw" in event:
                continue
            anybody = self._random.choice([*self._names("authorities"), *self._names("parties")])
            yield from self._speak(anybody if self._random.random() < 0.04 else by, key, event, store)

    def _speak(self, by: str, key: str, event: Event, store: Store) -> Iterable[tuple[str, bytes]]:
        clock = self.stage.clock
        clock.time += self._random.choice((MINUTE, 10 * MINUTE, 2 * HOUR, 30 * HOUR))
        at = clock.time - MINUTE
        event.setdefault("occurred_at", format_instant(at))
        seen = self._seen(self._random.choice(("", "", "none", "old")), store)
        if seen is not None:
            event.setdefault("seen", seen)
        try:
            raw = self.stage.cast.sign(by, event, at=at, charter=self.stage.played.charter, key=key)
        except (Malformed, KeyError) as fault:
            self.refused[f"improvised: {event.get('type')} {getattr(fault, 'code', fault)}"] += 1
            return
        yield f"improvised {event['type']} {read_entry(raw).statement.hex_id[:8]}", raw

    # What the ledger knows

    def _lots(self, store: Store) -> list[State]:
        return [_state_of(store, name) for name in _named(store, "lot:")]

    def member(self, party: str | None) -> str | None:
        """The cast's name of a party."""
        return next((name for name, known in self.stage.cast.parties.items() if known == party), None)

    def authority_of(self, code: str, store: Store) -> str | None:
        """Who is competent at a place."""
        charter = _state_of(store, "charter")
        return self.member(charter["authorities"].get(code[:2]))

    def party(self) -> str:
        """Somebody."""
        return self._random.choice(self._names("parties"))

    def part(self, lot: State, share: float | None = None) -> int:
        """A part of what is held."""
        held = int(lot["accounts"].get("held", 0))
        share = self._random.choice((0.01, 0.25, 0.5, 1.0)) if share is None else share
        return max(1, int(held * share) // 1000 * 1000)

    def place(self, lot: State) -> dict[str, str]:
        """Where it is, or elsewhere."""
        codes = [lot["place"]["code"], *((lot["consignment"] or {}).get("route", ()))]
        return {"code": self._random.choice([*codes, lot["place"]["code"], "CNSHA", "USSAV"]), "offset": "+00:00"}

    def serials(self, lot: State, most: int = 3) -> list[str]:
        """Some of its packages."""
        own = sorted(lot["packages"])
        return self._random.sample(own, min(len(own), self._random.randint(0, most)))


def _named(store: Store, prefix: str) -> list[str]:
    return Reader(store).subjects_named(prefix)


def _state_of(store: Store, name: str) -> State:
    row = store.subject(name)
    assert row is not None
    state: State = json.loads(row.state)
    return state


Made = tuple[str | None, str, Event]
Act = Callable[[Improvised, State, Store], Made | list[Made]]


def _by_custodian(teller: Improvised, lot: State) -> str | None:
    return teller.member(lot["custodian"]) or teller.party()


def sampling(teller: Improvised, lot: State, store: Store) -> Made:
    """A sample, with or without new seals."""
    event = {"type": "sampling/1", "lot": lot["lot"], "prev": lot["last"], "purpose": "release-test",
             "quantity": amount(teller.part(lot, 0.01)), "seals": teller._random.choice(([], lot["seals"], ["S-99"]))}  # fmt: skip
    return _by_custodian(teller, lot), "", event


def consumption(teller: Improvised, lot: State, store: Store) -> Made:
    """Something is used up."""
    event = {"type": "consumption/1", "lot": lot["lot"], "prev": lot["last"], "purpose": "synthesis",
             "quantity": amount(teller.part(lot)), "packages": teller.serials(lot)}  # fmt: skip
    return _by_custodian(teller, lot), "", event


def loss(teller: Improvised, lot: State, store: Store) -> Made:
    """Something is gone, on an open offer, too."""
    here = lot["accounts"].get("held", 0) + lot["accounts"].get("in-transit", 0)
    event: Event = {"type": "loss/1", "lot": lot["lot"], "prev": lot["last"], "place": teller.place(lot),
                    "kind": teller._random.choice(("stolen", "leaked", "unknown")),
                    "quantity": amount(max(1, here // teller._random.choice((1, 4, 100)))),
                    "packages": teller.serials(lot, 2)}  # fmt: skip
    if lot["offer"] and lot["offer"]["lost"]:
        event["reported_before"] = amount(lot["offer"]["lost"])
    return _by_custodian(teller, lot), "", event


def weighing(teller: Improvised, lot: State, store: Store) -> Made:
    """Somebody weighs it, rightly or not."""
    here = lot["accounts"].get("held", 0) + lot["accounts"].get("in-transit", 0)
    net = max(1, here + teller._random.choice((0, 0, -(10**9), 10**9, -(10**6))))
    line = {"lot": lot["lot"], "gross": amount(net + 10**9), "tare": amount(10**9), "net": amount(net)}
    by = teller._random.choice((_by_custodian(teller, lot), teller.authority_of(lot["place"]["code"], store)))
    return by, "", {"type": "weighing/1", "lines": [line], "scale": "W 1", "place": teller.place(lot)}


def stock_count(teller: Improvised, lot: State, store: Store) -> Made:
    """A count, with or without the sum."""
    held = lot["accounts"].get("held", 0)
    counted = max(1, held + teller._random.choice((0, 0, -(10**9), 10**6)))
    line: Event = {"lot": lot["lot"], "counted": amount(counted), "packages": teller.serials(lot)}
    if teller._random.random() < 0.5:
        line["reconciliation"] = {"delivered": amount(counted + 10**9), "used": amount(10**9)}
    by = teller._random.choice((_by_custodian(teller, lot), teller.authority_of(lot["place"]["code"], store)))
    return by, "", {"type": "stock-count/1", "lines": [line], "place": teller.place(lot)}


def sighting(teller: Improvised, lot: State, store: Store) -> Made:
    """A label turns up."""
    known = [*lot["packages"], *lot["gone"], "X-1"]
    event: Event = {"type": "sighting/1", "lot": lot["lot"], "content": teller._random.choice(("filled", "empty", "unknown")),
                    "place": teller.place(lot)}  # fmt: skip
    if teller._random.random() < 0.8:
        event["serial"] = teller._random.choice(sorted(known))
    past = teller._random.choice(lot["custodians"] or [None])
    by = teller._random.choice((teller.member(past), teller.authority_of(lot["place"]["code"], store)))
    return by, "", event


def _misread(teller: Improvised, seals: list[str]) -> list[str]:
    if not seals or teller._random.random() < 0.4:
        return list(seals)
    seals = list(seals)
    place = teller._random.randrange(len(seals))
    number = seals[place]
    seals[place] = teller._random.choice((number[:-2] + number[-1] + number[-2], number[:-1] + "Z", "OTHER-1"))
    return seals


def seal_check(teller: Improvised, lot: State, store: Store) -> Made:
    """Seals read rightly, with a slip, or wholly others."""
    line = {"lot": lot["lot"], "seals_found": _misread(teller, lot["seals"])}
    who = [_by_custodian(teller, lot), teller.authority_of(lot["place"]["code"], store)]
    if lot["offer"]:
        who.append(teller.member(lot["offer"]["to"]))
    who.append(teller.member(teller._random.choice(lot["custodians"] or [None])))
    return teller._random.choice(who), "", {"type": "seal-checked/1", "lines": [line], "place": teller.place(lot)}


def seal_applied(teller: Improvised, lot: State, store: Store) -> Made:
    """A seal more."""
    line = {"lot": lot["lot"], "prev": lot["last"], "seals": [f"IM-{teller._random.randint(1000, 9999)}"]}
    return _by_custodian(teller, lot), "", {"type": "seal-applied/1", "lines": [line], "place": teller.place(lot)}


def seal_broken(teller: Improvised, lot: State, store: Store) -> Made:
    """Seals off, and perhaps others on."""
    event: Event = {"type": "seal-broken/1", "lot": lot["lot"], "prev": lot["last"],
                    "seals": _misread(teller, lot["seals"])[:1] or ["NONE-1"], "place": teller.place(lot),
                    "reason": teller._random.choice(("opened", "found-broken", "accident"))}  # fmt: skip
    if teller._random.random() < 0.5:
        event["report"] = "P 1"
    if teller._random.random() < 0.5:
        event["replaced_by"] = [f"RB-{teller._random.randint(1000, 9999)}"]
    return _by_custodian(teller, lot), "", event


def inspection(teller: Improvised, lot: State, store: Store) -> Made:
    """An authority looks at it."""
    line: Event = {"lot": lot["lot"], "result": teller._random.choice(("in-order", "irregular", "refused"))}
    how = teller._random.random()
    if how < 0.5:
        line["seals_found"] = _misread(teller, lot["seals"])
    if how > 0.3 and lot["seals"]:
        line["seals_cut"] = lot["seals"][:1]
        line["seals_fitted"] = [f"IN-{teller._random.randint(1000, 9999)}"]
    if how > 0.7:
        line["sample"] = amount(10**6)
    code = lot["place"]["code"]
    event = {"type": "inspection/1", "lines": [line], "place": {"code": code, "offset": "+00:00"}}
    return teller.authority_of(code, store), "", event


def packing(teller: Improvised, lot: State, store: Store) -> Made:
    """Repacked, some packages under the label of another lot."""
    whole = lot["accounts"].get("held", 0) + lot["taken"]
    half = whole // 2
    serials = teller._random.sample([*sorted(lot["packages"]), *sorted(lot["gone"]), "N-1", "N-2"], 2)
    packages: list[Event] = [{"serial": serials[0], "net": amount(max(1, half))},
                             {"serial": serials[1], "net": amount(max(1, whole - half))}]  # fmt: skip
    if teller._random.random() < 0.4:
        packages[0]["label_lot"] = teller._random.choice(_named(store, "lot:"))
    return (
        _by_custodian(teller, lot),
        "",
        {"type": "packing/1", "lot": lot["lot"], "prev": lot["last"], "packages": packages},
    )


def split(teller: Improvised, lot: State, store: Store) -> Made:
    """Divided in two."""
    whole = lot["accounts"].get("held", 0) + lot["taken"]
    half = max(1, whole // 3)
    owner = (lot["custodian"] or "party:XX-1")[6:]
    number = teller._random.randint(1000, 99999)
    children: list[Event] = [{"lot": f"lot:{owner}/I{number}A", "quantity": amount(half)},
                             {"lot": f"lot:{owner}/I{number}B", "quantity": amount(max(1, whole - half))}]  # fmt: skip
    own = sorted(lot["packages"])
    if own and teller._random.random() < 0.5:
        cut = teller._random.randrange(len(own) + 1)
        children[0]["packages"], children[1]["packages"] = own[:cut], own[cut:]
    return (
        _by_custodian(teller, lot),
        "",
        {"type": "split/1", "lot": lot["lot"], "prev": lot["last"], "children": children},
    )


def merge(teller: Improvised, lot: State, store: Store) -> Made:
    """Merged with another lot in the same hands, if there is one."""
    others = [
        other for other in teller._lots(store) if other["custodian"] == lot["custodian"] and other["lot"] != lot["lot"]
    ]
    if not others or lot["custodian"] is None:
        return None, "", {}
    lines = [{"lot": one["lot"], "prev": one["last"],
              "quantity": amount(max(1, one["accounts"].get("held", 0) + one["taken"]))}
             for one in (lot, teller._random.choice(others))]  # fmt: skip
    name = f"lot:{lot['custodian'][6:]}/M{teller._random.randint(1000, 99999)}"
    return _by_custodian(teller, lot), "", {"type": "merge/1", "lot": name, "lines": lines, "place": teller.place(lot)}


def hand_over(teller: Improvised, lot: State, store: Store) -> Made:
    """Offered to somebody."""
    whole = lot["accounts"].get("held", 0) + lot["taken"]
    line: Event = {"lot": lot["lot"], "prev": lot["last"], "quantity": amount(max(1, whole))}
    if teller._random.random() < 0.6:
        line["seals"] = _misread(teller, lot["seals"])
    hours = teller._random.choice((1, 30, 24 * 5, 24 * 400))
    event = {"type": "hand-over/1", "to": teller.stage.cast.parties[teller.party()], "lines": [line], "mode": "road",
             "receives_as": teller._random.choice(("carrier", "warehouse", "consignee")), "place": teller.place(lot),
             "deadline": format_instant(teller.stage.clock.time + hours * HOUR)}  # fmt: skip
    return _by_custodian(teller, lot), "", event


def _reply_line(teller: Improvised, lot: State) -> Event:
    offer = lot["offer"]
    there = offer["quantity"] - teller._random.choice((0, offer["taken"]))
    line: Event = {"lot": lot["lot"]}
    if teller._random.random() < 0.6:
        line["seals_found"] = _misread(teller, lot["seals"])
    missing = teller._random.choice((0, 0, offer["lost"], there // 50))
    if missing:
        line["missing"] = amount(missing)
        line["packages_missing"] = teller.serials(lot, 1)
    line["accepted"] = amount(max(1, there - missing))
    return line


def acceptance(teller: Improvised, lot: State, store: Store) -> Made:
    """A reply that takes something; or one to an offer that was withdrawn."""
    if not lot["offer"]:
        closed = sorted(name for name, entry in lot["withdrawn"].items() if not entry["answered"])
        if not closed:
            return None, "", {}
        line: Event = {"lot": lot["lot"], "outcome": "full", "accepted": amount(10**9)}
        event = {"type": "acceptance/1", "answers": closed[0], "lines": [line], "place": teller.place(lot)}
        return teller.member(lot["withdrawn"][closed[0]]["to"]), "", event
    line = {**_reply_line(teller, lot), "outcome": "full"}
    if teller._random.random() < 0.3:
        whole = int(float(line["accepted"]["value"]) * 10**9) // 10**6 * 10**6
        rest = whole // 4
        exact = line["accepted"]["value"].split(".")
        total = int(exact[0]) * 10**9 + int(exact[1])
        line["accepted"], line["refused"] = amount(max(1, total - rest)), amount(max(1, rest))
        line["packages_refused"] = teller.serials(lot, 2)
    event = {"type": "acceptance/1", "answers": lot["offer"]["id"], "lines": [line], "place": teller.place(lot)}
    return teller.member(lot["offer"]["to"]), "", event


def refusal(teller: Improvised, lot: State, store: Store) -> Made:
    """A reply that takes nothing."""
    if not lot["offer"]:
        return None, "", {}
    line = _reply_line(teller, lot)
    line["refused"] = line.pop("accepted")
    event = {
        "type": "refusal/1",
        "answers": lot["offer"]["id"],
        "lines": [{**line, "reason": "damaged"}],
        "place": teller.place(lot),
    }
    return teller.member(lot["offer"]["to"]), "", event


def witnessed(teller: Improvised, lot: State, store: Store) -> Made:
    """An authority accepts for the receiver."""
    if not lot["offer"]:
        return None, "", {}
    event = {"type": "witnessed-acceptance/1", "answers": lot["offer"]["id"], "receiver": lot["offer"]["to"],
             "lines": [_reply_line(teller, lot)], "reason": "key-lost", "place": teller.place(lot)}  # fmt: skip
    return teller.authority_of(lot["offer"]["to"][6:8], store), "", event


def withdrawal(teller: Improvised, lot: State, store: Store) -> Made:
    """An offer taken back, past its deadline or not."""
    if not lot["offer"]:
        return None, "", {}
    event = {"type": "withdrawal/1", "withdraws": lot["offer"]["id"], "lots": [lot["lot"]]}
    return teller.member(lot["offer"]["by"]), "", event


def correction(teller: Improvised, lot: State, store: Store) -> Made:
    """Another figure."""
    whole = max(1, lot["accounts"].get("held", 0) + lot["taken"])
    event = {"type": "correction/1", "lot": lot["lot"], "prev": lot["last"], "was": amount(whole),
             "becomes": amount(whole + 10**9), "reason": "weighing-error"}  # fmt: skip
    return _by_custodian(teller, lot), "", event


def destruction(teller: Improvised, lot: State, store: Store) -> Made:
    """Destroyed before a witness, who signs later or never."""
    event = {"type": "destruction/1", "lot": lot["lot"], "prev": lot["last"], "quantity": amount(teller.part(lot)),
             "packages": teller.serials(lot, 1), "method": "incineration", "place": teller.place(lot),
             "witness": teller.stage.cast.parties[teller.party()]}  # fmt: skip
    return _by_custodian(teller, lot), "", event


def seizure(teller: Improvised, lot: State, store: Store) -> Made:
    """An authority takes it, or a part."""
    code = lot["place"]["code"]
    event: Event = {
        "type": "seizure/1",
        "lot": lot["lot"],
        "reason": "suspicion",
        "place": {"code": code, "offset": "+00:00"},
    }
    if teller._random.random() < 0.5:
        event["quantity"] = amount(teller.part(lot, 0.25))
        event["packages"] = teller.serials(lot, 1)
    return teller.authority_of(code, store), "", event


def custody_order(teller: Improvised, lot: State, store: Store) -> Made:
    """An authority gives it into other hands."""
    event = {
        "type": "custody-order/1",
        "lot": lot["lot"],
        "custodian": teller.stage.cast.parties[teller.party()],
        "reason": "vanished",
    }
    return teller.authority_of(lot["place"]["code"], store), "", event


def second(teller: Improvised, lot: State, store: Store) -> Made:
    """The second signature behind what waits on the lot."""
    if not lot["pending"]:
        return None, "", {}
    name = teller._random.choice(sorted(lot["pending"]))
    entry = lot["pending"][name]
    by = teller.member(entry.get("needs", entry["by"]))
    key = OFFICER if entry["kind"] in ("seizure", "custody-order", "resolution") else ""
    return by, key, {"type": "endorsement/1", "subject": lot["lot"], "endorses": name}


def hold(teller: Improvised, lot: State, store: Store) -> Made:
    """A hold, or its release."""
    if lot["holds"] and teller._random.random() < 0.7:
        name = teller._random.choice(sorted(lot["holds"]))
        by = teller.member(lot["holds"][name]["by"])
        return by, "", {"type": "release/1", "hold": name, "lots": [lot["lot"]], "reason": "in-order"}
    event = {"type": "hold/1", "lots": [lot["lot"]], "reason": "suspicion"}
    return teller.authority_of(lot["place"]["code"], store), "", event


def alert(teller: Improvised, lot: State, store: Store) -> Made:
    """An alert, or its closing."""
    alerts = lot.get("alerts", {})
    if alerts and teller._random.random() < 0.5:
        name = teller._random.choice(sorted(alerts))
        event: Event = {"type": "alert-closing/1", "alert": name, "lots": [lot["lot"]], "outcome": "explained"}
        return teller.member(alerts[name]["by"]), "", event
    event = {"type": "alert/1", "lot": lot["lot"], "grounds": ["odd-payment"], "suspicious": False,
             "aware_at": format_instant(teller.stage.clock.time - HOUR)}  # fmt: skip
    by = teller._random.choice((_by_custodian(teller, lot), teller.authority_of(lot["place"]["code"], store)))
    return by, "", event


def watch(teller: Improvised, lot: State, store: Store) -> Made:
    """A mark on packages, or its lifting."""
    marks = lot.get("watched", {})
    by = teller.authority_of(lot["place"]["code"], store)
    if marks and teller._random.random() < 0.4:
        name = teller._random.choice(sorted(marks))
        event: Event = {"type": "watch-lifting/1", "mark": name, "label": marks[name]["label"], "lots": [lot["lot"]],
                        "from_label": teller._random.random() < 0.5, "reason": "found"}  # fmt: skip
        return teller.member(marks[name]["by"]), "", event
    known = sorted({*lot["packages"], *lot["gone"]})
    if not known:
        return None, "", {}
    event = {"type": "watch-mark/1", "label": lot["lot"], "lot": lot["lot"], "reason": "diverted",
             "packages": teller._random.sample(known, min(2, len(known)))}  # fmt: skip
    return by, "", event


def filing(teller: Improvised, lot: State, store: Store) -> Made:
    """Something is filed about the lot, or about its consignment."""
    about = teller._random.choice((lot["lot"], (lot["consignment"] or {}).get("id", lot["lot"])))
    event = {"type": "filing/1", "about": about, "kind": "loss-report", "country": lot["place"]["code"][:2],
             "filed_at": format_instant(teller.stage.clock.time - HOUR)}  # fmt: skip
    return (
        teller._random.choice((_by_custodian(teller, lot), teller.authority_of(lot["place"]["code"], store))),
        "",
        event,
    )


def customs(teller: Improvised, lot: State, store: Store) -> Made:
    """Customs on the route."""
    consignment = lot["consignment"]
    if consignment is None:
        return None, "", {}
    code = teller._random.choice(consignment["route"])
    event = {"type": "customs-release/1", "consignment": consignment["id"], "place": {"code": code, "offset": "+00:00"},
             "kind": teller._random.choice(("export", "import", "free-zone-entry", "transit-entry")),
             "released_at": format_instant(teller.stage.clock.time - HOUR)}  # fmt: skip
    return teller.authority_of(code, store), "", event


def answer(teller: Improvised, lot: State, store: Store) -> Made:
    """Somebody answers for a difference."""
    if not lot["differences"]:
        return None, "", {}
    name = teller._random.choice(sorted(lot["differences"]))
    entry = lot["differences"][name]
    by = teller._random.choice((teller.member(entry["offeror"]), teller.authority_of(lot["place"]["code"], store)))
    return by, "", {"type": "discrepancy-answer/1", "lot": lot["lot"], "reply": name, "explanation": "spilled"}


def arrival(teller: Improvised, lot: State, store: Store) -> Made:
    """It has arrived, says somebody."""
    who = (_by_custodian(teller, lot), teller.member(teller._random.choice(lot["custodians"] or [None])))
    return teller._random.choice(who), "", {"type": "arrival/1", "lots": [lot["lot"]], "place": teller.place(lot)}


def settlement(teller: Improvised, lot: State, store: Store) -> Made:
    """An authority settles a breach of a licence by the last act."""
    event = {"type": "settlement/1", "lot": lot["lot"], "statement": lot["last"], "outcome": "fined",
             "code": teller._random.choice(("licence-none", "licence-not-in-force", "licence-undetermined"))}  # fmt: skip
    return teller.authority_of((lot["custodian"] or "party:US-1")[6:8], store), "", event


def resolution(teller: Improvised, lot: State, store: Store) -> Made:
    """An authority decides a dispute."""
    if not lot["conflicts"]:
        return None, "", {}
    event: Event = {"type": "resolution/1", "lot": lot["lot"], "conflict": teller._random.choice(sorted(lot["conflicts"])),
                    "decision": "confirm"}  # fmt: skip
    if teller._random.random() < 0.4:
        event |= {"decision": "custody", "custodian": teller.stage.cast.parties[teller.party()]}
    return teller.authority_of(lot["place"]["code"], store), "", event


def transformation(teller: Improvised, lot: State, store: Store) -> Made:
    """A reaction, with any yield."""
    held = lot["accounts"].get("held", 0)
    used = max(1000, held // teller._random.choice((1, 2)) // 1000 * 1000)
    percent = teller._random.choice((50, 92, 97, 104))
    output: Event = {"name": "product", "quantity": amount(used * percent // 100), "molar_mass": "100", "moles": 1}
    if teller._random.random() < 0.6:
        owner = (lot["custodian"] or "party:XX-1")[6:]
        output |= {"lot": f"lot:{owner}/T{teller._random.randint(1000, 99999)}", "substance": "64-19-7"}
    line = {"lot": lot["lot"], "prev": lot["last"], "quantity": amount(used), "molar_mass": "100", "moles": 1,
            "packages": teller.serials(lot, 1)}  # fmt: skip
    event = {"type": "transformation/1", "operator": lot["custodian"] or "party:XX-1", "inputs": [line], "output": output,
             "theoretical": amount(used), "yield_percent": str(percent), "window_low": "88", "window_high": "95",
             "batch_record": teller._random.choice(("ab", "cd", f"{teller._random.randint(16, 255):02x}")) * 32,
             "place": teller.place(lot)}  # fmt: skip
    return _by_custodian(teller, lot), "", event


def revoked(teller: Improvised, lot: State, store: Store) -> Made:
    """A key is revoked, and was in other hands for some time."""
    name = teller.member(teller._random.choice(lot["custodians"] or [None]))
    if name is None or teller._random.random() < 0.6:
        return None, "", {}
    event = {"type": "key-revocation/1", "key": key_subject(teller.stage.cast.signer(name).public.thumbprint), "reason": "stolen",
             "compromised_since": format_instant(teller.stage.clock.time - teller._random.choice((1, 48, 400)) * HOUR)}  # fmt: skip
    return teller.authority_of(teller.stage.cast.parties[name][6:8], store), "", event


def endorsed(teller: Improvised, lot: State, store: Store) -> Made:
    """An authority stands behind the last act, should its key be lost."""
    name = teller.member(lot["custodian"])
    if name is None:
        return None, "", {}
    subject = key_subject(teller.stage.cast.signer(name).public.thumbprint)
    return (
        teller.authority_of((lot["custodian"] or "")[6:8], store),
        "",
        {"type": "endorsement/1", "subject": subject, "endorses": lot["last"]},
    )


def consignment(teller: Improvised, lot: State, store: Store) -> Made:
    """Another route."""
    owner = (lot["custodian"] or "party:XX-1")[6:]
    parties = teller.stage.cast.parties
    route = teller._random.sample(["CNSHA", "CNSHG", "MXZLO", "DEHAM", "NLRTM", "USSAV"], 3)
    event = {"type": "consignment/1", "consignment": f"consignment:{owner}/I{teller._random.randint(1000, 99999)}",
             "exporter": parties[teller.party()], "importer": parties[teller.party()], "final": [parties[teller.party()]],
             "route": [lot["place"]["code"], *route], "lots": [lot["lot"]], "mode": teller._random.choice(("sea", "road"))}  # fmt: skip
    return _by_custodian(teller, lot), "", event


def permit(teller: Improvised, lot: State, store: Store) -> Made | list[Made]:
    """A permit is given, drawn on, or changed."""
    if lot["consignment"] is None:
        return None, "", {}
    name = lot["consignment"]["id"]
    consigned = _state_of(store, name)
    permits = _named(store, "permit:")
    how = teller._random.random()
    if permits and how < 0.45:
        chosen = teller._random.choice(permits)
        state = _state_of(store, chosen)
        goods = amount(10**9, state["terms"]["quantity_kind"])
        event: Event = {"type": "permit-drawing/1", "consignment": name, "permit": chosen, "found": found_json(state),
                        "substance": teller._random.choice((lot["substance"], lot["substance"], "64-19-7")), "goods": goods, "drawn": goods}  # fmt: skip
        if teller._random.random() < 0.4:
            # Sometimes of a lot that is not in the consignment: refused.
            named = teller._random.choice((consigned["lots"], consigned["lots"], [lot["lot"]]))
            kind = state["terms"]["quantity_kind"]
            shares = [10**9 // len(named)] * (len(named) - 1)
            shares.append(10**9 - sum(shares))
            event["lots"] = [
                {"lot": one, "goods": amount(share, kind)} for one, share in zip(named, shares, strict=True)
            ]
        by = teller._random.choice((teller.member(state["holder"]), teller.member(consigned["by"])))
        return by, "", event
    if permits and how < 0.75:
        chosen = teller._random.choice(sorted(consigned.get("permits", {})) or permits)
        state = _state_of(store, chosen)
        drew = [name] if chosen in consigned.get("permits", {}) else []
        if state["sort"] == "pre-export-notification" and teller._random.random() < 0.6:
            event = {"type": "pre-export-reply/1", "permit": chosen, "answers": state["terms_by"], "consignments": drew,
                     "reply": teller._random.choice(("received", "no-objection", "objected"))}  # fmt: skip
            return teller.authority_of(state["importing"], store), "", event
        change = teller._random.choice(("suspended", "restored", "revoked", "cancelled", "confirmed", "terms"))
        event = {"type": "permit-change/1", "permit": chosen, "change": change, "consignments": drew, "reason": "error"}
        if change == "terms":
            event["terms"] = found_json(state)["terms"]
        return teller.member(state["by"]), "", event
    holder = teller._random.choice((consigned["by"], consigned["exporter"], consigned["importer"]))
    by = teller.authority_of(holder[6:8], store)
    number = teller._random.randint(1000, 99999)
    now = teller.stage.clock.time
    terms = {"number": f"I {number}", "substances": [lot["substance"] or "64-19-7"], "quantity": amount(5 * 10**9), "basis": "salt",
             "valid_from": format_instant(now - 24 * HOUR), "use": teller._random.choice(("single", "multiple")),
             "valid_until": format_instant(now + teller._random.choice((2, 2000)) * HOUR)}  # fmt: skip
    owner = teller.stage.cast.parties.get(by or "", "party:XX-1")[6:]
    event = {"type": "authorisation-grant/1", "kind": teller._random.choice(("export", "import")), "terms": terms}
    if teller._random.random() < 0.4:
        event = {"type": "pre-export-notification/1", "importing": teller._random.choice(("MX", "US", "DE")), "terms": terms,
                 "reply_by": format_instant(now + teller._random.choice((24, 9000)) * HOUR)}  # fmt: skip
    return by, "", {**event, "permit": f"permit:{owner}/I{number}", "holder": holder}


def _logged(store: Store, lot: State, last: str) -> Any:
    """The statement on the log that a lot names as its last one."""
    reader = Reader(store)
    for index in reversed(reader.history(lot["lot"])):
        reading = read_entry(reader.entry(index))
        if reading.statement.hex_id == last:
            return reading
    return None


def conflict(teller: Improvised, lot: State, store: Store) -> Made:
    """Another act of the same party on the same end, carried by somebody."""
    logged = _logged(store, lot, lot["last"])
    event: Event = {} if logged is None else json.loads(logged.statement.payload)
    owners = [event, *event.get("lines", ()), *event.get("inputs", ())]
    prev = next((owner["prev"] for owner in owners if owner.get("lot") == lot["lot"] and "prev" in owner), None)
    name = None if logged is None else teller.member(logged.statement.issuer)
    if prev is None or name is None:
        return None, "", {}
    at = teller.stage.clock.time - MINUTE
    other: Event = {"type": "sampling/1", "lot": lot["lot"], "prev": prev, "purpose": "retention", "quantity": amount(10**6),
                    "occurred_at": format_instant(at)}  # fmt: skip
    if teller._random.random() < 0.4:
        line = {"lot": lot["lot"], "prev": prev, "quantity": amount(10**9)}
        other = {"type": "hand-over/1", "to": teller.stage.cast.parties[teller.party()], "lines": [line], "mode": "road",
                 "receives_as": "carrier", "place": {"code": "USSAV", "offset": "-05:00"}, "occurred_at": format_instant(at),
                 "deadline": format_instant(at + 24 * HOUR)}  # fmt: skip
    raw = teller.stage.cast.sign(name, other, at=at, charter=teller.stage.played.charter)
    told = {"type": "conflict/1", "lot": lot["lot"], "logged": lot["last"], "other": base64.b64encode(raw).decode()}
    return teller.party(), "", told


def found_lot(teller: Improvised, lot: State, store: Store) -> Made:
    """Drums under the label of another lot, found or entered."""
    name = teller.party()
    number = teller._random.randint(1000, 99999)
    known = [*lot["packages"], *lot["gone"], "F-1"]
    package = {"serial": teller._random.choice(sorted(known)), "net": amount(10**9), "label_lot": lot["lot"]}
    event = {"type": "registration/1", "lot": f"lot:{teller.stage.cast.parties[name][6:]}/F{number}", "name": "found",
             "substance": lot["substance"] or "64-19-7", "quantity": amount(10**9), "packages": [package],
             "origin": teller._random.choice(("found", "entered", "made")), "tolerance": teller._random.choice(("0", "7")),
             "place": teller.place(lot)}  # fmt: skip
    return name, "", event


def lost_key(teller: Improvised, lot: State, store: Store) -> list[Made]:
    """A paper signed on the road; then the key is lost, and somebody stands behind the paper before it arrives."""
    name = teller.member(lot["custodian"])
    if name is None or teller._random.random() < 0.7:
        return []
    cast, charter, at = teller.stage.cast, teller.stage.played.charter, teller.stage.clock.time - MINUTE
    event = {"type": "sampling/1", "lot": lot["lot"], "prev": lot["last"], "purpose": "retention", "quantity": amount(10**6),
             "occurred_at": format_instant(at)}  # fmt: skip
    raw = cast.sign(name, event, at=at, charter=charter)
    subject = key_subject(cast.signer(name).public.thumbprint)
    authority = teller.authority_of(cast.parties[name][6:8], store)
    revocation = {"type": "key-revocation/1", "key": subject, "reason": "lost"}
    stands = {"type": "endorsement/1", "subject": subject, "endorses": read_entry(raw).statement.hex_id}
    return [(authority, "", revocation), (authority, "", stands), (None, "", {"raw": raw})]


def rotation(teller: Improvised, lot: State, store: Store) -> Made:
    """Founding authorities list the log's keys."""
    listed = _state_of(store, "charter").get("log_keys", {}).get("pending", {})
    founders = teller._names("authorities")
    if listed and teller._random.random() < 0.8:
        event: Event = {
            "type": "endorsement/1",
            "subject": "charter",
            "endorses": teller._random.choice(sorted(listed)),
        }
        return teller._random.choice(founders), "", event
    if teller._random.random() < 0.6:
        return None, "", {}
    origin = teller.stage.script.origin
    keys = [log_key(origin, key_from(f"log {origin} {number}")).encode() for number in (1, 2)]
    if not teller.drops_keys or teller._random.random() < 0.5:
        keys.append(log_key(origin, key_from(f"log {origin}")).encode())
    return teller._random.choice(founders), "", {"type": "ledger-key-rotation/1", "keys": keys[1:], "reason": "planned"}


def report(teller: Improvised, lot: State, store: Store) -> Made:
    """A paper's word of some lot."""
    name = teller.party()
    owner = teller.stage.cast.parties[name][6:]
    event = {"type": "report/1", "lot": f"lot:{owner}/R{teller._random.randint(1000, 99999)}", "line": 1, "name": "something",
             "paper": {"kind": "e-manifest", "sha256": "5d" * 32}, "place": teller.place(lot)}  # fmt: skip
    return name, "", event


ACTS: tuple[Act, ...] = (
    sampling, consumption, loss, weighing, stock_count, sighting, seal_check, seal_applied, seal_broken, inspection, packing,
    split, merge, hand_over, hand_over, acceptance, acceptance, acceptance, refusal, witnessed, withdrawal, correction,
    destruction, seizure, custody_order, second, second, second, hold, alert, watch, filing, customs, answer, arrival,
    settlement, resolution, transformation, revoked, endorsed, consignment, permit, permit, permit, report,
    rotation, rotation, conflict, conflict, found_lot, lost_key,
)  # fmt: skip
