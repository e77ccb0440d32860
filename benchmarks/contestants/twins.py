"""aioconvo's structs in other forms with the same fields: plain `msgspec.Struct`s, and pydantic models.

Annotations are spelled out as text and resolved late, so that structs that hold one another need no order.
"""

from __future__ import annotations

import datetime as dt
import enum
import types
import typing
from collections.abc import Callable
from typing import Any, Literal

import msgspec

__all__ = ["plain_decoder", "pydantic_decoder"]

Decode = Callable[[bytes], Any]
_SCALARS = (str, int, float, bool, bytes)
_Namespace = dict[str, Any]


class _Twins:
    """Twins of all the structs that one struct reaches, by name, in `names`."""

    def __init__(self) -> None:
        self.names: _Namespace = {
            "Any": Any,
            "Literal": Literal,
            "UnsetType": msgspec.UnsetType,
            "NoneType": types.NoneType,
            "datetime": dt.datetime,
            **{scalar.__name__: scalar for scalar in _SCALARS},
        }

    def spell(self, kind: Any) -> str:
        """An annotation as text that `names` can resolve."""
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is typing.Annotated:
            return self.spell(arguments[0])
        if origin in {typing.Union, types.UnionType}:
            return self.union(arguments)
        if origin is not None:
            return f"{origin.__name__}[{', '.join(map(self.spell, arguments))}]"
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            name = f"{kind.__module__}_{kind.__name__}".replace(".", "_")
            if name not in self.names:
                self.names[name] = None
                self.names[name] = self.struct(name, kind)
            return name
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            self.names.setdefault(kind.__name__, enum.StrEnum(kind.__name__, {one.name: one.value for one in kind}))
            return kind.__name__
        return "Any" if kind is Any else str(kind.__name__)

    def union(self, kinds: tuple[Any, ...]) -> str:
        """A union as text."""
        return " | ".join(map(self.spell, kinds))

    def struct(self, name: str, kind: type[msgspec.Struct]) -> type:
        """The twin of one struct."""
        raise NotImplementedError


class _Plain(_Twins):
    """Ordinary structs: mutable, enums closed; not seen by the collector, as ours, so that only decoding is compared."""

    def struct(self, name: str, kind: type[msgspec.Struct]) -> type:
        hints = typing.get_type_hints(kind)
        fields: list[Any] = []
        for one in msgspec.structs.fields(kind):
            default = msgspec.field(name=one.encode_name, **({} if one.required else {"default": one.default}))
            fields.append((one.name, self.spell(hints[one.name]), default))
        config = kind.__struct_config__
        return msgspec.defstruct(
            name, fields, kw_only=True, gc=False, tag_field=config.tag_field, tag=config.tag, namespace={"__module__": __name__}
        )


class _Pydantic(_Twins):
    """Pydantic models; unions of tagged structs are told apart by their tag, as pydantic does fastest."""

    def union(self, kinds: tuple[Any, ...]) -> str:
        import pydantic  # noqa: PLC0415 -- only this needs it

        kinds = tuple(kind for kind in kinds if kind is not msgspec.UnsetType)
        tagged = [kind for kind in kinds if isinstance(kind, type) and _tag(kind) is not None]
        if len(tagged) < 2:  # noqa: PLR2004 -- nothing to tell apart
            return super().union(kinds)
        self.names["Annotated"], self.names["Tagged"] = typing.Annotated, pydantic.Field(discriminator="type")
        others = [kind for kind in kinds if kind not in tagged]
        return " | ".join([f"Annotated[{super().union(tuple(tagged))}, Tagged]", *map(self.spell, others)])

    def struct(self, name: str, kind: type[msgspec.Struct]) -> type:
        import pydantic  # noqa: PLC0415 -- only this needs it

        hints = typing.get_type_hints(kind)
        fields: dict[str, Any] = {}
        for one in msgspec.structs.fields(kind):
            default = ... if one.required else None
            # pydantic does not take names that begin with an underscore.
            fields[one.name.lstrip("_")] = (self.spell(hints[one.name]), pydantic.Field(default, alias=one.encode_name))
        if (tag := _tag(kind)) is not None:
            fields["type"] = (f"Literal[{tag!r}]", pydantic.Field())
        made: type = pydantic.create_model(
            name, __config__=pydantic.ConfigDict(defer_build=True, protected_namespaces=()), __module__=__name__, **fields
        )
        return made


def _tag(kind: Any) -> str | None:
    tag = kind.__struct_config__.tag if issubclass(kind, msgspec.Struct) else None
    return tag if isinstance(tag, str) else None


def plain_decoder(kind: type[msgspec.Struct]) -> Decode:
    """A decoder into plain structs."""
    twins = _Plain()
    name = twins.spell(kind)
    globals().update(twins.names)  # where msgspec looks for what an annotation names
    decode: Decode = msgspec.json.Decoder(twins.names[name]).decode
    return decode


def pydantic_decoder(kind: type[msgspec.Struct]) -> Decode:
    """A decoder into pydantic models."""
    twins = _Pydantic()
    name = twins.spell(kind)
    globals().update(twins.names)
    model = twins.names[name]
    model.model_rebuild(_types_namespace=twins.names)
    decode: Decode = model.model_validate_json
    return decode
