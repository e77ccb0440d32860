"""What changes in the emulated Sunshine app, as its webhooks tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aioconvo.sandbox.changes import Change, Kind, Watched
from aioconvo.sandbox.data import milliseconds
from aioconvo.sandbox.exchange import Settings

from . import events
from .data import Conversation, User

__all__ = ["Telling"]

_READ = "conversation:read"
_NOBODY = User("", None, 0, 0)


class Telling(Watched):
    """Tells of one app. `failing`: so many of the next messages of the business do not arrive."""

    samples = tuple(events.EVENTS)

    def __init__(self, settings: Settings, integration: str) -> None:
        super().__init__()
        self.failing = 0
        self._settings = settings
        self._integration = integration

    def stored(self, conversation: Conversation, writer: User | None, shown: Mapping[str, Any], at: int) -> None:
        """A message was written, by the business where there is no `writer`; then it arrives or fails."""
        told = dict(shown)
        if writer is not None:
            scene = self._scene(conversation, writer, at)
            told |= {"author": {**told["author"], "user": scene.user}, "source": scene.source}
        content = told["content"]
        self._tell(
            "conversation:message",
            events.message(self._scene(conversation, writer, at), told),
            (conversation, at),
            kind=Kind.MESSAGE,
            ours=writer is None,
            message_id=told["id"],
            text=content.get("text", ""),
        )
        if writer is None and conversation.members:
            self._arrive(conversation, told["id"], at)

    def opened(self, conversation: Conversation) -> None:
        """A conversation was created."""
        self._simple(conversation, "conversation:create")

    def removed(self, conversation: Conversation) -> None:
        """A conversation was deleted."""
        self._simple(conversation, "conversation:remove")

    def read(self, conversation: Conversation, user: User) -> None:
        """A user read the conversation."""
        at = self._now()
        self._tell(_READ, events.read(self._scene(conversation, user, at)), (conversation, at), kind=Kind.READ)

    def typing(self, conversation: Conversation, user: User, *, started: bool) -> None:
        """A user types, or stopped."""
        at = self._now()
        payload = events.typing(self._scene(conversation, user, at), started=started)
        self._tell("conversation:typing", payload, (conversation, at), kind=Kind.TYPING, started=started)

    def postback(self, conversation: Conversation, user: User, pressed: str) -> None:
        """A user pressed a button."""
        at = self._now()
        payload = events.postback(self._scene(conversation, user, at), pressed)
        self._tell("conversation:postback", payload, (conversation, at))

    def joined(self, conversation: Conversation, user: User) -> None:
        """A program had a user join a group."""
        self._simple(conversation, "conversation:join", user)

    def left(self, conversation: Conversation, user: User) -> None:
        """A program had a user leave a group."""
        self._simple(conversation, "conversation:leave", user)

    def controlled(
        self,
        what: str,
        conversation: Conversation,
        control: Mapping[str, Any],
        metadata: Mapping[str, Any] | None,
        *,
        error: Mapping[str, Any] | None = None,
    ) -> None:
        """Control of a conversation was passed, offered, accepted or released, or that failed."""
        at = self._now()
        payload: dict[str, Any] = {"conversation": {**self._scene(conversation, None, at).conversation, **control}}
        payload |= {"metadata": metadata} if metadata else {}
        payload |= {"error": error} if error else {}
        self._tell(f"switchboard:{what}{':failure' if error else ''}", payload, (conversation, at))

    def client_changed(
        self, event: str, conversation: Conversation | None, user: User, client: Mapping[str, Any], reason: str
    ) -> None:
        """A program linked a client to a user, or took one away."""
        payload: dict[str, Any] = {"user": self._user(user), "client": client, "reason": reason}
        if conversation is not None:
            payload["conversation"] = self._scene(conversation, user, self._now()).conversation
        self._about_user(event, payload, conversation)

    def web_client(self, user: User) -> Mapping[str, Any]:
        """The web messenger that a user writes with, linked when they signed up."""
        return self._scene(None, user, user.signed_up + 86_400_000).client

    def user_updated(self, user: User, conversation: Conversation | None) -> None:
        """A program changed a user. That the API tells of it is unconfirmed: it names other reasons, so none is given."""
        self._about_user("user:update", {"user": self._user(user), "source": {"type": "api:conversations"}}, conversation)

    def user_removed(self, user: User) -> None:
        """A user was deleted."""
        self._about_user("user:remove", {"user": self._user(user)}, None)

    def users_merged(
        self, surviving: User, discarded: User, lost: Mapping[str, Any] | None, conversation: Conversation | None
    ) -> None:
        """Two users became one."""
        self._about_user("user:merge", events.merged(self._user(surviving), self._user(discarded), lost), conversation)

    def active(self, conversation: Conversation, user: User | None, activity: str) -> None:
        """An activity by the API; what the business does there is told to the customer, not by webhooks."""
        if user is not None:
            self.read(conversation, user)
            return
        kind = Kind.READ if activity == _READ else Kind.TYPING
        started = activity != "typing:stop"
        self._tell("", {}, (conversation, self._now()), kind=kind, ours=True, started=started)

    def sample(self, event: str, conversation: Conversation, user: User) -> Change:
        """An event of that name. Raises `LookupError` where the API has none such."""
        at = self._now()
        return self._change(event, events.EVENTS[event](self._scene(conversation, user, at)), (conversation, at))

    def _arrive(self, conversation: Conversation, message_id: str, at: int) -> None:
        scene = self._scene(conversation, None, at)
        name = "conversation:message:delivery"
        if self.failing:
            self.failing -= 1
            payload = events.failed(scene, message_id)
            self._tell(f"{name}:failure", payload, (conversation, at), kind=Kind.FAILED, ours=True, message_id=message_id)
            return
        for stage in ("channel", "user"):
            payload = events.delivered(scene, message_id, final=stage == "user")
            self._tell(f"{name}:{stage}", payload, (conversation, at), kind=Kind.DELIVERED, ours=True, message_id=message_id)

    def _user(self, user: User) -> Mapping[str, Any]:
        return user.shown(self._settings.seed)

    def _about_user(self, event: str, payload: Mapping[str, Any], conversation: Conversation | None) -> None:
        where = conversation.id if conversation else ""
        self.tell(
            Change(provider="sunshine", kind=Kind.OTHER, at=self._now(), conversation=where, event=event, payload=payload)
        )

    def _simple(self, conversation: Conversation, event: str, user: User | None = None) -> None:
        at = self._now()
        self._tell(event, events.EVENTS[event](self._scene(conversation, user, at)), (conversation, at))

    def _scene(self, conversation: Conversation | None, user: User | None, at: int) -> events.Scene:
        someone = user or (conversation.members[0].user if conversation and conversation.members else _NOBODY)
        return events.Scene(
            seed=self._settings.seed,
            at=at,
            conversation_id=conversation.id if conversation else "",
            conversation_type=conversation.type if conversation else "",
            user=someone.shown(self._settings.seed),
            name=someone.name(self._settings.seed),
            integration=self._integration,
            metadata=conversation.details.get("metadata") if conversation else None,
        )

    def _now(self) -> int:
        return milliseconds(self._settings.clock())

    def _tell(self, event: str, payload: Mapping[str, Any], where: tuple[Conversation, int], **more: Any) -> None:
        self.tell(self._change(event, payload, where, **more))

    def _change(self, event: str, payload: Mapping[str, Any], where: tuple[Conversation, int], **more: Any) -> Change:
        conversation, at = where
        kind = more.pop("kind", Kind.OTHER)
        return Change(provider="sunshine", kind=kind, at=at, conversation=conversation.id, event=event, payload=payload, **more)
