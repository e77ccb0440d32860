"""What is wrong with the body of an answer, as errors of our own: who makes a call turns them into what users see."""

from __future__ import annotations

from typing import Any

__all__ = ["BrokenBodyError", "UnfitError"]


class BrokenBodyError(Exception):
    """A body that cannot be used: `cut` means it was no complete JSON, so asking again may help."""

    def __init__(self, reason: str, *, cut: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cut = cut

    def __reduce__(self) -> tuple[Any, ...]:
        # What else a kind of it holds of the answer is not for pickles.
        return _broken_body, (self.reason, self.cut)


class UnfitError(Exception):
    """A body that does not fit in every part; the tolerant road may read it."""


def _broken_body(reason: str, cut: bool) -> BrokenBodyError:
    return BrokenBodyError(reason, cut=cut)
