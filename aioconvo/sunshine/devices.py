"""Devices of Sunshine Conversations v2: what users of the vendor's own SDKs write with."""

from __future__ import annotations

from aioconvo.core.answers.identity import Check, names
from aioconvo.core.operations.declaration import listing, operation
from aioconvo.core.operations.operation import Effect
from aioconvo.core.paging.paginator import AsyncPaginator

from .models import Device
from .more_pages import device_pager
from .resource import Resource

_ALL = "/v2/apps/{appId}/users/{userIdOrExternalId}/devices"


def _is(device_id: str) -> Check:
    return names("device", "device.id", device_id)


class Devices(Resource):
    """The phones and browsers in which a user has your app. The user is named by the API's id or by your own."""

    __slots__ = ()

    @operation(f"GET {_ALL}/{{deviceId}}", Effect.READ, name="GetDevice", unwrap="device", expect=_is)
    async def get(self, user_id_or_external_id: str, device_id: str, *, brand_id: str | None = None) -> Device:
        """Fetch one device.

        Raises:
            NotFoundError: No such user or device.
        """
        ...

    @listing(f"GET {_ALL}", device_pager, name="ListDevices")
    def list(
        self,
        user_id_or_external_id: str,
        *,
        brand_id: str | None = None,
        limit: int | None = None,
        start: str | None = None,
        prefetch: int = 0,
    ) -> AsyncPaginator[Device]:
        """List the devices of a user.

        The API gives them all in one answer; `limit` bounds how many of them are kept, `start` is a page's `position`,
        `prefetch` has no effect.

        Raises:
            NotFoundError: No such user (when awaited or iterated).
        """
        ...
