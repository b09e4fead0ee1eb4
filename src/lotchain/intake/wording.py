"""Texts of a form as texts of an event: normalised and shortened as a writer's program does before signing."""

from __future__ import annotations

import unicodedata

from lotchain.core.text import check_text
from lotchain.errors import Malformed


def plain(text: str, max_chars: int) -> str | None:
    """The text in NFC, white space between words as one space, cut with `…`; None where it cannot be written.

    A control, bidirectional or invisible character is not dropped: the whole text is given up.
    """
    words = " ".join(unicodedata.normalize("NFC", text).split())
    if len(words) > max_chars:
        words = words[: max_chars - 1].rstrip() + "…"
    try:
        return check_text(words, field="", max_chars=max_chars)
    except Malformed:
        return None
