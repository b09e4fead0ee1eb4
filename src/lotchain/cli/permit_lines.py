"""A permit as people read it: what it is, how it stands, what is left, who drew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lotchain.app.permits import Drawn
from lotchain.cli.terminal import paragraph, rows
from lotchain.core.instants import format_instant

_SORTS = {
    "pre-export-notification": "pre-export notification",
    "export": "export authorisation",
    "import": "import authorisation",
    "transit": "transit authorisation",
    "transport": "transport authorisation",
    "end-use": "end-use declaration",
    "quota": "quota",
}
_NOTIFIED = {
    "sent": "not replied to: no reply is never a yes",
    "received": "it arrived, and nothing more was said: that is no yes",
    "more-information-asked": "the importing country asks for more: that is no yes",
}


def account_lines(told: Mapping[str, Any], drawn: Iterable[Drawn]) -> list[str]:
    """A permit's account (`app.permits.account`) and its drawings."""
    lines = [f"{told['permit']}  {_SORTS[told['sort']]} {told['found']['terms']['number']}"]
    lines += rows((pair for pair in (*_standing(told), *_terms(told)) if pair[1]), "  ")
    listed = list(drawn)
    lines += ["", "Drawings, oldest first" if listed else "Nobody has drawn on it"]
    for number, one in enumerate(listed, 1):
        lines.append(f"{number:>3}  {format_instant(one.occurred_at)}  {one.consignment}  by {one.issuer}")
        idle = "" if one.counts else "; not by its holder, so it counts for nothing"
        lines += paragraph(f"{one.goods}: {one.drawn}{idle}", "     ")
        lines.append(f"     id {one.statement}")
    return lines


def _standing(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    status = told["status"]
    if status in _NOTIFIED:
        status += f" ({_NOTIFIED[status]}{'; late' if told.get('reply_late') else ''})"
    left = told["left"] + (" (overdrawn)" if told["overdrawn"] else "")
    if "left_as_it_stands" in told:
        left += f" base: {told['left_as_it_stands']} of the substance as it stands"
    drawings = f"{told['drawings']} drawing" + ("" if told["drawings"] == 1 else "s")
    tolerance = f"; with its tolerance {told['allowed']}" if told["allowed"] != told["quantity"] else ""
    return [
        ("status", status),
        ("in time", f"{told['in_time']} at {told['as_of']}"),
        ("quantity", told["quantity"] + tolerance),
        ("drawn", f"{told['drawn']}, {drawings}" if told["drawings"] else "nothing"),
        ("left", left),
    ]


def _terms(told: Mapping[str, Any]) -> list[tuple[str, str]]:
    found, terms = told["found"], told["found"]["terms"]
    once = f"single, by {found['used_by']}" if terms["use"] == "single" and "used_by" in found else terms["use"]
    factor = terms.get("factor")
    transit = terms.get("transit")
    return [
        ("given by", told["by"]),
        ("holder", told["holder"]),
        ("importing country", found.get("importing", "")),
        ("reply by", found.get("reply_by", "")),
        ("substances", ", ".join(terms["substances"])),
        ("factor", f"{factor['base']}/{factor['of']} base in the substance" if factor else ""),
        ("density", f"{terms['density']} kg/L" if "density" in terms else ""),
        ("valid", f"from {terms['valid_from']} until {terms['valid_until']}"),
        ("use", once),
        ("exporter", terms.get("exporter", "")),
        ("importer", terms.get("importer", "")),
        ("consignees", ", ".join(terms.get("consignees", ()))),
        ("exit", " or ".join(terms.get("exit_points", ()))),
        ("entry", " or ".join(terms.get("entry_points", ()))),
        ("transit", "" if transit is None else ", ".join(transit) or "no other country"),
        ("terms by", f"statement {found['terms_by']}"),
    ]
