"""The emulated app's integrations, with the webhooks and keys of those that have any.

The rules are those of the vendor's document: only integrations of type `custom` have webhooks (those of OAuth clients are not
emulated), one each, which is made together with the integration. That a second one is refused is unconfirmed.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from aioconvo.sandbox.bodies import Name, Url, decode
from aioconvo.sandbox.data import hex_id, number
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route

from .paging import beside, deep_object, page_query, window

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aioconvo.sandbox.exchange import Settings
    from aioconvo.sandbox.sending.callbacks import Callback
    from aioconvo.sandbox.webhooks import Webhooks

_PATH: Final = "/v2/apps/{appId}/integrations"
_KINDS: Final = frozenset(
    {
        *(
            "android",
            "apple",
            "custom",
            "instagram",
            "ios",
            "line",
            "mailgun",
            "messagebird",
            "messenger",
            "telegram",
            "twilio",
        ),
        *("twitter", "unity", "viber", "web", "whatsapp"),
    }
)
_NOT_TOLD: Final = frozenset(
    {
        *("id", "type", "status", "displayName", "webhooks", "defaultResponderId", "defaultResponder"),
        *("projectId", "clientEmail", "privateKey", "serverKey", "apiSecret", "pageAccessToken", "appSecret", "certificate"),
        *("password", "apiKey", "accessKey", "token", "authToken", "consumerKey", "consumerSecret", "accessTokenKey"),
        "accessTokenSecret",
    }
)
_SWITCHES: Final = ("acceptControl", "offerControl", "passControl", "releaseControl")
_FAILURES: Final = tuple(f"{one}:failure" for one in _SWITCHES[:3])
TRIGGERS: Final = frozenset(
    {
        *("client:add", "client:remove", "client:update"),
        *(f"conversation:{one}" for one in ("create", "join", "leave", "remove", "message", "postback", "read", "typing")),
        *("conversation:referral", "passthrough:messaging", "user:merge", "user:update", "user:remove"),
        *(f"conversation:message:delivery:{one}" for one in ("channel", "user", "failure")),
        *(f"switchboard:{one}" for one in (*_SWITCHES, *_FAILURES)),
    }
)


class WebhookUpdate(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of UpdateWebhook."""

    target: Url | UnsetType = UNSET
    triggers: list[str] | UnsetType = UNSET
    include_full_user: bool | UnsetType = UNSET
    include_full_source: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_triggers(self.triggers or ())


