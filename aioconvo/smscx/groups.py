"""Groups of contacts of SMS.CX."""

from __future__ import annotations

from typing import Annotated, ClassVar

from aioconvo.core.answers.identity import Check, about, names
from aioconvo.core.calls.client import APIResource
from aioconvo.core.calls.download import Download
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect
from aioconvo.core.operations.rules import Length
from aioconvo.core.paging.paginator import AsyncPaginator

from .arguments import CSV, XLSX, Country, CustomFields, Id, PageLimit, few_fields, listed
from .models import AddedContacts, DeletedContact, DeletedGroup, Group, GroupContact, GroupName, NewContact, UpdatedContact
from .pages import GroupContactPage, GroupPage, group_contact_pager, group_pager

_GROUP = "/groups/{groupId}"
_CONTACT = f"{_GROUP}/{{phoneNumberId}}"


def _countries(name: str, contacts: list[str] | list[NewContact]) -> object:
    """A country has 2 characters, and there are up to 20 custom fields."""
    for one in contacts:
        if isinstance(one, NewContact):
            if one.country_iso is not None:
                _country(f"{name}[].country_iso", one.country_iso)
            if one.custom_fields is not None:
                few_fields(f"{name}[].custom_fields", one.custom_fields)
    return contacts


_country = Length(2, 2)
NewContacts = Annotated[list[str] | list[NewContact], listed, Length(1, None, "contacts"), _countries]
"""Contacts to add: their numbers, or all that is known of them."""


def _names_group(group_id: int) -> Check:
    return names("group", "info.id", group_id)


def _lists_group(group_id: int) -> Check:
    return about("group", "info.id", group_id)


def _names_contact(phone_number_id: str) -> Check:
    return names("contact", "info.id", phone_number_id)


class Groups(APIResource):
    """Groups of contacts."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    @operation("POST /groups", Effect.UNSAFE, name="create_group", unwrap="info", expect=names("group", "info.id"))
    async def create(self, *, name: Annotated[str, Length(3, 60)]) -> GroupName:
        """Create a group without contacts.

        Raises:
            InvalidRequestError: The name is too short or too long; nothing was sent.
            BadRequestError: There is a group of that name (code 1211).
            MaybeSentError: It is unknown whether the group was created.
        """
        ...

    @listing(f"GET {_GROUP}", group_contact_pager, name="get_group_details", page=GroupContactPage, expect=_lists_group)
    def list_contacts(
        self,
        group_id: int,
        *,
        page_size: PageLimit | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[GroupContact]:
        """List the contacts of a group; what there is to know of the group itself, `list` has.

        `page_size` is contacts a request (the API gives 500; whether it gives more than that is unconfirmed), `limit` bounds
        them in all, `start` is a page's `position`, `prefetch` is pages read ahead.

        Raises:
            NotFoundError: No such group (code 1200).
        """
        ...

    # That a number which is there already is not added again seems so from the count of duplicates; nobody says it.
    @operation(
        f"POST {_GROUP}",
        Effect.UNSAFE,
        name="add_contacts_to_group",
        unwrap="info",
        expect=names("count", "info.total_phone_numbers"),
    )
    async def add_contacts(
        self,
        group_id: int,
        *,
        phone_numbers: NewContacts,
        allow_invalid: bool | None = None,
        country_iso: Country | None = None,
    ) -> AddedContacts:
        """Add contacts to a group.

        Numbers are in E.164, or as `country_iso` writes them; a `NewContact` has a country of its own. With `allow_invalid`
        those that are good are added where some are not.

        Raises:
            InvalidRequestError: There are no contacts; nothing was sent.
            NotFoundError: No such group (code 1200).
            BadRequestError: A number is none (codes 1207, 1210).
            MaybeSentError: It is unknown whether they were added.
        """
        ...

    # A GET that changes something.
    @operation(f"GET {_GROUP}/empty", Effect.IDEMPOTENT, name="empty_group", unwrap="info", expect=_names_group)
    async def empty(self, group_id: int) -> GroupName | None:
        """Delete all contacts of a group. `None`: it had none.

        Raises:
            NotFoundError: No such group (code 1200).
        """
        ...

    @operation(f"DELETE {_GROUP}", Effect.IDEMPOTENT, name="delete_group", unwrap="info", expect=_names_group)
    async def delete(self, group_id: int) -> DeletedGroup | None:
        """Delete a group with all its contacts. `None`: an earlier try of this call did.

        Raises:
            NotFoundError: No such group (code 1200).
        """
        ...

    @operation(f"PATCH {_CONTACT}", Effect.IDEMPOTENT, name="update_contact_from_group", unwrap="info", expect=_names_contact)
    async def update_contact(
        self,
        group_id: int,
        phone_number_id: Id,
        *,
        phone_number: str | None = None,
        first_name: str | None = None,
        last_name: str | None = None,
        email: str | None = None,
        field1: str | None = None,
        field2: str | None = None,
        field3: str | None = None,
        field4: str | None = None,
        field5: str | None = None,
        custom_fields: CustomFields | None = None,
    ) -> UpdatedContact | None:
        """Change a contact of a group, by the `id` that `list_contacts` shows. `None`: nothing changed.

        What is not given stays.

        Raises:
            InvalidRequestError: The id is no UUID, or there are too many fields; nothing was sent.
            NotFoundError: No such contact (code 1202).
            BadRequestError: The group has another contact of that number (code 1215), or it is none (code 1213).
        """
        ...

    @operation(f"DELETE {_CONTACT}", Effect.IDEMPOTENT, name="delete_contact_from_group", unwrap="info", expect=_names_contact)
    async def delete_contact(self, group_id: int, phone_number_id: Id) -> DeletedContact | None:
        """Delete a contact from a group, by the `id` that `list_contacts` shows. `None`: an earlier try of this call did.

        Raises:
            InvalidRequestError: The id is no UUID; nothing was sent.
            NotFoundError: No such group (code 1200) or contact (code 1202).
        """
        ...

    @operation(f"GET {_GROUP}/csv", Effect.READ, name="export_group_to_csv", accept=CSV)
    def export_csv(self, group_id: int) -> Download:
        """Export the contacts of a group as CSV: `await` its bytes or `.text()`, or `.save(path)` it, whatever its size.

        Raises:
            NotFoundError: No such group (code 1200; when awaited).
        """
        ...

    @operation(f"GET {_GROUP}/xlsx", Effect.READ, name="export_group_to_xlsx", accept=XLSX)
    def export_xlsx(self, group_id: int) -> Download:
        """Export the contacts of a group as a workbook of Excel: `await` its bytes, or `.save(path)` it, whatever its size.

        Raises:
            NotFoundError: No such group (code 1200; when awaited).
        """
        ...

    @listing("GET /groups", group_pager, name="get_groups_list", page=GroupPage)
    def list(self, *, limit: int | None = None, start: str | None = None) -> AsyncPaginator[Group]:
        """List every group.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`.
        """
        ...
