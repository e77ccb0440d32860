"""The groups of the emulated SMS.CX account. One of all contacts is there from the start."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from aioconvo.sandbox.data import milliseconds, uuid_id
from aioconvo.sandbox.exchange import Reply, Request, Route

from .data import Conversation
from .refusals import Refused, refusal

if TYPE_CHECKING:
    from aioconvo.sandbox.exchange import Settings

_COLUMNS: Final = ("phoneNumber", "firstName", "lastName", "countryIso")


@dataclasses.dataclass(slots=True)
class Contact:
    """A contact of a group, with the members that the API shows of it."""

    id: str
    members: dict[str, Any]

    @property
    def phone(self) -> str:
        """Its number."""
        return str(self.members["phoneNumber"])


@dataclasses.dataclass(slots=True)
class Group:
    """A group and its contacts by id."""

    id: int
    name: str
    created: int
    contacts: dict[str, Contact] = dataclasses.field(default_factory=dict[str, Contact])


class Groups:
    """The groups, and the routes to them."""

    def __init__(self, settings: Settings, conversations: Sequence[Conversation]) -> None:
        everybody = Group(1, "Everybody", milliseconds(settings.now))
        for each in conversations:
            one = uuid_id(settings.seed, "smscx contact", each.id)
            members = {"phoneNumber": each.phone, "countryIso": each.country}
            names = {"firstName": each.first_name, "lastName": each.last_name}
            everybody.contacts[one] = Contact(one, members | names)
        self._groups = {1: everybody}
        self.routes = (Route("GET", "/groups/{groupId}/csv", "export_group_to_csv", self._export_csv),)

    def get(self, group_id: int) -> Group | None:
        """The group of this id."""
        return self._groups.get(group_id)

    def _group(self, parameters: Mapping[str, str]) -> Group:
        text = parameters["groupId"]
        group = self._groups.get(int(text)) if text.isdecimal() and text.isascii() else None
        if group is None:
            raise Refused(refusal(404, "not_found", "Group ID not found", 1200))
        return group

    def _export_csv(self, _: Request, parameters: Mapping[str, str]) -> Reply:
        """Which columns the API writes is not documented."""
        rows = [[one.members.get(name) or "" for name in _COLUMNS] for one in self._group(parameters).contacts.values()]
        lines = [",".join(row) for row in (_COLUMNS, *rows)]
        return Reply(200, "".join(f"{line}\r\n" for line in lines).encode(), content_type="application/csv")
