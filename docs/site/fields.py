"""Griffe extension: one list of fields for each struct and typed dict, those of its bases first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import griffe

__all__ = ["Fields"]

_RECORDS = {"Model", "Variant", "Struct", "msgspec.Struct", "TypedDict", "Envelope", "Telling"}


class Fields(griffe.Extension):
    """Lists the fields with their types and words, in place of one heading for each."""

    def on_attribute_instance(self, *, attr: griffe.Attribute, **_: Any) -> None:
        """See `griffe.Extension`. Unions that type checkers see in another form than msgspec are there at run time, too."""
        attr.runtime = True

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """See `griffe.Extension`."""
        rows = {one.path: (one, list(_rows(one))) for one in _classes(pkg)}
        for one, fields in rows.values():
            if fields:
                one.docstring = one.docstring or griffe.Docstring("", parent=one, parser="google")
                one.docstring.parsed.append(griffe.DocstringSectionAttributes(fields, title="Fields:"))
        for one, fields in rows.values():
            for field in _fields(one) if fields else ():
                field.docstring = None  # the list has its words


def _classes(scope: griffe.Object) -> Iterator[griffe.Class]:
    for member in scope.members.values():
        if isinstance(member, griffe.Class):
            yield member
        if isinstance(member, griffe.Module | griffe.Class):
            yield from _classes(member)


def _fields(one: griffe.Class) -> list[griffe.Attribute]:
    return [
        field
        for field in one.attributes.values()
        if not (field.is_alias or field.name.startswith("_") or field.annotation is None)
        and "property" not in field.labels
        and "instance-attribute" in field.labels  # no variable of the class alone
    ]


def _rows(one: griffe.Class) -> Iterator[griffe.DocstringAttribute]:
    family = [*reversed(one.mro()), one]
    if not any(str(base).partition("[")[0] in _RECORDS for each in family for base in each.bases):
        return
    for owner in family:
        for field in _fields(owner):
            words = field.docstring.value if field.docstring else ""
            yield griffe.DocstringAttribute(field.name, annotation=field.annotation, description=words)
