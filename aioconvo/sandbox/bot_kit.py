"""Bots under test: a sandbox to talk to, deliveries in memory, time that jumps. The pytest fixture is `aioconvo_bot`."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import unquote, urlsplit

from aioconvo.bot.bot import Bot
from aioconvo.bot.stores.memory import MemoryStore
from aioconvo.core.errors import ConfigurationError
from aioconvo.events.models import Event
from aioconvo.events.polling import Polling
from aioconvo.providers import Provider
from aioconvo.smooch.events import SmoochWebhook
from aioconvo.smscx.events import SmscxWebhook
from aioconvo.sunshine.events import SunshineWebhook
from aioconvo.ultracart import AgentSocket

from .changes import Change, Kind
from .server import Sandbox
from .virtual_time import VirtualTime

__all__ = ["BotUnderTest", "User"]

_OF_THE_BOT = frozenset({Kind.MESSAGE, Kind.READ, Kind.TYPING})
_CONNECTS_WITHIN = 60.0
_BASE = "http://bot.test/hooks"


class User:
    """A customer of one provider, who writes to the bot and hears what it answers."""

    def __init__(self, kit: BotUnderTest, account: str, provider: str, identity: str) -> None:
        self._kit = kit
        self.provider = provider
        self._heard: deque[str] = deque()
        self._news = asyncio.Event()
        self.account = account
        self.id = identity
        self.sees: list[Kind] = []
        """What the bot did, in order, such as `Kind.READ`, `Kind.TYPING`, `Kind.MESSAGE`."""
        self.conversations = {identity}

    async def says(self, text: str) -> None:
        """Write to the bot; returns when that has arrived there, which is before it was handled."""
        await self._do(lambda: self._kit.sandbox.says(self.provider, self.id, text))

    async def presses(self, payload: str) -> None:
        """Press a button that was given `payload`; nothing where the API has no buttons."""
        await self._do(lambda: self._kit.sandbox.presses(self.provider, self.id, payload))

    async def types(self, started: bool = True) -> None:
        """Begin to type, or stop; nothing where the API does not tell of it."""
        await self._do(lambda: self._kit.sandbox.types(self.provider, self.id, started=started))

    async def reads(self) -> None:
        """Read what the bot wrote; nothing where the API does not tell of it."""
        await self._do(lambda: self._kit.sandbox.reads(self.provider, self.id))

    async def hears(self, *, within: float = 60.0) -> str:
        """The text of the bot's next message, within so many seconds of virtual time.

        Raises:
            AssertionError: There was none; the cause is what a handler raised, if one did.
        """
        if not await self._hears_within(within):
            failure = self._kit.failures[-1] if self._kit.failures else None
            raised = "" if failure is None else f"; a handler raised {type(failure).__name__}"
            raise AssertionError(f"the bot said nothing in {within:g} s{raised}") from failure
        return self._heard.popleft()

    async def hears_nothing(self, *, within: float = 10.0) -> None:
        """Make sure that the bot says nothing within so many seconds of virtual time.

        Raises:
            AssertionError: It did.
        """
        if await self._hears_within(within):
            raise AssertionError(f"the bot said {self._heard[0]!r}")

    async def _hears_within(self, seconds: float) -> bool:
        with self._kit.time.jumping():
            try:
                async with asyncio.timeout(seconds):
                    while not self._heard:
                        self._news.clear()
                        await self._news.wait()
            except TimeoutError:
                return False
        return True

    async def _do(self, act: Callable[[], object]) -> None:
        self._kit.acting = self
        try:
            act()
        finally:
            self._kit.acting = None
        await self._kit.delivered()

    def told(self, change: Change) -> None:
        """Something changed in this user's conversation."""
        if change.ours and change.kind in _OF_THE_BOT:
            self.sees.append(change.kind)
            if change.kind is Kind.MESSAGE:
                self._heard.append(change.text)
                self._news.set()

    def __repr__(self) -> str:
        return f"<User {self.id} of {self.account}>"


