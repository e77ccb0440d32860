"""What type checkers see of a download; see `convore`."""

from __future__ import annotations

from pathlib import Path
from typing import assert_type

from aioconvo import Download, SmscxClient


async def calls(client: SmscxClient) -> None:
    export = client.groups.export_csv(7)
    assert_type(export, Download)
    assert_type(await export, bytes)
    assert_type(await export.text(), str)
    assert_type(await export.save("group.csv"), Path)


async def wrong_calls(client: SmscxClient) -> None:
    client.groups.export_csv()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.groups.export_csv("7")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.groups.export_csv(7).save()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
