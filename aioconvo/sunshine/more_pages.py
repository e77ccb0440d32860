"""The answers of Sunshine Conversations around those of its nouns that load at first touch, and how their lists go on."""

from __future__ import annotations

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.pagers import Listing, SinglePager, pages_by

from .models.apps import App, AppKey
from .models.integrations import Integration, IntegrationKey
from .models.messages import Client, Device
from .models.switchboards import Switchboard, SwitchboardIntegration
from .models.users import User
from .models.webhooks import Webhook
from .pages import Links, Meta, by_cursor, identity_of

__all__ = [
    "AppKeyPage",
    "AppPage",
    "ClientPage",
    "DevicePage",
    "IntegrationKeyPage",
    "IntegrationPage",
    "SwitchboardIntegrationPage",
    "SwitchboardPage",
    "UserPage",
    "WebhookPage",
    "app_key_pager",
    "app_pager",
    "client_pager",
    "device_pager",
    "integration_key_pager",
    "integration_pager",
    "switchboard_integration_pager",
    "switchboard_pager",
    "user_pager",
    "webhook_pager",
]


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


@pages_by(PageKind.CURSOR)
def app_pager(*, page_size: int | None) -> Listing[AppPage, App]:
    """Apps in the server's order."""
    return by_cursor(lambda page: page.apps, None, None, page_size)


@pages_by(PageKind.CURSOR)
def client_pager(*, page_size: int | None) -> Listing[ClientPage, Client]:
    """Clients in the server's order."""
    return by_cursor(lambda page: page.clients, None, None, page_size)


@pages_by(PageKind.CURSOR)
def integration_pager(*, page_size: int | None) -> Listing[IntegrationPage, Integration]:
    """Integrations in the server's order."""
    return by_cursor(lambda page: page.integrations, None, None, page_size)


@pages_by(PageKind.SINGLE)
def app_key_pager() -> Listing[AppKeyPage, AppKey]:
    """Keys in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.keys, mark, identity=identity_of))


@pages_by(PageKind.SINGLE)
def device_pager() -> Listing[DevicePage, Device]:
    """Devices in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.devices, mark, identity=identity_of))


@pages_by(PageKind.SINGLE)
def integration_key_pager() -> Listing[IntegrationKeyPage, IntegrationKey]:
    """Keys in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.keys, mark, identity=identity_of))


@pages_by(PageKind.SINGLE)
def switchboard_pager() -> Listing[SwitchboardPage, Switchboard]:
    """Switchboards in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.switchboards, mark, identity=identity_of))


@pages_by(PageKind.SINGLE)
def switchboard_integration_pager() -> Listing[SwitchboardIntegrationPage, SwitchboardIntegration]:
    """Switchboard integrations in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.switchboard_integrations, mark, identity=identity_of))


@pages_by(PageKind.SINGLE)
def user_pager() -> Listing[UserPage, User]:
    """Users in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.users, mark, identity=identity_of))


@pages_by(PageKind.SINGLE)
def webhook_pager() -> Listing[WebhookPage, Webhook]:
    """Webhooks in the server's order."""
    return Listing(lambda mark: SinglePager(lambda page: page.webhooks, mark, identity=identity_of))
