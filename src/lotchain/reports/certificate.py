"""The certificate of custody: a verdict on paper, word first, with the digest of the bundle that it was read from.

It is called a certificate only where the word is CLEAR. The paper proves nothing: the file whose digest it bears does,
to whoever verifies it under a trust policy of their own. Content comes from the verdict and the events' cards alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from lotchain.core.instants import format_instant, format_local, parse_offset
from lotchain.custody.findings import Finding, Weight
from lotchain.reports.labels import QR, matrix
from lotchain.reports.paper import GREY, Colour, Paper
from lotchain.verify.verdict import NOT_PROVED, WORDS, Step, Verdict

TITLES: Final = {
    "CLEAR": "Certificate of custody",
    "HOLD": "No certificate of custody: the verdict is HOLD",
    "FAIL": "No certificate of custody: the verdict is FAIL",
}
_COLOURS: Final[dict[str, Colour]] = {"CLEAR": (0, 110, 50), "HOLD": (176, 104, 0), "FAIL": (176, 0, 20)}
_WHY: Final = {
    "CLEAR": "Everything that the trust policy asks for is proved.",
    "HOLD": "Do not release: something is open, unproved or too old",
    "FAIL": "Do not release: something is broken",
}
_QR_SIDE: Final = 44.0
_PAPER: Final = (
    "This paper proves nothing by itself. It was made from a bundle, verified anew, and the code beside holds the "
    "SHA-256 digest of that file. Whoever has the file verifies it under a trust policy of their own: lotchain verify."
)


class Made(NamedTuple):
    """What a certificate is made from, beside the verdict.

    Attributes:
        bundle_sha256: of the bundle file, 64 hexadecimal digits.
        policy_sha256: of the trust policy's file.
        judged_at: the moment at which the age of what is proved was judged, ms since 1970.

    """

    bundle_sha256: str
    policy_sha256: str
    judged_at: int


def symbol_text(digest: str) -> str:
    """What the QR code holds: `sha256:` and the digest of the bundle."""
    return f"sha256:{digest}"


def certificate(verdict: Verdict, made: Made, *, font: bytes | None = None) -> bytes:
    """The PDF. The same verdict, digests, moment and font give the same bytes, with the same library.

    Args:
        verdict: what the bundle proves, as just verified.
        made: digests and moment.
        font: for text beyond Latin-1; None writes what the PDF's own fonts lack as code points.

    Raises:
        UsageError: `extra-missing`.
        Malformed: `font-format`.

    """
    created = verdict.as_of if verdict.as_of is not None else 0
    paper = Paper(f"{TITLES[verdict.word]}, {verdict.lot}", created_ms=created, font=font)
    _head(paper, verdict, made)
    _not_proved(paper, verdict)
    if verdict.steps:
        paper.heading("Timeline, oldest first")
        for number, step in enumerate(verdict.steps, 1):
            _step(paper, number, step)
    accounts = verdict.as_json()["accounts"]
    if accounts:
        paper.heading("Accounts")
        paper.rows(accounts.items())
    if verdict.openings:
        paper.heading("Hidden fields, opened")
        paper.rows((name[:12], text) for name, text in verdict.openings.items())
    _findings(paper, verdict)
    _letters(paper)
    return paper.finish(f"{verdict.word}  {verdict.lot}  {_as_of(verdict)}  bundle {made.bundle_sha256[:16]}...")


def _head(paper: Paper, verdict: Verdict, made: Made) -> None:
    paper.paragraph(TITLES[verdict.word], size=17, bold=True)
    paper.banner(verdict.word, (verdict.lot, _as_of(verdict)), _COLOURS[verdict.word])
    below = paper.symbol(matrix(symbol_text(made.bundle_sha256), QR), side=_QR_SIDE)
    beside = paper.room - _QR_SIDE - 3
    paper.paragraph(_why(verdict), size=10, bold=True, width=beside)
    paper.paragraph(_PAPER, size=8, width=beside, colour=GREY)
    paper.rows(
        (
            ("Bundle, SHA-256", made.bundle_sha256),
            ("Policy, SHA-256", made.policy_sha256),
            ("Verified at", f"{format_instant(made.judged_at)}, by the clock of whoever made this paper"),
        ),
        width=beside,
        size=7,
    )
    paper.gap_to(below)
    paper.heading("Answers")
    uncounted = "" if verdict.treaty_required else " (not counted: the policy does not demand it)"
    paper.rows((label, text + (uncounted if label == "Treaty" else "")) for label, text in verdict.answers.rows())
    if not verdict.refused:
        others = [name for name in verdict.witnesses if name not in verdict.auditors]
        paper.rows(
            (
                ("Ledger", f"{verdict.origin}, {verdict.size} entries"),
                ("Auditors", ", ".join(verdict.auditors) or "none"),
                ("Witnesses", ", ".join(others) or "none beside the auditors"),
            )
        )


def _not_proved(paper: Paper, verdict: Verdict) -> None:
    paper.heading("Not proved by any verdict")
    for text in NOT_PROVED:
        paper.paragraph(f"- {text}", indent=2)
    others = [name for name in verdict.examined if name != verdict.lot]
    pairs = (("Examined with it", ", ".join(others)), ("Named only", ", ".join(verdict.named)))
    paper.rows(pair for pair in pairs if pair[1])


def _step(paper: Paper, number: int, step: Step) -> None:
    when = format_local(step.occurred_at, parse_offset(step.offset) if step.offset else 0)
    head = [when, *([step.place] if step.place else []), step.card.title, f"by {step.issuer}"]
    paper.keep(16)
    paper.paragraph(f"{number}.  {'  '.join(head)}", bold=True)
    paper.paragraph(step.card.sentence, indent=5)
    for label, value in step.card.lines:
        paper.paragraph(f"{label}: {value}", indent=5)
    signed = "" if step.signed_after is None else f"signed after {format_instant(step.signed_after)}, "
    entered = f"{signed}entered {format_instant(step.entered_at)} as entry {step.entry}, id {step.statement}"
    paper.paragraph(entered, size=7, indent=5, colour=GREY)


def _findings(paper: Paper, verdict: Verdict) -> None:
    paper.heading("Findings, worst first" if verdict.findings else "No findings")
    numbers = {step.statement: number for number, step in enumerate(verdict.steps, 1)}
    for finding in verdict.findings:
        told = finding.as_json()
        weight = finding.kind.weight
        colour = _COLOURS[WORDS[weight]] if weight is not Weight.NOTE else GREY
        head = f"{weight.name}  {finding.code}  ({told['answer']})  {finding.subject}"
        paper.keep(16)
        paper.paragraph(head, bold=True, colour=colour)
        paper.paragraph(told["what"], indent=5)
        statement = told.get("statement", "")
        if statement in numbers:
            told["statement"] = f"no. {numbers[statement]} of the timeline, {statement}"
        paper.rows(_members(told), indent=5, size=8)


def _members(told: dict[str, Any]) -> Iterable[tuple[str, str]]:
    names = (("expected", "expected"), ("found", "found"), ("do", "remedy"), ("statement", "statement"))
    return ((label, told[name]) for label, name in names if told.get(name))


def _letters(paper: Paper) -> None:
    """What this paper's font could not print, said at its end, after everything else was written."""
    if paper.missing:
        paper.heading("Characters written as code points")
        points = ", ".join(f"U+{ord(char):04X}" for char in sorted(paper.missing))
        paper.paragraph(
            f"This paper's font cannot show {len(paper.missing)} of the characters that were signed. Each stands above "
            f"as its Unicode code point in square brackets; none is left out or replaced: {points}."
        )


def _why(verdict: Verdict) -> str:
    if verdict.word == "CLEAR":
        return _WHY["CLEAR"]
    if verdict.refused:
        return f"The file does not prove what it holds: {verdict.findings[0].kind.sentence}."
    return f"{_WHY[verdict.word]}. First of all: {_deciding(verdict).kind.sentence}."


def _deciding(verdict: Verdict) -> Finding:
    """The first finding of the weight that decided the word."""
    return next((f for f in verdict.findings if WORDS[f.kind.weight] == verdict.word), verdict.findings[0])


def _as_of(verdict: Verdict) -> str:
    return "as of no attested moment" if verdict.as_of is None else f"as of {format_instant(verdict.as_of)}"
