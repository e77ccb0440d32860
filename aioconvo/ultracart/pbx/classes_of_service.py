"""Classes of service of UltraCart's phone system."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name, PageSize
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import AtLeast
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.bodies import AsBody, Done
from aioconvo.ultracart.conversations import When
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

from .models.classes_of_service import PbxAuditAction, PbxAuditLog, PbxClassOfService

_ALL = "/conversation/pbx/class_of_service"
_ONE = f"{_ALL}/{{classOfServiceUuid}}"
_named = names("class of service", "class_of_service.conversation_pbx_class_of_service_uuid")


def _is(class_of_service_uuid: str) -> Check:
    return names("class of service", "class_of_service.conversation_pbx_class_of_service_uuid", class_of_service_uuid)


ClassOfServiceUuid = Annotated[str, Name("classOfServiceUuid")]
"""The `conversation_pbx_class_of_service_uuid` of a class of service."""


class ClassesOfService(UltraCartResource):
    """What agents may do with the phone."""

    __slots__ = ()

    @operation(f"POST {_ALL}", Effect.UNSAFE, name="insert_pbx_class_of_service", unwrap="class_of_service", expect=_named)
    async def create(self, *, class_of_service: AsBody[PbxClassOfService]) -> PbxClassOfService:
        """Create a class of service.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            MaybeSentError: It is unknown whether the class of service was created.
        """
        ...

    @operation(f"DELETE {_ONE}", Effect.IDEMPOTENT, name="delete_pbx_class_of_service", answer=Done)
    async def delete(self, class_of_service_uuid: ClassOfServiceUuid) -> None:
        """Delete a class of service.

        Raises:
            NotFoundError: No such class of service.
        """
        ...

    @operation(f"GET {_ONE}", Effect.READ, name="get_pbx_class_of_service", unwrap="class_of_service", expect=_is)
    async def get(self, class_of_service_uuid: ClassOfServiceUuid) -> PbxClassOfService:
        """Fetch one class of service.

        Raises:
            NotFoundError: No such class of service.
        """
        ...

    @operation(f"PUT {_ONE}", Effect.IDEMPOTENT, name="update_pbx_class_of_service", unwrap="class_of_service", expect=_is)
    async def update(
        self, class_of_service_uuid: ClassOfServiceUuid, *, class_of_service: AsBody[PbxClassOfService]
    ) -> PbxClassOfService:
        """Change a class of service.

        Start from what `get` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            InvalidRequestError: A member is too long; nothing was sent.
            NotFoundError: No such class of service.
        """
        ...

    @listing(
        f"GET {_ALL}/audit_log",
        in_one_answer(PbxAuditLog, "audit_logs", "audit_log_uuid"),
        name="get_pbx_cos_audit_logs",
    )
    def list_audit_logs(
        self,
        *,
        since: When | None = None,
        agent_login: str | None = None,
        action: PbxAuditAction | str | None = None,
        page_size: Annotated[int, AtLeast(1), PageSize("limit")] | None = None,
        limit: int | None = None,
        start: str | None = None,
    ) -> AsyncPaginator[PbxAuditLog]:
        """List calls that a class of service did not allow, all or those that match.

        The API gives at most `page_size` of them, in one answer; how many without it is not documented. The form of `since`
        is not documented either: a datetime is sent in ISO 8601. `limit` bounds how many are kept, `start` is a page's
        `position`.
        """
        ...

    @listing(
        f"GET {_ALL}",
        in_one_answer(PbxClassOfService, "classes_of_services", "conversation_pbx_class_of_service_uuid"),
        name="get_pbx_classes_of_service",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[PbxClassOfService]:
        """List classes of service.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
