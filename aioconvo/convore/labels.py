"""Labels of Convore."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from msgspec import UNSET, UnsetType

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Between, not_both, not_empty
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Label, LabelType
from .more_pages import label_pager


def _is(label_id: str) -> Check:
    return names("label", "id", label_id)


class Labels(APIResource):
    """Labels that conversations carry; which, `conversations.update(label_ids=...)` says."""

    __slots__ = ()

    @operation("POST /v1/labels", Effect.UNSAFE, name="create_label", expect=names("label", "id"))
    async def create(
        self,
        *,
        name: str,
        description: str | UnsetType = UNSET,
        type: LabelType | str | UnsetType = UNSET,  # noqa: A002 -- the API's own word
        channel_id: str | UnsetType = UNSET,
        external_label_id: str | UnsetType = UNSET,
        shared_label_id: str | UnsetType = UNSET,
    ) -> Label:
        """Make a label, for all channels (`shared`) or for the one of `channel_id` (`channel_private`).

        `external_label_id` is the label's id at the provider of mail, `shared_label_id` the shared label that it stands for
        in its channel.

        Raises:
            MaybeSentError: It is unknown whether the label was made.
        """
        ...

    @operation("DELETE /v1/labels/{label_id}", Effect.IDEMPOTENT, name="delete_label")
    async def delete(self, label_id: str) -> None:
        """Delete a label; what becomes of conversations that carry it is not documented.

        Raises:
            NotFoundError: No such label.
        """
        ...

    @operation("GET /v1/labels/{label_id}", Effect.READ, name="get_label", expect=_is)
    async def get(self, label_id: str) -> Label:
        """Fetch one label.

        Raises:
            NotFoundError: No such label.
        """
        ...

    @operation("PATCH /v1/labels/{label_id}", Effect.IDEMPOTENT, name="update_label", expect=_is)
    async def update(
        self,
        label_id: str,
        *,
        name: str | UnsetType = UNSET,
        description: str | UnsetType = UNSET,
        shared_label_id: str | UnsetType = UNSET,
    ) -> Label:
        """Change a label; what is not given stays.

        Raises:
            NotFoundError: No such label.
        """
        ...

    @listing("GET /v1/labels", label_pager, name="list_labels", check=not_both("channel_id", "channel_ids"))
    def list(
        self,
        *,
        channel_id: Annotated[Sequence[str], not_empty] | None = None,
        channel_ids: Annotated[Sequence[str], not_empty] | None = None,
        type: LabelType | str | None = None,  # noqa: A002 -- the API's own word
        page_size: Annotated[int, Between(1, 100), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Label]:
        """List labels, all of them or those of some channels or of one type.

        `channel_id` is the older name of `channel_ids`, and takes several too. `page_size` is labels a request (the API's
        default is 100), `limit` bounds them in all, `start` is a page's `position` or the API's own `cursor`, `prefetch` is
        pages read ahead.

        Raises:
            InvalidRequestError: The arguments break one of these rules, or a list of them is empty; nothing was sent.
        """
        ...
