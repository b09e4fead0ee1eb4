"""Text that people wrote: names, addresses, remarks. Shown on screens and papers, so it must show what it is.

One spelling for one text (NFC), nothing invisible, nothing that changes the direction of what stands
around it, and no mark stacked so high that it covers other lines. Nothing is repaired: what is not in
this form is refused, and the writer's program repairs it before signing. Letters of different scripts
that look alike are allowed here; to compare names for that is a report's business, not a parser's.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from lotchain.core.codepoints import is_refused
from lotchain.errors import Malformed

MAX_MARKS: Final = 4
"""Combining marks (categories Mn and Me) that may follow each other."""


def check_text(value: str, *, field: str, max_chars: int, max_bytes: int | None = None, multiline: bool = False) -> str:
    """The text itself, once it is sure to show as what it is.

    Args:
        value: the text as received.
        field: the field that holds it, for the message.
        max_chars: the most code points allowed.
        max_bytes: the most bytes of UTF-8 allowed, or None.
        multiline: whether U+000A may separate lines.

    Returns:
        `value`, unchanged.

    Raises:
        Malformed: `text-length` (empty or too long), `text-chars` (a code point of
            `lotchain.core.codepoints`, white space at an end, a combining mark at the start or more than
            four in a row), `text-not-nfc`.

    """
    if not 0 < len(value) <= max_chars:
        raise _length_fault(f"1 to {max_chars} characters", len(value), field)
    bare = value.replace("\n", "") if multiline else value
    if value.isascii():
        if not bare.isprintable():
            _check_characters(bare, field)
        size = len(value)
    else:
        _check_characters(bare, field)
        _check_marks(value, field)
        if not unicodedata.is_normalized("NFC", value):
            raise Malformed(
                "text-not-nfc",
                "this text is not in Unicode normalisation form C",
                expected="NFC: composed letters",
                found=ascii(value),
                remedy="normalise before signing",
                field=field,
            )
        size = len(value.encode("utf-8"))
    if value[0].isspace() or value[-1].isspace():
        raise _chars_fault("this text begins or ends with white space", ascii(value), field)
    if max_bytes is not None and size > max_bytes:
        raise _length_fault(f"at most {max_bytes} bytes of UTF-8", size, field)
    return value


def _check_characters(text: str, field: str) -> None:
    for character in text:
        if is_refused(ord(character)):
            raise _chars_fault("this text holds a character that cannot be shown", f"U+{ord(character):04X}", field)


def _check_marks(text: str, field: str) -> None:
    """Refuse marks that sit on nothing or on each other beyond what any script needs."""
    if unicodedata.category(text[0]) in ("Mn", "Me"):
        raise _chars_fault("this text begins with a combining mark", f"U+{ord(text[0]):04X}", field)
    run = 0
    for character in text:
        run = run + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if run > MAX_MARKS:
            raise _chars_fault("too many combining marks follow each other", f"U+{ord(character):04X}", field)


def _chars_fault(what: str, found: str, field: str) -> Malformed:
    return Malformed(
        "text-chars",
        what,
        expected="letters, marks, numbers, punctuation, symbols and spaces between them",
        found=found,
        field=field,
    )


def _length_fault(expected: str, found: int, field: str) -> Malformed:
    return Malformed("text-length", "this text has the wrong length", expected=expected, found=found, field=field)
