"""What a program without a library knows of each list and noun: its URLs, as f-strings, and how a page leads to the next one.

For pages with attributes, whichever library made them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["CREDENTIALS", "FAN_OUTS", "GETS", "POSTS", "WALKS", "FanOut", "Get", "Post", "Walk"]

_PAGE = 100


_BASIC = {"Authorization": "Basic YXBwX2tleTpzZWNyZXQ="}

CREDENTIALS: dict[str, dict[str, str]] = {
    "sunshine": _BASIC,
    "sunshine_messages": _BASIC,
    "smooch": _BASIC,
    "ultracart": {"x-ultracart-simple-key": "key"},
    "convore": {"Authorization": "Bearer key"},
    "smscx": {"X-API-KEY": "key"},
}
"""The header without which an API answers nothing, by provider."""


class Get(NamedTuple):
    """A GET of one noun: its URL by base URL and id, and the name of what it decodes to."""

    url: Callable[[str, str], str]
    answer: str


class Post(NamedTuple):
    """The POST of a message: URL by base URL and id, the body, and the name of what the answer decodes to."""

    url: Callable[[str, str], str]
    body: dict[str, Any]
    answer: str


class Walk(NamedTuple):
    """A list: the URL of a page by base URL, owner and position (`None`: the first), its items, the next position."""

    url: Callable[[str, str, Any], str]
    answer: str
    items: Callable[[Any], list[Any]]
    following: Callable[[Any], Any]


class FanOut(NamedTuple):
    """The lists that lead to all messages of an account: its conversations, each one's id, and the messages of one.

    Where `conversations` is `None` the API lists none, and they are named by their users.
    """

    conversations: Walk | None
    identity: Callable[[Any], str]
    messages: Walk


GETS = {
    "sunshine": Get(lambda base, id_: f"{base}/v2/apps/app/conversations/{id_}", "sunshine.ConversationAnswer"),
    "smooch": Get(lambda base, id_: f"{base}/v1.1/apps/app/appusers/{id_}/messages", "smooch.MessagePage"),
    "ultracart": Get(lambda base, id_: f"{base}/rest/v2/conversation/conversations/{id_}", "ultracart.ConversationAnswer"),
    "convore": Get(lambda base, id_: f"{base}/v1/conversations/{id_}", "convore.Conversation"),
    "smscx": Get(lambda base, id_: f"{base}/conversations/{id_}", "smscx.ConversationDetail"),
}

TEXT = "Your order has left our warehouse and should be with you on Thursday."

POSTS = {
    "sunshine": Post(
        lambda base, id_: f"{base}/v2/apps/app/conversations/{id_}/messages",
        {"author": {"type": "business"}, "content": {"type": "text", "text": TEXT}},
        "sunshine.MessagesAnswer",
    ),
    "smooch": Post(
        lambda base, id_: f"{base}/v1.1/apps/app/appusers/{id_}/messages",
        {"role": "appMaker", "type": "text", "text": TEXT},
        "smooch.PostedMessage",
    ),
}


def _sunshine_url(base: str, _owner: str, after: str | None) -> str:
    url = f"{base}/v2/apps/app/conversations?filter[userId]=user"
    return url if after is None else f"{url}&page[after]={after}"


def _sunshine_messages_url(base: str, owner: str, before: str | None) -> str:
    url = f"{base}/v2/apps/app/conversations/{owner}/messages"
    return url if before is None else f"{url}?page[before]={before}"


def _smooch_url(base: str, owner: str, before: float | None) -> str:
    url = f"{base}/v1.1/apps/app/appusers/{owner}/messages"
    return url if before is None else f"{url}?before={before:.3f}"


def _ultracart_url(base: str, _owner: str, offset: int | None) -> str:
    return f"{base}/rest/v2/conversation/conversations?_limit={_PAGE}&_offset={offset or 0}"


def _ultracart_messages_url(base: str, owner: str, since: int | None) -> str:
    return f"{base}/rest/v2/conversation/conversations/{owner}/messages/{since or 0}?limit={_PAGE}"


def _convore_url(target: str) -> Callable[[str, str, Any], str]:
    """URLs of a list of Convore; `target` may hold `{owner}`."""

    def url(base: str, owner: str, cursor: str | None) -> str:
        first = f"{base}/v1/{target.format(owner=owner)}"
        return first if cursor is None else f"{first}&cursor={cursor}"

    return url


def _ultracart_following(page: Any) -> int | None:
    rows = page.metadata.result_set
    return rows.next_offset if rows.more else None


WALKS = {
    "sunshine": Walk(
        _sunshine_url,
        "sunshine.ConversationPage",
        lambda page: page.conversations,
        lambda page: page.meta.after_cursor if page.meta.has_more else None,
    ),
    "sunshine_messages": Walk(
        _sunshine_messages_url,
        "sunshine.MessagePage",
        lambda page: page.messages,
        lambda page: page.meta.before_cursor if page.meta.has_more else None,
    ),
    "smooch": Walk(
        _smooch_url,
        "smooch.MessagePage",
        lambda page: page.messages,
        lambda page: page.messages[0].received if len(page.messages) == _PAGE else None,
    ),
    "ultracart": Walk(_ultracart_url, "ultracart.ConversationPage", lambda page: page.conversations, _ultracart_following),
    "convore": Walk(
        _convore_url(f"messages?limit={_PAGE}"), "convore.MessagePage", lambda page: page.data, lambda page: page.next_cursor
    ),
}

FAN_OUTS = {
    "sunshine": FanOut(WALKS["sunshine"], lambda conversation: conversation.id, WALKS["sunshine_messages"]),
    "smooch": FanOut(None, str, WALKS["smooch"]),
    "ultracart": FanOut(
        WALKS["ultracart"],
        lambda conversation: conversation.conversation_uuid,
        Walk(
            _ultracart_messages_url,
            "ultracart.MessagePage",
            lambda page: page.conversation_messages,
            lambda page: page.conversation_messages[-1].message_epoch if len(page.conversation_messages) == _PAGE else None,
        ),
    ),
    "convore": FanOut(
        Walk(
            _convore_url(f"conversations?limit={_PAGE}"),
            "convore.ConversationPage",
            lambda page: page.data,
            lambda page: page.next_cursor,
        ),
        lambda conversation: conversation.id,
        Walk(
            _convore_url("messages?conversation_id={owner}&format=full"),
            "convore.MessagePage",
            lambda page: page.data,
            lambda page: page.next_cursor,
        ),
    ),
    "smscx": FanOut(
        Walk(lambda base, _owner, _: f"{base}/conversations", "smscx.ConversationPage", lambda page: page.data, lambda _: None),
        lambda conversation: conversation.conversation_id,
        Walk(
            lambda base, owner, _: f"{base}/conversations/{owner}",
            "smscx.ConversationDetail",
            lambda detail: detail.messages,
            lambda _: None,
        ),
    ),
}
