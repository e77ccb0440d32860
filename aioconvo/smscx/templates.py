"""Templates of SMS.CX."""

from __future__ import annotations

from typing import Annotated, ClassVar

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Length
from aioconvo.core.paging.paginator import AsyncPaginator

from .arguments import Media, Words
from .models import Channel, CreatedTemplate, Template, TemplateDetail, TemplateId
from .pages import WholePage, whole

_ONE = "/templates/{templateId}"
Title = Annotated[str, Length(3, 100)]
"""What a template is called."""


def _is(template_id: int) -> Check:
    return names("template", "data.id", template_id)


def _names_template(template_id: int) -> Check:
    return names("template", "info.id", template_id)


class TemplatePage(WholePage, kw_only=True):
    """All templates."""

    data: list[Template]


class Templates(APIResource):
    """Templates: texts to send by SMS, Viber or WhatsApp, with placeholders that `custom_fields` fill."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    @operation("POST /templates", Effect.UNSAFE, name="create_template", unwrap="info", expect=names("template", "info.id"))
    async def create(
        self,
        *,
        text: Words,
        name: Title | None = None,
        channel: Channel | str | None = None,
        rich_media: Media | None = None,
    ) -> CreatedTemplate:
        """Create a template; those for Viber and WhatsApp must be approved before they are sent.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            BadRequestError: There is a template of that name (code 1805), or an argument is refused (codes 1801 to 1811).
            MaybeSentError: It is unknown whether it was created.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_template", unwrap="data", expect=_is)
    async def get(self, template_id: int) -> TemplateDetail | None:
        """Fetch one template.

        Raises:
            NotFoundError: No such template (code 1800).
        """
        ...

    @operation(f"PATCH {_ONE}", Effect.IDEMPOTENT, name="update_template", unwrap="info", expect=_names_template)
    async def update(
        self,
        template_id: int,
        *,
        name: Title | None = None,
        text: Words | None = None,
        channel: Channel | str | None = None,
        rich_media: Media | None = None,
    ) -> TemplateId | None:
        """Change a template; what is not given stays. `None`: nothing changed.

        Raises:
            InvalidRequestError: An argument breaks one of these limits; nothing was sent.
            NotFoundError: No such template (code 1800).
            BadRequestError: There is another template of that name (code 1805), or an argument is refused (codes 1802 to 1811).
            PermissionDeniedError: The API refuses to change it (code 1812).
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_template", unwrap="info", expect=_names_template)
    async def delete(self, template_id: int) -> TemplateId | None:
        """Delete a template. `None`: an earlier try of this call did.

        Raises:
            NotFoundError: No such template (code 1800).
        """
        ...

    @listing("GET /templates", whole("id"), name="get_templates_list", page=TemplatePage)
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[Template]:
        """List every template.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
