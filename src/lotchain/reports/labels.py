"""Labels as pictures: QR or GS1 DataMatrix with the same text in letters below, as SVG or PNG; and read off a picture.

A module is 0.5 mm wide and ten pixels; around the symbol are four light modules. The same label gives the same SVG; a
PNG's letters are those of the installed Pillow.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from html import escape
from typing import Any, Final

from lotchain.errors import Malformed, UsageError
from lotchain.reports.extras import extra
from lotchain.reports.gs1 import LabelText, digital_link, element_string, plain_text

QR: Final = "qr"
DATA_MATRIX: Final = "datamatrix"
MAX_PICTURE: Final = 20_000_000
MAX_PIXELS: Final = 40_000_000

_QUIET: Final = 4
_PIXELS: Final = 10
_DPI: Final = 508  # ten pixels to 0.5 mm
_NARROWEST: Final = 48
"""Modules: room for an id beside a small symbol."""
_TEXT_HEIGHT: Final = 3
_TEXT_WIDTH: Final = 1.85
"""A monospaced letter's width at that height, in modules."""

Matrix = list[list[bool]]


def symbol_text(label: LabelText, symbol: str) -> str:
    """What the symbol holds: an element string for DataMatrix; a Digital Link, or plain text without GTIN, for QR.

    Raises:
        Malformed: `gtin-missing`, `gs1-length`.

    """
    if symbol == DATA_MATRIX:
        return element_string(label)
    return digital_link(label) if label.gtin else plain_text(label)


def matrix(text: str, symbol: str) -> Matrix:
    """The symbol's modules, True is dark, without quiet zone.

    Raises:
        UsageError: `extra-missing`.

    """
    if symbol == QR:
        made = extra("segno").make(text, error="q", micro=False, boost_error=False)
        return [[bool(module) for module in row] for row in made.matrix]
    zxing = extra("zxingcpp")
    made = zxing.create_barcode(text, zxing.BarcodeFormat.DataMatrix, gs1=True)
    rows: Any = memoryview(made.to_image(scale=1, add_quiet_zones=False)).tolist()
    return [[value == 0 for value in row] for row in rows]


def captions(label: LabelText) -> list[str]:
    """The lines in letters below the symbol: what a person reads when no machine does."""
    lines = [label.lot]
    lines += [f"serial {label.serial}"] if label.serial else []
    return lines + ([f"GTIN {label.gtin}"] if label.gtin else [])


def draw(label: LabelText, symbol: str, kind: str) -> bytes:
    """A label's picture.

    Args:
        label: what it says.
        symbol: `qr` or `datamatrix`.
        kind: `svg` or `png`.

    Raises:
        Malformed: as `symbol_text`.
        UsageError: `extra-missing`; `picture-kind` for another kind.

    """
    modules = matrix(symbol_text(label, symbol), symbol)
    if kind == "svg":
        return _svg(modules, captions(label))
    if kind == "png":
        return _png(modules, captions(label))
    raise UsageError("picture-kind", "a label is drawn as SVG or PNG", expected=".svg or .png", found=kind)


def _svg(modules: Matrix, lines: list[str]) -> bytes:
    width = max(len(modules[0]) + 2 * _QUIET, _NARROWEST)
    letters = int((width - 2) / _TEXT_WIDTH)
    wrapped = _wrapped(lines, lambda text: len(text) <= letters)
    height = len(modules) + 2 * _QUIET + len(wrapped) * (_TEXT_HEIGHT + 1)
    runs = "".join(
        f"M{x + _QUIET} {y + _QUIET}h1v1h-1z" for y, row in enumerate(modules) for x, dark in enumerate(row) if dark
    )
    texts = [
        f'<text x="1" y="{len(modules) + 2 * _QUIET + (number + 1) * (_TEXT_HEIGHT + 1) - 2}">{escape(text)}</text>'
        for number, text in enumerate(wrapped)
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width / 2}mm" height="{height / 2}mm" '
            f'viewBox="0 0 {width} {height}">',
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            f'<path d="{runs}" fill="#000" shape-rendering="crispEdges"/>',
            f'<g font-family="monospace" font-size="{_TEXT_HEIGHT}" fill="#000">',
            *texts,
            "</g>",
            "</svg>",
            "",
        ]
    ).encode("utf-8")


def _png(modules: Matrix, lines: list[str]) -> bytes:
    pillow, drawing, fonts = extra("PIL.Image"), extra("PIL.ImageDraw"), extra("PIL.ImageFont")
    font: Any = fonts.load_default(_TEXT_HEIGHT * _PIXELS)
    width = max(len(modules[0]) + 2 * _QUIET, _NARROWEST) * _PIXELS
    wrapped = _wrapped(lines, lambda text: font.getlength(text) <= width - 2 * _PIXELS)
    below = (len(modules) + 2 * _QUIET) * _PIXELS
    step = (_TEXT_HEIGHT + 1) * _PIXELS
    image = pillow.new("L", (width, below + len(wrapped) * step), 255)
    pen = drawing.Draw(image)
    for y, row in enumerate(modules):
        for x, dark in enumerate(row):
            if dark:
                left, top = (x + _QUIET) * _PIXELS, (y + _QUIET) * _PIXELS
                pen.rectangle((left, top, left + _PIXELS - 1, top + _PIXELS - 1), fill=0)
    for number, text in enumerate(wrapped):
        pen.text((_PIXELS, below + number * step), text, fill=0, font=font)
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(_DPI, _DPI), optimize=False)
    return out.getvalue()


def _wrapped(lines: list[str], fits: Callable[[str], bool]) -> list[str]:
    """Lines cut where they no longer fit; ids have no spaces to break at."""
    found = []
    for line in lines:
        rest = line
        while rest:
            length = next((n for n in range(len(rest), 1, -1) if fits(rest[:n])), 1)
            found.append(rest[:length])
            rest = rest[length:]
    return found


def read_symbols(picture: bytes) -> list[str]:
    """The texts of all QR and DataMatrix symbols on a picture (PNG or JPEG), GS1 ones as `(01)…(10)…`.

    Raises:
        Malformed: `picture-format`, for what is no such picture or is too large.
        UsageError: `extra-missing`.

    """
    pillow, zxing = extra("PIL.Image"), extra("zxingcpp")
    try:
        with pillow.open(io.BytesIO(picture), formats=("PNG", "JPEG")) as opened:
            if opened.width * opened.height > MAX_PIXELS or len(picture) > MAX_PICTURE:
                raise ValueError("too large")
            image = opened.convert("L")
    except Exception:  # whatever a damaged picture makes of the library, it is no picture to us
        raise Malformed(
            "picture-format", "this picture cannot be read", expected="PNG or JPEG of at most 40 million pixels"
        ) from None
    formats = [zxing.BarcodeFormat.QRCode, zxing.BarcodeFormat.DataMatrix]
    return [str(symbol.text) for symbol in zxing.read_barcodes(image, formats=formats) if symbol.text]
