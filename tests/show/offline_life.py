"""Life without a network: papers signed on the road, submitted late, in the wrong order, twice, and after things happened.

A trucker's phone signs a hand-over and the port's phone its acceptance, both naming the last checkpoint that they had
seen; the acceptance travels with the offer's bytes. What has meanwhile arrived on the ledger is drawn from an
inspection, a hold and a revocation of the trucker's phone key. Each answer is compared with what protocol.md asks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from tests.show.stage import Stage, scenario, set_stage, until

from lotchain.app.scenario.play import MINUTE
from lotchain.app.scenario.script import Step
from lotchain.core.ids import key_subject
from lotchain.core.instants import format_instant, parse_instant
from lotchain.events.reading import read_entry
from lotchain.ledger.receipts import Answer, Receipt, Refused
from lotchain.verify.verdict import Verdict

LOT = "lot:CN-9524321000019/BP4-2611-07"
SEAL = "CN-448120"
HOLD = {"type": "hold/1", "lots": [LOT], "reason": "document-check"}
PORT = {"code": "CNSHG", "offset": "+08:00"}
LEFT_NETWORK = parse_instant("2026-11-04T22:00:00Z", field="")
HANDED_OVER = parse_instant("2026-11-05T03:00:00Z", field="")
ACCEPTED = parse_instant("2026-11-05T03:30:00Z", field="")
BACK_ONLINE = parse_instant("2026-11-05T20:00:00Z", field="")
BILL = {
    "kind": "bill-of-lading",
    "sha256": "3e7e34bfd7bc0c7be35b5ea044a22b5bda8766ab3cd6c081a653fdad83a5b8cf",
    "reference": "BL-7781",
    "states": ["substance", "quantity", "exporter", "importer"],
}
"""The paper that travels with the drums: without it the Convention's `un-05-documents` is noted, and rightly."""


class Differs(AssertionError):
    """The ledger answered otherwise than the protocol asks for."""


@dataclass(frozen=True, slots=True)
class Papers:
    """What was signed on the road."""

    hand_over: bytes
    acceptance: bytes


class Road:
    """The first scenario up to the lot on the truck, a phone key for both drivers, and then no network."""

    def __init__(self) -> None:
        self.stage: Stage = set_stage(until(scenario("piperidone"), "on-truck"))
        self.stage.played = self.stage.player.play()
        for name in ("trucker", "port"):
            self.act("cn", LEFT_NETWORK, enrols=name)
        self.look()

    def look(self) -> None:
        """The phones see the newest checkpoint, once more."""
        self.stage.player.publish()
        self._seen = dict(self.stage.player.seen())

    def act(self, by: str, at: int, event: dict[str, Any] | None = None, *, enrols: str = "", key: str = "") -> str:
        """Something that happens online; the statement's id."""
        stage = self.stage
        if enrols:
            raw = stage.cast.enrolment(enrols, "phone", by=by, at=at, charter=stage.played.charter)
        else:
            step = Step(at, by, "", event or {}, key=key)
            raw = stage.player.sign(stage.played, step)
        (answer,) = self.submit(raw, at=at)
        require(isinstance(answer, Receipt), f"{by}'s act was refused", answer)
        return read_entry(raw).statement.hex_id

    def submit(self, *raws: bytes, at: int) -> list[Answer]:
        """A packet, a minute after `at`."""
        self.stage.clock.time = max(self.stage.clock.time, at + MINUTE)
        return self.stage.ledger.submit(list(raws))

    def sign(self, by: str, at: int, event: dict[str, Any]) -> bytes:
        """A paper signed by a phone that has seen nothing since it left the network."""
        event = {**event, "occurred_at": format_instant(at), "seen": self._seen}
        return self.stage.cast.sign(by, event, at=at, charter=self.stage.played.charter, key="phone")

    def papers(self) -> Papers:
        """Hand-over and acceptance, signed beside the truck."""
        line = {"lot": LOT, "prev": self.stage.played.ids["on-truck"], "quantity": kg("500.000"), "seals": [SEAL]}
        offer = {
            "type": "hand-over/1",
            "to": self.stage.cast.parties["port"],
            "receives_as": "warehouse",
            "lines": [line],
            "place": PORT,
            "deadline": "2026-11-06T00:00:00Z",
            "mode": "road",
            "documents": [BILL],
        }
        hand_over = self.sign("trucker", HANDED_OVER, offer)
        taken = {"lot": LOT, "outcome": "full", "accepted": kg("500.000"), "seals_found": [SEAL]}
        reply = {
            "type": "acceptance/1",
            "answers": read_entry(hand_over).statement.hex_id,
            "lines": [taken],
            "place": PORT,
        }
        return Papers(hand_over, self.sign("port", ACCEPTED, reply))

    def phone(self) -> str:
        """The subject of the trucker's phone key."""
        return key_subject(self.stage.cast.signer("trucker", "phone").public.thumbprint)

    def revoke(self, by: str) -> None:
        """The trucker's phone is lost after the papers were signed, and revoked before they arrive."""
        event = {"type": "key-revocation/1", "key": self.phone(), "reason": "lost"}
        self.act(by, ACCEPTED + 60 * MINUTE, event)

    def endorse(self, by: str, statement: bytes) -> None:
        """Somebody who may stands behind an honest paper."""
        identity = read_entry(statement).statement.hex_id
        event = {"type": "endorsement/1", "subject": self.phone(), "endorses": identity}
        self.act(by, BACK_ONLINE, event)

    def verdict(self) -> Verdict:
        """What an inspector says now."""
        return self.stage.verdict(self.stage.bundle(LOT))


