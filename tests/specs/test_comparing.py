"""Each way in which a declaration can be wrong is found, and told at its place."""

from __future__ import annotations

import datetime as dt
import inspect
import typing
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Annotated, Any, ClassVar, Literal

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from aioconvo.core.json.model import Model, OpenEnum, Variant
from aioconvo.core.operations.declaration import operation, performs
from aioconvo.core.operations.markers import Body, Name, Query, Style, Whole, camel
from aioconvo.core.operations.operation import Effect, Operation as Constant
from aioconvo.core.operations.resource import Group
from aioconvo.core.operations.rules import AtMost, Between, Length, Like, Time, joined, lower_uuid
from tests.specs.comparing import differences
from tests.specs.declarations import of_method, of_signature
from tests.specs.openapi import facts_of

TEXT = {"type": "string"}
ID = {"name": "id", "in": "path", "required": True, "schema": TEXT}
LANGUAGE = {"name": "lang", "in": "query", "schema": {"type": "string", "enum": ["en", "de"]}}
SIZE = {"name": "size", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 9}}
TAGS = {"name": "tags", "in": "query", "schema": {"type": "array", "items": TEXT}}
IDS = {"name": "ids", "in": "query", "explode": False, "schema": {"type": "array", "items": TEXT}}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def content(name: str) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": ref(name)}}}


NEW_NOTE = {
    "type": "object",
    "required": ["text"],
    "properties": {
        "text": {"type": "string", "minLength": 1, "maxLength": 100},
        "kind": {"type": "string", "enum": ["plain", "rich"]},
        "remindAt": {"type": "string", "format": "date-time", "nullable": True},
        "to": {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 3},
        "weight": {"type": "number", "minimum": 0, "maximum": 1},
        "threadId": {"type": "string", "format": "uuid", "minLength": 36, "maxLength": 36, "pattern": "^[0-9a-f-]+$"},
        "author": ref("Author"),
        "code": {"type": "string", "pattern": "^[a-z]+$"},
        "place": {"oneOf": [TEXT, {"type": "integer"}, {"type": "array", "items": {"type": "number"}}]},
        "createdBy": {"type": "string", "readOnly": True},
    },
}
NOTE = {
    "type": "object",
    "required": ["id", "author"],
    "properties": {
        "id": TEXT,
        "createdAt": {"type": "string", "format": "date-time"},
        "size": {"type": "integer"},
        "kind": {"type": "string", "enum": ["plain", "rich"]},
        "author": ref("Author"),
        "answers": {"type": "array", "items": ref("Note")},
        "content": {"oneOf": [ref("Words"), ref("Picture")], "discriminator": {"propertyName": "type"}},
        "secret": {"type": "string", "writeOnly": True},
        "extra": {"type": "object"},
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
    },
}
AUTHOR = {"type": "object", "required": ["name"], "properties": {"name": TEXT, "nick": {"type": "string", "nullable": True}}}
WORDS = {"type": "object", "required": ["type"], "properties": {"type": {"type": "string", "enum": ["words"]}, "text": TEXT}}
PICTURE = {"type": "object", "required": ["type"], "properties": {"type": {"type": "string", "enum": ["picture"]}, "url": TEXT}}
SPECIFICATION = facts_of(
    {
        "paths": {
            "/notes/{id}": {
                "get": {
                    "operationId": "getNote",
                    "parameters": [ID, LANGUAGE, SIZE, TAGS, IDS],
                    "responses": {"200": content("Note")},
                },
                "delete": {"operationId": "deleteNote", "parameters": [ID], "responses": {"204": {}}},
            },
            "/notes": {"post": {"operationId": "createNote", "requestBody": content("NewNote"), "responses": {"200": {}}}},
        },
        "components": {
            "schemas": {"Author": AUTHOR, "NewNote": NEW_NOTE, "Note": NOTE, "Words": WORDS, "Picture": PICTURE},
        },
    }
)


class Kind(OpenEnum):
    PLAIN = "plain"
    RICH = "rich"


class FewKinds(OpenEnum):
    PLAIN = "plain"


