"""What happens in a Convore account, as its list of events tells it: it is polled, there are no webhooks."""

from __future__ import annotations

from aioconvo.events.unknown import UnknownEvent

from .natives import PolledEvent
from .polls import Following, poll
from .reading import read
from .sharing import neutral

__all__ = ["Following", "PolledEvent", "UnknownEvent", "neutral", "poll", "read"]