def kg(value: str) -> dict[str, str]:
    """Kilograms."""
    return {"value": value, "unit": "KGM"}


def require(holds: bool, what: str, found: object) -> None:
    """Raise `Differs` unless it holds."""
    if not holds:
        raise Differs(f"{what}: {found}")


def receipt(answer: Answer) -> Receipt:
    """The answer, which must be a receipt."""
    if not isinstance(answer, Receipt):
        raise Differs(f"refused: {[(finding.code, finding.found) for finding in answer.findings]}")
    return answer


def refused(answer: Answer, code: str, *, retryable: bool) -> None:
    """The answer must be a refusal of that code."""
    if not isinstance(answer, Refused):
        raise Differs(f"accepted, not refused as {code}")
    codes = [finding.code for finding in answer.reasons]
    require(codes == [code], f"refused for other reasons than {code}", codes)
    require(answer.retryable is retryable, f"{code} is retryable", answer.retryable)


def journeys() -> Iterator[tuple[str, str]]:
    """Play every combination; yields (name, what was answered). Raises `Differs`."""
    for order, inspected, held, revoked in product(
        ("right order", "wrong order", "wrong order in one packet"),
        (False, True),
        (False, True),
        ("", "trucker", "cn"),
    ):
        revocation = f"revocation by {revoked}"
        met = [word for word, met in (("inspection", inspected), ("hold", held), (revocation, revoked)) if met]
        yield f"{order}, {' and '.join(met) or 'nothing'} meanwhile", _journey(order, inspected, held, revoked)
    yield "offer after its withdrawal: the deadline passed offline", _late_acceptance()
    yield "a hold that the drivers had seen", _held_knowingly()
    yield "an inspection that cut the seal", _seal_cut()
    yield "a part taken by an inspector", _sampled()


def _journey(order: str, inspected: bool, held: bool, revoked_by: str) -> str:
    road = Road()
    papers = road.papers()
    told = []
    if inspected:
        line = {"lot": LOT, "result": "in-order", "seals_found": [SEAL]}
        road.act("cn", HANDED_OVER - 60 * MINUTE, {"type": "inspection/1", "lines": [line], "place": PORT})
    placed = road.act("cn", HANDED_OVER - 30 * MINUTE, HOLD) if held else ""
    if revoked_by:
        road.revoke(revoked_by)
        size = road.stage.ledger.size
        first, second = road.submit(papers.hand_over, papers.acceptance, at=BACK_ONLINE)
        refused(first, "key-revoked", retryable=False)
        refused(second, "offer-unknown", retryable=True)
        require(road.stage.ledger.size == size, "a refused statement took an index", road.stage.ledger.size)
        road.endorse(revoked_by, papers.hand_over)
        told.append("refused until endorsed")
    given, taken = _submitted(road, papers, order)
    if order != "right order":
        told.append("acceptance first: retryable")
    _check_findings(given, held=held, endorsed=bool(revoked_by))
    _check_again(road, papers, given, taken)
    verdict = road.verdict()
    require(verdict.state is not None and verdict.state["custodian"].endswith("PORT-SHG"), "custody", verdict.answers)
    codes = {finding.code for finding in verdict.findings}
    # Papers that name a checkpoint of before the hold are not judged by it; it stands all the same.
    require(("acted-before-hold-was-known" in codes) is held, "the note in the verdict", codes)
    require("moved-on-hold" not in codes, "no breach in the verdict", codes)
    require(verdict.word == ("HOLD" if held else "CLEAR"), "the verdict", (verdict.word, codes))
    told.append(f"both recorded, twice the same receipt, {verdict.word}")
    if held:
        release = {"type": "release/1", "hold": placed, "lots": [LOT], "reason": "in-order"}
        road.act("cn", BACK_ONLINE + 60 * MINUTE, release)
        require(road.verdict().word == "CLEAR", "the verdict after the release", road.verdict().findings)
        told.append("CLEAR once released")
    return ", ".join(told)


def _submitted(road: Road, papers: Papers, order: str) -> tuple[Receipt, Receipt]:
    if order == "right order":
        first, second = road.submit(papers.hand_over, papers.acceptance, at=BACK_ONLINE)
        return receipt(first), receipt(second)
    if order == "wrong order":
        (early,) = road.submit(papers.acceptance, at=BACK_ONLINE)
        refused(early, "offer-unknown", retryable=True)
        (first,) = road.submit(papers.hand_over, at=BACK_ONLINE)
    else:
        early, first = road.submit(papers.acceptance, papers.hand_over, at=BACK_ONLINE)
        refused(early, "offer-unknown", retryable=True)
    (second,) = road.submit(papers.acceptance, at=BACK_ONLINE)
    return receipt(first), receipt(second)


