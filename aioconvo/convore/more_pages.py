"""The answers of Convore around those of its nouns that load at first touch, and how their lists go on."""

from __future__ import annotations

from aioconvo.core.operations.operation import PageKind
from aioconvo.core.paging.pagers import Listing, pages_by

from .models import Channel, Connector, Contact, Draft, Label
from .pages import CursorPage, by_cursor

__all__ = [
    "ChannelPage",
    "ConnectorPage",
    "ContactPage",
    "DraftPage",
    "LabelPage",
    "channel_pager",
    "connector_pager",
    "contact_pager",
    "draft_pager",
    "label_pager",
]


class ChannelPage(CursorPage, kw_only=True):
    """A page of channels."""

    data: list[Channel]


class ConnectorPage(CursorPage, kw_only=True):
    """A page of connectors."""

    data: list[Connector]


class ContactPage(CursorPage, kw_only=True):
    """A page of contacts."""

    data: list[Contact]


class DraftPage(CursorPage, kw_only=True):
    """A page of drafts."""

    data: list[Draft]


class LabelPage(CursorPage, kw_only=True):
    """A page of labels."""

    data: list[Label]


@pages_by(PageKind.CURSOR)
def channel_pager() -> Listing[ChannelPage, Channel]:
    """Channels in the server's order."""
    return by_cursor(lambda page: page.data)


@pages_by(PageKind.CURSOR)
def connector_pager() -> Listing[ConnectorPage, Connector]:
    """Connectors in the server's order."""
    return by_cursor(lambda page: page.data)


@pages_by(PageKind.CURSOR)
def contact_pager() -> Listing[ContactPage, Contact]:
    """Contacts in the server's order."""
    return by_cursor(lambda page: page.data)


@pages_by(PageKind.CURSOR)
def draft_pager() -> Listing[DraftPage, Draft]:
    """Drafts in the server's order."""
    return by_cursor(lambda page: page.data)


@pages_by(PageKind.CURSOR)
def label_pager() -> Listing[LabelPage, Label]:
    """Labels in the server's order."""
    return by_cursor(lambda page: page.data)
