"""Switchboards of Sunshine Conversations v2: which integration answers a conversation."""

from __future__ import annotations

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Metadata, Switchboard
from .more_pages import switchboard_pager
from .resource import Resource

_ALL = "/v2/apps/{appId}/switchboards"
_ONE = "/v2/apps/{appId}/switchboards/{switchboardId}"
_CONVERSATION = "/v2/apps/{appId}/conversations/{conversationId}"
_named = names("switchboard", "switchboard.id")


def _is(switchboard_id: str) -> Check:
    return names("switchboard", "switchboard.id", switchboard_id)


class Switchboards(Resource):
    """What decides which integration answers a conversation, and what hands a conversation over to another one.

    Where a call takes a `switchboard_integration`, that is its id, its name or its `integration_type`, looked for in this
    order; `next` is the one that follows the one in control.
    """

    __slots__ = ()

    @operation(f"POST {_CONVERSATION}/acceptControl", Effect.UNSAFE, name="AcceptControl")
    async def accept_control(self, conversation_id: str, *, metadata: Metadata | UnsetType | None = UNSET) -> None:
        """Take control of a conversation that was offered; the event `switchboard:acceptControl` has the `metadata`.

        Raises:
            NotFoundError: No such conversation.
            MaybeSentError: It is unknown whether control was taken.
        """
        ...

    @operation(
        f"POST {_ALL}",
        Effect.UNSAFE,
        name="CreateSwitchboard",
        unwrap="switchboard",
        expect=names("switchboard", "switchboard.id"),
    )
    async def create(self) -> Switchboard:
        """Create the switchboard of an app, which has one at most.

        Raises:
            BadRequestError: There is one already.
            MaybeSentError: It is unknown whether it was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="DeleteSwitchboard")
    async def delete(self, switchboard_id: str) -> None:
        """Delete a switchboard with its switchboard integrations.

        Raises:
            NotFoundError: No such switchboard.
        """
        ...

    @operation(f"POST {_CONVERSATION}/offerControl", Effect.UNSAFE, name="OfferControl")
    async def offer_control(
        self, conversation_id: str, *, switchboard_integration: str, metadata: Metadata | UnsetType | None = UNSET
    ) -> None:
        """Offer control of a conversation; the other one has it when it accepts.

        The event `switchboard:offerControl` has the `metadata`.

        Raises:
            NotFoundError: No such conversation or switchboard integration.
            MaybeSentError: It is unknown whether control was offered.
        """
        ...

    @operation(f"POST {_CONVERSATION}/passControl", Effect.UNSAFE, name="PassControl")
    async def pass_control(
        self, conversation_id: str, *, switchboard_integration: str, metadata: Metadata | UnsetType | None = UNSET
    ) -> None:
        """Hand a conversation over, to a human agent say; the other one has control at once.

        The event `switchboard:passControl` has the `metadata`. A second call with `next` passes it on once more, so that a call
        that may have arrived is not sent again.

        Raises:
            NotFoundError: No such conversation or switchboard integration.
            MaybeSentError: It is unknown whether control was passed.
        """
        ...

    @operation(f"POST {_CONVERSATION}/releaseControl", Effect.UNSAFE, name="ReleaseControl", optional_body=True)
    async def release_control(self, conversation_id: str, *, metadata: Metadata | UnsetType | None = UNSET) -> None:
        """Give control of a conversation away to nobody; the default integration gets it with the user's next message.

        The event `switchboard:releaseControl` has the `metadata`.

        Raises:
            NotFoundError: No such conversation.
            MaybeSentError: It is unknown whether control was released.
        """
        ...

    @operation(f"PATCH {_ONE}", Effect.IDEMPOTENT, name="UpdateSwitchboard", unwrap="switchboard", expect=_is)
    async def update(
        self,
        switchboard_id: str,
        *,
        enabled: bool | UnsetType = UNSET,
        default_switchboard_integration_id: str | UnsetType = UNSET,
    ) -> Switchboard:
        """Switch a switchboard on or off, or say who gets new conversations; what is not given stays.

        Raises:
            NotFoundError: No such switchboard.
        """
        ...

    @listing(f"GET {_ALL}", switchboard_pager, name="ListSwitchboards")
    def list(self, *, limit: int | None = None, start: str | None = None, prefetch: int = 0) -> AsyncPaginator[Switchboard]:
        """List the switchboards of an app, of which there is one at most.

        `limit` bounds them, `start` is the `position` of a page.
        """
        ...
