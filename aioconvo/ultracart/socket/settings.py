"""What a user may say about an agent socket."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from aioconvo.core.access import settings

from .attach import Attach, check_attach
from .plan import Pace

__all__ = ["AgentSocket"]


class AgentSocket(msgspec.Struct, frozen=True, kw_only=True):
    """An agent's websocket: `bot.add(client, socket=AgentSocket())`, and what `client.agents.connect(...)` takes.

    How the vendor wants the token attached is not documented; `aioconvo ultracart socket-check` finds out with your account.

    - `attach`: `query:jwt` (or another name), `subprotocol`, `header`, `first_frame`, or a function of URL and token.
    - `agents`: ARNs of the business's people; what they write is outbound. Those of the client's own agent and of the agents of
      all queues are found by themselves.
    - `pace`: how fast to ping, to try again and to look for what was missed.
    - `recordings`: also give parts of screen recordings (rrweb), which are many and large.
    - `confirm`: seconds to wait for the echo of what was sent; `handshake`: seconds to open a socket.
    - `look_back`: seconds that a message may show up late in the API's lists.
    - `waiting`: frames that may wait for whoever takes them; with more, the socket is not read on.
    - `message_cap`: bytes of one frame; a larger one ends the connection, and is fetched over REST where it is a message.
    - `join`: take part in a conversation before the first message to it, which costs one request for each.
    - `allow_http`: allow `ws://` to a host that is not loopback.
    """

    attach: Attach = "query:jwt"
    agents: Collection[str] = ()
    pace: Pace = Pace()
    recordings: bool = False
    confirm: float = 10.0
    handshake: float = 15.0
    look_back: float = 60.0
    waiting: int = 1000
    message_cap: int = 1 << 20
    join: bool = True
    allow_http: bool = False

    def __post_init__(self) -> None:
        check_attach(self.attach)
        settings.kind("pace", self.pace, Pace, "a Pace")
        for name in ("confirm", "handshake", "look_back"):
            settings.seconds(name, getattr(self, name))
        settings.count("waiting", self.waiting, least=1)
        settings.count("message_cap", self.message_cap, least=1024)
        for name in ("recordings", "join", "allow_http"):
            settings.kind(name, getattr(self, name), bool, "True or False")
