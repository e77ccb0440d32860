"""Frames of UltraCart's agent websocket: JSON to events with their keys and lanes. Pure.

A frame does not tell agents from customers, and some tell no time. So a stored event keeps, around the frame, what the socket
knew when it came: whether one of the business's agents is its author, and when. `enclose` puts that around a frame; `read`
takes frames with and without it, so that what was stored reads the same after a restart. Without it nobody counts as an agent.

Keys: messages by their id, whether they came by the socket or by catching up over REST; all else by its bytes and, where it
says nothing of its own that happens once, by the time it came.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Container
from typing import Any

import msgspec

from aioconvo.core.json.codec import reader
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.json.model import plain
from aioconvo.core.json.source import decode
from aioconvo.events.incoming import Incoming
from aioconvo.events.keys import bytes_key, key_of, lane_of, message_key
from aioconvo.events.unknown import UnknownEvent, members_in
from aioconvo.inbox.times import from_milliseconds, utc
from aioconvo.inbox.told import text_in
from aioconvo.providers import Provider

from .natives import FRAMES, ChatMessage, Frame, NewConversation, ReadMessage, Typing, UpdatedMessage

__all__ = [
    "OURS",
    "Head",
    "author_of",
    "conversation_of",
    "enclose",
    "head_of",
    "of_message",
    "read",
    "read_frame",
    "receive",
    "sent_at",
]

_OURS = Provider.ULTRACART
OURS = "aioconvo-"
"""What `client_message_id` of messages that this library sent begins with."""
_SIGNS_OF_LIFE = frozenset({"ping", "pong"})
_QUEUE = "queue"
_CONVERSATION = "conversation"


class Head(msgspec.Struct):
    """What a frame is, before all of it is decoded."""

    type: str | None = None
    event_type: str | None = None

    @property
    def alive(self) -> bool:
        """Whether it says nothing but that the other side lives."""
        return self.type in _SIGNS_OF_LIFE

    @property
    def recording(self) -> bool:
        """Whether it is a part of a screen recording."""
        return self.type == "event" and self.event_type == "rrweb"


head_of = reader(Head)
_BEFORE = b'{"frame":'
_AFTER = re.compile(rb',"own":(true|false),"at":(-?\d{1,18})\}')


def enclose(frame: bytes, *, own: bool, at: int) -> bytes:
    """A frame with what was known when it came, `at` milliseconds since 1970; `own`: an agent of the business is its author."""
    return b'%s%s,"own":%s,"at":%d}' % (_BEFORE, frame, b"true" if own else b"false", at)


def _open(raw: bytes) -> tuple[bytes, bool, int] | None:
    """What `enclose` was given: cut out, since a frame may hold what no decoder takes; `None` for what it did not make."""
    if not raw.startswith(_BEFORE):
        return None
    end = raw.rfind(b',"own":')
    after = None if end < 0 else _AFTER.fullmatch(raw, end)
    return None if after is None else (raw[len(_BEFORE) : end], after[1] == b"true", int(after[2]))


def of_message(conversation_uuid: str, message: bytes) -> bytes:
    """The frame that a message which was fetched would have come as."""
    return b'{"type":"message","conversation_uuid":%s,"message":%s}' % (msgspec.json.encode(conversation_uuid), message)


def read(account: str, raw: bytes) -> tuple[Incoming, ...]:
    """The event of a frame, or of one that `enclose` made; pings and pongs are none. A list of frames gives all of theirs.

    Raises:
        BrokenBodyError: It is not a frame: no JSON, or neither an object nor a list of them.
    """
    enclosed = _open(raw)
    if enclosed is None:
        return tuple(_made(account, frame, native, frame) for frame, native in _read_all(raw))
    frame, own, at = enclosed
    found = _read_all(frame)
    for _, native in found:
        _set_own(native, own=own)
    alone = [raw] if len(found) == 1 else [enclose(frame, own=own, at=at) for frame, _ in found]
    return tuple(_made(account, frame, native, one, at) for (frame, native), one in zip(found, alone, strict=True))


def receive(account: str, frame: bytes, agents: Container[str | None], at: int) -> tuple[Incoming, ...]:
    """The events of a frame that came just now, `at` milliseconds since 1970, with what `enclose` keeps; see `read`."""
    made: list[Incoming] = []
    for one, native in _read_all(frame):
        own = author_of(native) in agents
        _set_own(native, own=own)
        made.append(_made(account, one, native, enclose(one, own=own, at=at), at))
    return tuple(made)


def _read_all(frame: bytes) -> list[tuple[bytes, Any]]:
    found: list[tuple[bytes, Any]] = []
    broken: BrokenBodyError | None = None
    for one in _parts(frame) if frame.lstrip()[:1] == b"[" else [frame]:
        try:
            native = read_frame(one)
        except BrokenBodyError as error:  # it must not cost the frames beside it
            broken = error
        else:
            found += [] if native is None else [(one, native)]
    if broken is not None and not found:
        raise broken
    return found


def _parts(frames: bytes) -> list[bytes]:
    try:
        return [bytes(part) for part in msgspec.json.decode(frames, type=list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BrokenBodyError("the frame is not JSON", cut=False) from None


def read_frame(frame: bytes) -> Frame | UnknownEvent | None:
    """A frame as its struct, `UnknownEvent` where it is of no kind that is known, `None` for a ping or a pong.

    Raises:
        BrokenBodyError: It is not JSON, or not an object.
    """
    head = head_of(frame)
    if head is None:
        return _odd(frame)
    if head.alive:
        return None
    kind = FRAMES.get((head.type or "", (head.event_type or "") if head.type == "event" else ""))
    if kind is None:
        return UnknownEvent(frame, head.event_type or head.type)
    native = decode(frame, kind)
    _set_own(native, own=False)
    return native


def _set_own(native: Any, *, own: bool) -> None:
    """Say of a frame with an author whether that is one of the business; what this library sent is, whoever reads it."""
    if isinstance(native, ChatMessage | UpdatedMessage | Typing):
        mark = text_in(getattr(native, "message", None), "client_message_id")
        msgspec.structs.force_setattr(native, "own", own or (mark is not None and mark.startswith(OURS)))


def _odd(frame: bytes) -> UnknownEvent:
    """What is JSON, but no frame."""
    try:
        members = plain(frame)
    except (ValueError, RecursionError):
        raise BrokenBodyError("the frame is not JSON", cut=False) from None
    if not isinstance(members, dict):
        raise BrokenBodyError("the frame is not an object", cut=False)
    return UnknownEvent(frame)


def author_of(native: Any) -> str | None:
    """The ARN of who wrote or types, where a frame tells it."""
    noun = getattr(native, "typing", None) or getattr(native, "message", None)
    return text_in(noun, "author_conversation_participant_arn")


def sent_at(message: Any) -> dt.datetime | None:
    """When a message was written; a time without a zone counts as UTC."""
    return from_milliseconds(getattr(message, "message_epoch", None)) or utc(getattr(message, "message_dts", None))


def _made(account: str, frame: bytes, native: Any, raw: bytes, at: int | None = None) -> Incoming:
    key, brief = _key(account, native, frame, at)
    return Incoming(
        provider=_OURS,
        account=account,
        key=key,
        lanes=(_lane(account, native) or key,),
        native=native,
        raw=raw,
        occurred_at=_occurred_at(native) or from_milliseconds(at),
        brief=brief,
    )


def _key(account: str, native: Any, frame: bytes, at: int | None) -> tuple[str, bool]:
    if isinstance(native, ChatMessage):
        uuid = text_in(native.message, "conversation_message_uuid")
        if uuid is not None:
            return message_key(_OURS, account, uuid), False
        return bytes_key(_OURS, account, frame), True
    # These say themselves what they are about. A socket repeats nothing, so that what else looks the same happened again.
    once = isinstance(native, UpdatedMessage | ReadMessage | NewConversation)
    own = bytes_key(_OURS, account, frame)
    if once or at is None:
        return own, not once
    return key_of(_OURS, account, own, at), False


def conversation_of(native: Any) -> str | None:
    """The UUID of the conversation that a frame is about."""
    if isinstance(native, UnknownEvent):
        uuid: object = members_in(plain(native.raw)).get("conversation_uuid")
        return uuid if isinstance(uuid, str) and uuid else None
    uuid = text_in(native, "conversation_uuid") or text_in(getattr(native, "conversation", None), "conversation_uuid")
    return uuid or _last_part(text_in(native, "conversation_arn"))


def _lane(account: str, native: Any) -> str | None:
    uuid = conversation_of(native)
    if uuid is not None:
        return lane_of(account, _CONVERSATION, uuid)
    queue = text_in(getattr(native, "entry", None), "conversation_webchat_queue_uuid")
    queue = queue or text_in(getattr(native, "status", None), "queue_name")
    return None if queue is None else lane_of(account, _QUEUE, queue)


def _last_part(arn: str | None) -> str | None:
    """The UUID that an ARN ends in; which of two signs stands before it is unconfirmed."""
    return None if arn is None else arn.replace("/", ":").rpartition(":")[2] or None


def _occurred_at(native: Any) -> dt.datetime | None:
    if isinstance(native, ChatMessage):
        return sent_at(native.message)
    if isinstance(native, NewConversation):
        return utc(getattr(native.conversation, "start_dts", None))
    participant = getattr(native, "participant", None)
    joined = getattr(participant, "left_dts", None) or getattr(participant, "joined_dts", None)
    return utc(joined) or utc(getattr(getattr(native, "entry", None), "join_dts", None))
