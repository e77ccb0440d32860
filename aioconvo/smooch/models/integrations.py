"""Integrations of Smooch, as structs: the channels that an app is connected to.

Sources: the published Python SDK 5.34.0, which has one model for all kinds, and the vendor's REST reference for v1, which says
which members each kind has and needs. Of whatsapp, apple, and the vendor's own SDKs only the SDK's model tells.
"""

from __future__ import annotations

from msgspec import field

from aioconvo.core.json.model import Model, OpenEnum, Variant

__all__ = [
    "Integration",
    "IntegrationProfile",
    "IntegrationStatus",
    "NewAndroid",
    "NewApn",
    "NewApple",
    "NewFcm",
    "NewIntegration",
    "NewIos",
    "NewLine",
    "NewMailgun",
    "NewMessagebird",
    "NewMessenger",
    "NewTelegram",
    "NewTwilio",
    "NewTwitter",
    "NewViber",
    "NewWeb",
    "NewWechat",
    "NewWhatsapp",
]


class IntegrationStatus(OpenEnum):
    """Whether an integration works."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    ERROR = "error"


class Integration(Model, rename="camel"):
    """A channel that an app is connected to, such as `whatsapp`; which members it has depends on `type`.

    `error` says what is wrong where the `status` is `error`. Of keys and secrets the API tells few again.
    """

    id: str = field(name="_id")
    type: str
    display_name: str | None = None
    status: IntegrationStatus | None = None
    error: str | None = None
    # messenger: the app and page at Facebook; wechat: the app there, and the token to set in its dashboard
    page_access_token: str | None = None
    app_id: str | None = None
    app_secret: str | None = None
    page_id: str | None = None
    webhook_secret: str | None = None
    encoding_aes_key: str | None = None
    # twilio
    account_sid: str | None = None
    auth_token: str | None = None
    phone_number_sid: str | None = None
    phone_number: str | None = None
    name: str | None = None
    # telegram, viber: a bot's token, its name and its address
    token: str | None = None
    username: str | None = None
    uri: str | None = None
    # line
    channel_id: str | None = None
    channel_secret: str | None = None
    channel_access_token: str | None = None
    service_code: str | None = None
    switcher_secret: str | None = None
    qr_code_url: str | None = None
    line_id: str | None = None
    bot_name: str | None = None
    # whatsapp: a deployment, or a client of your own
    deployment_id: str | None = None
    base_url: str | None = None
    hsm_fallback_language: str | None = None
    password: str | None = None
    # apn, fcm
    certificate: str | None = None
    auto_update_badge: bool | None = None
    production: bool | None = None
    server_key: str | None = None
    sender_id: str | None = None
    # twitter
    tier: str | None = None
    env_name: str | None = None
    consumer_key: str | None = None
    consumer_secret: str | None = None
    access_token_key: str | None = None
    access_token_secret: str | None = None
    access_token_url: str | None = None
    user_id: str | None = None
    # mailgun, messagebird
    api_key: str | None = None
    domain: str | None = None
    incoming_address: str | None = None
    from_address: str | None = None
    hide_unsubscribe_link: bool | None = None
    access_key: str | None = None
    originator: str | None = None
    signing_key: str | None = None
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
    business_name: str | None = None
    business_username: str | None = None
    business_icon_url: str | None = None
    background_image_url: str | None = None
    origin_whitelist: list[str] | None = None
    # apple
    api_secret: str | None = None
    business_id: str | None = None
    msp_id: str | None = None


class _New(Variant, rename="camel"):
    """What all integrations to be made have."""

    display_name: str | None = None


class NewMessenger(_New, tag="messenger", kw_only=True):
    """A page at Facebook: the id and secret of an app there, and the page's access token."""

    page_access_token: str
    app_id: str
    app_secret: str


class NewTwitter(_New, tag="twitter", kw_only=True):
    """Direct messages at Twitter: key and secret of an app there, and the pair that its owner's consent gave."""

    consumer_key: str
    consumer_secret: str
    access_token_key: str
    access_token_secret: str
    tier: str | None = None
    env_name: str | None = None
    access_token_url: str | None = None


class NewTwilio(_New, tag="twilio", kw_only=True):
    """SMS by Twilio: account, token, and the SID of one phone number."""

    account_sid: str
    auth_token: str
    phone_number_sid: str


class NewTelegram(_New, tag="telegram", kw_only=True):
    """A bot at Telegram, by its token."""

    token: str


class NewLine(_New, tag="line", kw_only=True):
    """A bot at LINE: its access token and secret. The callback URL is set in LINE's own pages."""

    channel_access_token: str | None = None
    channel_secret: str | None = None
    channel_id: str | None = None
    service_code: str | None = None
    switcher_secret: str | None = None
    qr_code_url: str | None = None


class NewViber(_New, tag="viber", kw_only=True):
    """A public account at Viber, by its token."""

    token: str


class NewWechat(_New, tag="wechat", kw_only=True):
    """An account at WeChat: id and secret of its app. The answer's `webhook_secret` is the token to set in its dashboard."""

    app_id: str
    app_secret: str
    encoding_aes_key: str | None = None


class NewMailgun(_New, tag="mailgun", kw_only=True):
    """Mail by Mailgun. What comes to `incoming_address`, which is in that `domain`, becomes messages; replies go there."""

    api_key: str
    domain: str
    incoming_address: str
    from_address: str | None = None
    hide_unsubscribe_link: bool | None = None
    signing_key: str | None = None


class NewMessagebird(_New, tag="messagebird", kw_only=True):
    """SMS by MessageBird: what comes to the number `originator` becomes messages."""

    access_key: str
    originator: str
    signing_key: str | None = None


class NewWhatsapp(_New, tag="whatsapp", kw_only=True):
    """WhatsApp: a `deployment_id`, or address, user and password of a client that you host."""

    deployment_id: str | None = None
    base_url: str | None = None
    username: str | None = None
    password: str | None = None
    hsm_fallback_language: str | None = None


class NewApple(_New, tag="apple", kw_only=True):
    """Apple Messages for Business."""

    business_id: str
    api_secret: str
    msp_id: str


class NewApn(_New, tag="apn", kw_only=True):
    """Push notifications at Apple: the certificate in Base64. `auto_update_badge` shows the unread count on the app's icon."""

    certificate: str
    password: str | None = None
    auto_update_badge: bool | None = None
    production: bool | None = None


class NewFcm(_New, tag="fcm", kw_only=True):
    """Push notifications at Firebase: key and sender from its console."""

    server_key: str
    sender_id: str


class NewAndroid(_New, tag="android"):
    """The vendor's SDK in an app for Android."""


class NewIos(_New, tag="ios"):
    """The vendor's SDK in an app for iOS."""


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


NewIntegration = (
    NewAndroid
    | NewApn
    | NewApple
    | NewFcm
    | NewIos
    | NewLine
    | NewMailgun
    | NewMessagebird
    | NewMessenger
    | NewTelegram
    | NewTwilio
    | NewTwitter
    | NewViber
    | NewWeb
    | NewWechat
    | NewWhatsapp
)


class IntegrationProfile(Model, rename="camel"):
    """How the business shows itself at WhatsApp; `vertical` is its trade."""

    about: str | None = None
    address: str | None = None
    description: str | None = None
    email: str | None = None
    photo_url: str | None = None
    vertical: str | None = None
    websites: list[str] | None = None
