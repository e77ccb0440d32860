"""Members of an event's payload that are read from the event itself: `event.message` for `event.payload.message`."""

from __future__ import annotations

from typing import Any, Generic, Self, TypeVar, cast, overload

__all__ = ["Member"]

T = TypeVar("T")


class Member(Generic[T]):
    """A member of the event's `payload`, by the same name; `None` where the payload itself did not come as documented."""

    __slots__ = ("_name",)

    def __set_name__(self, owner: object, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, event: None, owner: object) -> Self: ...

    @overload
    def __get__(self, event: object, owner: object) -> T: ...

    def __get__(self, event: Any, owner: object) -> Self | T:
        return self if event is None else cast("T", getattr(event.payload, self._name, None))
