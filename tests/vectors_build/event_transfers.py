"""Cases of registration and of the transfer of lots: hand-over, acceptance, refusal, withdrawal."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, DAY, LICENCES, PARTIES, SUBSTANCE, World, kg, packages
from tests.vectors_build.event_book import Book

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.consignment import Consignment
from lotchain.events.fields import Amount, Place
from lotchain.events.hand_over import HandOver, HandOverLine
from lotchain.events.hold import Hold
from lotchain.events.inspection import InspectedLot, Inspection
from lotchain.events.licence_change import LicenceChange
from lotchain.events.licence_revocation import LicenceRevocation
from lotchain.events.refusal import Refusal, RefusalLine
from lotchain.events.registration import Package, Registration
from lotchain.events.seal_applied import SealApplied, SealedLot
from lotchain.events.withdrawal import Withdrawal

LITRE = Amount(value="1", unit="LTR")
PANAMA = Place(code="PAMIT", offset="-05:00")
NOWHERE = "lot:CN-MAKER/NONE"
ABSENT = "44" * 32


def lately(world: World) -> int:
    """Closing time of a checkpoint that a signer may have seen."""
    return world.time - 60_000


def held_up(world: World, *lots: str, who: str = "cn") -> str:
    """The lots on hold."""
    return world.accept(Hold(lots=lots, reason="suspicion", occurred_at=world.now()), who)


def consigned(world: World, *lots: str, who: str = "maker", **fields: Any) -> str:
    """The lots on their way from the maker to user-a over CNSHG and MXZLO."""
    values: dict[str, Any] = {
        "consignment": f"consignment:{world.party(who)[6:]}/C1",
        "exporter": PARTIES["maker"],
        "importer": PARTIES["importer"],
        "final": (PARTIES["user-a"],),
        "route": ("CNTZU", "CNSHG", "MXZLO"),
        "lots": lots,
        "mode": "sea",
        "occurred_at": world.now(),
        **fields,
    }
    return world.accept(Consignment(**values), who)


def sealed(world: World, lot: str, *numbers: str, who: str = "maker") -> str:
    """The lot with seals on it."""
    line = SealedLot(lot=lot, prev=world.last(lot), seals=numbers)
    return world.accept(SealApplied(lines=(line,), place=CN, occurred_at=world.now()), who)


def sampled(world: World, lot: str, amount: str, who: str = "cn") -> str:
    """The lot less what its authority took."""
    line = InspectedLot(lot=lot, result="in-order", sample=kg(amount))
    return world.accept(Inspection(lines=(line,), place=CN, occurred_at=world.now()), who)


def dated(world: World, who: str) -> str:
    """The party's licence from 2026 on: in force now, and not surely so for whoever names no checkpoint."""
    change = LicenceChange(
        party=PARTIES[who],
        number="1",
        activities=LICENCES[who],  # type: ignore[arg-type]
        substances=("*",),
        valid_from="2026-01-01T00:00:00Z",
        reason="renewal",
        occurred_at=world.now(),
    )
    return world.accept(change, world.authority_of(who))


def registration_event(world: World, **changes: Any) -> Registration:
    values: dict[str, Any] = {
        "lot": "lot:CN-MAKER/BP4-2611-07",
        "substance": SUBSTANCE,
        "name": "1-boc-4-piperidone",
        "quantity": kg(500),
        "origin": "made",
        "place": CN,
        "occurred_at": world.now(),
        **changes,
    }
    return Registration(**values)


