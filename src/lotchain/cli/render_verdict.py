"""A verdict as plain lines: word first, then why, answers, what is not proved, timeline, accounts, findings."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from lotchain.cli.findings import finding_lines
from lotchain.cli.terminal import coloured, paragraph, plain, rows
from lotchain.core.instants import format_instant, format_local, parse_offset
from lotchain.verify.treaty_answer import TreatyCard
from lotchain.verify.verdict import NOT_PROVED, Step, Verdict

COLOURS = {"CLEAR": "green", "HOLD": "yellow", "FAIL": "red"}
_WHY = {
    "CLEAR": "Everything that the trust policy asks for is proved.",
    "HOLD": "Do not release: something is open, unproved or too old. First of all",
    "FAIL": "Do not release: something is broken. First of all",
}


def verdict_lines(verdict: Verdict) -> list[str]:
    """The whole verdict for people; every line is safe to print but for the colour of the first word."""
    findings = [finding.as_json() for finding in verdict.findings]
    lines = [_headline(verdict), *_why(verdict, findings), ""]
    lines += rows((*_answers(verdict), *_standing_behind(verdict)))
    lines += ["", *paragraph(f"Not proved by any verdict: {'; '.join(NOT_PROVED)}.")]
    lines += _scope(verdict)
    if verdict.steps:
        lines += ["", "Timeline, oldest first", *timeline_lines(verdict.steps)]
    accounts = verdict.as_json()["accounts"]
    if accounts:
        lines += ["", "Accounts", *rows(accounts.items(), "  ")]
    if verdict.openings:
        lines += [
            "",
            "Hidden fields, opened",
            *rows(((name[:12], text) for name, text in verdict.openings.items()), "  "),
        ]
    lines += ["", "Findings, worst first" if findings else "No findings"]
    for finding in _placed(verdict, findings):
        lines += finding_lines(finding, indent="  ")
    return lines


def _placed(verdict: Verdict, findings: list[dict[str, str]]) -> list[dict[str, str]]:
    """The findings, each naming the place of its statement in the timeline."""
    numbers = {step.statement: number for number, step in enumerate(verdict.steps, 1)}
    return [
        finding | {"statement": f"no. {numbers[finding['statement']]} of the timeline, {finding['statement']}"}
        if finding.get("statement") in numbers
        else finding
        for finding in findings
    ]


def _headline(verdict: Verdict) -> str:
    word = coloured(verdict.word, COLOURS[verdict.word])
    line = f"{word}  {plain(verdict.lot)}"
    if verdict.as_of is not None:
        line += f"  as of {format_instant(verdict.as_of)} (here {here(verdict.as_of)})"
    else:
        line += "  as of no attested moment"
    return line + ("" if verdict.answers.goods in ("match", "mismatch") else "; goods not compared")


def _why(verdict: Verdict, findings: list[dict[str, str]]) -> list[str]:
    if verdict.refused:
        return paragraph(f"The file does not prove what it holds: {findings[0]['what']}.")
    if verdict.word == "CLEAR":
        return paragraph(_WHY["CLEAR"])
    return paragraph(f"{_WHY[verdict.word]}: {_deciding(verdict.word, findings)['what']}.")


def _deciding(word: str, findings: list[dict[str, str]]) -> Mapping[str, str]:
    """The first finding of the weight that decided the word."""
    return next((finding for finding in findings if finding["weight"].upper() == word), findings[0])


def _answers(verdict: Verdict) -> list[tuple[str, str]]:
    """The answers; the one that this policy leaves out of the word says so."""
    uncounted = "" if verdict.treaty_required else " (not counted: the policy does not demand it)"
    return [(label, text + (uncounted if label == "Treaty" else "")) for label, text in verdict.answers.rows()]


def _standing_behind(verdict: Verdict) -> list[tuple[str, str]]:
    if verdict.refused:
        return []
    others = [name for name in verdict.witnesses if name not in verdict.auditors]
    return [
        ("Ledger", f"{verdict.origin}, {verdict.size} entries"),
        ("Auditors", ", ".join(verdict.auditors) or "none"),
        ("Witnesses", ", ".join(others) or "none beside the auditors"),
    ]


def _scope(verdict: Verdict) -> list[str]:
    lines: list[str] = []
    others = [name for name in verdict.examined if name != verdict.lot]
    if others:
        lines += paragraph(f"Examined with it: {', '.join(others)}.")
    if verdict.named:
        lines += paragraph(f"Named, not examined: {', '.join(verdict.named)}.")
    return lines + _treaty_scope(verdict.treaty)


def _treaty_scope(card: TreatyCard) -> list[str]:
    """Which rules were asked, which of them held, and what none of them examines."""
    lines: list[str] = []
    for one, countries in card.sets:
        lines += paragraph(
            f"Treaty rules asked: {one.jurisdiction}, edition {one.edition} (adopted by {', '.join(countries)}), "
            f"document {one.digest[:16]}…"
        )
    if card.held:
        lines += paragraph(f"Of these applied and hold: {', '.join(card.held)}.")
    if card.gaps:
        gaps = ", ".join(dict.fromkeys(gap[0] for one, _ in card.sets for gap in one.not_examined))
        lines += paragraph(f"Obligations not examined, wholly or in part (--json says why): {gaps}.")
    return lines


def timeline_lines(steps: Iterable[Step]) -> list[str]:
    """A lot's statements: when and where by the place's own clock, who, what, and when it was entered."""
    lines: list[str] = []
    for number, step in enumerate(steps, 1):
        head = [f"{number:>3}  {when(step.occurred_at, step.offset)}"]
        head += [step.place] if step.place else []
        head += [step.card.title, f"by {step.issuer}"]
        lines.append("  ".join(plain(part) for part in head))
        lines += paragraph(step.card.sentence, "     ")
        for label, value in step.card.lines:
            lines += paragraph(f"{label}: {value}", "     ")
        lines += paragraph(_signed(step), "     ")
        lines.append(f"     entered {format_instant(step.entered_at)} as entry {step.entry}, id {step.statement}")
    return lines


def steps_json(steps: Iterable[Step]) -> list[dict[str, Any]]:
    """A history for machines, as a verdict's timeline holds it."""
    return [step.as_json() for step in steps]


def _signed(step: Step) -> str:
    """When it was signed, as far as it is proved: in UTC, and by the clock of its place."""
    before = _both(step.entered_at, step.offset)
    if step.signed_after is None:
        return f"signed before {before}; nothing shows after when"
    return f"signed between {_both(step.signed_after, step.offset)} and {before}"


def _both(instant_ms: int, offset: str) -> str:
    """An instant in UTC, and where the place says otherwise by its clock."""
    utc = format_instant(instant_ms)
    return f"{utc} (there {when(instant_ms, offset)})" if offset and parse_offset(offset) else utc


def when(instant_ms: int, offset: str) -> str:
    """An instant by the clock of its place; in UTC where no place says otherwise."""
    return format_local(instant_ms, parse_offset(offset) if offset else 0)


def here(instant_ms: int) -> str:
    """An instant by this machine's clock."""
    try:
        offset = time.localtime(instant_ms / 1000).tm_gmtoff // 60
    except (OverflowError, ValueError, OSError):
        offset = 0
    return format_local(instant_ms, max(-720, min(840, offset)))
