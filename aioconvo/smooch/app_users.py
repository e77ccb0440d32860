"""Users of Smooch v1.1, and the channels by which they are reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Length, Time, joined, not_both
from aioconvo.core.paging.paginator import AsyncPaginator

from .content import check_message
from .models import AppUser, AppUserReference, AuthCode, BusinessSystem, ChannelIdentity, Confirmation, LinkRequest
from .more_pages import business_system_pager, channel_pager, link_request_pager
from .pages import SmoochResource

_ALL = "/v1.1/apps/{appId}/appusers"
_ONE = "/v1.1/apps/{appId}/appusers/{userId}"
_named = names("user", "appUser.id")


def _is(user_id: str) -> Check:
    return names("user", "appUser.id", user_id, also="appUser.user_id")


def check_confirmation(confirmation: Confirmation) -> None:
    """The message of a confirmation is one that can be posted."""
    if confirmation.message is not None:
        check_message(confirmation.message)


class AppUsers(SmoochResource):
    """Users of an app. Each `user_id` is the service's id or your own."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="preCreateAppUser", unwrap="appUser", expect=_named)
    async def create(
        self,
        *,
        user_id: str,
        given_name: str | UnsetType = UNSET,
        surname: str | UnsetType = UNSET,
        email: str | UnsetType = UNSET,
        signed_up_at: Time | UnsetType = UNSET,
        properties: dict[str, Any] | UnsetType = UNSET,
    ) -> AppUser:
        """Create a user before they write for the first time; `user_id` is your own id, with which they log in later.

        `properties` are yours: flat.

        Raises:
            ConflictError: There is a user with this `user_id` (unconfirmed).
            MaybeSentError: It is unknown whether the user was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="deleteAppUser")
    async def delete(self, user_id: str) -> None:
        """Delete a user with their conversation; the event `appUser:delete` tells of it.

        `delete_profile` takes only what is known of them.

        Raises:
            NotFoundError: No such user.
        """
        ...

    @operation(f"DELETE {_ONE}/profile", Effect.IDEMPOTENT, name="deleteAppUserProfile", unwrap="appUser", expect=_is)
    async def delete_profile(self, user_id: str) -> AppUser:
        """Take a user's name, email and properties away, and names and pictures of their clients; the conversation stays.

        Raises:
            NotFoundError: No such user.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="getAppUser", unwrap="appUser", expect=_is)
    async def get(self, user_id: str) -> AppUser:
        """Fetch one user.

        Raises:
            NotFoundError: No such user.
        """
        ...

    @operation(f"GET {_ONE}/authcode", Effect.READ, name="getAppUserAuthCode", expect=names("code", "auth_code"))
    async def get_auth_code(self, user_id: str) -> AuthCode:
        """Fetch a code with which a user goes on in another of the vendor's SDKs; whoever has it is that user there.

        Raises:
            NotFoundError: No such user.
        """
        ...

    @operation(
        f"POST {_ONE}/channels",
        Effect.UNSAFE,
        name="linkAppUser",
        unwrap="appUser",
        check=(not_both("phone_number", "address"), check_confirmation),
        expect=_is,
    )
    async def link_channel(
        self,
        user_id: str,
        *,
        type: str,  # noqa: A002 -- the API's own word
        confirmation: Confirmation,
        integration_id: str | UnsetType = UNSET,
        phone_number: str | UnsetType = UNSET,
        address: str | UnsetType = UNSET,
        given_name: str | UnsetType = UNSET,
        surname: str | UnsetType = UNSET,
        subject: str | UnsetType = UNSET,
    ) -> AppUser:
        """Link a user to a channel by an address there; it is among their `pending_clients` until they confirm.

        `type` is the channel: `twilio` and `messenger` take a `phone_number` with `+` and country code, `mailgun` an `address`
        and the `subject` of the first mail. `given_name` and `surname` help `messenger` to find somebody. Events
        (`link:match`, `link:success`, `link:failure`) tell how it went.

        Raises:
            InvalidRequestError: The message of the confirmation breaks a documented limit; nothing was sent.
            NotFoundError: No such user or integration.
            MaybeSentError: It is unknown whether the channel was linked.
        """
        ...

    @listing(f"GET {_ONE}/businesssystems", business_system_pager, name="getAppUserBusinessSystemIds")
    def list_business_systems(
        self, user_id: str, *, limit: int | None = None, start: str | None = None, prefetch: int = 0
    ) -> AsyncPaginator[BusinessSystem]:
        """List what the systems of the business, such as Slack, know a user's conversation by.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`,
        `prefetch` has no effect.

        Raises:
            NotFoundError: No such user (when awaited or iterated).
        """
        ...

    @listing(f"GET {_ONE}/channels", channel_pager, name="getAppUserEntityIds")
    def list_channels(
        self, user_id: str, *, limit: int | None = None, start: str | None = None, prefetch: int = 0
    ) -> AsyncPaginator[ChannelIdentity]:
        """List what the channels know a user by.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`,
        `prefetch` has no effect.

        Raises:
            NotFoundError: No such user (when awaited or iterated).
        """
        ...

    @listing(f"GET {_ONE}/linkrequest", link_request_pager, name="getLinkRequests")
    def list_link_requests(
        self,
        user_id: str,
        *,
        integration_ids: Annotated[Sequence[str], Length(1, None, "items"), joined],
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[LinkRequest]:
        """List ways for a user to link channels by themselves, one for each integration asked for.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`,
        `prefetch` has no effect.

        Raises:
            InvalidRequestError: No integration was named; nothing was sent.
            NotFoundError: No such user or integration (when awaited or iterated).
        """
        ...

    @operation(f"POST {_ALL}/merge", Effect.UNSAFE, name="mergeUsers")
    async def merge(self, *, surviving: AppUserReference, discarded: AppUserReference) -> None:
        """Merge two users, named by the service's ids: the discarded one is gone for good, their conversation goes over.

        The event `merge:appUser` tells of it.

        Raises:
            NotFoundError: No such user.
            MaybeSentError: It is unknown whether the users were merged.
        """
        ...

    @operation(f"DELETE {_ONE}/channels/{{channel}}", Effect.IDEMPOTENT, name="unlinkAppUser")
    async def unlink_channel(self, user_id: str, channel: str) -> None:
        """Take a channel, such as `twilio`, away from a user.

        Raises:
            NotFoundError: No such user, or one without this channel.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="updateAppUser", unwrap="appUser", expect=_is)
    async def update(
        self,
        user_id: str,
        *,
        given_name: str | UnsetType = UNSET,
        surname: str | UnsetType = UNSET,
        email: str | UnsetType = UNSET,
        signed_up_at: Time | UnsetType = UNSET,
        properties: dict[str, Any] | UnsetType = UNSET,
    ) -> AppUser:
        """Change a user; what is not given stays, `properties` that are not given too.

        Raises:
            NotFoundError: No such user.
        """
        ...
