"""Taking requests at any path of one address, for commands that are sent webhooks."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable

from aiohttp import web

__all__ = ["listening"]


@contextlib.asynccontextmanager
async def listening(
    handle: Callable[[web.Request], Awaitable[web.Response]], host: str, port: int, *, most_bytes: int
) -> AsyncGenerator[str]:
    """A server whose every request goes to `handle`; yields its URL. A longer body than `most_bytes` raises when it is read.

    Raises:
        OSError: It cannot listen there; `strerror` says so in words.
    """
    app = web.Application(client_max_size=most_bytes)
    app.router.add_route("*", "/{path:.*}", handle)
    # No access log: the token of an SMS.CX address stands in its path.
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            words = f"cannot listen on {host}, port {port}: {error.strerror}; choose another by --port"
            raise OSError(error.errno, words) from error
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