def registration() -> Book:
    book = Book("registration/1")
    world = World()
    at = lately(world)
    foreign = registration_event(world, lot="lot:CN-MAKER2/1")
    book.refused(world, foreign, "maker", "another's name", "named under its registrant", "lot-name-foreign")
    wrong = registration_event(world, substance="79099-07-4")
    book.refused(world, wrong, "maker", "a CAS number mistyped", "its last digit is a check digit", "cas-check-digit")
    twenty = packages(20)
    faults = [
        ("a package too many", packages(21), "they add up to 525 kg"),
        ("a serial twice", (*twenty[:19], twenty[0]), "each package once"),
        ("a package in litres", (*twenty[:19], Package(serial="X", net=LITRE)), "one kind of unit"),
    ]
    for name, boxes, comment in faults:
        book.refused(world, registration_event(world, packages=boxes), "maker", name, comment, "packages-sum")
    made = registration_event(
        world, packages=twenty, tolerance="0.5", content="98 %", remarks={"hidden": "77" * 32},
        documents=({"kind": "certificate-of-analysis", "sha256": "c0" * 32, "reference": "CoA 2611-07"},),
    )  # fmt: skip
    book.accepted(world, made, "maker", "made, in 20 drums", "under a licence in force throughout", seen=at)
    book.refused(world, made, "maker", "a name twice", "a lot is registered once", "lot-exists", seen=at)
    litres = registration_event(world, lot="lot:CN-MAKER/AA-1", substance="108-24-7", name="acetic anhydride",
                                quantity=Amount(value="20000", unit="LTR"))  # fmt: skip
    book.accepted(world, litres, "maker", "made, by volume", "nanolitres", seen=at)
    dated(world, "maker")
    loose = registration_event(world, lot="lot:CN-MAKER/U-1")
    book.accepted(
        world, loose, "maker", "made, time open below", "no checkpoint named: licensed at some time, not surely then",
        "maker-licence-undetermined",
    )  # fmt: skip
    unlicensed = registration_event(world, lot="lot:CN-TRUCK/1")
    book.accepted(world, unlicensed, "carrier", "made by a carrier", "recorded, and the chain has no lawful beginning",
                  "maker-unlicensed", seen=at)  # fmt: skip
    for origin in ("entered", "found"):
        event = registration_event(world, lot=f"lot:CN-TRUCK/{origin.upper()}", origin=origin)
        book.accepted(world, event, "carrier", origin, "no beginning on this ledger", "origin-not-made", seen=at)
    book.common_faults()
    for name, value, code in (
        ("a quantity of nothing", {"value": "0", "unit": "KGM"}, "quantity-range"),
        ("a quantity below a microgram", {"value": "0.0000000001", "unit": "KGM"}, "quantity-precision"),
        ("a quantity with an exponent", {"value": "5e2", "unit": "KGM"}, "quantity-format"),
        ("a quantity as a number", {"value": 500, "unit": "KGM"}, "quantity-format"),
        ("a unit in words", {"value": "500", "unit": "kg"}, "unit-unknown"),
        ("a quantity without unit", {"value": "500"}, "field-missing"),
    ):
        book.changed(name, "exact positive decimal text with a unit code", code, quantity=value)
    book.changed("the name of a rest lot", "given by the judge alone", "id-reserved", lot="lot:CN-MAKER/1~1")
    book.changed("a name in lower case", "ids are capitals", "id-chars", lot="lot:CN-MAKER/a")
    book.changed("an origin that is none", "a closed list", "field-value", origin="bought")
    book.changed("a tolerance above all", "up to a hundred percent", "percent-format", tolerance="101")
    return book


