"""What the goods are: without any lawful trade, on a surveillance list, suddenly many, or not what their papers say."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from lotchain.core.cas import is_cas_form
from lotchain.core.quantities import format_amount
from lotchain.errors import Malformed
from lotchain.oversight.acts import Brought
from lotchain.oversight.alerts import Gravity, Kind, amount, certain, number, suspicious
from lotchain.oversight.detector import Detector, Item
from lotchain.oversight.seen import Seen
from lotchain.oversight.typologies import Typologies
from lotchain.rules.lookup import Match, Substances

NO_LICIT_TRADE = certain(
    "t08-no-licit-trade",
    Gravity.GRAVE,
    "a substance with no known lawful trade stands on the ledger",
    "stop and sample the goods; ask who ordered them, and what for",
)
SURVEILLANCE = suspicious(
    "t08-surveillance-list",
    Gravity.WATCH,
    "a substance of a surveillance list was brought in, and no list of the Convention holds it",
    "compare the order with the buyer's trade; look for its uses as a precursor",
)
SUDDEN = suspicious(
    "t08-sudden-volume",
    Gravity.WATCH,
    "far more of a substance that is not controlled came in within a month than in the months before",
    "ask who orders it, and what for",
)
NAME_DIFFERS = suspicious(
    "t03-name-differs",
    Gravity.SERIOUS,
    "the name on the papers is that of another substance than the CAS number",
    "sample the goods before they move on",
)
WRONG_GOODS = suspicious(
    "t03-wrong-goods",
    Gravity.SERIOUS,
    "a receiver says that the goods are not what was offered",
    "secure and sample them; ask the giver",
)
CONVENTION_LIST = "un-1988"
_SURVEILLANCE_CLASS = "surveillance list"
_EPOCH = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000


def match_of(substances: Substances, number_of: str) -> Match | None:
    """The one substance (or salt) of a CAS number, or None where the data has none."""
    if not is_cas_form(number_of):
        return None
    try:
        found = substances.find(number_of)
    except Malformed:
        return None
    return found.matches[0] if found.determined else None


def day_of(time: int) -> date:
    """The day of an instant (ms), in UTC."""
    return date.fromordinal(_EPOCH + time // _DAY_MS)


def controlled(substances: Substances, match: Match, on: date) -> bool:
    """Whether the Convention's list holds the substance on a day."""
    standings = substances.standings(match.substance, on, match.salt)
    return any(item.register.key == CONVENTION_LIST and item.status == "listed" for item in standings)


class NoLicitTrade(Detector):
    """Lots, and permits, of substances of which a source says that nobody trades them lawfully."""

    KINDS: ClassVar[tuple[Kind, ...]] = (NO_LICIT_TRADE,)

    def __init__(self, typologies: Typologies, substances: Substances) -> None:
        super().__init__(typologies)
        self._substances = substances

    def see(self, seen: Seen) -> None:
        """What is brought in, and what is permitted."""
        for act in seen.acts:
            if isinstance(act, Brought):
                self._raise(seen, act.lot, act.substance, [act.lot], act.party)
        for permit, before, after in seen.changed("permit"):
            if before is None:
                for substance in after["terms"]["substances"]:
                    self._raise(seen, permit, substance, [], after["holder"])

    def _raise(self, seen: Seen, subject: str, substance: str, lots: list[str], party: str) -> None:
        match = match_of(self._substances, substance)
        if match is None or not match.substance.no_known_licit_trade:
            return
        trade = match.substance.licit_trade
        if trade is None or trade.confidence == "K":
            return
        self.raised.add(
            NO_LICIT_TRADE,
            subject,
            key=substance,
            evidence=[seen.proof],
            said=f"{match.substance.name} ({substance}): no known lawful trade, said on {trade.said_on.text} "
            f"({', '.join(source.title for source in trade.sources)}; basis {trade.confidence})",
            lots=lots,
            parties=[party, seen.issuer],
        )


class Surveillance(Detector):
    """Substances that are watched though no convention controls them, by who brings them in."""

    KINDS: ClassVar[tuple[Kind, ...]] = (SURVEILLANCE,)

    def __init__(self, typologies: Typologies, substances: Substances) -> None:
        super().__init__(typologies)
        self._substances = substances

    def see(self, seen: Seen) -> None:
        """What is brought in."""
        on = day_of(seen.time)
        for act in seen.acts:
            if not isinstance(act, Brought):
                continue
            match = match_of(self._substances, act.substance)
            listed = None if match is None else next(self._listed(match, on), None)
            if match is None or listed is None or controlled(self._substances, match, on):
                continue
            self.raised.add(
                SURVEILLANCE,
                act.party,
                key=act.substance,
                evidence=[seen.proof],
                said=f"{match.substance.name} ({act.substance}) stands in {listed}",
                lots=[act.lot],
                parties=[act.party],
                figures=[amount("newest lot", act.amount, act.kind)],
            )

    def _listed(self, match: Match, on: date) -> Iterator[str]:
        for item in self._substances.standings(match.substance, on, match.salt):
            if item.listing is not None and item.listing.kind == _SURVEILLANCE_CLASS and item.status != "not-listed":
                yield f"{item.register.title} (basis {item.confidence})"


