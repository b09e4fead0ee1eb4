"""A value with some members changed, whether it is a dataclass or a named tuple."""

from __future__ import annotations

import dataclasses
from typing import Any


def replace(value: Any, **changes: Any) -> Any:
    if isinstance(value, tuple):
        return value._replace(**changes)  # type: ignore[attr-defined]
    return dataclasses.replace(value, **changes)
