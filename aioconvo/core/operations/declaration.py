"""The decorators of methods that are all signature, and what stands in a class until such a method is first touched.

A method with either has `...` for a body: it never runs. What does run is written when the method is first looked up, in
some 0.5 ms, without an import.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from .function import with_source, write
from .operation import Effect, Operation, PageKind
from .rules import Check
from .signature import Declared, read

__all__ = ["Declaration", "declared", "listing", "operation", "operation_of", "performs"]

F = TypeVar("F", bound=Callable[..., Any])


def operation(
    request: str,
    effect: Effect,
    *,
    name: str,
    unwrap: str | None = None,
    answer: Any = None,
    check: Check | Sequence[Check] = (),
    expect: Callable[..., Any] | None = None,
    optional_body: bool = False,
    accept: str | None = None,
    unproven_key: str | None = None,
    any_file: bool = False,
    redirects: bool = False,
) -> Callable[[F], F]:
    """Make the call of a method that is all signature: an `async` one, or one that gives a `Download`.

    Args:
        request: Method and path, as the specification writes them: `GET /v1/drafts/{draft_id}`.
        effect: What the call changes on the server.
        name: The specification's name of it.
        unwrap: The member of the answer that the method gives; without it that is the answer.
        answer: The answer's struct, where one with the member `unwrap` alone would not do.
        check: Rules across arguments.
        expect: What looks at the answer (its parameter is `answer`), or makes that of the arguments it names.
        optional_body: Without any member there is no body; otherwise it is `{}`.
        accept: The media type to ask for, where that is not JSON.
        unproven_key: The member of the body by which the API is said to tell a repeated request from a new one, without
            proof: what may have arrived is sent again only for who asks for it, with `RetryPolicy(trust_keys=True)`.
        any_file: What is downloaded may be a web page or JSON, which are else taken for what tells of an error.
        redirects: A good answer is a redirect, and the method gives its address.
    """
    method, _, path = request.partition(" ")
    called = Operation[Any](
        "",
        name,
        method,
        path,
        answer,
        effect,
        accept=accept,
        idempotency_member=unproven_key,
        key_proven=unproven_key is None,
        any_file=any_file,
        redirects=redirects,
    )
    return _decorator(called, check, unwrap=unwrap, expect=expect, optional_body=optional_body)


def listing(
    request: str,
    pager: Callable[..., Any],
    *,
    name: str,
    page: Any = None,
    check: Check | Sequence[Check] = (),
    expect: Callable[..., Any] | None = None,
    stored_as: str | None = None,
) -> Callable[[F], F]:
    """Make the list of a method that is all signature.

    `pager` makes the `Listing` of those arguments that it has parameters for, and says what the pages are: `page` does, where
    its annotation does not. `stored_as` is the name of the method at the time when it was another. The rest is as for
    `operation`.
    """
    method, _, path = request.partition(" ")
    kind = getattr(pager, "page_kind", PageKind.SINGLE)
    listed = Operation[Any]("", name, method, path, page, Effect.READ, kind, stored_as=stored_as)
    return _decorator(listed, check, pager=pager, expect=expect)


def performs(operation: Operation[Any]) -> Callable[[F], F]:
    """Say which operation a method performs that is written by hand; its docstring ends in that, too."""

    def note(method: F) -> F:
        method.__doc__ = with_source(inspect.cleandoc(method.__doc__ or ""), operation)
        method.operation = operation  # type: ignore[attr-defined] # read by `operation_of`
        return method

    return note


def operation_of(method: Callable[..., Any]) -> Operation[Any]:
    """The operation that a method of a resource performs: `operation_of(Messages.send)`."""
    found: Operation[Any] = cast("Any", method).operation
    return found


def _decorator(operation: Operation[Any], check: Check | Sequence[Check], **words: Any) -> Callable[[F], F]:
    words |= {"operation": operation, "check": (check,) if callable(check) else tuple(check)}

    def declare(method: F) -> F:
        return cast("F", Declaration(method, words))

    return declare


class Declaration:
    """Stands in the class for a method until it is looked up there; then the function takes its place."""

    def __init__(self, method: Callable[..., Any], words: dict[str, Any]) -> None:
        self._method = method
        self._words = words
        self._function: Any = None

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner, self._name = owner, name

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        return self.function.__get__(instance, owner)

    @property
    def function(self) -> Any:
        """What runs."""
        if self._function is None:
            self._function = write(read(self._method, self._owner, **self._words))
            setattr(self._owner, self._name, self._function)
        return self._function


def declared(resource: type) -> dict[str, Declared]:
    """The declared operations of a resource, by the names of their methods."""
    found = {name: getattr(getattr(resource, name), "declared", None) for name in dir(resource) if not name.startswith("__")}
    return {name: one for name, one in found.items() if isinstance(one, Declared)}
