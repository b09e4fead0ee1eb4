"""Findings as people read them: code and weight, what, expected, found, what to do."""

from __future__ import annotations

from collections.abc import Mapping

from lotchain.cli.terminal import paragraph, plain, rows

_COLUMNS = (("expected", "expected"), ("found", "found"), ("remedy", "do"), ("statement", "statement"))


def finding_lines(finding: Mapping[str, str], *, indent: str = "") -> list[str]:
    """One finding, from its JSON members; safe to print."""
    head = f"{indent}{finding['weight'].upper():<5} {plain(finding['code'])}  ({finding['answer']})"
    if finding.get("subject"):
        head += f"  {plain(finding['subject'])}"
    inner = indent + "      "
    lines = [head, *paragraph(finding["what"], inner)]
    return lines + rows(((label, finding[name]) for name, label in _COLUMNS if finding.get(name)), inner)
