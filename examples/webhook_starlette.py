"""A webhook of Sunshine Conversations in Starlette: `uvicorn webhook_starlette:app`.

Set AIOCONVO_SUNSHINE_WEBHOOK_SECRETS, and the variables of the client (see `SunshineClient.from_env`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.background import BackgroundTasks
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from aioconvo import SunshineClient, SunshineWebhook, WebhookRefusedError
from aioconvo.events import MessageReceived, neutral

hook = SunshineWebhook.from_env()


async def receive(request: Request) -> Response:
    """Verify and answer at once; what there is to do is done after the answer."""
    try:
        # The body as it comes: nothing may have read it, and no more of it is held than may be.
        delivery = await hook.open_stream(request.headers, request.stream())
    except WebhookRefusedError as refused:
        return Response(status_code=refused.status)
    work = BackgroundTasks()
    for incoming in delivery.events:  # the same event may come again: `incoming.key` tells it
        event = neutral(incoming)
        if isinstance(event, MessageReceived):
            work.add_task(answer, request.app.state.client, event)
    return Response(background=work)


async def answer(client: SunshineClient, event: MessageReceived) -> None:
    """Say something back."""
    if event.conversation_id is not None:
        await client.inbox.send_text(event.conversation_id, f"You said: {event.text}")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    """Keep one client for as long as the app runs."""
    async with SunshineClient.from_env() as client:
        app.state.client = client
        yield


app = Starlette(routes=[Route("/hooks/sunshine", receive, methods=["POST"])], lifespan=lifespan)
