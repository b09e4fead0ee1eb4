"""What a witness must never forget: the furthest that it has cosigned, so that it never cosigns anything else there.

The file is text, replaced by rename and synced before a cosignature leaves the house:

    lotchain-witness/v1
    <origin>
    <size>
    <root, base64>
    <seconds since 1970 of the newest cosignature>
    <milliseconds since 1970 when the log was last seen in order>
    <SHA-256 of the six lines above, hexadecimal>
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lotchain.core.encodings import b64decode, b64encode, parse_uint
from lotchain.errors import Malformed, StoreError

_FIRST_LINE = "lotchain-witness/v1"
_LONGEST = 4_096
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Remembered:
    """The newest checkpoint that was cosigned, when, and when the log was last seen in order.

    `cosigned_s` is in seconds since 1970, as cosignatures state it; `seen_ms` in milliseconds.
    """

    origin: str
    size: int
    root: bytes
    cosigned_s: int
    seen_ms: int


class Memory(Protocol):
    """Where a witness keeps it."""

    def read(self) -> Remembered | None:
        """What was written last, or None for a witness that has never cosigned.

        Raises `StoreError` `witness-memory`, when it is damaged or cannot be read.
        """

    def write(self, remembered: Remembered) -> None:
        """Keep it; on the disk when this returns. Raises `StoreError` `witness-memory`."""


class LivingMemory:
    """A memory that ends with the process: for tests and demonstrations."""

    def __init__(self) -> None:
        self._remembered: Remembered | None = None

    def read(self) -> Remembered | None:
        """See `Memory.read`."""
        return self._remembered

    def write(self, remembered: Remembered) -> None:
        """See `Memory.write`."""
        self._remembered = remembered


class FileMemory:
    """A memory in a file."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)

    def read(self) -> Remembered | None:
        """See `Memory.read`. A damaged file is never taken for a fresh witness."""
        try:
            with self._path.open("rb") as file:
                data = file.read(_LONGEST + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._fault(f"cannot be read: {error.strerror}") from error
        return self._parsed(data)

    def _parsed(self, data: bytes) -> Remembered:
        try:
            first, origin, size, root, cosigned, seen, _, _ = data.decode("utf-8").split("\n")
            if first == _FIRST_LINE:
                numbers = [parse_uint(text, max_value=_LARGEST) for text in (size, cosigned, seen)]
                remembered = Remembered(origin, numbers[0], b64decode(root), numbers[1], numbers[2])
                if _encoded(remembered) == data:
                    return remembered
        except (ValueError, Malformed):  # UnicodeDecodeError is a ValueError
            pass
        raise self._fault("is damaged, or of another version")

    def write(self, remembered: Remembered) -> None:
        """See `Memory.write`."""
        unfinished = self._path.with_name(self._path.name + "-new")
        try:
            with unfinished.open("wb") as file:
                file.write(_encoded(remembered))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(self._path)
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as error:
            raise self._fault(f"cannot be written: {error.strerror}") from error

    def _fault(self, what: str) -> StoreError:
        return StoreError(
            "witness-memory",
            f"the witness's memory {self._path} {what}",
            remedy="do not begin anew: bring back the newest copy, or retire this witness's key",
        )


def _encoded(remembered: Remembered) -> bytes:
    lines = (
        _FIRST_LINE,
        remembered.origin,
        str(remembered.size),
        b64encode(remembered.root),
        str(remembered.cosigned_s),
        str(remembered.seen_ms),
    )
    body = ("\n".join(lines) + "\n").encode("utf-8")
    return body + hashlib.sha256(body).hexdigest().encode("ascii") + b"\n"
