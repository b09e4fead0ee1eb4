"""The follower of the whole log: every detector fed with every statement, and what they all say of it.

Nothing of it is stored or signed. It follows from the log alone, so that anybody who has the log finds the same alerts;
asking changes nothing, so that a log followed bit by bit gives the same alerts as one that is read at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lotchain.oversight.alerts import Alert, Evidence, Gravity, Kind, Raised, certain
from lotchain.oversight.breaches import Breaches
from lotchain.oversight.detector import Detector
from lotchain.oversight.exports import Exports
from lotchain.oversight.gaps import Differences, Offers, Returns
from lotchain.oversight.goods import NoLicitTrade, Papers, Sudden, Surveillance
from lotchain.oversight.identity import Containers, Serials
from lotchain.oversight.identity import Papers as ReportedPapers
from lotchain.oversight.losses import Repeated, UnderTolerance, Unusual
from lotchain.oversight.needs import AboveUse, Declared
from lotchain.oversight.observed import Observed
from lotchain.oversight.recorded import Recorded
from lotchain.oversight.records import Corrections, Keys, Times
from lotchain.oversight.routes import Deals, Zones
from lotchain.oversight.seen import ActReader
from lotchain.oversight.stocks import Ageing, NeverUsed, SharedSites, SmallPacks
from lotchain.oversight.supplies import Orders, Splitting
from lotchain.oversight.typologies import Typologies
from lotchain.rules.lookup import Substances
from lotchain.rules.thresholds import ThresholdSet

LOG_UNSOUND = certain(
    "t15-log-unsound",
    Gravity.GRAVE,
    "the log holds what an honest ledger could not have written: nothing is concluded from what follows",
    "run lotchain audit; keep the file as evidence; ask the witnesses for their copies",
)

_PLAIN: tuple[Callable[[Typologies], Detector], ...] = (
    Breaches, Differences, Offers, Returns, Repeated, UnderTolerance, Unusual, Orders, NeverUsed, SharedSites, Ageing,
    SmallPacks, Declared, AboveUse, Zones, Deals, Times, Corrections, Keys, Serials, Containers, ReportedPapers,
)  # fmt: skip
_WITH_SUBSTANCES: tuple[Callable[[Typologies, Substances], Detector], ...] = (
    NoLicitTrade, Surveillance, Sudden, Papers, Exports,
)  # fmt: skip


class Watcher:
    """All detectors, and the alerts on the ledger.

    Args:
        typologies: the parameters.
        substances: which substances have no lawful trade, which are listed.
        thresholds: by jurisdiction.

    """

    def __init__(self, typologies: Typologies, substances: Substances, thresholds: Iterable[ThresholdSet]) -> None:
        self.detectors: tuple[Detector, ...] = (
            *(make(typologies) for make in _PLAIN),
            *(make(typologies, substances) for make in _WITH_SUBSTANCES),
            Splitting(typologies, thresholds, substances),
        )
        self.recorded = Recorded()
        self.statements = 0
        """How many statements were read."""
        self.time = 0
        """Closing time (ms) of the newest of them."""
        self._reader = ActReader()
        self._ledger = Raised()

    def see(self, observed: Observed) -> None:
        """The next statement of the log."""
        seen = self._reader.read(observed)
        self.statements += 1
        self.time = observed.time
        self.recorded.see(seen)
        for detector in self.detectors:
            detector.see(seen)

    def unsound(self, fault: str, index: int, time: int) -> None:
        """The log cannot be read beyond the batch of entry `index`, for the fault of that code.

        Args:
            fault: code of the first fault.
            index: the entry.
            time: closing time (ms) of the batch before.

        """
        said = f"{fault} at entry {index}"
        self._ledger.add(LOG_UNSOUND, "log", key=fault, evidence=[(Evidence(index, ""), time)], said=said)

    def alerts(self, as_of: int | None = None) -> list[Alert]:
        """Everything that was raised, and what lasts at a moment: worst first, certain before suspicious.

        Args:
            as_of: ms; None is the closing time of the newest statement, so that no clock decides.

        """
        lasting = Raised()
        for detector in self.detectors:
            detector.standing(self.time if as_of is None else as_of, lasting)
        found = [alert for detector in self.detectors for alert in detector.raised.alerts()]
        found += lasting.alerts() + self._ledger.alerts()
        return sorted(found, key=Alert.sort_key)

    def kinds(self) -> list[Kind]:
        """Every kind of alert that can be raised, by code."""
        kinds = [LOG_UNSOUND, *(kind for detector in self.detectors for kind in detector.KINDS)]
        return sorted(kinds, key=lambda kind: kind.code)
