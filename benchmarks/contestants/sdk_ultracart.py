"""ultracart-rest-sdk: generated, on urllib3 and models that check every value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import threaded


class UltraCart(threaded.Sdk):
    """`ConversationApi` on one `ApiClient`, its pool as large as the threads are many."""

    distribution = "ultracart-rest-sdk"
    modules = ("ultracart", "ultracart.api.conversation_api")
    path = "/rest/v2"

    def __init__(self, base_url: str, concurrency: int) -> None:
        sdk: Any = import_module("ultracart")
        # Not by way of ultracart.apis, which loads every API of the shop and takes twice as long.
        api: Any = import_module("ultracart.api.conversation_api")
        configuration = sdk.Configuration(host=base_url)
        configuration.connection_pool_maxsize = concurrency
        client = sdk.ApiClient(configuration, header_name="x-ultracart-simple-key", header_value="sandbox-key")
        client.set_default_header("X-UltraCart-Api-Version", "2017-03-01")
        self._api = api.ConversationApi(client)

    def get(self, identifier: str) -> object:
        """One conversation."""
        return self._api.get_conversation(identifier).conversation

    def identity(self, item: Any) -> object:
        """A conversation's id."""
        return item.conversation_uuid

    def pages(self) -> Iterator[Sequence[Any]]:
        """All conversations, by offset."""
        offset = 0
        while True:
            answer = self._api.get_conversations(limit=threaded.PAGE_SIZE, offset=offset)
            yield answer.conversations
            rows = answer.metadata.result_set
            if not rows.more:
                return
            offset = rows.next_offset

    def post(self, identifier: str) -> object:
        """This API takes messages over its websocket only."""
        raise threaded.UnsupportedError(f"no call posts into {identifier}")

    def conversations(self) -> Iterator[str]:
        """The ids of all conversations."""
        return (conversation.conversation_uuid for page in self.pages() for conversation in page)

    def messages(self, conversation: str) -> Iterator[Sequence[Any]]:
        """Forwards by time; messages that share a millisecond over the edge of a page are lost, as in most such loops."""
        since = 0
        while True:
            answer = self._api.get_conversation_messages(conversation, since, limit=threaded.PAGE_SIZE)
            messages = answer.conversation_messages
            yield messages
            if len(messages) < threaded.PAGE_SIZE:
                return
            since = messages[-1].message_epoch


if __name__ == "__main__":
    threaded.main(UltraCart)
