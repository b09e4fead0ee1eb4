"""Write specs/vectors/labels.json: what labels hold, what is read off them, and what is refused.

    PYTHONPATH=src python -m tests.vectors_build.labels

Every value is stated by hand from specs/formats/labels.md; none comes from the code under test.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[2] / "specs" / "vectors"
LOT, GTIN = "lot:CN-MAKER/BP4-1", "9506000134352"
Case = dict[str, Any]


def written(name: str, lot: str, serial: str, gtin: str, **texts: str) -> Case:
    """A label and its texts."""
    return {"name": name, "valid": True, "lot": lot, "serial": serial, "gtin": gtin, **texts}


def unwritten(name: str, code: str, lot: str = LOT, serial: str = "", gtin: str = GTIN) -> Case:
    """A label of which no GS1 symbol is made."""
    return {"name": name, "valid": False, "code": code, "lot": lot, "serial": serial, "gtin": gtin}


def read(name: str, text: str, form: str, **parts: str) -> Case:
    """What is read off a label."""
    return {"name": name, "valid": True, "text": text, "seen": {"form": form, **parts}}


def unread(name: str, code: str, text: str) -> Case:
    """What is no text of a label."""
    return {"name": name, "valid": False, "code": code, "text": text}


def build() -> Case:
    """The whole vector file."""
    link = "https://id.gs1.org/01/09506000134352"
    cases = [
        written("a lot", LOT, "", "", plain=LOT),
        written("a drum", LOT, "D001", "", plain=f"{LOT}\nserial:D001"),
        written(
            "a drum with a GTIN of 13 digits", LOT, "D001", GTIN,
            elements="(01)09506000134352(10)BP4-1(21)D001(91)CN-MAKER/BP4-1",
            link=f"{link}/10/BP4-1/21/D001?91=CN-MAKER%2FBP4-1",
        ),
        written(
            "a rest lot, its serial with a slash", f"{LOT}~2~1", "A/7", "40170725",
            elements="(01)00000040170725(10)BP4-1(21)A/7(91)CN-MAKER/BP4-1+2+1",
            link="https://id.gs1.org/01/00000040170725/10/BP4-1/21/A%2F7?91=CN-MAKER%2FBP4-1%2B2%2B1",
        ),
        unwritten("no GTIN", "gtin-missing", gtin=""),
        unwritten("a wrong check digit", "gtin-check-digit", gtin="9506000134353"),
        unwritten("a GTIN too short", "gtin-format", gtin="9506000"),
        unwritten("a GTIN with a letter", "gtin-format", gtin="950600013435S"),
        unwritten("a number too long", "gs1-length", lot="lot:CN-MAKER/" + "A" * 21),
        unwritten("a serial too long", "gs1-length", serial="S" * 21),
        unwritten("a whole id too long", "gs1-length", lot="lot:CN-" + "M" * 32 + "/" + "A" * 20 + "~9999" * 7),
        unwritten("a serial in small letters", "serial-format", serial="d001"),
        unwritten("another subject", "id-kind", lot="party:CN-MAKER"),
        read("plain", f"{LOT}\nserial:D001", "plain", lot="CN-MAKER/BP4-1", serial="D001"),
        read("a fragment in small letters", "bp4-?", "fragment", free="BP4-?"),
        read("stars in a row are one", "BP4***", "fragment", free="BP4*"),
        read("a torn element string", "(10)BP4-?(21)D0", "element-string", number="BP4-?", serial="D0"),
        read("as a scanner types it", "]d2010950600013435210BP4-1\x1d21D001\x1d91CN-MAKER/BP4-1+2", "element-string",
             lot="CN-MAKER/BP4-1~2", number="BP4-1", serial="D001", gtin="09506000134352"),
        read("another resolver", "https://x.example/a/01/09506000134352/10/BP4-1", "digital-link", number="BP4-1",
             gtin="09506000134352"),
        unread("nothing", "label-empty", ""),
        unread("nothing readable", "label-empty", "?*?"),
        unread("a GTIN alone", "label-empty", "(01)09506000134352"),
        unread("a GTIN alone, as a link", "label-empty", link),
        unread("two words", "label-format", "BP4 D001"),
        unread("text after the elements", "label-format", "(10)BP4-1 and more"),
        unread("an identifier not known", "label-format", "010950600013435210BP4\x1dXX"),
        unread("another script", "label-format", "БП4-1"),
        unread("three stars", "label-format", "A*B*C*D"),
        unread("too long", "label-format", "A" * 501),
    ]  # fmt: skip
    cases = [{**case, "comment": case["name"]} for case in cases]
    return {"format": "lotchain-labels/1", "version": 1, "source": "stated by hand", "cases": cases}


if __name__ == "__main__":
    text = json.dumps(build(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    (VECTORS / "labels.json").write_text(text, encoding="utf-8")
