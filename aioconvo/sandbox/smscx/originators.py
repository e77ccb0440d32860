"""The originators of the emulated SMS.CX account. One is there from the start; new ones wait for approval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from aioconvo.sandbox.data import milliseconds
from aioconvo.sandbox.exchange import Reply, Request, Route

from .data import stamp
from .events import SENDER
from .refusals import Refused, decoded, refusal

if TYPE_CHECKING:
    from aioconvo.sandbox.clock import Clock
    from aioconvo.sandbox.exchange import Settings


class _New(msgspec.Struct):
    originator: Annotated[str, msgspec.Meta(min_length=3, max_length=15, pattern="^[a-zA-Z0-9]+$")]


class Originators:
    """The originators, and the routes to them."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._last = 1
        first = self._made(1, SENDER, milliseconds(settings.now), approved=True)
        self._kept: dict[str, dict[str, Any]] = {"1": first}
        self.routes = (
            Route("GET", "/originators", "get_originators_list", self._list),
            Route("POST", "/originators", "create_originator", self._create),
            Route("DELETE", "/originators/{originatorId}", "delete_originator", self._delete),
        )

    @staticmethod
    def _made(number: int, name: str, at: int, *, approved: bool) -> dict[str, Any]:
        return {"id": number, "originator": name, "isDefault": approved, "approved": approved, "createdAt": stamp(at)}

    def _list(self, _request: Request, _: Mapping[str, str]) -> Reply:
        return Reply(200, {"data": list(self._kept.values())})

    def _create(self, request: Request, _: Mapping[str, str]) -> Reply:
        name = decoded(request, _New, "The originator must have 3 to 15 letters and digits", 1301).originator
        if any(one["originator"] == name for one in self._kept.values()):
            raise Refused(refusal(400, "duplicate_value", "There is such an originator", 1306))
        self._last += 1
        self._kept[str(self._last)] = self._made(self._last, name, self._clock.tick(), approved=False)
        return Reply(201, {"info": {"id": self._last, "originator": name}})

    def _delete(self, _: Request, parameters: Mapping[str, str]) -> Reply:
        one = self._kept.pop(parameters["originatorId"], None)
        if one is None:
            raise Refused(refusal(404, "not_found", "Originator ID not found", 1300))
        return Reply(200, {"info": {"id": one["id"], "originator": one["originator"]}})