def hand_over() -> Book:
    book = Book("hand-over/1")
    world = World()
    at = lately(world)
    a, b = world.make("A", 500, packages=packages(20)), world.make("B", 50)
    both = world.hand_over("maker", "carrier", a, b)
    line_a, line_b = both.lines

    def event(*lines: HandOverLine, **changes: Any) -> HandOver:
        return HandOver(**{**both.__dict__, "lines": lines or both.lines, **changes})

    def line(base: HandOverLine, **changes: Any) -> HandOverLine:
        return HandOverLine(**{**base.__dict__, **changes})

    no = book.refused
    no(world, event(line_a, line_a), "maker", "a lot twice", "one line a lot", "lot-twice", seen=at)
    no(world, event(line_a, line(line_b, lot=NOWHERE)), "maker", "a lot that nobody knows", "perhaps not yet",
       "lot-unknown", seen=at)  # fmt: skip
    no(world, event(line(line_a, prev=ABSENT), line_b), "maker", "follows what has not arrived", "retry",
       "prev-unknown", seen=at)  # fmt: skip
    no(world, event(), "maker2", "by a stranger", "only the custodian", "not-custodian", seen=at)
    no(world, event(), "cn", "by an authority", "it has no custody", "not-custodian", seen=at)
    no(world, event(to="party:CN-NOBODY"), "maker", "to a party that nobody knows", "its licence first",
       "receiver-unknown", seen=at)  # fmt: skip
    no(world, event(to=PARTIES["maker"]), "maker", "to oneself", "a transfer needs two", "same-party", seen=at)
    no(world, event(deadline=both.occurred_at), "maker", "no time to answer", "the deadline lies after",
       "deadline-before-offer", seen=at)  # fmt: skip
    for name, amount in (("a part of the lot", kg(499)), ("more than the lot", kg("500.000000001"))):
        no(world, event(line(line_a, quantity=amount), line_b), "maker", name, "whole lots, to the microgram",
           "quantity-mismatch", seen=at)  # fmt: skip
    no(
        world,
        event(line(line_a, quantity=LITRE), line_b),
        "maker",
        "in litres",
        "mass is not volume",
        "unit-kind",
        seen=at,
    )
    no(world, event(line(line_a, packages=("0001",)), line_b), "maker", "with 1 of 20 serials", "whole lots",
       "package-unknown", seen=at)  # fmt: skip

    yes = book.accepted
    yes(world, event(), "maker", "two lots to a carrier", "held becomes in transit; custody stays", seen=at)
    no(world, event(line(line_a, prev=world.last(a))), "maker", "offered already", "one open offer a lot",
       "offer-open", seen=at)  # fmt: skip
    no(world, event(to=PARTIES["importer"]), "maker", "the old end offered again", "double dealing, or a late paper",
       "prev-stale", seen=at)  # fmt: skip

    world = World()
    lot = world.make("A", 100)
    sealed(world, lot, "CN-448120")
    first = world.hand_over("maker", "carrier", lot).lines[0]
    later = [
        ("a seal misread", "CN-448102", "a slip of the pen, or a look-alike", "seal-misread"),
        ("other seals", "TR-1", "nobody recorded a change", "seal-changed"),
    ]
    for i, (name, number, comment, code) in enumerate(later):
        world = World()
        lot = world.make(f"S{i}", 100)
        sealed(world, lot, "CN-448120")
        first = world.hand_over("maker", "carrier", lot).lines[0]
        yes(world, event(line(first, seals=(number,))), "maker", name, comment, code, seen=at)
    world = World()
    lot = world.make("S", 100)
    sealed(world, lot, "CN-448120")
    first = world.hand_over("maker", "carrier", lot).lines[0]
    sampled(world, lot, "0.5")
    yes(world, event(line(first, seals=("CN-448120",)), means={"hidden": "77" * 32}), "maker", "after a sample",
        "the paper says 100 kg, an authority took 0.5 since: nobody's paper is stale", seen=at)  # fmt: skip
    for name, changes, seen, code in (
        ("to a carrier without licence", {"to": PARTIES["user-a"]}, at, "licence-none"),
        ("time open below", {}, None, "licence-undetermined"),
        ("to a carrier whose licence is revoked", {"to": PARTIES["carrier"]}, at, "licence-not-in-force"),
    ):
        world = World()
        lot = world.make("L", 100)
        if code == "licence-undetermined":
            dated(world, "carrier")
        if code == "licence-not-in-force":
            lost = LicenceRevocation(party=PARTIES["carrier"], number="1", reason="misuse", occurred_at=world.now())
            world.accept(lost, "cn")
        first = world.hand_over("maker", "carrier", lot).lines[0]
        yes(world, event(first, **changes), "maker", name, "recorded; a breach of the treaty", code, seen=seen)
    world = World()
    lot = world.make("H", 100)
    consigned(world, lot)
    held_up(world, lot, who="mx")
    held_up(world, lot, who="cn")
    first = world.hand_over("maker", "carrier", lot).lines[0]
    yes(world, event(first, place=PANAMA), "maker", "on two holds and off its route", "recorded, and it breaks the chain",
        "moved-on-hold", "off-route", seen=at)  # fmt: skip
    world = World()
    lot = world.make("E", 100)
    first = world.hand_over("maker", "carrier", lot).lines[0]
    offer = world.offer("maker", "carrier", lot)
    gone = Refusal(answers=offer, lines=(RefusalLine(lot=lot, reason="other", missing=kg(100)),), place=CN,
                   occurred_at=world.now())  # fmt: skip
    world.accept(gone, "carrier")
    no(world, event(line(first, prev=world.last(lot))), "maker", "a lot that has ended", "nothing of it arrived",
       "lot-ended", seen=at)  # fmt: skip
    book.common_faults()
    book.changed("no lot", "something is handed over", "too-few", lines=[])
    book.changed("a fourth capacity", "carrier, warehouse or consignee", "field-value", receives_as="owner")
    return book


