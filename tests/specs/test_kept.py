"""The specifications are those that were taken, whole; one that was replaced says what changed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.specs import kept
from tests.specs.facts import lines
from tests.specs.kept import PROVIDERS, SPECS, changes, facts, parsed, take, written
from tests.specs.openapi import facts_of
from tests.specs.trimming import trimmed

each_provider = pytest.mark.parametrize("provider", PROVIDERS)

Document = dict[str, Any]


def text_of(provider: str) -> str:
    return (SPECS / f"{provider}.json").read_text(encoding="utf-8")


@each_provider
def test_all_operations_are_read(provider: str) -> None:
    assert len(facts(provider).operations) == text_of(provider).count('"operationId"') > 0


@each_provider
def test_a_specification_is_the_one_that_was_taken(provider: str) -> None:
    changed = list(changes(kept.kept(provider), lines(facts(provider))))
    again = f"`nox -s specs -- take {provider} specs/{provider}.json` makes it the one that declarations are held against."
    assert not changed, "\n".join([f"specs/{provider}.json is another than was taken.", *changed, again])


@each_provider
def test_every_name_leads_to_a_shape_and_every_shape_is_reached(provider: str) -> None:
    told = facts(provider)
    text = text_of(provider)
    assert {name for name in told.shapes if f'"#/components/schemas/{name}"' not in text} == set()


@each_provider
def test_what_is_kept_is_trimmed_and_small(provider: str) -> None:
    document = json.loads(text_of(provider))
    assert trimmed(document) == document
    assert sum(len((SPECS / f"{provider}.{kind}").read_bytes()) for kind in ("json", "txt")) < 600_000


@each_provider
def test_kept_text_reads_as_what_was_written(provider: str) -> None:
    found = lines(facts(provider))
    assert parsed(written(found)) == found


DOCUMENT: Document = {
    "openapi": "3.0.3",
    "info": {"title": "Notes", "version": "1"},
    "paths": {
        "/notes/{id}": {
            "get": {
                "operationId": "getNote",
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "fields", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Note"}}}},
                    "404": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Failure"}}}},
                },
                "security": [{"key": []}],
            }
        },
        "/notes": {
            "post": {
                "operationId": "createNote",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/NewNote"}}},
                },
                "responses": {"201": {"description": "made"}},
            }
        },
    },
    "components": {
        "schemas": {
            "NewNote": {
                "type": "object",
                "required": ["text"],
                "properties": {
                    "text": {"type": "string", "minLength": 1, "maxLength": 100},
                    "kind": {"type": "string", "enum": ["plain", "rich"]},
                    "at": {"type": "string", "format": "date-time", "nullable": True},
                },
            },
            "Note": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "id": {"type": "string", "readOnly": True},
                    "author": {"type": "object", "properties": {"name": {"type": "string"}}},
                    "answers": {"type": "array", "items": {"$ref": "#/components/schemas/Note"}},
                },
            },
            "Failure": {"type": "object"},
        }
    },
}


def get(document: Document) -> Any:
    return document["paths"]["/notes/{id}"]["get"]


def new(document: Document) -> Any:
    return document["components"]["schemas"]["NewNote"]


def note(document: Document) -> Any:
    return document["components"]["schemas"]["Note"]


def tagged(document: Document) -> None:
    note(document)["properties"]["author"] = {"oneOf": [{"type": "string"}, {"type": "object"}]}


CHANGES: list[tuple[Callable[[Document], Any], list[str]]] = [
    (lambda it: it["paths"].pop("/notes"), ["removed: POST /notes (createNote, 201)", "removed: NewNote (object)"]),
    (
        lambda it: it["paths"].update({"/all": {"delete": {"operationId": "clear", "responses": {"204": {}}}}}),
        ["added: DELETE /all (clear, 204)"],
    ),
    (lambda it: get(it).update(operationId="fetch"), ["changed: GET /notes/{id}: getNote, 200 -> fetch, 200"]),
    (lambda it: get(it)["parameters"].pop(), ["removed: GET /notes/{id} query fields (list of text)"]),
    (
        lambda it: get(it)["parameters"][1].update(required=True),
        ["changed: GET /notes/{id} query fields: list of text -> list of text, required"],
    ),
    (
        lambda it: get(it)["parameters"][1].update({"in": "header"}),
        ["removed: GET /notes/{id} query fields (list of text)", "added: GET /notes/{id} header fields (list of text)"],
    ),
    (
        lambda it: get(it)["parameters"][1].update(explode=False),
        ["changed: GET /notes/{id} query fields: list of text -> list of text joined by commas"],
    ),
    (
        lambda it: new(it)["properties"]["text"].update(maxLength=50),
        ["changed: NewNote.text: text 1..100, required -> text 1..50, required"],
    ),
    (
        lambda it: new(it)["properties"]["text"].update(pattern="^a"),
        ["changed: NewNote.text: text 1..100, required -> text 1..100 like ^a, required"],
    ),
    (lambda it: new(it).pop("required"), ["changed: NewNote.text: text 1..100, required -> text 1..100"]),
    (
        lambda it: new(it)["properties"]["kind"]["enum"].append("blank"),
        ["changed: NewNote.kind: text of plain, rich -> text of plain, rich, blank"],
    ),
    (
        lambda it: new(it)["properties"]["at"].pop("nullable"),
        ["changed: NewNote.at: text as date-time or null -> text as date-time"],
    ),
    (
        lambda it: new(it)["properties"]["at"].pop("format"),
        ["changed: NewNote.at: text as date-time or null -> text or null"],
    ),
    (lambda it: new(it)["properties"].update(to={"type": "integer"}), ["added: NewNote.to (integer)"]),
    (
        lambda it: note(it)["properties"]["author"]["properties"].pop("name"),
        ["removed: Note.author.name (text)"],
    ),
    (
        lambda it: note(it)["properties"]["id"].pop("readOnly"),
        ["changed: Note.id: text, required, only received -> text, required"],
    ),
    (
        tagged,
        ["changed: Note.author: object -> (text | object)", "removed: Note.author.name (text)"],
    ),
    (
        lambda it: get(it)["responses"].update({"200": {}}),
        [
            "removed: GET /notes/{id} answer (Note in application/json)",
            "removed: Note (object)",
        ],
    ),
]


@pytest.mark.parametrize(("change", "told"), CHANGES, ids=[told[0] for _, told in CHANGES])
def test_a_changed_specification_says_what_changed(
    change: Callable[[Document], Any], told: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "SPECS", tmp_path)
    take("smscx", DOCUMENT)
    new = copy.deepcopy(DOCUMENT)
    change(new)
    assert list(changes(kept.kept("smscx"), lines(facts_of(trimmed(new))))) == told
    assert take("smscx", new) == told
    assert take("smscx", new) == []


def test_trimming_keeps_what_operations_take_and_give() -> None:
    small = trimmed(DOCUMENT)
    assert lines(facts_of(small)) | {"Failure": {"": "object"}} == lines(facts_of(DOCUMENT))
    assert "security" not in small["paths"]["/notes/{id}"]["get"]
    assert list(small["paths"]["/notes/{id}"]["get"]["responses"]) == ["200"]
