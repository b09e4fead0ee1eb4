"""Cases of the events on the charter, on parties and on keys."""

from __future__ import annotations

from typing import Any

from tests.unit.world import DAY, HOUR, ORIGIN, PARTIES, World
from tests.vectors_build.event_book import Book

from lotchain.core.statements import audience_of
from lotchain.events.accession import Accession
from lotchain.events.charter import Charter, Root
from lotchain.events.endorsement import Endorsement
from lotchain.events.key_enrolment import KeyEnrolment
from lotchain.events.key_revocation import KeyRevocation
from lotchain.events.licence_change import LicenceChange
from lotchain.events.licence_grant import LicenceGrant
from lotchain.events.licence_revocation import LicenceRevocation
from lotchain.events.licence_suspension import LicenceSuspension
from lotchain.signing import SoftwareSigner, proof_of_possession

TR_AUTHORITY = "party:TR-MOH"
DE_AUTHORITY = "party:DE-BFARM"
SPARE = SoftwareSigner.from_seed(b"a spare key for vectors".ljust(32, b"."))
OTHER = SoftwareSigner.from_seed(b"another key for vectors".ljust(32, b"."))
P256 = SoftwareSigner(-7, b"a P-256 key for vectors".ljust(32, b"."))


class Blank(World):
    """A ledger without a leaf."""

    def _found(self) -> None:
        pass


def root(world: World, who: str, **changes: Any) -> Root:
    signer = world.signers[who]
    values: dict[str, Any] = {
        "country": who.upper()[:2],
        "party": PARTIES[who],
        "organisation": f"Authority of {who.upper()}",
        "key": signer.public.cose.hex(),
        "possession": proof_of_possession(signer, charter=ORIGIN, party=PARTIES[who]).hex(),
        **changes,
    }
    return Root(**values)


def charter() -> Book:
    book = Book("charter/1")

    def event(world: World, *roots: Root, threshold: int = 2, **changes: Any) -> Charter:
        return Charter(origin=ORIGIN, threshold=threshold, roots=roots, occurred_at=world.now(), **changes)

    world = Blank()
    cn, mx = root(world, "cn"), root(world, "mx")
    first = book.accepted(world, event(world, cn, mx), "cn", "two founding authorities", "leaf 0 of a ledger")
    world.charter = first
    again = audience_of(ORIGIN, None)
    book.refused(
        world, event(world, cn, mx, threshold=1), "cn", "a second charter", "a ledger has one", "charter-exists",
        audience=again,
    )  # fmt: skip
    alone = Blank()
    book.accepted(alone, event(alone, root(alone, "cn"), threshold=1), "cn", "one authority alone", "threshold 1 of 1")
    blank = Blank()
    no = "charter-roots"
    twins = [
        ("a country twice", root(blank, "mx", country="CN")),
        ("a party twice", root(blank, "mx", party=PARTIES["cn"])),
        ("an organisation twice", root(blank, "mx", organisation=cn.organisation)),
        ("a key twice", root(blank, "mx", key=cn.key)),
        ("an authority of another country", root(blank, "mx", country="TR")),
    ]
    for name, other in twins:
        more = ("possession",) if name == "a party twice" else ()
        book.refused(blank, event(blank, cn, other), "cn", name, "founding authorities are distinct", no, *more)
    book.refused(
        blank, event(blank, cn, mx, threshold=3), "cn", "threshold above the number", "3 of 2", "charter-threshold"
    )
    foreign = event(blank, cn, mx).model_copy(update={"origin": "other.example/lots"})
    book.refused(
        blank, foreign, "cn", "the origin of another log", "a charter opens the log that it is signed for",
        "charter-origin", "possession",
    )  # fmt: skip
    lost = root(blank, "mx", possession=cn.possession)
    book.refused(
        blank, event(blank, cn, lost), "cn", "possession by another key", "the key of MX proves nothing", "possession"
    )
    elsewhere = root(
        blank,
        "mx",
        possession=proof_of_possession(blank.signers["mx"], charter="other.example", party=PARTIES["mx"]).hex(),
    )
    book.refused(
        blank, event(blank, cn, elsewhere), "cn", "possession for another ledger", "bound to the origin", "possession"
    )
    swapped = event(blank, cn, mx)
    book.refused(
        blank, swapped, "cn", "signed by a key that is not in it", "only a founding key opens a ledger",
        "key-not-enrolled", signer=SPARE,
    )  # fmt: skip
    book.refused(
        blank, swapped, "cn", "signed by the other founder's key", "issuer and key belong together", no,
        signer=blank.signers["mx"],
    )  # fmt: skip
    book.common_faults()
    book.changed("threshold 0", "nobody would bind the ledger", "field-range", threshold=0)
    book.changed("threshold as text", "a count is an integer", "field-type", threshold="2")
    book.changed("no roots", "somebody opens a ledger", "too-few", roots=[])
    book.changed("origin in capitals", "origins are lower case", "field-format", origin="Ledger.example/lots")
    book.changed(
        "weak key", "a point of small order", "key-weak", roots=[{**cn.model_dump(exclude_none=True), "key": WEAK}]
    )
    return book


