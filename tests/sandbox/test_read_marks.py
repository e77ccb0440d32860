"""The two calls that mark a conversation as read and that no operation of the library stands for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aioconvo.sandbox.exchange import Request, Settings, utc_now
from aioconvo.sandbox.server import PROVIDERS

BASIC = {"authorization": "Basic YXBwX3NhbmRib3g6c2FuZGJveC1zZWNyZXQ="}
BEARER = {"authorization": "Bearer sandbox-key"}


def ask(provider: Any, method: str, path: str, body: object, headers: dict[str, str]) -> tuple[int, Any]:
    request = Request(method=method, path=path, query=[], headers=headers, body=json.dumps(body).encode())
    answer = provider.answer(request)
    return answer.status, answer.body


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"author": {"type": "business"}, "type": "conversation:read"}, 200),
        ({"author": {"type": "business"}, "type": "typing:start"}, 200),
        ({"author": {"type": "user", "userExternalId": "user-1"}, "type": "conversation:read"}, 200),
        ({"author": {"type": "user", "userExternalId": "user-1"}, "type": "typing:start"}, 400),
        ({"author": {"type": "user", "userExternalId": "nobody"}, "type": "conversation:read"}, 404),
        ({"type": "conversation:read"}, 400),
    ],
)
def test_sunshine_activities(body: dict[str, Any], status: int) -> None:
    provider: Any = PROVIDERS["sunshine"](Settings(2, 3, 0, utc_now()))
    conversation = next(iter(provider.state()["ids"]))
    path = f"/v2/apps/sandbox-app/conversations/{conversation}"
    assert ask(provider, "POST", f"{path}/activity", body, BASIC)[0] == status
    shown = ask(provider, "GET", path, None, BASIC)[1]["conversation"]
    read = body["type"] == "conversation:read" and body.get("author") == {"type": "business"}
    assert ("businessLastRead" in shown) is read
    if "userExternalId" in body.get("author", {}):
        people = ask(provider, "GET", f"{path}/participants", None, BASIC)[1]["participants"]
        assert any("lastRead" in person for person in people) is (status == 200)


def test_convore_files_conversations() -> None:
    provider: Any = PROVIDERS["convore"](Settings(2, 3, 0, utc_now()))
    path = f"/v1/conversations/{next(iter(provider.state()['ids']))}"
    before = ask(provider, "GET", path, None, BEARER)[1]
    for changes in ({"is_unread": True}, {"is_unread": False}, {"status": "spam", "subject": None, "priority": "low"}):
        before |= changes
        assert ask(provider, "PATCH", path, changes, BEARER) == (200, before)
    assert ask(provider, "PATCH", path, {"status": "lost"}, BEARER)[0] == 400
    assert ask(provider, "PATCH", "/v1/conversations/conv_0", {}, BEARER)[0] == 404
    assert ask(provider, "PATCH", path, {}, {})[0] == 401
    assert ask(provider, "GET", path, None, BEARER)[1] == before
