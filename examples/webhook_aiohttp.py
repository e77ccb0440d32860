"""A webhook of Sunshine Conversations in aiohttp: `python webhook_aiohttp.py`.

Set AIOCONVO_SUNSHINE_WEBHOOK_SECRETS, and the variables of the client (see `SunshineClient.from_env`).
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from aioconvo import SunshineClient, SunshineWebhook, WebhookRefusedError
from aioconvo.events import MessageReceived, neutral

hook = SunshineWebhook.from_env()
CLIENT = web.AppKey("client", SunshineClient)
WORK = web.AppKey("work", set[asyncio.Task[None]])


async def receive(request: web.Request) -> web.Response:
    """Verify and answer at once; what there is to do is done after the answer."""
    try:
        # The body as it comes: nothing may have read it, and no more of it is held than may be.
        delivery = await hook.open_stream(request.headers, request.content.iter_any())
    except WebhookRefusedError as refused:
        return web.Response(status=refused.status)
    for incoming in delivery.events:  # the same event may come again: `incoming.key` tells it
        event = neutral(incoming)
        if isinstance(event, MessageReceived):
            task = asyncio.create_task(answer(request.app[CLIENT], event))
            request.app[WORK].add(task)  # else nothing holds it
            task.add_done_callback(request.app[WORK].discard)
    return web.Response()


async def answer(client: SunshineClient, event: MessageReceived) -> None:
    """Say something back."""
    if event.conversation_id is not None:
        await client.inbox.send_text(event.conversation_id, f"You said: {event.text}")


async def run_client_and_work(app: web.Application) -> AsyncIterator[None]:
    """Keep one client, and let what was begun end before the app does."""
    app[WORK] = set()
    async with SunshineClient.from_env() as client:
        app[CLIENT] = client
        yield
        await asyncio.gather(*app[WORK], return_exceptions=True)


def make_app() -> web.Application:
    """The app."""
    app = web.Application()
    app.router.add_post("/hooks/sunshine", receive)
    app.cleanup_ctx.append(run_client_and_work)
    return app


if __name__ == "__main__":
    web.run_app(make_app(), host="127.0.0.1", port=8080)
