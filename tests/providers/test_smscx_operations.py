"""Operations of SMS.CX: what is sent, and what is made of what comes."""

from __future__ import annotations

from typing import Any

import pytest

import aioconvo
from aioconvo.core.operations.resource import load
from aioconvo.smscx import OPERATIONS, SmscxClient
from tests.providers.smscx_rows import APPLICATION, CHAT, ID, NO_MORE, OTHER, OTP, PHONE, ROWS, SENT, STEPS

load(SmscxClient)  # the first touch inside of a loop would hold it up
CURSORS = [name for name, row in ROWS.items() if row.lists and isinstance(row.answer, dict) and "paging" in row.answer]
FILES = [
    (lambda c: c.attachments.export_csv(ID), f"/attachments/{ID}/csv"),
    (lambda c: c.attachments.export_xlsx(ID), f"/attachments/{ID}/xlsx"),
    (lambda c: c.numbers.export_bulk_lookup_csv(ID), f"/numbers/lookup/lookupBulkId/{ID}/csv"),
    (lambda c: c.numbers.export_bulk_lookup_xlsx(ID), f"/numbers/lookup/lookupBulkId/{ID}/xlsx"),
    (lambda c: c.optouts.export_csv(), "/optouts/csv"),
    (lambda c: c.optouts.export_xlsx(), "/optouts/xlsx"),
    (lambda c: c.reports.export_campaign_csv(ID), f"/reports/campaigns/{ID}/csv"),
    (lambda c: c.reports.export_campaign_xlsx(ID), f"/reports/campaigns/{ID}/xlsx"),
    (lambda c: c.reports.export_csv(period="2026-11", max_rows=9), "/reports/csv?limit=9&period=2026-11"),
    (lambda c: c.reports.export_xlsx(period="2026", source="api"), "/reports/xlsx?period=2026&source=api"),
    (lambda c: c.shortlinks.export_csv(ID), f"/shortlinks/{ID}/csv"),
    (lambda c: c.shortlinks.export_xlsx(ID), f"/shortlinks/{ID}/xlsx"),
]


# What is no plain read: what the vendor says costs; what creates or uses up an attempt; the rest may be repeated.
PAID = """multichannel.send multichannel.send_campaign viber.send viber.send_campaign whatsapp.send numbers.lookup
    numbers.lookup_bulk numbers.rent numbers.renew_rent otp.send"""
UNSAFE = "optouts.add otp.verify shortlinks.create templates.create"
IDEMPOTENT = """attachments.delete multichannel.delete_scheduled multichannel.delete_scheduled_campaign viber.delete_scheduled
    viber.delete_scheduled_campaign whatsapp.delete_scheduled numbers.update_rent numbers.cancel_rent optouts.delete otp.cancel
    shortlinks.update shortlinks.delete templates.update templates.delete"""


@pytest.fixture
def client(wire: Any) -> SmscxClient:
    return SmscxClient(api_key="k3y", base_url=wire.base_url, max_retries=0)


def test_effects() -> None:
    known = dict.fromkeys(PAID.split(), "paid") | dict.fromkeys(UNSAFE.split(), "unsafe")
    known |= dict.fromkeys(IDEMPOTENT.split(), "idempotent")
    found = {one.python.removeprefix("smscx."): one.effect.value for one in OPERATIONS}
    assert {name: found[name] for name in ROWS} == {name: known.get(name, "read") for name in ROWS}
    assert known.keys() <= ROWS.keys()


@pytest.mark.parametrize("name", ROWS)
async def test_what_is_sent_and_what_comes(wire: Any, client: SmscxClient, name: str) -> None:
    async with client:
        await ROWS[name].check(wire, client)
    assert wire.last.headers["x-api-key"] == "k3y"


@pytest.mark.parametrize("name", CURSORS)
async def test_a_list_is_walked_by_its_cursors(wire: Any, client: SmscxClient, name: str) -> None:
    answer = ROWS[name].answer
    wire.answers("GET", answer | {"paging": NO_MORE | {"next": "n2"}})
    wire.answers("GET", answer | {"data": [], "paging": NO_MORE | {"next": "n3"}})
    wire.answers("GET", answer)
    async with client:
        assert len(await ROWS[name].call(client).collect()) == 2
    first, second, third = (dict(one.query) for one in wire.sent)
    assert [first.get("next"), second["next"], third["next"]] == [None, "n2", "n3"]
    assert first.items() <= second.items()


