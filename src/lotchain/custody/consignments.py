"""A consignment's state, and what each of its lots keeps of it: the declared route and who is to receive them.

A lot copies what later judgements on it need (route, final consignees), so that judging a lot never reads the
consignment: effects are per subject.
"""

from __future__ import annotations

from collections.abc import Iterable

from lotchain.custody.case import State


def new_consignment(
    consignment: str,
    *,
    exporter: str,
    importer: str,
    final: Iterable[str],
    route: Iterable[str],
    lots: Iterable[str],
    mode: str,
    by: str,
) -> State:
    """A consignment just declared.

    Args:
        consignment: its id.
        exporter: the party that sends it out of its country.
        importer: the party that takes it in.
        final: the parties at which it is delivered.
        route: UN/LOCODEs in travelling order.
        lots: the lots in it.
        mode: how it mainly travels.
        by: the custodian that declares it.

    """
    return {
        "kind": "consignment",
        "consignment": consignment,
        "exporter": exporter,
        "importer": importer,
        "final": sorted(final),
        "route": list(route),
        "lots": sorted(lots),
        "mode": mode,
        "by": by,
        "status": "declared",
    }


def consigned(
    state: State, consignment: str, *, by: str, importer: str, final: Iterable[str], route: Iterable[str]
) -> State:
    """The lot under way in a consignment."""
    record = {
        "id": consignment,
        "by": by,
        "importer": importer,
        "final": sorted(final),
        "route": list(route),
    }
    return {**state, "consignment": record, "delivered": False}
