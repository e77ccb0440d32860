"""Walks some conversations of one source, so many at a time, and gives every page to a writer. No target is known here.

The same code serves one machine and many: who runs it says where the jobs come from and where the batches go.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Sequence
from typing import Any, TypeAlias, TypeVar

import anyio
import msgspec

from aioconvo.core.errors import (
    AioconvoError,
    BadRequestError,
    GoneError,
    InvalidRequestError,
    NotFoundError,
    UnprocessableEntityError,
)
from aioconvo.core.json.members import UnknownMembers
from aioconvo.core.json.model import Model, raw_json
from aioconvo.core.paging.page import Page
from aioconvo.core.paging.paginator import AsyncPaginator
from aioconvo.inbox.base import Inbox
from aioconvo.inbox.models import Conversation, Message
from aioconvo.inbox.walk import Span

from . import plan
from .batch import Account, Batch, Fault, Identity, Step
from .ordering import Ordering
from .schema import conversation_row, message_lines

__all__ = ["Job", "ListJob", "Turns", "Write", "run_partition", "walk_list", "walk_messages"]

T = TypeVar("T")
Write: TypeAlias = Callable[[Batch], Awaitable[object]]
Turns: TypeAlias = contextlib.AbstractAsyncContextManager[object]  # entered by many at a time

_REFUSALS = (BadRequestError, GoneError, NotFoundError, UnprocessableEntityError)
_ALWAYS = contextlib.nullcontext()


class Job(Model):
    """A conversation to walk, from a step on that has a name."""

    account: Account
    conversation: str
    step: Step


class ListJob(Model):
    """A list of conversations to walk: of a user, by the inbox's argument that takes such ids, or (empty) of the account."""

    account: Account
    user: str
    argument: str
    step: Step


async def run_partition(
    inbox: Inbox,
    jobs: AsyncIterable[Job],
    write: Write,
    identity: Identity,
    *,
    concurrency: int,
    stopping: Callable[[], bool] = lambda: False,
    turns: Turns = _ALWAYS,
) -> None:
    """Walk every conversation of `jobs`, at most `concurrency` at a time; waits where `write` does.

    A page is asked for inside of `turns`, which others may share. A conversation that fails gives a batch with a fault, and the
    rest goes on. Once `stopping` is true no more pages are asked for. Raises what `jobs` and `write` raise.
    """
    left, turn, members = aiter(jobs), anyio.Lock(fast_acquire=True), UnknownMembers()

    async def work() -> None:
        while True:
            async with turn:
                job = await anext(left, None)
            if job is None:
                return
            if not stopping():  # to the end, so that nobody is left who waits to give one
                await walk_messages(inbox, job, write, identity, stopping=stopping, turns=turns, members=members)

    async with anyio.create_task_group() as group:
        for _ in range(concurrency):
            group.start_soon(work)


async def walk_messages(
    inbox: Inbox,
    job: Job,
    write: Write,
    identity: Identity,
    *,
    stopping: Callable[[], bool],
    turns: Turns,
    members: UnknownMembers,
) -> None:
    """Walk one conversation from the job's step on; every page goes to `write` with the step after it."""
    order = Ordering.of(inbox)

    def listed(start: str | None) -> AsyncPaginator[Message]:
        return inbox.messages(job.conversation, since=job.step.since, until=identity.until, start=start)

    def batch(items: Sequence[Message], step: Step) -> Batch:
        wanted = [one for one in order.oldest_first(items) if plan.wants_message(one, identity)]
        lines = message_lines(wanted, job.account.name, job.conversation)
        return Batch(
            account=job.account,
            conversation=job.conversation,
            step=step,
            messages=lines,
            downward=order.newest_first is True,
            unknown=_unknown(wanted, members),
        )

    async with contextlib.aclosing(_batches(listed, batch, job.step, turns)) as batches:
        async for one in batches:
            await write(one)
            if stopping():
                return


