"""How much memory files take that go up and come down: `python -m tests.faults.file_memory [--size MB]`.

Each way is a process of its own, once with 8 MB and once with the whole size (1024): the second may take little more.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import web

import aioconvo

WAYS = ("upload a path", "upload an iterator", "download to a path")
PIECE = bytes(range(256)) * 1024
MB = 1024 * 1024
GROWTH = 16  # MB, of buffers and of what the allocator keeps


async def _serve(request: web.Request) -> web.StreamResponse:
    """Takes a file of any size, or gives one."""
    if request.method == "POST":
        taken = 0
        async for piece in request.content.iter_any():
            taken += len(piece)
        return web.json_response({"id": "a", "filename": "file.bin", "content_type": "application/octet-stream", "size": taken})
    size = int(request.match_info["group"]) * MB
    answer = web.StreamResponse(headers={"Content-Length": str(size), "Content-Type": "application/csv"})
    await answer.prepare(request)
    for _ in range(size // len(PIECE)):
        await answer.write(PIECE)
    return answer


async def _pieces(size: int) -> AsyncIterator[bytes]:
    for _ in range(size * MB // len(PIECE)):
        yield PIECE


async def _go(way: str, size: int, root: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file.bin"
        async with aioconvo.ConvoreClient(api_key="k", base_url=root, timeout=900) as convore:
            if way == "upload a path":
                with file.open("wb") as made:
                    for _ in range(size * MB // len(PIECE)):
                        made.write(PIECE)
                taken = await convore.attachments.upload(file, is_inline=False)
            elif way == "upload an iterator":
                taken = await convore.attachments.upload(_pieces(size), is_inline=False)
            else:
                async with aioconvo.SmscxClient(api_key="k", base_url=root, timeout=900) as smscx:
                    await smscx.groups.export_csv(size).save(file)
                assert file.stat().st_size == size * MB
                return
        assert (taken.size or 0) > size * MB  # with what stands around it


async def _measured(way: str, size: int, root: str) -> int:
    """MB of memory that a process takes at most."""
    command = [sys.executable, "-m", "tests.faults.file_memory", "--child", way, "--size", str(size), "--root", root]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    told, _ = await process.communicate()
    if process.returncode:
        sys.exit(f"{way}, {size} MB: failed")
    return int(told) // 1024


async def _all(size: int) -> bool:
    app = web.Application(client_max_size=2**60)
    app.router.add_route("POST", "/v1/attachments", _serve)
    app.router.add_route("GET", "/groups/{group}/csv", _serve)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    addresses: Any = runner.addresses
    root, flat = f"http://127.0.0.1:{addresses[0][1]}", True
    for way in WAYS:
        small, large = [await _measured(way, one, root) for one in (8, size)]
        flat &= large - small < GROWTH
        sys.stdout.write(f"{way:20} {small:5} MB with 8 MB, {large:5} MB with {size} MB\n")
        sys.stdout.flush()
    await runner.cleanup()
    return flat


def main() -> None:
    """Measure each way, or be one."""
    parser = argparse.ArgumentParser(prog="nox -s file_memory --", description=__doc__)
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--child", choices=WAYS)
    parser.add_argument("--root", default="")
    asked = parser.parse_args()
    if asked.child is not None:
        asyncio.run(_go(asked.child, asked.size, asked.root))
        sys.stdout.write(str(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss))
    elif not asyncio.run(_all(asked.size)):
        sys.exit("memory grows with the file")


if __name__ == "__main__":
    main()
