"""A bot as a process of its own, for the chat page's tests: Sunshine's messages come back, each once. `PORT BASE_URL`."""

from __future__ import annotations

import asyncio
import sys

from aiohttp import web

from aioconvo import SunshineClient, SunshineWebhook
from aioconvo.events import MessageReceived, neutral


async def main(port: int, base_url: str) -> None:
    hook = SunshineWebhook.from_env()
    seen: set[str] = set()
    async with SunshineClient(base_url=base_url, app_id="sandbox-app", key_id="app_sandbox", secret="sandbox-secret") as client:

        async def receive(request: web.BaseRequest) -> web.Response:
            delivery = hook.open(request.headers, await request.read())
            for incoming in delivery.events:
                event = neutral(incoming)
                if isinstance(event, MessageReceived) and incoming.key not in seen and event.conversation_id:
                    seen.add(incoming.key)
                    await client.inbox.mark_read(event.conversation_id)
                    await client.inbox.send_text(event.conversation_id, f"You said: {event.text}")
            return web.Response()

        runner = web.ServerRunner(web.Server(receive, access_log=None), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
