"""An endpoint as a value: what goes over the wire for path values, query pairs and bodies."""

from __future__ import annotations

import datetime as dt
import enum
import re
from typing import Any, cast
from urllib.parse import parse_qsl, unquote

import msgspec
import pytest
from hypothesis import example, given, settings, strategies as st
from yarl import URL

import aioconvo
from aioconvo.core.encoding.url import encode_query
from aioconvo.core.errors import CallFacts, InvalidRequestError
from aioconvo.core.operations.operation import Effect, Operation, PageKind, raw_request
from tests.campaign import examples

GET: Operation[Any] = Operation("x.things.get", "GetThing", "GET", "/v2/apps/{appId}/things/{thingId}", None, Effect.READ)
TOKEN: Operation[Any] = Operation("x.token", "Token", "POST", "/oauth/token", None, Effect.READ, form=True)
POST: Operation[Any] = Operation("x.things.post", "PostThing", "POST", "/v2/things", None, Effect.UNSAFE)

_NASTY = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="./\\%?#;@:&=+ \0\r\n2eEfF\u2028\ud800é", max_size=12),
    st.sampled_from(["..", ".", "", "%2e%2e", "%2E.", "../../x", "a/../b", "//host", "a?x", "a#f", "\\..\\", "...", "~"]),
)


@settings(max_examples=examples(1_200), deadline=None)
@given(app=_NASTY, thing=st.sampled_from(["x", "..", "%2F"]))
@example(app="a", thing="%2F..")
def test_no_text_leaves_its_place_in_the_path(app: str, thing: str) -> None:
    try:
        path = GET.fill([app, thing])
    except InvalidRequestError:
        return
    assert path.isascii()
    assert path.isprintable()
    segments = path.split("/")
    assert [unquote(segment) for segment in segments] == ["", "v2", "apps", app, "things", thing]
    assert not {".", "..", ""} & set(segments[1:])
    assert not set(path) & set("?#\\ ;@:&=+")
    url = URL("https://h/").with_path(path, encoded=True)
    assert url.raw_path == path
    assert url.raw_query_string == url.raw_fragment == ""


@pytest.mark.parametrize("value", ["", ".", "..", "a\nb", "a\x00", "\x7f", "\x9f", "\ud83d", None, 1.5, b"x", ["a"]])
def test_values_that_are_refused(value: Any) -> None:
    with pytest.raises(InvalidRequestError, match="appId"):
        GET.fill([value, "t"])


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("a", "a"),
        (7, "7"),
        ("a b", "a%20b"),
        ("a/b", "a%2Fb"),
        ("%2e%2e", "%252e%252e"),
        ("+4912", "%2B4912"),
        ("a.b-c_d~e", "a.b-c_d~e"),
        ("é", "%C3%A9"),
        ("...", "..."),
    ],
)
def test_values_that_are_encoded(value: str | int, segment: str) -> None:
    assert GET.fill([value, "t"]) == f"/v2/apps/{segment}/things/t"


@pytest.mark.parametrize("values", [[], ["a"], ["a", "b", "c"]])
def test_the_number_of_values_counts(values: list[str]) -> None:
    with pytest.raises(InvalidRequestError, match="needs 2 path values"):
        GET.fill(values)


class _Kind(enum.StrEnum):
    NEW = "new one"


CET = dt.timezone(dt.timedelta(hours=1))


@pytest.mark.parametrize(
    ("pairs", "encoded"),
    [
        ((), ""),
        ([("a", None)], ""),
        ([("a", "")], "a="),
        ([("page[size]", 5), ("a", None), ("b", "x y&z=1")], "page%5Bsize%5D=5&b=x%20y%26z%3D1"),
        ([("t", True), ("f", False), ("n", 1.5)], "t=true&f=false&n=1.5"),
        ([("a", ["x", "y/z"]), ("b", ())], "a=x&a=y%2Fz"),
        ([("a", [1, 2])], "a=1&a=2"),
        ({"page[size]": 1, "a": "b"}, "page%5Bsize%5D=1&a=b"),
        ([("k", _Kind.NEW)], "k=new%20one"),
        ([("d", dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC))], "d=2024-01-02T03%3A04%3A05Z"),
        ([("d", dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=CET))], "d=2024-01-02T02%3A04%3A05Z"),
        ([("d", dt.datetime(2024, 1, 2, 3, 4, 5, 678000, tzinfo=dt.UTC))], "d=2024-01-02T03%3A04%3A05.678000Z"),
    ],
)
def test_queries(pairs: Any, encoded: str) -> None:
    assert encode_query(pairs) == encoded


@given(st.lists(st.tuples(st.text(min_size=1, max_size=8), st.text(max_size=12)), max_size=5))
def test_any_query_comes_back_as_it_was(pairs: list[tuple[str, str]]) -> None:
    try:
        query = encode_query(pairs)
    except InvalidRequestError:
        assert any("\ud800" <= letter <= "\udfff" for pair in pairs for letter in "".join(pair))
        return
    assert query.isascii()
    assert parse_qsl(query, keep_blank_values=True, errors="strict") == pairs


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([("since", dt.datetime(2024, 1, 1))], "since must be a datetime with a time zone"),  # noqa: DTZ001
        ([("a", "\ud800")], "a holds text"),
        ([("a", ["x", "\ud800"])], "a holds text"),
        ([("\ud800", "a")], "query name"),
    ],
)
def test_queries_that_are_refused(pairs: Any, words: str) -> None:
    with pytest.raises(InvalidRequestError, match=words):
        encode_query(pairs)