class WebhookCreate(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of CreateWebhook."""

    target: Url
    triggers: list[str]
    include_full_user: bool = False
    include_full_source: bool = False

    def __post_init__(self) -> None:
        _check_triggers(self.triggers)


def _check_triggers(triggers: Iterable[str]) -> None:
    if unknown := set(triggers) - TRIGGERS:
        raise ValueError(f"{min(unknown)} is no trigger")


class IntegrationCreate(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of CreateIntegration, as far as all kinds have it in common."""

    type: str
    display_name: Name | UnsetType | None = UNSET
    webhooks: list[WebhookCreate] = []

    def __post_init__(self) -> None:
        if self.type not in _KINDS:
            raise ValueError(f"{self.type} is no type of integration")
        if self.type == "custom" and len(self.webhooks) != 1:
            raise ValueError("a custom integration has exactly one webhook")


class IntegrationUpdate(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of UpdateIntegration, as far as all kinds have it in common."""

    display_name: Name | UnsetType | None = UNSET


class KeyCreate(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of CreateCustomIntegrationKey."""

    display_name: str


@dataclasses.dataclass(slots=True)
class Integration:
    """An integration, with the keys that were made for it by their ids."""

    id: str
    number: int
    type: str
    display_name: str | None
    details: dict[str, Any] = dataclasses.field(default_factory=dict[str, Any])
    keys: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict[str, dict[str, str]])


class Integrations:
    """The integrations of the app. There are two to begin with: a web widget, whose id is `web`, and WhatsApp."""

    def __init__(self, settings: Settings, webhooks: Webhooks, web: str) -> None:
        self._seed = settings.seed
        self._webhooks = webhooks
        self._made = 0
        self._keys = 0
        self._all: dict[str, Integration] = {}
        self._numbers: dict[str, int] = {}  # of deleted ones too: they still serve as cursors
        self._add("web", "Web", web)
        self._add("whatsapp", "WhatsApp")
        one, webhooks_path, keys_path = (f"{_PATH}/{{integrationId}}{rest}" for rest in ("", "/webhooks", "/keys"))
        one_webhook, one_key = f"{webhooks_path}/{{webhookId}}", f"{keys_path}/{{keyId}}"
        self.routes = (
            Route("POST", _PATH, "CreateIntegration", self._create),
            Route("GET", _PATH, "ListIntegrations", self._list),
            Route("GET", one, "GetIntegration", self._get),
            Route("PATCH", one, "UpdateIntegration", self._update),
            Route("DELETE", one, "DeleteIntegration", self._delete),
            Route("POST", webhooks_path, "CreateWebhook", self._create_webhook),
            Route("GET", webhooks_path, "ListWebhooks", self._list_webhooks),
            Route("GET", one_webhook, "GetWebhook", self._get_webhook),
            Route("PATCH", one_webhook, "UpdateWebhook", self._update_webhook),
            Route("DELETE", one_webhook, "DeleteWebhook", self._delete_webhook),
            Route("POST", keys_path, "CreateCustomIntegrationKey", self._create_key),
            Route("GET", keys_path, "ListCustomIntegrationKeys", self._list_keys),
            Route("GET", one_key, "GetCustomIntegrationKey", self._get_key),
            Route("DELETE", one_key, "DeleteCustomIntegrationKey", self._delete_key),
        )

    def _add(self, kind: str, display_name: str | None, key: str | None = None) -> Integration:
        self._made += 1
        key = key or hex_id(self._seed, "sunshine", "integration", self._made)
        integration = Integration(key, self._made, kind, display_name)
        self._all[key] = integration
        self._numbers[key] = self._made
        return integration

    def _find(self, parameters: Mapping[str, str], *, custom: bool = False) -> Integration:
        found = self._all.get(parameters["integrationId"])
        if found is None:
            raise Refusal(404, "integration_not_found", "Integration not found")
        if custom and found.type != "custom":
            raise Refusal(403, "forbidden", f"An integration of type {found.type} has neither webhooks nor keys")
        return found

    # -- integrations

    def _create(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        body = decode(request, IntegrationCreate)
        integration = self._add(body.type, body.display_name or None)
        integration.details = _details(request)
        try:
            for webhook in body.webhooks:
                self._hook(integration, webhook)
        except Refusal:
            del self._all[integration.id]
            raise
        return Reply(201, {"integration": self._shown(integration)})

    def _list(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        page = page_query(request)
        wanted = deep_object(request, "filter").get("types", "")
        found = [each for each in self._all.values() if not wanted or each.type in wanted.split(",")]
        chosen = window([each.number for each in found], page, self._numbers.get)
        shown = found[chosen.start : chosen.stop]
        extra = beside(request, [each.id for each in shown], chosen, len(found), page.size)
        return Reply(200, {"integrations": [self._shown(each) for each in shown], **extra})

    def _get(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"integration": self._shown(self._find(parameters))})

    def _update(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        integration = self._find(parameters)
        body = decode(request, IntegrationUpdate)
        if body.display_name is not UNSET:
            integration.display_name = body.display_name
        integration.details |= _details(request)
        return Reply(200, {"integration": self._shown(integration)})

    def _delete(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        integration = self._find(parameters)
        for webhook in self._webhooks.of(integration.id):
            self._webhooks.remove(webhook.id, integration.id)
        del self._all[integration.id]
        return Reply(200, {})

    def _shown(self, integration: Integration) -> dict[str, Any]:
        name = {"displayName": integration.display_name} if integration.display_name else {}
        hooks = {"webhooks": [*map(_webhook, self._webhooks.of(integration.id))]} if integration.type == "custom" else {}
        return {"id": integration.id, "type": integration.type, "status": "active", **name, **integration.details, **hooks}

    # -- webhooks

    def _hook(self, integration: Integration, body: WebhookCreate) -> Callback:
        if self._webhooks.of(integration.id):
            raise Refusal(400, "bad_request", "A custom integration has exactly one webhook")
        return self._webhooks.add(
            body.target,
            tuple(body.triggers),
            integration=integration.id,
            full_user=body.include_full_user,
            full_source=body.include_full_source,
        )

    def _create_webhook(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        integration = self._find(parameters, custom=True)
        return Reply(201, {"webhook": _webhook(self._hook(integration, decode(request, WebhookCreate)))})

    def _list_webhooks(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        integration = self._find(parameters, custom=True)
        return Reply(200, {"webhooks": [*map(_webhook, self._webhooks.of(integration.id))]})

    def _get_webhook(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        integration = self._find(parameters)
        return Reply(200, {"webhook": _webhook(self._webhooks.get(parameters["webhookId"], integration.id))})

    def _update_webhook(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        integration = self._find(parameters)
        webhook = self._webhooks.get(parameters["webhookId"], integration.id)
        body = decode(request, WebhookUpdate)
        changed = dataclasses.replace(
            webhook,
            target=body.target or webhook.target,
            triggers=webhook.triggers if body.triggers is UNSET else tuple(body.triggers),
            full_user=webhook.full_user if body.include_full_user is UNSET else body.include_full_user,
            full_source=webhook.full_source if body.include_full_source is UNSET else body.include_full_source,
        )
        return Reply(200, {"webhook": _webhook(self._webhooks.put(changed))})

    def _delete_webhook(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        self._webhooks.remove(parameters["webhookId"], self._find(parameters).id)
        return Reply(200, {})

    # -- keys

    def _create_key(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        integration = self._find(parameters, custom=True)
        body = decode(request, KeyCreate)
        self._keys += 1
        key = f"int_{hex_id(self._seed, 'sunshine', 'key', self._keys)}"
        secret = f"{number(self._seed, 'sunshine', 'key secret', self._keys):032x}"
        integration.keys[key] = {"id": key, "displayName": body.display_name, "secret": secret}
        return Reply(201, {"key": integration.keys[key]})

    def _list_keys(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"keys": list(self._find(parameters, custom=True).keys.values())})

    def _get_key(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"key": self._key(parameters)})

    def _delete_key(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        del self._find(parameters).keys[self._key(parameters)["id"]]
        return Reply(200, {})

    def _key(self, parameters: Mapping[str, str]) -> dict[str, str]:
        found = self._find(parameters).keys.get(parameters["keyId"])
        if found is None:
            raise Refusal(404, "key_not_found", "Key not found")
        return found


def _details(request: Request) -> dict[str, Any]:
    """What a body says of one kind of integration; keys and secrets are never told again."""
    said = msgspec.json.decode(request.body, type=dict[str, Any])
    return {name: value for name, value in said.items() if name not in _NOT_TOLD}


def _webhook(webhook: Callback) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "version": "v2",
        "target": webhook.target,
        "triggers": list(webhook.triggers),
        "secret": webhook.secret,
        "includeFullUser": webhook.full_user,
        "includeFullSource": webhook.full_source,
    }
