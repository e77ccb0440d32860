"""One endpoint of an API as a value, and one request to it as a value. Pure: nothing here knows sockets or clocks."""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar, cast
from urllib.parse import parse_qsl, unquote

import msgspec

from aioconvo.core.encoding.files import Upload
from aioconvo.core.encoding.url import Query, QueryValue, encode_query, encode_segment
from aioconvo.core.errors import CallFacts, InvalidRequestError
from aioconvo.core.json.codec import encode_body

__all__ = ["ANY_JSON", "Effect", "Operation", "PageKind", "Request", "raw_request"]

T = TypeVar("T")


class Effect(enum.StrEnum):
    """What a call does outside, which decides whether it may be tried again."""

    READ = "read"
    """Changes nothing."""
    IDEMPOTENT = "idempotent"
    """Doing it twice is the same as doing it once."""
    UNSAFE = "unsafe"
    """Doing it twice does it twice: a second message, a second conversation."""
    PAID = "paid"
    """Like unsafe, and each time costs money."""

    @property
    def repeatable(self) -> bool:
        """Whether the call may be sent again when it is unknown if the first one arrived."""
        return self in _REPEATABLE


_REPEATABLE = frozenset({Effect.READ, Effect.IDEMPOTENT})


def _effect(value: str) -> Effect:
    try:
        return Effect(value)
    except ValueError:
        *most, last = Effect
        raise InvalidRequestError(f"effect must be {', '.join(most)} or {last}; got {value!r}") from None


class PageKind(enum.StrEnum):
    """How a list is asked for its next page."""

    CURSOR = "cursor"
    OFFSET = "offset"
    TIMESTAMP = "timestamp"
    SINGLE = "single"


_PARAMETER = r"\{(\w+)\}"


class Operation(msgspec.Struct, Generic[T], frozen=True):
    """One endpoint, declared once.

    `python` is where users find it (`sunshine.conversations.list`), `name`, `method` and `path` are the specification's own,
    `response` is the struct a good answer decodes to (`None`: the body is ignored). `stored_as` is the name under which the
    first positions of this list were stored; it stays when `python` changes.
    `idempotency_member` is the member of the body by which the API tells a repeated request from a new one: where a request
    carries it, an unsafe or paid call is tried again like any other. Where nobody confirms that the API keeps to it,
    `key_proven` is false, and that happens only for who asks for it: `RetryPolicy(trust_keys=True)`. `accept` is the media
    type to ask for, where that is not JSON. `any_file`: a good answer is the file that was asked for, of whatever kind, also a
    web page or JSON. `redirects`: a redirect is a good answer, whose address is what it says; it is not followed.
    """

    python: str
    name: str
    method: str
    path: str
    response: type[T] | None
    effect: Effect
    page_kind: PageKind | None = None
    form: bool = False
    stored_as: str | None = None
    idempotency_member: str | None = None
    accept: str | None = None
    key_proven: bool = True
    any_file: bool = False
    redirects: bool = False

    def __post_init__(self) -> None:
        if type(self.effect) is not Effect:  # its plain text, which has no `repeatable`
            msgspec.structs.force_setattr(self, "effect", _effect(self.effect))

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the path's parameters, in its order."""
        return _pieces(self.path)[1]

    @property
    def provider(self) -> str:
        """Name of the provider, the first word of `python`."""
        return self.python.partition(".")[0]

    def fill(self, values: Sequence[str | int]) -> str:
        """The path with its parameters percent-encoded.

        Raises:
            InvalidRequestError: A value is empty, `.`, `..`, holds control characters, or is no text.
        """
        template, parameters = _pieces(self.path)
        if len(values) != len(parameters):
            raise InvalidRequestError(f"{self.python} needs {len(parameters)} path values; got {len(values)}")
        for value in values:
            # As bytes, of which it is told sooner whether they are letters and digits.
            if type(value) is not str or not value.isascii() or not value.encode().replace(b"-", b"").isalnum():
                break
        else:  # as most ids are
            return template % tuple(values)
        return template % tuple(map(encode_segment, parameters, values))

    def request(
        self,
        *values: str | int,
        query: Query | Mapping[str, QueryValue] = (),
        body: object = None,
        idempotency_key: str | None = None,
        check: Callable[[Any], None] | None = None,
    ) -> Request[T]:
        """One request: path values in the template's order, query pairs (`None` is left out), a struct or mapping as body.

        `check` looks at what a good answer was decoded to.

        Raises:
            InvalidRequestError: A value cannot be sent, or there is an `idempotency_key` and the API has no place for one.
        """
        payload: bytes | Upload | None = None
        content_type: str | None = None
        if idempotency_key is not None:
            body = self._with_key(body, idempotency_key)
        if body is not None:
            payload, content_type = _encode_body(body, form=self.form)
        query_string = encode_query(query) if query else ""
        return Request(self, self.fill(values), query_string, payload, content_type, check)

    def _with_key(self, body: object, key: str) -> dict[str, object]:
        if self.idempotency_member is None:
            raise InvalidRequestError(f"{self.python} has no place for an idempotency key; leave idempotency_key out")
        if type(key) is not str or not key:
            raise InvalidRequestError("idempotency_key must be text that is not empty")
        if self.form:
            pairs = cast("Mapping[str, object]", body if isinstance(body, Mapping) else {})
            return {**pairs, self.idempotency_member: key}
        try:
            members = {} if body is None else msgspec.json.decode(encode_body(body), type=dict[str, msgspec.Raw])
        except msgspec.ValidationError:
            raise InvalidRequestError(
                "an idempotency key is a member of the body; give a mapping or a struct as body"
            ) from None
        return {**members, self.idempotency_member: key}

    def facts(self, **known: Any) -> CallFacts:
        """The facts an error tells about a call of this operation."""
        return CallFacts(provider=self.provider, operation=self.python, method=self.method, path=self.path, **known)


