"""Apps of Smooch, as structs."""

from __future__ import annotations

from msgspec import field

from aioconvo.core.answers.refusals import Telling
from aioconvo.core.json.model import Model

from .metadata import Metadata

__all__ = ["App", "AppSettings", "SdkIds"]


class AppSettings(Model, rename="camel"):
    """How an app behaves. To send: what is not given stays.

    - `conversation_retention_seconds`: after so long without activity the messages of a conversation are deleted.
    - `mask_credit_card_numbers`: numbers of credit cards in what is sent are masked.
    - `use_animal_names`: users without a name are shown under that of an animal.
    - `echo_postback`: a click on a postback button is added to the conversation as a message.
    - `ignore_auto_conversation_start`: what a channel tells that is no message begins no conversation, and counts nobody as an
      active user of the month.
    """

    mask_credit_card_numbers: bool | None = None
    use_animal_names: bool | None = None
    conversation_retention_seconds: int | None = None
    echo_postback: bool | None = None
    ignore_auto_conversation_start: bool | None = None


class App(Model, rename="camel"):
    """An app: what users, integrations and keys belong to.

    `app_token` is public: the vendor's own SDKs in phones and browsers begin with it.
    """

    id: str = field(name="_id")
    app_token: str
    name: str
    settings: AppSettings | None = None
    metadata: Metadata | None = None


class SdkIds(Telling, rename="camel", kw_only=True):
    """The integrations with which the vendor's own SDKs begin, one for each platform."""

    android_integration_id: str
    ios_integration_id: str
    web_integration_id: str
