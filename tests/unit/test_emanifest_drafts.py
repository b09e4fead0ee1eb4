"""Drafts of a manifest: what each handler signs, what is left out, and one form all the way to a verdict."""

from __future__ import annotations

import copy
import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.threats.surroundings import Small
from tests.vectors_build import drafts as build

from lotchain.core import canonical_json
from lotchain.core.statements import MAX_STATEMENT
from lotchain.errors import Malformed
from lotchain.events.charter import Charter, Root
from lotchain.events.endorsement import Endorsement
from lotchain.events.event import Event
from lotchain.events.licence_grant import LicenceGrant
from lotchain.events.reading import read_entry, read_event
from lotchain.intake import Choices, Draft, DraftSet, Received, draft_events, parse_draft, read_emanifest, resolve
from lotchain.ledger.receipts import Receipt
from lotchain.signing import SoftwareSigner, proof_of_possession, sign_statement
from lotchain.verify.verdict import Verdict

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "emanifest"
VECTORS: dict[str, Any] = json.loads(build.PATH.read_text())
PAGE = FIXTURES.parents[1] / "specs" / "formats" / "emanifest-import.md"
CAS = {1: "67-64-1", 2: "108-88-3"}
PLACES = {
    "generator": ("USRIC", "-05:00"),
    "transporter-2": ("USBAL", "-05:00"),
    "facility": ("USNYC", "-05:00"),
}
WITH_ALTERNATE = {**PLACES, "alternate-facility": ("USPHL", "-05:00")}
GENERATOR, CARRIER, CARRIER_2, FACILITY, ALTERNATE = (
    f"party:US-XXEXAMPLE{each}" for each in ("GEN", "TR1", "TR2", "TSD", "ALT")
)
READER = "party:US-READER"
LOT = "lot:US-XXEXAMPLEGEN/{}-{}"


class American(Small):
    """A real ledger with an authority of the United States; each handler of the fixtures has a licence and a key."""

    LICENSED: ClassVar = {
        GENERATOR: ("manufacture",),
        CARRIER: ("transport",),
        CARRIER_2: ("transport",),
        FACILITY: ("use", "store"),
        ALTERNATE: ("use",),
        READER: ("store",),
    }

    def party(self, who: str) -> str:  # type: ignore[override]
        return "party:US-AUTHORITY" if who == "us" else super().party(who)

    def _found(self) -> None:
        from tests.unit.world import ORIGIN

        for name in ("us", *self.LICENSED):
            self.signers[name] = SoftwareSigner.from_seed(name.encode().ljust(32, b".")[-32:])
        roots = tuple(
            Root(
                country=who.upper(),
                party=self.party(who),
                organisation=f"Authority of {who.upper()}",
                key=self.signers[who].public.cose.hex(),
                possession=proof_of_possession(self.signers[who], charter=ORIGIN, party=self.party(who)).hex(),
            )
            for who in ("mx", "us")
        )
        self.charter = self.accept(Charter(origin=ORIGIN, threshold=2, roots=roots, occurred_at=self.now()), "us")
        self.accept(Endorsement(subject="charter", endorses=self.charter, occurred_at=self.now()), "mx")
        for party, activities in self.LICENSED.items():
            self.accept(
                LicenceGrant(
                    party=party,
                    organisation=party,
                    number="1",
                    activities=activities,
                    substances=("*",),
                    valid_from="2026-01-01T00:00:00Z",
                    occurred_at=self.now(),
                ),
                "us",
            )
            self.enrol(party, self.signers[party])

    def sign_draft(self, draft: Draft, ids: dict[str, str]) -> bytes:
        """What `lotchain sign` does with a draft: resolve it, sign its event with the signer's own key."""
        payload = resolve(parse_draft(draft.to_json()), ids, signed_at=self.now(), seen=self.seen())
        raw = sign_statement(
            self.signers[draft.signer],
            issuer=draft.signer,
            subject=read_event(payload).subjects()[0],
            audience=self.audience,
            signed_at=self.time // 1000,
            payload=payload,
        )
        ids[draft.name] = read_entry(raw).statement.hex_id
        return raw

    def travel(self, drafts: DraftSet) -> dict[str, str]:
        """Sign and submit every draft in order; each must be taken."""
        ids: dict[str, str] = {}
        for draft in drafts.drafts:
            (answer,) = self.ledger.submit([self.sign_draft(draft, ids)])
            assert isinstance(answer, Receipt), (draft.name, [each.as_json() for each in answer.findings])
            self.advance()
        return ids

    def refuse_codes(self, event: Event, who: str) -> set[str]:
        """The codes for which the ledger refuses an event; nothing may change."""
        before = self.everything()
        (answer,) = self.ledger.submit([self.sign(event, who)])
        assert self.everything() == before
        return {finding.code for finding in answer.findings if finding.kind.refuses}

    def judged(self, lot: str) -> Verdict:
        """The verdict on a lot."""
        return self.verdict(self.bundle(lot))


