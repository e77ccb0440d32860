"""Writing down webhooks as they come: a file for each, without secrets."""

from __future__ import annotations

import asyncio
import base64
import binascii
import os
import re
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import msgspec
import typer
from aiohttp import web

from aioconvo.sandbox.sending.callbacks import shown

from .listening import listening

__all__ = ["Recorded", "read", "record", "recorded"]

_LARGEST: Final = 4 * 1024 * 1024
_HIDDEN: Final = "(left out)"
_SECRET_NAME: Final = re.compile(r"token|secret|jwt|password|api[-_]?key", re.IGNORECASE)


class Recorded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One delivery: `path` without what may be a token; `body` where it is JSON, else `raw` in base64."""

    provider: str
    path: str
    content_type: str = "application/json"
    body: Any = None
    raw: str | None = None

    @property
    def bytes(self) -> bytes:
        """The body to send again."""
        if self.raw is not None:
            return base64.b64decode(self.raw, validate=True)
        return msgspec.json.encode(self.body)

    @property
    def events(self) -> Sequence[str]:
        """What it tells of, by the API's own names."""
        match self.body:
            case {"events": [*_]}:
                return [_type_of(event) for event in self.body["events"]]
            case {"trigger": str(trigger)}:
                return [trigger]
            case {"event": str(event)}:
                return [event]
            case _:
                return []


def recorded(path: str, content_type: str, body: bytes) -> Recorded:
    """A delivery as it is written down; members of the body that are called tokens or secrets are left out."""
    where = shown(f"http://host{path}").removeprefix("http://host")
    try:
        told = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        told = None
    if not isinstance(told, dict | list):
        return Recorded(provider="unknown", path=where, content_type=content_type, raw=base64.b64encode(body).decode())
    return Recorded(provider=_provider_of(told), path=where, content_type=content_type, body=_without_secrets(told))


def read(directory: Path) -> list[tuple[str, Recorded]]:
    """Names and contents of what was written down, in its order. Raises `typer.BadParameter`."""
    try:
        files = sorted(file for file in directory.iterdir() if file.suffix == ".json")
    except OSError as error:
        raise typer.BadParameter(f"cannot read {directory}: {error.strerror}") from None
    if not files:
        raise typer.BadParameter(f"{directory} holds no deliveries; `aioconvo hooks record {directory}` writes them")
    found: list[tuple[str, Recorded]] = []
    for file in files:
        try:
            one = msgspec.json.decode(file.read_bytes(), type=Recorded)
            _ = one.bytes
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, binascii.Error):
            raise typer.BadParameter(f"{file} is no delivery that was recorded; move it elsewhere") from None
        found.append((file.name, one))
    return found


def record(directory: Path, *, host: str, port: int) -> int:
    """Listen and write until the process is asked to stop. The exit code: 1 where it cannot listen or write."""
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        asyncio.run(_serve(_Recorder(directory), host, port))
    except OSError as error:
        typer.echo(f"Error: cannot record: {error.strerror}", err=True)
        return 1
    return 0


class _Recorder:
    def __init__(self, directory: Path) -> None:
        self._directory = directory
        numbers = [int(file.name.partition("-")[0]) for file in directory.glob("[0-9]*-*.json")]
        self._next = max(numbers, default=0) + 1

    async def handle(self, request: web.Request) -> web.Response:
        if request.method != "POST":
            return web.Response(status=405)
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=413)
        one = recorded(request.raw_path, request.content_type, body)
        try:
            name = self._write(one)
        except OSError as error:
            typer.echo(f"cannot write to {self._directory}: {error.strerror}", err=True)
            return web.Response(status=503)
        typer.echo(f"{name}  {', '.join(one.events) or 'no event'}")
        return web.Response()

    def _write(self, one: Recorded) -> str:
        what = re.sub(r"[^A-Za-z]+", "-", (one.events or ["nothing"])[0])[:40]
        name = f"{self._next:06d}-{one.provider}-{what}.json"
        self._next += 1
        number = os.open(self._directory / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(one)))
        return name


async def _serve(recorder: _Recorder, host: str, port: int) -> None:
    async with listening(recorder.handle, host, port, most_bytes=_LARGEST) as where:
        stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stopped.set)
        typer.echo(f"{where} writes what is posted there, to any path. Stop with Ctrl-C.")
        await stopped.wait()


def _provider_of(body: Any) -> str:
    match body:
        case {"events": [*_]}:
            return "sunshine"
        case {"trigger": str()}:
            return "smooch"
        case {"event": str(), "data": _}:
            return "smscx"
        case _:
            return "unknown"


def _type_of(event: Any) -> str:
    match event:
        case {"type": str(kind)}:
            return kind
        case _:
            return "?"


def _without_secrets(value: Any) -> Any:
    kind: Any = type(value)  # pyright: ignore[reportUnknownVariableType] -- "isinstance" would make its members unknown
    if kind is dict:
        return {name: _HIDDEN if _is_secret(name, each) else _without_secrets(each) for name, each in value.items()}
    return [_without_secrets(each) for each in value] if kind is list else value


def _is_secret(name: str, value: Any) -> bool:
    return isinstance(value, str) and _SECRET_NAME.search(name) is not None
