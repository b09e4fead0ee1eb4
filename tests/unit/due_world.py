"""A world whose every statement is followed for what is due: more authorities and parties, and a clock to the minute.

world = DueWorld()
world.until("2026-10-06T12:00:00Z")
…
(item,) = world.items("us-08-loss")
"""

from __future__ import annotations

from typing import Any

from tests.unit.world import DAY, World, kg

from lotchain.app.deadlines import deadline_sets
from lotchain.app.substances import load_substances
from lotchain.app.thresholds import threshold_sets
from lotchain.core.instants import format_instant, parse_instant
from lotchain.events.accession import Accession
from lotchain.events.customs_release import CustomsRelease
from lotchain.events.endorsement import Endorsement
from lotchain.events.fields import Place
from lotchain.events.filing import Filing
from lotchain.events.key_enrolment import KeyEnrolment
from lotchain.events.licence_grant import LicenceGrant
from lotchain.events.loss import Loss
from lotchain.events.reading import read_entry
from lotchain.oversight.due import Due, DueReport, Item
from lotchain.oversight.observed import Observed
from lotchain.oversight.sums import Sum
from lotchain.signing import SoftwareSigner, proof_of_possession
from lotchain.verify.judge import Judgement, names_read

US = Place(code="USLAX", offset="-08:00")
US_EAST = Place(code="USNYC", offset="-05:00")
CA = Place(code="CAVAN", offset="-08:00")
DE = Place(code="DEHAM", offset="+01:00")
ANTHRANILIC = "118-92-3"
"""List I, Class A, Category 2B; no salts in the data."""
AUTHORITIES = {"us": "party:US-AUTH", "ca": "party:CA-AUTH", "de": "party:DE-AUTH"}
EPHEDRINE, EPHEDRINE_HCL, EPHEDRINE_SULPHATE = "299-42-3", "50-98-6", "134-72-5"
SUBSTANCES = load_substances()
DEADLINES, THRESHOLDS = deadline_sets(), threshold_sets()


def ms(text: str) -> int:
    """An instant in ms."""
    return parse_instant(text, field="")


class DueWorld(World):
    """Everything that was accepted was fed to `due`."""

    def __init__(self) -> None:
        self.due = Due(DEADLINES, THRESHOLDS, SUBSTANCES)
        super().__init__()

    @staticmethod
    def party(who: str) -> str:
        """As the world does, and the authorities that acceded."""
        return AUTHORITIES.get(who) or World.party(who)

    def submit_raw(self, raw: bytes) -> Judgement:
        """As the world does, and followed."""
        reading = read_entry(raw)
        before = {name: self.states.get(name) for name in names_read(reading)}
        judgement = super().submit_raw(raw)
        if not judgement.refused:
            index = len(self.log) - 1
            self.due.take(Observed(index, self.time, reading, before, judgement.states, judgement.findings))
        return judgement

    def until(self, text: str) -> None:
        """Let time pass until an instant."""
        assert ms(text) >= self.time
        self.time = ms(text)

    def accede(self, country: str, *, endorsed: bool = True) -> str:
        """A country's authority, proposed by one founder and endorsed by the other; its name in `signers`."""
        name = country.lower()
        party = AUTHORITIES[name]
        signer = self.signers[name] = SoftwareSigner.from_seed(name.encode().ljust(32, b"."))
        event = Accession(
            country=country, party=party, organisation=f"Authority of {country}", key=signer.public.cose.hex(),
            possession=proof_of_possession(signer, charter=self.audience, party=party).hex(), occurred_at=self.now(),
        )  # fmt: skip
        proposal = self.accept(event, "cn")
        if endorsed:
            self.accept(Endorsement(subject="charter", endorses=proposal, occurred_at=self.now()), "mx")
        return name

    def party_of(self, country: str, local: str, organisation: str = "", **fields: Any) -> str:
        """A licensed party of a country that has acceded, or is CN or MX; its id, by which it signs."""
        party = f"party:{country}-{local}"
        if party in self.states:
            return party
        authority = country.lower()
        values: dict[str, Any] = {
            "party": party, "organisation": organisation or f"Organisation {local}", "number": "1",
            "activities": ("manufacture", "distribute", "store", "import", "export", "use", "transport"),
            "substances": ("*",), "valid_from": "1970-01-01T00:00:00Z", "occurred_at": self.now(), **fields,
        }  # fmt: skip
        self.accept(LicenceGrant(**values), authority)
        signer = self.signers[party] = SoftwareSigner.from_seed(party.encode().ljust(32, b".")[:32])
        enrolment = KeyEnrolment(
            party=party, key=signer.public.cose.hex(), holder="office", occurred_at=self.now(),
            possession=proof_of_possession(signer, charter=self.audience, party=party).hex(),
        )  # fmt: skip
        self.accept(enrolment, authority)
        return party

    def lost(self, lot: str, who: str, place: Place, *, kind: str = "stolen", quantity: Any = 25, at: str = "") -> str:
        """A loss; its statement's id."""
        event = Loss(
            lot=lot, prev=self.last(lot), quantity=kg(quantity), kind=kind, place=place,  # type: ignore[arg-type]
            occurred_at=at or self.now(),
        )  # fmt: skip
        return self.accept(event, who)

    def file(self, kind: str, about: str, who: str, *, country: str, at: str = "", **fields: Any) -> str:
        """A filing; its statement's id."""
        event = Filing(
            kind=kind, about=about, country=country, filed_at=at or self.now(), occurred_at=self.now(), **fields
        )  # type: ignore[arg-type]
        return self.accept(event, who)

    def customs(self, consignment: str, kind: str, who: str, place: Place, at: str = "", **fields: Any) -> str:
        """An act of customs; its statement's id."""
        values = {"suspensive": False, "released_at": at or self.now(), "occurred_at": self.now(), **fields}
        event = CustomsRelease(consignment=consignment, kind=kind, place=place, **values)  # type: ignore[arg-type]
        return self.accept(event, who)

    def supply(self, giver: str, to: str, lot: str, place: Place) -> str:
        """A lot supplied to a user or dealer, at once; the acceptance's id."""
        return self.move(giver, to, lot, receives_as="consignee", place=place)

    def report(self, at: str | int = "", within: int = 7 * DAY) -> DueReport:
        """What is due at an instant, or now."""
        moment = self.time if at == "" else ms(at) if isinstance(at, str) else at
        return self.due.at(moment, within)

    def items(self, deadline: str, at: str | int = "", within: int = 7 * DAY) -> tuple[Item, ...]:
        """The items of one deadline."""
        return tuple(item for item in self.report(at, within).items if item.deadline.id == deadline)

    def status(self, deadline: str, at: str | int = "", within: int = 7 * DAY) -> str:
        """The status of the only item of a deadline; empty where none is listed."""
        found = self.items(deadline, at, within)
        assert len(found) <= 1, found
        return found[0].status if found else ""

    def sums(self, jurisdiction: str, at: str | int = "") -> tuple[Sum, ...]:
        """The sums of one jurisdiction."""
        return tuple(each for each in self.report(at).sums if each.jurisdiction == jurisdiction)


def utc(moment: int) -> str:
    """An instant as text."""
    return format_instant(moment)
