"""Groups of contacts of SMS.CX, as structs."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from aioconvo.core.json.model import Model
from aioconvo.core.operations.rules import Length

from .times import in_utc

__all__ = [
    "AddedContacts",
    "DeletedContact",
    "DeletedGroup",
    "Group",
    "GroupContact",
    "GroupName",
    "NewContact",
    "UpdatedContact",
]


@in_utc("created_at")
class Group(Model, rename="camel"):
    """A group of contacts; `total_optouts` counts those who want no messages. What costs `total_cost` is not documented."""

    id: int
    name: str
    total_phone_numbers: int
    total_cost: float
    total_optouts: int
    created_at: dt.datetime


class GroupName(Model):
    """A group by id and name."""

    id: int
    name: str


class DeletedGroup(Model, rename="camel"):
    """A group that is gone; `total_phone_numbers` counts the contacts that it had."""

    id: int
    name: str
    total_phone_numbers: int


class GroupContact(Model, rename="camel"):
    """A contact of a group: number in E.164, country as ISO 3166 alpha-2; `optout`: wants no messages.

    The fields are your own. `date_added` is as the API writes it, since its form is not documented.
    """

    id: str
    phone_number: str
    country_iso: str
    group_id: int
    optout: bool
    date_added: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    field1: str | None = None
    field2: str | None = None
    field3: str | None = None
    field4: str | None = None
    field5: str | None = None
    custom_fields: dict[str, str] | None = None


class NewContact(Model, rename="camel"):
    """A contact to add: number in E.164, or as `country_iso` (ISO 3166 alpha-2) writes it; up to 20 `custom_fields`."""

    phone_number: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    field1: str | None = None
    field2: str | None = None
    field3: str | None = None
    field4: str | None = None
    field5: str | None = None
    country_iso: Annotated[str, Length(2, 2)] | None = None
    custom_fields: dict[str, str] | None = None


class AddedContacts(Model, rename="camel"):
    """What became of contacts to add; `invalid` are the numbers that are none."""

    total_cost: float
    total_valid: int
    total_invalid: int
    total_duplicates: int
    total_phone_numbers: int
    invalid: list[str]
    phone_numbers_by_country: dict[str, int] | None = None


class UpdatedContact(Model, rename="camel"):
    """A contact that was changed."""

    id: str
    # Text here, unlike everywhere else; either is read.
    group_id: str | int


class DeletedContact(Model, rename="camel"):
    """A contact that is gone from a group."""

    id: str
    phone_number: str
    country_iso: str
