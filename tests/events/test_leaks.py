"""Nothing that somebody wrote or is called by, no phone number and no secret, is shown by what comes of a request."""

from __future__ import annotations

import json
import logging
import pickle
import traceback
from typing import Any

import pytest

from aioconvo import SmoochWebhook, SmscxWebhook, SunshineWebhook, WebhookRefusedError
from aioconvo.events import neutral
from aioconvo.events.webhook import Webhook
from aioconvo.providers import Provider
from tests.events.payloads import Payload, payloads
from tests.events.requests import SECRET, TOKEN

WORD, PHONE = "canary", "33698877665"
_PHONES = {"from", "to", "phoneNumber", "externalId", "originalMessageId", "From"}
_WORDS = {
    *("text", "name", "displayName", "email", "givenName", "surname", "avatarUrl", "mediaUrl", "title", "label", "payload"),
    *(
        "description",
        "underlyingError",
        "city",
        "state",
        "country",
        "ipAddress",
        "url",
        "optoutUrl",
        "otpCallbackUrl",
        "referrer",
    ),
    *(
        "pushNotificationToken",
        "code",
        "message",
        "authorization",
        "userAgent",
        "model",
        "brand",
        "countryName",
        "lang",
        "uri",
        "referrer",
    ),
}


def _marked(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {member: _marked(part, member) for member, part in value.items()}
    if isinstance(value, list):
        return [_marked(part, name) for part in value]
    if isinstance(value, str) and name in _PHONES:
        return PHONE
    return f"{WORD} of {name}" if isinstance(value, str) and name in _WORDS - {"code"} else value


def _hook(provider: Provider) -> Webhook:
    if provider is Provider.SMSCX:
        return SmscxWebhook(tokens=[TOKEN])
    return (SunshineWebhook if provider is Provider.SUNSHINE else SmoochWebhook)(secrets=[SECRET])


def _open(hook: Webhook, body: bytes, secret: str, token: str) -> Any:
    return hook.open({"X-API-Key": secret}, body, token=token)


@pytest.mark.parametrize("payload", payloads(), ids=lambda payload: payload.name)
def test_events_show_no_personal_data(payload: Payload, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    marked = _marked(json.loads(payload.raw))
    delivery = _open(_hook(payload.provider), json.dumps(marked).encode(), SECRET, TOKEN)
    shown = [repr(delivery), str(delivery)]
    for incoming in delivery.events:
        event = neutral(incoming)
        shown += [incoming.key, *incoming.lanes]
        for one in (incoming, incoming.native, event, getattr(event, "message", None), getattr(event, "by", None)):
            shown += [repr(one), str(one), f"{one}"]
        error = LookupError(event, incoming, incoming.native)
        shown += traceback.format_exception(error)
    shown.append(caplog.text)
    assert not [text for text in shown if WORD in text or PHONE in text]


@pytest.mark.parametrize("payload", payloads()[::7], ids=lambda payload: payload.name)
def test_refusals_show_nothing_of_what_was_sent(payload: Payload) -> None:
    body = json.dumps(_marked(json.loads(payload.raw))).encode()
    hook = _hook(payload.provider)
    cases = [
        (body, "wrong-canary", "wrong-canary"),
        (body[:-2], SECRET, TOKEN),
        (b'["canary"]', SECRET, TOKEN),
        (b'{"canary', SECRET, TOKEN),
    ]
    for sent, secret, token in cases:
        with pytest.raises(WebhookRefusedError) as caught:
            _open(hook, sent, secret, token)
        error = caught.value
        told = "".join(traceback.format_exception(error)) + repr(error) + error.reason
        assert not [word for word in (WORD, PHONE, SECRET, TOKEN) if word in told]
        assert pickle.loads(pickle.dumps(error)).status == error.status  # noqa: S301 -- our own
        assert (error.__cause__, error.__suppress_context__ or error.__context__ is None) == (None, True)


def test_a_webhook_shows_no_secret() -> None:
    for hook in map(_hook, (Provider.SUNSHINE, Provider.SMOOCH, Provider.SMSCX)):
        assert not [word for word in (SECRET, TOKEN) if word in repr(hook) + str(hook) + repr(vars(hook))]
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(hook)
