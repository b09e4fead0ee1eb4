"""Names of new lots: under the party that creates them, so that nobody squats on another's."""

from __future__ import annotations

from lotchain.custody.findings import refusal

LOT_NAME_FOREIGN = refusal(
    "lot-name-foreign",
    "a new lot is named under the party that creates it",
    "name it lot:<your party>/<local number>",
)
LOT_CYCLE = refusal("lot-cycle", "a lot would come from itself", "choose an unused local number for the new lot")
