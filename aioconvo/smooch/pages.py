"""The answers of Smooch v1.1 around its nouns, and how its lists are walked.

Messages are asked for by time: `before` or `after`, in seconds with three decimals, both exclusive; 100 a page.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, TypeVar

from aioconvo.core.answers.refusals import Acknowledgement, Telling
from aioconvo.core.calls.client import APIResource
from aioconvo.core.errors import InvalidRequestError
from aioconvo.core.json.empty_lists import with_empty_list
from aioconvo.core.json.moments import EPOCH
from aioconvo.core.numbers import is_number
from aioconvo.core.operations.envelope import envelope
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.columns import Column, column
from aioconvo.core.paging.links import query_value
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.offset import OffsetPager, ResultSet
from aioconvo.core.paging.pagers import Ask, Listing, SinglePager, pages_by
from aioconvo.core.paging.timed import Bounds, TimestampPager

from .models.apps import App
from .models.conversations import Conversation
from .models.deployments import Deployment
from .models.integrations import Integration
from .models.keys import SecretKey, ServiceAccount
from .models.menus import Menu
from .models.messages import Message
from .models.templates import Template
from .models.users import BusinessSystem, ChannelIdentity, LinkRequest
from .models.webhooks import Webhook

__all__ = [
    "PAGE_SIZE",
    "ActivityAnswer",
    "AppPage",
    "BusinessSystemPage",
    "ChannelPage",
    "DeploymentPage",
    "IntegrationPage",
    "KeyPage",
    "LinkRequestPage",
    "MessagePage",
    "NoMenu",
    "ServiceAccountPage",
    "SmoochResource",
    "TemplatePage",
    "WebhookPage",
    "app_pager",
    "business_system_pager",
    "channel_pager",
    "deployment_pager",
    "empty_page",
    "integration_pager",
    "key_pager",
    "link_request_pager",
    "message_pager",
    "service_account_pager",
    "template_pager",
    "webhook_pager",
]

PAGE_SIZE = 100
_USUALLY_A_PAGE = 25  # of the lists by offset, where no size is asked for; documented of apps, assumed of the others
_YEAR_10000 = 253_402_300_800
_BOUNDS = Bounds(before="before", after="after")
_SECONDS = re.compile(r"[0-9]{1,12}(\.[0-9]{0,9})?")
_NUMBERS = (int, float)  # made once, not for each message

_all_received: Column[Message] = column(lambda messages: [message.received for message in messages])


ActivityAnswer = envelope(Conversation, "conversation", Telling)  # the name by which it was pickled


class SmoochResource(APIResource):
    """Base of the groups of operations of this API."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    of_client: ClassVar[tuple[str, ...]] = ("app_id",)


class MessagePage(Telling, kw_only=True):
    """A page of messages. `next` leads to newer messages; that there is a `previous` is unconfirmed.

    Their bounds are used only where no message of a page has a time that can be read, their host never.
    """

    # The SDK's model demands nothing at all; but an answer without messages must not pass for the end of the list.
    messages: list[Message]
    conversation: Conversation | None = None
    next: str | None = None
    previous: str | None = None


class NoMenu(Acknowledgement, kw_only=True):
    """What is left of a menu that was taken away: one without items."""

    menu: Menu | None = None


class AppPage(Telling, rename="camel", kw_only=True):
    """A page of apps."""

    apps: list[App]
    has_more: bool | None = None
    offset: int | None = None


class IntegrationPage(Telling, rename="camel", kw_only=True):
    """A page of integrations."""

    integrations: list[Integration]
    has_more: bool | None = None
    offset: int | None = None


class ServiceAccountPage(Telling, rename="camel", kw_only=True):
    """A page of service accounts."""

    service_accounts: list[ServiceAccount]
    has_more: bool | None = None
    offset: int | None = None


class TemplatePage(Telling, rename="camel", kw_only=True):
    """A page of templates."""

    templates: list[Template]
    has_more: bool | None = None
    offset: int | None = None


