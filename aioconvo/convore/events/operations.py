"""Events of Convore, as the API lists them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

from aioconvo.convore.models.events import Event, EventObject, EventType
from aioconvo.convore.pages import EventPage, event_pager
from aioconvo.core.access.settings import kind
from aioconvo.core.answers.identity import Check, all_about, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between, Time, not_both, not_empty
from aioconvo.core.paging.paginator import AsyncPaginator

if TYPE_CHECKING:
    from aioconvo.events.polling import Polling

    from .polls import Following


def _is(event_id: str) -> Check:
    return names("event", "id", event_id)


def _all_are_about(object_id: str | None) -> Check | None:
    return partial(_check_page, object_id) if object_id else None


def _check_page(object_id: str, page: EventPage) -> None:
    all_about("object", object_id, [getattr(event, "object_id", None) for event in page.data])


class Events(APIResource):
    """What happened: messages that came and went, conversations that were filed or labelled."""

    __slots__ = ()

    @operation("GET /v1/events/{event_id}", Effect.READ, name="get_event", expect=_is)
    async def get(self, event_id: str) -> Event:
        """Fetch one event.

        Raises:
            NotFoundError: No such event.
        """
        ...

    def follow(
        self, *, types: Sequence[EventType | str] | None = None, position: str | None = None, polling: Polling | None = None
    ) -> Following:
        """Follow what happens: `async for event in convore.events.follow(position=load())`.

        New events, all of them or those of the given types, come oldest first, each once, also where they appear late in the
        list. `event.position` is text to store; a later `follow` goes on exactly after that event, in any process. Without
        a position it is what happens from now on. The list is asked for while somebody waits for the next event, every second
        at first (`polling=Polling(every=...)`). Failures that may pass are waited out.

        Raises:
            InvalidRequestError: `types` is empty or a text, or the position is none of these events; nothing was sent.
            ConfigurationError: `polling` is no `Polling`.
            AuthenticationError: The key is wrong (when iterated; likewise all that asking again would not change).
        """
        from aioconvo.events.polling import Polling  # noqa: PLC0415 -- as the next line

        from .polls import Following  # noqa: PLC0415 -- with all that makes events; who sends messages needs none of it

        if types is not None:
            if isinstance(types, str):
                raise InvalidRequestError(f"types must be a list, such as types=[{str(types)!r}]; got a text")
            types = tuple(types)
            not_empty("types", types)
        settings = Polling() if polling is None else polling
        kind("polling", settings, Polling, "a Polling, such as Polling(every=1.0)")
        return Following(self._client, settings, types, position)

    @listing("GET /v1/events", event_pager, name="list_events", check=not_both("type", "types"), expect=_all_are_about)
    def list(
        self,
        *,
        types: Annotated[Sequence[EventType | str], not_empty] | None = None,
        type: EventType | str | None = None,  # noqa: A002 -- the API's own word
        object_id: str | None = None,
        object_type: EventObject | str | None = None,
        created_at_before: Time | None = None,
        created_at_after: Time | None = None,
        page_size: Annotated[int, Between(1, 500), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Event]:
        """List events, all of them or those that pass every filter given.

        Their order, whether the bounds of times are inclusive, how long events are kept and how late one may appear is not
        documented. `page_size` is events a request (the API's default is not documented), `limit` bounds them in all, `start`
        is a page's `position` or the API's own `cursor`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules, or a list of them is empty; nothing was sent.
        """
        ...
