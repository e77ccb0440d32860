"""aiogram as its documents show it: the webhook of its dispatcher in an aiohttp application."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiogram import Bot, Dispatcher
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web


def main(port: int, log: Path, seconds: float, secret: str) -> None:
    """Serve until a signal comes."""
    bot, dispatcher = Bot("42:TEST"), Dispatcher()
    file = log.open("a", buffering=1, encoding="utf-8")

    @dispatcher.message()
    async def work(message: Message) -> None:
        file.write(f"begun {message.text}\n")
        await asyncio.sleep(seconds)
        file.write(f"done {message.text}\n")

    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=secret).register(app, path="/hook")
    setup_application(app, dispatcher, bot=bot)
    web.run_app(app, host="127.0.0.1", port=port, print=None)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
