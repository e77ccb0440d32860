"""The emulated app's switchboard: which integration has control of a conversation, and how it is handed over.

A reference is an id, a name or a type, looked for in this order; `next` follows the one in control. That a call which names
nobody is told as a failure, too, is unconfirmed.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import msgspec
from msgspec import UNSET, Meta, UnsetType

from aioconvo.sandbox.bodies import Metadata, checked, decode
from aioconvo.sandbox.data import hex_id
from aioconvo.sandbox.exchange import Refusal, Reply, Request, Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .data import App, Conversation
    from .telling import Telling

_PATH: Final = "/v2/apps/{appId}/switchboards"
_CONVERSATION: Final = "/v2/apps/{appId}/conversations/{conversationId}"
_MOST: Final = 10
NOBODY: Final = "nobody"
"""In place of who has control of a conversation, after it was released."""

Title = Annotated[str, Meta(max_length=128)]


class Released(msgspec.Struct, kw_only=True):
    """The body of AcceptControl and ReleaseControl."""

    metadata: Metadata | UnsetType | None = UNSET


class Passed(Released, kw_only=True, rename="camel"):
    """The body of PassControl and OfferControl."""

    switchboard_integration: str


class SwitchboardUpdate(msgspec.Struct, kw_only=True, rename="camel"):
    """The body of UpdateSwitchboard."""

    enabled: bool | UnsetType = UNSET
    default_switchboard_integration_id: str | UnsetType = UNSET


class Place(msgspec.Struct, kw_only=True, rename="camel"):
    """What an integration's place at the switchboard has besides a name."""

    integration_id: str | UnsetType = UNSET
    integration_type: str | UnsetType = UNSET
    deliver_standby_events: bool | UnsetType = UNSET
    next_switchboard_integration_id: str | UnsetType | None = UNSET
    message_history_count: Annotated[int, Meta(ge=1, le=10)] | UnsetType | None = UNSET


class PlaceUpdate(Place, kw_only=True, rename="camel"):
    """The body of UpdateSwitchboardIntegration."""

    name: Title | UnsetType = UNSET


class PlaceCreate(Place, kw_only=True, rename="camel"):
    """The body of CreateSwitchboardIntegration."""

    name: Title

    def __post_init__(self) -> None:
        if self.integration_id is UNSET and self.integration_type is UNSET:
            raise ValueError("a switchboard integration needs integrationId or integrationType")


T = TypeVar("T", bound=Released)


@dataclasses.dataclass(slots=True)
class Switchboard:
    """The switchboard, with the integrations it knows by the ids of their places, as the API shows them."""

    id: str
    enabled: bool = True
    default: str | None = None
    places: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict[str, dict[str, Any]])


