"""Channels of Convore."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between, members_fit
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Channel, ChannelStatus, ConvoreMailChannel, ConvoreMailChannelChanges, NewSesChannel
from .more_pages import channel_pager


def _is(channel_id: str) -> Check:
    return names("channel", "id", channel_id)


class Channels(APIResource):
    """Addresses that conversations are held from."""

    __slots__ = ()

    @operation("POST /v1/channels", Effect.UNSAFE, name="create_channel", expect=names("channel", "id"))
    async def create(
        self,
        *,
        connector_id: str,
        name: str | UnsetType = UNSET,
        convore_mail: Annotated[ConvoreMailChannel, members_fit] | UnsetType = UNSET,
        ses: NewSesChannel | UnsetType = UNSET,
    ) -> Channel:
        """Make a channel through a connector.

        `convore_mail` goes with a connector of Convore's own mail, `ses` with one of Amazon's. A mailbox at Google becomes a
        channel when its owner allows access: `authorization_flows.create`.

        Raises:
        InvalidRequestError: The address is none of Convore's; nothing was sent.
            NotFoundError: No such connector.
            MaybeSentError: It is unknown whether the channel was made.
        """
        ...

    @operation("GET /v1/channels/{channel_id}", Effect.READ, name="get_channel", expect=_is)
    async def get(self, channel_id: str) -> Channel:
        """Fetch one channel.

        Raises:
            NotFoundError: No such channel.
        """
        ...

    @operation("PATCH /v1/channels/{channel_id}", Effect.IDEMPOTENT, name="update_channel", expect=_is)
    async def update(
        self,
        channel_id: str,
        *,
        name: str | UnsetType = UNSET,
        status: ChannelStatus | str | UnsetType = UNSET,
        convore_mail: ConvoreMailChannelChanges | UnsetType = UNSET,
    ) -> Channel:
        """Rename a channel, switch it off or on; what is not given stays.

        Raises:
            NotFoundError: No such channel.
        """
        ...

    @listing("GET /v1/channels", channel_pager, name="list_channels")
    def list(
        self,
        *,
        page_size: Annotated[int, Between(1, 100), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Channel]:
        """List the channels.

        `page_size` is channels a request (the API's default is 100), `limit` bounds them in all, `start` is a page's
        `position` or the API's own `cursor`, `prefetch` is pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
        """
        ...
