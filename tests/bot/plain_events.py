"""Events of a provider that never was: its JSON is `{"kind": ..., "text": ...}`, and it stands in for a real one's module."""

from __future__ import annotations

import types
from typing import Any

import msgspec
import pytest

from aioconvo.bot.stores.store import Claim, Entry
from aioconvo.events.incoming import Incoming
from aioconvo.events.models import Event, MessageReceived, MessageSent, OtherEvent, Postback
from aioconvo.inbox.models import Direction, Kind, Message
from aioconvo.providers import Provider
from aioconvo.sunshine import events


def read(account: str, raw: bytes) -> tuple[Incoming, ...]:
    value = msgspec.json.decode(raw)
    if value.get("kind") == "unreadable":
        return ()
    lanes = (f"{account}:{value.get('conversation', 'c')}",)
    return (Incoming(provider=Provider.SUNSHINE, account=account, key=f"{account}:k", lanes=lanes, native=value, raw=raw),)


def _struct(value: Any) -> Any:
    return types.SimpleNamespace(**{k: _struct(v) for k, v in value.items()}) if isinstance(value, dict) else value


def neutral(incoming: Incoming) -> Event:
    value = incoming.native
    shared: dict[str, Any] = {
        "provider": incoming.provider,
        "account": incoming.account,
        "key": incoming.key,
        "native": _struct(value.get("native", {})),
        "conversation_id": "c",
    }
    kind = value.get("kind", "message")
    if kind == "postback":
        return Postback(**shared, payload=value.get("text"))
    if kind not in {"message", "echo"}:
        return OtherEvent(**shared)
    direction = value.get("direction", Direction.INBOUND if kind == "message" else Direction.OUTBOUND)
    message = Message(
        Provider.SUNSHINE,
        "c",
        "m",
        value,
        direction=Direction(direction),
        kind=Kind(value.get("message_kind", "text")),
        text=value.get("text"),
    )
    return (MessageReceived if kind == "message" else MessageSent)(**shared, message=message)


def claim(text: str | None = None, *, state: bytes | None = None, attempt: int = 1, late: bool = False, **value: Any) -> Claim:
    raw = msgspec.json.encode({"text": text, **value})
    entry = Entry(
        key="sunshine:k",
        provider="sunshine",
        account=value.get("account", "sunshine"),
        lanes=("sunshine:c",),
        raw=raw,
        accepted_at=0.0,
        due=0.0,
        attempt=attempt,
        late=late,
    )
    return Claim(entry=entry, fence=1, state=state)


def install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stand in for the events of Sunshine Conversations."""
    monkeypatch.setattr(events, "read", read)
    monkeypatch.setattr(events, "neutral", neutral)
