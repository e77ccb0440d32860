"""Integrations of Sunshine Conversations and their keys, as structs."""

from __future__ import annotations

from msgspec import UNSET, UnsetType, field

from aioconvo.core.json.model import Model, OpenEnum, Variant

from .content import FormField
from .webhooks import NewWebhook, Webhook

__all__ = [
    "DefaultResponder",
    "Integration",
    "IntegrationKey",
    "IntegrationStatus",
    "NewAndroid",
    "NewApple",
    "NewChannel",
    "NewInstagram",
    "NewIntegration",
    "NewIos",
    "NewLine",
    "NewMailgun",
    "NewMessagebird",
    "NewMessenger",
    "NewTelegram",
    "NewTwilio",
    "NewTwitter",
    "NewUnity",
    "NewViber",
    "NewWeb",
    "NewWhatsapp",
    "PrechatCapture",
]


class IntegrationStatus(OpenEnum):
    """Whether an integration works."""

    INACTIVE = "inactive"
    ACTIVE = "active"
    ERROR = "error"


class DefaultResponder(Model, rename="camel"):
    """The place at the switchboard that answers what comes in there first; `inherited`: it is that of the switchboard itself.

    `deliver_standby_events`: it hears of what is said while others have control. `message_history_count` is how many messages
    from before it is told of.
    """

    name: str | None = None
    integration_id: str | None = None
    integration_type: str | None = None
    deliver_standby_events: bool | None = None
    next_switchboard_integration_id: str | None = None
    message_history_count: float | None = None
    inherited: bool | None = None


class PrechatCapture(Model, rename="camel"):
    """What the web chat asks for before a conversation begins; `enable_email_linking` goes on by mail with an address given."""

    avatar_url: str | None = None
    enabled: bool | None = None
    enable_email_linking: bool | None = None
    fields: list[FormField] | None = None


class Integration(Model, rename="camel"):
    """What an app is connected to: a channel such as `whatsapp`, or a program of yours (`custom`).

    `webhooks` are there in `custom` alone; which of the members below it has depends on `type`. What the vendor adds later
    is in `raw_json` of it. `show_ai_disclaimer`: users are told where an AI answers.
    """

    type: str
    id: str | None = None
    status: IntegrationStatus | None = None
    display_name: str | None = None
    webhooks: list[Webhook] | None = None
    default_responder: DefaultResponder | None = None
    show_ai_disclaimer: bool | None = field(default=None, name="showAIDisclaimer")
    # android
    sender_id: str | None = None
    # android, ios, unity, web
    can_user_see_conversation_list: bool | None = None
    can_user_create_more_conversations: bool | None = None
    attachments_enabled: bool | None = None
    # apple, instagram
    business_id: str | None = None
    # apple
    msp_id: str | None = None
    authentication_message_secret: str | None = None
    # instagram, messenger
    app_id: str | None = None
    page_id: str | None = None
    # instagram, web
    business_name: str | None = None
    # instagram
    business_username: str | None = None
    user_id: str | None = None
    story_replies_enabled: bool | None = None
    story_mentions_enabled: bool | None = None
    # instagram, telegram
    username: str | None = None
    # ios
    production: bool | None = None
    auto_update_badge: bool | None = None
    # line
    channel_id: str | None = None
    channel_secret: str | None = None
    channel_access_token: str | None = None
    service_code: str | None = None
    switcher_secret: str | None = None
    qr_code_url: str | None = None
    line_id: str | None = None
    # mailgun
    signing_key: str | None = None
    domain: str | None = None
    incoming_address: str | None = None
    hide_unsubscribe_link: bool | None = None
    from_address: str | None = None
    # messagebird
    originator: str | None = None
    webhook_secret: str | None = None
    # messenger
    page_access_token: str | None = None
    page_name: str | None = None
    # telegram
    bot_id: str | None = None
    # twilio
    account_sid: str | None = None
    phone_number_sid: str | None = None
    messaging_service_sid: str | None = None
    # twitter
    tier: str | None = None
    env_name: str | None = None
    # viber
    uri: str | None = None
    # viber, whatsapp
    account_id: str | None = None
    # web
    brand_color: str | None = None
    fixed_intro_pane: bool | None = None
    conversation_color: str | None = None
    action_color: str | None = None
    display_style: str | None = None
    button_icon_url: str | None = None
    button_width: str | None = None
    button_height: str | None = None
    integration_order: list[str] | None = None
    business_icon_url: str | None = None
    background_image_url: str | None = None
    origin_whitelist: list[str] | None = None
    prechat_capture: PrechatCapture | None = None
    # whatsapp
    hsm_fallback_language: str | None = None
    account_management_access_token: str | None = None
    phone_number: str | None = None


class NewIntegration(Model, rename="camel"):
    """An integration to be made. `display_name` has 1 to 100 characters; one of your own, `custom`, has exactly one webhook."""

    type: str
    display_name: str | UnsetType | None = UNSET
    webhooks: list[NewWebhook] | UnsetType = UNSET


class _New(Variant, rename="camel"):
    """What all channels to be made have: `default_responder_id` is the place at the switchboard that answers there first."""

    display_name: str | None = None
    default_responder_id: str | None = None
    show_ai_disclaimer: bool | None = field(default=None, name="showAIDisclaimer")


