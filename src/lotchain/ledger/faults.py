"""What an audit or an auditing witness can find wrong with a log, or with what is stored beside it.

The first group is about the log itself: no honest ledger could have signed it. The second is about a store: the log
may be sound, and rows beside it are not what follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from lotchain.custody.findings import Answer, Code, Finding, fail, safe

_LOG = "do not rely on this ledger; compare it with its witnesses and with bundles made earlier, and keep this copy"
_STORE = "do not append to this copy; restore it from a backup, or rebuild it from the log, and find out what happened"


def _log(code: str, sentence: str) -> Code:
    return fail(Answer.COMPLETENESS, f"audit-{code}", sentence, _LOG)


def _store(code: str, sentence: str) -> Code:
    return fail(Answer.COMPLETENESS, f"audit-{code}", sentence, _STORE)


ENTRY_MALFORMED = _log("entry-malformed", "an entry is neither a statement nor a closing record")
ENTRY_REFUSED = _log("entry-refused", "the log holds a statement that the judge refuses")
STATEMENT_TWICE = _log("statement-twice", "one statement stands at two places of the log")
CLOSING_MALFORMED = _log("closing-malformed", "a closing record cannot be read")
CLOSING_RANGE = _log("closing-range", "a closing record does not close the entries since the one before it")
CLOSING_JUDGE = _log("closing-judge", "a batch was judged by a judge that is not known here")
TIME_BACK = _log("time-back", "a batch's time lies before that of the batch before it")
HEADS_ROOT = _log("heads-root", "a closing record's heads root is not that of the subjects' histories and states")
NOT_CLOSED = _log(
    "not-closed", "entries stand at the end of the log, or more than a batch holds, without a closing record"
)
LOG_KEY = _log("log-key", "the published checkpoint is signed by no key that the founding authorities have listed")
LOG_CODES = (
    ENTRY_MALFORMED, ENTRY_REFUSED, STATEMENT_TWICE, CLOSING_MALFORMED, CLOSING_RANGE, CLOSING_JUDGE, TIME_BACK,
    HEADS_ROOT, NOT_CLOSED, LOG_KEY,
)  # fmt: skip

ENTRY_COUNT = _store("entry-count", "the store does not hold as many entries as its newest checkpoint says")
ROOT = _store("root", "a stored root is not that of the stored entries")
BATCH_ROW = _store("batch-row", "a batch's row is not what its closing record says")
STATEMENT_INDEX = _store("statement-index", "the index leads from a statement's id to another place, or to none")
SUBJECT = _store("subject", "a subject's stored state, length or chain is not what follows from the log")
HISTORY = _store("history", "a subject's stored history is not what follows from the log")
CHANGED = _store("changed", "the store does not know which subjects have changed since the published checkpoint")
TREE_TILE = _store("tree-tile", "a stored tile of the tree does not hold the hashes of its entries")
TREE_NODE = _store("tree-node", "a stored node of the tree is not the hash over its entries")
FRONTIER = _store("frontier", "the stored frontier is not that of the stored entries")
CHECKPOINT = _store("checkpoint", "the newest checkpoint is not one that this log signed over these entries")
PUBLISHED = _store("published", "the published checkpoint is not one that this log signed over these entries")
HEADS_MAP = _store("heads-map", "the stored heads map is not that of the published checkpoint")
OPENING = _store("opening", "a kept opening does not open the hidden field for which it is kept")
ROW_COUNT = _store("row-count", "the store holds rows that do not follow from the log")
HIGH_WATER = _store("high-water", "the store does not hold what the high-water mark says was signed")
STORE_CODES = (
    ENTRY_COUNT, ROOT, BATCH_ROW, STATEMENT_INDEX, SUBJECT, HISTORY, CHANGED, TREE_TILE, TREE_NODE, FRONTIER,
    CHECKPOINT, PUBLISHED, HEADS_MAP, OPENING, ROW_COUNT, HIGH_WATER,
)  # fmt: skip
CODES = (*LOG_CODES, *STORE_CODES)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong.

    Args:
        index: the log index that it is about, or, where it is about the log as a whole, None.
        finding: what it is; its subject is the row or the ledger's subject concerned.
        reasons: for `audit-entry-refused`, why the judge refuses.

    """

    index: int | None
    finding: Finding
    reasons: tuple[Finding, ...] = ()

    @property
    def code(self) -> str:
        """The stable code."""
        return self.finding.code


def fault(
    kind: Code,
    index: int | None,
    *,
    subject: str = "",
    statement: str = "",
    expected: object = "",
    found: object = "",
    reasons: tuple[Finding, ...] = (),
) -> Fault:
    """A fault, its values made safe to print."""
    return Fault(index, Finding(kind, subject, statement, safe(expected), safe(found)), reasons)
