"""Every exception that lotchain raises on purpose, in one tree.

    LotchainError
    ├── Malformed      input that cannot be read as what it claims to be
    ├── Refusal        the judge says no to a statement; nothing was stored
    ├── StoreError     the store is missing, full, corrupt, rolled back or read-only
    ├── SigningError   a private key cannot be read or used
    └── UsageError     the caller asked for something that makes no sense

Each carries a stable `code` (lower-case words joined by hyphens), and says what was read, what was expected and
what to do. No message ever holds a private key or the plain text of a hidden field.
"""

from __future__ import annotations

_SHOWN = 120


def shown(value: object) -> str:
    """What was found, safe to print: escaped, and cut to 120 characters."""
    text = value if isinstance(value, str) else repr(value)
    printable = text
    if not text.isprintable():
        printable = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return printable if len(printable) <= _SHOWN else printable[: _SHOWN - 1] + "…"


class LotchainError(Exception):
    """What was read, what was expected, what was found and what to do, under a stable code."""

    def __init__(
        self, code: str, what: str, *, expected: str = "", found: object = "", remedy: str = "", field: str = ""
    ) -> None:
        self.code = code
        self.what = what
        self.expected = expected
        self.found = shown(found) if found != "" else ""
        self.remedy = remedy
        self.field = shown(field)  # its last part may be a name that stood in the input
        super().__init__(code, what)

    def __str__(self) -> str:
        parts = [f"{self.code}: {self.field + ': ' if self.field else ''}{self.what}"]
        if self.expected:
            parts.append(f"expected {self.expected}")
        if self.found:
            parts.append(f"found {self.found}")
        if self.remedy:
            parts.append(self.remedy)
        return "; ".join(parts)

    def as_json(self) -> dict[str, str]:
        """The same answer for machines; empty members are left out."""
        members = {
            "code": self.code,
            "field": self.field,
            "what": self.what,
            "expected": self.expected,
            "found": self.found,
            "remedy": self.remedy,
        }
        return {name: value for name, value in members.items() if value}


class Malformed(LotchainError):
    """Input that cannot be read as what it claims to be; the one error type of every parser."""

    def within(self, field: str) -> Malformed:
        """The same fault, its field named from further outside: `within("lines[2]")`."""
        joined = f"{field}.{self.field}" if self.field else field
        return Malformed(
            self.code, self.what, expected=self.expected, found=self.found, remedy=self.remedy, field=joined
        )


class Refusal(LotchainError):
    """The judge does not accept a statement. `retryable` tells *unknown yet* from *never*."""

    def __init__(self, code: str, what: str, *, retryable: bool = False, **rest: str) -> None:
        super().__init__(code, what, **rest)
        self.retryable = retryable


class StoreError(LotchainError):
    """The store cannot do what it promises; the code says why (`store-missing`, `store-full`, …)."""


class SigningError(LotchainError):
    """A private key cannot be read or used."""


class UsageError(LotchainError):
    """The caller asked for something that makes no sense here."""
