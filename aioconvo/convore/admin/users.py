"""Users of Convore."""

from __future__ import annotations

from aioconvo.convore.models.admin import User
from aioconvo.core.answers.identity import Check, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect


def _is(user_id: str) -> Check:
    return names("user", "id", user_id)


class Users(APIResource):
    """People who work with Convore."""

    __slots__ = ()

    @operation("GET /admin/users/me", Effect.READ, name="get_current_user", expect=names("user", "id"))
    async def get_current(self) -> User:
        """Fetch the user whose key the client has."""
        ...

    @operation("GET /admin/users/{user_id}", Effect.READ, name="get_user", expect=_is)
    async def get(self, user_id: str) -> User:
        """Fetch one user.

        Raises:
            NotFoundError: No such user.
        """
        ...
