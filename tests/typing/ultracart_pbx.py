"""What type checkers see of the calls of UltraCart's phone system; see `convore`."""

from __future__ import annotations

import datetime as dt
from typing import assert_type

from aioconvo import AsyncPaginator, UltraCartClient
from aioconvo.ultracart import UploadUrl
from aioconvo.ultracart.models.commerce import Order
from aioconvo.ultracart.pbx import (
    Pbx,
    PbxAuditLog,
    PbxAvailablePhoneNumber,
    PbxCall,
    PbxCustomerSnapshot,
    PbxHardwarePhone,
    PbxMenu,
    PbxPhoneNumber,
    PbxQueue,
    PbxVoicemail,
    PbxVoicemailSummary,
)
from aioconvo.ultracart.pbx.queues import Queues


async def calls(client: UltraCartClient) -> None:
    assert_type(client.pbx, Pbx)
    assert_type(client.pbx.queues, Queues)
    queue = await client.pbx.queues.get("q")
    assert_type(queue, PbxQueue)
    assert_type(await client.pbx.queues.update("q", queue=queue), PbxQueue)
    assert_type(await client.pbx.queues.create(queue=PbxQueue(name="Sales", voicemail=True)), PbxQueue)
    assert_type(await client.pbx.queues.delete("q"), PbxQueue | None)
    assert_type(client.pbx.menus.list(limit=3), AsyncPaginator[PbxMenu])
    assert_type(await client.pbx.audios.get_upload_url("mp3"), UploadUrl)
    assert_type(client.pbx.calls.search(start_date=dt.datetime.now(dt.UTC), statuses=["completed"]), AsyncPaginator[PbxCall])
    assert_type(await client.pbx.calls.update("c", notes="x"), PbxCall)
    assert_type(client.pbx.classes_of_service.list_audit_logs(action="blocked"), AsyncPaginator[PbxAuditLog])
    assert_type(await client.pbx.config.get_default_timezone(), str)
    snapshot = await client.pbx.customer_snapshots.get(phone_number="+15555550100")
    assert_type(snapshot, PbxCustomerSnapshot)
    assert_type(snapshot.orders, list[Order] | None)
    assert_type(await client.pbx.hardware_phones.regenerate_password("p", hardware_phone=PbxHardwarePhone()), PbxHardwarePhone)
    assert_type(client.pbx.phone_numbers.search(country="US", page_size=5), AsyncPaginator[PbxAvailablePhoneNumber])
    assert_type(await client.pbx.phone_numbers.purchase(phone_number="+15555550100", action="menu"), PbxPhoneNumber)
    assert_type(await client.pbx.queue_voicemails.get("q", "r"), PbxVoicemail)
    async for voicemail in client.pbx.agent_voicemails.list():
        assert_type(voicemail, PbxVoicemailSummary)


async def wrong_calls(client: UltraCartClient) -> None:
    await client.pbx.queues.get()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.pbx.queues.create(queue=PbxMenu())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    await client.pbx.queues.create(queue=PbxQueue(naem="x"))  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.pbx.queues.update("q")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.pbx.calls.search(queue_uuids="q")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    client.pbx.menus.list(prefetch=1)  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    client.pbx.phone_numbers.search()  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
    await client.pbx.phone_numbers.purchase(phone_number=1)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
