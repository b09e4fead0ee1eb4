"""The way to the treaty room, taken only where a rule set was adopted: a bundle without one pays nothing for it.

With the table of event types, it is one of two places where an import waits inside a function.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from importlib import import_module

from lotchain.custody.treaty_records import TreatyBooks


def books_of(documents: Iterable[bytes]) -> TreatyBooks:
    """The rule sets in these documents, ready to be asked."""
    by_digest = {hashlib.sha256(document).hexdigest(): document for document in documents}
    found: TreatyBooks = import_module("lotchain.treaty.books").Books(by_digest.get)
    return found
