"""`lotchain rules …`: treaty rules are data: what they are, what one says on given facts, whether a file is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lotchain.app.adopting import adopted_document, adoption, digest_of
from lotchain.app.rules import (
    JURISDICTIONS,
    MAX_FILE,
    Explained,
    Trace,
    check_file,
    explain_rule,
    rule_set,
    set_card,
)
from lotchain.cli.arguments import instant
from lotchain.cli.event_options import Making, event_options
from lotchain.cli.files import read_file, write_new
from lotchain.cli.lines import REMARKS
from lotchain.cli.making import bench
from lotchain.cli.options import PATH, example, json_option
from lotchain.cli.terminal import emit, paragraph, rows
from lotchain.core.instants import format_instant

_BASIS = {"V": "read in its source", "P": "read in part", "K": "known only from memory: at most a note"}
_MARK = {"true": "yes", "false": "NO ", "unknown": "?  "}


@click.group("rules")
def command() -> None:
    """Treaty rules: dated data, one set a jurisdiction; what they ask, and what is not examined."""


@command.command("show", epilog=example("lotchain rules show", "lotchain rules show US --event loss"))
@click.argument("jurisdiction", required=False, type=click.Choice(list(JURISDICTIONS), case_sensitive=False))
@click.option("--event", "events", multiple=True, help="Only rules asked at this event type, as hand-over. Repeat.")
@json_option
def show(jurisdiction: str | None, events: tuple[str, ...], as_json: bool) -> None:
    """List the rule sets that ship, or one set: its rules, their confidence, and what is not examined."""
    names = list(JURISDICTIONS) if jurisdiction is None else [jurisdiction]
    cards = [set_card(rule_set(name), events) for name in names]
    if jurisdiction is None:
        emit({"sets": cards}, _overview(cards), as_json=as_json)
    else:
        emit(cards[0], _set_lines(cards[0]), as_json=as_json)


@command.command("document", epilog=example("lotchain rules document US --out us-rules.json"))
@click.argument("jurisdiction", type=click.Choice(list(JURISDICTIONS), case_sensitive=False))
@click.option("--out", type=PATH, required=True, help="A new file.")
@json_option
def document(jurisdiction: str, out: Path, as_json: bool) -> None:
    """Write the document that an authority adopts: rules, lists and thresholds as they ship, to be read before."""
    data = adopted_document(jurisdiction)
    write_new(out, data, what="document")
    shown = {"file": str(out), "bytes": len(data), "sha256": digest_of(data)}
    emit(shown, [f"{out}  {len(data)} bytes", f"SHA-256 {shown['sha256']}"], as_json=as_json)


@command.command(
    "adopt",
    epilog=example(
        "lotchain rules adopt US --ledger ./ledger --key us.key",
        "lotchain rules adopt UN --notice '*' --ledger ./ledger --key mx.key",
    ),
)
@click.argument("jurisdiction", required=False, type=click.Choice(list(JURISDICTIONS), case_sensitive=False))
@click.option("--document", "file", type=PATH, help="Another document than the one that ships, from `rules document`.")
@click.option("--from", "since", help="Since when it is the law; not stated: now.")
@click.option("--lists-complete", is_flag=True, help="A substance that the document does not name is not listed.")
@click.option(
    "--notice",
    multiple=True,
    help="A substance (CAS number, or * for all) of whose export to your country you ask to be told before. Repeat.",
)
@REMARKS
@event_options
def adopt(
    making: Making,
    jurisdiction: str | None,
    file: Path | None,
    since: str | None,
    lists_complete: bool,
    notice: tuple[str, ...],
    remarks: str | None,
) -> None:
    """Adopt a rule set for your country: from now on the ledger asks its rules of what happens there.

    Only a national authority adopts, and only for its own country: its own law, the Union's where the country is a
    member, the Convention's. The statement names the document by its digest; the document is kept beside the log.
    """
    if jurisdiction is not None and file is None:
        data = adopted_document(jurisdiction)
    elif jurisdiction is None and file is not None:
        data = read_file(file, what="document", most=MAX_FILE)
    else:
        raise click.UsageError("name a jurisdiction whose set ships, or --document FILE")
    with bench(making) as here:
        begins = here.occurred if since is None else instant(since, base=here.now)
        event = adoption(
            data, in_force_from=format_instant(begins), complete=lists_complete, notice=tuple(notice) or None
        )
        here.finish_all([{**event, "remarks": remarks}], [(bytes.fromhex(digest_of(data)), data)])


@command.command(
    "explain",
    epilog=example("lotchain rules explain un-07-notice", "lotchain rules explain un-07-notice --facts facts.json"),
)
@click.argument("rule")
@click.option("--facts", "facts_file", type=PATH, help='A JSON object: {"pen_demanded": true, "pen_state": null}.')
@click.option("--rules", "rules_file", type=PATH, help="Another set's file, instead of those that ship.")
@json_option
def explain(rule: str, facts_file: Path | None, rules_file: Path | None, as_json: bool) -> None:
    """Show a rule as a tree of conditions, each with its value on the facts that you state.

    A fact that is not stated is unknown; one that is null is known not to be there.
    """
    told = explain_rule(
        rule,
        None if facts_file is None else read_file(facts_file, most=MAX_FILE, what="file of facts"),
        None if rules_file is None else read_file(rules_file, most=MAX_FILE, what="rule set"),
    )
    value: dict[str, Any] = {**told.card, "asks": dict(told.asks)}
    value |= {"applies": _tree(told.applies), "requires": _tree(told.requires)}
    if told.result is not None:
        value["result"] = told.result
    emit(value, _explained(told), as_json=as_json)


@command.command("check", epilog=example("lotchain rules check my-rules.json"))
@click.argument("file", type=PATH)
@json_option
def check(file: Path, as_json: bool) -> None:
    """Check a rule set's file, and run its cases.

    Every fault is told with its place: its form, facts, operators, sources, cases. Exit code 1 when it is not sound.
    """
    checked = check_file(read_file(file, most=MAX_FILE, what="rule set"))
    lines: list[str] = []
    for fault in checked.faults:
        lines.append(f"{fault.get('field', 'file')}: {fault['code']}: {fault['what']}")
        labels = (("expected", "expected"), ("found", "found"), ("remedy", "do"))
        lines += rows(((label, fault[name]) for name, label in labels if name in fault), "    ")
    if checked.card is not None:
        card = checked.card
        lines += [f"sound: {card['rules']} rules of {card['jurisdiction']}, {card['cases']} cases run", card["digest"]]
    else:
        lines.append(f"not sound: {len(checked.faults)} {'fault' if len(checked.faults) == 1 else 'faults'}")
    value = {"file": str(file), "sound": checked.card is not None, "faults": list(checked.faults)}
    emit(value | (checked.card or {}), lines, as_json=as_json)
    if checked.card is None:
        raise click.exceptions.Exit(1)


def _overview(cards: list[dict[str, Any]]) -> list[str]:
    lines: list[str] = []
    for card in cards:
        lines.append(f"{card['jurisdiction']}  {card['title']}")
        told = f"{len(card['rules'])} rules ({_counts(card)}); {len(card['not_examined'])} obligations not examined"
        lines += [f"    {told}", f"    {card['digest']}"]
    return lines


def _counts(card: dict[str, Any]) -> str:
    bases = [rule["basis"] for rule in card["rules"]]
    return ", ".join(f"{bases.count(basis)} {basis}" for basis in _BASIS)


def _set_lines(card: dict[str, Any]) -> list[str]:
    lines = [f"{card['jurisdiction']}  {card['title']} (status {card['edition']})", f"digest {card['digest']}"]
    lines += [*paragraph(card["note"]), ""]
    for rule in card["rules"]:
        lines.append(f"{rule['id']}  [{rule['basis']}, {rule['effect']}]  {', '.join(rule['events'])}")
        lines += paragraph(f"{rule['title']} ({rule['citation']})", "    ")
    lines += ["", "not examined:"]
    for gap in card["not_examined"]:
        lines += paragraph(f"{gap['obligation']} [{gap['basis']}] {gap['demand']}: {gap['reason']}", "  ")
    return lines


def _explained(told: Explained) -> list[str]:
    card = told.card
    lines = [card["id"], *paragraph(card["title"], "  ")]
    lines += rows(
        [
            ("citation", card["citation"]), ("confidence", f"{card['basis']}: {_BASIS[card['basis']]}"),
            ("source", card["source"]), ("asked at", ", ".join(card["events"])), ("if not so", card["effect"]),
            ("message", card["message"]), ("do", card["remedy"]),
        ],
        "  ",
    )  # fmt: skip
    for title, root in (("applies when", told.applies), ("requires", told.requires)):
        lines += [f"  {title}", *_branches(root, "    ")]
    if told.result is None:
        return [*lines, "  facts", *rows(told.asks, "    ")]
    lines.append(f"  {told.result['outcome']} ({told.result['reason']})")
    if told.result["missing"]:
        lines += rows([("missing", ", ".join(told.result["missing"]))], "  ")
    return lines


def _branches(node: Trace, indent: str) -> list[str]:
    lines = [f"{indent}{_MARK[node.truth]} {node.text}"]
    for part in node.parts:
        lines += _branches(part, indent + "    ")
    return lines


def _tree(node: Trace) -> dict[str, Any]:
    found: dict[str, Any] = {"condition": node.text, "value": node.truth.value}
    return found | ({"of": [_tree(part) for part in node.parts]} if node.parts else {})
