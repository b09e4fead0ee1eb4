"""Reading and writing the files that a command names: small ones, whole, and with words when it does not work."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from lotchain.errors import Malformed, UsageError


def read_file(path: Path | str, *, most: int, what: str) -> bytes:
    """A whole file of at most `most` bytes; `-` is the standard input.

    Raises:
        UsageError: `input-missing`, `input-unreadable`.
        Malformed: `too-large`.

    """
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(most + 1)
        else:
            with Path(path).open("rb") as file:
                data = file.read(most + 1)
    except FileNotFoundError:
        raise UsageError(
            "input-missing", f"there is no such {what}", found=str(path), remedy="check the name of the file"
        ) from None
    except OSError as fault:
        raise UsageError(
            "input-unreadable", f"the {what} cannot be read", found=f"{path}: {fault.strerror}",
            remedy="check what the name means and who may read it",
        ) from None  # fmt: skip
    if len(data) > most:
        raise Malformed("too-large", f"the {what} is too large", expected=f"at most {most} bytes", found=str(path))
    return data


def write_new(path: Path | str, data: bytes, *, what: str, private: bool = False) -> None:
    """Write a file that is not there yet, or replace one of the same bytes.

    Args:
        path: where.
        data: its bytes.
        what: what it is, for the message.
        private: only its owner may read it.

    Raises:
        UsageError: `output-exists`, `output-unwritable`.

    """
    target = Path(path)
    try:
        if target.is_file() and target.read_bytes() == data:
            return
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600 if private else 0o666)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise UsageError(
            "output-exists", f"the {what} would overwrite another file", found=str(path), remedy="choose another name"
        ) from None
    except OSError as fault:
        raise UsageError(
            "output-unwritable", f"the {what} cannot be written", found=f"{path}: {fault.strerror}"
        ) from None
