"""A webhook of Sunshine Conversations in Django: `uvicorn webhook_django:app`.

Set AIOCONVO_SUNSHINE_WEBHOOK_SECRETS, DJANGO_SECRET_KEY, and the variables of the client (see `SunshineClient.from_env`). In a
project of yours, what is below `receive` stands in your settings, `urls.py` and `asgi.py` already.

Django ends no task of its own when it is stopped: what must not be lost goes into a queue, or into `aioconvo.Bot`.
"""

from __future__ import annotations

import asyncio
import os

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from aioconvo import SunshineClient, SunshineWebhook, WebhookRefusedError
from aioconvo.events import Event, MessageReceived, neutral

hook = SunshineWebhook.from_env()
working: set[asyncio.Task[None]] = set()


@csrf_exempt  # the secret proves the request
@require_POST
async def receive(request: HttpRequest) -> HttpResponse:
    """Verify and answer at once; what there is to do is done beside it."""
    try:
        hook.verify(request.headers)
        delivery = hook.open(request.headers, request.body)  # `body` before anything reads `POST`
    except WebhookRefusedError as refused:
        return HttpResponse(status=refused.status)
    except RequestDataTooBig:  # Django would answer 400, after which nothing is sent again
        return HttpResponse(status=413)
    # The same event may come again: `event.key` tells it.
    task = asyncio.create_task(answer([neutral(incoming) for incoming in delivery.events]))
    working.add(task)  # else nothing holds it
    task.add_done_callback(working.discard)
    return HttpResponse()


async def answer(events: list[Event]) -> None:
    """Say something back."""
    async with SunshineClient.from_env() as client:
        for event in events:
            if isinstance(event, MessageReceived) and event.conversation_id is not None:
                await client.inbox.send_text(event.conversation_id, f"You said: {event.text}")


urlpatterns = [path("hooks/sunshine", receive)]
if not settings.configured:
    settings.configure(
        ROOT_URLCONF=__name__,
        SECRET_KEY=os.environ["DJANGO_SECRET_KEY"],
        ALLOWED_HOSTS=["127.0.0.1", "localhost"],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"],
    )
app = get_asgi_application()
