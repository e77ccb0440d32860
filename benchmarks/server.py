"""The loopback server of the benchmarks: answers as the five APIs do, from encoded bodies, and does as little as it can.

`python -m benchmarks.server --pages 200 --items 100 --gzip` prints one line, `{"port": N, "pid": N}`.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import gzip
import json
import os
import sys
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs

from benchmarks import bodies

__all__ = ["Answers", "main"]

_HEAD = (
    "HTTP/1.1 {status}\r\n"
    "Date: Sat, 21 Nov 2026 08:00:00 GMT\r\n"
    "Server: nginx\r\n"
    "Content-Type: application/json; charset=utf-8\r\n"
    "X-Request-Id: 0a1b2c3d4e5f60718293a4b5c6d7e8f9\r\n"
    "Strict-Transport-Security: max-age=31536000\r\n"
    "{more}Content-Length: {length}\r\n\r\n"
)
_COOKIES = (
    "Set-Cookie: __cf_bm=tQ2xJ0c5kq8zX1; Path=/; HttpOnly; SameSite=None\r\nSet-Cookie: session=7f3e1a; Path=/; HttpOnly\r\n"
)
_KEPT_PAGES = 1024  # so that a long walk is not held in memory whole
_FEW = 2  # messages of an SMS.CX conversation, which come with it, where their number was not said
_JSON_PARAMETER = "page"  # the Sunshine SDK writes page={"after":"..."} where the specification has page[after]=...


class Answers:
    """Whole HTTP answers by method and target; `messages` is the length of each conversation."""

    def __init__(self, *, pages: int, items: int, gzipped: bool, cookies: bool, messages: int | None = None) -> None:
        self._items = items
        self._total = pages * items
        self._messages = self._total if messages is None else messages
        self._smscx_messages = _FEW if messages is None else messages
        self._gzipped = gzipped
        self._cookies = cookies
        self._posted = {name: self._encoded(body, "201 Created") for name, body in bodies.POSTED.items()}
        self._missing = self._encoded(b"{}", "404 Not Found")
        self._page = functools.lru_cache(_KEPT_PAGES)(self._make_page)
        self._plain_page = functools.lru_cache(_KEPT_PAGES)(bodies.page)

    def find(self, method: str, target: str) -> bytes:  # noqa: C901, PLR0911, PLR0912 -- a table of routes
        """The answer to one request."""
        path, _, query = target.partition("?")
        match path.split("/")[1:]:
            case ["v2", "apps", _, "conversations"]:
                return self._after("sunshine.conversations", _parameter(query, "page[after]"))
            case ["v2", "apps", _, "conversations", id_]:
                return self._small("sunshine", id_)
            case ["v2", "apps", _, "conversations", _, "messages"] if method == "POST":
                return self._posted["sunshine"]
            case ["v2", "apps", _, "conversations", _, "messages"]:
                return self._after("sunshine.messages", _parameter(query, "page[before]"), self._messages)
            case ["v1.1", "apps", _, "appusers", _, "messages"] if method == "POST":
                return self._posted["smooch"]
            case ["v1.1", "apps", _, "appusers", _, "messages"]:
                return self._page("smooch.messages", _older_than(_parameter(query, "before")), self._messages, self._items)
            case ["rest", "v2", "conversation", "conversations"]:
                offset, limit = int(_parameter(query, "_offset") or 0), int(_parameter(query, "_limit") or self._items)
                return self._page("ultracart.conversations", offset, self._total, limit)
            case ["rest", "v2", "conversation", "conversations", id_]:
                return self._small("ultracart", id_)
            case ["rest", "v2", "conversation", "conversations", _, "messages", since]:
                limit = int(_parameter(query, "limit") or self._items)
                newer = min(self._messages, bodies.count_since(int(since)))
                return self._page("ultracart.messages", max(0, newer - limit), newer, limit)
            case ["v1", "conversations"]:
                return self._after("convore.conversations", _parameter(query, "cursor"))
            case ["v1", "messages"]:
                cursor = _parameter(query, "cursor")
                return self._after("convore.messages", cursor, self._messages, of=_parameter(query, "conversation_id"))
            case ["v1", "conversations", id_]:
                return self._small("convore", id_)
            case ["v1", "messages", id_]:
                return self._small("convore.message", id_)
            case ["conversations"]:
                return self._page("smscx.conversations", 0, self._total, self._total)
            case ["conversations", id_]:
                return self._page_of(id_, "smscx.messages", 0, self._smscx_messages, self._smscx_messages)
            case _:
                return self._missing

    def _after(self, name: str, cursor: str | None, total: int | None = None, *, of: str | None = None) -> bytes:
        first = 0 if cursor is None else bodies.number_in(cursor) + 1
        total = self._total if total is None else total
        if of is not None:
            return self._page_of(of, name, first, total, self._items)
        return self._page(name, first, total, self._items)

    # Answers name what was asked for, as every API's do.

    def _small(self, name: str, id_: str) -> bytes:
        return self._encoded(bodies.SMALL[name].replace(bodies.NAMES[name], id_.encode()))

    def _page_of(self, id_: str, name: str, first: int, total: int, size: int) -> bytes:
        return self._encoded(self._plain_page(name, first, size, total).replace(bodies.NAMES[name], id_.encode()))

    def _make_page(self, name: str, first: int, total: int, size: int) -> bytes:
        return self._encoded(bodies.page(name, first, size, total))

    def _encoded(self, body: bytes, status: str = "200 OK") -> bytes:
        more = _COOKIES if self._cookies else ""
        if self._gzipped:
            body = gzip.compress(body, 6, mtime=0)
            more += "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n"
        return _HEAD.format(status=status, more=more, length=len(body)).encode() + body


def _parameter(query: str, name: str) -> str | None:
    if not query:
        return None
    values = parse_qs(query)
    if name in values:
        return values[name][0]
    if name.startswith(_JSON_PARAMETER) and _JSON_PARAMETER in values:
        inner: str | None = json.loads(values[_JSON_PARAMETER][0]).get(name[len(_JSON_PARAMETER) + 1 : -1])
        return inner
    return None


def _older_than(before: str | None) -> int:
    """The number of the first message before a moment in Unix seconds, exclusive."""
    return 0 if before is None else bodies.count_since(round(float(before) * 1000))


class _Connection(asyncio.Protocol):
    def __init__(self, answers: Answers, delay: float) -> None:
        self._answers = answers
        self._delay = delay
        self._loop = asyncio.get_running_loop()
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are no subclass

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            method, target, _ = self._buffer[: self._buffer.index(b"\r\n")].decode("latin-1").split(" ")
            size = end + 4 + (0 if method == "GET" else _content_length(self._buffer[:end]))
            if len(self._buffer) < size:
                return
            self._buffer = self._buffer[size:]
            answer = self._answers.find(method, target)
            if self._delay:
                self._loop.call_later(self._delay, self._write, answer)
            else:
                self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


async def _serve(options: argparse.Namespace) -> None:
    answers = Answers(
        pages=options.pages, items=options.items, gzipped=options.gzip, cookies=options.cookies, messages=options.messages
    )
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(answers, options.delay_ms / 1000), "127.0.0.1", 0, backlog=1024)
    line = json.dumps({"port": server.sockets[0].getsockname()[1], "pid": os.getpid()})
    if options.port_file is not None:
        await asyncio.to_thread(options.port_file.write_text, line, encoding="utf-8")
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
    await server.serve_forever()


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay-ms", type=float, default=0.0, help="milliseconds each answer waits")
    parser.add_argument("--gzip", action="store_true", help="compress every body")
    parser.add_argument("--cookies", action="store_true", help="set two cookies with every answer")
    parser.add_argument("--pages", type=int, default=1, help="pages in each list")
    parser.add_argument("--items", type=int, default=100, help="items on each page")
    parser.add_argument("--messages", type=int, help="messages in each conversation; pages x items by default (SMS.CX: 2)")
    parser.add_argument("--core", type=int, help="the core to stay on")
    parser.add_argument("--port-file", type=Path, help="a file to write the line with the port to")
    options = parser.parse_args()
    if options.core is not None:
        os.sched_setaffinity(0, {options.core})
    import uvloop  # noqa: PLC0415 -- bodies and answers can be used without it

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(options))


if __name__ == "__main__":
    main()
