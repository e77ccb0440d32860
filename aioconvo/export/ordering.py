"""Which way the messages of a walk come, and pages turned to oldest first. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from aioconvo.inbox.base import Inbox
from aioconvo.inbox.models import Message
from aioconvo.inbox.walk import Order

__all__ = ["Ordering"]


class Ordering:
    """The order of one walk; where the API documents none, the first page whose times differ tells it.

    `newest_first` is `None` until then, and pages are taken as they come.
    """

    def __init__(self, newest_first: bool | None = None) -> None:
        self.newest_first = newest_first

    @classmethod
    def of(cls, inbox: Inbox) -> Ordering:
        """That in which an inbox gives messages unless it is asked for another."""
        orders = inbox.capabilities.message_orders
        return cls(orders[0] is Order.NEWEST_FIRST if orders else None)

    def oldest_first(self, page: Sequence[Message]) -> Sequence[Message]:
        """The page's messages from the oldest to the newest; those of one time as the API has them."""
        if self.newest_first is None:
            times = [one.sent_at for one in page if one.sent_at is not None]
            if times and times[0] != times[-1]:
                self.newest_first = times[0] > times[-1]
        return page[::-1] if self.newest_first else page
