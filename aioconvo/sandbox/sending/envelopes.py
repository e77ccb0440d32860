"""The bodies of webhooks as each API forms them, and which events it puts into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from aioconvo.sandbox.data import iso
from aioconvo.sandbox.keys import APP_ID

from .callbacks import Callback
from .plan import Letter, Sent

__all__ = ["body", "headers", "together"]

_SEVERAL: Final = {"message:appUser": "messages", "message:appMaker": "messages", "postback": "postbacks"}
_USER: Final = ("id", "authenticated", "externalId", "zendeskId", "brandId")
_APP_USER: Final = ("_id", "userId", "conversationStarted")


def together(callback: Callback, event: Sent) -> object:
    """Events with the same answer may share a delivery."""
    match callback.provider:
        case "sunshine":
            return ""
        case "smooch":
            return (event.event, event.conversation) if event.event in _SEVERAL else event.number
        case _:
            return event.event


def headers(letter: Letter) -> dict[str, str]:
    """What is sent beside the body. SMS.CX sends no proof: its token stands in the target."""
    told = {"Content-Type": "application/json"}
    if letter.callback.provider != "smscx":
        told["X-API-Key"] = f"not-{letter.callback.secret}" if letter.wrong_secret else letter.callback.secret
    return told


def body(letter: Letter) -> bytes:
    """The delivery's body, the same at every try."""
    if letter.old_body:
        return msgspec.json.encode(_as_v1(letter.events))
    match letter.callback.provider:
        case "sunshine":
            formed = _sunshine(letter.callback, letter.events)
        case "smooch":
            formed = _smooch(letter.callback, letter.events)
        case _:
            formed = {"event": letter.events[0].event, "data": [event.payload for event in letter.events]}
    return msgspec.json.encode(formed)


def _sunshine(callback: Callback, events: Sequence[Sent]) -> dict[str, Any]:
    return {
        "app": {"id": APP_ID},
        "webhook": {"id": callback.id, "version": "v2"},
        "events": [
            {"id": event.id, "createdAt": iso(event.at), "type": event.event, "payload": _trimmed(callback, event.payload)}
            for event in events
        ],
    }


def _trimmed(callback: Callback, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Users and sources whole only where the webhook was registered for that."""
    trimmed = dict(payload)
    if not callback.full_user and isinstance(payload.get("user"), dict):
        trimmed["user"] = _only(payload["user"], _USER)
    for member in ("message", "activity"):
        if isinstance(payload.get(member), dict):
            trimmed[member] = _authored(callback, payload[member])
    if isinstance(payload.get("source"), dict):
        trimmed["source"] = _source(callback, payload["source"])
    return trimmed


def _authored(callback: Callback, given: Mapping[str, Any]) -> dict[str, Any]:
    told = dict(given)
    if not callback.full_user and "user" in told.get("author", {}):
        told["author"] = {**told["author"], "user": _only(told["author"]["user"], _USER)}
    if "source" in told:
        told["source"] = _source(callback, told["source"])
    return told


def _source(callback: Callback, source: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in source.items() if callback.full_source or name not in {"client", "device"}}


def _smooch(callback: Callback, events: Sequence[Sent]) -> dict[str, Any]:
    first = events[0]
    formed: dict[str, Any] = {"trigger": first.event, "app": {"_id": APP_ID}, "version": "v1.1", **first.payload}
    several = _SEVERAL.get(first.event)
    if several:
        formed[several] = [item for event in events for item in _items(event.payload, several)]
    if not callback.full_user and "appUser" in formed:
        formed["appUser"] = _only(formed["appUser"], _APP_USER)
    if not callback.full_source:
        formed.pop("client", None)
    return formed


def _items(payload: Mapping[str, Any], member: str) -> Sequence[Any]:
    items: Sequence[Any] = payload.get(member, ())
    return items


def _as_v1(events: Sequence[Sent]) -> dict[str, Any]:
    """What a webhook that was made with v1.1 of the API would have got."""
    payload = dict(events[0].payload)
    author: dict[str, Any] = payload.get("message", {}).get("author", {})
    message: dict[str, Any] = payload.get("message", {})
    text = message.get("content", {}).get("text", "")
    old = {"_id": message.get("id", ""), "type": "text", "role": "appUser", "text": text, "source": {"type": "web"}}
    user = {"_id": author.get("userId") or payload.get("user", {}).get("id", ""), "conversationStarted": True}
    return {"trigger": "message:appUser", "app": {"_id": APP_ID}, "version": "v1.1", "messages": [old], "appUser": user}


def _only(given: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}
