"""The groups of the emulated SMS.CX account."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any

import pytest

from aioconvo.sandbox.exchange import Request, Settings
from aioconvo.sandbox.smscx.routes import SmscxSandbox
from tests.sandbox.test_smscx_sandbox import KEY, NOBODY, NOW, ask


@pytest.fixture
def smscx() -> SmscxSandbox:
    return SmscxSandbox(Settings(conversations=6, messages=5, now=NOW, clock=lambda: NOW))


def contacts(smscx: SmscxSandbox, group: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(smscx, "GET", f"/groups/{group}")[1]["data"]
    return found


def code(answer: Any) -> int:
    found: int = answer["error"]["code"]
    return found


def test_a_group_lives(smscx: SmscxSandbox) -> None:
    answer, made = ask(smscx, "POST", "/groups", {"name": "News"})
    assert (answer.status, made) == (201, {"info": {"id": 2, "name": "News"}})
    new = [{"phoneNumber": "07700900123", "countryIso": "GB", "firstName": "Ada"}, "+33123456789", "+33123456789", "12"]
    added = ask(smscx, "POST", "/groups/2", {"phoneNumbers": new, "allowInvalid": True})[1]["info"]
    assert {key: added[key] for key in ("totalValid", "totalInvalid", "totalDuplicates")} == {
        "totalValid": 3,
        "totalInvalid": 1,
        "totalDuplicates": 1,
    }
    first, second = contacts(smscx, 2)
    assert (first["phoneNumber"], first["firstName"], first["email"]) == ("+447700900123", "Ada", None)
    assert (second["countryIso"], second["groupId"]) == ("FR", 2)
    assert [one["totalPhoneNumbers"] for one in ask(smscx, "GET", "/groups")[1]["data"]] == [6, 2]

    one = f"/groups/2/{first['id']}"
    assert ask(smscx, "PATCH", one, {"email": "a@b.c"})[1] == {"info": {"id": first["id"], "groupId": "2"}}
    assert contacts(smscx, 2)[0] == first | {"email": "a@b.c"}
    assert smscx.answer(Request("PATCH", one, (), KEY, b'{"email":"a@b.c"}')).status == 204
    assert ask(smscx, "DELETE", one)[1]["info"]["phoneNumber"] == "+447700900123"
    assert [each["id"] for each in contacts(smscx, 2)] == [second["id"]]

    assert ask(smscx, "GET", "/groups/2/empty")[1] == {"info": {"id": 2, "name": "News"}}
    assert smscx.answer(Request("GET", "/groups/2/empty", (), KEY, b"")).status == 204
    assert ask(smscx, "DELETE", "/groups/2")[1]["info"] == {"id": 2, "name": "News", "totalPhoneNumbers": 0}
    assert code(ask(smscx, "GET", "/groups/2")[1]) == 1200


def test_what_is_refused(smscx: SmscxSandbox) -> None:
    phone = contacts(smscx, 1)[1]["phoneNumber"]
    one = f"/groups/1/{contacts(smscx, 1)[0]['id']}"
    for method, path, body, expected in (
        ("POST", "/groups", {"name": "No"}, 1206),
        ("POST", "/groups", {"name": "Everybody"}, 1211),
        ("POST", "/groups/1", {"phoneNumbers": []}, 1203),
        ("POST", "/groups/1", {}, 1203),
        ("POST", "/groups/1", {"phoneNumbers": ["12"]}, 1207),
        ("POST", "/groups/9", {"phoneNumbers": ["+447700900123"]}, 1200),
        ("PATCH", one, {"phoneNumber": "12"}, 1213),
        ("PATCH", one, {"phoneNumber": phone}, 1215),
        ("PATCH", f"/groups/1/{NOBODY}", {"email": "x"}, 1202),
        ("DELETE", f"/groups/1/{NOBODY}", None, 1202),
        ("GET", "/groups/x", None, 1200),
    ):
        assert code(ask(smscx, method, path, body)[1]) == expected, (method, path, body)
    assert len(contacts(smscx, 1)) == 6


def page(smscx: SmscxSandbox, **query: str) -> tuple[list[str], dict[str, Any]]:
    _, body = asked(smscx, tuple(query.items()))
    return [one["id"] for one in body["data"]], body["paging"]


def asked(smscx: SmscxSandbox, query: tuple[tuple[str, str], ...]) -> tuple[int, Any]:
    answer = smscx.answer(Request("GET", "/groups/1", query, KEY, b""))
    return answer.status, answer.body


def test_pages_go_both_ways(smscx: SmscxSandbox) -> None:
    whole = [one["id"] for one in contacts(smscx, 1)]
    first, paging = page(smscx, limit="4")
    assert (first, paging["previous"], paging["size"]) == (whole[:4], None, 4)
    second, after = page(smscx, limit="4", next=paging["next"])
    assert (second, after["next"]) == (whole[4:], None)
    assert page(smscx, limit="4", previous=after["previous"])[0] == first
    assert page(smscx, short_response="true")[0] == []
    assert [asked(smscx, ((name, "?"),))[0] for name in ("limit", "next", "previous")] == [400, 400, 400]


def test_a_page_goes_on_behind_a_contact_that_is_gone(smscx: SmscxSandbox) -> None:
    whole = [one["id"] for one in contacts(smscx, 1)]
    _, paging = page(smscx, limit="3")
    ask(smscx, "DELETE", f"/groups/1/{whole[2]}")
    assert page(smscx, next=paging["next"])[0] == whole[3:]


def test_exports(smscx: SmscxSandbox) -> None:
    ask(smscx, "POST", "/groups", {"name": "News"})
    ask(smscx, "POST", "/groups/2", {"phoneNumbers": [{"phoneNumber": "+447700900123", "firstName": "<Ada>, & co"}]})
    text = smscx.answer(Request("GET", "/groups/2/csv", (), KEY, b"")).encoded().decode()
    head, row = csv.reader(io.StringIO(text, newline=""))
    assert (head[:2], row[:2]) == (["phoneNumber", "firstName"], ["+447700900123", "<Ada>, & co"])
    answer = smscx.answer(Request("GET", "/groups/2/xlsx", (), KEY, b""))
    with zipfile.ZipFile(io.BytesIO(answer.encoded())) as book:
        assert book.testzip() is None
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert re.findall("<t>(.*?)</t>", sheet)[4:6] == ["+447700900123", "&lt;Ada&gt;, &amp; co"]
