"""The drill of a stolen key: at T somebody takes it, and what it signed is sorted by what others had seen by then.

Four papers of one key: entered before T; entered after T and before the loss is known; signed before T on the road and
arriving after the revocation; signed by the thief. A bundle shows each, and so does the command line. Last, the log's own
key is stolen: what auditors cosigned stands, and what the thief signs is shown to anybody as a second log.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.journeys.stage import LOT, TRUCK, Stage, codes, found
from tests.show.own_log import OwnLog
from tests.threats.surroundings import Small
from tests.unit.world import CN, HOUR, kg

from lotchain.core.instants import format_instant, parse_instant
from lotchain.core.tree import subtree_root
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.endorsement import Endorsement
from lotchain.events.fields import Seen
from lotchain.events.key_revocation import KeyRevocation
from lotchain.events.loss import Loss
from lotchain.events.reading import read_entry
from lotchain.ledger.bundles import make_bundle
from lotchain.signing import SoftwareSigner
from lotchain.verify import evidence as kinds
from lotchain.verify.bundle import decode_bundle
from lotchain.verify.compare import EXCLUSIVE, bundle_view, compare, note_view
from lotchain.verify.evidence import encode_evidence
from lotchain.verify.evidence_check import check_evidence
from lotchain.verify.evidence_signed import PROVED


class Drill(Small):
    """A carrier whose phone is stolen at `taken_at`, with an office key that is not."""

    def __init__(self) -> None:
        super().__init__()
        self.office = SoftwareSigner.from_seed(b"office".ljust(32, b"."))
        self.enrol("carrier", self.office)
        self.phone = self.signers["carrier"].public.subject
        # Witnessed: made, handed over and accepted by the phone, closed before the theft.
        self.witnessed = self.make("D-1", 100, seen=self.seen())
        self.move("maker", "carrier", self.witnessed)
        self.advance(HOUR)
        # On the road: an acceptance signed by the phone before the theft, which arrives only after the revocation.
        self.road = self.make("D-2", 100, seen=self.seen())
        offer = self.offer("maker", "carrier", self.road)
        line = AcceptanceLine(lot=self.road, outcome="full", accepted=kg(100))
        event = Acceptance(
            answers=offer, lines=(line,), place=CN, occurred_at=self.now(), seen=self.newest_seen()
        )  # fmt: skip
        self.paper = self.sign(event, "carrier")
        self.late = self.make("D-3", 100, seen=self.seen())
        self.late_offer = self.offer("maker", "carrier", self.late)
        self.advance(HOUR)
        self.taken_at = self.time
        self.advance(HOUR)
        # Entered after the theft, before anybody knows of it: the driver's or the thief's, nobody can tell.
        self.take(self.late_offer, "carrier")
        self.advance(HOUR)

    def newest_seen(self) -> Seen:
        return Seen(**self.seen())

    def revoke(self) -> None:
        """The office tells of the theft."""
        event = KeyRevocation(
            key=self.phone, reason="stolen", compromised_since=format_instant(self.taken_at), occurred_at=self.now()
        )  # fmt: skip
        self.accept(event, "carrier", signer=self.office)
        self.advance(HOUR)

    def stand_behind(self, statement: str) -> None:
        """The office endorses a paper that the driver says is honest."""
        event = Endorsement(subject=self.phone, endorses=statement, occurred_at=self.now())
        self.accept(event, "carrier", signer=self.office)
        self.advance(HOUR)

    def words(self) -> dict[str, str]:
        """The verdict on each lot, each from a bundle of its own."""
        return {lot.rpartition("/")[2]: self.verdict(self.bundle(lot)).word
                for lot in (self.witnessed, self.road, self.late)}  # fmt: skip

    def found_on(self, lot: str) -> set[str]:
        return {finding.code for finding in self.verdict(self.bundle(lot)).findings}


@pytest.fixture
def drill() -> Drill:
    return Drill()


def test_what_was_witnessed_before_the_theft_stands(drill: Drill) -> None:
    before = drill.bundle(drill.witnessed)
    assert drill.words() == {"D-1": "CLEAR", "D-2": "CLEAR", "D-3": "CLEAR"}, "nobody knows of it yet"
    drill.revoke()
    assert drill.verdict(drill.bundle(drill.witnessed)).word == "CLEAR"
    assert "signed-after-compromise" not in drill.found_on(drill.witnessed)
    assert drill.verdict(before).word == "CLEAR", "the old bundle, too"
    steps = drill.verdict(drill.bundle(drill.witnessed)).steps
    assert all(step.entered_at < drill.taken_at for step in steps)


def test_what_was_entered_after_it_does_not(drill: Drill) -> None:
    drill.revoke()
    verdict = drill.verdict(drill.bundle(drill.late))
    assert (verdict.word, verdict.answers.chain) == ("HOLD", "undetermined")
    assert "signed-after-compromise" in {finding.code for finding in verdict.findings}
    reply = next(step for step in verdict.steps if step.card.title == "Acceptance")
    assert reply.entered_at >= drill.taken_at
    drill.stand_behind(reply.statement)
    assert drill.words()["D-3"] == "CLEAR"


def test_what_was_signed_before_and_arrives_after_stands_by_endorsement_alone(drill: Drill) -> None:
    drill.revoke()
    drill.refused(drill.paper, "key-revoked")
    drill.stand_behind(read_entry(drill.paper).statement.hex_id)
    drill.taken(drill.paper)
    verdict = drill.verdict(drill.bundle(drill.road))
    assert verdict.word == "CLEAR"
    assert "endorsed-after-loss" in {finding.code for finding in verdict.findings}
    reply = next(step for step in verdict.steps if step.card.title == "Acceptance")
    assert reply.signed_after is not None and reply.signed_after < drill.taken_at <= reply.entered_at
    assert verdict.answers.whereabouts.startswith(f"in custody of {drill.party('carrier')}")


def test_the_authority_may_stand_behind_it_too_and_the_stolen_key_never(drill: Drill) -> None:
    drill.revoke()
    paper = read_entry(drill.paper).statement.hex_id
    own = Endorsement(subject=drill.phone, endorses=paper, occurred_at=drill.now())
    drill.refused(drill.sign(own, "carrier"), "key-revoked")
    drill.accept(own, "cn")
    drill.taken(drill.paper)
    assert drill.words()["D-2"] == "CLEAR"


def test_what_the_thief_signs_is_not_taken(drill: Drill) -> None:
    """Nor what it dates back, nor what names an old checkpoint: position in the log decides."""
    drill.revoke()
    for fields in ({}, {"occurred_at": format_instant(drill.taken_at - HOUR)}, {"seen": drill.newest_seen()}):
        values = {"lot": drill.witnessed, "prev": drill.last(drill.witnessed), "quantity": kg(40), "kind": "stolen",
                  "place": CN, "occurred_at": drill.now(), **fields}  # fmt: skip
        drill.refused(drill.sign(Loss(**values), "carrier"), "key-revoked")  # type: ignore[arg-type]
    assert drill.words() == {"D-1": "CLEAR", "D-2": "CLEAR", "D-3": "HOLD"}


def test_endorsing_before_the_loss_is_told_leaves_nothing_in_doubt(drill: Drill) -> None:
    reply = next(step for step in drill.verdict(drill.bundle(drill.late)).steps if step.card.title == "Acceptance")
    drill.stand_behind(reply.statement)
    drill.revoke()
    assert drill.words()["D-3"] == "CLEAR"


# The same through the command line


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    return found(tmp_path_factory.mktemp("drill"))


def test_the_drill_through_the_command_line(founded: Stage) -> None:
    stage, lots = founded, (LOT, "lot:CN-MAKER/BP4-2", "lot:CN-MAKER/BP4-3")
    phone = stage.json("key", "show", stage.key("truck"))["key"]
    stage.do("key", "enrol", "--new-key", stage.key("truck2"), "--party", TRUCK, "--holder", "office", by="cn")
    offers = {}
    for lot in lots:
        stage.register(lot)
        offer = stage.do("transfer", "hand-over", "--to", TRUCK, "--as-a", "carrier", "--lot", lot, "--place",
                         "CNTZU+08:00", "--mode", "road", by="maker")  # fmt: skip
        offers[lot] = offer["statement"]
    accept = ("transfer", "accept")
    witnessed, road, late = lots
    before = stage.do(*accept, offers[witnessed], by="truck")
    paper = stage.at("paper.cose")
    stage.run(*accept, offers[road], "--ledger", str(stage.ledger), "--key", stage.key("truck"), "--offline", paper)
    stage.run("audit", "--ledger", str(stage.ledger))
    taken_at = format_instant(parse_instant(before["time"], field="time") + 1)
    after = stage.do(*accept, offers[late], by="truck")
    assert after["time"] >= taken_at
    stage.do("key", "revoke", phone, "--reason", "stolen", "--compromised-since", taken_at, by="truck2")
    refused = stage.json("submit", paper, "--ledger", str(stage.ledger), code=1)["answers"][0]
    assert codes(refused) == {"key-revoked"} and not refused["retryable"]
    verdict = stage.verdict(witnessed, code=0)
    assert verdict["verdict"] == "CLEAR"
    held = stage.verdict(late, code=3)
    assert "signed-after-compromise" in codes(held) and held["answers"]["chain"] == "undetermined"
    stage.do("authority", "endorse", paper, "--on", phone, by="truck2")
    taken = stage.json("submit", paper, "--ledger", str(stage.ledger))["answers"][0]
    assert taken["accepted"] and "endorsed-after-loss" in codes(taken)
    assert stage.verdict(road, code=0)["answers"]["whereabouts"] == f"in custody of {TRUCK} at CNTZU"
    (offered, replied) = stage.verdict(road, code=0)["timeline"][1:]
    assert replied["signed_after"] >= offered["signed_after"]
    thief = stage.json("lot", "lose", witnessed, "10 kg", "--kind", "stolen", "--place", "CNTZU+08:00", "--ledger",
                       str(stage.ledger), "--key", stage.key("truck"), code=1)  # fmt: skip
    assert codes(thief) == {"key-revoked"}


# The log's own key


def test_with_the_logs_own_key_a_thief_makes_evidence_and_nothing_else(drill: Drill) -> None:
    """Whoever holds it can sign another log; auditors cosign none of it, and what they cosigned stands beside it."""
    kept = drill.bundle(drill.witnessed)
    own = OwnLog(signer=drill.log_signer)
    for statements in _batches(drill):
        own.batch(drill.time, statements)
    forged = drill.sign_event(drill.registration(lot="lot:CN-MAKER/T-1"))
    while own.size <= drill.ledger.size:
        own.batch(drill.time, [forged])
        forged = drill.sign_event(
            drill.registration(lot=f"lot:CN-MAKER/T-{own.size}"), subject=f"lot:CN-MAKER/T-{own.size}"
        )
    note = own.publish()
    auditor = drill.witness()
    assert drill.look(auditor) == ()
    looked = auditor.look(own.source)
    assert getattr(looked, "codes", ()) == ("witness-inconsistent",)
    lie = make_bundle(own.reader, "lot:CN-MAKER/T-1")
    verdict = drill.verdict(lie)
    assert verdict.word == "HOLD" and verdict.answers.completeness == "operator's word"
    assert drill.verdict(kept).word == "CLEAR"
    policy = drill.policy()
    answer = compare(bundle_view("kept", decode_bundle(kept)), bundle_view("shown", decode_bundle(lie)), policy)
    whole = compare(
        bundle_view("kept", decode_bundle(kept)),
        note_view("shown", note)._replace(subtree=lambda _: _known(own)),
        policy,
    )
    assert whole.word == EXCLUSIVE and whole.evidence is not None
    shown = check_evidence(encode_evidence(whole.evidence), policy)
    assert (shown.word, shown.kind) == (PROVED, kinds.FORK)
    assert "thief" in " ".join(shown.not_proved)
    assert [guilt.who for guilt in shown.proved] == [f"the log {policy.origin} (key {drill.ledger.key.key_id.hex()})"]
    assert answer.word in (EXCLUSIVE, "CANNOT BE TOLD")


def _batches(drill: Drill) -> list[list[bytes]]:
    """The first half of the honest log."""
    batches, index, reader = [], 0, drill.ledger.reader
    while index < drill.ledger.size // 2:
        record, end, _ = reader.closing_of(index)
        batches.append(list(reader.entries(record.start, end)))
        index = end + 1
    return batches


def _known(log: OwnLog) -> Callable[[int, int], bytes]:
    return lambda start, end: subtree_root(start, end, log.reader.node)