class BusinessSystemPage(Telling, rename="camel", kw_only=True):
    """All that systems of the business know a user's conversation by."""

    business_systems: list[BusinessSystem]


class ChannelPage(Telling, kw_only=True):
    """All that channels know a user by."""

    channels: list[ChannelIdentity]


class DeploymentPage(Telling, kw_only=True):
    """All deployments of an account."""

    deployments: list[Deployment]


class KeyPage(Telling, kw_only=True):
    """All keys of an app or service account."""

    keys: list[SecretKey]


class LinkRequestPage(Telling, rename="camel", kw_only=True):
    """All ways to link a channel that were asked for."""

    link_requests: list[LinkRequest]


class WebhookPage(Telling, kw_only=True):
    """All webhooks of an app."""

    webhooks: list[Webhook]


T = TypeVar("T")
_OffsetPage = TypeVar("_OffsetPage", AppPage, IntegrationPage, ServiceAccountPage, TemplatePage)


def empty_page(kind: object, body: bytes) -> MessagePage | None:
    """The page of a body whose list is null beside its conversation; `None` for any other body."""
    page = with_empty_list(body, MessagePage, "messages") if kind is MessagePage else None
    return page if page is not None and page.conversation is not None and page.conversation.id else None


@pages_by(PageKind.TIMESTAMP)
def message_pager(
    *,
    before: float | str | dt.datetime | None = None,
    after: float | str | dt.datetime | None = None,
    page_size: int = PAGE_SIZE,
) -> Listing[MessagePage, Message]:
    """Messages newest first from the newest, or from `before`; with `after` oldest first.

    Raises:
        InvalidRequestError: `before` or `after` is no moment.
    """
    backward = after is None
    bound = _moment("before", before) if backward else _moment("after", after)
    start = None if bound is None else _whole_milliseconds(bound, up=backward)

    def time(message: Message) -> int | None:
        received = _received(message)
        # Two bounds a millisecond apart enclose [a, b) for a walk to older messages, (a, b] for one to newer messages.
        return None if received is None else _whole_milliseconds(received, up=not backward)

    return Listing(
        lambda mark: TimestampPager(
            lambda page: page.messages,
            time,
            _identity,
            bounds=_BOUNDS,
            backward=backward,
            page_size=page_size,
            moment=_received,
            moments=_moments,
            link=partial(_bound_in, _BOUNDS.before if backward else _BOUNDS.after),
            start=start,
            mark=mark,
        ),
        direction="backward" if backward else "forward",
    )


@pages_by(PageKind.OFFSET)
def app_pager(*, page_size: int | None) -> Listing[AppPage, App]:
    """Apps in the server's order."""
    return _by_offset(lambda page: page.apps, page_size)


@pages_by(PageKind.OFFSET)
def integration_pager(*, page_size: int | None) -> Listing[IntegrationPage, Integration]:
    """Integrations in the server's order."""
    return _by_offset(lambda page: page.integrations, page_size)


@pages_by(PageKind.OFFSET)
def service_account_pager(*, page_size: int | None) -> Listing[ServiceAccountPage, ServiceAccount]:
    """Service accounts in the server's order."""
    return _by_offset(lambda page: page.service_accounts, page_size)


@pages_by(PageKind.OFFSET)
def template_pager(*, page_size: int | None) -> Listing[TemplatePage, Template]:
    """Templates in the server's order."""
    return _by_offset(lambda page: page.templates, page_size)


def _by_offset(items: Callable[[_OffsetPage], list[T]], page_size: int | None) -> Listing[_OffsetPage, T]:
    size = page_size or _USUALLY_A_PAGE

    def told(page: _OffsetPage) -> ResultSet:
        # Published answers lack `hasMore`, too; then the page after a full one tells.
        more = True if page.has_more is None and len(items(page)) >= size else page.has_more
        return ResultSet(offset=page.offset, more=more)  # where the page began

    return Listing(
        lambda mark: OffsetPager(
            items,
            told,
            _identity,
            lambda offset: Ask((("offset", str(offset)),)) if offset else Ask(),
            page_size=size,
            mark=mark,
        ),
        mark_at=_offset_mark,
    )


