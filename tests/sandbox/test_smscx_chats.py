"""Messages by Viber, WhatsApp and several channels, as the sandbox keeps them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

import aioconvo
from aioconvo.core.operations.resource import load
from aioconvo.sandbox import Sandbox
from aioconvo.smscx import Channel, SmscxClient, StrategyStep

load(SmscxClient)  # the first touch inside of a loop would hold it up
NUMBER = "+447700900123"
BY: dict[str, dict[str, Any]] = {
    "viber": {"template_id": 3},
    "whatsapp": {"template_id": 3},
    "multichannel": {
        "strategy": [StrategyStep(channel=Channel.VIBER, template_id=3), StrategyStep(channel=Channel.SMS, text="Hi")]
    },
}
COSTS = {"viber": 0.012, "whatsapp": 0.02, "multichannel": 0.012}
TO: dict[str, Any] = {"to": [NUMBER, "+447700900124"], "from_": "SHOP"}
LATER = dt.datetime(2099, 12, 24, 18, tzinfo=dt.UTC)


@pytest.mark.parametrize("channel", BY)
async def test_an_estimate_costs_what_a_send_does_and_keeps_nothing(channel: str) -> None:
    async with Sandbox() as sandbox, SmscxClient(**sandbox.client_options("smscx")) as client:
        calls: Any = getattr(client, channel)
        estimated = await calls.estimate(**TO, **BY[channel])
        assert sandbox.state()["smscx"][channel] == 0
        sent = await calls.send(**TO, **BY[channel])
        assert sandbox.state()["smscx"][channel] == 2
        assert estimated.info.total_cost == sent.info.total_cost == pytest.approx(2 * COSTS[channel])
        assert [one.status for one in sent.messages] == ["ACCEPTED", "ACCEPTED"]
        assert [one.to for one in sent.messages] == TO["to"]
        if channel == "multichannel":
            assert {one.channel for one in sent.messages} == {"viber"}


@pytest.mark.parametrize("channel", BY)
async def test_what_waits_is_called_off_and_what_went_is_not(channel: str) -> None:
    async with Sandbox() as sandbox, SmscxClient(**sandbox.client_options("smscx")) as client:
        calls: Any = getattr(client, channel)
        (kept, _) = (await calls.send(**TO, **BY[channel], scheduled_date=LATER)).messages
        assert kept.status == "SCHEDULED"
        off = await calls.delete_scheduled(kept.msg_id)
        assert (off.channel, off.credit_returned) == (channel, pytest.approx(COSTS[channel]))
        with pytest.raises(aioconvo.NotFoundError, match="1100"):
            await calls.delete_scheduled(kept.msg_id)
        (gone, _) = (await calls.send(**TO, **BY[channel])).messages
        with pytest.raises(aioconvo.PermissionDeniedError, match="1118"):
            await calls.delete_scheduled(gone.msg_id)


@pytest.mark.parametrize("channel", ["viber", "multichannel"])
async def test_a_campaign_goes_to_the_contacts_of_its_groups(channel: str) -> None:
    async with Sandbox() as sandbox, SmscxClient(**sandbox.client_options("smscx")) as client:
        calls: Any = getattr(client, channel)
        group = await client.groups.create(name="News")
        await client.groups.add_contacts(group.id, phone_numbers=TO["to"])
        key = "5e1f0c8a-7c6f-4d3e-9d0b-1f1e2d3c4b5a"
        asked: dict[str, Any] = {"groups": [group.id], "from_": "SHOP", **BY[channel], "scheduled_date": LATER}
        kept = await calls.send_campaign(**asked, idempotency_id=key)
        again = await calls.send_campaign(**asked, idempotency_id=key)
        assert again.info.campaign_id == kept.info.campaign_id
        assert sandbox.state()["smscx"][channel] == len(kept.messages) == 2
        off = await calls.delete_scheduled_campaign(kept.info.campaign_id)
        assert (off.phone_numbers_deleted, off.channel) == (2, channel)
        with pytest.raises(aioconvo.BadRequestError, match="1101"):
            await calls.estimate_campaign(**asked | {"groups": [99]})


async def test_what_is_wrong_is_refused() -> None:
    async with Sandbox() as sandbox, SmscxClient(**sandbox.client_options("smscx")) as client:
        with pytest.raises(aioconvo.BadRequestError, match="1207"):
            await client.viber.send(to=["12"], from_="SHOP", template_id=3)
        partly = await client.whatsapp.send(to=["12", NUMBER], from_="SHOP", template_id=3, allow_invalid=True)
    assert (partly.info.total_valid, partly.info.invalid) == (1, ["12"])
