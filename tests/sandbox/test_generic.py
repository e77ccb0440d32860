"""Every declared operation is answered from its declaration: what is created is there, what is removed is gone."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest

from aioconvo.core.json.codec import strict
from aioconvo.core.operations.operation import Request as Asked
from aioconvo.core.operations.rules import members_fit
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.providers import Provider
from aioconvo.sandbox.data import iso, uuid_id
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Settings
from aioconvo.sandbox.generic.examples import Form
from aioconvo.sandbox.generic.plans import Plan, Role, identity_of, plans_of, prefixes
from aioconvo.sandbox.generic.routes import Generic
from tests.specs import kept
from tests.test_declarations import CLIENTS, DECLARED, _least

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
SETTINGS = Settings(2, 2, now=NOW, clock=lambda: NOW + dt.timedelta(days=1))
PLANS = {plan.operation.python: plan for provider in Provider for plan in plans_of(provider)}


class Account:
    """A client of one API whose calls, all of them, are answered from their declarations."""

    def __init__(self, provider: str) -> None:
        credentials = Provider(provider).sandbox.credentials
        self.plans = plans_of(provider)
        self.table = Generic(provider, SETTINGS, credentials, Form(iso, uuid_id)).table(())
        client: Any = CLIENTS[provider].with_options()
        client.send, client.call = self._send, self._call
        self.client = client
        self.statuses: list[int] = []

    def answer(
        self, method: str, path: str, query: str = "", body: bytes = b"", content_type: str = "application/json"
    ) -> Reply:
        request = Request(method, path, parse_qsl(query, keep_blank_values=True), {"content-type": content_type}, body)
        found = self.table.find(method, path)
        assert isinstance(found, tuple)
        assert not body or found[0].takes(request)
        return found[0].handler(request, found[1])

    async def _send(self, asked: Asked[Any], **_: Any) -> Any:
        assert asked.body is None or isinstance(asked.body, bytes)
        reply = self.answer(asked.operation.method, asked.path, asked.query, asked.body or b"", asked.content_type or "")
        self.statuses.append(reply.status)
        kind = asked.operation.response
        if asked.operation.redirects:
            return SimpleNamespace(data=reply.headers["Location"])
        data = None if kind is None else reply.encoded() if kind is bytes else strict(reply.encoded(), kind)
        if asked.check is not None and data is not None:
            asked.check(data)
        return SimpleNamespace(data=data)

    async def _call(self, asked: Asked[Any], **_: Any) -> Any:
        return (await self._send(asked)).data

    async def call(self, python: str, **given: Any) -> Any:
        """The operation's answer; of a list, all items."""
        method = self.client
        for step in python.split(".")[1:]:
            method = getattr(method, step)
        made = method(**given)
        return await (made.collect() if isinstance(made, AsyncPaginator) else made)

    async def arguments(self, python: str) -> dict[str, Any]:
        """The least that a call needs, about things that are there."""
        declared = PLANS[python].declared
        assert declared is not None
        given = _least(declared)
        names = {one.wire: one.name for one in declared.parameters}
        for place, key in reversed([*prefixes(declared.operation.path)]):
            if key in names and (known := await self._known(place, key, given)) is not None:
                given[names[key]] = type(given[names[key]])(known)
        return given

    async def _known(self, place: str, key: str, given: Mapping[str, Any]) -> Any:
        """The id of a thing in a collection: one that is listed, or made for it."""
        for role in (Role.LIST, Role.CREATE):
            for plan in self.plans:
                if plan.role is role and plan.place == place and plan.declared is not None:
                    least = _least(plan.declared)
                    taken = {one.name for one in plan.declared.parameters} & given.keys() & least.keys()
                    names = {one.wire: one.name for one in plan.declared.parameters}
                    try:
                        found = await self.call(plan.operation.python, **{**least, **{name: given[name] for name in taken}})
                    except Refusal as refused:  # it has an id of ours, and was made before
                        if refused.status != 409 or names.get(key) not in least:
                            raise
                        return least[names[key]]
                    first = found[0] if isinstance(found, list) else found
                    wire = identity_of(plan, key)
                    if wire is not None:
                        return msgspec.to_builtins(first)[wire]
        return None


# A PIN is verified if it is the one that was sent: the sandbox has a route of its own for that.
WRITTEN = {"smscx.otp.verify"}


