"""Originators of SMS.CX: what is sent and what comes back, also by the sandbox."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import aioconvo
from aioconvo.sandbox import Sandbox
from aioconvo.smscx import SmscxClient, TwoWayType


@pytest.fixture
def client(wire: Any) -> SmscxClient:
    return SmscxClient(api_key="k3y", base_url=wire.base_url)


async def test_list(wire: Any, client: SmscxClient) -> None:
    two_way = {"type": "10DLC", "countryIso": "US", "expireDate": "2025-01-31 08:05:09"}
    one = {"id": 3, "originator": "SHOP", "isDefault": True, "approved": True, "createdAt": "2024-01-31 08:05:09"}
    wire.answers("GET", {"data": [one | {"twoWay": two_way}, one | {"id": 4}]})
    async with client:
        first, second = await client.originators.list().collect()
    assert (wire.last.path, wire.last.query) == ("/originators", [])
    assert (first.id, first.created_at, second.two_way) == (3, dt.datetime(2024, 1, 31, 8, 5, 9, tzinfo=dt.UTC), None)
    assert first.two_way is not None
    assert (first.two_way.type, first.two_way.country_iso) == (TwoWayType.TEN_DLC, "US")
    assert first.two_way.expire_date == dt.datetime(2025, 1, 31, 8, 5, 9, tzinfo=dt.UTC)


async def test_create(wire: Any, client: SmscxClient) -> None:
    wire.answers("POST", {"info": {"id": 3, "originator": "SHOP"}}, status=201)
    async with client:
        made = await client.originators.create(originator="SHOP")
        for wrong, told in (("ab", "3 to 15 characters"), ("SHÖP", "letters and digits"), ("+447700", "letters and digits")):
            with pytest.raises(aioconvo.InvalidRequestError, match=told):
                await client.originators.create(originator=wrong)
    assert (wire.last.path, wire.last.json(), made.id) == ("/originators", {"originator": "SHOP"}, 3)
    assert len(wire.sent) == 1


async def test_delete(wire: Any, client: SmscxClient) -> None:
    wire.answers("DELETE", {"info": {"id": 3, "originator": "SHOP"}})
    async with client:
        deleted = await client.originators.delete(3)
    assert wire.last.path == "/originators/3"
    assert deleted is not None
    assert deleted.originator == "SHOP"


async def test_the_sandbox_keeps_them() -> None:
    async with Sandbox() as sandbox, SmscxClient(**sandbox.client_options("smscx")) as client:
        made = await client.originators.create(originator="SHOP")
        with pytest.raises(aioconvo.BadRequestError, match="1306"):
            await client.originators.create(originator="SHOP")
        listed = await client.originators.list().collect()
        assert [(one.originator, one.approved, one.is_default) for one in listed] == [
            ("SANDBOX", True, True),
            ("SHOP", False, False),
        ]
        assert await client.originators.delete(made.id) == made
        with pytest.raises(aioconvo.NotFoundError, match="1300"):
            await client.originators.delete(made.id)
