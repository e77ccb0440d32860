"""smscx-client: generated, on urllib3 and models that check every value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

import threaded
from walks import TEXT


class Smscx(threaded.Sdk):
    """`ConversationsApi` on one `ApiClient`, its pool as large as the threads are many."""

    distribution = "smscx-client"
    modules = ("smscx_client", "smscx_client.api.conversations_api")

    def __init__(self, base_url: str, concurrency: int) -> None:
        sdk: Any = import_module("smscx_client")
        api: Any = import_module("smscx_client.api.conversations_api")
        self._reply: Any = import_module("smscx_client.model.conversation_reply_sms_request").ConversationReplySmsRequest
        configuration = sdk.Configuration(host=base_url, api_key="sandbox-key")
        configuration.connection_pool_maxsize = concurrency
        self._api = api.ConversationsApi(sdk.ApiClient(configuration))

    def get(self, identifier: str) -> object:
        """One conversation, with its messages."""
        return self._api.get_conversation(identifier).data

    def identity(self, item: Any) -> object:
        """A conversation's id."""
        return item.conversation_id

    def pages(self) -> Iterator[Sequence[Any]]:
        """All conversations: the API gives them in one answer."""
        yield self._api.get_converstions_list().data

    def post(self, identifier: str) -> object:
        """A reply by SMS."""
        return self._api.send_conversation_reply_sms(identifier, self._reply(text=TEXT)).data

    def conversations(self) -> Iterator[str]:
        """The ids of all conversations."""
        return (conversation.conversation_id for page in self.pages() for conversation in page)

    def messages(self, conversation: str) -> Iterator[Sequence[Any]]:
        """All at once."""
        yield self._api.get_conversation(conversation).data


if __name__ == "__main__":
    threaded.main(Smscx)
