"""What the README's tables say of methods, providers and variables is what is there."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from aioconvo.core.access import key
from aioconvo.inbox import Inbox, Order, Provider

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
CLIENTS: list[Any] = [one.client for one in Provider]


def test_every_provider_has_its_column() -> None:
    heading = next(line for line in README.splitlines() if line.startswith("| client | `SmscxClient`"))
    assert re.findall(r"`(\w+)`", heading) == [client.__name__ for client in CLIENTS]


INBOXES: list[type[Inbox]] = [Provider(client.provider).inbox for client in CLIENTS]
ORDERS: dict[tuple[Order, ...], str] = {
    (Order.NEWEST_FIRST, Order.OLDEST_FIRST): "newest or oldest first",
    (Order.NEWEST_FIRST,): "newest first",
    (Order.OLDEST_FIRST,): "oldest first",
    (): "in no documented order",
}


@pytest.mark.parametrize("number", range(len(INBOXES)), ids=lambda number: INBOXES[number].provider)
def test_what_each_api_is_able_to_do_is_told(number: int) -> None:
    _, table = README.split("| `inbox.capabilities` |", 1)
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.split("\n\n", 1)[0].splitlines()[2:]]
    told = {row[0]: row[number + 1] for row in cells}
    can = INBOXES[number].capabilities
    listed = told["`conversations()` lists"]
    assert (can.lists_all, can.lists_by_user) == (listed == "all", "`users=`" in listed)
    assert told["`messages()` come"] == ORDERS[can.message_orders]
    new = {"messages": can.reads_new_messages, "conversations": can.reads_new_conversations}
    assert told["`since=` reads only what is new"] == ", ".join(name for name, reads in new.items() if reads)
    assert told["`send_text`"].startswith("yes" if can.sends_text else "no")
    assert told["`mark_read`"].startswith("yes" if can.marks_read else "no")


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: client.provider)
def test_every_variable_and_argument_of_a_credential_is_told(client: Any) -> None:
    row = next(line for line in README.splitlines() if line.startswith(f"| `{client.__name__}` |"))
    source = inspect.getsource(client.from_env)
    if client.provider in {"sunshine", "smooch"}:
        source += inspect.getsource(key.key_from)
    named = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)*)"', source)) - {"BASE_URL"}
    assert {f"{client.provider.upper()}_{name}" for name in named} == set(re.findall(r"`([A-Z]+_[A-Z_]+)`", row))
