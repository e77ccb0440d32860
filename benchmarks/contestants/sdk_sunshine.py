"""sunshine-conversations-client: generated, on urllib3 and pydantic. Sends `page` and `filter` as JSON in one value each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import threaded
from walks import TEXT

APP = "sandbox-app"
USER = "user-1"


class Sunshine(threaded.Sdk):
    """`ConversationsApi` and `MessagesApi` on one `ApiClient`, its pool as large as the threads are many."""

    distribution = "sunshine-conversations-client"
    modules = ("sunshine_conversations_client",)

    def __init__(self, base_url: str, concurrency: int) -> None:
        self._sdk: Any = import_module("sunshine_conversations_client")
        configuration = self._sdk.Configuration(host=base_url, username="app_sandbox", password="sandbox-secret")  # noqa: S106 -- the sandbox's own, published
        configuration.connection_pool_maxsize = concurrency
        client = self._sdk.ApiClient(configuration)
        self._conversations = self._sdk.ConversationsApi(client)
        self._messages = self._sdk.MessagesApi(client)

    def get(self, identifier: str) -> object:
        """One conversation."""
        return self._conversations.get_conversation(APP, identifier).conversation

    def identity(self, item: Any) -> object:
        """A conversation's id."""
        return item.id

    def pages(self) -> Iterator[Sequence[Any]]:
        """A user's conversations, by cursor."""
        of_user = self._sdk.ConversationListFilter(user_external_id=USER)
        page = self._sdk.Page(size=threaded.PAGE_SIZE)
        while True:
            answer = self._conversations.list_conversations(APP, of_user, page)
            yield answer.conversations
            if not answer.meta.has_more:
                return
            page = self._sdk.Page(size=threaded.PAGE_SIZE, after=answer.meta.after_cursor)

    def post(self, identifier: str) -> object:
        """A text from the business."""
        message = self._sdk.MessagePost(
            author=self._sdk.Author(type="business"),
            content=self._sdk.Content(self._sdk.TextMessage(type="text", text=TEXT)),
        )
        return self._messages.post_message(APP, identifier, message).messages

    def conversations(self) -> Iterator[str]:
        """The ids of a user's conversations."""
        return (conversation.id for page in self.pages() for conversation in page)

    def messages(self, conversation: str) -> Iterator[Sequence[Any]]:
        """Backwards by cursor, as the API gives them."""
        page = None
        while True:
            answer = self._messages.list_messages(APP, conversation, page=page)
            yield answer.messages
            if not answer.meta.has_more:
                return
            page = self._sdk.Page(before=answer.meta.before_cursor)


if __name__ == "__main__":
    threaded.main(Sunshine)