class MoreKinds(OpenEnum):
    PLAIN = "plain"
    RICH = "rich"
    BLANK = "blank"


class Language(OpenEnum):
    EN = "en"
    DE = "de"


class Author(Model):
    name: str
    nick: str | UnsetType | None = UNSET


class Words(Variant, tag="words"):
    text: str | None = None


class Picture(Variant, tag="picture"):
    url: str | None = None


class Note(Model, rename="camel"):
    id: str
    author: Author
    created_at: dt.datetime | None = None
    size: int | None = None
    kind: Kind | None = None
    answers: list[Note] | None = None
    content: Words | Picture | None = None
    extra: dict[str, Any] | None = None
    counts: dict[str, int] | None = None


class NoName(Model):
    nick: str | UnsetType | None = UNSET


class NoNick(Model):
    name: str


class NickNeverNull(Model):
    name: str
    nick: str | UnsetType = UNSET


class NickNeverSentAsNull(Model):
    name: str
    nick: str | None = None


class MoreOfAuthor(Author):
    age: int | None = None


class OptionalName(Model):
    name: str | None = None
    nick: str | None = None


class Video(Variant, tag="video"):
    url: str | None = None


class OtherWords(Variant, tag="words"):
    text: int | None = None


class Resource(Group):
    wire_name: ClassVar[Style] = camel


NEEDED = inspect.Parameter.empty
NOTE_ID = {"note_id": (Annotated[str, Name("id")], NEEDED)}
RIGHT: dict[str, tuple[dict[str, Any], Any, dict[str, tuple[Any, Any]]]] = {
    "get": (
        {"request": "GET /notes/{id}", "effect": Effect.READ, "name": "getNote"},
        Note,
        {
            **NOTE_ID,
            "lang": (Language | str | None, None),
            "size": (Annotated[int, Between(1, 9)] | None, None),
            "tags": (Sequence[str] | None, None),
            "ids": (Annotated[Sequence[str], joined] | None, None),
        },
    ),
    "delete": ({"request": "DELETE /notes/{id}", "effect": Effect.IDEMPOTENT, "name": "deleteNote"}, type(None), NOTE_ID),
    "create": (
        {"request": "POST /notes", "effect": Effect.UNSAFE, "name": "createNote"},
        type(None),
        {
            "text": (Annotated[str, Length(1, 100)], NEEDED),
            "kind": (Kind | str | UnsetType, UNSET),
            "remind_at": (Time | UnsetType | None, UNSET),
            "to": (Annotated[list[str], Length(1, 3, "names")] | UnsetType, UNSET),
            "weight": (Annotated[float, Between(0, 1)] | UnsetType, UNSET),
            "thread_id": (Annotated[str, lower_uuid] | UnsetType, UNSET),
            "author": (Author | UnsetType, UNSET),
            "code": (Annotated[str, Like("^[a-z]+$", "small letters")] | UnsetType, UNSET),
            "place": (str | int | list[float] | UnsetType, UNSET),
        },
    ),
}


def found(which: str, told: dict[str, Any], gives: Any, arguments: dict[str, Any]) -> list[str]:
    """What the check says of an operation that is right but for this."""
    right, right_gives, right_arguments = RIGHT[which]
    given = {name: one for name, one in (right_arguments | arguments).items() if one is not None}

    async def method(self: Any) -> None: ...

    taken = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    taken += [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default) for name, (_, default) in given.items()]
    method.__signature__ = inspect.Signature(taken)  # type: ignore[attr-defined] # `inspect` reads it
    method.__annotations__ = {name: hint for name, (hint, _) in given.items()} | {"return": gives or right_gives}
    declaration: Any = operation(**(right | told))(method)
    declaration.__set_name__(Resource, "method")
    declared = of_signature(declaration.function.declared)
    theirs = SPECIFICATION.operations[declared.operation.line]
    return list(differences(declared, theirs, SPECIFICATION.shapes))


@pytest.mark.parametrize("which", RIGHT)
def test_what_is_declared_as_specified_has_no_differences(which: str) -> None:
    assert found(which, {}, None, {}) == []