class BotUnderTest:
    """A bot whose accounts are the sandbox's, in virtual time, with a `MemoryStore` of its own; the bot itself stays as it is.

    A bot without an account of some provider has one here, of the provider's name. It starts with the first user and ends with
    the test.
    """

    def __init__(self, bot: Bot, **options: Any) -> None:
        if not isinstance(bot, Bot):  # pyright: ignore[reportUnnecessaryIsInstance] -- tests are seldom typed
            raise ConfigurationError(f"aioconvo_bot takes a Bot, got {type(bot).__name__}")
        self._given = bot
        self._options: dict[str, Any] = {"conversations": 10, "messages": 1, **options}
        self._task: asyncio.Task[None] | None = None
        self._users: list[User] = []
        self._taken: dict[str, int] = {}
        self.acting: User | None = None
        self.failures: list[BaseException] = []
        """What handlers raised so far."""
        self.bot: Bot
        self.sandbox: Sandbox
        self.time: VirtualTime

    async def user(self, account: str, identity: str | None = None) -> User:
        """Somebody who can write to an account of the bot, given by its name or its provider; each time somebody else.

        `identity` is the id of one of `sandbox.customers(provider)`, or of somebody new.
        """
        await self.start()
        accounts = self.bot.accounts
        name = account if account in accounts else next((one for one in accounts if accounts[one] == account), None)
        if name is None:
            raise ConfigurationError(f"the bot has no account {account!r}; it has {', '.join(accounts)}")
        provider = accounts[name]
        if identity is None:
            customers, taken = self.sandbox.customers(provider), self._taken.get(provider, 0)
            if taken >= len(customers):
                raise ConfigurationError(f"{provider} has {taken} customers; aioconvo_bot(bot, conversations=...) makes more")
            self._taken[provider] = taken + 1
            identity = customers[taken].id
        user = User(self, name, provider, identity)
        known = {one.id: one.conversation for one in self.sandbox.customers(provider)}
        user.conversations.add(known.get(identity) or identity)
        self._users.append(user)
        return user

    async def advance(self, seconds: float) -> None:
        """Let so many seconds of virtual time pass, with all that happens meanwhile."""
        await self.start()
        with self.time.jumping():
            await asyncio.sleep(seconds)

    async def delivered(self) -> None:
        """Return when every webhook has arrived or was given up."""
        with self.time.jumping():
            await self.sandbox.delivered()

    async def start(self) -> None:
        """Start the sandbox and the bot, if they do not run."""
        if self._task is not None:
            return
        started = asyncio.Event()
        # In a task of its own, which ends with the loop if nobody else ends it.
        self._task = asyncio.create_task(self._live(started), name="aioconvo bot under test")
        waiting = asyncio.create_task(started.wait())
        await asyncio.wait({waiting, self._task}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._task.done():
            self._task.result()
        with self.time.jumping():
            async with asyncio.timeout(_CONNECTS_WITHIN):
                while list((await self.bot.counts()).connected.values()) != [True, True]:  # noqa: ASYNC110 -- the poll and the socket; a bot has no such event
                    await asyncio.sleep(0.1)

    async def aclose(self) -> None:
        """End the bot, without a drain, and the sandbox."""
        task = self._task
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait({task})

    def finish(self) -> None:
        """End it from outside of its loop, once the test is over; a loop that is closed has ended it already."""
        if self._task is None:
            return
        loop = self._task.get_loop()
        if not loop.is_closed() and not loop.is_running():
            loop.run_until_complete(self.aclose())

    async def _live(self, started: asyncio.Event) -> None:
        self.time = VirtualTime(asyncio.get_running_loop())
        names = {provider: name for name, provider in reversed(self._given.accounts.items())}
        names = {str(provider): names.get(provider, str(provider)) for provider in Provider}
        secrets = Sandbox().webhook_secrets
        targets = {one: f"{_BASE}/{names[one]}" for one in secrets}
        targets["smscx"] += f"/{secrets['smscx']}"
        try:
            async with Sandbox(callbacks=targets, deliver=self._deliver, clock=self._now, **self._options) as sandbox:
                sandbox.watch(self._changed)
                self.sandbox = sandbox
                self.bot = self._given.twin(MemoryStore(), clock=self.time, around=self._see)
                for provider, name in names.items():
                    client = Provider(provider).client(**sandbox.client_options(provider), pool=self.bot.pool)
                    self.bot.add(client, name=name, **self._road(provider, secrets))
                self._app = self.bot.asgi()
                async with self.bot:
                    started.set()
                    await asyncio.Event().wait()
        finally:
            self.time.close()

    @staticmethod
    def _road(provider: str, secrets: Mapping[str, str]) -> dict[str, Any]:
        """How the events of a provider come."""
        match provider:
            case "sunshine":
                return {"webhook": SunshineWebhook([secrets[provider]])}
            case "smooch":
                return {"webhook": SmoochWebhook([secrets[provider]])}
            case "smscx":
                return {"webhook": SmscxWebhook([secrets[provider]])}
            case "convore":
                return {"poll": Polling()}
            case _:
                return {"socket": AgentSocket()}

    async def _see(self, event: Event, call: Callable[[], Awaitable[None]]) -> None:  # noqa: ARG002 -- as all middleware
        try:
            await call()
        except Exception as error:
            self.failures.append(error)
            raise

    async def _deliver(self, url: str, *, headers: dict[str, str], body: bytes, patience: float) -> int:
        """A webhook straight into the bot's application."""
        answered: list[int] = []
        scope = {
            "type": "http",
            "method": "POST",
            "path": unquote(urlsplit(url).path),
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answered.append(message["status"])

        async with asyncio.timeout(patience):
            await self._app(scope, receive, send)
        return answered[0]

    def _changed(self, change: Change) -> None:
        if self.acting is not None and not change.ours:
            self.acting.conversations.add(change.conversation)
        for user in self._users:
            if user.provider == change.provider and change.conversation in user.conversations:
                user.told(change)

    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.time.time(), dt.UTC)
