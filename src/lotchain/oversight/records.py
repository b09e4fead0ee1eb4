"""What the records themselves show: entered late, dated back, corrected down, signed by a key that was lost."""

from __future__ import annotations

from collections import deque
from typing import ClassVar

from lotchain.core.ids import key_subject
from lotchain.core.instants import format_instant
from lotchain.core.quantities import format_amount
from lotchain.custody.case import State
from lotchain.oversight.alerts import Evidence, Gravity, Kind, Raised, amount, certain, number, suspicious
from lotchain.oversight.detector import Detector, Item, Window
from lotchain.oversight.seen import Seen
from lotchain.oversight.typologies import Typologies

ENTERED_LATE = certain(
    "t15-entered-late",
    Gravity.WATCH,
    "what happened was entered days later",
    "ask why; what was entered late could be chosen with what followed in mind",
)
DATED_BACK = suspicious(
    "t15-dated-before-its-predecessor",
    Gravity.SERIOUS,
    "an act is said to have happened before the act that it follows",
    "ask for the papers of both; a clock was wrong, or a date was chosen",
)
DATED_BEFORE_HOLD = suspicious(
    "t15-dated-before-hold",
    Gravity.SERIOUS,
    "an act was entered after an authority's hold, and is said to have happened before it",
    "ask for the papers of the act, and when the hold was known",
)
CLOCK_WRONG = suspicious(
    "t15-clock-wrong",
    Gravity.WATCH,
    "one party's statements bear times again and again that cannot be",
    "have its clock set; conclude nothing from the times that it states",
)
CORRECTED_DOWN = suspicious(
    "t15-corrected-down",
    Gravity.SERIOUS,
    "one organisation corrected quantities downwards again",
    "compare the corrections with weigh tickets; look at what left the site on these days",
)
CORRECTION_UNSIGNED = certain(
    "t15-correction-unsigned",
    Gravity.SERIOUS,
    "a correction of a quantity waits for the counter-signature of the other party",
    "ask that party why it does not sign",
)
SIGNATURE_OWED = certain(
    "t15-second-signature-owed",
    Gravity.WATCH,
    "a reaction was recorded by one signer, and the second one has not signed its record",
    "have a second person of the party read the record and sign it",
)
KEY_COMPROMISED = certain(
    "t15-key-compromised",
    Gravity.GRAVE,
    "statements stand on the ledger that were signed by a key after it may have been in other hands",
    "ask the party which of them are its own: it or its authority endorses these",
)
_HOUR_MS = 3_600_000
_DAY_MS = 86_400_000
_LISTED = 200
_CLOCK = ("time-in-future", "signed-before-seen")