def of(hint: Any, default: Any = UNSET) -> tuple[Any, Any]:
    return (hint if default is not UNSET else hint | UnsetType, default)


REQUESTS: list[tuple[str, dict[str, Any], str]] = [
    # Places and names.
    ("delete", {"force": (bool | None, None)}, "query force: not in the specification"),
    ("delete", {"why": (Annotated[str, Body()], NEEDED)}, "body: the specification has none"),
    ("delete", {"note_id": (Annotated[int, Name("id")], NEEDED)}, "path id: is integer, text in the specification"),
    ("get", {"lang": None}, "query lang: not an argument"),
    ("get", {"size": (Annotated[int, Between(1, 9), Name("count")] | None, None)}, "query count: not in the specification"),
    ("create", {"kind": None}, "body.kind: not declared"),
    ("create", {"tone": of(str)}, "body.tone: not in the specification"),
    ("create", {"kind": (Annotated[Kind, Query()] | None, None)}, "query kind: not in the specification"),
    ("create", dict.fromkeys(RIGHT["create"][2]), "body: is not sent"),
    ("create", {**dict.fromkeys(RIGHT["create"][2]), "note": (Annotated[NoName, Whole()], NEEDED)}, "body.text: not declared"),
    ("get", {"ids": (Sequence[str] | None, None)}, "query ids: repeated here, joined by commas in the specification"),
    ("get", {"tags": (Annotated[Sequence[str], joined] | None, None)}, "query tags: joined by commas here, repeated *"),
    # Requiredness.
    ("get", {"lang": (Language, NEEDED)}, "query lang: optional in the specification"),
    ("create", {"text": of(Annotated[str, Length(1, 100)])}, "body.text: required in the specification"),
    ("create", {"kind": (Kind, NEEDED)}, "body.kind: optional in the specification"),
    ("create", {"kind": (Kind, Kind.RICH)}, "body.kind: optional in the specification"),
    ("create", {"author": of(OptionalName)}, "body.author.name: required in the specification"),
    # Values of enums.
    ("get", {"lang": (str | None, None)}, "query lang: any value here, en, de in the specification"),
    ("create", {"kind": of(FewKinds | str)}, "body.kind: the value rich is not declared"),
    ("create", {"kind": of(MoreKinds)}, "body.kind: the value blank is not in the specification"),
    ("create", {"kind": of(Literal["plain"])}, "body.kind: the value rich is not declared"),
    ("create", {"to": of(Annotated[list[Kind], Length(1, 3)])}, "body.to[]: plain, rich here, any value in the specification"),
    # Limits.
    ("create", {"text": (str, NEEDED)}, "body.text: no limit here, 1..100 characters in the specification"),
    ("create", {"text": (Annotated[str, Length(1, 99)], NEEDED)}, "body.text: 1..99 characters here, 1..100 *"),
    ("create", {"text": (Annotated[str, AtMost(100)], NEEDED)}, "body.text: 0..100 characters here, 1..100 *"),
    ("create", {"to": of(list[str])}, "body.to: no limit here, 1..3 items in the specification"),
    ("create", {"to": of(Annotated[list[str], Length(1, 4)])}, "body.to: 1..4 items here, 1..3 items in the specification"),
    ("create", {"weight": of(float)}, "body.weight: no limit here, 0..1 in the specification"),
    ("create", {"weight": of(Annotated[float, Between(0, 2)])}, "body.weight: 0..2 here, 0..1 in the specification"),
    ("get", {"size": (int | None, None)}, "query size: no limit here, 1..9 in the specification"),
    ("get", {"tags": (Annotated[Sequence[str], AtMost(5)] | None, None)}, "query tags: 0..5 items here, no limit *"),
    ("create", {"code": of(str)}, "body.code: any text here, ^[a-z]+$ in the specification"),
    ("create", {"code": of(Annotated[str, Like("^[A-Z]+$", "")])}, "body.code: ^[A-Z]+$ here, ^[a-z]+$ in the specification"),
    (
        "create",
        {"to": of(Annotated[list[Annotated[str, Like("^a", "")]], Length(1, 3)])},
        "body.to[]: ^a here, any text in the specification",
    ),
    # Types, formats, null.
    ("get", {"size": (Annotated[float, Between(1, 9)] | None, None)}, "query size: is number, integer in the specification"),
    ("get", {"tags": (str | None, None)}, "query tags: is text, list in the specification"),
    ("get", {"tags": (Sequence[int] | None, None)}, "query tags[]: is integer, text in the specification"),
    ("create", {"to": of(Any)}, "body.to: is any, list in the specification"),
    ("create", {"weight": of(Annotated[int, Between(0, 1)])}, "body.weight: is integer, number in the specification"),
    ("create", {"remind_at": of(str | None)}, "body.remindAt: is plain, a date-time in the specification"),
    ("create", {"remind_at": of(dt.date | None)}, "body.remindAt: is a date, a date-time in the specification"),
    ("create", {"remind_at": of(Time)}, "body.remindAt: null in the specification"),
    ("create", {"remind_at": (Time | None, None)}, "body.remindAt: null in the specification"),
    ("create", {"kind": of(Kind | None)}, "body.kind: never null in the specification"),
    ("create", {"thread_id": of(str)}, "body.threadId: is plain, a uuid in the specification"),
    ("create", {"author": of(str)}, "body.author: is text, object in the specification"),
    ("create", {"author": of(dict[str, str])}, "body.author: its members are not declared"),
    ("create", {"place": of(str | int)}, "body.place: list is not declared"),
    ("create", {"place": of(str | int | list[float] | bool)}, "body.place: boolean is not in the specification"),
    ("create", {"place": of(str | int | list[float] | list[str])}, "body.place: list is not in the specification"),
    ("create", {"place": of(str)}, "body.place: integer is not declared"),
    # What is sent in a member.
    ("create", {"author": of(NoName)}, "body.author.name: not declared"),
    ("create", {"author": of(NoNick)}, "body.author.nick: not declared"),
    ("create", {"author": of(NickNeverNull)}, "body.author.nick: null in the specification"),
    ("create", {"author": of(NickNeverSentAsNull)}, "body.author.nick: null in the specification"),
    ("create", {"author": of(MoreOfAuthor)}, "body.author.age: not in the specification"),
    ("create", {"created_by": (str, NEEDED)}, "body.createdBy: only received in the specification"),
]


