"""The requests of one list: what all its pages share, and what each of them adds. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from aioconvo.core.answers.identity import Check
from aioconvo.core.encoding.url import Query
from aioconvo.core.operations.operation import Operation, Request

from .pagers import Ask
from .positions import ListIdentity

__all__ = ["Asking"]

T = TypeVar("T")


class Asking(Generic[T]):
    """Makes the requests of one list; bad path values and queries are refused when it is made."""

    def __init__(
        self,
        operation: Operation[T],
        values: Sequence[str | int],
        *,
        filters: Query,
        body: Mapping[str, object] | None,
        page_size: tuple[str, int | None] | None,
        check: Check | None,
    ) -> None:
        filters = list(filters)
        self._operation = operation
        self._values = values
        self._pairs = filters if page_size is None else [*filters, page_size]
        self._body = body
        self._check = check
        blanks = (0,) * (len(operation.parameters) - len(values))  # where the pager will put path values
        # What all pages share is encoded once.
        self._whole = operation.request(*values, *blanks, query=self._pairs, body=body, check=check)
        self._filters = self._whole if page_size is None else operation.request(*values, *blanks, query=filters, body=body)

    def __call__(self, ask: Ask) -> Request[T]:
        """The request of one page."""
        if not ask.path and not ask.body:
            return self._whole if not ask.query else self._whole.with_query(ask.query)
        body = None if self._body is None else {**self._body, **dict(ask.body)}
        query = (*self._pairs, *ask.query)
        return self._operation.request(*self._values, *ask.path, query=query, body=body, check=self._check)

    def identity(self, direction: str, account: str | None) -> ListIdentity:
        """What tells this list from others; the size of its pages is no part of that."""
        return ListIdentity.of(self._filters, self._body or {}, direction, account)
