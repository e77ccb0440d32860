"""The answers of Smooch v1.1 around those of its nouns that load at first touch, and how their lists go on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from aioconvo.core.answers.refusals import Acknowledgement, Telling
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.marks import Mark
from aioconvo.core.paging.offset import OffsetPager, ResultSet
from aioconvo.core.paging.pagers import Ask, Listing, SinglePager, pages_by

from .models.apps import App
from .models.deployments import Deployment
from .models.integrations import Integration
from .models.keys import SecretKey, ServiceAccount
from .models.menus import Menu
from .models.templates import Template
from .models.users import BusinessSystem, ChannelIdentity, LinkRequest
from .models.webhooks import Webhook
from .pages import identity_of

__all__ = [
    "AppPage",
    "BusinessSystemPage",
    "ChannelPage",
    "DeploymentPage",
    "IntegrationPage",
    "KeyPage",
    "LinkRequestPage",
    "NoMenu",
    "ServiceAccountPage",
    "TemplatePage",
    "WebhookPage",
    "app_pager",
    "business_system_pager",
    "channel_pager",
    "deployment_pager",
    "integration_pager",
    "key_pager",
    "link_request_pager",
    "service_account_pager",
    "template_pager",
    "webhook_pager",
]

_USUALLY_A_PAGE = 25  # of the lists by offset, where no size is asked for; documented of apps, assumed of the others


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
            identity_of,
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
    return Listing(lambda mark: SinglePager(lambda page: page.deployments, mark, identity=identity_of))


@pages_by(PageKind.SINGLE)
def key_pager() -> Listing[KeyPage, SecretKey]:
    """Keys in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.keys, mark, identity=identity_of))


@pages_by(PageKind.SINGLE)
def link_request_pager() -> Listing[LinkRequestPage, LinkRequest]:
    """Ways to link in the server's order, one for each integration."""
    return Listing(lambda mark: SinglePager(lambda page: page.link_requests, mark, identity=_of_integration))


@pages_by(PageKind.SINGLE)
def webhook_pager() -> Listing[WebhookPage, Webhook]:
    """Webhooks in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.webhooks, mark, identity=identity_of))


def _of_integration(item: object) -> str | None:
    return getattr(item, "integration_id", None)


def _nothing(_item: object) -> str | None:
    return None
