"""What the ledger itself leaves open: offers, notifications, holds, alerts, differences, disputes, proposals, ends.

None of this is law. It is read from the newest state of each subject; of what was answered late, that is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from lotchain.custody.case import State
from lotchain.custody.permits import PRE_EXPORT
from lotchain.oversight.clocks_starts import authority_for, happened, offset_of
from lotchain.oversight.clocks_time import Window, in_time
from lotchain.oversight.seen import Seen
from lotchain.rules.deadline_data import STATED, Deadline, DeadlineSet
from lotchain.rules.facts import Interval

ENDS: Final = frozenset({"licence", "permit"})
"""What is told before it ends only."""
_UNANSWERED: Final = frozenset({"sent", "received"})
_BEARING: Final = frozenset({"in-force", "no-objection"})


class Standing(NamedTuple):
    """One thing that stands open on a subject.

    Attributes:
        deadline: what the ledger says of it.
        subject: on which.
        key: what tells it from others of its kind on the subject: a statement's id, or a licence's number.
        statement: hex id of what opened it; of an end, of what set it.
        since: when.
        due: the stated moment (ms), or None.
        owes: who is to act.
        towards: for whom, or whose matter it is.
        offset: minutes east of UTC at the place, None where not known.
        done: when it was answered, where that was not surely in time.
        done_by: hex id of the answer.
        told: what else to know, in words.

    """

    deadline: Deadline
    subject: str
    key: str
    statement: str
    since: Interval
    due: int | None
    owes: str
    towards: str
    offset: int | None
    done: Interval | None = None
    done_by: str = ""
    told: str = ""


class OwnClocks:
    """What stands open on every subject of a log, as the newest state says, and what was answered late.

    Args:
        sets: deadlines; only the ledger's own are used.

    """

    def __init__(self, sets: Iterable[DeadlineSet]) -> None:
        self._by_start = {
            word: deadline for each in sets for deadline in each.deadlines if not deadline.law
            for word in deadline.starts
        }  # fmt: skip
        self._open: dict[str, tuple[Standing, ...]] = {}
        self._late: list[Standing] = []

    def take(self, seen: Seen) -> None:
        """The next statement."""
        for name, state in seen.observed.after.items():
            standing = self._open.get(name, ())
            fresh = tuple(self._kept(standing, row) for row in self._rows(seen, name, state))
            for row in standing:
                if not any(_same(row, other) for other in fresh):
                    self._gone(seen, row)
            if fresh:
                self._open[name] = fresh
            else:
                self._open.pop(name, None)

    def standing(self) -> Iterator[Standing]:
        """All that is open, and what was answered late or perhaps late."""
        for rows in self._open.values():
            yield from rows
        yield from self._late

    @staticmethod
    def _kept(standing: tuple[Standing, ...], row: Standing) -> Standing:
        """A row with the statement and time at which it was opened, where it was open already."""
        for other in standing:
            if _same(other, row):
                return row._replace(statement=other.statement, since=other.since)
        return row

    def _gone(self, seen: Seen, row: Standing) -> None:
        """Something is open no more: told where it was answered, and not surely by its moment."""
        event = seen.observed.reading.event
        answered = event.replies_to() == row.key or seen.type.startswith("pre-export-reply/")
        if row.due is None or row.deadline.starts[0] in ENDS or not answered:
            return
        done = happened(seen, row.offset)
        if in_time(done, Window(row.due, row.due)) is not True:
            self._late.append(row._replace(done=done, done_by=seen.observed.reading.statement.hex_id))

    def _rows(self, seen: Seen, name: str, state: State) -> Iterator[Standing]:
        kind = state["kind"]
        if kind == "lot":
            yield from self._of_lot(seen, name, state)
        elif kind == "permit":
            yield from self._of_permit(seen, name, state)
        elif kind == "party":
            for number, record in state["licences"].items():
                if record["status"] == "in-force" and record["until"] is not None:
                    yield self._row(
                        seen, "licence", name, f"{number} {record['until']}", name, record["by"], record["until"],
                        told=f"licence {number}: {', '.join(record['activities'])}",
                    )  # fmt: skip
        elif kind == "charter":
            for proposal, entry in state["pending"].items():
                missing = [party for party in state["roots"].values() if party not in entry["endorsed"]]
                told = f"accession of {entry['country']}"
                yield self._row(seen, "proposal", name, proposal, ", ".join(missing), entry["party"], told=told)

    def _of_lot(self, seen: Seen, lot: str, state: State) -> Iterator[Standing]:
        offset, country = offset_of(state["place"]), state["place"]["code"][:2]
        local = authority_for(seen, country) or f"the authority of {country}"

        def row(word: str, key: str, owes: str, towards: str, due: int | None = None, told: str = "") -> Standing:
            return self._row(seen, word, lot, key, owes, towards, due, offset=offset, told=told)

        offer = state["offer"]
        if offer is not None:
            yield row("offer", offer["id"], offer["to"], offer["by"], offer["deadline"], f"offered as {offer['as']}")
        holder = state["custodian"] or ""
        # What was divided or merged has handed holds, and authorities' alerts, on to what came out of it.
        handed_on = state["ended"] is not None and bool(state["ended"]["into"])
        for key, entry in () if handed_on else state["holds"].items():
            held = row("hold", key, entry["by"], holder, told=entry["reason"])
            yield _since(held, entry["placed_at"])
        for key, entry in state.get("alerts", {}).items():
            if handed_on and entry["official"]:
                continue
            raised = row("alert", key, entry["by"], holder, told=", ".join(entry["grounds"]))
            yield _since(raised, entry["raised_at"])
        for key, entry in state["differences"].items():
            if entry["status"] == "open":
                yield row("difference", key, entry["offeror"], entry["receiver"])
            elif entry["status"] == "answered":
                yield row("answer", key, local, entry["offeror"])
        for key, entry in state["conflicts"].items():
            if entry["status"] == "open":
                yield row("conflict", key, local, holder, told=entry["kind"])
        for key, entry in state["pending"].items():
            yield row("proposal", key, entry.get("needs") or entry["by"], entry["by"], told=entry["kind"])

    def _of_permit(self, seen: Seen, name: str, state: State) -> Iterator[Standing]:
        terms, status = state["terms"], state["status"]
        if state["sort"] == PRE_EXPORT and status in _UNANSWERED and state["reply_by"] is not None:
            importing = state["importing"]
            owes = authority_for(seen, importing) or f"the authority of {importing}"
            yield self._row(
                seen, "notification", name, state["terms_by"], owes, state["by"], state["reply_by"], told=status
            )
        used_up = state["drawn"] >= terms["quantity"] or (terms["use"] == "single" and state["used_by"] is not None)
        if status in _BEARING and not used_up:
            key = f"{terms['until']}"
            yield self._row(
                seen, "permit", name, key, state["holder"], state["by"], terms["until"],
                told=f"{state['sort']} {terms['number']}, not drawn up",
            )  # fmt: skip

    def _row(
        self, seen: Seen, word: str, subject: str, key: str, owes: str, towards: str, due: int | None = None, *,
        offset: int | None = None, told: str = "",
    ) -> Standing:  # fmt: skip
        statement = seen.observed.reading.statement.hex_id
        return Standing(
            self._by_start[word], subject, key, statement, happened(seen, offset), due, owes, towards, offset, told=told
        )


def window_of(row: Standing) -> Window | None:
    """The stated moment as a window of one moment."""
    return None if row.due is None or row.deadline.unit != STATED else Window(row.due, row.due)


def _since(row: Standing, moment: int) -> Standing:
    """A row that passes to the children of a lot: it stands since its own statement, not since the division."""
    return row._replace(statement=row.key, since=Interval(moment, moment, row.offset))


def _same(one: Standing, other: Standing) -> bool:
    return one.deadline is other.deadline and one.key == other.key
