"""Cut an OpenAPI document down to the facts that `specs/` keeps: operations, what they take and what a good answer holds.

Errors, security, headers of answers, webhooks and schemas that no operation reaches go; nothing that stays is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete", "head", "options")

_OF_OPERATIONS = {"operationId", "tags", "summary", "description", "deprecated", "x-charges-credit", "x-unconfirmed-responses"}
_OF_OPERATIONS |= {"x-unconfirmed-success-status"}
_OF_PARAMETERS = {"$ref", "name", "in", "required", "description", "style", "explode", "deprecated"}
_OF_SCHEMAS = {"$ref", "type", "format", "enum", "nullable", "required", "description", "example", "default", "discriminator"}
_OF_SCHEMAS |= {"minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "pattern", "deprecated", "readOnly"}
_OF_SCHEMAS |= {"writeOnly", "x-documented-format", "x-known-values", "x-unconfirmed", "x-docs-only-properties"}
_OF_SCHEMAS |= {"x-sdk-shape-differs"}


def trimmed(document: dict[str, Any]) -> dict[str, Any]:
    """The facts of an OpenAPI document, as a smaller OpenAPI document."""
    paths = {path: _path(item) for path, item in document["paths"].items()}
    info = {name: text for name, text in document["info"].items() if name in {"title", "version"}}
    return {
        "openapi": document["openapi"],
        "info": info,
        "paths": paths,
        "components": _reached(paths, document.get("components", {})),
    }


def _path(item: dict[str, Any]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    if "parameters" in item:
        kept["parameters"] = [_parameter(one) for one in item["parameters"]]
    return kept | {method: _operation(one) for method, one in item.items() if method in METHODS}


def _operation(told: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in told.items() if name in _OF_OPERATIONS}
    if "parameters" in told:
        kept["parameters"] = [_parameter(one) for one in told["parameters"]]
    if "requestBody" in told:
        kept["requestBody"] = _content(told["requestBody"], {"required"})
    kept["responses"] = {code: _content(one, set()) for code, one in told["responses"].items() if code[0] in "23"}
    return kept


def _parameter(told: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in told.items() if name in _OF_PARAMETERS}
    return kept | {"schema": _schema(told["schema"])} if "schema" in told else kept


def _content(told: dict[str, Any], others: set[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {name: value for name, value in told.items() if name in others or name == "$ref"}
    if "content" in told:
        kept["content"] = {media: {"schema": _schema(one.get("schema", {}))} for media, one in told["content"].items()}
    return kept


def _schema(told: Any) -> Any:
    if not isinstance(told, dict):  # `additionalProperties: false`
        return told
    kept = {name: value for name, value in told.items() if name in _OF_SCHEMAS}
    if "properties" in told:
        kept["properties"] = {name: _schema(one) for name, one in told["properties"].items()}
    for name in ("items", "additionalProperties"):
        if name in told:
            kept[name] = _schema(told[name])
    for name in ("allOf", "oneOf", "anyOf"):
        if name in told:
            kept[name] = [_schema(one) for one in told[name]]
    return kept


_TRIMMED = {"schemas": _schema, "parameters": _parameter}


def _reached(paths: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The components that are referred to from the paths, directly or through others, in the order of their names."""
    kept: dict[str, dict[str, Any]] = {}
    waiting = sorted(set(_references(paths)))
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        if name in kept.setdefault(kind, {}):
            continue
        kept[kind][name] = _TRIMMED[kind](components[kind][name])
        waiting += _references(kept[kind][name])
    return {kind: dict(sorted(found.items())) for kind, found in sorted(kept.items())}


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for one in value.values():
            yield from _references(one)
    elif isinstance(value, list):
        for one in value:
            yield from _references(one)
