"""What one round of a mirror comes to: where the copy stands, how far behind it is, what is wrong."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from lotchain.app.mirror_stops import Stop
from lotchain.core.instants import format_instant
from lotchain.errors import LotchainError
from lotchain.ledger.ports import Objection
from lotchain.witness.auditing import Cosigned

IN_STEP: Final = "in step"
"""The copy holds all that the log has published, found right and cosigned."""
WAITING: Final = "waiting"
"""The log could not be followed to its published end just now; it is tried again."""
STOPPED: Final = "stopped"
"""The log is not what it should be: nothing is cosigned until a person decides."""


class Round(NamedTuple):
    """One round.

    Args:
        state: one of the words above.
        time: when it ended, ms by the mirror's clock.
        size: entries in the copy.
        published: entries that the log shows under its signature; None where it shows none.
        lag_s: seconds since the copy last held all that was published; 0 in step, None where it never did.
        taken: entries that this round took.
        seconds: how long it took.
        cosigned: the mirror's word for the checkpoint, or None.
        objections: why it was not cosigned.
        missing: digests of adopted documents that the copy lacks.
        stop: the stop that stands.

    """

    state: str
    time: int
    size: int
    published: int | None
    lag_s: float | None
    taken: int
    seconds: float
    cosigned: Cosigned | None = None
    objections: tuple[Objection, ...] = ()
    missing: tuple[str, ...] = ()
    stop: Stop | None = None

    @property
    def behind(self) -> int | None:
        """Entries that the log shows and the copy lacks; None where the log shows nothing."""
        return None if self.published is None else max(0, self.published - self.size)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "state": self.state,
            "time": format_instant(self.time),
            "size": self.size,
            "published": self.published,
            "behind": self.behind,
            "lag_seconds": self.lag_s,
            "taken": self.taken,
            "seconds": round(self.seconds, 3),
            "cosigned": None if self.cosigned is None else format_instant(self.cosigned.time_s * 1000),
            "objections": [
                {"code": o.code, "what": o.what, "index": o.index, "expected": o.expected, "found": o.found}
                for o in self.objections
            ],
            "missing_documents": list(self.missing),
            "evidence": self.evidence,
        }

    @property
    def evidence(self) -> str | None:
        """Where in the mirror's folder what was kept lies, after a stop."""
        return f"evidence/{self.stop.folder}" if self.stop is not None and self.stop.folder else None


def waiting_for(fault: LotchainError) -> Objection:
    """A fault of a server or a disk as the reason to wait."""
    return Objection(fault.code, fault.what, None, str(fault.expected), str(fault.found))
