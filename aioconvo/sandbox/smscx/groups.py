"""The groups of the emulated SMS.CX account. One of all contacts is there from the start."""

from __future__ import annotations

import csv
import dataclasses
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec

from aioconvo.sandbox.data import milliseconds, uuid_id
from aioconvo.sandbox.exchange import Reply, Request, Route
from aioconvo.sandbox.workbook import TYPE, workbook

from .data import COSTS, Conversation, stamp
from .numbers import country_of, number_of
from .refusals import Refused, decoded, invalid, refusal

if TYPE_CHECKING:
    from aioconvo.sandbox.clock import Clock
    from aioconvo.sandbox.exchange import Settings

_COLUMNS: Final = ("phoneNumber", "firstName", "lastName", "countryIso")
_PAGE: Final = 500

_Country = Annotated[str, msgspec.Meta(min_length=2, max_length=2)]
_Fields = Annotated[dict[str, str], msgspec.Meta(max_length=20)]


class _Words(msgspec.Struct, rename="camel", kw_only=True, omit_defaults=True):
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    field1: str | None = None
    field2: str | None = None
    field3: str | None = None
    field4: str | None = None
    field5: str | None = None
    custom_fields: _Fields | None = None


class _NewContact(_Words, rename="camel", kw_only=True):
    phone_number: str
    country_iso: _Country | None = None


class _Changes(_Words, rename="camel", kw_only=True):
    phone_number: str | None = None


class _Added(msgspec.Struct, rename="camel", kw_only=True):
    phone_numbers: list[str | _NewContact]
    allow_invalid: bool = False
    country_iso: _Country | None = None


class _NewGroup(msgspec.Struct):
    name: Annotated[str, msgspec.Meta(min_length=3, max_length=60)]


@dataclasses.dataclass(slots=True)
class Contact:
    """A contact of a group; `place` says where it stands in its group, and is never that of another."""

    id: str
    place: int
    phone: str
    added: int
    words: dict[str, Any]

    def to_json(self, group_id: int) -> dict[str, Any]:
        """The contact as the API shows it."""
        names = [name for name in _Words.__struct_encode_fields__ if name != "customFields"]
        return {
            "id": self.id,
            "phoneNumber": self.phone,
            "countryIso": country_of(self.phone),
            **dict.fromkeys(names),
            **self.words,
            "groupId": group_id,
            "optout": False,
            "dateAdded": stamp(self.added),
        }


@dataclasses.dataclass(slots=True)
class Group:
    """A group and its contacts by id, in the order in which they were added."""

    id: int
    name: str
    created: int
    contacts: dict[str, Contact] = dataclasses.field(default_factory=dict[str, Contact])

    def to_json(self) -> dict[str, Any]:
        """The group as the API shows it."""
        count = len(self.contacts)
        about = {"totalPhoneNumbers": count, "totalCost": COSTS["sms"] * count, "totalOptouts": 0}
        return {"id": self.id, "name": self.name, **about, "createdAt": stamp(self.created)}

    def named(self) -> dict[str, Any]:
        """Its id and name."""
        return {"id": self.id, "name": self.name}


