"""One thing in two places: a serial in two lots, a container far apart at once, a paper reported twice."""

from __future__ import annotations

import re
from typing import ClassVar, Final, NamedTuple

from lotchain.custody.case import State
from lotchain.oversight.alerts import Evidence, Gravity, Kind, certain, number, suspicious
from lotchain.oversight.detector import Detector
from lotchain.oversight.seen import Seen
from lotchain.oversight.typologies import Typologies

SERIAL_TWICE = certain(
    "t16-serial-in-two-lots",
    Gravity.GRAVE,
    "one maker's serial stands in two lots that are both there: one drum cannot be in both",
    "look at both lots' drums; one label is a copy",
)
SERIAL_ELSEWHERE = suspicious(
    "t16-serial-elsewhere",
    Gravity.SERIOUS,
    "a serial stands in lots of different makers",
    "compare the labels: two makers number alike, or a label was copied",
)
CONTAINER_TWICE = certain(
    "t16-container-in-two-places",
    Gravity.GRAVE,
    "one container is named in two countries at almost the same time, with different lots",
    "ask both carriers for the container's papers; open it",
)
PAPER_TWICE = certain(
    "t16-paper-reported-twice",
    Gravity.SERIOUS,
    "one line of one paper was reported as two lots",
    "one of them is a double: ask both reporters",
)
_CONTAINER: Final = re.compile(r"(?<![A-Z0-9])([A-Z]{3}[UJZ])[ -]?([0-9]{6})[ -]?([0-9])(?![A-Z0-9])")
_VALUES: Final = {c: 10 + n + (10 + n - 1) // 10 for n, c in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
_HOUR_MS: Final = 3_600_000


class Serials(Detector):
    """Serials of packages in lots that are there. Short ones are taken to be numbered lot by lot."""

    KINDS: ClassVar[tuple[Kind, ...]] = (SERIAL_TWICE, SERIAL_ELSEWHERE)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._in: dict[str, dict[str, str]] = {}

    def see(self, seen: Seen) -> None:
        """Take out what left a lot, then enter what came."""
        changes = list(seen.changed("lot"))
        for name, before, after in changes:
            kept = set() if after["ended"] is not None else set(after["packages"])
            for serial in set(before["packages"] if before is not None else ()) - kept:
                lots = self._in.get(serial)
                if lots is not None:
                    lots.pop(name, None)
                    if not lots:
                        del self._in[serial]
        for name, before, after in changes:
            if after["ended"] is None:
                for serial in sorted(set(after["packages"]) - set(before["packages"] if before is not None else ())):
                    self._enter(seen, name, after, serial)

    def _enter(self, seen: Seen, lot: str, state: State, serial: str) -> None:
        if len(serial) < self.value(SERIAL_TWICE, "length"):
            return
        lots = self._in.setdefault(serial, {})
        for other, maker in sorted(lots.items()):
            kind = SERIAL_TWICE if maker == state["maker"] else SERIAL_ELSEWHERE
            self.raised.add(
                kind,
                lot,
                key=other,
                evidence=[seen.proof],
                said=f"serial {serial} stands in {other}, too",
                lots=[lot, other],
                parties=[seen.issuer, *sorted({maker, state["maker"]} - {""})],
            )
        lots[lot] = state["maker"]


class _Named(NamedTuple):
    """Where a container was named last."""

    occurred: int
    country: str
    place: str
    lots: frozenset[str]
    evidence: Evidence
    time: int


class Containers(Detector):
    """Containers that hand-overs and arrivals name openly; a hidden one is not seen."""

    KINDS: ClassVar[tuple[Kind, ...]] = (CONTAINER_TWICE,)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._last: dict[str, _Named] = {}

    def see(self, seen: Seen) -> None:
        """Every container number of ISO 6346 in the means of transport."""
        means, place = seen.payload.get("means"), seen.payload.get("place")
        if not isinstance(means, str) or not isinstance(place, dict):
            return
        code = str(place.get("code", ""))
        lots = frozenset(name for name, _, _ in seen.changed("lot"))
        occurred = seen.observed.reading.event.occurred
        for container in containers_in(means):
            named = _Named(occurred, code[:2], code, lots, seen.evidence, seen.time)
            known = self._last.get(container)
            self._last[container] = named
            if known is None or known.country == named.country or known.lots & lots:
                continue
            apart = abs(occurred - known.occurred)
            if apart <= self.span(CONTAINER_TWICE, "apart"):
                self.raised.add(
                    CONTAINER_TWICE,
                    f"container:{container}",
                    evidence=[(known.evidence, known.time), seen.proof],
                    said=f"{container} at {known.place} and at {code}, {apart // _HOUR_MS} hours apart",
                    lots=sorted(known.lots | lots),
                    parties=[seen.issuer],
                    figures=[number("apart", apart // _HOUR_MS, "hours")],
                )


def containers_in(text: str) -> list[str]:
    """Container numbers in a text whose check digit is right (ISO 6346), written without spaces."""
    found = []
    for owner, serial, digit in _CONTAINER.findall(text.upper()):
        values = [_VALUES[c] for c in owner] + [int(c) for c in serial]
        if sum(value * 2**at for at, value in enumerate(values)) % 11 % 10 == int(digit):
            found.append(f"{owner}{serial}{digit}")
    return found


class Papers(Detector):
    """Lines of papers that were reported."""

    KINDS: ClassVar[tuple[Kind, ...]] = (PAPER_TWICE,)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._lines: dict[tuple[str, int], tuple[str, Evidence, int]] = {}

    def see(self, seen: Seen) -> None:
        """The paper and line of every report."""
        paper, line = seen.payload.get("paper"), seen.payload.get("line")
        if not seen.type.startswith("report/") or not isinstance(paper, dict) or not isinstance(line, int):
            return
        lot = str(seen.payload.get("lot", ""))
        known = self._lines.setdefault((str(paper.get("sha256", "")), line), (lot, *seen.proof))
        if known[0] != lot:
            self.raised.add(
                PAPER_TWICE,
                known[0],
                evidence=[(known[1], known[2]), seen.proof],
                said=f"line {line} of one paper stands for {known[0]} and for {lot}",
                lots=[known[0], lot],
                parties=[seen.issuer],
            )
