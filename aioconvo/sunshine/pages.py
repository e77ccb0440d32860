"""The answers of Sunshine Conversations around its nouns, and how its lists go on.

Cursors are ids of records, exclusive. Conversations and participants are walked with `page[after]`; messages begin with
the newest page and are walked backwards with `page[before]`.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from urllib.parse import unquote

from aioconvo.core.answers.identity import Check, all_about
from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.empty_lists import with_empty_list
from aioconvo.core.json.model import Model
from aioconvo.core.operations.envelope import envelope
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.columns import Column, column
from aioconvo.core.paging.links import query_value
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.pagers import Cursor, CursorPager, Listing, SinglePager, pages_by
from aioconvo.core.paging.timed import in_time_order

from .models.apps import App, AppKey
from .models.conversations import Conversation
from .models.integrations import Integration, IntegrationKey
from .models.messages import Client, Device, Message
from .models.participants import Participant
from .models.switchboards import Switchboard, SwitchboardIntegration
from .models.users import User
from .models.webhooks import Webhook

__all__ = [
    "AFTER",
    "BEFORE",
    "AppKeyPage",
    "AppPage",
    "ClientPage",
    "ConversationAnswer",
    "ConversationPage",
    "DevicePage",
    "IntegrationKeyPage",
    "IntegrationPage",
    "MessagePage",
    "MessagesAnswer",
    "ParticipantPage",
    "SwitchboardIntegrationPage",
    "SwitchboardPage",
    "UserPage",
    "WebhookPage",
    "app_key_pager",
    "app_pager",
    "client_pager",
    "conversation_pager",
    "device_pager",
    "empty_page",
    "integration_key_pager",
    "integration_pager",
    "message_pager",
    "of_conversation",
    "participant_pager",
    "switchboard_integration_pager",
    "switchboard_pager",
    "user_pager",
    "webhook_pager",
]

AFTER = "page[after]"
BEFORE = "page[before]"
# What the API gives where no size is asked for, or none can be.
_USUALLY_A_PAGE = 25
_MESSAGES_A_PAGE = 100

_IN_A_LINK = re.compile(r"/conversations/([^/?#]+)/(?:messages|participants)(?:[?#]|$)")

_received: Column[Message] = column(lambda messages: [message.received for message in messages])


class Meta(Model, rename="camel"):
    """Whether more follow in the direction of the walk, and the cursors of the pages beside this one."""

    has_more: bool | None = None
    after_cursor: str | None = None
    before_cursor: str | None = None


class Links(Model):
    """The pages beside this one as URLs; only their cursors are used, never their host."""

    prev: str | None = None
    next: str | None = None


class ConversationPage(Telling, kw_only=True):
    """A page of conversations."""

    conversations: list[Conversation]
    meta: Meta | None = None
    links: Links | None = None


class ParticipantPage(Telling, kw_only=True):
    """A page of participants."""

    participants: list[Participant]
    meta: Meta | None = None
    links: Links | None = None


class MessagePage(Telling, kw_only=True):
    """A page of messages."""

    messages: list[Message]
    meta: Meta | None = None
    links: Links | None = None


class ClientPage(Telling, kw_only=True):
    """A page of clients."""

    clients: list[Client]
    meta: Meta | None = None
    links: Links | None = None


class AppPage(Telling, kw_only=True):
    """A page of apps."""

    apps: list[App]
    meta: Meta | None = None
    links: Links | None = None


class AppKeyPage(Telling, kw_only=True):
    """All keys of an app."""

    keys: list[AppKey]


class DevicePage(Telling, kw_only=True):
    """All devices of a user."""

    devices: list[Device]


class IntegrationPage(Telling, kw_only=True):
    """A page of integrations."""

    integrations: list[Integration]
    meta: Meta | None = None
    links: Links | None = None


class IntegrationKeyPage(Telling, kw_only=True):
    """All keys of an integration."""

    keys: list[IntegrationKey]


class SwitchboardPage(Telling, kw_only=True):
    """All switchboards of an app."""

    switchboards: list[Switchboard]


class SwitchboardIntegrationPage(Telling, rename="camel", kw_only=True):
    """All integrations that a switchboard knows."""

    switchboard_integrations: list[SwitchboardIntegration]


class UserPage(Telling, kw_only=True):
    """All users that a filter lets pass."""

    users: list[User]


class WebhookPage(Telling, kw_only=True):
    """All webhooks of an integration."""

    webhooks: list[Webhook]


# The names that pickles of answers have for them.
ConversationAnswer = envelope(Conversation, "conversation", Telling)
MessagesAnswer = envelope(list[Message], "messages", Telling)

T = TypeVar("T")
_AnyPage = TypeVar("_AnyPage", AppPage, ClientPage, ConversationPage, IntegrationPage, ParticipantPage, MessagePage)

_Empty = AppPage | ClientPage | ConversationPage | IntegrationPage | MessagePage | ParticipantPage | None


def of_conversation(conversation_id: str) -> Check:
    """That a page of messages or participants is of this conversation: only its links name it, where it has any."""
    return partial(_check_links, conversation_id)


def _check_links(conversation_id: str, page: MessagePage | ParticipantPage) -> None:
    if page.links is not None:
        found = (_IN_A_LINK.search(link) for link in (page.links.prev, page.links.next) if isinstance(link, str))
        all_about("conversation", conversation_id, [unquote(one[1]) for one in found if one is not None])


def empty_page(kind: object, body: bytes) -> _Empty:
    """The page of a body whose list is null or left out, and which says that no more follow; `None` for any other body."""
    page: _Empty = None
    if kind is ConversationPage:
        page = with_empty_list(body, ConversationPage, "conversations", missing=True)
    elif kind is AppPage:
        page = with_empty_list(body, AppPage, "apps", missing=True)
    elif kind is ClientPage:
        page = with_empty_list(body, ClientPage, "clients", missing=True)
    elif kind is MessagePage:
        page = with_empty_list(body, MessagePage, "messages", missing=True)
    elif kind is IntegrationPage:
        page = with_empty_list(body, IntegrationPage, "integrations", missing=True)
    elif kind is ParticipantPage:
        page = with_empty_list(body, ParticipantPage, "participants", missing=True)
    return page if page is not None and page.meta is not None and page.meta.has_more is False else None


@pages_by(PageKind.CURSOR)
def conversation_pager(
    *, after: str | None, before: str | None, page_size: int | None = None
) -> Listing[ConversationPage, Conversation]:
    """Conversations in the server's order, from `after` on; with `before` backwards from there."""
    return _listing(lambda page: page.conversations, after, before, page_size)


