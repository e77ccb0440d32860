"""Files that are sent and received: whole or an error, sent again only where that is the same, and nothing left behind."""

from __future__ import annotations

import asyncio
import gzip
import os
import subprocess
import sys
import traceback
import tracemalloc
from collections.abc import AsyncIterator, Callable
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

import aioconvo
from aioconvo import File, SessionPool, SmscxClient, SunshineClient
from aioconvo.core.wire import streams
from tests.faults.server import Answer, Close, FaultServer, Framing, Seen, Step

CONTENT = os.urandom(700_001)
STORED = Answer(201, b'{"attachment":{"mediaUrl":"https://m.example/x","mediaType":"image/png"}}')
CSV = [("Content-Type", "application/csv")]
QUICK = aioconvo.RetryPolicy(max_retries=2, backoff=0.0)
Script = Callable[[Seen], Step]


def sunshine(server: FaultServer, pool: SessionPool) -> SunshineClient:
    return SunshineClient(app_id="a", key_id="k", secret="s", base_url=server.base_url, pool=pool, retry=QUICK)


def smscx(server: FaultServer, pool: SessionPool) -> SmscxClient:
    return SmscxClient(api_key="k", base_url=server.base_url, pool=pool, retry=QUICK)


def file_in(seen: Seen) -> bytes:
    """The file that a request carries."""
    head = f"Content-Type: {seen.headers['content-type']}\r\n\r\n".encode()
    part: Any = message_from_bytes(head + seen.body).get_payload(0)
    content: bytes = part.get_payload(decode=True)
    return content


async def in_folder(folder: Path) -> dict[str, bytes]:
    return await asyncio.to_thread(lambda: {path.name: path.read_bytes() for path in folder.iterdir()})