@pytest.mark.parametrize("python", [one.operation.python for one in DECLARED if one.operation.python not in WRITTEN])
async def test_every_operation_is_answered_as_declared(python: str) -> None:
    account = Account(PLANS[python].operation.provider)
    answer = await account.call(python, **await account.arguments(python))
    if PLANS[python].role is Role.LIST and not PLANS[python].operation.path.endswith("{since}"):
        assert answer
    assert account.statuses[-1] == PLANS[python].status


@pytest.mark.parametrize("noun", ["phone_numbers", "queues", "menus", "addresses"])
async def test_what_it_shows_may_be_sent_back(noun: str) -> None:
    account = Account("ultracart")
    first, *_ = await account.call(f"ultracart.pbx.{noun}.list")
    assert members_fit(noun, first) is first


CREATED = [plan for plan in PLANS.values() if plan.role is Role.CREATE and plan.declared is not None]


@pytest.mark.parametrize("plan", CREATED, ids=lambda plan: plan.operation.python)
async def test_what_is_created_is_there_until_it_is_removed(plan: Plan) -> None:
    account = Account(plan.operation.provider)
    given = await account.arguments(plan.operation.python)
    created = await account.call(plan.operation.python, **given)
    beside = [one for one in account.plans if one.place == plan.place and one.declared is not None and one.key is not None]
    key = next((one.key for one in beside), None)
    wire = None if key is None else identity_of(plan, key)
    if key is None or wire is None:
        return
    identity = msgspec.to_builtins(created)[wire]
    for one in sorted(beside, key=lambda one: one.role.value):
        assert one.declared is not None
        about = {each.name: identity for each in one.declared.parameters if each.wire == key}
        if not about:  # the client itself is of it
            return
        least = await account.arguments(one.operation.python) | _above(one, given) | about
        await account.call(one.operation.python, **least)
        if one.role is Role.REMOVE:
            with pytest.raises(Refusal) as refused:
                await account.call(one.operation.python, **least)
            assert refused.value.status == 404
    for one in account.plans:
        if one.role is Role.LIST and one.place == plan.place and any(each.role is Role.REMOVE for each in beside):
            least = await account.arguments(one.operation.python) | _above(one, given)
            listed = await account.call(one.operation.python, **least)
            assert listed
            assert identity not in [msgspec.to_builtins(each).get(wire) for each in listed]


