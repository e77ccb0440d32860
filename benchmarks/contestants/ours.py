"""aioconvo by its public API: retries and limits at their defaults."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import measured
from measured import Counts, Job
from walks import TEXT

import aioconvo
from aioconvo.smooch.models import Role, TextMessage
from aioconvo.sunshine.models import Author, AuthorType, TextContent

_KNOWN = frozenset({"get", "post", "pages", "items", "latency", "fanout"})


class Client:
    """One client of one provider and what the workloads ask of it, by the provider's name."""

    def __init__(self, job: Job, pool: aioconvo.SessionPool | None = None) -> None:
        provider, url = job["provider"], job["url"]
        given: dict[str, Any] = {"pool": pool, "deadline": job.get("deadline")}
        if "calls_a_second" in job:
            given["limits"] = aioconvo.Limits(rates=[aioconvo.RateLimit(job["calls_a_second"], 1.0)])
        self.client: Any
        match provider:
            case "sunshine" | "sunshine_messages":
                self.client = aioconvo.SunshineClient(app_id="app", key_id="app_key", secret="secret", base_url=url, **given)  # noqa: S106 -- opens nothing
            case "smooch":
                self.client = aioconvo.SmoochClient(app_id="app", key_id="app_key", secret="secret", base_url=url, **given)  # noqa: S106 -- opens nothing
            case "ultracart":
                self.client = aioconvo.UltraCartClient(simple_key="key", base_url=f"{url}/rest/v2", **given)
            case "convore":
                self.client = aioconvo.ConvoreClient(api_key="key", base_url=url, **given)
            case _:
                self.client = aioconvo.SmscxClient(api_key="key", base_url=url, **given)
        self._provider = provider
        self._for_each_call = job.get("for_each_call")

    def get(self, id_: str) -> Awaitable[object]:
        """One noun; Smooch has no such operation, there it is the first page of a user's messages."""
        if self._provider == "smooch":
            return self.walk(id_)
        client = self.client if self._for_each_call is None else self.client.with_options(**self._for_each_call)
        awaitable: Awaitable[object] = client.conversations.get(id_)
        return awaitable

    def post(self, id_: str) -> Awaitable[object]:
        """A text from the business."""
        if self._provider == "smooch":
            message = TextMessage(role=Role.APP_MAKER, text=TEXT)
            posted: Awaitable[object] = self.client.messages.post(id_, message=message)
        else:
            author, content = Author(type=AuthorType.BUSINESS), TextContent(text=TEXT)
            posted = self.client.messages.post(id_, author=author, content=content)
        return posted

    def walk(self, owner: str, prefetch: int = 0) -> aioconvo.AsyncPaginator[Any]:
        """The list of this provider."""
        paginator: aioconvo.AsyncPaginator[Any]
        match self._provider:
            case "sunshine":
                paginator = self.client.conversations.list(user_id="user", prefetch=prefetch)
            case "sunshine_messages" | "smooch":
                paginator = self.client.messages.list(owner, prefetch=prefetch)
            case "convore":
                paginator = self.client.messages.list(page_size=100, prefetch=prefetch)
            case _:
                paginator = self.client.conversations.list(page_size=100, prefetch=prefetch)
        return paginator


async def main(job: Job) -> dict[str, Any]:
    """The figures of one job."""
    mine = Client(job)
    async with mine.client:
        match job["workload"]:
            case "get" | "post" as kind:
                send = mine.get if kind == "get" else mine.post
                return await _each(send, job["provider"], job["count"], job["concurrency"])
            case "fanout":
                ids = [one.id async for one in mine.walk("")]
                work = _fan_out(mine.client, ids[: job["conversations"]], job["concurrency"])
                return await measured.measure_async(asyncio.sleep(0), work)
            case kind:
                return await measured.measure_async(_pages(mine, stop=3), _walks(mine, job, kind))


async def _each(send: Callable[[str], Awaitable[object]], provider: str, count: int, concurrency: int) -> dict[str, Any]:
    async def work(number: int) -> Counts:
        await measured.spread(send, measured.fresh_ids(provider, number), concurrency)
        return Counts(number, number)

    return await measured.measure_async(work(max(concurrency, count // 10)), work(count))


async def _walks(mine: Client, job: Job, kind: str) -> Counts:
    walked: list[Counts] = []
    for _ in range(job.get("repeat", 1)):
        if kind == "items":
            walked.append(await _items(mine))
        else:
            settings = {name: job[name] for name in ("work_ms", "prefetch", "looks") if name in job}
            walked.append(await _pages(mine, **settings))
    return Counts(sum(one.requests for one in walked), sum(one.items for one in walked))


async def _pages(
    mine: Client, *, work_ms: float = 0.0, prefetch: int = 0, stop: int | None = None, looks: bool = True
) -> Counts:
    requests = items = 0
    before = mine.client.stats().requests
    async for page in mine.walk("owner", prefetch).pages():
        requests += 1
        items += len(page.items if looks else page)
        if work_ms:
            await asyncio.sleep(work_ms / 1000)
        if requests == stop:
            break
    return Counts(mine.client.stats().requests - before, items)


async def _items(mine: Client) -> Counts:
    before = mine.client.stats().requests
    items = 0
    async for _ in mine.walk("owner"):
        items += 1
    return Counts(mine.client.stats().requests - before, items)


async def _fan_out(sunshine: aioconvo.SunshineClient, ids: list[str], concurrency: int) -> Counts:
    items = 0

    async def all_of(conversation: str) -> None:
        nonlocal items
        async for page in sunshine.messages.list(conversation).pages():
            items += len(page.items)

    before = sunshine.stats().requests
    await measured.spread(all_of, iter(ids), concurrency)
    return Counts(sunshine.stats().requests - before, items)


if __name__ == "__main__":
    job = measured.read_job()
    known = job["workload"] in _KNOWN
    measured.write(measured.run(job, main(job)) if known else None, ["aiohttp", "msgspec", "yarl", "multidict"])
