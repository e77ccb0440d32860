"""Groups of SMS.CX: what is sent and what comes back."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import aioconvo
from aioconvo.sandbox import Sandbox
from aioconvo.smscx import NewContact, SmscxClient
from tests.providers.test_smscx import ID, KEY_ID

GROUP: dict[str, Any] = {
    "id": 7,
    "name": "News",
    "totalPhoneNumbers": 3,
    "totalCost": 0.1,
    "totalOptouts": 1,
    "createdAt": "2024-01-31 08:05:09",
}
CONTACT: dict[str, Any] = {
    "id": ID,
    "phoneNumber": "+447700900123",
    "countryIso": "GB",
    "groupId": 7,
    "optout": True,
    "dateAdded": "2024-01-31 08:05:09",
    "firstName": None,
    "field5": "blue",
    "customFields": {"size": "M"},
}


@pytest.fixture
def client(wire: Any) -> SmscxClient:
    return SmscxClient(api_key="k3y", base_url=wire.base_url)


async def test_list(wire: Any, client: SmscxClient) -> None:
    wire.answers("GET", {"data": [GROUP, GROUP | {"id": 8}]})
    async with client:
        groups = await client.groups.list().collect()
    assert (wire.last.path, wire.last.query) == ("/groups", [])
    assert [one.id for one in groups] == [7, 8]
    assert groups[0].created_at == dt.datetime(2024, 1, 31, 8, 5, 9, tzinfo=dt.UTC)


async def test_create(wire: Any, client: SmscxClient) -> None:
    wire.answers("POST", {"info": {"id": 7, "name": "News"}}, status=201)
    async with client:
        group = await client.groups.create(name="News")
        with pytest.raises(aioconvo.InvalidRequestError, match="name must have 3 to 60 characters"):
            await client.groups.create(name="No")
    assert (wire.last.path, wire.last.json(), group.id) == ("/groups", {"name": "News"}, 7)


async def test_list_contacts(wire: Any, client: SmscxClient) -> None:
    wire.answers("GET", {"info": GROUP, "data": [CONTACT], "paging": {"next": "n2", "previous": None, "size": 1}})
    second = CONTACT | {"id": KEY_ID, "firstName": "Ada"}
    wire.answers("GET", {"info": GROUP, "data": [second], "paging": {"next": None, "previous": "p1", "size": 1}})
    async with client:
        one, other = await client.groups.list_contacts(7, page_size=1).collect()
    assert [(sent.path, sent.query) for sent in wire.sent] == [
        ("/groups/7", [("limit", "1")]),
        ("/groups/7", [("limit", "1"), ("next", "n2")]),
    ]
    assert (one.first_name, one.field5, one.custom_fields, one.optout) == (None, "blue", {"size": "M"}, True)
    assert other.first_name == "Ada"


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        (["+447700900123"], ["+447700900123"]),
        (
            [NewContact(phone_number="07700900123", country_iso="GB", first_name="Ada", custom_fields={"size": "M"})],
            [{"phoneNumber": "07700900123", "countryIso": "GB", "firstName": "Ada", "customFields": {"size": "M"}}],
        ),
    ],
)
async def test_add_contacts(wire: Any, client: SmscxClient, given: Any, sent: Any) -> None:
    counts = {"totalValid": 1, "totalInvalid": 1, "totalDuplicates": 0, "totalPhoneNumbers": 2}
    wire.answers("POST", {"info": {"totalCost": 0.1, **counts, "invalid": ["12"], "phoneNumbersByCountry": {"GB": 1}}})
    async with client:
        added = await client.groups.add_contacts(7, phone_numbers=given, allow_invalid=True, country_iso="GB")
    assert wire.last.path == "/groups/7"
    assert wire.last.json() == {"phoneNumbers": sent, "allowInvalid": True, "countryIso": "GB"}
    assert (added.total_valid, added.invalid, added.phone_numbers_by_country) == (1, ["12"], {"GB": 1})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "phone_numbers must have 1 or more contacts"),
        ([NewContact(phone_number="1", country_iso="GBR")], r"phone_numbers\[\].country_iso must have 2 characters"),
        (
            [NewContact(phone_number="1", custom_fields={str(number): "" for number in range(21)})],
            r"phone_numbers\[\].custom_fields must have up to 20 fields",
        ),
        ("+447700900123", "phone_numbers must be a list"),
    ],
)
async def test_contacts_that_are_refused_are_not_sent(wire: Any, client: SmscxClient, given: Any, told: str) -> None:
    async with client:
        with pytest.raises(aioconvo.InvalidRequestError, match=told):
            await client.groups.add_contacts(7, phone_numbers=given)
    assert wire.sent == []


async def test_update_contact(wire: Any, client: SmscxClient) -> None:
    wire.answers("PATCH", {"info": {"id": ID, "groupId": "7"}})
    wire.answers("PATCH", {"info": {"id": ID, "groupId": 7}})
    wire.answers("PATCH", body=b"", status=204)
    async with client:
        texts = {"first_name": "a", "last_name": "b", "email": "c", "field1": "1", "field2": "2", "field3": "3", "field4": "4"}
        update = client.groups.update_contact
        changed = await update(7, ID.upper(), phone_number="+4477", field5="5", custom_fields={"x": "y"}, **texts)
        again = await update(7, ID, email="c")
        assert await update(7, ID, email="c") is None
    assert changed is not None
    assert again is not None
    assert (changed.id, changed.group_id, again.group_id) == (ID, "7", 7)
    assert wire.last.path == f"/groups/7/{ID}"
    assert wire.sent[0].json() == {
        "phoneNumber": "+4477",
        "firstName": "a",
        "lastName": "b",
        "email": "c",
        "customFields": {"x": "y"},
        **{f"field{number}": str(number) for number in range(1, 6)},
    }


async def test_delete_contact(wire: Any, client: SmscxClient) -> None:
    wire.answers("DELETE", {"info": {"id": ID, "phoneNumber": "+447700900123", "countryIso": "GB"}})
    async with client:
        deleted = await client.groups.delete_contact(7, ID)
    assert wire.last.path == f"/groups/7/{ID}"
    assert deleted is not None
    assert deleted.phone_number == "+447700900123"


async def test_empty(wire: Any, client: SmscxClient) -> None:
    wire.answers("GET", {"info": {"id": 7, "name": "News"}})
    wire.answers("GET", body=b"", status=204)
    async with client:
        emptied = await client.groups.empty(7)
        assert await client.groups.empty(7) is None
    assert (wire.last.method, wire.last.path) == ("GET", "/groups/7/empty")
    assert emptied is not None
    assert emptied.name == "News"


async def test_delete(wire: Any, client: SmscxClient) -> None:
    wire.answers("DELETE", {"info": {"id": 7, "name": "News", "totalPhoneNumbers": 3}})
    async with client:
        deleted = await client.groups.delete(7)
    assert wire.last.path == "/groups/7"
    assert deleted is not None
    assert deleted.total_phone_numbers == 3


async def test_export_xlsx(wire: Any, client: SmscxClient, tmp_path: Path) -> None:
    for _ in range(2):
        wire.answers("GET", body=b"PK\x03\x04", headers={"Content-Length": "4"})
    async with client:
        assert await client.groups.export_xlsx(7) == b"PK\x03\x04"
        path = await client.groups.export_xlsx(7).save(tmp_path / "group.xlsx")
    assert await asyncio.to_thread(path.read_bytes) == b"PK\x03\x04"
    assert wire.last.path == "/groups/7/xlsx"
    assert wire.last.headers["accept"].startswith("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


@pytest.mark.parametrize("size", [1, 3, 7, 500])
async def test_a_walk_of_contacts_gives_each_once_and_goes_on_where_it_was_left(size: int) -> None:
    async with Sandbox(conversations=7) as sandbox, SmscxClient(**sandbox.client_options("smscx")) as client:
        whole = await client.groups.list_contacts(1).collect()
        assert len({one.id for one in whole}) == len(whole) == 7
        assert await client.groups.list_contacts(1, page_size=size).collect() == whole
        head = await client.groups.list_contacts(1, page_size=size, limit=4)
        rest = await client.groups.list_contacts(1, page_size=2, start=head.position).collect()
        assert [*head.items, *rest] == whole
