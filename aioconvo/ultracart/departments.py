"""Departments of UltraCart."""

from __future__ import annotations

from typing import Annotated

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Name
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.ultracart.bodies import AsBody
from aioconvo.ultracart.pages import in_one_answer
from aioconvo.ultracart.resource import UltraCartResource

from .models import Department, DepartmentMember

_named = names("department", "conversation_department.conversation_department_oid")


def _is(department_oid: int) -> Check:
    return names("department", "conversation_department.conversation_department_oid", department_oid)


DepartmentId = Annotated[int, Name("conversation_department_oid")]
"""The `conversation_department_oid` of a department."""


class Departments(UltraCartResource):
    """Agents who answer the same customers."""

    __slots__ = ()

    @operation(
        "POST /conversation/departments",
        Effect.UNSAFE,
        name="insert_conversation_department",
        unwrap="conversation_department",
        expect=_named,
    )
    async def create(self, *, department: AsBody[Department]) -> Department:
        """Create a department.

        Raises:
            MaybeSentError: It is unknown whether the department was created.
        """
        ...

    @operation("DELETE /conversation/departments/{conversation_department_oid}", Effect.IDEMPOTENT, name="delete_department")
    async def delete(self, department_oid: DepartmentId) -> None:
        """Delete a department.

        Raises:
            NotFoundError: No such department.
        """
        ...

    @operation(
        "PUT /conversation/departments/{conversation_department_oid}",
        Effect.IDEMPOTENT,
        name="update_conversation_department",
        unwrap="conversation_department",
        expect=_is,
    )
    async def update(self, department_oid: DepartmentId, *, department: AsBody[Department]) -> Department:
        """Change a department.

        Start from what `list` gives, with `msgspec.structs.replace`: whether the API keeps members that are not given is not
        documented.

        Raises:
            NotFoundError: No such department.
        """
        ...

    @listing(
        "GET /conversation/department_members",
        in_one_answer(DepartmentMember, "conversation_department_members", "user_id"),
        name="get_conversation_department_member_list",
    )
    def list_members(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[DepartmentMember]:
        """List everybody who can be a member of a department.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...

    @listing(
        "GET /conversation/departments",
        in_one_answer(Department, "conversation_departments", "conversation_department_oid"),
        name="get_conversation_departments",
    )
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[Department]:
        """List the departments.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