def _above(plan: Plan, given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the arguments that name what stands above, in the path of another operation."""
    assert plan.declared is not None
    names = [one.name for one in plan.declared.parameters if one.wire in plan.operation.parameters]
    return {name: given[name] for name in names if name in given}


def test_what_is_said_of_a_thing_is_known_of_it() -> None:
    account = Account("sunshine")
    path = "/v2/apps/sandbox-app/users"
    made = account.answer("POST", path, body=b'{"externalId": "ada", "profile": {"givenName": "Ada"}}').body["user"]
    assert made["externalId"] == "ada"
    assert made["profile"] == {"givenName": "Ada"}
    assert "signedUpAt" not in made  # it was not said
    one = f"{path}/{made['id']}"
    account.answer("PATCH", one, body=b'{"profile": {"surname": "Okafor"}, "metadata": null}')
    found = account.answer("GET", one).body["user"]
    assert found["profile"] == {"surname": "Okafor"}
    assert found["id"] == made["id"]
    assert "metadata" not in found
    account.answer("DELETE", one)
    with pytest.raises(Refusal, match="no longer"):
        account.answer("GET", one)


def test_pages_are_as_large_as_asked_for_and_hold_all() -> None:
    account = Account("convore")
    for _ in range(4):
        account.answer("POST", "/v1/messages", body=b'{"body": "Hello", "channel_id": "c"}')
    found: list[Any] = []
    query = "limit=2"
    while query:
        page = account.answer("GET", "/v1/messages", query).body
        assert page["total_count"] == 7
        found += page["data"]
        query = f"limit=2&cursor={cursor}" if (cursor := page.get("next_cursor")) else ""
    assert len({one["id"] for one in found}) == len(found) == 7
    assert [one["body"] for one in found[3:]] == ["Hello"] * 4


def test_an_offset_says_where_a_page_begins() -> None:
    account = Account("ultracart")
    listed = account.answer("GET", "/conversation/conversations").body["conversations"]
    page = account.answer("GET", "/conversation/conversations", "_limit=1&_offset=1").body
    assert page["conversations"] == listed[1:2]
    rows = {"count": 1, "limit": 1, "more": True, "next_offset": 2, "offset": 1, "total_records": 3}
    assert page["metadata"]["result_set"] == rows
    found = account.answer("POST", "/conversation/conversations/search", body=b'{"range_begin": 2, "range_end": 9}').body
    assert len(found["records"]) == 1


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "reason"),
    [
        ("POST", "/v1/messages", "", b"{}", "body is required"),
        ("POST", "/v1/messages", "", b'{"body": 1}', "body is not valid"),
        ("POST", "/v1/messages", "", b'{"body": "Hello"}', "channel_id"),
        ("POST", "/v1/messages", "", b"[]", "must be an object"),
        ("POST", "/v1/messages", "", b"{", "not valid JSON"),
        ("GET", "/v1/messages", "limit=1000", b"", "limit must be 1 to 100"),
        ("GET", "/v1/messages", "limit=x", b"", "limit is not valid"),
        ("GET", "/v1/messages", "cursor=x", b"", "cursor"),
    ],
)
def test_what_is_not_as_declared_is_refused(method: str, path: str, query: str, body: bytes, reason: str) -> None:
    with pytest.raises(Refusal, match=reason) as refused:
        Account("convore").answer(method, path, query, body)
    assert refused.value.status == 400


def test_files_hold_what_is_listed() -> None:
    account = Account("smscx")
    groups = account.answer("GET", "/groups").body["data"]
    path = f"/groups/{groups[0]['id']}"
    listed = account.answer("GET", path).body["data"]
    head, *rows = csv.reader(io.StringIO(account.answer("GET", f"{path}/csv").body.decode()))
    assert [row[head.index("id")] for row in rows] == [one["id"] for one in listed]
    sheet = zipfile.ZipFile(io.BytesIO(account.answer("GET", f"{path}/xlsx").body)).read("xl/worksheets/sheet1.xml").decode()
    assert listed[0]["id"] in sheet


def test_the_same_seed_gives_the_same_answers() -> None:
    one, other = Account("sunshine"), Account("sunshine")
    path = "/v2/apps/sandbox-app/integrations"
    assert one.answer("GET", path) == other.answer("GET", path)


@pytest.mark.parametrize("provider", Provider)
def test_no_route_by_hand_takes_what_another_operation_is_asked_by(provider: Provider) -> None:
    """Those by hand are looked at first: a parameter of theirs must not stand for a word of another path."""
    table = provider.sandbox(SETTINGS).table
    for plan in plans_of(provider):
        found = table.find(plan.operation.method, re.sub(r"\{(\w+)\}", r"the-\1", plan.operation.path))
        assert isinstance(found, tuple)
        assert found[0].operation == plan.operation.name


@pytest.mark.parametrize("provider", Provider)
def test_successes_have_the_statuses_of_the_specification(provider: Provider) -> None:
    by_hand = {one.operation for one in provider.sandbox(SETTINGS).routes}
    specified = kept.facts(provider).operations
    wrong = [
        (plan.operation.python, plan.status, told)
        for plan in plans_of(provider)
        if plan.operation.name not in by_hand
        and (told := specified[f"{plan.operation.method} {plan.operation.path}"].statuses)
        and not {str(plan.status), f"{plan.status // 100}XX"} & set(told)
    ]
    assert wrong == []


@pytest.mark.parametrize(("user", "status"), [("user-1", 200), ("nobody", 404)])
def test_what_is_under_a_thing_by_hand_needs_that_thing(user: str, status: int) -> None:
    box = Provider.SUNSHINE.sandbox(SETTINGS)
    others = [one for one in box.routes if one.operation != "ListClients"]
    table = Generic("sunshine", SETTINGS, box.credentials, Form(iso, uuid_id)).table(others)
    request = Request("GET", f"/v2/apps/sandbox-app/users/{user}/clients", (), {}, b"")
    found = table.find(request.method, request.path)
    assert isinstance(found, tuple)
    try:
        answered = found[0].handler(request, found[1]).status
    except Refusal as refusal:
        answered = refusal.status
    assert answered == status
