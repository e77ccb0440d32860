"""Settings from environment variables."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from aioconvo.core.errors import ConfigurationError

__all__ = ["Environment"]


class Environment:
    """The variables of one provider: `AIOCONVO_<PROVIDER>_<NAME>`."""

    def __init__(self, provider: str, variables: Mapping[str, str] | None = None) -> None:
        self._prefix = f"AIOCONVO_{provider.upper()}_"
        self._variables = os.environ if variables is None else variables

    def name(self, name: str) -> str:
        """The full name of a variable."""
        return self._prefix + name

    def get(self, name: str) -> str | None:
        """A variable's value; `None` when it is not set or empty."""
        return self._variables.get(self.name(name), "").strip() or None

    def require(self, *needed: tuple[str, str], instead: str = "") -> None:
        """Refuse unless all of these variables are set, each with what it should hold.

        Raises:
            ConfigurationError: Some are not set or empty; the message names every one, and what may be set `instead`.
        """
        missing = [f"{self.name(name)} to {meaning}" for name, meaning in needed if self.get(name) is None]
        if missing:
            raise ConfigurationError(f"set {' and '.join(missing)}{instead}")

    def given(self, *names: str) -> dict[str, Any]:
        """The variables that are set, by the names of the arguments that they stand for: `BASE_URL` for `base_url`."""
        return {name.lower(): value for name in names if (value := self.get(name)) is not None}