def acceptance() -> Book:
    book = Book("acceptance/1")
    yes, no = book.accepted, book.refused

    def world_with(*seals: str, route: bool = False, **fields: Any) -> tuple[World, str, str]:
        """A world in which lot A of 500 kg in 20 drums is offered to the carrier."""
        world = World()
        lot = world.make("A", 500, **{"packages": packages(20), **fields})
        if route:
            consigned(world, lot, final=(PARTIES["carrier"],))
        if seals:
            sealed(world, lot, *seals)
        return world, lot, world.offer("maker", "carrier", lot)

    def event(
        world: World, offer: str, lot: str, outcome: str = "full", place: Place = CN, **fields: Any
    ) -> Acceptance:
        line = AcceptanceLine(lot=lot, outcome=outcome, **fields)  # type: ignore[arg-type]
        return Acceptance(answers=offer, lines=(line,), place=place, occurred_at=world.now())

    world, lot, offer = world_with()
    at = lately(world)
    nineteen = {"outcome": "short", "accepted": kg(475), "missing": kg(25), "packages_missing": ("0013",)}
    no(world, event(world, offer, NOWHERE, accepted=kg(500)), "carrier", "of a lot that nobody knows", "perhaps not yet",
       "lot-unknown", seen=at)  # fmt: skip
    no(world, event(world, ABSENT, lot, accepted=kg(500)), "carrier", "of an offer that has not arrived", "retry",
       "offer-unknown", seen=at)  # fmt: skip
    no(world, event(world, offer, lot, accepted=kg(500)), "importer", "by another party", "only the receiver named",
       "not-receiver", seen=at)  # fmt: skip
    no(
        world,
        event(world, offer, lot, accepted=LITRE),
        "carrier",
        "in litres",
        "mass is not volume",
        "unit-kind",
        seen=at,
    )
    mixed = event(world, offer, lot, "short", accepted=kg(499), missing=LITRE)
    no(world, mixed, "carrier", "in kilograms and litres", "one kind of unit", "unit-kind", seen=at)
    for name, fields in (
        ("a kilogram nowhere", {"accepted": kg(499)}),
        ("a kilogram too many", {"accepted": kg(501)}),
        ("over, and counted as missing", {"accepted": kg(500), "over": kg(1), "missing": kg(0.5)}),
    ):
        no(world, event(world, offer, lot, **fields), "carrier", name, "offered + over = accepted + refused + missing",
           "reply-unbalanced", seen=at)  # fmt: skip
    twist = event(world, offer, lot, accepted=kg(500), packages_missing=("0013",))
    no(world, twist, "carrier", "500 kg in 19 drums", "19 drums of 25 kg hold 475", "reply-contradicts-itself", seen=at)
    strange = event(world, offer, lot, **{**nineteen, "packages_missing": ("0021",)})
    no(world, strange, "carrier", "a serial that is none of the lot's", "of this lot only", "package-unknown", seen=at)
    both = event(world, offer, lot, "mixed", accepted=kg(475), refused=kg(25), packages_missing=("0013",),
                 packages_refused=("0013",))  # fmt: skip
    no(world, both, "carrier", "a drum refused and missing", "each serial once", "package-unknown", seen=at)
    line = AcceptanceLine(lot=lot, outcome="full", accepted=kg(500))
    twice = Acceptance(answers=offer, lines=(line, line), place=CN, occurred_at=world.now())
    no(world, twice, "carrier", "a lot twice", "one line a lot", "reply-lines-differ", seen=at)
    full = event(world, offer, lot, accepted=kg(500))
    yes(world, full, "carrier", "in full", "custody passes", seen=at)
    no(
        world,
        event(world, offer, lot, **nineteen),
        "carrier",
        "a second reply",
        "one reply an offer",
        "offer-closed",
        seen=at,
    )
    world, lot, offer = world_with()
    other = world.make("B", 1)
    pair = Acceptance(
        answers=offer, lines=(line, AcceptanceLine(lot=other, outcome="full", accepted=kg(1))), place=CN,
        occurred_at=world.now(),
    )  # fmt: skip
    no(world, pair, "carrier", "a lot that was not offered", "just the lots of the offer", "reply-lines-differ",
       "offer-closed", seen=at)  # fmt: skip
    yes(
        world, event(world, offer, lot, **nineteen), "carrier", "one drum short", "an open difference of 25 kg", seen=at
    )
    world, lot, offer = world_with(tolerance="0.5", packages=())
    yes(world, event(world, offer, lot, "short", accepted=kg("497.5"), missing=kg("2.5")), "carrier",
        "short within tolerance", "0.5 % of 500 kg, just", seen=at)  # fmt: skip
    world, lot, offer = world_with(tolerance="0.5", packages=())
    yes(world, event(world, offer, lot, "over", accepted=kg("502.6"), over=kg("2.6")), "carrier", "over", "beyond 0.5 %: open",
        seen=at)  # fmt: skip
    world, lot, offer = world_with()
    part = event(
        world, offer, lot, "damaged", accepted=kg(425), refused=kg(75), packages_refused=("0001", "0002", "0003")
    )
    yes(world, part, "carrier", "three drums refused", "they stay with the giver as a rest lot, ~1", seen=at)
    world, lot, offer = world_with()
    none = event(world, offer, lot, "wrong-goods", refused=kg(500))
    yes(world, none, "carrier", "nothing accepted", "the lot stays with the giver", seen=at)
    world, lot, offer = world_with()
    sampled(world, lot, "0.5")
    yes(
        world,
        event(world, offer, lot, accepted=kg("499.5")),
        "carrier",
        "less a sample taken on the way",
        "no difference",
        seen=at,
    )
    for name, found, codes in (
        ("seals intact", ("CN-448120",), ()),
        ("a seal misread", ("CN-448102",), ("seal-misread",)),
        ("other seals", ("TR-1",), ("seal-changed",)),
        ("no seal left", (), ("seal-changed",)),
        ("seals not looked at", None, ("seal-not-checked",)),
    ):
        world, lot, offer = world_with("CN-448120")
        yes(world, event(world, offer, lot, accepted=kg(500), seals_found=found), "carrier", name, "against the state",
            *codes, seen=at)  # fmt: skip
    world, lot, offer = world_with(route=True)
    held_up(world, lot)
    yes(world, event(world, offer, lot, place=PANAMA, accepted=kg(500)), "carrier", "on hold, off route, at its consignee",
        "recorded; delivered all the same", "moved-on-hold", "off-route", seen=at)  # fmt: skip
    world, lot, offer = world_with()
    dated(world, "carrier")
    yes(world, event(world, offer, lot, accepted=kg(500)), "carrier", "time open below", "licensed at some time",
        "licence-undetermined")  # fmt: skip
    world, lot, offer = world_with()
    lost = LicenceRevocation(party=PARTIES["carrier"], number="1", reason="misuse", occurred_at=world.now())
    world.accept(lost, "cn")
    yes(world, event(world, offer, lot, accepted=kg(500)), "carrier", "a licence revoked on the way", "recorded",
        "licence-not-in-force", seen=at)  # fmt: skip
    world = World()
    lot = world.make("A", 500)
    offer = world.offer("maker", "user-a", lot)
    yes(world, event(world, offer, lot, accepted=kg(500)), "user-a", "by one that may not carry", "recorded", "licence-none",
        seen=at)  # fmt: skip
    world, lot, offer = world_with()
    world.advance(3 * DAY)
    world.accept(Withdrawal(withdraws=offer, lots=(lot,), occurred_at=world.now()), "maker")
    late = event(world, offer, lot, accepted=kg(500))
    yes(
        world,
        late,
        "carrier",
        "after the withdrawal",
        "recorded; a dispute is open",
        "accepted-after-withdrawal",
        seen=at,
    )
    no(
        world,
        event(world, offer, lot, **nineteen),
        "carrier",
        "twice after the withdrawal",
        "one reply an offer",
        "offer-closed",
        seen=at,
    )
    world, lot, offer = deep_rest()
    no(world, event(world, offer, lot, "damaged", accepted=kg(1), refused=kg(91)), "carrier", "a ninth rest of rests",
       "eight suffixes at most", "rest-names-exhausted", seen=at)  # fmt: skip
    book.common_faults()
    book.changed("no lot", "something is answered", "too-few", lines=[])
    book.changed("an outcome that is none", "a closed list", "field-value",
                 lines=[{"lot": "lot:CN-MAKER/A", "outcome": "fine"}])  # fmt: skip
    return book


