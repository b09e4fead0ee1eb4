"""`lotchain substance …`: what a substance is, and where it was listed on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import click

from lotchain.app.substances import CAVEAT, answer
from lotchain.cli.options import example, json_option
from lotchain.cli.terminal import emit, paragraph, rows
from lotchain.errors import UsageError
from lotchain.rules.substances import CONFIDENCE, LISTED, UNDETERMINED

_STATUS = {LISTED: "", "not-listed": "not listed", UNDETERMINED: "undetermined"}


@click.group("substance")
def command() -> None:
    """Controlled substances: by name, CAS number or HS code, as of a day."""


@command.command(
    "show",
    epilog=example(
        'lotchain substance show "PMK glycidate" --on 2020-01-01',
        "lotchain substance show 345-78-8 --json",
        "lotchain substance show 2933.39",
    ),
)
@click.argument("text", metavar="NAME|CAS|HS")
@click.option("--on", "on", metavar="YYYY-MM-DD", help="The day whose law is asked for; default: every listing.")
@json_option
def show(text: str, on: str | None, as_json: bool) -> None:
    """What a substance is: names, salts with base factors, and in which lists it stands.

    A name matches only as a whole, up to case, spaces and hyphens; an HS code gives candidates. Each statement says how
    well it is known; what the data does not hold is undetermined, never "not controlled".
    """
    told = answer(text, None if on is None else _day(on))
    emit(told, _lines(told), as_json=as_json)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise UsageError("date-format", "this is not a day", expected="YYYY-MM-DD", found=text, field="--on")
    return day


def _lines(told: dict[str, Any]) -> list[str]:
    match = told["match"]
    if match is None:
        lines = [f"{told['asked']}: undetermined", *paragraph(told["why"], "  ")]
        if told["candidates"]:
            lines += ["", "Candidates, not matches"]
            lines += rows(((item["name"], _codes(item)) for item in told["candidates"]), "  ")
        return lines
    substance, salt = match["substance"], match["salt"]
    title = substance["name"] if salt is None else f"{substance['name']}, {salt['name']}"
    lines = [title, *rows(_identity(substance, salt), "  ")]
    if match["no_known_licit_trade"]:
        lines += ["", *paragraph(f"ALERT: no known licit trade. {_known(substance['licit_trade'])}.")]
    for each in [salt] if salt is not None else substance["salts"]:
        lines += ["", f"Salt: {each['name']}", *rows(_factors(each), "  ")]
    lines += ["", *(_on_a_day(match, told["on"]) if told["on"] else _all_listings(match))]
    return [*lines, "", *paragraph(CAVEAT)]


def _identity(substance: dict[str, Any], salt: dict[str, Any] | None) -> list[tuple[str, str]]:
    pairs = [
        ("CAS", substance["cas"] or "none asserted"),
        ("HS", substance["hs"] or "not known"),
        (
            "Formula",
            f"{substance['formula']}, {substance['molar_mass']} g/mol" if substance["formula"] else "not known",
        ),
        ("Names", "; ".join(substance["names"])),
        ("Remarks", substance["remarks"]),
        ("Known", f"{_confidence(substance['confidence'])}: {'; '.join(substance['sources'])}"),
    ]
    trade = substance["licit_trade"]
    if trade is not None and trade["claim"] != "none-known":
        pairs.append(("Licit trade", f"{trade['claim']}: {trade['remarks'] or 'as said'} ({_known(trade)})"))
    if salt is not None:
        pairs[0] = ("CAS", f"{salt['cas'] or 'none asserted'} (the base: {substance['cas'] or 'none asserted'})")
    return [pair for pair in pairs if pair[1]]


def _factors(salt: dict[str, Any]) -> list[tuple[str, str]]:
    pairs = [("CAS", salt["cas"] or "none asserted"), ("Names", "; ".join(salt["names"]))]
    computed = salt["base_factor"]
    pairs.append(("Base factor", f"{computed} from molar masses" if computed else "undetermined"))
    for stated in salt["stated_factors"]:
        pairs.append((f"Stated, {stated['jurisdiction']}", f"{stated['factor']} ({_known(stated)})"))
    pairs += [("Remarks", salt["remarks"]), ("Known", _known(salt))]
    return [pair for pair in pairs if pair[1]]


def _on_a_day(match: dict[str, Any], on: str) -> list[str]:
    pairs = []
    for item in match["standings"]:
        listing = item["listing"]
        status = _STATUS[item["status"]] or f"{listing['class']} since {listing['in_force_from']}"
        if item["confidence"] and not item["verified"]:
            status = f"said to be {status}"
        parts = [status]
        if item["confidence"]:
            parts.append(_confidence(item["confidence"]))
        if item["why"]:
            parts.append(item["why"])
        if listing is not None and item["status"] != UNDETERMINED:
            parts += [listing["remarks"], f"sources: {'; '.join(listing['sources'])}"]
        pairs.append((_list(item), "; ".join(part for part in parts if part)))
    return [f"On {on}", *rows(pairs, "  ")]


def _all_listings(match: dict[str, Any]) -> list[str]:
    if not match["listings"]:
        return ["Listings: none in the data, which holds only a part of the national lists"]
    pairs = []
    for item in match["listings"]:
        text = f"{item['class'] or 'taken off'} from {item['in_force_from']}; class {_confidence(item['confidence'])}"
        if item["date_confidence"] != item["confidence"]:
            text += f"; date {_confidence(item['date_confidence'])}"
        more = "; ".join(part for part in (item["remarks"], f"sources: {'; '.join(item['sources'])}") if part)
        pairs.append((_list(item), f"{text}; {more}"))
    return ["Listings", *rows(pairs, "  ")]


def _list(item: dict[str, Any]) -> str:
    """A list's name; the jurisdiction is told apart only where the name does not begin with it."""
    name, jurisdiction = str(item["list"]), str(item["jurisdiction"])
    return jurisdiction if name == jurisdiction.lower() else f"{jurisdiction}, {name}"


def _known(backed: dict[str, Any]) -> str:
    return f"{_confidence(backed['confidence'])}: {'; '.join(backed['sources'])}"


def _confidence(letter: str) -> str:
    return f"{letter} ({CONFIDENCE[letter]})"


def _codes(item: dict[str, str]) -> str:
    codes = (f"CAS {item['cas']}" if item["cas"] else "", f"HS {item['hs']}" if item["hs"] else "")
    return ", ".join(code for code in codes if code)
