"""Secrets that requests to webhooks prove themselves by: compared as bytes, in constant time, all of them."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

from aioconvo.core.access.settings import secret
from aioconvo.core.errors import ConfigurationError

__all__ = ["Secrets"]


class Secrets:
    """One secret, or several while they are changed: a request with any of them passes.

    Raises:
        ConfigurationError: There is none, or one is empty or cannot be what a header carries; the message names which.
    """

    __slots__ = ("_secrets",)

    def __init__(self, name: str, given: Sequence[str], meaning: str, *, least: int = 1) -> None:
        if isinstance(given, str | bytes) or not isinstance(given, Sequence):  # pyright: ignore[reportUnnecessaryIsInstance] -- for callers without a type checker
            raise ConfigurationError(f"{name} must be a list, such as {name}=[...]; got {type(given).__name__}")
        if not given:
            raise ConfigurationError(f"{name} is empty, and nothing would be accepted: give {meaning}")
        self._secrets = tuple(secret(f"{name}[{place}]", one, meaning).encode() for place, one in enumerate(given))
        for place, one in enumerate(self._secrets):
            if len(one) < least:
                raise ConfigurationError(
                    f"{name}[{place}] has fewer than {least} characters, and could be guessed: give {meaning}"
                )

    def __len__(self) -> int:
        return len(self._secrets)

    def __repr__(self) -> str:
        return f"<{len(self._secrets)} secrets>"

    def __reduce__(self) -> str:
        raise TypeError("secrets are not pickled: make the webhook anew where it is needed")

    def match(self, given: bytes) -> bool:
        """Whether this is one of them. The time it takes does not depend on what is given, nor on which one it is."""
        found = False
        for one in self._secrets:
            # The time is that of the second one's length: who sends much does not cost much.
            found |= hmac.compare_digest(given, one)
        return found