@pytest.mark.parametrize(("which", "arguments", "told"), REQUESTS, ids=[told for *_, told in REQUESTS])
def test_a_wrong_argument_is_found(which: str, arguments: dict[str, Any], told: str) -> None:
    matching = [one for one in found(which, {}, None, arguments) if fnmatchcase(one, told.replace("[", "[[]"))]
    assert len(matching) == 1


TOLD: list[tuple[dict[str, Any], str]] = [
    ({"name": "removeNote"}, "name: removeNote here, deleteNote in the specification"),
    ({"effect": Effect.PAID}, "effect: it costs money here, it is free in the specification"),
]


@pytest.mark.parametrize(("told", "expected"), TOLD)
def test_a_wrong_word_of_the_decorator_is_found(told: dict[str, Any], expected: str) -> None:
    assert found("delete", told, None, {}) == [expected]


def test_a_body_that_may_be_left_out_is_found() -> None:
    assert found("create", {"optional_body": True}, None, {}) == ["body: required in the specification"]


def note(**members: Any) -> Any:
    """A note whose members of these names are others, or not there (`None`)."""
    hints: dict[str, Any] = {**typing.get_type_hints(Note), **members}
    fields = [
        (name, hint) if name in NEVER_LEFT_OUT else (name, hint, None) for name, hint in hints.items() if hint is not None
    ]
    return msgspec.defstruct("Changed", fields, rename="camel", kw_only=True)


