"""The state of a conversation: a struct of the user's, as bytes in the store. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from aioconvo.core.access import settings
from aioconvo.core.errors import AioconvoError, ConfigurationError

__all__ = ["Migrate", "StateError", "StateSchema"]

T = TypeVar("T")

Migrate = Callable[[int, Any], Any]
"""Makes the plain values of a state that an older version wrote into those of this one; told that version first."""


class StateError(AioconvoError, ValueError):
    """The state of a conversation cannot be read as the struct that it has today; nothing of it is in the message."""


class StateSchema(Generic[T]):
    """How states are kept: `[version, state]` in JSON.

    A conversation without a state has one of all defaults. Fields that are new since a state was written get their defaults.
    What changed otherwise takes a higher `version` and `migrate`.
    """

    def __init__(self, kind: type[T], *, version: int = 1, migrate: Migrate | None = None) -> None:
        settings.count("state_version", version, least=1)
        if migrate is not None:
            settings.plain_function("migrate", migrate)
        self.kind = kind
        self._version = version
        self._migrate = migrate
        self._row = msgspec.json.Decoder(tuple[int, msgspec.Raw])
        wanted = f"state={getattr(kind, '__name__', kind)!s} must be a msgspec.Struct whose fields all have defaults"
        if not _is_struct(kind):
            raise ConfigurationError(wanted)
        try:
            self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)
            self._decoder.decode(msgspec.json.encode(kind()))
        except (TypeError, msgspec.MsgspecError) as error:
            raise ConfigurationError(f"{wanted}: {error}") from None  # which names the field

    def read(self, raw: bytes | None) -> T:
        """The state that was kept; a new one where there is none.

        Raises:
            StateError: It is of a newer version, or does not fit, or `migrate` failed.
        """
        if raw is None:
            return self.kind()
        try:
            version, kept = self._row.decode(raw)
        except msgspec.MsgspecError:
            raise StateError("what is kept is not the state of a conversation") from None
        if version > self._version:
            raise StateError(f"it is of version {version}, and this program knows {self._version}: run the newer program")
        try:
            return self._decoder.decode(kept) if version == self._version else self._migrated(version, kept)
        except msgspec.MsgspecError as error:
            raise StateError(f"version {version} of it does not fit {self.kind.__name__} ({_place(error)})") from None

    def _migrated(self, version: int, kept: msgspec.Raw) -> T:
        if self._migrate is None:
            return self._decoder.decode(kept)
        try:
            plain = self._migrate(version, msgspec.json.decode(kept))
        except Exception as error:  # the user's function, whose words may hold parts of the state
            raise StateError(f"migrate failed on version {version} with {type(error).__name__}") from error
        return plain if isinstance(plain, self.kind) else msgspec.convert(plain, self.kind)

    def write(self, state: T) -> bytes:
        """The state as it is kept."""
        return msgspec.json.encode((self._version, state))


def _is_struct(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _place(error: Exception) -> str:
    """Where it does not fit: msgspec tells types and fields, which are the program's own, and for enums the value."""
    words = str(error)
    return words.rpartition(" - at ")[2] if " - at " in words else type(error).__name__
