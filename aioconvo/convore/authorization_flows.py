"""How people allow Convore to read their mailboxes."""

from __future__ import annotations

from aioconvo.core.answers.identity import names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect

from .models import AuthorizationFlow


class AuthorizationFlows(APIResource):
    """People's ways to allow access to their mailboxes."""

    __slots__ = ()

    @operation("POST /v1/authorization_flows", Effect.UNSAFE, name="create_authorization_flow", expect=names("flow", "id"))
    async def create(self, *, connector_id: str, success_redirect_uri: str, error_redirect_uri: str) -> AuthorizationFlow:
        """Begin a flow for one person, whose browser is to open its `grant_url`.

        From there the browser comes to one of the two addresses given. Access that was allowed makes a channel through the
        connector.

        Raises:
            NotFoundError: No such connector.
            MaybeSentError: It is unknown whether the flow was begun.
        """
        ...
