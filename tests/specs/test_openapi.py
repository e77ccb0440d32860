"""What is read of an OpenAPI document, construct by construct."""

from __future__ import annotations

from typing import Any

import pytest

from tests.specs.facts import Facts, Kind, Member, Place, Shape, spelled
from tests.specs.openapi import facts_of

TEXT = Shape(kind=Kind.TEXT)


def read(schema: dict[str, Any], **schemas: dict[str, Any]) -> Facts:
    answer = {"200": {"content": {"application/json": {"schema": schema}}}}
    paths = {"/a": {"get": {"operationId": "a", "responses": answer}}}
    return facts_of({"paths": paths, "components": {"schemas": schemas}})


def shape(schema: dict[str, Any], **schemas: dict[str, Any]) -> Shape:
    answer = read(schema, **schemas).operations["GET /a"].answer
    assert answer is not None
    return answer.shape


@pytest.mark.parametrize(
    ("schema", "told"),
    [
        ({"type": "string", "minLength": 1, "maxLength": 5}, "text 1..5"),
        ({"type": "string", "pattern": "^a+$"}, "text like ^a+$"),
        ({"type": "string", "enum": ["a", "b"], "nullable": True}, "text of a, b or null"),
        ({"type": "string", "enum": ["a", None]}, "text of a or null"),
        ({"type": "string", "format": "date-time"}, "text as date-time"),
        ({"type": "string", "x-documented-format": "YYYY-MM-DD HH:MM:SS"}, "text as date-time"),
        ({"type": "string", "format": "binary"}, "file"),
        ({"type": "integer", "minimum": 0, "maximum": 10}, "integer 0..10"),
        ({"type": "number", "maximum": 1.5}, "number ..1.5"),
        ({"type": "array", "items": {"type": "boolean"}, "minItems": 1}, "list of boolean 1.."),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object of integer"),
        ({"type": "object", "additionalProperties": False}, "object"),
        ({"properties": {}}, "object"),
        ({}, "any"),
        ({"$ref": "#/components/schemas/A"}, "A"),
        ({"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": True, "type": "object"}, "A or null"),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "(text | integer)"),
        ({"anyOf": [{"$ref": "#/components/schemas/A"}], "discriminator": {"propertyName": "type"}}, "(A) by type"),
    ],
)
def test_a_schema_is_a_shape(schema: dict[str, Any], told: str) -> None:
    assert spelled(shape(schema, A={"type": "string"})) == told


def test_parts_of_an_object_are_one_object() -> None:
    base = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "at": {"type": "integer"}}}
    more = {"type": "object", "properties": {"at": {"type": "string"}, "name": {"type": "string"}}}
    whole = shape({"allOf": [{"$ref": "#/components/schemas/Base"}, more], "required": ["name"]}, Base=base)
    assert whole.members == {
        "id": Member(shape=TEXT, required=True),
        "at": Member(shape=TEXT, required=False),
        "name": Member(shape=TEXT, required=True),
    }


def test_required_beside_one_part_counts() -> None:
    base = {"type": "object", "properties": {"id": {"type": "string"}}}
    whole = shape({"allOf": [{"$ref": "#/components/schemas/Base"}], "required": ["id"]}, Base=base)
    assert whole.members["id"].required


def test_members_that_go_one_way_only() -> None:
    secret = {"type": "string", "writeOnly": True}
    members = {"id": {"type": "string", "readOnly": True}, "secret": {"allOf": [{"$ref": "#/components/schemas/Secret"}]}}
    whole = shape({"type": "object", "properties": members}, Secret=secret)
    assert not whole.members["id"].sent
    assert whole.members["id"].received
    assert whole.members["secret"].sent
    assert not whole.members["secret"].received


def test_parameters() -> None:
    page = {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer"}, "after": {"type": "string"}}}
    deep = {"name": "page", "in": "query", "style": "deepObject", "required": True, "schema": page}
    shared = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    joined = {"name": "ids", "in": "query", "explode": False, "schema": {"type": "array", "items": {"type": "string"}}}
    path = {
        "parameters": [shared, {"name": "lang", "in": "header", "schema": {"type": "string"}}],
        "put": {"operationId": "b", "parameters": [deep, {"$ref": "#/components/parameters/ids"}], "responses": {"204": {}}},
    }
    told = facts_of({"paths": {"/b/{id}": path}, "components": {"parameters": {"ids": joined}}}).operations["PUT /b/{id}"]
    assert [(one.place, one.name, one.required, one.joined) for one in told.parameters] == [
        (Place.PATH, "id", True, False),
        (Place.HEADER, "lang", False, False),
        (Place.QUERY, "page[size]", True, False),
        (Place.QUERY, "page[after]", False, False),
        (Place.QUERY, "ids", False, True),
    ]
    assert told.answer is None
    assert told.statuses == ("204",)


def test_a_file_is_one_whatever_stands_beside_it() -> None:
    content = {"application/csv": {"schema": {"type": "string"}}, "application/json": {"schema": {"type": "string"}}}
    path = {"get": {"operationId": "c", "responses": {"200": {"content": content}}}}
    answer = facts_of({"paths": {"/c": path}, "components": {}}).operations["GET /c"].answer
    assert answer is not None
    assert answer.shape.kind is Kind.FILE
    assert answer.media == ("application/csv", "application/json")
