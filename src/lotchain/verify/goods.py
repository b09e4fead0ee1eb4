"""Goods: what stands before the inspector against the lot's last state. A perfect file beside other drums is the
likeliest fraud.
"""

from __future__ import annotations

from typing import NamedTuple

from lotchain.core.quantities import Quantity, format_amount
from lotchain.custody import lots
from lotchain.custody.case import State
from lotchain.custody.findings import Answer, Finding, fail, hold, note

GOODS_SEAL = fail(
    Answer.GOODS,
    "goods-seal-mismatch",
    "the seals before the inspector are not those of the lot's last state",
    "stop the goods: this file may be about other drums",
)
GOODS_SERIAL = fail(
    Answer.GOODS,
    "goods-serial-mismatch",
    "a package before the inspector does not belong to the lot's last state",
    "stop the goods: this file may be about other drums",
)
GOODS_NET = fail(
    Answer.GOODS,
    "goods-net-mismatch",
    "the net quantity before the inspector is not that of the lot's last state",
    "weigh again; beyond the declared tolerance, stop the goods",
)
GOODS_ABSENT = fail(
    Answer.GOODS,
    "goods-of-ended-lot",
    "the lot has ended, and goods said to be of it stand before the inspector",
    "stop the goods",
)
GOODS_OF_REPORT = hold(
    Answer.GOODS,
    "goods-of-reported-lot",
    "a paper reports this lot and no handler signed for it: there is no state to compare goods with",
    "ask the handlers that the paper names",
)
GOODS_SERIALS_NOT_ALL = note(
    Answer.GOODS,
    "goods-serials-not-all",
    "not every package of the lot was compared",
    "compare the others too, or say where they are",
)
GOODS_WATCHED = fail(
    Answer.GOODS,
    "goods-watch-marked",
    "a package before the inspector is under a watch mark",
    "stop the goods and tell whoever placed the mark",
)
CODES = (GOODS_WATCHED, GOODS_SEAL, GOODS_SERIAL, GOODS_NET, GOODS_ABSENT, GOODS_OF_REPORT, GOODS_SERIALS_NOT_ALL)


class Found(NamedTuple):
    """What stands before the inspector; whatever is empty was not compared.

    `no_seal` states that the goods bear no seal at all, which an empty `seals` does not. A number that stands on two
    packages is listed twice.
    """

    seals: tuple[str, ...] = ()
    serials: tuple[str, ...] = ()
    net: Quantity | None = None
    no_seal: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was stated."""
        return not self.seals and not self.serials and self.net is None and not self.no_seal


def compare(lot: str, state: State, found: Found) -> tuple[Finding, ...]:
    """Findings on the goods; empty when all that was compared matches."""
    findings = _watched(lot, state, found)
    if state["ended"] is not None and state["ended"]["how"] == "reported":
        return (Finding(GOODS_OF_REPORT, lot, state["ended"]["by"], "a lot with a custodian", "a paper's report"),)
    if state["ended"] is not None:
        findings.append(Finding(GOODS_ABSENT, lot, state["ended"]["by"], "nothing", "goods"))
        return tuple(findings)
    looked_at_seals = bool(found.seals) or found.no_seal
    # Sorted, not as sets: one number on two things is a copy.
    if looked_at_seals and sorted(found.seals) != sorted(state["seals"]):
        findings.append(_mismatch(lot, state["seals"], found.seals))
    twice = sorted({serial for serial in found.serials if found.serials.count(serial) > 1})
    if twice:
        copied = ", ".join(f"{serial} on {found.serials.count(serial)} packages" for serial in twice)
        findings.append(Finding(GOODS_SERIAL, lot, state["last"], "each serial on one package", copied))
    unknown = sorted(set(found.serials) - set(state["packages"]))
    if unknown:
        known = ", ".join(sorted(state["packages"])) or "no serials"
        gone = [f"{serial} ({state['gone'][serial]})" for serial in unknown if serial in state["gone"]]
        findings.append(Finding(GOODS_SERIAL, lot, state["last"], known, ", ".join(gone or unknown)))
    elif found.serials and not twice and set(found.serials) != set(state["packages"]):
        rest = ", ".join(sorted(set(state["packages"]) - set(found.serials)))
        findings.append(Finding(GOODS_SERIALS_NOT_ALL, lot, state["last"], rest, ", ".join(sorted(found.serials))))
    if found.net is not None:
        expected = lots.present(state)
        allowed = state["tolerance"] * expected
        if found.net.kind != state["quantity_kind"] or abs(found.net.amount - expected) * 1_000_000 > allowed:
            wanted = format_amount(expected, state["quantity_kind"])
            shown = format_amount(found.net.amount, found.net.kind)
            findings.append(Finding(GOODS_NET, lot, state["last"], wanted, shown))
    return tuple(findings)


def _watched(lot: str, state: State, found: Found) -> list[Finding]:
    findings: list[Finding] = []
    for mark, entry in state.get("watched", {}).items():
        met = sorted(set(found.serials) & set(entry["serials"]))
        if met:
            wanted = f"a lifting by {entry['by']}"
            findings.append(Finding(GOODS_WATCHED, lot, mark, wanted, f"{', '.join(met)}: {entry['reason']}"))
    return findings


def _mismatch(lot: str, expected: list[str], found: tuple[str, ...]) -> Finding:
    wanted = ", ".join(expected) or "no seal"
    return Finding(GOODS_SEAL, lot, "", wanted, ", ".join(sorted(found)) or "no seal")