NEVER_LEFT_OUT = {"id", "author"}
ANSWERS: list[tuple[dict[str, Any], str]] = [
    ({"size": None}, "answer.size: not declared"),
    ({"votes": int | None}, "answer.votes: not in the specification"),
    ({"size": str | None}, "answer.size: is text, integer in the specification"),
    ({"size": float | None}, "answer.size: is number, integer in the specification"),
    ({"created_at": str | None}, "answer.createdAt: is plain, a date-time in the specification"),
    ({"id": str | None}, "answer.id: never null in the specification"),
    ({"id": int}, "answer.id: is integer, text in the specification"),
    ({"kind": FewKinds | None}, "answer.kind: the value rich is not declared"),
    ({"kind": MoreKinds | None}, "answer.kind: the value blank is not in the specification"),
    ({"kind": str | None}, "answer.kind: any value here, plain, rich in the specification"),
    ({"author": NoNick}, "answer.author.nick: not declared"),
    ({"author": NickNeverNull}, "answer.author.nick: null in the specification"),
    ({"author": MoreOfAuthor}, "answer.author.age: not in the specification"),
    ({"author": OptionalName}, "answer.author.name: required in the specification"),
    ({"answers": list[Author] | None}, "answer.answers[].size: not declared"),
    ({"answers": Note | None}, "answer.answers: is object, list in the specification"),
    ({"content": Words | None}, "answer.content: the kind picture is not declared"),
    ({"content": Words | Picture | Video | None}, "answer.content: the kind video is not in the specification"),
    ({"content": OtherWords | Picture | None}, "answer.content(words).text: is integer, text in the specification"),
    ({"content": dict[str, Any] | None}, "answer.content: its members are not declared"),
    ({"extra": Author | None}, "answer.extra: the specification names no members"),
    ({"counts": Author | None}, "answer.counts: its members may have any name in the specification"),
    ({"counts": dict[str, str] | None}, "answer.counts{}: is text, integer in the specification"),
]


@pytest.mark.parametrize(("members", "told"), ANSWERS, ids=[told for _, told in ANSWERS])
def test_a_wrong_member_of_an_answer_is_found(members: dict[str, Any], told: str) -> None:
    assert found("get", {}, note(), {}) == []
    assert told in found("get", {}, note(**members), {})


def test_members_at_any_depth_are_compared() -> None:
    deepest: Any = note(size=str | None)
    deeper: Any = note(answers=list[deepest] | None)
    told = found("get", {}, note(answers=list[deeper] | None), {})
    assert told == ["answer.answers[].answers[].size: is text, integer in the specification"]


def test_an_answer_that_is_not_read_is_found() -> None:
    assert found("get", {}, type(None), {}) == ["answer: is not read"]
    assert found("delete", {}, Author, {}) == ["answer: the specification has none"]


def test_what_is_read_may_be_null_or_missing_alike() -> None:
    assert found("get", {}, note(author=Author), {}) == []


def test_a_type_that_no_specification_knows_is_refused() -> None:
    with pytest.raises(TypeError, match="complex"):
        found("create", {}, None, {"weight": of(complex)})


_CREATE: Constant[None] = Constant("notes.create", "createNote", "POST", "/notes", None, Effect.UNSAFE)


@performs(_CREATE)
async def create_by_hand(
    self: Any,
    *,
    text: Annotated[str, Length(1, 100)],
    kind: Kind | str | UnsetType = UNSET,
    remind_at: Time | UnsetType | None = UNSET,
    to: list[str] | UnsetType = UNSET,
    tone: str | None = None,
    thread_id: Annotated[str, lower_uuid] | UnsetType = UNSET,
    author: Author | UnsetType = UNSET,
    code: Annotated[str, Like("^[a-z]+$", "small letters")] | UnsetType = UNSET,
    place: str | int | list[float] | UnsetType = UNSET,
) -> None:
    raise NotImplementedError


def test_a_method_written_by_hand_is_held_against_the_specification_by_the_names_of_its_arguments() -> None:
    ours = of_method(create_by_hand, SPECIFICATION)
    assert ours.by_hand
    assert list(differences(ours, SPECIFICATION.operations["POST /notes"], SPECIFICATION.shapes)) == [
        "query tone: not in the specification",
        "body.to: no limit here, 1..3 items in the specification",
        "body.weight: not declared",
    ]
