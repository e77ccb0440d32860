"""Where a client's requests go, and the headers they carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yarl import URL

from aioconvo.core.access import settings
from aioconvo.core.access.hidden import RequestHeaders
from aioconvo.core.operations.operation import Request

__all__ = ["Destination"]


class Destination:
    """An API's origin, the path in front of all its paths, and headers for every request. It does not change."""

    __slots__ = ("_headers", "_prefix", "_ready", "origin")

    def __init__(self, origin: URL, prefix: str, headers: Mapping[str, str]) -> None:
        self.origin = origin
        self._prefix = prefix
        self._headers = headers
        self._ready: tuple[Mapping[str, str], dict[str | None, RequestHeaders]] | None = None

    def with_headers(self, headers: Mapping[str, str]) -> Destination:
        """The same with further headers, which take the place of those with their names.

        Raises:
            ConfigurationError: One may not be sent.
        """
        return Destination(self.origin, self._prefix, settings.merge_headers(self._headers, settings.headers(headers)))

    def url(self, request: Request[Any]) -> URL:
        """The URL of a request."""
        path = self._prefix + request.path
        if not request.query:
            return self.origin.with_path(path, encoded=True)
        return URL.build(
            scheme=self.origin.scheme,
            authority=self.origin.raw_authority,
            path=path,
            query_string=request.query,
            encoded=True,
        )

    def headers(self, credentials: Mapping[str, str], content_type: str | None, accept: str | None = None) -> RequestHeaders:
        """The headers of a request that are not the session's; merged once for each credential, not for each request."""
        if self._ready is None or self._ready[0] is not credentials:
            self._ready = (credentials, {None: RequestHeaders(settings.merge_headers(self._headers, credentials))})
        ready = self._ready[1]
        if accept is not None or content_type not in ready:
            return self._more(ready, content_type, accept)
        return ready[content_type]

    @staticmethod
    def _more(ready: dict[str | None, RequestHeaders], content_type: str | None, accept: str | None) -> RequestHeaders:
        more = {name: value for name, value in (("Content-Type", content_type), ("Accept", accept)) if value is not None}
        made = RequestHeaders(settings.merge_headers(ready[None], more))
        if accept is None and not (content_type or "").startswith("multipart/"):  # each upload has one of its own
            ready[content_type] = made
        return made

    def __str__(self) -> str:
        return f"{self.origin}{self._prefix}"

    def __repr__(self) -> str:
        return f"<Destination {self.origin.host}>"