@pytest.mark.parametrize(("call", "target"), FILES)
async def test_files(wire: Any, client: SmscxClient, call: Any, target: str) -> None:
    wire.answers("GET", body=b"a;b\n", headers={"Content-Type": "application/csv", "Content-Length": "4"})
    async with client:
        assert await call(client) == b"a;b\n"
    query = "&".join(f"{name}={value}" for name, value in wire.last.query)
    assert wire.last.path + (f"?{query}" if query else "") == target
    assert ("csv" if "/csv" in target else "spreadsheetml") in wire.last.headers["accept"]


@pytest.mark.parametrize("status", [200, 204])
@pytest.mark.parametrize("body", [b"", b"{}", b'{"status":"FAILED"}', b'{"status":"PENDING"}', b'{"status":"NEW"}'])
async def test_no_pin_is_verified_but_by_an_answer_that_says_so(
    wire: Any, client: SmscxClient, body: bytes, status: int
) -> None:
    wire.answers("POST", body=b"" if status == 204 else body, status=status)
    async with client:
        with pytest.raises(aioconvo.MaybeSentError):
            await client.otp.verify(ID, pin="123456")


async def test_what_costs_is_not_sent_again(wire: Any) -> None:
    calls: list[Any] = [
        lambda c: c.numbers.lookup(PHONE),  # a GET
        lambda c: c.numbers.renew_rent(ID),  # a PATCH
        lambda c: c.otp.send(phone_number=PHONE),
        lambda c: c.multichannel.send(to=[PHONE], from_="SHOP", strategy=STEPS, idempotency_id=OTHER),
    ]
    async with SmscxClient(api_key="k", base_url=wire.base_url, max_retries=3) as client:
        for number, call in enumerate(calls, 1):
            for method in ("GET", "PATCH", "POST"):
                wire.answers(method, status=503)
            with pytest.raises(aioconvo.MaybeSentError):
                await call(client)
            assert len(wire.sent) == number


async def test_what_breaks_a_rule_is_not_sent(wire: Any, client: SmscxClient) -> None:
    calls: list[tuple[Any, str]] = [
        (lambda: client.otp.send(phone_number=""), "phone_number is empty"),
        (lambda: client.otp.send(phone_number=PHONE, ttl=59), "ttl must be 60 to 1800"),
        (lambda: client.otp.verify("x", pin="1"), "otp_id must be a UUID"),
        (client.reports.list, "give period"),
        (lambda: client.reports.list(period="11/2026"), "a year or a month"),
        (lambda: client.optouts.add(phone_numbers=PHONE), "must be a list"),  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] -- what is refused
        (lambda: client.templates.create(text=""), "text is empty"),
        (lambda: client.shortlinks.create(url="https://x.example", name="ab"), "name must have 3 to 25"),
        (lambda: client.viber.send(to=[], from_="SHOP", template_id=1), "to must have 1 to 25000 numbers"),
        (lambda: client.numbers.lookup_bulk(phone_numbers=[]), "1 to 40000 numbers"),
        (lambda: client.accounts.get_country_pricing("sms", "2way", "FRA"), "country_iso must have 2"),
    ]
    async with client:
        for call, words in calls:
            with pytest.raises(aioconvo.InvalidRequestError, match=words):
                await call()
    assert wire.sent == []


async def test_no_secret_and_no_text_is_shown(wire: Any, client: SmscxClient) -> None:
    wire.answers("GET", {"data": [APPLICATION]})
    wire.answers("POST", {"info": SENT, "data": [CHAT]})
    wire.answers("GET", OTP)
    async with client:
        shown = [
            await client.applications.list().collect(),
            (await client.viber.send(to=[PHONE], from_="SHOP", template_id=7)).messages,
            await client.otp.get(ID),
        ]
    for word in ("s3cret", "Hi Ada", PHONE):
        assert word not in repr(shown)


async def test_an_answer_of_another_list_is_refused(wire: Any, client: SmscxClient) -> None:
    wire.answers(
        "GET", ROWS["numbers.list_inbound_sms"].answer | {"info": {"rentId": OTHER, "phoneNumber": PHONE, "countryIso": "FR"}}
    )
    async with client:
        with pytest.raises(aioconvo.WrongAnswerError, match="another rent"):
            await client.numbers.list_inbound_sms(ID)