def test_bodies() -> None:
    request = POST.request(body={"text": "é", "n": None}, query=[("a", 1)])
    assert isinstance(request.body, bytes)
    assert msgspec.json.decode(request.body) == {"text": "é", "n": None}
    assert request.content_type == "application/json"
    assert request.target == "/v2/things?a=1"
    bare = POST.request()
    assert (bare.body, bare.content_type, bare.target) == (None, None, "/v2/things")


def test_form_bodies() -> None:
    request = TOKEN.request(body={"grant_type": "client_credentials", "scope": "a b&c", "secret": "é+", "no": None})
    assert request.content_type == "application/x-www-form-urlencoded"
    assert isinstance(request.body, bytes)
    assert parse_qsl(request.body.decode("ascii")) == [
        ("grant_type", "client_credentials"),
        ("scope", "a b&c"),
        ("secret", "é+"),
    ]


@pytest.mark.parametrize(
    ("operation", "body", "words"),
    [
        (TOKEN, [("a", "b")], "must be a mapping"),
        (TOKEN, {"a": "\ud800"}, "a holds text"),
        (POST, {"a": "\ud800"}, "lone surrogate"),
        (POST, {"a": object()}, "cannot be encoded"),
        (POST, {object(): 1}, "cannot be encoded"),
    ],
)
def test_bodies_that_are_refused(operation: Operation[Any], body: Any, words: str) -> None:
    with pytest.raises(InvalidRequestError, match=words):
        operation.request(body=body)


@pytest.mark.parametrize(
    ("held", "instead"),
    [
        (aioconvo.Page.of([]), "encode(page.items)"),
        (aioconvo.Page.of([]).response, "encode(response.data)"),
        (aioconvo.AsyncPaginator.of([]), "encode(await the_list.collect())"),
    ],
)
def test_what_holds_an_answer_says_what_to_encode_instead(held: object, instead: str) -> None:
    for value in (held, [held], {"a": [{"b": held}]}):
        with pytest.raises(InvalidRequestError, match=re.escape(f"write {instead}")):
            aioconvo.encode(value)


def test_a_body_that_holds_itself_is_refused() -> None:
    body: dict[str, Any] = {}
    body["again"] = body
    with pytest.raises(InvalidRequestError, match="cannot be encoded"):
        POST.request(body=body)


def test_facts() -> None:
    assert GET.provider == "x"
    assert GET.parameters == ("appId", "thingId")
    assert GET.facts(attempts=2, request_id="r") == CallFacts(
        provider="x",
        operation="x.things.get",
        method="GET",
        path="/v2/apps/{appId}/things/{thingId}",
        attempts=2,
        request_id="r",
    )
    with pytest.raises(AttributeError):
        GET.path = "/other"  # type: ignore[misc]


def test_no_value_shows_in_the_repr_of_a_request() -> None:
    request = GET.request("canary1", "canary2", query=[("q", "canary3")], body={"text": "canary4"})
    assert "canary" not in repr(request)
    assert "/v2/apps/{appId}" in repr(request)


@pytest.mark.parametrize("effect", Effect)
def test_an_effect_may_be_plain_text(effect: Effect) -> None:
    assert raw_request("any", "POST", "/x", effect=effect.value).operation.effect is effect
    assert Operation("any.x", "x", "POST", "/x", None, cast("Effect", effect.value)).effect is effect


@pytest.mark.parametrize("effect", ["", "READ", "payed", 1, True, b"read", ["read"]])
def test_what_is_no_effect_is_refused_in_words(effect: Any) -> None:
    words = "effect must be read, idempotent, unsafe or paid; got "
    with pytest.raises(InvalidRequestError, match=words):
        raw_request("any", "POST", "/x", effect=effect)
    with pytest.raises(InvalidRequestError, match=words):
        Operation("any.x", "x", "POST", "/x", None, effect)


def test_effects_and_page_kinds() -> None:
    assert {effect for effect in Effect if effect.repeatable} == {Effect.READ, Effect.IDEMPOTENT}
    assert {kind.value for kind in PageKind} == {"cursor", "offset", "timestamp", "single"}


@pytest.mark.parametrize("body", ["{}", b"{}", bytearray(b"{}"), memoryview(b"{}")])
def test_a_raw_body_that_is_json_already_is_refused(body: object) -> None:
    """It would go out as JSON text: quoted once more, bytes even in base64."""
    with pytest.raises(InvalidRequestError, match="body must be a mapping, list or struct"):
        raw_request("gadgets", "POST", "/x", body=body)
    assert raw_request("gadgets", "POST", "/x", body={}).body == b"{}"