WEAK = SPARE.public.cose.hex().replace(SPARE.public.cose.hex()[-64:], "01" + "00" * 31)
"""The neutral element as an Ed25519 key: every signature would verify."""


def accession_event(world: World, country: str, party: str, signer: SoftwareSigner, **changes: Any) -> Accession:
    values: dict[str, Any] = {
        "country": country,
        "party": party,
        "organisation": f"Authority of {country}",
        "key": signer.public.cose.hex(),
        "possession": proof_of_possession(signer, charter=world.audience, party=party).hex(),
        "occurred_at": world.now(),
        **changes,
    }
    return Accession(**values)


def accession() -> Book:
    book = Book("accession/1")
    world = World()
    new = accession_event(world, "TR", TR_AUTHORITY, SPARE)
    book.refused(world, new, "maker", "proposed by a handler", "only founding authorities", "not-founding-authority")
    taken = accession_event(world, "MX", "party:MX-OTHER", SPARE)
    book.refused(world, taken, "cn", "a country that has an authority", "one authority a country", "country-taken")
    other = accession_event(world, "TR", DE_AUTHORITY, SPARE)
    book.refused(world, other, "cn", "an authority of another country", "its id begins with its country",
                 "country-other")  # fmt: skip
    stolen = accession_event(world, "TR", TR_AUTHORITY, SPARE, possession="00" * 64)
    book.refused(world, stolen, "cn", "a key that nobody has shown to hold", "possession is proved", "possession")
    foreign = proof_of_possession(SPARE, charter=ORIGIN, party=TR_AUTHORITY).hex()
    book.refused(
        world, accession_event(world, "TR", TR_AUTHORITY, SPARE, possession=foreign), "cn",
        "possession for the origin alone", "bound to the charter, not the origin", "possession",
    )  # fmt: skip
    old = accession_event(world, "TR", TR_AUTHORITY, world.signers["maker"])
    book.refused(world, old, "cn", "a key that is enrolled", "one key, one party, for ever", "party-exists")
    book.accepted(
        world, new, "cn", "proposed, threshold 2", "party and key at once, its powers with the second founder"
    )
    again = accession_event(world, "TR", "party:TR-OTHER", OTHER)
    book.refused(
        world, again, "cn", "a country for which it proposed one", "its first proposal stands", "country-taken"
    )
    lone = Blank()
    one = Charter(origin=ORIGIN, threshold=1, roots=(root(lone, "cn"),), occurred_at=lone.now())
    lone.charter = lone.accept(one, "cn")
    book.accepted(lone, accession_event(lone, "TR", TR_AUTHORITY, P256), "cn", "threshold 1, key on P-256",
                  "in force at once")  # fmt: skip
    book.common_faults()
    book.changed("lower-case country", "ISO 3166-1 alpha-2 in capitals", "field-format", country="tr")
    book.changed("country that is none", "assigned codes only", "id-country", party="party:XX-1")
    book.changed("key that is no COSE key", "an empty map", "alg-not-allowed", key="a0")
    return book


