"""Phone numbers as the emulated SMS.CX takes them."""

from __future__ import annotations

from typing import Final

__all__ = ["country_of", "number_of"]

_CODES: Final = {"FR": "+33", "GB": "+44", "DE": "+49"}  # of the numbers that may be written as their country writes them
_SHORTEST, _LONGEST = 7, 15


def number_of(written: str, country: str | None) -> str | None:
    """A number in E.164, `None` where it is none."""
    if not written.startswith("+") and country is not None and country.upper() in _CODES:
        written = _CODES[country.upper()] + written.removeprefix("0")
    digits = written.removeprefix("+")
    good = written.startswith("+") and digits.isdecimal() and digits.isascii() and _SHORTEST <= len(digits) <= _LONGEST
    return written if good else None


def country_of(number: str) -> str:
    """The country of a number in E.164; `ZZ` is none."""
    return next((country for country, code in _CODES.items() if number.startswith(code)), "ZZ")
