"""CAS registry numbers: their form and their check digit.

A number is two to seven digits without a leading zero, two digits and a check digit, joined by hyphens: `108-24-7`.
The check digit finds every swap of two unequal neighbours before it and most single wrong digits (those of an even
weight can slip through); it does not say that the number was ever given to a substance.
"""

from __future__ import annotations

import re
from typing import Final

from lotchain.errors import Malformed

_FORM: Final = r"[1-9][0-9]{1,6}-[0-9]{2}-[0-9]"


def cas_check_digit(number: str) -> bool:
    """Whether a CAS registry number's last digit checks: the others, weighted 1, 2, 3 … from the right, modulo 10.

    The number has the form already (`parse_cas` asks for both).
    """
    digits = number.replace("-", "")
    return sum(i * int(d) for i, d in enumerate(reversed(digits[:-1]), 1)) % 10 == int(digits[-1])


def is_cas_form(text: str) -> bool:
    """Whether a text is written like a CAS number, whatever its check digit says."""
    return len(text) <= 12 and re.fullmatch(_FORM, text) is not None


def parse_cas(text: str, field: str) -> str:
    """The number itself, once its form and its check digit are right.

    Raises:
        Malformed: `cas-format`, `cas-check-digit`.

    """
    if not is_cas_form(text):
        raise Malformed(
            "cas-format", "this is not a CAS number", expected="a number such as 108-24-7", found=text, field=field
        )
    if not cas_check_digit(text):
        raise Malformed(
            "cas-check-digit",
            "the CAS number's check digit is wrong",
            expected="a number whose last digit checks",
            found=text,
            remedy="copy the number again from the safety data sheet",
            field=field,
        )
    return text