def _offset_mark(offset: str) -> Mark:
    if not (offset.isascii() and offset.isdigit()):
        raise ValueError("an offset is a whole number")
    return Mark(offset=int(offset))


@pages_by(PageKind.SINGLE)
def business_system_pager() -> Listing[BusinessSystemPage, BusinessSystem]:
    """Business systems in the server's order; none has an id of its own."""
    return Listing(lambda mark: SinglePager(lambda page: page.business_systems, mark, identity=_nothing))


@pages_by(PageKind.SINGLE)
def channel_pager() -> Listing[ChannelPage, ChannelIdentity]:
    """Channels in the server's order; a user may have one twice."""
    return Listing(lambda mark: SinglePager(lambda page: page.channels, mark, identity=_nothing))


@pages_by(PageKind.SINGLE)
def deployment_pager() -> Listing[DeploymentPage, Deployment]:
    """Deployments in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.deployments, mark, identity=_identity))


@pages_by(PageKind.SINGLE)
def key_pager() -> Listing[KeyPage, SecretKey]:
    """Keys in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.keys, mark, identity=_identity))


@pages_by(PageKind.SINGLE)
def link_request_pager() -> Listing[LinkRequestPage, LinkRequest]:
    """Ways to link in the server's order, one for each integration."""
    return Listing(lambda mark: SinglePager(lambda page: page.link_requests, mark, identity=_of_integration))


@pages_by(PageKind.SINGLE)
def webhook_pager() -> Listing[WebhookPage, Webhook]:
    """Webhooks in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.webhooks, mark, identity=_identity))


def _received(message: Message) -> float | None:
    if _is_usual(message):
        return message.received
    moment = getattr(message, "received_at", None)  # an item that is no object at all has none
    return moment.timestamp() if isinstance(moment, dt.datetime) and moment >= EPOCH else None


def _is_usual(message: Message) -> bool:
    received: Any = getattr(message, "received", None)
    return isinstance(received, _NUMBERS) and 0 <= received < _YEAR_10000


def _moments(messages: list[Message]) -> list[float] | None:
    # In a sorted page those between two usual ones are usual; the order of all others is not told by numbers alone.
    return _all_received(messages) if messages and _is_usual(messages[0]) and _is_usual(messages[-1]) else None


def _bound_in(parameter: str, page: MessagePage) -> str | None:
    """The bound in the link that leads on in the direction of the walk."""
    for link in (page.next, page.previous):
        bound = query_value(link, parameter) if isinstance(link, str) else None
        if bound is not None and _SECONDS.fullmatch(bound):
            return bound
    return None


def _moment(name: str, value: float | str | dt.datetime | None) -> float | None:
    if value is None:
        return None
    if isinstance(value, str) and _SECONDS.fullmatch(value):
        value = float(value)
    if isinstance(value, dt.datetime) and value.tzinfo is not None:
        value = value.timestamp()
    if not is_number(value) or not 0 <= value < _YEAR_10000:
        raise InvalidRequestError(
            f"{name} must be Unix time in seconds (not milliseconds) as a number or a text, or a datetime with a time zone, "
            "such as datetime.now(timezone.utc)"
        )
    return value


def _whole_milliseconds(seconds: float, *, up: bool) -> int:
    """Rounded to what a bound can say. Through microseconds: as near to a float as a moment of our days can be told."""
    microseconds = round(seconds * 1_000_000)
    return -(-microseconds // 1000) if up else microseconds // 1000


def _identity(item: object) -> str | None:
    identity: object = getattr(item, "id", None)  # an item that is no object at all has none
    return identity if isinstance(identity, str) else None


def _of_integration(item: object) -> str | None:
    return getattr(item, "integration_id", None)


def _nothing(_item: object) -> str | None:
    return None