class Sudden(Detector):
    """Thirty days of a substance that is not controlled, against the mean of the months before them."""

    KINDS: ClassVar[tuple[Kind, ...]] = (SUDDEN,)

    def __init__(self, typologies: Typologies, substances: Substances) -> None:
        super().__init__(typologies)
        self._substances = substances
        self._came: dict[tuple[str, str], deque[Item]] = {}
        self._since: dict[tuple[str, str], int] = {}

    def see(self, seen: Seen) -> None:
        """What is made, entered, or comes out of a reaction."""
        for act in seen.acts:
            if not isinstance(act, Brought) or act.origin == "reported" or not act.amount:
                continue
            match = match_of(self._substances, act.substance)
            if match is not None and controlled(self._substances, match, day_of(seen.time)):
                continue
            key = (act.substance, act.kind)
            items = self._came.setdefault(key, deque())
            self._since.setdefault(key, seen.time)
            items.append(Item(seen.time, seen.evidence, act.amount, act.lot, act.party))
            while items[0].time <= seen.time - self.span(SUDDEN, "history"):
                items.popleft()
            self._compare(seen, act, items, seen.time - self._since[key])

    def _compare(self, seen: Seen, act: Brought, items: deque[Item], known_for: int) -> None:
        month = self.span(SUDDEN, "month")
        if known_for < self.span(SUDDEN, "known-for"):
            return
        recent = [item for item in items if item.time > seen.time - month]
        now = sum(item.amount for item in recent)
        earlier = sum(item.amount for item in items) - now
        months = max(1, (min(known_for, self.span(SUDDEN, "history")) - month) // month)
        usual = earlier // months
        if now < self.value(SUDDEN, "times") * usual or now < self.amount(SUDDEN, "least"):
            return
        self.raised.add(
            SUDDEN,
            f"substance:{act.substance}",
            key=act.kind,
            evidence=[item.proof for item in recent],
            said=f"{format_amount(now, act.kind)} of {act.substance} within a month; "
            f"usual {format_amount(usual, act.kind)}",
            lots=[item.lot for item in recent],
            parties=[item.party for item in recent],
            figures=[
                amount("within a month", now, act.kind),
                amount("usual in a month", usual, act.kind),
                number("parties", len({item.party for item in recent}), "parties"),
            ],
        )


class Papers(Detector):
    """Names that belong to another substance, and goods that a receiver calls wrong."""

    KINDS: ClassVar[tuple[Kind, ...]] = (NAME_DIFFERS, WRONG_GOODS)

    def __init__(self, typologies: Typologies, substances: Substances) -> None:
        super().__init__(typologies)
        self._substances = substances

    def see(self, seen: Seen) -> None:
        """Names where lots are brought in; the lines of replies."""
        for act in seen.acts:
            if isinstance(act, Brought):
                self._name(seen, act)
        for line in seen.payload.get("lines", ()):
            if isinstance(line, dict) and "wrong-goods" in (line.get("outcome"), line.get("reason")):
                self._wrong(seen, str(line.get("lot", "")))

    def _name(self, seen: Seen, act: Brought) -> None:
        output = seen.payload.get("output")
        name = str((output if isinstance(output, dict) else seen.payload).get("name", ""))
        if not name or is_cas_form(name):
            return
        try:
            found = self._substances.find(name)
        except Malformed:
            return
        if found.by != "name" or not found.determined:
            return  # a trade name, a mixture, a product: the data does not know it
        other = found.matches[0].substance
        numbers = {other.cas, *(salt.cas for salt in other.salts)} - {""}
        if not numbers or act.substance in numbers:
            return
        self.raised.add(
            NAME_DIFFERS,
            act.lot,
            evidence=[seen.proof],
            said=f"called {name}, which is {other.cas or other.name}; the CAS number is {act.substance}",
            lots=[act.lot],
            parties=[act.party],
        )

    def _wrong(self, seen: Seen, lot: str) -> None:
        before = seen.observed.before.get(lot) or {}
        offer = before.get("offer") or {}
        giver = str(offer.get("by") or before.get("custodian") or "")
        if not giver:
            return
        self.raised.add(
            WRONG_GOODS,
            giver,
            evidence=[seen.proof],
            said=f"{seen.issuer} says that {lot} holds other goods than {before['substance']}",
            lots=[lot],
            parties=[giver, seen.issuer],
        )