class NewAndroid(_New, tag="android"):
    """The vendor's SDK in an app for Android, with push notifications by Firebase.

    `project_id`, `client_email` and `private_key` are of a service account there, `server_key` and `sender_id` of its older
    interface.
    """

    project_id: str | None = None
    client_email: str | None = None
    private_key: str | None = None
    server_key: str | None = None
    sender_id: str | None = None
    can_user_see_conversation_list: bool | None = None
    can_user_create_more_conversations: bool | None = None


class NewApple(_New, tag="apple", kw_only=True):
    """Apple Messages for Business; `authentication_message_secret` has 88 characters or more."""

    business_id: str
    api_secret: str
    msp_id: str
    authentication_message_secret: str | None = None


class NewInstagram(_New, tag="instagram", kw_only=True):
    """Messages at Instagram: the id and secret of an app at Facebook, and the page's access token."""

    page_access_token: str
    app_id: str
    app_secret: str
    story_replies_enabled: bool | None = None
    story_mentions_enabled: bool | None = None


class NewIos(_New, tag="ios"):
    """The vendor's SDK in an app for iOS, with push notifications: the certificate in Base64 and its password.

    `auto_update_badge` shows the unread count on the app's icon.
    """

    certificate: str | None = None
    password: str | None = None
    production: bool | None = None
    auto_update_badge: bool | None = None
    can_user_see_conversation_list: bool | None = None
    can_user_create_more_conversations: bool | None = None


class NewLine(_New, tag="line"):
    """A bot at LINE: channel, secret and access token; or a `service_code` and `switcher_secret`."""

    channel_id: str | None = None
    channel_secret: str | None = None
    channel_access_token: str | None = None
    service_code: str | None = None
    switcher_secret: str | None = None
    qr_code_url: str | None = None


class NewMailgun(_New, tag="mailgun", kw_only=True):
    """Mail by Mailgun: what comes to `incoming_address`, which is in that `domain`, becomes messages."""

    api_key: str
    domain: str
    incoming_address: str
    signing_key: str | None = None
    hide_unsubscribe_link: bool | None = None
    from_address: str | None = None


class NewMessagebird(_New, tag="messagebird", kw_only=True):
    """SMS by MessageBird: what comes to the number `originator` becomes messages."""

    access_key: str
    signing_key: str
    originator: str


class NewMessenger(_New, tag="messenger", kw_only=True):
    """A page at Facebook: the id and secret of an app there, and the page's access token."""

    page_access_token: str
    app_id: str
    app_secret: str
    page_id: str | int | None = None
    page_name: str | None = None


class NewTelegram(_New, tag="telegram", kw_only=True):
    """A bot at Telegram, by its token."""

    token: str


class NewTwilio(_New, tag="twilio", kw_only=True):
    """SMS by Twilio: account, token, and the SID of one phone number or of a messaging service."""

    account_sid: str
    auth_token: str
    phone_number_sid: str | None = None
    messaging_service_sid: str | None = None


class NewTwitter(_New, tag="twitter", kw_only=True):
    """Direct messages at Twitter: key and secret of an app there, and the pair that its owner's consent gave."""

    tier: str
    consumer_key: str
    consumer_secret: str
    access_token_key: str
    access_token_secret: str


class NewUnity(_New, tag="unity"):
    """The vendor's SDK in a game made with Unity."""

    can_user_see_conversation_list: bool | None = None
    can_user_create_more_conversations: bool | None = None


class NewViber(_New, tag="viber", kw_only=True):
    """A public account at Viber, by its token."""

    token: str


class NewWeb(_New, tag="web"):
    """The vendor's chat in a web page. Colors are hexadecimal, such as `65758e`; `display_style` is `button` or `tab`.

    `integration_order` lists the integrations to offer as other channels, `origin_whitelist` the sites that may show it.
    """

    brand_color: str | None = None
    fixed_intro_pane: bool | None = None
    conversation_color: str | None = None
    action_color: str | None = None
    display_style: str | None = None
    button_icon_url: str | None = None
    button_width: str | None = None
    button_height: str | None = None
    integration_order: list[str] | None = None
    business_name: str | None = None
    business_icon_url: str | None = None
    background_image_url: str | None = None
    origin_whitelist: list[str] | None = None
    prechat_capture: PrechatCapture | None = None
    can_user_see_conversation_list: bool | None = None
    can_user_create_more_conversations: bool | None = None


class NewWhatsapp(_New, tag="whatsapp"):
    """WhatsApp: the account there, and a token with which its templates are managed."""

    hsm_fallback_language: str | None = None
    account_id: str | None = None
    account_management_access_token: str | None = None


NewChannel = (
    NewAndroid
    | NewApple
    | NewInstagram
    | NewIos
    | NewLine
    | NewMailgun
    | NewMessagebird
    | NewMessenger
    | NewTelegram
    | NewTwilio
    | NewTwitter
    | NewUnity
    | NewViber
    | NewWeb
    | NewWhatsapp
)


class IntegrationKey(Model, rename="camel"):
    """A key of an integration of your own; `secret` opens what its app may do."""

    id: str | None = None
    display_name: str | None = None
    secret: str | None = None
