"""The five providers: the only list of them. Nothing of a provider is loaded before it is asked for."""

from __future__ import annotations

import enum
import importlib
from typing import Any

__all__ = ["Provider"]


_SPELLED = {"ultracart": "UltraCart"}  # where the names of classes do not begin with the name in one word


class Provider(enum.StrEnum):
    """Which API something came from; the same text as `client.provider`, and the name of its folder."""

    SMSCX = "smscx"
    SUNSHINE = "sunshine"
    SMOOCH = "smooch"
    CONVORE = "convore"
    ULTRACART = "ultracart"

    @property
    def word(self) -> str:
        """What the names of its classes begin with."""
        return _SPELLED.get(self, self.capitalize())

    @property
    def client(self) -> Any:
        """The class of its clients."""
        return getattr(importlib.import_module(f"aioconvo.{self}"), f"{self.word}Client")

    @property
    def operations(self) -> Any:
        """What its clients can do."""
        return importlib.import_module(f"aioconvo.{self}.catalogue").OPERATIONS

    @property
    def inbox(self) -> Any:
        """The class of its inboxes."""
        return getattr(importlib.import_module(f"aioconvo.{self}.inbox"), f"{self.word}Inbox")

    @property
    def events(self) -> Any:
        """The module of its events: `read(account, raw)` makes them of JSON, `neutral(incoming)` shares them."""
        return importlib.import_module(f"aioconvo.{self}.events")

    @property
    def missed(self) -> Any:
        """`missed(conversation, message)`: JSON by which a message of the inbox would have come as an event."""
        return importlib.import_module(f"aioconvo.{self}.missed").delivery_of

    @property
    def replies(self) -> Any:
        """The class that answers events of its clients."""
        return getattr(importlib.import_module(f"aioconvo.{self}.replies"), f"{self.word}Replies")

    @property
    def sandbox(self) -> Any:
        """The class that stands in for its API in a sandbox."""
        return getattr(importlib.import_module(f"aioconvo.sandbox.{self}.routes"), f"{self.word}Sandbox")
