"""Names and numbers that an SMS.CX account sends from."""

from __future__ import annotations

from typing import Annotated, ClassVar

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Length, Like
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Originator, OriginatorName
from .pages import OriginatorPage, originator_pager

NewName = Annotated[str, Length(3, 15), Like("^[a-zA-Z0-9]+$", "letters and digits, without accents")]
"""What an originator may be called."""


def _names_originator(originator_id: int) -> Check:
    return names("originator", "info.id", originator_id)


class Originators(APIResource):
    """Names and numbers to send from."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    @operation(
        "POST /originators",
        Effect.UNSAFE,
        name="create_originator",
        unwrap="info",
        expect=names("originator", "info.id"),
    )
    async def create(self, *, originator: NewName) -> OriginatorName:
        """Ask for an originator; `list` tells whether it is approved.

        Raises:
            InvalidRequestError: It breaks one of these limits; nothing was sent.
            BadRequestError: There is such an originator (code 1306), or it is refused.
            MaybeSentError: It is unknown whether it was created.
        """
        ...

    @operation(
        "DELETE /originators/{originatorId}",
        Effect.IDEMPOTENT,
        name="delete_originator",
        unwrap="info",
        expect=_names_originator,
    )
    async def delete(self, originator_id: int) -> OriginatorName | None:
        """Delete an originator. `None`: an earlier try of this call did.

        Raises:
            NotFoundError: No such originator (code 1300).
        """
        ...

    @listing("GET /originators", originator_pager, name="get_originators_list", page=OriginatorPage)
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[Originator]:
        """List every originator.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