@pages_by(PageKind.CURSOR)
def participant_pager(*, after: str | None, before: str | None, page_size: int | None) -> Listing[ParticipantPage, Participant]:
    """Participants in the server's order, from `after` on; with `before` backwards from there."""
    return _listing(lambda page: page.participants, after, before, page_size)


@pages_by(PageKind.CURSOR)
def app_pager(*, page_size: int | None) -> Listing[AppPage, App]:
    """Apps in the server's order."""
    return _listing(lambda page: page.apps, None, None, page_size)


@pages_by(PageKind.CURSOR)
def client_pager(*, page_size: int | None) -> Listing[ClientPage, Client]:
    """Clients in the server's order."""
    return _listing(lambda page: page.clients, None, None, page_size)


@pages_by(PageKind.CURSOR)
def integration_pager(*, page_size: int | None) -> Listing[IntegrationPage, Integration]:
    """Integrations in the server's order."""
    return _listing(lambda page: page.integrations, None, None, page_size)


@pages_by(PageKind.SINGLE)
def app_key_pager() -> Listing[AppKeyPage, AppKey]:
    """Keys in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.keys, mark, identity=_identity))


@pages_by(PageKind.SINGLE)
def device_pager() -> Listing[DevicePage, Device]:
    """Devices in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.devices, mark, identity=_identity))


