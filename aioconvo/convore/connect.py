"""Where the provider of a mailbox sends the browser of a person who allowed access."""

from __future__ import annotations

from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.operation import Effect


class Connect(APIResource):
    """The end of an authorization flow."""

    __slots__ = ()

    # A GET that changes something: a code works once, and makes a channel.
    @operation("GET /connect/callback", Effect.UNSAFE, name="handle_authorization_code", redirects=True)
    async def handle_authorization_code(
        self, *, code: str | None = None, state: str | None = None, error: str | None = None
    ) -> str:
        """Hand over what the provider's consent page gave; the address to send the person's browser to.

        Providers send browsers here by themselves: a program needs this only where it stands between. `state` is what the
        flow's `grant_url` holds; `error` takes the place of `code` where access was refused.

        Raises:
            MaybeSentError: It is unknown whether the code was used, which it can be once.
        """
        ...
