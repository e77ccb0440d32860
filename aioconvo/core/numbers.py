"""What is a number in an argument or a setting, and how numbers are told."""

from __future__ import annotations

import sys
from typing import TypeGuard

__all__ = ["counted", "is_number", "shown"]


def is_number(value: object) -> TypeGuard[float]:
    """Whether it is one; `True` and `False` are none here."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def counted(number: int, noun: str) -> str:
    """`1 message`, `2 messages`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def shown(value: object) -> str:
    """A value as errors may tell it: numbers as they are; of all else, which may be secret, the type."""
    if isinstance(value, int) and abs(value) > sys.maxsize:
        return "a number without bounds"
    return f"{value}" if value is None or isinstance(value, int | float) else type(value).__name__
