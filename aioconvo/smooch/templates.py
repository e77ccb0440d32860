"""Message templates of Smooch v1.1."""

from __future__ import annotations

from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import AtLeast
from aioconvo.core.paging.paginator import AsyncPaginator

from .content import check_message
from .models import NewMessage, Template
from .more_pages import template_pager
from .pages import SmoochResource

_ALL = "/v1.1/apps/{appId}/templates"
_ONE = "/v1.1/apps/{appId}/templates/{templateId}"
_named = names("template", "template.id")


def _is(template_id: str) -> Check:
    return names("template", "template.id", template_id)


def postable(_name: str, message: NewMessage) -> NewMessage:
    """A message within the limits that are documented for its kind."""
    check_message(message)
    return message


Postable = Annotated[NewMessage, postable]
"""A message as it could be posted."""


class Templates(SmoochResource):
    """Messages to send by a name, as a shorthand in the text of another."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="createTemplate", unwrap="template", expect=_named)
    async def create(self, *, name: str, message: Postable) -> Template:
        """Create a template: a message as it could be posted, and its name.

        Raises:
            InvalidRequestError: The message breaks a documented limit; nothing was sent.
            MaybeSentError: It is unknown whether the template was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="deleteTemplate")
    async def delete(self, template_id: str) -> None:
        """Delete a template.

        Raises:
            NotFoundError: No such template.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="getTemplate", unwrap="template", expect=_is)
    async def get(self, template_id: str) -> Template:
        """Fetch one template.

        Raises:
            NotFoundError: No such template.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="updateTemplate", unwrap="template", expect=_is)
    async def update(
        self, template_id: str, *, name: str | UnsetType = UNSET, message: Postable | UnsetType = UNSET
    ) -> Template:
        """Change a template; what is not given stays, a message is replaced as a whole.

        Raises:
            InvalidRequestError: The message breaks a documented limit; nothing was sent.
            NotFoundError: No such template.
        """
        ...

    @listing(f"GET {_ALL}", template_pager, name="listTemplates")
    def list(
        self,
        *,
        page_size: Annotated[int, AtLeast(1), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Template]:
        """List the templates of the app.

        `page_size` is templates a request, `limit` bounds them in all, `start` is the `position` of a page, `prefetch` is pages
        read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules; nothing was sent.
        """
        ...
