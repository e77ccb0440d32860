"""What changes in the emulated Smooch app, as its webhooks tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aioconvo.sandbox.changes import Change, Kind, Watched
from aioconvo.sandbox.data import milliseconds
from aioconvo.sandbox.exchange import Settings

from . import events
from .data import AppUser

__all__ = ["Telling"]


class Telling(Watched):
    """Tells of one app. `failing`: so many of the next messages of the business do not arrive."""

    samples = tuple(events.EVENTS)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.failing = 0
        self._settings = settings

    def stored(self, user: AppUser, shown: Mapping[str, Any], at: int, *, ours: bool) -> None:
        """A message was written; what the business wrote (`ours`) arrives then, or fails."""
        event = "message:appMaker" if ours else "message:appUser"
        more = {"kind": Kind.MESSAGE, "ours": ours, "message_id": shown["_id"], "text": shown.get("text", "")}
        self._tell(user, event, events.messages(self._scene(user, at), [shown]), at, **more)
        if ours:
            self._arrive(user, shown["_id"], at)

    def started(self, user: AppUser) -> None:
        """A user's conversation began."""
        at = self._now()
        self._tell(user, "conversation:start", events.started(self._scene(user, at)), at)

    def read(self, user: AppUser, *, ours: bool = False) -> None:
        """The user read the conversation. What the business read (`ours`) is told to the user, not by webhooks."""
        at = self._now()
        event = "" if ours else "conversation:read"
        self._tell(user, event, events.read(self._scene(user, at)), at, kind=Kind.READ, ours=ours)

    def typing(self, user: AppUser, *, started: bool, ours: bool = False) -> None:
        """The user types, or stopped. What the business does there (`ours`) fires no webhook, as the maintainers say."""
        at = self._now()
        payload = events.typing(self._scene(user, at), begun=started)
        self._tell(user, "" if ours else "typing:appUser", payload, at, kind=Kind.TYPING, ours=ours, started=started)

    def postback(self, user: AppUser, pressed: str) -> None:
        """The user pressed a button."""
        at = self._now()
        self._tell(user, "postback", events.postbacks(self._scene(user, at), pressed), at)

    def shown(self, user: AppUser) -> dict[str, Any]:
        """The user, as the API shows them."""
        return self._scene(user, self._now()).app_user

    def deleted(self, user: AppUser) -> None:
        """A user is gone."""
        at = self._now()
        self._tell(user, "appUser:delete", events.deleted(self._scene(user, at)), at)

    def merged(self, surviving: AppUser, discarded: dict[str, Any]) -> None:
        """A user is gone, and what was theirs is another's."""
        at = self._now()
        self._tell(surviving, "merge:appUser", events.merged(self._scene(surviving, at), discarded), at)

    def linked(self, user: AppUser, stage: str, criteria: dict[str, Any]) -> None:
        """Somebody was found on a channel (`match`), and became this user's client there (`success`)."""
        at = self._now()
        scene = self._scene(user, at)
        self._tell(user, f"link:{stage}", events.linked(scene, criteria), at)
        if stage == "success":
            self._tell(user, "client:add", events.client_changed(scene, "channelLinking"), at)

    def unlinked(self, user: AppUser) -> None:
        """A channel was taken away."""
        at = self._now()
        self._tell(user, "client:remove", events.client_changed(self._scene(user, at), "api"), at)

    def sample(self, event: str, user: AppUser) -> Change:
        """An event of that name. Raises `LookupError` where the API has none such."""
        at = self._now()
        return self._change(user, event, events.EVENTS[event](self._scene(user, at)), at)

    def _arrive(self, user: AppUser, message_id: str, at: int) -> None:
        scene = self._scene(user, at)
        if self.failing:
            self.failing -= 1
            payload = events.failed(scene, message_id)
            self._tell(user, "message:delivery:failure", payload, at, kind=Kind.FAILED, ours=True, message_id=message_id)
            return
        for stage in ("channel", "user"):
            payload = events.delivered(scene, message_id, final=stage == "user")
            more = {"kind": Kind.DELIVERED, "ours": True, "message_id": message_id}
            self._tell(user, f"message:delivery:{stage}", payload, at, **more)

    def _scene(self, user: AppUser, at: int) -> events.Scene:
        return events.Scene(
            seed=self._settings.seed,
            at=at,
            user_id=user.id,
            own_id=user.user_id,
            number=user.number,
            device=user.device,
            conversation_id=user.conversation.id if user.conversation else "",
            details=user.details,
            linked=user.linked,
            pending=user.pending,
        )

    def _now(self) -> int:
        return milliseconds(self._settings.clock())

    def _tell(self, user: AppUser, event: str, payload: Mapping[str, Any], at: int, **more: Any) -> None:
        self.tell(self._change(user, event, payload, at, **more))

    def _change(self, user: AppUser, event: str, payload: Mapping[str, Any], at: int, **more: Any) -> Change:
        kind = more.pop("kind", Kind.OTHER)
        return Change(provider="smooch", kind=kind, at=at, conversation=user.id, event=event, payload=payload, **more)