def codes(verdict: Verdict) -> set[str]:
    return {finding.code for finding in verdict.findings}


def fixture(name: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((FIXTURES / name).read_text())
    return value


def drafts(form: str | dict[str, Any], **choices: Any) -> DraftSet:
    data = (FIXTURES / form).read_bytes() if isinstance(form, str) else json.dumps(form).encode()
    return draft_events(read_emanifest(data), Choices(**{"substances": CAS, "places": PLACES, **choices}))


def named(found: DraftSet, part: str) -> Draft:
    (draft,) = [draft for draft in found.drafts if part in draft.name]
    return draft


def stops(found: DraftSet) -> list[str]:
    return [finding.found for finding in found.findings if finding.code == "emanifest-drafts-stop"]


# To a verdict


def test_a_signed_form_travels_to_a_clear_verdict() -> None:
    ledger = American()
    ledger.travel(drafts("signed.json"))
    for line in (1, 2):
        verdict = ledger.judged(LOT.format("000000001TST", line))
        assert verdict.word == "CLEAR", sorted(codes(verdict))
        assert verdict.answers.chain == "unbroken"
        assert verdict.answers.quantity == "balanced"
        assert verdict.answers.whereabouts == f"in custody of {FACILITY} at USNYC"
        assert verdict.state is not None and verdict.state["place"] == {"code": "USNYC", "offset": "-05:00"}
        assert [step.issuer for step in verdict.steps] == [
            GENERATOR, GENERATOR, CARRIER, CARRIER, CARRIER_2, CARRIER_2, FACILITY,
        ]  # fmt: skip
    accounts = ledger.states[LOT.format("000000001TST", 1)]["accounts"]
    assert accounts["held"] == 480 * 3_785_411_784  # gallons in nanolitres, exactly
    assert ledger.states[LOT.format("000000001TST", 2)]["accounts"]["held"] == 345 * 453_592_370


def test_an_unsigned_form_takes_the_time_of_each_signing() -> None:
    ledger = American()
    found = drafts("unsigned.json")
    assert all(draft.waits_for_time for draft in found.drafts)
    ledger.travel(found)
    lot = str(found.drafts[0].event["lot"])
    verdict = ledger.judged(lot)
    assert verdict.word == "CLEAR", sorted(codes(verdict))
    assert "late-entry" not in codes(verdict)


def test_a_full_rejection_is_a_refusal_and_goes_on_to_the_alternate_facility() -> None:
    ledger = American()
    found = drafts("full-reject.json", places=WITH_ALTERNATE)
    refused = named(found, "refusal-facility").event
    assert [line["reason"] for line in refused["lines"]] == ["other", "other"]
    assert refused["remarks"] == "FullReject; goes to Tsdf XXEXAMPLEALT; no room"
    ledger.travel(found)
    verdict = ledger.judged(LOT.format("000000006TST", 1))
    assert verdict.answers.whereabouts == f"in custody of {ALTERNATE} at USPHL"
    assert verdict.word == "CLEAR", sorted(codes(verdict))


def test_a_partial_rejection_leaves_a_rest_lot_and_an_open_difference() -> None:
    ledger = American()
    received = {1: Received(Decimal(400), Decimal(80)), 2: Received(Decimal(340))}
    found = drafts("partial-reject.json", received=received)
    lines = named(found, "acceptance-facility").event["lines"]
    assert [line["outcome"] for line in lines] == ["mixed", "short"]
    ledger.travel(found)
    first, second = (LOT.format("000000004TST", line) for line in (1, 2))
    states = ledger.states
    assert states[first]["accounts"]["held"] == 400 * 3_785_411_784
    assert states[f"{first}~1"]["custodian"] == CARRIER_2
    assert states[f"{first}~1"]["accounts"]["held"] == 80 * 3_785_411_784
    assert states[second]["accounts"]["discrepancy"] == 5 * 453_592_370
    assert ledger.judged(first).word == "CLEAR"
    verdict = ledger.judged(second)
    assert (verdict.word, verdict.answers.quantity) == ("HOLD", "open difference")


def test_imported_waste_is_entered_and_its_chain_undetermined() -> None:
    ledger = American()
    found = drafts({**fixture("signed.json"), "import": True})
    assert found.drafts[0].event["origin"] == "entered"
    ledger.travel(found)
    verdict = ledger.judged(LOT.format("000000001TST", 1))
    assert (verdict.word, verdict.answers.chain) == ("HOLD", "undetermined")
    assert "origin-not-made" in codes(verdict)


def test_nobody_can_sign_for_another_handler() -> None:
    ledger = American()
    ids: dict[str, str] = {}
    found = drafts("one-signer.json")
    for draft in found.drafts[:3]:
        (answer,) = ledger.ledger.submit([ledger.sign_draft(draft, ids)])
        assert isinstance(answer, Receipt)
    acceptance = found.drafts[3]
    payload = resolve(acceptance, ids)
    raw = sign_statement(
        ledger.signers[GENERATOR],
        issuer=GENERATOR,
        subject=read_event(payload).subjects()[0],
        audience=ledger.audience,
        signed_at=ledger.time // 1000,
        payload=payload,
    )
    assert ledger.refused(raw, "not-receiver").kind.refuses


# What a draft says


def test_the_drafts_of_a_form() -> None:
    found = drafts("signed.json")
    assert [(draft.name, draft.signer) for draft in found.drafts] == [
        ("001-registration-line-1", GENERATOR),
        ("002-registration-line-2", GENERATOR),
        ("003-hand-over-generator", GENERATOR),
        ("004-acceptance-transporter-1", CARRIER),
        ("005-hand-over-transporter-1", CARRIER),
        ("006-acceptance-transporter-2", CARRIER_2),
        ("007-hand-over-transporter-2", CARRIER_2),
        ("008-acceptance-facility", FACILITY),
    ]
    registration = found.drafts[0].event
    assert registration["quantity"] == {"value": "1816.99765632", "unit": "LTR"}
    assert registration["remarks"] == "reported 480 G; 1 G = 3.785411784 L in 12 DM"
    assert registration["name"] == "UN1090, Waste Acetone, 3, II"
    assert registration["occurred_at"] == "2026-03-02T14:30:00Z"
    assert registration["documents"] == [
        {
            "kind": "epa-manifest",
            "sha256": read_emanifest((FIXTURES / "signed.json").read_bytes()).sha256,
            "reference": "000000001TST",
        }
    ]
    offer = found.drafts[2]
    assert offer.after == ("001-registration-line-1", "002-registration-line-2")
    assert [line["prev"] for line in offer.event["lines"]] == ["@001-registration-line-1", "@002-registration-line-2"]
    assert (offer.event["to"], offer.event["receives_as"]) == (CARRIER, "carrier")
    assert offer.event["deadline"] == "2026-03-12T14:30:00Z"
    onward = named(found, "hand-over-transporter-2").event
    assert (onward["receives_as"], onward["occurred_at"]) == ("consignee", "2026-03-03T20:30:00Z")
    assert named(found, "acceptance-facility").event["answers"] == "@007-hand-over-transporter-2"


def test_no_draft_holds_a_name_of_a_person() -> None:
    for name in ("signed.json", "full-reject.json", "paper.json"):
        text = b"".join(draft.to_json() for draft in drafts(name).drafts)
        assert b"Signer" not in text and b"EXAMPLE-A" not in text


def test_what_the_form_does_not_hold_is_chosen_or_noted() -> None:
    bare = draft_events(read_emanifest((FIXTURES / "signed.json").read_bytes()), Choices(substances=CAS))
    found = {finding.code for finding in bare.findings}
    assert found == {"emanifest-not-on-form", "emanifest-place-unknown"}
    assert bare.drafts[0].event["place"] == {"code": "USXXX", "offset": "+00:00"}
    chosen = drafts("signed.json", mode="rail", answer_hours=24, parties={"facility": "party:US-ELSE"})
    assert {finding.code for finding in chosen.findings} == {"emanifest-not-on-form"}
    offer = named(chosen, "hand-over-transporter-2").event
    assert (offer["mode"], offer["to"], offer["deadline"]) == ("rail", "party:US-ELSE", "2026-03-04T20:30:00Z")


def test_a_line_without_a_cas_number_is_left_out_and_the_others_travel() -> None:
    found = drafts("signed.json", substances={2: "108-88-3"})
    assert [finding.subject for finding in found.findings if finding.code == "emanifest-substance-unknown"] == [
        "wastes[0]"
    ]
    assert "001-registration-line-2" in [draft.name for draft in found.drafts]
    lots = {line["lot"] for draft in found.drafts for line in draft.event.get("lines", ())}
    assert lots == {LOT.format("000000001TST", 2)}


def test_nothing_is_drafted_without_any_cas_number() -> None:
    assert drafts("signed.json", substances={}).drafts == ()


@pytest.mark.parametrize(
    ("changes", "stop", "count"),
    [
        ({"generator": None}, ["emanifest-handler-missing"], 0),
        ({"transporters": []}, ["emanifest-handler-missing"], 2),
        ({"designatedFacility": None}, ["emanifest-handler-missing"], 6),
        ({"designatedFacility": {"epaSiteId": "no id"}}, ["emanifest-site-id-unusable"], 6),
        ({"designatedFacility": {"epaSiteId": "XXEXAMPLETR2"}}, ["emanifest-same-site-in-sequence"], 6),
    ],
)
def test_drafts_end_where_the_form_does_not_carry_them(changes: dict[str, Any], stop: list[str], count: int) -> None:
    found = drafts({**fixture("signed.json"), **changes}, places={})
    assert stops(found) == stop
    assert len(found.drafts) == count


@pytest.mark.parametrize(
    ("order", "stop", "count"),
    [
        ((1, 1), "emanifest-carriers-same-order", 2),
        ((2, 2), "emanifest-carriers-same-order", 2),
        ((1, 3), "emanifest-carriers-order", 4),
        ((1, None), "emanifest-carriers-order", 4),
        ((2, 3), "emanifest-carriers-order", 2),
    ],
)
def test_an_unsure_order_of_carriers_is_never_resolved(order: tuple[int, int | None], stop: str, count: int) -> None:
    form = fixture("signed.json")
    for carrier, number in zip(reversed(form["transporters"]), order, strict=True):
        carrier["order"] = number
    found = drafts(form, places={})
    assert stops(found) == [stop]
    assert len(found.drafts) == count


def test_one_carrier_needs_no_order() -> None:
    form = fixture("signed.json")
    form["transporters"] = [{**form["transporters"][1], "order": None}]
    assert stops(drafts(form, places={})) == []


@pytest.mark.parametrize("word", ["wasteQuantity", "residue"])
def test_a_noted_difference_needs_the_facilitys_count(word: str) -> None:
    form = fixture("signed.json")
    form["wastes"][0]["discrepancyResidueInfo"][word] = True
    found = drafts(form)
    assert stops(found) == ["emanifest-received-quantity-unknown"]
    assert found.drafts[-1].name == "007-hand-over-transporter-2"
    counted = drafts(form, received={1: Received(Decimal(470), Decimal(10))})
    line = named(counted, "acceptance-facility").event["lines"][0]
    assert line["outcome"] == ("left-in-tank" if word == "residue" else "mixed")
    assert line["refused"] == {"value": "37.85411784", "unit": "LTR"}
    assert word in named(counted, "acceptance-facility").event["remarks"]


@pytest.mark.parametrize(
    ("accepted", "refused", "outcome", "parts"),
    [
        ("480", "0", "full", {"accepted"}),
        ("479", "0", "short", {"accepted", "missing"}),
        ("481", "0", "over", {"accepted", "over"}),
        ("400", "80", "mixed", {"accepted", "refused"}),
        ("400", "70", "mixed", {"accepted", "refused", "missing"}),
        ("0", "480", "mixed", {"refused"}),
    ],
)
def test_a_count_balances(accepted: str, refused: str, outcome: str, parts: set[str]) -> None:
    found = drafts("signed.json", received={1: Received(Decimal(accepted), Decimal(refused))})
    line = named(found, "acceptance-facility").event["lines"][0]
    assert line["outcome"] == outcome
    assert set(line) - {"lot", "outcome"} == parts
    total = sum(Decimal(line[part]["value"]) * (-1 if part == "over" else 1) for part in parts)
    assert total == Decimal("1816.99765632")


def test_nothing_taken_of_any_line_is_a_refusal() -> None:
    nothing = {line: Received(Decimal(0), Decimal(figure)) for line, figure in ((1, 480), (2, 300))}
    found = drafts("partial-reject.json", received=nothing)
    lines = named(found, "refusal-facility").event["lines"]
    assert [set(line) for line in lines] == [{"lot", "refused", "reason"}, {"lot", "refused", "missing", "reason"}]
    over = {1: Received(Decimal(0), Decimal(481)), 2: Received(Decimal(0), Decimal(345))}
    assert named(drafts("partial-reject.json", received=over), "facility").event["type"] == "acceptance/1"


@pytest.mark.parametrize(
    "changes",
    [
        {"transporterOnSite": False},
        {"newManifestTrackingNumbers": ["000000008TST"]},
        {"alternateDesignatedFacility": None},
    ],
)
def test_rejected_waste_goes_on_here_only_with_its_carrier(changes: dict[str, Any]) -> None:
    form = fixture("full-reject.json")
    form["rejectionInfo"] = {**form["rejectionInfo"], **changes}
    assert drafts(form, places={}).drafts[-1].name == "008-refusal-facility"


def test_rejected_waste_goes_back_to_the_generator() -> None:
    form = fixture("full-reject.json")
    form["rejectionInfo"] = {
        "rejectionType": "FullReject",
        "transporterOnSite": True,
        "alternateDesignatedFacilityType": "Generator",
        "generatorPaperSignature": {"printedName": "Signer A", "signatureDate": "2026-03-05T05:00:00Z"},
    }
    found = drafts(form, places={}, parties={"generator": "party:US-NAMED"})
    last = found.drafts[-1]
    assert (last.name, last.signer) == ("010-acceptance-generator-again", "party:US-NAMED")
    assert last.event["occurred_at"] == "2026-03-05T05:00:00Z"


def test_a_long_form_makes_several_offers_that_fit() -> None:
    form = fixture("signed.json")
    line = form["wastes"][0]
    form["wastes"] = [{**copy.deepcopy(line), "lineNumber": i} for i in range(1, 121)]
    found = drafts(form, substances=dict.fromkeys(range(1, 121), "67-64-1"))
    offers = [draft for draft in found.drafts if "hand-over-generator" in draft.name]
    assert [len(draft.event["lines"]) for draft in offers] == [50, 50, 20]
    for draft in found.drafts:
        payload = resolve(draft, dict.fromkeys(draft.after, "a" * 64))
        assert len(payload) < MAX_STATEMENT - 500


# Choices


@pytest.mark.parametrize(
    ("choices", "code", "field"),
    [
        ({"substances": {3: "67-64-1"}}, "choice-line", "cas"),
        ({"received": {3: Received(Decimal(1))}}, "choice-line", "received"),
        ({"substances": {1: "67-64-2"}}, "cas-check-digit", "cas 1"),
        ({"substances": {1: "acetone"}}, "choice-value", "cas 1"),
        ({"places": {"transporter-3": ("USNYC", "-05:00")}}, "choice-role", "place"),
        ({"places": {"facility": ("New York", "-05:00")}}, "choice-value", "place facility"),
        ({"places": {"facility": ("USNYC", "EST")}}, "offset-format", "place facility"),
        ({"parties": {"broker": "party:US-X"}}, "choice-role", "party"),
        ({"parties": {"facility": "US-X"}}, "id-chars", "party facility"),
        ({"received": {1: Received(Decimal(-1))}}, "choice-value", "received 1"),
        ({"received": {1: Received(Decimal("Infinity"))}}, "choice-value", "received 1"),
        ({"received": {1: Received(Decimal(1), Decimal("1E+20"))}}, "choice-value", "received 1"),
        ({"answer_hours": 0}, "choice-value", "answer"),
        ({"mode": "by road"}, "choice-value", "mode"),
    ],
)
def test_choices_that_make_no_sense_are_refused(choices: dict[str, Any], code: str, field: str) -> None:
    with pytest.raises(Malformed) as caught:
        drafts("signed.json", **choices)
    assert (caught.value.code, caught.value.field) == (code, field)


# The draft format


def test_a_draft_survives_its_file() -> None:
    for draft in drafts("full-reject.json").drafts:
        again = parse_draft(draft.to_json())
        assert again == Draft(draft.name, draft.signer, draft.after, json.loads(json.dumps(draft.event)))


def test_resolving_gives_canonical_bytes_of_the_event() -> None:
    draft = named(drafts("unsigned.json"), "hand-over-generator")
    ids = {name: f"{i}" * 64 for i, name in enumerate(draft.after)}
    payload = resolve(draft, ids, signed_at="2026-05-01T10:00:00Z")
    event = canonical_json.decode(payload)
    assert event["occurred_at"] == "2026-05-01T10:00:00Z"
    assert event["deadline"] == "2026-05-11T10:00:00Z"
    assert [line["prev"] for line in event["lines"]] == ["0" * 64, "1" * 64]
    assert "seen" not in event
    seen = {"size": 7, "root": "5e" * 32}
    assert canonical_json.decode(resolve(draft, ids, signed_at="2026-05-01T10:00:00Z", seen=seen))["seen"] == seen
    with pytest.raises(Malformed, match="field-range"):
        resolve(draft, ids, signed_at="2026-05-01T10:00:00Z", seen={**seen, "size": 0})
    with pytest.raises(Malformed, match="draft-time"):
        resolve(draft, ids)
    with pytest.raises(Malformed) as caught:
        resolve(draft, {"001-registration-line-1": "0" * 64}, signed_at="2026-05-01T10:00:00Z")
    assert caught.value.code == "draft-unsigned"
    assert "002-registration-line-2" in caught.value.found
    with pytest.raises(Malformed, match="hash-format"):
        resolve(draft, dict.fromkeys(draft.after, "no id"), signed_at="2026-05-01T10:00:00Z")
    with pytest.raises(Malformed, match="time-format"):
        resolve(draft, ids, signed_at="now")


def test_the_example_of_the_page_gives_the_bytes_of_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    example = page.partition("```json\n")[2]
    draft = parse_draft(example.partition("```")[0].encode())
    assert draft.signer == FACILITY
    digest, _, rest = example.partition("SHA-256 `")[2].partition("`")
    written = rest.partition("```\n")[2].partition("```")[0].replace("\n", "").encode()
    payload = resolve(draft, {"007-hand-over-transporter-2": "a" * 64})
    assert payload == written
    assert hashlib.sha256(payload).hexdigest() == digest


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: str(case["name"]))
def test_the_vectors_of_drafts(case: dict[str, Any]) -> None:
    data = case["draft"].encode()
    if case.get("kind") == "read":
        with pytest.raises(Malformed) as caught:
            parse_draft(data)
        assert caught.value.code == case["code"], str(caught.value)
        return
    draft = parse_draft(data)
    given = {"signed_at": case["signed_at"], "seen": case["seen"]}
    if case["valid"]:
        assert resolve(draft, case["statements"], **given).decode() == case["payload"]
        return
    with pytest.raises(Malformed) as caught:
        resolve(draft, case["statements"], **given)
    assert caught.value.code == case["code"], str(caught.value)


def test_the_vectors_are_what_their_script_makes_and_mostly_bad() -> None:
    assert build.PATH.read_text() == build.text()
    assert sum(case["valid"] for case in VECTORS["cases"]) < len(VECTORS["cases"]) / 3


def test_a_draft_is_bounded_before_it_is_read() -> None:
    with pytest.raises(Malformed, match="too-large"):
        parse_draft(b" " * 65_536)


@given(st.binary(max_size=100))
def test_any_bytes_as_a_draft(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_draft(data)


@settings(max_examples=150, deadline=None)
@given(st.integers(min_value=0), st.integers(min_value=0, max_value=255))
def test_any_flipped_byte_of_a_draft(at: int, byte: int) -> None:
    data = bytearray(named(drafts("signed.json"), "acceptance-facility").to_json())
    data[at % len(data)] = byte
    try:
        draft = parse_draft(bytes(data))
    except Malformed:
        return
    assert read_event(resolve(draft, dict.fromkeys(draft.after, "b" * 64), signed_at="2026-05-01T10:00:00Z"))
