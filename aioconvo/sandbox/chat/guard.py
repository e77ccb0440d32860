"""Who may use the chat page: programs of this machine that were given its token, and no page of another site.

A page of another site may send requests to loopback, and by DNS rebinding even read the answers: hence Host, Origin and token.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

__all__ = ["HEADERS", "TOKEN_HEADER", "refusal"]

TOKEN_HEADER: Final = "x-chat-token"  # noqa: S105 - the name of the header
_NAMES: Final = ("127.0.0.1", "localhost", "[::1]")

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
)
"""What every answer of the page carries: nothing from elsewhere, no script in the page, no frame around it."""


def refusal(method: str, headers: Mapping[str, str], *, port: int, token: str | None) -> str | None:
    """Why a request is refused; `None` where it is not. `headers` have lower-case names; `token` is asked for unless `None`."""
    hosts = {f"{name}:{port}" for name in _NAMES}
    host = headers.get("host", "").lower()
    if host not in hosts:
        return f"open the page as http://{_NAMES[0]}:{port}/chat"
    origin = headers.get("origin")
    if (origin is not None or method != "GET") and origin != f"http://{host}":
        return "the request comes from another page"
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return "the request comes from another page"
    if token is not None and not hmac.compare_digest(headers.get(TOKEN_HEADER, "").encode(), token.encode()):
        return "the token is missing or of another run; load the page again"
    return None