def deep_rest() -> tuple[World, str, str]:
    """A rest of a rest …, eight times, offered once more."""
    world = World()
    lot = world.make("R", 100)
    for _ in range(8):
        offer = world.offer("maker", "carrier", lot)
        whole = world.lot(lot)["accounts"]["in-transit"] // 1_000_000_000
        line = AcceptanceLine(lot=lot, outcome="damaged", accepted=kg(1), refused=kg(whole - 1))
        world.accept(Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now()), "carrier")
        lot += "~1"
    return world, lot, world.offer("maker", "carrier", lot)


def refusal() -> Book:
    book = Book("refusal/1")
    yes, no = book.accepted, book.refused

    def world_with(*seals: str) -> tuple[World, str, str]:
        world = World()
        lot = world.make("A", 500, packages=packages(20))
        if seals:
            sealed(world, lot, *seals)
        return world, lot, world.offer("maker", "carrier", lot)

    def event(world: World, offer: str, lot: str, place: Place = CN, **fields: Any) -> Refusal:
        line = RefusalLine(lot=lot, **{"reason": "document-mismatch", "refused": kg(500), **fields})
        return Refusal(answers=offer, lines=(line,), place=place, occurred_at=world.now())

    world, lot, offer = world_with()
    no(world, event(world, offer, NOWHERE), "carrier", "of a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(world, ABSENT, lot), "carrier", "of an offer that has not arrived", "retry", "offer-unknown")
    no(world, event(world, offer, lot), "importer", "by another party", "only the receiver named", "not-receiver")
    no(world, event(world, offer, lot, refused=LITRE), "carrier", "in litres", "mass is not volume", "unit-kind")
    no(world, event(world, offer, lot, refused=kg(499)), "carrier", "a kilogram nowhere", "offered = refused + missing",
       "reply-unbalanced")  # fmt: skip
    no(world, event(world, offer, lot, refused=kg(475), missing=kg(25), packages_missing=("0021",)), "carrier",
       "a serial that is none of the lot's", "of this lot only", "package-unknown")  # fmt: skip
    line = RefusalLine(lot=lot, reason="other", refused=kg(500))
    twice = Refusal(answers=offer, lines=(line, line), place=CN, occurred_at=world.now())
    no(world, twice, "carrier", "a lot twice", "one line a lot", "reply-lines-differ")
    yes(world, event(world, offer, lot), "carrier", "in full", "custody never left the giver")
    no(world, event(world, offer, lot, refused=kg(475), missing=kg(25)), "carrier", "a second reply", "one reply an offer",
       "offer-closed")  # fmt: skip
    world, lot, offer = world_with()
    yes(world, event(world, offer, lot, refused=kg(475), missing=kg(25), packages_missing=("0013",)), "carrier",
        "and one drum missing", "an open difference")  # fmt: skip
    world, lot, offer = world_with()
    yes(
        world,
        event(world, offer, lot, refused=None, missing=kg(500)),
        "carrier",
        "nothing there",
        "the lot ends, missing",
    )
    for name, found, codes in (
        ("seals intact", ("CN-448120",), ()),
        ("a seal misread", ("CN-448102",), ("seal-misread",)),
        ("other seals", ("TR-1",), ("seal-changed",)),
        ("seals not looked at", None, ("seal-not-checked",)),
    ):
        world, lot, offer = world_with("CN-448120")
        yes(world, event(world, offer, lot, seals_found=found), "carrier", name, "against the state", *codes)
    world = World()
    lot = world.make("A", 500)
    consigned(world, lot)
    offer = world.offer("maker", "carrier", lot)
    held_up(world, lot)
    yes(world, event(world, offer, lot, PANAMA, reason="on-hold"), "carrier", "on hold, off route",
        "a refusal never breaks a hold", "off-route")  # fmt: skip
    world, lot, offer = world_with()
    world.advance(3 * DAY)
    world.accept(Withdrawal(withdraws=offer, lots=(lot,), occurred_at=world.now()), "maker")
    yes(world, event(world, offer, lot), "carrier", "after the withdrawal", "recorded without effect")
    no(
        world,
        event(world, offer, lot, reason="other"),
        "carrier",
        "twice after the withdrawal",
        "one reply an offer",
        "offer-closed",
    )
    book.common_faults()
    book.changed("a reason that is none", "a closed list", "field-value",
                 lines=[{"lot": "lot:CN-MAKER/A", "reason": "tired"}])  # fmt: skip
    book.changed("no lot", "something is answered", "too-few", lines=[])
    return book


def withdrawal() -> Book:
    book = Book("withdrawal/1")
    yes, no = book.accepted, book.refused
    world = World()
    lot, other = world.make("A", 100), world.make("B", 50)
    offer = world.offer("maker", "carrier", lot, other)
    deadline = world.lot(lot)["offer"]["deadline"]

    def event(*lots: str, offered: str = offer) -> Withdrawal:
        return Withdrawal(withdraws=offered, lots=lots, occurred_at=world.now())

    no(world, event(lot), "maker", "before the deadline", "the receiver may still answer", "deadline-not-past")
    world.time = deadline
    no(world, event(lot), "maker", "at the deadline", "it ends inclusive", "deadline-not-past")
    world.time = deadline + 1
    no(world, event(NOWHERE), "maker", "of a lot that nobody knows", "perhaps not yet", "lot-unknown")
    no(world, event(lot, offered=ABSENT), "maker", "of an offer that has not arrived", "retry", "offer-unknown")
    no(world, event(lot), "carrier", "by the receiver", "only the offeror", "not-custodian")
    yes(world, event(lot), "maker", "one lot of two", "a millisecond after the deadline; the other stays offered")
    no(world, event(lot), "maker", "twice", "it stands already", "offer-closed")
    yes(world, event(other), "maker", "the other lot", "later")
    book.common_faults()
    book.changed("no lot", "something is taken back", "too-few", lots=[])
    book.changed("an id that is none", "64 hexadecimal digits", "hash-format", withdraws="12")
    return book