class Groups:
    """The groups, and the routes to them."""

    def __init__(self, settings: Settings, clock: Clock, conversations: Sequence[Conversation]) -> None:
        self._seed = settings.seed
        self._clock = clock
        self._made = 0
        self._last = 1
        everybody = Group(1, "Everybody", milliseconds(settings.now))
        for each in conversations:
            names = {"firstName": each.first_name, "lastName": each.last_name}
            self._add(everybody, each.phone, names, everybody.created)
        self._groups = {1: everybody}
        one, contact = "/groups/{groupId}", "/groups/{groupId}/{phoneNumberId}"
        self.routes = (
            Route("GET", "/groups", "get_groups_list", self._list),
            Route("POST", "/groups", "create_group", self._create),
            Route("GET", one, "get_group_details", self._list_contacts),
            Route("POST", one, "add_contacts_to_group", self._add_contacts),
            Route("DELETE", one, "delete_group", self._delete),
            Route("GET", f"{one}/empty", "empty_group", self._empty),
            Route("GET", f"{one}/csv", "export_group_to_csv", self._export_csv),
            Route("GET", f"{one}/xlsx", "export_group_to_xlsx", self._export_xlsx),
            Route("PATCH", contact, "update_contact_from_group", self._update_contact),
            Route("DELETE", contact, "delete_contact_from_group", self._delete_contact),
        )

    def get(self, group_id: int) -> Group | None:
        """The group of this id."""
        return self._groups.get(group_id)

    def _group(self, parameters: Mapping[str, str]) -> Group:
        text = parameters["groupId"]
        group = self._groups.get(int(text)) if text.isdecimal() and text.isascii() else None
        if group is None:
            raise Refused(refusal(404, "not_found", "Group ID not found", 1200))
        return group

    def _contact(self, parameters: Mapping[str, str]) -> tuple[Group, Contact]:
        group = self._group(parameters)
        contact = group.contacts.get(parameters["phoneNumberId"])
        if contact is None:
            raise Refused(refusal(404, "not_found", "Phone number ID not found", 1202))
        return group, contact

    def _add(self, group: Group, phone: str, words: Mapping[str, Any], at: int) -> None:
        self._made += 1
        one = Contact(uuid_id(self._seed, "smscx contact", self._made), self._made, phone, at, dict(words))
        group.contacts[one.id] = one

    def _list(self, _request: Request, _: Mapping[str, str]) -> Reply:
        return Reply(200, {"data": [one.to_json() for one in self._groups.values()]})

    def _create(self, request: Request, _: Mapping[str, str]) -> Reply:
        name = decoded(request, _NewGroup, "The name must have 3 to 60 characters", 1206).name
        if any(one.name == name for one in self._groups.values()):
            raise Refused(refusal(400, "duplicate_value", "There is a group of this name", 1211))
        self._last += 1
        group = self._groups[self._last] = Group(self._last, name, self._clock.tick())
        return Reply(201, {"info": group.named()})

    def _list_contacts(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        group, asked = self._group(parameters), request.parameters()
        contacts = list(group.contacts.values())
        size = _size(asked.get("limit"))
        if "previous" in asked:
            before = _place(asked["previous"])
            page = [one for one in contacts if one.place < before][-size:]
        else:
            after = _place(asked["next"]) if "next" in asked else 0
            page = [one for one in contacts if one.place > after][:size]
        more, less = page and page[-1] is not contacts[-1], page and page[0] is not contacts[0]
        paging = {
            "next": f"{page[-1].place:x}" if more else None,
            "previous": f"{page[0].place:x}" if less else None,
            "size": len(page),
        }
        data = [] if asked.get("short_response") == "true" else [one.to_json(group.id) for one in page]
        return Reply(200, {"info": group.to_json(), "data": data, "paging": paging})

    def _add_contacts(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        group = self._group(parameters)
        added = decoded(request, _Added, "Phone numbers are missing or not valid", 1203)
        given = [_NewContact(phone_number=one) if isinstance(one, str) else one for one in added.phone_numbers]
        if not given:
            raise invalid("There are no phone numbers", 1203)
        numbers = [number_of(one.phone_number, one.country_iso or added.country_iso) for one in given]
        bad = [one.phone_number for one, number in zip(given, numbers, strict=True) if number is None]
        if bad and not added.allow_invalid:
            refused = refusal(400, "invalid_param", "Some phone numbers are not valid", 1207)
            raise Refused(Reply(refused.status, {**refused.body, "invalid": bad}))
        known = {one.phone for one in group.contacts.values()}
        duplicates = 0
        for one, number in zip(given, numbers, strict=True):
            if number in known:
                duplicates += 1
            elif number is not None:
                known.add(number)
                words = msgspec.to_builtins(one)
                self._add(group, number, {key: words[key] for key in words if key not in _COLUMNS[::3]}, self._clock.tick())
        valid = len(given) - len(bad)
        counts = {"totalValid": valid, "totalInvalid": len(bad), "totalDuplicates": duplicates, "totalPhoneNumbers": len(given)}
        return Reply(200, {"info": {"totalCost": COSTS["sms"] * valid, **counts, "invalid": bad}})

    def _delete(self, _: Request, parameters: Mapping[str, str]) -> Reply:
        group = self._group(parameters)
        del self._groups[group.id]
        return Reply(200, {"info": {**group.named(), "totalPhoneNumbers": len(group.contacts)}})

    def _empty(self, _: Request, parameters: Mapping[str, str]) -> Reply:
        group = self._group(parameters)
        if not group.contacts:
            return Reply(204)
        group.contacts.clear()
        return Reply(200, {"info": group.named()})

    def _update_contact(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        group, contact = self._contact(parameters)
        changes = decoded(request, _Changes, "A parameter is not valid")
        phone = contact.phone
        if changes.phone_number is not None:
            phone = number_of(changes.phone_number, None) or ""
            if not phone:
                raise invalid("The phone number is not valid", 1213)
            if any(one.phone == phone and one is not contact for one in group.contacts.values()):
                raise Refused(refusal(400, "duplicate_value", "The group has this phone number", 1215))
        words: dict[str, Any] = {**contact.words, **msgspec.to_builtins(changes)}
        words.pop("phoneNumber", None)
        if (phone, words) == (contact.phone, contact.words):
            return Reply(204)
        contact.phone, contact.words = phone, words
        return Reply(200, {"info": {"id": contact.id, "groupId": str(group.id)}})

    def _delete_contact(self, _: Request, parameters: Mapping[str, str]) -> Reply:
        group, contact = self._contact(parameters)
        del group.contacts[contact.id]
        info = {"id": contact.id, "phoneNumber": contact.phone, "countryIso": country_of(contact.phone)}
        return Reply(200, {"info": info})

    def _export_csv(self, _: Request, parameters: Mapping[str, str]) -> Reply:
        written = io.StringIO()
        csv.writer(written).writerows(self._rows(parameters))
        return Reply(200, written.getvalue().encode(), content_type="application/csv")

    def _export_xlsx(self, _: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, workbook(self._rows(parameters)), content_type=TYPE)

    def _rows(self, parameters: Mapping[str, str]) -> list[Sequence[str]]:
        """Which columns the API writes is not documented."""
        group = self._group(parameters)
        shown = [one.to_json(group.id) for one in group.contacts.values()]
        return [_COLUMNS, *([one[name] or "" for name in _COLUMNS] for one in shown)]


def _size(text: str | None) -> int:
    """How many items a page has; what the API does with more than 500 is not documented, here it is 500."""
    if text is None:
        return _PAGE
    if not (text.isdecimal() and text.isascii() and int(text)):
        raise invalid("The limit is not valid")
    return min(int(text), _PAGE)


def _place(token: str) -> int:
    try:
        return int(token, 16)
    except ValueError as error:
        raise invalid("The page token is not valid") from error
