"""How a command's calls are made: where they go, how often they may be tried, how many a second."""

from __future__ import annotations

import dataclasses
import os
from typing import Annotated, Any

import typer

from . import choosing

__all__ = ["PROXY_VARIABLE", "Connection", "MaxBody", "MaxRetries", "Proxy", "RateLimit"]

PROXY_VARIABLE = "AIOCONVO_PROXY"
_NO_PROXY = "none"

Proxy = Annotated[
    str | None,
    typer.Option(
        envvar=PROXY_VARIABLE,
        metavar="URL",
        help="An HTTP proxy, such as http://proxy:3128; 'none' for none. Else HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY.",
    ),
]
MaxRetries = Annotated[int | None, typer.Option(min=0, metavar="N", help="Tries of a call after the first; 3 by default.")]
RateLimit = Annotated[
    float | None,
    typer.Option(parser=choosing.rate, metavar="N", help="Requests a second for each credential, also less than 1."),
]
MaxBody = Annotated[
    int | None,
    typer.Option(parser=choosing.size, metavar="SIZE", help="The largest answer that is read, such as 64M; 32M by default."),
]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Connection:
    """What the command line says of it: `proxy` as a URL, `rate_limit` in requests a second, `max_body` in bytes."""

    proxy: str | None = None
    max_retries: int | None = None
    rate_limit: float | None = None
    max_body: int | None = None

    def pool(self, **options: Any) -> Any:
        """A pool as asked for; `options` are further ones of `SessionPool`. Raises `ConfigurationError`."""
        from aioconvo.core.errors import ConfigurationError  # noqa: PLC0415 -- as the next line
        from aioconvo.core.wire.pool import SessionPool  # noqa: PLC0415 -- aiohttp, which showing the options needs not

        if self.max_body is not None:
            options["max_body"] = self.max_body
        options["proxy"] = None if self.proxy == _NO_PROXY else self.proxy or "env"
        try:
            return SessionPool(**options)
        except ConfigurationError as error:
            if options["proxy"] != "env":
                raise
            raise ConfigurationError(f"{error}. --proxy {_NO_PROXY} goes without one, --proxy URL through another") from None

    def client(self, provider: str, pool: Any, *, base_url: str | None = None) -> Any:
        """The provider's client from environment variables, or at another `base_url`. Raises `ConfigurationError`."""
        from aioconvo.core.limits.rule import Limits, RateLimit  # noqa: PLC0415 -- as above
        from aioconvo.export.environ import client_from_env  # noqa: PLC0415 -- as above

        environ = os.environ if base_url is None else {**os.environ, f"AIOCONVO_{provider.upper()}_BASE_URL": base_url}
        client = client_from_env(provider, pool, environ=environ)
        if self.max_retries is not None:
            client = client.with_options(max_retries=self.max_retries)
        if self.rate_limit is not None:
            calls = max(1, int(self.rate_limit))
            rates = (*client.limits.rates, RateLimit(calls, calls / self.rate_limit))
            client = client.with_options(limits=Limits(rates=rates, concurrency=client.limits.concurrency))
        return client
