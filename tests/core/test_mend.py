"""Answers in any charset, and what some servers write beside JSON."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, strategies as st

import aioconvo
from aioconvo.convore import ConvoreClient
from aioconvo.core.calls.apart import in_turns
from aioconvo.core.json import mend as mending
from aioconvo.core.json.codec import encode
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.mend import charset_of, drive, in_utf8, mend
from aioconvo.core.json.model import Envelope, Model, Unknown, raw_json
from aioconvo.core.json.source import decode
from aioconvo.smscx import SmscxClient
from tests.conftest import BASE_URL
from tests.virtual_time import in_virtual_time


class Item(Model):
    id: str
    text: str | None = None
    cost: float | None = None


class Items(Envelope):
    data: list[Item]


# ruff: noqa: RUF001 -- texts as people write them

LATIN = "Où êtes-vous, René? Straße, ¿qué?"
CHARSETS = [
    ("iso-8859-1", "latin-1", LATIN),
    ("ISO-8859-1", "cp1252", "5 € – ça va"),  # what is so called is Windows-1252 nearly everywhere
    ("latin1", "cp1252", "“Zitat”"),
    ("us-ascii", "cp1252", LATIN),
    ("windows-1252", "cp1252", "5 € – ça va"),
    ("cp1252", "cp1252", LATIN),
    ("iso-8859-15", "iso-8859-15", "5 € šŽ"),
    ("iso-8859-2", "iso-8859-2", "Příliš žluťoučký kůň"),
    ("windows-1250", "cp1250", "Příliš žluťoučký kůň"),
    ("windows-1251", "cp1251", "Привет, мир"),
    ("koi8-r", "koi8-r", "Привет, мир"),
    ("iso-8859-5", "iso-8859-5", "Привет, мир"),
    ("iso-8859-7", "iso-8859-7", "Καλημέρα"),
    ("iso-8859-9", "cp1254", "İstanbul’da ğış"),
    ("windows-1256", "cp1256", "مرحبا"),
    ("macintosh", "mac-roman", LATIN),
    ("ibm850", "cp850", LATIN),
    ("shift_jis", "cp932", "こんにちは①"),
    ("euc-jp", "euc-jp", "こんにちは"),
    ("iso-2022-jp", "iso-2022-jp", "こんにちは"),
    ("gb2312", "gb18030", "你好，朋友 镕"),
    ("gbk", "gbk", "你好"),
    ("gb18030", "gb18030", "你好 😀"),
    ("big5", "big5", "你好"),
    ("euc-kr", "cp949", "안녕하세요 똠"),
    ("tis-620", "cp874", "สวัสดี"),
    ("utf-16", "utf-16", LATIN + "😀"),
    ("utf-16", "utf-16-le", LATIN + "😀"),
    ("utf-16be", "utf-16-be", LATIN + "😀"),
    ("utf-32", "utf-32", LATIN + "😀"),
    ("utf-32le", "utf-32-le", LATIN + "😀"),
    ("utf-8", "utf-8", LATIN + "😀"),
    ("utf-8", "utf-8-sig", LATIN + "😀"),
    ("cp037", "cp037", LATIN),
]


def _answer(text: str) -> str:
    return json.dumps({"data": [{"id": "1", "text": text, "new": text}, {"id": 5}]}, ensure_ascii=False)


@pytest.mark.parametrize(("charset", "encoding", "text"), CHARSETS)
def test_where_utf8_fails_the_header_decides(charset: str, encoding: str, text: str) -> None:
    answer = _answer(text)
    named = charset_of({"Content-Type": f'application/json; charset="{charset}"'})
    page = decode(answer.encode(encoding), Items, named)
    assert (page.data[0].text, page.data[1].id) == (text, "5")
    assert aioconvo.unknown_members(page.data[0]) == {"new": text}
    raws = [json.dumps(one, ensure_ascii=False).encode() for one in json.loads(answer)["data"]]
    assert [raw_json(item) for item in page.data] == raws
    assert raw_json(page) == answer.encode()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-8-sig"])
@pytest.mark.parametrize("charset", [None, "utf-8", "iso-8859-1", "no-such-charset"])
def test_what_the_bytes_tell_goes_before_the_header(charset: str | None, encoding: str) -> None:
    page = decode(_answer(LATIN).encode(encoding), Items, charset)
    assert page.data[0].text == LATIN


@pytest.mark.parametrize("charset", ["iso-8859-1", "utf-16", "shift_jis", "no-such-charset", None])
def test_utf8_stays_utf8_whatever_the_header_says(charset: str | None) -> None:
    assert decode(_answer(LATIN + "😀").encode(), Items, charset).data[0].text == LATIN + "😀"


@pytest.mark.parametrize(
    "charset", [None, "utf-8", "utf8", "no-such-charset", "hex", "unicode_escape", "utf-7", "idna", "x" * 5000, "\0"]
)
def test_without_a_usable_charset_stray_bytes_count_as_windows_1252(charset: str | None) -> None:
    assert decode(_answer("5 € ça “so”").encode("cp1252"), Items, charset).data[0].text == "5 € ça “so”"
    # What is UTF-8 beside them stays what it is.
    body = b'{"data": [{"id": "1", "text": "Ren\xe9 ' + "é😀".encode() + b' \x81\xff"}]}'
    assert decode(body, Items, charset).data[0].text == "René é😀 \x81ÿ"


def test_text_that_is_skipped_is_read_like_all_other() -> None:
    body = b'{"data": [{"id": "1", "new": "Ren\xe9"}]}'
    for charset in (None, "iso-8859-1"):
        item = decode(body, Items, charset).data[0]
        assert raw_json(item) == '{"id": "1", "new": "René"}'.encode()
        assert aioconvo.unknown_members(item) == {"new": "René"}
    cyrillic = decode('{"data": [{"id": "1", "new": "Привет"}]}'.encode("koi8-r"), Items, "koi8-r").data[0]
    assert raw_json(cyrillic) == '{"id": "1", "new": "Привет"}'.encode()


@given(st.text(min_size=1), st.sampled_from(["cp1252", "koi8-r", "utf-16", "utf-32", "utf-8", "gb18030"]))
def test_no_text_is_lost(text: str, encoding: str) -> None:
    text = text.encode(encoding, "ignore").decode(encoding)
    body = _answer(text).encode(encoding)
    try:
        body.decode()
    except UnicodeDecodeError:
        assert decode(body, Items, encoding).data[0].text == text


@given(st.binary(max_size=300), st.none() | st.text(max_size=12))
def test_any_bytes_become_utf8_once(body: bytes, charset: str | None) -> None:
    text = drive(in_utf8(body, charset))
    text.decode()
    if b"\x1b" not in text and b"\0" not in text and not text.startswith(b"\xef\xbb\xbf"):
        assert drive(in_utf8(text, charset)) == text


async def test_clients_read_other_charsets(wire: Any) -> None:
    header = {"Content-Type": "application/json; charset=iso-8859-1"}
    async with ConvoreClient(api_key="k3y", base_url=BASE_URL, max_retries=0) as client:
        wire.answers("GET", body='{"data": [{"id": "m1", "body": "René", "zz": "é"}]}'.encode("latin-1"), headers=header)
        [message] = await client.messages.list().collect()
        assert message.body == "René"
        assert raw_json(message) == '{"id": "m1", "body": "René", "zz": "é"}'.encode()
        wire.answers("GET", body='{"error": "canal fermé"}'.encode("latin-1"), headers=header)
        with pytest.raises(aioconvo.APIStatusError, match="canal fermé"):
            await client.messages.list()
        for encoding in ("latin-1", "utf-16", "utf-8-sig"):
            wire.answers("GET", body='{"error": {"message": "canal fermé"}}'.encode(encoding), status=403, headers=header)
            with pytest.raises(aioconvo.PermissionDeniedError, match="canal fermé") as caught:
                await client.messages.get("m1")
            assert caught.value.body == '{"error": {"message": "canal fermé"}}'.encode(encoding)


# What is not JSON, but comes for it.

ODD_NUMBERS = ["NaN", "Infinity", "-Infinity", "nan", "inf", "-inf", "+Infinity", "-NaN", "1e400", "-1e400"]


@pytest.mark.parametrize("number", ODD_NUMBERS)
@pytest.mark.parametrize("gap", ["", " ", "\n\t"])
def test_numbers_that_are_none_cost_nothing_else(number: str, gap: str) -> None:
    odd = f'{{"id": "1", "cost":{gap}{number}{gap}, "text": "NaN, \\"Infinity\\": -inf"}}'
    body = f'{{"data": [{odd}, {{"id": "2", "cost": 0.5}}, {number}]}}'
    page = decode(body.encode(), Items)
    first, second, third = page.data
    assert (first.id, first.cost, first.text) == ("1", None, 'NaN, "Infinity": -inf')
    assert (second.id, second.cost) == ("2", 0.5)
    assert isinstance(third, Unknown)
    for one in (page, *page.data):
        json.loads(raw_json(one) or b"", parse_constant=pytest.fail)
        json.loads(encode(one), parse_constant=pytest.fail)
    if not number.endswith("400"):
        assert json.loads(encode(first))["cost"] == number


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "a\r\nb", "\x00", "\x1b[0m", "a\x7f\x01"])
def test_characters_that_json_wants_escaped(text: str) -> None:
    body = b'{"data": [{"id": "1", "text": "' + text.encode() + b'"}, {"id": "2"}]}'
    page = decode(body, Items)
    assert [(one.id, one.text) for one in page.data] == [("1", text), ("2", None)]
    assert json.loads(raw_json(page) or b"")["data"][0]["text"] == text


@pytest.mark.parametrize(
    "body", [b'{"data": [NaN', b'{"data": NaN}}', b"NaN NaN", b'{"data": [nano]}', b'{"data": [1NaN]}', b"<p>NaN</p>"]
)
def test_other_bodies_are_refused_as_before(body: bytes) -> None:
    with pytest.raises(BrokenBodyError):
        drive(mend(body, None))


def test_a_body_that_is_good_is_left_alone() -> None:
    body = _answer(LATIN).encode()
    assert drive(mend(body, "koi8-r")) is body
    assert drive(in_utf8(body, "koi8-r")) is body


async def test_an_account_with_a_cost_that_is_no_number(wire: Any) -> None:
    contact = '"conversationId": "11111111-2222-3333-4444-555555555555", "phoneNumber": "+447700900123", "countryIso": "GB"'
    messages = ", ".join(
        f'{{"msgId": "m{number}", "cost": {cost}}}' for number, cost in enumerate(["0.05", "NaN", "Infinity", '"NaN"'])
    )
    wire.answers("GET", body=f'{{"info": {{{contact}}}, "data": [{messages}]}}'.encode())
    async with SmscxClient(api_key="k3y", base_url=BASE_URL, max_retries=0) as client:
        detail = await client.conversations.get("11111111-2222-3333-4444-555555555555")
    assert [(one.msg_id, one.cost) for one in detail.messages] == [("m0", 0.05), ("m1", None), ("m2", None), ("m3", None)]


async def test_plain_values_hold_none_of_it(wire: Any) -> None:
    wire.answers("GET", body=b'{"a": NaN, "b": [Infinity]}')
    async with ConvoreClient(api_key="k3y", base_url=BASE_URL, max_retries=0) as client:
        assert (await client.request("GET", "/x")).data == {"a": "NaN", "b": ["Infinity"]}


def _large(extra: Callable[[int], dict[str, object]], count: int) -> bytes:
    rows = [{"id": str(number), "text": "hello " * 20, **extra(number)} for number in range(count)]
    return json.dumps({"rows": rows}, ensure_ascii=False).encode("utf-8", "surrogatepass")


LARGE: dict[str, tuple[Callable[[int], bytes], str | None]] = {
    "endless numbers": (lambda count: _large(lambda number: {"x": math.nan if number % 100 == 0 else 1}, count), None),
    "control characters": (lambda count: _large(lambda _: {"x": "a@b"}, count).replace(b"@", b"\n"), None),
    "halves of emojis": (lambda count: _large(lambda _: {"x": "@"}, count).replace(b"@", rb"\ud83d"), None),
    "bytes of no charset": (lambda count: _large(lambda _: {"x": "\xfc"}, count).decode().encode("latin-1"), None),
    "a named charset": (lambda count: _large(lambda _: {"x": "\xfc"}, count).decode().encode("latin-1"), "iso-8859-1"),
    "two bytes a character": (lambda count: _large(lambda _: {}, count).decode().encode("utf-16"), None),
    "cut": (lambda count: _large(lambda _: {}, count)[:-3], None),
}


@pytest.mark.parametrize("form", LARGE)
def test_a_larger_body_takes_more_slices_and_not_larger_ones(form: str) -> None:
    make, charset = LARGE[form]

    def slices(count: int) -> int:
        work, number = mend(make(count), charset), 0
        with contextlib.suppress(BrokenBodyError):
            for _ in work:
                number += 1
        return number

    few, many = slices(8_000), slices(32_000)
    assert few > 3
    assert 3 * few < many


TEXTS = st.text(st.sampled_from('ab"\\{}[]:,\n\x01\xfc\u20ac NaInfud83'), max_size=60)


@given(
    text=TEXTS,
    charset=st.sampled_from([None, "iso-8859-1", "utf-8", "utf-16", "shift_jis", "hex", "nonsense"]),
    size=st.integers(1, 9),
)
def test_where_a_body_is_sliced_makes_no_difference(text: str, charset: str | None, size: int) -> None:
    def made(body: bytes) -> bytes | None:
        try:
            return drive(mend(body, charset))
        except BrokenBodyError:
            return None

    whole = json.dumps({"a": text, "b": 1}, ensure_ascii=False).replace("b", text.replace('"', ""), 1)
    for body in (whole.encode(), whole.encode("latin-1", "replace"), whole.encode("utf-16-le"), text.encode()):
        expected = made(body)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(mending, "_BYTES_AT_ONCE", size)
            assert made(body) == expected


@in_virtual_time
async def test_slices_wait_for_nothing_but_let_others_run() -> None:
    turns = 0

    async def count() -> None:
        nonlocal turns
        for turns in range(200):  # noqa: B007 -- looked at outside
            await asyncio.sleep(0)

    beside = asyncio.create_task(count())
    body = LARGE["a named charset"][0](20_000)
    assert await in_turns(mend(body, "iso-8859-1")) == body.decode("latin-1").encode()
    beside.cancel()
    assert turns > 4
    assert asyncio.get_running_loop().time() == 0.0