def endorsement() -> Book:
    book = Book("endorsement/1")

    def event(world: World, subject: str, statement: str) -> Endorsement:
        return Endorsement(subject=subject, endorses=statement, occurred_at=world.now())

    blank = Blank()
    both = (root(blank, "cn"), root(blank, "mx"))
    blank.charter = blank.accept(Charter(origin=ORIGIN, threshold=2, roots=both, occurred_at=blank.now()), "cn")
    stand = event(blank, "charter", blank.charter)
    book.refused(blank, stand, "cn", "the charter, by its own proposer", "distinct founders count", "endorsed-twice")
    book.accepted(blank, stand, "mx", "the charter, by the second founder", "the ledger is open")

    world = World()
    proposal = accession_event(world, "TR", TR_AUTHORITY, SPARE)
    unknown = event(world, "charter", "44" * 32)
    book.refused(world, unknown, "mx", "nothing under that id", "perhaps not yet", "proposal-unknown")
    proposed = world.accept(proposal, "cn")
    stand = event(world, "charter", proposed)
    book.refused(world, stand, "maker", "an accession, by a handler", "only founders", "not-founding-authority")
    book.refused(world, stand, "cn2", "an accession, by its own proposer", "another founder signs", "endorsed-twice")
    book.accepted(world, stand, "mx", "an accession, by the second founder", "TR has its authority now")
    book.refused(world, stand, "mx", "an accession that is in force", "nothing waits any more", "proposal-unknown")

    key = "key:" + world.signers["maker"].public.thumbprint.hex()
    paper = "55" * 32
    gone = event(world, "key:" + "00" * 32, paper)
    book.refused(world, gone, "cn", "of a key that nobody knows", "perhaps not yet", "key-unknown")
    lost = event(world, key, paper)
    book.refused(world, lost, "mx", "of a lost key, by a foreign authority", "the party's own", "authority-scope")
    book.refused(
        world, lost, "maker2", "of a lost key, by another handler", "the party or its authority", "not-authority"
    )
    book.refused(
        world,
        lost,
        "maker",
        "of a key, by that very key",
        "its thief could before the loss is known",
        "key-self-endorsement",
    )
    world.accept(KeyRevocation(key=key, reason="lost", occurred_at=world.now()), "cn")
    book.refused(world, lost, "maker", "of a lost key, by that key", "it signs nothing any more", "key-revoked")
    book.accepted(world, lost, "cn", "of a lost key, by the authority", "the named statement counts, whenever it comes")
    world.enrol("maker", OTHER)
    second = event(world, key, "66" * 32)
    book.accepted(world, second, "maker", "of a lost key, by another key of the party", "the same", signer=OTHER)
    book.refused(
        world, event(world, PARTIES["maker"], paper), "cn", "on a party", "nothing waits there", "proposal-unknown"
    )
    return book


def licence_event(world: World, **changes: Any) -> LicenceGrant:
    values: dict[str, Any] = {
        "party": "party:CN-NEW",
        "organisation": "Organisation new",
        "number": "2026/17",
        "activities": ("manufacture", "distribute"),
        "substances": ("79099-07-3", "108-24-7"),
        "valid_from": "2026-01-01T00:00:00Z",
        "occurred_at": world.now(),
        **changes,
    }
    return LicenceGrant(**values)


def licence_grant() -> Book:
    book = Book("licence-grant/1")
    world = World()
    first = licence_event(world)
    book.refused(world, first, "mx", "by a foreign authority", "the country that registered it", "authority-scope")
    book.refused(world, first, "maker", "by a handler", "only authorities license", "not-authority")
    own = licence_event(world, party=PARTIES["cn"], organisation="Authority of CN")
    book.refused(world, own, "cn", "for the authority itself", "no authority is a handler", "authority-is-no-handler")
    for name, until in (("an end before the beginning", "2025-12-31T23:59:59Z"), ("no time at all", first.valid_from)):
        book.refused(
            world, licence_event(world, valid_until=until), "cn", name, "the end is exclusive", "licence-dates"
        )
    book.accepted(world, first, "cn", "the first licence", "it brings the party onto the ledger")
    book.refused(world, first, "cn", "a number twice", "change that one", "licence-exists")
    other = licence_event(world, number="2026/18", organisation="Organisation other")
    book.refused(world, other, "cn", "another organisation", "a party is one organisation", "organisation-changed")
    more = licence_event(world, number="2026/18", activities=("transport",), substances=("*",),
                         valid_until="2027-01-01T00:00:00Z", name={"hidden": "77" * 32})  # fmt: skip
    book.accepted(world, more, "cn2", "a second licence", "every substance, dated, name hidden", seen=world.time)
    book.common_faults()
    book.changed("no activity", "a licence allows something", "too-few", activities=[])
    book.changed("unknown activity", "a closed list", "field-value", activities=["sell"])
    book.changed("substance by name", "CAS numbers or *", "field-format", substances=["acetic anhydride"])
    return book


