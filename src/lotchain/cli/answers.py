"""What a submitter sees: a receipt, or every reason why a statement was not taken."""

from __future__ import annotations

from typing import Any

from lotchain.cli.findings import finding_lines
from lotchain.core.instants import format_instant
from lotchain.ledger.receipts import Answer, Receipt, Refused


def answer_json(answer: Answer, event_type: str = "") -> dict[str, Any]:
    """An answer for machines."""
    shown: dict[str, Any] = {"accepted": answer.accepted, "statement": _hex(answer.statement_id)}
    if event_type:
        shown["type"] = event_type
    if isinstance(answer, Receipt):
        shown |= {
            "index": answer.index,
            "time": format_instant(answer.time),
            "size": answer.size,
            "again": answer.again,
            "checkpoint": answer.note.decode("utf-8"),
        }
    else:
        shown["retryable"] = answer.retryable
    shown["findings"] = [finding.as_json() for finding in answer.findings]
    return shown


def answer_lines(answer: Answer, what: str) -> list[str]:
    """An answer for people; `what` names the statement."""
    if isinstance(answer, Receipt):
        again = ", as before" if answer.again else ""
        lines = [
            f"accepted  {what}",
            f"          id {answer.statement_id.hex()}",
            f"          entry {answer.index} of {answer.size}, closed {format_instant(answer.time)}{again}",
        ]
        return lines + [line for finding in answer.findings for line in finding_lines(finding.as_json(), indent="  ")]
    word = "submit it again later" if answer.retryable else "final"
    lines = [f"refused   {what} ({word})"]
    if answer.statement_id is not None:
        lines.append(f"          id {answer.statement_id.hex()}")
    return lines + [line for finding in answer.findings for line in finding_lines(finding.as_json(), indent="  ")]


def refused(answer: Answer) -> bool:
    """Whether a statement was not taken."""
    return isinstance(answer, Refused)


def _hex(statement_id: bytes | None) -> str | None:
    return None if statement_id is None else statement_id.hex()