class Switchboards:
    """The app's switchboard. It has `bot` to begin with, the default, and after it `agents`."""

    def __init__(self, app: App, changes: Telling) -> None:
        self._app = app
        self._changes = changes
        self._made = 0
        self._boards: dict[str, Switchboard] = {}
        board = self._add()
        agents, bot = (self._place(board, name) for name in ("agents", "bot"))
        bot["nextSwitchboardIntegrationId"] = agents["id"]
        board.default = bot["id"]
        one = f"{_PATH}/{{switchboardId}}"
        places = f"{one}/switchboardIntegrations"
        place = f"{places}/{{switchboardIntegrationId}}"
        self.routes = (
            Route("POST", _PATH, "CreateSwitchboard", self._create),
            Route("GET", _PATH, "ListSwitchboards", self._list),
            Route("PATCH", one, "UpdateSwitchboard", self._update),
            Route("DELETE", one, "DeleteSwitchboard", self._delete),
            Route("POST", places, "CreateSwitchboardIntegration", self._create_place),
            Route("GET", places, "ListSwitchboardIntegrations", self._list_places),
            Route("PATCH", place, "UpdateSwitchboardIntegration", self._update_place),
            Route("DELETE", place, "DeleteSwitchboardIntegration", self._delete_place),
            Route("POST", f"{_CONVERSATION}/passControl", "PassControl", self._pass),
            Route("POST", f"{_CONVERSATION}/offerControl", "OfferControl", self._offer),
            Route("POST", f"{_CONVERSATION}/acceptControl", "AcceptControl", self._accept),
            Route("POST", f"{_CONVERSATION}/releaseControl", "ReleaseControl", self._release),
        )

    def control(self, conversation: Conversation) -> dict[str, Any]:
        """Who has control of a conversation and who is offered it, as the API shows them; no member where nobody is."""
        board = self._active()
        if board is None:
            return {}
        active = None if conversation.control == NOBODY else board.places.get(conversation.control or board.default or "")
        both = {"active": active, "pending": board.places.get(conversation.offered or "")}
        return {f"{name}SwitchboardIntegration": _reference(place) for name, place in both.items() if place is not None}

    # -- what passes control

    def _pass(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._app.find(parameters)
        body = _body(request, Passed)
        place = self._found("passControl", conversation, body)
        conversation.control, conversation.offered = place["id"], None
        return self._done("passControl", conversation, body)

    def _offer(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._app.find(parameters)
        body = _body(request, Passed)
        conversation.offered = self._found("offerControl", conversation, body)["id"]
        return self._done("offerControl", conversation, body)

    def _accept(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._app.find(parameters)
        body = _body(request, Released)
        if conversation.offered is None:
            reason = "No switchboard integration was offered control"
            raise self._failed("acceptControl", conversation, body, Refusal(400, "bad_request", reason))
        conversation.control, conversation.offered = conversation.offered, None
        return self._done("acceptControl", conversation, body)

    def _release(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        conversation = self._app.find(parameters)
        body = _body(request, Released) if request.body else Released()
        conversation.control, conversation.offered = NOBODY, None
        return self._done("releaseControl", conversation, body)

    def _done(self, what: str, conversation: Conversation, body: Released) -> Reply:
        self._changes.controlled(what, conversation, self.control(conversation), body.metadata or None)
        return Reply(200, {})

    def _failed(self, what: str, conversation: Conversation, body: Released, refusal: Refusal) -> Refusal:
        told = {"code": refusal.code, "message": refusal.reason}
        self._changes.controlled(what, conversation, self.control(conversation), body.metadata or None, error=told)
        return refusal

    def _found(self, what: str, conversation: Conversation, body: Passed) -> dict[str, Any]:
        board = self._active()
        wanted = body.switchboard_integration
        places = {} if board is None else board.places
        found: list[dict[str, Any]] = []
        if wanted == "next":
            active = self.control(conversation).get("activeSwitchboardIntegration", {})
            following = places.get(active.get("id", ""), {}).get("nextSwitchboardIntegrationId")
            found = [places[following]] if following in places else []
        else:
            for member in ("id", "name", "integrationType"):
                found = found or [place for place in places.values() if place[member] == wanted]
        if len(found) == 1:
            return found[0]
        code, reason = ("bad_request", "Several have it") if found else ("switchboard_integration_not_found", "There is none")
        status = 400 if found else 404
        raise self._failed(what, conversation, body, Refusal(status, code, f"Switchboard integration: {reason}"))

    # -- switchboards

    def _active(self) -> Switchboard | None:
        return next((board for board in self._boards.values() if board.enabled), None)

    def _add(self) -> Switchboard:
        self._made += 1
        board = Switchboard(hex_id(self._app.settings.seed, "sunshine", "switchboard", self._made))
        self._boards[board.id] = board
        return board

    def _board(self, parameters: Mapping[str, str]) -> Switchboard:
        board = self._boards.get(parameters["switchboardId"])
        if board is None:
            raise Refusal(404, "switchboard_not_found", "Switchboard not found")
        return board

    def _create(self, _request: Request, _parameters: Mapping[str, str]) -> Reply:
        if self._boards:
            raise Refusal(400, "bad_request", "An app has one switchboard at most")
        return Reply(201, {"switchboard": _shown(self._add())})

    def _list(self, _request: Request, _parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"switchboards": [*map(_shown, self._boards.values())]})

    def _update(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        board = self._board(parameters)
        body = decode(request, SwitchboardUpdate)
        if body.default_switchboard_integration_id is not UNSET:
            board.default = self._known(board, body.default_switchboard_integration_id)["id"]
        board.enabled = board.enabled if body.enabled is UNSET else body.enabled
        return Reply(200, {"switchboard": _shown(board)})

    def _delete(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        del self._boards[self._board(parameters).id]
        return Reply(200, {})

    # -- switchboard integrations

    def _place(self, board: Switchboard, name: str) -> dict[str, Any]:
        self._made += 1
        seed = self._app.settings.seed
        place: dict[str, Any] = {
            "id": hex_id(seed, "sunshine", "place", self._made),
            "name": name,
            "integrationId": hex_id(seed, "integration", name),
            "integrationType": "zd:agentWorkspace" if name == "agents" else "custom",
            "deliverStandbyEvents": False,
        }
        board.places[place["id"]] = place
        return place

    def _known(self, board: Switchboard, key: str) -> dict[str, Any]:
        if key not in board.places:
            raise Refusal(404, "switchboard_integration_not_found", "Switchboard integration not found")
        return board.places[key]

    def _create_place(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        board = self._board(parameters)
        body = decode(request, PlaceCreate)
        if len(board.places) >= _MOST:
            raise Refusal(400, "too_many_switchboard_integrations", f"A switchboard has up to {_MOST} integrations")
        following = body.next_switchboard_integration_id
        if following:
            self._known(board, following)
        place = self._place(board, body.name)
        _change(place, body)
        return Reply(201, {"switchboardIntegration": place})

    def _list_places(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        return Reply(200, {"switchboardIntegrations": list(self._board(parameters).places.values())})

    def _update_place(self, request: Request, parameters: Mapping[str, str]) -> Reply:
        board = self._board(parameters)
        place = self._known(board, parameters["switchboardIntegrationId"])
        body = decode(request, PlaceUpdate)
        if body.next_switchboard_integration_id:
            self._known(board, body.next_switchboard_integration_id)
        _change(place, body)
        return Reply(200, {"switchboardIntegration": place})

    def _delete_place(self, _request: Request, parameters: Mapping[str, str]) -> Reply:
        board = self._board(parameters)
        gone = self._known(board, parameters["switchboardIntegrationId"])["id"]
        del board.places[gone]
        board.default = None if board.default == gone else board.default
        for place in board.places.values():
            if place.get("nextSwitchboardIntegrationId") == gone:
                del place["nextSwitchboardIntegrationId"]
        return Reply(200, {})


def _body(request: Request, kind: type[T]) -> T:
    body = decode(request, kind)
    checked(body.metadata)
    return body


def _change(place: dict[str, Any], body: Place) -> None:
    for member, value in msgspec.to_builtins(body).items():
        if value is None:
            place.pop(member, None)
        else:
            place[member] = value


def _shown(board: Switchboard) -> dict[str, Any]:
    default = {} if board.default is None else {"defaultSwitchboardIntegrationId": board.default}
    return {"id": board.id, "enabled": board.enabled, **default}


def _reference(place: Mapping[str, Any]) -> dict[str, Any]:
    return {member: place[member] for member in ("id", "name", "integrationId", "integrationType")}
