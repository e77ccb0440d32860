"""slack_bolt as its documents show it: an async app with its own server, listening for messages."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult


def main(port: int, log: Path, seconds: float, secret: str) -> None:
    """Serve until a signal comes."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id="T", bot_user_id="UB", bot_id="B", bot_token="xoxb-1")  # noqa: S106 -- made up

    app = AsyncApp(signing_secret=secret, authorize=authorize)
    file = log.open("a", buffering=1, encoding="utf-8")

    @app.event("message")
    async def work(event: dict[str, Any]) -> None:
        file.write(f"begun {event['text']}\n")
        await asyncio.sleep(seconds)
        file.write(f"done {event['text']}\n")

    app.start(port=port, path="/hook", host="127.0.0.1")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4])
