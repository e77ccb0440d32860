"""The account at SMS.CX: its credit, its channels, its prices."""

from __future__ import annotations

from typing import Any, ClassVar

from aioconvo.core.calls.client import APIResource
from aioconvo.core.json.faults import BrokenBodyError
from aioconvo.core.operations.declaration import operation
from aioconvo.core.operations.markers import Style, camel
from aioconvo.core.operations.operation import Effect

from .arguments import Country
from .models import Balance, Channel, ChannelsStatus, TrafficType

_PRICES = "/account/pricing/{channel}/{trafficType}"


def _says_balance(answer: Balance) -> None:
    _has(answer, "balance")  # which may be 0


def _says_channels(answer: ChannelsStatus) -> None:
    _has(answer, "sms")


def _has(answer: object, member: str) -> None:
    if not isinstance(getattr(answer, member, None), bool | float | int):
        raise BrokenBodyError(f"the answer says nothing of {member}", cut=False)


def _has_prices(answer: dict[str, Any]) -> None:
    if answer and not any(isinstance(one, dict | list) for one in answer.values()):
        raise BrokenBodyError("the answer has no prices", cut=False)


class Accounts(APIResource):
    """The account."""

    __slots__ = ()
    wire_name: ClassVar[Style] = camel
    may_say_nothing: ClassVar[bool] = True

    @operation("GET /account/balance", Effect.READ, name="get_account_balance", expect=_says_balance)
    async def get_balance(self) -> Balance:
        """Fetch the credit that is left."""
        ...

    @operation("GET /account/channels/status", Effect.READ, name="get_channels_status", expect=_says_channels)
    async def get_channels_status(self) -> ChannelsStatus:
        """Fetch which channels the account may send by."""
        ...

    # The vendor's models have members called `countryCode` and `operatorName` here, which seem to stand for codes and names.
    @operation(f"GET {_PRICES}", Effect.READ, name="get_channel_pricing", expect=_has_prices)
    async def get_pricing(self, channel: Channel | str, traffic_type: TrafficType | str) -> dict[str, Any]:
        """Fetch the prices of a channel, by country; those of SMS by network, too.

        Raises:
            BadRequestError: No such channel or traffic (code 1521).
        """
        ...

    @operation(f"GET {_PRICES}/{{countryIso}}", Effect.READ, name="get_channel_pricing_by_country_iso", expect=_has_prices)
    async def get_country_pricing(
        self, channel: Channel | str, traffic_type: TrafficType | str, country_iso: Country
    ) -> dict[str, Any]:
        """Fetch the prices of a channel in one country.

        Raises:
            InvalidRequestError: The country is no code of two letters; nothing was sent.
            BadRequestError: No such channel or traffic (codes 1521, 1522).
            PermissionDeniedError: No network takes messages there (code 1523).
        """
        ...
