"""Successes whose bodies say that the call failed, and answers that name another thing than was asked for."""

from __future__ import annotations

import pickle
import uuid
from typing import Any, ClassVar

import msgspec
import pytest

import aioconvo
from aioconvo.core.access.auth import HeaderAuth
from aioconvo.core.answers.identity import WrongAnswerBodyError, about, all_about, both, names, same
from aioconvo.core.answers.refusals import (
    ErrorWords,
    Telling,
    refusal_of,
    refuse_web_page,
    tells_of_an_error,
    told_in,
    usual_words,
)
from aioconvo.core.calls.client import APIClient
from aioconvo.core.json.codec import decode
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.model import Model
from aioconvo.core.operations.operation import ANY_JSON, Effect, Operation


class Noun(Model):
    id: str
    mood: str | None = None


class Enveloped(Telling, rename="camel", kw_only=True):
    some_things: list[str]
    next_thing: str | None = None


class Client(APIClient):
    provider: ClassVar[str] = "things"
    default_host: ClassVar[str] = "api.things.test"


def operation(effect: Effect, response: Any) -> Operation[Any]:
    return Operation(f"things.{effect}", "Thing", "GET" if effect is Effect.READ else "POST", "/things/{id}", response, effect)


# What tells of an error.


@pytest.mark.parametrize(
    "told",
    [
        {"error": "maintenance"},
        {"error": {"code": "x"}},
        {"error": {"inner": {"words": "no"}}},
        {"error": ["no"]},
        {"error": True},
        {"error": 5},
        {"errors": [{"code": "x", "title": "t"}]},
        {"errors": "all of it"},
        {"success": False},
        {"success": "false"},
        {"success": 0},
        {"ok": False},
        {"status": "error"},
        {"status": "FAILED"},
        {"status": 503},
        {"status": "404"},
        {"success": True, "error": {"message": "but not really"}},
    ],
)
def test_an_answer_tells_of_an_error(told: dict[str, Any]) -> None:
    body = msgspec.json.encode(told)
    assert (found := told_in(body)) is not None
    assert found.failed
    assert decode(msgspec.json.encode({"someThings": ["a"], "nextThing": "n", **told}), Enveloped).failed


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"error": None},
        {"error": ""},
        {"error": {}},
        {"error": {"code": None, "message": ""}},
        {"error": []},
        {"error": False},
        {"errors": []},
        {"errors": None},
        {"success": True},
        {"success": "true"},
        {"success": None},
        {"ok": True},
        {"status": "ok"},
        {"status": "open"},
        {"status": 200},
        {"message": "an error"},
    ],
)
def test_an_answer_tells_of_none(told: dict[str, Any]) -> None:
    found = told_in(msgspec.json.encode(told))
    assert found is not None
    assert not found.failed
    assert found.succeeded == (told.get("success") is True or told.get("ok") is True)


@pytest.mark.parametrize("enveloped", [True, False])
@pytest.mark.parametrize(
    ("body", "tells"),
    [
        (b"", False),
        (b"{}", False),
        (b'{"id": "1", "error": "gone"}', None),  # a field like any other, unless all answers are enveloped
        (b'{"error": "gone"}', True),
        (b'{"id": "1"}', False),
        (b"[]", False),
    ],
)
def test_plain_values_tell_of_an_error(body: bytes, tells: bool | None, enveloped: bool) -> None:
    data = msgspec.json.decode(body) if body else None
    assert tells_of_an_error(data, body, enveloped=enveloped) is (enveloped if tells is None else tells)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"error"', b"<html>", b"\xff", b"[" * 100_000])
