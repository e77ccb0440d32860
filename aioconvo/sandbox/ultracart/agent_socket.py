"""UltraCart's agent websocket, emulated: who may connect, what is told to whom is connected, what agents send.

All of it is unconfirmed. The vendor publishes the models of the frames and nothing else: not how the token goes along, not
which frames come when, not what answers a ping. So every way is a habit that can be set, and every form of the token is taken.
"""

from __future__ import annotations

import base64
import dataclasses
import enum
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, cast
from urllib.parse import unquote

import msgspec

from aioconvo.core.log import logger
from aioconvo.sandbox.changes import Change, Kind

from .data import AGENT, Conversation, dts

if TYPE_CHECKING:
    from aioconvo.sandbox.exchange import Request

    from .data import Who

__all__ = ["PATH", "AgentSocket", "Cut", "CutKind", "Habits", "Peer"]

PATH: Final = "/agent-socket"
_log = logger("sandbox")
_SIGNING_KEY: Final = b"sandbox"
_QUERY_NAMES: Final = ("jwt", "token", "Authorization")
_BEARER: Final = "Bearer "
_UNAUTHORIZED: Final = 401
_EXPIRED: Final = 4401
_FIRST_FRAME: Final = "first_frame"


class CutKind(enum.Enum):
    """How a connection ends before its time."""

    CLOSE = "close"  # with a code
    ABORT = "abort"  # without a word
    MID_FRAME = "mid-frame"
    SILENT = "silent"  # it stays open, and nothing comes or is answered any more
    TOO_LARGE = "too large"  # a frame above all caps
    HANDSHAKE = "handshake"  # before it is open
    REFUSED = "refused"  # the handshake is answered with a status


@dataclasses.dataclass(frozen=True, slots=True)
class Cut:
    """When and how a connection ends: after so many frames or seconds, whatever is first. `code`: of a close, or a status."""

    kind: CutKind = CutKind.ABORT
    frames: int | None = None
    seconds: float | None = None
    code: int = 1001


@dataclasses.dataclass(slots=True)
class Habits:
    """How the socket behaves; each can be changed at any time.

    - `pongs`: pings in JSON are answered; `websocket_pongs`: those of the websocket are.
    - `news`: a message comes as the frame `message`, as the event `new message`, which does not hold it, or as `both`.
    - `echoes`: what an agent sends comes back to it, with its `client_message_id`.
    - `keeps_ids`: the list of messages tells `client_message_id`.
    - `recordings`: parts of screen recordings that come with each message.
    - `token_life`: seconds a token is good for; `expired_at_handshake`: one that is not is refused with 401, else the socket
      opens and is closed with 4401.
    - `joined_only`: what an agent sends to a conversation it did not join is dropped.
    - `cut`: how each connection ends; a function of its number, from 0, or one for all.
    """

    pongs: bool = True
    websocket_pongs: bool = True
    news: str = "both"
    echoes: bool = True
    keeps_ids: bool = True
    recordings: int = 0
    token_life: float = 900.0
    expired_at_handshake: bool = True
    joined_only: bool = True
    cut: Cut | Callable[[int], Cut | None] | None = None


class Peer(Protocol):
    """One connection of an agent, as the socket needs it."""

    def send(self, frame: bytes) -> None:
        """Send a frame."""
        ...

    def close(self, code: int) -> None:
        """Close it."""
        ...


class _Shop(Protocol):
    """What agents change by their frames."""

    def write_as_agent(self, conversation_uuid: str, text: str, client_message_id: str) -> None: ...
    def type_as_agent(self, conversation_uuid: str, *, started: bool) -> None: ...


