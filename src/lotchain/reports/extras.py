"""The optional libraries that papers, labels and spreadsheets need, loaded when one is really printed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from lotchain.errors import UsageError


def extra(module: str) -> Any:
    """A module of the extra `reports`.

    Raises:
        UsageError: `extra-missing`, where it is not installed.

    """
    try:
        return import_module(module)
    except ImportError:
        raise UsageError(
            "extra-missing",
            "papers, labels and spreadsheets need libraries that are not installed",
            expected=module.partition(".")[0],
            remedy='install the extra: pip install "lotchain[reports]"',
        ) from None
