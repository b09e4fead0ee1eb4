"""A printed page: headings, paragraphs and rows of text in a PDF whose bytes depend on nothing but what is written.

No character is dropped silently. The PDF's own fonts hold Latin-1; what they lack is written as its code point,
`[U+4E2D]`, counted, and said on the paper. With a font file of the caller's, what that font holds is printed in it.
Nothing is transliterated: a guessed spelling of a name is another name.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from lotchain.errors import Malformed
from lotchain.reports.extras import extra

MAX_FONT: Final = 40_000_000
MARGIN: Final = 16.0
_LABEL: Final = 32.0
_OWN: Final = "own"
_PLAIN: Final = {"…": "...", "–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "→": "->", "≤": "<=", "−": "-"}
"""Punctuation alone, which the program's own sentences use; never letters."""

Colour = tuple[int, int, int]
BLACK: Final[Colour] = (0, 0, 0)
GREY: Final[Colour] = (90, 90, 90)
WHITE: Final[Colour] = (255, 255, 255)


class Paper:
    """One document, A4, written from the top.

    Args:
        title: for the document's metadata, ASCII.
        created_ms: its creation date, ms since 1970: the moment that it speaks of, never the clock's.
        font: a TrueType or OpenType font's bytes, or None for the PDF's own fonts.

    Raises:
        UsageError: `extra-missing`.
        Malformed: `font-format`, for what is no font.

    """

    def __init__(self, title: str, *, created_ms: int, font: bytes | None = None) -> None:
        self._pdf: Any = extra("fpdf").FPDF(format="A4")
        self._pdf.set_creation_date(datetime.fromtimestamp(created_ms / 1000, UTC))
        self._pdf.set_title(title)
        self._pdf.set_producer("lotchain")
        self._pdf.set_lang("en")
        self._pdf.set_margin(MARGIN)
        self._pdf.set_auto_page_break(True, margin=MARGIN + 6)
        self._glyphs: frozenset[int] | None = None
        self._folder = TemporaryDirectory(prefix="lotchain-")
        if font is not None:
            self._take(font)
        self.missing: set[str] = set()
        self._pdf.add_page()

    def _take(self, font: bytes) -> None:
        try:
            fonts = extra("fontTools.ttLib").TTFont(io.BytesIO(font))
            self._glyphs = frozenset(fonts.getBestCmap() or ())
            path = Path(self._folder.name) / "font.ttf"  # the library reads fonts from files alone
            path.write_bytes(font)
            for style in ("", "B"):
                self._pdf.add_font(_OWN, style, path)
        except Exception:  # whatever a damaged font makes of the library, it is no font to us
            raise Malformed(
                "font-format", "this font cannot be used", expected="a TrueType or OpenType font", field="--font"
            ) from None

    def letters(self, text: str) -> str:
        """The text in characters that this paper can print; what it cannot is written as code points, and counted."""
        return "".join(self._letter(char) for char in text)

    def _letter(self, char: str) -> str:
        point = ord(char)
        if 0x20 <= point < 0x7F:
            return char
        if char.isprintable() and (point in self._glyphs if self._glyphs is not None else 0xA0 < point <= 0xFF):
            return char
        if char in _PLAIN:
            return _PLAIN[char]
        self.missing.add(char)
        return f"[U+{point:04X}]"

    def _pen(self, size: float, *, bold: bool = False, mono: bool = False, colour: Colour = BLACK) -> None:
        family = _OWN if self._glyphs is not None else "Courier" if mono else "Helvetica"
        self._pdf.set_font(family, "B" if bold else "", size)
        self._pdf.set_text_color(*colour)

    def keep(self, height: float) -> None:
        """Begin a new page unless so many mm are left on this one."""
        if self._pdf.will_page_break(height):
            self._pdf.add_page()

    def heading(self, text: str) -> None:
        """A section's heading, never alone at the foot of a page."""
        self.keep(24)
        self._pdf.ln(3)
        self.paragraph(text, size=11.5, bold=True)
        self._pdf.ln(0.5)

    def paragraph(
        self, text: str, *, size: float = 9, bold: bool = False, mono: bool = False, indent: float = 0,
        width: float = 0, colour: Colour = BLACK,
    ) -> None:  # fmt: skip
        """Lines of text, wrapped; words that fit no line are cut, never lost. Sizes in points, lengths in mm."""
        self._pen(size, bold=bold, mono=mono, colour=colour)
        self._pdf.set_x(MARGIN + indent)
        self._pdf.multi_cell(width, size * 0.47, self.letters(text), align="L", new_x="LMARGIN", new_y="NEXT")

    def rows(self, pairs: Iterable[tuple[str, str]], *, indent: float = 0, width: float = 0, size: float = 9) -> None:
        """Label and value, side by side; a long value is wrapped under itself."""
        for label, value in pairs:
            self.keep(size)
            page, top = self._pdf.page, self._pdf.get_y()
            self.paragraph(label, size=size, indent=indent, width=_LABEL, colour=GREY)
            below_page, below = self._pdf.page, self._pdf.get_y()
            self._pdf.page = page
            self._pdf.set_y(top)
            self.paragraph(value, size=size, indent=indent + _LABEL, width=max(0, width - _LABEL))
            if self._pdf.page == below_page:
                self._pdf.set_y(max(below, self._pdf.get_y()))

    def banner(self, word: str, beside: tuple[str, ...], colour: Colour) -> None:
        """The one word, large, white on its colour across the page, and lines beside it."""
        top, width = self._pdf.get_y(), self._pdf.epw
        self._pdf.set_fill_color(*colour)
        self._pdf.rect(MARGIN, top, width, 18, style="F")
        self._pen(26, bold=True, colour=WHITE)
        self._pdf.set_xy(MARGIN + 3, top)
        self._pdf.cell(48, 18, self.letters(word))
        self._pen(10, bold=True, colour=WHITE)
        self._pdf.set_xy(MARGIN + 51, top + 2)
        self._pdf.multi_cell(width - 54, 4.8, "\n".join(self.letters(line) for line in beside), align="L")
        self._pdf.set_xy(MARGIN, top + 21)

    def symbol(self, modules: list[list[bool]], *, side: float) -> float:
        """A QR symbol at the right edge beside what follows, quiet zone left free; returns the y below it, in mm."""
        top, step = self._pdf.get_y(), side / (len(modules) + 8)
        left = self._pdf.w - MARGIN - side + 4 * step
        self._pdf.set_fill_color(0, 0, 0)
        for y, row in enumerate(modules):
            for x, dark in enumerate(row):
                if dark:
                    self._pdf.rect(left + x * step, top + (y + 4) * step, step, step, style="F")
        return float(top + side)

    def gap_to(self, y: float) -> None:
        """Go on no higher than at y, in mm, on this page."""
        self._pdf.set_y(max(y, self._pdf.get_y()))

    @property
    def room(self) -> float:
        """The width between the margins, in mm."""
        return float(self._pdf.epw)

    def finish(self, foot: str) -> bytes:
        """The file's bytes; every page bears the foot and its number of how many."""
        pages = self._pdf.pages_count
        self._pdf.set_auto_page_break(False)
        for number in range(1, pages + 1):
            self._pdf.page = number
            self._pdf.set_xy(MARGIN, self._pdf.h - MARGIN)
            self._pen(8)
            self._pen(7, colour=GREY)  # the page's own last font may be another: a change is always written
            self._pdf.cell(self._pdf.epw, 4, self.letters(f"{foot}  page {number} of {pages}"), align="C")
        with self._folder:
            return bytes(self._pdf.output())