def licence_change() -> Book:
    book = Book("licence-change/1")

    def event(world: World, **changes: Any) -> LicenceChange:
        values: dict[str, Any] = {
            "party": PARTIES["maker"],
            "number": "1",
            "activities": ("distribute",),
            "substances": ("79099-07-3",),
            "valid_from": "2026-01-01T00:00:00Z",
            "reason": "restriction",
            "occurred_at": world.now(),
            **changes,
        }
        return LicenceChange(**values)

    world = World()
    book.refused(
        world, event(world), "mx", "by a foreign authority", "the country that registered it", "authority-scope"
    )
    book.refused(world, event(world), "maker", "by the licensee", "only its authority", "not-authority")
    book.refused(
        world, event(world, number="2"), "cn", "a number that nobody knows", "perhaps not yet", "licence-unknown"
    )
    nobody = event(world, party="party:CN-NOBODY")
    book.refused(world, nobody, "cn", "of a party that nobody knows", "perhaps not yet", "licence-unknown")
    book.refused(
        world, event(world, valid_until="2026-01-01T00:00:00Z"), "cn", "no time at all", "the end is exclusive",
        "licence-dates",
    )  # fmt: skip
    book.accepted(world, event(world), "cn", "narrower terms", "all terms are stated anew")
    world.accept(suspension_event(world), "cn")
    longer = event(world, reason="renewal", valid_until="2028-02-29T00:00:00Z")
    book.accepted(world, longer, "cn", "of a suspended licence", "it stays suspended")
    world.accept(revocation_event(world), "cn")
    book.refused(world, longer, "cn", "of a revoked licence", "a revocation is final", "licence-revoked")
    book.common_faults()
    book.changed("end on no day", "2027 has no 29 February", "time-format", valid_until="2027-02-29T00:00:00Z")
    return book


def suspension_event(world: World, state: str = "suspended", **changes: Any) -> LicenceSuspension:
    values: dict[str, Any] = {
        "party": PARTIES["maker"],
        "number": "1",
        "state": state,
        "reason": "investigation",
        "occurred_at": world.now(),
        **changes,
    }
    return LicenceSuspension(**values)


def revocation_event(world: World, **changes: Any) -> LicenceRevocation:
    values: dict[str, Any] = {
        "party": PARTIES["maker"],
        "number": "1",
        "reason": "misuse",
        "occurred_at": world.now(),
        **changes,
    }
    return LicenceRevocation(**values)


def licence_suspension() -> Book:
    book = Book("licence-suspension/1")
    world = World()
    stop, restore = suspension_event(world), suspension_event(world, "restored", reason="cleared")
    book.refused(world, stop, "mx", "by a foreign authority", "the country that registered it", "authority-scope")
    book.refused(world, stop, "carrier", "by another handler", "only the authority", "not-authority")
    unknown = suspension_event(world, number="7")
    book.refused(world, unknown, "cn", "a number that nobody knows", "perhaps not yet", "licence-unknown")
    book.refused(world, restore, "cn", "restored, and was never suspended", "nothing to do", "licence-state")
    book.accepted(world, stop, "cn", "suspended", "from this point of the log on")
    book.refused(world, stop, "cn2", "suspended twice", "nothing to do", "licence-state")
    book.accepted(world, restore, "cn", "restored", "in force again, as dated")
    world.accept(revocation_event(world), "cn")
    book.refused(world, restore, "cn", "restored after a revocation", "a revocation is final", "licence-revoked")
    book.common_faults()
    book.changed("a third state", "suspended or restored", "field-value", state="revoked")
    return book


def licence_revocation() -> Book:
    book = Book("licence-revocation/1")
    world = World()
    event = revocation_event(world)
    book.refused(world, event, "mx", "by a foreign authority", "the country that registered it", "authority-scope")
    book.refused(world, event, "maker", "by the licensee", "only its authority", "not-authority")
    unknown = revocation_event(world, number="7")
    book.refused(world, unknown, "cn", "a number that nobody knows", "perhaps not yet", "licence-unknown")
    book.accepted(world, event, "cn", "revoked", "from this point of the log on, for ever")
    book.refused(world, event, "cn", "revoked twice", "a revocation is final", "licence-revoked")
    book.common_faults()
    book.changed("number with a control character", "a reference is ASCII", "field-format", number="1\t")
    return book


