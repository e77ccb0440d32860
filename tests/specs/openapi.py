"""Read the facts of an OpenAPI 3.0 document.

A query object in deep style is one parameter for each of its members; the parts of an `allOf` are one object.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from .facts import Body, Facts, Kind, Member, Operation, Parameter, Place, Shape
from .trimming import METHODS

__all__ = ["facts_of"]

_KINDS = {
    "string": Kind.TEXT,
    "integer": Kind.INTEGER,
    "number": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "array": Kind.LIST,
    "object": Kind.OBJECT,
}
_DOCUMENTED_FORMATS = {"YYYY-MM-DD HH:MM:SS": "date-time", "YYYY-MM-DD": "date"}
_LEAST = ("minimum", "minLength", "minItems")
_MOST = ("maximum", "maxLength", "maxItems")


def facts_of(document: dict[str, Any]) -> Facts:
    """The operations and named shapes of a document."""
    reader = _Reader(document)
    operations = {one.line: one for one in reader.operations()}
    return Facts(operations, {name: reader.shape(told) for name, told in document["components"].get("schemas", {}).items()})


class _Reader:
    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def operations(self) -> Iterator[Operation]:
        for path, item in self._document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield self._operation(method.upper(), path, item[method], item.get("parameters", []))

    def _operation(self, method: str, path: str, told: dict[str, Any], shared: list[dict[str, Any]]) -> Operation:
        # A parameter of the operation stands for one of its path that has its name and place.
        parameters = {
            (one.name, one.place): one for given in (*shared, *told.get("parameters", ())) for one in self._parameters(given)
        }
        good = {code: self._at(one) for code, one in told["responses"].items() if code[0] in "23"}
        return Operation(
            method=method,
            path=path,
            name=told["operationId"],
            parameters=tuple(parameters.values()),
            body=self._body(self._at(told.get("requestBody", {}))),
            answer=next((body for one in good.values() if (body := self._body(one)) is not None), None),
            statuses=tuple(good),
            paid=told.get("x-charges-credit", False),
            group=next(iter(told.get("tags", ())), ""),
            about=told.get("description", told.get("summary", "")),
        )

    def _parameters(self, given: dict[str, Any]) -> Iterator[Parameter]:
        told = self._at(given)
        name, place, required = told["name"], Place(told["in"]), told.get("required", False)
        shape = self.shape(told["schema"])
        about = told.get("description", shape.about)
        if told.get("style") != "deepObject":
            joined = shape.kind is Kind.LIST and told.get("explode") is False
            yield Parameter(name=name, place=place, shape=shape, required=required, joined=joined, about=about)
            return
        for member, one in self._object(told["schema"]).members.items():
            needed = required and one.required
            yield Parameter(name=f"{name}[{member}]", place=place, shape=one.shape, required=needed, about=one.shape.about)

    def _body(self, told: dict[str, Any]) -> Body | None:
        content = told.get("content")
        if not content:
            return None
        media = tuple(one.partition(";")[0] for one in content)
        shape = self.shape(next(iter(content.values()))["schema"])
        if (
            shape.kind is Kind.TEXT and "json" not in media[0]
        ):  # what stands beside it as JSON is the vendor's generator's doing
            shape = Shape(kind=Kind.FILE)
        return Body(shape=shape, media=media, required=told.get("required", False))

    def _at(self, told: dict[str, Any]) -> dict[str, Any]:
        """What a value, or the reference that it is, says."""
        while "$ref" in told:
            place: Any = self._document
            for step in told["$ref"].removeprefix("#/").split("/"):
                place = place[step]
            told = place
        return told

    def shape(self, told: dict[str, Any]) -> Shape:
        """The shape of a schema; a reference stays a name."""
        null = told.get("nullable", False)
        if "$ref" in told:
            return Shape(kind=Kind.NAMED, name=told["$ref"].rpartition("/")[2], null=null, about=told.get("description", ""))
        if "allOf" in told:
            return self._all_of(told, null=null)
        for union in ("oneOf", "anyOf"):
            if union in told:
                return self._union(told, union, null=null)
        return self._plain(told, null=null)

    def _plain(self, told: dict[str, Any], *, null: bool) -> Shape:
        choices = tuple(str(one) for one in told.get("enum", ()) if one is not None)
        format_ = _DOCUMENTED_FORMATS.get(told.get("x-documented-format", ""), told.get("format", ""))
        more = told.get("additionalProperties")
        kind = _KINDS[told["type"]] if "type" in told else Kind.OBJECT if "properties" in told else Kind.ANY
        if kind is Kind.TEXT and format_ == "binary":
            kind, format_ = Kind.FILE, ""
        item = self.shape(told["items"]) if "items" in told else self.shape(more) if isinstance(more, dict) and more else None
        needed = told.get("required", ())
        return Shape(
            kind=kind,
            null=null or None in told.get("enum", ()),
            choices=choices,
            low=next((told[name] for name in _LEAST if name in told), None),
            high=next((told[name] for name in _MOST if name in told), None),
            pattern=told.get("pattern", ""),
            format=format_,
            item=item,
            members={name: self._member(one, required=name in needed) for name, one in told.get("properties", {}).items()},
            about=told.get("description", ""),
        )

    def _member(self, told: dict[str, Any], *, required: bool) -> Member:
        return Member(
            shape=self.shape(told),
            required=required,
            sent=not self._says(told, "readOnly"),
            received=not self._says(told, "writeOnly"),
        )

    def _says(self, told: dict[str, Any], word: str) -> bool:
        told = self._at(told)
        return bool(told.get(word)) or any(self._says(part, word) for part in told.get("allOf", ()))

    def _all_of(self, told: dict[str, Any], *, null: bool) -> Shape:
        parts = told["allOf"]
        if len(parts) > 1 or "properties" in told or "required" in told:
            return replace(self._object(told), null=null)
        alone = self.shape(parts[0])
        return replace(alone, null=null or alone.null)

    def _object(self, told: dict[str, Any]) -> Shape:
        """An object whose parts and references are put together."""
        told = self._at(told)
        if "allOf" not in told:
            return self.shape(told)
        parts = [self._object(one) for one in (*told["allOf"], {"properties": told.get("properties", {})})]
        needed = {name for part in parts for name, one in part.members.items() if one.required} | set(told.get("required", ()))
        members = {name: replace(one, required=name in needed) for part in parts for name, one in part.members.items()}
        return Shape(kind=Kind.OBJECT, null=told.get("nullable", False), members=members, about=told.get("description", ""))

    def _union(self, told: dict[str, Any], union: str, *, null: bool) -> Shape:
        kinds = tuple(self.shape(one) for one in told[union])
        tag = told.get("discriminator", {}).get("propertyName", "")
        return Shape(kind=Kind.UNION, null=null, kinds=kinds, tag=tag, about=told.get("description", ""))
