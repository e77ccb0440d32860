"""Groups of operations that load at first touch, and groups in groups: Convore's administration is the one of each."""

from __future__ import annotations

import pickle
import pydoc
import subprocess
import sys
import threading
from typing import Any

import pytest

import aioconvo
from aioconvo.core.operations import resource
from aioconvo.core.operations.declaration import operation_of
from aioconvo.core.operations.resource import groups, operations
from aioconvo.providers import Provider

SETTINGS = {str(one): one.sandbox.credentials for one in Provider}


WITH_A_CLIENT = {
    "smscx": (
        "arguments client conversations models models.conversations models.groups models.originators"
        " models.replies models.sms models.times pages send_checks sms"
    ),
    "sunshine": (
        "activities client content conversations messages models"
        " models.activities models.apps models.content models.conversations models.conversions models.integrations"
        " models.messages models.metadata models.oauth models.participants models.switchboards models.webhooks"
        " oauth pages participants resource"
    ),
    "smooch": (
        "client content conversations messages models models.content models.conversations"
        " models.messages models.metadata models.posts pages"
    ),
    "convore": (
        "client conversations events events.operations messages models models.conversations"
        " models.events models.messages models.participants pages"
    ),
    "ultracart": (
        "agents autocompletion bodies client conversations messages"
        " models models.agent_profiles models.agents models.conversations models.messages models.queues"
        " models.virtual_agents oauth pages resource uploads webchat_context"
    ),
}
"""What is imported with a client: what nearly every program uses. The rest is imported at its first touch."""


@pytest.mark.parametrize("provider", Provider)
def test_a_client_imports_no_more_than_it_takes(provider: Provider) -> None:
    program = f"import sys, aioconvo\naioconvo.{provider.word}Client\nprint(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603 -- our own
    mine = f"aioconvo.{provider}."
    loaded = {one.removeprefix(mine) for one in ended.stdout.split() if one.startswith(mine)}
    assert loaded == set(WITH_A_CLIENT[provider].split())


STEPS = {
    "dir(client); client.with_options(); repr(client); aioconvo.ConvoreClient.admin": [],
    "client.admin": ["admin"],
    "client.with_options().admin.organizations": ["admin.organizations", "admin.pages"],
    "asyncio.run(client.load('events', 'admin.users'))": ["admin.users"],
    "asyncio.run(client.load('admin'))": ["admin.api_keys"],
    "asyncio.run(client.load())": [],
}


def test_a_group_loads_when_it_is_touched() -> None:
    """In a process of its own, where nothing of it is loaded yet."""
    program = ["import sys, asyncio, aioconvo", "client, known = aioconvo.ConvoreClient(api_key='k'), set()"]
    for step in STEPS:
        new = "one.startswith('aioconvo.convore.admin') and one not in known"
        told = f"print(*sorted(one[17:] for one in sys.modules if {new}))"
        program += [step, told, "known |= sys.modules.keys()"]
    ended = subprocess.run([sys.executable, "-c", "\n".join(program)], capture_output=True, text=True, check=True)  # noqa: S603
    assert dict(zip(STEPS, map(str.split, ended.stdout.splitlines()), strict=True)) == STEPS


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("pbx",), "no group 'pbx' to load; ConvoreClient has admin, attachments, .*, inbox, labels, messages"),
        (("events", "admin.keys"), "no group 'admin.keys' to load; Admin has api_keys, organizations, users"),
        (("messages.send",), "no group 'messages.send' to load; Messages has none"),
        (("",), "no group '' to load"),
    ],
)
async def test_what_is_to_be_loaded_must_be_there(names: tuple[str, ...], words: str) -> None:
    with pytest.raises(aioconvo.InvalidRequestError, match=words):
        await aioconvo.ConvoreClient(api_key="k").load(*names)


async def test_loading_happens_in_another_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    where: list[threading.Thread] = []

    def find(client: type, _: str) -> type:
        where.append(threading.current_thread())
        return client

    monkeypatch.setattr(resource, "_find", find)
    await aioconvo.ConvoreClient(api_key="k").load("admin")
    assert where
    assert where[0] is not threading.current_thread()


def test_a_group_in_a_group_has_the_client_that_it_was_asked_of() -> None:
    client: Any = aioconvo.ConvoreClient(api_key="k")
    copied = client.with_options(timeout=1.0)
    assert client.admin.users._client is client
    assert copied.admin.users._client is copied


def test_its_operations_have_its_dotted_name() -> None:
    client = aioconvo.ConvoreClient(api_key="k")
    told = operation_of(client.admin.api_keys.list)
    assert told.python == "convore.admin.api_keys.list"
    assert told in operations(aioconvo.ConvoreClient)
    assert told.facts().operation == told.python
    assert pickle.loads(pickle.dumps(told)) == told  # noqa: S301 -- our own


@pytest.mark.parametrize("provider", Provider)
def test_the_help_of_a_client_tells_of_its_groups(provider: Provider) -> None:
    told = pydoc.plain(pydoc.render_doc(provider.client))
    names = {name for name, _ in groups(provider.client) if "." not in name}
    assert names <= set(dir(provider.client(**SETTINGS[provider])))
    assert all(f"{name} = <Resource {name}>" in told for name in names)