def enrolment_event(world: World, who: str, signer: SoftwareSigner, **changes: Any) -> KeyEnrolment:
    party = world.party(who)
    values: dict[str, Any] = {
        "party": party,
        "key": signer.public.cose.hex(),
        "possession": proof_of_possession(signer, charter=world.audience, party=party).hex(),
        "holder": "dispatch office",
        "occurred_at": world.now(),
        **changes,
    }
    return KeyEnrolment(**values)


def key_enrolment() -> Book:
    book = Book("key-enrolment/1")
    world = World()
    event = enrolment_event(world, "maker", SPARE)
    book.refused(world, event, "mx", "by a foreign authority", "the country that registered it", "authority-scope")
    book.refused(world, event, "maker2", "by another handler", "the party or its authority", "not-authority")
    nobody = enrolment_event(world, "party:CN-NOBODY", SPARE)
    book.refused(world, nobody, "cn", "for a party that nobody knows", "its licence first", "party-unknown")
    stolen = proof_of_possession(SPARE, charter=world.audience, party=PARTIES["maker2"]).hex()
    book.refused(
        world, enrolment_event(world, "maker", SPARE, possession=stolen), "maker",
        "possession for another party", "the proof names the party", "possession",
    )  # fmt: skip
    foreign = proof_of_possession(SPARE, charter=f"{ORIGIN}#{'00' * 32}", party=PARTIES["maker"]).hex()
    book.refused(
        world, enrolment_event(world, "maker", SPARE, possession=foreign), "maker",
        "possession for another ledger", "the proof names the charter", "possession",
    )  # fmt: skip
    book.accepted(world, event, "maker", "by the party itself", "with a key that it has already")
    book.refused(world, event, "maker", "a key twice", "one key, one party", "key-in-use")
    other = enrolment_event(world, "maker2", SPARE)
    book.refused(world, other, "cn", "a key of another party", "one key, one party, for ever", "key-in-use")
    book.accepted(world, enrolment_event(world, "carrier", P256), "cn", "by the authority", "a key on P-256")
    book.common_faults()
    book.changed("weak key", "a point of small order", "key-weak", key=WEAK)
    book.changed("holder with a line break", "one line of text", "text-chars", holder="dispatch\noffice")
    return book


def key_revocation() -> Book:
    book = Book("key-revocation/1")
    world = World()
    world.advance(DAY)
    key = "key:" + world.signers["maker"].public.thumbprint.hex()

    def event(**changes: Any) -> KeyRevocation:
        values: dict[str, Any] = {"key": key, "reason": "lost", "occurred_at": world.now(), **changes}
        return KeyRevocation(**values)

    book.refused(world, event(), "maker", "by the very key", "another key of the party signs", "key-self-revocation")
    book.refused(world, event(), "maker2", "by another handler", "the party or its authority", "not-authority")
    book.refused(world, event(), "mx", "by a foreign authority", "the party's own", "authority-scope")
    nobody = event(key="key:" + "00" * 32)
    book.refused(world, nobody, "cn", "a key that nobody knows", "perhaps not yet", "key-unknown")
    later = event(compromised_since=world.later(1))
    book.refused(world, later, "cn", "compromised a millisecond from now", "not after the batch's time",
                 "compromised-in-future")  # fmt: skip
    book.accepted(world, event(), "cn", "by the authority", "lost; nothing that it signed is in doubt")
    stolen = event(reason="stolen", compromised_since=world.later(-HOUR))
    book.accepted(world, stolen, "cn", "again, with a moment of compromise", "what is known grows")
    book.accepted(
        world, event(compromised_since=world.now()), "cn", "again, with a later moment", "the earlier moment stays"
    )
    world.enrol("maker", SPARE)
    key = "key:" + SPARE.public.thumbprint.hex()
    world.enrol("maker", OTHER)
    book.accepted(world, event(reason="superseded"), "maker", "by another key of the party", "no authority needed",
                  signer=OTHER)  # fmt: skip
    book.refused(world, event(), "maker", "by a key that is revoked", "it signs nothing any more", "key-revoked",
                 signer=SPARE)  # fmt: skip
    book.common_faults()
    book.changed("a party instead of a key", "the key's subject", "id-kind", key=PARTIES["maker"])
    book.changed("thumbprint in capitals", "lower-case hexadecimal", "id-chars", key="key:" + "AB" * 32)
    return book