@functools.lru_cache(maxsize=512)
def _pieces(path: str) -> tuple[str, tuple[str, ...]]:
    """The path with `%s` for each of its parameters, and their names."""
    pieces = re.split(_PARAMETER, path.replace("%", "%%"))
    return "%s".join(pieces[0::2]), tuple(pieces[1::2])


class Request(msgspec.Struct, Generic[T], frozen=True, gc=False):
    """One request as a value: encoded path (relative to the base URL), encoded query, encoded body."""

    operation: Operation[T]
    path: str
    query: str = ""
    body: bytes | Upload | None = None
    content_type: str | None = None
    check: Callable[[Any], None] | None = None

    @property
    def idempotency_key(self) -> str | None:
        """The key by which the API knows this request again, read from what goes over the wire; `None` without one."""
        member = self.operation.idempotency_member
        if member is None or not isinstance(self.body, bytes):
            return None
        sent: Any = dict(parse_qsl(self.body.decode())) if self.operation.form else msgspec.json.decode(self.body)
        key: object = cast("dict[str, object]", sent).get(member) if isinstance(sent, dict) else None
        return key if isinstance(key, str) and key else None

    @property
    def spent(self) -> bool:
        """Whether the body holds a file that can be read once only, and was: it cannot be sent again."""
        return isinstance(self.body, Upload) and self.body.spent

    @property
    def target(self) -> str:
        """Path and query as they go over the wire, relative to the base URL."""
        return f"{self.path}?{self.query}" if self.query else self.path

    def with_query(self, more: Iterable[tuple[str, str]]) -> Request[T]:
        """The same request with further query pairs."""
        encoded = encode_query(more)
        query = f"{self.query}&{encoded}" if self.query and encoded else self.query or encoded
        return Request(self.operation, self.path, query, self.body, self.content_type, self.check)

    def __repr__(self) -> str:
        # Query and body hold personal data and message text.
        size = 0 if self.body is None else len(self.body)
        return f"<Request {self.operation.python} {self.operation.method} {self.operation.path}, body of {size} bytes>"


ANY_JSON: Any = object
"""The response type of an operation whose answer stays plain Python values."""


def raw_request(
    provider: str,
    method: str,
    path: str,
    *,
    query: Query | Mapping[str, QueryValue] = (),
    body: object = None,
    effect: Effect | str | None = None,
) -> Request[Any]:
    """A request to a path that is percent-encoded already; unless `effect` says otherwise, a GET reads and the rest is unsafe.

    Its template is `/{path}`: the path itself holds ids, which errors and logs do not tell.

    Raises:
        InvalidRequestError: The method is no word, the path is no plain path relative to the base URL, the body is JSON
            already, or the effect is none of the four.
    """
    method = method.upper()
    if not (method.isascii() and method.isalpha()):
        raise InvalidRequestError("method must be a word such as GET")
    if not path.startswith("/") or "//" in path or any(unquote(part) in {".", ".."} for part in path.split("/")):
        raise InvalidRequestError("path must begin with one '/' and hold no empty, '.' or '..' segments")
    if not path.isascii() or not path.isprintable() or set(path) & set(" ?#\\{}"):
        raise InvalidRequestError("path must be percent-encoded; give the query as query=")
    if isinstance(body, str | bytes | bytearray | memoryview):
        raise InvalidRequestError("body must be a mapping, list or struct: text and bytes would be sent as one JSON string")
    if effect is None:
        effect = Effect.READ if method in {"GET", "HEAD"} else Effect.UNSAFE
    operation: Operation[Any] = Operation(f"{provider}.request", "request", method, "/{path}", ANY_JSON, _effect(effect))
    payload, content_type = (None, None) if body is None else _encode_body(body, form=False)
    return Request(operation, path, encode_query(query), payload, content_type)


def _encode_body(body: object, *, form: bool) -> tuple[bytes | Upload, str]:
    if isinstance(body, Upload):
        return body.body(), body.content_type
    if form:
        if not isinstance(body, Mapping):
            raise InvalidRequestError("a form body must be a mapping of text to text")
        pairs = cast("Mapping[str, QueryValue]", body)
        return encode_query(pairs).encode("ascii"), "application/x-www-form-urlencoded"
    return encode_body(body), "application/json"
