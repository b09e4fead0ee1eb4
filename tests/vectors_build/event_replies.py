"""Cases of what answers or ends a hand-over: acceptance, refusal, withdrawal."""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, DAY, PARTIES, World, kg, packages
from tests.vectors_build.event_book import Book
from tests.vectors_build.event_transfers import (
    ABSENT,
    LITRE,
    NOWHERE,
    PANAMA,
    consigned,
    dated,
    held_up,
    just_now,
    lately,
    resealed,
    sampled,
    sealed,
)

from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.fields import Place
from lotchain.events.licence_revocation import LicenceRevocation
from lotchain.events.refusal import Refusal, RefusalLine
from lotchain.events.withdrawal import Withdrawal


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
    world, lot, offer = world_with()
    sampled(world, lot, "0.5")
    paper = event(world, offer, lot, accepted=kg(500))
    yes(
        world,
        paper,
        "carrier",
        "the paper's figure, after a sample",
        "read as 499.5 kg: the sample is not there",
        seen=at,
    )
    world, lot, offer = world_with()
    sampled(world, lot, "0.5")
    little = event(world, offer, lot, "mixed", accepted=kg("0.1"), refused=kg("499.9"))
    yes(world, little, "carrier", "less accepted than was sampled", "the sample comes off what is refused", seen=at)
    world = World()
    lot = world.make("A", 100)
    world.move("maker", "carrier", lot)
    offer = world.offer("carrier", "importer", lot, receives_as="consignee")
    line = AcceptanceLine(lot=lot, outcome="damaged", accepted=kg(60), refused=kg(40))
    onward = Acceptance(answers=offer, lines=(line,), place=CN, occurred_at=world.now())
    yes(
        world,
        onward,
        "importer",
        "a part refused on the second leg",
        "the rest has the giver that the lot had",
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
    world, lot, offer = world_with("CN-448120")
    part = event(world, offer, lot, "damaged", accepted=kg(400), refused=kg(100))
    yes(world, part, "carrier", "seals not looked at, a part refused", "the doubt is the receiver's; the rest has none",
        "seal-not-checked", seen=at)  # fmt: skip
    for name, found, seen, codes in (
        ("the seals before customs changed them", ("CN-448120",), at, ()),
        ("the seals before, signed after the change", ("CN-448120",), just_now(world), ("seal-changed",)),
        ("the seals of customs", ("MX-1",), just_now(world), ()),
    ):
        world, lot, offer = world_with("CN-448120")
        resealed(world, lot, "MX-1")
        yes(world, event(world, offer, lot, accepted=kg(500), seals_found=found), "carrier", name,
            "an inspection makes no paper stale", *codes, seen=seen)  # fmt: skip
    for name, seen, code in (
        ("on hold, off route, at its consignee", just_now(world), "moved-on-hold"),
        ("perhaps signed before the hold, off route", at, "acted-before-hold-was-known"),
    ):
        world, lot, offer = world_with(route=True)
        held_up(world, lot)
        yes(world, event(world, offer, lot, place=PANAMA, accepted=kg(500)), "carrier", name,
            "recorded; delivered all the same", code, "off-route", seen=seen)  # fmt: skip
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