async def walk_list(
    inbox: Inbox, job: ListJob, write: Write, identity: Identity, *, stopping: Callable[[], bool], turns: Turns
) -> None:
    """Walk one list of conversations from the job's step on; every page goes to `write` with the step after it.

    The list of a whole account is read one page ahead, outside of `turns`: nothing else goes on without it. Where the answer
    that is a user's whole list holds a conversation with all of its messages, they go with it, and no walk has to follow.
    """
    span, members = Span(identity.since, identity.until), UnknownMembers()
    chosen: dict[str, Any] = {job.argument: job.user} if job.user else {}
    if inbox.capabilities.reads_new_conversations:
        chosen["since"] = identity.since

    def listed(start: str | None) -> AsyncPaginator[Conversation]:
        return inbox.conversations(**chosen, start=start, prefetch=0 if job.user else 1)

    def batch(items: Sequence[Conversation], step: Step) -> Batch:
        rows = (conversation_row(one, job.account.name) for one in items)
        kept = tuple(row for row in rows if plan.wants_conversation(row, identity))
        unknown = _unknown(items, members)
        brought = Batch(
            account=job.account,
            user=job.user,
            step=step,
            conversations=kept,
            unknown=unknown,
            tells_changes=inbox.capabilities.tells_changes,
        )
        if not (step.ended and len(items) == len(kept) == 1) or (messages := items[0].messages) is None:
            return brought
        every = Ordering().oldest_first(messages)
        wanted = [one for one in every if span.holds(one.sent_at) and plan.wants_message(one, identity)]
        lines = message_lines(wanted, job.account.name, items[0].id)
        unknown += _unknown(wanted, members)
        return msgspec.structs.replace(brought, conversation=items[0].id, messages=lines, unknown=unknown)

    async with contextlib.aclosing(_batches(listed, batch, job.step, turns)) as batches:
        async for one in batches:
            await write(one)
            if stopping():
                return


def _unknown(items: Sequence[Conversation | Message], members: UnknownMembers) -> tuple[str, ...]:
    """The members of these items' JSON that this version has no field for, those that were not seen before."""
    raws = ((one.native, raw_json(one.native)) for one in items)
    found = {name for native, raw in raws if raw is not None for name in members.look(native, raw)}
    return tuple(".".join(name) for name in sorted(found))


async def _batches(
    listed: Callable[[str | None], AsyncPaginator[T]], batch: Callable[[Sequence[T], Step], Batch], begin: Step, turns: Turns
) -> AsyncGenerator[Batch, None]:
    """The pages of a walk, each with the step after it; the last step is one that ended or failed."""
    step = begin
    try:
        async with contextlib.aclosing(_pages(listed, begin.position, turns)) as following:
            while True:
                page, anew = await anext(following, (None, False))
                if anew and step.pages:  # the position was refused: it is another walk
                    step = msgspec.structs.replace(step, pages=0, walk=f"{step.walk}.again")
                items: Sequence[T] = () if page is None else page.items
                ended = page is None or not page.has_more
                position = None if page is None or ended else page.position
                after = msgspec.structs.replace(step, pages=step.pages + 1, position=position, ended=ended)
                brought = batch(items, after)
                step = after
                yield brought
                if ended:
                    return
    except AioconvoError as error:
        fault = Fault(type=type(error).__name__, words=str(error))
    except Exception as error:  # noqa: BLE001 -- one broken conversation must not end the others; its words may hold its text
        fault = Fault(type=type(error).__name__, words="unexpected; please report it with the conversation's id")
    yield batch([], msgspec.structs.replace(step, fault=fault))


async def _pages(
    listed: Callable[[str | None], AsyncPaginator[T]], position: str | None, turns: Turns
) -> AsyncGenerator[tuple[Page[T], bool], None]:
    """The pages from a stored position on, or all of them, where the API refuses it: positions may expire.

    Each comes with whether it is the first of all.
    """
    begun = False
    try:
        paginator, anew = _from(listed, position)
        async with contextlib.aclosing(paginator.pages()) as following:
            while True:
                async with turns:
                    page = await anext(following, None)
                if page is None:
                    return
                yield page, anew and not begun
                begun = True
    except _REFUSALS:
        if begun or position is None:
            raise
    async with contextlib.aclosing(_pages(listed, None, turns)) as every:
        async for one in every:
            yield one


def _from(listed: Callable[[str | None], AsyncPaginator[T]], position: str | None) -> tuple[AsyncPaginator[T], bool]:
    """The list from a stored position on, or from its beginning (true), where this version cannot read the position."""
    if position is not None:
        try:
            return listed(position), False
        except InvalidRequestError:
            pass
    return listed(None), True
