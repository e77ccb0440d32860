"""Structs of answers that hold what a method gives in one member, made of the method's own words."""

from __future__ import annotations

import copyreg
import functools
import types
import typing
from typing import Any

from aioconvo.core.json.model import Envelope

__all__ = ["envelope"]


class _Made(type(Envelope)):  # type: ignore[misc] # the kind of all models, which has no public name
    """The kind of the structs made here: no module holds them, so they are pickled as what they were made of."""

    made_of: tuple[Any, ...]


@functools.cache
def envelope(content: Any, member: str, base: type[Envelope]) -> type[Envelope]:
    """The struct of an answer whose `member` is the content: the same one for the same words, in any process."""
    noun = (typing.get_args(content) or (content,))[0]
    name = "".join([word[:1].upper() + word[1:] for word in [*member.split("_"), "answer"]])
    members = {"__annotations__": {member: content}, "__module__": noun.__module__}
    kind: Any = types.new_class(name, (base,), {"metaclass": _Made}, lambda body: body.update(members))
    kind.made_of = (content, member, base)
    return kind  # type: ignore[no-any-return] # as above


def _reduce(kind: Any) -> Any:
    return envelope, kind.made_of


copyreg.pickle(_Made, _reduce)