def test_what_is_no_object_tells_nothing(body: bytes) -> None:
    assert told_in(body) is None
    assert usual_words(body) == ErrorWords()
    assert refusal_of(ErrorWords(), body).status == 400


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        ({"error": "maintenance"}, 400, None, "maintenance"),
        ({"error": {"type": "not_found", "message": "gone", "code": 1180}}, 404, "1180", "gone"),
        ({"error": {"code": "too_many_requests", "description": "slow"}}, 429, "too_many_requests", "slow"),
        ({"error": {"error_code": "410", "developer_message": "off"}}, 410, "410", "off"),
        ({"errors": [{"code": "user_not_found", "title": "no user"}, {"code": "x"}]}, 404, "user_not_found", "no user"),
        ({"errors": ["first", "second"]}, 400, None, "first"),
        ({"errors": "all of it"}, 400, None, "all of it"),
        ({"error": "invalid_token", "error_description": "expired"}, 401, None, "expired"),
        ({"error": True, "message": "m", "code": 7}, 400, "7", "m"),
        ({"status": "error", "message": "m"}, 400, None, "m"),
        ({"status": 503, "detail": "later"}, 503, None, "later"),
        ({"success": False, "code": 999}, 400, "999", None),
        ({"error": {"code": "200"}}, 400, "200", None),
    ],
)
def test_what_it_says_and_what_it_counts_as(body: dict[str, Any], status: int, code: str | None, words: str | None) -> None:
    refusal = refusal_of(ErrorWords(), msgspec.json.encode(body))
    assert (refusal.status, refusal.told) == (status, ErrorWords(code, words))


def test_the_words_of_the_providers_own_shape_come_first() -> None:
    refusal = refusal_of(ErrorWords("own", None), b'{"error": {"code": "usual", "message": "usual words"}}')
    assert refusal.told == ErrorWords("own", "usual words")


# In the loop.


async def call(wire: Any, effect: Effect, response: Any, body: bytes, **options: Any) -> Any:
    asked = operation(effect, response)
    wire.answers(asked.method, body=body)
    async with Client(base_url=wire.base_url, auth=HeaderAuth("X-Key", "k"), max_retries=0) as client:
        return await client.call(asked.request("7", **options))


@pytest.mark.parametrize("response", [None, Noun, Enveloped, ANY_JSON])
async def test_an_error_alone_is_refused_as_its_status_says(wire: Any, response: Any) -> None:
    for effect in Effect:
        with pytest.raises(aioconvo.NotFoundError, match=r"HTTP 200 with an error.*404.*gone") as caught:
            await call(wire, effect, response, b'{"error": {"code": "thing_not_found", "message": "gone"}}')
        assert (caught.value.status, caught.value.code) == (404, "thing_not_found")
    assert len(wire.sent) == len(Effect)


@pytest.mark.parametrize(
    ("response", "body"),
    [
        (Noun, b'{"id": "7", "error": "half of it"}'),
        (Noun, b'{"id": "7", "success": false}'),
        (Enveloped, b'{"someThings": ["a"], "error": "half of it"}'),
        (Enveloped, b'{"someThings": ["a"], "success": false}'),
    ],
)
async def test_an_error_beside_the_payload(wire: Any, response: Any, body: bytes) -> None:
    for effect in (Effect.READ, Effect.IDEMPOTENT):
        with pytest.raises(aioconvo.BadRequestError):
            await call(wire, effect, response, body)
    for effect in (Effect.UNSAFE, Effect.PAID):  # who knows what was carried out
        with pytest.raises(aioconvo.MaybeSentError):
            await call(wire, effect, response, body)
    assert len(wire.sent) == 4


async def test_texts_and_fields_deeper_down_are_no_errors(wire: Any) -> None:
    body = msgspec.json.encode({"id": "7", "mood": '"error": "not mine"', "inner": {"error": "not the call's"}})
    assert (await call(wire, Effect.READ, Noun, body)).id == "7"
    assert await call(wire, Effect.READ, ANY_JSON, b'{"id": 7, "error": "a field of this thing"}')


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b'{"ok": true}', b'{"success": true, "error": {}}', b"OK", b'"done"'])
async def test_where_no_answer_is_due_any_harmless_one_passes(wire: Any, body: bytes) -> None:
    assert await call(wire, Effect.IDEMPOTENT, None, body) is None


@pytest.mark.parametrize("body", [b"<html>login</html>", b"\n <!DOCTYPE html><title>Sign in</title>"])
async def test_a_web_page_is_no_harmless_answer(wire: Any, body: bytes) -> None:
    with pytest.raises(aioconvo.ResponseDecodeError, match="web page"):
        await call(wire, Effect.IDEMPOTENT, None, body)
    refuse_web_page(b"")