class AgentSocket:
    """The socket that all agents of the sandbox connect to."""

    def __init__(self, shop: _Shop, conversations: Mapping[str, Conversation], now: Callable[[], float]) -> None:
        self.habits = Habits()
        self.forms: list[str] = []
        """In which form each connection brought its token."""
        self.received: list[bytes] = []
        """The last frames that agents sent."""
        self._shop = shop
        self._conversations = conversations
        self._now = now
        self._made = 0
        self._connections = 0
        self._peers: list[Peer] = []
        self._waiting: list[Peer] = []  # for their first frame, with the token

    @property
    def connected(self) -> int:
        """How many connections have shown a token."""
        return len(self._peers)

    def next_cut(self) -> Cut | None:
        """How the next connection ends."""
        number, self._connections = self._connections, self._connections + 1
        cut = self.habits.cut
        return cut(number) if callable(cut) else cut

    # -- tokens

    def token(self) -> str:
        """A new token: a JWT with `exp`, and with nothing of which is known what the vendor's hold."""
        self._made += 1
        claims = {"exp": int(self._now() + self.habits.token_life), "jti": self._made, "sub": AGENT.arn}
        signed = f"{_HEADER}.{_base64(msgspec.json.encode(claims))}"
        return f"{signed}.{_signature(signed)}"

    def _is_good(self, token: str) -> bool:
        signed, _, signature = token.rpartition(".")
        return hmac.compare_digest(signature.encode(), _signature(signed).encode())

    def _is_fresh(self, token: str) -> bool:
        claims: dict[str, Any] = msgspec.json.decode(_unbase64(token.split(".")[1]))
        return float(claims["exp"]) > self._now()

    def admit(self, request: Request) -> tuple[str, str | None] | int:
        """The form in which a handshake brings the token, and the subprotocol to accept; a status where it may not open."""
        form, token, protocol = _shown(request)
        if token is None:
            return _FIRST_FRAME, None
        if not self._is_good(token) or (self.habits.expired_at_handshake and not self._is_fresh(token)):
            return _UNAUTHORIZED
        return form, protocol

    def opened(self, peer: Peer, form: str, request: Request) -> None:
        """A connection is open."""
        if form == _FIRST_FRAME:
            self._waiting.append(peer)
            return
        self._welcome(peer, form, cast("str", _shown(request)[1]))

    def _welcome(self, peer: Peer, form: str, token: str) -> None:
        if not self._is_good(token) or not self._is_fresh(token):
            peer.close(_EXPIRED)
            return
        _log.info("an agent connected; its token came as %s", form)
        self.forms.append(form)
        self._peers.append(peer)

    def gone(self, peer: Peer) -> None:
        """A connection has ended."""
        for peers in (self._peers, self._waiting):
            if peer in peers:
                peers.remove(peer)

    # -- what agents send

    def heard(self, peer: Peer, data: bytes) -> None:
        """A frame of an agent."""
        try:
            frame = msgspec.json.decode(data, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        if peer in self._waiting:
            self._waiting.remove(peer)
            self._welcome(peer, _FIRST_FRAME, str(frame.get("jwt", "")))
            return
        self.received = [*self.received[-999:], data]
        conversation = self._conversations.get(str(frame.get("conversation_uuid")))
        match frame:
            case {"type": "ping"} if self.habits.pongs:
                peer.send(b'{"type":"pong"}')
            case {"type": "message", "message": {"body": str(text), **more}} if conversation is not None:
                if self._may_write(conversation):
                    self._shop.write_as_agent(conversation.uuid, text, str(more.get("client_message_id", "")))
            case {"event_type": "typing", "event_typing": {"value": value}} if conversation is not None:
                self._shop.type_as_agent(conversation.uuid, started=value == "true")
            case _:
                pass

    def _may_write(self, conversation: Conversation) -> bool:
        part = conversation.participants.get(AGENT.arn)
        return not self.habits.joined_only or (part is not None and part.left is None)

    # -- what is told

    def changed(self, change: Change) -> None:
        """Something happened in a conversation."""
        conversation = self._conversations[change.conversation]
        match change.kind:
            case Kind.MESSAGE:
                self._tell_message(conversation, change)
            case Kind.READ:
                self._tell_read(conversation)
            case Kind.TYPING:
                who = AGENT if change.ours else conversation.customer
                typing = {**_author(who), "value": "true" if change.started else "false"}
                self.tell("typing", conversation, event_typing=typing)
            case _:
                pass

    def _tell_message(self, conversation: Conversation, change: Change) -> None:
        (message,) = conversation.messages(-1)
        news = self.habits.news
        if self.habits.echoes or message.author != AGENT:
            if news in {"message", "both"}:
                self._send({"type": "message", **_about(conversation), "message": message.to_json()})
            if news in {"event", "both"}:
                self.tell("new message", conversation, event_new_message=conversation.summary())
        for part in range(1, self.habits.recordings + 1):
            data = f"recording {change.message_id}"
            recording = {"type": "events", "event_index": part, "data": data, "data_part": 1, "data_total_parts": 1}
            self.tell(
                "rrweb", conversation, event_rrweb={**recording, "data_sha256": hashlib.sha256(data.encode()).hexdigest()}
            )

    def _tell_read(self, conversation: Conversation) -> None:
        if not conversation.times():
            return
        (message,) = conversation.messages(-1)
        mark = {"conversation_message_uuid": message.id, "message_dts": dts(message.at), "message_epoch": message.at}
        self.tell("read message", conversation, event_read_message=mark)

    def tell(self, event: str, conversation: Conversation | None = None, **members: Any) -> None:
        """An event to all who are connected."""
        about = {} if conversation is None else _about(conversation)
        self._send({"type": "event", "event_type": event, **about, **members})

    def tell_joined(self, conversation: Conversation, who: Who, seed: int, *, left: bool = False) -> None:
        """Somebody joined a conversation, or left it."""
        name = "left" if left else "join"
        part = conversation.participants[who.arn].to_json(seed)
        members = {f"event_participant_{name}": conversation.summary(), f"event_participant_{name}_participant": part}
        self.tell(f"participant {name}", conversation, **members)

    def _send(self, frame: Mapping[str, Any]) -> None:
        data = msgspec.json.encode(frame)
        for peer in list(self._peers):
            peer.send(data)

    def close(self) -> None:
        """The sandbox ends, or begins anew."""
        for peer in [*self._peers, *self._waiting]:
            peer.close(1001)


def _shown(request: Request) -> tuple[str, str | None, str | None]:
    """The form in which a handshake shows a token, the token, and the subprotocol that goes with it."""
    query = request.parameters()
    for name in _QUERY_NAMES:
        if name in query:
            return f"query:{name}", query[name].removeprefix(_BEARER), None
    header = request.headers.get("authorization", "")
    if header:
        return "header", header.removeprefix(_BEARER), None
    offered = [unquote(one.strip()) for one in request.headers.get("sec-websocket-protocol", "").split(",")]
    token = next((one for one in offered if one.count(".") == 2), None)  # noqa: PLR2004 -- the dots of a JWT
    return "subprotocol", token, offered[0] if token is not None else None


def _about(conversation: Conversation) -> dict[str, str]:
    return {"conversation_uuid": conversation.uuid, "conversation_arn": conversation.arn}


def _author(who: Who) -> dict[str, str]:
    return {"author_conversation_participant_arn": who.arn, "author_conversation_participant_name": who.name}


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unbase64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _signature(signed: str) -> str:
    return _base64(hmac.digest(_SIGNING_KEY, signed.encode(), "sha256"))


_HEADER: Final = _base64(b'{"alg":"HS256","typ":"JWT"}')
