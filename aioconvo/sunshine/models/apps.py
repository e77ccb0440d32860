"""Apps of Sunshine Conversations and their keys, as structs."""

from __future__ import annotations

from aioconvo.core.json.model import Model

from .metadata import Metadata

__all__ = ["App", "AppKey", "AppSettings"]


class AppSettings(Model, rename="camel"):
    """How an app behaves. To send: what is not given stays.

    - `conversation_retention_seconds`: 0 or more; after so long without activity the messages of a conversation are deleted.
    - `mask_credit_card_numbers`: numbers of credit cards in what is sent are masked.
    - `use_animal_names`: users without a name are shown under that of an animal.
    - `echo_postback`: a click on a postback button is added to the conversation as a message.
    - `ignore_auto_conversation_start`: what a channel tells that is no message begins no conversation, and counts nobody as an
      active user of the month.
    - `multi_convo_enabled`: a user may take part in several conversations. Once true, it cannot be undone.
    """

    conversation_retention_seconds: int | None = None
    mask_credit_card_numbers: bool | None = None
    use_animal_names: bool | None = None
    echo_postback: bool | None = None
    ignore_auto_conversation_start: bool | None = None
    multi_convo_enabled: bool | None = None
    app_localization_enabled: bool | None = None
    end_session_enabled: bool | None = None
    disable_conversation_reopen: bool | None = None


class App(Model, rename="camel"):
    """An app: what users, conversations, integrations and keys belong to.

    `subdomain` is the first word of the Zendesk address under which its API is reached; only `apps.get` and
    `oauth.get_token_info` tell it.
    """

    id: str | None = None
    display_name: str | None = None
    settings: AppSettings | None = None
    metadata: Metadata | None = None
    subdomain: str | None = None


class AppKey(Model, rename="camel"):
    """A key of an app: `id` is the user name, and `secret` the password, with which a program does what the app may do."""

    id: str | None = None
    display_name: str | None = None
    secret: str | None = None
