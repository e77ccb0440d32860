"""Users of Sunshine Conversations v2."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, about, both, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name, Query
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Length, Time
from aioconvo.core.paging.paginator import AsyncPaginator

from .models.metadata import Metadata
from .models.users import Profile, User
from .more_pages import user_pager
from .resource import Resource

_ALL = "/v2/apps/{appId}/users"
_ONE = "/v2/apps/{appId}/users/{userIdOrExternalId}"
_named = names("user", "user.id")
_PROFILE = {
    "given_name": Length(1, 128),
    "surname": Length(1, 128),
    "email": Length(1, 128),
    "avatar_url": Length(1, 2048),
    "locale": Length(1, 64),
}


def _is(user_id_or_external_id: str) -> Check:
    return names("user", "user.id", user_id_or_external_id, also="user.external_id")


def _is_left(zendesk_id: str, surviving_zendesk_id: str | UnsetType) -> Check:
    return both(_named, about("user", "user.zendesk_id", surviving_zendesk_id or zendesk_id))


def short_enough(name: str, profile: Profile) -> Profile:
    """Names and email of 1 to 128 characters, a locale of 1 to 64, a URL of 1 to 2048."""
    for member, limit in _PROFILE.items():
        limit(f"{name}.{member}", getattr(profile, member))
    return profile


BrandId = Annotated[str, Length(1, 24)]
"""A brand of the account."""
Known = Annotated[Profile, short_enough]
"""What is known of a user."""


class Users(Resource):
    """Users of an app. Each is named by the API's id or by the id that you gave (`external_id`)."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="CreateUser", unwrap="user", expect=_named)
    async def create(
        self,
        *,
        external_id: Annotated[str, Length(1, 1024)] | UnsetType = UNSET,
        brand_id: BrandId | UnsetType | None = UNSET,
        signed_up_at: Time | UnsetType = UNSET,
        to_be_retained: bool | UnsetType = UNSET,
        profile: Known | UnsetType = UNSET,
        metadata: Metadata | UnsetType | None = UNSET,
    ) -> User:
        """Create a user before they write for the first time.

        An `external_id` is given to one user only, so that a second call cannot make a second one. An email in the profile is
        no identity: `list` does not find the user by it.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            ConflictError: There is a user with this `external_id`.
            MaybeSentError: It is unknown whether the user was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="DeleteUser")
    async def delete(self, user_id_or_external_id: str, *, brand_id: str | None = None) -> None:
        """Delete a user with their clients and conversations; it is done when the event `user:remove` comes.

        `delete_personal_information` takes only what is known of them.

        Raises:
            NotFoundError: No such user.
        """
        ...

    @operation(
        f"DELETE {_ONE}/personalinformation",
        Effect.IDEMPOTENT,
        name="DeleteUserPersonalInformation",
        unwrap="user",
        expect=_is,
    )
    async def delete_personal_information(self, user_id_or_external_id: str, *, brand_id: str | None = None) -> User:
        """Take a user's name, email, picture and metadata away; the user and their conversations stay.

        Raises:
            NotFoundError: No such user.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="GetUser", unwrap="user", expect=_is)
    async def get(self, user_id_or_external_id: str, *, brand_id: str | None = None) -> User:
        """Fetch one user.

        Raises:
            NotFoundError: No such user.
        """
        ...

    @operation(
        f"POST {_ALL}/{{zendeskId}}/sync", Effect.UNSAFE, name="SyncUser", unwrap="user", expect=_is_left, optional_body=True
    )
    async def sync(self, zendesk_id: str, *, surviving_zendesk_id: str | UnsetType = UNSET) -> User:
        """Bring a user up to date with Zendesk, or merge them into another one; the user that is left.

        Both are named by their ids at Zendesk. With `surviving_zendesk_id` the first user is gone afterwards, for good, and the
        event `user:merge` tells of it.

        Raises:
            NotFoundError: No such user.
            MaybeSentError: It is unknown whether the users were merged.
        """
        ...

    @operation(f"PATCH {_ONE}", Effect.IDEMPOTENT, name="UpdateUser", unwrap="user", expect=_is)
    async def update(
        self,
        user_id_or_external_id: str,
        *,
        brand_id: Annotated[str, Query()] | None = None,
        signed_up_at: Time | UnsetType = UNSET,
        to_be_retained: bool | UnsetType = UNSET,
        profile: Known | UnsetType = UNSET,
        metadata: Metadata | UnsetType | None = UNSET,
    ) -> User:
        """Change a user; what is not given stays, `None` clears. `brand_id` says which user is meant, it is not changed.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            NotFoundError: No such user.
        """
        ...

    @listing(f"GET {_ALL}", user_pager, name="ListUsers")
    def list(
        self,
        *,
        email: Annotated[str, Name("filter[identities.email]")],
        brand_id: str | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[User]:
        """List the users with this email among their identities; that in a profile does not count.

        They come in one page; `limit` bounds them, `start` is the `position` of a page.
        """
        ...