class Times(Detector):
    """What stated times are worth."""

    KINDS: ClassVar[tuple[Kind, ...]] = (ENTERED_LATE, DATED_BACK, DATED_BEFORE_HOLD, CLOCK_WRONG)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._last: dict[str, int] = {}
        self._worst: dict[str, int] = {}
        self._clocks: dict[str, Window] = {}

    def see(self, seen: Seen) -> None:
        """How late; in which order; by which clock."""
        event = seen.observed.reading.event
        late = seen.time - event.occurred
        if late > self.span(ENTERED_LATE, "late"):
            worst = max(self._worst.get(seen.issuer, 0), late)
            self._worst[seen.issuer] = worst
            self._raise(
                seen, ENTERED_LATE, f"entered {late // _HOUR_MS} hours after it is said to have happened", worst
            )
        codes = {finding.code for finding in seen.observed.findings}
        if "acted-before-hold-was-known" in codes:
            self._raise(seen, DATED_BEFORE_HOLD, f"{seen.type}, said to have happened at {event.occurred_at}", 0)
        if codes & set(_CLOCK):
            window = self._clocks.setdefault(seen.issuer, Window(self.span(CLOCK_WRONG, "window")))
            window.add(Item(seen.time, seen.evidence, 1, "", seen.issuer))
            if len(window.items) >= self.value(CLOCK_WRONG, "count"):
                said = f"{len(window.items)} statements in {self.value(CLOCK_WRONG, 'window')} days"
                self._raise(seen, CLOCK_WRONG, said, 0, window)
        self._order(seen, event.occurred)

    def _order(self, seen: Seen, occurred: int) -> None:
        """Acts of custodians follow each other: what each says of its own time must, too."""
        for name, before, after in seen.changed("lot"):
            acts = bool(seen.observed.reading.event.follows(name))
            known = self._last.get(name)
            if acts and before is not None and known is not None and occurred < known - self.span(DATED_BACK, "slack"):
                said = f"said to have happened {(known - occurred) // _HOUR_MS} hours before what it follows"
                self.raised.add(
                    DATED_BACK, seen.issuer, key=name, evidence=[seen.proof], said=said, lots=[name],
                    parties=[seen.issuer], figures=[number("before", (known - occurred) // _HOUR_MS, "hours")],
                )  # fmt: skip
            if after["ended"] is not None:
                self._last.pop(name, None)
            elif acts or before is None:
                self._last[name] = occurred

    def _raise(self, seen: Seen, kind: Kind, said: str, worst: int, window: Window | None = None) -> None:
        self.raised.add(
            kind,
            seen.issuer,
            evidence=[seen.proof] if window is None else [item.proof for item in window.items],
            said=said,
            lots=[name for name, _, _ in seen.changed("lot")],
            parties=[seen.issuer],
            figures=[number("at most", worst // _HOUR_MS, "hours")] if worst else [],
        )


class Corrections(Detector):
    """Corrections of quantities, and acts that wait for a second signature."""

    KINDS: ClassVar[tuple[Kind, ...]] = (CORRECTED_DOWN, CORRECTION_UNSIGNED, SIGNATURE_OWED)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._down: dict[tuple[str, str], Window] = {}
        self._pending: dict[tuple[str, str], tuple[State, Evidence, int]] = {}

    def see(self, seen: Seen) -> None:
        """Corrections that took effect, and proposals that came and went."""
        for name, before, after in seen.changed("lot"):
            earlier = {} if before is None else before["pending"]
            for proposal, entry in after["pending"].items():
                if proposal not in earlier and before is not None:
                    self._pending[name, proposal] = (entry, seen.evidence, seen.time)
            for proposal in earlier:
                if proposal not in after["pending"]:
                    self._pending.pop((name, proposal), None)
            fell = 0 if before is None else _corrected(after) - _corrected(before)
            if fell > 0:
                self._corrected(seen, after, str(after["custodian"] or seen.issuer), fell)

    def _corrected(self, seen: Seen, lot: State, party: str, fell: int) -> None:
        key = (seen.books.organisation(party), lot["quantity_kind"])
        window = self._down.setdefault(key, Window(self.span(CORRECTED_DOWN, "window")))
        window.add(Item(seen.time, seen.evidence, fell, lot["lot"], party))
        if len(window.items) < self.value(CORRECTED_DOWN, "count"):
            return
        total = window.total()
        self.raised.add(
            CORRECTED_DOWN,
            window.items[0].party,
            key="|".join(key),
            evidence=[item.proof for item in window.items],
            said=f"{len(window.items)} corrections downwards in {self.value(CORRECTED_DOWN, 'window')} days, "
            f"{format_amount(total, lot['quantity_kind'])} together",
            lots=[item.lot for item in window.items],
            parties=[item.party for item in window.items],
            figures=[
                amount("together", total, lot["quantity_kind"]),
                number("corrections", len(window.items), "corrections"),
            ],
        )

    def standing(self, as_of: int, raised: Raised) -> None:
        """What has waited too long."""
        kinds = {"correction": CORRECTION_UNSIGNED, "transformation": SIGNATURE_OWED}
        for (lot, proposal), (entry, evidence, time) in self._pending.items():
            kind = kinds.get(entry["kind"])
            if kind is None or as_of - time < self.span(kind, "wait"):
                continue
            raised.add(
                kind,
                entry["by"],
                key=proposal,
                evidence=[(evidence, time)],
                said=f"{lot}: waits since {format_instant(time)} for {entry.get('needs') or 'a second signer'}",
                lots=[lot],
                parties=[entry["by"], *([entry["needs"]] if entry.get("needs") else [])],
                figures=[number("waits", (as_of - time) // _DAY_MS, "days")],
                until=as_of,
            )


def _corrected(state: State) -> int:
    return int(state["accounts"].get("corrected", 0))


class Keys(Detector):
    """What a key signed between the moment from which it may have been in other hands, and its revocation."""

    KINDS: ClassVar[tuple[Kind, ...]] = (KEY_COMPROMISED,)

    def __init__(self, typologies: Typologies) -> None:
        super().__init__(typologies)
        self._signed: dict[str, deque[tuple[Evidence, int]]] = {}
        self._lost: dict[str, State] = {}

    def see(self, seen: Seen) -> None:
        """The newest statements of every key; revocations, and endorsements of single statements."""
        for name, _, after in seen.changed("key"):
            if after["compromised_since"] is not None:
                self._lost[name] = after
        key = key_subject(seen.observed.reading.statement.kid)
        self._signed.setdefault(key, deque(maxlen=_LISTED)).append(seen.proof)

    def standing(self, as_of: int, raised: Raised) -> None:
        """Statements that nobody endorsed since; an endorsement takes them off."""
        for name, state in self._lost.items():
            doubtful = [
                proof
                for proof in self._signed.get(name, ())
                if proof[1] >= state["compromised_since"] and proof[0].id not in state["endorsed"]
            ]
            if not doubtful:
                continue
            raised.add(
                KEY_COMPROMISED,
                name,
                evidence=doubtful,
                said=f"{len(doubtful)} statements by {state['party']} since "
                f"{format_instant(state['compromised_since'])}, none endorsed",
                parties=[state["party"]],
                figures=[number("statements", len(doubtful), "statements")],
            )
