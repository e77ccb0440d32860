"""Print three messages. Needs no account: it starts the sandbox."""

import asyncio

import aioconvo
from aioconvo.sandbox import Sandbox


async def main() -> None:
    async with Sandbox() as sandbox, aioconvo.ConvoreClient(**sandbox.client_options("convore")) as convore:
        async for message in convore.messages.list(limit=3, format="full"):
            print(message.date, message.direction, message.snippet)


asyncio.run(main())
