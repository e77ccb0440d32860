"""The webhooks of the emulated Smooch app, by the operations that make, change and remove them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import UNSET, UnsetType

from aioconvo.sandbox.bodies import Url, decode
from aioconvo.sandbox.exchange import Reply, Request, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from aioconvo.sandbox.sending.callbacks import Callback
    from aioconvo.sandbox.webhooks import Webhooks

_PATH: Final = "/v1.1/apps/{appId}/webhooks"
_FATES: Final = ("channel", "user", "failure")
# Those of the vendor's SDK, `*` and the names of v1. Which of the last two v1.1 still knows is unconfirmed.
TRIGGERS: Final = frozenset(
    {
        *(
            "*",
            "message",
            "message:appUser",
            "message:appMaker",
            "postback",
            "typing:appUser",
            "merge:appUser",
            "appUser:delete",
        ),
        *("conversation:start", "conversation:read", "conversation:referral", "payment:success", "client:add", "client:remove"),
        *("link:match", "link:success", "link:failure", "delivery:success", "delivery:failure"),
        *(f"{thing}:delivery:{fate}" for thing in ("message", "notification") for fate in _FATES),
    }
)


class WebhookUpdate(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of updateWebhook."""

    target: Url | UnsetType = UNSET
    triggers: list[str] | UnsetType = UNSET
    include_client: bool | UnsetType = UNSET
    include_full_app_user: bool | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_triggers(self.triggers or ())


class WebhookCreate(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of createWebhook."""

    target: Url
    triggers: tuple[str, ...] = ("message:appUser",)  # in v1, where nothing was named it was the messages
    include_client: bool = False
    include_full_app_user: bool = False

    def __post_init__(self) -> None:
        _check_triggers(self.triggers)


def _check_triggers(triggers: Iterable[str]) -> None:
    if unknown := set(triggers) - TRIGGERS:
        raise ValueError(f"{min(unknown)} is no trigger")


class Hooks:
    """The operations over the app's webhooks."""

    def __init__(self, webhooks: Webhooks) -> None:
        self._webhooks = webhooks
        one = f"{_PATH}/{{webhookId}}"
        self.routes = (
            Route("POST", _PATH, "createWebhook", self._create),
            Route("GET", _PATH, "listWebhooks", self._list),
            Route("GET", one, "getWebhook", self._get),
            Route("PUT", one, "updateWebhook", self._update),
            Route("DELETE", one, "deleteWebhook", self._delete),
        )

    def _create(self, request: Request, _parameters: Mapping[str, str]) -> Reply:
        body = decode(request, WebhookCreate)
        full, client = body.include_full_app_user, body.include_client
        made = self._webhooks.add(body.target, body.triggers, full_user=full, full_source=client)
        return Reply(201, {"webhook": _shown(made)})

    def _list(self, _request: Request, _parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"webhooks": [*map(_shown, self._webhooks)]})

    def _get(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"webhook": _shown(self._webhooks.get(parameters["webhookId"]))})

    def _update(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        webhook = self._webhooks.get(parameters["webhookId"])
        body = decode(request, WebhookUpdate)
        changed = dataclasses.replace(
            webhook,
            target=body.target or webhook.target,
            triggers=webhook.triggers if body.triggers is UNSET else tuple(body.triggers),
            full_user=webhook.full_user if body.include_full_app_user is UNSET else body.include_full_app_user,
            full_source=webhook.full_source if body.include_client is UNSET else body.include_client,
        )
        return Reply(200, {"webhook": _shown(self._webhooks.put(changed))})

    def _delete(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        self._webhooks.remove(parameters["webhookId"])
        return Reply(200, {})


def _shown(webhook: Callback) -> dict[str, Any]:
    return {
        "_id": webhook.id,
        "version": "v1.1",
        "target": webhook.target,
        "triggers": list(webhook.triggers),
        "secret": webhook.secret,
        "includeClient": webhook.full_source,
        "includeFullAppUser": webhook.full_user,
    }
