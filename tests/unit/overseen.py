"""A world whose every statement is followed for alerts: `world.raised("t05-…")` says what has been raised so far.

Detectors ask for patterns over months: `deliver` makes one delivery from maker to user through a carrier, `newcomer` one
more licensed party.
"""

from __future__ import annotations

from typing import Any

from tests.unit.world import CN, DAY, MX, World, kg

from lotchain.app.alerts import load_typologies
from lotchain.app.substances import load_substances
from lotchain.app.thresholds import threshold_sets
from lotchain.events.acceptance import Acceptance, AcceptanceLine
from lotchain.events.accession import Accession
from lotchain.events.endorsement import Endorsement
from lotchain.events.fields import Place
from lotchain.events.licence_grant import LicenceGrant
from lotchain.events.reading import read_entry
from lotchain.oversight.alerts import Alert
from lotchain.oversight.observed import Observed
from lotchain.oversight.typologies import Typologies
from lotchain.oversight.watcher import Watcher
from lotchain.rules.thresholds import ThresholdSet
from lotchain.signing import SoftwareSigner, proof_of_possession
from lotchain.verify.judge import Judgement, names_read

TYPOLOGIES = load_typologies()
SUBSTANCES, THRESHOLDS = load_substances(), threshold_sets()
INNOCENT = "67-64-1"
"""Acetone: Table II, in lawful trade everywhere."""


ABROAD = {country.lower(): f"party:{country}-AUTH" for country in ("CA", "DE", "US")}
"""Authorities that may accede."""


def new_watcher(typologies: Typologies = TYPOLOGIES, thresholds: tuple[ThresholdSet, ...] = THRESHOLDS) -> Watcher:
    return Watcher(typologies, SUBSTANCES, thresholds)


class Overseen(World):
    """Everything that was accepted was fed to a watcher."""

    def __init__(self, typologies: Typologies = TYPOLOGIES, thresholds: tuple[ThresholdSet, ...] = THRESHOLDS) -> None:
        self.watcher = new_watcher(typologies, thresholds)
        self.observed: list[Observed] = []
        self.numbered = 0
        super().__init__()

    @staticmethod
    def party(who: str) -> str:
        """As the world does, and authorities that acceded."""
        return ABROAD.get(who) or World.party(who)

    def accede(self, country: str) -> Overseen:
        """One more country's authority, which then acts under the country's code in small letters."""
        name, party = country.lower(), ABROAD[country.lower()]
        signer = self.signers[name] = SoftwareSigner.from_seed(name.encode().ljust(32, b"."))
        event = Accession(
            country=country, party=party, organisation=f"Authority of {country}", key=signer.public.cose.hex(),
            possession=proof_of_possession(signer, charter=self.audience, party=party).hex(), occurred_at=self.now(),
        )  # fmt: skip
        proposal = self.accept(event, "cn")
        self.accept(Endorsement(subject="charter", endorses=proposal, occurred_at=self.now()), "mx")
        return self

    def submit_raw(self, raw: bytes) -> Judgement:
        """As the world does, and followed."""
        reading = read_entry(raw)
        before = {name: self.states.get(name) for name in names_read(reading)}
        judgement = super().submit_raw(raw)
        if not judgement.refused:
            index = len(self.log) - 1
            item = Observed(index, self.time, reading, before, judgement.states, judgement.findings)
            self.observed.append(item)
            self.watcher.see(item)
        return judgement

    def raised(self, code: str) -> list[Alert]:
        """The alerts of one kind, as of now."""
        return [alert for alert in self.watcher.alerts(self.time) if alert.code == code]

    def only(self, code: str) -> Alert:
        """The one alert of a kind."""
        (found,) = self.raised(code)
        return found

    def codes(self) -> set[str]:
        """Every kind that has been raised."""
        return {alert.code for alert in self.watcher.alerts(self.time)}

    def newcomer(self, party: str, *activities: str, organisation: str = "", **fields: Any) -> str:
        """One more licensed party with a key; its id, by which it signs."""
        values: dict[str, Any] = {
            "party": party, "organisation": organisation or f"Organisation {party}", "number": "1",
            "activities": activities, "substances": ("*",), "valid_from": "1970-01-01T00:00:00Z",
            "occurred_at": self.now(), **fields,
        }  # fmt: skip
        self.accept(LicenceGrant(**values), self.authority_of(party))
        self.signers[party] = SoftwareSigner.from_seed(party.encode().ljust(32, b".")[:32])
        self.enrol(party, self.signers[party])
        return party

    def number(self, prefix: str = "N") -> str:
        """A local name that was not used yet."""
        self.numbered += 1
        return f"{prefix}{self.numbered}"

    def short(
        self, offer: str, lot: str, missing: Any, who: str, place: Place = CN, outcome: str = "short", **more: Any
    ) -> str:
        """Accept an offered lot less what is missing (kg)."""
        there = float(self.lot(lot)["accounts"]["in-transit"]) / 1e9
        line = AcceptanceLine(
            lot=lot, outcome=outcome, accepted=kg(there - missing), missing=kg(missing) if missing else None, **more,
        )  # fmt: skip
        return self.accept(Acceptance(answers=offer, lines=(line,), place=place, occurred_at=self.now()), who)

    def deliver(
        self, quantity: float = 100, missing: float = 0, *, carrier: str = "carrier", to: str = "user-a",
        maker: str = "maker", place: Place = MX, after: int = DAY, **fields: Any,
    ) -> str:  # fmt: skip
        """Make a lot, and bring it by carrier to a user, who finds `missing` kilograms less; the lot."""
        lot = self.make(self.number(), quantity, maker, **fields)
        self.move(maker, carrier, lot)
        offer = self.offer(carrier, to, lot, receives_as="consignee")
        self.advance(after)
        self.short(offer, lot, missing, to, place, "short" if missing else "full")
        return lot

    def supply(self, quantity: float, giver: str = "maker", to: str = "user-a", **fields: Any) -> str:
        """Make a lot and hand it straight to a buyer; the lot."""
        lot = self.make(self.number(), quantity, giver, **fields)
        self.move(giver, to, lot, receives_as="consignee")
        return lot
