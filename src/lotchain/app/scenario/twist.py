"""A twist (`lotchain-scenario-twist/1`): a scenario that differs from another one by a few edits, each with its reason.

Edits are applied in order to the content of the base before it is read, so that what comes out is checked like any
scenario. An edit that meets nothing is an error: a twist that changes nothing would show nothing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from lotchain.app.scenario.reading import Checked, read_file
from lotchain.app.scenario.script import FORMAT as SCENARIO
from lotchain.app.scenario.script import TREATY, Script, script_of
from lotchain.errors import Malformed

FORMAT = "lotchain-scenario-twist/1"
BETWEEN = "--"
"""Between the name of a scenario and that of its twist."""

Parts = list[dict[str, Any]]


def base_of(name: str) -> str:
    """The scenario of which `name` is a twist; the empty text where it is none."""
    base, between, _ = name.partition(BETWEEN)
    return base if between else ""


def read_twist(data: bytes, base: bytes) -> Script:
    """Read a twist's file and apply it to its base, a scenario's file.

    The script's `lies` are gone: they speak of steps that need not be there.

    Raises:
        Malformed: `twist-edit` for an edit that meets nothing or does not read; `scenario-format` and the others of
            `read_script`, about what comes out.

    """
    from_base = read_file(base, SCENARIO)
    twist = Checked(
        read_file(data, FORMAT), "twist", required="format base twist title about edits", optional="treaty rule_sets"
    )
    name = twist.text("base")
    if from_base.get("name") != name:
        raise Malformed("twist-edit", "this is a twist of another scenario", expected=name, field="base")
    content = {**from_base, "name": f"{name}{BETWEEN}{twist.text('twist')}"}
    content |= {member: twist.text(member) for member in ("title", "about")}
    if "rule_sets" in twist.names():
        content["rule_sets"] = twist.list_of("rule_sets")
        if content["rule_sets"] == from_base.get("rule_sets", []):
            raise Malformed("twist-edit", "the base says so already", field="rule_sets")
    if "treaty" in twist.names():
        content["treaty"] = twist.one_of("treaty", TREATY)
        if content["treaty"] == from_base.get("treaty"):
            raise Malformed("twist-edit", "the base says so already", field="treaty")
    content.pop("lies", None)
    told = []
    edits = twist.list_of("edits")
    if not edits:
        raise Malformed("twist-edit", "a twist changes something", field="edits")
    for i, edit in enumerate(edits):
        told.append(_apply(content, edit, f"edits[{i}]"))
    return replace(script_of(content), edits=tuple(told))


def _apply(content: dict[str, Any], edit: Any, field: str) -> str:
    """One edit on `content["steps"]`; its reason."""
    kinds = [kind for kind in _EDITS if type(edit) is dict and kind in edit]
    if len(kinds) != 1:
        raise Malformed("twist-edit", "an edit is one of these, and not two", expected=", ".join(_EDITS), field=field)
    return _EDITS[kinds[0]](content["steps"], edit, field)


def _place(parts: Parts, name: str, field: str) -> int:
    places = [i for i, part in enumerate(parts) if type(part) is dict and part.get("as") == name]
    if not places:
        raise Malformed("twist-edit", "the edit names a part that is not there", found=name, field=field)
    return places[0]


def _replace(parts: Parts, edit: Any, field: str) -> str:
    """A whole part in another's place, under the same name."""
    checked = Checked(edit, field, required="replace with why")
    name, part = checked.text("replace"), checked.mapping("with")
    at = _place(parts, name, field)
    if part.get("as") != name or part == parts[at]:
        raise Malformed("twist-edit", "the new part has the same name, and differs", expected=name, field=field)
    parts[at] = part
    return checked.text("why")


def _remove(parts: Parts, edit: Any, field: str) -> str:
    """Parts that never happen."""
    checked = Checked(edit, field, required="remove why")
    if not checked.texts("remove"):
        raise Malformed("twist-edit", "nothing is named", field=field)
    for name in checked.texts("remove"):
        del parts[_place(parts, name, field)]
    return checked.text("why")


def _insert(parts: Parts, edit: Any, field: str) -> str:
    """Parts after a named one."""
    checked = Checked(edit, field, required="insert-after parts why")
    new = checked.list_of("parts")
    if not new:
        raise Malformed("twist-edit", "nothing is inserted", field=field)
    at = _place(parts, checked.text("insert-after"), field) + 1
    parts[at:at] = new
    return checked.text("why")


def _end(parts: Parts, edit: Any, field: str) -> str:
    """All that follows a named part is gone, and other parts stand there, if any."""
    checked = Checked(edit, field, required="end-after why", optional="parts")
    at = _place(parts, checked.text("end-after"), field) + 1
    if at == len(parts):
        raise Malformed("twist-edit", "nothing follows that could end", field=field)
    parts[at:] = checked.list_of("parts")
    return checked.text("why")


def _change(parts: Parts, edit: Any, field: str) -> str:
    """Members of one part, by JSON pointers (RFC 6901) into it: `set` what is there, `add` what is not, `drop`."""
    checked = Checked(edit, field, required="change why", optional="set add drop")
    at = _place(parts, checked.text("change"), field)
    part = copy.deepcopy(parts[at])
    for pointer, value in checked.mapping("set").items():
        owner, key = _member(part, pointer, field, there=True)
        if owner[key] == value:
            raise Malformed("twist-edit", "it has that value already", found=pointer, field=field)
        owner[key] = value
    for pointer, value in checked.mapping("add").items():
        owner, key = _member(part, pointer, field, there=False)
        if type(owner) is list:
            owner.insert(key, value)
        else:
            owner[key] = value
    for pointer in checked.texts("drop"):
        owner, key = _member(part, pointer, field, there=True)
        del owner[key]
    if part == parts[at] or part.get("as") != parts[at]["as"]:
        raise Malformed("twist-edit", "a change changes something, and never the name", field=field)
    parts[at] = part
    return checked.text("why")


def _member(part: Any, pointer: str, field: str, *, there: bool) -> tuple[Any, Any]:
    """The object or list that holds what a pointer names, and its key there."""
    fault = Malformed("twist-edit", "the pointer names no such place", found=pointer, field=field)
    names = [name.replace("~1", "/").replace("~0", "~") for name in pointer.split("/")[1:]]
    if not pointer.startswith("/"):
        raise fault
    owner, key = part, _key(part, names[0], fault)
    for name in names[1:]:
        owner = _value(owner, key, fault)
        key = _key(owner, name, fault)
    exists = key in owner if type(owner) is dict else key < len(owner)
    if exists != there or (type(owner) is list and key > len(owner)):
        raise fault
    return owner, key


def _key(owner: Any, name: str, fault: Malformed) -> Any:
    if type(owner) is dict:
        return name
    if type(owner) is list and name.isascii() and name.isdigit() and str(int(name)) == name:
        return int(name)
    raise fault


def _value(owner: Any, key: Any, fault: Malformed) -> Any:
    if (type(owner) is dict and key not in owner) or (type(owner) is list and key >= len(owner)):
        raise fault
    return owner[key]


_EDITS: Mapping[str, Callable[[Parts, Any, str], str]] = {
    "replace": _replace,
    "remove": _remove,
    "insert-after": _insert,
    "end-after": _end,
    "change": _change,
}
