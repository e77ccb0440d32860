"""A webhook of Sunshine Conversations in Litestar: `uvicorn webhook_litestar:app`.

Set AIOCONVO_SUNSHINE_WEBHOOK_SECRETS, and the variables of the client (see `SunshineClient.from_env`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request, Response, post
from litestar.background_tasks import BackgroundTask, BackgroundTasks

from aioconvo import SunshineClient, SunshineWebhook, WebhookRefusedError
from aioconvo.events import MessageReceived, neutral

hook = SunshineWebhook.from_env()


@post("/hooks/sunshine", status_code=200)
async def receive(request: Request[Any, Any, Any]) -> Response[None]:
    """Verify and answer at once; what there is to do is done after the answer."""
    try:
        # The body as it comes: nothing may have read it, and no more of it is held than may be.
        delivery = await hook.open_stream(request.headers, request.stream())
    except WebhookRefusedError as refused:
        return Response(None, status_code=refused.status)
    events = map(neutral, delivery.events)  # the same event may come again: `event.key` tells it
    client = request.app.state.client
    work = [BackgroundTask(answer, client, event) for event in events if isinstance(event, MessageReceived)]
    return Response(None, background=BackgroundTasks(work))


async def answer(client: SunshineClient, event: MessageReceived) -> None:
    """Say something back."""
    if event.conversation_id is not None:
        await client.inbox.send_text(event.conversation_id, f"You said: {event.text}")


@asynccontextmanager
async def lifespan(app: Litestar) -> AsyncIterator[None]:
    """Keep one client for as long as the app runs."""
    async with SunshineClient.from_env() as client:
        app.state.client = client
        yield


app = Litestar(route_handlers=[receive], lifespan=[lifespan])