def _check_findings(given: Receipt, *, held: bool, endorsed: bool) -> None:
    codes = {finding.code for finding in given.findings}
    expected = {code for code, met in (("acted-before-hold-was-known", held), ("endorsed-after-loss", endorsed)) if met}
    require(codes == expected, "what was noted on the hand-over", codes)


def _check_again(road: Road, papers: Papers, given: Receipt, taken: Receipt) -> None:
    """Twice, in either order, in one packet and alone: the first receipt, byte for byte, and nothing written."""
    size = road.stage.ledger.size
    again = road.submit(papers.acceptance, papers.hand_over, papers.acceptance, at=BACK_ONLINE + 60 * MINUTE)
    for answer, first in zip(again, (taken, given, taken), strict=True):
        same = receipt(answer)
        require(same.again, "it is said to be new", same)
        for name in ("statement_id", "index", "time", "size", "note"):
            require(getattr(same, name) == getattr(first, name), f"the second receipt's {name}", getattr(same, name))
    require(road.stage.ledger.size == size, "resubmission wrote something", road.stage.ledger.size)


def _late_acceptance() -> str:
    """The port signed in time, but the trucker withdrew after the deadline before the acceptance arrived."""
    road = Road()
    papers = road.papers()
    (offered,) = road.submit(papers.hand_over, at=BACK_ONLINE)
    after = parse_instant("2026-11-06T01:00:00Z", field="")
    road.act(
        "trucker", after, {"type": "withdrawal/1", "withdraws": receipt(offered).statement_id.hex(), "lots": [LOT]}
    )
    (answer,) = road.submit(papers.acceptance, at=after)
    late = receipt(answer)
    require("accepted-after-withdrawal" in {f.code for f in late.findings}, "a late acceptance", late.findings)
    verdict = road.verdict()
    require(verdict.answers.chain == "undetermined", "the chain after a late acceptance", verdict.answers)
    return "recorded, chain undetermined until an authority resolves it"


def _held_knowingly() -> str:
    """Papers that name a checkpoint in which the hold stands were signed after it: they broke it."""
    road = Road()
    placed = road.act("cn", HANDED_OVER - 30 * MINUTE, HOLD)
    road.look()
    papers = road.papers()
    for answer in road.submit(papers.hand_over, papers.acceptance, at=BACK_ONLINE):
        codes = {finding.code for finding in receipt(answer).findings}
        require(codes == {"moved-on-hold"}, "what was noted", codes)
    release = {"type": "release/1", "hold": placed, "lots": [LOT], "reason": "in-order"}
    road.act("cn", BACK_ONLINE + 60 * MINUTE, release)
    require(road.verdict().word == "FAIL", "the verdict after the release", road.verdict().findings)
    return "both recorded, and FAIL for good"


def _seal_cut() -> str:
    """An inspector cut the seal and fitted another after the papers were signed: they are not stale."""
    road = Road()
    papers = road.papers()
    line = {"lot": LOT, "result": "in-order", "seals_found": [SEAL], "seals_cut": [SEAL], "seals_fitted": ["CN-1"]}
    road.act("cn", ACCEPTED + 30 * MINUTE, {"type": "inspection/1", "lines": [line], "place": PORT})
    for answer in road.submit(papers.hand_over, papers.acceptance, at=BACK_ONLINE):
        receipt(answer)
    verdict = road.verdict()
    codes = {finding.code for finding in verdict.findings}
    require(not codes & {"seal-changed", "seal-misread", "seal-not-checked"}, "no finding about seals", codes)
    require(verdict.word == "CLEAR", "the verdict", (verdict.word, codes))
    require(verdict.state is not None and verdict.state["seals"] == ["CN-1"], "the inspector's seal", verdict.state)
    return "both recorded, no word about seals, CLEAR"


def _sampled() -> str:
    """An inspector took a sample meanwhile: the line is read less what was taken since its `prev`."""
    road = Road()
    papers = road.papers()
    line = {"lot": LOT, "result": "in-order", "sample": kg("0.050")}
    road.act("cn", HANDED_OVER - 60 * MINUTE, {"type": "inspection/1", "lines": [line], "place": PORT})
    for answer in road.submit(papers.hand_over, papers.acceptance, at=BACK_ONLINE):
        receipt(answer)
    verdict = road.verdict()
    require(verdict.word == "CLEAR", "the verdict after a sample", verdict.findings)
    accounts = verdict.state["accounts"] if verdict.state is not None else {}
    require(accounts.get("held") == 499_950_000_000, "what the port holds", accounts)
    return "both recorded, read as 499.950 kg, CLEAR"