@pages_by(PageKind.SINGLE)
def integration_key_pager() -> Listing[IntegrationKeyPage, IntegrationKey]:
    """Keys in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.keys, mark, identity=_identity))


@pages_by(PageKind.SINGLE)
def switchboard_pager() -> Listing[SwitchboardPage, Switchboard]:
    """Switchboards in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.switchboards, mark, identity=_identity))


@pages_by(PageKind.SINGLE)
def switchboard_integration_pager() -> Listing[SwitchboardIntegrationPage, SwitchboardIntegration]:
    """Switchboard integrations in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.switchboard_integrations, mark, identity=_identity))


@pages_by(PageKind.SINGLE)
def user_pager() -> Listing[UserPage, User]:
    """Users in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.users, mark, identity=_identity))


@pages_by(PageKind.SINGLE)
def webhook_pager() -> Listing[WebhookPage, Webhook]:
    """Webhooks in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.webhooks, mark, identity=_identity))


def _listing(
    items: Callable[[_AnyPage], list[T]], after: str | None, before: str | None, page_size: int | None = None
) -> Listing[_AnyPage, T]:
    if before is not None:
        return _walk(BEFORE, lambda page: items(page)[::-1], _following_before, before, page_size)
    return _walk(AFTER, items, _following_after, after, page_size)


@pages_by(PageKind.CURSOR)
def message_pager(*, after: str | None, before: str | None) -> Listing[MessagePage, Message]:
    """Messages newest first from the newest, or from `before`; with `after` oldest first."""
    if after is not None:
        return _walk(AFTER, _oldest_first, _following_after, after, None, usual=_MESSAGES_A_PAGE)
    return _walk(BEFORE, _newest_first, _following_before, before, None, usual=_MESSAGES_A_PAGE)


def _walk(
    parameter: str,
    items: Callable[[_AnyPage], list[T]],
    following: Callable[[_AnyPage], Cursor],
    start: str | None,
    page_size: int | None,
    *,
    usual: int = _USUALLY_A_PAGE,
) -> Listing[_AnyPage, T]:
    return Listing(
        lambda mark: CursorPager(
            parameter, items, following, page_size=page_size or usual, cursor_of=_identity, start=start, mark=mark
        ),
        mark_at=_cursor_mark,
        direction="backward" if parameter == BEFORE else "forward",
    )


def _cursor_mark(cursor: str) -> Mark:
    return Mark(cursor=cursor)


def _following_after(page: _AnyPage) -> Cursor:
    meta = page.meta or Meta()
    return _cursor(meta.has_more, meta.after_cursor, page.links.next if page.links else None, AFTER)


def _following_before(page: _AnyPage) -> Cursor:
    meta = page.meta or Meta()
    return _cursor(meta.has_more, meta.before_cursor, page.links.prev if page.links else None, BEFORE)


def _cursor(has_more: bool | None, cursor: str | None, link: str | None, parameter: str) -> Cursor:
    if cursor is None and link:
        cursor = query_value(link, parameter)
    if has_more is None and cursor is not None:
        has_more = True
    return Cursor(cursor, has_more)


# The order of messages inside a page is not documented.


def _newest_first(page: MessagePage) -> list[Message]:
    return in_time_order(page.messages, _time, newest_first=True, moments=_moments)


def _oldest_first(page: MessagePage) -> list[Message]:
    return in_time_order(page.messages, _time, newest_first=False, moments=_moments)


def _identity(item: object) -> str | None:
    identity: object = getattr(item, "id", None)  # an item that is no object at all has none
    return identity if isinstance(identity, str) else None


def _time(message: Message) -> float | None:
    received = getattr(message, "received", None)  # an item that is no object at all has none
    return received.timestamp() if isinstance(received, dt.datetime) else None


def _moments(messages: list[Message]) -> list[dt.datetime] | None:
    moments = _received(messages)
    # Naive ones count as local time, which has hours that come twice. With an aware one among them they do not compare.
    return moments if moments and getattr(moments[0], "tzinfo", None) is not None else None