async def once(content: bytes = CONTENT, size: int = 50_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


class Again:
    """Can be read any number of times."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        return once()


@pytest.fixture
def stored(tmp_path: Path) -> Path:
    path = tmp_path / "naïve file.png"
    path.write_bytes(CONTENT)
    return path


SOURCES: dict[str, Callable[[Path], Any]] = {
    "bytes": lambda _: CONTENT,
    "path": lambda path: path,
    "iterator": lambda _: once(),
    "iterable": lambda _: Again(),
    "named": lambda path: File(path, name="x.png", content_type="image/png"),
}


def busy_once(seen: Seen) -> Step:
    return Answer(429, b"{}", [("Retry-After", "0")]) if seen.number == 0 else STORED


def gone_once(seen: Seen) -> Step:
    return Close() if seen.number == 0 else STORED


@pytest.mark.parametrize("source", SOURCES)
async def test_a_file_arrives_as_it_is(source: str, stored: Path) -> None:
    async with FaultServer(lambda _: STORED) as server, SessionPool() as pool:
        client = sunshine(server, pool)
        assert (await client.attachments.upload(SOURCES[source](stored))).media_type == "image/png"
        stats = client.stats()
    seen = server.seen[0]
    assert file_in(seen) == CONTENT
    name = {"path": "naïve file.png", "named": "x.png"}.get(source, "file")
    assert f'filename="{name}"'.encode() in seen.body
    assert ("content-length" in seen.headers) == (source not in {"iterator", "iterable"})
    assert stats.bytes_sent == len(seen.body)


@pytest.mark.parametrize("source", SOURCES)
async def test_a_file_is_sent_again_only_where_it_can_be_read_again(source: str, stored: Path) -> None:
    """A 429 says that nothing was done; what was read once only is gone all the same."""
    async with FaultServer(busy_once) as server, SessionPool() as pool:
        upload = sunshine(server, pool).attachments.upload(SOURCES[source](stored))
        if source == "iterator":
            with pytest.raises(aioconvo.RateLimitError) as caught:
                await upload
            assert caught.value.call.attempts == 1
        else:
            await upload
    assert [file_in(seen) for seen in server.seen] == [CONTENT] * (1 if source == "iterator" else 2)


@pytest.mark.parametrize("source", SOURCES)
async def test_an_upload_that_may_have_arrived_is_never_sent_again(source: str, stored: Path) -> None:
    async with FaultServer(gone_once) as server, SessionPool() as pool:
        with pytest.raises(aioconvo.MaybeSentError):
            await sunshine(server, pool).attachments.upload(SOURCES[source](stored))
    assert len(server.seen) == 1


async def test_a_source_that_was_not_read_yet_may_wait_for_a_server() -> None:
    async with FaultServer(lambda _: STORED) as server:
        port = server.port
    tries: list[float] = []

    class Clock:
        def monotonic(self) -> float:
            return asyncio.get_running_loop().time()

        def time(self) -> float:
            return 0.0

        async def sleep(self, seconds: float) -> None:
            tries.append(seconds)

    async with SessionPool(clock=Clock()) as pool:
        client = SunshineClient(app_id="a", key_id="k", secret="s", base_url=f"http://127.0.0.1:{port}", pool=pool, retry=QUICK)
        with pytest.raises(aioconvo.APIConnectionError):
            await client.attachments.upload(once())
    assert len(tries) == 2


async def test_what_a_source_raises_is_raised() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"begun"
        raise ZeroDivisionError("mine")

    async with FaultServer(lambda _: STORED) as server, SessionPool() as pool:
        client = sunshine(server, pool)
        with pytest.raises(ZeroDivisionError, match="mine"):
            await client.attachments.upload(broken())
        assert (pool.in_use(), client.stats().retries) == (0, 0)
        assert (await client.attachments.upload(b"next")).media_type


async def test_no_frame_of_a_failure_shows_what_was_sent_or_came(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"kanari" * 9_000
        raise ZeroDivisionError("mine")

    async with FaultServer(lambda _: Answer(200, b"kanari" * 90_000, CSV)) as server, SessionPool() as pool:
        calls = [
            sunshine(server, pool).attachments.upload(broken()),
            sunshine(server, pool).attachments.upload(b"kanari" * 9),
            smscx(server, pool).groups.export_csv(1).save(tmp_path / "no folder" / "x"),
        ]
        for call in calls:
            with pytest.raises((ZeroDivisionError, aioconvo.CallError, FileNotFoundError)) as caught:
                await call
            told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
            ours = [frame for frame in told.stack if "/tests/" not in frame.filename]
            assert ours
            assert not [frame.name for frame in ours if "kanari" in repr(frame.locals)]
            assert "kanari" not in "".join(told.format()).partition("test_files.py")[0]


@pytest.mark.parametrize("given", ["a path or content?", 7, None, ["x"]])
async def test_what_is_no_file_is_refused(given: Any) -> None:
    async with FaultServer(lambda _: STORED) as server, SessionPool() as pool:
        with pytest.raises(aioconvo.InvalidRequestError, match="source must be bytes, a path"):
            await sunshine(server, pool).attachments.upload(given)
    assert server.seen == []


@pytest.mark.parametrize(
    ("told", "words"),
    [
        *(({"name": name}, "name must be that of a file") for name in ("a/b.png", "..\\x", "x\r\n.png", "\ud800")),
        *(({"content_type": kind}, "content_type must be a media type") for kind in ("png", "image/", "a/b\r\nX: y", "a b/c")),
        *(({name: value}, f"{name} of a File must be text") for name in ("name", "content_type") for value in (7, b"x")),
    ],
)
async def test_a_name_or_media_type_that_is_none_is_refused(told: dict[str, Any], words: str) -> None:
    async with FaultServer(lambda _: STORED) as server, SessionPool() as pool:
        with pytest.raises(aioconvo.InvalidRequestError, match=words):
            await sunshine(server, pool).attachments.upload(File(b"x", **told))
        await sunshine(server, pool).attachments.upload(File(b"x", name="a b.png", content_type="text/csv; charset=utf-8"))
    assert len(server.seen) == 1
    assert b"Content-Type: text/csv; charset=utf-8" in server.seen[0].body


@pytest.mark.parametrize("source", SOURCES)
async def test_a_file_that_is_larger_than_the_api_takes_is_not_sent_whole(source: str, stored: Path) -> None:
    async with FaultServer(lambda _: STORED) as server, SessionPool() as pool:
        client = sunshine(server, pool)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("aioconvo.core.encoding.files._MEGABYTE", 14_000)  # the limit is 50 of them
            with pytest.raises(aioconvo.InvalidRequestError, match="up to 50 MB"):
                await client.attachments.upload(SOURCES[source](stored))
            patch.setattr("aioconvo.core.encoding.files._MEGABYTE", 14_001)
            await client.attachments.upload(SOURCES[source](stored))
        assert (pool.in_use(), client.stats().retries) == (0, 0)
    *_, whole = server.seen
    assert file_in(whole) == CONTENT


async def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    async with FaultServer(lambda _: STORED) as server, SessionPool() as pool:
        client = sunshine(server, pool)
        with pytest.raises(aioconvo.InvalidRequestError, match="cannot be read: No such file"):
            await client.attachments.upload(tmp_path / "nothing.png")
        with pytest.raises(aioconvo.InvalidRequestError, match="cannot be read: Is a directory"):
            await client.attachments.upload(tmp_path)
        assert pool.in_use() == 0
    assert server.seen == []


@pytest.mark.parametrize("change", [-1, 1])
async def test_a_file_that_changes_while_it_is_read_is_told(stored: Path, change: int) -> None:
    def opened(path: Path) -> Any:
        file, size = read(path)
        return file, size + change

    read: Any = streams._opened
    async with FaultServer(lambda _: STORED) as server, SessionPool() as pool:
        client = sunshine(server, pool)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(streams, "_opened", opened)
            with pytest.raises(aioconvo.InvalidRequestError, match="changed while it was read"):
                await client.attachments.upload(stored)
        assert (pool.in_use(), client.stats().retries) == (0, 0)


async def test_an_upload_that_is_cancelled_leaves_nothing(stored: Path) -> None:
    begun = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"begun"
        begun.set()
        await asyncio.sleep(60)

    async with FaultServer(lambda _: STORED) as server, SessionPool() as pool:
        client = sunshine(server, pool)
        task = asyncio.create_task(client.attachments.upload(slow()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert pool.in_use() == 0
        await client.attachments.upload(stored)


# Downloads.


def cut(times: int, **form: Any) -> Script:
    return lambda seen: Answer(200, CONTENT, CSV, cut=300_000 if seen.number < times else None, **form)


FORMS: dict[str, dict[str, Any]] = {
    "length": {},
    "chunked": {"framing": Framing.CHUNKED},
    "gzip": {"encoding": "gzip"},
    "gzip, to the connection's end": {"encoding": "gzip", "framing": Framing.CLOSE},
}


@pytest.mark.parametrize("form", FORMS)
async def test_a_download_that_is_cut_is_asked_for_again(form: str, tmp_path: Path) -> None:
    async with FaultServer(cut(1, **FORMS[form])) as server, SessionPool() as pool:
        download = smscx(server, pool).groups.export_csv(1)
        assert await download.save(tmp_path / "x") == tmp_path / "x"
        assert len(server.seen) == 2
        assert await download == CONTENT
    assert await in_folder(tmp_path) == {"x": CONTENT}
    assert server.seen[0].headers["accept"].startswith("application/csv")


@pytest.mark.parametrize("form", FORMS)
async def test_a_download_that_stays_cut_is_an_error_and_leaves_what_was_there(form: str, tmp_path: Path) -> None:
    await asyncio.to_thread((tmp_path / "x").write_bytes, b"before")
    async with FaultServer(cut(99, **FORMS[form])) as server, SessionPool() as pool:
        client = smscx(server, pool)
        with pytest.raises(aioconvo.CallError):
            await client.groups.export_csv(1).save(tmp_path / "x")
        with pytest.raises(aioconvo.CallError):
            await client.groups.export_csv(1)
        assert pool.in_use() == 0
    assert await in_folder(tmp_path) == {"x": b"before"}


async def test_a_download_whose_end_nobody_tells_is_refused(tmp_path: Path) -> None:
    """It may be short, and nothing would show that."""
    answer = Answer(200, CONTENT, CSV, framing=Framing.CLOSE)
    async with FaultServer(lambda _: answer) as server, SessionPool() as pool:
        download = smscx(server, pool).groups.export_csv(1)
        for call in (download.save(tmp_path / "x"), download.text(), download._bytes()):
            with pytest.raises(aioconvo.ResponseDecodeError, match="does not tell where it ends"):
                await call
    assert await in_folder(tmp_path) == {}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(404, b'{"error":{"code":1200,"message":"no group"}}'), aioconvo.NotFoundError),
        (Answer(200, b'{"error":{"type":"not_found","code":1200}}'), aioconvo.NotFoundError),
        (Answer(200, b"<!DOCTYPE html>login", [("Content-Type", "text/html")]), aioconvo.ResponseDecodeError),
        (Answer(302, b"", [("Location", "/x")]), aioconvo.UnexpectedRedirectError),
    ],
)
async def test_what_is_no_file_is_an_error_however_it_is_asked_for(answer: Answer, kind: Any, tmp_path: Path) -> None:
    async with FaultServer(lambda _: answer) as server, SessionPool() as pool:
        download = smscx(server, pool).groups.export_csv(1)
        for call in (download.save(tmp_path / "x"), download.text(), download._bytes()):
            with pytest.raises(kind):
                await call
    assert await in_folder(tmp_path) == {}


async def test_an_empty_file_is_a_file(tmp_path: Path) -> None:
    async with FaultServer(lambda _: Answer(200, b"", CSV)) as server, SessionPool() as pool:
        download = smscx(server, pool).groups.export_csv(1)
        assert (await download, await download.text()) == (b"", "")
        await download.save(tmp_path / "x")
    assert await in_folder(tmp_path) == {"x": b""}


async def test_a_file_is_saved_whatever_its_size_in_little_memory(tmp_path: Path) -> None:
    content = b"0123456789abcdef" * (1 << 20)
    packed = gzip.compress(content, 1)
    answer = Answer(200, packed, [*CSV, ("Content-Encoding", "gzip")])
    async with FaultServer(lambda _: answer) as server, SessionPool(max_body=1 << 20) as pool:
        download = smscx(server, pool).groups.export_csv(1)
        with pytest.raises(aioconvo.ResponseDecodeError, match="more than 1048576 bytes"):
            await download
        tracemalloc.start()
        try:
            await download.save(tmp_path / "x")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert await in_folder(tmp_path) == {"x": content}
    assert peak < len(content) / 2


async def test_a_disk_that_cannot_take_it_is_told_and_not_taken_for_the_connection(tmp_path: Path) -> None:
    async with FaultServer(lambda _: Answer(200, CONTENT, CSV)) as server, SessionPool() as pool:
        client = smscx(server, pool)
        with pytest.raises(FileNotFoundError):
            await client.groups.export_csv(1).save(tmp_path / "no folder" / "x")
        assert (len(server.seen), client.stats().retries, pool.in_use()) == (1, 0, 0)


async def test_text_that_is_none_in_its_charset_is_an_error() -> None:
    answer = Answer(200, b"\xff\xfe\xfd", [("Content-Type", "text/csv; charset=utf-8")])
    async with FaultServer(lambda _: answer) as server, SessionPool() as pool:
        with pytest.raises(aioconvo.ResponseDecodeError, match="no text in 'utf-8'"):
            await smscx(server, pool).groups.export_csv(1).text()


NO_IMPORTS = """
import asyncio, pathlib, sys
import aioconvo
from aioconvo.sandbox import Sandbox
folder = pathlib.Path(sys.argv[1])
(folder / "x.png").write_bytes(b"x")
clients = aioconvo.SunshineClient, aioconvo.SmscxClient

async def main():
    async with Sandbox(conversations=1, messages=1) as sandbox:
        options = sandbox.client_options("sunshine"), sandbox.client_options("smscx")
        async with clients[0](**options[0]) as sunshine, clients[1](**options[1]) as smscx:
            await sunshine.messages.list(next(iter(sandbox.state()["sunshine"]["ids"])))
            upload, export = sunshine.attachments.upload, smscx.groups.export_csv  # each loads at its first touch
            before = set(sys.modules)
            await upload(folder / "x.png")
            await export(1).save(folder / "x.csv")
            print(sorted(set(sys.modules) - before))

asyncio.run(main())
"""


def test_nothing_is_imported_for_a_file(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", NO_IMPORTS, str(tmp_path)], capture_output=True, text=True, check=True)  # noqa: S603 -- our own
    assert done.stdout == "[]\n"
