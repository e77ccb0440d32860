"""Clients from environment variables, by the name of the provider: credentials are then nowhere on a command line or a wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aioconvo.core.errors import ConfigurationError
from aioconvo.core.session import SessionPool
from aioconvo.inbox.models import Provider

__all__ = ["client_from_env"]


def client_from_env(provider: str, pool: SessionPool, environ: Mapping[str, str] | None = None) -> Any:
    """The provider's client on that pool, as its `from_env` makes it, from the process's variables or from `environ`.

    Raises:
        ConfigurationError: There is no such provider, or a variable is missing; the message names it.
    """
    try:
        make = _MAKERS[Provider(provider)]
    except ValueError:
        raise ConfigurationError(f"{provider!r} is no provider; there are {', '.join(Provider)}") from None
    return make()(pool=pool, environ=environ)


def _smscx() -> Any:
    from aioconvo.smscx import SmscxClient  # noqa: PLC0415 -- who exports one provider loads one

    return SmscxClient.from_env


def _sunshine() -> Any:
    from aioconvo.sunshine import SunshineClient  # noqa: PLC0415 -- as above

    return SunshineClient.from_env


def _smooch() -> Any:
    from aioconvo.smooch import SmoochClient  # noqa: PLC0415 -- as above

    return SmoochClient.from_env


def _convore() -> Any:
    from aioconvo.convore import ConvoreClient  # noqa: PLC0415 -- as above

    return ConvoreClient.from_env


def _ultracart() -> Any:
    from aioconvo.ultracart import UltraCartClient  # noqa: PLC0415 -- as above

    return UltraCartClient.from_env


_MAKERS: dict[Provider, Callable[[], Any]] = {
    Provider.SMSCX: _smscx,
    Provider.SUNSHINE: _sunshine,
    Provider.SMOOCH: _smooch,
    Provider.CONVORE: _convore,
    Provider.ULTRACART: _ultracart,
}
