"""Test vectors of one event type: each case is judged by the real judge and compared with what is written by hand.

A case holds all that a judge needs and nothing else, so that another implementation can run it: the signed statement,
its payload as JSON, the states before, time and place in the log, and what must come of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from tests.unit.world import ORIGIN, World

from lotchain.core import canonical_json
from lotchain.custody.case import Cited
from lotchain.errors import Malformed
from lotchain.events.event import Event
from lotchain.events.fields import Seen
from lotchain.events.reading import read_entry, read_event
from lotchain.signing import SoftwareSigner, sign_statement
from lotchain.verify.judge import Context, judge, names_read

DIRECTORY = Path(__file__).resolve().parents[2] / "specs" / "vectors" / "events"
SOURCE = "tests/vectors_build/events.py: fixed seeds, states made by the judge, expected codes written by hand"
SEEN = Seen(size=1, root="5e" * 32)
Json = dict[str, Any]


class Book:
    """The cases of one event type, in the order in which they are written down."""

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name
        self.cases: list[Json] = []
        self.sample: Json | None = None

    def accepted(
        self,
        world: World,
        event: Event,
        who: str,
        name: str,
        comment: str,
        *codes: str,
        signer: SoftwareSigner | None = None,
        seen: int | None = None,
        audience: str | None = None,
    ) -> str:
        """A statement that is taken, with just these finding codes; it is committed. Returns its id."""
        case, after, raw = self._judged(world, event, who, signer, seen, audience)
        found = [finding["code"] for finding in case["expect"]["findings"]]
        assert sorted(set(found)) == sorted(set(codes)), f"{self.type_name}, {name}: {found}, not {codes}"
        assert case["valid"], f"{self.type_name}, {name}: refused for {found}"
        self._add(name, comment, case)
        hex_id = read_entry(raw).statement.hex_id
        world.states.update(deepcopy(after))
        world.log[hex_id] = Cited(raw, len(world.log))
        world.check_balance()
        if self.sample is None:
            self.sample = case["payload"]
        return hex_id

    def refused(
        self,
        world: World,
        event: Event,
        who: str,
        name: str,
        comment: str,
        code: str,
        *more: str,
        signer: SoftwareSigner | None = None,
        seen: int | None = None,
        audience: str | None = None,
    ) -> None:
        """A statement that is refused with `code`; `more` are the codes found beside it."""
        case, _, _ = self._judged(world, event, who, signer, seen, audience)
        found = [finding["code"] for finding in case["expect"]["findings"]]
        assert sorted(set(found)) == sorted({code, *more}), f"{self.type_name}, {name}: {found}, not {code} {more}"
        assert not case["valid"], f"{self.type_name}, {name}: taken"
        self._add(name, comment, {**case, "code": code})

    def malformed(self, name: str, comment: str, code: str, payload: Json, field: str = "") -> None:
        """A payload that is no event of the type: refused with `code` before anything is judged."""
        with pytest.raises(Malformed) as caught:
            read_event(canonical_json.encode(payload))
        fault = caught.value
        assert fault.code == code, f"{self.type_name}, {name}: {fault}, not {code}"
        assert field in ("", fault.field), f"{self.type_name}, {name}: {fault.field}, not {field}"
        self._add(name, comment, {"valid": False, "code": code, "field": fault.field, "payload": payload})

    def changed(self, name: str, comment: str, code: str, /, **changes: object) -> None:
        """The sample payload with members replaced (or taken out: None), as a malformed case."""
        assert self.sample is not None
        payload = {key: value for key, value in {**self.sample, **changes}.items() if value is not None}
        self.malformed(name, comment, code, payload)

    def common_faults(self) -> None:
        """What no event of any type may be, on the first accepted payload."""
        assert self.sample is not None
        sample = self.sample
        name, _, version = self.type_name.partition("/")
        self.changed("unknown version", "nothing is concluded from it", "version-unsupported", type=f"{name}/9")
        self.changed("unknown type", "the table of types is closed", "event-type", type=f"{name}s/{version}")
        self.changed("type without version", "a type carries its version", "event-type", type=name)
        self.changed("unknown field", "no member beside those of the page", "field-unknown", note="x")
        self.changed("local time", "instants are UTC", "time-format", occurred_at="2026-09-21T13:33:20+08:00")
        self.changed("time as a number", "instants are text", "time-format", occurred_at=1_790_000_000)
        self.changed("checkpoint of size 0", "a tree with a charter has a leaf", "field-range",
                     seen={"size": 0, "root": "5e" * 32})  # fmt: skip
        self.changed("checkpoint without root", "size and root together", "field-missing", seen={"size": 1})
        self.malformed("null", "an absent field is left out", "null-field", {**sample, "seen": None}, "seen")
        required = [field for field in sample if field not in ("type", "seen") and self._required(field)]
        for field in required:
            self.changed(f"without {field}", "a required field", "field-missing", **{field: None})

    def _required(self, field: str) -> bool:
        from lotchain.events.registry import event_class

        model = event_class(self.type_name)
        assert model is not None
        return model.model_fields[field].is_required()

    def _judged(
        self,
        world: World,
        event: Event,
        who: str,
        signer: SoftwareSigner | None,
        seen: int | None,
        audience: str | None,
    ) -> tuple[Json, Mapping[str, Any], bytes]:
        assert event.type == self.type_name
        if seen is not None:
            event = event.model_copy(update={"seen": SEEN})
        raw = sign_statement(
            signer or world.signers[who],
            issuer=world.party(who),
            subject=event.subjects()[0],
            audience=audience or world.audience,
            signed_at=world.time // 1000,
            payload=event.payload(),
        )
        reading = read_entry(raw)
        before = {name: deepcopy(world.states.get(name)) for name in sorted(names_read(reading))}
        cited = {name: world.log[name] for name in sorted(reading.event.cites()) if name in world.log}
        context = Context(ORIGIN, world.charter, world.time, seen=seen, cited=cited)
        judgement = judge(reading, before, context)
        case: Json = {
            "valid": not judgement.refused,
            "payload": canonical_json.decode(event.payload(), what="event"),
            "statement": raw.hex(),
            "id": reading.statement.hex_id,
            "issuer": reading.statement.issuer,
            "origin": ORIGIN,
            "charter": world.charter,
            "time": world.time,
            "seen": seen,
            "cited": {name: {"index": each.index, "statement": each.raw.hex()} for name, each in cited.items()},
            "before": before,
            "expect": {
                "after": {name: judgement.states[name] for name in sorted(judgement.states)},
                "findings": [{"code": each.code, "subject": each.subject} for each in judgement.findings],
            },
        }
        return case, judgement.states, raw

    def _add(self, name: str, comment: str, case: Json) -> None:
        assert name not in {each["name"] for each in self.cases}, f"{self.type_name}: {name} stands twice"
        order = ("valid", "code", "field")
        head = {"name": name, "comment": comment, **{key: case[key] for key in order if key in case}}
        self.cases.append({**head, **case})

    def text(self) -> str:
        """The file: one line a member of a case."""
        head = {"format": f"lotchain/event {self.type_name}", "version": 1, "source": SOURCE}
        lines = [f' "{key}": {json.dumps(value)},' for key, value in head.items()]
        cases = []
        for case in self.cases:
            members = [f'   "{key}": {json.dumps(value, separators=(",", ":"))}' for key, value in case.items()]
            cases.append("  {\n" + ",\n".join(members) + "\n  }")
        return "{\n" + "\n".join(lines) + '\n "cases": [\n' + ",\n".join(cases) + "\n ]\n}\n"

    @property
    def path(self) -> Path:
        """specs/vectors/events/<name>-<version>.json."""
        return DIRECTORY / f"{self.type_name.replace('/', '-')}.json"