@pytest.mark.parametrize("body", [b"", b"{}", b'{"ok": true}', b"null", b'{"id"', b"<html>"])
@pytest.mark.parametrize("effect", Effect)
async def test_an_unusable_answer_leaves_open_what_was_done(wire: Any, effect: Effect, body: bytes) -> None:
    with pytest.raises(aioconvo.ResponseDecodeError) as caught:
        await call(wire, effect, Enveloped, body)
    assert isinstance(caught.value, aioconvo.MaybeSentError) == (effect in {Effect.UNSAFE, Effect.PAID})
    assert caught.value.status == 200
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 -- its own
    assert (type(again), str(again), again.status) == (type(caught.value), str(caught.value), 200)


# The thing that is asked for.


async def test_an_answer_to_another_call(wire: Any) -> None:
    check = names("thing", "id", "7")
    assert (await call(wire, Effect.READ, Noun, b'{"id": "7"}', check=check)).id == "7"
    with pytest.raises(aioconvo.WrongAnswerError, match="names another thing than was asked for"):
        await call(wire, Effect.READ, Noun, b'{"id": "8"}', check=check)
    for effect in (Effect.UNSAFE, Effect.PAID):
        with pytest.raises(aioconvo.MaybeSentDecodeError, match="another thing"):
            await call(wire, effect, Noun, b'{"id": "8"}', check=check)
    with pytest.raises(aioconvo.BadRequestError):  # what it says of an error is worth more
        await call(wire, Effect.READ, Noun, b'{"id": "8", "error": "no"}', check=check)


@pytest.mark.parametrize("body", [b"{}", b'{"id": null}', b'{"id": ""}', b'{"id": {}}', b'{"mood": "good"}'])
async def test_an_answer_that_names_nothing(wire: Any, body: bytes) -> None:
    with pytest.raises(aioconvo.ResponseDecodeError, match="names no thing: id is missing") as caught:
        await call(wire, Effect.READ, Noun, body, check=names("thing", "id"))
    assert not isinstance(caught.value, aioconvo.WrongAnswerError)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("a", "a", True),
        ("Abc", "aBC", True),
        ("c38fa60d-ce8f-4918-8b9d-d991bc44cb73", "C38FA60DCE8F49188B9DD991BC44CB73", True),
        ("c38fa60d-ce8f-4918-8b9d-d991bc44cb73", "{c38fa60d-ce8f-4918-8b9d-d991bc44cb73}", True),
        ("a", "b", False),
        ("a-b", "ab", False),
        (str(uuid.UUID(int=1)), str(uuid.UUID(int=2)), False),
    ],
)
def test_same_ids(one: str, other: str, equal: bool) -> None:
    assert same(one, other) is same(other, one) is equal


def test_what_an_answer_is_about() -> None:
    check = about("thing", "inner.id", 7)
    for inner in (None, msgspec.UNSET, Noun(id=""), Noun(id="7")):
        check(Enveloped(some_things=[]) if inner is None else _Outer(inner=inner))
    with pytest.raises(WrongAnswerBodyError):
        check(_Outer(inner=Noun(id="8")))
    all_about("thing", "a", ["a", None, "A", "", msgspec.UNSET, 5])
    with pytest.raises(WrongAnswerBodyError) as caught:
        all_about("thing", "a", ["a", "b"])
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 -- its own
    assert str(again) == str(caught.value)
    either = names("thing", "id", "x", also="mood")
    either(Noun(id="1", mood="X"))
    with pytest.raises(BrokenBodyError, match="id is missing"):
        either(Noun(id="", mood="x"))
    for mood in (None, "y"):
        with pytest.raises(WrongAnswerBodyError):
            either(Noun(id="1", mood=mood))
    two = both(names("thing", "id"), about("place", "mood", "x"))
    two(Noun(id="1", mood="x"))
    with pytest.raises(WrongAnswerBodyError, match="another place"):
        two(Noun(id="1", mood="y"))


class _Outer(Model):
    inner: Any
