"""Exports through an inbox that knows more than its client: agents, participants; and what is never mixed in one target."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import aioconvo
from aioconvo.cli.export import _knowing_agents
from aioconvo.export import Exporter, ExportError, Source
from aioconvo.sandbox import Sandbox
from tests.export.accounts import CLIENTS, read

USERS: dict[str, dict[str, Any]] = {"ultracart": {}, "sunshine": {"external_users": ["user-1"]}}


@pytest.fixture
async def clients() -> AsyncIterator[dict[str, Any]]:
    async with Sandbox(conversations=2, messages=12) as sandbox, aioconvo.SessionPool() as pool:
        yield {name: CLIENTS[name](**sandbox.client_options(name), pool=pool) for name in ("convore", *USERS)}


async def test_an_inbox_that_knows_the_agents_gives_directions(clients: dict[str, Any], tmp_path: Path) -> None:
    ultracart, out = clients["ultracart"], str(tmp_path / "out.sqlite")
    await Exporter(Source(ultracart, inbox=await ultracart.inbox.with_agents()), out).run()
    told = [row["direction"] for row in await read(out)]
    assert len(told) == 24
    assert set(told) >= {"inbound", "outbound"}
    assert None not in told


@pytest.mark.parametrize(
    ("name", "option", "value"), [("ultracart", "agents", ("a",)), ("sunshine", "participants", True)], ids=list(USERS)
)
async def test_rows_with_and_without_what_an_inbox_knows_are_not_mixed(
    name: str, option: str, value: Any, clients: dict[str, Any], tmp_path: Path
) -> None:
    client = clients[name]
    plain = Source(client, "shop", **USERS[name])
    knowing = Source(client, "shop", inbox=client.inbox.with_options(**{option: value}), **USERS[name])
    # First another provider's, then one without it and one with it; and the other way round.
    for first, second, told in ((plain, knowing, ("without", "with")), (knowing, plain, ("with", "without"))):
        out = str(tmp_path / f"{told[0]}.sqlite")
        for sources in (Source(clients["convore"]), [first, Source(clients["convore"])], Source(clients["convore"])):
            assert (await Exporter(sources, out).run()).complete
        before = await read(out)
        with pytest.raises(
            ExportError, match=f"holds {name}:shop exported {told[0]} {option}, not {told[1]} {option}.*--fresh"
        ):
            await Exporter(second, out).run()
        assert await read(out) == before
        assert (await Exporter(second, out, fresh=True).run()).complete


async def test_agents_come_and_go_between_runs(clients: dict[str, Any], tmp_path: Path) -> None:
    inbox, out = clients["ultracart"].inbox, str(tmp_path / "out.sqlite")
    for agents in (("a",), ("a", "b"), ()):
        assert (await Exporter(Source(clients["ultracart"], inbox=inbox.with_options(agents=agents)), out).run()).complete


async def test_an_inbox_that_does_not_fit_is_refused(clients: dict[str, Any]) -> None:
    with pytest.raises(ExportError, match="this inbox is one of ultracart, not of convore"):
        Source(clients["convore"], inbox=clients["ultracart"].inbox)
    with pytest.raises(ExportError, match="participants come with lists"):
        Source(clients["sunshine"], inbox=clients["sunshine"].inbox.with_participants(), conversations=["c"])


async def test_the_command_takes_no_account_without_agents_for_customers_alone(wire: Any) -> None:
    async with aioconvo.UltraCartClient(simple_key="k", base_url=wire.base_url) as ultracart:
        wire.answers("GET", {"queue_statuses": []})
        with pytest.raises(ExportError, match="leave --with-agents out"):
            await _knowing_agents(ultracart.inbox)
